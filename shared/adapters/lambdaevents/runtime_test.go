package lambdaevents_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/lambdaevents"
)

func TestLogLineHasTheKeysThatCloudWatchKnows(t *testing.T) {
	var out bytes.Buffer
	log := lambdaevents.Logger(&out)
	log.Debug("not written")
	log.Warn("mail decided", slog.String("id", "abc1"), slog.Group("took", slog.String("msg", "inside a group stays")), slog.String("time", "not a time"))
	var line map[string]any
	require.NoError(t, json.Unmarshal(out.Bytes(), &line))
	at, err := time.Parse(time.RFC3339Nano, line["timestamp"].(string))
	require.NoError(t, err)
	assert.Equal(t, time.UTC, at.Location())
	delete(line, "timestamp")
	assert.Equal(t, map[string]any{
		"level": "WARN", "message": "mail decided", "id": "abc1", "time": "not a time", "took": map[string]any{"msg": "inside a group stays"},
	}, line)
}

func environment(pairs map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		v, ok := pairs[name]
		return v, ok
	}
}

func lambda() map[string]string {
	return map[string]string{
		"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "example", "AWS_SESSION_TOKEN": "token",
	}
}

func TestAWSComesFromWhatLambdaSets(t *testing.T) {
	cfg, err := lambdaevents.AWS(environment(lambda()))
	require.NoError(t, err)
	assert.Equal(t, "eu-west-1", cfg.Region)
	assert.Nil(t, cfg.BaseEndpoint)
	keys, err := cfg.Credentials.Retrieve(t.Context())
	require.NoError(t, err)
	assert.Equal(t, aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "example", SessionToken: "token", Source: "environment"}, keys)
}

func TestAWSSaysEverythingThatIsMissing(t *testing.T) {
	_, err := lambdaevents.AWS(environment(map[string]string{"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_REGION": ""}))
	require.EqualError(t, err, "AWS_REGION, AWS_SECRET_ACCESS_KEY must be set; Lambda does so itself, elsewhere set them by hand")

	env := lambda()
	delete(env, "AWS_SESSION_TOKEN")
	_, err = lambdaevents.AWS(environment(env))
	assert.NoError(t, err, "keys that do not expire have no token")
}

func TestEndpointMustBeAnAddress(t *testing.T) {
	for _, endpoint := range []string{"127.0.0.1:5000", "ftp://127.0.0.1", "http://", "http://a b", "localhost"} {
		env := lambda()
		env["AWS_ENDPOINT_URL"] = endpoint
		_, err := lambdaevents.AWS(environment(env))
		require.ErrorContains(t, err, "AWS_ENDPOINT_URL must be an address such as", endpoint)
	}
}

func TestClientsGoWhereTheEndpointSays(t *testing.T) {
	asked := map[string]string{}
	emulator := func(name string) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked[name] = r.Header.Get("Authorization")
			_, _ = w.Write([]byte(`{"QueueUrls":[]}`))
		}))
		t.Cleanup(s.Close)
		return s.URL
	}
	env := lambda()
	env["AWS_ENDPOINT_URL"] = emulator("all")
	list(t, env)
	assert.Contains(t, asked["all"], "AKIDEXAMPLE/")
	assert.Contains(t, asked["all"], "/eu-west-1/sqs/")

	env["AWS_ENDPOINT_URL_SQS"] = emulator("sqs")
	clear(asked)
	list(t, env)
	assert.Contains(t, asked, "sqs")
	assert.NotContains(t, asked, "all")
}

// list asks for the queues with a client that is made as a function makes it.
func list(t *testing.T, env map[string]string) {
	t.Helper()
	cfg, err := lambdaevents.AWS(environment(env))
	require.NoError(t, err)
	_, err = sqs.NewFromConfig(cfg).ListQueues(t.Context(), &sqs.ListQueuesInput{})
	require.NoError(t, err)
}
