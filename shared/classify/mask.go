package classify

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Mask replaces what a language model need not know by words in brackets: e-mail
// addresses by [email], web addresses by [url], account numbers by [iban], the street and
// the house that somebody lives in by [address], numbers of papers that hold letters by
// [id], telephone, card and all other identity numbers and every long run of digits by
// [number]. The result is valid UTF-8; a text without any of these comes back as it is.
//
// What says which right is asked for stays: articles and sections ("Art. 17",
// "1798.105"), regulations ("2016/679"), dates, years, amounts and ZIP codes. Where the
// two look alike, the law wins over the number: a number that stays costs some privacy,
// a section that goes may cost a person's right. So "12 34 56 78" stays, which might be
// articles. Names, towns, streets without a number and addresses spelled out ("jane at
// example") stay too; the caller sends no more of a mail than it needs.
//
// Mask(Mask(text)) is Mask(text), and the time it takes grows with the text alone.
func Mask(text string) string {
	for range passes {
		once := maskRuns(maskPlaces(strings.ToValidUTF8(text, "\uFFFD")))
		if once == text {
			break
		}
		text = once
	}
	return text
}

// passes are how often the text is gone through at most. What is taken out lets what was
// beside it be seen: a street behind a telephone number, for example.
const passes = 4

// maskRuns replaces addresses of the net and long numbers.
func maskRuns(text string) string {
	m := masker{text: text}
	var out strings.Builder
	kept := 0 // up to here is written
	for at := 0; at < len(m.text); {
		end, placeholder := m.at(at)
		if placeholder != "" {
			out.WriteString(m.text[kept:at])
			out.WriteString(placeholder)
			kept = end
		}
		at = end
	}
	if kept == 0 {
		return m.text
	}
	out.WriteString(m.text[kept:])
	return out.String()
}

// masker looks at one text from left to right.
type masker struct {
	text    string
	address int // no address begins before this offset
}

// at looks for something to replace at an offset. It returns where to go on, and the
// placeholder for what is before that, or none if it stays.
func (m *masker) at(i int) (end int, placeholder string) {
	if c := m.text[i]; c < utf8.RuneSelf && !asciiAlnum(c) && c != '+' && c != '(' {
		if strings.IndexByte(localSigns, c) < 0 { // white space and marks: nothing begins here
			return i + 1, ""
		}
	}
	if i == 0 || !asciiLetter(m.text[i-1]) {
		if end := m.url(i); end > i {
			return end, "[url]"
		}
		if end := m.iban(i); end > i {
			return end, "[iban]"
		}
	}
	if end := m.email(i); end > i {
		return end, "[email]"
	}
	if end, long := m.number(i); end > i {
		if long {
			return end, "[number]"
		}
		return end, ""
	}
	_, size := utf8.DecodeRuneInString(m.text[i:])
	return i + size, ""
}

// localSigns may stand in the local part of an address besides letters and digits. RFC
// 5322 allows more; "/" and "=" more often stand before an address than in it.
const localSigns = "._%+-'&~"

// email returns the end of an address that begins at i, or i. The part before the "@" is
// looked through once, however often the reading comes by in the middle of it.
func (m *masker) email(i int) int {
	if i < m.address || strings.IndexByte(localSigns, m.text[i]) >= 0 {
		return i
	}
	local := m.run(i, localSigns)
	m.address = max(local, i+1)
	if local == i || local == len(m.text) || m.text[local] != '@' {
		return i
	}
	end := m.run(local+1, ".-")
	for end > local+1 && (m.text[end-1] == '.' || m.text[end-1] == '-') {
		end-- // the end of a sentence
	}
	domain := m.text[local+1 : end]
	if dot := strings.LastIndexByte(domain, '.'); dot <= 0 || len(domain)-dot <= 2 {
		return i // "delete@once" is no address
	}
	return end
}

// run returns the end of the letters, digits and signs that begin at i. Letters are those
// of scripts that put blanks between words: in the others an address has no visible
// beginning, and the words around it would go with it.
func (m *masker) run(i int, signs string) int {
	for i < len(m.text) {
		c := m.text[i]
		if c < utf8.RuneSelf {
			if !asciiAlnum(c) && strings.IndexByte(signs, c) < 0 {
				return i
			}
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(m.text[i:])
		if !unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Mn) {
			return i
		}
		i += size
	}
	return i
}

// url returns the end of a web address that begins at i, or i. It is ASCII: in a script
// without blanks the next sentence follows at once.
func (m *masker) url(i int) int {
	rest := m.text[i:]
	var scheme int
	for _, s := range []string{"https://", "http://", "ftp://", "www."} {
		if len(rest) > len(s) && strings.EqualFold(rest[:len(s)], s) && asciiAlnum(rest[len(s)]) {
			scheme = len(s)
		}
	}
	if scheme == 0 {
		return i
	}
	end := i + scheme
	for end < len(m.text) && m.text[end] > ' ' && m.text[end] < 0x7f && strings.IndexByte("<>\"{}|\\^`[]", m.text[end]) < 0 {
		end++
	}
	for strings.IndexByte(".,;:!?')(*_", m.text[end-1]) >= 0 {
		end-- // marks of the sentence around it
	}
	return end
}

// The lengths of an account number, ISO 13616.
const (
	minIBAN = 15
	maxIBAN = 34
)

// iban returns the end of an account number that begins at i, or i: two letters, two
// digits and up to thirty more of both, with or without blanks, whose check digits are
// right, as mod97 says of it. Of a mistyped one the digits go.
func (m *masker) iban(i int) int {
	end := i
	for at, n := i, 0; at < len(m.text) && n < maxIBAN; at++ {
		c := m.text[at]
		switch {
		case c == ' ' && at > i && m.text[at-1] != ' ':
			continue
		case c >= 'a' || !asciiAlnum(c), n < 2 && digit(c), (n == 2 || n == 3) && !digit(c):
			return end
		}
		n++
		whole := at+1 == len(m.text) || !asciiAlnum(m.text[at+1])
		if n >= minIBAN && whole && mod97(m.text[i:at+1]) {
			end = at + 1
		}
	}
	return end
}

func asciiAlnum(c byte) bool {
	return c >= '0' && c <= '9' || asciiLetter(c)
}

func asciiLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }
