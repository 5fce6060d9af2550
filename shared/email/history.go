package email

import (
	"bytes"
	"slices"
	"strings"
)

// markKind is what a mail program says an element is for.
type markKind byte

const (
	noMark        markKind = iota
	signatureMark          // the signature, and nothing else
	historyMark            // only what the program writes above a quote, or quotes
	mixedMark              // the quote with what people write between its lines
	ruleMark               // the mail that is answered or passed on starts here, with its header block
)

// mark is a stretch of the text that stood in such an element.
type mark struct {
	kind     markKind
	from, to int
}

const maxMarks = 100

func (w *htmlWriter) addMark(kind markKind, from, to int) {
	if len(w.marks) < maxMarks {
		w.marks = append(w.marks, mark{kind, from, to})
	}
}

// mark tells by class and id what a mail program uses an element for: Gmail,
// Outlook, Apple Mail, Thunderbird, Yahoo, Proton and their like.
func (a *attributes) mark(own *style) markKind {
	if own.ruled { // Outlook draws a line above the header block and names nothing
		return ruleMark
	}
	if !a.named {
		return noMark
	}
	switch string(a.id) {
	case "Signature", "AppleMailSignature", "AppleMailSignatureDIV", "ms-outlook-mobile-signature":
		return signatureMark
	case "divRplyFwdMsg", "mail-editor-reference-message-container", "OLK_SRC_BODY_SECTION", "zwchr":
		return ruleMark
	case "reply-intro":
		return historyMark
	}
	if string(a.marker) == "__DIVIDER__" { // Zimbra
		return ruleMark
	}
	for class := range bytes.FieldsSeq(a.class) {
		switch string(class) {
		case "gmail_signature", "moz-signature", "protonmail_signature_block", "tutanota_signature":
			return signatureMark
		case "gmail_attr", "moz-cite-prefix", "yahoo_quoted":
			return historyMark
		case "gmail_quote", "gmail_quote_container", "protonmail_quote", "zmail_extra", "messageReplySection":
			return mixedMark
		case "OutlookMessageHeader", "ms-outlook-mobile-reference-message":
			return ruleMark
		}
	}
	return noMark
}

const rule = "________________________________"

// result is the text with what the marks stand for written out, so that whoever
// parts new words from old finds the signs of a plain mail: "> " before history,
// "-- " above a signature, a rule above a header block. Where the text has such
// signs of its own it stays as it is, and so do words that somebody wrote below
// their signature or between the lines of a quote.
func (w *htmlWriter) result() []byte {
	if len(w.marks) == 0 {
		return w.out
	}
	for i := range w.marks {
		m := &w.marks[i]
		for m.from < len(w.out) && (w.out[m.from] == '\n' || w.out[m.from] == ' ') {
			m.from++
		}
	}
	slices.SortStableFunc(w.marks, func(a, b mark) int {
		if a.from != b.from {
			return a.from - b.from
		}
		return b.to - a.to
	})
	out := make([]byte, 0, len(w.out)+len(w.out)/8)
	quoted := 0 // up to where lines are history
	next := 0
	for at := 0; at < len(w.out); {
		end := at + len(lineOf(w.out[at:]))
		line := w.out[at:end]
		for ; next < len(w.marks) && w.marks[next].from <= at; next++ {
			m := w.marks[next]
			switch {
			case m.from < at || at < max(quoted, -quoted):
			case m.kind == signatureMark && w.isSignature(m, next):
				out = append(withoutMarkLine(out), "-- \n"...)
				if strings.TrimSpace(string(line)) == "--" {
					line = nil
				}
			case m.kind == ruleMark && len(bytes.TrimSpace(out)) > 0 && !bytes.HasSuffix(bytes.TrimRight(out, "\n"), []byte(rule)):
				out = append(out, rule+"\n"...)
			case m.kind == historyMark, m.kind == mixedMark && !bytes.Contains(w.out[m.from:m.to], []byte("\n>")) && line[0] != '>':
				quoted = w.historyEnd(m, line, end)
			}
		}
		if line != nil || end == len(w.out) {
			if at < quoted && len(line) > 0 {
				out = append(out, "> "...)
			}
			out = append(out, line...)
			if end < len(w.out) {
				out = append(out, '\n')
			}
		}
		if at >= quoted && quoted < 0 { // the wrote-line is behind us
			quoted = -quoted
		}
		at = end + 1
	}
	return out
}

// historyEnd is up to where lines are to be marked as history: nowhere if the
// first line is a sign of its own, and only behind it if it says who wrote. A
// negative number means from the next line on.
func (w *htmlWriter) historyEnd(m mark, line []byte, end int) int {
	first := string(line)
	switch forward, original := separator(first); {
	case forward || original:
		return 0
	case isWroteLine(folded(strings.Trim(first, " \t*_-"))):
		if end+1 < m.to {
			return -m.to
		}
		return 0
	}
	if kind, _ := readLabel(first); kind != 0 {
		return 0
	}
	return m.to
}

// isSignature reports whether what a program calls the signature is one: not the
// whole text, not too long, and with nothing of the author's own below it.
func (w *htmlWriter) isSignature(m mark, i int) bool {
	text := w.out[m.from:m.to]
	if !hasWords(string(w.out[:m.from])) || len(text) > maxSignatureBytes || bytes.Count(text, []byte("\n")) >= maxSignatureLines || !hasWords(string(text)) {
		return false
	}
	below := m.to
	for below < len(w.out) && (w.out[below] == '\n' || w.out[below] == ' ') {
		below++
	}
	if below == len(w.out) || w.out[below] == '>' {
		return true
	}
	for _, other := range w.marks[i+1:] {
		if other.from == below && other.kind != signatureMark {
			return true
		}
	}
	line := string(lineOf(w.out[below:]))
	forward, original := separator(line)
	kind, _ := readLabel(line)
	return forward || original || kind == labelFrom || isWroteLine(folded(strings.Trim(line, " \t*_-"))) || strings.Trim(line, "_") == "" && len(line) > 4
}

// withoutMarkLine drops a last line that is only "--".
func withoutMarkLine(out []byte) []byte {
	trimmed := bytes.TrimRight(out, "\n ")
	if before, ok := bytes.CutSuffix(trimmed, []byte("\n--")); ok {
		return append(before, '\n')
	}
	return out
}

// lineOf is the first line of s.
func lineOf(s []byte) []byte {
	line, _, _ := bytes.Cut(s, []byte("\n"))
	return line
}
