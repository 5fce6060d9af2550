package lambdaevents

import (
	"context"
	"fmt"
	"log/slog"
	"path"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
)

// Message is one message of a queue.
type Message struct {
	ID      string // of SQS
	Body    []byte
	Attempt int       // 1 is the first
	Sent    time.Time // when it came into the queue, UTC; zero if SQS does not say
}

// Batch takes a batch apart and answers for each part of it. The zero value works: it
// logs nothing and keeps five seconds.
type Batch struct {
	Log *slog.Logger
	Now func() time.Time

	// Spare is what must be left before the deadline of the Lambda to begin another
	// message; zero means five seconds. The first is always begun: a function whose whole
	// time is less would otherwise never get anything done.
	Spare time.Duration
}

const defaultSpare = 5 * time.Second

// SQS handles the messages of a batch one after the other. A message whose handling
// failed or panicked, or that could not be begun in time, is handed back by its id and
// comes again; the others are done. The mapping must have ReportBatchItemFailures.
func (b Batch) SQS(one func(context.Context, Message) error) func(context.Context, events.SQSEvent) (events.SQSEventResponse, error) {
	return func(ctx context.Context, e events.SQSEvent) (events.SQSEventResponse, error) {
		// Never nil: null would be read as success by some readers and as a fault by others.
		out := events.SQSEventResponse{BatchItemFailures: []events.SQSBatchItemFailure{}}
		for i := range e.Records {
			if e.Records[i].MessageId == "" { // cannot be named among the failures; nothing is begun yet
				return out, fmt.Errorf("read batch: record %d of %d has no messageId; all come again", i+1, len(e.Records))
			}
		}
		begun := 0
		for ; begun < len(e.Records) && b.begins(ctx, begun); begun++ {
			m := message(&e.Records[begun])
			err := guarded(func() error { return one(ctx, m) })
			if err == nil {
				continue
			}
			b.log().ErrorContext(ctx, "message failed and comes again",
				slog.String("id", m.ID), slog.Int("attempt", m.Attempt), slog.String("error", err.Error()))
			out.BatchItemFailures = append(out.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: m.ID})
		}
		b.handedBack(ctx, len(e.Records)-begun)
		for _, r := range e.Records[begun:] {
			out.BatchItemFailures = append(out.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: r.MessageId})
		}
		return out, nil
	}
}

// message reads the attributes that SQS adds. Whatever they say, the body counts.
func message(r *events.SQSMessage) Message {
	m := Message{ID: r.MessageId, Body: []byte(r.Body), Attempt: 1}
	if n, err := strconv.Atoi(r.Attributes["ApproximateReceiveCount"]); err == nil && n > 0 {
		m.Attempt = n
	}
	if ms, err := strconv.ParseInt(r.Attributes["SentTimestamp"], 10, 64); err == nil && ms > 0 {
		m.Sent = time.UnixMilli(ms).UTC()
	}
	return m
}

// begins says whether there is time for another one after so many.
func (b Batch) begins(ctx context.Context, done int) bool {
	if ctx.Err() != nil {
		return false
	}
	deadline, set := ctx.Deadline()
	if done == 0 || !set {
		return true
	}
	now, spare := time.Now, b.Spare
	if b.Now != nil {
		now = b.Now
	}
	if spare == 0 {
		spare = defaultSpare
	}
	return deadline.Sub(now()) >= spare
}

func (b Batch) handedBack(ctx context.Context, n int) {
	if n > 0 {
		b.log().WarnContext(ctx, "no time left; handed back without having begun", slog.Int("count", n))
	}
}

func (b Batch) log() *slog.Logger {
	if b.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return b.Log
}

// guarded makes a panic an error. The value of a panic may hold words of a mail, so the
// error has its type and the place and nothing else.
func guarded(do func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic of type %T at %s", v, place())
		}
	}()
	return do()
}

// place is where the panic that is being recovered from began: the first frame of ours
// below the runtime's own.
func place() string {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs)])
	panicking := false
	for {
		f, more := frames.Next()
		ours := !strings.HasPrefix(f.Function, "runtime.")
		if panicking && ours {
			return fmt.Sprintf("%s (%s:%d)", f.Function, path.Base(f.File), f.Line)
		}
		panicking = panicking || f.Function == "runtime.gopanic"
		if !more {
			return "an unknown place"
		}
	}
}
