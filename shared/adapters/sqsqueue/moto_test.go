package sqsqueue_test

import (
	"crypto/rand"
	"encoding/json"
	"os"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/sqsqueue"
	"rightsmail/shared/queue"
)

// emulator returns the settings of moto, which ./scripts/check starts. At home, without
// one, the test is skipped; where one is promised that is a failure.
func emulator(t *testing.T) aws.Config {
	t.Helper()
	address := os.Getenv("RIGHTSMAIL_MOTO")
	if address == "" && os.Getenv("RIGHTSMAIL_EMULATORS") == "1" {
		t.Fatal("RIGHTSMAIL_MOTO is not set: start moto_server and set it to its address")
	}
	if address == "" {
		t.Skip("needs moto: RIGHTSMAIL_MOTO=http://127.0.0.1:port")
	}
	return settings(address)
}

// receive takes the one message of a queue.
func receive(t *testing.T, client *sqs.Client, url string) types.Message {
	t.Helper()
	out, err := client.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{
		QueueUrl: &url, MaxNumberOfMessages: 10, MessageAttributeNames: []string{"All"},
	})
	require.NoError(t, err)
	require.Len(t, out.Messages, 1)
	return out.Messages[0]
}

func TestMessageIsReceivedAsItWasSent(t *testing.T) {
	cfg := emulator(t)
	client := sqs.NewFromConfig(cfg)
	made, err := client.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: aws.String("ccpa-" + rand.Text())})
	require.NoError(t, err)

	require.NoError(t, sqsqueue.Open(cfg).Queue(map[string]string{"ccpa": *made.QueueUrl}).Send(t.Context(), message(t)))

	got := receive(t, client, *made.QueueUrl)
	assert.JSONEq(t, string(queue.ExampleJSON()), *got.Body)
	assert.Equal(t, "ccpa_delete", *got.MessageAttributes["right"].StringValue)
	var m queue.Message
	require.NoError(t, json.Unmarshal([]byte(*got.Body), &m))
	require.NoError(t, m.Validate())
	assert.Equal(t, message(t), m)
}

func TestJobIsReceivedAsItWasSent(t *testing.T) {
	cfg := emulator(t)
	client := sqs.NewFromConfig(cfg)
	made, err := client.CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: aws.String("reply-" + rand.Text())})
	require.NoError(t, err)

	job := queue.Job{Schema: queue.JobSchema, Kind: queue.JobReply, Effect: "ack-RM-8F3K-2Q7D"}
	require.NoError(t, sqsqueue.Open(cfg).Jobs(map[queue.JobKind]string{queue.JobReply: *made.QueueUrl}).Enqueue(t.Context(), job))

	var got queue.Job
	require.NoError(t, json.Unmarshal([]byte(*receive(t, client, *made.QueueUrl).Body), &got))
	assert.Equal(t, job, got)
}
