package casestest

import (
	"errors"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"rightsmail/shared/cases"
	"rightsmail/shared/limits"
)

// everything is a batch with one item of each kind, at the given version.
func everything(t *testing.T, s cases.Store, version int64) cases.Batch {
	c, e := sample(1), effect(1)
	c.Version, e.Version = version, version
	ch := opened(c)
	if version > 0 {
		ch = next(t, s, c, cases.Entry{At: noon, Actor: cases.Machine, Kind: "note", Text: "Again."})
	}
	return cases.Batch{
		Cases:    []cases.Change{ch},
		Ledgers:  []limits.Ledger{{Key: key(), Version: version}},
		Counters: []cases.Counter{{Key: "count", N: 1, Expires: noon, Version: version}},
		Effects:  []cases.Effect{e},
	}
}

// single splits a batch into one batch per item.
func single(b cases.Batch) map[string]cases.Batch {
	return map[string]cases.Batch{
		"case":    {Cases: b.Cases},
		"ledger":  {Ledgers: b.Ledgers},
		"counter": {Counters: b.Counters},
		"effect":  {Effects: b.Effects},
	}
}

// storedVersions reads the version of each item of everything.
func storedVersions(t *testing.T, s cases.Store) [4]int64 {
	c, err := s.Case(ctx, sample(1).ID)
	require.NoError(t, err)
	l, err := s.Ledger(ctx, key())
	require.NoError(t, err)
	n, err := s.Counter(ctx, "count")
	require.NoError(t, err)
	e, err := s.Effect(ctx, effect(1).ID)
	require.NoError(t, err)
	return [4]int64{c.Version, l.Version, n.Version, e.Version}
}

func versions(t *testing.T, s cases.Store) {
	for v := range int64(3) {
		put(t, s, everything(t, s, v))
		require.Equal(t, [4]int64{v + 1, v + 1, v + 1, v + 1}, storedVersions(t, s))
	}
}

func stale(t *testing.T, s cases.Store) {
	for kind, b := range single(everything(t, s, 0)) {
		for i := range b.Cases { // a case that was never stored
			b.Cases[i].Case.Version = 4
			b.Cases[i].Entries[0] = cases.Chain(cases.Entry{N: 4}, cases.Entry{})
		}
		for i := range b.Ledgers {
			b.Ledgers[i].Version = 4
		}
		for i := range b.Counters {
			b.Counters[i].Version = 4
		}
		for i := range b.Effects {
			b.Effects[i].Version = 4
		}
		require.ErrorIs(t, s.Commit(ctx, b), cases.ErrConflict, "%s that is not there", kind)
	}
	put(t, s, everything(t, s, 0))
	old := everything(t, s, 1)
	put(t, s, everything(t, s, 1))
	for kind, b := range single(everything(t, s, 0)) {
		require.ErrorIs(t, s.Commit(ctx, b), cases.ErrConflict, "new %s that is there", kind)
	}
	for kind, b := range single(old) {
		require.ErrorIs(t, s.Commit(ctx, b), cases.ErrConflict, "%s at an old version", kind)
	}
	require.Equal(t, [4]int64{2, 2, 2, 2}, storedVersions(t, s))
}

func racers(t *testing.T, s cases.Store) {
	put(t, s, everything(t, s, 0))
	for kind, b := range single(everything(t, s, 1)) {
		var group sync.WaitGroup
		results := make([]error, 2)
		for i := range results {
			group.Go(func() { results[i] = s.Commit(ctx, b) })
		}
		group.Wait()
		if results[0] != nil {
			results[0], results[1] = results[1], results[0]
		}
		require.NoError(t, results[0], "one writer of the %s wins", kind)
		require.ErrorIs(t, results[1], cases.ErrConflict, "the other writer of the %s is told", kind)
	}
	require.Equal(t, [4]int64{2, 2, 2, 2}, storedVersions(t, s))
}

// atomicity spoils one item of a batch after the other: nothing of it is stored.
func atomicity(t *testing.T, s cases.Store) {
	put(t, s, everything(t, s, 0))
	fresh := func() cases.Batch {
		return cases.Batch{
			Mail:     &cases.Mail{ID: "fresh", Twin: "fresh twin", Received: noon},
			Cases:    []cases.Change{opened(sample(2))},
			Ledgers:  []limits.Ledger{{Key: limits.Key{Consumer: "fresh", Right: "fresh"}}},
			Counters: []cases.Counter{{Key: "fresh", Expires: noon}},
			Effects:  []cases.Effect{effect(2)},
		}
	}
	for kind, spoiled := range single(everything(t, s, 0)) {
		b := fresh()
		b.Cases = append(b.Cases, spoiled.Cases...)
		b.Ledgers = append(b.Ledgers, spoiled.Ledgers...)
		b.Counters = append(b.Counters, spoiled.Counters...)
		b.Effects = append(b.Effects, spoiled.Effects...)
		require.ErrorIs(t, s.Commit(ctx, b), cases.ErrConflict, "a stale %s", kind)

		_, err := s.Mail(ctx, "fresh")
		require.ErrorIs(t, err, cases.ErrNotFound, "mail, with a stale %s", kind)
		_, err = s.Case(ctx, sample(2).ID)
		require.ErrorIs(t, err, cases.ErrNotFound, "case, with a stale %s", kind)
		_, err = s.Trail(ctx, sample(2).ID)
		require.ErrorIs(t, err, cases.ErrNotFound, "trail, with a stale %s", kind)
		_, err = s.Effect(ctx, effect(2).ID)
		require.ErrorIs(t, err, cases.ErrNotFound, "effect, with a stale %s", kind)
		l, err := s.Ledger(ctx, limits.Key{Consumer: "fresh", Right: "fresh"})
		require.NoError(t, err)
		require.Zero(t, l.Version, "ledger, with a stale %s", kind)
		n, err := s.Counter(ctx, "fresh")
		require.NoError(t, err)
		require.Zero(t, n.Version, "counter, with a stale %s", kind)
	}
	put(t, s, fresh()) // and its seen-mark was not kept either
	require.Equal(t, [4]int64{1, 1, 1, 1}, storedVersions(t, s))
}

func impossible(t *testing.T, s cases.Store) {
	twoEntries := opened(sample(1))
	twoEntries.Entries = append(twoEntries.Entries, twoEntries.Entries[0])
	for name, b := range map[string]cases.Batch{
		"one case twice":     {Cases: []cases.Change{opened(sample(1)), opened(sample(1))}},
		"one ledger twice":   {Ledgers: []limits.Ledger{{Key: key()}, {Key: key()}}},
		"one counter twice":  {Counters: []cases.Counter{{Key: "a"}, {Key: "a"}}},
		"one effect twice":   {Effects: []cases.Effect{effect(1), effect(1)}},
		"no id":              {Mail: &cases.Mail{}},
		"case without entry": {Cases: []cases.Change{{Case: sample(1)}}},
		"one entry twice":    {Cases: []cases.Change{twoEntries}},
	} {
		err := s.Commit(ctx, b)
		require.Error(t, err, name)
		require.False(t, errors.Is(err, cases.ErrConflict), "%s: trying again would not help", name)
	}
	page, err := s.Cases(ctx, cases.Query{})
	require.NoError(t, err)
	require.Empty(t, page.Cases)
}
