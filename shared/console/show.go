package console

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"rightsmail/shared/rights"
)

// zones are the time zones of the laws in the words of their people.
var zones = map[string]string{
	"America/Los_Angeles": "Pacific time",
	"Europe/Warsaw":       "Warsaw time",
	"Europe/London":       "UK time",
	"Europe/Zurich":       "Zurich time",
	"UTC":                 "UTC",
}

// zoneWords names a zone; an unknown one by its city.
func zoneWords(zone string) string {
	if s, ok := zones[zone]; ok {
		return s
	}
	city := zone[strings.LastIndex(zone, "/")+1:]
	return strings.ReplaceAll(city, "_", " ") + " time"
}

// loaded remembers zones: time.LoadLocation reads a file, and a list asks for one
// with every row. A store holds only the few zones of the laws.
var loaded sync.Map // string → *time.Location

// located returns the zone of a law; UTC if the machine does not know it.
func located(zone string) (loc *time.Location, name string) {
	if l, ok := loaded.Load(zone); ok {
		return l.(*time.Location), zone
	}
	loc, err := time.LoadLocation(zone)
	if err != nil || zone == "" || zone == "Local" {
		return time.UTC, "UTC"
	}
	loaded.Store(zone, loc)
	return loc, zone
}

// dateWords writes a day so that no country can misread it: "Tue 14 Apr 2026".
func dateWords(d rights.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.In(time.UTC).Format("Mon 2 Jan 2006")
}

// instant is a moment, with the zone it is told in.
type instant struct {
	Words string // "Tue 3 Mar 2026, 16:10 Pacific time"
	ISO   string // RFC 3339 in UTC
}

// moment writes an instant; the zero time is the zero instant.
func moment(t time.Time, zone string) instant {
	if t.IsZero() {
		return instant{}
	}
	loc, zone := located(zone)
	return instant{t.In(loc).Format("Mon 2 Jan 2006, 15:04 ") + zoneWords(zone), t.UTC().Format(time.RFC3339)}
}

// due is a duty with its day.
type due struct {
	Duty    string // "Answer"
	Date    string // "Fri 13 Mar 2026"
	End     string // "end of day, Pacific time"
	ISO     string // 2026-03-13
	Left    string // "in 4 days", "today", "3 days overdue"
	Overdue bool
	Soon    bool // today or within three days
}

// dueAt tells the day whose end is at, as seen now. The zero time is no duty.
func dueAt(duty rights.Duty, at time.Time, zone string, now time.Time) due {
	if at.IsZero() {
		return due{}
	}
	loc, zone := located(zone)
	day := dateOf(at.In(loc))
	left := day.DaysSince(dateOf(now.In(loc)))
	d := due{
		Duty: say(dutyTitles, duty), Date: dateWords(day), End: "end of day, " + zoneWords(zone), ISO: day.String(),
		Left: daysLeft(left), Overdue: now.After(at),
	}
	d.Soon = !d.Overdue && left <= 3
	return d
}

func dateOf(t time.Time) rights.Date {
	return rights.Date{Year: t.Year(), Month: t.Month(), Day: t.Day()}
}

// daysLeft says how far a day is.
func daysLeft(n int) string {
	switch {
	case n == 0:
		return "today"
	case n == 1:
		return "tomorrow"
	case n > 1:
		return fmt.Sprintf("in %d days", n)
	case n == -1:
		return "1 day overdue"
	}
	return fmt.Sprintf("%d days overdue", -n)
}

// size writes a number of bytes.
func size(n int) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d bytes", n)
	case n < 1_000_000:
		return fmt.Sprintf("%.1f kB", float64(n)/1000)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1_000_000)
}

// visible writes controls that reorder text as their code, so that "exe.fdp" cannot
// pose as something else. Direction marks of ordinary right-to-left writing
// (U+200E, U+200F, U+061C) stay: they hide nothing.
func visible(s string) string {
	if !strings.ContainsFunc(s, reorders) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if reorders(r) {
			fmt.Fprintf(&b, "[U+%04X]", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// reorders reports the embeddings, overrides and isolates of Unicode.
func reorders(r rune) bool {
	return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069
}

// plural writes "1 case", "2 cases".
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
