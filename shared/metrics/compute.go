package metrics

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"rightsmail/shared/cases"
	"rightsmail/shared/rights"
)

// Compute counts the cases received from through to, both included. Cases outside of
// that span are passed over, so the caller may give more than enough; no case may
// come twice. now decides what is overdue. The first error of the sequence is
// returned; so is a case whose clock names no zone that is known.
func Compute(all iter.Seq2[cases.Case, error], book *rights.Book, from, to rights.Date, now time.Time) (Report, error) {
	rows := map[Category]*Row{}
	for _, c := range statutory {
		rows[c] = newRow(c, title(c, book, to))
	}
	total := newRow("", "All requests")
	for c, err := range all {
		if err != nil {
			return Report{}, fmt.Errorf("count cases: %w", err)
		}
		f, err := factsOf(c, now)
		if err != nil {
			return Report{}, fmt.Errorf("count case %s: %w", c.ID, err)
		}
		if f.received.Before(from) || f.received.After(to) {
			continue
		}
		category := categorise(c, book, f.received)
		if rows[category] == nil {
			rows[category] = newRow(category, title(category, book, to))
		}
		rows[category].add(f)
		total.add(f)
	}
	report := Report{From: from, To: to, Total: total.sorted()}
	for _, c := range slices.SortedFunc(maps.Keys(rows), order) {
		report.Rows = append(report.Rows, rows[c].sorted())
	}
	return report, nil
}

// Each makes a sequence of cases at hand.
func Each(all []cases.Case) iter.Seq2[cases.Case, error] {
	return func(yield func(cases.Case, error) bool) {
		for _, c := range all {
			if !yield(c, nil) {
				return
			}
		}
	}
}

func newRow(c Category, title string) *Row {
	return &Row{Category: c, Title: title, Statutory: slices.Contains(statutory, c), columns: map[Column][]cases.ID{}}
}

func (r *Row) add(f facts) {
	for _, c := range f.columns {
		r.columns[c] = append(r.columns[c], f.id)
	}
	if f.answered {
		r.days = append(r.days, f.days)
	}
}

func (r *Row) sorted() Row {
	for _, ids := range r.columns {
		slices.Sort(ids)
	}
	return *r
}

// facts is what the report wants to know about one case.
type facts struct {
	id       cases.ID
	received rights.Date
	columns  []Column
	answered bool
	days     int // receipt to answer; if answered
}

// factsOf reads a case in the civil dates of its law.
func factsOf(c cases.Case, now time.Time) (facts, error) {
	zone := c.Clock.Zone
	if zone == "" {
		zone = "UTC" // a case without a clock still counts
	}
	received, err := rights.DateIn(c.Received, zone)
	if err != nil {
		return facts{}, err
	}
	f := facts{id: c.ID, received: received}
	if c.Outcome == cases.Duplicate || c.Outcome == cases.NotARequest {
		f.columns = []Column{Audit}
		return f, nil
	}
	var closed rights.Date
	if c.Status == cases.Closed {
		if closed, err = rights.DateIn(c.ClosedAt, zone); err != nil {
			return facts{}, err
		}
	}
	f.columns = append([]Column{Received}, standing(c, now)...)
	f.answered = slices.Contains(f.columns, Complied) || slices.Contains(f.columns, Denied)
	if f.answered {
		f.days = closed.DaysSince(received)
		f.columns = append(f.columns, punctual(c, closed)...)
	}
	ack, err := acknowledgement(c, zone, closed, now)
	f.columns = append(f.columns, ack...)
	return f, err
}

// standing is where the case stands, in columns.
func standing(c cases.Case, now time.Time) []Column {
	if c.Status != cases.Closed {
		columns := []Column{Open}
		if c.Status == cases.Held {
			columns = append(columns, Held)
		}
		if !c.Next.Due.IsZero() && now.After(c.Next.Due) {
			columns = append(columns, Overdue)
		}
		return columns
	}
	switch c.Outcome {
	case cases.Complied:
		return []Column{Complied}
	case cases.CompliedPart:
		return []Column{Complied, CompliedPart}
	case cases.DeniedUnverified:
		return []Column{Denied, DeniedUnverified}
	case cases.DeniedNotEntitled:
		return []Column{Denied, DeniedNotEntitled}
	case cases.DeniedExempt:
		return []Column{Denied, DeniedExempt}
	case cases.DeniedOther:
		return []Column{Denied, DeniedOther}
	}
	return []Column{Withdrawn}
}

// punctual counts an answer, and whether it was in time if its law sets a date.
func punctual(c cases.Case, closed rights.Date) []Column {
	due, ok := c.Clock.Deadline(rights.DutyRespond)
	switch {
	case !ok:
		return []Column{Answered}
	case closed.After(due.Safe):
		return []Column{Answered, AnswerDue}
	}
	return []Column{Answered, AnswerDue, AnsweredInTime}
}

// acknowledgement counts a confirmation of receipt once it is decided: it left, or
// its date has passed. A case that was closed by that date needs none: an answer
// makes it superfluous (11 CCR 7021(a)) and counts as one, a withdrawal leaves
// nothing to confirm.
func acknowledgement(c cases.Case, zone string, closed rights.Date, now time.Time) ([]Column, error) {
	due, ok := c.Clock.Deadline(rights.DutyAcknowledge)
	if !ok {
		return nil, nil
	}
	if !c.Acknowledgement.At.IsZero() {
		left, err := rights.DateIn(c.Acknowledgement.At, zone)
		if err != nil || left.After(due.Safe) {
			return []Column{AckDue}, err
		}
		return []Column{AckDue, AckInTime}, nil
	}
	if c.Status == cases.Closed && !closed.After(due.Safe) {
		if c.Outcome == cases.Withdrawn {
			return nil, nil
		}
		return []Column{AckDue, AckInTime}, nil
	}
	today, err := rights.DateIn(now, zone)
	if err != nil || !today.After(due.Safe) {
		return nil, err
	}
	return []Column{AckDue}, nil
}
