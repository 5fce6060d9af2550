package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"time"

	driver "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"

	"rightsmail/shared/cases"
	"rightsmail/shared/queue"
)

// DB is one SQLite file. All methods are safe for concurrent use, also by several
// processes on one machine.
type DB struct {
	writer *sql.DB // one connection: writes queue up here instead of failing as busy
	reader *sql.DB // several, read-only
	path   string
}

var (
	_ cases.Store   = (*DB)(nil)
	_ cases.Archive = (*DB)(nil)
	_ queue.Queue   = (*DB)(nil)
)

// ErrNotOurs says that a file is no Rightsmail database, or is damaged.
var ErrNotOurs = errors.New("not a Rightsmail database, or damaged: choose another folder or restore a backup")

// Open opens the database at path and creates it if there is none; the folder must
// exist. Only the owner of a new file may read it. It brings an older schema up to
// date, and returns ErrNewerSchema for one it does not know yet.
func Open(ctx context.Context, path string) (*DB, error) {
	if err := touch(path); err != nil {
		return nil, err
	}
	d := &DB{path: path}
	var err error
	if d.writer, err = sql.Open("sqlite", dsn(path, "immediate", "query_only(0)")); err != nil {
		return nil, fmt.Errorf("open database %q: %w", path, err)
	}
	d.writer.SetMaxOpenConns(1)
	if err := patiently(ctx, func() error { return migrate(ctx, d.writer) }); err != nil {
		_ = d.writer.Close()
		return nil, fmt.Errorf("open database %q: %w", path, explain(ctx, err))
	}
	if d.reader, err = sql.Open("sqlite", dsn(path, "deferred", "query_only(1)")); err != nil {
		_ = d.writer.Close()
		return nil, fmt.Errorf("open database %q: %w", path, err)
	}
	readers := max(4, runtime.NumCPU())
	d.reader.SetMaxOpenConns(readers)
	d.reader.SetMaxIdleConns(readers)
	return d, nil
}

// patiently tries again while another process turns a new file into one with a log of
// its own, or takes the last log away: for that moment SQLite says busy at once, whatever
// its time-out.
func patiently(ctx context.Context, open func() error) error {
	const tries, pause = 150, 20 * time.Millisecond
	for try := 1; ; try++ {
		err := open()
		var e *driver.Error
		if !errors.As(err, &e) || e.Code()&0xff != codes.SQLITE_BUSY || try == tries {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// Close closes the file. What was written stays.
func (d *DB) Close() error {
	return errors.Join(d.reader.Close(), d.writer.Close())
}

// touch makes sure that the file can be written, because the words of the
// operating system ("permission denied") help more than those of SQLite ("unable
// to open database file"), and so that a new file is private.
func touch(path string) error {
	f, err := os.OpenFile(filepath.Clean(path), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("open database: %w: choose a folder that exists and can be written", err)
	}
	return f.Close()
}

// dsn names the file as a URI, so that no character of the path can be taken for
// an option.
func dsn(path, lock, mode string) string {
	options := url.Values{
		"_txlock": {lock},
		"_pragma": {
			"busy_timeout(15000)", // another process may be writing
			"journal_mode(WAL)",
			"synchronous(FULL)",
			"foreign_keys(1)",
			mode,
		},
	}
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + options.Encode()
}

// write runs f in a transaction of the one writer: all of it or nothing.
func (d *DB) write(ctx context.Context, doing string, f func(tx *sql.Tx) error) error {
	err := d.transact(ctx, f)
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, explain(ctx, err))
}

func (d *DB) transact(ctx context.Context, f func(tx *sql.Tx) error) error {
	tx, err := d.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		_ = tx.Rollback() // the first error is the one to tell
		return err
	}
	return tx.Commit()
}

// explain puts the words of SQLite into words that say what to do. A cancelled
// context shows as an interrupted statement; the caller asks for the context's own
// error.
func explain(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var e *driver.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() & 0xff { // the low byte is the error, the rest its variety
	case codes.SQLITE_NOTADB, codes.SQLITE_CORRUPT:
		return fmt.Errorf("%w (%w)", ErrNotOurs, err)
	case codes.SQLITE_FULL:
		return fmt.Errorf("the disk is full: make room, nothing was changed (%w)", err)
	case codes.SQLITE_READONLY, codes.SQLITE_CANTOPEN, codes.SQLITE_PERM:
		return fmt.Errorf("the file and its folder must be writable (%w)", err)
	case codes.SQLITE_BUSY:
		return fmt.Errorf("another process holds the database: stop it or try again (%w)", err)
	}
	return err
}
