package email

import (
	"bytes"
	"encoding/base64"
	"strings"
)

// decodeTransfer undoes a Content-Transfer-Encoding. It keeps what can be read
// of damaged input: the standard decoders stop at the first fault and lose the
// rest of a letter. ok is false if the label is unknown or bytes were dropped.
func decodeTransfer(label string, b []byte) (out []byte, ok bool) {
	enc, known := transferEncoding(label)
	switch enc {
	case "base64":
		out, ok = decodeBase64(b)
	case "quoted-printable":
		out, ok = decodeQuotedPrintable(b, "\n")
	case "uuencode":
		out, ok = decodeUU(b)
	default:
		if !known && bytes.HasPrefix(b, []byte("begin ")) {
			return decodeUU(b)
		}
		out, ok = b, true
	}
	return out, ok && known
}

// transferEncoding maps the labels found in the wild to the few that exist:
// "7-bit", "8bits", "quoted printable", "quoted-printable;", "base64 (x)". Anything
// else means the bytes are what they are. known is false for all but the labels that
// the standard has.
func transferEncoding(label string) (enc string, known bool) {
	switch s := lowerASCII(label); s {
	case "", "7bit", "8bit", "binary":
		return "", true
	case "base64", "quoted-printable":
		return s, true
	case "uuencode", "x-uuencode", "uue", "x-uue": // no standard, and no mistake
		return "uuencode", true
	}
	s := strings.ToLower(strings.Trim(label, " \t\"'"))
	if i := strings.IndexAny(s, ";("); i >= 0 {
		s = s[:i]
	}
	s = withoutMarks.Replace(s)
	switch {
	case strings.HasPrefix(s, "base64"):
		return "base64", false
	case strings.HasPrefix(s, "quotedp"):
		return "quoted-printable", false
	case s == "uuencode", s == "xuuencode":
		return "uuencode", false
	}
	return "", false
}

var withoutMarks = strings.NewReplacer("-", "", " ", "", "\t", "", "_", "", "\n", "")

// decodeBase64 reads the alphabet, skips blanks, and stops at the padding: what
// follows is a footer some list server appended. An unpadded tail is decoded too.
func decodeBase64(b []byte) (out []byte, ok bool) {
	clean := make([]byte, 0, len(b))
	// Nearly all base64 in mail is whole lines of the alphabet: those are copied as
	// they are, and only what is left is looked at byte by byte.
	for {
		i := bytes.IndexByte(b, '\n')
		if i < 0 || !inAlphabet(b[:i]) {
			break
		}
		clean = append(clean, b[:i]...)
		b = b[i+1:]
	}
	ok = true
scan:
	for i, c := range b {
		switch {
		case base64Alphabet[c]:
			clean = append(clean, c)
		case c == '\n', c == ' ', c == '\t', c == '\r':
		case c == '=':
			ok = ok && len(bytes.Trim(b[i:], "= \t\r\n")) == 0
			break scan
		default:
			ok = false
		}
	}
	if len(clean)%4 == 1 { // six bits alone are no byte
		clean, ok = clean[:len(clean)-1], false
	}
	n, err := base64.RawStdEncoding.Decode(clean, clean)
	return clean[:n], ok && err == nil
}

// inAlphabet reports whether a line is all base64.
func inAlphabet(line []byte) bool {
	for _, c := range line {
		if !base64Alphabet[c] {
			return false
		}
	}
	return true
}

var base64Alphabet = byteSet("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")

// decodeQuotedPrintable passes what is not encoded through as it is, NUL apart. Line
// ends become lineEnd.
func decodeQuotedPrintable(b []byte, lineEnd string) (out []byte, ok bool) {
	out = make([]byte, 0, len(b))
	ok = true
	for len(b) > 0 {
		line, rest := cutLine(b)
		last := len(rest) == 0 && b[len(b)-1] != '\n'
		b = rest
		line = bytes.TrimRight(line, " \t\r")
		soft := bytes.HasSuffix(line, []byte("="))
		if soft {
			line = line[:len(line)-1]
		}
		if bytes.IndexByte(line, '=') < 0 && bytes.IndexByte(line, 0) < 0 {
			out = append(out, line...)
			line = nil
		}
		for i := 0; i < len(line); i++ {
			c := line[i]
			if c == '=' && i+2 < len(line) && unhex(line[i+1]) < 16 && unhex(line[i+2]) < 16 {
				out = append(out, unhex(line[i+1])<<4|unhex(line[i+2]))
				i += 2
				continue
			}
			ok = ok && c != '=' && c != 0
			if c != 0 {
				out = append(out, c)
			}
		}
		if !soft && !last {
			out = append(out, lineEnd...)
		}
	}
	return out, ok
}

// unhex is the value of a hexadecimal digit, or 255.
func unhex(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	}
	return 255
}

// decodeUU reads the first "begin 644 name" block.
func decodeUU(b []byte) (out []byte, ok bool) {
	i := bytes.Index(b, []byte("begin "))
	if i < 0 || i > 0 && b[i-1] != '\n' {
		return b, false
	}
	_, rest := cutLine(b[i:])
	for len(rest) > 0 {
		var line []byte
		line, rest = cutLine(rest)
		line = bytes.TrimRight(line, "\r")
		if bytes.Equal(line, []byte("end")) {
			return out, true
		}
		if len(line) == 0 {
			continue
		}
		n := int(line[0]-' ') & 63
		line = append(bytes.Clone(line[1:]), "   "...) // blanks at the end get lost on the way
		for ; n > 0 && len(line) >= 4; line = line[4:] {
			q := [4]byte{}
			for j := range q {
				q[j] = (line[j] - ' ') & 63
			}
			three := []byte{q[0]<<2 | q[1]>>4, q[1]<<4 | q[2]>>2, q[2]<<6 | q[3]}
			out = append(out, three[:min(n, 3)]...)
			n -= 3
		}
	}
	return out, false
}
