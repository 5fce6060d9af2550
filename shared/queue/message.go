package queue

import (
	"context"
	"time"
)

// Schema is the version of Message. A consumer must refuse a schema it does not
// know; fields are only ever added within one version.
const Schema = "rightsmail.request.v1"

// Message hands one request to the queue of its category. Dates are civil dates,
// "2026-03-16", in Zone; times are RFC 3339 in UTC.
type Message struct {
	Schema string `json:"schema"`
	ID     string `json:"id"` // idempotency key: a second message with it changes nothing
	Queue  string `json:"queue"`
	Case   string `json:"case"` // "RM-8F3K-2Q7D-1"
	Right  string `json:"right"`

	Law          string `json:"law"`
	Citation     string `json:"citation"`
	Jurisdiction string `json:"jurisdiction"`
	Priority     int    `json:"priority"` // 0 today, 1 within two business days, 2 ordinary, 3 information

	ReceivedAt    time.Time `json:"received_at"`
	Zone          string    `json:"zone"`
	AcknowledgeBy string    `json:"acknowledge_by,omitempty"` // strictest reading
	RespondBy     string    `json:"respond_by,omitempty"`     // strictest reading
	StatutoryDue  string    `json:"statutory_due,omitempty"`

	Verification string   `json:"verification"`
	AutoSuppress bool     `json:"auto_suppress"` // may be applied to the sender's address at once
	Missing      []string `json:"missing,omitempty"`
	Review       []string `json:"review,omitempty"`

	Consumer string `json:"consumer"` // keyed hash; the same for all requests of one address
	Standing string `json:"standing"` // how well the sender's address is proven: authenticated, unknown, failed
	Role     string `json:"role"`
	Language string `json:"language"`
}

// Queue takes messages to whoever works a category. Send is safe for concurrent
// use, delivers at least once and keeps no order. An error means that nothing is
// known about the delivery: send again.
type Queue interface {
	Send(ctx context.Context, m Message) error
}
