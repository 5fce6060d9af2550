package opinion

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/openai"
)

// server is an OpenAI-compatible server that does what it is told to, over HTTP.
type server struct {
	url    string
	mu     sync.Mutex
	answer http.HandlerFunc
	bodies [][]byte
}

func newServer(t *testing.T, answer http.HandlerFunc) *server {
	t.Helper()
	s := &server{answer: answer}
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		s.mu.Lock()
		s.bodies = append(s.bodies, body)
		answer := s.answer
		s.mu.Unlock()
		answer(w, r.WithContext(context.WithValue(r.Context(), bodyKey{}, body)))
	}))
	t.Cleanup(h.Close)
	s.url = h.URL + "/v1"
	return s
}

// bodyKey finds the body of a request in its context.
type bodyKey struct{}

// mailOf is the mail as the model was shown it.
func mailOf(t *testing.T, r *http.Request) (subject, text string) {
	t.Helper()
	var request struct{ Messages []struct{ Content string } }
	body, _ := r.Context().Value(bodyKey{}).([]byte)
	require.NoError(t, json.Unmarshal(body, &request))
	lines := strings.Split(request.Messages[1].Content, "\n")
	var data struct{ Subject, Text string }
	require.NoError(t, json.Unmarshal([]byte(lines[2]), &data))
	return data.Subject, data.Text
}

func (s *server) asked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.bodies)
}

// model asks the server, with pauses that nobody waits for and a die that always falls
// alike.
func (s *server) model() *openai.Model {
	return openai.Open(openai.Options{
		URL: s.url, Model: "model-1", Timeout: 2 * time.Second, Random: func() float64 { return 0.5 },
		Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	})
}

// says is a whole answer with this content.
func says(content string) http.HandlerFunc {
	return finishes("stop", map[string]any{"content": content})
}

// finishes is an answer with one choice.
func finishes(reason string, message map[string]any) http.HandlerFunc {
	return choices(map[string]any{"index": 0, "finish_reason": reason, "message": message})
}

func choices(list ...any) http.HandlerFunc {
	if list == nil {
		list = []any{}
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{ // whoever asked may be gone
			"id": "chatcmpl-1", "object": "chat.completion", "created": 1770000000, "model": "model-1-2026", "choices": list,
			"usage": map[string]int{"prompt_tokens": 900, "completion_tokens": 30, "total_tokens": 930},
		})
	}
}

// fails is a failure that repeats the mail, as those of servers do.
func fails(status int, code string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, _ := r.Context().Value(bodyKey{}).([]byte)
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{"message": string(body), "type": code, "code": code}})
	}
}

// claim is one claim of an answer.
func claim(right, quote string) string {
	quoted, err := json.Marshal(quote)
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf(`{"right":%q,"quote":%s}`, right, quoted)
}

func claims(list ...string) string { return `{"claims":[` + strings.Join(list, ",") + `]}` }
