package dynamo_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/dynamo"
)

// A script is a DynamoDB that answers what a test tells it to, one answer for each request,
// without a network.
type script struct {
	t       testing.TB
	mu      sync.Mutex
	answers []answer
	asked   []request
	pauses  []time.Duration
}

// request is what the store asked, as JSON.
type request struct {
	operation string
	body      map[string]any
}

type answer func(request) (status int, body string, err error)

// played is a store on a script. It never sleeps: a pause is noted, half of what it may be.
func played(t testing.TB, answers ...answer) (*dynamo.Store, *script) {
	s := &script{t: t, answers: answers}
	return s.store(func(context.Context, time.Duration) error { return nil }), s
}

func (s *script) store(wait func(context.Context, time.Duration) error) *dynamo.Store {
	return dynamo.Open(s.config(), "cases", dynamo.Options{
		Wait: func(ctx context.Context, d time.Duration) error {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.pauses = append(s.pauses, d)
			return wait(ctx, d)
		},
		Random: func() float64 { return 0.5 },
	})
}

func (s *script) config() aws.Config {
	return aws.Config{
		Region: "eu-central-1", HTTPClient: s,
		Credentials: credentials.NewStaticCredentialsProvider("nobody", "nothing", ""),
	}
}

// Do answers a request of the SDK.
func (s *script) Do(r *http.Request) (*http.Response, error) {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	_, operation, _ := strings.Cut(r.Header.Get("X-Amz-Target"), ".")
	asked := request{operation: operation}
	if err := json.Unmarshal(raw, &asked.body); err != nil {
		return nil, err
	}
	s.mu.Lock()
	n := len(s.asked)
	s.asked = append(s.asked, asked)
	s.mu.Unlock()
	if n >= len(s.answers) {
		s.t.Errorf("the script has no answer to request %d, %s", n+1, operation)
		return nil, io.EOF
	}
	status, body, err := s.answers[n](asked)
	if err != nil {
		return nil, err
	}
	return &http.Response{
		StatusCode: status, Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}},
		Body: io.NopCloser(bytes.NewBufferString(body)), Request: r,
	}, nil
}

// requireOver asks that every answer was fetched.
func (s *script) requireOver() {
	require.Len(s.t, s.asked, len(s.answers), "requests")
}

// done is an answer without anything in it.
func done(request) (int, string, error) { return 200, "{}", nil }

func says(body any) answer {
	return func(request) (int, string, error) {
		text, err := json.Marshal(body)
		return 200, string(text), err
	}
}

// fails is an error of DynamoDB.
func fails(status int, code string) answer {
	return func(request) (int, string, error) {
		return status, fmt.Sprintf(`{"__type":"com.amazonaws.dynamodb.v20120810#%s","message":"no"}`, code), nil
	}
}

// breaks is an error of the network.
func breaks(err error) answer {
	return func(request) (int, string, error) { return 0, "", err }
}

// reason is why one action of a transaction was not done.
type reason struct {
	Code string
	Item map[string]any `json:",omitempty"`
}

func cancels(reasons ...reason) answer {
	return func(request) (int, string, error) {
		text, err := json.Marshal(map[string]any{
			"__type":  "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
			"Message": "Transaction cancelled", "CancellationReasons": reasons,
		})
		return 400, string(text), err
	}
}

// codes are reasons without items.
func codes(all ...string) answer {
	var reasons []reason
	for _, code := range all {
		reasons = append(reasons, reason{Code: code})
	}
	return cancels(reasons...)
}

// items are those that a transaction puts, in its order; an update is none.
func (r request) items() []map[string]any {
	var all []map[string]any
	for _, one := range r.body["TransactItems"].([]any) {
		if put, ok := one.(map[string]any)["Put"].(map[string]any); ok {
			all = append(all, put["Item"].(map[string]any))
		}
	}
	return all
}

func (r request) token() string { return r.body["ClientRequestToken"].(string) }

func textOf(item map[string]any, name string) string {
	value, _ := item[name].(map[string]any)
	s, _ := value["S"].(string)
	return s
}

func s(value string) map[string]any { return map[string]any{"S": value} }
func n(value string) map[string]any { return map[string]any{"N": value} }
