package classify

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"rightsmail/shared/rights"
)

// Person is somebody a mail asks for, as the mail names them: hostile text, and no proof
// of who that is.
type Person struct {
	Name     string // empty where only an address is given
	Email    string // empty where only a name is given
	Sender   bool   // the one who wrote, who asks for himself too
	Evidence Evidence
}

// MaxPeople is how many people of one mail are named. A mail that asks for more says so
// in Review.
const MaxPeople = 50

// longestList is how much of a text is searched for names.
const longestList = 60_000

// Signals of rules that know words for several people.
const (
	signalSeveral = "several-people" // the following clients, each of them
	signalAndMe   = "people-and-me"  // my wife and I, both of us: the sender is one of them
)

// A name is two to five words with capitals, in any script that has them. The words of a
// family are no names, but stand before one.
const (
	// A full stop belongs to a name only behind an initial or a title; behind any other word,
	// however short, it ends the sentence: "my wife Anna Roe. The same goes".
	nameWord  = `(?:(?:\p{Lu}|Dr|Mrs?|Ms|St|Hr|Fr|Th|Chr)\.|\p{Lu}[\p{L}'’-]*(?:\.\p{L}[\p{L}'’-]*)*)`
	nameWords = nameWord + `(?:[ \t]+(?:de|da|di|du|del|la|van|von|der|den|bin|al|el|ten|ter|y|e)\b)*(?:[ \t]+` + nameWord + `){1,3}`
)

// wrappedName is a name in running text, which a mail program may have broken.
var wrappedName = strings.ReplaceAll(nameWords, `[ \t]+`, `\s{1,3}`)

const mailAddress = `[A-Za-z0-9._%+'-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+`

var (
	// "1. Amy Holt, amy@example.com", "Holt, Amy | 1980-01-02 | amy@example.com"
	personLine = regexp.MustCompile(`(?m)^[ \t>]*(?:[-*•|]|\(?[0-9]{1,3}[.):]?|[a-z][.)])?[ \t|]*(` + nameWords + `)[ \t]*[,;:|<(\t–-][^\n@]{0,80}?(` + mailAddress + `)`)
	// "1. Amy Holt", "- Barry Cho, Fresno"
	listedName = regexp.MustCompile(`(?m)^[ \t>]*(?:[-*•]|\(?[0-9]{1,3}[.):]|[a-z][.)])[ \t]*(` + nameWords + `)[ \t]*(?:[,;(|][^\n]{0,80})?$`)
	// "Amy Holt (amy@example.com)", "Amy Holt <amy@example.com>", "Amy Holt, amy@example.com"
	personInline = regexp.MustCompile(`(` + nameWords + `)[ \t]*[,:]?[ \t]*[(<\[]?(?:e-?mail:?[ \t]*)?(` + mailAddress + `)`)
	// "my husband Roger Gale", "her name is Laura Moody, laura@example.com"
	relative = regexp.MustCompile(`\b(?:(?i:my|our)[ \t]+(?:[a-z]+[ \t]+)?(?:wife|husband|spouse|partner|fianc[ée]e?|brother|sister|mother|father|mum|mom|dad|flatmate|roommate|colleague|friend)|(?i:her|his|their)[ \t]+(?:full[ \t]+)?name[ \t]+is|(?i:names[ \t]+are))[\s,:]+(` + wrappedName + `)(?:\s*[,(<]?\s*(?:e-?mail:?\s*)?(` + mailAddress + `))?`)
	// "our clients Amy Holt, Barry Cho and Carmen Diaz"
	clientsNamed = regexp.MustCompile(`(?i:clients|consumers|customers|members|individuals|employees|persons|people|users|data subjects)[ \t,:]*(` + nameWords + `(?:,[ \t]*` + nameWords + `)*,?[ \t]+(?:and|&)[ \t]+` + nameWords + `)`)
	oneName      = regexp.MustCompile(nameWords)
	// "the following 12 clients", "3 consumers"
	howMany = regexp.MustCompile(`(?i)\b([0-9]{1,3}|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty)[ \t]+(?:of our[ \t]+)?(?:separate[ \t]+|individual[ \t]+|california[n]?[ \t]+)?(?:clients|consumers|customers|members|individuals|people|persons|employees|data subjects|requests for)\b`)
)

var numberWords = []string{"", "", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}

// people finds whom a mail asks for where that is more than one, and asks a human to open
// a case for each: one request of one person has one clock and one consumer. Parents who
// write for their children stay with the desk that looks after children.
func (r *reading) people(v *verdict, d *Decision) []Person {
	if d.Outcome != Privacy || v.role == RoleParent || v.role == RoleChild || v.role == RoleRegulator || v.role == RoleHeir ||
		!r.asksForPeople(v) {
		return nil
	}
	words := v.has(signalSeveral) || v.has(signalAndMe)
	var list crowd
	stated := 0
	for _, t := range r.texts {
		if t.where != InNew && t.where != InAttachment {
			continue
		}
		list.text = t
		list.text.raw = t.raw[:min(len(t.raw), longestList)]
		if strings.Contains(list.text.raw, "@") { // which a line of the list and most names have beside them
			list.search(personLine)
		}
		list.relatives()
		if words || v.role == RoleAgent {
			list.search(personInline)
			list.clients()
		}
		if words {
			list.search(listedName)
			if m := howMany.FindStringSubmatch(list.text.raw); m != nil {
				stated = max(stated, countOf(m[1]))
			}
		}
	}
	sender, one := r.m.Sender()
	list.people = slices.DeleteFunc(list.people, func(p Person) bool {
		return one && (strings.EqualFold(p.Email, sender.Address) || strings.EqualFold(p.Name, sender.Name)) || company.MatchString(p.Name)
	})
	if !words && len(list.people) < 2 || !words && v.role != RoleAgent && len(list.people) < 3 {
		return nil
	}
	if v.has(signalAndMe) && one {
		me := Person{Name: sender.Name, Email: sender.Address, Sender: true}
		list.people = slices.Insert(list.people, 0, me)
	}
	r.show(v, signalSeveral)
	r.show(v, signalAndMe)
	n := max(stated, len(list.people))
	if v.has(signalAndMe) {
		n = max(n, 2)
	}
	switch {
	case n > 1:
		v.ask(fmt.Sprintf("asks for %d people: open a case for each", n))
	default:
		v.ask("asks for several people: open a case for each")
	}
	return list.people[:min(len(list.people), MaxPeople)]
}

// asksForPeople reports a wish that is about the data of a person. Who reports a leak or
// asks a question may name as many people as he likes.
func (r *reading) asksForPeople(v *verdict) bool {
	for id := range v.found {
		row, err := r.row(id)
		if err == nil && row.IsRequest() && !row.Silent && row.Queue != rights.QueueSecurity && row.Queue != rights.QueueLegal && id != "privacy_question" && id != "processor_request" {
			return true
		}
	}
	return false
}

// crowd collects people, each once.
type crowd struct {
	text   text
	people []Person
}

// search takes people from the groups of a pattern: a name, and perhaps an address.
func (c *crowd) search(re *regexp.Regexp) {
	for _, at := range re.FindAllStringSubmatchIndex(c.text.raw, MaxPeople+1) {
		p := Person{Name: c.text.raw[at[2]:at[3]]}
		end := at[3]
		if len(at) > 4 && at[4] >= 0 {
			p.Email, end = c.text.raw[at[4]:at[5]], at[5]
		}
		c.add(p, at[2], end)
	}
}

// isRelation reports a word that relative cannot do without. It is slow on a whole letter.
func isRelation(word string) bool {
	switch word {
	case "wife", "husband", "spouse", "partner", "fiancé", "fiancée", "fiance", "fiancee", "brother", "sister", "mother", "father", "mum", "mom", "dad",
		"flatmate", "roommate", "colleague", "friend", "name", "Name", "names", "Names":
		return true
	}
	return false
}

// mostRelatives is how many of these words are looked at; a list of them is no family.
const mostRelatives = 10 * MaxPeople

// relatives searches around each of these words.
func (c *crowd) relatives() {
	raw := c.text.raw
	tries := 0
	toks := c.text.toks
	for n, t := range toks {
		i, from := int(t.start), int(t.end)
		if from > len(raw) {
			return
		}
		// A capital is rarer than these words, and seen sooner: behind the word, or behind "is".
		if !capitalAt(raw, toks, n+1) && !capitalAt(raw, toks, n+2) || !isRelation(raw[i:from]) || !nameFollows(raw[from:]) {
			continue
		}
		if tries++; tries > mostRelatives {
			return
		}
		start := max(0, i-40)
		if start > 0 { // not inside of a word
			start += strings.IndexAny(raw[start:i]+" ", " \t\n")
		}
		window := raw[start:min(len(raw), from+160)]
		if at := relative.FindStringSubmatchIndex(window); at != nil {
			p, end := Person{Name: window[at[2]:at[3]]}, at[3]
			if at[4] >= 0 {
				p.Email, end = window[at[4]:at[5]], at[5]
			}
			c.add(p, start+at[2], start+end)
		}
	}
}

// capitalAt reports a word that may begin with a capital; other letters than ours may.
func capitalAt(raw string, toks []token, n int) bool {
	if n >= len(toks) || int(toks[n].start) >= len(raw) {
		return false
	}
	c := raw[toks[n].start]
	return isUpper(c) || c >= utf8.RuneSelf
}

// nameFollows reports a capital behind a word of a relation, "is" or "are" left aside.
func nameFollows(s string) bool {
	s = s[:min(len(s), 40)]
	for _, verb := range [...]string{" is", " are"} {
		s = strings.TrimPrefix(s, verb)
	}
	next := strings.TrimLeft(s, " \t\n\r,:")
	c, _ := utf8.DecodeRuneInString(next)
	return len(next) < len(s) && unicode.IsUpper(c)
}

// clients takes names out of a row of them.
func (c *crowd) clients() {
	for _, at := range clientsNamed.FindAllStringSubmatchIndex(c.text.raw, 4) {
		for _, name := range oneName.FindAllStringIndex(c.text.raw[at[2]:at[3]], MaxPeople+1) {
			from, to := at[2]+name[0], at[2]+name[1]
			c.add(Person{Name: c.text.raw[from:to]}, from, to)
		}
	}
}

// add keeps a person unless the list has the name or the address. Several addresses under
// one name are one person.
func (c *crowd) add(p Person, from, to int) {
	p.Name = strings.Join(strings.Fields(strings.TrimRight(p.Name, ".")), " ")
	if len(c.people) > MaxPeople || len(p.Name) > 100 || notAName(p.Name) {
		return
	}
	for i, known := range c.people {
		if strings.EqualFold(known.Name, p.Name) || p.Email != "" && strings.EqualFold(known.Email, p.Email) {
			if known.Email == "" {
				c.people[i].Email = p.Email
			}
			return
		}
	}
	p.Evidence = Evidence{Rule: "people", Text: c.text.raw[from:to], Where: c.text.where, Start: from, End: to}
	c.people = append(c.people, p)
}

// notAName reports capitals that lists and letters have, and people do not.
func notAName(s string) bool {
	for word := range strings.FieldsSeq(strings.ToLower(s)) {
		if slices.Contains([]string{
			"privacy", "data", "request", "requests", "california", "gdpr", "ccpa", "dear", "regards", "article", "art", "section", "email",
			"e-mail", "name", "address", "phone", "date", "support", "team", "desk", "personal", "information", "delete", "access", "erasure", "right", "rights",
		}, strings.Trim(word, ".,:")) {
			return true
		}
	}
	return false
}

func countOf(word string) int {
	if n, err := strconv.Atoi(word); err == nil {
		return n
	}
	return max(2, slices.Index(numberWords, strings.ToLower(word)))
}
