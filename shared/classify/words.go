package classify

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// token is one word of a text, folded so that case, accents, quotes, hyphens and
// full-width forms make no difference.
type token struct {
	word       string
	id         int32 // place in the lexicon of the rules; unknownWord if no rule knows it
	start, end int32 // byte offsets into the text as written
	sentence   int32 // counted from 0
	brk        bool  // a sentence, a paragraph or a list item starts here
}

const unknownWord int32 = -1

// Stand-ins for things whose letters are no words: an address that contains
// "unsubscribe" asks for nothing.
const (
	urlWord     = "<url>"
	addressWord = "<address>"
)

// splitWords cuts a text into at most limit tokens; cut is true if there were more.
func splitWords(s string, limit int) (toks []token, cut bool) {
	toks = make([]token, 0, min(limit, len(s)/5+4))
	sentence := int32(0)
	gap := 0 // where the space before the next word began
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if !startsWord(r) {
			i += n
			continue
		}
		if len(toks) >= limit {
			return toks, true
		}
		end, word := wordAt(s, i, r)
		brk := len(toks) > 0 && breaks(s[gap:i], s[i:]) && !initials(toks, s, i)
		if brk {
			sentence++
		}
		toks = append(toks, token{
			word: word, id: unknownWord, start: int32(i), end: int32(end), // #nosec G115 -- texts are far below 2 GB
			sentence: sentence, brk: brk,
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

// wordAt reads the word that starts at i and returns where it ends, and its
// folded form.
func wordAt(s string, i int, first rune) (end int, word string) {
	if ideographic(first) {
		n := utf8.RuneLen(first)
		return i + n, s[i : i+n]
	}
	if end, word := runAt(s, i); word != "" {
		return end, word
	}
	end = i
	plain := true
	for end < len(s) {
		r, n := utf8.DecodeRuneInString(s[end:])
		if r < utf8.RuneSelf {
			if !asciiWord(s[end]) {
				if k := joinedSuffix(s, end, n); k > 0 {
					return end + k, fold(s[i:end]) + fold(s[end+n:end+k])
				}
				break
			}
			plain = plain && (r < 'A' || r > 'Z')
			end += n
			continue
		}
		if k := joinedSuffix(s, end, n); k > 0 {
			return end + k, fold(s[i:end]) + fold(s[end+n:end+k])
		}
		if ideographic(r) || !startsWord(r) && !unicode.Is(unicode.Mn, r) && !invisible(r) {
			break
		}
		plain = false
		end += n
	}
	if plain {
		return end, s[i:end]
	}
	return end, fold(s[i:end])
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
func runAt(s string, i int) (end int, word string) {
	switch s[i] | 0x20 {
	case 'h', 'w', 'm':
		if hasPrefixFold(s[i:], "http://") || hasPrefixFold(s[i:], "https://") || hasPrefixFold(s[i:], "www.") {
			return i + solid(s[i:]), urlWord
		}
		if hasPrefixFold(s[i:], "mailto:") {
			return i + solid(s[i:]), addressWord
		}
	}
	// Look for an @ inside the run, but not far: no local part is longer than 64.
	for k := i; k < len(s) && k < i+65; k++ {
		switch c := s[k]; {
		case c == '@' && k+1 < len(s) && asciiWord(s[k+1]):
			return k + solid(s[k:]), addressWord
		case !asciiWord(c) && !strings.ContainsRune(".!#$%&'*+/=?^_{|}~-", rune(c)):
			return 0, ""
		}
	}
	return 0, ""
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
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		switch {
		case r < utf8.RuneSelf:
			b.WriteRune(unicode.ToLower(r))
		case invisible(r):
		case r == 'ß' || r == 'ẞ':
			b.WriteString("ss")
		case r == 'ł' || r == 'Ł':
			b.WriteByte('l')
		case r == 'ø' || r == 'Ø':
			b.WriteByte('o')
		case r == 'đ' || r == 'Đ':
			b.WriteByte('d')
		case r == 'ı' || r == 'İ':
			b.WriteByte('i')
		case r == 'æ' || r == 'Æ':
			b.WriteString("ae")
		case r == 'œ' || r == 'Œ':
			b.WriteString("oe")
		default:
			for _, d := range norm.NFKD.String(string(r)) {
				if !unicode.Is(unicode.Mn, d) {
					b.WriteRune(unicode.ToLower(d))
				}
			}
		}
	}
	return b.String()
}
