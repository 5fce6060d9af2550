package email

import "strings"

const (
	maxForwards   = 5         // mails inside mails that are followed
	maxCandidates = 20        // and mails that are read for them
	maxWroteText  = 256 << 10 // of a text searched for wrote-lines
)

// forwarded fills Forwarded when somebody passed a mail on: as an attached mail,
// as text below a separator or header block, or by resending it. Candidates are all
// whom a mail passed on may be from; nobody of them is authenticated. p is the text as
// it was parted.
func (r *reader) forwarded(root *part, h *header, p parted) {
	if isReport(root) { // what a bounce returns is our own mail
		return
	}
	m := r.m
	r.originalSenders(h)
	sender, one := m.Sender()
	resent := h.has("Resent-From") && one
	if resent && !r.resentBy(h, sender) {
		r.candidate(sender, "resent")
	}
	switch attached := r.attachedMails(root); {
	case attached:
	case r.inlineMails(p):
	case resent:
		m.Forwarded = &Forwarded{From: sender, Subject: m.Subject, Text: m.Text, How: "resent"}
	}
	if len(m.Candidates) > 1 {
		r.warn(SeveralCandidates, "the mails passed on are from several people, so who asks is open")
	}
}

// OnlyPassesOn reports whether the author wrote nothing and New is the mail of somebody
// else: then whoever asks is not the one who sent.
func (m *Message) OnlyPassesOn() bool {
	if m.Forwarded == nil || !m.Has(NothingNew) {
		return false
	}
	sender, one := m.Sender()
	return !one || Key(sender.Address) != Key(m.Forwarded.From.Address)
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

// candidate adds whoever may have written a mail that was passed on. We ourselves are
// none, and neither is the author of the mail, unless somebody else resent it.
func (r *reader) candidate(a Address, how string) {
	m := r.m
	if a.Address == "" || len(m.Candidates) >= maxCandidates || r.ours(a.Address) {
		return
	}
	key := Key(a.Address)
	if sender, one := m.Sender(); one && how != "resent" && Key(sender.Address) == key {
		return
	}
	for _, c := range m.Candidates {
		if Key(c.Address.Address) == key {
			return
		}
	}
	m.Candidates = append(m.Candidates, Candidate{Address: a, How: how})
}

// originalSenders reads what mailing groups and forwarders that write themselves into
// From say about the author. X-Forwarded-For and -To name only who passed a mail on.
func (r *reader) originalSenders(h *header) {
	for _, name := range []string{"X-Original-From", "X-Original-Sender", "X-Google-Original-From", "X-Forwarded-From", "X-Forwarded-Sender"} {
		if v := h.get(name); v != "" {
			if list, _ := readAddresses(v); len(list) == 1 {
				r.candidate(list[0], "original-sender")
			}
		}
	}
	// "Ann via Privacy Group": the group keeps the author in Reply-To.
	m := r.m
	if len(m.From) == 1 && len(m.ReplyTo) == 1 && strings.Contains(m.From[0].Name, " via ") && (h.has("List-Id") || h.has("Mailing-List")) {
		r.candidate(m.ReplyTo[0], "original-sender")
	}
}

// resentBy reports whether the author resent the mail himself.
func (r *reader) resentBy(h *header, author Address) bool {
	list, _ := readAddresses(h.get("Resent-From"))
	return len(list) == 1 && list[0].Address != "" && Key(list[0].Address) == Key(author.Address)
}

// attachedMails reads the attached mails. Forwarded is the first; where that one is
// only a forward itself, what it passes on.
func (r *reader) attachedMails(root *part) bool {
	budget := maxCandidates
	for i, p := range mailsBelow(root, nil) {
		if i > 0 && budget <= 0 {
			break
		}
		if found := r.attachedMail(p, &budget); i == 0 {
			r.m.Forwarded = found
		}
	}
	return r.m.Forwarded != nil
}

// attachedMail reads one attached mail and those inside it, and returns the one that
// counts: the first that is not only a forward.
func (r *reader) attachedMail(p *part, budget *int) *Forwarded {
	var best *Forwarded
	for depth := 0; depth < maxForwards && (best == nil || *budget > 0); depth++ {
		*budget--
		inner := r.inner(p)
		only := r.passedOn(inner.fwd)
		if best == nil || r.passedOn(*best) {
			best = &inner.fwd
		}
		next := mailsBelow(inner.root, nil)
		if !only || len(next) == 0 {
			r.candidate(inner.fwd.From, "attached")
			if isForward(inner.fwd.Subject) {
				r.inlineCandidates(inner.fwd.Text)
			}
		}
		if len(next) == 0 {
			break
		}
		p = next[0]
		for _, sibling := range next[1:] {
			if *budget--; *budget < 0 {
				break
			}
			r.candidate(r.inner(sibling).fwd.From, "attached")
		}
	}
	return best
}

// mailsBelow lists the message/rfc822 parts, those inside them left out.
func mailsBelow(p *part, found []*part) []*part {
	if isMailPart(p) {
		return append(found, p)
	}
	for _, kid := range p.kids {
		found = mailsBelow(kid, found)
	}
	return found
}

func isMailPart(p *part) bool { return p.media == "message/rfc822" || p.media == "message/global" }

// firstMail is the first of them, or nil.
func firstMail(p *part) *part {
	if isMailPart(p) {
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

// inlineMails finds a mail passed on inside the text: below a forwarded separator, or
// below a header block if the subject is that of a forward. The mail that a reply
// quotes is no forward. Forwarded is the first with words of its own that is not from
// us; a candidate is every such one, for the people in a chain may all have asked.
func (r *reader) inlineMails(p parted) bool {
	m := r.m
	passed := isForward(m.Subject)
	text := m.Text
	if p.mark >= 0 && (p.class == forwardLine || p.class != wroteLine && passed) {
		settled := false
		for range maxForwards {
			f, ok := inlineForward(text)
			if !ok {
				break
			}
			// The start is enough to see whether it has words of its own.
			counts := !r.ours(f.From.Address) && hasWords(partText(cutText(f.Text, 16<<10), true).own)
			if counts || !innerFollows(f.Text) {
				r.candidate(f.From, "inline")
			}
			if !settled {
				m.Forwarded, settled = &f, counts
			}
			text = f.Text
		}
	}
	if passed {
		r.wroteCandidates(text)
	}
	return m.Forwarded != nil
}

// inlineCandidates adds those of the mails passed on inside the text of another.
func (r *reader) inlineCandidates(text string) {
	for range maxForwards {
		f, ok := inlineForward(text)
		if !ok {
			return
		}
		r.candidate(f.From, "inline")
		text = f.Text
	}
}

// wroteCandidates adds those whose address stands in a wrote-line.
func (r *reader) wroteCandidates(text string) {
	s := newScanner(cutText(text, maxWroteText))
	for n := 0; n < maxCandidates && s.scan(); {
		if s.class != wroteLine {
			continue
		}
		n++
		line := strings.Join(strings.Fields(s.text[s.start:s.end]), " ")
		if spec := addrSpec().FindString(strings.ReplaceAll(line, "mailto:", " ")); spec != "" {
			r.candidate(newAddress("", spec), "wrote-line")
		}
	}
}

// firstMark finds the first line that starts other people's mail, ">" aside.
func firstMark(text string) (at, end int, class lineClass) {
	s := newScanner(text)
	for s.scan() {
		if s.class != ownLine && s.class != quoteLine {
			return s.start, s.end, s.class
		}
	}
	return -1, 0, ownLine
}

func innerFollows(text string) bool {
	_, _, class := firstMark(text)
	return class != ownLine && class != wroteLine
}

// inlineForward reads the first mail passed on in text. What stands below a wrote-line
// was passed on by somebody else, earlier.
func inlineForward(text string) (f Forwarded, ok bool) {
	start, end, class := firstMark(text)
	if start < 0 || class == wroteLine {
		return f, false
	}
	rest := text[start:]
	if class != blockLine {
		rest = text[end:]
	}
	for rest != "" {
		end := lineEnd(rest, 0)
		if strings.Trim(rest[:end], "> \t\n") != "" {
			break
		}
		rest = rest[end:]
	}
	f.How = "inline"
	used := f.readBlock(rest)
	f.Text = unquoted(rest[used:])
	return f, f.From != (Address{}) || f.Subject != "" || f.Text != ""
}

// readBlock reads the labelled lines at the top and returns how long they are. A line
// without a label directly below one is its continuation if a label follows.
func (f *Forwarded) readBlock(text string) int {
	used, last, at := 0, noLabel, 0
	for n, gap := 0, 0; at < len(text) && n < maxBlockLines; n++ {
		end := lineEnd(text, at)
		line := strings.Trim(text[at:end], " \t\n")
		kind, value := readLabel(line)
		at = end
		if kind == noLabel {
			if gap++; gap > 1 || used == 0 {
				break
			}
			if last == labelFrom && f.From == (Address{}) { // the value stands below its label
				f.From = blockAddress(line)
			}
			continue
		}
		gap, last, used = 0, kind, at
		if kind == labelFrom && f.From == (Address{}) {
			if together := runTogether(strings.TrimLeft(line, "> *_")); isBlock(together) {
				f.readRun(strings.TrimLeft(line, "> *_"), together)
				break
			}
		}
		f.take(kind, value)
	}
	return used
}

// readRun reads a block whose labels stand in one line.
func (f *Forwarded) readRun(line string, found []labelAt) {
	for i, l := range found {
		end := len(line)
		if i+1 < len(found) {
			end = found[i+1].start
		}
		f.take(l.kind, strings.Trim(line[l.end:max(end, l.end)], " \t*_"))
	}
}

func (f *Forwarded) take(kind labelKind, value string) {
	switch {
	case kind == labelFrom && f.From == (Address{}):
		f.From = blockAddress(value)
	case kind == labelSubject && f.Subject == "":
		f.Subject = cutText(cleanLine(value), 2000)
	}
}

var angles = strings.NewReplacer("[mailto:", "<", "[", "<", "]", ">", "<mailto:", "<")

// blockAddress reads "Name <a@x>", "Name [mailto:a@x]", "'a@x'" and the like.
func blockAddress(value string) Address {
	value = angles.Replace(strings.TrimLeft(value, "> \t*_"))
	if list, _ := readAddresses(cutText(value, 2000)); len(list) > 0 {
		return list[0]
	}
	return Address{}
}

// unquoted takes one level of quote marks off a text if most lines have one.
func unquoted(text string) string {
	marked, filled := 0, 0
	for at := 0; at < len(text); {
		end := lineEnd(text, at)
		if strings.TrimSpace(text[at:end]) != "" {
			filled++
			if text[at] == '>' {
				marked++
			}
		}
		at = end
	}
	if marked*2 <= filled {
		return strings.TrimSpace(text)
	}
	var b strings.Builder
	b.Grow(len(text))
	for at := 0; at < len(text); {
		end := lineEnd(text, at)
		b.WriteString(strings.TrimPrefix(strings.TrimPrefix(text[at:end], ">"), " "))
		at = end
	}
	return strings.TrimSpace(b.String())
}
