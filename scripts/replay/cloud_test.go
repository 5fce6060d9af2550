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
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
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

// cloud is a table, a bucket and a secret that nobody else has.
type cloud struct {
	env     map[string]string
	archive *s3archive.Archive
	store   *dynamo.Store
}

func newCloud(t *testing.T) cloud {
	t.Helper()
	moto, local := emulator(t, "RIGHTSMAIL_MOTO"), emulator(t, "RIGHTSMAIL_DYNAMODB")
	for name, value := range map[string]string{"AWS_ENDPOINT_URL": moto, "AWS_ENDPOINT_URL_DYNAMODB": local,
		"AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"} {
		t.Setenv(name, value)
	}
	at := func(address string) aws.Config {
		return aws.Config{Region: "us-east-1", BaseEndpoint: &address, Credentials: credentials.NewStaticCredentialsProvider("test", "test", "")}
	}
	name := "replay-" + strings.ToLower(rand.Text())
	require.NoError(t, dynamo.Create(t.Context(), dynamodb.NewFromConfig(at(local)), name))
	_, err := s3.NewFromConfig(at(moto), func(o *s3.Options) { o.UsePathStyle = true }).CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &name})
	require.NoError(t, err)
	secret, err := secretsmanager.NewFromConfig(at(moto)).CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{Name: &name, SecretString: aws.String(rand.Text() + rand.Text())})
	require.NoError(t, err)
	return cloud{
		env:     map[string]string{"RIGHTSMAIL_TABLE": name, "RIGHTSMAIL_BUCKET": name, "RIGHTSMAIL_IDENTITY_SECRET": *secret.ARN},
		archive: s3archive.Open(at(moto), name, "raw/"), store: dynamo.Open(at(local), name, dynamo.Options{}),
	}
}

func (c cloud) command(t *testing.T, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	env := func(name string) (string, bool) { v, ok := c.env[name]; return v, ok }
	require.NoError(t, run(t.Context(), args, machine{now: time.Now, env: env, stdout: &out, stderr: io.Discard}))
	return out.String()
}

func TestBucketAndTableOfAWSAreReplayed(t *testing.T) {
	c := newCloud(t)
	received := time.Now().UTC().Truncate(time.Second)
	for _, id := range []string{"one", "two"} {
		require.NoError(t, c.archive.Put(t.Context(), cases.MailID(id), []byte(mail(id, received, id, erase))))
	}
	from := received.AddDate(0, 0, -1).Format(time.DateOnly)

	assert.Contains(t, c.command(t, "-from", from), ": 2 lost, ")
	_, err := c.store.Mail(t.Context(), "one")
	require.ErrorIs(t, err, cases.ErrNotFound)
	assert.Contains(t, c.command(t, "-from", from, "-apply"), "was taken in")
	m, err := c.store.Mail(t.Context(), "one")
	require.NoError(t, err)
	assert.Equal(t, cases.Opened, m.Handling)
	assert.Equal(t, received, m.Received)
	assert.Contains(t, c.command(t, "-from", from, "-apply"), ": 0 lost, 0 that ask now, 0 that differ, 0 that moved, 2 as they were.")
}
