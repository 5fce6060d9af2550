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
func (d *Desk) Deliver(ctx context.Context, now time.Time, n int) (Delivered, error) {
	var out Delivered
	due, err := d.Store.Due(ctx, now, n)
	if err != nil {
		return out, fmt.Errorf("read outbox: %w", err)
	}
	for _, e := range due {
		receipt, failure := d.perform(ctx, e, now)
		if ctx.Err() != nil {
			return out, ctx.Err()
		}
		state, err := d.settle(ctx, e.ID, receipt, failure, now)
		if err != nil {
			return out, fmt.Errorf("note delivery %s: %w", e.ID, err)
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

// perform does one thing outside. The receipt is what the transport calls it.
func (d *Desk) perform(ctx context.Context, e cases.Effect, now time.Time) (receipt string, err error) {
	switch e.Kind {
	case cases.EffectReply:
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
	err := cases.Retry(ctx, d.Store, func(ctx context.Context) (cases.Batch, error) {
		e, err := d.Store.Effect(ctx, id)
		if err != nil {
			return cases.Batch{}, err
		}
		if e.State != cases.EffectPending { // another worker was faster
			state = e.State
			return cases.Batch{}, nil
		}
		e.Attempts++
		switch {
		case failure == nil:
			e.State, e.Done, e.Note = cases.EffectDone, now, receipt
		case errors.Is(failure, replies.ErrRefused) || e.Attempts >= maxAttempts:
			e.State, e.Note = cases.EffectFailed, "gave up: "+failure.Error()
		default:
			e.NotBefore, e.Note = now.Add(backoff(e.Attempts)), failure.Error()
		}
		state = e.State
		b := cases.Batch{Effects: []cases.Effect{e}}
		return b, d.consequences(ctx, &b, e, now)
	})
	if failure != nil {
		d.Log.WarnContext(ctx, "delivery failed", slog.String("effect", id), slog.String("state", string(state)))
	}
	return state, err
}

// backoff doubles from a second to four hours.
func backoff(attempts int) time.Duration {
	return min(time.Second<<min(attempts, 20), 4*time.Hour)
}

// consequences tells the cases that a letter left, or that it will not.
func (d *Desk) consequences(ctx context.Context, b *cases.Batch, e cases.Effect, now time.Time) error {
	if e.Kind != cases.EffectReply || e.State == cases.EffectPending {
		return nil
	}
	ids := []cases.ID{e.Case}
	isAck := e.ID == ackID(e.Case.Reference())
	if isAck { // one acknowledgement speaks for every case of its mail
		mail, err := d.Store.Mail(ctx, e.Mail)
		if err != nil {
			return fmt.Errorf("read mail of %s: %w", e.ID, err)
		}
		ids = slices.Clone(mail.Cases)
	}
	for _, id := range ids {
		c, trail, err := d.load(ctx, id)
		if err != nil {
			return err
		}
		entry := cases.Entry{At: now, Actor: cases.Machine, Kind: "letter-sent", Text: "A letter left.", Data: map[string]string{"letter": e.ID}}
		switch {
		case isAck && e.State == cases.EffectDone:
			c, entry = cases.Acknowledge(c, cases.Acknowledgement{State: cases.AckSent, At: now}, cases.Machine, now)
		case isAck:
			c, entry = cases.Acknowledge(c, cases.Acknowledgement{State: cases.AckHeld, Hold: HoldFailed}, cases.Machine, now)
		case e.State == cases.EffectFailed:
			entry.Kind, entry.Text = "letter-failed", "A letter could not be sent; a human has to find another way."
		}
		b.Cases = append(b.Cases, change(cases.Reschedule(c), trail, entry))
	}
	return nil
}
