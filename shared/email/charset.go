package email

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// charsetAliases are labels that mail uses and no table knows, and labels that
// promise less than the bytes hold: ISO-8859-1 in mail is written by programs
// that mean Windows, whose quotes would else become control characters.
var charsetAliases = map[string]string{
	"utf8": "utf-8", "utf8mb4": "utf-8", "unicode-1-1-utf-8": "utf-8", "x-utf-8": "utf-8",
	"iso-8859-1": "windows-1252", "iso8859-1": "windows-1252", "latin1": "windows-1252", "latin-1": "windows-1252",
	"iso_8859-1": "windows-1252", "8859_1": "windows-1252", "cp1252": "windows-1252", "cp-1252": "windows-1252",
	"ansi": "windows-1252", "x-ansi": "windows-1252",
}

// decodeCharset turns bytes of the labelled charset into UTF-8. ok is false if
// the label had to be guessed past. The result may still hold control
// characters but is always valid UTF-8.
func decodeCharset(label string, b []byte) (s string, ok bool) {
	label = lowerASCII(strings.Trim(label, " \t\"';"))
	if alias, found := charsetAliases[label]; found {
		label = alias
	}
	switch label {
	case "utf-8", "us-ascii", "ascii", "":
		if utf8.Valid(b) {
			return string(b), true
		}
		return guessCharset(b), false
	case "windows-1252":
		return windows1252(b), true
	case "utf-16", "utf-16le", "utf-16be", "ucs-2", "unicode":
		if bytes.IndexByte(b, 0) < 0 {
			return guessCharset(b), false
		}
		return decodeUTF16(label, b)
	case "utf-7", "unicode-1-1-utf-7", "x-utf-7", "unicode-2-0-utf-7":
		return decodeUTF7(b)
	case "utf-32", "utf-32be", "utf-32le":
		return decodeUTF32(label, b)
	}
	e := encodingOf(label)
	if e == nil {
		return guessCharset(b), false
	}
	out, err := e.NewDecoder().Bytes(b)
	if err != nil || implausible(out, b) {
		return guessCharset(b), false
	}
	return strings.ToValidUTF8(string(out), "\uFFFD"), true
}

// implausible spots decoders that answer with noise instead of an error:
// iso-2022-kr turns a whole text into one replacement character.
func implausible(out, in []byte) bool {
	bad := bytes.Count(out, []byte("\uFFFD"))
	runes := utf8.RuneCount(out)
	return bad*20 > runes || runes*8 < len(in)
}

// guessCharset is the end of the ladder: UTF-8 if it is valid, else Windows. Text
// that is UTF-8 but for a broken byte or two stays UTF-8.
func guessCharset(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	bad, high := 0, 0
	for p := b; len(p) > 0; {
		if p[0] < utf8.RuneSelf {
			p = p[1:]
			continue
		}
		r, n := utf8.DecodeRune(p)
		if r == utf8.RuneError && n == 1 {
			bad++
		} else {
			high++
		}
		p = p[n:]
	}
	if bad*10 <= high {
		return strings.ToValidUTF8(string(b), "\uFFFD")
	}
	return windows1252(b)
}

func windows1252(b []byte) string {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			out, err := charmap.Windows1252.NewDecoder().Bytes(b)
			if err != nil {
				return strings.ToValidUTF8(string(b), "\uFFFD")
			}
			return string(out)
		}
	}
	return string(b)
}
