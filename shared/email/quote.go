package email

import (
	"strings"
	"unicode"
)

// lineClass is what one line of a text is.
type lineClass byte

const (
	ownLine      lineClass = iota
	quoteLine              // starts with ">"
	wroteStart             // "On ... wrote:", with the lines it is wrapped over
	wroteMore              // a further line of the same
	blockStart             // first line of a quoted header block
	forwardMark            // "Forwarded message"
	originalMark           // "-----Original Message-----"
)

// lineReader classes the lines of one text, each looked at a bounded number of
// times, so that its time grows with the text and not with its square.
type lineReader struct {
	lines []string
	class []lineClass
	label []labelKind // 0 is not read yet
	tries int         // how often a wrote-line was tried
}

// maxWroteTries bounds the costly test; no mail that people wrote comes near it.
const maxWroteTries = 500

func newLineReader(text string) *lineReader {
	l := &lineReader{lines: strings.Split(text, "\n")}
	l.class = make([]lineClass, len(l.lines))
	l.label = make([]labelKind, len(l.lines))
	return l
}

// classify classes all lines.
func classify(text string) *lineReader {
	l := newLineReader(text)
	for i := range l.lines {
		l.read(i)
	}
	return l
}

// firstMark classes lines up to the first that is neither the author's own nor
// quoted with ">", and returns its number, or -1.
func (l *lineReader) firstMark() int {
	for i := range l.lines {
		if l.read(i); l.class[i] != ownLine && l.class[i] != quoteLine {
			return i
		}
	}
	return -1
}

// read classes line i, the lines above it being classed.
func (l *lineReader) read(i int) {
	if l.class[i] == wroteMore {
		return
	}
	forward, original := separator(l.lines[i])
	switch {
	case strings.HasPrefix(strings.TrimLeft(l.lines[i], " "), ">"):
		l.class[i] = quoteLine
	case forward:
		l.class[i] = forwardMark
	case original:
		l.class[i] = originalMark
	case l.headerBlock(i) > 0:
		l.class[i] = blockStart
	default:
		n := l.wrote(i)
		for j := range n {
			l.class[i+j] = wroteMore
		}
		if n > 0 {
			l.class[i] = wroteStart
		}
	}
}

// labelAt is the kind of label that starts line i, or notLabel; it is read once.
func (l *lineReader) labelAt(i int) labelKind {
	if l.label[i] == 0 {
		l.label[i], _ = readLabel(l.lines[i])
		if l.label[i] == 0 {
			l.label[i] = notLabel
		}
	}
	return l.label[i]
}

// wrote is the number of lines, at most three, over which a wrote-line that
// starts at i is wrapped, or 0.
func (l *lineReader) wrote(i int) int {
	joined := ""
	for n := range min(3, len(l.lines)-i) {
		line := strings.Trim(l.lines[i+n], " \t*_-")
		if line == "" || len(line) > 250 || strings.HasPrefix(line, ">") {
			return 0
		}
		if joined != "" {
			joined += " "
		}
		joined += line
		if !strings.HasSuffix(line, ":") && !strings.HasSuffix(line, "：") || l.tries >= maxWroteTries {
			continue
		}
		l.tries++
		if isWroteLine(joined) {
			if !l.quoteFollows(i+n+1) && !stamped(joined) {
				return 0
			}
			return n + 1
		}
	}
	return 0
}

// stamped reports whether a wrote-line is a program's: it shows an address or a
// time of day. "On 3 May your agent said:" is a person's, and so is what follows.
func stamped(line string) bool {
	return (strings.Contains(line, "@") || clock.MatchString(line)) && !firstPerson.MatchString(line)
}

// quoteFollows reports whether the next line that is not empty starts with ">".
// It looks no further than five lines.
func (l *lineReader) quoteFollows(i int) bool {
	for j := i; j < len(l.lines) && j < i+5; j++ {
		if s := strings.TrimSpace(l.lines[j]); s != "" {
			return strings.HasPrefix(s, ">")
		}
	}
	return false
}

const maxBlockLines = 14

// headerBlock is the number of lines of a quoted header block (From, Sent, To,
// Subject) that starts at i, or 0: at least three labels, among them the author
// and a date or subject. One wrapped or empty line may stand between labels.
func (l *lineReader) headerBlock(i int) int {
	if l.labelAt(i) == notLabel {
		return 0
	}
	if yahooBlock(l.lines[i]) {
		return 1
	}
	var kinds [notLabel]bool
	labelled, gap, end := 0, 0, 0
	for j := i; j < len(l.lines) && j < i+maxBlockLines; j++ {
		kind := l.labelAt(j)
		if kind == notLabel {
			if gap++; gap > 1 {
				break
			}
			continue
		}
		kinds[kind] = true
		labelled++
		gap, end = 0, j-i+1
	}
	if labelled >= 3 && kinds[labelFrom] && (kinds[labelDate] || kinds[labelSubject]) {
		return end
	}
	return 0
}

// yahooBlock spots a whole header block run together in one line.
func yahooBlock(line string) bool {
	line = strings.TrimLeft(line, "> *")
	return strings.HasPrefix(line, "From: ") && strings.Contains(line, "To: ") &&
		(strings.Contains(line, "Sent: ") || strings.Contains(line, "Date: ")) && strings.Contains(line, "Subject: ")
}

// ownAndQuoted parts a text into the author's own words and the rest. A line
// with ">" is quoted, wherever it stands. A wrote-line is, and in an answer all
// below it if no ">" follows. A separator quotes everything below, and so does a header block in
// a reply or forward, or below a rule; in a fresh mail it is how web forms put
// down who asks for what. Everything else is the author's own, signatures
// included: they may hold the address that proves residence.
func ownAndQuoted(text string, answer bool) (own, quoted string) {
	l := classify(text)
	var mine, theirs []string
	for i := 0; i < len(l.lines); {
		end := i + 1
		switch l.class[i] {
		case ownLine:
			mine = append(mine, l.lines[i])
			i = end
			continue
		case blockStart, forwardMark, originalMark:
			above := withoutRule(mine)
			if l.class[i] == blockStart && !answer && len(above) == len(mine) {
				mine = append(mine, l.lines[i])
				i = end
				continue
			}
			mine, end = above, len(l.lines)
		case wroteStart:
			for end < len(l.lines) && l.class[end] == wroteMore {
				end++
			}
			switch marked := l.quoteFollows(end); {
			case !marked && !answer: // "On 3 May at 9:15 your agent wrote:" in a letter
				mine = append(mine, l.lines[i:end]...)
				i = end
				continue
			case !marked:
				end = len(l.lines)
			}
		}
		theirs = append(theirs, l.lines[i:end]...)
		i = end
	}
	return strings.TrimSpace(strings.Join(mine, "\n")), strings.TrimSpace(strings.Join(theirs, "\n"))
}

// withoutRule drops the line of underscores or dashes that Outlook puts above a
// quoted header block.
func withoutRule(lines []string) []string {
	for i := len(lines) - 1; i >= 0 && i >= len(lines)-3; i-- {
		s := strings.TrimSpace(lines[i])
		if s == "" {
			continue
		}
		if len(s) >= 5 && strings.Trim(s, "_-=*") == "" {
			return lines[:i]
		}
		break
	}
	return lines
}

// onlyQuoted keeps the promise that New is never empty when Text is not: of a
// forward without a word of the forwarder it is the mail passed on, else all.
func (r *reader) onlyQuoted() {
	m := r.m
	if hasWords(m.New) {
		return
	}
	switch {
	case m.Forwarded != nil && hasWords(m.Forwarded.Text):
		m.New = m.Forwarded.Text
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
	return strings.ContainsFunc(s, func(c rune) bool {
		return unicode.IsLetter(c) || unicode.IsDigit(c) || unicode.IsSymbol(c) && c > 0x7f
	})
}
