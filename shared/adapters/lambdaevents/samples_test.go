package lambdaevents_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/lambdaevents"
	"rightsmail/shared/email"
	"rightsmail/shared/queue"
	"rightsmail/shared/replies"
)

const (
	samples = "../../../events"
	mailID  = "ddqcd6eeqxu47poajowqeebihvt6pjwiksxvmchy" // of events/mails/ccpa-delete-plain.eml
)

func payload(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(samples, name))
	require.NoError(t, err)
	return raw
}

// only is the body of the one message in an event of SQS.
func only(t testing.TB, raw []byte) []byte {
	t.Helper()
	var e events.SQSEvent
	require.NoError(t, json.Unmarshal(raw, &e))
	var body []byte
	out, err := lambdaevents.Batch{}.SQS(func(_ context.Context, m lambdaevents.Message) error {
		body = m.Body
		assert.Contains(t, []int{1, 2}, m.Attempt)
		assert.Equal(t, 2026, m.Sent.Year())
		return nil
	})(context.Background(), e)
	require.NoError(t, err)
	require.Empty(t, out.BatchItemFailures)
	require.Len(t, e.Records, 1)
	return body
}

func readsReceipt(want lambdaevents.Receipt) func(*testing.T, []byte) {
	return func(t *testing.T, body []byte) {
		got, err := lambdaevents.ReadReceipt(body)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
}

func inSQS(read func(*testing.T, []byte)) func(*testing.T, []byte) {
	return func(t *testing.T, raw []byte) { read(t, only(t, raw)) }
}

func readsJob(kind queue.JobKind, effect string) func(*testing.T, []byte) {
	return inSQS(func(t *testing.T, body []byte) {
		got, err := lambdaevents.ReadJob(body)
		require.NoError(t, err)
		assert.Equal(t, queue.Job{Schema: queue.JobSchema, Kind: kind, Effect: effect}, got)
	})
}

func readsFeedback(want ...replies.Feedback) func(*testing.T, []byte) {
	return inSQS(func(t *testing.T, body []byte) {
		got, err := lambdaevents.ReadFeedback(body)
		require.NoError(t, err)
		assert.Equal(t, append([]replies.Feedback{}, want...), got)
	})
}

func readsTask(want lambdaevents.Task) func(*testing.T, []byte) {
	return func(t *testing.T, raw []byte) {
		got, err := lambdaevents.ReadTask(raw)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
}

func receipt(id string, recipients []string, f email.Findings) lambdaevents.Receipt {
	f.Source = "amazonses.com"
	return lambdaevents.Receipt{
		ID: id, Bucket: "rightsmail-raw-123456789012", Key: "raw/" + id, Recipients: recipients, Findings: f,
		Received: time.Date(2026, 1, 6, 18, 22, 41, 318_000_000, time.UTC),
	}
}

func noObject(r lambdaevents.Receipt) lambdaevents.Receipt {
	r.Bucket, r.Key = "", ""
	return r
}

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}
	}
	return t
}

// readers says what every payload in events/ has to come to.
func readers() map[string]func(*testing.T, []byte) {
	const ack, forged = "ack-RM-8F3K-2Q7D", "q3v8n1kd0m2b7xw5t4y6z9ahj2c8e5r1gq7p0fo"
	privacy := []string{"privacy@example.com"}
	proven := email.Findings{SPF: email.Pass, DKIM: email.Pass, DMARC: email.Pass, Spam: email.Pass, Virus: email.Pass}
	return map[string]func(*testing.T, []byte){
		"intake-sqs-raw.json": inSQS(readsReceipt(receipt(mailID, privacy, proven))),
		"intake-sqs-sns.json": inSQS(readsReceipt(receipt(mailID, privacy, proven))),
		"intake-setup.json":   inSQS(readsReceipt(lambdaevents.Receipt{ID: "AMAZON_SES_SETUP_NOTIFICATION", Setup: true})),
		"intake-dmarc-object.json": inSQS(readsReceipt(receipt(forged+"1", privacy,
			email.Findings{SPF: email.Pass, DMARC: email.Fail, Spam: email.Pass, Virus: email.Pass}))),
		"intake-no-destination.json": inSQS(readsReceipt(receipt(forged+"2", []string{"support@example.com"},
			email.Findings{SPF: email.Pass, DKIM: email.Pass, DMARC: email.Fail}))),
		"intake-lambda-action.json": readsReceipt(noObject(receipt(forged+"3", privacy, email.Findings{}))),

		"dispatch-stream.json": readsOutbox,
		"reply-sqs.json":       readsJob(queue.JobReply, ack),
		"forward-sqs.json":     readsJob(queue.JobForward, "forward-"+mailID),
		"classify-sqs.json":    readsJob(queue.JobClassify, "consult-RM-8F3K-2Q7D"),

		"feedback-delivery.json":  readsFeedback(replies.Feedback{Effect: ack, Kind: replies.FeedbackDelivered, At: at("2026-01-06T18:22:51.702Z")}),
		"feedback-bounce.json":    readsFeedback(replies.Feedback{Effect: ack, Kind: replies.FeedbackBounced, Final: true, Status: "5.1.1", At: at("2026-01-06T18:22:52.301Z")}),
		"feedback-complaint.json": readsFeedback(replies.Feedback{Effect: ack, Kind: replies.FeedbackComplained, Status: "abuse", At: at("2026-01-07T07:01:10Z")}),
		"feedback-reject.json":    readsFeedback(replies.Feedback{Effect: ack, Kind: replies.FeedbackRejected, Status: "rejected", At: at("2026-01-06T18:22:50.114Z")}),
		"feedback-delay.json":     readsFeedback(replies.Feedback{Effect: ack, Kind: replies.FeedbackDelayed, Status: "4.4.1", At: at("2026-01-06T18:52:51Z")}),
		"feedback-setup.json":     readsFeedback(),

		"deadlines-schedule.json": readsTask(lambdaevents.TaskSweep),
		"deadlines-canary.json":   readsTask(lambdaevents.TaskCanary),

		"console-get.json": servesPage,
		"console-api.json": servesAPI,
	}
}

func readsOutbox(t *testing.T, raw []byte) {
	var e events.DynamoDBEvent
	require.NoError(t, json.Unmarshal(raw, &e))
	var got []string
	out, err := lambdaevents.Batch{}.Stream(func(_ context.Context, c lambdaevents.Change) error {
		got = append(got, c.Op+" "+c.Key+" "+c.New["kind"]+" "+c.New["state"]+" "+c.New["version"])
		assert.Equal(t, c.Key, c.New["pk"])
		assert.NotContains(t, c.New, "payload")
		return nil
	})(context.Background(), e)
	require.NoError(t, err)
	assert.Empty(t, out.BatchItemFailures)
	assert.Equal(t, []string{
		"INSERT OUTBOX#handoff-RM-8F3K-2Q7D-1-v1 handoff pending 1",
		"INSERT OUTBOX#ack-RM-8F3K-2Q7D reply pending 1",
		"INSERT OUTBOX#forward-" + mailID + " forward pending 1",
	}, got)
}

// serves runs one request of the gateway through a handler.
func serves(t *testing.T, raw []byte, h http.HandlerFunc) {
	var e events.APIGatewayV2HTTPRequest
	require.NoError(t, json.Unmarshal(raw, &e))
	asked := false
	got, err := lambdaevents.HTTP(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = true
		assert.Equal(t, "abcde12345.execute-api.us-east-1.amazonaws.com", r.Host)
		h(w, r)
	}))(context.Background(), e)
	require.NoError(t, err)
	assert.True(t, asked)
	assert.Equal(t, http.StatusOK, got.StatusCode)
}

func servesPage(t *testing.T, raw []byte) {
	serves(t, raw, func(_ http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "GET /", r.Method+" "+r.URL.Path)
		cookie, err := r.Cookie("theme")
		if assert.NoError(t, err) {
			assert.Equal(t, "light", cookie.Value)
		}
		_, verified := lambdaevents.Claims(r.Context())
		assert.False(t, verified)
	})
}

func servesAPI(t *testing.T, raw []byte) {
	serves(t, raw, func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "/api/cases?queue=ccpa&limit=20", r.RequestURI)
		claims, verified := lambdaevents.Claims(r.Context())
		assert.True(t, verified)
		assert.Equal(t, []string{"officer", "triager"}, lambdaevents.Groups(claims["cognito:groups"]))
		_, err := io.WriteString(w, "[]")
		assert.NoError(t, err)
	})
}

func TestEveryPayloadIsReadByTheReaderItIsFor(t *testing.T) {
	names, err := filepath.Glob(filepath.Join(samples, "*.json"))
	require.NoError(t, err)
	known := readers()
	for _, path := range names {
		name := filepath.Base(path)
		t.Run(name, func(t *testing.T) {
			require.Contains(t, known, name, "a payload that no test reads proves nothing: give it a reader here")
			known[name](t, payload(t, name))
		})
	}
	assert.Len(t, names, len(known), "a reader whose payload is gone")
}

// The payload and the mail are one: who runs intake by hand puts that file into the bucket.
func TestIntakePayloadTellsOfTheMailInTheSamples(t *testing.T) {
	raw := payload(t, "mails/ccpa-delete-plain.eml")
	assert.Contains(t, string(raw), "with SMTP id "+mailID)
	assert.Contains(t, string(payload(t, "intake-sqs-raw.json")), mailID)
}
