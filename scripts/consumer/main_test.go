package main

import (
	"bytes"
	"crypto/md5" // SQS sends it as a check of the way, and the client insists
	"encoding/hex"
	"encoding/json"
	"flag"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// counter is an SQS that knows two actions, over a pile.
type counter struct {
	*pile
	t *testing.T
}

func (c counter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var in struct {
		QueueUrl, ReceiptHandle              string
		MaxNumberOfMessages, WaitTimeSeconds int
	}
	assert.NoError(c.t, json.NewDecoder(r.Body).Decode(&in))
	assert.True(c.t, strings.HasSuffix(in.QueueUrl, "/123456789012/rightsmail-ccpa"))
	answer := map[string]any{}
	switch _, action, _ := strings.Cut(r.Header.Get("X-Amz-Target"), "."); action {
	case "ReceiveMessage":
		assert.Equal(c.t, 20, in.WaitTimeSeconds)
		assert.Equal(c.t, 10, in.MaxNumberOfMessages)
		list, err := c.receive(r.Context())
		assert.NoError(c.t, err)
		var messages []map[string]string
		for _, d := range list {
			sum := md5.Sum(d.body)
			messages = append(messages, map[string]string{
				"MessageId": d.id, "ReceiptHandle": d.handle, "Body": string(d.body), "MD5OfBody": hex.EncodeToString(sum[:]),
			})
		}
		answer["Messages"] = messages
	case "DeleteMessage":
		assert.NoError(c.t, c.remove(r.Context(), delivery{handle: in.ReceiptHandle}))
	default:
		assert.Fail(c.t, "unknown action", action)
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	assert.NoError(c.t, json.NewEncoder(w).Encode(answer))
}

func TestProgramEmptiesAQueueOfSQS(t *testing.T) {
	p := &pile{}
	p.put(example(t, "ccpa"), []byte(`{"schema":"rightsmail.request.v2"}`))
	server := httptest.NewServer(counter{p, t})
	defer server.Close()
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": server.URL, "AWS_REGION": "us-east-1", "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "example",
		"AWS_CONFIG_FILE": filepath.Join(t.TempDir(), "none"), "AWS_SHARED_CREDENTIALS_FILE": filepath.Join(t.TempDir(), "none"),
	} {
		t.Setenv(name, value)
	}
	var stdout, stderr bytes.Buffer
	args := []string{"-once", "-done", filepath.Join(t.TempDir(), "consumed"), server.URL + "/123456789012/rightsmail-ccpa"}
	require.NoError(t, run(t.Context(), args, &stdout, &stderr))
	assert.Contains(t, stdout.String(), "right=ccpa_delete")
	assert.Equal(t, 1, strings.Count(stdout.String(), "\n"))
	assert.Contains(t, stderr.String(), "message m2 stays in the queue: its schema is not")
	require.Len(t, p.waiting, 1)
}

func TestProgramAsksForOneQueue(t *testing.T) {
	for _, args := range [][]string{{}, {"-once"}, {"a", "b"}} {
		var stderr bytes.Buffer
		require.ErrorContains(t, run(t.Context(), args, nil, &stderr), "name one queue")
		assert.Contains(t, stderr.String(), "usage: ")
	}
	require.ErrorIs(t, run(t.Context(), []string{"-h"}, nil, &bytes.Buffer{}), flag.ErrHelp)
}
