package console

import (
	"slices"
	"strings"
)

// Person is the human behind a request.
type Person struct {
	Name  string // one line; goes into the trail with all they do
	Roles []Role // unknown ones give nothing
}

// Role is what somebody is at the console. Whoever signs people in names their groups
// so.
type Role string

const (
	Triager  Role = "triager"  // reads, corrects classes, sends letters
	Officer  Role = "officer"  // does everything
	Auditor  Role = "auditor"  // reads everything and changes nothing
	Operator Role = "operator" // sees numbers, and no word of any mail
)

// Roles lists the roles there are.
func Roles() []Role { return []Role{Triager, Officer, Auditor, Operator} }

// deed is one thing that somebody may do here, in words that end "you may not ...".
type deed string

const (
	toCount   deed = "see how much waits in the queues"
	toRead    deed = "read cases, letters and mail"
	toMeasure deed = "see the metrics"
	toCorrect deed = "correct the class of a case"
	toWrite   deed = "send or drop our letters"
	toDecide  deed = "close a case or waive its limit" // and take apart one that asks for several people
	toExport  deed = "export corrected mail"
)

// grants is all of who may do what. What an address needs stands beside it in routes.
var grants = map[Role][]deed{
	Triager:  {toCount, toRead, toCorrect, toWrite},
	Officer:  {toCount, toRead, toMeasure, toCorrect, toWrite, toDecide, toExport},
	Auditor:  {toCount, toRead, toMeasure},
	Operator: {toCount, toMeasure},
}

// may says whether one of the roles allows it.
func (p Person) may(d deed) bool {
	return slices.ContainsFunc(p.Roles, func(r Role) bool { return slices.Contains(grants[r], d) })
}

// known are the roles of a person that give anything, in the order of the house.
func (p Person) known() []Role {
	return slices.DeleteFunc(Roles(), func(r Role) bool { return !slices.Contains(p.Roles, r) })
}

// title is the roles in words.
func (p Person) title() string {
	roles := p.known()
	if len(roles) == len(Roles()) {
		return "all roles"
	}
	return listed(roles, " and ")
}

// hands is what somebody may do, for a page that shows no button in vain.
type hands struct{ Read, Measure, Correct, Write, Decide, Export bool }

func (p Person) hands() hands {
	return hands{p.may(toRead), p.may(toMeasure), p.may(toCorrect), p.may(toWrite), p.may(toDecide), p.may(toExport)}
}

// refusal says why a person may not have what needs all these deeds; empty if they may.
func (p Person) refusal(needs []deed) string {
	if len(p.known()) == 0 {
		return "You are signed in, but you have no role here. Ask whoever runs Rightsmail to put you into one of the groups " +
			listed(Roles(), " or ") + ", then sign out and in again."
	}
	for _, d := range needs {
		if p.may(d) {
			continue
		}
		able := slices.DeleteFunc(Roles(), func(r Role) bool { return !slices.Contains(grants[r], d) })
		return "You are here as " + p.title() + " and may not " + string(d) + ". Ask " + listed(withArticle(able), " or ") + "."
	}
	return ""
}

// withArticle makes "an officer" of an officer.
func withArticle(roles []Role) []Role {
	named := make([]Role, len(roles))
	for i, r := range roles {
		named[i] = "a " + r
		if strings.ContainsRune("aeio", rune(r[0])) {
			named[i] = "an " + r
		}
	}
	return named
}

// listed writes roles as a sentence does: "triager, officer or auditor".
func listed(roles []Role, last string) string {
	words := make([]string, len(roles))
	for i, r := range roles {
		words[i] = string(r)
	}
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + last + words[n-1]
	}
	return strings.Join(words, "")
}
