package sqlite_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/sqlite"
	"rightsmail/shared/cases"
	"rightsmail/shared/rights"
)

func BenchmarkCommitOfAMailWithOneCase(b *testing.B) {
	db := open(b, b.TempDir())
	n := 0
	for b.Loop() {
		if err := db.Commit(ctx, mail(n)); err != nil {
			b.Fatal(err)
		}
		n++
	}
}

func BenchmarkKeepArrival(b *testing.B) {
	in := open(b, b.TempDir()).Inbox()
	a := arrival("", 0)
	a.Raw = make([]byte, 20<<10)
	n := 0
	for b.Loop() {
		n++
		a.Raw[0], a.Raw[1], a.Raw[2] = byte(n), byte(n>>8), byte(n>>16)
		if _, err := in.Put(ctx, a); err != nil {
			b.Fatal(err)
		}
	}
}

// many is a database with n cases: nine of ten closed, spread over three queues.
func many(b *testing.B, n int) *sqlite.DB {
	db := open(b, b.TempDir())
	queues := []rights.Queue{rights.QueueCCPA, rights.QueueGDPR, rights.QueueMarketing}
	const size = 1000
	for from := 0; from < n; from += size {
		var batch cases.Batch
		for i := from; i < min(from+size, n); i++ {
			one := mailIn(queues[i%len(queues)], i)
			if i%10 != 0 {
				c := &one.Cases[0].Case
				c.Status, c.ClosedAt, c.Next = cases.Closed, c.Received.AddDate(0, 0, 9), cases.Next{}
				c.Acknowledgement.State = cases.AckSent
				one.Effects[0].State, one.Effects[1].State = cases.EffectDone, cases.EffectDone
			}
			batch.Cases = append(batch.Cases, one.Cases...)
			batch.Effects = append(batch.Effects, one.Effects...)
		}
		require.NoError(b, db.Commit(ctx, batch))
	}
	return db
}

func BenchmarkReadingAmong20000Cases(b *testing.B) {
	db := many(b, 20_000)
	open := []cases.Status{cases.Open, cases.Held}
	for _, q := range []struct {
		name string
		q    cases.Query
	}{
		{"PageOf50OfAQueue", cases.Query{Queue: rights.QueueGDPR, Statuses: open}},
		{"PageOf50OfAll", cases.Query{}},
		{"PageOf50Closed", cases.Query{Statuses: []cases.Status{cases.Closed}}},
		{"HeldLetters", cases.Query{AckStates: []cases.AckState{cases.AckHeld}}},
		{"ReceivedInOneHour", cases.Query{ReceivedFrom: monday.AddDate(0, 0, 9), ReceivedTo: monday.AddDate(0, 0, 9).Add(time.Hour)}},
	} {
		b.Run(q.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := db.Cases(ctx, q.q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("Counts", func(b *testing.B) {
		for b.Loop() {
			if _, err := db.Counts(ctx); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("Due", func(b *testing.B) {
		for b.Loop() {
			if _, err := db.Due(ctx, monday.AddDate(1, 0, 0), 50); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("OutboxPageOf50", func(b *testing.B) {
		for b.Loop() {
			if _, err := db.Effects(ctx, cases.EffectQuery{Kind: cases.EffectReply}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
