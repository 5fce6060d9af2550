package dynamo_test

import (
	"context"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/dynamo"
	"rightsmail/shared/adapters/sqlite"
	"rightsmail/shared/cases"
	"rightsmail/shared/limits"
	"rightsmail/shared/rights"
)

const (
	writers = 64
	ofOne   = 16 // of them, from one person
)

var twice = rights.Limit{Max: 2, Window: rights.RollingYear, Zone: "America/Los_Angeles"}

// ask takes in the nth mail: the first of them are from one person, the others from one
// person each.
func ask(s cases.Store, n int) error {
	return cases.Retry(ctx, s, func(ctx context.Context) (cases.Batch, error) {
		b := mail(n)
		key := b.Ledgers[0].Key
		if n < ofOne {
			key.Consumer = "the one"
		}
		l, err := s.Ledger(ctx, key)
		if err != nil {
			return cases.Batch{}, err
		}
		ch := &b.Cases[0]
		opened := ch.Entries[0]
		var reserved cases.Entry
		l, ch.Case, reserved = cases.Reserve(l, twice, ch.Case, monday)
		ch.Entries = []cases.Entry{opened, cases.Chain(opened, reserved)}
		b.Ledgers = []limits.Ledger{l}
		return b, nil
	})
}

// outcome is what can be said of a crowd whoever of it was first.
type outcome struct {
	Status   map[cases.Status]int
	Uses     map[string]int // by consumer
	Waiting  int
	Version  int64 // of the ledger of the one: how often it was written
	Mails    int
	Effects  int
	Due      int
	Counters int
}

// crowd sends all mails at once, each twice, and says what came of it.
func crowd(t *testing.T, s cases.Store) outcome {
	errs := make([]error, 2*writers)
	var group sync.WaitGroup
	for i := range errs {
		group.Go(func() { errs[i] = ask(s, i/2) })
	}
	group.Wait()
	seen := 0
	for _, err := range errs {
		if err != nil {
			require.ErrorIs(t, err, cases.ErrSeen)
			seen++
		}
	}
	require.Equal(t, writers, seen, "of two deliveries one is told that it is the second")

	o := outcome{Status: map[cases.Status]int{}, Uses: map[string]int{}}
	page, err := s.Cases(ctx, cases.Query{Limit: 500})
	require.NoError(t, err)
	for _, c := range page.Cases {
		o.Status[c.Status]++
		trail, err := s.Trail(ctx, c.ID)
		require.NoError(t, err)
		require.NoError(t, cases.Verify(trail))
		require.Len(t, trail, 2)
		require.NotNil(t, c.Limit)
		require.Equal(t, c.Status == cases.Held, c.Limit.State == limits.Waiting)
		_, err = s.Mail(ctx, c.Mail)
		require.NoError(t, err)
		o.Mails++
		l, err := s.Ledger(ctx, c.Limit.Key)
		require.NoError(t, err)
		o.Uses[l.Key.Consumer] = len(l.Uses)
		o.Waiting, o.Version = max(o.Waiting, len(l.Waiting)), max(o.Version, l.Version)
	}
	effects, err := s.Effects(ctx, cases.EffectQuery{Limit: 500})
	require.NoError(t, err)
	o.Effects = len(effects.Effects)
	due, err := s.Due(ctx, monday.AddDate(1, 0, 0), 500)
	require.NoError(t, err)
	o.Due = len(due)
	for i := range writers {
		c, err := s.Counter(ctx, mail(i).Counters[0].Key)
		require.NoError(t, err)
		o.Counters += c.N
	}
	return o
}

func TestCrowdEndsAsOnSQLite(t *testing.T) {
	t.Parallel()
	store := open(t)
	db, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "rightsmail.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })

	got := crowd(t, store)
	require.Equal(t, map[cases.Status]int{cases.Open: writers - ofOne + 2, cases.Held: ofOne - 2}, got.Status)
	require.Equal(t, 2, got.Uses["the one"])
	require.EqualValues(t, ofOne, got.Version, "nobody wrote over anybody")
	require.Equal(t, crowd(t, db), got)
}

func TestLostAnswerOfARealTableIsASuccess(t *testing.T) {
	t.Parallel()
	cfg := local(t)
	cfg.HTTPClient = &forgetful{}
	name := table(t, local(t))
	store := dynamo.Open(cfg, name, dynamo.Options{})
	require.NoError(t, store.Commit(ctx, mail(1)))
	c, err := store.Case(ctx, mail(1).Cases[0].Case.ID)
	require.NoError(t, err)
	require.EqualValues(t, 1, c.Version)
	require.ErrorIs(t, store.Commit(ctx, mail(1)), cases.ErrSeen, "the next call is another")
}
