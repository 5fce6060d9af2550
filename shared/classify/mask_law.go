package classify

import "strconv"

// lawful returns the end of a date, a regulation or a section of law that begins at i,
// or i. It looks at a few digits only.
func (m *masker) lawful(i int) int {
	first, n := m.few(i)
	if n == 0 || first == len(m.text) || m.text[i] == '0' && n != 2 {
		return i
	}
	sep := m.text[first]
	if i > 1 && m.text[i-1] == sep && digit(m.text[i-2]) {
		return i // the middle of a longer number
	}
	second, k := m.few(first + 1)
	if k == 0 {
		return i
	}
	a, b := m.text[i:first], m.text[first+1:second]
	if end := m.date(second, sep, a, b); end > second {
		return end
	}
	switch {
	case sep == '/' && isYear(a) && k <= 4 && !m.goesOn(second, '/'):
		return second // (EU) 2016/679
	case sep == '.' && n >= 4 && n <= 5 && k <= 3:
		return m.section(i, second)
	case sep == '.' && n == 3 && k <= 3 && !m.goesOn(second, '.') && !m.dialled(second):
		return second // 16 CFR 312.5
	}
	return i
}

// date returns the end of a date whose first two parts end at second, or second: year,
// month and day, or day, month and year in one of their orders.
func (m *masker) date(second int, sep byte, a, b string) int {
	if sep != '-' && sep != '/' && sep != '.' || second == len(m.text) || m.text[second] != sep {
		return second
	}
	end, n := m.few(second + 1)
	if n == 0 || m.goesOn(end, sep) {
		return second
	}
	c := m.text[second+1 : end]
	ymd := isYear(a) && dayAndMonth(b, c)
	dmy := (isYear(c) || n == 2) && dayAndMonth(a, b)
	if !ymd && !dmy {
		return second
	}
	return end
}

func dayAndMonth(a, b string) bool {
	if len(a) > 2 || len(b) > 2 {
		return false
	}
	x, _ := strconv.Atoi(a)
	y, _ := strconv.Atoi(b)
	return x > 0 && y > 0 && x <= 31 && y <= 31 && (x <= 12 || y <= 12)
}

// section returns the end of a section such as 1798.105 or 1798.199.100 whose second part
// ends at end, or i.
func (m *masker) section(i, end int) int {
	for range 2 {
		if !m.goesOn(end, '.') {
			return end
		}
		next, n := m.few(end + 1)
		if n > 3 {
			return i
		}
		end = next
	}
	if m.goesOn(end, '.') {
		return i
	}
	return end
}

// dialled reports whether "415.555" goes on as a telephone number does, with three digits
// or more; a second section, as in 999.300-999.337, does not.
func (m *masker) dialled(end int) bool {
	next, _ := m.separator(end, false)
	after, n := m.few(next)
	return next > end && n >= 3 && (n > 3 || !m.goesOn(after, '.'))
}

// goesOn reports whether the sign and a digit stand at i.
func (m *masker) goesOn(i int, sep byte) bool {
	return i+1 < len(m.text) && m.text[i] == sep && digit(m.text[i+1])
}

// few returns the end of up to five digits at i and how many they are; of more, none.
func (m *masker) few(i int) (end, n int) {
	for end = i; end < len(m.text) && digit(m.text[end]); end++ {
		if end-i == 5 {
			return i, 0
		}
	}
	return end, end - i
}

func digit(c byte) bool { return c >= '0' && c <= '9' }
