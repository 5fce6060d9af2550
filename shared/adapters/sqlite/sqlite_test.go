package sqlite_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/sqlite"
	"rightsmail/shared/cases"
	"rightsmail/shared/cases/casestest"
)

var ctx = context.Background()

// open opens the database of a folder and closes it with the test.
func open(t testing.TB, folder string) *sqlite.DB {
	db, err := sqlite.Open(ctx, filepath.Join(folder, "rightsmail.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func TestStoreKeepsEveryPromise(t *testing.T) {
	casestest.Run(t, func(t *testing.T) cases.Store { return open(t, t.TempDir()) })
}

func TestArchiveKeepsEveryPromise(t *testing.T) {
	casestest.RunArchive(t, func(t *testing.T) cases.Archive { return open(t, t.TempDir()) })
}
