package rights

import "slices"

// namedClock is a clock with its versions, oldest first.
type namedClock []clockRule

// clockRule is one version of a clock.
type clockRule struct {
	zone     string
	calendar *Calendar
	rules    []rule
	from, to Date
}

// clock reads one version of a clock and adds it to those of its name.
func (l *loader) clock(c clockRow, f lawFile, clocks map[string]namedClock) {
	name := l.must(c.Name, f.Law, "a clock", "name")
	zone := f.Zone
	if c.Zone.given() {
		zone = c.Zone
		l.zone(c.Zone)
	}
	calendar := f.Calendar
	if c.Calendar.given() {
		calendar = c.Calendar
	}
	rule := clockRule{zone: zone.s, calendar: l.calendar(calendar), from: l.date(c.ValidFrom), to: l.date(c.ValidTo)}
	for _, other := range clocks[name] {
		if overlap(rule.from, rule.to, other.from, other.to) {
			l.refuse(c.Name, "clock %q overlaps another of that name; set valid_from and valid_to", name)
		}
	}
	if len(c.Periods) == 0 {
		l.refuse(c.Name, "clock %q has no periods", name)
	}
	for _, p := range c.Periods {
		rule.rules = append(rule.rules, l.period(p, c.Name, rule))
	}
	clocks[name] = append(clocks[name], rule)
}

// period reads one row of a clock; so far the clock holds the rows before it.
func (l *loader) period(p periodRow, owner text, c clockRule) rule {
	at := owner
	if len(p.Duties) > 0 {
		at = p.Duties[0]
	} else {
		l.refuse(owner, "a period of clock %q has no duties", owner.s)
	}
	r := rule{
		inclusive: l.yes(p.Inclusive),
		roll:      l.yes(p.Roll),
		citation:  l.must(p.Citation, at, "period", "citation"),
		source:    l.must(p.Source, at, "period", "source"),
		internal:  l.yes(p.Internal),
	}
	if p.Address.given() {
		r.address = oneOf(l, p.Address, "address", addresses)
	}
	for _, d := range p.Duties {
		duty := oneOf(l, d, "duty", duties)
		twice := slices.Contains(r.duties, duty)
		for _, other := range c.rules {
			same := other.address == "" || r.address == "" || other.address == r.address
			twice = twice || same && slices.Contains(other.duties, duty)
		}
		if twice {
			l.refuse(d, "clock %q sets the duty %q twice", owner.s, duty)
		}
		r.duties = append(r.duties, duty)
	}
	if l.must(p.Period, at, "period", "period") != "" {
		var err error
		if r.period, err = parsePeriod(p.Period.s); err != nil {
			l.refuse(p.Period, "%v", err)
			return r
		}
	}
	if l.must(p.Safe, at, "period", "safe") != "" {
		r.safe = oneOf(l, p.Safe, "strict reading", readings)
		l.fits(r, p.Safe)
	}
	return r
}

// fits refuses a strict reading that has no meaning for the unit.
func (l *loader) fits(r rule, at text) {
	business := r.period.unit == businessDays
	if r.safe == monToSat && !business || r.safe == receiptCounts && business || r.safe == noRoll && !r.roll {
		l.refuse(at, "the strict reading %q has no meaning for this period", r.safe)
	}
}

// unsure takes the two things that exist once in all files.
func (l *loader) unsure(f lawFile, clocks map[string]namedClock) {
	if f.Unsure.given() {
		c := clocks[f.Unsure.s]
		switch {
		case l.book.unsure != nil:
			l.refuse(f.Unsure, "unsure is already set in another file")
		case len(c) != 1 || !c[0].from.IsZero() || !c[0].to.IsZero():
			l.refuse(f.Unsure, "unsure needs a clock of this file that is always in force, not %q", f.Unsure.s)
		}
		l.book.unsure = c
	}
	if len(f.Targets) == 0 {
		return
	}
	if l.targets || len(f.Targets) != len(priorities) {
		l.refuse(f.Targets[0], "want targets for priority 0, 1, 2 and 3, in one file")
		return
	}
	l.targets = true
	for i, t := range f.Targets {
		l.book.targets[i] = l.target(t)
	}
}

func (l *loader) target(t text) period {
	if !t.given() {
		return period{}
	}
	p, err := parsePeriod(t.s)
	if err != nil {
		l.refuse(t, "%v", err)
	}
	return p
}
