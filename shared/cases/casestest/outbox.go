package casestest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"rightsmail/shared/cases"
)

func effectNames(all []cases.Effect) []string {
	names := []string{}
	for _, e := range all {
		names = append(names, e.ID)
	}
	return names
}

func effectIDs(numbers ...int) []string {
	names := []string{}
	for _, n := range numbers {
		names = append(names, effect(n).ID)
	}
	return names
}

func due(t *testing.T, s cases.Store) {
	early, late, same1, same2, draft := effect(1), effect(2), effect(3), effect(4), effect(5)
	early.NotBefore = noon.Add(-time.Hour)
	late.NotBefore = noon.Add(time.Hour)
	same1.NotBefore, same2.NotBefore = noon, noon.UTC() // then by time of creation
	draft.State = cases.EffectDraft
	put(t, s, cases.Batch{Effects: []cases.Effect{late, same2, draft, same1, early}})
	at := func(now time.Time, limit int) []string {
		all, err := s.Due(ctx, now, limit)
		require.NoError(t, err)
		return effectNames(all)
	}
	require.Empty(t, at(noon.Add(-2*time.Hour), 10))
	require.Equal(t, effectIDs(1), at(noon.Add(-time.Microsecond), 10))
	require.Equal(t, effectIDs(1, 3, 4), at(noon, 10), "NotBefore itself is not before")
	require.Equal(t, effectIDs(1, 3, 4, 2), at(noon.Add(time.Hour), 10))
	require.Equal(t, effectIDs(1, 3), at(noon.Add(time.Hour), 2))
	require.Empty(t, at(noon, 0))

	early.Version, early.NotBefore, early.Attempts = 1, noon.Add(2*time.Hour), 1 // tried, failed, put off
	same1.Version, same1.State, same1.Done = 1, cases.EffectDone, noon
	draft.Version, draft.State = 1, cases.EffectPending // a human let it leave
	put(t, s, cases.Batch{Effects: []cases.Effect{early, same1, draft}})
	require.Equal(t, effectIDs(4, 5), at(noon.Add(5*time.Minute), 10))
	require.Equal(t, effectIDs(4, 5, 2, 1), at(noon.Add(2*time.Hour), 10))
}

func effectFilters(t *testing.T, s cases.Store) {
	var all []cases.Effect
	for n := range 6 {
		e := effect(n)
		switch n {
		case 1:
			e.Kind = cases.EffectHandOff
		case 2:
			e.State = cases.EffectDraft
		case 3:
			e.State, e.Done, e.Note = cases.EffectDone, noon, "receipt"
		case 4:
			e.Case = effect(0).Case
		case 5:
			e.Mail, e.Case = effect(0).Mail, ""
		}
		all = append(all, e)
	}
	put(t, s, cases.Batch{Effects: all})
	for name, ask := range map[string]struct {
		q    cases.EffectQuery
		want []string
	}{
		"everything, newest first": {cases.EffectQuery{}, effectIDs(5, 4, 3, 2, 1, 0)},
		"a kind":                   {cases.EffectQuery{Kind: cases.EffectHandOff}, effectIDs(1)},
		"a kind of none":           {cases.EffectQuery{Kind: cases.EffectForward}, effectIDs()},
		"a state":                  {cases.EffectQuery{State: cases.EffectPending}, effectIDs(5, 4, 1, 0)},
		"kind and state":           {cases.EffectQuery{Kind: cases.EffectReply, State: cases.EffectPending}, effectIDs(5, 4, 0)},
		"a case":                   {cases.EffectQuery{Case: effect(0).Case}, effectIDs(4, 0)},
		"a mail":                   {cases.EffectQuery{Mail: effect(0).Mail}, effectIDs(5, 0)},
	} {
		page, err := s.Effects(ctx, ask.q)
		require.NoError(t, err)
		require.Equal(t, ask.want, effectNames(page.Effects), name)
		require.Empty(t, page.Next, name)
	}
	dropped, err := s.Effect(ctx, effect(2).ID)
	require.NoError(t, err)
	dropped.State = cases.EffectDropped
	put(t, s, cases.Batch{Effects: []cases.Effect{dropped}})
	page, err := s.Effects(ctx, cases.EffectQuery{State: cases.EffectDraft})
	require.NoError(t, err)
	require.Empty(t, page.Effects)
}

func effectPages(t *testing.T, s cases.Store) {
	var all []cases.Effect
	for n := range 5 {
		e := effect(n)
		e.Created = noon.Add(time.Duration(n/2) * time.Hour) // some at the same instant
		all = append(all, e)
	}
	put(t, s, cases.Batch{Effects: all})
	for size := 1; size <= 6; size++ {
		q, got, pages := cases.EffectQuery{State: cases.EffectPending, Limit: size}, []string{}, 0
		for {
			page, err := s.Effects(ctx, q)
			require.NoError(t, err)
			got, pages = append(got, effectNames(page.Effects)...), pages+1
			if q.Cursor = page.Next; q.Cursor == "" {
				break
			}
		}
		require.Equal(t, effectIDs(4, 3, 2, 1, 0), got, "pages of %d", size)
		require.Equal(t, (5+size-1)/size, pages, "pages of %d: no empty one at the end", size)
	}
}

func effectCursors(t *testing.T, s cases.Store) {
	put(t, s, cases.Batch{Effects: []cases.Effect{effect(1), effect(2)}})
	page, err := s.Effects(ctx, cases.EffectQuery{Limit: 1})
	require.NoError(t, err)
	require.NotEmpty(t, page.Next)
	for name, q := range map[string]cases.EffectQuery{
		"rubbish":           {Cursor: "rubbish"},
		"cut":               {Cursor: page.Next[:len(page.Next)/2]},
		"of another filter": {State: cases.EffectDone, Cursor: page.Next},
	} {
		_, err := s.Effects(ctx, q)
		require.ErrorIs(t, err, cases.ErrBadCursor, name)
	}
	_, err = s.Cases(ctx, cases.Query{Cursor: page.Next})
	require.ErrorIs(t, err, cases.ErrBadCursor, "of another list")
}
