package metrics

import "time"

// Meter takes what operations watches: how the machine does, not what the law asks.
// Emit is safe for concurrent use and never fails. A point may be counted twice, so
// nothing that is published is taken from it; a Report is.
type Meter interface {
	Emit(p Point)
}

// Point is what one step of the machine counted.
type Point struct {
	At       time.Time
	Category string // queue of the category; empty if the point is not about one
	Values   map[Name]float64
	Notes    map[string]string // ids and our own words, to search by; never words of a mail
}

// Name is the name of one number.
type Name string

// The names. Each is documented with its unit.
const (
	MailsReceived  Name = "MailsReceived"  // count; every mail that was decided, seen copies not
	MailsForwarded Name = "MailsForwarded" // count; ordinary mail
	MailsIgnored   Name = "MailsIgnored"   // count; machine mail and spam
	MailsUnread    Name = "MailsUnread"    // count; opened for review because our reader failed on them
	CasesOpened    Name = "CasesOpened"    // count, by category
	CasesHeld      Name = "CasesHeld"      // count, by category; over their limit
	ReceiptSeconds Name = "ReceiptSeconds" // seconds from receipt to decision
	LettersSent    Name = "LettersSent"    // count
	LettersBounced Name = "LettersBounced" // count
	DeliveryFailed Name = "DeliveryFailed" // count; given up, a human has to look
	AckSeconds     Name = "AckSeconds"     // seconds from receipt to the acknowledgement
	AcksOverdue    Name = "AcksOverdue"    // cases whose acknowledgement is late, at this moment
	CasesOverdue   Name = "CasesOverdue"   // cases past their strictest date, at this moment
	CasesDueSoon   Name = "CasesDueSoon"   // cases due within three days, at this moment
	OutboxPending  Name = "OutboxPending"  // entries that should have left, at this moment
	OutboxSeconds  Name = "OutboxSeconds"  // age of the oldest of them
	CanaryMinutes  Name = "CanaryMinutes"  // minutes since a canary last came through; the whole way works
	ModelAsked     Name = "ModelAsked"     // count
	ModelFailed    Name = "ModelFailed"    // count; the case stays with a human
	ModelTokens    Name = "ModelTokens"    // tokens
	ModelCents     Name = "ModelCents"     // cents, by the prices in the settings
	ModelRefused   Name = "ModelRefused"   // claims that were not believed: no such right, no such words

	ModelRemembered Name = "ModelRemembered" // questions that were answered before
	ModelOverBudget Name = "ModelOverBudget" // questions put off because the hour is used up
	ModelPaused     Name = "ModelPaused"     // questions put off because its server failed too often
)

// Names lists every name.
func Names() []Name {
	return []Name{
		MailsReceived, MailsForwarded, MailsIgnored, MailsUnread, CasesOpened, CasesHeld, ReceiptSeconds, LettersSent,
		LettersBounced, DeliveryFailed, AckSeconds, AcksOverdue, CasesOverdue, CasesDueSoon, OutboxPending,
		OutboxSeconds, CanaryMinutes, ModelAsked, ModelFailed, ModelTokens,
		ModelCents, ModelRefused, ModelRemembered, ModelOverBudget, ModelPaused,
	}
}
