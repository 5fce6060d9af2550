package replies

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"rightsmail/shared/rights"
)

// words are what a language needs besides its letters.
type words struct {
	Weekdays []string `yaml:"weekdays"`  // Sunday first
	Months   []string `yaml:"months"`    // January first, in the form used inside a date
	FirstDay string   `yaml:"first_day"` // how the first of a month is written: "1er"; empty: "1"

	Date   string `yaml:"date"`   // {weekday} {day} {month} {year}
	Due    string `yaml:"due"`    // {date} {zone}: the end of that day there
	Moment string `yaml:"moment"` // {date} {time} {zone}
	And    string `yaml:"and"`    // joins the last two of a list

	Zones  map[string]string              `yaml:"zones"`  // IANA zone to words; another zone keeps its IANA name
	Laws   map[string]string              `yaml:"laws"`   // English name of a law to the name here, empty: not shown; another keeps its name
	Fields map[string]string              `yaml:"fields"` // name of a missing field to words that ask for it
	Checks map[rights.Verification]string `yaml:"checks"` // how we find out who somebody is

	Child     string `yaml:"child"`      // stands for a request about a child: nothing of it is echoed
	CorrectUs string `yaml:"correct_us"` // how to tell us that we misunderstood
}

// levels are the verifications that each language must have words for.
var levels = []rights.Verification{
	rights.VerifyForbidden, rights.VerifyNone, rights.VerifyOnDoubt, rights.VerifyReasonable,
	rights.VerifyHigh, rights.VerifyParent, rights.VerifyHuman,
}

// lawZones are the zones in which the laws count.
var lawZones = []string{"America/Los_Angeles", "Europe/Warsaw", "Europe/London", "Europe/Zurich", "UTC"}

// check reports everything that is missing at once.
func (w words) check() error {
	var errs []error
	need := func(ok bool, format string, args ...any) {
		if !ok {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	need(len(w.Weekdays) == 7, "weekdays: need 7, Sunday first, have %d", len(w.Weekdays))
	need(len(w.Months) == 12, "months: need 12, January first, have %d", len(w.Months))
	holds(need, "date", w.Date, "{weekday}", "{day}", "{month}", "{year}")
	holds(need, "due", w.Due, "{date}", "{zone}")
	holds(need, "moment", w.Moment, "{date}", "{time}", "{zone}")
	need(w.And != "", "and: missing")
	need(w.Child != "", "child: missing")
	need(w.CorrectUs != "", "correct_us: missing")
	for _, z := range lawZones {
		need(w.Zones[z] != "", "zones: no words for %s", z)
	}
	for _, v := range levels {
		need(w.Checks[v] != "", "checks: no words for %q", v)
	}
	return errors.Join(errs...)
}

func holds(need func(bool, string, ...any), name, pattern string, parts ...string) {
	for _, p := range parts {
		need(strings.Contains(pattern, p), "%s: the pattern must hold %s", name, p)
	}
}

// date writes a civil date in full: "Tuesday 14 April 2026". Numbers alone would
// be read as another day on the other side of an ocean.
func (w words) date(d rights.Date) string {
	day := strconv.Itoa(d.Day)
	if d.Day == 1 && w.FirstDay != "" {
		day = w.FirstDay
	}
	return strings.NewReplacer(
		"{weekday}", w.Weekdays[d.In(time.UTC).Weekday()],
		"{day}", day,
		"{month}", w.Months[d.Month-1],
		"{year}", strconv.Itoa(d.Year),
	).Replace(w.Date)
}

// due writes the end of a civil date in a zone.
func (w words) due(d rights.Date, zone string) string {
	return strings.NewReplacer("{date}", w.date(d), "{zone}", w.zone(zone)).Replace(w.Due)
}

// moment writes an instant as the clocks in a zone showed it.
func (w words) moment(t time.Time, zone string) (string, error) {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		return "", fmt.Errorf("zone of a request: %w", err)
	}
	t = t.In(loc)
	day := rights.Date{Year: t.Year(), Month: t.Month(), Day: t.Day()}
	return strings.NewReplacer(
		"{date}", w.date(day), "{time}", t.Format("15:04"), "{zone}", w.zone(zone),
	).Replace(w.Moment), nil
}

func (w words) zone(name string) string {
	if z := w.Zones[name]; z != "" {
		return z
	}
	return oneLine(name)
}

func (w words) law(name string) string {
	if l, ok := w.Laws[name]; ok {
		return l
	}
	return oneLine(name)
}

// field asks for one thing that is missing. A field without words still gets
// asked for, by its own name: better plain than not at all.
func (w words) field(name string) string {
	if f := w.Fields[name]; f != "" {
		return f
	}
	return oneLine(strings.ReplaceAll(name, "_", " "))
}

// join lists things in a sentence: "a, b and c".
func (w words) join(list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	last := len(list) - 1
	return strings.Join(list[:last], ", ") + " " + w.And + " " + list[last]
}
