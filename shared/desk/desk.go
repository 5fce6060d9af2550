package desk

import (
	"context"
	"log/slog"
	"time"

	"rightsmail/shared/cases"
	"rightsmail/shared/classify"
	"rightsmail/shared/metrics"
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

	Jobs  queue.Jobs     // needed by Dispatch and Sweep only
	Model classify.Model // needed where Settings.Consult is set, and only by the one who asks
	Meter metrics.Meter  // nil: nobody watches

	// Lease is how long one attempt at sending a mail may take; while it runs, nobody
	// else tries. Zero is for a transport that files by id, so that sending twice is
	// sending once.
	Lease time.Duration
}

// Forwarder passes ordinary support mail to the help desk, untouched. A second
// Forward with one id must not make a second mail where the transport can help it.
type Forwarder interface {
	Forward(ctx context.Context, id string, raw []byte) error
}
