package lambdaevents

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/aws/aws-lambda-go/events"
)

// Change is one change of an item of the table.
type Change struct {
	ID  string            // sequence number of the stream
	Op  string            // INSERT, MODIFY, REMOVE
	Key string            // pk of the item
	New map[string]string // the strings and numbers of the item as it is now; empty after REMOVE
}

// Stream handles the changes of a batch in their order. It stops at the first that
// fails, panics or cannot be begun in time and names that one: Lambda does everything
// from there on again, so that going on would do the rest twice. The mapping must have
// ReportBatchItemFailures.
func (b Batch) Stream(one func(context.Context, Change) error) func(context.Context, events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
	return func(ctx context.Context, e events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
		out := events.DynamoDBEventResponse{BatchItemFailures: []events.DynamoDBBatchItemFailure{}}
		for i := range e.Records {
			if e.Records[i].Change.SequenceNumber == "" {
				return out, fmt.Errorf("read batch: record %d of %d has no SequenceNumber; all come again", i+1, len(e.Records))
			}
		}
		from := func(i int) (events.DynamoDBEventResponse, error) {
			id := e.Records[i].Change.SequenceNumber
			out.BatchItemFailures = append(out.BatchItemFailures, events.DynamoDBBatchItemFailure{ItemIdentifier: id})
			return out, nil
		}
		for i := range e.Records {
			if !b.begins(ctx, i) {
				b.handedBack(ctx, len(e.Records)-i)
				return from(i)
			}
			c, err := change(&e.Records[i])
			if err == nil {
				err = guarded(func() error { return one(ctx, c) })
			}
			if err != nil {
				b.log().ErrorContext(ctx, "change failed; it and what follows come again",
					slog.String("id", c.ID), slog.String("op", c.Op), slog.Int("following", len(e.Records)-i-1), slog.String("error", err.Error()))
				return from(i)
			}
		}
		return out, nil
	}
}

// change reads a record. Only strings and numbers are taken over: no other kind of
// attribute decides anything about an outbox entry.
func change(r *events.DynamoDBEventRecord) (Change, error) {
	c := Change{ID: r.Change.SequenceNumber, Op: r.EventName, New: map[string]string{}}
	key := r.Change.Keys["pk"]
	if key.DataType() != events.DataTypeString {
		return c, errors.New("read change: the record has no text as its key pk")
	}
	c.Key = key.String()
	for name, v := range r.Change.NewImage {
		if v.DataType() == events.DataTypeString {
			c.New[name] = v.String()
		} else if v.DataType() == events.DataTypeNumber {
			c.New[name] = v.Number()
		}
	}
	return c, nil
}
