package replies

import (
	"fmt"
	"slices"
	"strings"

	"rightsmail/shared/rights"
)

// A view is all that the template of a letter can say. What a letter must never
// say, its view does not hold: the acknowledgement has no count and no earlier
// date, the letter about a child has no request at all.

// frame is what every letter says.
type frame struct {
	Company   string
	Officer   string // address of the data protection officer; the letter itself says who that is
	Reference string
	Received  string // "Monday 2 March 2026, 18:00 Pacific time"
	CorrectUs string
}

type acknowledgement struct {
	frame
	Requests []understood
	Checks   []proof
	Missing  []question
	Dated    bool   // at least one request has a date
	European bool   // a European data protection law is among them
	BBB      string // where a Data Privacy Framework complaint goes; empty if there is none
}

type understood struct {
	Case, Title string
	Law         string // empty if the mail names none and none was inferred
	Due         string // empty if no date is promised
	Person      bool   // a person decides how it goes on
}

// proof says for some of the cases how we find out who is asking.
type proof struct{ Cases, Sentence string }

// question asks for what one case still needs.
type question struct{ Case, Fields string }

type overLimit struct {
	frame
	Requests        []held
	Agency          string // the California Privacy Protection Agency; empty if its law is not meant
	AttorneyGeneral string
}

type held struct {
	Case, Title, Law string
	Earlier          string // the earlier dates, in a sentence
	FirstFree        string
	Yearly           bool // once in a calendar year, else twice in twelve months
}

func (l *language) view(kind Kind, w Writing) (any, error) {
	f, err := l.frame(w)
	if err != nil {
		return nil, err
	}
	switch kind {
	case KindAcknowledgement:
		return l.acknowledgement(f, w), nil
	case KindOverLimit:
		return l.overLimit(f, w), nil
	case KindChild, KindSuppression:
		return f, nil
	}
	return nil, fmt.Errorf("no such letter: %q", kind)
}

// frame tells the time of receipt by the clock of the first law that has one.
func (l *language) frame(w Writing) (frame, error) {
	zone := "UTC"
	if i := slices.IndexFunc(w.Requests, func(r Request) bool { return r.Zone != "" }); i >= 0 {
		zone = w.Requests[i].Zone
	}
	received, err := l.words.moment(w.Received, zone)
	if err != nil {
		return frame{}, err
	}
	return frame{
		Company:   oneLine(w.Company),
		Officer:   oneLine(w.Officer.Address),
		Reference: oneLine(w.Reference),
		Received:  received,
		CorrectUs: l.words.CorrectUs,
	}, nil
}

func (l *language) acknowledgement(f frame, w Writing) acknowledgement {
	v := acknowledgement{frame: f, Checks: l.proofs(w.Requests)}
	aboutChild := slices.ContainsFunc(w.Requests, func(r Request) bool { return r.Children })
	for _, r := range w.Requests {
		u := understood{Case: oneLine(r.Case), Title: l.title(r), Person: r.Held}
		if !r.Unspecified && !r.Children {
			u.Law = l.words.law(r.Law)
		}
		if strings.Contains(u.Title, u.Law) { // "a complaint under the X (X)"
			u.Law = ""
		}
		if r.RespondBy != (rights.Date{}) {
			u.Due, v.Dated = l.words.due(r.RespondBy, r.Zone), true
		}
		v.Requests = append(v.Requests, u)

		// The sender may be the child: then no question is a right one.
		if len(r.Missing) > 0 && !aboutChild {
			var fields []string
			for _, m := range r.Missing {
				fields = append(fields, l.words.field(m))
			}
			v.Missing = append(v.Missing, question{Case: u.Case, Fields: l.words.join(fields)})
		}
		if european(r) {
			v.European = true
		}
	}
	if hasPrefix(w.Requests, "dpf_") {
		v.BBB = bbbPrograms
	}
	return v
}

// european reports whether the law of a request gives a right to complain to a
// data protection authority: GDPR Art. 77, UK GDPR Art. 77, FADP Art. 49. Where
// nobody named a law, nothing is said about one.
func european(r Request) bool {
	return !r.Unspecified && (hasPrefix([]Request{r}, "gdpr_") || hasPrefix([]Request{r}, "uk_"))
}

// proofs groups the cases by the sentence that holds for them, in the order of
// the requests. Nothing about proof is said where a child is concerned.
func (l *language) proofs(rs []Request) []proof {
	var sentences []string
	cases := make(map[string][]string)
	for _, r := range rs {
		s := l.words.Checks[r.Verification]
		if r.Children {
			continue
		}
		if s == "" { // a level we have no words for is a person's business
			s = l.words.Checks[rights.VerifyHuman]
		}
		if !slices.Contains(sentences, s) {
			sentences = append(sentences, s)
		}
		cases[s] = append(cases[s], oneLine(r.Case))
	}
	var out []proof
	for _, s := range sentences {
		out = append(out, proof{Cases: l.words.join(cases[s]), Sentence: s})
	}
	return out
}

func (l *language) overLimit(f frame, w Writing) overLimit {
	v := overLimit{frame: f, AttorneyGeneral: attorneyGeneral}
	for _, r := range w.Requests {
		h := held{
			Case: oneLine(r.Case), Title: l.title(r), Law: l.words.law(r.Law),
			FirstFree: l.words.date(r.FirstFree), Yearly: r.Right == shineTheLight,
		}
		var earlier []string
		for _, d := range r.Earlier {
			earlier = append(earlier, l.words.date(d))
		}
		h.Earlier = l.words.join(earlier)
		v.Requests = append(v.Requests, h)
		if !h.Yearly {
			v.Agency = agency
		}
	}
	return v
}
