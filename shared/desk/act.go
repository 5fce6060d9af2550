package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"rightsmail/shared/cases"
	"rightsmail/shared/classify"
	"rightsmail/shared/email"
	"rightsmail/shared/limits"
	"rightsmail/shared/rights"
)

// The human actions. Each takes the version of the case that the human saw: when
// somebody else changed the case since, they return cases.ErrConflict and change
// nothing. who is a named human; the machine gets cases.ErrNeedsHuman.

// Close ends a case. Its use of a limit is confirmed if the person got an answer
// with information, else given back, which may move another request up. Denials and
// partial answers need a reason.
func (d *Desk) Close(ctx context.Context, id cases.ID, version int64, who cases.Actor, outcome cases.Outcome, reason string, now time.Time) error {
	return d.act(ctx, id, version, func(ctx context.Context, c cases.Case, b *cases.Batch) (cases.Case, []cases.Entry, error) {
		c, entry, err := cases.Close(c, who, outcome, reason, now)
		if err != nil {
			return c, nil, err
		}
		if err := d.dropDrafts(ctx, c, b, now); err != nil {
			return c, nil, err
		}
		if outcome == cases.Complied || outcome == cases.CompliedPart {
			c, err = d.confirm(ctx, c, b)
		} else {
			c, err = d.giveBack(ctx, c, b, now)
		}
		return c, []cases.Entry{entry}, err
	})
}

// Waive lets a request through that is over its limit.
func (d *Desk) Waive(ctx context.Context, id cases.ID, version int64, who cases.Actor, reason string, now time.Time) error {
	return d.act(ctx, id, version, func(ctx context.Context, c cases.Case, b *cases.Batch) (cases.Case, []cases.Entry, error) {
		c, entry, err := cases.Waive(c, who, reason, now)
		if err != nil {
			return c, nil, err
		}
		if err := d.dropDrafts(ctx, c, b, now); err != nil {
			return c, nil, err
		}
		b.Effects = append(b.Effects, d.handOff(c, now))
		return c, []cases.Entry{entry}, nil
	})
}

// Reclassify corrects the right or the jurisdiction. The dates are computed anew
// from the receipt; a use that the wrong right took is given back, and the right
// one asks its own ledger.
func (d *Desk) Reclassify(ctx context.Context, id cases.ID, version int64, who cases.Actor, right rights.ID, j rights.Jurisdiction, reason string, now time.Time) error {
	return d.act(ctx, id, version, func(ctx context.Context, c cases.Case, b *cases.Batch) (cases.Case, []cases.Entry, error) {
		row, err := d.Book.Right(right, day(c.Received))
		if err != nil {
			return c, nil, fmt.Errorf("reclassify %s: %w", id, err)
		}
		if c.Right != right {
			if c, err = d.giveBack(ctx, c, b, now); err != nil {
				return c, nil, err
			}
		}
		if c.Status == cases.Held && c.Right != right { // the letter about the other limit is not wanted any more
			if err := d.dropDrafts(ctx, c, b, now); err != nil {
				return c, nil, err
			}
		}
		c, entry, err := cases.Reclassify(c, who, row, j, reason, now)
		if err != nil {
			return c, nil, err
		}
		if c, err = d.reclock(c, c.Received); err != nil {
			return c, nil, err
		}
		entries := []cases.Entry{entry}
		if row.Limit != nil && c.Limit == nil && c.Requester.Standing == "authenticated" && c.Requester.Role == "self" {
			var l limits.Ledger
			if c, l, entry, err = d.reserve(ctx, c, *row.Limit, now); err != nil {
				return c, nil, err
			}
			b.Ledgers, entries = append(b.Ledgers, l), append(entries, entry)
			if c.Status == cases.Held {
				if err := d.draftAgain(ctx, c, row, b, now); err != nil {
					return c, nil, err
				}
			}
		}
		// Whoever works the queue has to know of another right, law or date.
		if c.Status == cases.Open {
			b.Effects = append(b.Effects, d.handOff(c, now))
		}
		return c, entries, nil
	})
}

// draftAgain drafts the over-limit letter of a case that came under its limit by a
// correction. It reads the mail again for the thread to answer in.
func (d *Desk) draftAgain(ctx context.Context, c cases.Case, row rights.Right, b *cases.Batch, now time.Time) error {
	m, err := d.read(ctx, c.Mail)
	if errors.Is(err, cases.ErrNotFound) { // retention took it: the letter begins a thread of its own
		m, err = &email.Message{From: []email.Address{{Name: c.Requester.Name, Address: c.Requester.Address}}}, nil
	}
	if err != nil {
		return fmt.Errorf("read mail of %s: %w", c.ID, err)
	}
	p := &plan{desk: d, in: Incoming{ID: c.Mail}, now: now, reference: c.ID.Reference(),
		judged: Judgement{Message: m, Received: c.Received, Decision: classify.Decision{Language: c.Requester.Language}}}
	if err := p.draftOverLimit(c, Request{Right: row}); err != nil {
		return err
	}
	b.Effects = append(b.Effects, p.batch.Effects...)
	return nil
}

// ReleaseAck sends an acknowledgement that was held, because a human looked at it.
func (d *Desk) ReleaseAck(ctx context.Context, id cases.ID, version int64, who cases.Actor, now time.Time) error {
	c, err := d.Store.Case(ctx, id)
	if err != nil {
		return fmt.Errorf("read case %s: %w", id, err)
	}
	if c.Version != version {
		return fmt.Errorf("release acknowledgement of %s: %w", id, cases.ErrConflict)
	}
	return d.SendDraft(ctx, ackID(id.Reference()), who, now)
}

// SendDraft lets a drafted letter leave.
func (d *Desk) SendDraft(ctx context.Context, effectID string, who cases.Actor, now time.Time) error {
	return d.decideDraft(ctx, effectID, who, cases.EffectPending, "letter-released", "Released a letter that waited.", now)
}

// DropDraft decides that a drafted letter is not sent.
func (d *Desk) DropDraft(ctx context.Context, effectID string, who cases.Actor, now time.Time) error {
	return d.decideDraft(ctx, effectID, who, cases.EffectDropped, "letter-dropped", "Decided not to send a letter that waited.", now)
}

// ErrNotADraft says that a letter has left already, or was dropped.
var ErrNotADraft = errors.New("this letter is no longer a draft")

func (d *Desk) decideDraft(ctx context.Context, effectID string, who cases.Actor, state cases.EffectState, kind, text string, now time.Time) error {
	if !who.Human() {
		return cases.ErrNeedsHuman
	}
	return cases.Retry(ctx, d.Store, func(ctx context.Context) (cases.Batch, error) {
		e, err := d.Store.Effect(ctx, effectID)
		if err != nil {
			return cases.Batch{}, fmt.Errorf("read letter %s: %w", effectID, err)
		}
		// A letter that failed for good may be tried again by a human.
		if e.State != cases.EffectDraft && e.State != cases.EffectFailed {
			return cases.Batch{}, fmt.Errorf("%s: %w", effectID, ErrNotADraft)
		}
		e.State, e.NotBefore, e.Attempts = state, now, 0
		b := cases.Batch{Effects: []cases.Effect{e}}
		ids := []cases.ID{e.Case}
		isAck := effectID == ackID(e.Case.Reference())
		if isAck {
			mail, err := d.Store.Mail(ctx, e.Mail)
			if err != nil {
				return cases.Batch{}, fmt.Errorf("read mail of %s: %w", effectID, err)
			}
			ids = mail.Cases
		}
		for _, id := range ids {
			c, trail, err := d.load(ctx, id)
			if err != nil {
				return cases.Batch{}, err
			}
			if isAck {
				c.Acknowledgement = cases.Acknowledgement{State: cases.AckNone, Hold: "dropped"}
				if state == cases.EffectPending {
					c.Acknowledgement = cases.Acknowledgement{State: cases.AckQueued}
				}
			}
			entry := cases.Entry{At: now, Actor: who, Kind: kind, Text: text, Data: map[string]string{"letter": effectID}}
			b.Cases = append(b.Cases, change(cases.Reschedule(c), trail, entry))
		}
		return b, nil
	})
}

// act changes one case at the version a human saw, with whatever else follows.
func (d *Desk) act(ctx context.Context, id cases.ID, version int64, do func(context.Context, cases.Case, *cases.Batch) (cases.Case, []cases.Entry, error)) error {
	return cases.Retry(ctx, d.Store, func(ctx context.Context) (cases.Batch, error) {
		c, trail, err := d.load(ctx, id)
		if err != nil {
			return cases.Batch{}, err
		}
		if c.Version != version {
			// Not an ErrConflict of the store: reading again would not help the
			// human, who has to see what changed.
			return cases.Batch{}, cases.Final(fmt.Errorf("case %s: %w", id, cases.ErrConflict))
		}
		var b cases.Batch
		c, entries, err := do(ctx, c, &b)
		if err != nil {
			return cases.Batch{}, err
		}
		b.Cases = append(b.Cases, change(cases.Reschedule(c), trail, entries...))
		return b, nil
	})
}

// confirm makes the use that a case holds firm.
func (d *Desk) confirm(ctx context.Context, c cases.Case, b *cases.Batch) (cases.Case, error) {
	if c.Limit == nil {
		return c, nil
	}
	l, err := d.Store.Ledger(ctx, c.Limit.Key)
	if err != nil {
		return c, fmt.Errorf("read ledger of %s: %w", c.ID, err)
	}
	limit := *c.Limit
	limit.State = limits.Confirmed
	c.Limit = &limit
	b.Ledgers = append(b.Ledgers, l.Confirm(string(c.ID), limit.On))
	return c, nil
}

// giveBack frees the use a case holds; the oldest held requests that now fit move up
// and are handed over by themselves.
func (d *Desk) giveBack(ctx context.Context, c cases.Case, b *cases.Batch, now time.Time) (cases.Case, error) {
	if c.Limit == nil {
		return c, nil
	}
	row, err := d.Book.Right(c.Right, c.Clock.ReceivedOn)
	if err != nil || row.Limit == nil {
		return c, fmt.Errorf("limit of %s: the law no longer has one for %s", c.ID, c.Right)
	}
	l, err := d.Store.Ledger(ctx, c.Limit.Key)
	if err != nil {
		return c, fmt.Errorf("read ledger of %s: %w", c.ID, err)
	}
	l, c, movedUp := cases.GiveBack(l, *row.Limit, c)
	b.Ledgers = append(b.Ledgers, l)
	for _, id := range movedUp {
		other, trail, err := d.load(ctx, id)
		if err != nil {
			return c, err
		}
		held := other.Status == cases.Held
		other, entry := cases.MoveUp(other, now)
		if held { // a case that a human waved through was handed over then
			if err := d.dropDrafts(ctx, other, b, now); err != nil {
				return c, err
			}
			b.Effects = append(b.Effects, d.handOff(other, now))
		}
		b.Cases = append(b.Cases, change(cases.Reschedule(other), trail, entry))
	}
	return c, nil
}

// dropDrafts throws away the over-limit letter of a case that needs it no more.
func (d *Desk) dropDrafts(ctx context.Context, c cases.Case, b *cases.Batch, now time.Time) error {
	page, err := d.Store.Effects(ctx, cases.EffectQuery{State: cases.EffectDraft, Case: c.ID})
	if err != nil {
		return fmt.Errorf("read drafts of %s: %w", c.ID, err)
	}
	drafts := slices.DeleteFunc(page.Effects, func(e cases.Effect) bool { return e.ID == ackID(c.ID.Reference()) })
	for _, e := range drafts {
		e.State, e.Done = cases.EffectDropped, now
		b.Effects = append(b.Effects, e)
	}
	return nil
}
