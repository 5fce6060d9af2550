package openai

import (
	"encoding/json"
	"errors"
	"io"
	"strings"

	api "github.com/sashabaranov/go-openai"

	"rightsmail/shared/classify"
	"rightsmail/shared/rights"
)

// claims reads an answer. Anything but a whole answer of the schema is no opinion:
// half of one may lack the half that mattered.
func claims(r api.ChatCompletionResponse) ([]classify.Claim, error) {
	if len(r.Choices) == 0 {
		return nil, silent(classify.SilentEmpty, "the answer is empty")
	}
	choice := r.Choices[0]
	switch {
	case choice.Message.Refusal != "":
		return nil, silent(classify.SilentRefused, "the model refused")
	case choice.FinishReason == api.FinishReasonLength:
		return nil, silent(classify.SilentCutOff, "the answer was cut off")
	case choice.FinishReason == api.FinishReasonContentFilter:
		return nil, silent(classify.SilentFiltered, "a filter of the server stopped the answer")
	case choice.FinishReason != api.FinishReasonStop && choice.FinishReason != "":
		return nil, silent(classify.SilentCutOff, "the answer ended for another reason than that it was done")
	case strings.TrimSpace(choice.Message.Content) == "":
		return nil, silent(classify.SilentEmpty, "the answer is empty")
	}
	list, err := claimsOf(choice.Message.Content)
	if err != nil {
		return nil, silent(classify.SilentGarbled, "the answer is not of the schema")
	}
	return list, nil
}

// claimsOf decodes an answer strictly. Its error never leaves this file: it holds words
// of the model.
func claimsOf(content string) ([]classify.Claim, error) {
	var answer struct {
		Claims []struct {
			Right *rights.ID `json:"right"`
			Quote *string    `json:"quote"`
		} `json:"claims"`
	}
	dec := json.NewDecoder(strings.NewReader(content))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&answer); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more than one value")
	}
	if answer.Claims == nil {
		return nil, errors.New("no claims")
	}
	claims := make([]classify.Claim, 0, len(answer.Claims))
	for _, c := range answer.Claims {
		if c.Right == nil || c.Quote == nil {
			return nil, errors.New("half a claim")
		}
		claims = append(claims, classify.Claim{Right: *c.Right, Quote: *c.Quote})
	}
	return claims, nil
}

// maxName is how many characters of a model's name are kept.
const maxName = 100

// name is the model as the server names it, which may be more exact than what was asked
// for; the setting, if that is no name.
func (m *Model) name(told string) string {
	odd := strings.IndexFunc(told, func(r rune) bool { return r <= ' ' || r > '~' }) >= 0
	if told == "" || odd || len(told) > maxName {
		return m.o.Model
	}
	return told
}
