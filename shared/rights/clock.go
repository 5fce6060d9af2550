package rights

import (
	"fmt"
	"slices"
	"time"
)

// Clock works out every date that a request for a right sets running. Where a
// right has a clock per jurisdiction and the receipt names none of them, every
// one is worked out and per duty the earliest date counts. It returns
// ErrUnknownRight, or ErrNotInForce if no law gave the right on that day.
func (b *Book) Clock(id ID, r Receipt) (Clock, error) {
	row, err := b.row(id, func(zone string) (Date, error) { return DateIn(r.At, zone) })
	if err != nil {
		return Clock{}, err
	}
	target := row.target
	if target.first == 0 {
		target = b.targets[row.Priority]
	}
	var clocks []Clock
	for _, named := range row.running(r.Jurisdiction) {
		c, ok := b.run(named, row, target, r)
		if ok {
			clocks = append(clocks, c)
		}
	}
	if len(clocks) == 0 {
		return Clock{}, fmt.Errorf("%w: %q has no clock for a receipt at %s", ErrNotInForce, id, r.At.UTC().Format(time.RFC3339))
	}
	return merge(row.why(), clocks), nil
}

// ReviewClock is the clock of mail that nobody has understood yet: 30 calendar
// days, the shortest of the ordinary long periods.
func (b *Book) ReviewClock(r Receipt) Clock {
	c, _ := b.run(b.unsure, lawRow{internal: true}, b.targets[1], r)
	return c
}

// running returns the clocks that run for a person of a jurisdiction.
func (r lawRow) running(j Jurisdiction) []namedClock {
	if c, ok := r.by[j]; ok {
		return []namedClock{c}
	}
	return r.clocks
}

// why says in an explanation why several clocks were compared.
func (r lawRow) why() string {
	if r.by != nil {
		return "The country is not known, so the clock of every law that may apply was worked out and the earliest date counts."
	}
	return "More than one measure applies here, so each was worked out and the earliest date counts."
}

// run works out one clock; ok is false if no version of it was in force.
func (b *Book) run(named namedClock, row lawRow, target period, r Receipt) (c Clock, ok bool) {
	for _, v := range named {
		on, err := DateIn(r.At, v.zone)
		if err != nil || !inForce(on, v.from, v.to) {
			continue
		}
		c = Clock{
			Right: row.ID, Jurisdiction: r.Jurisdiction, Received: r.At.UTC(),
			Zone: v.zone, ReceivedOn: on, Book: b.version,
		}
		received := receivedStep(r.At, v.zone)
		for _, rule := range v.rules {
			if !rule.appliesTo(r.Designated) {
				continue
			}
			dl := v.deadline(rule, row.internal, received, on)
			for _, d := range rule.duties {
				if row.noExtension && (d == DutyExtensionNotice || d == DutyRespondExtended) {
					continue
				}
				dl.Duty, dl.Steps = d, slices.Clone(dl.Steps)
				c.Deadlines = append(c.Deadlines, dl)
			}
		}
		slices.SortStableFunc(c.Deadlines, byDuty)
		c.Target = v.goal(target, c, received)
		return c, true
	}
	return Clock{}, false
}

// deadline works out one date with its sum, for whatever duty.
func (v clockRule) deadline(r rule, internal bool, received string, on Date) Deadline {
	dl := Deadline{
		Zone: v.zone, Period: r.period.String(), Citation: r.citation,
		Statutory: r.statutory(on, v.calendar), Safe: r.strictest(on, v.calendar),
		Internal: internal || r.internal,
	}
	dl.Steps = []string{received, r.statutoryStep(on, v.calendar)}
	if strict := r.safeStep(on, dl); strict != "" {
		dl.Steps = append(dl.Steps, strict)
	}
	if dl.Internal {
		dl.Steps = append(dl.Steps, internalStep)
	}
	return dl
}

// goal is our own date for the first answer by a human. It never lies after the
// strict date of a duty to answer.
func (v clockRule) goal(p period, c Clock, received string) Deadline {
	r := rule{period: p, safe: sameReading, citation: goalCitation}
	dl := v.deadline(r, true, received, c.ReceivedOn)
	dl.Duty = DutyRespond
	if law, ok := c.Deadline(DutyRespond); ok && law.Safe.Before(dl.Safe) {
		dl.Statutory, dl.Safe = law.Safe, law.Safe
		dl.Steps = append(dl.Steps, fmt.Sprintf("The answer is due earlier, so the goal moves to %s.", Format(law.Safe)))
	}
	return dl
}

func byDuty(a, b Deadline) int {
	return slices.Index(duties, a.Duty) - slices.Index(duties, b.Duty)
}
