package sqlite_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/sqlite"
	"rightsmail/shared/cases"
)

// raw runs statements on a file behind the back of the adapter.
func raw(t *testing.T, path string, statements ...string) {
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	for _, s := range statements {
		_, err := db.ExecContext(ctx, s)
		require.NoError(t, err)
	}
	require.NoError(t, db.Close())
}

func TestDatabaseOfANewerVersionIsRefusedInOneSentence(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rightsmail.db")
	db, err := sqlite.Open(ctx, path)
	require.NoError(t, err)
	require.NoError(t, db.Put(ctx, "mail", []byte("kept")))
	require.NoError(t, db.Close())
	raw(t, path, "PRAGMA user_version = 999")

	_, err = sqlite.Open(ctx, path)
	require.ErrorIs(t, err, sqlite.ErrNewerSchema)
	require.ErrorContains(t, err, "update the program")
	require.NotContains(t, err.Error(), "\n")
}

func TestFileThatIsNoDatabaseOfOursIsRefused(t *testing.T) {
	text := filepath.Join(t.TempDir(), "text.db")
	require.NoError(t, os.WriteFile(text, []byte(strings.Repeat("this is a letter, not a database\n", 99)), 0o600))
	_, err := sqlite.Open(ctx, text)
	require.ErrorIs(t, err, sqlite.ErrNotOurs)

	foreign := filepath.Join(t.TempDir(), "foreign.db")
	raw(t, foreign, "CREATE TABLE recipes (name TEXT)", "PRAGMA user_version = 1")
	_, err = sqlite.Open(ctx, foreign)
	require.ErrorIs(t, err, sqlite.ErrNotOurs)
}

func TestDamagedDatabaseIsTold(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rightsmail.db")
	db, err := sqlite.Open(ctx, path)
	require.NoError(t, err)
	for i := range 50 {
		require.NoError(t, db.Put(ctx, cases.MailID(fmt.Sprint(i)), make([]byte, 9000)))
	}
	require.NoError(t, db.Close())
	content, err := os.ReadFile(filepath.Clean(path))
	require.NoError(t, err)
	for i := 4096; i < len(content); i++ { // all but the first page
		content[i] = 0xa5
	}
	require.NoError(t, os.WriteFile(path, content, 0o600))

	db, err = sqlite.Open(ctx, path)
	if err == nil { // the header is whole; reading finds the damage
		_, err = db.Get(ctx, "7")
		require.NoError(t, db.Close())
	}
	require.ErrorIs(t, err, sqlite.ErrNotOurs)
}

func TestPathThatCannotBeWrittenIsToldInOneSentence(t *testing.T) {
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "file"), nil, 0o600))
	for name, path := range map[string]string{
		"no such folder":    filepath.Join(folder, "none", "rightsmail.db"),
		"a file as folder":  filepath.Join(folder, "file", "rightsmail.db"),
		"a folder as file":  folder,
		"nothing":           "",
		"a name with NUL":   filepath.Join(folder, "a\x00b"),
		"a name, very long": filepath.Join(folder, strings.Repeat("x", 999)),
	} {
		_, err := sqlite.Open(ctx, path)
		require.ErrorContains(t, err, "choose a folder that exists and can be written", name)
		require.NotContains(t, err.Error(), "\n")
	}
}

func TestNewDatabaseIsReadByItsOwnerOnlyWhateverItsName(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "100% sure? #1 & more=_txlock")
	require.NoError(t, os.Mkdir(folder, 0o700))
	db := open(t, folder)
	require.NoError(t, db.Put(ctx, "mail", []byte("kept")))

	files, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, f := range files {
		require.True(t, strings.HasPrefix(f.Name(), "rightsmail.db"), f.Name())
		info, err := f.Info()
		require.NoError(t, err)
		require.Zero(t, info.Mode().Perm()&0o077, "%s is private", f.Name())
	}
}

func TestTrailCannotBeChangedBehindOurBackByAccident(t *testing.T) {
	folder := t.TempDir()
	db := open(t, folder)
	require.NoError(t, db.Commit(ctx, mail(1)))
	path := filepath.Join(folder, "rightsmail.db")
	other, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	defer func() { require.NoError(t, other.Close()) }()
	_, err = other.ExecContext(ctx, "UPDATE trail SET body = '{}'")
	require.ErrorContains(t, err, "never changed")
	_, err = other.ExecContext(ctx, "DELETE FROM trail")
	require.ErrorContains(t, err, "never removed")
}

func TestManyOpenTheSameNewFileAtOnce(t *testing.T) {
	folder := t.TempDir()
	var group sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		group.Go(func() {
			db, err := sqlite.Open(ctx, filepath.Join(folder, "rightsmail.db"))
			if err == nil {
				err = db.Commit(ctx, mail(i))
				if closing := db.Close(); err == nil {
					err = closing
				}
			}
			errs[i] = err
		})
	}
	group.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
	page, err := open(t, folder).Cases(ctx, cases.Query{})
	require.NoError(t, err)
	require.Len(t, page.Cases, len(errs))
}
