package rights

import (
	"slices"
	"strconv"
	"strings"

	"github.com/rickar/cal/v2"
)

// calendarFile reads one file of calendars/.
func (l *loader) calendarFile(data []byte) {
	var f calendarFile
	if err := decode(l.file, data, &f); err != nil {
		l.problems = append(l.problems, err)
		return
	}
	id := l.must(f.Calendar, text{line: 1, col: 1}, "the file", "calendar")
	l.must(f.Citation, f.Calendar, "calendar", "citation")
	l.must(f.Source, f.Calendar, "calendar", "source")
	if _, ok := l.calendars[id]; ok {
		l.refuse(f.Calendar, "calendar %q is already defined in another file", id)
	}
	c := &Calendar{Name: l.must(f.Name, f.Calendar, "calendar", "name")}
	for _, h := range f.Holidays {
		c.rules = append(c.rules, l.holiday(h, f.Calendar))
	}
	l.calendars[id] = c
}

func (l *loader) holiday(h holidayRow, owner text) holidayRule {
	at := h.Name
	if !at.given() {
		at = owner
	}
	r := holidayRule{
		name: l.must(h.Name, at, "holiday", "name"),
		from: l.number(h.From, 1),
		to:   l.number(h.To, 1),
	}
	for _, t := range h.Dates {
		r.dates = append(r.dates, l.date(t))
	}
	if h.On.given() == (len(h.Dates) > 0) {
		l.refuse(at, "holiday %q needs either \"on\" or \"dates\"", r.name)
	}
	if !h.On.given() {
		return r
	}
	rule, err := parseHolidayRule(h.On.s)
	if err != nil {
		l.refuse(h.On, "%v", err)
		return r
	}
	for _, t := range h.Except {
		rule.Except = append(rule.Except, l.number(t, 1))
	}
	for _, t := range h.Observed {
		rule.Observed = append(rule.Observed, l.inLieu(t))
	}
	slices.Sort(rule.Except)
	r.on, r.rule = h.On.s, rule
	return r
}

// inLieu reads "Sunday + 1": on a Sunday the day after is free as well.
func (l *loader) inLieu(t text) cal.AltDay {
	w := strings.Fields(t.s)
	if len(w) == 3 {
		day, ok := weekdayNamed(w[0])
		n, err := strconv.Atoi(w[1] + w[2])
		if ok && err == nil {
			return cal.AltDay{Day: day, Offset: n}
		}
	}
	l.refuse(t, "cannot read %q; write it like \"Sunday + 1\"", t.s)
	return cal.AltDay{}
}
