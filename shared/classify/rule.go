package classify

import (
	"fmt"
	"slices"
	"strings"

	"rightsmail/shared/rights"
)

// rule is one rule.yaml: the words to look for and what they mean. A rule says at
// least one thing: a right, a topic whose right the law chooses, a law, a place, a
// role, a modifier, a class of mail, a signal for other rules, or a need of review.
type rule struct {
	ID       string `yaml:"id"`       // the name of its folder
	About    string `yaml:"about"`    // why the rule is there, for the next author
	Language string `yaml:"language"` // BCP 47 of its phrases

	Right    rights.ID   `yaml:"right"`
	Topic    string      `yaml:"topic"`
	Law      string      `yaml:"law"`
	Place    string      `yaml:"place"`
	Role     Role        `yaml:"role"`
	Modifier rights.ID   `yaml:"modifier"`
	Field    string      `yaml:"field"` // the words found are the value of this field
	Takes    string      `yaml:"takes"` // "after": the value is the rest of the sentence behind them
	Class    rights.ID   `yaml:"class"`
	Signal   string      `yaml:"signal"`
	Review   string      `yaml:"review"` // reason, in our words, for a human to look first
	Hint     []rights.ID `yaml:"hint"`   // what a subject means if the body says nothing

	Confidence float64  `yaml:"confidence"`
	Scope      []Where  `yaml:"scope"`    // texts that are read; empty means all
	Needs      []string `yaml:"needs"`    // signals that must all be there; "a|b" is either
	Excludes   []string `yaml:"excludes"` // signals of which none may be there

	Phrases        string `yaml:"phrases"`         // one a line, any of them
	Together       string `yaml:"together"`        // concepts that meet in a sentence, one set a line; see concept.go
	Without        string `yaml:"without"`         // concepts that no line of together may meet
	Alone          bool   `yaml:"alone"`           // void where a phrase finds a wish anywhere in the mail; for concepts only
	Beside         bool   `yaml:"beside"`          // heard in a sentence that a phrase understood, for what else it asks; for concepts only
	Last           bool   `yaml:"last"`            // heard only where no other rule knows what the mail is; see conclude
	Whole          bool   `yaml:"whole"`           // void unless the words are all that the text says
	Unless         string `yaml:"unless"`          // void where one of these touches the hit
	UnlessNear     string `yaml:"unless_near"`     // void where one of these is in the same sentence
	UnlessAnywhere string `yaml:"unless_anywhere"` // void if one of these is in the same text

	// Signals by number, once all rules are known.
	raises   []int32
	needs    [][]int32 // of each list one
	excludes [][]int32 // of no list one
	heardIn  uint8     // by bit: the texts that are read, in the order of allTexts
}

// example is one text of a cases.yaml with what must be found in it.
type example struct {
	Subject      string              `yaml:"subject"`
	Text         string              `yaml:"text"`
	Attached     string              `yaml:"attached"`
	Forwarded    string              `yaml:"forwarded"`
	From         string              `yaml:"from"`
	Rights       []rights.ID         `yaml:"rights"` // exactly these, in any order; not checked if empty
	Jurisdiction rights.Jurisdiction `yaml:"jurisdiction"`
	Role         Role                `yaml:"role"`
}

// examples is one cases.yaml. A rule speaks on every positive text and on no
// negative one.
type examples struct {
	Positive []example `yaml:"positive"`
	Negative []example `yaml:"negative"`
}

// meaning is what a topic comes to under each law. Where a law has no row, that of
// its parent holds; see parents.
type meaning map[family][]rights.ID

// meanings is meanings.yaml.
type meanings struct {
	Topics  map[string]meaning        `yaml:"topics"`
	Implies map[rights.ID][]rights.ID `yaml:"implies"` // rights that always come together
	Yields  map[rights.ID][]rights.ID `yaml:"yields"`  // a right that falls silent beside these, where they do not themselves

	Stays map[rights.ID]string `yaml:"stays"` // a right that does not fall silent where this signal was raised

	Weak []rights.ID `yaml:"weak"` // rights that fall silent beside any other

	Spellings map[string]string `yaml:"spellings"` // how people also write a word: "u" for "you"

	States    map[string]rights.Jurisdiction `yaml:"states"`    // by postal abbreviation
	Dialling  map[string]rights.Jurisdiction `yaml:"dialling"`  // by country code, digits only
	Languages map[string]rights.Jurisdiction `yaml:"languages"` // hardly spoken elsewhere, by BCP 47
}

// inCircle reports that a right yields, by way of others, to one on the way to it.
func (m *meanings) inCircle(id rights.ID, way []rights.ID) bool {
	return slices.Contains(way, id) || slices.ContainsFunc(m.Yields[id], func(o rights.ID) bool { return m.inCircle(o, append(way, id)) })
}

// family is a body of law that gives rights their names.
type family string

const (
	ccpa        family = "ccpa"
	gdpr        family = "gdpr"
	uk          family = "uk"
	swiss       family = "ch"
	dpf         family = "dpf"
	nevada      family = "nevada"
	shine       family = "stl"
	otherStates family = "us-other"
	anyLaw      family = "any"
)

// parents says whose rows hold where a law has none of its own.
var parents = map[family]family{
	uk: gdpr, swiss: gdpr, nevada: otherStates, shine: ccpa,
	gdpr: anyLaw, ccpa: anyLaw, dpf: gdpr, otherStates: anyLaw,
}

// under returns the rights of a topic under a law.
func (m meaning) under(f family) []rights.ID {
	for ; f != ""; f = parents[f] {
		if ids, ok := m[f]; ok {
			return ids
		}
	}
	return nil
}

var places = map[string]family{
	string(rights.California): ccpa, string(rights.Nevada): nevada, string(rights.OtherUS): otherStates,
	string(rights.EU): gdpr, string(rights.UK): uk, string(rights.Switzerland): swiss,
}

var roles = []Role{RoleSelf, RoleAgent, RoleParent, RoleChild, RoleHeir, RoleRegulator, RoleEmployer, RoleVisitor}

// says lists the signals a rule raises when it speaks.
func (r *rule) says() []string {
	var s []string
	add := func(kind, word string) {
		if word != "" {
			s = append(s, kind+word)
		}
	}
	add("", r.Signal)
	add("right:", string(r.Right))
	add("topic:", r.Topic)
	add("law:", r.Law)
	add("place:", r.Place)
	add("role:", string(r.Role))
	add("modifier:", string(r.Modifier))
	add("class:", string(r.Class))
	add("field:", r.Field)
	if len(r.Hint) > 0 {
		s = append(s, "hint")
	}
	return s
}

// check finds what a strict decoder cannot.
func (r *rule) check(m *meanings, known func(rights.ID) bool) error {
	for _, id := range slices.Concat(r.Hint, []rights.ID{r.Right, r.Modifier, r.Class}) {
		if id != "" && !known(id) {
			return fmt.Errorf("right %q is in no law of the book: correct it or add the law", id)
		}
	}
	if _, ok := m.Topics[r.Topic]; r.Topic != "" && !ok {
		return fmt.Errorf("topic %q is not in meanings.yaml", r.Topic)
	}
	if _, ok := parents[family(r.Law)]; r.Law != "" && !ok {
		return fmt.Errorf("law %q is none of ccpa, gdpr, uk, ch, dpf, nevada, stl, us-other", r.Law)
	}
	if _, ok := places[r.Place]; r.Place != "" && !ok {
		return fmt.Errorf("place %q is no jurisdiction", r.Place)
	}
	if r.Role != "" && !slices.Contains(roles, r.Role) {
		return fmt.Errorf("role %q is unknown", r.Role)
	}
	for _, w := range r.Scope {
		if !slices.Contains(allTexts, w) {
			return fmt.Errorf("scope %q is none of %v", w, allTexts)
		}
	}
	switch {
	case len(r.says()) == 0 && r.Review == "":
		return fmt.Errorf("says nothing: give it a right, topic, law, place, role, modifier, class, signal, hint or review")
	case r.Takes != "" && (r.Takes != "after" || r.Field == ""):
		return fmt.Errorf("takes %q: only a field takes something, and only \"after\"", r.Takes)
	case r.Confidence <= 0 || r.Confidence > 1:
		return fmt.Errorf("confidence %v: choose more than 0 and at most 1", r.Confidence)
	case r.Language == "":
		return fmt.Errorf("language is missing: write a BCP 47 tag such as en")
	case r.Together == "" && (r.Alone || r.Beside || r.Without != ""):
		return fmt.Errorf("alone, beside and without are for concepts that stand together, and there are none")
	case r.Alone && r.Beside:
		return fmt.Errorf("alone and beside contradict each other: choose one")
	case strings.TrimSpace(r.Phrases+r.Together) == "":
		return fmt.Errorf("phrases are missing, or concepts that stand together")
	}
	return nil
}

// ofPerson reports whether a rule tells only who somebody is and where, and so may be
// read in a signature.
func (r *rule) ofPerson() bool {
	return (r.Place != "" || r.Field != "" || r.Role != "" || r.Modifier == agentModifier) &&
		r.Right == "" && r.Topic == "" && r.Law == "" && r.Class == "" && r.Signal == "" && r.Review == "" && len(r.Hint) == 0
}

// hears notes the texts that a rule reads.
func (r *rule) hears() {
	for i, w := range allTexts {
		if len(r.Scope) == 0 || slices.Contains(r.Scope, w) {
			r.heardIn |= 1 << i
		}
	}
}

// allTexts are the texts rules read, in the order in which evidence is listed.
var allTexts = []Where{InSubject, InNew, InSignature, InAttachment, InForwarded, InAddress}
