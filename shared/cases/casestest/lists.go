package casestest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"rightsmail/shared/cases"
	"rightsmail/shared/rights"
)

// ids names the cases of a page, by their number in sample.
func ids(page cases.Page) []string {
	names := []string{}
	for _, c := range page.Cases {
		names = append(names, string(c.ID))
	}
	return names
}

func names(numbers ...int) []string {
	all := []string{}
	for _, n := range numbers {
		all = append(all, string(sample(n).ID))
	}
	return all
}

func list(t *testing.T, s cases.Store, q cases.Query) []string {
	page, err := s.Cases(ctx, q)
	require.NoError(t, err)
	require.Empty(t, page.Next)
	return ids(page)
}

// store puts cases in, each as f wants the sample.
func store(t *testing.T, s cases.Store, numbers []int, f func(n int, c *cases.Case)) {
	for _, n := range numbers {
		c := sample(n)
		f(n, &c)
		put(t, s, cases.Batch{Cases: []cases.Change{opened(c)}})
	}
}

func caseOrder(t *testing.T, s cases.Store) {
	store(t, s, []int{1, 2, 3, 4, 5, 6, 7, 8, 9}, func(n int, c *cases.Case) {
		switch n {
		case 1: // due last of all that are open
			c.Next.Due = noon.AddDate(10, 0, 0)
		case 2, 3: // due at the same instant, told in different zones
			c.Next.Due = noon.In(time.FixedZone("", 3600*n))
		case 4, 5: // closed ones stand last, though 5 was closed before anything is due
			c.Status, c.Next, c.ClosedAt = cases.Closed, cases.Next{}, noon.AddDate(-n, 0, 0)
		case 6: // due a fraction of a second after 7
			c.Next.Due = noon.Add(-time.Hour + time.Microsecond)
		case 7:
			c.Next.Due = noon.Add(-time.Hour)
		case 8, 9: // open, without a date
			c.Next = cases.Next{}
			c.Received = noon.AddDate(0, 0, -n)
		}
	})
	require.Equal(t, names(7, 6, 2, 3, 1, 9, 8, 5, 4), list(t, s, cases.Query{}))

	c, err := s.Case(ctx, sample(1).ID) // what changes moves
	require.NoError(t, err)
	c.Next.Due = noon.AddDate(-10, 0, 0)
	put(t, s, cases.Batch{Cases: []cases.Change{next(t, s, c, cases.Entry{At: noon, Kind: "note"})}})
	require.Equal(t, names(1, 7, 6, 2, 3, 9, 8, 5, 4), list(t, s, cases.Query{}))
}

func caseFilters(t *testing.T, s cases.Store) {
	store(t, s, []int{1, 2, 3, 4, 5, 6}, func(n int, c *cases.Case) {
		switch n {
		case 2:
			c.Queue = rights.QueueGDPR
		case 3:
			c.Status = cases.Held
		case 4:
			c.Status, c.ClosedAt, c.Next = cases.Closed, noon, cases.Next{}
		case 5:
			c.Acknowledgement.State = cases.AckHeld
		case 6:
			c.Mail = sample(1).Mail
			c.Acknowledgement.State = cases.AckSent
		}
	})
	at := func(n int) time.Time { return sample(n).Received }
	for name, ask := range map[string]struct {
		q    cases.Query
		want []string
	}{
		"everything":         {cases.Query{}, names(1, 2, 3, 5, 6, 4)},
		"a queue":            {cases.Query{Queue: rights.QueueCCPA}, names(1, 3, 5, 6, 4)},
		"a queue of none":    {cases.Query{Queue: rights.QueueNevada}, names()},
		"open":               {cases.Query{Statuses: []cases.Status{cases.Open}}, names(1, 2, 5, 6)},
		"held":               {cases.Query{Statuses: []cases.Status{cases.Held}}, names(3)},
		"closed":             {cases.Query{Statuses: []cases.Status{cases.Closed}}, names(4)},
		"two statuses":       {cases.Query{Statuses: []cases.Status{cases.Closed, cases.Held}}, names(3, 4)},
		"open in a queue":    {cases.Query{Queue: rights.QueueCCPA, Statuses: []cases.Status{cases.Open}}, names(1, 5, 6)},
		"held letters":       {cases.Query{AckStates: []cases.AckState{cases.AckHeld}}, names(5)},
		"two letter states":  {cases.Query{AckStates: []cases.AckState{cases.AckSent, cases.AckHeld}}, names(5, 6)},
		"one mail":           {cases.Query{Mail: sample(1).Mail}, names(1, 6)},
		"from is inclusive":  {cases.Query{ReceivedFrom: at(5)}, names(5, 6)},
		"to is exclusive":    {cases.Query{ReceivedTo: at(2)}, names(1)},
		"between":            {cases.Query{ReceivedFrom: at(2).UTC(), ReceivedTo: at(4)}, names(2, 3)},
		"an instant is none": {cases.Query{ReceivedFrom: at(2), ReceivedTo: at(2)}, names()},
		"all at once": {cases.Query{
			Queue: rights.QueueCCPA, Statuses: []cases.Status{cases.Open}, AckStates: []cases.AckState{cases.AckSent},
			Mail: sample(1).Mail, ReceivedFrom: at(6), ReceivedTo: at(7),
		}, names(6)},
	} {
		require.Equal(t, ask.want, list(t, s, ask.q), name)
	}
}

func casePages(t *testing.T, s cases.Store) {
	page, err := s.Cases(ctx, cases.Query{Limit: 2})
	require.NoError(t, err)
	require.Empty(t, page.Cases)
	require.Empty(t, page.Next, "the only page of nothing is the last")

	numbers := []int{1, 2, 3, 4, 5, 6}
	store(t, s, numbers, func(n int, c *cases.Case) {
		if n%2 == 0 { // closed at the same instant: only the id tells them apart
			c.Status, c.ClosedAt, c.Next = cases.Closed, noon, cases.Next{}
		}
	})
	want := names(1, 3, 5, 2, 4, 6)
	for size := 1; size <= 7; size++ {
		q, got, pages := cases.Query{Queue: rights.QueueCCPA, Limit: size}, []string{}, 0
		for {
			page, err := s.Cases(ctx, q)
			require.NoError(t, err)
			require.LessOrEqual(t, len(page.Cases), size)
			got, pages = append(got, ids(page)...), pages+1
			if q.Cursor = page.Next; q.Cursor == "" {
				break
			}
		}
		require.Equal(t, want, got, "pages of %d", size)
		require.Equal(t, (6+size-1)/size, pages, "pages of %d: no empty one at the end", size)
	}

	store(t, s, []int{7}, func(_ int, c *cases.Case) { c.Queue = rights.QueueGDPR })
	first, err := s.Cases(ctx, cases.Query{Queue: rights.QueueCCPA, Limit: 2})
	require.NoError(t, err)
	c := first.Cases[0] // meanwhile a case of the first page is closed, and moves to the end
	c.Status, c.ClosedAt, c.Next = cases.Closed, noon.AddDate(1, 0, 0), cases.Next{}
	put(t, s, cases.Batch{Cases: []cases.Change{next(t, s, c, cases.Entry{At: noon, Kind: "note"})}})
	rest, err := s.Cases(ctx, cases.Query{Queue: rights.QueueCCPA, Cursor: first.Next})
	require.NoError(t, err)
	require.Equal(t, names(5, 2, 4, 6, 1), ids(rest), "nothing that did not move is left out")
}

func caseCursors(t *testing.T, s cases.Store) {
	store(t, s, []int{1, 2}, func(int, *cases.Case) {})
	page, err := s.Cases(ctx, cases.Query{Limit: 1})
	require.NoError(t, err)
	require.NotEmpty(t, page.Next)
	for name, q := range map[string]cases.Query{
		"rubbish":           {Cursor: "rubbish"},
		"not text":          {Cursor: "\x00\xff"},
		"cut":               {Cursor: page.Next[:len(page.Next)/2]},
		"of another filter": {Queue: rights.QueueCCPA, Cursor: page.Next},
	} {
		_, err := s.Cases(ctx, q)
		require.ErrorIs(t, err, cases.ErrBadCursor, name)
	}
	_, err = s.Effects(ctx, cases.EffectQuery{Cursor: page.Next})
	require.ErrorIs(t, err, cases.ErrBadCursor, "of another list")
	_, err = s.Cases(ctx, cases.Query{Limit: 500, Cursor: page.Next})
	require.NoError(t, err, "the size of a page may change")
}

func counts(t *testing.T, s cases.Store) {
	store(t, s, []int{1, 2, 3, 4}, func(n int, c *cases.Case) {
		switch n {
		case 3:
			c.Queue = rights.QueueGDPR
		case 4:
			c.Queue, c.Next = rights.QueueChildren, cases.Next{}
		}
	})
	of := func() map[string]cases.Count {
		all, err := s.Counts(ctx)
		require.NoError(t, err)
		named := map[string]cases.Count{}
		for _, c := range all {
			require.Positive(t, c.N, "an empty queue has no count")
			named[string(c.Queue)+" "+string(c.Status)] = c
		}
		require.Len(t, named, len(all))
		return named
	}
	dueOf := func(n int) time.Time { return sample(n).Next.Due }
	same(t, map[string]cases.Count{
		"ccpa open":     {Queue: rights.QueueCCPA, Status: cases.Open, N: 2, NextDue: dueOf(1)},
		"gdpr open":     {Queue: rights.QueueGDPR, Status: cases.Open, N: 1, NextDue: dueOf(3)},
		"children open": {Queue: rights.QueueChildren, Status: cases.Open, N: 1},
	}, of())

	first, err := s.Case(ctx, sample(1).ID)
	require.NoError(t, err)
	first.Status, first.ClosedAt, first.Next = cases.Closed, noon, cases.Next{}
	third, err := s.Case(ctx, sample(3).ID)
	require.NoError(t, err)
	third.Queue, third.Status = rights.QueueCCPA, cases.Held
	note := cases.Entry{At: noon, Kind: "note"}
	put(t, s, cases.Batch{Cases: []cases.Change{next(t, s, first, note), next(t, s, third, note)}})
	same(t, map[string]cases.Count{
		"ccpa open":     {Queue: rights.QueueCCPA, Status: cases.Open, N: 1, NextDue: dueOf(2)},
		"ccpa closed":   {Queue: rights.QueueCCPA, Status: cases.Closed, N: 1},
		"ccpa held":     {Queue: rights.QueueCCPA, Status: cases.Held, N: 1, NextDue: dueOf(3)},
		"children open": {Queue: rights.QueueChildren, Status: cases.Open, N: 1},
	}, of())
}
