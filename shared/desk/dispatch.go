package desk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"rightsmail/shared/cases"
	"rightsmail/shared/metrics"
	"rightsmail/shared/queue"
	"rightsmail/shared/rights"
)

// Dispatch passes one thing of the outbox to whoever does it: a hand-off leaves at
// once, for the message is ready; letters, forwarded mail and questions to the model
// become jobs of functions of their own, so that the slow and the unreliable stand
// aside. It may be called twice for one id. An entry that is unknown, done or not due
// is left alone.
func (d *Desk) Dispatch(ctx context.Context, id string, now time.Time) error {
	e, err := d.Store.Effect(ctx, id)
	if errors.Is(err, cases.ErrNotFound) {
		d.Log.WarnContext(ctx, "outbox entry is unknown", slog.String("effect", id))
		return nil
	}
	if err != nil {
		return fmt.Errorf("read outbox entry %s: %w", id, err)
	}
	if e.State != cases.EffectPending || e.NotBefore.After(now) {
		return nil
	}
	return d.dispatch(ctx, e, now)
}

var jobs = map[cases.EffectKind]queue.JobKind{
	cases.EffectReply: queue.JobReply, cases.EffectCanary: queue.JobReply,
	cases.EffectForward: queue.JobForward, cases.EffectConsult: queue.JobClassify,
}

func (d *Desk) dispatch(ctx context.Context, e cases.Effect, now time.Time) error {
	kind, isJob := jobs[e.Kind]
	if !isJob {
		_, err := d.deliver(ctx, e, now)
		return err
	}
	if err := d.Jobs.Enqueue(ctx, queue.Job{Schema: queue.JobSchema, Kind: kind, Effect: e.ID}); err != nil {
		return fmt.Errorf("enqueue %s: %w", e.ID, err)
	}
	return nil
}

const (
	// grace is how long the outbox may take by itself before the sweep helps: the
	// stream and the queues are faster, and a job that is asked for twice costs little.
	grace = 2 * time.Minute

	sweepLimit = 500 // outbox entries of one sweep
	soon       = 3 * 24 * time.Hour
)

// Swept is what a sweep found.
type Swept struct {
	Dispatched int // outbox entries that had waited too long
	Failed     int // of them, those that could not be passed on now
	Oldest     time.Duration

	AcksOverdue int // cases whose acknowledgement is late by the strictest reading
	Overdue     int // cases whose answer is
	DueSoon     int // cases with a date within three days
}

// Sweep looks after what nobody else does: it passes on again what the outbox still
// holds, and counts what is late or soon will be, for the alarms of operations. One
// entry that cannot be passed on does not stop the others.
func (d *Desk) Sweep(ctx context.Context, now time.Time) (Swept, error) {
	var out Swept
	due, err := d.Store.Due(ctx, now.Add(-grace), sweepLimit)
	if err != nil {
		return out, fmt.Errorf("read outbox: %w", err)
	}
	for _, e := range due {
		out.Oldest = max(out.Oldest, now.Sub(e.NotBefore))
		out.Dispatched++
		if err := d.dispatch(ctx, e, now); err != nil {
			if ctx.Err() != nil {
				return out, ctx.Err()
			}
			out.Failed++
			d.Log.WarnContext(ctx, "sweep could not pass on", slog.String("effect", e.ID), slog.String("error", err.Error()))
		}
	}
	if err := d.duties(ctx, now, &out); err != nil {
		return out, err
	}
	values := map[metrics.Name]float64{
		metrics.AcksOverdue: float64(out.AcksOverdue), metrics.CasesOverdue: float64(out.Overdue), metrics.CasesDueSoon: float64(out.DueSoon),
		metrics.OutboxPending: float64(out.Dispatched), metrics.OutboxSeconds: out.Oldest.Seconds(),
	}
	if minutes, known, err := d.sinceCanary(ctx, now); err != nil {
		return out, err
	} else if known {
		values[metrics.CanaryMinutes] = minutes
	}
	d.emit(metrics.Point{At: now, Values: values})
	return out, nil
}

// duties walks the open cases, soonest duty first, as far as they are late or near.
func (d *Desk) duties(ctx context.Context, now time.Time, out *Swept) error {
	q := cases.Query{Statuses: []cases.Status{cases.Open, cases.Held}, Limit: 500}
	for {
		page, err := d.Store.Cases(ctx, q)
		if err != nil {
			return fmt.Errorf("read open cases: %w", err)
		}
		for _, c := range page.Cases {
			switch {
			case c.Next.Due.IsZero() || c.Next.Due.After(now.Add(soon)):
				return nil
			case c.Next.Due.After(now) || c.Next.Due.Equal(now):
				out.DueSoon++
			case c.Next.Duty == rights.DutyAcknowledge:
				out.AcksOverdue++
			default:
				out.Overdue++
			}
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return nil
		}
	}
}
