package replies

import (
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"
)

// oneLine makes a value fit for one line of a letter: valid UTF-8, no control
// character, nothing that reverses the reading direction, single spaces.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), r == '\u2028', r == '\u2029':
			return ' '
		case invisible(r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.Join(strings.Fields(s), " ")
}

// invisible reports control characters and the marks that change what a reader
// sees without being seen: U+200B to U+200F, U+202A to U+202E, U+2066 to U+2069.
func invisible(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
}

// clean reports whether a value of ours can go into a header as it is.
func clean(s string) bool {
	return utf8.ValidString(s) && s == oneLine(s)
}

// body makes a text fit for a part of a mail: valid UTF-8, LF line ends, no
// control character but LF and tab.
func body(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && unicode.IsControl(r) {
			return -1
		}
		return r
	}, s)
}

// Limits of RFC 5321 section 4.5.3.1 and of good sense.
const (
	maxAddress    = 254
	maxMessageID  = 250
	maxReferences = 30
)

// usableAddress reports whether a mail can be sent to an address. A local part
// outside ASCII is refused: few servers on the way would carry it.
func usableAddress(s string) bool {
	if len(s) > maxAddress || !ascii(s) {
		return false
	}
	a, err := mail.ParseAddress("<" + s + ">")
	return err == nil && a.Address == s && a.Name == "" && domain(s) != ""
}

func domain(address string) string {
	return address[strings.LastIndexByte(address, '@')+1:]
}

// usableID reports whether a message id can stand between angle brackets.
func usableID(s string) bool {
	if s == "" || len(s) > maxMessageID || !ascii(s) || strings.ContainsAny(s, "<> ,;") {
		return false
	}
	at := strings.LastIndexByte(s, '@')
	return at > 0 && at < len(s)-1
}

// ascii reports whether s is printable ASCII.
func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) < 0
}
