package endtoend

import (
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

const modelName = "model-of-the-tests"

// withModel are the parameters of a system that asks one.
var withModel = map[string]string{"ModelName": modelName}

// noClaims is the answer of a model that sees no right in a mail.
const noClaims = `{"claims":[]}`

// model is an OpenAI-compatible server that says what it is told to.
type model struct {
	server      *httptest.Server
	certificate string // file with its certificate

	mu     sync.Mutex
	asked  [][]byte // bodies of the requests
	answer string   // content of its message; empty: it is down
}

func newModel(t *testing.T) *model {
	t.Helper()
	m := &model{}
	m.server = httptest.NewTLSServer(m)
	t.Cleanup(m.server.Close)
	m.certificate = filepath.Join(t.TempDir(), "model.pem")
	block := &pem.Block{Type: "CERTIFICATE", Bytes: m.server.Certificate().Raw}
	require.NoError(t, os.WriteFile(m.certificate, pem.EncodeToMemory(block), 0o600))
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
		"id": "chatcmpl-1", "object": "chat.completion", "created": 1770000000, "model": modelName,
		"choices": []any{map[string]any{"index": 0, "finish_reason": "stop", "message": map[string]any{"role": "assistant", "content": answer}}},
		"usage":   map[string]any{"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120},
	})
}
