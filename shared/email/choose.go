package email

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
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
	if strings.TrimSpace(p.text) == "" {
		p = r.invitation(root)
	}
	r.subject(root)
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
	case p.media == "text/calendar" && p.disp != "attachment":
		r.warn(Calendar, "the mail is an invitation or the answer to one")
	}
	return piece{}
}

// subject looks for what is hidden in the subject, which is clean already.
func (r *reader) subject(root *part) {
	raw := root.h.get("Subject")
	if strings.Contains(raw, "=?") || !plainASCII(raw, true) {
		_, inside, spelt := cleaned(decodeWords(cutText(raw, 8<<10)))
		r.unseen(inside, spelt)
	}
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
	var root *part
	if start := strings.Trim(p.params["start"], "<> \t"); start != "" && p.media == "multipart/related" {
		for _, kid := range p.kids {
			if strings.Trim(kid.h.get("Content-Id"), "<> \t") == start {
				root = kid
				if found := r.read(kid); strings.TrimSpace(found.text) != "" {
					return found
				}
				break
			}
		}
	}
	for _, kid := range p.kids {
		if kid == root {
			continue
		}
		if found := r.read(kid); strings.TrimSpace(found.text) != "" {
			return found
		}
	}
	return piece{}
}

// stub is what mail programs put into a plain version that says nothing.
var stub = onDemand(`(?i)\b(html|browser|navigateur|navegador|przeglądar\w+|e-?mail[ -]?(client|program|reader|programm?)|mailprogramm?)\b`)

const maxStub = 40 // words

// alternative chooses between versions of one text: plain if it has real words,
// else HTML. A short plain version that says nothing, or nothing but what the HTML
// begins with, is not the letter. Both are read: where they differ, the author may
// have seen one only.
func (r *reader) alternative(p *part) piece {
	var plain, rich piece
	for _, kid := range p.kids {
		found := r.read(kid)
		if found.html || anyWord(plain.text) {
			rich = rich.and(found)
		} else {
			plain = plain.and(found)
		}
		// Versions for watches and the like are no attachments either.
		kid.text = kid.text || strings.HasPrefix(kid.media, "text/x-") || kid.media == "text/watch-html"
	}
	if strings.TrimSpace(rich.text) == "" {
		return plain
	}
	a, b := wordHashes(plain.text), wordHashes(rich.text)
	words, others := len(a), len(b)
	if words == 0 {
		return rich
	}
	if others == 0 {
		return plain
	}
	shared := sharedWords(a, b)
	if 3*(max(words, others)-shared) > max(words, others) {
		r.warn(TextsDiffer, "the plain and the HTML version differ by more than a third of their words")
	}
	if words < maxStub && others > 2*words && (shared == words || stub().MatchString(plain.text)) {
		return rich
	}
	return plain
}

// maxCompared bounds the text of which two versions are compared.
const maxCompared = 256 << 10

// wordHashes are the words of a text in lower case, each as a number, addresses of
// the web left out because only one version shows them.
func wordHashes(s string) []uint64 {
	s = cutText(s, maxCompared)
	list := make([]uint64, 0, len(s)/6+1)
	for len(s) > 0 {
		var field string
		if field, s = cutField(s); field == "" {
			continue
		}
		if h, ok := wordHash(field); ok {
			list = append(list, h)
		}
	}
	return list
}

// anyWord reports whether a text has a word in that sense.
func anyWord(s string) bool {
	for len(s) > 0 {
		var field string
		field, s = cutField(s)
		if _, ok := wordHash(field); ok {
			return true
		}
	}
	return false
}

// cutField cuts the first word off a clean text, which knows no blanks but these.
func cutField(s string) (field, rest string) {
	for i := 0; i < len(s); i++ {
		if s[i] == ' ' || s[i] == '\n' || s[i] == '\t' {
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// wordHash is a number for a word without the signs around it; ok is false if
// nothing is left of it, or it is an address of the web.
func wordHash(field string) (h uint64, ok bool) {
	const offset, prime = 14695981039346656037, 1099511628211 // FNV-1a
	end := len(field)
	for end > 0 && field[end-1] < utf8.RuneSelf && !letterOrDigit(field[end-1]) {
		end--
	}
	start := 0
	for start < end && field[start] < utf8.RuneSelf && !letterOrDigit(field[start]) {
		start++
	}
	h = offset
	for i := start; i < end; i++ {
		c := field[i]
		if c >= utf8.RuneSelf {
			return foreignHash(field[start:end])
		}
		if c == ':' && strings.HasPrefix(field[i:], "://") {
			return 0, false
		}
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		h = (h ^ uint64(c)) * prime
	}
	return h, start < end
}

func letterOrDigit(c byte) bool { return wordByte(c) && c != '-' && c != '_' }

// foreignHash is wordHash for words that are not ASCII.
func foreignHash(field string) (h uint64, ok bool) {
	field = strings.TrimFunc(field, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) })
	h = 14695981039346656037
	for _, c := range field {
		h = (h ^ uint64(unicode.ToLower(c))) * 1099511628211 // #nosec G115 -- no letter is negative
	}
	return h, field != "" && !strings.Contains(field, "://")
}

// sharedWords counts the words that two texts have in common. It may change the
// order of the lists. Most versions begin and end alike.
func sharedWords(a, b []uint64) (shared int) {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
		shared++
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
		shared++
	}
	slices.Sort(a)
	slices.Sort(b)
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			a = a[1:]
		case a[0] > b[0]:
			b = b[1:]
		default:
			a, b = a[1:], b[1:]
			shared++
		}
	}
	return shared
}

// isLetter reports whether a part can hold a person's words. An unknown kind of
// text is plain text (RFC 2046 section 4.1.4).
func isLetter(p *part) bool {
	kind, text := strings.CutPrefix(p.media, "text/")
	switch kind {
	case "plain", "html", "enriched", "richtext":
		return text
	case "text", "application/xhtml+xml":
		return true
	case "calendar":
		return false
	case "css", "csv", "tab-separated-values", "vcard", "directory", "rtf", "xml", "javascript", "rfc822-headers", "watch-html":
		return text && p.top
	}
	return text && (p.top || !strings.HasPrefix(kind, "x-"))
}

// leafText decodes one text part.
func (r *reader) leafText(p *part) piece {
	s := r.words(p)
	rich := p.media == "text/html" || p.media == "application/xhtml+xml"
	switch {
	case rich:
		if !markup(s) { // somebody's plain text, whose lines would run together
			s = html.UnescapeString(s)
			break
		}
		return r.page(s)
	case p.media == "text/enriched" || p.media == "text/richtext":
		s = enrichedText(s, p.media == "text/richtext")
	case looksLikeHTML(s):
		return r.page(s)
	default:
		s = r.unflowed(p, r.bare(s))
	}
	return piece{text: strings.TrimSpace(r.clean(s)), html: rich}
}

// page reads a text written in HTML.
func (r *reader) page(s string) piece {
	page := htmlText(s)
	r.hidden += page.hiddenLen
	if page.hidden != "" {
		text, _, spelt := cleaned(page.hidden)
		r.hide(text)
		r.unseen(false, spelt)
	}
	if page.cut {
		r.limit("an HTML text is too large or nested too deep")
	}
	return piece{text: strings.TrimSpace(r.clean(page.text)), html: true}
}

// markup reports whether a text has anything like a tag.
func markup(s string) bool {
	for {
		i := strings.IndexByte(s, '<')
		if i < 0 || i+1 >= len(s) {
			return false
		}
		if c := s[i+1]; c == '/' || c == '!' || c|0x20 >= 'a' && c|0x20 <= 'z' {
			return true
		}
		s = s[i+1:]
	}
}

// looksLikeHTML spots a page that is declared as plain text: it opens with a tag
// that begins pages, and closes one.
func looksLikeHTML(s string) bool {
	s = strings.TrimLeft(s, " \t\r\n\ufeff")
	if s == "" || s[0] != '<' {
		return false
	}
	head := []byte(s[:min(len(s), 16)])
	for _, open := range []string{"<!doctype html", "<html", "<head>", "<body", "<meta ", "<div", "<p>", "<p ", "<table", "<style", "<span", "<font", "<br>", "<br/>", "<br />", "<center>"} {
		if foldPrefix(head, open) {
			return strings.Contains(s, "</") || strings.HasPrefix(open, "<br")
		}
	}
	return false
}

// unflowed joins the lines of RFC 3676 text: one that ends in a blank goes on in
// the next line of the same quote depth.
func (r *reader) unflowed(p *part, s string) string {
	if !strings.EqualFold(p.params["format"], "flowed") {
		return s
	}
	cut := 0 // what to take off at a soft end
	if strings.EqualFold(p.params["delsp"], "yes") {
		cut = 1
	}
	var out strings.Builder
	out.Grow(len(s))
	soft, depth := false, 0
	for more := true; more; {
		var line string
		line, s, more = strings.Cut(s, "\n")
		line = strings.TrimSuffix(line, "\r")
		text := strings.TrimLeft(line, ">")
		d := len(line) - len(text)
		text = strings.TrimPrefix(text, " ") // space-stuffing
		if !soft || d != depth || text == "-- " {
			if out.Len() > 0 {
				out.WriteByte('\n')
			}
			if d > 0 {
				out.WriteString(line[:d])
				out.WriteByte(' ')
			}
		}
		soft, depth = strings.HasSuffix(text, " ") && text != "-- ", d
		if soft {
			text = text[:len(text)-cut]
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
	return strings.TrimSpace(r.clean(guessCharset(head)))
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
