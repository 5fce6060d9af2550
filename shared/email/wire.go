package email

import "bytes"

// unixLines makes every line end a single LF. CR CR LF comes from mail saved in
// text mode twice, lone CR from very old Macs: only where there is no LF at all
// is a lone CR a line end. The input is never changed.
func unixLines(raw []byte) []byte {
	if bytes.IndexByte(raw, '\r') < 0 {
		return raw
	}
	if bytes.IndexByte(raw, '\n') < 0 {
		return bytes.ReplaceAll(raw, []byte("\r"), []byte("\n"))
	}
	out := make([]byte, 0, len(raw))
	for {
		i := bytes.IndexByte(raw, '\r')
		if i < 0 {
			return append(out, raw...)
		}
		out = append(out, raw[:i]...)
		rest := bytes.TrimLeft(raw[i:], "\r")
		if len(rest) == 0 || rest[0] != '\n' {
			out = append(out, raw[i:len(raw)-len(rest)]...)
		}
		raw = rest
	}
}

// unwrapped drops what stands before the first header field and is no part of
// the mail: a byte order mark, blank lines, one mbox "From " line.
func unwrapped(b []byte) []byte {
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	b = bytes.TrimLeft(b, "\n")
	if isFromLine(b) {
		_, b = cutLine(b)
		b = bytes.TrimLeft(b, "\n")
	}
	return b
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
