package classify

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// token is one word of a text. Words are compared folded, so that case, accents,
// quotes, hyphens and full-width forms make no difference; the folded letters are made
// where they are needed, since most words are asked for only once.
type token struct {
	start, end int32 // byte offsets into the text as written
	sentence   int32 // counted from 0
	atom       int32 // the word as the rules know it; unknownWord if none does
	form       form
	brk        bool // a sentence, a paragraph or a list item starts here
}

// form says how the folded form of a token comes from its letters.
type form uint8

const (
	formPlain   form = iota // it is them
	formFold                // see fold
	formURL                 // urlWord
	formAddress             // addressWord
	formDomain              // an @ before it, in lower-case
)

// Stand-ins for things whose letters are no words: an address that contains
// "unsubscribe" asks for nothing.
const (
	urlWord     = "<url>"
	addressWord = "<address>"
)

// fold is the folded form of a token of text.
func (t token) fold(text string) string {
	switch t.form {
	case formPlain:
		return text[t.start:t.end]
	case formURL:
		return urlWord
	case formAddress:
		return addressWord
	case formDomain:
		return "@" + strings.ToLower(text[t.start:t.end])
	}
	return fold(text[t.start:t.end])
}

// splitWords cuts a text into at most limit tokens; cut is true if there were more.
func splitWords(s string, limit int) (toks []token, cut bool) {
	return appendWords(make([]token, 0, min(limit, len(s)/5+4)), s, limit)
}

// appendWords is splitWords into a slice that is there already.
func appendWords(toks []token, s string, limit int) (_ []token, cut bool) {
	first := len(toks)
	sentence := int32(0)
	gap := 0 // where the space before the next word began
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if !wordByte[c] {
				i++
				continue
			}
		} else if r, n := utf8.DecodeRuneInString(s[i:]); !startsWord(r) {
			i += n
			continue
		}
		if len(toks)-first >= limit {
			return toks, true
		}
		end, f := wordAt(s, i)
		brk := len(toks) > first && s[gap:i] != " " && breaks(s[gap:i], s[i:]) && !initials(toks[first:], s, i)
		if brk {
			sentence++
		}
		toks = append(toks, token{
			start: int32(i), end: int32(end), // #nosec G115 -- texts are far below 2 GB
			sentence: sentence, atom: unknownWord, form: f, brk: brk,
		})
		i, gap = end, end
	}
	return toks, false
}

// initials reports whether the full stop before i belongs to letters like "U.S.", which
// end no sentence: the law is called "EU-U.S. Data Privacy Framework".
func initials(toks []token, s string, i int) bool {
	if len(toks) < 2 {
		return false
	}
	a, b := toks[len(toks)-2], toks[len(toks)-1]
	return a.end-a.start == 1 && b.end-b.start == 1 && s[a.end:b.start] == "." && s[b.end:i] == ". "
}

func startsWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// wordByte are the ASCII letters and digits.
var wordByte = func() (is [256]bool) {
	for c := range 128 {
		is[c] = asciiWord(byte(c))
	}
	return is
}()

// wordAt reads the word that starts at i and returns where it ends, and how it folds.
func wordAt(s string, i int) (end int, f form) {
	end = i
	for end < len(s) && wordByte[s[end]] {
		if c := s[end]; c >= 'A' && c <= 'Z' {
			f = formFold
		}
		end++
	}
	// Most words end at a blank; only signs that addresses have are looked at more.
	if end > i && (end == len(s) || s[end] == ' ' || s[end] == '\n' || s[end] == ',') {
		return end, f
	}
	if first, n := utf8.DecodeRuneInString(s[i:]); ideographic(first) {
		return i + n, formPlain
	}
	if end, f := runAt(s, i); end > 0 {
		return end, f
	}
	for end < len(s) {
		r, n := utf8.DecodeRuneInString(s[end:])
		if k := joinedSuffix(s, end, n); k > 0 {
			return end + k, formFold
		}
		if r < utf8.RuneSelf {
			if !wordByte[s[end]] {
				break
			}
			if r >= 'A' && r <= 'Z' {
				f = formFold
			}
			end += n
			continue
		}
		if ideographic(r) || !startsWord(r) && !unicode.Is(unicode.Mn, r) && !invisible(r) {
			break
		}
		f = formFold
		end += n
	}
	return end, f
}

func asciiWord(b byte) bool {
	return 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z' || '0' <= b && b <= '9'
}

// joinedSuffix says how many bytes an apostrophe and the English ending behind it
// take: "don't" and "children's" are one word, "I'd" and "l'accès" are two.
func joinedSuffix(s string, at, n int) int {
	switch r, _ := utf8.DecodeRuneInString(s[at:]); r {
	case '\'', '’', '‘', '`', '´', 'ʼ', '\u02bb', '＇':
	default:
		return 0
	}
	if at+n >= len(s) {
		return 0
	}
	if c := s[at+n] | 0x20; c != 's' && c != 't' {
		return 0
	}
	if r, _ := utf8.DecodeRuneInString(s[at+n+1:]); at+n+1 < len(s) && startsWord(r) {
		return 0
	}
	return n + 1
}

// runAt recognises a web or mail address, so that it becomes one opaque token.
// end is 0 where there is none.
func runAt(s string, i int) (end int, f form) {
	switch s[i] | 0x20 {
	case 'h', 'w', 'm':
		if hasPrefixFold(s[i:], "http://") || hasPrefixFold(s[i:], "https://") || hasPrefixFold(s[i:], "www.") {
			return i + solid(s[i:]), formURL
		}
		if hasPrefixFold(s[i:], "mailto:") {
			return i + solid(s[i:]), formAddress
		}
	}
	// Look for an @ inside the run, but not far: no local part is longer than 64.
	for k := i; k < len(s) && k < i+65; k++ {
		switch c := s[k]; {
		case c == '@' && k+1 < len(s) && asciiWord(s[k+1]):
			return k + solid(s[k:]), formAddress
		case !asciiWord(c) && !strings.ContainsRune(".!#$%&'*+/=?^_{|}~-", rune(c)):
			return 0, formPlain
		}
	}
	return 0, formPlain
}

// solid counts the bytes before the next space or closing bracket, leaving
// punctuation at the end to the sentence.
func solid(s string) int {
	n := strings.IndexFunc(s, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("<>\"()[]{}|", r) })
	if n < 0 {
		n = len(s)
	}
	if t := strings.TrimRight(s[:n], ".,;:!?'"); t != "" {
		return len(t)
	}
	return n
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// breaks says whether the space between two words ends a thought. A full stop
// counts only before a new sentence: "Art. 17" and "e.g. this" go on.
func breaks(space, rest string) bool {
	stop, spaced, lines := false, false, 0
	for k, r := range space {
		switch {
		case r == '\n':
			lines++
			spaced = true
			if lines > 1 || bullet(space[k+1:], rest) {
				return true
			}
		case unicode.IsSpace(r):
			spaced = true
		case r == '!' || r == '?' || r == ';' || r == '。' || r == '！' || r == '？' || r == '；' || r == '•' || r == '▪' || r == '‣':
			return true
		case r == '.' || r == '…':
			stop = true
		}
	}
	if !stop || !spaced {
		return false
	}
	r, _ := utf8.DecodeRuneInString(rest)
	return !unicode.IsLower(r) && !unicode.IsDigit(r)
}

// bullet says whether a new line begins as an item of a list.
func bullet(space, rest string) bool {
	if t := strings.TrimLeft(space, " \t"); t != "" {
		return strings.ContainsRune("-*+–—·>o(", []rune(t)[0])
	}
	n := 0
	for n < len(rest) && n < 3 && '0' <= rest[n] && rest[n] <= '9' {
		n++
	}
	if n == 0 && rest != "" && asciiWord(rest[0]) {
		n = 1
	}
	return n > 0 && n+1 < len(rest) && (rest[n] == '.' || rest[n] == ')') && (rest[n+1] == ' ' || rest[n+1] == '\t')
}

// ideographic writing puts no spaces between words, so each sign is a token.
func ideographic(r rune) bool {
	return r >= 0x3040 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

func invisible(r rune) bool {
	return r == '\u00ad' || r >= '\u200b' && r <= '\u200d' || r == '\u2060' || r == '\ufeff'
}

// fold brings a word to the form in which rules know it.
func fold(s string) string {
	var room [64]byte
	return string(appendFold(room[:0], s))
}

// appendFold adds the folded form of s to b. The apostrophe of "don't" is left out.
func appendFold(b []byte, s string) []byte {
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			i++
			switch {
			case c >= 'A' && c <= 'Z':
				b = append(b, c+'a'-'A')
			case c != '\'' && c != '`':
				b = append(b, c)
			}
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r >= 0x1100 && r <= 0x11ff: // Hangul as a Mac writes it, letter by letter
			return norm.NFC.AppendString(b, s[i:])
		case invisible(r), r == '’', r == '‘', r == '´', r == 'ʼ', r == '\u02bb', r == '＇':
		case r == 'ß' || r == 'ẞ':
			b = append(b, "ss"...)
		case r == 'ł' || r == 'Ł':
			b = append(b, 'l')
		case r == 'ø' || r == 'Ø':
			b = append(b, 'o')
		case r == 'đ' || r == 'Đ':
			b = append(b, 'd')
		case r == 'ı' || r == 'İ':
			b = append(b, 'i')
		case r == 'æ' || r == 'Æ':
			b = append(b, "ae"...)
		case r == 'œ' || r == 'Œ':
			b = append(b, "oe"...)
		default:
			b = appendDecomposed(b, s[i:i+n], r)
		}
		i += n
	}
	return b
}

// appendDecomposed adds a letter without its marks, in lower-case.
func appendDecomposed(b []byte, s string, r rune) []byte {
	parts := norm.NFKD.PropertiesString(s).Decomposition()
	if len(parts) == 0 {
		if !unicode.Is(unicode.Mn, r) {
			b = utf8.AppendRune(b, unicode.ToLower(r))
		}
		return b
	}
	for len(parts) > 0 {
		d, n := utf8.DecodeRune(parts)
		if !unicode.Is(unicode.Mn, d) {
			b = utf8.AppendRune(b, unicode.ToLower(d))
		}
		parts = parts[n:]
	}
	return b
}
