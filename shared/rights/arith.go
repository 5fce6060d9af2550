package rights

import (
	"fmt"
	"sync"
	"time"
	_ "time/tzdata" // a legal date must not depend on the zone files of the machine

	"github.com/golang-sql/civil"
)

// Legal periods are counted in civil dates, never in hours: 45 times 24 hours
// from a February evening in Los Angeles ends one day late, because the clocks
// change in between.

// AddDays returns the day n days after d, or before it if n is negative.
func AddDays(d Date, n int) Date { return d.AddDays(n) }

// AddMonthsClip returns the same-numbered day n months after d, or the last day
// of that month if it has no such day (Regulation 1182/71 art. 3(2)(c); Cal.
// Gov. Code 6804). time.AddDate does not clip: its 31 January plus one month is
// 3 March.
func AddMonthsClip(d Date, n int) Date {
	months := d.Year*12 + int(d.Month) - 1 + n
	year, month := months/12, time.Month(months%12+1)
	return Date{Year: year, Month: month, Day: min(d.Day, daysIn(year, month))}
}

// AddBusinessDays returns the nth business day after d; d itself is not counted.
// Saturdays, Sundays and the holidays of c are no business days. A nil Calendar
// has no holidays.
func AddBusinessDays(d Date, n int, c *Calendar) Date {
	for n > 0 {
		d = d.AddDays(1)
		if c.Working(d) {
			n--
		}
	}
	return d
}

// AddWeekdaysMonToSat returns the nth day after d that is not a Sunday, holidays
// or not. It is the strictest reading of "business day" in California, where
// Civ. Code 9 makes Saturday one.
func AddWeekdaysMonToSat(d Date, n int) Date {
	for n > 0 {
		d = d.AddDays(1)
		if Weekday(d) != time.Sunday {
			n--
		}
	}
	return d
}

// RollForward returns d, or the next working day of c if d is not one
// (Regulation 1182/71 art. 3(4)).
func RollForward(d Date, c *Calendar) Date {
	for !c.Working(d) {
		d = d.AddDays(1)
	}
	return d
}

// RollBack returns d, or the last working day of c before it if d is not one.
func RollBack(d Date, c *Calendar) Date {
	for !c.Working(d) {
		d = d.AddDays(-1)
	}
	return d
}

// Weekday returns the day of the week of d.
func Weekday(d Date) time.Weekday { return d.In(time.UTC).Weekday() }

// Format writes a date for a person: "Tuesday 14 April 2026".
func Format(d Date) string {
	return fmt.Sprintf("%s %d %s %d", Weekday(d), d.Day, d.Month, d.Year)
}

// DateIn returns the civil date of an instant in an IANA zone.
func DateIn(t time.Time, zone string) (Date, error) {
	loc, err := location(zone)
	if err != nil {
		return Date{}, err
	}
	return civil.DateOf(t.In(loc)), nil
}

// EndOfDay returns the last second of d in an IANA zone, as an instant in UTC.
func EndOfDay(d Date, zone string) (time.Time, error) {
	loc, err := location(zone)
	if err != nil {
		return time.Time{}, err
	}
	return time.Date(d.Year, d.Month, d.Day, 23, 59, 59, 0, loc).UTC(), nil
}

func daysIn(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// locations remembers the zones already loaded: time.LoadLocation reads a file.
var locations sync.Map // string → *time.Location

func location(zone string) (*time.Location, error) {
	if loc, ok := locations.Load(zone); ok {
		return loc.(*time.Location), nil
	}
	if zone == "" || zone == "Local" {
		return nil, fmt.Errorf("zone %q: name an IANA zone, for example America/Los_Angeles", zone)
	}
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return nil, fmt.Errorf("zone %q: name an IANA zone, for example America/Los_Angeles", zone)
	}
	locations.Store(zone, loc)
	return loc, nil
}
