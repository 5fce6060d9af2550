package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// redrive is one run of the program.
type redrive struct {
	options
	machine
	client *sqs.Client
}

// dead is one queue of dead letters. Ends of lines that are no queues of SQS have no
// home, or one that SQS does not know of.
type dead struct {
	name, url, arn string
	messages       int    // about, as SQS says
	home           string // name of the queue the messages go back to; empty if nowhere
	byHand         bool   // a topic was the source, which SQS does not move back to
	why            string // why there is nothing to move
}

// ends are the queues that are not the dead letters of another queue.
var ends = map[string]dead{
	"inbound-undelivered":  {home: "intake", byHand: true},
	"feedback-undelivered": {home: "feedback", byHand: true},
	"dispatch-failures":    {why: "nothing to move: these name places in the stream; the sweep passes the outbox on every five minutes"},
	"schedule-failures":    {why: "nothing to move: the next run of the schedule does the same"},
}

const ofQueue = "-dead" // ends the name of the dead letters of a queue

func (r *redrive) run(ctx context.Context) error {
	all, err := r.queues(ctx)
	if err != nil {
		return err
	}
	if r.queue == "" {
		return r.list(ctx, all)
	}
	short := strings.TrimPrefix(r.queue, r.system+"-")
	i := slices.IndexFunc(all, func(q dead) bool { return q.name == r.system+"-"+short })
	if i < 0 {
		return fmt.Errorf("%s is no queue of dead letters of %s: without -queue they are listed", r.queue, r.system)
	}
	switch {
	case r.move:
		return r.moveBack(ctx, all[i])
	case r.drop:
		return r.throwAway(ctx, all[i])
	}
	return r.describe(ctx, all[i])
}

// queues finds every queue of dead letters, by name.
func (r *redrive) queues(ctx context.Context) ([]dead, error) {
	var all []dead
	pages := sqs.NewListQueuesPaginator(r.client, &sqs.ListQueuesInput{QueueNamePrefix: aws.String(r.system + "-"), MaxResults: aws.Int32(1000)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list queues: %w", err)
		}
		for _, url := range page.QueueUrls {
			q, ok := r.known(url)
			if !ok {
				continue
			}
			if err := r.measure(ctx, &q); err != nil {
				return nil, err
			}
			all = append(all, q)
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("no queue of dead letters begins with %s-: check the name and the Region", r.system)
	}
	slices.SortFunc(all, func(a, b dead) int { return strings.Compare(a.name, b.name) })
	return all, nil
}

// known says what a queue is for, by its name.
func (r *redrive) known(url string) (dead, bool) {
	name := url[strings.LastIndex(url, "/")+1:]
	q, isEnd := ends[strings.TrimPrefix(name, r.system+"-")]
	source, isDead := strings.CutSuffix(name, ofQueue)
	switch {
	case isEnd && q.home != "":
		q.home = r.system + "-" + q.home
	case isEnd:
	case isDead:
		q.home = source
	default:
		return dead{}, false
	}
	q.name, q.url = name, url
	return q, true
}

func (r *redrive) measure(ctx context.Context, q *dead) error {
	out, err := r.client.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: &q.url,
		AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameApproximateNumberOfMessages, types.QueueAttributeNameQueueArn}})
	if err != nil {
		return fmt.Errorf("read queue %s: %w", q.name, err)
	}
	q.arn = out.Attributes[string(types.QueueAttributeNameQueueArn)]
	q.messages, err = strconv.Atoi(out.Attributes[string(types.QueueAttributeNameApproximateNumberOfMessages)])
	if err != nil {
		return fmt.Errorf("read queue %s: SQS does not say how many messages it has", q.name)
	}
	return nil
}

// list prints one line per queue. Its age is that of the oldest message seen.
func (r *redrive) list(ctx context.Context, all []dead) error {
	t := tabwriter.NewWriter(r.stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "QUEUE\tMESSAGES\tOLDEST\tGOES BACK TO")
	total := 0
	for _, q := range all {
		oldest := "-"
		if q.messages > 0 {
			letters, err := r.peek(ctx, q)
			if err != nil {
				return err
			}
			if len(letters) > 0 {
				oldest = age(r.now().Sub(letters[0].sent))
			}
		}
		total += q.messages
		fmt.Fprintf(t, "%s\t%d\t%s\t%s\n", q.name, q.messages, oldest, orDash(q.home))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if total > 0 {
		fmt.Fprintf(r.stdout, "\nLook into one with -queue NAME; mend what brought the messages there before moving them.\n")
	}
	return nil
}

// describe prints what is in one queue.
func (r *redrive) describe(ctx context.Context, q dead) error {
	letters, err := r.peek(ctx, q)
	if err != nil {
		return err
	}
	fmt.Fprintf(r.stdout, "%s: %d messages, %d shown\n", q.name, q.messages, len(letters))
	if len(letters) > 0 {
		t := tabwriter.NewWriter(r.stdout, 0, 4, 2, ' ', 0)
		fmt.Fprintln(t, "MESSAGE\tWAITS\tATTEMPTS\tCARRIES")
		for _, l := range letters {
			fmt.Fprintf(t, "%s\t%s\t%d\t%s\n", l.id, age(r.now().Sub(l.sent)), l.attempts, l.carries)
		}
		if err := t.Flush(); err != nil {
			return err
		}
	}
	switch {
	case q.home == "":
		fmt.Fprintf(r.stdout, "\n%s. -drop throws them away.\n", q.why)
	case q.messages > 0:
		fmt.Fprintf(r.stdout, "\nWith -go they go back to %s, at most %d a second. Nothing was moved.\n", q.home, r.rate)
	}
	return nil
}

// letter is a message of which only ids are known.
type letter struct {
	id       string
	sent     time.Time // when it was first sent
	attempts int
	carries  string
}

// look is how long a message that is looked at stays hidden, should this program die
// before it lets go.
const look = 10 * time.Second

// peek looks at some messages, oldest first, and lets go of them at once.
func (r *redrive) peek(ctx context.Context, q dead) ([]letter, error) {
	var letters []letter
	var held []string
	for tries := 0; tries < 3 && len(letters) < min(r.show, q.messages); {
		batch, err := r.receive(ctx, q, min(10, r.show-len(letters)), look)
		if err != nil {
			return nil, err
		}
		if len(batch) == 0 { // SQS asks some of its servers only
			tries++
		}
		for _, m := range batch {
			held = append(held, aws.ToString(m.ReceiptHandle))
			letters = append(letters, read(m))
		}
	}
	for _, handle := range held {
		_, err := r.client.ChangeMessageVisibility(ctx, &sqs.ChangeMessageVisibilityInput{QueueUrl: &q.url, ReceiptHandle: &handle})
		var gone *types.MessageNotInflight
		if err != nil && !errors.As(err, &gone) {
			return nil, fmt.Errorf("let go of a message in %s: %w", q.name, err)
		}
	}
	slices.SortFunc(letters, func(a, b letter) int { return a.sent.Compare(b.sent) })
	return letters, nil
}

func (r *redrive) receive(ctx context.Context, q dead, most int, hidden time.Duration) ([]types.Message, error) {
	out, err := r.client.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
		QueueUrl: &q.url, MaxNumberOfMessages: int32(most), // #nosec G115 -- 1 to 10
		VisibilityTimeout: int32(hidden.Seconds()), WaitTimeSeconds: 1, MessageAttributeNames: []string{"All"},
		MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameSentTimestamp, types.MessageSystemAttributeNameApproximateReceiveCount},
	})
	if err != nil {
		return nil, fmt.Errorf("look into queue %s: %w", q.name, err)
	}
	return out.Messages, nil
}

// age says a duration in two words: "3d 4h".
func age(d time.Duration) string {
	switch {
	case d >= 24*time.Hour:
		return fmt.Sprintf("%dd %dh", int(d.Hours())/24, int(d.Hours())%24)
	case d >= time.Hour:
		return fmt.Sprintf("%dh %dm", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%dm", max(0, int(d.Minutes())))
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
