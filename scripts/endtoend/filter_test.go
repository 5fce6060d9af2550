package endtoend

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// passes tells whether an event source mapping lets a record through: any of its
// patterns has to match. No pattern lets everything through.
func passes(patterns []string, record map[string]any) (bool, error) {
	for _, text := range patterns {
		var pattern map[string]any
		if err := json.Unmarshal([]byte(text), &pattern); err != nil {
			return false, err
		}
		if matches(pattern, record) {
			return true, nil
		}
	}
	return len(patterns) == 0, nil
}

// matches is the part of the language of event patterns that templates of ours use:
// every key of the pattern is there, and a list gives the values to choose from.
func matches(pattern map[string]any, record map[string]any) bool {
	for key, want := range pattern {
		got, there := record[key]
		switch want := want.(type) {
		case map[string]any:
			inner, ok := got.(map[string]any)
			if !ok || !matches(want, inner) {
				return false
			}
		case []any:
			if !anyOf(want, got, there) {
				return false
			}
		default:
			return false // not a pattern; Lambda would refuse it
		}
	}
	return true
}

func anyOf(choices []any, got any, there bool) bool {
	for _, choice := range choices {
		rule, ok := choice.(map[string]any)
		if !ok {
			if there && got == choice {
				return true
			}
			continue
		}
		text, isText := got.(string)
		switch {
		case rule["exists"] != nil && rule["exists"] == there:
			return true
		case rule["prefix"] != nil && isText && strings.HasPrefix(text, rule["prefix"].(string)):
			return true
		}
	}
	return false
}

func TestPatternsOfMappingsLetThroughWhatTheySay(t *testing.T) {
	record := map[string]any{"eventName": "INSERT", "dynamodb": map[string]any{
		"Keys": map[string]any{"pk": map[string]any{"S": "OUTBOX#1"}}, "NewImage": map[string]any{"g": map[string]any{"S": "x"}}}}
	for pattern, want := range map[string]bool{
		`{"eventName":["INSERT"]}`:                                                        true,
		`{"eventName":["MODIFY","INSERT"]}`:                                               true,
		`{"eventName":["REMOVE"]}`:                                                        false,
		`{"dynamodb":{"Keys":{"pk":{"S":[{"prefix":"OUTBOX#"}]}}}}`:                       true,
		`{"dynamodb":{"Keys":{"pk":{"S":[{"prefix":"CASE#"}]}}}}`:                         false,
		`{"dynamodb":{"NewImage":{"g":{"S":[{"exists":true}]}}}}`:                         true,
		`{"dynamodb":{"NewImage":{"h":{"S":[{"exists":true}]}}}}`:                         false,
		`{"eventName":["INSERT"],"dynamodb":{"Keys":{"pk":{"S":[{"prefix":"M"}]}}}}`:      false,
		`{"eventName":["INSERT"],"dynamodb":{"NewImage":{"g":{"S":["y","x"]}}}}`:          true,
		`{"eventName":["INSERT"],"dynamodb":{"NewImage":{"g":{"S":["y","z"]}}}}`:          false,
		`{"eventName":["INSERT"],"dynamodb":{"NewImage":{"g":{"S":[{"exists":false}]}}}}`: false,
	} {
		got, err := passes([]string{pattern}, record)
		require.NoError(t, err, pattern)
		assert.Equal(t, want, got, pattern)
	}
	got, err := passes(nil, record)
	require.NoError(t, err)
	assert.True(t, got)
}
