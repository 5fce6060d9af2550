package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/smtp"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// puzzle is mail in a language without rules and lessons: they would know any other one day.
const puzzle = "From: Bo <bo@example.net>\r\nTo: privacy@example.com\r\nSubject: the thing from before\r\nMessage-ID: <puzzle@example.net>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" +
	"โปรดดำเนินการตามที่เหมาะสมกับข้อมูลส่วนบุคคลของฉัน\r\n\r\nBo\r\n"

// withModel is the machine of a company that has a model at this address.
func withModel(url string) machine {
	m := thisMachine(io.Discard)
	set := map[string]string{"RIGHTSMAIL_MODEL": "model-1", "RIGHTSMAIL_MODEL_URL": url + "/v1"}
	m.env = func(name string) (string, bool) { v, ok := set[name]; return v, ok }
	return m
}

func TestModelOfTheSettingsReadsWhatTheRulesCannotDecide(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprint(w, `{"choices":[{"finish_reason":"stop","message":{"content":"{\"claims\":[{\"right\":\"gdpr_restriction\",\"quote\":\"ข้อมูลส่วนบุคคลของฉัน\"}]}"}}]}`)
	}))
	defer server.Close()
	data, mail := t.TempDir(), filepath.Join(t.TempDir(), "puzzle.eml")
	require.NoError(t, os.WriteFile(mail, []byte(puzzle), 0o600))
	require.NoError(t, run(t.Context(), []string{"-data", data, "-ingest", mail, "-exit"}, withModel(server.URL)))

	r := start(t, data)
	ids := r.cases(t, "queue=review")
	require.Len(t, ids, 1)
	var c struct {
		Review []string `json:"review"`
	}
	r.get(t, "/api/cases/"+ids[0], &c)
	assert.Contains(t, c.Review, "a language model reads this as gdpr_restriction: confirm or correct")
}

func TestModelThatHangsKeepsNoLetterWaiting(t *testing.T) {
	asked, release := make(chan struct{}), make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}))
	defer server.Close()
	defer close(release)
	data := t.TempDir()
	open := make(chan struct{})
	var address string
	m := withModel(server.URL)
	m.ready = func(s, _ string) { address = s; close(open) }
	ended := make(chan error, 1)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		ended <- run(ctx, []string{"-data", data, "-smtp", "127.0.0.1:0", "-http", "127.0.0.1:0", "-trust-smtp"}, m)
	}()
	<-open
	require.NoError(t, smtp.SendMail(address, nil, "bo@example.net", []string{"privacy@example.com"}, []byte(puzzle)))
	select {
	case <-asked:
	case <-time.After(10 * time.Second):
		t.Fatal("nobody asked the model")
	}
	require.NoError(t, smtp.SendMail(address, nil, "ana@example.net", []string{"privacy@example.com"}, []byte(deletion(1))))
	require.Eventually(t, func() bool { return len(letters(t, data)) >= 2 }, 10*time.Second, 5*time.Millisecond)
	cancel()
	assert.NoError(t, <-ended, "and nobody waits for it at the end")
}
