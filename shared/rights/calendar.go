package rights

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/golang-sql/civil"
	"github.com/rickar/cal/v2"
)

// Calendar knows the holidays of one place. Its rules are data in calendars/;
// the movable days (Easter, "third Monday of January", the Monday after) are
// computed by rickar/cal. It is safe for concurrent use.
type Calendar struct {
	Name  string // of the place, as it reads before "holidays": "California"
	rules []holidayRule
	years sync.Map // int → map[Date]string, filled as years are asked for
}

// Holiday returns the English name of the holiday on d, ok false if d is none.
// A Sunday is no holiday here unless it also carries a name.
func (c *Calendar) Holiday(d Date) (name string, ok bool) {
	if c == nil {
		return "", false
	}
	name, ok = c.year(d.Year)[d]
	return name, ok
}

// Working reports whether d is Monday to Friday and no holiday.
func (c *Calendar) Working(d Date) bool {
	if wd := Weekday(d); wd == time.Saturday || wd == time.Sunday {
		return false
	}
	_, holiday := c.Holiday(d)
	return !holiday
}

// year returns the holidays of one year. A day observed in lieu may fall into
// the neighbouring year, so both neighbours are computed with it.
func (c *Calendar) year(y int) map[Date]string {
	if days, ok := c.years.Load(y); ok {
		return days.(map[Date]string)
	}
	days := map[Date]string{}
	for _, r := range c.rules {
		for n := y - 1; n <= y+1; n++ {
			for d, name := range r.days(n) {
				if d.Year == y {
					days[d] = name
				}
			}
		}
	}
	actual, _ := c.years.LoadOrStore(y, days)
	return actual.(map[Date]string)
}

// holidayRule is one row of a calendar: either a rule or a list of dates.
type holidayRule struct {
	name     string
	on       string // the rule in words; empty for a list of dates
	rule     *cal.Holiday
	dates    []Date
	from, to int // first and last year; 0 is open
}

func (r holidayRule) days(year int) map[Date]string {
	if r.from != 0 && year < r.from || r.to != 0 && year > r.to {
		return nil
	}
	out := map[Date]string{}
	for _, d := range r.dates {
		if d.Year == year {
			out[d] = r.name
		}
	}
	if r.rule == nil {
		return out
	}
	actual, observed := r.rule.Calc(year)
	if actual.IsZero() {
		return out
	}
	day, lieu := civil.DateOf(actual), civil.DateOf(observed)
	out[day] = r.name
	if lieu != day {
		out[lieu] = r.name + " (observed)"
	}
	return out
}

var ordinals = map[string]int{"first": 1, "second": 2, "third": 3, "fourth": 4, "last": -1}

// parseHolidayRule reads "25 December", "third Monday of January" or "Easter + 60".
func parseHolidayRule(s string) (*cal.Holiday, error) {
	w := strings.Fields(s)
	switch {
	case len(w) == 2:
		day, err := strconv.Atoi(w[0])
		month, ok := monthNamed(w[1])
		if err != nil || !ok || day < 1 || day > daysIn(2024, month) {
			break
		}
		return &cal.Holiday{Month: month, Day: day, Func: cal.CalcDayOfMonth}, nil
	case len(w) == 3 && w[0] == "Easter" && (w[1] == "+" || w[1] == "-"):
		days, err := strconv.Atoi(w[1] + w[2])
		if err != nil {
			break
		}
		return &cal.Holiday{Offset: days, Func: cal.CalcEasterOffset}, nil
	case len(w) == 4 && w[2] == "of":
		n, ok1 := ordinals[w[0]]
		day, ok2 := weekdayNamed(w[1])
		month, ok3 := monthNamed(w[3])
		if !ok1 || !ok2 || !ok3 {
			break
		}
		return &cal.Holiday{Month: month, Weekday: day, Offset: n, Func: cal.CalcWeekdayOffset}, nil
	}
	return nil, fmt.Errorf("cannot read the day %q; write it like \"25 December\", \"third Monday of January\" or \"Easter + 1\"", s)
}

func monthNamed(s string) (time.Month, bool) {
	for m := time.January; m <= time.December; m++ {
		if m.String() == s {
			return m, true
		}
	}
	return 0, false
}

func weekdayNamed(s string) (time.Weekday, bool) {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if d.String() == s {
			return d, true
		}
	}
	return 0, false
}
