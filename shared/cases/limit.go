package cases

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"rightsmail/shared/limits"
	"rightsmail/shared/rights"
)

// Reserve asks the ledger for a use and fills c.Limit. If none is free the case is
// Held: it is acknowledged like any other, but waits for a human instead of going
// to fulfilment. A case that holds a use already keeps it.
func Reserve(l limits.Ledger, limit rights.Limit, c Case, now time.Time) (limits.Ledger, Case, Entry) {
	on, err := rights.DateIn(c.Received, limit.Zone)
	if err != nil {
		on = c.Clock.ReceivedOn // a zone that Load did not check; the clock has the law's own date
	}
	l, v := l.Reserve(limit, string(c.ID), on)
	c.Limit = &Limit{Key: l.Key, State: limits.Reserved, On: on}
	e := Entry{At: now, Actor: Machine, Kind: "reserved", Text: "This request counts towards the limit of the law.",
		Data: map[string]string{"on": on.String(), "limit": describe(limit)}}
	if v.Free {
		return l, c, e
	}
	c.Status = Held
	c.Limit.State, c.Limit.Earlier, c.Limit.FirstFree = limits.Waiting, v.Earlier, v.FirstFree
	e.Kind, e.Text = "held", "Held: over the limit of the law. A human decides; the machine refuses nothing."
	e.Data["earlier"], e.Data["first-free"] = dates(v.Earlier), v.FirstFree.String()
	return l, c, e
}

// GiveBack frees what a case holds in the ledger of its limit: the request turned
// out not to count. It returns the ids of the cases that move up, oldest first; each
// of them becomes what MoveUp says. A case without a limit changes nothing.
func GiveBack(l limits.Ledger, limit rights.Limit, c Case) (limits.Ledger, Case, []ID) {
	if c.Limit == nil {
		return l, c, nil
	}
	l, names := l.GiveBack(limit, string(c.ID))
	given := *c.Limit
	given.State, given.Earlier, given.FirstFree = "", nil, rights.Date{}
	c.Limit = &given
	movedUp := make([]ID, len(names))
	for i, name := range names {
		movedUp[i] = ID(name)
	}
	return l, c, movedUp
}

// MoveUp lets a held case take the use that somebody gave back. A case that a human
// waved through before stays open and now counts; a closed one stays closed.
func MoveUp(c Case, now time.Time) (Case, Entry) {
	before := c.Status
	if c.Status == Held {
		c.Status = Open
	}
	if c.Limit != nil {
		limit := *c.Limit
		limit.State, limit.Earlier, limit.FirstFree = limits.Reserved, nil, rights.Date{}
		c.Limit = &limit
	}
	return Reschedule(c), Entry{At: now, Actor: Machine, Kind: "moved-up",
		Text: "An earlier request turned out not to count, so this one is within the limit.",
		Data: map[string]string{"before": string(before), "after": string(c.Status)}}
}

// Waive lets a held request through although it is over the limit: answering more
// often than the law demands is always allowed. Only a named human may, with a
// reason: ErrNeedsHuman, ErrClosed, ErrNeedsReason.
func Waive(c Case, who Actor, reason string, now time.Time) (Case, Entry, error) {
	reason = strings.TrimSpace(reason)
	err := c.mayDecide(who)
	switch {
	case err != nil:
	case c.Status != Held || c.Limit == nil:
		err = fmt.Errorf("it is %s, not held by a limit: there is nothing to waive", c.Status)
	case reason == "":
		err = ErrNeedsReason
	}
	if err != nil {
		return c, Entry{}, fmt.Errorf("waive the limit of case %s: %w", c.ID, err)
	}
	limit := *c.Limit
	limit.Earlier = slices.Clone(limit.Earlier)
	limit.Waived = string(who)
	c.Limit, c.Status = &limit, Open
	return Reschedule(c), Entry{
		At: now, Actor: who, Kind: "waived", Text: "Waived the limit: the request is answered all the same.",
		Data: map[string]string{"reason": reason},
	}, nil
}

// describe says a limit in words: "2 in rolling-12-months".
func describe(l rights.Limit) string { return fmt.Sprintf("%d in %s", l.Max, l.Window) }

func dates(all []rights.Date) string {
	words := make([]string, len(all))
	for i, d := range all {
		words[i] = d.String()
	}
	return strings.Join(words, ", ")
}
