package rights

import (
	"errors"
	"fmt"
	"slices"
)

// What a Book may answer instead of a right.
var (
	// ErrUnknownRight: no law of the book has this id, on no date.
	ErrUnknownRight = errors.New("unknown right")
	// ErrNotInForce: the id exists, but no law gave it on that date. The mail is
	// still a mail from a person: use ReviewClock.
	ErrNotInForce = errors.New("right not in force on that date")
)

// Book is the laws and calendars, read and checked. It never changes and is safe
// for concurrent use.
type Book struct {
	rows    map[ID][]lawRow // oldest version first
	ids     []ID
	version string
	unsure  namedClock
	targets [4]period // by priority
}

// Version is a short hash over all data files. A clock carries it, so that a date
// can be worked out again with the data it came from.
func (b *Book) Version() string { return b.version }

// IDs returns every id, whenever in force, sorted. The caller owns the slice.
func (b *Book) IDs() []ID { return slices.Clone(b.ids) }

// Has reports whether any law has the id, on whatever date.
func (b *Book) Has(id ID) bool { return len(b.rows[id]) > 0 }

// Right returns the right as the law stood on a date, a civil date in the zone of
// that law. It returns ErrUnknownRight or ErrNotInForce. The caller owns the value.
func (b *Book) Right(id ID, on Date) (Right, error) {
	row, err := b.row(id, func(string) (Date, error) { return on, nil })
	if err != nil {
		return Right{}, err
	}
	r := row.Right
	r.Required, r.RefusalMust = slices.Clone(r.Required), slices.Clone(r.RefusalMust)
	if r.Limit != nil {
		limit := *r.Limit
		r.Limit = &limit
	}
	return r, nil
}

// row finds the version in force; on gives the date in the zone of the law.
func (b *Book) row(id ID, on func(zone string) (Date, error)) (lawRow, error) {
	rows := b.rows[id]
	if len(rows) == 0 {
		return lawRow{}, fmt.Errorf("%w: %q", ErrUnknownRight, id)
	}
	d, err := on(rows[0].zone)
	if err != nil {
		return lawRow{}, err
	}
	for _, r := range rows {
		if inForce(d, r.ValidFrom, r.ValidTo) {
			return r, nil
		}
	}
	return lawRow{}, fmt.Errorf("%w: %q on %s", ErrNotInForce, id, d)
}

// inForce reports whether d lies in a span; a zero Date is open.
func inForce(d, from, to Date) bool {
	return !d.Before(from) && (to.IsZero() || !d.After(to))
}

// Queues returns every queue in the order in which the console lists them. The
// caller owns the slice.
func Queues() []Queue {
	return []Queue{
		QueueChildren, QueueLegal, QueueSecurity, QueueReview, QueueCCPA, QueueOptOut,
		QueueShineTheLight, QueueNevada, QueueGDPR, QueueDPF, QueueMarketing, QueueSupport,
	}
}
