package desk

import (
	"context"
	"log/slog"

	"rightsmail/shared/cases"
	"rightsmail/shared/queue"
	"rightsmail/shared/replies"
)

// Desk is where the rooms work together. All methods are safe for concurrent use.
type Desk struct {
	Judge
	Replies   *replies.Book
	Store     cases.Store
	Archive   cases.Archive
	Sender    replies.Sender
	Queue     queue.Queue
	Forwarder Forwarder
	Log       *slog.Logger
}

// Forwarder passes ordinary support mail to the help desk, untouched. A second
// Forward with one id must not make a second mail where the transport can help it.
type Forwarder interface {
	Forward(ctx context.Context, id string, raw []byte) error
}
