package queue

import "context"

// JobSchema is the version of Job.
const JobSchema = "rightsmail.job.v1"

// Job asks one of our own functions to do one thing of the outbox. It carries an id
// and nothing else: whoever does it reads the outbox, so that a job that comes late,
// or twice, finds what is true then.
type Job struct {
	Schema string  `json:"schema"`
	Kind   JobKind `json:"kind"`
	Effect string  `json:"effect"` // id of the outbox entry
}

// JobKind names who does a job.
type JobKind string

// The kinds.
const (
	JobReply    JobKind = "reply"    // send a letter
	JobForward  JobKind = "forward"  // pass ordinary mail on to the help desk
	JobClassify JobKind = "classify" // ask the model
)

// Jobs takes jobs to the functions that do them. Enqueue is safe for concurrent use and
// delivers at least once, in no order. An error means that nothing is known: enqueue
// again.
type Jobs interface {
	Enqueue(ctx context.Context, j Job) error
}
