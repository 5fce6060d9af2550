package sqsqueue_test

import (
	"context"
	"crypto/md5" // #nosec G501 -- the checksum that SQS answers with
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/sqsqueue"
	"rightsmail/shared/queue"
)

// settings are those of a test: no account, and no pauses between attempts.
func settings(address string) aws.Config {
	return aws.Config{
		Region: "us-east-1", BaseEndpoint: &address,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		}),
		Retryer: func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) { o.MaxBackoff = time.Millisecond })
		},
	}
}

// sent is one request as SQS gets it.
type sent struct {
	QueueURL          string `json:"QueueUrl"`
	MessageBody       string
	MessageAttributes map[string]struct{ DataType, StringValue string }
}

// attributes are the message attributes, which are all texts.
func (s sent) attributes(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for name, a := range s.MessageAttributes {
		assert.Equal(t, "String", a.DataType)
		out[name] = a.StringValue
	}
	return out
}

// taking opens a client whose SQS keeps what it is sent.
func taking(t *testing.T) (c *sqsqueue.Client, got *[]sent) {
	t.Helper()
	got = &[]sent{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var s sent
		assert.Equal(t, "AmazonSQS.SendMessage", r.Header.Get("X-Amz-Target"))
		assert.NoError(t, json.NewDecoder(r.Body).Decode(&s))
		*got = append(*got, s)
		sum := md5.Sum([]byte(s.MessageBody)) // #nosec G401 -- the checksum that SQS answers with
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		_, _ = fmt.Fprintf(w, `{"MessageId":"m-1","MD5OfMessageBody":%q}`, hex.EncodeToString(sum[:]))
	}))
	t.Cleanup(server.Close)
	return sqsqueue.Open(settings(server.URL)), got
}

func message(t *testing.T) queue.Message {
	t.Helper()
	var m queue.Message
	require.NoError(t, json.Unmarshal(queue.ExampleJSON(), &m))
	return m
}

func TestMessageGoesToTheQueueOfItsCategory(t *testing.T) {
	c, got := taking(t)
	q := c.Queue(map[string]string{"ccpa": "https://sqs.example/1/ccpa", "gdpr": "https://sqs.example/1/gdpr"})
	m := message(t)
	m.ReceivedAt = m.ReceivedAt.In(time.FixedZone("PST", -8*3600))
	require.NoError(t, q.Send(t.Context(), m))
	m.Queue, m.Right = "gdpr", "gdpr_erasure"
	require.NoError(t, q.Send(t.Context(), m))

	require.Len(t, *got, 2)
	assert.Equal(t, "https://sqs.example/1/ccpa", (*got)[0].QueueURL)
	assert.JSONEq(t, string(queue.ExampleJSON()), (*got)[0].MessageBody, "times leave in UTC")
	assert.Equal(t, map[string]string{"schema": "rightsmail.request.v1", "case": "RM-8F3K-2Q7D-1", "right": "ccpa_delete"}, (*got)[0].attributes(t))
	assert.Equal(t, "https://sqs.example/1/gdpr", (*got)[1].QueueURL)
}

func TestCategoryWithoutAQueueIsAnErrorThatNamesTheSetting(t *testing.T) {
	c, got := taking(t)
	err := c.Queue(map[string]string{"gdpr": "https://sqs.example/1/gdpr"}).Send(t.Context(), message(t))
	require.ErrorContains(t, err, "RIGHTSMAIL_QUEUES")
	require.ErrorContains(t, err, "ccpa")
	assert.Empty(t, *got)
}

func TestMessageThatItsSchemaDoesNotAllowNeverLeaves(t *testing.T) {
	c, got := taking(t)
	m := message(t)
	m.Verification = "passport"
	err := c.Queue(map[string]string{"ccpa": "https://sqs.example/1/ccpa"}).Send(t.Context(), m)
	require.ErrorContains(t, err, "verification:")
	assert.Empty(t, *got)
}

func TestJobGoesToTheQueueOfItsFunction(t *testing.T) {
	c, got := taking(t)
	jobs := c.Jobs(map[queue.JobKind]string{
		queue.JobReply: "https://sqs.example/1/reply", queue.JobForward: "https://sqs.example/1/forward", queue.JobClassify: "https://sqs.example/1/classify",
	})
	for _, kind := range []queue.JobKind{queue.JobReply, queue.JobForward, queue.JobClassify} {
		require.NoError(t, jobs.Enqueue(t.Context(), queue.Job{Schema: queue.JobSchema, Kind: kind, Effect: "ack-RM-8F3K-2Q7D"}))
		last := (*got)[len(*got)-1]
		assert.Equal(t, "https://sqs.example/1/"+string(kind), last.QueueURL)
		assert.JSONEq(t, `{"schema":"rightsmail.job.v1","kind":"`+string(kind)+`","effect":"ack-RM-8F3K-2Q7D"}`, last.MessageBody)
		assert.Equal(t, map[string]string{"schema": "rightsmail.job.v1"}, last.attributes(t))
	}
}

func TestJobThatNobodyCanDoIsRefused(t *testing.T) {
	c, got := taking(t)
	jobs := c.Jobs(map[queue.JobKind]string{queue.JobReply: "https://sqs.example/1/reply"})
	good := queue.Job{Schema: queue.JobSchema, Kind: queue.JobReply, Effect: "ack-1"}
	for says, spoil := range map[string]func(*queue.Job){
		"rightsmail.job.v1":        func(j *queue.Job) { j.Schema = "rightsmail.job.v9" },
		"a kind that is known":     func(j *queue.Job) { j.Kind = "shred" },
		"the id of an effect":      func(j *queue.Job) { j.Effect = "" },
		"RIGHTSMAIL_FORWARD_QUEUE": func(j *queue.Job) { j.Kind = queue.JobForward },
	} {
		j := good
		spoil(&j)
		require.ErrorContains(t, jobs.Enqueue(t.Context(), j), says)
	}
	assert.Empty(t, *got)
}

func TestFailureOfSQSIsAnErrorThatNamesTheMessage(t *testing.T) {
	n := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		n++
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = fmt.Fprint(w, `{"__type":"InternalFailure","message":"try again"}`)
	}))
	defer server.Close()
	c := sqsqueue.Open(settings(server.URL))
	err := c.Queue(map[string]string{"ccpa": server.URL + "/1/ccpa"}).Send(t.Context(), message(t))
	require.ErrorContains(t, err, message(t).ID)
	assert.Equal(t, 3, n, "a second copy is no harm, so the SDK tries again")
	err = c.Jobs(map[queue.JobKind]string{queue.JobReply: server.URL + "/1/reply"}).
		Enqueue(t.Context(), queue.Job{Schema: queue.JobSchema, Kind: queue.JobReply, Effect: "ack-1"})
	require.ErrorContains(t, err, "ack-1")
}

func TestCancelledContextSendsNothing(t *testing.T) {
	c, got := taking(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := c.Queue(map[string]string{"ccpa": "https://sqs.example/1/ccpa"}).Send(ctx, message(t))
	require.ErrorIs(t, err, context.Canceled)
	assert.Empty(t, *got)
}
