package endtoend

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// model is an OpenAI-compatible server that says what it is told to.
type model struct {
	server *httptest.Server

	mu     sync.Mutex
	asked  [][]byte // bodies of the requests
	answer string   // content of its message; empty: it is down
}

func newModel(t *testing.T) *model {
	t.Helper()
	m := &model{}
	m.server = httptest.NewServer(m)
	t.Cleanup(m.server.Close)
	return m
}

func (m *model) says(answer string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.answer = answer
}

func (m *model) questions() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.asked)
}

func (m *model) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	m.mu.Lock()
	m.asked = append(m.asked, body)
	answer := m.answer
	m.mu.Unlock()
	if answer == "" || r.URL.Path != "/v1/chat/completions" {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{ // the function may be gone
		"id": "chatcmpl-1", "object": "chat.completion", "created": 1770000000, "model": "model-of-the-tests",
		"choices": []any{map[string]any{"index": 0, "finish_reason": "stop", "message": map[string]any{"role": "assistant", "content": answer}}},
		"usage":   map[string]any{"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120},
	})
}
