package cases

import (
	"context"
	"errors"
	"fmt"
)

// attempts bounds Retry. Of n racers for one ledger one gets through each time, so
// that the last needs n attempts; a hundred mails of one person at once are a test
// of ours, more are a mistake.
const attempts = 256

// Retry decides and commits until nobody came in between. build reads what it needs
// from the store and returns the batch; it is called anew for each attempt and must
// not rest on what an earlier one read. An empty batch commits nothing.
//
// An ErrConflict is tried again, from build too: what it read did not fit together.
// Every other error ends it, ErrSeen for example, and so does Final. It returns the
// context's error once that is done.
func Retry(ctx context.Context, s Store, build func(context.Context) (Batch, error)) error {
	var last error
	for range attempts {
		if err := ctx.Err(); err != nil {
			return err
		}
		var final *finalError
		last = attempt(ctx, s, build)
		switch {
		case errors.As(last, &final):
			return final.error
		case !errors.Is(last, ErrConflict):
			return last
		}
	}
	return fmt.Errorf("gave up after %d attempts: %w", attempts, last)
}

func attempt(ctx context.Context, s Store, build func(context.Context) (Batch, error)) error {
	b, err := build(ctx)
	if err != nil || b.empty() {
		return err
	}
	return s.Commit(ctx, b)
}

func (b Batch) empty() bool {
	return b.Mail == nil && len(b.Cases)+len(b.Ledgers)+len(b.Counters)+len(b.Effects) == 0
}

// Final keeps Retry from trying again, though the error may be an ErrConflict: a
// human decided on what they saw, and must see what changed before deciding again.
func Final(err error) error { return &finalError{err} }

type finalError struct{ error }

func (e *finalError) Unwrap() error { return e.error }
