package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"time"

	"rightsmail/shared/cases"
	"rightsmail/shared/desk"
)

// replayer reads a listing of mail again.
type replayer struct {
	desk   *desk.Desk
	stored iter.Seq2[desk.Stored, error]
	span   desk.Span
	now    func() time.Time
}

// found is what a run found.
type found struct {
	mails   int // received in the span
	counts  map[desk.Verdict]int
	changes []desk.Replayed // all but the same ones: lost first, then by receipt
}

// order is what an operator has to know first.
var order = []desk.Verdict{desk.Lost, desk.Asks, desk.Differs, desk.Moved}

// run reads every mail, and then, if asked, does what follows. Mails are taken in by date
// of receipt, so that of three requests the last is the one over its limit.
func (r *replayer) run(ctx context.Context, apply bool) (found, error) {
	out := found{counts: map[desk.Verdict]int{}}
	at := map[cases.MailID]time.Time{}
	for s, err := range r.stored {
		if err != nil {
			return out, err
		}
		replayed, err := r.read(ctx, s)
		if errors.Is(err, cases.ErrNotFound) { // deleted since it was listed
			continue
		}
		if err != nil {
			return out, err
		}
		if !r.span.Has(replayed.Received) {
			continue
		}
		out.mails++
		out.counts[replayed.Verdict]++
		if replayed.Verdict != desk.Same {
			out.changes, at[s.ID] = append(out.changes, replayed), s.At
		}
	}
	slices.SortFunc(out.changes, byReceipt)
	if apply {
		for i, change := range out.changes {
			done, err := r.act(ctx, desk.Stored{ID: change.Mail, At: at[change.Mail]})
			if err != nil {
				return out, fmt.Errorf("%w; what was done stays done, and a second -apply goes on", err)
			}
			out.changes[i] = done
		}
	}
	slices.SortStableFunc(out.changes, func(a, b desk.Replayed) int {
		return slices.Index(order, a.Verdict) - slices.Index(order, b.Verdict)
	})
	return out, nil
}

func byReceipt(a, b desk.Replayed) int {
	return cmp.Or(a.Received.Compare(b.Received), cmp.Compare(a.Mail, b.Mail))
}

func (r *replayer) read(ctx context.Context, s desk.Stored) (desk.Replayed, error) {
	in, err := r.incoming(ctx, s)
	if err != nil {
		return desk.Replayed{}, err
	}
	return r.desk.Replay(ctx, in)
}

func (r *replayer) act(ctx context.Context, s desk.Stored) (desk.Replayed, error) {
	in, err := r.incoming(ctx, s)
	if err != nil {
		return desk.Replayed{}, err
	}
	return r.desk.Recheck(ctx, in, r.now())
}

// incoming is a mail of the archive. What its server found stands in its own top block.
func (r *replayer) incoming(ctx context.Context, s desk.Stored) (desk.Incoming, error) {
	raw, err := r.desk.Archive.Get(ctx, s.ID)
	if err != nil {
		return desk.Incoming{}, err
	}
	return desk.Incoming{ID: s.ID, Raw: raw, Received: s.At, FromFile: true}, nil
}
