package replies

import "time"

// Feedback is what the transport says about a letter that it took.
type Feedback struct {
	Effect string // id of the outbox entry; what Send was given
	Kind   FeedbackKind
	Final  bool      // a bounce that trying again will not mend
	Status string    // enhanced status code such as "5.1.1", or a word of ours; safe for logs
	At     time.Time // UTC
}

// FeedbackKind is one kind of news about a letter.
type FeedbackKind string

// The kinds. Delivered means that the mail server of the person accepted it.
const (
	FeedbackSent       FeedbackKind = "sent" // the transport accepted it
	FeedbackDelivered  FeedbackKind = "delivered"
	FeedbackDelayed    FeedbackKind = "delayed"    // the transport still tries
	FeedbackBounced    FeedbackKind = "bounced"    // sent back
	FeedbackComplained FeedbackKind = "complained" // the person called it spam
	FeedbackRejected   FeedbackKind = "rejected"   // the transport refused it
)
