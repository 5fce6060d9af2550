package dynamo

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"rightsmail/shared/cases"
	"rightsmail/shared/cases/record"
	"rightsmail/shared/rights"
)

// Cases returns a page of cases; see cases.Store. The rows come from an index, the cases
// from the table, and what does not match any more is left out.
func (s *Store) Cases(ctx context.Context, q cases.Query) (page cases.Page, err error) {
	filter, size := q, record.PageSize(q.Limit)
	filter.Cursor, filter.Limit = "", 0
	after, err := record.ReadCursor("cases", filter, q.Cursor)
	if err != nil {
		return page, err
	}
	rows, err := s.merge(planCases(q, after), after, size+1)
	if err != nil {
		return page, fmt.Errorf("list cases: %w", err)
	}
	var last string
	page.Cases, last, err = gather(ctx, s, rows, size, func(i item) (cases.Case, bool, error) {
		c, err := readHead(i)
		return c, matches(q, c), err
	})
	if err != nil {
		return cases.Page{}, fmt.Errorf("list cases: %w", err)
	}
	slices.SortStableFunc(page.Cases, func(a, b cases.Case) int { return strings.Compare(record.Place(a), record.Place(b)) })
	if last != "" {
		page.Next, err = record.NewCursor("cases", filter, last)
	}
	return page, err
}

// Effects returns a page of the outbox; see cases.Store.
func (s *Store) Effects(ctx context.Context, q cases.EffectQuery) (page cases.EffectPage, err error) {
	filter, size := q, record.PageSize(q.Limit)
	filter.Cursor, filter.Limit = "", 0
	from, err := record.ReadCursor("effects", filter, q.Cursor)
	if err != nil {
		return page, err
	}
	rows, err := s.effectRows(ctx, q, from, size+1)
	if err != nil {
		return page, fmt.Errorf("list effects: %w", err)
	}
	var last string
	page.Effects, last, err = gather(ctx, s, rows, size, func(i item) (cases.Effect, bool, error) {
		e, err := readEffect(i)
		return e, matchesEffect(q, e), err
	})
	if err != nil {
		return cases.EffectPage{}, fmt.Errorf("list effects: %w", err)
	}
	slices.SortStableFunc(page.Effects, func(a, b cases.Effect) int { return strings.Compare(record.EffectPlace(b), record.EffectPlace(a)) })
	if last != "" {
		page.Next, err = record.NewCursor("effects", filter, last)
	}
	return page, err
}

// Due returns pending effects to try now, some thousands at most; see cases.Store.
func (s *Store) Due(ctx context.Context, now time.Time, limit int) ([]cases.Effect, error) {
	if limit <= 0 {
		return nil, ctx.Err()
	}
	limit = min(limit, answerMost)
	rows, err := s.merge([]span{{index: byTime, partition: waiting, from: firstStamp, to: record.Stamp(now) + afterStamp}}, "", limit)
	if err != nil {
		return nil, fmt.Errorf("read due effects: %w", err)
	}
	all, _, err := gather(ctx, s, rows, limit, func(i item) (cases.Effect, bool, error) {
		e, err := readEffect(i)
		return e, e.State == cases.EffectPending && !e.NotBefore.After(now), err
	})
	if err != nil {
		return nil, fmt.Errorf("read due effects: %w", err)
	}
	slices.SortStableFunc(all, func(a, b cases.Effect) int { return strings.Compare(pendingPlace(a), pendingPlace(b)) })
	return all, nil
}

// Counts counts cases by queue and status; see cases.Store. It reads an index only, closed
// cases included.
func (s *Store) Counts(ctx context.Context) ([]cases.Count, error) {
	rows, err := s.merge([]span{
		{index: byStage, partition: unfinished, from: firstPlace, to: lastPlace},
		{index: byStage, partition: finished, from: firstPlace, to: lastPlace},
	}, "", answerMost)
	if err != nil {
		return nil, fmt.Errorf("count cases: %w", err)
	}
	counts := map[cases.Count]*cases.Count{} // by queue and status alone
	for {
		r, err := rows.next(ctx)
		if err != nil {
			return nil, fmt.Errorf("count cases: %w", err)
		}
		if r == nil {
			return sorted(counts), nil
		}
		key := cases.Count{Queue: rights.Queue(r.rest.text(attrQueue)), Status: cases.Status(r.rest.text(attrStatus))}
		c := counts[key]
		if c == nil { // the first of its kind is the one that is due first
			first := key
			if first.NextDue, err = dueOf(r.place); err != nil {
				return nil, fmt.Errorf("count cases: %w", err)
			}
			c = &first
			counts[key] = c
		}
		c.N++
	}
}

func sorted(counts map[cases.Count]*cases.Count) []cases.Count {
	var all []cases.Count
	for _, c := range counts {
		all = append(all, *c)
	}
	slices.SortFunc(all, func(a, b cases.Count) int {
		return cmp.Or(cmp.Compare(a.Queue, b.Queue), cmp.Compare(a.Status, b.Status))
	})
	return all
}

// dueOf reads the date of a place, zero if it is none of a duty.
func dueOf(place string) (time.Time, error) {
	rest, dated := strings.CutPrefix(place, duePlace)
	if !dated || len(rest) < len(record.StampLayout) {
		return time.Time{}, nil
	}
	return time.Parse(record.StampLayout, rest[:len(record.StampLayout)])
}

// merge walks several spans as one list.
func (s *Store) merge(spans []span, besides string, rows int) (merged, error) {
	m := merged{besides: besides}
	for _, p := range spans {
		w, err := s.walk(p, rows)
		if err != nil {
			return m, err
		}
		m.walkers = append(m.walkers, w)
		m.backward = p.backward
	}
	return m, nil
}

// gather reads size items that keep wants, in the order of their rows. last is the place of
// the last one if there are more, else empty: a list is walked until one more is found, so
// that no page is empty but the only one.
func gather[T any](ctx context.Context, s *Store, rows merged, size int, keep func(item) (T, bool, error)) (list []T, last string, err error) {
	if err := ctx.Err(); err != nil {
		return nil, "", err
	}
	taken := map[string]bool{} // an item that moves may stand at two places for a moment
	for {
		some, err := take(ctx, rows, size+1-len(list))
		if err != nil || len(some) == 0 {
			return list, "", err
		}
		items, err := s.bodies(ctx, some)
		if err != nil {
			return nil, "", err
		}
		for _, r := range some {
			pk := r.key.text(attrPK)
			i := items[pk]
			if i == nil || taken[pk] {
				continue
			}
			one, ok, err := keep(i)
			if err != nil {
				return nil, "", err
			}
			if !ok {
				continue
			}
			if len(list) == size {
				return list, last, nil
			}
			list, last, taken[pk] = append(list, one), r.place, true
		}
	}
}

func take(ctx context.Context, rows merged, n int) ([]row, error) {
	var some []row
	for len(some) < n {
		r, err := rows.next(ctx)
		if err != nil {
			return nil, err
		}
		if r == nil {
			break
		}
		some = append(some, *r)
	}
	return some, nil
}
