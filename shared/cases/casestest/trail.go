package casestest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"rightsmail/shared/cases"
)

func trailOrder(t *testing.T, s cases.Store) {
	var want []cases.Entry
	var last cases.Entry
	for i := range 12 { // more than nine: numbers are not ordered as text
		e := filled[cases.Entry]()
		e.At = noon.Add(-time.Duration(i) * time.Hour) // order is by number, not by time
		e.Text = fmt.Sprintf("Entry %d.", i)
		last = cases.Chain(last, e)
		want = append(want, last)
	}
	put(t, s, cases.Batch{Cases: []cases.Change{{Case: sample(1), Entries: want[:2]}}})
	c, err := s.Case(ctx, sample(1).ID)
	require.NoError(t, err)
	put(t, s, cases.Batch{Cases: []cases.Change{{Case: c, Entries: want[2:]}}})

	got, err := s.Trail(ctx, c.ID)
	require.NoError(t, err)
	same(t, want, got)
	require.NoError(t, cases.Verify(got))
}

// trailImmutable tries to write over an entry, to leave one out and to tie one to
// another past, each at the right version of the case.
func trailImmutable(t *testing.T, s cases.Store) {
	put(t, s, cases.Batch{Cases: []cases.Change{opened(sample(1))}})
	c, err := s.Case(ctx, sample(1).ID)
	require.NoError(t, err)
	put(t, s, cases.Batch{Cases: []cases.Change{next(t, s, c, cases.Entry{At: noon, Kind: "note", Text: "Second."})}})
	before, err := s.Trail(ctx, c.ID)
	require.NoError(t, err)

	c.Version = 2
	note := cases.Entry{At: noon, Kind: "note", Text: "Forged."}
	for name, last := range map[string]cases.Entry{
		"over the second entry": before[0],
		"after a gap":           cases.Chain(before[1], note),
		"with another past":     {N: 2, Hash: "0000"},
	} {
		b := cases.Batch{Cases: []cases.Change{{Case: c, Entries: []cases.Entry{cases.Chain(last, note)}}}}
		require.ErrorIs(t, s.Commit(ctx, b), cases.ErrConflict, name)
	}
	after, err := s.Trail(ctx, c.ID)
	require.NoError(t, err)
	require.Equal(t, before, after)
	stored, err := s.Case(ctx, c.ID)
	require.NoError(t, err)
	require.EqualValues(t, 2, stored.Version)
}
