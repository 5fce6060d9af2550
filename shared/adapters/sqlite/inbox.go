package sqlite

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"time"

	"rightsmail/shared/cases"
	"rightsmail/shared/cases/record"
)

// Arrival is one mail that was accepted.
type Arrival struct {
	ID       cases.MailID // SHA-256 of Raw, hex; Put computes it
	Raw      []byte
	Received time.Time // acceptance, UTC
	Mailbox  string    // envelope recipient, lower-case; empty if unknown

	Trusted    bool   // whoever handed it over vouches for its sender
	NoVerdicts bool   // nobody could have judged the sender
	Source     string // where it came from: "smtp", or the name of a file
}

// ArrivalID is the id under which a mail is kept on one machine.
func ArrivalID(raw []byte) cases.MailID {
	sum := sha256.Sum256(raw)
	return cases.MailID(hex.EncodeToString(sum[:]))
}

// Inbox holds mail from its acceptance until it is handled. It is the promise
// behind "250 OK".
type Inbox struct{ db *DB }

// Inbox returns the inbox of the file.
func (d *DB) Inbox() Inbox { return Inbox{d} }

// Put keeps a mail. Once it has returned nil the mail is on the disk. It reports
// whether the mail is new: the same bytes again change nothing, handled or not.
func (i Inbox) Put(ctx context.Context, a Arrival) (added bool, err error) {
	id := ArrivalID(a.Raw)
	err = i.db.write(ctx, "keep mail", func(tx *sql.Tx) error {
		if err := keepRaw(ctx, tx, id, a.Raw); err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, `INSERT INTO inbox (id, received, mailbox, trusted, no_verdicts, source)
			VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
			id, record.Stamp(a.Received), a.Mailbox, a.Trusted, a.NoVerdicts, a.Source)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		added = n > 0
		return err
	})
	return added && err == nil, err
}

// Next returns up to n mails that are not handled yet, by time of receipt. It does
// not reserve them: two workers may get the same one, and the seen-mark of the
// store lets only one of them through.
func (i Inbox) Next(ctx context.Context, n int) ([]Arrival, error) {
	rows, err := i.db.reader.QueryContext(ctx, `SELECT inbox.id, bytes, received, mailbox, trusted, no_verdicts, source
		FROM inbox JOIN raw ON raw.id = inbox.id WHERE result IS NULL ORDER BY received, seq LIMIT ?`, max(n, 0))
	all, err := collect(rows, err, func(rows *sql.Rows) (a Arrival, ok bool, err error) {
		var received string
		if err := rows.Scan(&a.ID, &a.Raw, &received, &a.Mailbox, &a.Trusted, &a.NoVerdicts, &a.Source); err != nil {
			return a, false, err
		}
		a.Received, err = time.Parse(record.StampLayout, received)
		return a, true, err
	})
	if err != nil {
		return nil, fmt.Errorf("read inbox: %w", explain(ctx, err))
	}
	return all, nil
}

// Done marks a mail as handled, with one word about the result. The first result
// stays. It returns cases.ErrNotFound for a mail that never arrived.
func (i Inbox) Done(ctx context.Context, id cases.MailID, result string) error {
	return i.db.write(ctx, "mark mail as handled", func(tx *sql.Tx) error {
		updated, err := tx.ExecContext(ctx, `UPDATE inbox SET result = coalesce(result, ?) WHERE id = ?`, result, id)
		if err != nil {
			return err
		}
		if n, err := updated.RowsAffected(); err != nil || n > 0 {
			return err
		}
		return cases.ErrNotFound
	})
}

// Waiting counts mails that are not handled yet.
func (i Inbox) Waiting(ctx context.Context) (n int, err error) {
	err = i.db.reader.QueryRowContext(ctx, `SELECT count(*) FROM inbox WHERE result IS NULL`).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count inbox: %w", explain(ctx, err))
	}
	return n, nil
}

// Results counts handled mails by result.
func (i Inbox) Results(ctx context.Context) (map[string]int, error) {
	counts := map[string]int{}
	rows, err := i.db.reader.QueryContext(ctx, `SELECT result, count(*) FROM inbox WHERE result IS NOT NULL GROUP BY result`)
	_, err = collect(rows, err, func(rows *sql.Rows) (none struct{}, ok bool, err error) {
		var result string
		var n int
		err = rows.Scan(&result, &n)
		counts[result] = n
		return none, false, err
	})
	if err != nil {
		return nil, fmt.Errorf("count inbox: %w", explain(ctx, err))
	}
	return counts, nil
}
