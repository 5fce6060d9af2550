package endtoend

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// pump moves what AWS moves by itself: messages and stream records to functions. It
// goes round its mappings in order until nothing moves any more; time plays no part.
type pump struct {
	cloud    *cloud
	invoke   func(function string, payload []byte) ([]byte, error)
	mappings []*mapping
	work     func() int64 // how many events all functions were given so far

	failures []string // every event a function did not take, for the reader of a failed test
}

// mapping is one event source mapping of the template.
type mapping struct {
	function string
	source   string // ARN
	batch    int
	partial  bool     // ReportBatchItemFailures
	patterns []string // of its filter

	queue string // URL, if the source is a queue

	stream    string            // ARN on DynamoDB Local, if it is a stream
	retries   int               // -1: for ever
	onFailure string            // URL of the queue that learns of records given up
	shards    []string          // in the order they were met
	iterators map[string]string // by shard; empty when the shard is read to its end
	last      map[string]string // the last number read, by shard
	pending   []streamRecord    // read, not taken yet
	tries     int               // of the first of pending
	looked    int64             // how much work was done when the stream was last read
}

type streamRecord struct {
	sequence string
	json     map[string]any
}

// settle goes round until a whole round moves nothing.
func (p *pump) settle(t *testing.T) {
	t.Helper()
	quiet := false
	for range 5000 {
		moved := 0
		for _, m := range p.mappings {
			if quiet {
				m.looked = -1 // a last look, whoever wrote
			}
			moved += p.turn(t, m)
		}
		if moved == 0 && quiet {
			return
		}
		quiet = moved == 0
	}
	require.Fail(t, "things move for ever", "%s", strings.Join(p.failures[max(0, len(p.failures)-10):], "\n"))
}

// turn offers one batch of one mapping to its function, and counts what was offered.
func (p *pump) turn(t *testing.T, m *mapping) int {
	t.Helper()
	if m.queue != "" {
		return p.turnQueue(t, m)
	}
	return p.turnStream(t, m)
}

type message struct {
	MessageId, ReceiptHandle, Body string
	MD5OfBody                      string
	Attributes                     map[string]string
	MessageAttributes              map[string]any
}

// receive takes up to n messages, which nobody else sees until they are put back.
func (c *cloud) receive(t *testing.T, queue string, n int) []message {
	t.Helper()
	var all []message
	for len(all) < n {
		var out struct{ Messages []message }
		c.json(t, "sqs", "AmazonSQS.ReceiveMessage", map[string]any{
			"QueueUrl": queue, "MaxNumberOfMessages": min(n-len(all), 10), "WaitTimeSeconds": 0, "VisibilityTimeout": 3600, "AttributeNames": []string{"All"},
		}, &out)
		if len(out.Messages) == 0 {
			break
		}
		all = append(all, out.Messages...)
	}
	return all
}

func (c *cloud) deleteMessage(t *testing.T, queue string, m message) {
	t.Helper()
	c.json(t, "sqs", "AmazonSQS.DeleteMessage", map[string]any{"QueueUrl": queue, "ReceiptHandle": m.ReceiptHandle}, nil)
}

// putBack makes a message visible at once, as the end of its visibility timeout does.
func (c *cloud) putBack(t *testing.T, queue string, m message) {
	t.Helper()
	c.json(t, "sqs", "AmazonSQS.ChangeMessageVisibility", map[string]any{"QueueUrl": queue, "ReceiptHandle": m.ReceiptHandle, "VisibilityTimeout": 0}, nil)
}

func (c *cloud) send(t *testing.T, queue, body string) {
	t.Helper()
	c.json(t, "sqs", "AmazonSQS.SendMessage", map[string]any{"QueueUrl": queue, "MessageBody": body}, nil)
}

// turnQueue offers messages; those that are taken are deleted, the others are visible
// again at once. When they were offered often enough, moto moves them to the dead
// letter queue.
func (p *pump) turnQueue(t *testing.T, m *mapping) int {
	t.Helper()
	messages := p.cloud.receive(t, m.queue, m.batch)
	if len(messages) == 0 {
		return 0
	}
	failed := p.offer(m, queueEvent(m.source, messages))
	for _, message := range messages {
		if failed(message.MessageId) {
			p.cloud.putBack(t, m.queue, message)
		} else {
			p.cloud.deleteMessage(t, m.queue, message)
		}
	}
	return len(messages)
}

// queueEvent is a batch of messages as Lambda shapes it.
func queueEvent(source string, messages []message) []byte {
	records := []map[string]any{}
	for _, message := range messages {
		records = append(records, map[string]any{
			"messageId": message.MessageId, "receiptHandle": message.ReceiptHandle, "body": message.Body, "attributes": message.Attributes,
			"messageAttributes": map[string]any{}, "md5OfBody": message.MD5OfBody, "eventSource": "aws:sqs", "eventSourceARN": source, "awsRegion": region,
		})
	}
	raw, _ := json.Marshal(map[string]any{"Records": records}) // strings always encode
	return raw
}

// offer invokes the function and returns which records it did not take: those it named,
// or all when it failed or named one that was not there, as Lambda does.
func (p *pump) offer(m *mapping, payload []byte) (failed func(id string) bool) {
	all := func(string) bool { return true }
	answer, err := p.invoke(m.function, payload)
	if err != nil {
		p.failures = append(p.failures, m.function+": "+err.Error())
		return all
	}
	if !m.partial {
		return func(string) bool { return false }
	}
	var out struct {
		BatchItemFailures []struct {
			ItemIdentifier *string `json:"itemIdentifier"`
		} `json:"batchItemFailures"`
	}
	if err := json.Unmarshal(answer, &out); err != nil {
		p.failures = append(p.failures, fmt.Sprintf("%s answered %q, which is no batch answer", m.function, answer))
		return all
	}
	var ids []string
	for _, f := range out.BatchItemFailures {
		if f.ItemIdentifier == nil || *f.ItemIdentifier == "" || !strings.Contains(string(payload), `"`+*f.ItemIdentifier+`"`) {
			p.failures = append(p.failures, m.function+" named a record that was not in its batch")
			return all
		}
		p.failures = append(p.failures, m.function+" did not take "+*f.ItemIdentifier)
		ids = append(ids, *f.ItemIdentifier)
	}
	return func(id string) bool { return slices.Contains(ids, id) }
}

// turnStream offers the next records in their order. From the first that is not taken
// on all are offered again; what fails too often is given up and told to a queue.
func (p *pump) turnStream(t *testing.T, m *mapping) int {
	t.Helper()
	// To look into a stream is dear in DynamoDB Local, and only functions write.
	if work := p.work(); m.looked != work {
		m.looked = work
		p.read(t, m)
	}
	if len(m.pending) == 0 {
		return 0
	}
	batch := m.pending[:min(m.batch, len(m.pending))]
	records := []map[string]any{}
	for _, r := range batch {
		records = append(records, r.json)
	}
	payload, _ := json.Marshal(map[string]any{"Records": records}) // it came out of JSON
	failed := p.offer(m, payload)
	taken := slices.IndexFunc(batch, func(r streamRecord) bool { return failed(r.sequence) })
	switch {
	case taken < 0:
		m.pending, m.tries = m.pending[len(batch):], 0
	case taken > 0:
		m.pending, m.tries = m.pending[taken:], 1
	default:
		if m.tries++; m.retries >= 0 && m.tries > m.retries {
			p.giveUp(t, m)
		}
	}
	return len(batch)
}

// giveUp tells the queue for failures about the first pending record. Lambda halves a
// batch until the one that fails is alone; the end is the same.
func (p *pump) giveUp(t *testing.T, m *mapping) {
	t.Helper()
	if m.onFailure != "" {
		body, _ := json.Marshal(map[string]any{ // strings and numbers always encode
			"requestContext": map[string]any{"functionArn": arn("lambda", "function:"+m.function), "condition": "RetryAttemptsExhausted", "approximateInvokeCount": m.tries},
			"DDBStreamBatchInfo": map[string]any{
				"streamArn": m.source, "startSequenceNumber": m.pending[0].sequence, "endSequenceNumber": m.pending[0].sequence, "batchSize": 1,
			},
		})
		p.cloud.send(t, m.onFailure, string(body))
	}
	m.pending, m.tries = m.pending[1:], 0
}

// read fetches what is new in the stream. A shard that ended is followed by its
// children, which come after it in the description.
func (p *pump) read(t *testing.T, m *mapping) {
	t.Helper()
	var described struct {
		StreamDescription struct{ Shards []struct{ ShardId string } }
	}
	p.cloud.json(t, "dynamodb", streams+"DescribeStream", map[string]any{"StreamArn": m.stream}, &described)
	for _, shard := range described.StreamDescription.Shards {
		if _, known := m.iterators[shard.ShardId]; !known {
			m.shards = append(m.shards, shard.ShardId)
			m.iterators[shard.ShardId] = p.iterator(t, m, shard.ShardId)
		}
	}
	for _, shard := range m.shards {
		for m.iterators[shard] != "" {
			var out struct {
				Records           []map[string]any
				NextShardIterator string
			}
			err := p.cloud.tryJSON("dynamodb", streams+"GetRecords", map[string]any{"ShardIterator": m.iterators[shard], "Limit": 1000}, &out)
			if err != nil && strings.Contains(err.Error(), "TrimmedDataAccessException") {
				// An iterator at the end of a shard grows old in DynamoDB Local while other
				// streams are written, so it takes a new one.
				m.iterators[shard] = p.iterator(t, m, shard)
				break
			}
			require.NoError(t, err)
			m.iterators[shard] = out.NextShardIterator
			for _, r := range out.Records {
				m.keep(t, shard, r)
			}
			if len(out.Records) == 0 {
				break
			}
		}
	}
}

const streams = "DynamoDBStreams_20120810."

// iterator begins after the last record that was read, or at the beginning of the shard
// if none was, or if the emulator will not begin elsewhere; keep knows what was seen.
func (p *pump) iterator(t *testing.T, m *mapping, shard string) string {
	t.Helper()
	in := map[string]any{"StreamArn": m.stream, "ShardId": shard, "ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": m.last[shard]}
	var out struct{ ShardIterator string }
	if m.last[shard] != "" && p.cloud.tryJSON("dynamodb", streams+"GetShardIterator", in, &out) == nil {
		return out.ShardIterator
	}
	delete(in, "SequenceNumber")
	in["ShardIteratorType"] = "TRIM_HORIZON"
	p.cloud.json(t, "dynamodb", streams+"GetShardIterator", in, &out)
	return out.ShardIterator
}

// keep filters a record and shapes it as Lambda does. One that was seen before is
// passed over: the numbers of a shard only rise.
func (m *mapping) keep(t *testing.T, shard string, r map[string]any) {
	t.Helper()
	sequence := fmt.Sprint(r["dynamodb"].(map[string]any)["SequenceNumber"])
	if last := m.last[shard]; len(sequence) < len(last) || len(sequence) == len(last) && sequence <= last {
		return
	}
	m.last[shard] = sequence
	through, err := passes(m.patterns, r)
	require.NoError(t, err)
	if !through {
		return
	}
	r["eventSourceARN"] = m.source
	r["awsRegion"] = region
	m.pending = append(m.pending, streamRecord{sequence, r})
}
