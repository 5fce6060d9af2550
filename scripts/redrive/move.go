package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// moveBack moves what is in a queue to its home.
func (r *redrive) moveBack(ctx context.Context, q dead) error {
	switch {
	case q.home == "":
		return fmt.Errorf("%s: %s; -drop throws them away", q.name, q.why)
	case q.messages == 0:
		fmt.Fprintf(r.stdout, "%s is empty. Nothing was moved.\n", q.name)
		return nil
	case !q.byHand:
		started, err := r.bySQS(ctx, q)
		if started || err != nil {
			return err
		}
		fmt.Fprintln(r.stderr, "SQS does not move them here; they are sent and deleted one by one.")
	}
	home, err := r.client.GetQueueUrl(ctx, &sqs.GetQueueUrlInput{QueueName: &q.home})
	if err != nil {
		return fmt.Errorf("find queue %s: %w", q.home, err)
	}
	n, err := r.drain(ctx, q, func(ctx context.Context, m types.Message) error {
		_, err := r.client.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: home.QueueUrl, MessageBody: m.Body, MessageAttributes: m.MessageAttributes})
		return err
	})
	fmt.Fprintf(r.stdout, "%d messages were moved from %s to %s.\n", n, q.name, q.home)
	return err
}

// bySQS lets SQS move them; started is false where it cannot.
func (r *redrive) bySQS(ctx context.Context, q dead) (started bool, err error) {
	_, err = r.client.StartMessageMoveTask(ctx, &sqs.StartMessageMoveTaskInput{
		SourceArn: &q.arn, MaxNumberOfMessagesPerSecond: aws.Int32(int32(r.rate)), // #nosec G115 -- 1 to 500
	})
	switch {
	case unavailable(err):
		return false, nil
	case err != nil:
		return false, fmt.Errorf("move %s back: a move that is under way has to end first, else you may lack sqs:StartMessageMoveTask, sqs:ReceiveMessage, sqs:DeleteMessage here or sqs:SendMessage on %s: %w", q.name, q.home, err)
	}
	fmt.Fprintf(r.stdout, "SQS moves about %d messages from %s to %s, at most %d a second. It goes on by itself; without -go you see what is left.\n", q.messages, q.name, q.home, r.rate)
	return true, nil
}

// unavailable reports whether whoever answered does not know how to move: an emulator,
// or SQS at a bad moment. A move that began all the same does no harm: every message is
// taken by one of the two, or arrives twice.
func unavailable(err error) bool {
	var api smithy.APIError
	var answer *smithyhttp.ResponseError
	unknown := []string{"UnsupportedOperation", "AWS.SimpleQueueService.UnsupportedOperation", "InvalidAction", "UnknownOperationException", "NotImplemented"}
	return errors.As(err, &api) && slices.Contains(unknown, api.ErrorCode()) ||
		errors.As(err, &answer) && answer.HTTPStatusCode() >= 500
}

// throwAway deletes records that nobody needs any more.
func (r *redrive) throwAway(ctx context.Context, q dead) error {
	if q.home != "" {
		return fmt.Errorf("%s holds messages that are still wanted: move them back to %s with -go", q.name, q.home)
	}
	n, err := r.drain(ctx, q, func(context.Context, types.Message) error { return nil })
	fmt.Fprintf(r.stdout, "%d records of %s were thrown away.\n", n, q.name)
	return err
}

// hold is how long a message that is being moved stays hidden.
const hold = time.Minute

// drain does something with each message and deletes it then, as many as there were at
// the start. Not the other way round: what is deleted first is lost if we die.
func (r *redrive) drain(ctx context.Context, q dead, do func(context.Context, types.Message) error) (n int, err error) {
	pause := time.Second / time.Duration(r.rate)
	for empty := 0; n < q.messages && empty < 3; {
		batch, err := r.receive(ctx, q, min(10, q.messages-n, max(1, r.rate)), hold)
		if err != nil {
			return n, err
		}
		if len(batch) == 0 {
			empty++
		}
		for _, m := range batch {
			if err := do(ctx, m); err != nil {
				return n, fmt.Errorf("move message %s of %s, which stays there: %w", word(aws.ToString(m.MessageId)), q.name, err)
			}
			if _, err := r.client.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: &q.url, ReceiptHandle: m.ReceiptHandle}); err != nil {
				return n, fmt.Errorf("delete message %s of %s, which was moved and will come twice: %w", word(aws.ToString(m.MessageId)), q.name, err)
			}
			n++
			if err := r.wait(ctx, pause); err != nil {
				return n, err
			}
		}
	}
	return n, nil
}
