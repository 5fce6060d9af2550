package sqlite_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/sqlite"
	"rightsmail/shared/cases"
)

func arrival(text string, after time.Duration) sqlite.Arrival {
	return sqlite.Arrival{
		Raw: []byte(text), Received: monday.Add(after), Mailbox: "privacy@example.com",
		Trusted: true, NoVerdicts: true, Source: "smtp",
	}
}

func TestAcceptedMailWaitsUntilItIsHandled(t *testing.T) {
	db := open(t, t.TempDir())
	in := db.Inbox()
	late, early := arrival("late", time.Hour), arrival("early", 0)
	early.Received = early.Received.In(time.FixedZone("", 3600))
	early.Trusted, early.NoVerdicts, early.Source, early.Mailbox = false, false, "old.mbox", ""
	for _, a := range []sqlite.Arrival{late, early} {
		added, err := in.Put(ctx, a)
		require.NoError(t, err)
		require.True(t, added)
	}
	early.ID, late.ID = sqlite.ArrivalID(early.Raw), sqlite.ArrivalID(late.Raw)
	early.Received = early.Received.UTC()

	got, err := in.Next(ctx, 10)
	require.NoError(t, err)
	require.Equal(t, []sqlite.Arrival{early, late}, got, "by time of receipt")
	got, err = in.Next(ctx, 1)
	require.NoError(t, err)
	require.Len(t, got, 1)

	require.NoError(t, in.Done(ctx, early.ID, "opened"))
	require.NoError(t, in.Done(ctx, early.ID, "ignored"), "the first result stays")
	got, err = in.Next(ctx, 10)
	require.NoError(t, err)
	require.Equal(t, []sqlite.Arrival{late}, got)
	n, err := in.Waiting(ctx)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	results, err := in.Results(ctx)
	require.NoError(t, err)
	require.Equal(t, map[string]int{"opened": 1}, results)

	require.ErrorIs(t, in.Done(ctx, "unknown", "opened"), cases.ErrNotFound)
}

func TestSecondArrivalOfTheSameBytesChangesNothing(t *testing.T) {
	db := open(t, t.TempDir())
	in, a := db.Inbox(), arrival("mail", 0)
	added, err := in.Put(ctx, a)
	require.NoError(t, err)
	require.True(t, added)
	id := sqlite.ArrivalID(a.Raw)
	require.NoError(t, in.Done(ctx, id, "opened"))

	a.Received, a.Mailbox = a.Received.Add(time.Hour), "support@example.com"
	added, err = in.Put(ctx, a)
	require.NoError(t, err)
	require.False(t, added)
	n, err := in.Waiting(ctx)
	require.NoError(t, err)
	require.Zero(t, n, "handled stays handled")
}

func TestArrivedMailIsInTheArchiveUnderItsHash(t *testing.T) {
	db := open(t, t.TempDir())
	sum := sha256.Sum256([]byte("mail"))
	id := cases.MailID(hex.EncodeToString(sum[:]))
	require.Equal(t, id, sqlite.ArrivalID([]byte("mail")))
	_, err := db.Inbox().Put(ctx, arrival("mail", 0))
	require.NoError(t, err)
	got, err := db.Get(ctx, id)
	require.NoError(t, err)
	require.Equal(t, "mail", string(got))
	require.NoError(t, db.Put(ctx, id, []byte("something else")))

	_, err = db.Inbox().Put(ctx, sqlite.Arrival{Received: monday})
	require.NoError(t, err, "an empty mail is a mail")
	waiting, err := db.Inbox().Next(ctx, 2)
	require.NoError(t, err)
	require.Len(t, waiting, 2)
	require.Equal(t, "mail", string(waiting[1].Raw)+string(waiting[0].Raw))
}

func TestInboxHonoursItsContext(t *testing.T) {
	in := open(t, t.TempDir()).Inbox()
	gone, cancel := context.WithCancel(ctx)
	cancel()
	added, err := in.Put(gone, arrival("mail", 0))
	require.ErrorIs(t, err, context.Canceled)
	require.False(t, added)
	_, err = in.Next(gone, 1)
	require.ErrorIs(t, err, context.Canceled)
	_, err = in.Waiting(gone)
	require.ErrorIs(t, err, context.Canceled)
	_, err = in.Results(gone)
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorIs(t, in.Done(gone, "mail", "opened"), context.Canceled)
	n, err := in.Waiting(ctx)
	require.NoError(t, err)
	require.Zero(t, n)
}
