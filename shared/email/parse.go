package email

import (
	"crypto/sha256"
	"encoding/hex"
	"net/mail"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// reader is one run of Parse.
type reader struct {
	o      Options
	m      *Message
	parts  int // read so far, those of attached mails included
	hidden int // characters of hidden text
}

// Parse reads one mail. It is total: whatever the bytes are, it returns a
// Message that can be used, with a warning for everything that was odd. Bytes
// that are no mail at all come back with a NotMail warning and as much text as
// can be read. It does no input or output and is safe for concurrent use. The
// Message keeps no reference to raw except through Attachment.Content.
func Parse(raw []byte, o Options) *Message {
	r := &reader{o: o.withDefaults(), m: &Message{Size: len(raw), Hash: hexHash(raw)}}
	if len(raw) > r.o.MaxSize {
		raw = raw[:r.o.MaxSize]
		r.limit("the mail is too large")
	}
	h, body := splitHeader(unwrapped(unixLines(raw)))
	r.m.BodyHash = hexHash(body)
	if h.repaired {
		r.warn(HeaderRepaired, "lines of the header that are no fields were left out")
	}
	if !h.known {
		r.warn(NotMail, "no header field of a mail was found")
	}
	r.fields(&h)
	r.senders(&h)
	root := r.walk(h, body, "text/plain", 0)
	r.text(root)
	r.attachments(root)
	r.m.New, r.m.Quoted = ownAndQuoted(r.m.Text, r.answers())
	r.forwarded(root, &h)
	r.onlyQuoted()
	r.verdicts(&h)
	r.automation(&h, root)
	if r.hidden > 0 {
		r.warn(HiddenText, strconv.Itoa(r.hidden)+" characters of HTML text cannot be seen")
	}
	return r.m
}

// answers reports whether the mail says that it answers or passes on another.
func (r *reader) answers() bool {
	m := r.m
	return len(m.InReplyTo) > 0 || len(m.References) > 0 || replySubject.MatchString(m.Subject) || forwardSubject.MatchString(m.Subject)
}

func hexHash(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// withDefaults fills what is zero.
func (o Options) withDefaults() Options {
	if o.TrustedServers == nil {
		o.TrustedServers = []string{amazonSES}
	}
	o.MaxSize = orDefault(o.MaxSize, 40<<20)
	o.MaxDepth = orDefault(o.MaxDepth, 30)
	o.MaxParts = orDefault(o.MaxParts, 1000)
	o.MaxText = orDefault(o.MaxText, 1<<20)
	o.MaxAttachments = orDefault(o.MaxAttachments, 200)
	return o
}

func orDefault(n, standard int) int {
	if n <= 0 {
		return standard
	}
	return n
}

// fields reads the header fields that say what and when.
func (r *reader) fields(h *header) {
	m := r.m
	m.Subject = cutText(h.line("Subject"), 2000)
	if ids := messageIDs(h.values("Message-Id"), 1); len(ids) > 0 {
		m.ID = ids[0]
	} else { // some programs write ids without an @
		m.ID = cutText(strings.Trim(h.line("Message-Id"), "<> "), 1000)
	}
	m.InReplyTo = messageIDs(h.values("In-Reply-To"), 20)
	m.References = messageIDs(h.values("References"), 100)
	m.Date = parseDate(h.get("Date"))
	if hops := h.values("Received"); len(hops) > 0 {
		if i := strings.LastIndexByte(hops[0], ';'); i >= 0 {
			m.Received = parseDate(hops[0][i+1:])
		}
	}
	seen := map[string]bool{}
	for _, name := range []string{"Delivered-To", "X-Original-To", "Envelope-To"} {
		for _, v := range h.values(name) {
			found, _ := readAddresses(v)
			for _, a := range found {
				if low := strings.ToLower(a.Address); low != "" && !seen[low] && len(seen) < maxAddresses {
					seen[low] = true
					m.EnvelopeToAll = append(m.EnvelopeToAll, low)
				}
			}
		}
	}
}

// parseDate reads a date as mail programs write it, in UTC; zero if unreadable.
func parseDate(s string) time.Time {
	s = cleanLine(guessHeader(s))
	if len(s) > 200 {
		return time.Time{}
	}
	if t, err := mail.ParseDate(s); err == nil && sane(t) {
		return t.UTC()
	}
	s, _, _ = strings.Cut(s, " (")
	for _, layout := range []string{
		time.RFC3339, time.RFC1123Z, time.RFC1123, time.RFC850, time.ANSIC, time.UnixDate,
		"Mon, 2 Jan 2006 15:04:05", "2 Jan 2006 15:04:05", "Mon Jan 2 15:04:05 2006 -0700", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05",
		"Mon, 2 Jan 2006 15:04:05 GMT-0700", "Mon, 02-Jan-2006 15:04:05 -0700",
	} {
		if t, err := time.Parse(layout, s); err == nil && sane(t) {
			return t.UTC()
		}
	}
	return time.Time{}
}

// sane keeps years that can be stored and printed everywhere.
func sane(t time.Time) bool { return t.Year() >= 1970 && t.Year() <= 9000 }

// messageIDs collects what stands in angle brackets and holds an @; failing
// that, bare words with an @. It keeps the newest, which stand last. Exchange
// separates ids by commas, at which go-message stops reading.
func messageIDs(values []string, keep int) []string {
	var ids []string
	add := func(id string) {
		id = strings.Join(strings.Fields(cleanLine(guessHeader(id))), "")
		if i := strings.IndexByte(id, '@'); i > 0 && i < len(id)-1 && len(id) < 1000 && utf8.ValidString(id) {
			ids = append(ids, id)
		}
	}
	for _, v := range values {
		before := len(ids)
		for rest := v; ; {
			_, after, found := strings.Cut(rest, "<")
			if !found {
				break
			}
			id, tail, closed := strings.Cut(after, ">")
			if !closed {
				break
			}
			add(id[strings.LastIndexByte(id, '<')+1:])
			rest = tail
		}
		if len(ids) > before {
			continue
		}
		for _, word := range strings.FieldsFunc(v, func(c rune) bool { return strings.ContainsRune(" \t,;<>\"()", c) }) {
			add(word)
		}
	}
	return ids[max(0, len(ids)-keep):]
}
