package rights

import "time"

// Right is one right as the law in force on a date gives it. It is a value: the
// Book that returned it keeps nothing of it.
type Right struct {
	ID       ID
	Title    string // a few plain words for a person: "Delete my personal information"
	Law      string // name of the law: "California Consumer Privacy Act"
	Citation string // article or section: "Cal. Civ. Code 1798.105; 11 CCR 7022"
	Source   string // where the number was checked, or "general knowledge, to be confirmed by counsel", or "design choice"
	Who      string // whom the law protects, in one sentence

	Queue    Queue
	Priority Priority

	Required     []string     // fields the request needs: "name", "email", "street", "city", "state", "zip", "disputed_item", ...
	Verification Verification // what proof of identity may be asked for
	Limit        *Limit       // nil: no number of requests is ever too many
	RefusalMust  []string     // what a refusal has to say; each one sentence
	Retention    string       // how long the log of a request is kept: "24 months from closure"
	Metric       string       // bucket of the yearly statement: "know", "delete", ...; empty if in none
	AutoSuppress bool         // marketing or sale may be stopped by machine at once
	Silent       bool         // no automated text at all (a regulator's letter, a child's own mail)
	Modifier     bool         // not a request by itself: qualifies the others in the mail
	Outbound     bool         // a job of ours that no mail asks for

	ValidFrom Date // first day on which this row is the law
	ValidTo   Date // last day; the zero Date means still in force
}

// IsRequest reports whether a case can be of this right: modifiers and jobs of ours are
// no requests, nor are the classes of mail that asks for none.
func (r Right) IsRequest() bool {
	switch r.ID {
	case SupportGeneral, Spam, AutoOrBounce:
		return false
	}
	return !r.Modifier && !r.Outbound
}

// Verification is what proof of identity a right allows us to ask for.
type Verification string

// The levels. Forbidden is law for opt-outs: nothing may be asked.
const (
	VerifyForbidden  Verification = "forbidden"
	VerifyNone       Verification = "none"
	VerifyOnDoubt    Verification = "on-reasonable-doubt"
	VerifyReasonable Verification = "reasonable"
	VerifyHigh       Verification = "reasonably-high"
	VerifyParent     Verification = "parent"
	VerifyHuman      Verification = "human"
)

// Limit is how often a right may be used: Max uses in Window.
type Limit struct {
	Max      int
	Window   Window
	Zone     string // IANA zone whose civil date of receipt counts
	Citation string

	// CompleteOnly: a request whose required fields are missing takes no use yet.
	CompleteOnly bool
}

// Window is the span a Limit counts over.
type Window string

// The windows. RollingYear: a use received on p blocks n iff n is before p plus
// twelve calendar months, clipped. CalendarYear: both in the same civil year.
const (
	RollingYear  Window = "rolling-12-months"
	CalendarYear Window = "calendar-year"
)

// Receipt is what starts a clock.
type Receipt struct {
	At           time.Time // acceptance by the mail server; never the Date field
	Jurisdiction Jurisdiction
	Designated   bool // it came to the address the policy designates for this right
}

// Duty is something the law wants done by a date.
type Duty string

// The duties, in the order in which they fall due.
const (
	DutyAcknowledge     Duty = "acknowledge"
	DutyRespond         Duty = "respond"
	DutyExtensionNotice Duty = "extension-notice" // the notice must leave by then if more time is taken
	DutyRefuse          Duty = "refuse"           // a refusal must leave by then, extension or not
	DutyRespondExtended Duty = "respond-extended"
)

// Clock is every date one request sets running.
type Clock struct {
	Right        ID
	Jurisdiction Jurisdiction
	Received     time.Time  // UTC
	Zone         string     // IANA zone of the law
	ReceivedOn   Date       // civil date of Received in Zone
	Deadlines    []Deadline // in the order of the duties; a duty the law does not set is absent
	Target       Deadline   // our own goal for the first answer by a human; never later than the law
	Book         string     // version of the laws and calendars that were used
}

// Deadline is one date with its sum. Due at 23:59:59 in Zone on the date.
type Deadline struct {
	Duty      Duty
	Statutory Date // the ordinary legal reading
	Safe      Date // the strictest plausible reading, never later than Statutory; alerts run on this
	Zone      string
	Period    string   // "10 business days", "45 calendar days", "1 month"
	Citation  string   // law of the period
	Steps     []string // the sum in words, in order, for Statutory then Safe
	Internal  bool     // a goal of ours, not a duty in law
}

// Deadline returns the deadline for a duty; ok is false if the law sets none.
func (c Clock) Deadline(d Duty) (dl Deadline, ok bool) {
	for _, dl := range c.Deadlines {
		if dl.Duty == d {
			return dl, true
		}
	}
	return Deadline{}, false
}
