package secrets_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/secrets"
)

const arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:identity-AbCdEf"

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

type answer struct {
	status int
	body   string
}

// answering plays Secrets Manager: one answer per request, the last one again and again.
func answering(t *testing.T, answers ...answer) (cfg aws.Config, asked func() int) {
	t.Helper()
	requests := make(chan struct{}, 100)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		assert.JSONEq(t, `{"SecretId":"`+arn+`"}`, string(body))
		a := answers[min(len(requests), len(answers)-1)]
		requests <- struct{}{}
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.WriteHeader(a.status)
		_, _ = fmt.Fprint(w, a.body)
	}))
	t.Cleanup(server.Close)
	return settings(server.URL), func() int { return len(requests) }
}

func TestSecretComesAsItIsStored(t *testing.T) {
	for name, c := range map[string]struct{ body, want string }{
		"text":          {`{"SecretString":" a key\n"}`, " a key\n"},
		"bytes":         {`{"SecretBinary":"AP8B"}`, "\x00\xff\x01"},
		"text of bytes": {`{"SecretString":"text","SecretBinary":"AP8B"}`, "text"},
	} {
		t.Run(name, func(t *testing.T) {
			cfg, _ := answering(t, answer{200, c.body})
			v, err := secrets.Value(t.Context(), cfg, arn)
			require.NoError(t, err)
			assert.Equal(t, c.want, string(v))
			assert.Equal(t, "(set)", fmt.Sprintf("%v", v), "a secret never prints itself")
		})
	}
}

func TestEmptySecretIsAnError(t *testing.T) {
	for _, body := range []string{`{}`, `{"SecretString":""}`, `{"SecretBinary":""}`, `{"SecretString":" \n"}`} {
		cfg, _ := answering(t, answer{200, body})
		v, err := secrets.Value(t.Context(), cfg, arn)
		require.ErrorContains(t, err, arn, body)
		require.ErrorContains(t, err, "it is empty")
		assert.Empty(t, string(v))
	}
}

func TestErrorSaysWhichSecretAndWhatToDo(t *testing.T) {
	for code, says := range map[string]string{
		"ResourceNotFoundException": "has no value yet",
		"AccessDeniedException":     "secretsmanager:GetSecretValue",
		"DecryptionFailure":         "kms:Decrypt",
		"InvalidRequestException":   "InvalidRequestException",
	} {
		cfg, asked := answering(t, answer{400, `{"__type":"` + code + `","Message":"no"}`})
		_, err := secrets.Value(t.Context(), cfg, arn)
		require.ErrorContains(t, err, arn)
		require.ErrorContains(t, err, says)
		assert.Equal(t, 1, asked(), "asking again would not help")
	}
}

func TestMomentaryFaultIsTriedAgain(t *testing.T) {
	cfg, asked := answering(t, answer{500, `{"__type":"InternalServiceError"}`}, answer{200, `{"SecretString":"key"}`})
	v, err := secrets.Value(t.Context(), cfg, arn)
	require.NoError(t, err)
	assert.Equal(t, "key", string(v))
	assert.Equal(t, 2, asked())
}

func TestServiceThatDoesNotAnswerIsNotWaitedForWithoutEnd(t *testing.T) {
	cfg := settings("http://secrets.example")
	cfg.HTTPClient = hanging(func(r *http.Request) {
		deadline, ok := r.Context().Deadline()
		assert.True(t, ok, "the call has an end of its own")
		assert.LessOrEqual(t, time.Until(deadline), 5*time.Second)
	})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := secrets.Value(ctx, cfg, arn)
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

// hanging is a network on which nothing ever answers.
type hanging func(*http.Request)

func (h hanging) Do(r *http.Request) (*http.Response, error) {
	h(r)
	<-r.Context().Done()
	return nil, r.Context().Err()
}

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

func TestSecretOfTheServiceIsRead(t *testing.T) {
	cfg := emulator(t)
	made, err := secretsmanager.NewFromConfig(cfg).CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{
		Name: aws.String("identity-" + rand.Text()), SecretString: aws.String("a key of some length"),
	})
	require.NoError(t, err)
	v, err := secrets.Value(t.Context(), cfg, *made.ARN)
	require.NoError(t, err)
	assert.Equal(t, "a key of some length", string(v))

	_, err = secrets.Value(t.Context(), cfg, *made.ARN+"-gone")
	require.ErrorContains(t, err, "there is none")
}
