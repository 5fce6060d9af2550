package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"rightsmail/shared/cases"
	"rightsmail/shared/classify"
	"rightsmail/shared/email"
	"rightsmail/shared/limits"
	"rightsmail/shared/metrics"
	"rightsmail/shared/replies"
	"rightsmail/shared/rights"
)

// plan makes the batch of one mail. It is made anew for every attempt, because it
// rests on ledgers and cases that somebody else may change meanwhile.
type plan struct {
	desk   *Desk
	in     Incoming
	judged Judgement
	now    time.Time

	reference string
	opened    []cases.Case
	entries   map[cases.ID][]cases.Entry
	held      []cases.ID
	ack       AckDecision
	batch     cases.Batch
	told      []metrics.Point // what operations should know
}

// make fills the batch.
func (p *plan) make(ctx context.Context) error {
	reference, err := p.desk.newReference(ctx, p.in.ID)
	if err != nil {
		return err
	}
	p.reference = reference
	p.entries = map[cases.ID][]cases.Entry{}
	p.ack = p.judged.Ack
	p.batch.Mail = &cases.Mail{
		ID: p.in.ID, Twin: twin(p.judged.Message), Received: p.judged.Received, Mailbox: p.judged.Mailbox,
		Reference: p.reference, Warnings: len(p.judged.Message.Warnings),
	}
	if p.reread() { // the first reading has the twin, and would make a copy of this one
		p.batch.Mail.Twin = ""
	}
	if is, err := p.canary(ctx); is || err != nil {
		return err
	}
	requests, err := p.thread(ctx)
	if err != nil {
		return err
	}
	requests = p.atMost(requests)
	switch {
	case len(requests) > 0:
		return p.open(ctx, requests)
	case p.batch.Mail.Joined != "":
		p.batch.Mail.Handling = cases.Joined
	case p.judged.Decision.Outcome == classify.Support:
		p.batch.Mail.Handling = cases.Forwarded
		p.effect("forward-"+string(p.in.ID), cases.EffectForward, "", nil)
	default:
		p.batch.Mail.Handling = cases.Ignored
	}
	return nil
}

// maxCases is how many cases one mail opens. One transaction of DynamoDB holds a
// hundred items, and a mail that answers another may change as many cases again.
const maxCases = 20

// atMost keeps the most urgent requests of a mail that asks for more rights than
// anybody means. The others are named to the human who then looks at the mail first:
// no right is dropped without a word.
func (p *plan) atMost(requests []Request) []Request {
	if len(requests) <= maxCases {
		return requests
	}
	var rest []string
	for _, r := range requests[maxCases:] {
		rest = append(rest, string(r.Right.ID))
	}
	requests = slices.Clone(requests[:maxCases])
	for i := range requests {
		requests[i].Queue = rights.QueueReview
	}
	p.judged.Decision.Review = append(slices.Clone(p.judged.Decision.Review),
		fmt.Sprintf("asks for %d rights at once; besides those with a case also for %s", maxCases+len(rest), strings.Join(rest, ", ")))
	return requests
}

// newReference names a mail. References are short enough to be said on the telephone,
// so two mails may come to share one, rarely; the second then gets another.
func (d *Desk) newReference(ctx context.Context, id cases.MailID) (string, error) {
	for name := id; ; name += "+" {
		reference := cases.NewReference(d.Settings.Key, name)
		c, err := d.Store.Case(ctx, cases.CaseID(reference, 1))
		switch {
		case errors.Is(err, cases.ErrNotFound), err == nil && c.Mail == id:
			return reference, nil
		case err != nil:
			return "", fmt.Errorf("look for reference %s: %w", reference, err)
		}
	}
}

// open makes one case per request, all under this mail.
func (p *plan) open(ctx context.Context, requests []Request) error {
	p.batch.Mail.Handling = cases.Opened
	for i := range requests {
		p.batch.Mail.Cases = append(p.batch.Mail.Cases, cases.CaseID(p.reference, i+1))
	}
	for i, r := range requests {
		c := p.newCase(p.batch.Mail.Cases[i], r)
		p.note(c.ID, "opened", "Opened: "+r.Right.Title+".", map[string]string{
			"right": string(c.Right), "queue": string(c.Queue), "jurisdiction": string(c.Jurisdiction),
			"rules": c.Rules, "laws": c.Clock.Book, "standing": c.Requester.Standing,
			"kind": c.Kind, "role": c.Requester.Role, "permission": c.Requester.Permission, "people": number(len(c.People)),
		})
		if p.reread() {
			p.note(c.ID, "read-again", "The mail had been passed over; newer rules read a request in it. Its dates count from its receipt.", nil)
		}
		c, err := p.reserve(ctx, c, r)
		if err != nil {
			return err
		}
		p.opened = append(p.opened, c)
	}
	if err := p.acknowledge(ctx); err != nil {
		return err
	}
	if p.unsure() {
		p.effect("consult-"+p.reference, cases.EffectConsult, p.opened[0].ID, nil)
	}
	for _, c := range p.opened {
		if c.Status == cases.Open {
			p.handOff(c)
		}
		p.batch.Cases = append(p.batch.Cases, change(cases.Reschedule(c), nil, p.entries[c.ID]...))
	}
	return nil
}

// unsure reports whether a model should read the mail too.
func (p *plan) unsure() bool { return p.desk.Settings.Consult && p.judged.Undecided() }

// newCase fills a case with what the mail and the law say.
func (p *plan) newCase(id cases.ID, r Request) cases.Case {
	m, d := p.judged.Message, p.judged.Decision
	c := cases.Case{
		ID: id, Mail: p.in.ID, Right: r.Right.ID, Jurisdiction: r.Clock.Jurisdiction, Queue: r.Queue,
		Priority: cases.Urgency(string(d.Kind), r.Right.Priority), Kind: string(d.Kind), Status: cases.Open, Review: slices.Clone(d.Review),
		Subject: m.Subject, Mailbox: p.judged.Mailbox, Received: p.judged.Received,
		Clock: r.Clock, Missing: r.Finding.Missing,
		DecidedBy: string(d.DecidedBy), Confidence: r.Finding.Confidence, Rules: d.Rules, Signals: signals(p.judged),
		Requester: p.requester(),
	}
	for _, sibling := range p.batch.Mail.Cases {
		if sibling != id {
			c.Siblings = append(c.Siblings, sibling)
		}
	}
	for _, one := range d.People {
		c.People = append(c.People, cases.Person{Name: one.Name, Email: one.Email, Sender: one.Sender})
	}
	for _, e := range d.Evidence {
		c.Evidence = append(c.Evidence, cases.Evidence{Rule: e.Rule, Text: e.Text, Where: string(e.Where), Start: e.Start, End: e.End})
	}
	if p.judged.Standing == email.Forged {
		c.Review = append(c.Review, "the sender's domain says that this mail is not from it (DMARC fail)")
	}
	return c
}

// number is a count for a trail; none is not worth a word.
func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func (p *plan) requester() cases.Requester {
	r := cases.Requester{
		Standing: string(p.judged.Standing), Role: string(p.judged.Decision.Requester), Permission: string(p.judged.Decision.Permission), Language: p.judged.Decision.Language,
	}
	if sender, ok := p.judged.Message.Sender(); ok {
		r.Name, r.Address = sender.Name, sender.Address
		r.Consumer = cases.Consumer(p.desk.Settings.Key, email.Key(sender.Address))
	}
	return r
}

// reserve takes a use of the limit, or holds the case. Only a request that is surely
// this person's takes one: an unproven sender, an agent (the limit is the consumer's,
// not the agent's) and a request that a human must first read reserve nothing.
func (p *plan) reserve(ctx context.Context, c cases.Case, r Request) (cases.Case, error) {
	limit := r.Right.Limit
	if limit == nil || c.Requester.Standing != string(email.Authenticated) || c.Requester.Consumer == "" ||
		c.Requester.Role != string(classify.RoleSelf) || c.Queue == rights.QueueReview ||
		limit.CompleteOnly && len(c.Missing) > 0 {
		return c, nil
	}
	c, l, entry, err := p.desk.reserve(ctx, c, *limit, p.now)
	if err != nil {
		return c, err
	}
	p.batch.Ledgers = append(p.batch.Ledgers, l)
	p.entries[c.ID] = append(p.entries[c.ID], entry)
	if c.Status == cases.Held {
		p.held = append(p.held, c.ID)
		return c, p.draftOverLimit(c, r)
	}
	return c, nil
}

// reserve asks the ledger of the person for a use.
func (d *Desk) reserve(ctx context.Context, c cases.Case, limit rights.Limit, now time.Time) (cases.Case, limits.Ledger, cases.Entry, error) {
	l, err := d.Store.Ledger(ctx, limits.Key{Consumer: c.Requester.Consumer, Right: c.Right})
	if err != nil {
		return c, l, cases.Entry{}, fmt.Errorf("read ledger for %s: %w", c.ID, err)
	}
	l, c, entry := cases.Reserve(l, limit, c, now)
	return c, l, entry, nil
}

// draftOverLimit prepares the letter that an officer sends, or throws away to waive
// the limit. No machine sends it.
func (p *plan) draftOverLimit(c cases.Case, r Request) error {
	w := p.writing([]replies.Request{p.desk.asRequest(c, r.Right)})
	w.MessageID = p.desk.messageID(p.reference, string(c.ID))
	letter, err := p.desk.Replies.OverLimit(w)
	if err != nil {
		return fmt.Errorf("draft over-limit letter for %s: %w", c.ID, err)
	}
	return p.letter(overLimitID(c), c.ID, letter, cases.EffectDraft)
}

// overLimitID names the draft of a held case. A case can be corrected into a limit
// more than once, so the version that it becomes is part of it.
func overLimitID(c cases.Case) string { return fmt.Sprintf("over-limit-%s-v%d", c.ID, c.Version+1) }

// acknowledge writes the one letter that lists all requests, or says why it waits.
func (p *plan) acknowledge(ctx context.Context) error {
	if p.ack.Never || p.ack.Hold == HoldNoAddress {
		p.markAck(cases.Acknowledgement{State: cases.AckNone, Hold: p.ack.Hold})
		return nil
	}
	if p.ack.Allowed {
		if err := p.count(ctx); err != nil {
			return err
		}
	}
	requests := make([]replies.Request, 0, len(p.opened))
	for _, c := range p.opened {
		right, err := p.desk.Book.Right(c.Right, c.Clock.ReceivedOn)
		if err != nil {
			right = rights.Right{ID: c.Right, Verification: rights.VerifyOnDoubt}
		}
		requests = append(requests, p.desk.asRequest(c, right))
	}
	w := p.writing(requests)
	w.MessageID = p.desk.messageID(p.reference, "ack")
	letter, err := p.desk.Replies.Acknowledge(w)
	if err != nil {
		return fmt.Errorf("write acknowledgement %s: %w", p.reference, err)
	}
	state := cases.EffectPending
	ack := cases.Acknowledgement{State: cases.AckQueued}
	if !p.ack.Allowed {
		state, ack = cases.EffectDraft, cases.Acknowledgement{State: cases.AckHeld, Hold: p.ack.Hold}
	}
	p.markAck(ack)
	return p.letter(ackID(p.reference), p.opened[0].ID, letter, state)
}

// ackID names the outbox entry of the acknowledgement of a mail.
func ackID(reference string) string { return "ack-" + reference }

// markAck sets the state of the acknowledgement on every case of the mail.
func (p *plan) markAck(a cases.Acknowledgement) {
	for i, c := range p.opened {
		c, entry := cases.Acknowledge(c, a, cases.Machine, p.now)
		p.opened[i] = c
		p.entries[c.ID] = append(p.entries[c.ID], entry)
	}
}

// count holds the acknowledgement when this address got enough automatic mail today.
// It is the last guard against two machines that thank each other for ever.
func (p *plan) count(ctx context.Context) error {
	most := p.desk.Settings.AckPerDay
	today := p.now.Format(time.DateOnly)
	key := "ack#" + p.opened[0].Requester.Consumer + "#" + today
	counter, err := p.desk.Store.Counter(ctx, key)
	if err != nil {
		return fmt.Errorf("read counter of automatic mail: %w", err)
	}
	if counter.N >= most {
		p.ack = AckDecision{Hold: HoldRateCap}
		return nil
	}
	counter.Key = key
	counter.N++
	counter.Expires = p.now.Add(48 * time.Hour)
	p.batch.Counters = append(p.batch.Counters, counter)
	return nil
}

// writing is what every letter about this mail needs to know.
func (p *plan) writing(requests []replies.Request) replies.Writing {
	m, s := p.judged.Message, p.desk.Settings
	sender, _ := m.Sender()
	return replies.Writing{
		Company: s.Company, From: s.From, Officer: s.Officer, To: sender, Language: p.judged.Decision.Language,
		Reference: p.reference, Received: p.judged.Received, Requests: requests,
		InReplyTo: m.ID, References: m.References,
	}
}

// letter puts a letter into the outbox.
func (p *plan) letter(id string, c cases.ID, l replies.Letter, state cases.EffectState) error {
	payload, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("encode letter %s: %w", id, err)
	}
	p.effect(id, cases.EffectReply, c, payload)
	p.batch.Effects[len(p.batch.Effects)-1].State = state
	return nil
}

func (p *plan) effect(id string, kind cases.EffectKind, c cases.ID, payload []byte) {
	p.batch.Effects = append(p.batch.Effects, cases.Effect{
		ID: id, Kind: kind, State: cases.EffectPending, Case: c, Mail: p.in.ID,
		Payload: payload, Created: p.now, NotBefore: p.now,
	})
}

func (p *plan) note(id cases.ID, kind, text string, data map[string]string) {
	p.entries[id] = append(p.entries[id], cases.Entry{At: p.now, Actor: cases.Machine, Kind: kind, Text: text, Data: data})
}

// handOff tells the queue of the category.
func (p *plan) handOff(c cases.Case) {
	p.batch.Effects = append(p.batch.Effects, p.desk.handOff(c, p.now))
}

// digest is a SHA-256 over parts that cannot run into each other.
func digest(parts ...string) string {
	h := sha256.New()
	for _, part := range parts {
		fmt.Fprintf(h, "%d:%s", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// messageID names a letter of ours. It carries the signed token of the reference, so
// that an answer finds its cases; what makes letters of one reference differ is in
// front of it.
func (d *Desk) messageID(reference, what string) string {
	return strings.ToLower(what) + "." + cases.Token(d.Settings.Key, reference) + "@" + d.Settings.ReplyDomain
}
