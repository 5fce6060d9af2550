package email

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/mail"
	"slices"
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

	sources []source // of bytes whose line ends were changed
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
	h, body := r.open(raw)
	r.m.BodyHash = hexHash(body)
	if !h.known {
		r.warn(NotMail, "no header field of a mail was found")
	}
	r.fields(&h)
	r.senders(&h)
	root := r.walk(h, body, "text/plain", 0)
	r.text(root)
	r.attachments(root)
	r.forwarded(root, &h, r.ownWords())
	r.onlyQuoted()
	r.verdicts(&h)
	r.automation(&h, root)
	r.report(&h, root)
	if r.hidden > 0 {
		r.warn(HiddenText, strconv.Itoa(r.hidden)+" characters of HTML text cannot be seen")
	}
	return r.m
}

// open takes the header off a mail, the outer one or one attached, and makes its line
// ends LF.
func (r *reader) open(raw []byte) (h header, body []byte) {
	if bytes.IndexByte(raw, 0) >= 0 {
		var was bool
		if raw, was = fromUTF16(raw); was {
			r.warn(LeadingJunk, "the whole mail was saved as UTF-16")
		} else {
			r.warn(NulBytes, "there are NUL bytes in the mail; no text keeps them")
		}
	}
	b, odd := unixLines(raw)
	if odd {
		r.warn(LineEnds, "the line ends are not those of mail")
	}
	if len(b) < len(raw) {
		r.sources = append(r.sources, source{raw, b})
	}
	b, dropped := unwrapped(b)
	if dropped {
		r.warn(LeadingJunk, "something that is no part of a mail stood before the header")
	}
	h, body = splitHeader(b, r.o.headerLimits())
	if h.repaired {
		r.warn(HeaderRepaired, "lines of the header that are no fields were left out")
	}
	return h, body
}

// answers reports whether the mail says that it answers or passes on another.
func (r *reader) answers() bool {
	m := r.m
	return len(m.InReplyTo) > 0 || len(m.References) > 0 || isReply(m.Subject) || isForward(m.Subject)
}

func hexHash(b []byte) string {
	sum := sha256.Sum256(b)
	var digits [2 * sha256.Size]byte
	hex.Encode(digits[:], sum[:])
	return string(digits[:])
}

// withDefaults fills what is zero.
func (o Options) withDefaults() Options {
	if o.TrustedServers == nil {
		o.TrustedServers = onlySES
	}
	o.MaxSize = orDefault(o.MaxSize, 40<<20)
	o.MaxHeaderBytes = orDefault(o.MaxHeaderBytes, 256<<10)
	o.MaxHeaderFields = orDefault(o.MaxHeaderFields, 2000)
	o.MaxFieldBytes = orDefault(o.MaxFieldBytes, 64<<10)
	o.MaxParams = orDefault(o.MaxParams, 100)
	o.MaxAddresses = orDefault(o.MaxAddresses, 500)
	o.MaxReferences = orDefault(o.MaxReferences, 100)
	o.MaxDepth = orDefault(o.MaxDepth, 30)
	o.MaxParts = orDefault(o.MaxParts, 1000)
	o.MaxText = orDefault(o.MaxText, 1<<20)
	o.MaxAttachments = orDefault(o.MaxAttachments, 200)
	return o
}

func (o *Options) headerLimits() headerLimits {
	return headerLimits{fields: o.MaxHeaderFields, bytes: o.MaxHeaderBytes, fieldBytes: o.MaxFieldBytes}
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
	all := messageIDs(h.values("References"), 0)
	if extra := len(all) - r.o.MaxReferences; extra > 0 {
		all = all[extra:]
		r.limit("the mail refers to too many others")
	}
	m.References = all
	m.Date = parseDate(h.get("Date"))
	if hop := h.get("received"); hop != "" {
		if i := strings.LastIndexByte(hop, ';'); i >= 0 {
			m.Received = parseDate(hop[i+1:])
		}
	}
	for _, name := range [...]string{"Delivered-To", "X-Original-To", "Envelope-To"} {
		for _, v := range h.values(name) {
			found, _ := readAddresses(v)
			for _, a := range found {
				low := lowerASCII(a.Address)
				if low != "" && len(m.EnvelopeToAll) < maxEnvelope && !slices.Contains(m.EnvelopeToAll, low) {
					m.EnvelopeToAll = append(m.EnvelopeToAll, low)
				}
			}
		}
	}
}

// maxEnvelope bounds the addresses that a mail was delivered to: it has one, and one
// more for every forwarding on the way.
const maxEnvelope = 50

// parseDate reads a date as mail programs write it, in UTC; zero if unreadable.
func parseDate(s string) time.Time {
	if t, ok := plainDate(s); ok {
		return t
	}
	s = cleanLine(guessHeader(s))
	if s == "" || len(s) > 200 {
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

// plainDate reads what nearly every program writes, "Tue, 3 Mar 2026 16:10:00 -0800
// (PST)", without trying layouts one after the other.
func plainDate(s string) (t time.Time, ok bool) {
	if _, after, found := strings.Cut(s, ","); found {
		s = after
	}
	next := func() string {
		s = strings.TrimLeft(s, " ")
		i := strings.IndexByte(s, ' ')
		if i < 0 {
			i = len(s)
		}
		word := s[:i]
		s = s[i:]
		return word
	}
	day, dayOK := digits(next(), 1, 2)
	month := monthOf(next())
	year, yearOK := digits(next(), 4, 4)
	clock := next()
	if len(clock) == len("15:04") {
		clock += ":00"
	}
	zone := next()
	if !dayOK || !yearOK || month == 0 || len(clock) != len("15:04:05") || clock[2] != ':' || clock[5] != ':' || len(zone) != len("-0700") {
		return t, false
	}
	hour, ok1 := digits(clock[:2], 2, 2)
	minute, ok2 := digits(clock[3:5], 2, 2)
	second, ok3 := digits(clock[6:], 2, 2)
	east, ok4 := digits(zone[1:], 4, 4)
	if !ok1 || !ok2 || !ok3 || !ok4 || zone[0] != '+' && zone[0] != '-' {
		return t, false
	}
	offset := east/100*3600 + east%100*60
	if zone[0] == '-' {
		offset = -offset
	}
	t = time.Date(year, month, day, hour, minute, second, 0, time.UTC)
	// A day that a month does not have, or an hour past 23, moves on: refused.
	if t.Day() != day || t.Hour() != hour || t.Minute() != minute || second > 59 || east%100 > 59 || east > 2400 {
		return time.Time{}, false
	}
	t = t.Add(-time.Duration(offset) * time.Second)
	return t, sane(t)
}

func digits(s string, least, most int) (n int, ok bool) {
	if len(s) < least || len(s) > most {
		return 0, false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

func monthOf(s string) time.Month {
	const names = "JanFebMarAprMayJunJulAugSepOctNovDec"
	if i := strings.Index(names, s); len(s) == 3 && i >= 0 && i%3 == 0 {
		return time.Month(i/3 + 1)
	}
	return 0
}

// sane keeps years that can be stored and printed everywhere.
func sane(t time.Time) bool { return t.Year() >= 1970 && t.Year() <= 9000 }

// messageIDs collects what stands in angle brackets and holds an @; failing
// that, bare words with an @. It keeps the newest, which stand last; all if keep is 0.
// Exchange separates ids by commas, at which go-message stops reading.
func messageIDs(values []string, keep int) []string {
	var ids []string
	add := func(id string) {
		if !plainASCII(id, false) || strings.IndexByte(id, ' ') >= 0 {
			id = strings.Join(strings.Fields(cleanLine(guessHeader(id))), "")
		}
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
	if keep == 0 {
		return ids
	}
	return ids[max(0, len(ids)-keep):]
}
