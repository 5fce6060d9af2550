package email

import (
	"bytes"
	"regexp"
	"strings"
	"unicode"
)

// piece is text found in some part of the tree.
type piece struct {
	text string
	html bool
}

// text fills Text and HTMLOnly from the tree of parts.
func (r *reader) text(root *part) {
	m := r.m
	p := r.read(root)
	if strings.TrimSpace(p.text) == "" {
		// A text with a file name is an attachment, unless there is no other.
		if named := r.namedText(root); named != nil {
			p = r.leafText(named)
		}
	}
	if strings.TrimSpace(p.text) != "" {
		m.Text, m.HTMLOnly = p.text, p.html
	} else {
		m.Text = r.excerpt(root)
	}
	if len(m.Text) > r.o.MaxText {
		m.Text = cutText(m.Text, r.o.MaxText)
		r.limit("the text is too long")
	}
}

// read returns the text of a part: the best version of an alternative, the main
// part of a related or signed set, all texts of any other multipart in order.
func (r *reader) read(p *part) piece {
	switch {
	case p.media == "multipart/alternative":
		return r.alternative(p)
	case p.media == "multipart/encrypted":
		r.warn(Encrypted, "the mail is encrypted")
		return piece{}
	case p.media == "multipart/related", p.media == "multipart/signed", p.media == "multipart/report":
		return r.main(p)
	case p.multipart():
		var all piece
		for _, kid := range p.kids {
			all = all.and(r.read(kid))
		}
		return all
	case isLetter(p) && p.disp != "attachment" && p.name == "":
		p.text = true
		return r.leafText(p)
	}
	return piece{}
}

// and joins two texts with a line between them.
func (a piece) and(b piece) piece {
	if strings.TrimSpace(b.text) == "" {
		return a
	}
	if strings.TrimSpace(a.text) == "" {
		return b
	}
	return piece{text: strings.TrimRight(a.text, "\n") + "\n\n" + b.text, html: a.html && b.html}
}

// main reads the one part of a set that is the letter: the one that start= names,
// else the first with words.
func (r *reader) main(p *part) piece {
	if start := strings.Trim(p.params["start"], "<> "); start != "" && p.media == "multipart/related" {
		for _, kid := range p.kids {
			if strings.Trim(kid.h.get("Content-Id"), "<> ") == start {
				if found := r.read(kid); strings.TrimSpace(found.text) != "" {
					return found
				}
			}
		}
	}
	for _, kid := range p.kids {
		if found := r.read(kid); strings.TrimSpace(found.text) != "" {
			return found
		}
	}
	return piece{}
}

// stub is what mail programs put into a plain version that says nothing.
var stub = regexp.MustCompile(`(?i)\b(html|browser|e-?mail (client|program|reader))\b`)

// alternative chooses between versions of one text: plain if it has real words,
// else HTML. Both are read: where they differ, the author may have seen one only.
func (r *reader) alternative(p *part) piece {
	var plain, rich piece
	for _, kid := range p.kids {
		found := r.read(kid)
		if found.html || wordCount(plain.text) > 0 {
			rich = rich.and(found)
		} else {
			plain = plain.and(found)
		}
		// Versions for watches and the like are no attachments either.
		kid.text = kid.text || strings.HasPrefix(kid.media, "text/x-") || kid.media == "text/watch-html"
	}
	words, others := wordCount(plain.text), wordCount(rich.text)
	if words > 0 && others > 0 && apart(plain.text, rich.text) {
		r.warn(TextsDiffer, "the plain and the HTML version differ by more than a third of their words")
	}
	if words == 0 || others > 0 && words < 40 && others > 2*words && stub.MatchString(plain.text) {
		if rich.text == "" {
			return plain
		}
		return rich
	}
	return plain
}

// apart reports whether more than a third of the words of either text are not in
// the other.
func apart(a, b string) bool {
	count := map[string]int{}
	total, shared, other := 0, 0, 0
	for w := range words(a) {
		count[w]++
		total++
	}
	for w := range words(b) {
		other++
		if count[w] > 0 {
			count[w]--
			shared++
		}
	}
	return 3*(max(total, other)-shared) > max(total, other)
}

// words yields the words of a text in lower case, addresses of the web left out
// because only one version shows them.
func words(s string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for field := range strings.FieldsSeq(cutText(s, 256<<10)) {
			if strings.Contains(field, "://") {
				continue
			}
			w := strings.ToLower(strings.TrimFunc(field, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) }))
			if w != "" && !yield(w) {
				return
			}
		}
	}
}

func wordCount(s string) int {
	n := 0
	for range words(s) {
		n++
	}
	return n
}

// isLetter reports whether a part can hold a person's words.
func isLetter(p *part) bool {
	return p.media == "text/plain" || p.media == "text/html" || p.media == "text/enriched" || p.media == "text" ||
		p.media == "application/xhtml+xml" || p.top && strings.HasPrefix(p.media, "text/") && p.media != "text/calendar"
}

// leafText decodes one text part.
func (r *reader) leafText(p *part) piece {
	s := r.words(p)
	if p.media != "text/html" && p.media != "application/xhtml+xml" {
		return piece{text: strings.TrimSpace(cleanText(r.unflowed(p, r.bare(s))))}
	}
	page := htmlText(s)
	if page.hidden > 0 {
		r.hidden += page.hidden
	}
	if page.cut {
		r.limit("an HTML text is too large")
	}
	return piece{text: strings.TrimSpace(cleanText(page.text)), html: true}
}

// unflowed joins the lines of RFC 3676 text: one that ends in a blank goes on in
// the next line of the same quote depth.
func (r *reader) unflowed(p *part, s string) string {
	if !strings.EqualFold(p.params["format"], "flowed") {
		return s
	}
	join := "" // what to cut at a soft end, besides nothing
	if strings.EqualFold(p.params["delsp"], "yes") {
		join = " "
	}
	var out strings.Builder
	soft, depth := false, 0
	for line := range strings.SplitSeq(strings.ReplaceAll(s, "\r\n", "\n"), "\n") {
		text := strings.TrimLeft(line, ">")
		d := len(line) - len(text)
		text = strings.TrimPrefix(text, " ") // space-stuffing
		if !soft || d != depth {
			if out.Len() > 0 {
				out.WriteByte('\n')
			}
			if d > 0 {
				out.WriteString(strings.Repeat(">", d) + " ")
			}
		}
		soft, depth = strings.HasSuffix(text, " ") && text != "-- ", d
		if soft && join != "" {
			text = strings.TrimSuffix(text, join)
		}
		out.WriteString(text)
	}
	return out.String()
}

// namedText finds the first text part that has a file name or says it is an
// attachment, outside attached mails.
func (r *reader) namedText(p *part) *part {
	if !p.multipart() && isLetter(p) && !p.text && len(r.content(p)) > 0 {
		return p
	}
	for _, kid := range p.kids {
		if found := r.namedText(kid); found != nil {
			return found
		}
	}
	return nil
}

const excerptBytes = 4096

// excerpt is the last resort: the start of the raw body, if that is text. A mail
// of attachments only has none, and one that carries another mail is read as a
// forward.
func (r *reader) excerpt(root *part) string {
	if len(bytes.TrimSpace(root.body)) == 0 || firstMail(root) != nil {
		return ""
	}
	r.warn(BodyUnreadable, "no text could be read from the body")
	if len(root.kids) > 0 && !r.m.Truncated {
		return ""
	}
	p := root
	for len(p.kids) > 0 {
		p = p.kids[0]
	}
	head := p.body
	if !p.multipart() {
		head = r.content(p)
	}
	head = head[:min(len(head), excerptBytes)]
	if !printable(head) {
		return ""
	}
	return strings.TrimSpace(cleanText(guessCharset(head)))
}

// printable tells text from binary data: hardly any control characters.
func printable(b []byte) bool {
	bad := 0
	for _, c := range b {
		if c < ' ' && c != '\n' && c != '\t' && c != '\r' || c == 0x7f {
			bad++
		}
	}
	return bad*50 <= len(b)
}
