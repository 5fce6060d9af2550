package queue_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/classify"
	"rightsmail/shared/email"
	"rightsmail/shared/queue"
	"rightsmail/shared/rights"
)

// property is the part of JSON Schema that our schema uses.
type property struct {
	Type        string    `json:"type"`
	Description string    `json:"description"`
	Const       string    `json:"const"`
	Enum        []string  `json:"enum"`
	Pattern     string    `json:"pattern"`
	Format      string    `json:"format"`
	MinLength   int       `json:"minLength"`
	MaxLength   int       `json:"maxLength"`
	Minimum     int       `json:"minimum"`
	Maximum     int       `json:"maximum"`
	Items       *property `json:"items"`
}

type document struct {
	Dialect     string              `json:"$schema"`
	ID          string              `json:"$id"`
	Title       string              `json:"title"`
	Description string              `json:"description"`
	Type        string              `json:"type"`
	Required    []string            `json:"required"`
	Properties  map[string]property `json:"properties"`
}

func schema(t *testing.T) document {
	t.Helper()
	var d document
	dec := json.NewDecoder(bytes.NewReader(queue.SchemaJSON()))
	dec.DisallowUnknownFields() // a keyword that this test does not check is not checked at all
	require.NoError(t, dec.Decode(&d))
	return d
}

func full() queue.Message {
	return queue.Message{
		Schema: queue.Schema, ID: "handoff-RM-8F3K-2Q7D-1-v1", Queue: "ccpa", Case: "RM-8F3K-2Q7D-1", Right: "ccpa_delete",
		Law: "California Consumer Privacy Act", Citation: "Cal. Civ. Code 1798.105", Jurisdiction: "us-ca", Priority: 2,
		ReceivedAt: time.Date(2026, 3, 3, 2, 0, 0, 0, time.UTC), Zone: "America/Los_Angeles",
		AcknowledgeBy: "2026-03-13", RespondBy: "2026-04-15", StatutoryDue: "2026-04-16",
		Verification: "reasonable", Missing: []string{"name"}, Review: []string{"two readings of one sentence"},
		Consumer: "c1d5a1b8f7e0", Standing: "authenticated", Role: "self", Language: "en",
	}
}

// fields maps the JSON name of every field of Message to whether it may be left out.
func fields() map[string]bool {
	out := map[string]bool{}
	for f := range reflect.TypeFor[queue.Message]().Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		out[name] = options == "omitempty"
	}
	return out
}

func TestSchemaAndMessageHaveTheSameFields(t *testing.T) {
	s := schema(t)
	assert.Equal(t, "https://json-schema.org/draft/2020-12/schema", s.Dialect)
	assert.True(t, strings.HasSuffix(s.ID, queue.Schema))
	assert.Equal(t, queue.Schema, s.Properties["schema"].Const)
	assert.ElementsMatch(t, slices.Collect(maps.Keys(fields())), slices.Collect(maps.Keys(s.Properties)))
	for name, optional := range fields() {
		assert.Equal(t, !optional, slices.Contains(s.Required, name), "%s: what is never left out is required", name)
		assert.NotEmpty(t, s.Properties[name].Description, name)
	}
	assert.Len(t, s.Required, len(slices.Compact(slices.Sorted(slices.Values(s.Required)))))
}

func words[T ~string](ws ...T) []string {
	var out []string
	for _, w := range ws {
		out = append(out, string(w))
	}
	return out
}

func TestSchemaKnowsTheWordsOfTheRooms(t *testing.T) {
	p := schema(t).Properties
	assert.ElementsMatch(t, p["queue"].Enum, words(
		rights.QueueChildren, rights.QueueLegal, rights.QueueSecurity, rights.QueueReview, rights.QueueCCPA, rights.QueueOptOut,
		rights.QueueShineTheLight, rights.QueueNevada, rights.QueueGDPR, rights.QueueDPF, rights.QueueMarketing, rights.QueueSupport))
	assert.ElementsMatch(t, p["jurisdiction"].Enum, words(
		rights.California, rights.Nevada, rights.OtherUS, rights.EU, rights.UK, rights.Switzerland, rights.Unspecified))
	assert.ElementsMatch(t, p["verification"].Enum, words(
		rights.VerifyForbidden, rights.VerifyNone, rights.VerifyOnDoubt, rights.VerifyReasonable, rights.VerifyHigh,
		rights.VerifyParent, rights.VerifyHuman))
	assert.ElementsMatch(t, p["standing"].Enum, words(email.Authenticated, email.Unproven, email.Forged))
	assert.ElementsMatch(t, p["role"].Enum, append(words(
		classify.RoleSelf, classify.RoleAgent, classify.RoleParent, classify.RoleChild, classify.RoleHeir,
		classify.RoleRegulator, classify.RoleEmployer, classify.RoleVisitor), ""))
}

func TestValidateAllowsEveryWordOfTheSchema(t *testing.T) {
	set := map[string]func(*queue.Message, string){
		"queue":        func(m *queue.Message, w string) { m.Queue = w },
		"jurisdiction": func(m *queue.Message, w string) { m.Jurisdiction = w },
		"verification": func(m *queue.Message, w string) { m.Verification = w },
		"standing":     func(m *queue.Message, w string) { m.Standing = w },
		"role":         func(m *queue.Message, w string) { m.Role = w },
	}
	for name, p := range schema(t).Properties {
		for _, w := range p.Enum {
			require.Contains(t, set, name)
			m := full()
			set[name](&m, w)
			assert.NoError(t, m.Validate(), "%s %q", name, w)
		}
	}
}

// conforms checks one decoded message against the schema, keyword by keyword.
func conforms(t *testing.T, raw []byte) {
	t.Helper()
	s := schema(t)
	var m map[string]any
	require.NoError(t, json.Unmarshal(raw, &m))
	for _, name := range s.Required {
		assert.Contains(t, m, name)
	}
	for name, value := range m {
		p, known := s.Properties[name]
		if assert.True(t, known, "%s is not in the schema", name) {
			conformsTo(t, name, p, value)
		}
	}
}

func conformsTo(t *testing.T, name string, p property, value any) {
	t.Helper()
	switch v := value.(type) {
	case string:
		if p.Const != "" {
			assert.Equal(t, p.Const, v, name)
			return
		}
		if p.Enum != nil {
			assert.Contains(t, p.Enum, v, name)
			return
		}
		assert.Equal(t, "string", p.Type, name)
		assert.Regexp(t, regexp.MustCompile(p.Pattern), v, name)
		assert.GreaterOrEqual(t, len(v), p.MinLength, name)
		if p.MaxLength > 0 {
			assert.LessOrEqual(t, len(v), p.MaxLength, name)
		}
		layout := map[string]string{"date": time.DateOnly, "date-time": time.RFC3339}[p.Format]
		if layout != "" {
			_, err := time.Parse(layout, v)
			assert.NoError(t, err, name)
		}
	case float64:
		assert.Equal(t, "integer", p.Type, name)
		assert.GreaterOrEqual(t, int(v), p.Minimum, name)
		assert.LessOrEqual(t, int(v), p.Maximum, name)
	case bool:
		assert.Equal(t, "boolean", p.Type, name)
	case []any:
		assert.Equal(t, "array", p.Type, name)
		for _, item := range v {
			conformsTo(t, name, *p.Items, item)
		}
	default:
		t.Errorf("%s: %T is not in the schema", name, v)
	}
}

func TestMessagesThatGoWritesFitTheSchema(t *testing.T) {
	sparse := full()
	sparse.Law, sparse.Citation, sparse.Zone, sparse.Consumer, sparse.Role = "", "", "", "", ""
	sparse.AcknowledgeBy, sparse.RespondBy, sparse.StatutoryDue = "", "", ""
	sparse.Missing, sparse.Review, sparse.Language = nil, nil, "und"
	for name, m := range map[string]queue.Message{"full": full(), "sparse": sparse} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, m.Validate())
			raw, err := json.Marshal(m)
			require.NoError(t, err)
			conforms(t, raw)

			var back queue.Message
			require.NoError(t, json.Unmarshal(raw, &back))
			assert.Equal(t, m, back)
		})
	}
}

func TestExampleFitsTheSchemaAndTheMessage(t *testing.T) {
	conforms(t, queue.ExampleJSON())
	var m queue.Message
	dec := json.NewDecoder(bytes.NewReader(queue.ExampleJSON()))
	dec.DisallowUnknownFields()
	require.NoError(t, dec.Decode(&m))
	assert.NoError(t, m.Validate())
}

func TestValidateNamesTheFieldThatDoesNotFit(t *testing.T) {
	for field, spoil := range map[string]func(*queue.Message){
		"schema":         func(m *queue.Message) { m.Schema = "rightsmail.request.v2" },
		"id":             func(m *queue.Message) { m.ID = "" },
		"queue":          func(m *queue.Message) { m.Queue = "q_ccpa" },
		"case":           func(m *queue.Message) { m.Case = "jane@example.org" },
		"right":          func(m *queue.Message) { m.Right = "Please delete" },
		"jurisdiction":   func(m *queue.Message) { m.Jurisdiction = "" },
		"priority":       func(m *queue.Message) { m.Priority = 4 },
		"received_at":    func(m *queue.Message) { m.ReceivedAt = m.ReceivedAt.In(time.FixedZone("PST", -8*3600)) },
		"acknowledge_by": func(m *queue.Message) { m.AcknowledgeBy = "2026-02-30" },
		"respond_by":     func(m *queue.Message) { m.RespondBy = "2026-04-17" },
		"statutory_due":  func(m *queue.Message) { m.StatutoryDue = "16 April" },
		"verification":   func(m *queue.Message) { m.Verification = "passport" },
		"missing":        func(m *queue.Message) { m.Missing = []string{""} },
		"review":         func(m *queue.Message) { m.Review = []string{" "} },
		"standing":       func(m *queue.Message) { m.Standing = "" },
		"role":           func(m *queue.Message) { m.Role = "robot" },
		"language":       func(m *queue.Message) { m.Language = "" },
	} {
		t.Run(field, func(t *testing.T) {
			m := full()
			spoil(&m)
			require.ErrorContains(t, m.Validate(), "\n"+field+":")
		})
	}
}

func TestValidateReportsAllAtOnceAndRepeatsNoValue(t *testing.T) {
	m := full()
	m.Case, m.Role, m.Priority = "jane@example.org", "jane@example.org", -1
	err := m.Validate()
	for _, field := range []string{"case", "role", "priority"} {
		require.ErrorContains(t, err, "\n"+field+":")
	}
	assert.NotContains(t, err.Error(), "jane")
}
