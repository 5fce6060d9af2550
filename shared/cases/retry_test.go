package cases_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"rightsmail/shared/cases"
)

// contested is a store on which somebody else is faster a number of times.
type contested struct {
	cases.Store
	conflicts, commits int
}

func (c *contested) Commit(ctx context.Context, _ cases.Batch) error {
	if c.conflicts > 0 {
		c.conflicts--
		return fmt.Errorf("commit: %w", cases.ErrConflict)
	}
	c.commits++
	return ctx.Err()
}

var something = cases.Batch{Mail: &cases.Mail{ID: "mail"}}

func TestRetryDecidesAnewUntilNobodyCameInBetween(t *testing.T) {
	s, built := &contested{conflicts: 99}, 0
	require.NoError(t, cases.Retry(t.Context(), s, func(context.Context) (cases.Batch, error) {
		built++
		return something, nil
	}))
	require.Equal(t, 100, built)
	require.Equal(t, 1, s.commits)
}

func TestRetryGivesUpInTheEnd(t *testing.T) {
	s := &contested{conflicts: 1 << 20}
	err := cases.Retry(t.Context(), s, func(context.Context) (cases.Batch, error) { return something, nil })
	require.ErrorIs(t, err, cases.ErrConflict)
	require.ErrorContains(t, err, "gave up after 256 attempts")
}

func TestRetryTriesNothingElseAgain(t *testing.T) {
	trouble := errors.New("trouble")
	for name, tc := range map[string]struct{ err, want error }{
		"trouble":          {trouble, trouble},
		"seen":             {&cases.SeenError{First: "first"}, cases.ErrSeen},
		"a final conflict": {cases.Final(fmt.Errorf("case: %w", cases.ErrConflict)), cases.ErrConflict},
	} {
		built := 0
		err := cases.Retry(t.Context(), &contested{}, func(context.Context) (cases.Batch, error) {
			built++
			return something, tc.err
		})
		require.ErrorIs(t, err, tc.want, name)
		require.Equal(t, 1, built, name)
	}
}

func TestRetryTriesAgainWhenWhatWasReadDidNotFit(t *testing.T) {
	built, s := 0, &contested{}
	require.NoError(t, cases.Retry(t.Context(), s, func(context.Context) (cases.Batch, error) {
		if built++; built < 3 {
			return cases.Batch{}, cases.ErrConflict
		}
		return something, nil
	}))
	require.Equal(t, 3, built)
	require.Equal(t, 1, s.commits)
}

func TestRetryCommitsNoEmptyBatch(t *testing.T) {
	s := &contested{}
	require.NoError(t, cases.Retry(t.Context(), s, func(context.Context) (cases.Batch, error) { return cases.Batch{}, nil }))
	require.Zero(t, s.commits)
}

func TestRetryEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	built, s := 0, &contested{conflicts: 1 << 20}
	err := cases.Retry(ctx, s, func(context.Context) (cases.Batch, error) {
		if built++; built == 3 {
			cancel()
		}
		return something, nil
	})
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, 3, built)
}
