package casestest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"rightsmail/shared/cases"
)

// requireSeen asks for the ErrSeen that names the first mail.
func requireSeen(t *testing.T, err error, first cases.MailID) {
	var seen *cases.SeenError
	require.ErrorIs(t, err, cases.ErrSeen)
	require.ErrorAs(t, err, &seen)
	require.Equal(t, first, seen.First)
}

func seenByID(t *testing.T, s cases.Store) {
	put(t, s, cases.Batch{Mail: &cases.Mail{ID: "one", Twin: "twin"}, Cases: []cases.Change{opened(sample(1))}})
	requireSeen(t, s.Commit(ctx, cases.Batch{
		Mail: &cases.Mail{ID: "one", Twin: "another"}, Cases: []cases.Change{opened(sample(2))},
	}), "one")
	_, err := s.Case(ctx, sample(2).ID)
	require.ErrorIs(t, err, cases.ErrNotFound, "a second delivery opens nothing")
	put(t, s, cases.Batch{Mail: &cases.Mail{ID: "two", Twin: "another"}}) // nor leaves its twin behind
}

func seenByTwin(t *testing.T, s cases.Store) {
	put(t, s, cases.Batch{Mail: &cases.Mail{ID: "one", Twin: "twin"}})
	requireSeen(t, s.Commit(ctx, cases.Batch{
		Mail: &cases.Mail{ID: "two", Twin: "twin"}, Cases: []cases.Change{opened(sample(2))},
	}), "one")
	_, err := s.Mail(ctx, "two")
	require.ErrorIs(t, err, cases.ErrNotFound)
	_, err = s.Case(ctx, sample(2).ID)
	require.ErrorIs(t, err, cases.ErrNotFound)
	put(t, s, cases.Batch{Mail: &cases.Mail{ID: "two"}}) // known as a copy, it may still be marked
}

func noTwins(t *testing.T, s cases.Store) {
	put(t, s, cases.Batch{Mail: &cases.Mail{ID: "one"}})
	put(t, s, cases.Batch{Mail: &cases.Mail{ID: "two"}})
	put(t, s, cases.Batch{Mail: &cases.Mail{ID: "three", Twin: "one"}}) // an id is no twin
}

// seenFirst: the second delivery of a mail also finds its cases there already. It is
// told that the mail was seen, else it would try again for ever.
func seenFirst(t *testing.T, s cases.Store) {
	b := everything(t, s, 0)
	b.Mail = &cases.Mail{ID: "one", Twin: "twin"}
	put(t, s, b)
	requireSeen(t, s.Commit(ctx, b), "one")
	b.Mail = &cases.Mail{ID: "two", Twin: "twin"}
	requireSeen(t, s.Commit(ctx, b), "one")
}
