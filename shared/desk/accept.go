package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"rightsmail/shared/cases"
)

// maxReadings is how often reading a mail may begin without an end before it counts
// as poison: a mail that makes the process die, or run out of time or memory, cannot
// be caught from inside.
const maxReadings = 3

// Accept takes in a mail that the archive has: in carries all but its bytes. attempt
// is how often the mail has been handed to us, 1 the first time. A mail whose reading
// began more than maxReadings times and never ended is opened for review unread, its
// clock running: the person's request counts, however their mail is made. Called again
// with the same mail it changes nothing.
//
// A mail that is not in the archive gives cases.ErrNotFound. Any error is a fault of
// ours: the mail should be handed over again.
func (d *Desk) Accept(ctx context.Context, in Incoming, attempt int, now time.Time) (Received, error) {
	raw, err := d.Archive.Get(ctx, in.ID)
	if err != nil {
		return Received{}, fmt.Errorf("read raw mail %s: %w", in.ID, err)
	}
	in.Raw = raw
	// The first attempt is not counted: nearly every mail has only one, and a write
	// for each would be paid for nothing.
	readings := 0
	if attempt > 1 {
		if readings, err = d.beginReading(ctx, in.ID, now); err != nil {
			return Received{}, err
		}
	}
	if readings > maxReadings {
		out, err := d.Take(ctx, in, d.unread(in), now)
		return out, err
	}
	return d.Take(ctx, in, d.Judge.Judge(in), now)
}

// beginReading counts, before a mail is read, that its reading begins.
func (d *Desk) beginReading(ctx context.Context, id cases.MailID, now time.Time) (int, error) {
	readings := 0
	err := cases.Retry(ctx, d.Store, func(ctx context.Context) (cases.Batch, error) {
		counter, err := d.Store.Counter(ctx, "reading#"+string(id))
		if err != nil {
			return cases.Batch{}, err
		}
		counter.Key = "reading#" + string(id)
		counter.N++
		counter.Expires = now.AddDate(0, 0, 30)
		readings = counter.N
		return cases.Batch{Counters: []cases.Counter{counter}}, nil
	})
	if err != nil {
		return 0, fmt.Errorf("count readings of %s: %w", id, err)
	}
	return readings, nil
}

func isConflict(err error) bool { return errors.Is(err, cases.ErrConflict) }
