package classify

import (
	"regexp"
	"slices"
	"strings"
)

// Regular expressions are slow on a whole letter and quick on one line, so what is looked
// for is first found by what it cannot do without: a number, a colon, the words of a
// closing.

// Places in an address. Only the United States write a state before a number.
var (
	street  = regexp.MustCompile(`(?m)(?:^|[\s,:(])([0-9]{1,6}[A-Za-z]?(?:[ \t]+[\p{L}0-9.'#-]+){1,5}?[ \t]+(?i:street|st|avenue|ave|road|rd|drive|dr|boulevard|blvd|lane|ln|way|court|ct|circle|cir|place|pl|terrace|ter|parkway|pkwy|highway|hwy|square|sq|trail|loop)\b\.?(?:,?[ \t]+(?i:apt|apartment|suite|ste|unit|floor|fl|#)\.?[ \t]*[A-Za-z0-9-]+)?)`)
	cityZip = regexp.MustCompile(`(?m)(?:^|[,\n])[ \t]*([\p{Lu}][\p{L}.'-]*(?:[ \t][\p{Lu}][\p{L}.'-]*){0,3}),?[ \t]+(?:[A-Z]{2}|Nevada|California)[ ,.]{1,3}[0-9]{5}\b`)
	zipOnly = regexp.MustCompile(`(?i)\b(?:zip(?:[ -]?code)?|postal code|postcode)[ \t]*[:=]?[ \t]*([0-9]{5}(?:-[0-9]{4})?)\b`)
)

// streetWords end the name of a street.
var streetWords = wordSet("street st avenue ave road rd drive dr boulevard blvd lane ln way court ct circle cir place pl terrace ter parkway pkwy highway hwy square sq trail loop")

// labels are what stands before the colon in a form, and the field it means.
var labels = map[string]string{
	"name": "name", "full name": "name", "my name": "name", "my full name": "name",
	"street": "street", "street address": "street", "address": "street", "address line 1": "street", "mailing address": "street", "home address": "street",
	"city": "city", "town": "city", "state": "state",
}

// longest values of the fields of a form, and the shortest.
var valueBounds = map[string][2]int{"name": {2, 80}, "street": {4, 80}, "city": {2, 60}, "state": {2, 30}}

// signature is the first line of one, if it is a name and nothing else.
var signature = regexp.MustCompile(`^(?:--[ \t]*\n)?\s*(\p{Lu}[\p{L}'’.-]*(?:[ \t]+\p{Lu}[\p{L}'’.-]*){1,3})[ \t]*(?:$|,|\n)`)

var (
	nameIs   = regexp.MustCompile(`(?:\b[Mm]y (?:full |legal )?name is|\b[Ii] am called|\b[Ii],)[ \t]+(` + nameWord + `(?:[ \t]+` + nameWord + `){1,3})`)
	nameLine = regexp.MustCompile(`^[ \t]*(\p{Lu}[\p{L}'’.-]*(?:[ \t]+\p{Lu}[\p{L}'’.-]*){1,3})[ \t]*(?:$|,)`)
)

// closings stand alone on the line above a name, folded.
var closingLines = func() map[string]bool {
	set := map[string]bool{}
	for line := range strings.SplitSeq("regards;sincerely;yours truly;yours sincerely;yours faithfully;sincerely yours;thanks;thank you;many thanks;"+
		"thank you in advance;cheers;best;mit freundlichen grussen;mit freundlichen gruessen;cordialement;saludos;atentamente;pozdrawiam;"+
		"cordiali saluti;met vriendelijke groet;met vriendelijke groeten;atenciosamente", ";") {
		set[line] = true
	}
	return set
}()

// fields collects what the mail states that a right may need. The address of the
// sender counts as e-mail and the display name as name; neither is an identity.
func (r *reading) fields() map[string]string {
	f := map[string]string{}
	set := func(name, value string) {
		if value = strings.TrimSpace(value); value != "" && f[name] == "" && len(value) <= 200 {
			f[name] = value
		}
	}
	for _, t := range r.texts {
		if t.where == InNew || t.where == InSignature || t.where == InAttachment {
			t.raw = t.raw[:min(len(t.raw), 20_000)]
			readLines(t.raw, set)
			set("name", calledBy(t))
			readNumbers(t, set)
		}
	}
	set("state", r.state)
	set("zip", r.zip)
	for _, h := range r.hits {
		ru := r.c.rules[h.rule]
		if ru.Field != "" && !r.inReplySubject(h) {
			set(ru.Field, r.valueOf(h))
		}
	}
	if a, ok := r.m.Sender(); ok && !slices.ContainsFunc(r.in.Own, func(own string) bool { return strings.EqualFold(own, a.Address) }) {
		set("email", a.Address)
		if strings.Contains(strings.TrimSpace(a.Name), " ") {
			set("name", a.Name)
		}
	}
	set("name", r.signedName())
	if f["state"] == "" {
		for _, h := range r.hits {
			if r.c.rules[h.rule].Place == "us-nv" {
				set("state", "NV")
			}
			if r.c.rules[h.rule].Place == "us-ca" {
				set("state", "CA")
			}
		}
	}
	return f
}

// readLines finds the fields of forms and the name below a closing.
func readLines(raw string, set func(name, value string)) {
	for len(raw) > 0 {
		line, rest, _ := strings.Cut(raw, "\n")
		raw = rest
		if i := strings.IndexAny(line[:min(len(line), 40)], ":="); i >= 0 {
			label := strings.Join(strings.Fields(strings.ToLower(strings.Trim(line[:i], " \t>*-"))), " ")
			if field := labels[label]; field != "" {
				value := strings.TrimSpace(line[i+1:])
				if field != "name" {
					value, _, _ = strings.Cut(value, ",")
				}
				if b := valueBounds[field]; len(value) >= b[0] && len(value) <= b[1] {
					set(field, strings.TrimSpace(value))
				}
			}
		}
		if len(line) < 60 && isClosing(line) {
			name, _, _ := strings.Cut(strings.TrimLeft(rest, "\n \t"), "\n")
			set("name", group(nameLine, name[:min(len(name), 120)]))
		}
	}
}

// isClosing reports a line such as "Kind regards,".
func isClosing(line string) bool {
	line = strings.Trim(line, " \t\r,.!")
	if line == "" || len(line) > 40 || strings.ContainsAny(line, ".:@") {
		return false
	}
	var room [64]byte
	low := appendFold(room[:0], line)
	for {
		word, rest, more := strings.Cut(string(low), " ")
		if !more || word != "kind" && word != "best" && word != "warm" && word != "with" {
			return closingLines[string(low)]
		}
		low = low[len(low)-len(rest):]
	}
}

// calledBy finds "my name is Jane Roe" and "I, Jane Roe, ask".
func calledBy(t text) string {
	tries := 0
	for i, tok := range t.toks {
		from, to := int(tok.start), int(tok.end)
		if to > len(t.raw) || tries == mostNames {
			break
		}
		switch {
		case to-from == 1 && t.raw[from]|0x20 == 'i' && to < len(t.raw) && t.raw[to] == ',':
		case i > 0 && (t.raw[from:to] == "is" && t.raw[t.toks[i-1].start:to] == "name is" || t.raw[from:to] == "called" && t.raw[t.toks[i-1].start:to] == "am called"):
			from = int(t.toks[i-1].start)
		default:
			continue
		}
		tries++
		if name := group(nameIs, t.raw[max(0, from-16):min(len(t.raw), to+120)]); name != "" {
			return name
		}
	}
	return ""
}

// mostNames is how many places of a text are looked at for a name.
const mostNames = 20

// readNumbers looks for an address around the numbers of a text.
func readNumbers(t text, set func(name, value string)) {
	if t.digit >= len(t.raw) {
		return
	}
	for i, tok := range t.toks {
		if int(tok.end) > len(t.raw) {
			return
		}
		if !isDigit(t.raw[tok.start]) {
			continue
		}
		for k := i + 2; k < len(t.toks) && k <= i+6 && int(t.toks[k].end) <= len(t.raw) && !t.toks[k].brk; k++ {
			if streetWords[t.toks[k].fold(t.raw)] {
				set("street", group(street, t.raw[max(0, int(tok.start)-1):min(len(t.raw), int(t.toks[k].end)+40)]))
				break
			}
		}
		if isZip(t.raw[tok.start:tok.end]) {
			set("zip", group(zipOnly, t.raw[max(0, int(tok.start)-20):min(len(t.raw), int(tok.end)+5)]))
			if from := startOfPlace(t.raw[:tok.start]); from >= 0 {
				set("city", group(cityZip, t.raw[from:tok.end]))
			}
		}
	}
}

// startOfPlace is where the line or the item before a ZIP code begins, the last comma
// but one or line end within a short way; -1 if there is none.
func startOfPlace(before string) int {
	near := max(0, len(before)-100)
	if i := strings.LastIndexByte(before[near:], '\n'); i >= 0 {
		return near + i
	}
	if near == 0 {
		return 0
	}
	if i := strings.IndexByte(before[near:], ','); i >= 0 {
		return near + i
	}
	return -1
}

// signedName is the name on top of the signature, unless it is that of a company.
func (r *reading) signedName() string {
	for _, t := range r.texts {
		if t.where == InSignature {
			if name := group(signature, t.raw); !company.MatchString(name) {
				return name
			}
		}
	}
	return ""
}

var company = regexp.MustCompile(`(?i)\b(?:inc|llc|llp|ltd|limited|corp|company|co|gmbh|ag|kg|plc|bv|sa|srl|spa|oy|ab|a/s|team|support|services?|group|office|law|desk)\b\.?`)

// valueOf is what a field rule found: its words, or the rest of their sentence.
func (r *reading) valueOf(h hit) string {
	if r.c.rules[h.rule].Takes == "" {
		return r.evidence(h).Text
	}
	t := r.texts[h.text]
	end := int(h.end)
	for end < len(t.toks) && !t.toks[end].brk && end < int(h.end)+12 {
		end++
	}
	if end == int(h.end) {
		return ""
	}
	return t.raw[t.toks[h.end].start:t.toks[end-1].end]
}

func group(re *regexp.Regexp, s string) string {
	if m := re.FindStringSubmatch(s); m != nil {
		return m[1]
	}
	return ""
}
