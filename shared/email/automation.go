package email

import (
	"slices"
	"strings"
)

// machine is one kind of machine, one bit each. The lower the bit, the stronger the
// kind: the lowest one set decides.
type machine uint8

const (
	ownLoop machine = 1 << iota
	bouncing
	autoReply
	mailingList
	robot
)

// kind is the word for the strongest kind in a set. A loop is a robot that was
// recognised before every other sign could mislead.
func (k machine) kind() string {
	switch {
	case k&ownLoop != 0:
		return "robot"
	case k&bouncing != 0:
		return "bounce"
	case k&autoReply != 0:
		return "auto-reply"
	case k&mailingList != 0:
		return "list"
	case k&robot != 0:
		return "robot"
	}
	return ""
}

// hints is a set of weak signs. Each place in a mail counts once, however much
// stands there.
type hints uint8

const (
	inFeedbackID hints = 1 << iota
	inSender
	inSubject
	inCalendar
)

func (h hints) count() (n int) {
	for ; h != 0; h &= h - 1 {
		n++
	}
	return n
}

// signs collects what points to a machine.
type signs struct {
	kinds machine
	weak  hints
	shown []string
}

// strong notes a sign that decides by itself.
func (s *signs) strong(kind machine, field, value string) {
	s.kinds |= kind
	s.show(field, value)
}

// hint notes a sign that only counts together with another.
func (s *signs) hint(where hints, field, value string) {
	if s.weak&where == 0 {
		s.weak |= where
		s.show(field, value)
	}
}

const maxSigns = 30

func (s *signs) show(field, value string) {
	if len(s.shown) == maxSigns {
		return
	}
	line := cutText(field+": "+cleanLine(decodeWords(cutText(value, 500))), 160)
	if !slices.Contains(s.shown, line) {
		s.shown = append(s.shown, line)
	}
}

// automation decides whether a machine wrote the mail, from all signs together. One
// strong sign is enough, and the strongest kind wins. Every field counts in all its
// copies: "Auto-Submitted: no" above "auto-replied" is no excuse.
func (r *reader) automation(h *header, root *part) {
	m := r.m
	var s signs
	for _, a := range m.From {
		if r.ours(a.Address) { // the addresses, never the domain: staff who write in are people
			s.strong(ownLoop, "From", "one of our own mailboxes")
		}
	}
	s.report(root)
	if r.calendarReply(root) {
		s.hint(inCalendar, "Content-Type", "text/calendar reply")
	}
	for i := range h.fields {
		f := &h.fields[i]
		if sign, ok := headerSigns[f.name]; ok {
			r.fieldSign(&s, sign, f.unfolded())
		}
	}
	for _, a := range m.From {
		s.sender(a)
	}
	s.subject(m.Subject)
	s.body(m.New)
	if m.NullReturn {
		// Auto-replies use the null path too, and say so elsewhere.
		if s.kinds&autoReply != 0 && s.kinds&bouncing == 0 {
			s.show("Return-Path", "<>")
		} else {
			s.strong(bouncing, "Return-Path", "<>")
		}
	}
	m.Automation.Kind = s.kinds.kind()
	m.Automation.Weak = s.weak.count()
	m.Automation.Signals = s.shown
}

// ours reports whether an address is one of our monitored mailboxes.
func (r *reader) ours(a string) bool {
	return a != "" && slices.ContainsFunc(r.o.OwnAddresses, func(o string) bool { return sameAddress(o, a) })
}

// sameAddress compares two addresses by their keys. For those of plain ASCII, nearly
// all, there is a quicker way to the same answer.
func sameAddress(a, b string) bool {
	if simpleAddress(a) && simpleAddress(b) {
		return strings.EqualFold(a, b)
	}
	return Key(a) == Key(b)
}

func simpleAddress(a string) bool {
	return plainASCII(a, false) && !strings.ContainsAny(a, `" `) && !strings.HasSuffix(a, ".") && !strings.Contains(a, "--")
}

// fieldSign reads one field that tells of machines.
func (r *reader) fieldSign(s *signs, sign headerSign, value string) {
	switch sign.reads {
	case presence:
		if !denies(value) {
			s.strong(sign.kind, sign.field, value)
		}
	case someWord:
		if slices.ContainsFunc(sign.words, func(w string) bool { return strings.EqualFold(w, fieldWord(value)) }) {
			s.strong(sign.kind, sign.field, value)
		}
	case submission:
		if kind := autoSubmitted(value); kind != 0 {
			s.strong(kind, sign.field, value)
		}
	case precedence:
		switch word := fieldWord(value); {
		case equalsAny(word, "bulk", "junk", "list"):
			s.strong(mailingList, sign.field, value)
		case equalsAny(word, "auto_reply", "auto-reply", "autoreply"):
			s.strong(autoReply, sign.field, value)
		}
	case loopMark:
		for a := range strings.FieldsFuncSeq(value, func(c rune) bool { return strings.ContainsRune("<>,; ", c) }) {
			if r.ours(a) {
				s.strong(ownLoop, sign.field, "one of our own mailboxes")
			}
		}
	case ownMark:
		s.strong(ownLoop, sign.field, "present")
	case suppression:
		// Exchange sets it on people's mail: it asks for no automatic answer and says
		// nothing about who wrote, so it is no sign.
		r.m.Automation.Suppress = r.m.Automation.Suppress || suppresses(value)
	case weakPresence:
		s.hint(inFeedbackID, sign.field, "present")
	}
}

// reads says how the value of a field is read.
type reads uint8

const (
	presence     reads = iota // being there is the sign, unless the value denies it
	someWord                  // the value is one of a few words
	submission                // RFC 3834
	precedence                // its words tell lists from auto-replies
	loopMark                  // an address that was there before
	ownMark                   // our own letters carry it
	suppression               // a request, no sign
	weakPresence              // SES signs it into everything, personal mail too
)

// headerSign is one header field and how it is read.
type headerSign struct {
	field string // as it is shown
	reads reads
	kind  machine
	words []string
}

// headerSigns are by the name in lower-case.
var headerSigns = buildHeaderSigns()

func buildHeaderSigns() map[string]headerSign {
	all := map[string]headerSign{}
	add := func(s headerSign, fields ...string) {
		for _, s.field = range fields {
			all[strings.ToLower(s.field)] = s
		}
	}
	add(headerSign{reads: ownMark}, "X-Rightsmail-Loop")
	add(headerSign{reads: loopMark}, "X-Loop")
	add(headerSign{reads: submission}, "Auto-Submitted", "X-Auto-Submitted")
	add(headerSign{reads: precedence}, "Precedence", "X-Precedence")
	add(headerSign{reads: suppression}, "X-Auto-Response-Suppress")
	add(headerSign{reads: weakPresence}, "Feedback-ID", "X-Feedback-ID")
	add(headerSign{kind: bouncing}, "X-Failed-Recipients")
	add(headerSign{kind: autoReply}, "X-Autoreply", "X-Auto-Reply", "X-Autorespond", "X-Autoresponse", "X-Auto-Response", "X-Autoresponder",
		"X-Autoreply-From", "X-Mail-Autoreply", "X-Autogenerated", "X-Vacation", "X-FC-Machinegenerated")
	add(headerSign{kind: autoReply, reads: someWord, words: []string{"vacation"}}, "X-Apple-Action")
	add(headerSign{kind: autoReply, reads: someWord, words: []string{"autoresponder"}}, "Delivered-To")
	add(headerSign{kind: robot, reads: someWord, words: []string{"notification"}}, "X-Amazon-Mail-Relay-Type")
	add(headerSign{kind: robot}, "X-Cron-Env")
	add(headerSign{kind: mailingList}, "List-Id", "List-Post", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Help", "List-Subscribe",
		"List-Owner", "List-Archive", "Mailing-List", "X-Mailing-List", "X-BeenThere", "X-Mailman-Version")
	return all
}

// fieldWord is the value up to a parameter or comment.
func fieldWord(v string) string {
	if i := strings.IndexAny(v, ";("); i >= 0 {
		v = v[:i]
	}
	return strings.Trim(v, " \t\n\"'")
}

func equalsAny(s string, words ...string) bool {
	for _, w := range words {
		if strings.EqualFold(s, w) {
			return true
		}
	}
	return false
}

// denies reports a value that says that the field does not apply.
func denies(v string) bool { return equalsAny(fieldWord(v), "no", "false", "0", "off", "none") }

// autoSubmitted reads RFC 3834: "no" is a person, "auto-replied" an answering
// machine, every other word a robot.
func autoSubmitted(v string) machine {
	switch word := fieldWord(v); {
	case word == "" || denies(v):
		return 0
	case hasFoldPrefix(word, "auto-repl"):
		return autoReply
	}
	return robot
}

func hasFoldPrefix(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// suppresses reads X-Auto-Response-Suppress.
func suppresses(v string) bool {
	for word := range strings.FieldsFuncSeq(v, func(c rune) bool { return c == ',' || c == ';' || c == ' ' }) {
		if equalsAny(word, "all", "autoreply", "oof", "dr") {
			return true
		}
	}
	return false
}

// report looks for machine-made parts at the root and directly below it. Deeper, and
// inside an attached mail, they are something a person passed on.
func (s *signs) report(root *part) {
	if k := reportKind(root.said); k != 0 {
		s.strong(k, "Content-Type", root.said)
	}
	s.reportSet(root)
	for _, p := range root.kids {
		if k := reportKind(p.said); k != 0 {
			s.strong(k, "Content-Type", p.said)
		}
		s.reportSet(p)
	}
}

// reportSet reads the set of parts that a report is. Some servers leave its type out,
// or put in a word of their own: then its parts say what it is.
func (s *signs) reportSet(p *part) {
	if p.said != "multipart/report" {
		return
	}
	var kind machine
	switch word := p.params["report-type"]; {
	case strings.EqualFold(word, "delivery-status"):
		kind = bouncing
	case strings.EqualFold(word, "disposition-notification"):
		kind = autoReply
	case strings.EqualFold(word, "feedback-report"):
		kind = robot
	default:
		for _, kid := range p.kids {
			kind |= reportKind(kid.said)
		}
	}
	if kind == 0 {
		kind = bouncing
	}
	s.strong(kind, "Content-Type", p.said)
}

// reportKind is who writes a part of that type.
func reportKind(media string) machine {
	rest, found := strings.CutPrefix(media, "message/")
	if !found {
		return 0
	}
	switch strings.TrimPrefix(rest, "global-") {
	case "delivery-status":
		return bouncing
	case "disposition-notification":
		return autoReply
	case "feedback-report":
		return robot
	}
	return 0
}

// calendarReply finds the answer to an invitation, which a click sends. It may be an
// attached file whose type says nothing.
func (r *reader) calendarReply(p *part) bool {
	for _, kid := range p.kids {
		if r.calendarReply(kid) {
			return true
		}
	}
	calendar := p.media == "text/calendar" || p.media == "application/ics"
	if calendar && strings.EqualFold(p.params["method"], "reply") {
		return true
	}
	if n := len(p.name); !calendar && (n < 4 || !strings.EqualFold(p.name[n-4:], ".ics")) || p.multipart() {
		return false
	}
	content := r.content(p)
	for range 200 { // METHOD stands among the first lines
		var line []byte
		line, content = cutLine(content)
		if method, value, found := strings.Cut(string(line[:min(len(line), 100)]), ":"); found && strings.EqualFold(method, "method") {
			return strings.EqualFold(strings.TrimSpace(value), "reply")
		}
		if len(content) == 0 {
			return false
		}
	}
	return false
}
