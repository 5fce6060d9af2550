package replies

import (
	"context"
	"time"

	"rightsmail/shared/email"
	"rightsmail/shared/rights"
)

// Kind is one kind of letter: the name of its template.
type Kind string

// The kinds.
const (
	KindAcknowledgement Kind = "acknowledgement" // what we understood, how it goes on, by when
	KindChild           Kind = "child"           // neutral: a person will reply, nothing asked, nothing echoed
	KindSuppression     Kind = "suppression"     // marketing only: one line, it is done
	KindOverLimit       Kind = "over-limit"      // a draft for a human: both dates, the first free date
)

// KindCanary is a letter to ourselves, which shows that mail is read. It has no template:
// no person reads it.
const KindCanary Kind = "canary"

// Letter is one mail that we write.
type Letter struct {
	Kind       Kind          `json:"kind"`
	From       email.Address `json:"from"`
	To         email.Address `json:"to"`
	Subject    string        `json:"subject"`
	Language   string        `json:"language"` // BCP 47; the lang of the HTML
	Text       string        `json:"text"`
	HTML       string        `json:"html"`
	MessageID  string        `json:"message_id"` // without brackets
	InReplyTo  string        `json:"in_reply_to"`
	References []string      `json:"references"` // oldest first
	Automatic  bool          `json:"automatic"`  // written by machine: carries RFC 3834 fields
}

// Writing is what every letter needs to know.
type Writing struct {
	Company   string        // "Example Widgets"
	From      email.Address // our mailbox, which reads what comes back
	Officer   email.Address // the data protection officer
	To        email.Address
	Language  string // BCP 47 of the person's words; a language without templates falls back to English
	Reference string // "RM-8F3K-2Q7D"
	Received  time.Time
	Requests  []Request

	MessageID  string   // of the letter
	InReplyTo  string   // Message-ID of the mail; empty if it had none
	References []string // of the mail, oldest first
}

// Request is one case as a letter speaks of it.
type Request struct {
	Case         string
	Right        rights.ID
	Title        string // plain words of the right
	Law          string
	Verification rights.Verification
	RespondBy    rights.Date // zero: no date is promised
	Zone         string
	Missing      []string // fields still needed
	Held         bool     // over its limit
	Earlier      []rights.Date
	FirstFree    rights.Date
	Children     bool // queue of children: nothing asked, nothing echoed
	Unspecified  bool // no law named: neutral wording
}

// Sender takes a letter to the world. A second Send with one id must not make a
// second mail where the transport can help it. Errors are worth a retry unless
// they are ErrRefused.
type Sender interface {
	Send(ctx context.Context, id string, l Letter, at time.Time) (receipt string, err error)
}
