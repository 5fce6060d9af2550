package email

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

const (
	maxHTML  = 2 << 20
	maxStack = 512 // open elements whose visibility is followed
)

// rendered is what an HTML text says to somebody who looks at it.
type rendered struct {
	text   string
	hidden int  // characters of text that nobody sees
	cut    bool // longer than maxHTML
}

var metaCharsetRE = regexp.MustCompile(`(?i)<meta[^>]{1,200}charset\s*=\s*["']?([\w-]{1,40})`)

// metaCharset finds the charset an HTML page names itself.
func metaCharset(b []byte) string {
	if m := metaCharsetRE.FindSubmatch(b[:min(len(b), 2048)]); m != nil {
		return string(m[1])
	}
	return ""
}

// element is one open element. Muted text is program or style, which nobody
// means to be read; hidden text is text that somebody hid.
type element struct {
	tag    atom.Atom
	name   string
	hidden bool
	muted  bool
	pre    bool
	quote  bool
	look   look
}

// htmlText turns HTML into text: blocks and breaks become line breaks, list items
// get a dash, quotes a "> ", cells a blank. It reads tokens and keeps its own
// short stack: building a tree refuses deep pages and costs far more.
func htmlText(src string) rendered {
	w := &htmlWriter{rules: styleRules(src), opened: map[string]int{}}
	if len(src) > maxHTML {
		src, w.cut = cutText(src, maxHTML), true
	}
	z := html.NewTokenizer(strings.NewReader(src))
	z.SetMaxBuf(maxHTML + 1024)
	for {
		switch z.Next() {
		case html.ErrorToken:
			return rendered{text: strings.TrimSpace(w.out.String()), hidden: w.hiddenLen, cut: w.cut}
		case html.TextToken:
			w.words(string(z.Text()))
		case html.StartTagToken, html.SelfClosingTagToken:
			w.open(z)
		case html.EndTagToken:
			name, _ := z.TagName()
			w.close(atom.Lookup(name), string(name))
		}
	}
}

type htmlWriter struct {
	out       bytes.Buffer
	stack     []element
	opened    map[string]int    // how many elements of a name are on the stack
	rules     map[string]string // declarations by class name
	quotes    int
	newlines  int // line breaks owed before the next word
	blank     bool
	hiddenLen int
	cut       bool
}

// open notes an element and what it does to the text around it.
func (w *htmlWriter) open(z *html.Tokenizer) {
	raw, more := z.TagName()
	e := element{tag: atom.Lookup(raw), name: string(raw)}
	attrs := attributes(z, more)
	parent := element{}
	if n := len(w.stack); n > 0 {
		parent = w.stack[n-1]
	}
	e.look = parent.look.under(attrs, w.rules)
	e.hidden = e.look.concealed()
	e.muted = parent.muted || muted[e.tag]
	e.pre = parent.pre || e.tag == atom.Pre
	// Gmail indents with a quote element that has no border.
	e.quote = e.tag == atom.Blockquote && !strings.Contains(strings.ReplaceAll(attrs["style"], " ", ""), "border:none")
	switch e.tag {
	case atom.Noscript, atom.Plaintext, atom.Xmp, atom.Noembed, atom.Noframes:
		z.NextIsNotRawText() // mail programs run no scripts, so what is inside is seen
	case atom.Img:
		if alt := strings.TrimSpace(attrs["alt"]); alt != "" && !e.hidden && w.out.Len() == 0 {
			w.words(alt)
		}
	}
	w.breakBefore(e.tag)
	if e.tag == atom.Li && !parent.hidden && !e.hidden {
		w.words("- ")
	}
	if voidTags[e.tag] {
		return
	}
	if len(w.stack) >= maxStack {
		w.cut = true
		return
	}
	if e.quote {
		w.quotes++
	}
	w.stack = append(w.stack, e)
	w.opened[e.name]++
}

// attributes reads those of the tag just found, the first of each name.
func attributes(z *html.Tokenizer, more bool) map[string]string {
	if !more {
		return nil
	}
	attrs := map[string]string{}
	for n := 0; more && n < 100; n++ {
		var k, v []byte
		k, v, more = z.TagAttr()
		if _, again := attrs[string(k)]; !again {
			attrs[string(k)] = string(v)
		}
	}
	return attrs
}

// breakBefore owes the line breaks or the blank that a start tag stands for.
func (w *htmlWriter) breakBefore(tag atom.Atom) {
	switch tag {
	case atom.Br:
		w.newlines++
	case atom.Td, atom.Th:
		w.blank = true
	case atom.P, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Table, atom.Ul, atom.Ol:
		w.block(2)
	default:
		if blocks[tag] {
			w.block(1)
		}
	}
}

// close ends the innermost element of that name and all left open inside it.
// An inline end tag does not close a block.
func (w *htmlWriter) close(tag atom.Atom, name string) {
	for i := len(w.stack) - 1; i >= 0 && w.opened[name] > 0; i-- {
		e := w.stack[i]
		if e.name != name {
			if blocks[e.tag] && !blocks[tag] {
				return
			}
			continue
		}
		for _, gone := range w.stack[i:] {
			w.opened[gone.name]--
			if gone.quote {
				w.quotes--
			}
		}
		w.stack = w.stack[:i]
		break
	}
	switch {
	case tag == atom.Td || tag == atom.Th:
		w.blank = true
	case tag == atom.P || tag == atom.Table || tag == atom.H1 || tag == atom.H2 || tag == atom.H3:
		w.block(2)
	case blocks[tag] || tag == atom.Blockquote:
		w.block(1)
	}
}

func (w *htmlWriter) block(n int) { w.newlines = max(w.newlines, n) }

// words writes the text between two tags, blanks folded unless inside <pre>.
func (w *htmlWriter) words(s string) {
	inside := element{}
	if n := len(w.stack); n > 0 {
		inside = w.stack[n-1]
	}
	switch {
	case inside.muted:
		return
	case inside.hidden:
		w.hiddenLen += utf8.RuneCountInString(strings.TrimSpace(cleanText(s)))
		return
	}
	if inside.pre {
		for i, line := range strings.Split(strings.ReplaceAll(s, "\r", ""), "\n") {
			if i > 0 {
				w.newlines++
			}
			if line != "" {
				w.lead()
				w.out.WriteString(line)
			}
		}
		return
	}
	s = strings.ReplaceAll(s, "\u00a0", " ")
	for len(s) > 0 {
		i := strings.IndexAny(s, " \t\n\r\f")
		word := s
		if i >= 0 {
			word = s[:i]
		}
		if word != "" {
			w.lead()
			w.out.WriteString(word)
		}
		if i < 0 {
			return
		}
		w.blank = true
		s = s[i+1:]
	}
}

// lead writes the breaks, quote marks or blank owed before the next word.
func (w *htmlWriter) lead() {
	if w.out.Len() == 0 {
		w.newlines, w.blank = 0, false
		w.mark()
		return
	}
	if w.newlines > 0 {
		for range min(w.newlines, 3) {
			w.out.WriteByte('\n')
		}
		w.newlines, w.blank = 0, false
		w.mark()
	}
	if w.blank {
		w.out.WriteByte(' ')
		w.blank = false
	}
}

// mark writes one "> " for each quote the text is in, at most ten.
func (w *htmlWriter) mark() {
	w.out.WriteString(strings.Repeat("> ", min(max(w.quotes, 0), 10)))
}

var muted = atoms(atom.Script, atom.Style, atom.Title, atom.Template, atom.Iframe)

var blocks = atoms(atom.Div, atom.P, atom.Tr, atom.Table, atom.Ul, atom.Ol, atom.Li, atom.Dl, atom.Dt, atom.Dd, atom.Pre, atom.Body, atom.Html,
	atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Main, atom.Address,
	atom.Form, atom.Center, atom.Fieldset, atom.Figure, atom.Tbody, atom.Thead, atom.Tfoot, atom.Caption, atom.Td, atom.Th, atom.Blockquote, atom.Hr)

var voidTags = atoms(atom.Br, atom.Hr, atom.Img, atom.Input, atom.Meta, atom.Link, atom.Area, atom.Base, atom.Col, atom.Embed, atom.Source, atom.Track, atom.Wbr, atom.Param)

func atoms(list ...atom.Atom) map[atom.Atom]bool {
	m := make(map[atom.Atom]bool, len(list))
	for _, a := range list {
		m[a] = true
	}
	return m
}
