package email

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// lineClass is what one line of a text is.
type lineClass byte

const (
	ownLine      lineClass = iota
	quoteLine              // starts with ">"
	wroteLine              // "On ... wrote:", with the lines it is wrapped over
	blockLine              // first line of a quoted header block
	forwardLine            // "Forwarded message"
	originalLine           // "-----Original Message-----"
)

// scanner goes through the lines of a text and classes them. Nearly all lines are
// dismissed by their first and last character and the lack of a colon; the others are
// looked at a bounded number of times, so that time grows with the text.
type scanner struct {
	text  string
	next  int    // where the next line starts
	start int    // of the line, or of the first one that a wrote-line is wrapped over
	end   int    // behind the line and its line end
	above [2]int // where the lines above start that a wrote-line may have begun in, nearest first; -1 for none
	class lineClass
}

func newScanner(text string) scanner { return scanner{text: text, above: [2]int{-1, -1}} }

// scan reads the next line; false at the end of the text.
func (s *scanner) scan() bool {
	if s.next >= len(s.text) {
		return false
	}
	s.start = s.next
	s.end = lineEnd(s.text, s.start)
	s.next = s.end
	line := trimmed(s.text[s.start:s.end])
	at := s.start
	s.class = s.classOf(line)
	switch {
	case s.class == ownLine && line != "" && len(line) <= 250:
		s.above[1], s.above[0] = s.above[0], at
	default:
		s.above = [2]int{-1, -1}
	}
	return true
}

// trimmed is a line without the blanks at its ends. It is asked for every line, so it
// builds no set of characters as strings.Trim does.
func trimmed(line string) string {
	from, to := 0, len(line)
	for from < to && blank(line[from]) {
		from++
	}
	for to > from && blank(line[to-1]) {
		to--
	}
	return line[from:to]
}

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' }

// lineEnd is where the line that starts at i ends, its LF included.
func lineEnd(text string, i int) int {
	if n := strings.IndexByte(text[i:], '\n'); n >= 0 {
		return i + n + 1
	}
	return len(text)
}

func (s *scanner) classOf(line string) lineClass {
	if line == "" {
		return ownLine
	}
	if line[0] == '>' {
		return quoteLine
	}
	forward, original := separator(line)
	switch {
	case forward:
		return forwardLine
	case original:
		return originalLine
	case s.headerBlock(line):
		return blockLine
	case s.wrote(line):
		return wroteLine
	}
	return ownLine
}

// wrote reports whether a wrote-line ends in this line, and moves the start to the
// line where it began, at most two above. The shortest reading wins, so that a word of
// thanks above is not taken for a part of it; but the line above is part of it where
// that one holds the date.
func (s *scanner) wrote(line string) bool {
	if len(line) > 250 || !endsInColon(line) {
		return false
	}
	var buf [3 * 256]byte
	from := s.start
	for n := 0; ; n++ {
		joined := string(fold(buf[:0], strings.Trim(s.text[from:s.end], " \t\n*_-")))
		if isWroteLine(joined) {
			if n < 2 && s.above[n] >= 0 && !hasYear(joined) && dated(s.text[s.above[n]:from]) {
				from = s.above[n]
				joined = folded(s.text[from:s.end])
			}
			if !s.quoteFollows() && !stamped(joined) {
				return false
			}
			s.start = from
			return true
		}
		if n == 2 || s.above[n] < 0 {
			return false
		}
		from = s.above[n]
	}
}

// endsInColon reports whether a line ends in a colon, marks of bold type left aside.
func endsInColon(line string) bool {
	i := len(line) - 1
	for i >= 0 && (line[i] == '*' || line[i] == '_' || line[i] == '-' || line[i] == ' ') {
		i--
	}
	return i >= 0 && (line[i] == ':' || strings.HasSuffix(line[:i+1], "："))
}

// dated reports whether a line can be the first half of a wrote-line: it tells a day
// and a time, and is no sentence that ends.
func dated(line string) bool {
	line = strings.TrimSpace(line)
	return hasYear(line) && hasClock(line) && !strings.HasSuffix(line, ".") && !strings.HasSuffix(line, "!") && !strings.HasSuffix(line, "?")
}

// stamped reports whether a wrote-line is a program's: it shows an address or a time
// of day. "On 3 May your agent said:" is a person's, and so is what follows.
func stamped(line string) bool {
	return (strings.Contains(line, "@") || hasClock(line)) && !hasAny(line, firstPerson)
}

// quoteFollows reports whether the next line that is not empty starts with ">". It
// looks no further than five lines.
func (s *scanner) quoteFollows() bool {
	for i, n := s.end, 0; i < len(s.text) && n < 5; n++ {
		end := lineEnd(s.text, i)
		if line := trimmed(s.text[i:end]); line != "" {
			return line[0] == '>'
		}
		i = end
	}
	return false
}

const maxBlockLines = 14

// headerBlock reports whether a quoted header block (From, Sent, To, Subject) starts
// with this line: at least three labels, among them the author and a date or subject.
// One wrapped or empty line may stand between labels, and more where a list of
// addresses goes on.
func (s *scanner) headerBlock(line string) bool {
	kind, value := readLabel(line)
	if kind == noLabel {
		return false
	}
	if kind == labelFrom && isBlock(runTogether(line)) {
		return true
	}
	var kinds [labelKinds]bool
	kinds[kind] = true
	labelled, gap, next := 1, 0, s.end
	for n := 1; next < len(s.text) && n < maxBlockLines; n++ {
		end := lineEnd(s.text, next)
		line := trimmed(s.text[next:end])
		next = end
		kind, more := readLabel(line)
		if kind == noLabel {
			if !strings.HasSuffix(value, ",") && !strings.HasSuffix(value, ";") {
				gap++
			}
			if value = line; gap > 1 {
				return false
			}
			continue
		}
		kinds[kind], value, gap = true, more, 0
		if labelled++; labelled >= 3 && kinds[labelFrom] && (kinds[labelDate] || kinds[labelSubject]) {
			return true
		}
	}
	return false
}

func isBlock(found []labelAt) bool {
	var kinds [labelKinds]bool
	for _, l := range found {
		kinds[l.kind] = true
	}
	return len(found) >= 3 && kinds[labelFrom] && (kinds[labelDate] || kinds[labelSubject])
}

// Whose words a stretch of text is.
const (
	ofAuthor byte = iota
	ofOthers
	ofSignature
	ofNotice
)

// stretch is a run of whole lines of one owner.
type stretch struct {
	start, end int
	owner      byte
}

// parted is a text parted by whose words it is made of.
type parted struct {
	own, quoted, signature, disclaimer string

	mark  int       // where the first mark of other people's mail stands, ">" aside; -1 if there is none
	class lineClass // what it is
}

// part parts a text into the author's own words and the rest. A line with ">" is
// quoted, wherever it stands. A wrote-line is, and in an answer all below it if no ">"
// follows. A separator quotes everything below, and so does a header block in a reply
// or forward, or below a rule; in a fresh mail it is how web forms put down who asks
// for what. Of the author's own words, signature and legal notice are set apart.
// Every line of the text is in one of the four.
func partText(text string, answer bool) parted {
	p := parted{mark: -1}
	var room [8]stretch
	all := room[:0]
	add := func(start, end int, owner byte) {
		if n := len(all); n > 0 && all[n-1].owner == owner && all[n-1].end == start {
			all[n-1].end = end
		} else if start < end {
			all = append(all, stretch{start, end, owner})
		}
	}
	own := 0 // where the author's words begin that are not added yet
	s := newScanner(text)
	for s.scan() {
		start, end := s.start, s.end
		switch s.class {
		case ownLine:
			continue
		case blockLine, forwardLine, originalLine:
			above := ruleAbove(text, own, start)
			if s.class == blockLine && !answer && above == start {
				continue
			}
			start, end = above, len(text)
		case wroteLine:
			marked := s.quoteFollows()
			if !marked && !answer { // "On 3 May at 9:15 your agent wrote:" in a letter
				continue
			}
			if !marked {
				end = len(text)
			}
		}
		if s.class != quoteLine {
			p.found(s)
		}
		add(own, start, ofAuthor)
		add(start, end, ofOthers)
		own, s.next = end, end
	}
	add(own, len(text), ofAuthor)
	all = setApart(text, all)
	p.own, p.quoted = joined(text, all, ofAuthor), joined(text, all, ofOthers)
	p.signature, p.disclaimer = joined(text, all, ofSignature), joined(text, all, ofNotice)
	return p
}

// found notes the first mark.
func (p *parted) found(s scanner) {
	if p.mark < 0 {
		p.mark, p.class = s.start, s.class
	}
}

// joined is all that one owner wrote.
func joined(text string, all []stretch, owner byte) string {
	size, only := 0, -1
	for i, s := range all {
		if s.owner == owner {
			if size += s.end - s.start; size == s.end-s.start {
				only = i
			} else {
				only = -1
			}
		}
	}
	if size == 0 {
		return ""
	}
	if only >= 0 {
		return strings.TrimSpace(text[all[only].start:all[only].end])
	}
	var b strings.Builder
	b.Grow(size)
	for _, s := range all {
		if s.owner == owner {
			b.WriteString(text[s.start:s.end])
		}
	}
	return strings.TrimSpace(b.String())
}

// ruleAbove is where a quoted header block starts: at the line of underscores or
// dashes that Outlook puts above it, with at most two empty lines between.
func ruleAbove(text string, from, start int) int {
	at := start
	for range 3 {
		if at <= from {
			break
		}
		begin := from + strings.LastIndexByte(text[from:at-1], '\n') + 1
		line := strings.TrimSpace(text[begin:at])
		if at = begin; line == "" {
			continue
		}
		if len(line) >= 5 && strings.Trim(line, "_-=*") == "" {
			return begin
		}
		break
	}
	return start
}

// ownWords fills the four texts of a mail.
func (r *reader) ownWords() parted {
	m := r.m
	p := partText(m.Text, r.answers())
	m.New, m.Quoted, m.Signature, m.Disclaimer = p.own, p.quoted, p.signature, p.disclaimer
	return p
}

// onlyQuoted keeps the promise that New is never empty when Text is not: of a
// forward without a word of the forwarder it is the mail passed on, else whatever the
// author's side wrote, else all.
func (r *reader) onlyQuoted() {
	m := r.m
	if hasWords(m.New) {
		return
	}
	switch {
	case m.Forwarded != nil && hasWords(m.Forwarded.Text):
		m.New = m.Forwarded.Text
	case hasWords(m.Signature) || hasWords(m.Disclaimer):
		m.New = strings.TrimSpace(strings.Join([]string{m.New, m.Signature, m.Disclaimer}, "\n\n"))
		m.Signature, m.Disclaimer = "", ""
		return
	case m.New == "" && strings.TrimSpace(m.Text) != "":
		m.New = m.Text
	default:
		return
	}
	r.warn(NothingNew, "the author wrote nothing of their own, so the quoted text stands for it")
}

// hasWords reports whether a text says anything: a letter, a digit or a symbol
// such as a thumb up, not only punctuation.
func hasWords(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= utf8.RuneSelf {
			return strings.ContainsFunc(s[i:], func(c rune) bool {
				return unicode.IsLetter(c) || unicode.IsDigit(c) || unicode.IsSymbol(c) && c > 0x7f
			})
		}
		if c|0x20 >= 'a' && c|0x20 <= 'z' || digit(c) {
			return true
		}
	}
	return false
}
