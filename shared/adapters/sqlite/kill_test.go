package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/sqlite"
	"rightsmail/shared/cases"
	"rightsmail/shared/limits"
)

// The test binary starts itself again with this variable set to a database, and then
// writes until it is killed.
const writeUntilKilled = "RIGHTSMAIL_WRITE_UNTIL_KILLED"

func TestMain(m *testing.M) {
	if path := os.Getenv(writeUntilKilled); path != "" {
		fmt.Fprintln(os.Stderr, write(path))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// write keeps mail and commits batches for ever, and says after each what has
// returned without an error.
func write(path string) error {
	db, err := sqlite.Open(ctx, path)
	if err != nil {
		return err
	}
	for n := 0; ; n++ {
		if _, err := db.Inbox().Put(ctx, arrival(fmt.Sprint("mail ", n), 0)); err != nil {
			return err
		}
		fmt.Println("kept", n)
		if err := db.Commit(ctx, mail(n)); err != nil {
			return err
		}
		fmt.Println("committed", n)
	}
}

func TestKillInMidWorkLosesNothingAndLeavesWholeBatchesOnly(t *testing.T) {
	for _, lines := range []int{1, 2, 37, 80} {
		t.Run(fmt.Sprint("after ", lines, " lines"), func(t *testing.T) {
			folder := t.TempDir()
			kept, committed := killAfter(t, filepath.Join(folder, "rightsmail.db"), lines)
			db := open(t, folder)
			waiting, err := db.Inbox().Waiting(ctx)
			require.NoError(t, err)
			require.GreaterOrEqual(t, waiting, kept, "every mail that was acknowledged is there")
			requireWholeBatches(t, db, committed)
			require.NoError(t, db.Commit(ctx, mail(9000)), "and work goes on")
		})
	}
}

// killAfter starts a writer, kills it after it has said so many lines, and returns
// how many mails it had kept and how many batches it had committed by its own word.
func killAfter(t *testing.T, path string, lines int) (kept, committed int) {
	child := exec.Command(os.Args[0]) // #nosec G204 G702 -- the test binary itself
	child.Env = append(os.Environ(), writeUntilKilled+"="+path)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	words := bufio.NewReader(out)
	for said := 0; ; said++ {
		if said == lines {
			require.NoError(t, child.Process.Kill())
		}
		line, err := words.ReadString('\n')
		if err != nil { // a half line is no word
			break
		}
		if strings.HasPrefix(line, "kept") {
			kept++
		} else {
			committed++
		}
	}
	require.Error(t, child.Wait(), "it was killed")
	require.GreaterOrEqual(t, kept+committed, lines)
	return kept, committed
}

// requireWholeBatches checks that of each mail there is everything or nothing, and
// everything of the first so many.
func requireWholeBatches(t *testing.T, db *sqlite.DB, committed int) {
	for n := range committed + 2 {
		b := mail(n)
		_, err := db.Mail(ctx, b.Mail.ID)
		there := err == nil
		require.True(t, there || n >= committed, "mail %d was committed", n)

		for _, ch := range b.Cases {
			_, err := db.Case(ctx, ch.Case.ID)
			require.Equal(t, there, err == nil)
			trail, err := db.Trail(ctx, ch.Case.ID)
			require.Equal(t, there, err == nil)
			require.Equal(t, there, len(trail) == len(ch.Entries))
			require.NoError(t, cases.Verify(trail))
		}
		for _, e := range b.Effects {
			_, err := db.Effect(ctx, e.ID)
			require.Equal(t, there, err == nil)
		}
		l, err := db.Ledger(ctx, b.Ledgers[0].Key)
		require.NoError(t, err)
		require.Equal(t, there, l.Version == 1)
		c, err := db.Counter(ctx, b.Counters[0].Key)
		require.NoError(t, err)
		require.Equal(t, there, c.Version == 1)
	}
}

func TestTwoHandlesOnOneFileShareEveryDecision(t *testing.T) {
	folder := t.TempDir()
	handles := []*sqlite.DB{open(t, folder), open(t, folder)}
	key := limits.Key{Consumer: "c0ffee", Right: "ccpa_know_specific"}
	const each = 25
	errs := make([]error, 2*each)
	var group sync.WaitGroup
	for i := range errs {
		group.Go(func() { errs[i] = count(handles[i%2], key) })
	}
	group.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
	for _, db := range handles {
		l, err := db.Ledger(ctx, key)
		require.NoError(t, err)
		require.EqualValues(t, 2*each, l.Version, "no change was lost")
	}
}

// count raises the version of a ledger by one, against all comers.
func count(db *sqlite.DB, key limits.Key) error {
	return cases.Retry(ctx, db, func(ctx context.Context) (cases.Batch, error) {
		l, err := db.Ledger(ctx, key)
		return cases.Batch{Ledgers: []limits.Ledger{l}}, err
	})
}
