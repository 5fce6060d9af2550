package rights

import (
	_ "embed" // for builtin
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"sync"

	"github.com/rickar/cal/v2"

	"rightsmail/shared/compiled"
)

// builtin is what the files in laws/ and calendars/ come to. go run ./scripts/rules
// writes it anew, and a test compares it with the folders.
//
//go:embed laws.bin
var builtin string

// fileFormat changes with everything below and with the types it goes through.
const fileFormat = "rightsmail laws 1"

// Builtin returns the laws and calendars that are part of the program. They are
// read once; every call returns the same Book.
var Builtin = sync.OnceValues(func() (*Book, error) { return open(builtin) })

// Compile reads what Load reads and returns the file that a program carries of it.
func Compile(fsys fs.FS) ([]byte, error) {
	b, err := Load(fsys)
	if err != nil {
		return nil, err
	}
	return compiled.Write(fileFormat, b.file), nil
}

// open reads a file that Compile returned.
func open(file string) (*Book, error) {
	b := &Book{}
	if err := compiled.Read(file, fileFormat, b.file); err != nil {
		return nil, fmt.Errorf("load laws: %w", err)
	}
	return b, nil
}

// shared are the things that several others point to. They come first in the file; what
// points to one holds its number.
type shared struct {
	calendars []*Calendar
	clocks    []namedClock
}

// file goes through a book. Everything has to be in one order, so that the same laws give
// the same file.
func (b *Book) file(c *compiled.Codec) {
	var s shared
	if !c.Reading() {
		s.gather(b)
	}
	compiled.Text(c, &b.version)
	compiled.List(c, &s.calendars, calendarFileOf)
	compiled.List(c, &s.clocks, s.namedClock)
	s.clockOf(c, &b.unsure)
	for i := range b.targets {
		periodOf(c, &b.targets[i])
	}
	compiled.Table(c, &b.rows, func(c *compiled.Codec, rows *[]lawRow) { compiled.List(c, rows, s.row) })
	if c.Reading() {
		b.ids = slices.Sorted(maps.Keys(b.rows))
	}
}

// gather finds what the file has to hold once.
func (s *shared) gather(b *Book) {
	add := func(n namedClock) {
		if s.clock(n) >= 0 {
			return
		}
		s.clocks = append(s.clocks, n)
		for _, v := range n {
			if v.calendar != nil && !slices.Contains(s.calendars, v.calendar) {
				s.calendars = append(s.calendars, v.calendar)
			}
		}
	}
	add(b.unsure)
	for _, id := range b.ids {
		for _, r := range b.rows[id] {
			for _, n := range r.clocks { // those of by are among them
				add(n)
			}
		}
	}
}

// clock is the number of a clock. Rows that name one clock share its versions.
func (s *shared) clock(n namedClock) int {
	return slices.IndexFunc(s.clocks, func(other namedClock) bool { return &other[0] == &n[0] })
}

// number goes through a number below n.
func number(c *compiled.Codec, i *int, n int) bool {
	compiled.Number(c, i)
	if *i < 0 || *i >= n {
		c.Refuse()
		return false
	}
	return true
}

func (s *shared) clockOf(c *compiled.Codec, n *namedClock) {
	i := 0
	if !c.Reading() {
		i = s.clock(*n)
	}
	if number(c, &i, len(s.clocks)) {
		*n = s.clocks[i]
	}
}

func (s *shared) namedClock(c *compiled.Codec, n *namedClock) {
	compiled.List(c, (*[]clockRule)(n), func(c *compiled.Codec, v *clockRule) {
		compiled.Text(c, &v.zone)
		i := slices.Index(s.calendars, v.calendar) + 1 // none is 0
		if number(c, &i, len(s.calendars)+1) && i > 0 {
			v.calendar = s.calendars[i-1]
		}
		dateOf(c, &v.from)
		dateOf(c, &v.to)
		compiled.List(c, &v.rules, ruleOf)
	})
}

func ruleOf(c *compiled.Codec, r *rule) {
	compiled.List(c, &r.duties, compiled.Text[Duty])
	periodOf(c, &r.period)
	compiled.Yes(c, &r.inclusive)
	compiled.Yes(c, &r.roll)
	compiled.Text(c, &r.safe)
	compiled.Text(c, &r.citation)
	compiled.Text(c, &r.source)
	compiled.Yes(c, &r.internal)
	compiled.Text(c, &r.address)
}

func periodOf(c *compiled.Codec, p *period) {
	compiled.Number(c, &p.first)
	compiled.Number(c, &p.extra)
	compiled.Text(c, &p.unit)
}

func dateOf(c *compiled.Codec, d *Date) {
	compiled.Number(c, &d.Year)
	compiled.Number(c, &d.Month)
	compiled.Number(c, &d.Day)
}

func calendarFileOf(c *compiled.Codec, calendar **Calendar) {
	compiled.Maybe(c, calendar, func(c *compiled.Codec, calendar *Calendar) {
		compiled.Text(c, &calendar.Name)
		compiled.List(c, &calendar.rules, holidayOf)
	})
}

func holidayOf(c *compiled.Codec, h *holidayRule) {
	compiled.Text(c, &h.name)
	compiled.Text(c, &h.on)
	compiled.List(c, &h.dates, dateOf)
	compiled.Number(c, &h.from)
	compiled.Number(c, &h.to)
	if h.on == "" {
		return
	}
	if c.Reading() {
		var err error
		if h.rule, err = parseHolidayRule(h.on); err != nil {
			c.Refuse()
			return
		}
	}
	compiled.List(c, &h.rule.Except, compiled.Number[int])
	compiled.List(c, &h.rule.Observed, func(c *compiled.Codec, day *cal.AltDay) {
		compiled.Number(c, &day.Day)
		compiled.Number(c, &day.Offset)
	})
}

func (s *shared) row(c *compiled.Codec, r *lawRow) {
	rightOf(c, &r.Right)
	compiled.Text(c, &r.zone)
	compiled.List(c, &r.clocks, s.clockOf)
	compiled.Table(c, &r.by, s.clockOf)
	compiled.Yes(c, &r.internal)
	compiled.Yes(c, &r.noExtension)
	periodOf(c, &r.target)
}

func rightOf(c *compiled.Codec, r *Right) {
	compiled.Text(c, &r.ID)
	compiled.Text(c, &r.Title)
	compiled.Text(c, &r.Law)
	compiled.Text(c, &r.Citation)
	compiled.Text(c, &r.Source)
	compiled.Text(c, &r.Who)
	compiled.Text(c, &r.Queue)
	compiled.Number(c, &r.Priority)
	compiled.List(c, &r.Required, compiled.Text[string])
	compiled.Text(c, &r.Verification)
	compiled.Maybe(c, &r.Limit, limitOf)
	compiled.List(c, &r.RefusalMust, compiled.Text[string])
	compiled.Text(c, &r.Retention)
	compiled.Text(c, &r.Metric)
	for _, yes := range []*bool{&r.AutoSuppress, &r.Silent, &r.Modifier, &r.Outbound} {
		compiled.Yes(c, yes)
	}
	dateOf(c, &r.ValidFrom)
	dateOf(c, &r.ValidTo)
}

func limitOf(c *compiled.Codec, l *Limit) {
	compiled.Number(c, &l.Max)
	compiled.Text(c, &l.Window)
	compiled.Text(c, &l.Zone)
	compiled.Text(c, &l.Citation)
	compiled.Yes(c, &l.CompleteOnly)
}
