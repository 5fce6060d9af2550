package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
)

//go:embed migrations/*.sql
var files embed.FS

// application marks the file as ours in its header ("RMml").
const application = 0x524d6d6c

// ErrNewerSchema says that a newer Rightsmail wrote the file. Working on it could
// lose what this program does not know of, so it does not try.
var ErrNewerSchema = errors.New("the database was written by a newer version of Rightsmail: update the program, or choose another folder")

// migrate brings the schema up to date. The version of the schema is the number of
// migrations that have run; they are never edited, only added. It all happens in
// one transaction, so that two processes that start at once do it once.
func migrate(ctx context.Context, db *sql.DB) error {
	steps, err := fs.Glob(files, "migrations/*.sql") // sorted by name, which is numbered
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after Commit

	version, err := schemaVersion(ctx, tx)
	switch {
	case err != nil:
		return err
	case version > len(steps):
		return ErrNewerSchema
	case version == len(steps):
		return nil
	}
	for _, name := range steps[version:] {
		text, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, string(text)); err != nil {
			return fmt.Errorf("run %s: %w", name, err)
		}
	}
	mark := fmt.Sprintf("PRAGMA user_version = %d; PRAGMA application_id = %d", len(steps), application)
	if _, err := tx.ExecContext(ctx, mark); err != nil {
		return err
	}
	return tx.Commit()
}

// schemaVersion reads the version, 0 for an empty file. A database of some other
// program is refused.
func schemaVersion(ctx context.Context, tx *sql.Tx) (int, error) {
	var version, app, tables int
	const header = `SELECT (SELECT user_version FROM pragma_user_version),
		(SELECT application_id FROM pragma_application_id), (SELECT count(*) FROM sqlite_schema)`
	if err := tx.QueryRowContext(ctx, header).Scan(&version, &app, &tables); err != nil {
		return 0, err
	}
	empty := app == 0 && tables == 0
	if !empty && app != application {
		return 0, ErrNotOurs
	}
	return version, nil
}
