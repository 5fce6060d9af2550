package replies

import (
	"errors"
	"fmt"
	"strings"
)

// check fills the page with the marked values of a probe and looks for each that must
// come out. A letter that forgets one is refused when it is loaded, not discovered by
// a person who never learnt where to complain.
func (p *page) check(view any, must []mandatory) error {
	subject, body, err := p.fill(view)
	if err != nil {
		return err
	}
	var errs []error
	if !strings.Contains(subject, probeReference) {
		errs = append(errs, errors.New("the subject must hold {{.Reference}}: the person finds the thread by it"))
	}
	for _, m := range must {
		if !strings.Contains(body, m.mark) {
			errs = append(errs, fmt.Errorf("the letter must say %s: use %s", m.what, m.field))
		}
	}
	return errors.Join(errs...)
}

const probeReference = "probe-reference"

// mandatory is something a letter must say, as the mark its probe carries.
type mandatory struct{ mark, what, field string }

// probe returns a view with a mark in every field, and the marks that must come
// out again. No mark is a part of another. What a law asks of an acknowledgement is in 11 CCR 7021(a): how the
// request is handled, how identity is verified, when to expect the answer.
func probe(kind Kind) (view any, must []mandatory) {
	f := frame{
		Company: "probe-company", Officer: "probe-officer", Reference: probeReference,
		Received: "probe-received", CorrectUs: "probe-correct-us",
	}
	must = []mandatory{
		{f.Reference, "the reference", "{{.Reference}}"},
		{f.Company, "who writes", "{{.Company}}"},
		{f.Officer, "how to reach the officer", "{{.Officer}}"},
	}
	received := mandatory{f.Received, "when the mail came", "{{.Received}}"}
	correct := mandatory{f.CorrectUs, "how to correct us", "{{.CorrectUs}}"}

	switch kind {
	case KindAcknowledgement:
		v := acknowledgement{
			frame: f,
			Requests: []understood{
				{Case: "probe-case-1", Title: "probe-title-1", Law: "probe-law-1", Due: "probe-due-1", Person: true},
				{Case: "probe-case-2", Title: "probe-title-2"},
			},
			Checks:   []proof{{Cases: "probe-proven-cases", Sentence: "probe-sentence"}},
			Missing:  []question{{Case: "probe-lacking-case", Fields: "probe-fields"}},
			Dated:    true,
			European: true,
			BBB:      "probe-bbb",
		}
		return v, append(must, received, correct,
			mandatory{"probe-title-1", "every request in plain words", "{{range .Requests}} {{.Title}}"},
			mandatory{"probe-title-2", "every request, also one without law or date", "{{range .Requests}} {{.Title}}"},
			mandatory{"probe-case-1", "the case of every request", "{{range .Requests}} {{.Case}}"},
			mandatory{"probe-law-1", "the law of a request", "{{range .Requests}} {{.Law}}"},
			mandatory{"probe-due-1", "when to expect the answer", "{{range .Requests}} {{.Due}}"},
			mandatory{"probe-proven-cases", "for which case a proof is needed", "{{range .Checks}} {{.Cases}}"},
			mandatory{"probe-sentence", "how identity is verified", "{{range .Checks}} {{.Sentence}}"},
			mandatory{"probe-lacking-case", "which case lacks something", "{{range .Missing}} {{.Case}}"},
			mandatory{"probe-fields", "what is missing", "{{range .Missing}} {{.Fields}}"},
			mandatory{v.BBB, "the free complaint route of the Data Privacy Framework", "{{.BBB}}"},
		)
	case KindOverLimit:
		v := overLimit{
			frame: f, Agency: "probe-agency", AttorneyGeneral: "probe-attorney-general",
			Requests: []held{
				{Case: "probe-case", Title: "probe-title", Law: "probe-law", Earlier: "probe-earlier", FirstFree: "probe-first-free"},
				{Case: "probe-yearly", Title: "t", Law: "l", Earlier: "e", FirstFree: "f", Yearly: true},
			},
		}
		return v, append(must, received, correct,
			mandatory{"probe-title", "the request", "{{range .Requests}} {{.Title}}"},
			mandatory{"probe-case", "its case", "{{range .Requests}} {{.Case}}"},
			mandatory{"probe-yearly", "every request", "{{range .Requests}} {{.Case}}"},
			mandatory{"probe-law", "the law that sets the limit", "{{range .Requests}} {{.Law}}"},
			mandatory{"probe-earlier", "the earlier dates", "{{range .Requests}} {{.Earlier}}"},
			mandatory{"probe-first-free", "when the person can ask again", "{{range .Requests}} {{.FirstFree}}"},
			mandatory{v.Agency, "where to complain", "{{.Agency}}"},
			mandatory{v.AttorneyGeneral, "where else to complain", "{{.AttorneyGeneral}}"},
		)
	case KindSuppression:
		return f, append(must, correct)
	}
	return f, must
}
