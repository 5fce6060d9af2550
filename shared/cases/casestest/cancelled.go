package casestest

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"rightsmail/shared/cases"
)

func cancelled(t *testing.T, s cases.Store) {
	put(t, s, everything(t, s, 0))
	b := everything(t, s, 1)
	b.Mail = &cases.Mail{ID: "late"}

	gone, cancel := context.WithCancel(ctx)
	cancel()
	for name, call := range map[string]func() error{
		"Commit":  func() error { return s.Commit(gone, b) },
		"Mail":    func() error { _, err := s.Mail(gone, "late"); return err },
		"Case":    func() error { _, err := s.Case(gone, sample(1).ID); return err },
		"Trail":   func() error { _, err := s.Trail(gone, sample(1).ID); return err },
		"Cases":   func() error { _, err := s.Cases(gone, cases.Query{}); return err },
		"Counts":  func() error { _, err := s.Counts(gone); return err },
		"Ledger":  func() error { _, err := s.Ledger(gone, key()); return err },
		"Counter": func() error { _, err := s.Counter(gone, "count"); return err },
		"Effect":  func() error { _, err := s.Effect(gone, effect(1).ID); return err },
		"Due":     func() error { _, err := s.Due(gone, noon, 1); return err },
		"Effects": func() error { _, err := s.Effects(gone, cases.EffectQuery{}); return err },
	} {
		require.ErrorIs(t, call(), context.Canceled, name)
	}
	require.Equal(t, [4]int64{1, 1, 1, 1}, storedVersions(t, s))
	_, err := s.Mail(ctx, "late")
	require.ErrorIs(t, err, cases.ErrNotFound)
}
