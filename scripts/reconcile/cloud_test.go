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
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/dynamo"
	"rightsmail/shared/adapters/s3archive"
	"rightsmail/shared/cases"
)

// emulator returns the address in a variable that ./scripts/check sets. At home, without
// it, the test is skipped; where one is promised that is a failure.
func emulator(t *testing.T, name string) string {
	t.Helper()
	address := os.Getenv(name)
	if address == "" && os.Getenv("RIGHTSMAIL_EMULATORS") == "1" {
		t.Fatalf("%s is not set: start the emulator and set it to its address", name)
	}
	if address == "" {
		t.Skipf("needs an emulator: %s=http://127.0.0.1:port", name)
	}
	return address
}

func TestMetricBucketAndTableOfAWSAreHeldAgainstEachOther(t *testing.T) {
	moto, local := emulator(t, "RIGHTSMAIL_MOTO"), emulator(t, "RIGHTSMAIL_DYNAMODB")
	name := "reconcile-" + strings.ToLower(rand.Text())
	for name, value := range map[string]string{"AWS_ENDPOINT_URL": moto, "AWS_ENDPOINT_URL_DYNAMODB": local,
		"AWS_ENDPOINT_URL_CLOUDWATCH": watching(t, map[string][]float64{name: {1, 1}}),
		"AWS_REGION":                  "us-east-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"} {
		t.Setenv(name, value)
	}
	at := func(address string) aws.Config {
		return aws.Config{Region: "us-east-1", BaseEndpoint: &address, Credentials: credentials.NewStaticCredentialsProvider("test", "test", "")}
	}
	require.NoError(t, dynamo.Create(t.Context(), dynamodb.NewFromConfig(at(local)), name))
	_, err := s3.NewFromConfig(at(moto), func(o *s3.Options) { o.UsePathStyle = true }).CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &name})
	require.NoError(t, err)
	archive, store := s3archive.Open(at(moto), name, "raw/"), dynamo.Open(at(local), name, dynamo.Options{})

	received := time.Now().UTC()
	for _, id := range []cases.MailID{"one", "two"} {
		require.NoError(t, archive.Put(t.Context(), id, []byte("mail")))
	}
	require.NoError(t, store.Commit(t.Context(), cases.Batch{Mail: &cases.Mail{ID: "one", Received: received, Handling: cases.Ignored, Reference: "RM-8F3K-2Q7D"}}))

	command := func(later time.Duration, rule string) (string, error) {
		var out bytes.Buffer
		env := map[string]string{"RIGHTSMAIL_TABLE": name, "RIGHTSMAIL_BUCKET": name}
		err := run(t.Context(), []string{"-from", received.AddDate(0, 0, -1).Format(time.DateOnly), "-rule", rule},
			machine{now: func() time.Time { return time.Now().Add(later) }, env: func(n string) (string, bool) { v, ok := env[n]; return v, ok }, stdout: &out, stderr: io.Discard})
		return out.String(), err
	}
	out, err := command(time.Minute, name)
	require.NoError(t, err, out)
	assert.Contains(t, out, "Even: everything received")
	assert.Regexp(t, `received +2 `, out)

	out, err = command(2*time.Hour, name)
	require.ErrorIs(t, err, errUneven)
	assert.Regexp(t, `undecided +two `, out)

	out, err = command(time.Minute, "nobodys-rule")
	require.NoError(t, err)
	assert.Contains(t, out, "SES has no metric for rule nobodys-rule")
}
