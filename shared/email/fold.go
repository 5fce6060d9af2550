package email

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Phrases are compared in a folded form: lower case, letters without their accents,
// one blank for every run of blanks, one sign for every kind of dash, apostrophe and
// colon. "Envoyé :" and "ENVOYE:" are one label then, and so are the spellings of a
// Mac, which writes accents apart. The tables below are folded by the same function.

// bareLetters gives for letters of Latin script what is left of them without accents.
var bareLetters = func() (table [0x250 - 0xc0]string) {
	for _, row := range []string{
		"a àáâãäåāăąǎȧ", "ae æ", "c çćĉċč", "d ðďđ", "e èéêëēĕėęě", "g ĝğġģǧ", "h ĥħ", "i ìíîïĩīĭįıǐ", "j ĵ", "k ķ",
		"l ĺļľłŀ", "n ñńņňŋ", "o òóôõöøōŏőơǒ", "oe œ", "r ŕŗř", "s śŝşšș", "ss ß", "t ţťŧț", "th þ", "u ùúûüũūŭůűųưǔ",
		"w ŵ", "y ýÿŷ", "z źżž",
	} {
		bare, letters, _ := strings.Cut(row, " ")
		for _, r := range letters {
			table[r-0xc0] = bare
		}
	}
	return table
}()

// otherLetters do the same for Greek and Cyrillic.
var otherLetters = map[rune]rune{
	'ά': 'α', 'έ': 'ε', 'ή': 'η', 'ί': 'ι', 'ϊ': 'ι', 'ΐ': 'ι', 'ό': 'ο', 'ύ': 'υ', 'ϋ': 'υ', 'ΰ': 'υ', 'ώ': 'ω', 'ς': 'σ',
	'ё': 'е', 'й': 'и', 'ї': 'і',
}

// fold appends s in folded form to dst.
func fold(dst []byte, s string) []byte {
	start := len(dst)
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			i++
			if c == ' ' || c == '\t' || c == '\n' {
				dst = foldBlank(dst, start)
				continue
			}
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			dst = append(dst, c)
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		i += n
		dst = foldRune(dst, start, r)
	}
	if len(dst) > start && dst[len(dst)-1] == ' ' {
		dst = dst[:len(dst)-1]
	}
	return dst
}

// foldBlank appends a blank unless one is there already or nothing is.
func foldBlank(dst []byte, start int) []byte {
	if len(dst) == start || dst[len(dst)-1] == ' ' {
		return dst
	}
	return append(dst, ' ')
}

func foldRune(dst []byte, start int, r rune) []byte {
	r = unicode.ToLower(r)
	switch {
	case r < utf8.RuneSelf: // the dotted capital I of Turkish
		return append(dst, byte(r)) // #nosec G115 -- below RuneSelf
	case r < 0x250 && r >= 0xc0 && bareLetters[r-0xc0] != "":
		return append(dst, bareLetters[r-0xc0]...)
	case r >= 0x300 && r <= 0x36f, r >= 0x591 && r <= 0x5c7, r >= 0x64b && r <= 0x652: // marks on a letter
		return dst
	case r >= 0x2010 && r <= 0x2015:
		return append(dst, '-')
	case r == 0x2018 || r == 0x2019 || r == 0x2bc || r == 0xb4:
		return append(dst, '\'')
	case r == '：':
		return append(dst, ':')
	case r == 0xa0 || r == 0x202f || r == 0x3000:
		return foldBlank(dst, start)
	}
	if r >= 0x3ac && r <= 0x457 {
		if bare, ok := otherLetters[r]; ok {
			r = bare
		}
	}
	return utf8.AppendRune(dst, r)
}

func folded(s string) string { return string(fold(nil, s)) }

// setOf builds a table of folded phrases, written one after the other between
// semicolons.
func setOf(lists ...string) map[string]bool {
	list := listOf(lists...)
	set := make(map[string]bool, len(list))
	for _, phrase := range list {
		set[phrase] = true
	}
	return set
}

// listOf is the same in order. A blank at the start or end of a phrase stands for the
// edge of a word and is kept. All phrases are parts of one string: every program that
// knows mail waits for these tables when it starts.
func listOf(lists ...string) []string {
	phrases, size := 0, 0
	for _, list := range lists {
		phrases, size = phrases+strings.Count(list, ";")+1, size+len(list)
	}
	bare, ends := make([]byte, 0, size), make([]int, 0, phrases)
	for _, list := range lists {
		for phrase := range strings.SplitSeq(list, ";") {
			if strings.HasPrefix(phrase, " ") {
				bare = append(bare, ' ')
			}
			bare = fold(bare, phrase)
			if strings.HasSuffix(phrase, " ") {
				bare = append(bare, ' ')
			}
			ends = append(ends, len(bare))
		}
	}
	all, out, start := string(bare), make([]string, 0, phrases), 0
	for _, end := range ends {
		out, start = append(out, all[start:end]), end
	}
	return out
}
