package casestest

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"rightsmail/shared/cases"
	"rightsmail/shared/limits"
)

// request takes in the nth mail of one person who asks to know: what the desk does,
// in small. It may be called again at any time.
func request(s cases.Store, n int) error {
	return cases.Retry(ctx, s, func(ctx context.Context) (cases.Batch, error) {
		l, err := s.Ledger(ctx, key())
		if err != nil {
			return cases.Batch{}, err
		}
		c, e := sample(n), effect(n)
		l, c, reserved := cases.Reserve(l, twice, c, noon)
		ch := opened(c)
		ch.Entries = append(ch.Entries, cases.Chain(ch.Entries[0], reserved))
		return cases.Batch{
			Mail:  &cases.Mail{ID: c.Mail, Twin: "twin of " + string(c.Mail), Received: c.Received, Cases: []cases.ID{c.ID}},
			Cases: []cases.Change{ch}, Ledgers: []limits.Ledger{l}, Effects: []cases.Effect{e},
		}, nil
	})
}

// crowd sends the mails from..to-1 at once.
func crowd(t *testing.T, s cases.Store, from, to int) {
	errs := make([]error, to-from)
	var group sync.WaitGroup
	for i := range errs {
		group.Go(func() { errs[i] = request(s, from+i) })
	}
	group.Wait()
	for i, err := range errs {
		require.NoError(t, err, "mail %d", from+i)
	}
}

// requireShare asks that the ledger and the cases agree on who may and who waits.
func requireShare(t *testing.T, s cases.Store, open, held int) {
	l, err := s.Ledger(ctx, key())
	require.NoError(t, err)
	require.Len(t, l.Uses, open)
	require.Len(t, l.Waiting, held)
	counted := map[cases.Status]int{}
	all, err := s.Counts(ctx)
	require.NoError(t, err)
	for _, c := range all {
		counted[c.Status] += c.N
	}
	require.Equal(t, open, counted[cases.Open])
	require.Equal(t, held, counted[cases.Held])
	for _, u := range append(l.Uses, l.Waiting...) {
		c, err := s.Case(ctx, cases.ID(u.Case))
		require.NoError(t, err)
		require.NotNil(t, c.Limit)
		require.Equal(t, u.State, c.Limit.State)
		require.Equal(t, u.State == limits.Waiting, c.Status == cases.Held, "%s is %s", c.ID, c.Status)
	}
}

func hundredFirst(t *testing.T, s cases.Store) {
	crowd(t, s, 0, 100)
	requireShare(t, s, 2, 98)
}

func hundredThird(t *testing.T, s cases.Store) {
	crowd(t, s, 0, 2)
	requireShare(t, s, 2, 0)
	crowd(t, s, 2, 102)
	requireShare(t, s, 2, 100)
	l, err := s.Ledger(ctx, key())
	require.NoError(t, err)
	for i, u := range l.Uses {
		require.Equal(t, string(sample(i).ID), u.Case, "the first two keep their uses")
	}
}

// withdraw closes the nth case as withdrawn, gives its use back and moves others up.
func withdraw(s cases.Store, n int) error {
	return cases.Retry(ctx, s, func(ctx context.Context) (cases.Batch, error) {
		c, err := s.Case(ctx, sample(n).ID)
		if err != nil || c.Status == cases.Closed {
			return cases.Batch{}, err
		}
		l, err := s.Ledger(ctx, key())
		if err != nil {
			return cases.Batch{}, err
		}
		c, entry, err := cases.Close(c, "Ada Officer", cases.Withdrawn, "", noon)
		if err != nil {
			return cases.Batch{}, err
		}
		l, c, movedUp := cases.GiveBack(l, twice, c)
		b := cases.Batch{Ledgers: []limits.Ledger{l}}
		if err := appendChange(ctx, s, &b, c, entry); err != nil {
			return cases.Batch{}, err
		}
		for _, id := range movedUp {
			other, err := s.Case(ctx, id)
			if err != nil {
				return cases.Batch{}, err
			}
			other, entry := cases.MoveUp(other, noon)
			if err := appendChange(ctx, s, &b, other, entry); err != nil {
				return cases.Batch{}, err
			}
		}
		return b, nil
	})
}

func appendChange(ctx context.Context, s cases.Store, b *cases.Batch, c cases.Case, e cases.Entry) error {
	trail, err := s.Trail(ctx, c.ID)
	if err != nil {
		return err
	}
	if len(trail) == 0 {
		return fmt.Errorf("case %s has no trail", c.ID)
	}
	b.Cases = append(b.Cases, cases.Change{Case: c, Entries: []cases.Entry{cases.Chain(trail[len(trail)-1], e)}})
	return nil
}

func giveBack(t *testing.T, s cases.Store) {
	for n := range 4 {
		require.NoError(t, request(s, n))
	}
	requireShare(t, s, 2, 2)
	require.NoError(t, withdraw(s, 0))
	requireShare(t, s, 2, 1)
	third, err := s.Case(ctx, sample(2).ID)
	require.NoError(t, err)
	require.Equal(t, cases.Open, third.Status, "the oldest that waits moves up")
	fourth, err := s.Case(ctx, sample(3).ID)
	require.NoError(t, err)
	require.Equal(t, cases.Held, fourth.Status)

	var group sync.WaitGroup // two give back at once, and only one waits
	errs := make([]error, 2)
	for i := range errs {
		group.Go(func() { errs[i] = withdraw(s, i+1) })
	}
	group.Wait()
	require.NoError(t, errs[0])
	require.NoError(t, errs[1])
	requireShare(t, s, 1, 0)
}
