package rights

import (
	"fmt"
	"strconv"
	"strings"
)

// unit is what a period is counted in.
type unit string

const (
	businessDays unit = "business days"
	calendarDays unit = "calendar days"
	months       unit = "months"
)

// period is a number of units, with what an extension adds: "45 calendar days",
// "1 month + 2 months". The whole is counted from receipt, not from the first
// deadline: 31 January plus three months is 30 April, by way of 28 February it
// would be 28 April.
type period struct {
	first, extra int
	unit         unit
}

func (p period) total() int { return p.first + p.extra }

// String writes the whole period: "90 calendar days".
func (p period) String() string {
	if p.total() == 1 {
		return "1 " + strings.TrimSuffix(string(p.unit), "s")
	}
	return fmt.Sprintf("%d %s", p.total(), p.unit)
}

// parsePeriod reads "10 business days", "1 month" or "1 month + 2 months".
func parsePeriod(s string) (period, error) {
	first, extra, extended := strings.Cut(s, " + ")
	p, err := parseSpan(first)
	if err != nil || !extended {
		return p, err
	}
	more, err := parseSpan(extra)
	if err != nil {
		return period{}, err
	}
	if more.unit != p.unit {
		return period{}, fmt.Errorf("period %q adds %s to %s; use one unit", s, more.unit, p.unit)
	}
	p.extra = more.first
	return p, nil
}

func parseSpan(s string) (period, error) {
	number, word, _ := strings.Cut(s, " ")
	n, err := strconv.Atoi(number)
	if err != nil {
		return period{}, fmt.Errorf("cannot read the period %q; write it like \"45 calendar days\", \"10 business days\" or \"1 month\"", s)
	}
	if n <= 0 {
		return period{}, fmt.Errorf("period %q is not positive; a law gives at least one day", s)
	}
	u := unit(strings.TrimSuffix(word, "s") + "s")
	switch u {
	case businessDays, calendarDays, months:
		return period{first: n, unit: u}, nil
	}
	return period{}, fmt.Errorf("cannot read the period %q; write it like \"45 calendar days\", \"10 business days\" or \"1 month\"", s)
}

// reading is how the strictest plausible reader would count a period.
type reading string

const (
	// sameReading: nobody reads it more strictly.
	sameReading reading = "same"
	// receiptCounts: the day of receipt is day one, so the period ends a day earlier.
	receiptCounts reading = "day-of-receipt-counts"
	// monToSat: every day but Sunday is a business day, holidays or not.
	monToSat reading = "monday-to-saturday"
	// noRoll: an end on a free day does not move on but back to a working day.
	noRoll reading = "no-roll"
)

// rule is one row of a clock: the duties that fall due when a period ends.
type rule struct {
	duties    []Duty
	period    period
	inclusive bool // in law the day of receipt is day one
	roll      bool // an end on a free day moves to the next working day
	safe      reading
	citation  string
	source    string
	internal  bool
	address   string // "designated" or "elsewhere": only for mail that came there; "" for all
}

// appliesTo reports whether the rule is for mail that came this way.
func (r rule) appliesTo(designated bool) bool {
	return r.address == "" || (r.address == "designated") == designated
}

// end is the day on which the bare period ends, before any rolling.
func (r rule) end(received Date, c *Calendar) Date {
	switch r.period.unit {
	case businessDays:
		return AddBusinessDays(received, r.period.total(), c)
	case calendarDays:
		if r.inclusive {
			return AddDays(received, r.period.total()-1)
		}
		return AddDays(received, r.period.total())
	default:
		return AddMonthsClip(received, r.period.total())
	}
}

// statutory is the ordinary legal reading.
func (r rule) statutory(received Date, c *Calendar) Date {
	if r.roll {
		return RollForward(r.end(received, c), c)
	}
	return r.end(received, c)
}

// strictest is the strictest plausible reading. An extension in months is
// counted both ways, from receipt and from the first deadline, and the earlier
// day is kept.
func (r rule) strictest(received Date, c *Calendar) Date {
	end := r.end(received, c)
	if r.period.unit == months && r.period.extra > 0 {
		end = earlier(end, AddMonthsClip(AddMonthsClip(received, r.period.first), r.period.extra))
	}
	switch r.safe {
	case receiptCounts:
		end = AddDays(end, -1)
	case monToSat:
		end = AddWeekdaysMonToSat(received, r.period.total())
	case noRoll:
		end = RollBack(end, c)
	}
	return earlier(end, r.statutory(received, c))
}

func earlier(a, b Date) Date {
	if b.Before(a) {
		return b
	}
	return a
}
