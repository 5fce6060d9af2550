package classify

import (
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

// language names the language of the sender's own words, else of the other texts,
// as BCP 47; "und" if there is too little to tell. Where detection cannot tell, the
// language of the rules that spoke decides.
func (r *reading) language() string {
	votes := map[string]int{}
	best := "und"
	for _, h := range r.hits {
		lang := r.c.rules[h.rule].Language
		if votes[lang]++; lang != "und" && (best == "und" || votes[lang] > votes[best]) {
			best = lang
		}
	}
	for _, t := range r.texts {
		if t.where == InSubject || t.where == InAddress || t.where == InSignature {
			continue // a signature is names, and often in another language
		}
		lang := detect(t.raw)
		if short := len(t.raw) < shortText; short && best != "und" && votes[lang] == 0 {
			continue // letters of one line are a guess, words that a rule knows are not
		}
		if lang != "und" {
			return lang
		}
	}
	return best
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
