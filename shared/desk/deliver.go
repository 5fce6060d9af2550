package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"rightsmail/shared/cases"
	"rightsmail/shared/metrics"
	"rightsmail/shared/queue"
	"rightsmail/shared/replies"
)

// maxAttempts is how often a delivery is tried before a human is asked: with the
// pauses of backoff about two days.
const maxAttempts = 14

// Delivered counts what one pass over the outbox did.
type Delivered struct {
	Done   int // left, each kind
	Failed int // given up: a human has to look
	Later  int // will be tried again
}

// Deliver does up to n things the outbox asks for, oldest first. Each is delivered
// at least once: when the process dies between a delivery and the note of it, the
// delivery is made again under the same id. An error means that the store failed;
// a delivery that fails is tried again later and is no error.
//
// Questions to the model are left to Consult: a slow model must keep no letter waiting.
func (d *Desk) Deliver(ctx context.Context, now time.Time, n int) (Delivered, error) {
	return d.deliverDue(ctx, now, n, func(e cases.Effect) bool { return e.Kind != cases.EffectConsult })
}

// Consult asks the model up to n of the questions that are due, as Deliver does the
// rest.
func (d *Desk) Consult(ctx context.Context, now time.Time, n int) (Delivered, error) {
	return d.deliverDue(ctx, now, n, func(e cases.Effect) bool { return e.Kind == cases.EffectConsult })
}

// ahead is how many entries of the outbox are looked at for those of one kind.
const ahead = 1000

func (d *Desk) deliverDue(ctx context.Context, now time.Time, n int, wanted func(cases.Effect) bool) (Delivered, error) {
	var out Delivered
	due, err := d.Store.Due(ctx, now, max(n, ahead))
	if err != nil {
		return out, fmt.Errorf("read outbox: %w", err)
	}
	due = slices.DeleteFunc(due, func(e cases.Effect) bool { return !wanted(e) })
	for _, e := range due[:min(n, len(due))] {
		state, err := d.deliver(ctx, e, now)
		if err != nil {
			return out, err
		}
		switch state {
		case cases.EffectDone:
			out.Done++
		case cases.EffectFailed:
			out.Failed++
		default:
			out.Later++
		}
	}
	return out, nil
}

// DeliverOne does one thing the outbox asks for, by its id, and returns its state
// afterwards. What is done already, is no longer wanted, or is not due yet (because
// another worker has just begun, or because it failed a moment ago) is left alone, so
// that the same job may come twice. It returns cases.ErrNotFound for an unknown id; any
// other error means that the store failed and the job should come again.
func (d *Desk) DeliverOne(ctx context.Context, id string, now time.Time) (cases.EffectState, error) {
	e, err := d.Store.Effect(ctx, id)
	if err != nil {
		return "", fmt.Errorf("read outbox entry %s: %w", id, err)
	}
	if e.State != cases.EffectPending || e.NotBefore.After(now) {
		return e.State, nil
	}
	return d.deliver(ctx, e, now)
}

// deliver makes one attempt and notes what came of it.
func (d *Desk) deliver(ctx context.Context, e cases.Effect, now time.Time) (cases.EffectState, error) {
	if d.Lease > 0 && (isLetter(e) || e.Kind == cases.EffectForward) {
		err := d.claim(ctx, &e, now)
		if errors.Is(err, cases.ErrConflict) { // another worker was faster
			return cases.EffectPending, nil
		}
		if err != nil {
			return "", fmt.Errorf("begin delivery %s: %w", e.ID, err)
		}
	}
	if e.Kind == cases.EffectConsult {
		return d.consult(ctx, e, now)
	}
	receipt, failure := "", errNeverEnds
	if e.Attempts <= maxAttempts {
		receipt, failure = d.perform(ctx, e, now)
	}
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	state, err := d.settle(ctx, e.ID, receipt, failure, now)
	if err != nil {
		return "", fmt.Errorf("note delivery %s: %w", e.ID, err)
	}
	return state, nil
}

// errNeverEnds gives up a mail on which every attempt died before its end was noted.
var errNeverEnds = fmt.Errorf("%w: no attempt ever ended", replies.ErrRefused)

func isLetter(e cases.Effect) bool {
	return e.Kind == cases.EffectReply || e.Kind == cases.EffectCanary
}

// begun is the note of a delivery that is under way. Where it is found later than the
// lease, nobody knows whether the mail left.
const begun = "an attempt has begun"

// claim notes that an attempt begins, before anything leaves: a mail cannot be called
// back, so of two workers with one letter only one may send it. When the worker dies
// the claim runs out, and the letter is sent again unless the transport has told that
// it took it.
func (d *Desk) claim(ctx context.Context, e *cases.Effect, now time.Time) error {
	claimed := *e
	claimed.Attempts++
	claimed.NotBefore, claimed.Note = now.Add(d.Lease), begun
	if err := d.Store.Commit(ctx, cases.Batch{Effects: []cases.Effect{claimed}}); err != nil {
		return err
	}
	claimed.Version++
	*e = claimed
	return nil
}

// perform does one thing outside. The receipt is what the transport calls it.
func (d *Desk) perform(ctx context.Context, e cases.Effect, now time.Time) (receipt string, err error) {
	switch e.Kind {
	case cases.EffectReply, cases.EffectCanary:
		var l replies.Letter
		if err := json.Unmarshal(e.Payload, &l); err != nil {
			return "", fmt.Errorf("%w: letter does not decode", replies.ErrRefused)
		}
		return d.Sender.Send(ctx, e.ID, l, now)
	case cases.EffectHandOff:
		var m queue.Message
		if err := json.Unmarshal(e.Payload, &m); err != nil {
			return "", fmt.Errorf("%w: hand-off does not decode", replies.ErrRefused)
		}
		if err := m.Validate(); err != nil { // trying again would not mend it
			return "", fmt.Errorf("%w: %w", replies.ErrRefused, err)
		}
		return "", d.Queue.Send(ctx, m)
	case cases.EffectForward:
		raw, err := d.Archive.Get(ctx, e.Mail)
		if err != nil {
			return "", err
		}
		return "", d.Forwarder.Forward(ctx, e.ID, raw)
	}
	return "", fmt.Errorf("%w: unknown kind of delivery", replies.ErrRefused)
}

// settle writes what became of a delivery, and what that means for the cases.
func (d *Desk) settle(ctx context.Context, id, receipt string, failure error, now time.Time) (cases.EffectState, error) {
	var state cases.EffectState
	var told []metrics.Point
	err := cases.Retry(ctx, d.Store, func(ctx context.Context) (cases.Batch, error) {
		told = nil
		e, err := d.Store.Effect(ctx, id)
		if err != nil {
			return cases.Batch{}, err
		}
		if e.State != cases.EffectPending { // another worker was faster
			state = e.State
			return cases.Batch{}, nil
		}
		attempted(&e, receipt, failure, now)
		state = e.State
		b := cases.Batch{Effects: []cases.Effect{e}}
		told, err = d.consequences(ctx, &b, e, now)
		return b, err
	})
	if failure != nil {
		d.Log.WarnContext(ctx, "delivery failed", slog.String("effect", id), slog.String("state", string(state)))
	}
	if err == nil {
		d.emit(told...)
	}
	return state, err
}

// attempted notes the end of an attempt on an outbox entry.
func attempted(e *cases.Effect, receipt string, failure error, now time.Time) {
	if e.Note != begun { // a claim has counted it
		e.Attempts++
	}
	switch {
	case failure == nil:
		e.State, e.Done, e.Note = cases.EffectDone, now, receipt
	case errors.Is(failure, replies.ErrRefused) || e.Attempts >= maxAttempts:
		e.State, e.Note = cases.EffectFailed, "gave up: "+failure.Error()
	default:
		e.NotBefore, e.Note = now.Add(backoff(e.Attempts)), failure.Error()
	}
}

// backoff doubles from a second to four hours.
func backoff(attempts int) time.Duration {
	return min(time.Second<<min(attempts, 20), 4*time.Hour)
}

// consequences tells the cases that a letter left, or that it will not, and returns
// what operations should know of it.
func (d *Desk) consequences(ctx context.Context, b *cases.Batch, e cases.Effect, now time.Time) ([]metrics.Point, error) {
	if e.State == cases.EffectPending {
		return nil, nil
	}
	told := metrics.Point{At: now, Values: map[metrics.Name]float64{}, Notes: map[string]string{"effect": e.ID}}
	if e.State == cases.EffectFailed {
		told.Values[metrics.DeliveryFailed] = 1
	}
	if e.Kind != cases.EffectReply {
		return []metrics.Point{told}, nil
	}
	if e.State == cases.EffectDone {
		told.Values[metrics.LettersSent] = 1
	}
	ids, isAck, err := d.casesOf(ctx, e)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		c, trail, err := d.load(ctx, id)
		if err != nil {
			return nil, err
		}
		entry := cases.Entry{At: now, Actor: cases.Machine, Kind: "letter-sent", Text: "A letter left.", Data: map[string]string{"letter": e.ID}}
		switch {
		case isAck && e.State == cases.EffectDone:
			told.Values[metrics.AckSeconds] = now.Sub(c.Received).Seconds()
			c, entry = cases.Acknowledge(c, cases.Acknowledgement{State: cases.AckSent, At: now}, cases.Machine, now)
		case isAck:
			c, entry = cases.Acknowledge(c, cases.Acknowledgement{State: cases.AckHeld, Hold: HoldFailed}, cases.Machine, now)
		case e.State == cases.EffectFailed:
			entry.Kind, entry.Text = "letter-failed", "A letter could not be sent; a human has to find another way."
		}
		b.Cases = append(b.Cases, change(cases.Reschedule(c), trail, entry))
	}
	return []metrics.Point{told}, nil
}

// casesOf lists the cases that a letter speaks for. One acknowledgement speaks for
// every case of its mail, a canary or mail that was passed on for none.
func (d *Desk) casesOf(ctx context.Context, e cases.Effect) (ids []cases.ID, isAck bool, err error) {
	if e.Case == "" {
		return nil, false, nil
	}
	if e.ID != ackID(e.Case.Reference()) {
		return []cases.ID{e.Case}, false, nil
	}
	mail, err := d.Store.Mail(ctx, e.Mail)
	if err != nil {
		return nil, true, fmt.Errorf("read mail of %s: %w", e.ID, err)
	}
	return slices.Clone(mail.Cases), true, nil
}
