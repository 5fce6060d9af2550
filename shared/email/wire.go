package email

import (
	"bytes"

	"golang.org/x/text/encoding/unicode"
)

// unixLines makes every line end a single LF. CR CR LF comes from mail saved in
// text mode twice, lone CR from very old Macs: only where there is no LF at all
// is a lone CR a line end. The input is never changed. odd tells of ends that are
// neither LF nor CR LF.
func unixLines(raw []byte) (out []byte, odd bool) {
	if bytes.IndexByte(raw, '\r') < 0 {
		return raw, false
	}
	if bytes.IndexByte(raw, '\n') < 0 {
		return bytes.ReplaceAll(raw, []byte("\r"), []byte("\n")), true
	}
	out = make([]byte, 0, len(raw))
	for {
		i := bytes.IndexByte(raw, '\r')
		if i < 0 {
			return append(out, raw...), odd
		}
		out = append(out, raw[:i]...)
		rest := raw[i+1:]
		if len(rest) > 0 && rest[0] == '\r' {
			rest = bytes.TrimLeft(rest, "\r")
			odd = odd || len(rest) > 0 && rest[0] == '\n'
		}
		if len(rest) == 0 || rest[0] != '\n' {
			out = append(out, raw[i:len(raw)-len(rest)]...)
		}
		raw = rest
	}
}

// source is a mail before and after unixLines.
type source struct{ raw, lines []byte }

// origin finds the mail that b is a part of, and where in it b begins, line ends being
// LF; ok is false where b is decoded already or no line end was changed.
func (r *reader) origin(b []byte) (s source, at int, ok bool) {
	if len(b) == 0 {
		return s, 0, false
	}
	for _, s := range r.sources {
		// A part of a slice reaches as far as the slice does.
		at := cap(s.lines) - cap(b)
		if at >= 0 && at+len(b) <= len(s.lines) && &s.lines[at] == &b[0] {
			return s, at, true
		}
	}
	return source{}, 0, false
}

// rawOffset is where in raw the first n bytes of its unixLines end: before the CRs of a
// line end.
func rawOffset(raw []byte, n int) int {
	at := 0
	for n > 0 {
		chunk := bytes.IndexByte(raw[at:], '\r')
		if chunk < 0 || chunk >= n {
			return at + n
		}
		at, n = at+chunk, n-chunk
		end := at
		for end < len(raw) && raw[end] == '\r' {
			end++
		}
		if end < len(raw) && raw[end] == '\n' {
			at, n = end+1, n-1
			continue
		}
		// CRs that end no line stay.
		kept := min(end-at, n)
		at, n = at+kept, n-kept
	}
	return at
}

// unwrapped drops what stands before the first header field and is no part of
// the mail: a byte order mark, blank lines, one mbox "From " line. dropped tells
// whether something did. A mail saved as UTF-16 by a Windows editor is read as such.
func unwrapped(b []byte) (rest []byte, dropped bool) {
	rest = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	rest = bytes.TrimLeft(rest, "\n")
	if isFromLine(rest) {
		_, rest = cutLine(rest)
		rest = bytes.TrimLeft(rest, "\n")
	}
	return rest, len(rest) < len(b)
}

// fromUTF16 reads a whole mail that was saved as UTF-16 with its byte order mark.
func fromUTF16(raw []byte) (out []byte, was bool) {
	if len(raw) < 4 || raw[0] != 0xff && raw[0] != 0xfe || raw[0]^raw[1] != 1 || bytes.IndexByte(raw[:4], 0) < 0 {
		return raw, false
	}
	out, err := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder().Bytes(raw)
	if err != nil {
		return raw, false
	}
	return out, true
}

// isFromLine reports whether b starts with the line that mbox files put before
// each mail, which some gateways leave in place, quoted or not.
func isFromLine(b []byte) bool {
	return bytes.HasPrefix(b, []byte("From ")) || bytes.HasPrefix(b, []byte(">From "))
}

// cutLine splits off the first line, without its LF.
func cutLine(b []byte) (line, rest []byte) {
	line, rest, _ = bytes.Cut(b, []byte("\n"))
	return line, rest
}
