package email

import (
	"bytes"
	"html"
	"unicode/utf8"

	"golang.org/x/net/html/atom"
)

// traits are what matters about an element besides its name.
type traits uint32

const (
	blockTrait traits = 1 << iota
	looseTrait        // a blank line stands before it
	breakTrait
	voidTrait  // has no end tag
	mutedTrait // what is inside is program or style
	rawTrait   // what is inside is read as text up to the end tag
	paragraphTrait
	headingTrait
	itemTrait
	listTrait
	termTrait
	cellTrait
	rowTrait
	tableTrait
	tablePart     // its end tag reaches out of a cell
	endsParagraph // its start ends an open paragraph
)

// traitsOf tells the traits of an element. Mail programs run no scripts, so what
// <noscript> and its like hold is seen, and they are ordinary elements here.
func traitsOf(tag atom.Atom) traits {
	const block = blockTrait | endsParagraph
	switch tag {
	case atom.Div, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Main, atom.Nav, atom.Aside, atom.Address, atom.Form, atom.Center,
		atom.Fieldset, atom.Figure, atom.Figcaption, atom.Details, atom.Summary, atom.Pre, atom.Blockquote:
		return block
	case atom.P:
		return block | looseTrait | paragraphTrait
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return block | looseTrait | headingTrait
	case atom.Ul, atom.Ol:
		return block | looseTrait | listTrait
	case atom.Dl:
		return block | listTrait
	case atom.Dt, atom.Dd:
		return block | termTrait
	case atom.Option:
		return blockTrait | termTrait
	case atom.Li:
		return block | itemTrait
	case atom.Table:
		return block | looseTrait | tableTrait | tablePart
	case atom.Tbody, atom.Thead, atom.Tfoot:
		return blockTrait | tablePart
	case atom.Caption:
		return blockTrait | cellTrait | tablePart
	case atom.Tr:
		return blockTrait | rowTrait | tablePart
	case atom.Td, atom.Th:
		return blockTrait | cellTrait | tablePart
	case atom.Body, atom.Html:
		return blockTrait
	case atom.Hr:
		return block | voidTrait
	case atom.Br:
		return breakTrait | voidTrait
	case atom.Img, atom.Input, atom.Meta, atom.Link, atom.Area, atom.Base, atom.Col, atom.Embed, atom.Source, atom.Track, atom.Wbr, atom.Param:
		return voidTrait
	case atom.Script, atom.Style, atom.Title, atom.Iframe:
		return mutedTrait | rawTrait
	case atom.Textarea:
		return rawTrait
	case atom.Template:
		return mutedTrait
	}
	return 0
}

// maxTagName is the longest name of a tag or attribute that is told from others.
const maxTagName = 32

// nameKey is a number for the name of an element.
func nameKey(tag atom.Atom, name []byte) uint32 {
	if tag != 0 {
		return uint32(tag)
	}
	h := uint32(2166136261) // FNV-1a
	for _, c := range name {
		h = (h ^ uint32(c)) * 16777619
	}
	return h
}

// tagName reads the name of a tag, lower-case, and returns what stands behind it.
func tagName(raw []byte, buf *[maxTagName]byte) (name, tail []byte) {
	raw = raw[1:]
	i := 0
	for i < len(raw) && !tagBlank(raw[i]) && raw[i] != '/' && raw[i] != '>' {
		i++
	}
	return lowered(raw[:i], buf[:]), raw[i:]
}

// lowered copies s in lower case into buf, as far as there is room.
func lowered(s, buf []byte) []byte {
	n := copy(buf, s)
	for i, c := range buf[:n] {
		if c >= 'A' && c <= 'Z' {
			buf[i] = c + 'a' - 'A'
		}
	}
	return buf[:n]
}

func tagBlank(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' }

// attributes are those of one tag that say something about how its text looks.
// The library's own reading copies every name and value.
type attributes struct {
	style, class, id, color, bgcolor, background, text, alt, kind, marker []byte

	hidden bool
	styled bool // some of them may change the look
	named  bool // class, id or the like is there
}

// read takes the attributes out of a tag, the first of each name.
func (a *attributes) read(s []byte) {
	for {
		for len(s) > 0 && (tagBlank(s[0]) || s[0] == '/') {
			s = s[1:]
		}
		if len(s) == 0 || s[0] == '>' {
			return
		}
		i := 1 // a "=" that comes first belongs to the name
		for i < len(s) && !tagBlank(s[i]) && s[i] != '=' && s[i] != '/' && s[i] != '>' {
			i++
		}
		key := s[:i]
		for s = s[i:]; len(s) > 0 && tagBlank(s[0]); {
			s = s[1:]
		}
		var value []byte
		if len(s) > 0 && s[0] == '=' {
			value, s = attributeValue(s[1:])
		}
		a.take(key, value)
	}
}

// attributeValue reads what stands behind the "=".
func attributeValue(s []byte) (value, rest []byte) {
	for len(s) > 0 && tagBlank(s[0]) {
		s = s[1:]
	}
	if len(s) > 0 && (s[0] == '"' || s[0] == '\'') {
		i := bytes.IndexByte(s[1:], s[0])
		if i < 0 {
			return s[1:], nil
		}
		return s[1 : 1+i], s[i+2:]
	}
	i := 0
	for i < len(s) && !tagBlank(s[i]) && s[i] != '>' {
		i++
	}
	return s[:i], s[i:]
}

func (a *attributes) take(key, value []byte) {
	if len(key) < 2 || len(key) > 11 {
		return
	}
	var buf [maxTagName]byte
	var slot *[]byte
	switch string(lowered(key, buf[:])) {
	case "style":
		slot = &a.style
	case "class":
		slot, a.named = &a.class, true
	case "id":
		slot, a.named = &a.id, true
	case "color":
		slot = &a.color
	case "bgcolor":
		slot = &a.bgcolor
	case "background":
		slot = &a.background
	case "text":
		slot = &a.text
	case "alt":
		slot = &a.alt
	case "type":
		slot = &a.kind
	case "data-marker":
		slot, a.named = &a.marker, true
	case "hidden":
		a.hidden, a.styled = true, true
		return
	default:
		return
	}
	if *slot != nil {
		return
	}
	if bytes.IndexByte(value, '&') >= 0 {
		value = []byte(html.UnescapeString(string(value)))
	}
	if value == nil {
		value = []byte{}
	}
	*slot = value
	a.styled = a.styled || slot != &a.alt && slot != &a.kind
}

// cites reports whether a quote element is said to be a quote of a mail.
func (a *attributes) cites() bool {
	return bytes.EqualFold(a.kind, []byte("cite")) || foldIndex(a.class, "_quote") >= 0
}

// cutWord cuts the first word off. blank tells that a blank stands behind it.
func cutWord(s []byte) (word, rest []byte, blank bool) {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c > ' ' && c < utf8.RuneSelf:
		case c <= ' ':
			return s[:i], s[i+1:], true
		case c == 0xc2 || c == 0xe2:
			if n := wideBlank(s[i:]); n > 0 {
				return s[:i], s[i+n:], true
			}
		}
	}
	return s, nil, false
}

// wideBlank is the number of bytes of the blank or line separator that s, which
// begins with 0xc2 or 0xe2, starts with, or 0: no-break spaces, NEL, U+2028, U+2029.
func wideBlank(s []byte) int {
	switch {
	case len(s) >= 2 && s[0] == 0xc2 && (s[1] == 0xa0 || s[1] == 0x85):
		return 2
	case len(s) >= 3 && s[0] == 0xe2 && s[1] == 0x80 && (s[2] == 0xaf || s[2] == 0xa8 || s[2] == 0xa9 || s[2] == 0x87):
		return 3
	}
	return 0
}

// seenLen counts the characters of a word that take space on a screen.
func seenLen(word []byte) int {
	n := 0
	for i := 0; i < len(word); {
		if c := word[i]; c < utf8.RuneSelf {
			if c != 0x7f {
				n++
			}
			i++
			continue
		}
		r, size := utf8.DecodeRune(word[i:])
		if !invisible(r) {
			n++
		}
		i += size
	}
	return n
}

// foldIndex is the place of an ASCII word, given in lower case, in s, or -1.
func foldIndex(s []byte, word string) int {
	for i := 0; i+len(word) <= len(s); i++ {
		if s[i]|0x20 == word[0]|0x20 && foldPrefix(s[i:], word) {
			return i
		}
	}
	return -1
}

// foldPrefix reports whether s begins with an ASCII word given in lower case.
func foldPrefix(s []byte, word string) bool {
	if len(s) < len(word) {
		return false
	}
	for i := range len(word) {
		c := s[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != word[i] {
			return false
		}
	}
	return true
}

func wordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-'
}
