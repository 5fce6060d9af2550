package classify

import (
	"regexp"
	"strings"
)

// placeholders are what Mask puts in.
var placeholders = []string{"[email]", "[url]", "[iban]", "[number]", "[id]", "[address]"}

// unmasked takes them out again.
var unmasked = func() *strings.Replacer {
	var pairs []string
	for _, p := range placeholders {
		pairs = append(pairs, p, "")
	}
	return strings.NewReplacer(pairs...)
}()

// Where somebody lives, as it is written on an envelope: the street with its number, a
// box, the flat. Town, state, country and the ZIP code stay, for they say whose law it
// is; a British or Canadian code names a few houses, and goes.
var homes = regexp.MustCompile(strings.Join([]string{
	// 12 Main Street, Apt. 4; 1600 N Pennsylvania Ave NW
	`\b\d{1,5}[A-Za-z]?(?:[-/]\d{1,4}[A-Za-z]?)?,?[ \t]+(?:(?:[NSEW]|NE|NW|SE|SW)\.?[ \t]+)?(?:(?:\p{Lu}[\p{Ll}'\x{2019}-]+|\d{1,3}(?:st|nd|rd|th)|(?:St|Mt|Ft)\.)[ \t]+){1,4}` +
		`(?:Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Place|Pl|Terrace|Square|Sq|Parkway|Pkwy|Highway|Hwy|Crescent|Circle|Cir|Gardens|Grove|Mews)\b\.?` +
		`(?:[ \t]+(?:NE|NW|SE|SW|[NSEW])\b\.?)?` + flat,
	// Hauptstraße 5a, Berliner Str. 12/3, Kerkstraat 9, Storgatan 1
	`(?:\p{Lu}[\p{L}-]*[ \t]+)?\p{Lu}?[\p{L}-]*(?:stra\x{df}e|strasse|str\.|[sS]tr\.|Stra\x{df}e|Strasse|allee|platz|gasse|ufer|straat|laan|plein|gracht|gatan|v\x{e4}gen|gade)[ \t]+\d{1,4}[ \t]?[a-zA-Z]?\b(?:[-/]\d{1,4}[a-zA-Z]?)?` + flat,
	// 12 rue de la Paix, 3 bis, avenue Foch
	`\b\d{1,4}(?:[ \t]?(?:bis|ter|quater))?,?[ \t]+(?:[rR]ue|[aA]venue|[aA]v\.|[bB]oulevard|[bB]d\.?|[pP]lace|[cC]hemin|[iI]mpasse|[aA]ll\x{e9}e|[qQ]uai|[rR]oute|[cC]ours|[sS]quare)[ \t]+(?:d['\x{2019}]|l['\x{2019}]|(?:de|du|des|la|le|les|saint|sainte)[ \t]+|l['\x{2019}]){0,3}\p{Lu}[\p{L}'\x{2019}-]*(?:[ \t]+\p{Lu}[\p{Ll}'\x{2019}-]+){0,3}`,
	// Calle Mayor 3, Via Roma, 10, ul. Długa 5/7 m. 3, Rua Augusta 100
	`\b(?:[cC]alle|C/|[aA]venida|[aA]vda\.?|[pP]laza|[pP]aseo|[vV]ia|[vV]iale|[pP]iazza|[cC]orso|[uU]l\.|[uU]lica|[uU]licy|[aA]leja|[aA]lei|[oO]siedle|[oO]s\.|[rR]ua)[ \t]+(?:(?:de|del|de la|la|las|los|da|do|dos|della|delle|dei)[ \t]+)?\p{Lu}[\p{L}'\x{2019}-]*(?:[ \t]+(?:(?:de|del|la|las|los|da|do|dos)[ \t]+)?\p{Lu}[\p{L}'\x{2019}-]+){0,3},?[ \t]+(?:n[.\x{ba}\x{b0}o]{0,2}[ \t]*)?\d{1,4}[a-zA-Z]?\b(?:/\d{1,4}[a-zA-Z]?)?(?:,?[ \t]*m\.[ \t]*\d{1,4})?`,
	// ул. Ленина, д. 5, кв. 12
	`(?:\x{443}\x{43b}\.|\x{443}\x{43b}\x{438}\x{446}\x{430}|\x{443}\x{43b}\x{438}\x{446}\x{435}|\x{43f}\x{440}\x{43e}\x{441}\x{43f}\x{435}\x{43a}\x{442}|\x{43f}\x{440}-\x{442}|\x{43f}\x{435}\x{440}\.|\x{448}\x{43e}\x{441}\x{441}\x{435}|\x{431}\x{443}\x{43b}\x{44c}\x{432}\x{430}\x{440}|\x{43d}\x{430}\x{431}\.)[ \t]*(?:\p{Cyrillic}[\p{Cyrillic}-]*[ \t]*){1,3},?[ \t]*(?:\x{434}\.|\x{434}\x{43e}\x{43c})?[ \t]*\d{1,4}\p{Cyrillic}?(?:,?[ \t]*\x{43a}\x{432}\.[ \t]*\d{1,4})?`,
	// 中山路123号5室, 3丁目2番1号
	`\p{Han}{1,6}[\x{8def}\x{8857}\x{9053}\x{5df7}]\d{1,5}[\x{53f7}\x{865f}](?:[\x{697c}\x{680b}\d]{1,6})?(?:\d{1,5}[\x{5ba4}])?`,
	`\d{1,3}\x{4e01}\x{76ee}\d{1,3}(?:\x{756a}(?:\x{5730})?|-)\d{0,3}\x{53f7}?`,
	// P.O. Box 123, Postfach 12 34, Flat 3
	`\b(?i:p\.?[ \t]?o\.?[ \t]?box|post office box|postfach|postbus|apartado(?: de correos)?|skrytka pocztowa|casella postale)[ \t]+\d{1,6}(?:[ \t]\d{1,4}){0,2}`,
	`\b(?i:apartment|apt\.?|flat|wohnung)[ \t]+(?:no\.?[ \t]*)?\d{1,4}[A-Za-z]?\b`,
	// SW1A 1AA, K1A 0B1
	`\b[A-Z]{1,2}\d[A-Z\d]?[ \t]?\d[A-Z]{2}\b`,
	`\b[ABCEGHJ-NPRSTVXY]\d[A-Z][ \t]?\d[A-Z]\d\b`,
}, "|"))

// flat is what may stand behind a street and its number.
const flat = `(?:,?[ \t]+(?i:apartment|apt|flat|suite|ste|unit|wohnung|whg)\.?[ \t]*#?\d{1,4}[A-Za-z]?\b|,?[ \t]*#[ \t]?\d{1,4}\b)?`

// lawBefore is what turns the number of a street into that of an article, lawInside what
// turns "via Article 15" into one.
var lawBefore = regexp.MustCompile(`(?i)(?:art(?:icles?|ikel|[ií]culos?|\.)?|sections?|sec\.|§{1,2}|chapter|recital|regulation|directive|no\.|nr\.)[ \t\x{a0}]*$`)

var lawInside = regexp.MustCompile(`(?i)\b(?:art(?:icles?|ikel|[ií]culo)?|sections?|gdpr|dsgvo|rgpd|rodo|ccpa|cpra|dpf|coppa)\b`)

// papers are the numbers of papers that hold letters too, so that the long runs of
// digits do not find them: of national insurance, of identity cards, of tax.
var papers = regexp.MustCompile(strings.Join([]string{
	`\b[A-Z]{2}[ \t]?\d{2}[ \t]?\d{2}[ \t]?\d{2}[ \t]?[A-D]\b`,                              // QQ 12 34 56 C
	`\b[A-Z]{6}\d{2}[A-EHLMPR-T]\d{2}[A-Z]\d{3}[A-Z]\b`,                                     // codice fiscale
	`\b[A-Z]{4}\d{6}[A-Z]{6}[A-Z\d]\d\b`,                                                    // CURP
	`\b[XYZ][- ]?\d{7}[- ]?[A-Z]\b`,                                                         // NIE
	`\b\d{8}[- ]?[A-Z]\b`,                                                                   // DNI
	`\b[A-Z]\d{2}[A-Z]\d{2}[A-Z]\d{2}\b|\b[CFGHJKLMNPRTVWXYZ][CFGHJKLMNPRTVWXYZ\d]{8}\d?\b`, // Personalausweis, Reisepass
	`\b[A-Z]{3}[ \t]?\d{6}\b`,                                                               // dowód osobisty
}, "|"))

// maskPlaces replaces where somebody lives, and numbers of papers, by words in brackets.
func maskPlaces(text string) string {
	if !strings.ContainsAny(text, "0123456789") {
		return text
	}
	text = replace(homes, text, "[address]", func(before, found string) bool {
		return !lawBefore.MatchString(before) && !lawInside.MatchString(found)
	})
	return replace(papers, text, "[id]", func(_, found string) bool { return digitsIn(found) >= 3 })
}

// replace puts a word where the pattern finds something that is meant.
func replace(pattern *regexp.Regexp, text, word string, meant func(before, found string) bool) string {
	var out strings.Builder
	kept := 0
	for _, at := range pattern.FindAllStringIndex(text, -1) {
		if !meant(text[max(0, at[0]-20):at[0]], text[at[0]:at[1]]) {
			continue
		}
		out.WriteString(text[kept:at[0]])
		out.WriteString(word)
		kept = at[1]
	}
	if kept == 0 {
		return text
	}
	out.WriteString(text[kept:])
	return out.String()
}

func digitsIn(s string) (n int) {
	for i := range len(s) {
		if digit(s[i]) {
			n++
		}
	}
	return n
}
