package email

import (
	"bytes"
	"strings"

	"github.com/emersion/go-message"
)

// Limits of one header block. What is past them is left out and reported.
const (
	maxHeaderBytes  = 256 << 10
	maxHeaderFields = 2000
	maxFieldBytes   = 64 << 10
)

// header is one header block, the top one or that of a part.
type header struct {
	message.Header
	repaired bool // lines that are no fields were left out
	cut      bool // a limit was reached
	known    bool // at least one field that mail has and other text has not
}

// get is the raw value of the first field of that name, "" if there is none. Names
// are compared without case.
func (h *header) get(name string) string { return h.Get(name) }

// values are the raw values of all fields of that name, topmost first.
func (h *header) values(name string) []string { return h.Values(name) }

// has reports whether there is a field of that name.
func (h *header) has(name string) bool { return h.Has(name) }

// each yields every field, topmost first, its name in lower-case and its raw value.
func (h *header) each(yield func(name, value string) bool) {
	for f := h.Fields(); f.Next(); {
		if !yield(strings.ToLower(f.Key()), f.Value()) {
			return
		}
	}
}

// splitHeader takes the header block off the front of b, whose lines end in LF.
// It never fails: go-message refuses a whole mail for one stray line, so lines
// that are neither field nor continuation are dropped here when a field follows
// soon, and start the body otherwise.
func splitHeader(b []byte) (h header, body []byte) {
	var fields [][]byte // each with its continuation lines, aliasing b
	size := 0
	for len(b) > 0 {
		if b[0] == '\n' {
			b = b[1:]
			break
		}
		end := fieldEnd(b)
		switch {
		case fieldName(b[:end]) != "":
			size += min(end, maxFieldBytes)
			if size > maxHeaderBytes || len(fields) >= maxHeaderFields {
				h.cut = true
				break
			}
			fields = append(fields, b[:end])
		case blankLine(b):
			h.addAll(fields)
			return h, b[end:]
		case isFromLine(b) || mailFieldFollows(b):
			h.repaired = true
			_, b = cutLine(b)
			continue
		default: // the blank line is missing
			h.repaired = len(fields) > 0
			h.addAll(fields)
			return h, b
		}
		b = b[end:]
	}
	h.addAll(fields)
	return h, b
}

// addAll hands the fields to go-message, whose header is built from the bottom.
func (h *header) addAll(fields [][]byte) {
	for i := len(fields) - 1; i >= 0; i-- {
		f := fields[i]
		if len(f) > maxFieldBytes {
			f, h.cut = f[:maxFieldBytes], true
		}
		h.known = h.known || isMailField(fieldName(f))
		h.AddRaw(f)
	}
}

// fieldEnd is the length of the first line of b with the continuation lines
// that follow it. A line of blanks alone continues only if the header goes on
// behind it.
func fieldEnd(b []byte) int {
	end := 0
	for {
		i := bytes.IndexByte(b[end:], '\n')
		if i < 0 {
			return len(b)
		}
		end += i + 1
		rest := b[end:]
		if len(rest) == 0 || rest[0] != ' ' && rest[0] != '\t' {
			return end
		}
		if blankLine(rest) {
			_, after := cutLine(rest)
			line, _ := cutLine(after)
			if fieldName(line) == "" || blankLine(line) {
				return end
			}
		}
	}
}

func blankLine(b []byte) bool {
	line, _ := cutLine(b)
	return len(bytes.TrimSpace(line)) == 0
}

// fieldName returns the name of the field that starts b, or "" if none does.
func fieldName(b []byte) string {
	for i, c := range b {
		switch {
		case c == ':':
			return strings.TrimRight(string(b[:i]), " \t")
		case c == ' ' || c == '\t':
			// RFC 5322 section 4.5 once allowed blanks before the colon.
			if i == 0 || !bytes.HasPrefix(bytes.TrimLeft(b[i:], " \t"), []byte(":")) {
				return ""
			}
		case c < '!' || c > '~' || i > 200:
			return ""
		}
	}
	return ""
}

// mailFieldFollows reports whether a field that mail is known to carry stands
// within the three lines after the first: then the first line is a stray one
// and the header goes on.
func mailFieldFollows(b []byte) bool {
	_, b = cutLine(b)
	for range 3 {
		var line []byte
		line, b = cutLine(b)
		if len(line) == 0 {
			return false
		}
		if isMailField(fieldName(line)) {
			return true
		}
	}
	return false
}

// isMailField tells the header fields of mail from words before a colon in
// other text ("Note: ...").
func isMailField(name string) bool {
	name = strings.ToLower(name)
	switch name {
	case "from", "to", "cc", "bcc", "subject", "date", "received", "return-path", "message-id",
		"sender", "reply-to", "mime-version", "delivered-to", "in-reply-to", "references", "received-spf",
		"authentication-results", "auto-submitted", "precedence", "envelope-to", "importance":
		return true
	}
	for _, p := range []string{"x-", "content-", "list-", "resent-", "dkim-", "arc-", "thread-"} {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}
