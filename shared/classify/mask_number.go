package classify

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	longRun    = 6   // digits in a row that are no year, no ZIP code and no section
	phoneLike  = 7   // digits in groups: the shortest number that is dialled
	maxGroups  = 11  // groups that are read together: ten single digits and a country code
	nearEnough = 200 // sections of one law between two that are named as a range
)

// groups are digits with blanks, hyphens and the like between them.
type groups struct {
	end     int // of the last one
	n       int
	digits  int // of all together
	longest int
	first   string
	last    string
	dash    bool // a hyphen stands before the last
	plus    bool // the first is a country code
	paren   bool // the first is in parentheses
}

// number looks at the digits that begin at i, and returns where to go on and whether they
// are to be replaced. It returns i where none begin.
func (m *masker) number(i int) (end int, long bool) {
	var g groups
	start := i
	for start < len(m.text) && start < i+2 && (m.text[start] == '+' || m.text[start] == '(') {
		g.paren = g.paren || m.text[start] == '('
		g.plus = g.plus || m.text[start] == '+'
		start++
	}
	first, n := m.digits(start)
	if n == 0 {
		return i, false
	}
	if start == i {
		if end := m.lawful(i); end > i {
			return end, false
		}
		if n == 4 && m.yearStandsAlone(start, first) {
			return first, false
		}
	}
	g.add(m.text[start:first], first, n)
	m.gather(&g)
	if g.long() {
		return g.end, true
	}
	return first, false
}

func (g *groups) add(text string, end, n int) {
	if g.n == 0 {
		g.first = text
	}
	g.last, g.end = text, end
	g.n++
	g.digits += n
	g.longest = max(g.longest, n)
}

// gather adds the groups that follow, up to one that is the law's.
func (m *masker) gather(g *groups) {
	for g.n < maxGroups {
		start, dash := m.separator(g.end, g.plus)
		if start == g.end || m.lawful(start) > start {
			return
		}
		end, n := m.digits(start)
		if m.text[start-1] == '(' && n == 1 && !g.plus {
			return // "7022 (1)" is a paragraph
		}
		g.dash = dash
		g.add(m.text[start:end], end, n)
	}
}

// long decides. Lists of articles and ranges of sections stay.
func (g *groups) long() bool {
	switch {
	case g.longest >= longRun:
		return true
	case g.digits < phoneLike:
		return false
	case g.plus:
		return true
	case g.longest <= 2 && g.first[0] != '0' && !g.paren:
		return false // 15 16 17 20
	case g.n == 2 && g.dash && len(g.first) == len(g.last) && g.first[0] != '0':
		from, _ := strconv.Atoi(g.first)
		to, _ := strconv.Atoi(g.last)
		return to <= from || to-from > nearEnough // 7020-7028
	}
	return true
}

// digits returns the end of the digits at i, of whatever script, and how many they are.
func (m *masker) digits(i int) (end, n int) {
	for i < len(m.text) {
		size := 1
		if c := m.text[i]; c >= utf8.RuneSelf {
			var r rune
			if r, size = utf8.DecodeRuneInString(m.text[i:]); !unicode.IsDigit(r) {
				return i, n
			}
		} else if c < '0' || c > '9' {
			return i, n
		}
		i += size
		n++
	}
	return i, n
}

// separator returns where the next group begins if the signs at i hold a number
// together, or i. A full stop with a blank behind it ends a sentence; a parenthesis right
// behind a digit is a paragraph, unless a country code went before.
func (m *masker) separator(i int, plus bool) (next int, dash bool) {
	if i < len(m.text) && (asciiLetter(m.text[i]) || m.text[i] == ',' || m.text[i] == '\n') {
		return i, false // most numbers end so
	}
	at, marks := i, 0
	for at < len(m.text) && marks < 4 {
		r, size := utf8.DecodeRuneInString(m.text[at:])
		alone := r == '.' || r == '/'
		switch {
		case alone && marks > 0, r == '(' && at == i && !plus:
			return i, false
		case strings.ContainsRune("-\u2010\u2011\u2012\u2013", r):
			dash = true
		case !alone && !strings.ContainsRune(" \u00a0\u202f()", r):
			marks = 4 // no sign of a number
			continue
		}
		at += size
		marks++
		if alone {
			break
		}
	}
	if _, n := m.digits(at); n == 0 || at == i {
		return i, false
	}
	return at, dash
}

// yearStandsAlone reports whether four digits are a year, and not the beginning of a
// longer number.
func (m *masker) yearStandsAlone(start, end int) bool {
	if !isYear(m.text[start:end]) {
		return false
	}
	next, _ := m.separator(end, false)
	if next == end || m.lawful(next) > next {
		return true
	}
	after, n := m.digits(next)
	return n <= 2 || isYear(m.text[next:after])
}

func isYear(s string) bool {
	return len(s) == 4 && (s[:2] == "19" || s[:2] == "20")
}
