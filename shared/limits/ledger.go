package limits

import (
	"slices"
	"strings"

	"rightsmail/shared/rights"
)

// Key is whose uses of which right a Ledger counts. Consumer is a keyed hash of
// the normalised address (later of the verified identity), never the address.
type Key struct {
	Consumer string
	Right    rights.ID
}

// Ledger is the uses of one consumer and right. It is a value: every method
// returns a changed copy and leaves the receiver alone.
type Ledger struct {
	Key     Key
	Uses    []Use // sorted by date of receipt, then case
	Waiting []Use // held requests, oldest first
	Version int64 // 0 if the store has none yet; the store compares it when writing
}

// Use is one request that counts, or waits to.
type Use struct {
	Case  string      // id of the case
	On    rights.Date // civil date of receipt in the zone of the limit
	State State
}

// State is how firm a use is.
type State string

// The states of a use.
const (
	Reserved  State = "reserved"  // asked, not answered yet
	Confirmed State = "confirmed" // answered with information
	Waiting   State = "waiting"   // held over the limit
)

// Verdict says whether a use is free on a date, and if not, why and until when.
type Verdict struct {
	Free      bool
	Earlier   []rights.Date // the uses in the way, oldest first; empty if free
	FirstFree rights.Date   // first civil date of receipt on which a request finds a free use
}

// Ask judges a request received on a date, and changes nothing. A request is free
// if no window of the limit would then hold more than Max uses.
func (l Ledger) Ask(limit rights.Limit, on rights.Date) Verdict {
	earlier := l.inTheWay(limit, on)
	if len(earlier) == 0 {
		return Verdict{Free: true, FirstFree: on}
	}
	return Verdict{Earlier: earlier, FirstFree: l.firstFree(limit, on)}
}

// Reserve takes a use for a case if one is free, else puts the case on the
// waiting list. Asking twice for one case changes nothing the second time: the date
// of the first time stays.
func (l Ledger) Reserve(limit rights.Limit, caseID string, on rights.Date) (Ledger, Verdict) {
	if i := index(l.Uses, caseID); i >= 0 {
		return l, Verdict{Free: true, FirstFree: l.Uses[i].On}
	}
	if i := index(l.Waiting, caseID); i >= 0 {
		on = l.Waiting[i].On
	}
	v := l.Ask(limit, on)
	next := l.clone()
	next.Waiting = remove(next.Waiting, caseID)
	if v.Free {
		next.Uses = insert(next.Uses, Use{Case: caseID, On: on, State: Reserved})
	} else {
		next.Waiting = insert(next.Waiting, Use{Case: caseID, On: on, State: Waiting})
	}
	return next, v
}

// Confirm makes a use firm: the request was answered with information. A case
// that holds no use is recorded as one: the answer was given all the same, for
// example because a human waived the limit.
func (l Ledger) Confirm(caseID string, on rights.Date) Ledger {
	next := l.clone()
	if i := index(next.Uses, caseID); i >= 0 {
		next.Uses[i].State = Confirmed
		return next
	}
	next.Waiting = remove(next.Waiting, caseID)
	next.Uses = insert(next.Uses, Use{Case: caseID, On: on, State: Confirmed})
	return next
}

// GiveBack frees what a case holds, be it a use or a place in the queue, and
// moves up every waiting request that now fits, oldest first. It returns the
// cases that moved up.
func (l Ledger) GiveBack(limit rights.Limit, caseID string) (next Ledger, movedUp []string) {
	next = l.clone()
	next.Uses = remove(next.Uses, caseID)
	next.Waiting = remove(next.Waiting, caseID)
	for _, w := range slices.Clone(next.Waiting) {
		if !next.fits(limit, w.On) {
			continue
		}
		next.Waiting = remove(next.Waiting, w.Case)
		next.Uses = insert(next.Uses, Use{Case: w.Case, On: w.On, State: Reserved})
		movedUp = append(movedUp, w.Case)
	}
	return next, movedUp
}

func (l Ledger) clone() Ledger {
	l.Uses, l.Waiting = slices.Clone(l.Uses), slices.Clone(l.Waiting)
	return l
}

// fits reports whether one more use on that date leaves every window within the
// limit.
func (l Ledger) fits(limit rights.Limit, on rights.Date) bool {
	return len(l.inTheWay(limit, on)) == 0
}

// inTheWay returns the uses that share a full window with one more use on that
// date, oldest first. They may lie on either side: mail can be processed out of
// order.
func (l Ledger) inTheWay(limit rights.Limit, on rights.Date) []rights.Date {
	// Uses are sorted; at is where the new one would stand, after those of its day.
	at := 0
	for at < len(l.Uses) && !l.Uses[at].On.After(on) {
		at++
	}
	from, to := at, at // the uses in the way are l.Uses[from:to]
	// Only a window that holds the new date can be this request's fault: a human may
	// have answered beyond the limit before. It takes i uses before the new one and
	// Max-i after it.
	for i := 0; i <= limit.Max; i++ {
		first, last := at-i, at+limit.Max-i
		if first < 0 || last > len(l.Uses) {
			continue
		}
		begin, end := on, on
		if i > 0 {
			begin = l.Uses[first].On
		}
		if last > at {
			end = l.Uses[last-1].On
		}
		if sameWindow(limit.Window, begin, end) {
			from, to = min(from, first), max(to, last)
		}
	}
	var dates []rights.Date
	for _, u := range l.Uses[from:to] {
		dates = append(dates, u.On)
	}
	return dates
}

// firstFree looks for the first date from on that fits. Each candidate is the end
// of the window of some use, so there are no more candidates than uses.
func (l Ledger) firstFree(limit rights.Limit, on rights.Date) rights.Date {
	var ends []rights.Date
	for _, u := range l.Uses {
		if end := windowEnd(limit.Window, u.On); end.After(on) {
			ends = append(ends, end)
		}
	}
	slices.SortFunc(ends, compare)
	for _, end := range ends {
		if l.fits(limit, end) {
			return end
		}
	}
	return on
}

// windowEnd is the first date that a use on d no longer blocks.
func windowEnd(w rights.Window, d rights.Date) rights.Date {
	if w == rights.CalendarYear {
		return rights.Date{Year: d.Year + 1, Month: 1, Day: 1}
	}
	return rights.AddMonthsClip(d, 12)
}

// sameWindow reports whether two dates, the earlier one first, lie in one window.
func sameWindow(w rights.Window, a, b rights.Date) bool {
	return b.Before(windowEnd(w, a))
}

func index(uses []Use, caseID string) int {
	return slices.IndexFunc(uses, func(u Use) bool { return u.Case == caseID })
}

func remove(uses []Use, caseID string) []Use {
	return slices.DeleteFunc(uses, func(u Use) bool { return u.Case == caseID })
}

func insert(uses []Use, u Use) []Use {
	uses = append(uses, u)
	slices.SortStableFunc(uses, func(a, b Use) int {
		if c := compare(a.On, b.On); c != 0 {
			return c
		}
		return strings.Compare(a.Case, b.Case)
	})
	return uses
}

func compare(a, b rights.Date) int {
	switch {
	case a.Before(b):
		return -1
	case a.After(b):
		return 1
	}
	return 0
}
