package email

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// cleanText makes decoded text fit to keep and to read: valid UTF-8, LF line
// ends, no NUL and no control characters but LF and tab, no invisible characters.
// Zero-width characters, soft hyphens, direction controls and tag characters are
// used to break up words so that rules miss them.
func cleanText(s string) string {
	s, _, _ = cleaned(s)
	return s
}

// clean is cleanText for the words of the mail: it notes what was hidden in them.
func (r *reader) clean(s string) string {
	out, inside, spelt := cleaned(s)
	r.unseen(inside, spelt)
	return out
}

// unseen notes characters that nobody sees: those inside words, and those that
// spell words of their own.
func (r *reader) unseen(inside bool, spelt string) {
	switch {
	case spelt != "":
		r.warn(InvisibleText, "characters that nobody sees spell a text; it is left out and kept as hidden text")
		r.hide(spelt)
	case inside:
		r.warn(InvisibleText, "characters that nobody sees stood inside words and were left out")
	}
}

// hide adds a piece to the hidden text of the mail, as far as there is room.
func (r *reader) hide(s string) {
	room := maxHidden - len(r.m.Hidden)
	if r.m.Hidden != "" {
		room--
	}
	s = strings.TrimSpace(cutText(s, max(room, 0)))
	switch {
	case s == "":
	case r.m.Hidden == "":
		r.m.Hidden = s
	default:
		r.m.Hidden += "\n" + s
	}
}

// cleaned is cleanText and what it found. inside tells that characters without
// width broke up a word; spelt is what tag characters and variation selectors say.
func cleaned(s string) (out string, inside bool, spelt string) {
	if plainASCII(s, true) {
		return s, false, ""
	}
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	var b, said strings.Builder
	kept := 0 // up to where s is written
	flush := func(to int) {
		if b.Cap() == 0 {
			b.Grow(len(s))
		}
		b.WriteString(s[kept:to])
	}
	before := rune(0) // the last character in front of kept
	for i := 0; i < len(s); {
		c := s[i]
		if ordinary[c] {
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		with := ""
		switch {
		case r == '\r':
			if !strings.HasPrefix(s[i+1:], "\n") {
				with = "\n"
			}
		case r == '\u2028' || r == '\u2029' || r == '\u0085' || r == '\v' || r == '\f':
			with = "\n"
		case r == '\u00a0' || r == '\u202f' || r == '\u2007':
			with = " "
		case !invisible(r):
			i += n
			continue
		case c >= utf8.RuneSelf:
			n = invisibleRun(s[i:])
			left, right := before, rune(0)
			if i > kept {
				left, _ = utf8.DecodeLastRuneInString(s[:i])
			}
			if i+n < len(s) {
				right, _ = utf8.DecodeRuneInString(s[i+n:])
			}
			inside = breaksWord(left, s[i:i+n], right) || inside
			spell(&said, left, s[i:i+n])
		}
		flush(i)
		b.WriteString(with)
		if b.Len() > 0 {
			before, _ = utf8.DecodeLastRuneInString(b.String())
		}
		i += n
		kept = i
	}
	if b.Cap() == 0 {
		return s, false, ""
	}
	flush(len(s))
	if spelt = strings.TrimSpace(said.String()); len(spelt) < 3 {
		return b.String(), inside || spelt != "", "" // no word
	}
	return b.String(), inside, spelt
}

// ordinary are the bytes that cleaning need not look at: printable ASCII and all
// bytes of characters that begin with none of those below.
var ordinary = func() (table [256]bool) {
	for c := range table {
		table[c] = c >= ' ' && c != 0x7f || c == '\n' || c == '\t'
	}
	for _, r := range []rune{0x80, 0x34f, 0x61c, 0x115f, 0x180e, 0x200b, 0x3164, 0xfe00, 0xfeff, 0xe0000} {
		table[utf8.AppendRune(nil, r)[0]] = false
	}
	return table
}()

// invisibleRun is the number of bytes of the invisible characters at the start of s.
func invisibleRun(s string) int {
	for i, r := range s {
		if r < utf8.RuneSelf || r == '\u0085' || !invisible(r) {
			return i
		}
	}
	return len(s)
}

// breaksWord reports whether characters without width stand where they take a
// word apart. Joiners and marks belong to the spelling of many scripts, so they
// count between Latin, Greek and Cyrillic letters only; what turns the direction
// of writing has no business inside any word.
func breaksWord(left rune, between string, right rune) bool {
	if !wordRune(left) || !wordRune(right) {
		return false
	}
	if plainScript(left) && plainScript(right) {
		return true
	}
	return strings.ContainsFunc(between, func(r rune) bool { return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 })
}

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// plainScript reports letters of scripts that are written without joiners.
func plainScript(r rune) bool { return r < 0x530 || r >= 0x1e00 && r < 0x2000 }

// spell adds what invisible characters spell: tag characters are a second ASCII,
// and a run of variation selectors can carry any bytes. The flags of England and
// its like are spelt with tags behind a black flag and are no secret.
func spell(said *strings.Builder, left rune, between string) {
	if len(between) < 4 { // no tag is shorter
		return
	}
	const blackFlag = 0x1f3f4
	var tags, selectors []byte
	for _, r := range between {
		switch {
		case r >= 0xe0020 && r <= 0xe007e:
			tags = append(tags, byte(r-0xe0000))
		case r >= 0xfe00 && r <= 0xfe0f:
			selectors = append(selectors, byte(r-0xfe00))
		case r >= 0xe0100 && r <= 0xe01ef:
			selectors = append(selectors, byte(r-0xe0100+16))
		}
	}
	if len(tags) > 0 && (left != blackFlag || len(tags) > 6) {
		said.Write(tags)
		if len(tags) > 1 { // or else a letter here and a letter there
			said.WriteByte('\n')
		}
	}
	if len(selectors) >= 4 && plainASCII(string(selectors), true) {
		said.Write(selectors)
		said.WriteByte('\n')
	}
}

// cleanLine is cleanText for one-line fields: every run of blanks and line ends
// becomes one blank.
func cleanLine(s string) string {
	if !plainASCII(s, false) {
		s = cleanText(s)
	}
	if !strings.Contains(s, "  ") && !strings.ContainsAny(s, "\t\n\r") {
		return strings.TrimSpace(s)
	}
	return strings.Join(strings.Fields(s), " ")
}

// plainASCII reports whether s holds nothing that cleaning would change.
func plainASCII(s string, lines bool) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= 0x7f || c < ' ' && !(lines && (c == '\n' || c == '\t')) {
			return false
		}
	}
	return true
}

// invisible reports characters that take no space on a screen.
func invisible(r rune) bool {
	switch {
	case r < utf8.RuneSelf:
		return r < ' ' || r == 0x7f
	case r == '\u00ad', r == '\u034f', r == '\u061c', r == '\u180e', r == '\ufeff', r == '\u3164', r == '\u115f', r == '\u1160':
		return true
	case r >= '\u200b' && r <= '\u200f', r >= '\u202a' && r <= '\u202e', r >= '\u2060' && r <= '\u206f':
		return true
	case r >= '\ufe00' && r <= '\ufe0f', r >= 0xe0000 && r <= 0xe0fff:
		return true
	}
	return unicode.IsControl(r)
}

// cutText shortens s to at most n bytes without cutting a character.
func cutText(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
