package cases_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"rightsmail/shared/cases"
)

var now = time.Date(2026, 3, 2, 12, 0, 0, 987654321, time.FixedZone("UTC-8", -8*3600))

func trail(n int) []cases.Entry {
	var all []cases.Entry
	var last cases.Entry
	for i := range n {
		last = cases.Chain(last, cases.Entry{At: now, Actor: cases.Machine, Kind: "note", Text: fmt.Sprint("Entry ", i), Data: map[string]string{"a": "1", "b": "2"}})
		all = append(all, last)
	}
	return all
}

func TestChainedEntriesVerify(t *testing.T) {
	all := trail(4)
	require.NoError(t, cases.Verify(nil))
	require.NoError(t, cases.Verify(all))
	require.Equal(t, 1, all[0].N)
	require.Empty(t, all[0].Prev)
	require.Equal(t, all[2].Hash, all[3].Prev)
	require.Equal(t, now.UTC().Truncate(time.Microsecond), all[0].At, "what every store can give back")
}

// The hash is a promise to those who keep a copy of it: it must not change with the
// program.
func TestHashOfAnEntryStaysWhatItIs(t *testing.T) {
	require.Equal(t, "77e8f670", trail(2)[1].Hash[:8])
}

func TestVerifyNamesTheFirstBrokenEntry(t *testing.T) {
	for name, tc := range map[string]struct {
		spoil func([]cases.Entry) []cases.Entry
		want  string
	}{
		"text":      {func(e []cases.Entry) []cases.Entry { e[1].Text += "!"; return e }, "entry 2 is not what it was"},
		"time":      {func(e []cases.Entry) []cases.Entry { e[1].At = e[1].At.Add(time.Second); return e }, "entry 2 is not"},
		"actor":     {func(e []cases.Entry) []cases.Entry { e[2].Actor = "Eve"; return e }, "entry 3 is not"},
		"kind":      {func(e []cases.Entry) []cases.Entry { e[0].Kind = "opened"; return e }, "entry 1 is not"},
		"value":     {func(e []cases.Entry) []cases.Entry { e[1].Data = map[string]string{"a": "1", "b": "3"}; return e }, "entry 2 is not"},
		"moved":     {func(e []cases.Entry) []cases.Entry { e[1].Data = map[string]string{"a": "1b", "": "2"}; return e }, "entry 2 is not"},
		"borders":   {func(e []cases.Entry) []cases.Entry { e[1].Kind, e[1].Text = "not", "e"+e[1].Text; return e }, "entry 2 is not"},
		"no data":   {func(e []cases.Entry) []cases.Entry { e[1].Data = nil; return e }, "entry 2 is not"},
		"removed":   {func(e []cases.Entry) []cases.Entry { return slices.Delete(e, 1, 2) }, "entry 3 follows entry 1"},
		"beginning": {func(e []cases.Entry) []cases.Entry { return e[1:] }, "entry 2 follows entry 0"},
		"swapped":   {func(e []cases.Entry) []cases.Entry { e[1], e[2] = e[2], e[1]; return e }, "entry 3 follows entry 1"},
		"rewritten": {func(e []cases.Entry) []cases.Entry {
			e[1] = cases.Chain(e[0], cases.Entry{At: now, Text: "Forged."})
			return e
		}, "entry 3 does not carry the hash of entry 2"},
	} {
		require.ErrorContains(t, cases.Verify(tc.spoil(trail(4))), tc.want, name)
	}
}

func TestEmptyDataIsNoData(t *testing.T) {
	with := cases.Chain(cases.Entry{}, cases.Entry{At: now, Data: map[string]string{}})
	without := cases.Chain(cases.Entry{}, cases.Entry{At: now})
	require.Equal(t, without.Hash, with.Hash, "a store may give back either")
}
