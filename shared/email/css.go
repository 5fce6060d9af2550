package email

import (
	"bytes"
	"strconv"
	"strings"

	"golang.org/x/net/html/atom"
)

// look is what styles say about whether text can be seen, as far as it passes
// from an element to those inside it. Text hidden from people is no evidence of
// what they want, so rules and models never get it.
type look struct {
	gone        bool // display:none and the like: nothing inside can come back
	tiny        bool // font-size of at most one pixel
	unseen      bool // visibility:hidden
	transparent bool // a transparent colour
	picture     bool // a background picture: its colour is not known
	pre         bool // line breaks and blanks count
	color       rgb
	background  rgb
}

// concealed reports whether text of this look is invisible. White on white
// needs a colour that somebody chose; a page without background is white.
func (l *look) concealed() bool {
	if l.gone || l.tiny || l.unseen || l.transparent {
		return true
	}
	if !l.color.set || l.picture {
		return false
	}
	behind := l.background
	if !behind.set {
		behind = rgb{true, 255, 255, 255}
	}
	return l.color.like(behind)
}

// property is one thing that styles can say, a bit of a set.
type property uint32

const (
	propDisplay property = 1 << iota
	propVisibility
	propOpacity
	propMsoHide
	propFontSize
	propWidth
	propHeight
	propMaxWidth
	propMaxHeight
	propOverflow
	propIndent
	propLeft
	propTop
	propMarginLeft
	propMarginTop
	propClip
	propTransform
	propColor
	propBackground
	propWhiteSpace
	propBorder

	goneProps = propDisplay | propOpacity | propMsoHide | propIndent | propLeft | propTop | propMarginLeft | propMarginTop | propClip | propTransform
	boxProps  = propWidth | propHeight | propMaxWidth | propMaxHeight
)

// style is what declarations say about one element. A property in hide has the
// value that hides: none, zero, far outside; for a background that it is a
// picture, for white-space that breaks count, for a border that there is none.
type style struct {
	set, hide, important property
	color, background    rgb
	ruled                bool // the line that Outlook draws above the mail it answers
}

func (s *style) hides(p property) bool { return s.hide&p != 0 }

// put notes one property. What is important stays unless the other is too.
func (s *style) put(p property, hides, important bool) bool {
	if s.important&p != 0 && !important {
		return false
	}
	s.set |= p
	s.hide &^= p
	if hides {
		s.hide |= p
	}
	if important {
		s.important |= p
	}
	return true
}

// add lays the declarations of a stronger rule over those known.
func (s *style) add(over *style) {
	kept := over.set
	if s.important != 0 {
		kept &^= s.important &^ over.important
	}
	s.set |= kept
	s.hide = s.hide&^kept | over.hide&kept
	s.important |= over.important & kept
	if kept&propColor != 0 {
		s.color = over.color
	}
	if kept&propBackground != 0 {
		s.background = over.background
	}
	s.ruled = s.ruled || over.ruled
}

// under returns the look of an element of this style inside one of look l.
func (l look) under(s *style) look {
	if s.set == 0 {
		return l
	}
	l.gone = l.gone || s.hides(goneProps) || s.hides(boxProps) && s.hides(propOverflow)
	if s.set&propVisibility != 0 {
		l.unseen = s.hides(propVisibility)
	}
	if s.set&propFontSize != 0 {
		l.tiny = s.hides(propFontSize)
	}
	if s.set&propColor != 0 {
		l.transparent = s.hides(propColor)
		if s.color.set {
			l.color = s.color
		}
	}
	if s.set&propBackground != 0 {
		l.picture = s.hides(propBackground)
		if s.background.set {
			l.background = s.background
		}
	}
	if s.set&propWhiteSpace != 0 {
		l.pre = s.hides(propWhiteSpace)
	}
	return l
}

// maxDeclarations bounds the styles of one element that are read.
const maxDeclarations = 4096

// declare adds declarations ("color: #fff; display:none").
func (s *style) declare(d []byte) {
	d = withoutComments(d[:min(len(d), maxDeclarations)])
	for len(d) > 0 {
		one := d
		if i := bytes.IndexByte(d, ';'); i >= 0 {
			one, d = d[:i], d[i+1:]
		} else {
			d = nil
		}
		i := bytes.IndexByte(one, ':')
		if i < 0 {
			continue
		}
		name := bytes.TrimSpace(one[:i])
		if len(name) < 3 || len(name) > 16 {
			continue
		}
		var nameBuf [maxTagName]byte
		var valueBuf [96]byte
		value, important := one[i+1:], false
		if j := bytes.IndexByte(value, '!'); j >= 0 {
			value, important = value[:j], true
		}
		s.property(lowered(name, nameBuf[:]), bytes.TrimSpace(lowered(bytes.TrimSpace(value), valueBuf[:])), important)
	}
}

// property adds one declaration, lower-case.
func (s *style) property(name, value []byte, important bool) {
	switch string(name) {
	case "display":
		s.put(propDisplay, string(value) == "none", important)
	case "visibility":
		s.put(propVisibility, string(value) == "hidden" || string(value) == "collapse", important)
	case "opacity":
		n, unit, ok := cssLength(value)
		s.put(propOpacity, ok && (len(unit) == 0 && n < 0.1 || string(unit) == "%" && n < 10), important)
	case "mso-hide":
		s.put(propMsoHide, string(value) == "all", important)
	case "font-size":
		s.fontSize(value, important)
	case "font":
		s.fontSize(fontSizeIn(value), important)
	case "width":
		s.box(propWidth, value, important)
	case "height":
		s.box(propHeight, value, important)
	case "max-width":
		s.box(propMaxWidth, value, important)
	case "max-height":
		s.box(propMaxHeight, value, important)
	case "overflow", "overflow-x", "overflow-y":
		s.put(propOverflow, bytes.HasPrefix(value, []byte("hidden")) || string(value) == "clip", important)
	case "text-indent":
		s.place(propIndent, value, important)
	case "left":
		s.place(propLeft, value, important)
	case "top":
		s.place(propTop, value, important)
	case "margin-left":
		s.place(propMarginLeft, value, important)
	case "margin-top":
		s.place(propMarginTop, value, important)
	case "clip":
		s.put(propClip, clipsAll(value), important)
	case "clip-path":
		s.put(propClip, string(value) == "inset(100%)" || string(value) == "inset(50%)" || string(value) == "circle(0)", important)
	case "transform":
		s.put(propTransform, string(value) == "scale(0)" || bytes.HasPrefix(value, []byte("scale(0,")), important)
	case "color":
		if c, ok := parseColor(value); ok {
			if s.put(propColor, false, important) {
				s.color = c
			}
		} else if isTransparent(value) {
			s.put(propColor, true, important)
		}
	case "background", "background-color", "background-image":
		s.behind(value, important)
	case "white-space":
		s.put(propWhiteSpace, bytes.HasPrefix(value, []byte("pre")) || string(value) == "break-spaces", important)
	case "border":
		s.put(propBorder, string(value) == "none" || string(value) == "0", important)
	case "border-left":
		s.put(propBorder, bytes.HasPrefix(value, []byte("none")) || string(value) == "0", important)
	case "border-top":
		s.ruled = s.ruled || bytes.HasPrefix(value, []byte("solid #e1e1e1 1.0pt")) || bytes.HasPrefix(value, []byte("solid #b5c4df 1.0pt"))
	}
}

// fontSize notes a size; one that goes by the size around says nothing unless it
// is next to nothing itself.
func (s *style) fontSize(value []byte, important bool) {
	n, unit, ok := cssLength(value)
	switch {
	case ok && tinyFont(n, unit):
		s.put(propFontSize, true, important)
	case ok && string(unit) != "%" && string(unit) != "em" && string(unit) != "ex",
		!ok && bytes.HasSuffix(value, []byte("small")), !ok && bytes.HasSuffix(value, []byte("large")),
		string(value) == "medium", string(value) == "initial":
		s.put(propFontSize, false, important)
	}
}

// fontSizeIn finds the size in the short form "bold 12px/1.2 Arial".
func fontSizeIn(value []byte) []byte {
	for word := range bytes.FieldsSeq(value) {
		size, _, _ := bytes.Cut(word, []byte("/"))
		if _, unit, ok := cssLength(size); ok && (len(unit) > 0 || string(size) == "0") {
			return size
		}
	}
	return nil
}

func (s *style) box(p property, value []byte, important bool) {
	n, _, ok := cssLength(value)
	s.put(p, ok && n == 0, important)
}

// place notes a shift: nobody scrolls a thousand pixels to the left, or ten to
// the right.
func (s *style) place(p property, value []byte, important bool) {
	n, _, ok := cssLength(value)
	s.put(p, ok && (n <= -999 || n >= 9999), important)
}

// behind notes a background.
func (s *style) behind(value []byte, important bool) {
	if bytes.Contains(value, []byte("url(")) || bytes.Contains(value, []byte("gradient")) {
		s.put(propBackground, true, important)
		return
	}
	if bytes.IndexByte(value, '(') >= 0 {
		if c, ok := parseColor(value); ok && s.put(propBackground, false, important) {
			s.background = c
		}
		return
	}
	for word := range bytes.FieldsSeq(value) {
		if c, ok := parseColor(word); ok && s.put(propBackground, false, important) {
			s.background = c
		}
	}
}

// clipsAll reports rect(0...) in its spellings.
func clipsAll(value []byte) bool {
	inside, ok := bytes.CutPrefix(value, []byte("rect("))
	inside = bytes.TrimLeft(inside, " \t")
	return ok && (bytes.HasPrefix(inside, []byte("0")) || bytes.HasPrefix(inside, []byte("1px")))
}

func tinyFont(n float64, unit []byte) bool {
	switch string(unit) {
	case "", "px", "pt":
		return n <= 1
	case "em", "rem":
		return n <= 0.07
	case "%":
		return n <= 7
	}
	return n == 0
}

// cssLength splits "12.5px" into number and unit.
func cssLength(s []byte) (n float64, unit []byte, ok bool) {
	i, whole := 0, true
	for i < len(s) && (s[i] >= '0' && s[i] <= '9' || s[i] == '.' || s[i] == '-' || s[i] == '+') {
		whole = whole && s[i] >= '0' && s[i] <= '9'
		i++
	}
	if i == 0 || i > 20 {
		return 0, nil, false
	}
	unit = bytes.TrimSpace(s[i:])
	if whole && i < 9 {
		for _, c := range s[:i] {
			n = n*10 + float64(c-'0')
		}
		return n, unit, true
	}
	n, err := strconv.ParseFloat(string(s[:i]), 64)
	return n, unit, err == nil
}

// withoutComments drops "/* ... */", by which words are broken up.
func withoutComments(s []byte) []byte {
	if !bytes.Contains(s, []byte("/*")) {
		return s
	}
	out := make([]byte, 0, len(s))
	for {
		before, after, found := bytes.Cut(s, []byte("/*"))
		out = append(out, before...)
		if !found {
			return out
		}
		if _, s, found = bytes.Cut(after, []byte("*/")); !found {
			return out
		}
	}
}

const (
	maxSheet = 256 << 10 // bytes of a page in which style blocks are looked for
	maxRules = 1000
)

// rules are the declarations of the style blocks of a page by selector: ".name",
// "#name", "p", "p.name".
type rules struct {
	by    map[string]*style
	kinds [4]bool // there are selectors of elements, classes, ids, elements with either
}

const (
	ofElement = iota
	ofClass
	ofID
	ofBoth
)

// styleRules collects the simple rules of the style blocks of a page; nil if there
// are none. Rules for print, for small screens and for elements inside others are
// left out: what they hide is seen somewhere.
func styleRules(src string) *rules {
	src = src[:min(len(src), maxSheet)]
	var r *rules
	for blocks := 0; blocks < 20; blocks++ {
		i := nextStyle(src)
		if i < 0 {
			break
		}
		src = src[i:]
		tag, rest, closed := strings.Cut(src, ">")
		if !closed {
			break
		}
		end := strings.Index(rest, "</")
		for end >= 0 && !foldPrefix([]byte(rest[end+2:min(len(rest), end+7)]), "style") {
			next := strings.Index(rest[end+2:], "</")
			if next < 0 {
				end = -1
				break
			}
			end += 2 + next
		}
		if end < 0 {
			end = len(rest)
		}
		if media := foldIndex([]byte(tag), "media"); media < 0 || foldIndex([]byte(tag[media:]), "screen") > 0 || foldIndex([]byte(tag[media:]), "all") > 0 {
			if r == nil {
				r = &rules{by: map[string]*style{}}
			}
			r.read(rest[:end])
		}
		src = rest[end:]
	}
	if r == nil || len(r.by) == 0 {
		return nil
	}
	return r
}

// nextStyle is the place of the next style element that is not in a comment.
func nextStyle(src string) int {
	for at := 0; ; {
		i := strings.IndexByte(src[at:], '<')
		if i < 0 || at+i+6 >= len(src) {
			return -1
		}
		at += i
		switch {
		case strings.HasPrefix(src[at:], "<!--"):
			end := strings.Index(src[at:], "-->")
			if end < 0 {
				return -1
			}
			at += end
		case src[at+1]|0x20 == 's' && strings.EqualFold(src[at+1:at+6], "style") && !wordByte(src[at+6]):
			return at
		}
		at++
	}
}

// read adds the rules of one style block.
func (r *rules) read(css string) {
	css = string(withoutComments([]byte(withoutAtRules(css))))
	for len(r.by) < maxRules {
		selectors, rest, found := strings.Cut(css, "{")
		if !found {
			return
		}
		declarations, rest, found := strings.Cut(rest, "}")
		css = rest
		var s style
		if s.declare([]byte(declarations)); s.set != 0 {
			for one := range strings.SplitSeq(cutText(selectors, 4096), ",") {
				r.add(strings.ToLower(strings.TrimSpace(one)), &s)
			}
		}
		if !found {
			return
		}
	}
}

// add notes the rule of one selector, if it is simple.
func (r *rules) add(selector string, s *style) {
	selector = strings.TrimPrefix(selector, "<!--") // old pages hide their styles from older programs
	selector = strings.TrimSpace(selector)
	for _, page := range []string{"html ", "body "} {
		selector = strings.TrimSpace(strings.TrimPrefix(selector, page))
	}
	selector = strings.TrimPrefix(selector, "*.")
	if selector == "" || len(selector) > 80 {
		return
	}
	kind, marks := ofElement, 0
	for i := range len(selector) {
		switch c := selector[i]; {
		case c == '.' || c == '#':
			marks++
			switch {
			case i > 0:
				kind = ofBoth
			case c == '.':
				kind = ofClass
			default:
				kind = ofID
			}
		case !wordByte(c):
			return
		}
	}
	if marks > 1 || len(r.by) >= maxRules {
		return
	}
	r.kinds[kind] = true
	if known := r.by[selector]; known != nil {
		known.add(s)
		return
	}
	copied := *s
	r.by[selector] = &copied
}

// styleOf puts together what rules and attributes say about an element, the weaker
// first. r may be nil.
func (r *rules) styleOf(tag atom.Atom, name []byte, a *attributes) style {
	var s style
	if a.hidden {
		s.put(propDisplay, true, false)
	}
	if tag == atom.Pre {
		s.put(propWhiteSpace, true, false)
	}
	if c, ok := attributeColor(a.bgcolor); ok {
		s.put(propBackground, false, false)
		s.background = c
	}
	if len(a.background) > 0 {
		s.put(propBackground, true, false)
	}
	if c, ok := attributeColor(a.color); ok { // <font color>
		s.put(propColor, false, false)
		s.color = c
	}
	if c, ok := attributeColor(a.text); ok && tag == atom.Body {
		s.put(propColor, false, false)
		s.color = c
	}
	if r != nil {
		r.apply(&s, name, a)
	}
	if len(a.style) > 0 {
		var inline style
		inline.declare(a.style)
		s.add(&inline)
	}
	return s
}

func (r *rules) apply(s *style, name []byte, a *attributes) {
	if r.kinds[ofElement] {
		if found := r.by[string(name)]; found != nil {
			s.add(found)
		}
	}
	if r.kinds[ofClass] || r.kinds[ofBoth] {
		for class := range bytes.FieldsSeq(a.class) {
			r.named(s, '.', r.kinds[ofClass], name, class)
		}
	}
	if len(a.id) > 0 && (r.kinds[ofID] || r.kinds[ofBoth]) {
		r.named(s, '#', r.kinds[ofID], name, bytes.TrimSpace(a.id))
	}
}

// named applies the rules of one class or id, and those for the element with it.
func (r *rules) named(s *style, sign byte, alone bool, element, name []byte) {
	var buf [2 * maxRulesKey]byte
	if len(name) > maxRulesKey-1 || len(element) > maxRulesKey-1 {
		return
	}
	key := append(append(buf[:0], element...), sign)
	key = append(key, name...)
	lowered(key, key)
	if alone {
		if found := r.by[string(key[len(element):])]; found != nil {
			s.add(found)
		}
	}
	if r.kinds[ofBoth] {
		if found := r.by[string(key)]; found != nil {
			s.add(found)
		}
	}
}

const maxRulesKey = 80

// withoutAtRules drops "@media ... { ... }" with everything between its braces.
func withoutAtRules(css string) string {
	if strings.IndexByte(css, '@') < 0 {
		return css
	}
	var out strings.Builder
	for {
		i := strings.IndexByte(css, '@')
		if i < 0 {
			out.WriteString(css)
			return out.String()
		}
		out.WriteString(css[:i])
		css = css[i:]
		depth, end := 0, len(css)
	scan:
		for j := range len(css) {
			switch css[j] {
			case ';':
				if depth == 0 {
					end = j + 1
					break scan
				}
			case '{':
				depth++
			case '}':
				if depth--; depth <= 0 {
					end = j + 1
					break scan
				}
			}
		}
		css = css[end:]
	}
}
