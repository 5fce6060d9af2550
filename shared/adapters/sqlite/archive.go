package sqlite

import (
	"context"
	"database/sql"

	"rightsmail/shared/cases"
)

// Put keeps raw mail under an id; see cases.Archive.
func (d *DB) Put(ctx context.Context, id cases.MailID, raw []byte) error {
	return d.write(ctx, "archive mail", func(tx *sql.Tx) error {
		return keepRaw(ctx, tx, id, raw)
	})
}

// Get returns raw mail; see cases.Archive.
func (d *DB) Get(ctx context.Context, id cases.MailID) ([]byte, error) {
	var raw []byte
	err := d.reader.QueryRowContext(ctx, `SELECT bytes FROM raw WHERE id = ?`, id).Scan(&raw)
	return raw, found(ctx, err, "raw mail", string(id))
}

// keepRaw stores the bytes of a mail once, whoever brings them.
func keepRaw(ctx context.Context, tx *sql.Tx, id cases.MailID, raw []byte) error {
	if raw == nil {
		raw = []byte{} // an empty mail is a mail; nil would be NULL
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO raw (id, bytes) VALUES (?, ?) ON CONFLICT DO NOTHING`, id, raw)
	return err
}
