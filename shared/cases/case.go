package cases

import (
	"time"

	"rightsmail/shared/limits"
	"rightsmail/shared/rights"
)

// ID names a case to everybody, the person who wrote included:
// "RM-8F3K-2Q7D-1". All cases of one mail share the part before the last hyphen,
// the Reference.
type ID string

// MailID names one received mail: on one machine the SHA-256 of its bytes, on
// AWS the message id of SES. The sender cannot choose it.
type MailID string

// Mail is one mail that was received and decided. Writing it is the seen-mark:
// a second delivery finds it and changes nothing.
type Mail struct {
	ID        MailID
	Twin      string    // equal for copies of one mail that came by different ways; empty if the mail has no Message-ID
	Received  time.Time // acceptance by the mail server, UTC
	Mailbox   string    // the monitored mailbox it came to, lower-case
	Handling  Handling
	Reference string // shared by its cases, "RM-8F3K-2Q7D"; set even if it has none
	Cases     []ID   // what it opened; empty if none
	Joined    ID     // the case a reply was added to; empty if none
	Warnings  int    // oddities met while reading
}

// Handling says what became of a mail.
type Handling string

// The handlings. Every mail has one: nothing is lost.
const (
	Opened    Handling = "opened"    // one or more cases
	Joined    Handling = "joined"    // added to a case that was there
	Merged    Handling = "merged"    // another copy of a mail that came by a different way
	Forwarded Handling = "forwarded" // ordinary support mail, to the help desk, untouched
	Ignored   Handling = "ignored"   // machine mail and spam, without rights language
)

// Case is one request for one right.
type Case struct {
	ID       ID
	Version  int64 // 0 for a case not stored yet; the store compares it when writing
	Mail     MailID
	Siblings []ID // the other cases of the same mail

	Right        rights.ID
	Jurisdiction rights.Jurisdiction
	Queue        rights.Queue
	Priority     rights.Priority
	Status       Status
	Review       []string // why a human must look first; empty if the machine is sure

	Kind      string   // of the mail: "request", "reminder", "escalation", "reply"
	People    []Person // where the mail asks for several people, those it names; in the case of one of them, that one
	Requester Requester
	Subject   string // decoded, one line; hostile, for display only
	Mailbox   string
	Received  time.Time // UTC

	Clock rights.Clock
	Next  Next // the duty that is due next; what queues are sorted by

	Acknowledgement Acknowledgement
	Limit           *Limit // nil if the right has no limit, or the sender is not authenticated
	Missing         []string

	Evidence   []Evidence
	DecidedBy  string // "rules", "model", "nobody", or the name of the human who reclassified
	Confidence float64
	Rules      string   // version of the rules that judged
	Replies    int      // mails the person sent after the first
	Signals    []string // what was odd or telling about the mail: warnings, signs of a machine, a Reply-To that differs

	Outcome  Outcome   // empty while open
	Decider  string    // the named human who closed it
	Reason   string    // the words of that human
	ClosedAt time.Time // UTC; zero while open
}

// Status is where a case stands.
type Status string

// The statuses. Held is over its limit: it waits for a human and is never handed
// to fulfilment.
const (
	Open   Status = "open"
	Held   Status = "held"
	Closed Status = "closed"
)

// Requester is who asks. Address is where an answer may go.
type Requester struct {
	Name     string
	Address  string // as written; never a Reply-To
	Consumer string // keyed hash of the normalised address
	Standing string // "authenticated", "unknown", "failed"
	Role     string // "self", "agent", "parent", ...

	// Permission is what the mail shows of an agent's right to act: "attached",
	// "stated", "none"; empty for anybody else.
	Permission string
	Language   string // BCP 47 of their words, "und" if unknown
}

// Person is somebody a mail asks for. Name and Email are as the mail has them: hostile,
// and no proof of anything.
type Person struct {
	Name   string
	Email  string
	Sender bool // the one who wrote, who asks for himself too
	Case   ID   // the case that was opened for this person; empty if none
}

// Next is the next duty of an open case.
type Next struct {
	Duty rights.Duty
	Due  time.Time // end of the safe day in the zone of the law, UTC; zero if closed
}

// Acknowledgement is the state of the first answer.
type Acknowledgement struct {
	State AckState
	Hold  string    // why it is held: "automated", "spoofed", "rate_cap", ...; empty otherwise
	At    time.Time // when it left, UTC; zero before
}

// AckState is how far the acknowledgement got.
type AckState string

// The states. A held acknowledgement is a task with a date, never silence.
const (
	AckQueued AckState = "queued" // in the outbox
	AckSent   AckState = "sent"
	AckHeld   AckState = "held" // a human must send it or decide not to
	AckNone   AckState = "none" // no machine may write to this sender at all
)

// Limit is what the limit said about a case.
type Limit struct {
	Key   limits.Key
	State limits.State // Reserved, Confirmed, Waiting; empty if given back
	On    rights.Date  // civil date that counts

	Earlier   []rights.Date // over the limit: the uses in the way
	FirstFree rights.Date   // over the limit: first date on which a request would be free
	Waived    string        // the human who waived the limit; empty if nobody
}

// Evidence ties a rule to the words that made it speak.
type Evidence struct {
	Rule  string `json:"rule"`
	Text  string `json:"text"`
	Where string `json:"where"` // "subject", "new", "attachment", "forwarded", "address"
	Start int    `json:"start"` // byte offset in that text when it was judged
	End   int    `json:"end"`
}

// Outcome is how a case ended.
type Outcome string

// The outcomes. Everything that begins with "denied" or ends in "part" needs a
// decider and a reason.
const (
	Complied          Outcome = "complied"
	CompliedPart      Outcome = "complied_part"
	DeniedUnverified  Outcome = "denied_unverified"
	DeniedNotEntitled Outcome = "denied_not_entitled"
	DeniedExempt      Outcome = "denied_exempt"
	DeniedOther       Outcome = "denied_other"
	Withdrawn         Outcome = "withdrawn"
	Duplicate         Outcome = "duplicate"
	NotARequest       Outcome = "not_a_request"
)

// Actor is who did something: the machine, or a human by name.
type Actor string

// Machine is the actor that may never refuse, waive or close.
const Machine Actor = "rightsmail"

// Entry is one line of a trail. Entries are never changed or removed, and each
// carries the hash of the one before.
type Entry struct {
	N     int       // 1, 2, 3, ...
	At    time.Time // UTC
	Actor Actor
	Kind  string            // "opened", "acknowledged", "held", "waived", "closed", "reply-received", ...
	Text  string            // one sentence in our own words
	Data  map[string]string `json:",omitempty"` // values before and after, versions; no text of the mail
	Prev  string            // hash of entry N-1; empty for the first
	Hash  string            // SHA-256 over all of the above, hex
}
