package sesmail

import (
	"bytes"
	"strings"
	"unicode"
)

// maxHead bounds how much of a mail is read for its subject and author.
const maxHead = 256 << 10

// head is the header of a mail. Its body need not be read to pass it on.
func head(raw []byte) []byte {
	raw = raw[:min(len(raw), maxHead)]
	for _, blank := range []string{"\r\n\r\n", "\n\n", "\r\r"} {
		if i := bytes.Index(raw, []byte(blank)); i >= 0 {
			raw = raw[:i+len(blank)]
		}
	}
	return raw
}

// maxLine is the longest line that SMTP carries: RFC 5322 2.1.1.
const maxLine = 998

// travels reports whether bytes arrive as they are when sent as 7bit: RFC 2045 2.7.
func travels(raw []byte) bool {
	line := 0
	for i, c := range raw {
		switch {
		case c == 0, c >= 0x80:
			return false
		case c == '\r':
			if i+1 == len(raw) || raw[i+1] != '\n' {
				return false
			}
		case c == '\n':
			if i == 0 || raw[i-1] != '\r' {
				return false
			}
			line = 0
		default:
			if line++; line > maxLine {
				return false
			}
		}
	}
	return true
}

// maxSubject is how many characters of a subject are repeated.
const maxSubject = 150

// oneLine makes a stranger's subject fit for our header: one line, nothing invisible,
// no more than a line or two of it.
func oneLine(subject string) string {
	subject = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(subject, ""))
	subject = strings.Join(strings.Fields(subject), " ")
	subject = strings.ReplaceAll(subject, "=?", "= ?") // what is decoded once is not decoded again: RFC 2047
	if subject == "" {
		return "(no subject)"
	}
	if chars := []rune(subject); len(chars) > maxSubject {
		return string(chars[:maxSubject]) + "\u2026"
	}
	return subject
}
