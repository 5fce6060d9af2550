package casestest

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"rightsmail/shared/cases"
)

func archiveMissing(t *testing.T, a cases.Archive) {
	_, err := a.Get(ctx, "none")
	require.ErrorIs(t, err, cases.ErrNotFound)
}

func archiveBytes(t *testing.T, a cases.Archive) {
	for id, raw := range map[cases.MailID][]byte{
		"plain":  []byte("Subject: hello\r\n\r\nbody\r\n"),
		"binary": {0, 1, 0xff, 0xfe, '\n', 0},
		"empty":  {},
		"none":   nil,
		"large":  make([]byte, 3<<20),
	} {
		require.NoError(t, a.Put(ctx, id, raw))
		got, err := a.Get(ctx, id)
		require.NoError(t, err)
		require.Len(t, got, len(raw), "%s", id)
		require.Equal(t, string(raw), string(got), "%s", id)
	}
}

func archiveTwice(t *testing.T, a cases.Archive) {
	require.NoError(t, a.Put(ctx, "one", []byte("first")))
	require.NoError(t, a.Put(ctx, "one", []byte("second")))
	got, err := a.Get(ctx, "one")
	require.NoError(t, err)
	require.Equal(t, "first", string(got))
}

func archiveCancelled(t *testing.T, a cases.Archive) {
	gone, cancel := context.WithCancel(ctx)
	cancel()
	require.ErrorIs(t, a.Put(gone, "one", []byte("late")), context.Canceled)
	_, err := a.Get(gone, "one")
	require.ErrorIs(t, err, context.Canceled)
	_, err = a.Get(ctx, "one")
	require.ErrorIs(t, err, cases.ErrNotFound)
}
