package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the goldens anew")

var now = time.Date(2026, 11, 15, 12, 0, 0, 0, time.UTC)

// message is one message of a fake queue.
type message struct {
	id, body string
	sent     time.Time
	attempts int
	held     bool
}

// fakeSQS is a small SQS: queues in memory, answers in its JSON protocol.
type fakeSQS struct {
	mu     sync.Mutex
	queues map[string][]*message
	calls  []string
	moves  bool   // knows StartMessageMoveTask
	fails  string // the operation that fails
}

func (f *fakeSQS) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var in struct {
		QueueUrl, QueueName, QueueNamePrefix, ReceiptHandle, MessageBody, SourceArn string
		MaxNumberOfMessages, MaxNumberOfMessagesPerSecond                           int
	}
	_ = json.NewDecoder(r.Body).Decode(&in)
	op := r.Header.Get("X-Amz-Target")[len("AmazonSQS."):]
	name := in.QueueUrl[strings.LastIndex(in.QueueUrl, "/")+1:]
	f.calls = append(f.calls, strings.TrimSpace(op+" "+name+in.QueueName))
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	answer := func(v any) { _ = json.NewEncoder(w).Encode(v) }
	refuse := func(code string) {
		w.WriteHeader(http.StatusBadRequest)
		answer(map[string]string{"__type": "com.amazonaws.sqs#" + code, "message": "no"})
	}
	if op == f.fails {
		refuse("AccessDenied")
		return
	}
	switch op {
	case "ListQueues":
		var urls []string
		for q := range f.queues {
			urls = append(urls, "http://sqs.test/1/"+q)
		}
		slices.Sort(urls)
		answer(map[string]any{"QueueUrls": urls})
	case "GetQueueUrl":
		answer(map[string]any{"QueueUrl": "http://sqs.test/1/" + in.QueueName})
	case "GetQueueAttributes":
		answer(map[string]any{"Attributes": map[string]string{"ApproximateNumberOfMessages": fmt.Sprint(len(f.queues[name])), "QueueArn": "arn:aws:sqs:eu-west-1:1:" + name}})
	case "ReceiveMessage":
		var out []map[string]any
		for _, m := range f.queues[name] {
			if !m.held && len(out) < in.MaxNumberOfMessages {
				m.held = true
				out = append(out, map[string]any{"MessageId": m.id, "ReceiptHandle": m.id, "Body": m.body,
					"Attributes": map[string]string{"SentTimestamp": fmt.Sprint(m.sent.UnixMilli()), "ApproximateReceiveCount": fmt.Sprint(m.attempts)}})
			}
		}
		answer(map[string]any{"Messages": out})
	case "ChangeMessageVisibility":
		for _, m := range f.queues[name] {
			m.held = m.held && m.id != in.ReceiptHandle
		}
		answer(map[string]any{})
	case "SendMessage":
		f.queues[name] = append(f.queues[name], &message{id: "new", body: in.MessageBody})
		answer(map[string]any{"MessageId": "new"})
	case "DeleteMessage":
		f.queues[name] = slices.DeleteFunc(f.queues[name], func(m *message) bool { return m.id == in.ReceiptHandle })
		answer(map[string]any{})
	case "StartMessageMoveTask":
		if !f.moves {
			refuse("UnsupportedOperation")
			return
		}
		f.calls = append(f.calls, fmt.Sprintf("moves %s at %d", in.SourceArn, in.MaxNumberOfMessagesPerSecond))
		answer(map[string]any{"TaskHandle": "t"})
	default:
		refuse("InvalidAction")
	}
}

const receipt = `{"notificationType":"Received","mail":{"messageId":"ep8bsludl0sb","source":"jane@example.org","commonHeaders":{"subject":"delete my data"}},"receipt":{}}`

// incident is a system on the morning after a bad night.
func incident() *fakeSQS {
	yesterday := now.Add(-27 * time.Hour)
	wrapped, _ := json.Marshal(map[string]string{"Type": "Notification", "Message": receipt})
	return &fakeSQS{moves: true, queues: map[string][]*message{
		"acme-intake":      nil,
		"acme-reply":       nil,
		"acme-intake-dead": {{id: "m2", body: string(wrapped), sent: now.Add(-5 * time.Minute), attempts: 8}, {id: "m1", body: receipt, sent: yesterday, attempts: 8}},
		"acme-reply-dead":  {{id: "m3", body: `{"schema":"rightsmail.job/1","kind":"reply","effect":"ack-RM-8F3K-2Q7D"}`, sent: now.Add(-90 * time.Minute), attempts: 5}},
		"acme-ccpa-dead":   {{id: "m4", body: `{"schema":"x","id":"handoff-RM-8F3K-2Q7D-1-v1","queue":"ccpa","case":"RM-8F3K-2Q7D-1"}`, sent: yesterday, attempts: 5}},
		"acme-feedback-dead": {{id: "m5", body: `{"eventType":"Bounce","mail":{"messageId":"0102","destination":["jane@example.org"],"tags":{"effect":["ack-RM-8F3K-2Q7D"]}}}`, sent: yesterday, attempts: 5},
			{id: "m6", body: `jane@example.org wrote`, sent: yesterday, attempts: 5}, {id: "m7", body: `{"effect":"jane@example.org"}`, sent: yesterday, attempts: 5}},
		"acme-inbound-undelivered":  {{id: "m8", body: receipt, sent: yesterday, attempts: 1}},
		"acme-feedback-undelivered": nil,
		"acme-dispatch-failures":    {{id: "m9", body: `{"DDBStreamBatchInfo":{"shardId":"shardId-0001","startSequenceNumber":"100","endSequenceNumber":"109"}}`, sent: yesterday, attempts: 1}},
		"acme-schedule-failures":    nil,
	}}
}

// command runs the program against a fake and returns what it printed.
func command(t *testing.T, f *fakeSQS, args ...string) (string, error) {
	t.Helper()
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	for name, value := range map[string]string{"AWS_ENDPOINT_URL": server.URL, "AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
		"AWS_CONFIG_FILE": filepath.Join(t.TempDir(), "none"), "AWS_SHARED_CREDENTIALS_FILE": filepath.Join(t.TempDir(), "none")} {
		t.Setenv(name, value)
	}
	var out bytes.Buffer
	waited := func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	err := run(t.Context(), append([]string{"-system", "acme"}, args...), machine{now: func() time.Time { return now }, wait: waited, stdout: &out, stderr: io.Discard})
	return out.String(), err
}

// golden holds what was printed to a file, which -update writes.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".txt")
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o750))
		require.NoError(t, os.WriteFile(file, []byte(got), 0o600))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(want), got)
}

func TestEveryQueueOfDeadLettersIsListedWithDepthAndAge(t *testing.T) {
	out, err := command(t, incident())
	require.NoError(t, err)
	golden(t, "list", out)
}

func TestMessagesShowIDsAndNeverWordsOfMail(t *testing.T) {
	for _, queue := range []string{"intake-dead", "acme-reply-dead", "ccpa-dead", "feedback-dead", "dispatch-failures", "feedback-undelivered"} {
		t.Run(queue, func(t *testing.T) {
			f := incident()
			out, err := command(t, f, "-queue", queue)
			require.NoError(t, err)
			golden(t, queue, out)
			assert.NotContains(t, out, "jane")
			assert.NotContains(t, out, "delete my")
			for _, m := range f.queues["acme-intake-dead"] {
				assert.False(t, m.held, "what was looked at can be taken at once")
			}
			for _, call := range f.calls {
				assert.NotRegexp(t, "^(Send|Delete|Start)", call, "a dry run moves nothing")
			}
		})
	}
}

func TestSQSMovesWhatItCanAtABoundedRate(t *testing.T) {
	f := incident()
	out, err := command(t, f, "-queue", "intake-dead", "-go", "-rate", "25")
	require.NoError(t, err)
	golden(t, "go", out)
	assert.Contains(t, f.calls, "moves arn:aws:sqs:eu-west-1:1:acme-intake-dead at 25")
	assert.NotContains(t, f.calls, "SendMessage acme-intake")
}

func TestWhatSQSDoesNotMoveIsSentFirstAndDeletedThen(t *testing.T) {
	for name, c := range map[string]struct {
		queue string
		moves bool
		n     int
	}{
		"a topic was the source":       {"inbound-undelivered", true, 1},
		"SQS that knows no such thing": {"intake-dead", false, 2},
	} {
		t.Run(name, func(t *testing.T) {
			f := incident()
			f.moves = c.moves
			out, err := command(t, f, "-queue", c.queue, "-go")
			require.NoError(t, err)
			assert.Equal(t, fmt.Sprintf("%d messages were moved from acme-%s to acme-intake.\n", c.n, c.queue), out)
			assert.Empty(t, f.queues["acme-"+c.queue])
			require.Len(t, f.queues["acme-intake"], c.n)
			assert.Contains(t, f.queues["acme-intake"][c.n-1].body, "ep8bsludl0sb")
			assert.Less(t, slices.Index(f.calls, "SendMessage acme-intake"), slices.Index(f.calls, "DeleteMessage acme-"+c.queue))
		})
	}
}

func TestMessageThatCannotBeSentStays(t *testing.T) {
	f := incident()
	f.fails = "SendMessage"
	_, err := command(t, f, "-queue", "inbound-undelivered", "-go")
	require.ErrorContains(t, err, "which stays there")
	assert.Len(t, f.queues["acme-inbound-undelivered"], 1)
}

func TestMessageThatCannotBeDeletedComesTwiceAndIsSaidSo(t *testing.T) {
	f := incident()
	f.fails = "DeleteMessage"
	_, err := command(t, f, "-queue", "inbound-undelivered", "-go")
	require.ErrorContains(t, err, "will come twice")
	assert.Len(t, f.queues["acme-intake"], 1)
}

func TestMoveThatIsRefusedSaysWhatIsNeeded(t *testing.T) {
	f := incident()
	f.fails = "StartMessageMoveTask"
	_, err := command(t, f, "-queue", "intake-dead", "-go")
	require.ErrorContains(t, err, "sqs:StartMessageMoveTask")
	assert.Len(t, f.queues["acme-intake-dead"], 2)
}

func TestPlacesInTheStreamAreNotMovedAndCanBeThrownAway(t *testing.T) {
	f := incident()
	_, err := command(t, f, "-queue", "dispatch-failures", "-go")
	require.ErrorContains(t, err, "the sweep passes the outbox on")
	assert.Len(t, f.queues["acme-dispatch-failures"], 1)

	out, err := command(t, f, "-queue", "dispatch-failures", "-drop")
	require.NoError(t, err)
	assert.Equal(t, "1 records of acme-dispatch-failures were thrown away.\n", out)
	assert.Empty(t, f.queues["acme-dispatch-failures"])

	_, err = command(t, f, "-queue", "intake-dead", "-drop")
	require.ErrorContains(t, err, "still wanted")
	assert.Len(t, f.queues["acme-intake-dead"], 2)
}

func TestEmptyQueueIsSaidToBeEmpty(t *testing.T) {
	out, err := command(t, incident(), "-queue", "feedback-undelivered", "-go")
	require.NoError(t, err)
	assert.Equal(t, "acme-feedback-undelivered is empty. Nothing was moved.\n", out)
}

func TestWrongArgumentsSayWhatIsMeant(t *testing.T) {
	for want, args := range map[string][]string{
		"is no queue of dead letters":   {"-queue", "intake"},
		"say which queue with -queue":   {"-go"},
		"exclude each other":            {"-queue", "intake-dead", "-go", "-drop"},
		"1 to 500":                      {"-rate", "0"},
		"1 to 1000":                     {"-show", "0"},
		"name a queue with -queue dead": {"dead"},
		"say which stack":               {"-stack", "also"},
	} {
		_, err := command(t, incident(), args...)
		assert.ErrorContains(t, err, want)
	}
	_, err := command(t, &fakeSQS{})
	assert.ErrorContains(t, err, "check the name and the Region")
	_, err = command(t, incident(), "-h")
	assert.True(t, errors.Is(err, flag.ErrHelp))
}
