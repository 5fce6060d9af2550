package classify

import (
	"iter"
	"regexp"
	"strings"
	"unicode"
)

// Numbers that nobody should mail. Each pattern is wide and its check sum narrow.
var (
	socialSecurity = regexp.MustCompile(`\b(?:00[1-9]|0[1-9][0-9]|[1-578][0-9]{2}|6[0-57-9][0-9]|66[0-57-9])-(?:0[1-9]|[1-9][0-9])-[0-9]{4}\b`)
	cardNumber     = regexp.MustCompile(`\b(?:[3-6][0-9]{12,18}|[3-6][0-9]{3}[ -][0-9]{4}[ -][0-9]{4}[ -][0-9]{4}|3[0-9]{3}[ -][0-9]{6}[ -][0-9]{5})\b`)
	ibanNumber     = regexp.MustCompile(`\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b`)
)

// sensitiveNumbers notes social security, card and bank account numbers. The
// evidence masks nothing: it stays inside the case, like the mail itself.
func (r *reading) sensitiveNumbers(v *verdict) {
	found := false
	look := func(t text, from, to int, rule string, re *regexp.Regexp, valid func(string) bool) {
		for _, at := range re.FindAllStringIndex(t.raw[from:to], 20) {
			start, end := from+at[0], from+at[1]
			if valid(t.raw[start:end]) {
				v.extra = append(v.extra, Evidence{Rule: rule, Text: t.raw[start:end], Where: t.where, Start: start, End: end})
				found = true
			}
		}
	}
	for _, t := range r.texts {
		for from, to := range longNumbers(t) {
			number := t.raw[from:to]
			if strings.Contains(number, "-") {
				look(t, from, to, "social-security-number", socialSecurity, func(string) bool { return true })
			}
			if to-from >= 13 {
				look(t, from, to, "card-number", cardNumber, luhn)
			}
			if strings.ContainsFunc(number, unicode.IsUpper) {
				look(t, from, to, "bank-account-number", ibanNumber, mod97)
			}
		}
	}
	if found {
		v.modify("sensitive_data_received")
	}
}

// longNumbers yields the stretches of a text that hold nine digits or more with nothing
// but capitals, blanks and hyphens between them, and one sign on either side.
func longNumbers(t text) iter.Seq2[int, int] {
	raw := t.raw
	return func(yield func(from, to int) bool) {
		for i := t.digit; i < len(raw); i++ {
			if !digitOf(raw[i]) {
				continue
			}
			from, to, digits := i, i, 0
			for from > 0 && i-from < 4 && numberSign(raw[from-1]) {
				from--
			}
			for to < len(raw) && (numberSign(raw[to]) || digitOf(raw[to])) {
				if digitOf(raw[to]) {
					digits++
				}
				to++
			}
			if digits >= 9 && !yield(max(0, from-1), min(len(raw), to+1)) {
				return
			}
			i = to
		}
	}
}

func digitOf(c byte) bool    { return c >= '0' && c <= '9' }
func numberSign(c byte) bool { return c >= 'A' && c <= 'Z' || c == ' ' || c == '-' }

// luhn is the check digit of payment cards, ISO/IEC 7812-1 annex B.
func luhn(s string) bool {
	sum, n := 0, 0
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] < '0' || s[i] > '9' {
			continue
		}
		d := int(s[i] - '0')
		if n%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
		n++
	}
	return n >= 13 && n <= 19 && sum%10 == 0
}

// mod97 is the check of account numbers, ISO 13616-1: the first four signs go to
// the end, letters become numbers, and the rest by 97 is 1.
func mod97(s string) bool {
	var signs []byte
	for i := range len(s) {
		if s[i] != ' ' {
			signs = append(signs, s[i])
		}
	}
	if len(signs) < 15 || len(signs) > 34 {
		return false
	}
	rest := 0
	for _, c := range append(append([]byte{}, signs[4:]...), signs[:4]...) {
		if c >= 'A' {
			rest = (rest*100 + int(c-'A') + 10) % 97
		} else {
			rest = (rest*10 + int(c-'0')) % 97
		}
	}
	return rest == 1
}
