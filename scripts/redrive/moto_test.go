package main

import (
	"bytes"
	"crypto/rand"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
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
	for name, value := range map[string]string{"AWS_ENDPOINT_URL": address, "AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"} {
		t.Setenv(name, value)
	}
	return aws.Config{Region: "eu-west-1", BaseEndpoint: &address, Credentials: credentials.NewStaticCredentialsProvider("test", "test", "")}
}

// deployed is the part of the template that this program sees.
const deployed = `{"Resources": {
	"Dead": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "NAME-intake-dead"}},
	"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "NAME-intake", "RedrivePolicy": {"maxReceiveCount": 8, "deadLetterTargetArn": {"Fn::GetAtt": ["Dead", "Arn"]}}}}},
	"Outputs": {"SystemName": {"Value": "NAME"}}}`

func TestStackThatWasDeployedGivesItsDeadLettersBack(t *testing.T) {
	cfg := emulator(t)
	name := "t" + strings.ToLower(rand.Text()[:10])
	_, err := cloudformation.NewFromConfig(cfg).CreateStack(t.Context(), &cloudformation.CreateStackInput{StackName: &name, TemplateBody: aws.String(strings.ReplaceAll(deployed, "NAME", name))})
	require.NoError(t, err)
	client := sqs.NewFromConfig(cfg)
	url := func(queue string) *string {
		out, err := client.GetQueueUrl(t.Context(), &sqs.GetQueueUrlInput{QueueName: aws.String(name + queue)})
		require.NoError(t, err)
		return out.QueueUrl
	}
	for range 3 {
		_, err := client.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: url("-intake-dead"), MessageBody: aws.String(receipt)})
		require.NoError(t, err)
	}
	command := func(args ...string) string {
		var out bytes.Buffer
		require.NoError(t, run(t.Context(), append([]string{"-stack", name}, args...), machine{now: time.Now, wait: wait, stdout: &out, stderr: io.Discard}))
		return out.String()
	}
	assert.Regexp(t, name+`-intake-dead +3 +0m +`+name+`-intake\n`, command())
	assert.Equal(t, 3, strings.Count(command("-queue", "intake-dead"), "mail ep8bsludl0sb"))
	assert.Contains(t, command("-queue", "intake-dead", "-go", "-rate", "100"), "3 messages were moved")
	assert.Contains(t, command("-queue", "intake-dead"), "0 messages")
	got, err := client.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: url("-intake"), MaxNumberOfMessages: 10})
	require.NoError(t, err)
	require.Len(t, got.Messages, 3)
	assert.Equal(t, receipt, aws.ToString(got.Messages[0].Body))
}
