package queue

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

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

// effectPattern: an effect's id also is a tag of the letter that it sends, and SES takes
// 256 bytes there. It is matched by isEffect: a counted repetition is compiled into one
// step for each of the 256, and every function would wait for that when it starts.
const effectPattern = `^[A-Za-z0-9._-]{1,256}$`

func isEffect(s string) bool {
	for _, c := range []byte(s) {
		if !('A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '.' || c == '_' || c == '-') {
			return false
		}
	}
	return 1 <= len(s) && len(s) <= 256
}

// Validate reports everything that the schema does not allow, at once. It names fields
// and what they may be, and repeats no value.
func (j Job) Validate() error {
	var errs []error
	if j.Schema != JobSchema {
		errs = append(errs, fmt.Errorf("schema: must be %q", JobSchema))
	}
	if kinds := []JobKind{JobReply, JobForward, JobClassify}; !slices.Contains(kinds, j.Kind) {
		errs = append(errs, fmt.Errorf("kind: must be one of %q", kinds))
	}
	if !isEffect(j.Effect) {
		errs = append(errs, fmt.Errorf("effect: must match %s", effectPattern))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("job does not fit %s:\n%w", JobSchema, err)
	}
	return nil
}

// Jobs takes jobs to the functions that do them. Enqueue is safe for concurrent use and
// delivers at least once, in no order. An error means that nothing is known: enqueue
// again.
type Jobs interface {
	Enqueue(ctx context.Context, j Job) error
}
