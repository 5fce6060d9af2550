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
	"rightsmail/shared/rights"
)

// Verdict says how today's reading of a mail stands to what the store holds of it.
type Verdict string

// The verdicts.
const (
	Lost    Verdict = "lost"    // kept, and never decided: nobody has read it
	Asks    Verdict = "asks"    // was passed over, and now asks for a right
	Differs Verdict = "differs" // other rights, or under other law
	Moved   Verdict = "moved"   // the same rights in another queue or with another date
	Same    Verdict = "same"
)

// Reading is what a mail came to, or would come to. Before is what the machine read
// then, whatever a human has made of it since.
type Reading struct {
	Handling cases.Handling // empty for a mail that was never decided
	Rights   []ReadRight    // one per case, by id
}

// ReadRight is one right of a Reading. RespondBy is the strict date as "2026-03-16";
// empty where the law sets none, and where a human has corrected the case.
type ReadRight struct {
	Right        rights.ID
	Jurisdiction rights.Jurisdiction
	Queue        rights.Queue
	RespondBy    string
}

// Replayed is one mail of the archive, read by today's rules and laws.
type Replayed struct {
	Mail     cases.MailID
	Received time.Time // what its dates count from, UTC
	Verdict  Verdict
	Before   Reading
	After    Reading

	// Case is where Recheck puts a difference for a human; empty if it has nowhere to,
	// because humans have decided or closed them all.
	Case  cases.ID
	Noted bool // an earlier Recheck has put this very difference there
}

// Replay reads a mail of the archive again and says what would change. It writes
// nothing. in carries the bytes and, in Received, when they were stored; where the store
// knows the mail, the receipt and the mailbox that it was decided with count.
func (d *Desk) Replay(ctx context.Context, in Incoming) (Replayed, error) {
	again, err := d.replay(ctx, in)
	return again.Replayed, err
}

// Recheck is Replay that acts. A lost mail is taken in. A mail that had been forwarded
// or ignored and asks for a right opens its cases as if it had just come, with dates
// from its own receipt, for the person's clock ran all along. Where the rights or the
// law differ, the first case that no human has decided gets a reason to look, with the
// new words marked: a machine never removes a right, nor what a human said. Other
// queues and dates alone change nothing. A second Recheck changes nothing more.
func (d *Desk) Recheck(ctx context.Context, in Incoming, now time.Time) (Replayed, error) {
	again, err := d.replay(ctx, in)
	if err != nil {
		return Replayed{}, err
	}
	switch {
	case again.Verdict == Lost:
		_, err = d.Take(ctx, in, again.judged, now)
	case again.Verdict == Asks:
		again.in.ID = rereadID(in.ID)
		_, err = d.Take(ctx, again.in, again.judged, now)
	case again.Verdict == Differs && again.Case != "" && !again.Noted:
		err = d.doubt(ctx, again, now)
	}
	if err != nil {
		return Replayed{}, fmt.Errorf("recheck mail %s: %w", in.ID, err)
	}
	return again.Replayed, nil
}

// rereadMark ends the id of a mail that was passed over and read again. What was decided
// of a mail stays as it is, so the second reading is a mail of its own, with the same
// bytes. No mail server makes such an id.
const rereadMark = ".again"

func rereadID(id cases.MailID) cases.MailID { return id + rereadMark }

// archived is the id that the archive knows a mail by.
func archived(id cases.MailID) cases.MailID {
	return cases.MailID(strings.TrimSuffix(string(id), rereadMark))
}

// reread reports whether the mail is a second reading.
func (p *plan) reread() bool { return archived(p.in.ID) != p.in.ID }

// replay is a Replayed with what it rests on.
type replay struct {
	Replayed
	in     Incoming
	judged Judgement
	cases  []cases.ID
}

func (d *Desk) replay(ctx context.Context, in Incoming) (replay, error) {
	out := replay{Replayed: Replayed{Mail: in.ID}, in: in}
	mail, known, err := d.decided(ctx, in.ID)
	if err != nil {
		return out, err
	}
	if known {
		out.in.Received, out.in.Mailbox, out.in.FromFile = mail.Received, mail.Mailbox, false
	}
	held, err := d.held(ctx, mail)
	if err != nil {
		return out, err
	}
	for _, c := range held { // a copy that came earlier has moved their dates
		if c.Received.Before(out.in.Received) {
			out.in.Received = c.Received
		}
	}
	out.judged = d.Judge.Judge(out.in)
	out.Received, out.Before = out.judged.Received, Reading{Handling: mail.Handling, Rights: readRights(held)}
	if mail.Handling == cases.Merged { // the first copy speaks for it
		out.Verdict, out.Before.Rights = Same, nil
		out.After = out.Before
		return out, nil
	}
	if out.After, err = d.readAgain(ctx, out.in, out.judged, out.Before); err != nil {
		return out, err
	}
	out.Verdict = verdict(known, out.Before, out.After)
	if out.Verdict == Differs {
		err = out.place(ctx, d, mail)
	}
	return out, err
}

// decided is what the store holds of a mail: of its second reading, if there was one.
func (d *Desk) decided(ctx context.Context, id cases.MailID) (mail cases.Mail, known bool, err error) {
	for _, name := range []cases.MailID{rereadID(id), id} {
		mail, err = d.Store.Mail(ctx, name)
		if err == nil {
			return mail, true, nil
		}
		if !errors.Is(err, cases.ErrNotFound) {
			return mail, false, fmt.Errorf("read mail %s: %w", name, err)
		}
	}
	return cases.Mail{}, false, nil
}

// held are the cases of a mail as the machine once opened them: what a human corrected
// since is turned back.
func (d *Desk) held(ctx context.Context, mail cases.Mail) ([]cases.Case, error) {
	var out []cases.Case
	for _, id := range mail.Cases {
		c, trail, err := d.load(ctx, id)
		if err != nil {
			return nil, err
		}
		out = append(out, asOpened(c, trail))
	}
	return out, nil
}

func asOpened(c cases.Case, trail []cases.Entry) cases.Case {
	for _, e := range trail {
		if e.Kind == "reclassified" { // the first one: the others correct a human
			c.Right, c.Queue = rights.ID(e.Data["right-before"]), rights.Queue(e.Data["queue-before"])
			c.Jurisdiction = rights.Jurisdiction(e.Data["jurisdiction-before"])
			c.Clock.Deadlines = nil
			break
		}
	}
	return c
}

func readRights(list []cases.Case) []ReadRight {
	var out []ReadRight
	for _, c := range list {
		out = append(out, readRight(c.Right, c.Queue, c.Jurisdiction, c.Clock))
	}
	return sorted(out)
}

func readRight(id rights.ID, queue rights.Queue, j rights.Jurisdiction, clock rights.Clock) ReadRight {
	r := ReadRight{Right: id, Jurisdiction: j, Queue: queue}
	if dl, ok := clock.Deadline(rights.DutyRespond); ok {
		r.RespondBy = dl.Safe.String()
	}
	return r
}

func sorted(list []ReadRight) []ReadRight {
	slices.SortStableFunc(list, func(a, b ReadRight) int { return cmp.Compare(a.Right, b.Right) })
	return list
}

// readAgain is what the mail would come to if it came now and met the cases that it met
// then.
func (d *Desk) readAgain(ctx context.Context, in Incoming, j Judgement, before Reading) (Reading, error) {
	reference, err := d.newReference(ctx, in.ID)
	if err != nil {
		return Reading{}, err
	}
	p := &plan{desk: d, in: in, judged: j, reference: reference, batch: cases.Batch{Mail: &cases.Mail{}}}
	if is, err := p.canary(ctx); is || err != nil {
		return Reading{Handling: cases.Ignored}, err
	}
	first, err := p.answered(ctx)
	if err != nil {
		return Reading{}, err
	}
	requests := j.Requests
	switch {
	case first == nil:
	case j.Message.Automation.Automated() && len(requests) == 0:
		return Reading{Handling: cases.Joined}, nil
	case j.Message.Automation.Automated():
		requests = p.possibleReply(first.Case, "a machine")
	case !p.fits(first.Case):
		requests = p.possibleReply(first.Case, "somebody who is not on it")
	case j.asksNothing() && before.Handling != "":
		return before, nil
	default:
		if requests, err = d.besides(ctx, first.Case, requests, before); err != nil {
			return Reading{}, err
		}
		if len(requests) == 0 && before.Handling != "" {
			return before, nil // an answer, or word of a case that was closed by then
		}
	}
	return p.reading(p.atMost(requests), first != nil), nil
}

// besides are the requests of an answer that the cases it answers did not have. A right
// that the answer was given a case for is its own, for the other case was closed then.
func (d *Desk) besides(ctx context.Context, first cases.Case, requests []Request, before Reading) ([]Request, error) {
	there := map[rights.ID]bool{followUp: true, Unclassified: true}
	for _, id := range append([]cases.ID{first.ID}, first.Siblings...) {
		c, trail, err := d.load(ctx, id)
		if err != nil {
			return nil, err
		}
		there[c.Right], there[asOpened(c, trail).Right] = true, true
	}
	for _, r := range before.Rights {
		there[r.Right] = false
	}
	return slices.DeleteFunc(slices.Clone(requests), func(r Request) bool { return there[r.Right.ID] }), nil
}

func (p *plan) reading(requests []Request, answers bool) Reading {
	var list []ReadRight
	for _, r := range requests {
		list = append(list, readRight(r.Right.ID, r.Queue, r.Clock.Jurisdiction, r.Clock))
	}
	out := Reading{Handling: cases.Ignored, Rights: sorted(list)}
	switch {
	case len(requests) > 0:
		out.Handling = cases.Opened
	case answers:
		out.Handling = cases.Joined
	case p.judged.Decision.Outcome == classify.Support:
		out.Handling = cases.Forwarded
	}
	return out
}

func verdict(known bool, before, after Reading) Verdict {
	passedOver := before.Handling == cases.Forwarded || before.Handling == cases.Ignored
	law := func(a, b ReadRight) bool { return a.Right == b.Right && a.Jurisdiction == b.Jurisdiction }
	whole := func(a, b ReadRight) bool {
		return a.Queue == b.Queue && (a.RespondBy == b.RespondBy || a.RespondBy == "" || b.RespondBy == "")
	}
	switch {
	case !known:
		return Lost
	case passedOver && len(after.Rights) > 0:
		return Asks
	case passedOver: // no right before, none now: where the mail went cannot be called back
		return Same
	case !slices.EqualFunc(before.Rights, after.Rights, law):
		return Differs
	case !slices.EqualFunc(before.Rights, after.Rights, whole):
		return Moved
	}
	return Same
}

// place finds the case that a difference is put on.
func (r *replay) place(ctx context.Context, d *Desk, mail cases.Mail) error {
	r.cases = mail.Cases
	if mail.Joined != "" && len(mail.Cases) == 0 {
		first, err := d.Store.Case(ctx, mail.Joined)
		if err != nil {
			return fmt.Errorf("read case %s: %w", mail.Joined, err)
		}
		r.cases = append([]cases.ID{first.ID}, first.Siblings...)
	}
	for _, id := range r.cases {
		c, trail, err := d.load(ctx, id)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(trail, r.isNote) {
			r.Case, r.Noted = id, true
			return nil
		}
		if r.Case == "" && c.Status != cases.Closed && machineDecided(c) {
			r.Case = id
		}
	}
	return nil
}

func machineDecided(c cases.Case) bool {
	return slices.Contains([]classify.By{classify.ByRules, classify.ByModel, classify.ByNobody}, classify.By(c.DecidedBy))
}

// rechecked is the kind of the entry that Recheck leaves in a trail.
const rechecked = "rechecked"

func (r *replay) isNote(e cases.Entry) bool {
	return e.Kind == rechecked && e.Data["reads"] == r.After.String() && e.Data["of"] == string(r.Mail)
}

// doubt puts a difference on a case. The message that its queue got is not sent again:
// what counts there is decided by the human who looks.
func (d *Desk) doubt(ctx context.Context, r replay, now time.Time) error {
	return cases.Retry(ctx, d.Store, func(ctx context.Context) (cases.Batch, error) {
		c, trail, err := d.load(ctx, r.Case)
		if err != nil || c.Status == cases.Closed || !machineDecided(c) || slices.ContainsFunc(trail, r.isNote) {
			return cases.Batch{}, err // somebody was here meanwhile
		}
		c.Review = append(slices.Clone(c.Review), "newer rules read this as "+r.After.String()+": confirm or correct")
		if c.Mail == r.in.ID || archived(c.Mail) == r.Mail {
			c.Evidence = withEvidence(c.Evidence, r.judged.Decision.Evidence)
		}
		e := cases.Entry{At: now, Actor: cases.Machine, Kind: rechecked,
			Text: "Newer rules read the mail in another way; a human confirms or corrects.",
			Data: map[string]string{"reads": r.After.String(), "read-before": r.Before.String(), "of": string(r.Mail), "rules": r.judged.Decision.Rules}}
		return cases.Batch{Cases: []cases.Change{change(cases.Reschedule(c), trail, e)}}, nil
	})
}

// withEvidence adds what is not there yet, so that the words show marked.
func withEvidence(list []cases.Evidence, found []classify.Evidence) []cases.Evidence {
	list = slices.Clone(list)
	for _, e := range found {
		fresh := cases.Evidence{Rule: e.Rule, Text: e.Text, Where: string(e.Where), Start: e.Start, End: e.End}
		if !slices.Contains(list, fresh) {
			list = append(list, fresh)
		}
	}
	return list
}

// String says a reading in one line: "ccpa_delete (us-ca), ccpa_opt_out_sale_share
// (us-ca)", or what a mail without a right is.
func (r Reading) String() string {
	var words []string
	for _, read := range r.Rights {
		words = append(words, fmt.Sprintf("%s (%s)", read.Right, cmp.Or(read.Jurisdiction, rights.Unspecified)))
	}
	switch {
	case len(words) > 0:
		return strings.Join(words, ", ")
	case r.Handling == cases.Forwarded:
		return "ordinary mail"
	case r.Handling == cases.Joined:
		return "an answer that asks for nothing new"
	case r.Handling == cases.Merged:
		return "a copy"
	case r.Handling == cases.Ignored:
		return "machine mail or spam"
	}
	return "nothing"
}
