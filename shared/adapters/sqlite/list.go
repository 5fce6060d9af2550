package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"rightsmail/shared/cases"
	"rightsmail/shared/cases/record"
)

// Cases returns a page of cases; see cases.Store. Every list is walked in the
// order of an index, from where the last page ended.
func (d *DB) Cases(ctx context.Context, q cases.Query) (cases.Page, error) {
	filter, size := q, record.PageSize(q.Limit)
	filter.Cursor, filter.Limit = "", 0
	after, err := record.ReadCursor("cases", filter, q.Cursor)
	if err != nil {
		return cases.Page{}, err
	}
	w := caseWhere(q)
	if after != "" {
		w.and("place > ?", after)
	}
	type row struct {
		cases.Case
		place string
	}
	// #nosec G202 -- the conditions are constants of this file; values are bound
	rows, err := d.reader.QueryContext(ctx, `SELECT body, version, place FROM cases`+w.String()+
		` ORDER BY place LIMIT ?`, append(w.args, size+1)...)
	all, err := collect(rows, err, func(rows *sql.Rows) (r row, ok bool, err error) {
		var body []byte
		var version int64
		if err := rows.Scan(&body, &version, &r.place); err != nil {
			return r, false, err
		}
		r.Case, err = record.DecodeCase(body, version)
		return r, true, err
	})
	if err != nil {
		return cases.Page{}, fmt.Errorf("list cases: %w", explain(ctx, err))
	}
	var page cases.Page
	if len(all) > size {
		all = all[:size]
		if page.Next, err = record.NewCursor("cases", filter, all[size-1].place); err != nil {
			return cases.Page{}, err
		}
	}
	for _, r := range all {
		page.Cases = append(page.Cases, r.Case)
	}
	return page, nil
}

func caseWhere(q cases.Query) *where {
	w := &where{}
	w.equal("queue", string(q.Queue))
	w.equal("mail", string(q.Mail))
	w.in("status", texts(q.Statuses))
	w.in("ack", texts(q.AckStates))
	if onlyWith(q.Statuses, cases.Closed) {
		w.and("place >= ?", "2") // closed ones stand last: begin there
	} else if !with(q.Statuses, cases.Closed) {
		w.and("place < ?", "2") // and need not be walked at all
	}
	if !q.ReceivedFrom.IsZero() {
		w.and("received >= ?", record.Stamp(q.ReceivedFrom))
	}
	if !q.ReceivedTo.IsZero() {
		w.and("received < ?", record.Stamp(q.ReceivedTo))
	}
	return w
}

// with reports whether a list of statuses lets one through; an empty one lets all.
func with(statuses []cases.Status, s cases.Status) bool {
	for _, one := range statuses {
		if one == s {
			return true
		}
	}
	return len(statuses) == 0
}

func onlyWith(statuses []cases.Status, s cases.Status) bool {
	for _, one := range statuses {
		if one != s {
			return false
		}
	}
	return len(statuses) > 0
}

// Counts counts cases by queue and status; see cases.Store.
func (d *DB) Counts(ctx context.Context) ([]cases.Count, error) {
	rows, err := d.reader.QueryContext(ctx, `SELECT queue, status, count(*), min(place) FROM cases
		GROUP BY queue, status ORDER BY queue, status`)
	all, err := collect(rows, err, func(rows *sql.Rows) (c cases.Count, ok bool, err error) {
		var first string
		if err := rows.Scan(&c.Queue, &c.Status, &c.N, &first); err != nil {
			return c, false, err
		}
		if rest, dated := strings.CutPrefix(first, "0 "); dated {
			c.NextDue, err = time.Parse(record.StampLayout, rest[:len(record.StampLayout)])
		}
		return c, true, err
	})
	if err != nil {
		return nil, fmt.Errorf("count cases: %w", explain(ctx, err))
	}
	return all, nil
}

// Effects returns a page of the outbox; see cases.Store.
func (d *DB) Effects(ctx context.Context, q cases.EffectQuery) (cases.EffectPage, error) {
	filter, size := q, record.PageSize(q.Limit)
	filter.Cursor, filter.Limit = "", 0
	before, err := record.ReadCursor("effects", filter, q.Cursor)
	if err != nil {
		return cases.EffectPage{}, err
	}
	w := &where{}
	w.equal("kind", string(q.Kind))
	w.equal("state", string(q.State))
	w.equal("case_id", string(q.Case))
	w.equal("mail", string(q.Mail))
	if before != "" {
		w.and("place < ?", before)
	}
	// #nosec G202 -- the conditions are constants of this file; values are bound
	rows, err := d.reader.QueryContext(ctx, `SELECT body, payload, version FROM effects`+w.String()+
		` ORDER BY place DESC LIMIT ?`, append(w.args, size+1)...)
	all, err := collect(rows, err, scanEffect)
	if err != nil {
		return cases.EffectPage{}, fmt.Errorf("list effects: %w", explain(ctx, err))
	}
	page := cases.EffectPage{Effects: all}
	if len(all) > size {
		page.Effects = all[:size]
		page.Next, err = record.NewCursor("effects", filter, record.EffectPlace(all[size-1]))
	}
	return page, err
}

// where collects conditions and what is bound to them.
type where struct {
	conditions []string
	args       []any
}

func (w *where) and(condition string, args ...any) {
	w.conditions = append(w.conditions, condition)
	w.args = append(w.args, args...)
}

// equal asks for a value; an empty one asks for nothing.
func (w *where) equal(column, value string) {
	if value != "" {
		w.and(column+" = ?", value)
	}
}

func (w *where) in(column string, values []any) {
	if len(values) > 0 {
		w.and(column+" IN (?"+strings.Repeat(", ?", len(values)-1)+")", values...)
	}
}

func (w *where) String() string {
	if len(w.conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.conditions, " AND ")
}

func texts[T ~string](values []T) []any {
	var all []any
	for _, v := range values {
		all = append(all, string(v))
	}
	return all
}
