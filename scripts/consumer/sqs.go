package main

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// sqsQueue is a queue of SQS.
type sqsQueue struct {
	client *sqs.Client
	url    string
}

var _ source = (*sqsQueue)(nil)

// receive waits up to twenty seconds, the longest that SQS allows: an empty answer costs
// as much as a full one.
func (q *sqsQueue) receive(ctx context.Context) ([]delivery, error) {
	out, err := q.client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
		QueueUrl: aws.String(q.url), MaxNumberOfMessages: 10, WaitTimeSeconds: 20,
	})
	if err != nil {
		return nil, fmt.Errorf("receive from the queue: %w", err)
	}
	var list []delivery
	for _, m := range out.Messages {
		list = append(list, delivery{id: aws.ToString(m.MessageId), handle: aws.ToString(m.ReceiptHandle), body: []byte(aws.ToString(m.Body))})
	}
	return list, nil
}

func (q *sqsQueue) remove(ctx context.Context, d delivery) error {
	_, err := q.client.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: aws.String(q.url), ReceiptHandle: aws.String(d.handle)})
	if err != nil {
		return fmt.Errorf("delete message %s: %w", d.id, err)
	}
	return nil
}
