package classify

import (
	"regexp"
	"strconv"
	"strings"

	"rightsmail/shared/rights"
)

// postalForm is how one country or more writes the line of an address that holds the
// postal code. Its first group is what place reads.
type postalForm struct {
	maybe      func(around) bool
	re         *regexp.Regexp
	confidence float64
	american   bool
	place      func(code string) rights.Jurisdiction
}

// addressAround is how many bytes before and behind its code an address may reach.
const addressAround = 100

// mostPostal is how many codes of one text are read; a list of numbers is no address.
const mostPostal = 100

// eachPostal calls found for every code of a form in a text. A glance at the letters
// around a number says which forms it can be; only those are read.
func eachPostal(t text, found func(f *postalForm, at []int)) {
	raw, read := t.raw, 0
	for i := t.digit; i < len(raw) && read < mostPostal; i++ {
		if !isDigit(raw[i]) {
			continue
		}
		from := i
		for i < len(raw) && isDigit(raw[i]) {
			i++
		}
		for n := range postal {
			if f := &postal[n]; f.maybe(around{raw, from, i}) {
				read++
				start, end := max(0, from-addressAround), min(len(raw), i+addressAround)
				if line := strings.LastIndexAny(raw[:start], "\n "); line >= 0 {
					start = line // never within a word
				} else {
					start = 0
				}
				if at := f.re.FindStringSubmatchIndex(raw[start:end]); at != nil {
					for k := range at {
						at[k] += start
					}
					found(f, at)
				}
			}
		}
	}
}

// around is a run of digits with what stands beside it.
type around struct {
	raw      string
	from, to int
}

// at is a byte counted from the end of the digits, or from their beginning if negative.
func (a around) at(n int) byte {
	i := a.to + n
	if n < 0 {
		i = a.from + n
	}
	if i < 0 || i >= len(a.raw) {
		return 0
	}
	return a.raw[i]
}

func (a around) digits() int { return a.to - a.from }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
func isUpper(c byte) bool { return c >= 'A' && c <= 'Z' }

// The glances. Each lets through all of its form and little else.
func glanceUK(a around) bool {
	return a.digits() == 1 && a.at(-1) == ' ' && isUpper(a.at(0)) && isUpper(a.at(1)) && !isUpper(a.at(2))
}
func glancePrefixed(a around) bool { return a.at(-1) == '-' && isUpper(a.at(-2)) }
func glancePoland(a around) bool {
	return a.digits() == 2 && a.at(0) == '-' && isDigit(a.at(1)) && a.at(4) == ' '
}
func glanceNetherlands(a around) bool {
	return a.digits() == 4 && (isUpper(a.at(0)) && isUpper(a.at(1)) || a.at(0) == ' ' && isUpper(a.at(1)) && isUpper(a.at(2)) && a.at(3) == ' ')
}
func glancePortugal(a around) bool { return a.digits() == 4 && a.at(0) == '-' && isDigit(a.at(1)) }
func glanceIreland(a around) bool {
	return isUpper(a.at(-1)) && (a.digits() == 2 && a.at(0) == ' ' || a.digits() == 1 && a.at(0) == 'W')
}
func glanceFive(a around) bool {
	return a.digits() == 5 && (a.at(-1) == ' ' || a.at(-1) == '\n' || a.at(-1) == ',') && a.at(0) == ' '
}
func glanceStreet(a around) bool {
	return glanceFive(a) || a.digits() == 3 && a.at(0) == ' ' && isDigit(a.at(1)) && isDigit(a.at(2)) && a.at(3) == ' '
}
func glanceZip(a around) bool { return a.digits() == 5 }

func always(j rights.Jurisdiction) func(string) rights.Jurisdiction {
	return func(string) rights.Jurisdiction { return j }
}

// streetEU are the words for a street in the languages of the Union, at the end or the
// beginning of its name. With one of them and a number, five digits before a town are no
// American address.
const streetEU = `(?i:str\.|stra(?:ß|ss)e|weg\b|platz\b|gasse\b|allee\b|\bring\b|ufer\b|damm\b|\brue\b|\bavenue\b|\bimpasse\b|\bquai\b|\bvia\b|\bviale\b|\bpiazza\b|\bcalle\b|\bc/|\bavda|\bplaza\b|\bpaseo\b|\bul\.|\bulica\b|\bal\.|straat\b|laan\b|gracht\b|plein\b|\brua\b|\btravessa\b|gatan?\b|v[äa]gen\b|vej\b|gade\b|veien\b|gata\b|katu\b|\butca\b|\bnám|\bulice\b|\bstrada\b|\bstr\b)`

// postal are the forms, from the surest. A code alone, without a street, is a guess.
var postal = []postalForm{
	{maybe: glanceUK, re: regexp.MustCompile(`(?m)(?:^|[\s,(])((?:GIR ?0AA|[A-PR-UWYZ](?:[0-9]{1,2}|[A-HK-Y][0-9]|[A-HK-Y][0-9][0-9ABEHMNPRV-Y]|[0-9][A-HJKPS-UW]) [0-9][ABD-HJLNP-UW-Z]{2}))\b`), confidence: 0.8, place: always(rights.UK)},
	{maybe: glancePrefixed, re: regexp.MustCompile(`(?m)(?:^|[\s,(])(CH-[1-9][0-9]{3})[ \t]+\p{Lu}\p{Ll}`), confidence: 0.8, place: always(rights.Switzerland)},
	{maybe: glancePrefixed, re: regexp.MustCompile(`(?m)(?:^|[\s,(])((?:A|B|L|DK|D|F|I|E|PL|NL|SE|S|FI|N|NO|CZ|SK|IE|PT)-[1-9][0-9]{2,4})[ \t]+\p{Lu}\p{Ll}`), confidence: 0.7, place: always(rights.EU)},
	{maybe: glancePoland, re: regexp.MustCompile(`(?m)(?:^|,)[ \t]*([0-9]{2}-[0-9]{3})[ \t]+\p{Lu}\p{Ll}`), confidence: 0.7, place: always(rights.EU)},                              // Poland
	{maybe: glanceNetherlands, re: regexp.MustCompile(`(?m)(?:^|,)[ \t]*([1-9][0-9]{3} ?[A-Z]{2})[ \t]+\p{Lu}\p{Ll}`), confidence: 0.7, place: always(rights.EU)},                   // the Netherlands
	{maybe: glancePortugal, re: regexp.MustCompile(`(?m)(?:^|,)[ \t]*([1-9][0-9]{3}-[0-9]{3})[ \t]+\p{Lu}\p{Ll}`), confidence: 0.7, place: always(rights.EU)},                       // Portugal
	{maybe: glanceIreland, re: regexp.MustCompile(`(?m)(?:^|[\s,])([AC-FHKNPRTV-Y][0-9][0-9W] [0-9AC-FHKNPRTV-Y]{4})\b`), confidence: 0.6, place: always(rights.EU)},                // Ireland
	{maybe: glanceStreet, re: regexp.MustCompile(streetEU + `[^\n]{0,40}?[,\n][ \t]*([0-9]{5}|[0-9]{3} [0-9]{2})[ \t]+\p{Lu}\p{L}`), confidence: 0.6, place: always(rights.EU)},     // a street, then the code
	{maybe: glanceFive, re: regexp.MustCompile(`(?m)[0-9]+[a-z]?[ \t]*[,\n][ \t]*([0-9]{5})[ \t]+\p{Lu}\p{Ll}[\p{L}-]*[ \t]*(?:\n|$)`), confidence: 0.45, place: always(rights.EU)}, // the number behind the street
	{maybe: glanceZip, re: regexp.MustCompile(`(?i)\bzip(?:[ -]?code)?[ \t]*(?:is|[:=])?[ \t]*([0-9]{5})\b`), confidence: 0.6, american: true, place: byZip},
}

// byZip is the state of an American postal code, as far as a law of it has a desk here.
func byZip(code string) rights.Jurisdiction {
	n, err := strconv.Atoi(code[:3])
	switch {
	case err != nil || n < 5:
		return ""
	case n >= 900 && n <= 961:
		return rights.California
	case n >= 889 && n <= 898:
		return rights.Nevada
	}
	return rights.OtherUS
}
