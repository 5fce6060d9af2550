package email

import (
	"bytes"
	"encoding/base64"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// decodeUTF16 reads UTF-16 by its byte order mark, else by its label, else by where
// the NUL bytes stand: mail from Windows says "utf-16" and means little-endian.
func decodeUTF16(label string, b []byte) (s string, ok bool) {
	order := unicode.BigEndian
	if label == "utf-16le" || label != "utf-16be" && nulsAtOddPlaces(b) {
		order = unicode.LittleEndian
	}
	out, err := unicode.UTF16(order, unicode.UseBOM).NewDecoder().Bytes(b)
	if err != nil || implausible(out, b) {
		return guessCharset(b), false
	}
	return string(out), true
}

func decodeUTF32(label string, b []byte) (s string, ok bool) {
	order := utf32.BigEndian
	if label == "utf-32le" {
		order = utf32.LittleEndian
	}
	out, err := utf32.UTF32(order, utf32.UseBOM).NewDecoder().Bytes(b)
	if err != nil || implausible(out, b) {
		return guessCharset(b), false
	}
	return string(out), true
}

// nulsAtOddPlaces looks at the first kilobyte: Latin letters in little-endian UTF-16
// have their NUL second.
func nulsAtOddPlaces(b []byte) bool {
	even, odd := 0, 0
	for i, c := range b[:min(len(b), 1024)] {
		if c != 0 {
			continue
		}
		if i%2 == 0 {
			even++
		} else {
			odd++
		}
	}
	return odd > even
}

// decodeUTF7 reads RFC 2152, which no library here knows and old Exchange servers
// still write: "+" opens base64 of UTF-16, "-" closes it, "+-" is a plus. What is no
// such base64 stays as it is and makes ok false.
func decodeUTF7(b []byte) (s string, ok bool) {
	var out strings.Builder
	out.Grow(len(b))
	ok = true
	for len(b) > 0 {
		i := bytes.IndexByte(b, '+')
		if i < 0 {
			out.Write(b)
			break
		}
		out.Write(b[:i])
		b = b[i+1:]
		n := 0
		for n < len(b) && base64Alphabet[b[n]] {
			n++
		}
		text, read := utf16Base64(b[:n])
		switch {
		case n == 0 && len(b) > 0 && b[0] == '-':
			out.WriteByte('+')
		case n == 0 || !read:
			out.WriteByte('+')
			out.Write(b[:n])
			b, ok = b[n:], false
			continue
		default:
			out.WriteString(text)
		}
		b = b[n:]
		if len(b) > 0 && b[0] == '-' {
			b = b[1:]
		}
	}
	if s = out.String(); !utf8.ValidString(s) {
		return guessCharset([]byte(s)), false
	}
	return s, ok
}

// utf16Base64 decodes one run of base64 in UTF-7.
func utf16Base64(b []byte) (s string, ok bool) {
	if len(b)%4 == 1 {
		return "", false
	}
	raw := make([]byte, base64.RawStdEncoding.DecodedLen(len(b)))
	// The bits left over at the end of a run are zero or were mangled; they are no text.
	if _, err := base64.RawStdEncoding.Decode(raw, b); err != nil || len(raw) < 2 {
		return "", false
	}
	out, err := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewDecoder().Bytes(raw[:len(raw)&^1])
	return string(out), err == nil && !bytes.Contains(out, []byte("\uFFFD"))
}
