package cases_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"rightsmail/shared/cases"
	"rightsmail/shared/limits"
)

func TestBatchThatNoStoreCanWriteIsTold(t *testing.T) {
	all := trail(3)
	stored := request() // at version 3
	fresh := request()
	fresh.Version = 0
	spoiled := all[1]
	spoiled.Text = "Changed after it was chained."
	for name, tc := range map[string]struct {
		b    cases.Batch
		want string
	}{
		"a change without an entry":    {cases.Batch{Cases: []cases.Change{{Case: stored}}}, "needs an entry"},
		"a new case without an entry":  {cases.Batch{Cases: []cases.Change{{Case: fresh}}}, "needs its first entry"},
		"a new case at its second":     {cases.Batch{Cases: []cases.Change{{Case: fresh, Entries: all[1:]}}}, "does not go with entry 2"},
		"a stored case from the start": {cases.Batch{Cases: []cases.Change{{Case: stored, Entries: all}}}, "does not go with entry 1"},
		"an entry left out":            {cases.Batch{Cases: []cases.Change{{Case: fresh, Entries: []cases.Entry{all[0], all[2]}}}}, "entry 3 follows entry 1"},
		"an entry changed":             {cases.Batch{Cases: []cases.Change{{Case: stored, Entries: []cases.Entry{spoiled}}}}, "entry 2 is not"},
		"an entry that is not chained": {cases.Batch{Cases: []cases.Change{{Case: fresh, Entries: []cases.Entry{{N: 1, Kind: "opened"}}}}}, "entry 1 is not"},
		"a ledger of nobody":           {cases.Batch{Ledgers: []limits.Ledger{{Key: limits.Key{Right: "ccpa_know_specific"}}}}, "without a consumer"},
		"an effect without an id":      {cases.Batch{Effects: []cases.Effect{{Kind: cases.EffectReply}}}, "effect without an id"},
		"a counter twice":              {cases.Batch{Counters: []cases.Counter{{Key: "a"}, {Key: "b"}, {Key: "a"}}}, "counter changed twice"},
	} {
		require.ErrorContains(t, tc.b.Check(), tc.want, name)
	}
	require.NoError(t, cases.Batch{}.Check())
	require.NoError(t, cases.Batch{
		Mail:    &cases.Mail{ID: "mail"},
		Cases:   []cases.Change{{Case: fresh, Entries: all}},
		Ledgers: []limits.Ledger{{Key: limits.Key{Consumer: "a", Right: "b"}}, {Key: limits.Key{Consumer: "a", Right: "c"}}},
	}.Check())
	require.NoError(t, cases.Batch{Cases: []cases.Change{{Case: stored, Entries: all[1:]}}}.Check())
}
