package openai

import (
	"context"
	"encoding/json"
	"math"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	api "github.com/sashabaranov/go-openai"

	"rightsmail/shared/classify"
)

// Options direct a Model. URL and Model are needed; every other zero value works.
type Options struct {
	URL   string // up to and with /v1
	Model string
	Key   string // empty: the server needs none

	// Format is how the schema of the answer is sent. Empty or JSONSchema is OpenAI's
	// way; JSONObject is that of servers that take the schema beside the type and count
	// an answer in max_tokens, such as llama-cpp-python.
	Format string

	HTTP        *http.Client  // nil: http.DefaultClient. Redirects are never followed
	Timeout     time.Duration // of one attempt; 0 means 20 seconds
	Temperature *float32      // nil: not sent, and some models refuse any
	MaxTokens   int           // of the answer, what a model thinks included; 0 means classify.MaxAnswer

	// Wait pauses before the second attempt; nil waits for the time or the context.
	Wait func(ctx context.Context, d time.Duration) error
	// Random gives numbers from 0 to 1, 1 excluded, for the length of the pause; nil
	// takes those of the machine.
	Random func() float64
}

// The formats.
const (
	JSONSchema = "json_schema"
	JSONObject = "json_object"
)

// Model asks a server. It is safe for concurrent use.
type Model struct {
	o      Options
	config api.ClientConfig
	memory memory
}

var _ classify.Model = (*Model)(nil)

// Open returns a model. It asks the server nothing.
func Open(o Options) *Model {
	o = o.withDefaults()
	config := api.DefaultConfig(strings.TrimSpace(o.Key)) // a key from a file ends in a line end
	config.BaseURL = strings.TrimSuffix(o.URL, "/")
	return &Model{o: o, config: config}
}

func (o Options) withDefaults() Options {
	if o.HTTP == nil {
		o.HTTP = http.DefaultClient
	}
	client := *o.HTTP
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // mail goes where the setting says
	o.HTTP = &client
	if o.Timeout == 0 {
		o.Timeout = 20 * time.Second
	}
	if o.MaxTokens == 0 {
		o.MaxTokens = classify.MaxAnswer
	}
	if o.Wait == nil {
		o.Wait = wait
	}
	if o.Random == nil {
		o.Random = rand.Float64 // #nosec G404 -- spreads attempts; nothing is kept secret by it
	}
	return o
}

// Suggest asks for the rights that a mail asks for; see classify.Model.
func (m *Model) Suggest(ctx context.Context, q classify.Question) (classify.Suggestion, error) {
	if len(q.Choices) == 0 {
		return classify.Suggestion{}, silent(classify.SilentRejected, "there is no right to choose from")
	}
	request, about, err := m.request(q)
	if err != nil {
		return classify.Suggestion{}, silent(classify.SilentRejected, "the question could not be written")
	}
	body, err := m.body(request)
	if err != nil {
		return about, silent(classify.SilentRejected, "the question could not be written")
	}
	if answer, known := m.memory.get(body); known {
		return answer, nil
	}
	response, err := m.ask(ctx, request, body)
	if err != nil {
		return about, err
	}
	about.Model = m.name(response.Model)
	about.Input, about.Output = used(response.Usage)
	if about.Claims, err = claims(response); err != nil {
		return about, err
	}
	m.memory.put(body, about)
	return about, nil
}

// request is what the server gets, and what is kept of it with the answer.
func (m *Model) request(q classify.Question) (api.ChatCompletionRequest, classify.Suggestion, error) {
	schema, err := schemaOf(q.Choices)
	if err != nil {
		return api.ChatCompletionRequest{}, classify.Suggestion{}, err
	}
	user, err := userMessage(q)
	if err != nil {
		return api.ChatCompletionRequest{}, classify.Suggestion{}, err
	}
	system := systemMessage(q)
	r := api.ChatCompletionRequest{
		Model: m.o.Model,
		Messages: []api.ChatCompletionMessage{
			{Role: api.ChatMessageRoleSystem, Content: system},
			{Role: api.ChatMessageRoleUser, Content: user},
		},
		MaxCompletionTokens: m.o.MaxTokens,
		ResponseFormat: &api.ChatCompletionResponseFormat{
			Type:       api.ChatCompletionResponseFormatTypeJSONSchema,
			JSONSchema: &api.ChatCompletionResponseFormatJSONSchema{Name: schemaName, Schema: schema, Strict: true},
		},
	}
	if t := m.o.Temperature; t != nil {
		r.Temperature = max(*t, math.SmallestNonzeroFloat32) // the client leaves a 0 out
	}
	return r, classify.Suggestion{Model: m.o.Model, Prompt: version(promptName, []byte(system)), Schema: version(schemaName, schema)}, nil
}

// body writes the request in the format of the server.
func (m *Model) body(r api.ChatCompletionRequest) ([]byte, error) {
	if m.o.Format != JSONObject {
		return json.Marshal(r)
	}
	type format struct {
		Type   string         `json:"type"`
		Schema json.Marshaler `json:"schema"`
	}
	schema := r.ResponseFormat.JSONSchema.Schema
	r.ResponseFormat, r.MaxCompletionTokens = nil, 0
	return json.Marshal(struct {
		api.ChatCompletionRequest
		MaxTokens      int    `json:"max_tokens"`
		ResponseFormat format `json:"response_format"`
	}{r, m.o.MaxTokens, format{JSONObject, schema}})
}

// used is what a server says that it used; nothing if that can not be.
func used(u api.Usage) (input, output int) {
	return max(u.PromptTokens, 0), max(u.CompletionTokens, u.TotalTokens-max(u.PromptTokens, 0), 0)
}

// silent is that the model will not help with this mail, with our own word of the
// reason.
func silent(why classify.Silence, detail string) *classify.SilenceError {
	return &classify.SilenceError{Why: why, Detail: detail}
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
