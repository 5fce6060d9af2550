package cases

import (
	"strconv"
	"time"

	"rightsmail/shared/rights"
)

// The kinds of mail that change how urgent a case is.
const (
	KindReminder   = "reminder"
	KindEscalation = "escalation"
)

// Urgency is the priority of a request in a mail of some kind. An escalation is for
// today, whatever it asks for: an authority or a court comes next.
func Urgency(kind string, p rights.Priority) rights.Priority {
	if kind == KindEscalation {
		return 0
	}
	return p
}

// Press makes an open case more urgent because the person wrote again: an escalation is
// for today, and a reminder counts one step. The entry says so; ok is false where nothing
// changes.
func Press(c Case, kind string, now time.Time) (out Case, e Entry, ok bool) {
	p := Urgency(kind, c.Priority)
	if kind == KindReminder && p > 1 {
		p--
	}
	if c.Status == Closed || p == c.Priority {
		return c, Entry{}, false
	}
	e = Entry{At: now, Actor: Machine, Kind: "more-urgent", Text: "The person wrote again, so this case is more urgent.",
		Data: map[string]string{"kind": kind, "priority-before": digit(c.Priority), "priority": digit(p)}}
	c.Priority = p
	if kind == KindEscalation {
		c.Kind = kind
	}
	return c, e, true
}

func digit(p rights.Priority) string { return strconv.Itoa(int(p)) }
