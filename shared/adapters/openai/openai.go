package openai

import (
	"context"
	"fmt"
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

	HTTP        *http.Client  // nil: http.DefaultClient. Redirects are never followed
	Timeout     time.Duration // of one attempt; 0 means 20 seconds
	Temperature *float32      // nil: not sent, and some models refuse any
	MaxTokens   int           // of the answer, what a model thinks included; 0 means 4000

	// Wait pauses before the second attempt; nil waits for the time or the context.
	Wait func(ctx context.Context, d time.Duration) error
	// Random gives numbers from 0 to 1, 1 excluded, for the length of the pause; nil
	// takes those of the machine.
	Random func() float64
}

// Model asks a server. It is safe for concurrent use.
type Model struct {
	o      Options
	config api.ClientConfig
}

var _ classify.Model = (*Model)(nil)

// Open returns a model. It asks the server nothing.
func Open(o Options) *Model {
	o = o.withDefaults()
	config := api.DefaultConfig(strings.TrimSpace(o.Key)) // a key from a file ends in a line end
	config.BaseURL = strings.TrimSuffix(o.URL, "/")
	return &Model{o, config}
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
		o.MaxTokens = 4000
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
		return classify.Suggestion{}, noOpinion("there is no right to choose from")
	}
	request, err := m.request(q)
	if err != nil {
		return classify.Suggestion{}, err
	}
	response, err := m.ask(ctx, request)
	if err != nil {
		return classify.Suggestion{}, err
	}
	return m.suggestion(response)
}

// request is what the server gets.
func (m *Model) request(q classify.Question) (api.ChatCompletionRequest, error) {
	schema, err := schemaOf(q.Choices)
	if err != nil {
		return api.ChatCompletionRequest{}, noOpinion("the question could not be written")
	}
	user, err := userMessage(q)
	if err != nil {
		return api.ChatCompletionRequest{}, noOpinion("the question could not be written")
	}
	r := api.ChatCompletionRequest{
		Model: m.o.Model,
		Messages: []api.ChatCompletionMessage{
			{Role: api.ChatMessageRoleSystem, Content: systemMessage(q)},
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
	return r, nil
}

// noOpinion is an ErrNoOpinion with our own word of the reason.
func noOpinion(reason string) error { return fmt.Errorf("%w: %s", classify.ErrNoOpinion, reason) }

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
