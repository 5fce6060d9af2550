package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"rightsmail/shared/cases"
	"rightsmail/shared/classify"
	"rightsmail/shared/email"
	"rightsmail/shared/rights"
)

// View gathers all that is known about a case, as the officer reads it. It returns
// cases.ErrNotFound if there is no such case.
func (d *Desk) View(ctx context.Context, id cases.ID, now time.Time) (View, error) {
	c, trail, err := d.load(ctx, id)
	if err != nil {
		return View{}, err
	}
	v := View{Case: c, Trail: trail, TrailOK: cases.Verify(trail) == nil, Dates: dates(c, now)}
	if v.Right, err = d.Book.Right(c.Right, c.Clock.ReceivedOn); err != nil {
		v.Right = rights.Right{ID: c.Right, Title: "A request that a person has to read first", Queue: rights.QueueReview}
	}
	page, err := d.Store.Effects(ctx, cases.EffectQuery{Kind: cases.EffectReply, Mail: c.Mail})
	if err != nil {
		return View{}, fmt.Errorf("read letters of %s: %w", id, err)
	}
	v.Letters = slices.DeleteFunc(page.Effects, func(e cases.Effect) bool {
		return e.Case != id && e.ID != ackID(id.Reference())
	})
	for _, s := range c.Siblings {
		sibling, err := d.Store.Case(ctx, s)
		if err != nil {
			return View{}, fmt.Errorf("read sibling %s: %w", s, err)
		}
		v.Siblings = append(v.Siblings, sibling)
	}
	if v.Since, err = d.since(ctx, trail); err != nil {
		return View{}, fmt.Errorf("read what joined %s: %w", id, err)
	}
	v.Message, err = d.read(ctx, c.Mail)
	if errors.Is(err, cases.ErrNotFound) { // retention took it; the case stays readable
		return v, nil
	}
	if err != nil {
		return View{}, fmt.Errorf("read mail of %s: %w", id, err)
	}
	v.Passages = passages(v.Message, c.Evidence)
	return v, nil
}

// read reads a mail again from the archive.
func (d *Desk) read(ctx context.Context, id cases.MailID) (*email.Message, error) {
	raw, err := d.Archive.Get(ctx, archived(id))
	if err != nil {
		return nil, err
	}
	return email.Parse(raw, email.Options{TrustedServers: d.Settings.TrustedServers, OwnAddresses: d.Settings.own()}), nil
}

// since reads the mails that the trail says joined the case.
func (d *Desk) since(ctx context.Context, trail []cases.Entry) ([]Answer, error) {
	var answers []Answer
	for _, e := range trail {
		id := cases.MailID(e.Data["mail"])
		if id == "" {
			continue
		}
		mail, err := d.Store.Mail(ctx, id)
		if err != nil {
			return nil, err
		}
		m, err := d.read(ctx, id)
		if err != nil && !errors.Is(err, cases.ErrNotFound) {
			return nil, err
		}
		answers = append(answers, Answer{Mail: id, Received: mail.Received, Standing: e.Data["standing"], Message: m})
	}
	return answers, nil
}

// Raw returns the mail of a case as it arrived.
func (d *Desk) Raw(ctx context.Context, id cases.ID) ([]byte, error) {
	c, err := d.Store.Case(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("read case %s: %w", id, err)
	}
	raw, err := d.Archive.Get(ctx, archived(c.Mail))
	if err != nil {
		return nil, fmt.Errorf("read mail of %s: %w", id, err)
	}
	return raw, nil
}

// dates explains every deadline of a case and says which are done or overdue.
func dates(c cases.Case, now time.Time) []ExplainedDate {
	list := make([]ExplainedDate, 0, len(c.Clock.Deadlines))
	for _, dl := range c.Clock.Deadlines {
		e := ExplainedDate{Deadline: dl, Explanation: dl.Explain()}
		switch {
		case dl.Duty == rights.DutyAcknowledge:
			e.Done = c.Acknowledgement.At
		case c.Status == cases.Closed:
			e.Done = c.ClosedAt
		}
		// The notice, the refusal and the extended date are choices, not debts.
		debt := dl.Duty == rights.DutyAcknowledge || dl.Duty == rights.DutyRespond
		e.Overdue = debt && e.Done.IsZero() && c.Status != cases.Closed && now.After(dl.DueSafe())
		list = append(list, e)
	}
	return list
}

// passages cuts each text of the mail where evidence begins and ends.
func passages(m *email.Message, evidence []cases.Evidence) map[classify.Where][]Passage {
	out := map[classify.Where][]Passage{}
	for _, where := range []classify.Where{classify.InSubject, classify.InNew, classify.InSignature, classify.InForwarded, classify.InAttachment} {
		if text := classify.TextOf(m, where); text != "" {
			out[where] = cut(text, spans(text, string(where), evidence))
		}
	}
	return out
}

// span is a stretch of text and the rule that spoke on it.
type span struct {
	start, end int
	rule       string
}

// spans places evidence in a text. Offsets were counted when the mail was judged;
// where better reading has moved the words since, they are looked for.
func spans(text, where string, evidence []cases.Evidence) []span {
	var list []span
	for _, e := range evidence {
		if e.Where != where || e.Text == "" {
			continue
		}
		start := e.Start
		if start < 0 || e.End > len(text) || start > e.End || text[start:e.End] != e.Text {
			if start = strings.Index(text, e.Text); start < 0 {
				continue
			}
		}
		list = append(list, span{start, start + len(e.Text), e.Rule})
	}
	slices.SortStableFunc(list, func(a, b span) int { return cmp.Or(a.start-b.start, a.end-b.end) })
	return list
}

// cut splits a text into plain and marked passages. Evidence that overlaps shares a
// passage, which then names all its rules.
func cut(text string, list []span) []Passage {
	var out []Passage
	plain := func(from, to int) {
		if from < to {
			out = append(out, Passage{Text: text[from:to]})
		}
	}
	at := 0
	for i := 0; i < len(list); {
		marked := span{start: list[i].start, end: list[i].end}
		var rules []string
		for ; i < len(list) && list[i].start < marked.end; i++ {
			marked.end = max(marked.end, list[i].end)
			if !slices.Contains(rules, list[i].rule) {
				rules = append(rules, list[i].rule)
			}
		}
		plain(at, marked.start)
		out = append(out, Passage{Text: text[marked.start:marked.end], Rules: rules})
		at = marked.end
	}
	plain(at, len(text))
	return out
}
