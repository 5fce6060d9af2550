package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"rightsmail/shared/cases/record"

	"rightsmail/shared/queue"
)

// Send hands a message over; see queue.Queue. A second message with the same id
// changes nothing.
func (d *DB) Send(ctx context.Context, m queue.Message) error {
	if m.ID == "" || m.Queue == "" {
		return errors.New("hand off: the message needs an id and a queue")
	}
	m.ReceivedAt = m.ReceivedAt.UTC()
	body, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("hand off: %w", err)
	}
	return d.write(ctx, "hand off", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO handoffs (id, queue, body) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
			m.ID, m.Queue, string(body))
		return err
	})
}

// HandOffs returns the latest messages handed to a queue, newest first; an empty
// name means any queue. The limit is 50 if zero, and at most 500.
func (d *DB) HandOffs(ctx context.Context, name string, limit int) ([]queue.Message, error) {
	w := &where{}
	w.equal("queue", name)
	// #nosec G202 -- the conditions are constants of this package; values are bound
	rows, err := d.reader.QueryContext(ctx, `SELECT body FROM handoffs`+w.String()+` ORDER BY seq DESC LIMIT ?`,
		append(w.args, record.PageSize(limit))...)
	all, err := collect(rows, err, func(rows *sql.Rows) (m queue.Message, ok bool, err error) {
		var body []byte
		if err := rows.Scan(&body); err != nil {
			return m, false, err
		}
		return m, true, json.Unmarshal(body, &m)
	})
	if err != nil {
		return nil, fmt.Errorf("list hand-offs: %w", explain(ctx, err))
	}
	return all, nil
}
