package sqsqueue

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"rightsmail/shared/queue"
)

// Client is what queues of SQS are reached by. It is safe for concurrent use.
type Client struct{ sqs *sqs.Client }

// Open returns a client. It asks SQS nothing.
func Open(cfg aws.Config) *Client { return &Client{sqs.NewFromConfig(cfg)} }

// Queue takes messages to the SQS queue of their category.
type Queue struct {
	client *Client
	urls   map[string]string
}

var _ queue.Queue = (*Queue)(nil)

// Queue returns the queue of hand-offs: the URL for each category.
func (c *Client) Queue(urls map[string]string) *Queue { return &Queue{c, maps.Clone(urls)} }

// Send hands a message over; see queue.Queue. One that its schema does not allow is
// refused before anybody outside can see it.
func (q *Queue) Send(ctx context.Context, m queue.Message) error {
	m.ReceivedAt = m.ReceivedAt.UTC()
	if err := m.Validate(); err != nil {
		return fmt.Errorf("hand off: %w", err)
	}
	url, ok := q.urls[m.Queue]
	if !ok {
		return fmt.Errorf("hand off %s: category %s has no queue, add its URL to RIGHTSMAIL_QUEUES", m.ID, m.Queue)
	}
	attributes := map[string]string{"schema": m.Schema, "case": m.Case, "right": m.Right}
	if err := q.client.send(ctx, url, m, attributes); err != nil {
		return fmt.Errorf("hand off %s: %w", m.ID, err)
	}
	return nil
}

// Jobs takes jobs to the SQS queue of the function that does them.
type Jobs struct {
	client *Client
	urls   map[queue.JobKind]string
}

var _ queue.Jobs = (*Jobs)(nil)

// Jobs returns the queues of our own functions: the URL for each kind of job.
func (c *Client) Jobs(urls map[queue.JobKind]string) *Jobs { return &Jobs{c, maps.Clone(urls)} }

// settings are the variables that hold the URL for a kind of job.
var settings = map[queue.JobKind]string{
	queue.JobReply:    "RIGHTSMAIL_REPLY_QUEUE",
	queue.JobForward:  "RIGHTSMAIL_FORWARD_QUEUE",
	queue.JobClassify: "RIGHTSMAIL_CLASSIFY_QUEUE",
}

// Enqueue takes a job to its function; see queue.Jobs.
func (j *Jobs) Enqueue(ctx context.Context, job queue.Job) error {
	setting, known := settings[job.Kind]
	if job.Schema != queue.JobSchema || job.Effect == "" || !known {
		return fmt.Errorf("enqueue job: it needs the schema %s, a kind that is known and the id of an effect", queue.JobSchema)
	}
	url := j.urls[job.Kind]
	if url == "" {
		return fmt.Errorf("enqueue %s: jobs of kind %s have no queue, set %s", job.Effect, job.Kind, setting)
	}
	if err := j.client.send(ctx, url, job, map[string]string{"schema": job.Schema}); err != nil {
		return fmt.Errorf("enqueue %s: %w", job.Effect, err)
	}
	return nil
}

// send puts one value into a queue as JSON.
func (c *Client) send(ctx context.Context, url string, value any, attributes map[string]string) error {
	body, err := json.Marshal(value)
	if err != nil {
		return err
	}
	in := &sqs.SendMessageInput{QueueUrl: &url, MessageBody: aws.String(string(body))}
	in.MessageAttributes = make(map[string]types.MessageAttributeValue, len(attributes))
	for name, text := range attributes {
		in.MessageAttributes[name] = types.MessageAttributeValue{DataType: aws.String("String"), StringValue: &text}
	}
	_, err = c.sqs.SendMessage(ctx, in)
	return err
}
