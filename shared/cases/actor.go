package cases

import (
	"errors"
	"strings"
)

// The errors of an action that may not be taken. They are told to the officer.
var (
	ErrNeedsHuman  = errors.New("only a named human may do this: sign in, then try again")
	ErrNeedsReason = errors.New("a reason is needed: say in a sentence why, it stays with the case")
	ErrClosed      = errors.New("the case is closed: open a new one if there is more to do")
)

// Human reports whether an actor is a named human.
func (a Actor) Human() bool {
	name := strings.TrimSpace(string(a))
	return name != "" && !strings.EqualFold(name, string(Machine))
}

// mayDecide refuses a machine, and everybody on a case that is closed.
func (c Case) mayDecide(who Actor) error {
	if !who.Human() {
		return ErrNeedsHuman
	}
	if c.Status == Closed {
		return ErrClosed
	}
	return nil
}
