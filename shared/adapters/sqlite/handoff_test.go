package sqlite_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"rightsmail/shared/cases"
	"rightsmail/shared/queue"
)

func TestSecondHandOffWithTheSameIDChangesNothing(t *testing.T) {
	db := open(t, t.TempDir())
	first := queue.Message{
		Schema: queue.Schema, ID: "handoff-1", Queue: "ccpa", Case: "RM-TEST-0001-1", Right: "ccpa_delete",
		ReceivedAt: monday, Missing: []string{"name"}, Consumer: "c0ffee", Priority: 2,
	}
	other := queue.Message{Schema: queue.Schema, ID: "handoff-2", Queue: "gdpr", ReceivedAt: monday}
	again := first
	again.Queue, again.Right = "gdpr", "gdpr_access"
	local := other
	local.ReceivedAt = monday.In(time.FixedZone("", 3600))
	for _, m := range []queue.Message{first, local, again} {
		require.NoError(t, db.Send(ctx, m))
	}

	all, err := db.HandOffs(ctx, "", 0)
	require.NoError(t, err)
	require.Equal(t, []queue.Message{other, first}, all, "newest first")
	some, err := db.HandOffs(ctx, "ccpa", 10)
	require.NoError(t, err)
	require.Equal(t, []queue.Message{first}, some)
	latest, err := db.HandOffs(ctx, "", 1)
	require.NoError(t, err)
	require.Equal(t, []queue.Message{other}, latest)
	none, err := db.HandOffs(ctx, "nevada", 10)
	require.NoError(t, err)
	require.Empty(t, none)
}

func TestHandOffWithoutIDOrQueueIsRefused(t *testing.T) {
	db := open(t, t.TempDir())
	require.Error(t, db.Send(ctx, queue.Message{Queue: "ccpa"}))
	require.Error(t, db.Send(ctx, queue.Message{ID: "handoff-1"}))
	gone, cancel := context.WithCancel(ctx)
	cancel()
	require.ErrorIs(t, db.Send(gone, queue.Message{ID: "handoff-1", Queue: "ccpa"}), context.Canceled)
	all, err := db.HandOffs(ctx, "", 0)
	require.NoError(t, err)
	require.Empty(t, all)
}

func TestExpiredCountersAreForgottenAndOthersStay(t *testing.T) {
	db := open(t, t.TempDir())
	require.NoError(t, db.Commit(ctx, cases.Batch{Counters: []cases.Counter{
		{Key: "old", N: 3, Expires: monday.Add(-time.Second)}, {Key: "new", N: 4, Expires: monday},
	}}))
	n, err := db.Forget(ctx, monday)
	require.NoError(t, err)
	require.EqualValues(t, 1, n)
	forgotten, err := db.Counter(ctx, "old")
	require.NoError(t, err)
	require.Equal(t, cases.Counter{Key: "old"}, forgotten)
	kept, err := db.Counter(ctx, "new")
	require.NoError(t, err)
	require.Equal(t, 4, kept.N)
}
