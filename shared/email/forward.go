package email

import "strings"

const maxForwards = 5 // mails inside mails that are followed

// forwarded fills Forwarded when somebody passed a mail on: as an attached mail,
// as text below a separator or header block, or by resending it. The first two
// name a candidate for who is asking, never an authenticated one.
func (r *reader) forwarded(root *part, h *header) {
	m := r.m
	switch {
	case isReport(root): // what a bounce returns is our own mail
	case r.attachedMail(root):
	case r.inlineMail():
	case h.has("Resent-From"):
		if a, ok := m.Sender(); ok {
			m.Forwarded = &Forwarded{From: a, Subject: m.Subject, Text: m.Text, How: "resent"}
		}
	}
}

// isReport reports whether a mail server or reader wrote the mail about another
// mail.
func isReport(root *part) bool {
	if root.said == "multipart/report" {
		return true
	}
	for _, kid := range root.kids {
		switch kid.media {
		case "message/delivery-status", "message/global-delivery-status", "message/disposition-notification", "message/feedback-report":
			return true
		}
	}
	return false
}

// attachedMail reads the first message/rfc822 part.
func (r *reader) attachedMail(root *part) bool {
	p := firstMail(root)
	if p == nil {
		return false
	}
	for range maxForwards {
		inner := r.inner(p)
		r.m.Forwarded = &inner.fwd
		next := firstMail(inner.root)
		if next == nil || !r.passedOn(inner.fwd) {
			break
		}
		p = next
	}
	return true
}

func firstMail(p *part) *part {
	if p.media == "message/rfc822" || p.media == "message/global" {
		return p
	}
	for _, kid := range p.kids {
		if found := firstMail(kid); found != nil {
			return found
		}
	}
	return nil
}

// passedOn reports whether the mail found is itself only a forward of another:
// one of ours sent it, or it has no words.
func (r *reader) passedOn(f Forwarded) bool {
	return r.ours(f.From.Address) || !hasWords(f.Text)
}

// innerMail is an attached mail.
type innerMail struct {
	fwd  Forwarded
	root *part
}

// inner reads an attached mail with a reader of its own, so that its oddities do
// not become those of the mail that carries it. The parts count as one.
func (r *reader) inner(p *part) innerMail {
	sub := &reader{o: r.o, m: &Message{}, parts: r.parts}
	h, body := sub.open(r.content(p))
	sub.fields(&h)
	sub.senders(&h)
	root := sub.walk(h, body, "text/plain", 0)
	sub.text(root)
	r.parts = sub.parts
	if sub.m.Truncated {
		r.limit("an attached mail was cut")
	}
	f := Forwarded{Subject: sub.m.Subject, Text: sub.m.Text, How: "attached"}
	if len(sub.m.From) == 1 {
		f.From = sub.m.From[0]
	}
	return innerMail{f, root}
}

// inlineMail finds a mail passed on inside the text: below a forwarded separator,
// or below a header block if the subject is that of a forward. The mail that a
// reply quotes is no forward.
func (r *reader) inlineMail() bool {
	m := r.m
	passed := forwardSubject.MatchString(m.Subject)
	text, found := m.Text, false
	for range maxForwards {
		f, ok := inlineForward(text, passed)
		if !ok {
			break
		}
		found = true
		m.Forwarded = &f
		// The start is enough to see whether it has words of its own.
		if own, _ := ownAndQuoted(cutText(f.Text, 16<<10), true); hasWords(own) && !r.ours(f.From.Address) {
			break
		}
		text, passed = f.Text, true
	}
	return found
}

// inlineForward reads the first mail passed on in text. passed tells that the
// subject says so. What stands below a wrote-line was passed on by somebody
// else, earlier.
func inlineForward(text string, passed bool) (f Forwarded, ok bool) {
	l := newLineReader(text)
	start := l.firstMark()
	if start < 0 {
		return f, false
	}
	if c := l.class[start]; c == wroteStart || c != forwardMark && !passed {
		return f, false
	}
	if l.class[start] != blockStart {
		start++
	}
	for start < len(l.lines) && strings.Trim(l.lines[start], "> \t") == "" {
		start++
	}
	f.How = "inline"
	rest := l.lines[start:]
	used := f.readBlock(rest)
	f.Text = unquoted(rest[used:])
	return f, f.From != (Address{}) || f.Subject != "" || f.Text != ""
}

// readBlock reads the labelled lines at the top and returns how many lines they
// take. A line without a label directly below one is its continuation if a
// label follows.
func (f *Forwarded) readBlock(lines []string) int {
	used := 0
	for i := 0; i < len(lines) && i < maxBlockLines; i++ {
		kind, value := readLabel(lines[i])
		if kind == 0 {
			if i > used || used == 0 {
				break
			}
			continue
		}
		used = i + 1
		switch {
		case kind == labelFrom && f.From == (Address{}):
			f.From = blockAddress(value)
		case kind == labelSubject && f.Subject == "":
			f.Subject = cutText(cleanLine(value), 2000)
		}
	}
	return used
}

var angles = strings.NewReplacer("[mailto:", "<", "[", "<", "]", ">", "<mailto:", "<")

// blockAddress reads "Name <a@x>", "Name [mailto:a@x]", "'a@x'" and the like.
func blockAddress(value string) Address {
	if i := strings.Index(value, " To: "); i > 0 { // Yahoo runs all labels together
		value = value[:i]
	}
	value = angles.Replace(value)
	if list, _ := readAddresses(value); len(list) > 0 {
		return list[0]
	}
	return Address{}
}

// unquoted joins lines, one level of quote marks taken off if most have one.
func unquoted(lines []string) string {
	marked, filled := 0, 0
	for _, s := range lines {
		if strings.TrimSpace(s) != "" {
			filled++
			if strings.HasPrefix(s, ">") {
				marked++
			}
		}
	}
	if marked*2 <= filled {
		return strings.TrimSpace(strings.Join(lines, "\n"))
	}
	out := make([]string, len(lines))
	for i, s := range lines {
		out[i] = strings.TrimPrefix(strings.TrimPrefix(s, ">"), " ")
	}
	return strings.TrimSpace(strings.Join(out, "\n"))
}
