package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"rightsmail/shared/cases"
	"rightsmail/shared/classify"
	"rightsmail/shared/email"
	"rightsmail/shared/metrics"
	"rightsmail/shared/replies"
	"rightsmail/shared/rights"
)

// answer is a case that a mail refers to, by tokens that we signed.
type answer struct {
	cases.Case
	words []string   // the ids and addresses in the mail that name it
	also  []cases.ID // other cases that it names
}

// thread finds the cases that this mail answers, and returns the requests that are
// new. A token admits to a case only somebody who is on it: the same author. For
// anybody else the mail waits in review as a possible reply, and so does a machine's
// mail that asks for something: a machine answers for nobody.
func (p *plan) thread(ctx context.Context) ([]Request, error) {
	requests := p.judged.Requests
	first, err := p.answered(ctx)
	if err != nil || first == nil {
		return requests, err
	}
	if p.judged.Message.Automation.Automated() {
		if err := p.joinAutomatic(ctx, *first); err != nil || len(requests) == 0 {
			return nil, err
		}
		return p.possibleReply(first.Case, "a machine"), nil
	}
	if !p.fits(first.Case) {
		p.ack = AckDecision{Hold: HoldPossibleReply}
		return p.possibleReply(first.Case, "somebody who is not on it"), nil
	}
	open, err := p.join(ctx, *first)
	if err != nil {
		return nil, err
	}
	fresh := slices.DeleteFunc(slices.Clone(requests), func(r Request) bool {
		return p.judged.asksNothing() || open[r.Right.ID] || r.Right.ID == followUp || r.Right.ID == Unclassified
	})
	if len(open) == 0 && len(fresh) == 0 {
		// Nobody looks at closed cases any more, so the answer gets one of its own.
		p.judged.Decision.Review = append(slices.Clone(p.judged.Decision.Review), "answers case "+string(first.ID)+", which is closed")
		return []Request{p.desk.request(classify.Finding{Right: followUp}, p.judged)}, nil
	}
	return fresh, nil
}

// maxNamed is how many cases of ours one mail may name.
const maxNamed = 20

// answered looks for a case of ours among the ids and addresses the mail refers to,
// the newest first. Of several it is the first that the author is on; a mail that fits
// none of them is about the first. Machines are on no case.
func (p *plan) answered(ctx context.Context) (*answer, error) {
	var found []answer
	at := map[string]int{} // by reference; -1 for one without a case
	for _, word := range p.refersTo() {
		reference, ok := p.desk.readMessageID(word)
		if !ok || reference == p.reference {
			continue
		}
		if i, known := at[reference]; known {
			if i >= 0 {
				found[i].words = append(found[i].words, word)
			}
			continue
		}
		if len(at) == maxNamed {
			break
		}
		at[reference] = -1
		c, err := p.desk.Store.Case(ctx, cases.CaseID(reference, 1))
		if errors.Is(err, cases.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("read case of %s: %w", reference, err)
		}
		at[reference] = len(found)
		found = append(found, answer{Case: c, words: []string{word}})
	}
	if len(found) == 0 {
		return nil, nil
	}
	i := 0
	if !p.judged.Message.Automation.Automated() {
		i = max(0, slices.IndexFunc(found, func(a answer) bool { return p.fits(a.Case) }))
	}
	chosen := found[i]
	for _, other := range found {
		if other.ID != chosen.ID {
			chosen.also = append(chosen.also, other.ID)
		}
	}
	return &chosen, nil
}

// refersTo lists what may hold a token of ours, in the order in which it is believed:
// the envelope, what a report says it is about, the mail that is answered, its thread
// from the newest, the text of a mail that came back, and the address in To.
func (p *plan) refersTo() []string {
	m := p.judged.Message
	words := append([]string{p.in.Mailbox}, m.EnvelopeToAll...)
	if m.Report != nil {
		words = append(words, m.Report.Returned...)
	}
	for _, ids := range [][]string{m.InReplyTo, m.References} {
		for _, id := range slices.Backward(ids) {
			words = append(words, id)
		}
	}
	words = append(words, p.inReturned()...)
	for _, a := range m.To {
		words = append(words, a.Address)
	}
	return words
}

// maxReturned is how much of one part of a bounce is searched, and maxReturnedParts in
// how many.
const (
	maxReturned      = 256 << 10
	maxReturnedParts = 20
)

// inReturned finds our tokens anywhere in the text of a mail that came back.
func (p *plan) inReturned() []string {
	m, key := p.judged.Message, p.desk.Settings.Key
	if m.Report == nil && m.Automation.Kind != "bounce" {
		return nil
	}
	words := cases.FindTokens(key, m.Text)
	for i, a := range m.Attachments {
		if i == maxReturnedParts {
			break
		}
		if strings.HasPrefix(a.ContentType, "message/") || strings.HasPrefix(a.ContentType, "text/") {
			words = append(words, cases.FindTokens(key, string(a.Content[:min(len(a.Content), maxReturned)]))...)
		}
	}
	return words
}

// readMessageID finds the token at the end of the local part of a message id or an
// address. A message id of ours is "<what>.<token>", a plus address the token alone.
func (j *Judge) readMessageID(id string) (reference string, ok bool) {
	local, _, _ := strings.Cut(id, "@")
	start := len(local) - cases.TokenLength
	if start < 0 || start > 0 && local[start-1] != '.' && local[start-1] != '+' {
		return "", false
	}
	return cases.ReadToken(j.Settings.Key, local[start:])
}

// withoutToken is a plus address with a token of ours as the address itself.
func (j *Judge) withoutToken(address string) string {
	if _, ok := j.readMessageID(address); !ok {
		return address
	}
	local, domain, _ := strings.Cut(address, "@")
	base, _, plus := strings.Cut(local, "+")
	if !plus {
		return address
	}
	return base + "@" + domain
}

// fits reports whether the author of this mail is the one on the case, and not
// proven to be somebody else. A domain is not enough: at a public mail provider it is
// shared by strangers.
func (p *plan) fits(c cases.Case) bool {
	sender, ok := p.judged.Message.Sender()
	return ok && p.judged.Standing != email.Forged &&
		cases.Consumer(p.desk.Settings.Key, email.Key(sender.Address)) == c.Requester.Consumer
}

// possibleReply sends everything in the mail to review, naming the case it may
// belong to.
func (p *plan) possibleReply(c cases.Case, by string) []Request {
	requests := slices.Clone(p.judged.Requests)
	if len(requests) == 0 {
		requests = []Request{p.desk.request(classify.Finding{Right: followUp}, p.judged)}
	}
	for i := range requests {
		requests[i].Queue = rights.QueueReview
	}
	p.judged.Decision.Review = append(slices.Clone(p.judged.Decision.Review), "possible reply to case "+string(c.ID)+" by "+by)
	return requests
}

// join notes the reply on every open case of the mail it answers, and returns the
// rights that are asked for there already: the same right again is the same request.
func (p *plan) join(ctx context.Context, first answer) (map[rights.ID]bool, error) {
	open := map[rights.ID]bool{}
	for _, id := range append([]cases.ID{first.ID}, first.Siblings...) {
		c, trail, err := p.desk.load(ctx, id)
		if err != nil {
			return nil, err
		}
		if c.Status != cases.Closed {
			open[c.Right] = true
			c.Replies++
		}
		pressed, urgent, presses := cases.Press(c, string(p.judged.Decision.Kind), p.now)
		e := cases.Entry{At: p.now, Actor: cases.Machine, Kind: "reply-received",
			Text: "The person wrote again; the mail is kept with this case.",
			Data: p.about(first)}
		entries := []cases.Entry{e}
		if presses {
			entries = append(entries, urgent)
		}
		p.batch.Cases = append(p.batch.Cases, change(pressed, trail, entries...))
	}
	p.batch.Mail.Joined = first.ID
	return open, nil
}

// about is what a trail keeps of a mail that joins: which, how well its sender is
// proven, and which other cases it names and did not join.
func (p *plan) about(a answer) map[string]string {
	data := map[string]string{"mail": string(p.in.ID), "standing": string(p.judged.Standing)}
	if kind := p.judged.Decision.Kind; kind != "" {
		data["kind"] = string(kind)
	}
	if len(a.also) > 0 {
		var ids []string
		for _, id := range a.also {
			ids = append(ids, string(id))
		}
		data["names-also"] = strings.Join(ids, ", ")
	}
	return data
}

// joinAutomatic notes a machine's mail on the case whose letter it answers: a bounce,
// an auto-reply, a receipt, a complaint. It is text that reached the mailbox and
// changes nothing, but for one thing: a bounce that brings back the token of a letter
// and says that this letter will never arrive makes it one that did not.
func (p *plan) joinAutomatic(ctx context.Context, first answer) error {
	p.batch.Mail.Joined = first.ID
	lost, status, err := p.lostLetter(ctx, first)
	if err != nil {
		return err
	}
	if lost != nil {
		return p.letterLost(ctx, *lost, status)
	}
	c, trail, err := p.desk.load(ctx, first.ID)
	if err != nil {
		return err
	}
	kind, text := p.automaticNote()
	e := cases.Entry{At: p.now, Actor: cases.Machine, Kind: kind, Text: text, Data: p.about(first)}
	p.batch.Cases = append(p.batch.Cases, change(c, trail, e))
	return nil
}

// automaticNote says what a machine's mail is.
func (p *plan) automaticNote() (kind, text string) {
	m := p.judged.Message
	kind = m.Automation.Kind
	switch {
	case m.Report != nil && m.Report.Kind == "disposition":
		return "receipt", "A mail program tells what became of our letter on its way to being read; that proves nothing."
	case m.Report != nil && m.Report.Kind == "feedback":
		return "complaint", "A mail came that reports our letter as unwanted. Look before writing to this address again."
	case kind == "bounce" && m.Report != nil && slices.ContainsFunc(m.Report.Recipients, func(r email.ReportedRecipient) bool { return r.Action == "delayed" }):
		return kind, "A mail server says that our letter is still on its way."
	case kind == "bounce":
		return kind, "Our letter may not have arrived: a mail server sent it back. Look for another way to reach the person."
	}
	return kind, "An automatic answer to our letter came back."
}

// lostLetter finds the letter of ours that a bounce says will never arrive, or nil if
// anything speaks against it: a status that is not for good, a full mailbox, a word
// about us and not about the address (5.7), an address that the letter did not go to,
// or a letter that has come back once already.
func (p *plan) lostLetter(ctx context.Context, a answer) (*cases.Effect, string, error) {
	m := p.judged.Message
	if m.Automation.Kind != "bounce" || m.Report == nil || m.Report.Kind != "delivery" || p.judged.Standing == email.Forged {
		return nil, "", nil
	}
	failed := slices.DeleteFunc(slices.Clone(m.Report.Recipients), func(r email.ReportedRecipient) bool {
		return !r.Failed() || r.Status == "5.2.2" || strings.HasPrefix(r.Status, "5.7.")
	})
	if len(failed) == 0 {
		return nil, "", nil
	}
	page, err := p.desk.Store.Effects(ctx, cases.EffectQuery{Kind: cases.EffectReply, State: cases.EffectDone, Mail: a.Mail, Limit: 500})
	if err != nil {
		return nil, "", fmt.Errorf("read letters of %s: %w", a.ID, err)
	}
	var lost *cases.Effect
	status := ""
	for i, e := range page.Effects {
		var l replies.Letter
		if json.Unmarshal(e.Payload, &l) != nil || !namesLetter(a.words, l.MessageID, len(page.Effects)) {
			continue
		}
		to := slices.IndexFunc(failed, func(r email.ReportedRecipient) bool {
			return r.Address == "" || email.Key(r.Address) == email.Key(l.To.Address)
		})
		if to >= 0 && (lost == nil || e.Done.After(lost.Done)) { // a letter that was drafted anew keeps its id
			lost, status = &page.Effects[i], failed[to].Status
		}
	}
	if lost == nil {
		return nil, "", nil
	}
	again, err := p.cameBack(ctx, *lost)
	if err != nil || again {
		return nil, "", err
	}
	if status == "" {
		status = "failed"
	}
	return lost, status, nil
}

// namesLetter reports whether one of the words is the id of a letter. A plus address
// has no more than the token, which will do for the only letter of a mail.
func namesLetter(words []string, id string, letters int) bool {
	local, _, _ := strings.Cut(id, "@")
	return slices.ContainsFunc(words, func(word string) bool {
		word, _, _ = strings.Cut(word, "@")
		if _, token, plus := strings.Cut(word, "+"); plus {
			word = token
		}
		return strings.EqualFold(word, local) || letters == 1 && len(word) == cases.TokenLength && hasFoldSuffix(local, "."+word)
	})
}

func hasFoldSuffix(s, suffix string) bool {
	return len(s) >= len(suffix) && strings.EqualFold(s[len(s)-len(suffix):], suffix)
}

// cameBack reports whether a letter has come back before, by whatever way.
func (p *plan) cameBack(ctx context.Context, e cases.Effect) (bool, error) {
	trail, err := p.desk.Store.Trail(ctx, e.Case)
	if err != nil {
		return false, fmt.Errorf("read trail of %s: %w", e.Case, err)
	}
	return slices.ContainsFunc(trail, func(old cases.Entry) bool {
		return old.Kind == news[replies.FeedbackBounced].kind && old.Data["letter"] == e.ID
	}), nil
}

// letterLost does what the transport's own news of a lost letter do.
func (p *plan) letterLost(ctx context.Context, e cases.Effect, status string) error {
	e.State, e.Note = cases.EffectFailed, "returned: "+status
	p.batch.Effects = append(p.batch.Effects, e)
	p.told = append(p.told, bounced(e, status, p.now))
	f := replies.Feedback{Effect: e.ID, Kind: replies.FeedbackBounced, Final: true, Status: status, At: p.judged.Received}
	return p.desk.tellCases(ctx, &p.batch, e, f, true, map[string]string{"mail": string(p.in.ID)}, p.now)
}

// bounced tells operations of a letter that came back for good.
func bounced(e cases.Effect, status string, now time.Time) metrics.Point {
	return metrics.Point{At: now, Values: map[metrics.Name]float64{metrics.LettersBounced: 1}, Notes: map[string]string{"effect": e.ID, "status": status}}
}
