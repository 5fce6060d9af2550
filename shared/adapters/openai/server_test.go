package openai_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/openai"
	"rightsmail/shared/classify"
	"rightsmail/shared/rights"
)

// canary stands in every answer of the server and in the mail, and in no error.
const canary = "canary-2f6b"

func question() classify.Question {
	return classify.Question{
		Subject: "Hello " + canary, Text: "Please erase <all> you hold on me & confirm to [email]. " + canary, Language: "en",
		Choices: []rights.ID{"gdpr_erasure", "ccpa_delete"},
		Titles:  map[rights.ID]string{"gdpr_erasure": "Erasure of personal data"},
	}
}

// server plays a model: one handler per request, the last one again and again.
type server struct {
	url    string
	mu     sync.Mutex
	bodies [][]byte
	keys   []string
}

func playing(t *testing.T, answers ...http.HandlerFunc) *server {
	t.Helper()
	s := &server{}
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		assert.Equal(t, "/v1/chat/completions", r.URL.Path)
		s.mu.Lock()
		n := len(s.bodies)
		s.bodies, s.keys = append(s.bodies, body), append(s.keys, r.Header.Get("Authorization"))
		s.mu.Unlock()
		answers[min(n, len(answers)-1)](w, r)
	}))
	t.Cleanup(h.Close)
	s.url = h.URL + "/v1"
	return s
}

func (s *server) asked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.bodies)
}

// opened is the model of a server, with pauses that are noted and not waited for.
func (s *server) opened(pauses *[]time.Duration) *openai.Model {
	return openai.Open(openai.Options{
		URL: s.url, Model: "test-model", Key: "key-1", Timeout: 5 * time.Second, Random: func() float64 { return 0.5 },
		Wait: func(ctx context.Context, d time.Duration) error {
			if pauses != nil {
				*pauses = append(*pauses, d)
			}
			return ctx.Err()
		},
	})
}

// says is an answer with this content.
func says(content string) http.HandlerFunc {
	return answers(map[string]any{
		"model": "test-model-2026-01-01", "usage": map[string]int{"prompt_tokens": 300, "completion_tokens": 21, "total_tokens": 321},
		"choices": []any{map[string]any{"finish_reason": "stop", "message": map[string]string{"role": "assistant", "content": content}}},
	})
}

// answers is HTTP 200 with this value.
func answers(value any) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(value)
	}
}

// fails is a failure whose text repeats the mail, as those of servers do.
func fails(status int, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, `{"error":{"message":"invalid: `+canary+`","type":"`+canary+`","code":"`+canary+`"}}`)
	}
}

const good = `{"claims":[{"right":"gdpr_erasure","quote":"Please erase <all> you hold"}]}`

// suggest asks, and holds every error to its promise.
func suggest(t *testing.T, m *openai.Model) (classify.Suggestion, error) {
	t.Helper()
	got, err := m.Suggest(t.Context(), question())
	if err != nil {
		require.NotContains(t, err.Error(), canary)
		require.NotContains(t, err.Error(), "key-1")
		require.Empty(t, got.Claims)
	}
	return got, err
}
