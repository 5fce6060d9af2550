package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"rightsmail/shared/cases"
	"rightsmail/shared/cases/record"
	"rightsmail/shared/limits"
)

// Commit writes a batch whole or not at all; see cases.Store. The seen-mark comes
// first: whoever finds the mail seen need not decide again.
func (d *DB) Commit(ctx context.Context, b cases.Batch) error {
	if err := b.Check(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return d.write(ctx, "commit", func(tx *sql.Tx) error {
		w := writing{ctx, tx}
		if b.Mail != nil {
			if err := w.mail(*b.Mail); err != nil {
				return err
			}
		}
		if err := all(b.Cases, w.change); err != nil {
			return err
		}
		if err := all(b.Ledgers, w.ledger); err != nil {
			return err
		}
		if err := all(b.Counters, w.counter); err != nil {
			return err
		}
		return all(b.Effects, w.effect)
	})
}

// all stops at the first error.
func all[T any](list []T, f func(T) error) error {
	for _, one := range list {
		if err := f(one); err != nil {
			return err
		}
	}
	return nil
}

// writing is one transaction at work.
type writing struct {
	ctx context.Context
	tx  *sql.Tx
}

// mail writes the seen-mark, or says who was there first.
func (w writing) mail(m cases.Mail) error {
	var first cases.MailID
	err := w.tx.QueryRowContext(w.ctx,
		`SELECT id FROM mails WHERE id = ? UNION ALL SELECT id FROM mails WHERE twin = ? AND twin <> '' LIMIT 1`,
		m.ID, m.Twin).Scan(&first)
	if err == nil {
		return &cases.SeenError{First: first}
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	body, err := record.EncodeMail(m)
	if err != nil {
		return err
	}
	_, err = w.tx.ExecContext(w.ctx, `INSERT INTO mails (id, twin, body) VALUES (?, ?, ?)`, m.ID, m.Twin, string(body))
	return err
}

// change writes a case and the entries its trail gains.
func (w writing) change(ch cases.Change) error {
	c := ch.Case
	body, err := record.EncodeCase(c)
	if err != nil {
		return err
	}
	err = w.versioned(c.Version,
		`INSERT INTO cases (version, mail, queue, status, ack, received, place, body, id)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		`UPDATE cases SET version = ?, mail = ?, queue = ?, status = ?, ack = ?, received = ?, place = ?, body = ?
			WHERE id = ? AND version = ?`,
		c.Mail, c.Queue, c.Status, c.Acknowledgement.State, record.Stamp(c.Received), record.Place(c), string(body), c.ID)
	if err != nil {
		return fmt.Errorf("case %q: %w", c.ID, err)
	}
	if len(ch.Entries) == 0 {
		return nil
	}
	return w.entries(c.ID, ch.Entries)
}

// entries appends to a trail, if what comes fits what is there.
func (w writing) entries(id cases.ID, entries []cases.Entry) error {
	var n int
	var hash string
	err := w.tx.QueryRowContext(w.ctx,
		`SELECT n, hash FROM trail WHERE case_id = ? ORDER BY n DESC LIMIT 1`, id).Scan(&n, &hash)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if first := entries[0]; first.N != n+1 || first.Prev != hash {
		return fmt.Errorf("trail of case %q: %w", id, cases.ErrConflict)
	}
	return all(entries, func(e cases.Entry) error {
		body, err := record.EncodeEntry(e)
		if err != nil {
			return err
		}
		_, err = w.tx.ExecContext(w.ctx,
			`INSERT INTO trail (case_id, n, hash, body) VALUES (?, ?, ?, ?)`, id, e.N, e.Hash, string(body))
		return err
	})
}

func (w writing) ledger(l limits.Ledger) error {
	body, err := record.EncodeLedger(l)
	if err != nil {
		return err
	}
	err = w.versioned(l.Version,
		`INSERT INTO ledgers (version, body, consumer, right_id) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		`UPDATE ledgers SET version = ?, body = ? WHERE consumer = ? AND right_id = ? AND version = ?`,
		string(body), l.Key.Consumer, l.Key.Right)
	if err != nil {
		return fmt.Errorf("ledger of %s: %w", l.Key.Right, err)
	}
	return nil
}

func (w writing) counter(c cases.Counter) error {
	err := w.versioned(c.Version,
		`INSERT INTO counters (version, n, expires, key) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		`UPDATE counters SET version = ?, n = ?, expires = ? WHERE key = ? AND version = ?`,
		c.N, record.Stamp(c.Expires), c.Key)
	if err != nil {
		return fmt.Errorf("counter: %w", err)
	}
	return nil
}

func (w writing) effect(e cases.Effect) error {
	body, err := record.EncodeEffect(e)
	if err != nil {
		return err
	}
	err = w.versioned(e.Version,
		`INSERT INTO effects (version, kind, state, case_id, mail, not_before, place, body, payload, id)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		`UPDATE effects SET version = ?, kind = ?, state = ?, case_id = ?, mail = ?, not_before = ?, place = ?, body = ?,
			payload = ? WHERE id = ? AND version = ?`,
		e.Kind, e.State, e.Case, e.Mail, record.Stamp(e.NotBefore), record.EffectPlace(e), string(body), e.Payload, e.ID)
	if err != nil {
		return fmt.Errorf("effect %q: %w", e.ID, err)
	}
	return nil
}

// versioned writes a row one version up: version 0 must not be there yet, any other
// must still be what the caller read. Both statements take the new version first
// and the key last; the update then asks for the old version.
func (w writing) versioned(version int64, insert, update string, args ...any) error {
	args = append([]any{version + 1}, args...)
	statement := insert
	if version > 0 {
		statement, args = update, append(args, version)
	}
	result, err := w.tx.ExecContext(w.ctx, statement, args...)
	if err != nil {
		return err
	}
	n, err := result.RowsAffected()
	if err == nil && n == 0 {
		return cases.ErrConflict
	}
	return err
}
