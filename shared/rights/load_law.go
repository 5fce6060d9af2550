package rights

import (
	"fmt"
	"reflect"
	"slices"
)

// lawRow is a right as one version of one law gives it, with its clocks.
type lawRow struct {
	Right
	zone        string // in which ValidFrom and ValidTo are read
	clocks      []namedClock
	by          map[Jurisdiction]namedClock // nil: the same clocks for everybody
	internal    bool
	noExtension bool
	target      period
}

var (
	duties        = []Duty{DutyAcknowledge, DutyRespond, DutyExtensionNotice, DutyRefuse, DutyRespondExtended}
	verifications = []Verification{VerifyForbidden, VerifyNone, VerifyOnDoubt, VerifyReasonable, VerifyHigh, VerifyParent, VerifyHuman}
	windows       = []Window{RollingYear, CalendarYear}
	readings      = []reading{sameReading, receiptCounts, monToSat, noRoll}
	addresses     = []string{"designated", "elsewhere"}
	priorities    = []string{"0", "1", "2", "3"}
)

// lawFile reads one file of laws/: its clocks, then its rights.
func (l *loader) lawFile(data []byte) {
	var f lawFile
	if err := decode(l.file, data, &f); err != nil {
		l.problems = append(l.problems, err)
		return
	}
	l.must(f.Law, text{line: 1, col: 1}, "the file", "law")
	l.must(f.Zone, text{line: 1, col: 1}, "the file", "zone")
	l.zone(f.Zone)
	clocks := map[string]namedClock{}
	for _, c := range f.Clocks {
		l.clock(c, f, clocks)
	}
	l.unsure(f, clocks)
	for _, r := range f.Rights {
		l.right(r, f, clocks)
	}
}

// right reads one right and adds it to the book.
func (l *loader) right(own row, f lawFile, clocks map[string]namedClock) {
	at := own.ID
	if l.must(own.ID, f.Law, "a right", "id") == "" {
		return
	}
	r := own
	if own.Profile.given() {
		profile, ok := f.Profiles[own.Profile.s]
		if !ok {
			l.refuse(own.Profile, "unknown profile %q; the file defines the profiles", own.Profile.s)
			return
		}
		r = own.over(profile)
	}
	before := len(l.problems)
	out := l.facts(r, at)
	out.Law, out.zone = f.Law.s, f.Zone.s
	l.clocks(r, at, clocks, &out)
	l.unique(out, at)
	if len(l.problems) == before {
		rows := append(l.book.rows[out.ID], out)
		slices.SortFunc(rows, func(a, b lawRow) int { return a.ValidFrom.DaysSince(b.ValidFrom) })
		l.book.rows[out.ID] = rows
	}
}

// facts reads everything of a right but its clocks.
func (l *loader) facts(r row, at text) lawRow {
	what := fmt.Sprintf("right %q", at.s)
	for _, m := range []struct {
		t   text
		key string
	}{
		{r.Title, "title"}, {r.Citation, "citation"}, {r.Source, "source"}, {r.Who, "who"}, {r.Queue, "queue"}, {r.Priority, "priority"},
		{r.Verification, "verification"}, {r.Retention, "retention"}, {r.ValidFrom, "valid_from"},
	} {
		l.must(m.t, at, what, m.key)
	}
	out := lawRow{
		internal:    l.yes(r.Internal),
		noExtension: l.yes(r.NoExtension),
		target:      l.target(r.Target),
	}
	out.Right = Right{
		ID: ID(r.ID.s), Title: r.Title.s, Citation: r.Citation.s, Source: r.Source.s, Who: r.Who.s,
		Required: words(r.Required), RefusalMust: words(r.RefusalMust), Retention: r.Retention.s, Metric: r.Metric.s,
		AutoSuppress: l.yes(r.AutoSuppress), Silent: l.yes(r.Silent), Modifier: l.yes(r.Modifier), Outbound: l.yes(r.Outbound),
		ValidFrom: l.date(r.ValidFrom), ValidTo: l.date(r.ValidTo),
	}
	if r.Queue.given() {
		out.Queue = oneOf(l, r.Queue, "queue", Queues())
	}
	if r.Verification.given() {
		out.Verification = oneOf(l, r.Verification, "verification", verifications)
	}
	if r.Priority.given() {
		oneOf(l, r.Priority, "priority", priorities)
		out.Priority = Priority(slices.Index(priorities, r.Priority.s))
	}
	if !out.ValidTo.IsZero() && out.ValidTo.Before(out.ValidFrom) {
		l.refuse(r.ValidTo, "%s ends on %s, before it begins on %s", what, out.ValidTo, out.ValidFrom)
	}
	out.Limit = l.limit(r.Limit, at)
	return out
}

func (l *loader) limit(r *limitRow, at text) *Limit {
	if r == nil {
		return nil
	}
	what := fmt.Sprintf("limit of %q", at.s)
	l.must(r.Max, at, what, "max")
	l.must(r.Zone, at, what, "zone")
	out := &Limit{
		Max:          l.number(r.Max, 1),
		Zone:         l.zone(r.Zone),
		Citation:     l.must(r.Citation, at, what, "citation"),
		CompleteOnly: l.yes(r.CompleteOnly),
	}
	if l.must(r.Window, at, what, "window") != "" {
		out.Window = oneOf(l, r.Window, "window", windows)
	}
	return out
}

// clocks finds the clocks a right names.
func (l *loader) clocks(r row, at text, clocks map[string]namedClock, out *lawRow) {
	if (r.Clock == nil) == (r.ClockBy == nil) {
		l.refuse(at, "right %q needs either \"clock\" or \"clock_by\"", at.s)
		return
	}
	find := func(t text) namedClock {
		c, ok := clocks[t.s]
		if !ok {
			l.refuse(t, "unknown clock %q; the file defines the clocks", t.s)
		}
		return c
	}
	if r.Clock != nil {
		for _, t := range *r.Clock {
			out.clocks = append(out.clocks, find(t))
		}
		return
	}
	out.by = map[Jurisdiction]namedClock{}
	for _, c := range []struct {
		j Jurisdiction
		t text
	}{{EU, r.ClockBy.EU}, {UK, r.ClockBy.UK}, {Switzerland, r.ClockBy.CH}} {
		if c.t.given() {
			out.by[c.j] = find(c.t)
			out.clocks = append(out.clocks, out.by[c.j])
		}
	}
}

// unique refuses a right that exists twice on the same day.
func (l *loader) unique(r lawRow, at text) {
	if file, ok := l.owner[r.ID]; ok && file != l.file {
		l.refuse(at, "duplicate id %q: %s has it already", r.ID, file)
		return
	}
	l.owner[r.ID] = l.file
	for _, other := range l.book.rows[r.ID] {
		switch {
		case r.ValidFrom == other.ValidFrom:
			l.refuse(at, "duplicate id %q: another row is valid from %s too", r.ID, r.ValidFrom)
		case overlap(r.ValidFrom, r.ValidTo, other.ValidFrom, other.ValidTo):
			l.refuse(at, "right %q overlaps the row valid from %s; set valid_to", r.ID, other.ValidFrom)
		}
	}
}

// overlap reports whether two spans share a day; a zero Date is open.
func overlap(from1, to1, from2, to2 Date) bool {
	return (to1.IsZero() || !to1.Before(from2)) && (to2.IsZero() || !to2.Before(from1))
}

// over returns the row with what it does not say taken from the profile. A clock
// of its own, in either form, replaces the clock of the profile.
func (r row) over(profile row) row {
	if r.Clock != nil || r.ClockBy != nil {
		profile.Clock, profile.ClockBy = nil, nil
	}
	own, base := reflect.ValueOf(&r).Elem(), reflect.ValueOf(profile)
	for i := range own.NumField() {
		if own.Field(i).IsZero() {
			own.Field(i).Set(base.Field(i))
		}
	}
	return r
}
