package dynamo_test

import (
	"context"
	"crypto/rand"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/dynamo"
	"rightsmail/shared/cases"
	"rightsmail/shared/cases/casestest"
)

var ctx = context.Background()

// local is how DynamoDB Local is reached. Without an endpoint the test is skipped, but for
// where one is promised.
func local(t testing.TB) aws.Config {
	t.Helper()
	endpoint := os.Getenv("RIGHTSMAIL_DYNAMODB")
	if endpoint == "" {
		if os.Getenv("RIGHTSMAIL_EMULATORS") == "1" {
			t.Fatal("RIGHTSMAIL_DYNAMODB is not set, and here the store must be proved: run scripts/emulators go test ...")
		}
		t.Skip("RIGHTSMAIL_DYNAMODB is not set, so the store was not proved on DynamoDB Local: run scripts/emulators go test ...")
	}
	return aws.Config{
		Region: "eu-central-1", BaseEndpoint: &endpoint,
		Credentials: credentials.NewStaticCredentialsProvider("local", "local", ""),
	}
}

// table makes a table of its own and deletes it with the test.
func table(t testing.TB, cfg aws.Config) string {
	client, name := dynamodb.NewFromConfig(cfg), "test-"+rand.Text()
	require.NoError(t, dynamo.Create(ctx, client, name))
	t.Cleanup(func() {
		_, err := client.DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: &name})
		require.NoError(t, err)
	})
	return name
}

func open(t testing.TB) *dynamo.Store {
	cfg := local(t)
	return dynamo.Open(cfg, table(t, cfg), dynamo.Options{})
}

func TestStoreKeepsEveryPromise(t *testing.T) {
	t.Parallel()
	local(t)
	casestest.Run(t, func(t *testing.T) cases.Store { return open(t) })
}

// forgetful loses the first answer of a transaction, after DynamoDB has given it.
type forgetful struct {
	http.Client
	lost atomic.Bool
}

func (f *forgetful) Do(r *http.Request) (*http.Response, error) {
	answer, err := f.Client.Do(r)
	if err == nil && strings.HasSuffix(r.Header.Get("X-Amz-Target"), "TransactWriteItems") && f.lost.CompareAndSwap(false, true) {
		_ = answer.Body.Close()
		return nil, os.ErrDeadlineExceeded
	}
	return answer, err
}
