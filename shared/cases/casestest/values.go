package casestest

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"rightsmail/shared/cases"
	"rightsmail/shared/limits"
	"rightsmail/shared/rights"
)

func missing(t *testing.T, s cases.Store) {
	_, err := s.Case(ctx, "RM-NONE-0000-1")
	require.ErrorIs(t, err, cases.ErrNotFound)
	_, err = s.Mail(ctx, "none")
	require.ErrorIs(t, err, cases.ErrNotFound)
	_, err = s.Trail(ctx, "RM-NONE-0000-1")
	require.ErrorIs(t, err, cases.ErrNotFound)
	_, err = s.Effect(ctx, "none")
	require.ErrorIs(t, err, cases.ErrNotFound)

	l, err := s.Ledger(ctx, key())
	require.NoError(t, err)
	require.Equal(t, limits.Ledger{Key: key()}, l, "a ledger nobody wrote is empty")
	c, err := s.Counter(ctx, "none")
	require.NoError(t, err)
	require.Equal(t, cases.Counter{Key: "none"}, c, "a counter nobody wrote is zero")

	counts, err := s.Counts(ctx)
	require.NoError(t, err)
	require.Empty(t, counts)
	due, err := s.Due(ctx, noon, 10)
	require.NoError(t, err)
	require.Empty(t, due)
}

func wholeCase(t *testing.T, s cases.Store) {
	want := filled[cases.Case]()
	want.Version = 0
	put(t, s, cases.Batch{Cases: []cases.Change{opened(want)}})
	want.Version = 1
	got, err := s.Case(ctx, want.ID)
	require.NoError(t, err)
	same(t, want, got)

	page, err := s.Cases(ctx, cases.Query{})
	require.NoError(t, err)
	require.Len(t, page.Cases, 1)
	same(t, want, page.Cases[0])
}

// bareValues stores what is zero wherever it may be: zero dates and times must not
// turn into something else.
func bareValues(t *testing.T, s cases.Store) {
	bare := cases.Case{
		ID: "RM-BARE-0000-1", Limit: &cases.Limit{Earlier: []rights.Date{{}}},
		Clock: rights.Clock{Deadlines: []rights.Deadline{{}}},
	}
	mail := cases.Mail{ID: "bare"}
	e := cases.Effect{ID: "bare"}
	l := limits.Ledger{Key: key(), Uses: []limits.Use{{}}, Waiting: []limits.Use{{}}}
	put(t, s, cases.Batch{Mail: &mail, Cases: []cases.Change{opened(bare)}, Effects: []cases.Effect{e}, Ledgers: []limits.Ledger{l}})

	bare.Version, e.Version, l.Version = 1, 1, 1
	gotCase, err := s.Case(ctx, bare.ID)
	require.NoError(t, err)
	same(t, bare, gotCase)
	gotMail, err := s.Mail(ctx, mail.ID)
	require.NoError(t, err)
	same(t, mail, gotMail)
	gotEffect, err := s.Effect(ctx, e.ID)
	require.NoError(t, err)
	same(t, e, gotEffect)
	gotLedger, err := s.Ledger(ctx, l.Key)
	require.NoError(t, err)
	same(t, l, gotLedger)
}

func wholeRest(t *testing.T, s cases.Store) {
	mail, l, n, e := filled[cases.Mail](), filled[limits.Ledger](), filled[cases.Counter](), filled[cases.Effect]()
	l.Version, n.Version, e.Version = 0, 0, 0
	n.Expires = noon.Add(100 * 365 * 24 * time.Hour) // so that no store has forgotten it yet
	put(t, s, cases.Batch{Mail: &mail, Ledgers: []limits.Ledger{l}, Counters: []cases.Counter{n}, Effects: []cases.Effect{e}})
	l.Version, n.Version, e.Version = 1, 1, 1

	gotMail, err := s.Mail(ctx, mail.ID)
	require.NoError(t, err)
	same(t, mail, gotMail)
	gotLedger, err := s.Ledger(ctx, l.Key)
	require.NoError(t, err)
	same(t, l, gotLedger)
	gotCounter, err := s.Counter(ctx, n.Key)
	require.NoError(t, err)
	same(t, n, gotCounter)
	gotEffect, err := s.Effect(ctx, e.ID)
	require.NoError(t, err)
	same(t, e, gotEffect)
	page, err := s.Effects(ctx, cases.EffectQuery{})
	require.NoError(t, err)
	same(t, []cases.Effect{e}, page.Effects)
}

func ownership(t *testing.T, s cases.Store) {
	c, e := sample(1), effect(1)
	c.Missing = []string{"name"}
	put(t, s, cases.Batch{Cases: []cases.Change{opened(c)}, Effects: []cases.Effect{e}})
	c.Missing[0], e.Payload[0] = "changed by the writer", 'x'

	first, err := s.Case(ctx, c.ID)
	require.NoError(t, err)
	first.Missing[0] = "changed by a reader"
	sent, err := s.Effect(ctx, e.ID)
	require.NoError(t, err)
	sent.Payload[0] = 'y'
	trail, err := s.Trail(ctx, c.ID)
	require.NoError(t, err)
	trail[0].Data["queue"] = "changed by a reader"

	again, err := s.Case(ctx, c.ID)
	require.NoError(t, err)
	require.Equal(t, []string{"name"}, again.Missing)
	sent, err = s.Effect(ctx, e.ID)
	require.NoError(t, err)
	require.JSONEq(t, `{"n":1}`, string(sent.Payload))
	trail, err = s.Trail(ctx, c.ID)
	require.NoError(t, err)
	require.NoError(t, cases.Verify(trail))
}
