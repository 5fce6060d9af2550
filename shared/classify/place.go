package classify

import (
	"regexp"
	"slices"
	"strings"

	"rightsmail/shared/rights"
)

// settlePlace decides whose law applies. The law a person names counts, and so
// does where the person lives when no named law covers that place. A mention of a
// place counts less than a residence, a domain or a dialling code least.
func (r *reading) settlePlace(v *verdict, live []int32) {
	laws := map[family]float64{}
	lives := map[rights.Jurisdiction]float64{}
	for _, n := range live {
		ru := r.c.rules[n]
		if ru.Law != "" {
			laws[family(ru.Law)] = max(laws[family(ru.Law)], ru.Confidence)
		}
		if ru.Place != "" {
			j := rights.Jurisdiction(ru.Place)
			lives[j] = max(lives[j], ru.Confidence)
		}
	}
	r.guessPlace(v, lives)
	lives = strongest(lives)
	for f := range laws {
		v.families = append(v.families, f)
	}
	for j, c := range lives {
		f := places[string(j)]
		switch {
		case len(laws) == 0 || hasLaw(laws, parents[f]) && narrows(f, parents[f]):
			v.families = append(v.families, f)
		case c >= strongPlace && !covered(f, laws):
			v.families = append(v.families, f)
			v.ask("the law named and the place of residence do not match")
		}
	}
	if len(v.families) == 0 {
		v.families = []family{gdpr}
	}
	slices.Sort(v.families)
	v.families = onlyMostSpecific(slices.Compact(v.families))
	v.jurisdiction = jurisdictionOf(lives, laws)
}

// strongest keeps the places of the best grade: residence, mention, guess.
func strongest(lives map[rights.Jurisdiction]float64) map[rights.Jurisdiction]float64 {
	best := 0.0
	for _, c := range lives {
		best = max(best, grade(c))
	}
	out := map[rights.Jurisdiction]float64{}
	for j, c := range lives {
		if grade(c) == best {
			out[j] = c
		}
	}
	return out
}

func grade(c float64) float64 {
	switch {
	case c >= strongPlace:
		return 3
	case c >= mentionedPlace:
		return 2
	}
	return 1
}

// covered says whether a named law already speaks for a place.
func covered(f family, laws map[family]float64) bool {
	under := map[family][]family{
		ccpa: {ccpa, shine}, nevada: {nevada}, otherStates: {otherStates},
		gdpr: {gdpr, dpf}, uk: {uk, gdpr, dpf}, swiss: {swiss, gdpr, dpf},
	}
	return slices.ContainsFunc(under[f], func(l family) bool { return hasLaw(laws, l) })
}

func hasLaw(laws map[family]float64, f family) bool {
	_, ok := laws[f]
	return ok
}

// onlyMostSpecific drops the parent where its child applies: UK law, not both UK
// and EU law, for one who names "UK GDPR"; the CCPA for one who names Shine the
// Light beside it.
func onlyMostSpecific(fs []family) []family {
	return slices.DeleteFunc(slices.Clone(fs), func(f family) bool {
		return f == gdpr && (slices.Contains(fs, uk) || slices.Contains(fs, swiss)) ||
			f == shine && slices.Contains(fs, ccpa)
	})
}

// jurisdictionOf says where the person is: by place, else by the one place a named
// law belongs to; Unspecified where they disagree, so that the strictest clock runs.
func jurisdictionOf(lives map[rights.Jurisdiction]float64, laws map[family]float64) rights.Jurisdiction {
	if len(lives) == 1 {
		for j := range lives {
			return j
		}
	}
	if len(lives) > 1 {
		return rights.Unspecified
	}
	home := map[family]rights.Jurisdiction{
		ccpa: rights.California, shine: rights.California, nevada: rights.Nevada, otherStates: rights.OtherUS,
		gdpr: rights.EU, uk: rights.UK, swiss: rights.Switzerland,
	}
	found := rights.Unspecified
	for f := range laws {
		j, ok := home[f]
		if !ok || f == gdpr && (hasLaw(laws, uk) || hasLaw(laws, swiss)) {
			continue
		}
		if found != rights.Unspecified && found != j {
			return rights.Unspecified
		}
		found = j
	}
	return found
}

// guessPlace adds what is no statement of the person: a state in an address, a
// dialling code, and least of all the language.
func (r *reading) guessPlace(v *verdict, lives map[rights.Jurisdiction]float64) {
	guess := func(t text, rule string, j rights.Jurisdiction, c float64, from, to int) {
		if j != "" {
			lives[j] = max(lives[j], c)
			v.extra = append(v.extra, Evidence{Rule: rule, Text: t.raw[from:to], Where: t.where, Start: from, End: to})
		}
	}
	elsewhere := v.has("elsewhere")
	for _, t := range r.texts {
		if t.where == InSubject || t.where == InAddress {
			continue
		}
		// A postal address says more than a dialling code. Two letters for a state are
		// those of a province or a country where the person lives elsewhere.
		if !elsewhere {
			for i, tok := range t.toks {
				if tok.end-tok.start == 2 && isUpper(t.raw[tok.start]) {
					j, c, end := r.stateAt(t, i)
					guess(t, "state", j, c, int(tok.start), end)
				}
			}
		}
		eachPostal(t, func(f *postalForm, at []int) {
			if !elsewhere || !f.american {
				guess(t, "postal-address", f.place(t.raw[at[2]:at[3]]), f.confidence, at[0], at[1])
			}
		})
		for _, at := range dialledIn(t, 4) {
			digits := strings.TrimLeft(t.raw[at[0]:at[1]], "+0( ")
			for n := min(3, len(digits)); n > 0; n-- {
				if j, ok := r.c.mean.Dialling[digits[:n]]; ok {
					guess(t, "dialling-code", j, 0.4, at[0], at[1])
					break
				}
			}
		}
	}
	j, known := r.c.mean.Languages[r.lang]
	for _, t := range r.texts {
		if known && t.where != InSubject && t.where != InAddress && t.where != InSignature && len(t.toks) > 0 {
			guess(t, "language", j, 0.3, int(t.toks[0].start), int(t.toks[0].end))
			return
		}
	}
}

// dialled is a telephone number with the code of its country.
var dialled = regexp.MustCompile(`^(?:\+|00)[ (]?[1-9][0-9]{0,2}[ ()./-]{0,2}[0-9][0-9 ()./-]{5,14}[0-9]`)

// dialledIn finds the first most such numbers.
func dialledIn(t text, most int) (found [][2]int) {
	raw := t.raw
	for at := max(0, t.digit-2); at < len(raw) && len(found) < most; at++ { // behind "+" or "+("
		i := strings.IndexAny(raw[at:], "+0")
		if i < 0 {
			return found
		}
		at += i
		if raw[at] == '0' && (!strings.HasPrefix(raw[at:], "00") || at > 0 && (asciiWord(raw[at-1]) || raw[at-1] == '_')) {
			continue
		}
		if end := dialled.FindStringIndex(raw[at:min(len(raw), at+32)]); end != nil {
			found = append(found, [2]int{at, at + end[1]})
			at += end[1] - 1
		}
	}
	return found
}

// stateAt reads two letters as a postal abbreviation: "NV 89501" anywhere, "Reno, NV" only behind
// a comma, since two capitals alone are also a company form or a word.
func (r *reading) stateAt(t text, i int) (j rights.Jurisdiction, confidence float64, end int) {
	tok := t.toks[i]
	abbr := t.raw[tok.start:tok.end]
	if j = r.c.mean.States[abbr]; j == "" {
		return "", 0, 0
	}
	if i+1 < len(t.toks) && !t.toks[i+1].brk && isZip(t.raw[t.toks[i+1].start:t.toks[i+1].end]) {
		r.state, r.zip = abbr, t.raw[t.toks[i+1].start:t.toks[i+1].end]
		return j, 0.6, int(t.toks[i+1].end)
	}
	if i > 0 && t.raw[t.toks[i-1].end:tok.start] == ", " && t.raw[t.toks[i-1].end-1] >= 'a' {
		r.state = abbr
		return j, mentionedPlace, int(tok.end)
	}
	return "", 0, 0
}

func isZip(s string) bool {
	return len(s) == 5 && strings.Trim(s, "0123456789") == ""
}
