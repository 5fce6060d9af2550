package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"rightsmail/shared/cases"
	"rightsmail/shared/cases/record"
	"rightsmail/shared/limits"
)

// Mail returns one mail; see cases.Store.
func (d *DB) Mail(ctx context.Context, id cases.MailID) (cases.Mail, error) {
	var m cases.Mail
	var body []byte
	err := d.reader.QueryRowContext(ctx, `SELECT body FROM mails WHERE id = ?`, id).Scan(&body)
	if err == nil {
		err = json.Unmarshal(body, &m)
	}
	return m, found(ctx, err, "mail", string(id))
}

// Case returns one case; see cases.Store.
func (d *DB) Case(ctx context.Context, id cases.ID) (cases.Case, error) {
	var c cases.Case
	var body []byte
	var version int64
	err := d.reader.QueryRowContext(ctx, `SELECT body, version FROM cases WHERE id = ?`, id).Scan(&body, &version)
	if err == nil {
		c, err = record.DecodeCase(body, version)
	}
	return c, found(ctx, err, "case", string(id))
}

// Trail returns the entries of a case; see cases.Store.
func (d *DB) Trail(ctx context.Context, id cases.ID) ([]cases.Entry, error) {
	// One statement, so that a missing case and an empty trail are told apart
	// within one snapshot.
	rows, err := d.reader.QueryContext(ctx, `SELECT trail.body FROM cases LEFT JOIN trail ON trail.case_id = cases.id
		WHERE cases.id = ? ORDER BY trail.n`, id)
	exists := false
	entries, err := collect(rows, err, func(rows *sql.Rows) (e cases.Entry, ok bool, err error) {
		exists = true
		var body []byte
		if err := rows.Scan(&body); err != nil || body == nil {
			return e, false, err
		}
		return e, true, json.Unmarshal(body, &e)
	})
	if err == nil && !exists {
		err = sql.ErrNoRows
	}
	return entries, found(ctx, err, "trail of case", string(id))
}

// Ledger returns the ledger for a key, an empty one if there is none.
func (d *DB) Ledger(ctx context.Context, key limits.Key) (limits.Ledger, error) {
	l := limits.Ledger{Key: key}
	var body []byte
	var version int64
	err := d.reader.QueryRowContext(ctx, `SELECT body, version FROM ledgers WHERE consumer = ? AND right_id = ?`,
		key.Consumer, key.Right).Scan(&body, &version)
	if errors.Is(err, sql.ErrNoRows) {
		return l, nil
	}
	if err == nil {
		l, err = record.DecodeLedger(body, key, version)
	}
	return l, found(ctx, err, "ledger of", string(key.Right))
}

// Counter returns a counter, an empty one if there is none.
func (d *DB) Counter(ctx context.Context, key string) (cases.Counter, error) {
	c := cases.Counter{Key: key}
	var expires string
	err := d.reader.QueryRowContext(ctx, `SELECT n, expires, version FROM counters WHERE key = ?`, key).
		Scan(&c.N, &expires, &c.Version)
	if errors.Is(err, sql.ErrNoRows) {
		return c, nil
	}
	if err == nil {
		c.Expires, err = time.Parse(record.StampLayout, expires)
	}
	return c, found(ctx, err, "counter", key)
}

// Forget removes counters that expired before now and returns how many.
func (d *DB) Forget(ctx context.Context, now time.Time) (n int64, err error) {
	err = d.write(ctx, "forget counters", func(tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx, `DELETE FROM counters WHERE expires < ?`, record.Stamp(now))
		if err != nil {
			return err
		}
		n, err = result.RowsAffected()
		return err
	})
	return n, err
}

// Effect returns one outbox entry; see cases.Store.
func (d *DB) Effect(ctx context.Context, id string) (cases.Effect, error) {
	rows, err := d.reader.QueryContext(ctx, `SELECT body, payload, version FROM effects WHERE id = ?`, id)
	all, err := collect(rows, err, scanEffect)
	if err == nil && len(all) == 0 {
		err = sql.ErrNoRows
	}
	if err != nil {
		return cases.Effect{}, found(ctx, err, "effect", id)
	}
	return all[0], nil
}

// Due returns pending effects to try now; see cases.Store.
func (d *DB) Due(ctx context.Context, now time.Time, limit int) ([]cases.Effect, error) {
	// The planner would rather sort all that is pending.
	rows, err := d.reader.QueryContext(ctx, `SELECT body, payload, version FROM effects INDEXED BY effects_due
		WHERE state = 'pending' AND not_before <= ? ORDER BY not_before, place LIMIT ?`, record.Stamp(now), max(limit, 0))
	all, err := collect(rows, err, scanEffect)
	if err != nil {
		return nil, fmt.Errorf("read due effects: %w", explain(ctx, err))
	}
	return all, nil
}

func scanEffect(rows *sql.Rows) (e cases.Effect, ok bool, err error) {
	var body, payload []byte
	var version int64
	if err := rows.Scan(&body, &payload, &version); err != nil {
		return e, false, err
	}
	e, err = record.DecodeEffect(body, payload, version)
	return e, true, err
}

// collect reads all rows of a query and closes it. A scan that says not ok leaves
// its row out.
func collect[T any](rows *sql.Rows, err error, scan func(*sql.Rows) (one T, ok bool, err error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err tells what Close could
	var all []T
	for rows.Next() {
		one, ok, err := scan(rows)
		if err != nil {
			return nil, err
		}
		if ok {
			all = append(all, one)
		}
	}
	return all, rows.Err()
}

// found makes a missing row ErrNotFound and says what was looked for.
func found(ctx context.Context, err error, what, id string) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("%s %q: %w", what, id, cases.ErrNotFound)
	}
	return fmt.Errorf("read %s %q: %w", what, id, explain(ctx, err))
}
