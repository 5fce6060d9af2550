package email

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

const (
	maxHTML   = 2 << 20
	maxStack  = 512 // open elements whose visibility is followed
	maxHidden = 64 << 10
	maxAlt    = 2 << 10
)

// rendered is what an HTML text says to somebody who looks at it, and what it
// says to nobody.
type rendered struct {
	text      string
	hidden    string // one line a piece
	hiddenLen int    // characters of it, those beyond the limit included
	cut       bool   // longer or deeper than is read
}

// metaCharset finds the charset an HTML page names itself.
func metaCharset(b []byte) string {
	b = b[:min(len(b), 2048)]
	for {
		i := foldIndex(b, "<meta")
		if i < 0 {
			return ""
		}
		b = b[i+len("<meta"):]
		tag, _, _ := bytes.Cut(b, []byte(">"))
		i = foldIndex(tag, "charset")
		if i < 0 {
			continue
		}
		value, named := bytes.CutPrefix(bytes.TrimLeft(tag[i+len("charset"):], " \t\r\n"), []byte("="))
		if !named {
			continue
		}
		value = bytes.TrimLeft(value, " \t\r\n\"'")
		end := 0
		for end < len(value) && end < 40 && wordByte(value[end]) {
			end++
		}
		if end > 0 {
			return string(value[:end])
		}
	}
}

// element is one open element. Muted text is program or style, which nobody
// means to be read; hidden text is text that somebody hid.
type element struct {
	key    uint32 // of its name
	traits traits
	hidden bool
	muted  bool
	quote  bool
	look   look
	mark   markKind // what a mail program keeps in it
	from   int      // where its text begins, if it has a mark
}

// htmlText turns HTML into text: blocks and breaks become line breaks, list items
// get a dash, quotes a "> ", cells a blank. It reads tokens and keeps its own
// short stack: building a tree refuses deep pages and costs far more.
func htmlText(src string) rendered {
	w := htmlWriter{}
	if len(src) > maxHTML {
		src, w.cut = cutText(src, maxHTML), true
	}
	w.rules = styleRules(src)
	w.out = make([]byte, 0, min(len(src)/2, 64<<10))
	z := html.NewTokenizer(strings.NewReader(src))
	for at := 0; ; {
		kind := z.Next()
		raw := z.Raw()
		at += len(raw)
		switch kind {
		case html.ErrorToken:
			w.closeAll()
			return rendered{
				text: string(bytes.TrimSpace(w.result())), hidden: string(bytes.TrimSpace(w.hidden)), hiddenLen: w.hiddenLen, cut: w.cut,
			}
		case html.TextToken:
			w.words(z.Text())
		case html.StartTagToken, html.SelfClosingTagToken:
			if !w.open(raw, src[at:]) {
				z.NextIsNotRawText()
			}
		case html.EndTagToken:
			w.close(raw)
		case html.CommentToken:
			w.comment(z.Text())
		}
	}
}

type htmlWriter struct {
	out       []byte
	stack     []element
	opened    [64]uint16 // how many elements with a name of that remainder are on the stack
	deep      int        // open elements beyond the stack
	rules     *rules
	quotes    int
	newlines  int // line breaks owed before the next word
	blank     bool
	dash      bool // a list item is owed its dash
	alt       []byte
	marks     []mark
	hidden    []byte
	hiddenLen int
	pieceEnds bool     // what is hidden next starts a line
	unclosed  []string // raw text elements that no end tag follows
	cut       bool
}

// top is the innermost open element; its zero value is the page.
func (w *htmlWriter) top() element {
	if n := len(w.stack); n > 0 {
		return w.stack[n-1]
	}
	return element{}
}

// open notes an element and what it does to the text around it. It reports whether
// what follows is raw text, to be read up to its end tag.
func (w *htmlWriter) open(raw []byte, rest string) (rawText bool) {
	var buf [maxTagName]byte
	name, tail := tagName(raw, &buf)
	tag := atom.Lookup(name)
	e := element{key: nameKey(tag, name), traits: traitsOf(tag)}
	var a attributes
	a.read(tail)
	w.implyEnds(tag, e.traits)
	parent := w.top()
	e.look = parent.look
	var own style
	if w.rules != nil || a.styled || tag == atom.Pre {
		own = w.rules.styleOf(tag, name, &a)
		e.look = parent.look.under(&own)
	}
	if e.traits&rawTrait != 0 {
		if rawText = w.closes(rest, name); !rawText {
			e.traits &^= mutedTrait // a letter must not vanish behind a tag that is never closed
		}
	}
	e.hidden = e.look.concealed()
	e.muted = parent.muted || e.traits&mutedTrait != 0
	e.quote = tag == atom.Blockquote && (a.cites() || !own.hides(propBorder))
	if tag == atom.Img && !e.hidden && len(w.out) == 0 {
		w.picture(a.alt)
	}
	e.mark = a.mark(&own)
	if e.mark != noMark {
		w.block(1)
	}
	w.breakBefore(e.traits)
	if tag == atom.Li && !parent.hidden && !e.hidden {
		w.dash = true
	}
	switch {
	case e.traits&voidTrait != 0:
		if e.mark == ruleMark && w.quotes == 0 {
			w.addMark(ruleMark, len(w.out), len(w.out))
		}
		return rawText
	case len(w.stack) >= maxStack:
		w.cut = true
		w.deep++
		return rawText
	}
	if w.quotes > 0 || e.quote || e.hidden {
		e.mark = noMark // history inside history is marked already
	}
	if e.quote {
		w.quotes++
	}
	e.from = len(w.out)
	w.stack = append(w.stack, e)
	w.opened[e.key%64]++
	return rawText
}

// closes reports whether the end tag of a raw text element follows. Where one is
// found the tokenizer reads up to it, and where none is that is remembered, so
// that looking costs no more than reading.
func (w *htmlWriter) closes(rest string, name []byte) bool {
	for _, known := range w.unclosed {
		if known == string(name) {
			return false
		}
	}
	for from := 0; ; {
		i := strings.Index(rest[from:], "</")
		if i < 0 {
			w.unclosed = append(w.unclosed, string(name))
			return false
		}
		from += i + 2
		if len(rest)-from >= len(name) && strings.EqualFold(rest[from:from+len(name)], string(name)) {
			return true
		}
	}
}

// breakBefore owes the line breaks or the blank that a start tag stands for.
func (w *htmlWriter) breakBefore(t traits) {
	switch {
	case t&breakTrait != 0:
		w.newlines++
	case t&cellTrait != 0:
		w.blank = true
		w.pieceEnds = true
	case t&looseTrait != 0:
		w.block(2)
	case t&blockTrait != 0:
		w.block(1)
	}
}

// implyEnds closes what HTML lets authors leave open: a paragraph ends where a
// block begins, an item, cell or row where the next one does. Without this a
// hidden paragraph would swallow the letter behind it.
func (w *htmlWriter) implyEnds(tag atom.Atom, t traits) {
	switch tag {
	case atom.Li:
		w.endOpen(itemTrait, listTrait|tableTrait)
	case atom.Td, atom.Th:
		w.endOpen(cellTrait, rowTrait|tableTrait)
	case atom.Tr:
		w.endOpen(rowTrait, tableTrait)
	case atom.Dt, atom.Dd, atom.Option:
		w.endOpen(termTrait, listTrait|tableTrait)
	}
	if t&endsParagraph != 0 {
		w.endOpen(paragraphTrait, tableTrait|cellTrait)
	}
}

// endOpen closes the innermost element that has one of the traits, unless a
// barrier stands before it. People nest few elements inside such a one.
func (w *htmlWriter) endOpen(ends, barrier traits) {
	for i := len(w.stack) - 1; i >= 0 && i >= len(w.stack)-32; i-- {
		switch t := w.stack[i].traits; {
		case t&ends != 0:
			w.closeFrom(i)
			return
		case t&barrier != 0:
			return
		}
	}
}

// close ends the innermost element of that name and all left open inside it. An
// inline end tag does not close a block, and none but those of tables reaches out
// of a cell. Nothing is behind the end of the body: what stands there is in it.
func (w *htmlWriter) close(raw []byte) {
	var buf [maxTagName]byte
	name, _ := tagName(raw[1:], &buf)
	tag := atom.Lookup(name)
	key, t := nameKey(tag, name), traitsOf(tag)
	switch {
	case tag == atom.Body || tag == atom.Html:
	case w.deep > 0 && t&voidTrait == 0:
		w.deep--
	case w.opened[key%64] > 0:
		w.closeNamed(key, t)
	}
	switch {
	case tag == atom.Br: // browsers read </br> as <br>
		w.newlines++
	case t&cellTrait != 0:
		w.blank = true
		w.pieceEnds = true
	case t&(paragraphTrait|headingTrait) != 0 || tag == atom.Table:
		w.block(2)
	case t&blockTrait != 0:
		w.block(1)
	}
}

func (w *htmlWriter) closeNamed(key uint32, t traits) {
	for i := len(w.stack) - 1; i >= 0; i-- {
		e := &w.stack[i]
		if e.key == key {
			w.closeFrom(i)
			return
		}
		if e.traits&blockTrait != 0 && t&blockTrait == 0 || e.traits&(cellTrait|tableTrait) != 0 && t&tablePart == 0 {
			return
		}
	}
}

// closeFrom takes elements off the stack.
func (w *htmlWriter) closeFrom(i int) {
	for j := len(w.stack) - 1; j >= i; j-- {
		gone := &w.stack[j]
		w.opened[gone.key%64]--
		if gone.quote {
			w.quotes--
		}
		if gone.traits&itemTrait != 0 {
			w.dash = false
		}
		if gone.mark != noMark && len(w.out) > gone.from {
			w.addMark(gone.mark, gone.from, len(w.out))
			w.block(1)
		}
	}
	w.stack = w.stack[:i]
}

func (w *htmlWriter) closeAll() {
	w.closeFrom(0)
	if len(bytes.TrimSpace(w.out)) == 0 { // what pictures show counts if there is nothing else
		w.newlines, w.blank, w.dash = 0, false, false
		w.words(w.alt)
	}
}

func (w *htmlWriter) block(n int) {
	w.newlines = max(w.newlines, n)
	w.pieceEnds = true
}

// picture remembers what stands for a picture.
func (w *htmlWriter) picture(alt []byte) {
	if len(alt) > 0 && len(w.alt)+len(alt) < maxAlt {
		w.alt = append(append(w.alt, alt...), ' ')
	}
}

// words writes the text between two tags, blanks folded unless inside <pre>.
func (w *htmlWriter) words(s []byte) {
	inside := element{}
	if n := len(w.stack); n > 0 {
		e := &w.stack[n-1]
		inside.muted, inside.hidden, inside.look.pre = e.muted, e.hidden, e.look.pre
	}
	switch {
	case inside.muted:
	case inside.hidden:
		w.conceal(s)
	case inside.look.pre:
		w.lines(s)
	default:
		for len(s) > 0 {
			word, rest, blank := cutWord(s)
			if len(word) > 0 {
				w.lead()
				w.out = append(w.out, word...)
			}
			w.blank = w.blank || blank
			s = rest
		}
	}
}

// lines writes text whose line breaks and blanks count.
func (w *htmlWriter) lines(s []byte) {
	for {
		line, rest, more := bytes.Cut(s, []byte("\n"))
		if len(bytes.TrimLeft(line, " \t\r\f")) > 0 {
			w.lead()
			w.out = append(w.out, line...)
		} else if len(line) > 0 && w.newlines == 0 {
			w.blank = true
		}
		if !more {
			return
		}
		w.newlines++
		s = rest
	}
}

// conceal keeps text that nobody sees apart.
func (w *htmlWriter) conceal(s []byte) {
	words := 0
	for len(s) > 0 {
		word, rest, _ := cutWord(s)
		s = rest
		n := seenLen(word)
		if n == 0 {
			continue
		}
		if words++; words > 1 {
			w.hiddenLen++
		}
		w.hiddenLen += n
		if len(w.hidden)+len(word) >= maxHidden {
			continue
		}
		switch {
		case len(w.hidden) == 0:
		case w.pieceEnds:
			w.hidden = append(w.hidden, '\n')
		default:
			w.hidden = append(w.hidden, ' ')
		}
		w.pieceEnds = false
		w.hidden = append(w.hidden, word...)
	}
}

// comment keeps the words of a comment, which no mail program shows and every
// program that reads the source does. The conditions of Outlook are none.
func (w *htmlWriter) comment(s []byte) {
	s = bytes.Trim(s, " \t\r\n\f-=*#_!")
	if len(s) < 8 || w.top().muted || foldPrefix(s, "[if") || foldPrefix(s, "[endif") {
		return
	}
	if s = withoutTags(s); !hasSentence(s) {
		return
	}
	w.pieceEnds = true
	w.conceal(s)
	w.pieceEnds = true
}

// withoutTags makes blanks of the markup in a comment.
func withoutTags(s []byte) []byte {
	if bytes.IndexByte(s, '<') < 0 {
		return s
	}
	out := make([]byte, 0, len(s))
	for {
		text, rest, tag := bytes.Cut(s, []byte("<"))
		out = append(append(out, text...), ' ')
		if !tag {
			return out
		}
		if _, s, tag = bytes.Cut(rest, []byte(">")); !tag {
			return out
		}
	}
}

// commentLabels are the words by which the comments of page builders begin: "Start of
// preheader", "BEGIN BODY", "end of the second column".
var commentLabels = []string{"start", "begin", "end", "stop", "close", "open", "hidden", "hide", "insert", "copyright", "created", "generated"}

// hasSentence reports whether a comment says something to a reader: four words or
// more, no style or program, no label of a page builder.
func hasSentence(s []byte) bool {
	s = bytes.TrimLeft(s, " \t\r\n\f")
	if len(s) == 0 || s[0] == '?' || s[0] == '/' || bytes.IndexByte(s, '{') >= 0 {
		return false
	}
	enough := 4
	for _, label := range commentLabels {
		if foldPrefix(s, label) && (len(s) == len(label) || !wordByte(s[len(label)])) {
			enough = 8
		}
	}
	words := 0
	for len(s) > 0 && words < enough {
		word, rest, _ := cutWord(s)
		s = rest
		letters := 0
		for _, c := range word {
			if c|0x20 >= 'a' && c|0x20 <= 'z' || c >= utf8.RuneSelf {
				letters++
			}
		}
		if 2*letters > len(word) && !bytes.ContainsAny(word, "=>|\\/") {
			words++
		}
	}
	return words >= enough
}

// lead writes the breaks, quote marks, dash or blank owed before the next word.
func (w *htmlWriter) lead() {
	w.pieceEnds = true
	switch {
	case len(w.out) == 0:
		w.newlines, w.blank = 0, false
		w.quoteMarks()
	case w.newlines > 0:
		if w.blank && w.endsInSignatureMark() {
			w.out = append(w.out, ' ')
		}
		w.out = append(w.out, "\n\n\n"[:min(w.newlines, 3)]...)
		w.newlines, w.blank = 0, false
		w.quoteMarks()
	case w.blank:
		w.out = append(w.out, ' ')
		w.blank = false
	}
	if w.dash {
		w.out = append(w.out, "- "...)
		w.dash = false
	}
}

// endsInSignatureMark reports whether the last line is "--", whose blank counts.
func (w *htmlWriter) endsInSignatureMark() bool {
	return bytes.HasSuffix(w.out, []byte("--")) && (len(w.out) == 2 || w.out[len(w.out)-3] == '\n')
}

// quoteMarks writes one "> " for each quote the text is in, at most ten.
func (w *htmlWriter) quoteMarks() {
	const marks = "> > > > > > > > > > "
	w.out = append(w.out, marks[:2*min(max(w.quotes, 0), 10)]...)
}
