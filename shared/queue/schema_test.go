package queue_test

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/queue"
	"rightsmail/shared/rights"
)

func decoded(t *testing.T, raw []byte) any {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	require.NoError(t, err)
	return v
}

// id is the $id of a schema.
func id(t *testing.T, raw []byte) string {
	t.Helper()
	var s struct {
		ID string `json:"$id"`
	}
	require.NoError(t, json.Unmarshal(raw, &s))
	return s.ID
}

// compiled is the schema of a category as a consumer compiles it, and its $id.
func compiled(t *testing.T, raw []byte) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	for _, s := range [][]byte{queue.SchemaJSON(), raw} {
		if err := c.AddResource(id(t, s), decoded(t, s)); err != nil {
			require.ErrorContains(t, err, "exists")
		}
	}
	s, err := c.Compile(id(t, raw))
	require.NoError(t, err)
	return s
}

func schemaFor(t *testing.T, category string) *jsonschema.Schema {
	t.Helper()
	raw, err := queue.SchemaFor(category)
	require.NoError(t, err)
	assert.Equal(t, "urn:rightsmail:schema:"+queue.Schema+"."+category, id(t, raw))
	return compiled(t, raw)
}

func exampleFor(t *testing.T, category string) ([]byte, queue.Message) {
	t.Helper()
	raw, err := queue.ExampleFor(category)
	require.NoError(t, err)
	var m queue.Message
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	require.NoError(t, dec.Decode(&m))
	return raw, m
}

func TestCategoriesAreTheQueues(t *testing.T) {
	assert.ElementsMatch(t, words(rights.Queues()...), queue.Categories())
	queue.Categories()[0] = "changed"
	assert.NotContains(t, queue.Categories(), "changed")
}

func TestExampleOfEachCategoryFitsItsOwnSchemaAndNoOther(t *testing.T) {
	base := compiled(t, queue.SchemaJSON())
	schemas := map[string]*jsonschema.Schema{}
	for _, category := range queue.Categories() {
		schemas[category] = schemaFor(t, category)
	}
	for _, category := range queue.Categories() {
		raw, m := exampleFor(t, category)
		require.NoError(t, m.Validate(), category)
		require.NoError(t, base.Validate(decoded(t, raw)), category)
		for _, other := range queue.Categories() {
			err := schemas[other].Validate(decoded(t, raw))
			assert.Equal(t, category == other, err == nil, "%s in %s: %v", category, other, err)
		}
	}
}

// An example with the wrong law or date would teach a consumer something that never comes.
func TestExamplesSayWhatTheLawSays(t *testing.T) {
	book, err := rights.Builtin()
	require.NoError(t, err)
	for _, category := range queue.Categories() {
		_, m := exampleFor(t, category)
		clock, err := book.Clock(rights.ID(m.Right), rights.Receipt{At: m.ReceivedAt, Jurisdiction: rights.Jurisdiction(m.Jurisdiction), Designated: true})
		require.NoError(t, err, category)
		right, err := book.Right(rights.ID(m.Right), clock.ReceivedOn)
		require.NoError(t, err, category)
		want := m
		want.Law, want.Citation, want.Priority, want.Zone = right.Law, right.Citation, int(right.Priority), clock.Zone
		want.Verification, want.AutoSuppress = string(right.Verification), right.AutoSuppress
		want.AcknowledgeBy, want.RespondBy, want.StatutoryDue = "", "", ""
		if dl, ok := clock.Deadline(rights.DutyAcknowledge); ok {
			want.AcknowledgeBy = dl.Safe.String()
		}
		if dl, ok := clock.Deadline(rights.DutyRespond); ok {
			want.RespondBy, want.StatutoryDue = dl.Safe.String(), dl.Statutory.String()
		}
		assert.Equal(t, want, m, category)
		for _, field := range m.Missing {
			assert.Contains(t, right.Required, field, category)
		}
		assert.Equal(t, category == "review", len(m.Review) > 0, category)
		if category != "review" {
			assert.Equal(t, category, string(right.Queue))
		}
	}
}

// waits lists the rights that can become a message in a queue, by the laws of any date.
// Jobs of ours open no case; of what only qualifies a request, two are work of their own.
func waits(t *testing.T, book *rights.Book, category string) []string {
	t.Helper()
	var ids []string
	for _, id := range book.IDs() {
		for _, r := range versions(t, book, id) {
			own := !r.Modifier || id == "sensitive_data_received" || id == "followup_existing_case"
			inReview := category == "review" && r.Queue != rights.QueueSupport
			if own && !r.Outbound && (string(r.Queue) == category || inReview) && !slices.Contains(ids, string(id)) {
				ids = append(ids, string(id))
			}
		}
	}
	return ids
}

// versions are the rows of a right: one a year is enough to meet all of them.
func versions(t *testing.T, book *rights.Book, id rights.ID) []rights.Right {
	t.Helper()
	var rows []rights.Right
	for year := 2000; year <= 2040; year++ {
		for _, month := range []time.Month{time.March, time.September} {
			if r, err := book.Right(id, rights.Date{Year: year, Month: month, Day: 1}); err == nil {
				rows = append(rows, r)
			}
		}
	}
	require.NotEmpty(t, rows, id)
	return rows
}

func TestEachCategoryTakesTheRightsOfItsLawsAndNoOthers(t *testing.T) {
	book, err := rights.Builtin()
	require.NoError(t, err)
	for _, category := range queue.Categories() {
		raw, err := queue.SchemaFor(category)
		require.NoError(t, err)
		var s struct {
			Properties struct {
				Right struct{ Enum []string }
			}
		}
		require.NoError(t, json.Unmarshal(raw, &s))
		want := waits(t, book, category)
		if category == "review" {
			want = append(want, "unclassified") // desk.Unclassified: nothing was found in the mail
		}
		assert.ElementsMatch(t, want, s.Properties.Right.Enum, "%s: its schema lists the rights whose queue it is in shared/rights/laws", category)
		assert.True(t, slices.IsSorted(s.Properties.Right.Enum), category)
	}
}

func TestAnyRightWaitsInReviewWithItsOwnPriority(t *testing.T) {
	review := schemaFor(t, "review")
	for _, category := range queue.Categories() {
		_, m := exampleFor(t, category)
		m.Queue = "review"
		raw, err := json.Marshal(m)
		require.NoError(t, err)
		err = review.Validate(decoded(t, raw))
		assert.Equal(t, category != "support", err == nil, "%s: %v", category, err)
	}
}

// Consumers must not fall over what a later release adds.
func TestCategoryIgnoresPropertiesThatItDoesNotKnow(t *testing.T) {
	raw, _ := exampleFor(t, "ccpa")
	more := strings.Replace(string(raw), "{", `{"added_later": 1,`, 1)
	assert.NoError(t, schemaFor(t, "ccpa").Validate(decoded(t, []byte(more))))
	odd := strings.Replace(string(raw), `"2026-04-15"`, `"15 April"`, 1)
	require.NotEqual(t, string(raw), odd)
	assert.Error(t, schemaFor(t, "ccpa").Validate(decoded(t, []byte(odd))), "the schema of all is part of it")
}

func TestCategoryThatIsNoneHasNoSchema(t *testing.T) {
	for _, category := range []string{"", "CCPA", "../job", "spam"} {
		_, err := queue.SchemaFor(category)
		require.ErrorIs(t, err, queue.ErrUnknownCategory)
		_, err = queue.ExampleFor(category)
		require.ErrorIs(t, err, queue.ErrUnknownCategory)
	}
}

func TestEverySchemaFileIsReachable(t *testing.T) {
	entries, err := os.ReadDir("schema")
	require.NoError(t, err)
	assert.Len(t, entries, 2*(len(queue.Categories())+2))
	for _, raw := range [][]byte{queue.SchemaJSON(), queue.ExampleJSON(), queue.JobSchemaJSON(), queue.JobExampleJSON()} {
		assert.NotEmpty(t, raw)
	}
}

func TestAnEffectIsWhatItsPatternSays(t *testing.T) {
	pattern := regexp.MustCompile(`^[A-Za-z0-9._-]{1,256}$`)
	said := queue.Job{Schema: queue.JobSchema, Kind: queue.JobReply}.Validate()
	require.ErrorContains(t, said, pattern.String())
	for c := range 256 {
		for _, effect := range []string{string([]byte{byte(c)}), "a" + string([]byte{byte(c)}), string(rune(c))} {
			err := queue.Job{Schema: queue.JobSchema, Kind: queue.JobReply, Effect: effect}.Validate()
			assert.Equal(t, pattern.MatchString(effect), err == nil, "%q", effect)
		}
	}
}

func TestJobAndItsSchemaAllowTheSame(t *testing.T) {
	schema := compiled(t, queue.JobSchemaJSON())
	require.NoError(t, schema.Validate(decoded(t, queue.JobExampleJSON())))
	good := queue.Job{Schema: queue.JobSchema, Kind: queue.JobReply, Effect: "ack-RM-8F3K-2Q7D"}
	for name, c := range map[string]struct {
		change func(*queue.Job)
		ok     bool
		want   string
	}{
		"a letter":        {func(*queue.Job) {}, true, ""},
		"ordinary mail":   {func(j *queue.Job) { j.Kind = queue.JobForward }, true, ""},
		"a question":      {func(j *queue.Job) { j.Kind = queue.JobClassify }, true, ""},
		"the longest id":  {func(j *queue.Job) { j.Effect = strings.Repeat("a", 256) }, true, ""},
		"a longer one":    {func(j *queue.Job) { j.Effect = strings.Repeat("a", 257) }, false, "\neffect:"},
		"no id":           {func(j *queue.Job) { j.Effect = "" }, false, "\neffect:"},
		"an address":      {func(j *queue.Job) { j.Effect = "jane@example.org" }, false, "\neffect:"},
		"another kind":    {func(j *queue.Job) { j.Kind = "jane" }, false, "\nkind:"},
		"a hand-off":      {func(j *queue.Job) { j.Kind = "handoff" }, false, "\nkind:"},
		"another version": {func(j *queue.Job) { j.Schema = "rightsmail.job.v2" }, false, "\nschema:"},
	} {
		t.Run(name, func(t *testing.T) {
			j := good
			c.change(&j)
			raw, err := json.Marshal(j)
			require.NoError(t, err)
			assert.Equal(t, c.ok, schema.Validate(decoded(t, raw)) == nil)
			err = j.Validate()
			assert.Equal(t, c.ok, err == nil)
			if !c.ok {
				require.ErrorContains(t, err, c.want)
				assert.NotContains(t, err.Error(), "jane")
			}
		})
	}
	assert.Error(t, schema.Validate(decoded(t, []byte(`{"schema":"rightsmail.job.v1","kind":"reply","effect":"e","more":1}`))))
}
