package casestest

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"rightsmail/shared/cases"
	"rightsmail/shared/limits"
)

var errCrash = errors.New("the power went out")

// crashing is a store whose process dies at the nth Commit, before it or after it.
type crashing struct {
	cases.Store
	at    int // counts down; the Commit that reaches zero dies
	after bool
}

func (c *crashing) Commit(ctx context.Context, b cases.Batch) error {
	c.at--
	if c.at == 0 && !c.after {
		return errCrash
	}
	err := c.Store.Commit(ctx, b)
	if c.at == 0 && err == nil {
		return errCrash
	}
	return err
}

// story is what a machine does again when it starts again: it takes in three mails,
// one is withdrawn, and what is due is delivered. Delivered outside is a set: the
// same id again changes nothing there.
func story(s cases.Store, outside map[string]bool) error {
	for n := range 3 {
		if err := request(s, n); err != nil && !errors.Is(err, cases.ErrSeen) {
			return err
		}
	}
	if err := withdraw(s, 0); err != nil {
		return err
	}
	due, err := s.Due(ctx, noon.AddDate(1, 0, 0), 10)
	if err != nil {
		return err
	}
	for _, e := range due {
		outside[e.ID] = true
		e.State, e.Done, e.Attempts = cases.EffectDone, noon, 1
		if err := s.Commit(ctx, cases.Batch{Effects: []cases.Effect{e}}); err != nil {
			return err
		}
	}
	return nil
}

// crashes tells the story once undisturbed, and then once for every Commit in it,
// with a crash right before or right after that Commit and a second telling. All
// have to end the same.
func crashes(t *testing.T, newStore func(t *testing.T) cases.Store) {
	const never = 1 << 30
	undisturbed, outside := &crashing{Store: newStore(t), at: never}, map[string]bool{}
	require.NoError(t, story(undisturbed, outside))
	want := snapshot(t, undisturbed)
	require.Len(t, outside, 3)

	for step := 1; step <= never-undisturbed.at; step++ {
		for _, after := range []bool{false, true} {
			s, outside := newStore(t), map[string]bool{}
			require.ErrorIs(t, story(&crashing{Store: s, at: step, after: after}, outside), errCrash)
			require.NoError(t, story(s, outside))
			require.Equal(t, want, snapshot(t, s), "crash at commit %d, after it: %v", step, after)
			require.Len(t, outside, 3)
			requireShare(t, s, 1+1, 0) // the second and, moved up, the third
		}
	}
}

// everythingStored is what a story leaves behind.
type everythingStored struct {
	Cases   []cases.Case
	Trails  [][]cases.Entry
	Mails   []cases.Mail
	Effects []cases.Effect
	Ledger  limits.Ledger
}

func snapshot(t *testing.T, s cases.Store) (all everythingStored) {
	page, err := s.Cases(ctx, cases.Query{})
	require.NoError(t, err)
	all.Cases = page.Cases
	for _, c := range page.Cases {
		trail, err := s.Trail(ctx, c.ID)
		require.NoError(t, err)
		require.NoError(t, cases.Verify(trail))
		mail, err := s.Mail(ctx, c.Mail)
		require.NoError(t, err)
		all.Trails, all.Mails = append(all.Trails, trail), append(all.Mails, mail)
	}
	effects, err := s.Effects(ctx, cases.EffectQuery{})
	require.NoError(t, err)
	all.Effects = effects.Effects
	all.Ledger, err = s.Ledger(ctx, key())
	require.NoError(t, err)
	return all
}
