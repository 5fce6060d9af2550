package classify

import (
	"regexp"
	"slices"
	"strings"
)

// Places in an address. Only the United States write a state before a number.
var (
	dialled = regexp.MustCompile(`(?:\+|\b00)[ (]?[1-9][0-9]{0,2}[ ()./-]{0,2}[0-9][0-9 ()./-]{5,14}[0-9]`)
	street  = regexp.MustCompile(`(?m)(?:^|[\s,:(])([0-9]{1,6}[A-Za-z]?(?:[ \t]+[\p{L}0-9.'#-]+){1,5}?[ \t]+(?i:street|st|avenue|ave|road|rd|drive|dr|boulevard|blvd|lane|ln|way|court|ct|circle|cir|place|pl|terrace|ter|parkway|pkwy|highway|hwy|square|sq|trail|loop)\b\.?(?:,?[ \t]+(?i:apt|apartment|suite|ste|unit|floor|fl|#)\.?[ \t]*[A-Za-z0-9-]+)?)`)
	cityZip = regexp.MustCompile(`(?m)(?:^|[,\n])[ \t]*([\p{Lu}][\p{L}.'-]*(?:[ \t][\p{Lu}][\p{L}.'-]*){0,3}),?[ \t]+(?:[A-Z]{2}|Nevada|California)[ ,.]{1,3}[0-9]{5}\b`)
	zipOnly = regexp.MustCompile(`(?i)\b(?:zip(?:[ -]?code)?|postal code|postcode)[ \t]*[:=]?[ \t]*([0-9]{5}(?:-[0-9]{4})?)\b`)
)

// labelled lines as people fill in forms: "Full name: Jane Roe".
var labels = map[string]*regexp.Regexp{
	"name":   regexp.MustCompile(`(?im)^[ \t>*-]*(?:my )?(?:full )?name[ \t]*[:=][ \t]*([^\n]{2,80}?)[ \t]*$`),
	"street": regexp.MustCompile(`(?im)^[ \t>*-]*(?:street(?: address)?|address(?: line 1)?|mailing address|home address)[ \t]*[:=][ \t]*([^\n,]{4,80}?)(?:,[^\n]*)?[ \t]*$`),
	"city":   regexp.MustCompile(`(?im)^[ \t>*-]*(?:city|town)[ \t]*[:=][ \t]*([^\n,]{2,60}?)[ \t]*(?:,[^\n]*)?$`),
	"state":  regexp.MustCompile(`(?im)^[ \t>*-]*state[ \t]*[:=][ \t]*([^\n,]{2,30}?)[ \t]*$`),
}

// signature is the first line of one, if it is a name and nothing else.
var signature = regexp.MustCompile(`^(?:--[ \t]*\n)?\s*(\p{Lu}[\p{L}'’.-]*(?:[ \t]+\p{Lu}[\p{L}'’.-]*){1,3})[ \t]*(?:$|,|\n)`)

var (
	nameIs = regexp.MustCompile(`(?:\b[Mm]y (?:full |legal )?name is|\b[Ii] am called|\b[Ii],)[ \t]+(\p{Lu}[\p{L}'’.-]+(?:[ \t]+\p{Lu}[\p{L}'’.-]*){1,3})`)
	signed = regexp.MustCompile(`(?im)^[ \t]*(?:kind |best |warm |with )*(?:regards|sincerely|yours (?:truly|sincerely|faithfully)|sincerely yours|thanks|thank you|many thanks|thank you in advance|cheers|best|mit freundlichen gr(?:ü|ue)(?:ß|ss)en|cordialement|saludos|atentamente|pozdrawiam|cordiali saluti|met vriendelijke groet(?:en)?|atenciosamente)[ \t]*[,.!]?[ \t]*\n+[ \t]*(?-i:(\p{Lu}[\p{L}'’.-]*(?:[ \t]+\p{Lu}[\p{L}'’.-]*){1,3}))[ \t]*(?:$|,|\n)`)
)

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
		if t.where != InNew && t.where != InSignature && t.where != InAttachment {
			continue
		}
		raw := t.raw[:min(len(t.raw), 20_000)]
		if strings.ContainsAny(raw, ":=") {
			for name, re := range labels {
				set(name, group(re, raw))
			}
		}
		set("name", group(nameIs, raw))
		set("name", group(signed, raw))
		if strings.ContainsAny(raw, "0123456789") {
			set("street", group(street, raw))
			set("city", group(cityZip, raw))
			set("zip", group(zipOnly, raw))
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
