package classify

import (
	"slices"
	"sort"

	"rightsmail/shared/email"
	"rightsmail/shared/rights"
)

// Context is what the house knows that the mail does not say.
type Context struct {
	Own       []string    // our monitored mailboxes; never the address of the person
	OwnTexts  *OwnTexts   // what we send or publish: sentences of it are never evidence; nil for nothing
	ToOfficer bool        // the mail came to the mailbox that is for privacy alone
	On        rights.Date // day of receipt: which rights are in force; zero means all are

	alone bool // each rule is asked for itself: see withoutGuesses
}

const agentModifier rights.ID = "agent"

// Thresholds. A finding under keepAt is dropped. One under sureAt is kept, and the
// mail goes to a human first: a wrong "support" costs a statutory clock, a wrong
// "privacy" costs minutes. A place under strongPlace is a mention, not a residence;
// one under mentionedPlace is a guess from a domain or a dialling code.
const (
	keepAt         = 0.35
	sureAt         = 0.75
	strongPlace    = 0.85
	mentionedPlace = 0.5
)

// Classify reads one mail. It is a pure function of its arguments and the rules and
// never fails: a mail it does not understand is Unsure, with the reasons in Review.
func (c *Classifier) Classify(m *email.Message, in Context) Decision {
	r := c.read(m, in)
	v := r.weigh()
	d := Decision{
		Jurisdiction: v.jurisdiction,
		Requester:    v.role,
		Modifiers:    v.modifiers,
		Language:     r.lang,
		DecidedBy:    ByRules,
		Rules:        c.version,
	}
	r.conclude(v, &d)
	d.Fields = r.fields()
	d.Permission = r.permission(v, d.Fields)
	d.People = r.people(v, &d)
	d.Kind = r.kindOf(v, &d)
	d.Findings = r.finish(v, d.Fields)
	d.Review = v.review
	d.Evidence = r.collect(v)
	d.Confidence = 1
	for _, f := range d.Findings {
		d.Confidence = min(d.Confidence, f.Confidence)
	}
	return d
}

// finish orders the findings, most urgent first, and lists what each still needs.
func (r *reading) finish(v *verdict, fields map[string]string) []Finding {
	type ranked struct {
		Finding
		priority rights.Priority
	}
	var all []ranked
	for id, f := range v.found {
		row, err := r.row(id)
		p := row.Priority
		if err != nil {
			p = 9
		}
		for _, need := range r.required(v, row) {
			if fields[need] == "" {
				f.Missing = append(f.Missing, need)
			}
		}
		slices.Sort(f.Rules)
		f.Rules = slices.Compact(f.Rules)
		all = append(all, ranked{*f, p})
	}
	sort.Slice(all, func(i, k int) bool {
		a, b := all[i], all[k]
		if a.priority != b.priority {
			return a.priority < b.priority
		}
		if a.Confidence != b.Confidence {
			return a.Confidence > b.Confidence
		}
		return a.Right < b.Right
	})
	out := make([]Finding, len(all))
	for i, f := range all {
		out[i] = f.Finding
	}
	return out
}

// row returns the law of a right on the day of receipt.
func (r *reading) row(id rights.ID) (rights.Right, error) {
	return r.c.book.Right(id, r.in.On)
}

// collect lists the evidence of every rule that had a say, in order of place.
func (r *reading) collect(v *verdict) []Evidence {
	out := slices.Clone(v.extra)
	for _, h := range r.hits {
		if v.spoke[h.rule] {
			out = append(out, r.evidence(h))
		}
	}
	place := func(w Where) int { return slices.Index(append(allTexts, InCopied), w) }
	sort.SliceStable(out, func(i, k int) bool {
		a, b := out[i], out[k]
		if a.Where != b.Where {
			return place(a.Where) < place(b.Where)
		}
		if a.Start != b.Start {
			return a.Start < b.Start
		}
		return a.Rule < b.Rule
	})
	return slices.Compact(out)
}
