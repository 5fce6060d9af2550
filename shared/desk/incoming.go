package desk

import (
	"time"

	"rightsmail/shared/cases"
	"rightsmail/shared/classify"
	"rightsmail/shared/email"
	"rightsmail/shared/rights"
)

// Incoming is one mail as it arrived.
type Incoming struct {
	ID       cases.MailID // of the transport; on one machine the SHA-256 of Raw
	Raw      []byte
	Received time.Time // acceptance by the mail server, UTC
	Mailbox  string    // envelope recipient, lower-case; empty if unknown

	// Findings are what the mail server said about the mail beside it, in a receipt
	// notification; nil if it said nothing.
	Findings *email.Findings

	// FromFile says that the mail was read from a file or an archive. Its topmost
	// Received field, if it has one, then says when the mail server took it in.
	FromFile bool

	// Unguarded says that the mail came straight from a stranger's SMTP client, so
	// that even its topmost header block is the sender's own text. Of verdicts found
	// there only failures count.
	Unguarded bool

	// Trusted says that whoever handed us the mail vouches for its sender.
	Trusted bool

	// NoVerdicts says that nobody could have judged the sender: a dry run, or a
	// local run that writes to a folder. The acknowledgement is then judged as if
	// the sender were authenticated, and still no use of a limit is reserved.
	NoVerdicts bool
}

// Filed is a mail out of a file, for a dry run: nobody could have judged its sender, and
// the mail server's own field says when it arrived, or else it arrives now.
func Filed(raw []byte, now time.Time) Incoming {
	return Incoming{Raw: raw, Received: now, FromFile: true, NoVerdicts: true}
}

// Judgement is all that can be said about a mail without asking a store.
type Judgement struct {
	Unread   bool // our reader failed on the mail
	Message  *email.Message
	Decision classify.Decision
	Standing email.Standing
	Received time.Time // what all dates count from, UTC
	Mailbox  string    // monitored mailbox the mail came to; empty if it does not say
	Requests []Request // one per right; empty for support, spam and machine mail
	Queues   []rights.Queue
	Ack      AckDecision
	Warnings []string // in our own words
}

// Request is one right with its row of law and its dates.
type Request struct {
	Finding classify.Finding
	Right   rights.Right
	Queue   rights.Queue // of the right, or review
	Clock   rights.Clock
}

// AckDecision says whether an automatic acknowledgement may leave.
type AckDecision struct {
	Allowed bool
	Hold    string // why not: "automated", "spoofed", "not_a_request", ...; empty if allowed
	Never   bool   // no machine may ever write to this sender (a robot, a regulator, a child)
}

// View is a case as the console shows it.
type View struct {
	Case     cases.Case
	Right    rights.Right
	Trail    []cases.Entry
	TrailOK  bool // every entry carries the hash of the one before
	Letters  []cases.Effect
	Message  *email.Message // read again from the archive; nil if the raw mail is gone
	Passages map[classify.Where][]Passage
	Since    []Answer // mails that joined the case after the first, oldest first
	Siblings []cases.Case
	Dates    []ExplainedDate
}

// Answer is a mail that joined a case: of the person, or an automatic one.
type Answer struct {
	Mail     cases.MailID
	Received time.Time
	Standing string         // how well its sender was proven: "authenticated", "unknown"
	Message  *email.Message // nil if the raw mail is gone
}

// Passage is a stretch of text, marked if it decided.
type Passage struct {
	Text  string
	Rules []string // rules that spoke on these words; empty for ordinary text
}

// ExplainedDate is one duty with its sum.
type ExplainedDate struct {
	rights.Deadline
	Explanation string
	Done        time.Time // zero if not done yet
	Overdue     bool
}
