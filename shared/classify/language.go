package classify

import (
	"math/bits"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/abadojack/whatlanggo"
)

// Detection needs some letters to go by and gains nothing from many.
const (
	fewLetters = 20
	shortText  = 160 // bytes
	muchText   = 600
)

// candidates are the languages told apart. The library knows eighty, and takes
// short English for Tagalog or Scots; these are the ones people write to us in.
var candidates = whatlanggo.Options{Whitelist: map[whatlanggo.Lang]bool{
	whatlanggo.Eng: true, whatlanggo.Deu: true, whatlanggo.Fra: true, whatlanggo.Spa: true, whatlanggo.Por: true,
	whatlanggo.Ita: true, whatlanggo.Nld: true, whatlanggo.Pol: true, whatlanggo.Swe: true, whatlanggo.Dan: true,
	whatlanggo.Fin: true, whatlanggo.Ces: true, whatlanggo.Hun: true, whatlanggo.Ron: true, whatlanggo.Tur: true,
	whatlanggo.Rus: true, whatlanggo.Ukr: true, whatlanggo.Bul: true, whatlanggo.Ell: true, whatlanggo.Cmn: true,
	whatlanggo.Jpn: true, whatlanggo.Kor: true, whatlanggo.Arb: true, whatlanggo.Heb: true, whatlanggo.Hin: true,
}}

// language is one with its small words.
type language struct {
	name  string // BCP 47
	words []int32
}

const (
	maxLanguages = 64
	manyWords    = 300 // of a text are looked at
	enoughVotes  = 5   // small words that decide, if no other language has two thirds as many
)

// kin are languages that share most of their small words; two more of its own decide.
var kin = map[string]string{"cs": "sk", "sk": "cs", "ru": "uk", "uk": "ru"}

// bySmallWords names the language that the small words of a text speak for; "" if they
// do not decide. It looks at words that were looked up already and costs next to nothing.
func (c *Classifier) bySmallWords(toks []token) string {
	var votes [maxLanguages]int
	for i := range toks[:min(len(toks), manyWords)] {
		a := toks[i].atom
		if a < 0 {
			continue
		}
		for set := c.small[a]; set != 0; set &= set - 1 {
			votes[bits.TrailingZeros64(set)]++
		}
	}
	best := 0
	for n := range c.languages {
		if votes[n] > votes[best] {
			best = n
		}
	}
	if votes[best] < enoughVotes {
		return ""
	}
	for n, l := range c.languages {
		near := 2 * votes[best] / 3
		if kin[l.name] == c.languages[best].name {
			near = votes[best] - 2
		}
		if n != best && votes[n] > near {
			return ""
		}
	}
	return c.languages[best].name
}

// language names the language of the sender's own words, else of the other texts,
// as BCP 47; "und" if there is too little to tell. Where detection cannot tell, the
// language of the rules that spoke decides.
func (r *reading) language() string {
	var votes map[string]int
	best := "und"
	for _, t := range r.texts {
		if t.where == InSubject || t.where == InAddress || t.where == InSignature {
			continue // a signature is names, and often in another language
		}
		lang := r.c.bySmallWords(t.toks)
		if lang != "" {
			return lang
		}
		if lang = byLetters(t.raw); lang != "" {
			return lang
		}
		if votes == nil {
			votes, best = r.votes()
		}
		lang = detect(t.raw)
		if short := len(t.raw) < shortText; short && best != "und" && votes[lang] == 0 {
			continue // letters of one line are a guess, words that a rule knows are not
		}
		if k := kin[lang]; votes[k] > votes[lang] {
			lang = k // the library knows one of the two, the rules that spoke know both
		}
		if lang != "und" {
			return lang
		}
	}
	if votes == nil {
		_, best = r.votes()
	}
	return best
}

// votes counts the rules that spoke by their languages, and names the one with most; "und"
// if none has a language.
func (r *reading) votes() (votes map[string]int, best string) {
	votes, best = make(map[string]int, 4), "und"
	for _, h := range r.hits {
		lang := r.c.rules[h.rule].Language
		if h.tongue > 0 {
			lang = r.c.program.ideas.tongues[h.tongue-1]
		}
		if votes[lang]++; lang != "und" && (best == "und" || votes[lang] > votes[best]) {
			best = lang
		}
	}
	return votes, best
}

// ownLetters are letters that only one of the languages told apart is written with. The
// library knows no Slovak and no Croatian, and is at a loss with a few Cyrillic words.
var ownLetters = map[rune]string{
	'ы': "ru", 'э': "ru", 'ё': "ru", 'і': "uk", 'ї': "uk", 'є': "uk", 'ґ': "uk",
	'ř': "cs", 'ů': "cs", 'ě': "cs", 'ľ': "sk", 'ĺ': "sk", 'ŕ': "sk", 'đ': "hr",
	'ő': "hu", 'ű': "hu", 'ș': "ro", 'ț': "ro", 'ğ': "tr", 'ı': "tr",
}

// byLetters names the language whose own letters stand in a text; "" if none or several
// do. One Latin letter may come from a name. Japanese is known by its kana, even where
// most signs are Chinese.
func byLetters(s string) string {
	var own map[string]int
	han, kana := 0, 0
	for _, r := range s[:min(len(s), muchText)] {
		switch {
		case r < 'đ':
		case r >= 0x3040 && unicode.In(r, unicode.Hiragana, unicode.Katakana):
			kana++
		case unicode.Is(unicode.Han, r):
			han++
		default:
			if lang := ownLetters[unicode.ToLower(r)]; lang != "" {
				if own == nil {
					own = map[string]int{}
				}
				own[lang]++
				if r >= 'а' {
					own[lang]++ // Cyrillic letters stand in no name of a Latin text
				}
			}
		}
	}
	if kana >= 3 && 8*kana >= han {
		return "ja"
	}
	if len(own) != 1 {
		return ""
	}
	for lang, n := range own {
		if n >= 2 {
			return lang
		}
	}
	return ""
}

func detect(s string) string {
	if len(s) > muchText {
		s = s[:muchText]
		for !utf8.ValidString(s) {
			s = s[:len(s)-1]
		}
	}
	letters, dense := 0, 0
	for _, r := range s {
		if unicode.IsLetter(r) {
			letters++
		}
		if ideographic(r) {
			dense++
		}
	}
	if letters+2*dense < fewLetters {
		return "und"
	}
	info := whatlanggo.DetectWithOptions(strings.ToValidUTF8(s, ""), candidates)
	code := info.Lang.Iso6391()
	if code == "" || !info.IsReliable() {
		return "und"
	}
	return code
}
