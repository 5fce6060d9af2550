package email

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// cleanText makes decoded text fit to keep and to read: valid UTF-8, LF line
// ends, no NUL and no control characters but LF and tab, no invisible characters.
// Zero-width characters, soft hyphens, direction controls and tag characters are
// used to break up words so that rules miss them.
func cleanText(s string) string {
	if plainASCII(s, true) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i, r := range s {
		switch {
		case r == '\r':
			if !strings.HasPrefix(s[i+1:], "\n") {
				b.WriteByte('\n')
			}
		case r == '\n' || r == '\t':
			b.WriteRune(r)
		case r == '\u2028' || r == '\u2029' || r == '\u0085' || r == '\v' || r == '\f':
			b.WriteByte('\n')
		case r == '\u00a0' || r == '\u202f' || r == '\u2007':
			b.WriteByte(' ')
		case !invisible(r):
			b.WriteRune(r)
		}
	}
	return b.String()
}

// cleanLine is cleanText for one-line fields: every run of blanks and line ends
// becomes one blank.
func cleanLine(s string) string {
	if !plainASCII(s, false) {
		s = cleanText(s)
	}
	if !strings.Contains(s, "  ") && !strings.ContainsAny(s, "\t\n\r") {
		return strings.TrimSpace(s)
	}
	return strings.Join(strings.Fields(s), " ")
}

// plainASCII reports whether s holds nothing that cleaning would change.
func plainASCII(s string, lines bool) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 0x7f || c < ' ' && !(lines && (c == '\n' || c == '\t')) {
			return false
		}
	}
	return true
}

// invisible reports characters that take no space on a screen.
func invisible(r rune) bool {
	switch {
	case r < utf8.RuneSelf:
		return r < ' ' || r == 0x7f
	case r == '\u00ad', r == '\u034f', r == '\u061c', r == '\u180e', r == '\ufeff', r == '\u3164', r == '\u115f', r == '\u1160':
		return true
	case r >= '\u200b' && r <= '\u200f', r >= '\u202a' && r <= '\u202e', r >= '\u2060' && r <= '\u206f':
		return true
	case r >= '\ufe00' && r <= '\ufe0f', r >= 0xe0000 && r <= 0xe0fff:
		return true
	}
	return unicode.IsControl(r)
}

// cutText shortens s to at most n bytes without cutting a character.
func cutText(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
