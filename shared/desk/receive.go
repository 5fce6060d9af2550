package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"rightsmail/shared/cases"
	"rightsmail/shared/email"
	"rightsmail/shared/metrics"
	"rightsmail/shared/rights"
)

// Received says what became of a mail.
type Received struct {
	Judgement
	Mail  cases.Mail
	Seen  bool         // a copy was there before: nothing new was opened
	Cases []cases.Case // opened, as they were written
	Held  []cases.ID   // those of them that are over their limit
	Ack   AckDecision  // as it was in the end: caps and threads can hold what Judge allowed
}

// Receive takes one mail in: it keeps the raw bytes, judges the mail and writes what
// follows in one transaction. Called again with the same mail, also after a crash at
// any point, it changes nothing more. now is the time of processing, UTC; legal dates
// count from the receipt.
func (d *Desk) Receive(ctx context.Context, in Incoming, now time.Time) (Received, error) {
	if err := d.Archive.Put(ctx, in.ID, in.Raw); err != nil {
		return Received{}, fmt.Errorf("keep raw mail %s: %w", in.ID, err)
	}
	return d.Take(ctx, in, d.Judge.Judge(in), now)
}

// Take is Receive for a mail that is kept and judged already: whoever handles many
// judges them side by side and takes them in by date of receipt, so that of three
// requests the last is the one over its limit.
func (d *Desk) Take(ctx context.Context, in Incoming, j Judgement, now time.Time) (Received, error) {
	var out Received
	var told []metrics.Point
	err := cases.Retry(ctx, d.Store, func(ctx context.Context) (cases.Batch, error) {
		p := &plan{desk: d, in: in, judged: j, now: now.UTC()}
		if err := p.make(ctx); err != nil {
			return cases.Batch{}, err
		}
		out = Received{Judgement: j, Mail: *p.batch.Mail, Cases: p.opened, Held: p.held, Ack: p.ack}
		told = p.told
		return p.batch, nil
	})
	var seen *cases.SeenError
	if errors.As(err, &seen) {
		return d.again(ctx, in, j, seen.First, now)
	}
	if err != nil {
		return Received{}, fmt.Errorf("take in mail %s: %w", in.ID, err)
	}
	d.emit(append(received(out, now), told...)...)
	return out, nil
}

// again deals with a mail that was there before. The very same delivery changes
// nothing. Another copy, that came by another way, is noted on the cases of the
// first; if it was received earlier, their dates move to the earlier receipt.
func (d *Desk) again(ctx context.Context, in Incoming, j Judgement, first cases.MailID, now time.Time) (Received, error) {
	mail, err := d.Store.Mail(ctx, first)
	if err != nil {
		return Received{}, fmt.Errorf("read mail %s: %w", first, err)
	}
	if first != in.ID {
		err := cases.Retry(ctx, d.Store, func(ctx context.Context) (cases.Batch, error) {
			return d.merge(ctx, in, j, mail, now)
		})
		if err != nil && !errors.Is(err, cases.ErrSeen) {
			return Received{}, fmt.Errorf("merge mail %s into %s: %w", in.ID, first, err)
		}
	}
	return Received{Judgement: j, Mail: mail, Seen: true}, nil
}

// merge is the batch that marks a second copy as seen.
func (d *Desk) merge(ctx context.Context, in Incoming, j Judgement, first cases.Mail, now time.Time) (cases.Batch, error) {
	copied := cases.Mail{
		ID: in.ID, Received: j.Received, Mailbox: j.Mailbox,
		Handling: cases.Merged, Reference: first.Reference, Cases: first.Cases,
	}
	b := cases.Batch{Mail: &copied}
	for _, id := range first.Cases {
		c, trail, err := d.load(ctx, id)
		if err != nil {
			return cases.Batch{}, err
		}
		text := "A copy of the same mail arrived by another way; nothing new was opened."
		if j.Received.Before(c.Received) && c.Status != cases.Closed {
			c, err = d.reclock(c, j.Received)
			if err != nil {
				return cases.Batch{}, err
			}
			text = "A copy of the same mail turned out to have arrived earlier; the dates now count from its receipt."
		}
		e := cases.Entry{At: now, Actor: cases.Machine, Kind: "copy", Text: text, Data: map[string]string{"received": j.Received.Format(time.RFC3339)}}
		b.Cases = append(b.Cases, change(c, trail, e))
	}
	return b, nil
}

// reclock computes the dates of a case anew from another receipt.
func (d *Desk) reclock(c cases.Case, received time.Time) (cases.Case, error) {
	r := rights.Receipt{At: received, Jurisdiction: c.Jurisdiction, Designated: c.Mailbox == "" || c.Mailbox == d.Settings.Designated}
	clock, err := d.Book.Clock(c.Right, r)
	if errors.Is(err, rights.ErrUnknownRight) || errors.Is(err, rights.ErrNotInForce) {
		clock, err = d.Book.ReviewClock(r), nil
		clock.Right = c.Right
	}
	if err != nil {
		return c, fmt.Errorf("dates of %s: %w", c.ID, err)
	}
	c.Received, c.Clock = received, clock
	return cases.Reschedule(c), nil
}

// load reads a case with its trail.
func (d *Desk) load(ctx context.Context, id cases.ID) (cases.Case, []cases.Entry, error) {
	c, err := d.Store.Case(ctx, id)
	if err != nil {
		return cases.Case{}, nil, fmt.Errorf("read case %s: %w", id, err)
	}
	trail, err := d.Store.Trail(ctx, id)
	if err != nil {
		return cases.Case{}, nil, fmt.Errorf("read trail of %s: %w", id, err)
	}
	return c, trail, nil
}

// change appends entries to a trail and pairs them with the case they belong to.
func change(c cases.Case, trail []cases.Entry, entries ...cases.Entry) cases.Change {
	ch := cases.Change{Case: c}
	var last cases.Entry
	if len(trail) > 0 {
		last = trail[len(trail)-1]
	}
	for _, e := range entries {
		last = cases.Chain(last, e)
		ch.Entries = append(ch.Entries, last)
	}
	return ch
}

// twin is the key shared by copies of one mail that came by different ways. The
// sender chooses the Message-ID, so it is never enough alone: with it a stranger
// could make somebody's real request vanish. Author and body have to agree too.
func twin(m *email.Message) string {
	sender, one := m.Sender()
	if m.ID == "" || !one {
		return ""
	}
	return digest(m.ID, email.Key(sender.Address), m.BodyHash)
}

// signals lists what a human should know about how the mail came.
func signals(j Judgement) []string {
	list := slices.Clone(j.Warnings)
	list = append(list, j.Message.Automation.Signals...)
	if sender, ok := j.Message.Sender(); ok {
		for _, a := range j.Message.ReplyTo {
			if email.Key(a.Address) != email.Key(sender.Address) {
				list = append(list, "reply-to-differs: answers go to the author of the mail, not to its Reply-To")
				break
			}
		}
	}
	return list
}
