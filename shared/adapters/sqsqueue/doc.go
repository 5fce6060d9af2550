// Package sqsqueue answers: how do messages and jobs reach their queue on AWS?
//
// A Queue is the queue.Queue of the hand-offs, one SQS queue for each category; Jobs are
// the queue.Jobs of our own functions, one SQS queue for each kind. Both come from one
// Client. Which queue is whose is a setting; a category without one is an error that
// names the setting, so that a request waits in the outbox and is not dropped.
//
// The body of a message is its JSON and nothing else. Schema, case and right stand
// beside it as attributes, so that a consumer can choose without reading the body.
// Standard queues: at least once, in no order. The id in the message is what a consumer
// tells copies by.
//
// What the role needs: sqs:SendMessage on the queues it is given, and kms:Decrypt and
// kms:GenerateDataKey where a key of ours encrypts them.
//
// Not its business: receiving (Lambda does), dead letters (the template sets them), and
// when something is sent (desk).
//
// # Alternatives considered
//
//   - FIFO queues, whose deduplication would swallow a copy: for five minutes only, and
//     a consumer that must know copies anyway gains nothing.
//   - One queue with a filter for each consumer: a team gets the right to read the
//     requests of its own category and of no other.
//   - SendMessageBatch: a batch can fail in part; the outbox settles each entry alone.
package sqsqueue
