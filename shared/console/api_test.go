package console_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/cases"
	"rightsmail/shared/console"
)

// schema is the part of JSON Schema that our description uses.
type schema struct {
	Ref                  string             `yaml:"$ref"`
	Type                 any                `yaml:"type"` // one word or several
	Properties           map[string]*schema `yaml:"properties"`
	Required             []string           `yaml:"required"`
	Items                *schema            `yaml:"items"`
	AdditionalProperties *schema            `yaml:"additionalProperties"`
	AllOf                []*schema          `yaml:"allOf"`
	AnyOf                []*schema          `yaml:"anyOf"`
	Enum                 []string           `yaml:"enum"`
	Format               string             `yaml:"format"`
}

type document struct {
	Paths      map[string]map[string]operation `yaml:"paths"`
	Components struct {
		Schemas  map[string]*schema `yaml:"schemas"`
		Security map[string]struct {
			Type   string `yaml:"type"`
			Scheme string `yaml:"scheme"`
		} `yaml:"securitySchemes"`
	} `yaml:"components"`
}

// operation is the part of one that says who may.
type operation struct {
	Security  []map[string][]string `yaml:"security"`
	Responses map[string]any        `yaml:"responses"`
}

func described(t *testing.T, o *office) document {
	t.Helper()
	res := o.get("/api/openapi.yaml")
	assert.Equal(t, "application/yaml", res.Header.Get("Content-Type"))
	var d document
	require.NoError(t, yaml.Unmarshal([]byte(body(t, res)), &d))
	return d
}

// resolve follows references and merges what has to hold together.
func (d document) resolve(s *schema) *schema {
	if s.Ref != "" {
		return d.resolve(d.Components.Schemas[strings.TrimPrefix(s.Ref, "#/components/schemas/")])
	}
	if len(s.AllOf) == 0 {
		return s
	}
	all := &schema{Type: "object", Properties: map[string]*schema{}}
	for _, part := range s.AllOf {
		part = d.resolve(part)
		all.Required = append(all.Required, part.Required...)
		for name, p := range part.Properties {
			all.Properties[name] = p
		}
	}
	return all
}

// check says where a value is not what the schema says: a wrong type, a field that is
// missing, one that is not described.
func (d document) check(at string, s *schema, value any) []string {
	s = d.resolve(s)
	if len(s.AnyOf) > 0 {
		var worst []string
		for _, option := range s.AnyOf {
			if worst = d.check(at, option, value); len(worst) == 0 {
				return nil
			}
		}
		return worst
	}
	if !s.allows(value) {
		return []string{fmt.Sprintf("%s: %v is no %v", at, value, s.Type)}
	}
	var wrong []string
	switch value := value.(type) {
	case map[string]any:
		for name, v := range value {
			switch {
			case s.Properties[name] != nil:
				wrong = append(wrong, d.check(at+"."+name, s.Properties[name], v)...)
			case s.AdditionalProperties != nil:
				wrong = append(wrong, d.check(at+"."+name, s.AdditionalProperties, v)...)
			default:
				wrong = append(wrong, at+"."+name+" is not described")
			}
		}
		for _, name := range s.Required {
			if _, ok := value[name]; !ok {
				wrong = append(wrong, at+"."+name+" is missing")
			}
		}
		if len(s.Required) != len(s.Properties) {
			wrong = append(wrong, at+": every field is always there, so required lists them all")
		}
	case []any:
		for i, v := range value {
			wrong = append(wrong, d.check(fmt.Sprintf("%s[%d]", at, i), s.Items, v)...)
		}
	case string:
		if s.Format == "date-time" {
			if _, err := time.Parse(time.RFC3339Nano, value); err != nil || !strings.HasSuffix(value, "Z") {
				wrong = append(wrong, at+": "+value+" is no time in UTC")
			}
		}
	}
	return wrong
}

func (s *schema) allows(value any) bool {
	kind := "null"
	switch v := value.(type) {
	case string:
		kind = "string"
	case bool:
		kind = "boolean"
	case float64:
		kind = "number"
		if v == float64(int64(v)) && s.Type == "integer" {
			kind = "integer"
		}
	case []any:
		kind = "array"
	case map[string]any:
		kind = "object"
	}
	switch types := s.Type.(type) {
	case string:
		return types == kind
	case []any:
		for _, one := range types {
			if one == kind {
				return true
			}
		}
	}
	return false
}

func (o *office) api(path string) any {
	o.t.Helper()
	res := o.get(path)
	raw := body(o.t, res)
	require.Equal(o.t, http.StatusOK, res.StatusCode, raw)
	require.Equal(o.t, "application/json", res.Header.Get("Content-Type"))
	var value any
	require.NoError(o.t, json.Unmarshal([]byte(raw), &value))
	return value
}

func TestAnswersFitTheirDescription(t *testing.T) {
	o, paths := furnished(t)
	d := described(t, o)
	answers := map[string]string{
		"/api/queues": "Queues", "/api/cases?status=all": "Cases", "/api/cases?queue=nevada": "Cases", "/api/cases?status=all&limit=1": "Cases",
		"/api/metrics": "Metrics", "/api/metrics?from=2020-01-01&to=2020-12-31": "Metrics", "/api/metrics?jurisdiction=us-ca": "Metrics", "/healthz": "Health",
	}
	for _, path := range paths {
		if strings.HasPrefix(path, "/cases/") {
			answers["/api"+path] = "CaseDetail"
		}
	}
	for path, name := range answers {
		require.NotNil(t, d.Components.Schemas[name], name)
		assert.Empty(t, d.check(name, d.Components.Schemas[name], o.api(path)), path)
		address, _, _ := strings.Cut(path, "?")
		if name == "CaseDetail" {
			address = "/api/cases/{id}"
		}
		assert.Contains(t, d.Paths, address)
	}
	bad := o.get("/api/cases?limit=0")
	var value any
	require.NoError(t, json.Unmarshal([]byte(body(t, bad)), &value))
	assert.Empty(t, d.check("Error", d.Components.Schemas["Error"], value))
}

func TestEveryAddressForProgramsIsDescribedWithItsToken(t *testing.T) {
	d := described(t, open(t))
	assert.Equal(t, "http", d.Components.Security["bearer"].Type)
	assert.Equal(t, "bearer", d.Components.Security["bearer"].Scheme)
	for _, pattern := range console.Routes() {
		path, ok := strings.CutPrefix(pattern, "GET ")
		if !ok || !strings.HasPrefix(path, "/api/") {
			continue
		}
		get, ok := d.Paths[path]["get"]
		require.True(t, ok, "%s is not described", path)
		assert.Equal(t, []map[string][]string{{"bearer": {}}}, get.Security, path)
		assert.Contains(t, get.Responses, "401", path)
		assert.Contains(t, get.Responses, "403", path)
	}
	assert.Empty(t, d.Paths["/healthz"]["get"].Security)
}

func TestDescriptionCheckFindsWhatDiffers(t *testing.T) {
	o := open(t)
	d := described(t, o)
	health := d.Components.Schemas["Health"]
	assert.NotEmpty(t, d.check("", health, map[string]any{}))
	assert.NotEmpty(t, d.check("", health, map[string]any{"status": 1.0}))
	assert.NotEmpty(t, d.check("", health, map[string]any{"status": "ok", "more": "x"}))
	assert.NotEmpty(t, d.check("", health, nil))
}

func TestAPIQueuesCountsEveryQueue(t *testing.T) {
	o := open(t)
	o.held()
	queues := o.api("/api/queues").(map[string]any)["queues"].([]any)
	assert.Len(t, queues, 12)
	for _, q := range queues {
		q := q.(map[string]any)
		if q["queue"] == "ccpa" {
			assert.Equal(t, 2.0, q["open"])
			assert.Equal(t, 1.0, q["held"])
			assert.Equal(t, "2026-03-14T06:59:59Z", q["next_due"], "end of Friday 13 March in California")
		} else {
			assert.Nil(t, q["next_due"])
		}
	}
}

func TestAPICasesFiltersAndTurnsPages(t *testing.T) {
	o := open(t)
	held := o.held()
	closed := o.receive(letter(7, "closed", deletion))[0]
	require.Equal(t, http.StatusSeeOther, o.form(closed, "close", url.Values{"outcome": {"complied"}}).StatusCode)

	ids := func(path string) (list []string, next string) {
		answer := o.api(path).(map[string]any)
		for _, c := range answer["cases"].([]any) {
			list = append(list, c.(map[string]any)["id"].(string))
		}
		return list, answer["next_cursor"].(string)
	}
	byDefault, _ := ids("/api/cases?queue=ccpa")
	assert.Len(t, byDefault, 2)
	assert.NotContains(t, byDefault, string(held), "held is never mixed with open")
	only, _ := ids("/api/cases?status=held")
	assert.Equal(t, []string{string(held)}, only)
	only, _ = ids("/api/cases?status=closed")
	assert.Equal(t, []string{string(closed)}, only)
	none, next := ids("/api/cases?queue=nevada&status=all")
	assert.Empty(t, none)
	assert.Empty(t, next)

	var all []string
	path := "/api/cases?status=all&limit=3"
	for cursor := ""; ; {
		page, next := ids(path + "&cursor=" + url.QueryEscape(cursor))
		all = append(all, page...)
		if cursor = next; cursor == "" {
			break
		}
	}
	assert.Len(t, all, 4)
	assert.Equal(t, string(closed), all[3], "closed ones come last")
}

func TestAPIListsHoldNoWordsOfTheBody(t *testing.T) {
	o := open(t)
	id := o.receive(letter(1, "subject only", deletion+" zanzibar"))[0]
	assert.NotContains(t, body(t, o.get("/api/cases?status=all")), "zanzibar")
	assert.Contains(t, body(t, o.get("/api/cases/"+string(id))), "zanzibar")
}

func TestAPIRefusesWhatItDoesNotKnow(t *testing.T) {
	o := open(t)
	for path, say := range map[string]string{
		"/api/cases?queu=ccpa":          "Known here: queue, status, cursor, limit",
		"/api/cases?queue=sales":        "queue is one of children, legal",
		"/api/cases?status=late":        "status is one of open, held, closed, all",
		"/api/cases?limit=501":          "from 1 to 500",
		"/api/cases?limit=ten":          "from 1 to 500",
		"/api/cases?cursor=nonsense":    "begin again without a cursor",
		"/api/cases?limit=1&limit=2":    "Give limit once",
		"/api/queues?all=1":             "takes no query parameters",
		"/api/metrics?from=2026-02-30":  "a date like 2026-01-31",
		"/api/metrics?to=9999-99-99":    "a date like 2026-01-31",
		"/api/metrics?from=2027-01-01":  "from must not be after to",
		"/api/metrics?jurisdiction=any": "jurisdiction is one of",
		"/api/openapi.yaml?x=1":         "takes no query parameters",
	} {
		res := o.get(path)
		assert.Equal(t, http.StatusBadRequest, res.StatusCode, path)
		var answer map[string]string
		require.NoError(t, json.Unmarshal([]byte(body(t, res)), &answer), path)
		assert.Contains(t, answer["error"], say, path)
	}
}

func TestAPIMetricsNameTheCasesBehindTheNumbers(t *testing.T) {
	o := open(t)
	held := o.held()
	rows := o.api("/api/metrics").(map[string]any)["rows"].([]any)
	know := rows[0].(map[string]any)
	assert.Equal(t, "know", know["category"])
	assert.Equal(t, 3.0, know["received"])
	assert.Equal(t, 1.0, know["held"])
	assert.Nil(t, know["median_days"], "nothing answered is no zero")
	assert.Equal(t, []any{string(held)}, know["cases"].(map[string]any)["held"])
}

func TestAPISpanCountsByTheCivilDateOfTheLaw(t *testing.T) {
	o := open(t)
	o.now = time.Date(2027, 1, 1, 5, 0, 0, 0, time.UTC) // 31 December, 21:00, in California
	id := o.receive(letter(1, "new year's eve", deletion))[0]
	require.Equal(t, cases.Open, o.one(id).Status)
	received := func(path string) any {
		return o.api(path).(map[string]any)["total"].(map[string]any)["received"]
	}
	assert.Equal(t, 1.0, received("/api/metrics?from=2026-12-31&to=2026-12-31"))
	assert.Equal(t, 0.0, received("/api/metrics?from=2027-01-01&to=2027-12-31"))
	assert.Equal(t, 1.0, received("/api/metrics"), "by default the year that California is in")
}
