package email

import (
	"bytes"
	"strings"
)

// header is one header block, the top one or that of a part.
type header struct {
	fields   []field
	repaired bool // lines that are no fields were left out
	cut      bool // a limit was reached
	known    bool // at least one field that mail has and other text has not
}

// field is one header field. Its value is unfolded when somebody first asks for it:
// most fields of a mail are never looked at.
type field struct {
	name   string // lower-case
	value  string // behind the colon, blanks around it gone
	folded bool   // value still has its line ends
}

func (f *field) unfolded() string {
	if f.folded {
		f.value, f.folded = unfold(f.value), false
	}
	return f.value
}

// unfold joins the lines of a folded value with one blank each.
func unfold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for line := range strings.SplitSeq(s, "\n") {
		if line = strings.Trim(line, " \t"); line == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(line)
	}
	return b.String()
}

func (f *field) is(name string) bool {
	return len(f.name) == len(name) && strings.EqualFold(f.name, name)
}

// get is the raw value of the first field of that name, "" if there is none. Names
// are compared without case.
func (h *header) get(name string) string {
	for i := range h.fields {
		if h.fields[i].is(name) {
			return h.fields[i].unfolded()
		}
	}
	return ""
}

// values are the raw values of all fields of that name, topmost first.
func (h *header) values(name string) (list []string) {
	for i := range h.fields {
		if h.fields[i].is(name) {
			list = append(list, h.fields[i].unfolded())
		}
	}
	return list
}

// has reports whether there is a field of that name.
func (h *header) has(name string) bool {
	for i := range h.fields {
		if h.fields[i].is(name) {
			return true
		}
	}
	return false
}

// headerLimits bound one header block. What is past them is left out and reported.
type headerLimits struct{ fields, bytes, fieldBytes int }

// place is where one field with its continuation lines stands in a block.
type place struct{ start, name, end int }

// splitHeader takes the header block off the front of b, whose lines end in LF.
// It never fails. go-message refuses a whole mail for one stray line, a blank before
// a colon or a byte above ASCII in a name, and takes a megabyte of header at most; so
// lines that are neither field nor continuation are dropped here when a field follows
// soon, and start the body otherwise.
func splitHeader(b []byte, most headerLimits) (h header, body []byte) {
	var room [24]place // most headers are not larger, so this stays off the heap
	places := room[:0]
	size, at := 0, 0
scan:
	for at < len(b) {
		if b[at] == '\n' {
			at++
			break
		}
		name := nameLen(b[at:])
		switch {
		case name > 0:
			end := at + fieldEnd(b[at:])
			if size += min(end-at, most.fieldBytes); size > most.bytes || len(places) >= most.fields {
				h.cut = true
			} else {
				places = append(places, place{at, name, end})
			}
			at = end
		case blankLine(b[at:]):
			_, rest := cutLine(b[at:])
			at = len(b) - len(rest)
			break scan
		case isFromLine(b[at:]) || mailFieldFollows(b[at:]):
			h.repaired = true
			_, rest := cutLine(b[at:])
			at = len(b) - len(rest)
		default: // the blank line is missing
			h.repaired = len(places) > 0
			break scan
		}
	}
	h.keep(b, places, most)
	return h, b[at:]
}

// keep copies the fields out of the raw bytes, all in one piece.
func (h *header) keep(b []byte, places []place, most headerLimits) {
	if len(places) == 0 {
		return
	}
	first := places[0].start
	block := string(b[first:places[len(places)-1].end])
	h.fields = make([]field, len(places))
	for i, p := range places {
		name := lowerName(strings.TrimRight(block[p.start-first:p.start-first+p.name], " \t"))
		value := block[p.start+p.name+1-first : p.end-first]
		if len(value) > most.fieldBytes {
			h.cut = true
			if name == "references" { // the newest stand last
				value = value[len(value)-most.fieldBytes:]
			} else {
				value = value[:most.fieldBytes]
			}
		}
		value = strings.Trim(value, " \t\n")
		h.known = h.known || isMailField(name)
		h.fields[i] = field{name, value, strings.IndexByte(value, '\n') >= 0}
	}
}

// commonNames saves a copy of the name for the fields of nearly every mail.
var commonNames = func() map[string]string {
	m := map[string]string{}
	for name := range strings.FieldsSeq("received from to cc bcc subject date message-id mime-version content-type content-transfer-encoding " +
		"content-disposition content-id content-language content-description return-path reply-to sender delivered-to x-original-to envelope-to " +
		"in-reply-to references authentication-results received-spf dkim-signature arc-seal arc-message-signature arc-authentication-results " +
		"auto-submitted precedence list-id list-unsubscribe list-unsubscribe-post list-post list-help feedback-id x-mailer user-agent importance " +
		"x-priority x-spam-status x-ses-spam-verdict x-ses-virus-verdict x-ses-receipt x-ses-dkim-signature x-ses-outgoing thread-topic thread-index " +
		"x-received x-google-smtp-source x-google-dkim-signature x-gm-message-state x-auto-response-suppress x-ms-has-attach x-originating-ip accept-language") {
		m[name] = name
	}
	return m
}()

// lowerName is a field name in lower-case.
func lowerName(s string) string {
	var room [40]byte
	if len(s) > len(room) {
		return strings.ToLower(s)
	}
	for i := range len(s) {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		room[i] = c
	}
	if name, ok := commonNames[string(room[:len(s)])]; ok {
		return name
	}
	return string(room[:len(s)])
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
			if nameLen(line) == 0 || blankLine(line) {
				return end
			}
		}
	}
}

func blankLine(b []byte) bool {
	for _, c := range b {
		switch c {
		case '\n':
			return true
		case ' ', '\t', '\r', '\v', '\f':
		default:
			return false
		}
	}
	return true
}

// nameLen is the length of what stands before the colon of the field that starts b,
// or 0 if none does. RFC 5322 section 4.5 once allowed blanks before the colon.
func nameLen(b []byte) int {
	for i, c := range b {
		switch {
		case c == ':':
			return i
		case c == ' ' || c == '\t':
			if i == 0 || !bytes.HasPrefix(bytes.TrimLeft(b[i:], " \t"), []byte(":")) {
				return 0
			}
		case c < '!' || c > '~' || i > 200:
			return 0
		}
	}
	return 0
}

// fieldName is the name of the field that starts b, in lower-case, or "" if none does.
func fieldName(b []byte) string {
	return lowerName(strings.TrimRight(string(b[:nameLen(b)]), " \t"))
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

// isMailField tells the header fields of mail, in lower-case, from words before a
// colon in other text ("Note: ...").
func isMailField(name string) bool {
	switch name {
	case "from", "to", "cc", "bcc", "subject", "date", "received", "return-path", "message-id",
		"sender", "reply-to", "mime-version", "delivered-to", "in-reply-to", "references", "received-spf",
		"authentication-results", "auto-submitted", "precedence", "envelope-to", "importance":
		return true
	}
	for _, p := range [...]string{"x-", "content-", "list-", "resent-", "dkim-", "arc-", "thread-"} {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}
