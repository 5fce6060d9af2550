package email

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

// mediaType reads Content-Type for what it means. A value that no grammar takes is
// cut at the first semicolon, blank or comma; without a slash it is text/plain, as is
// a missing one. odd tells that the value was not what the standard asks for. The
// parsers of go-message and of the standard library keep a bad value whole or give
// nothing back, so that a text part looks like an attachment and a multipart loses
// its boundary.
func (h *header) mediaType(byDefault string, mostParams int) (media string, params map[string]string, odd, cut bool) {
	raw := h.get("content-type")
	if raw == "" {
		return byDefault, nil, false, false
	}
	media, rest, _ := strings.Cut(raw, ";")
	if media, odd = firstWord(media); media == "" { // "; charset=utf-8", and fields that begin with junk
		odd = true
	}
	media = strings.Trim(media, `"'`)
	if !plainASCII(media, false) {
		media, odd = cleanLine(guessHeader(media)), true
	}
	media = lowerASCII(media)
	params, oddParams, cut := readParams(rest, mostParams)
	odd = odd || oddParams
	switch major, minor, slash := strings.Cut(media, "/"); {
	case major == "mutlipart", major == "mulitpart", major == "multi-part":
		return "multipart/" + minor, params, true, cut
	case !slash || major == "" || minor == "":
		if params["boundary"] != "" {
			return "multipart/mixed", params, true, cut
		}
		return "text/plain", params, true, cut
	}
	return media, params, odd, cut
}

// firstWord is s up to a blank, comma or comment; more tells that there was more,
// comments aside.
func firstWord(s string) (word string, more bool) {
	s = strings.Trim(s, " \t\n")
	i := strings.IndexAny(s, " \t\n,(")
	if i < 0 {
		return s, false
	}
	return s[:i], !strings.HasPrefix(strings.TrimLeft(s[i:], " \t"), "(")
}

// lowerASCII is s in lower-case, without a copy if it is so already.
func lowerASCII(s string) string {
	for i := range len(s) {
		if c := s[i]; c >= 'A' && c <= 'Z' || c >= 0x80 {
			return strings.ToLower(s)
		}
	}
	return s
}

// readParams reads the parameters of a field, "; name=value" each, as tolerantly as
// mail needs: unquoted values with blanks in them, quotes of either kind, a missing
// semicolon behind a quoted value, names without a value, doubled semicolons. A name given twice keeps its first
// value. Continued and encoded values (RFC 2231) are put together in the order of
// their numbers. Names come back in lower-case; odd tells that the grammar was
// broken, cut that there were more than most.
func readParams(s string, most int) (params map[string]string, odd, cut bool) {
	var segments []segment
	for n := 0; ; n++ {
		s = strings.TrimLeft(s, " \t\n;,")
		if s == "" {
			break
		}
		if s[0] == '(' { // a comment
			if end := commentLen(s); end > 0 {
				s = s[end:]
				continue
			}
			return params, true, cut
		}
		if n >= most {
			cut = true
			break
		}
		i := strings.IndexAny(s, "=;")
		if i < 0 || s[i] == ';' {
			odd = true
			if i < 0 {
				break
			}
			s = s[i:]
			continue
		}
		name := lowerASCII(strings.Trim(s[:i], " \t\n"))
		var value string
		var bad bool
		value, s, bad = readValue(s[i+1:])
		odd = odd || bad
		if base, number, encoded, ok := cutSegment(name); ok {
			segments = append(segments, segment{base, number, encoded, value})
			continue
		}
		if j := strings.LastIndexAny(name, " \t\n"); j >= 0 { // "junk charset"
			name, odd = name[j+1:], true
		}
		if name == "" {
			odd = true
			continue
		}
		if params == nil {
			params = make(map[string]string, 4)
		}
		if old, again := params[name]; !again {
			params[name] = value
		} else if old != value {
			odd = true
		}
	}
	return joinSegments(params, segments), odd, cut
}

// readValue reads the value that starts s and returns what stands behind it. A value
// in quotes ends at the quote, another at the semicolon: file names hold blanks that
// their writers forgot to quote.
func readValue(s string) (value, rest string, odd bool) {
	s = strings.TrimLeft(s, " \t\n")
	if s == "" {
		return "", "", true
	}
	if s[0] == '"' {
		if end := strings.IndexByte(s[1:], '"'); end >= 0 && strings.IndexByte(s[1:1+end], '\\') < 0 {
			return s[1 : 1+end], s[2+end:], false
		}
		if n, text := quotedString(s); n > 0 {
			return unescapedPath(s[1:n-1], text), s[n:], false
		}
		s, odd = s[1:], true // a quote that nobody closes
	}
	end := strings.IndexByte(s, ';')
	if end < 0 {
		end = len(s)
	}
	value = strings.Trim(s[:end], " \t\n")
	if i := strings.Index(value, " ("); i >= 0 && strings.HasSuffix(value, ")") {
		value = value[:i]
	}
	if len(value) > 1 && value[0] == '\'' && value[len(value)-1] == '\'' && strings.Count(value, "'") == 2 {
		value, odd = value[1:len(value)-1], true
	}
	return strings.TrimRight(value, `"`), s[end:], odd || strings.ContainsAny(value, " \t\n\"")
}

// unescapedPath keeps the backslashes of "C:\letters\x.doc", which Windows programs
// write without escaping them, and takes them off quotes and other backslashes.
func unescapedPath(written, unescaped string) string {
	if strings.Contains(written, `\\`) || strings.Contains(written, `\"`) {
		return unescaped
	}
	return written
}

// segment is one piece of a value that RFC 2231 spreads over several parameters.
type segment struct {
	name    string
	number  int
	encoded bool // percent-encoded, the first with charset'language'
	value   string
}

// cutSegment reads "filename*0*", "filename*1" and "filename*".
func cutSegment(name string) (base string, number int, encoded, ok bool) {
	base, tail, star := strings.Cut(name, "*")
	if !star || base == "" {
		return "", 0, false, false
	}
	if tail == "" {
		return base, 0, true, true
	}
	tail, encoded = strings.CutSuffix(tail, "*")
	n, err := strconv.Atoi(tail)
	return base, n, encoded, err == nil && n >= 0
}

// joinSegments adds the values put together to the parameters. A value spread over
// segments counts before a plain one of the same name, as RFC 6266 says: the plain
// one is for readers that know nothing else.
func joinSegments(params map[string]string, segments []segment) map[string]string {
	if len(segments) == 0 {
		return params
	}
	slices.SortStableFunc(segments, func(a, b segment) int {
		if c := strings.Compare(a.name, b.name); c != 0 {
			return c
		}
		return a.number - b.number
	})
	if params == nil {
		params = make(map[string]string, 4)
	}
	for len(segments) > 0 {
		n := 1
		for n < len(segments) && segments[n].name == segments[0].name {
			n++
		}
		params[segments[0].name] = joinedSegments(segments[:n])
		segments = segments[n:]
	}
	return params
}

func joinedSegments(list []segment) string {
	label := ""
	var raw []byte
	for i, s := range list {
		if i > 0 && s.number == list[i-1].number {
			continue // given twice: the first counts
		}
		if !s.encoded {
			raw = append(raw, s.value...)
			continue
		}
		value := s.value
		if i == 0 {
			if parts := strings.SplitN(value, "'", 3); len(parts) == 3 {
				label, value = parts[0], parts[2]
			}
		}
		raw = appendPercent(raw, value)
	}
	text, _ := decodeCharset(label, raw)
	return text
}

// appendPercent undoes percent-encoding; what is none stays as it is.
func appendPercent(out []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && unhex(s[i+1]) < 16 && unhex(s[i+2]) < 16 {
			out = append(out, unhex(s[i+1])<<4|unhex(s[i+2]))
			i += 2
			continue
		}
		out = append(out, s[i])
	}
	return out
}

// disposition reads Content-Disposition: its word and the file name the part is
// given there or in Content-Type, decoded.
func (h *header) disposition(params map[string]string, mostParams int) (word, name string, cut bool) {
	if raw := h.get("content-disposition"); raw != "" {
		var rest string
		var dp map[string]string
		word, rest, _ = strings.Cut(raw, ";")
		word, _ = firstWord(word)
		word = lowerASCII(word)
		dp, _, cut = readParams(rest, mostParams)
		name = dp["filename"]
	}
	if name == "" {
		name = params["name"]
	}
	return word, decodeWords(name), cut
}

// sniffBoundary finds the boundary of a multipart that does not name it: the
// first line of the body that begins with two hyphens and occurs again.
func sniffBoundary(body []byte) string {
	for i, rest := 0, body; i < 50 && len(rest) > 0; i++ {
		var line []byte
		line, rest = cutLine(rest)
		line = bytes.TrimRight(line, " \t")
		if len(line) < 5 || len(line) > 200 || !bytes.HasPrefix(line, []byte("--")) || len(bytes.Trim(line, "-")) == 0 {
			continue
		}
		if bytes.Contains(rest, append([]byte("\n"), line...)) {
			return string(line[2:])
		}
	}
	return ""
}
