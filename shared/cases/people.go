package cases

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"rightsmail/shared/rights"
)

// Why a mail that asks for several people cannot be taken apart now.
var (
	ErrNobodyToOpen = errors.New("the mail names nobody who has no case yet")
	ErrAckFirst     = errors.New("the acknowledgement of the mail is not settled yet: send or drop it first")
)

// MaxSplit is how many cases are opened at once: as many as one transaction holds.
const MaxSplit = 20

// Several reports whether a case waits for a human to open one for each person.
func (c Case) Several() bool {
	return c.Status != Closed && slices.ContainsFunc(c.People, Person.waits)
}

// waits reports somebody without a case. The sender's own is the one the mail opened.
func (p Person) waits() bool { return !p.Sender && p.Case == "" }

// Split opens a case for each person a mail names, for the same right and from the same
// receipt: the clock of each ran all along. id gives the next free name, consumer the
// keyed hash of a person. The case itself stays as the sender's own where he asks for
// himself too; else it ends as a duplicate of the others. Only a named human may:
// ErrNeedsHuman, ErrClosed, ErrNobodyToOpen, ErrAckFirst. Of more than MaxSplit people the
// first are taken, and the case stays for the rest.
func Split(c Case, who Actor, right rights.Right, id func() (ID, error), consumer func(Person) string, now time.Time) (Case, Entry, []Case, []Entry, error) {
	err := c.mayDecide(who)
	switch a := c.Acknowledgement.State; {
	case err != nil:
	case a == AckQueued || a == AckHeld:
		err = ErrAckFirst // one letter answers the mail, and its state is that of all its cases
	case !c.Several():
		err = ErrNobodyToOpen
	}
	if err != nil {
		return c, Entry{}, nil, nil, fmt.Errorf("open a case for each person of %s: %w", c.ID, err)
	}
	c.People, c.Review = slices.Clone(c.People), slices.Clone(c.Review)
	var opened []Case
	var entries []Entry
	var names []string
	for i, p := range c.People {
		if !p.waits() || len(opened) == MaxSplit {
			continue
		}
		name, err := id()
		if err != nil {
			return c, Entry{}, nil, nil, err
		}
		one := c.forPerson(p, name, right)
		one.Requester.Consumer = consumer(p)
		c.People[i].Case = name
		opened, names = append(opened, one), append(names, string(name))
		entries = append(entries, Entry{At: now, Actor: who, Kind: "opened", Text: "Opened for one of the people that the mail asks for.",
			Data: map[string]string{"right": string(one.Right), "queue": string(one.Queue), "jurisdiction": string(one.Jurisdiction), "from": string(c.ID), "rules": c.Rules, "laws": c.Clock.Book}})
	}
	e := Entry{At: now, Actor: who, Kind: "split", Text: "Opened a case for each person that the mail names.",
		Data: map[string]string{"cases": strings.Join(names, ", ")}}
	if !c.Several() {
		c.Review = withoutPeople(c.Review)
		if !slices.ContainsFunc(c.People, func(p Person) bool { return p.Sender }) {
			c.Status, c.Outcome, c.Decider, c.ClosedAt = Closed, Duplicate, string(who), now.UTC()
			c.Reason = "One case was opened for each person that the mail names."
			e.Data["outcome"] = string(Duplicate)
		} else if len(c.Review) == 0 {
			c.Queue = right.Queue
		}
	}
	return Reschedule(c), e, opened, entries, nil
}

// forPerson is the case of one of the people. What the sender is and how well he is
// proven stays; a use of a limit was taken by nobody.
func (c Case) forPerson(p Person, id ID, right rights.Right) Case {
	one := c
	one.ID, one.Version, one.Status, one.Limit, one.Replies = id, 0, Open, nil, 0
	one.Siblings = []ID{c.ID}
	one.People = []Person{{Name: p.Name, Email: p.Email, Case: id}}
	one.Review = withoutPeople(c.Review)
	if len(one.Review) == 0 {
		one.Queue = right.Queue
	}
	return Reschedule(one)
}

// SeveralPeople ends the reason for which a mail that asks for several people is looked at.
const SeveralPeople = "open a case for each"

func withoutPeople(review []string) []string {
	return slices.DeleteFunc(slices.Clone(review), func(s string) bool { return strings.HasSuffix(s, SeveralPeople) })
}
