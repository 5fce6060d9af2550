package rights

import (
	"fmt"
	"strings"
	"time"
)

const (
	goalCitation = "Our own goal"
	internalStep = "This is our own goal, not a duty in law."
)

// Explain returns the sum in words with its citation, in plain text, for an
// officer who has to trust the date.
func (d Deadline) Explain() string {
	return strings.Join(d.Steps, " ") + " " + d.Citation + "."
}

// DueStatutory is the last second of the statutory day in the zone of the law,
// as an instant in UTC.
func (d Deadline) DueStatutory() time.Time { return d.due(d.Statutory) }

// DueSafe is the last second of the strict day in the zone of the law, as an
// instant in UTC. Alerts run on it.
func (d Deadline) DueSafe() time.Time { return d.due(d.Safe) }

// due reads a zone the machine does not know (a deadline stored by another
// program) as UTC; Load has checked those of a Book.
func (d Deadline) due(on Date) time.Time {
	t, err := EndOfDay(on, d.Zone)
	if err != nil {
		return time.Date(on.Year, on.Month, on.Day, 23, 59, 59, 0, time.UTC)
	}
	return t
}

func receivedStep(at time.Time, zone string) string {
	loc, err := location(zone)
	if err != nil {
		loc = time.UTC
	}
	return "Received " + at.In(loc).Format("Monday 2 January 2006, 15:04") + " (" + zone + ")."
}

// statutoryStep says how the ordinary reading comes to its date.
func (r rule) statutoryStep(on Date, c *Calendar) string {
	end := r.end(on, c)
	var s strings.Builder
	s.WriteString(r.span())
	switch r.period.unit {
	case businessDays:
		s.WriteString(", not counting the day of receipt, Saturdays, Sundays")
		s.WriteString(skipped(on, end, c))
	case calendarDays:
		if r.inclusive {
			s.WriteString(", the day of receipt being day one")
		} else {
			s.WriteString(", not counting the day of receipt")
		}
	default:
		if end.Day == on.Day {
			s.WriteString(", to the same-numbered day")
		} else {
			fmt.Fprintf(&s, ", to the last day of %s, which has no day %d", end.Month, on.Day)
		}
	}
	fmt.Fprintf(&s, ": %s.", Format(end))
	if rolled := r.statutory(on, c); rolled != end {
		fmt.Fprintf(&s, " That is no working day (%s), so the period ends on the next one: %s.", free(end, rolled, c), Format(rolled))
	}
	return s.String()
}

// safeStep says how the strictest plausible reading comes to its date. It is empty
// for a goal of ours, which nobody reads strictly.
func (r rule) safeStep(on Date, dl Deadline) string {
	safe := Format(dl.Safe)
	switch {
	case r.safe != sameReading && dl.Safe == dl.Statutory:
		return "The strictest reading ends on the same day."
	case r.safe == monToSat:
		return fmt.Sprintf("Strictest reading, every day but Sunday counts and no holiday is left out: %s.", safe)
	case r.safe == receiptCounts && r.drifts(on):
		return fmt.Sprintf("Strictest reading, the extra time runs from the first deadline and the day of receipt is day one: %s.", safe)
	case r.safe == receiptCounts:
		return fmt.Sprintf("Strictest reading, the day of receipt is day one: %s.", safe)
	case r.safe == noRoll && r.drifts(on):
		return fmt.Sprintf("Strictest reading, the extra time runs from the first deadline and nothing moves to a later day: %s.", safe)
	case r.safe == noRoll:
		return fmt.Sprintf("Strictest reading, the last working day not after the end of the period: %s.", safe)
	case dl.Internal:
		return ""
	}
	return "No stricter reading is known."
}

// drifts reports whether counting an extension from the first deadline ends on
// an earlier day than counting it from receipt.
func (r rule) drifts(on Date) bool {
	return r.period.unit == months && r.period.extra > 0 &&
		AddMonthsClip(AddMonthsClip(on, r.period.first), r.period.extra).Before(AddMonthsClip(on, r.period.total()))
}

// span writes the period, and for an extension what it is made of.
func (r rule) span() string {
	s := r.period.String()
	if r.period.extra > 0 {
		s += fmt.Sprintf(" from receipt (%d and %d more)", r.period.first, r.period.extra)
	}
	return s
}

// skipped names the holidays that a count of business days stepped over.
func skipped(from, to Date, c *Calendar) string {
	if c == nil {
		return ""
	}
	var names []string
	for d := from.AddDays(1); d.Before(to); d = d.AddDays(1) {
		name, ok := c.Holiday(d)
		if wd := Weekday(d); ok && wd != time.Saturday && wd != time.Sunday {
			names = append(names, Format(d)+", "+name)
		}
	}
	if len(names) == 0 {
		return fmt.Sprintf(" and %s holidays (none in this time)", c.Name)
	}
	return fmt.Sprintf(" and %s holidays (%s)", c.Name, strings.Join(names, "; "))
}

// free says why the days from d up to the working day are free.
func free(d, working Date, c *Calendar) string {
	var days []string
	for ; d.Before(working); d = d.AddDays(1) {
		s := fmt.Sprintf("%s %d %s", Weekday(d), d.Day, d.Month)
		if name, ok := c.Holiday(d); ok {
			s += ", " + name
		}
		days = append(days, s)
	}
	return strings.Join(days, "; ")
}

// mergedSteps shows the sum of every clock that was compared, and the outcome.
func mergedSteps(why string, all []Deadline, out Deadline) []string {
	steps := []string{why}
	for _, d := range all {
		for _, s := range d.Steps {
			if s != internalStep {
				steps = append(steps, s)
			}
		}
		steps = append(steps, d.Citation+".")
	}
	steps = append(steps, fmt.Sprintf("Earliest: %s; strictest reading: %s.", Format(out.Statutory), Format(out.Safe)))
	if out.Internal {
		steps = append(steps, internalStep)
	}
	return steps
}
