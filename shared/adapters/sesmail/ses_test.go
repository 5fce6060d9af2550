package sesmail_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/stretchr/testify/assert"
)

var now = time.Date(2026, 3, 2, 18, 0, 0, 0, time.UTC)

func clock() time.Time { return now }

// settings are those of a test: no account, and a retryer that would try five times.
func settings(address string) aws.Config {
	return aws.Config{
		Region: "us-east-1", BaseEndpoint: &address, RetryMaxAttempts: 5,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		}),
		Retryer: func() aws.Retryer {
			return retry.NewStandard(func(o *retry.StandardOptions) { o.MaxAttempts, o.MaxBackoff = 5, time.Millisecond })
		},
	}
}

// request is what SES gets.
type request struct {
	Content              struct{ Raw struct{ Data []byte } }
	ConfigurationSetName string
	Destination          struct{ ToAddresses, CcAddresses, BccAddresses []string }
	EmailTags            []struct{ Name, Value string }
	FromEmailAddress     string
}

// ses plays SES: it keeps requests and answers each in one way.
type ses struct {
	url    string
	got    []request
	status int
	code   string // of the error
	says   string // of the error
}

func playing(t *testing.T) *ses {
	t.Helper()
	s := &ses{status: http.StatusOK}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var got request
		assert.Equal(t, "POST /v2/email/outbound-emails", r.Method+" "+r.URL.Path)
		assert.NoError(t, json.NewDecoder(r.Body).Decode(&got))
		s.got = append(s.got, got)
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Amzn-Requestid", "request-1")
		if s.code != "" {
			w.Header().Set("X-Amzn-Errortype", s.code)
		}
		w.WriteHeader(s.status)
		if s.status == http.StatusOK {
			_, _ = fmt.Fprint(w, `{"MessageId":"0100018f-aaaa"}`)
			return
		}
		_, _ = fmt.Fprintf(w, `{"message":%q}`, s.says)
	}))
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}
