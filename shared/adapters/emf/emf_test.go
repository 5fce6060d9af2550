package emf_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/emf"
	"rightsmail/shared/metrics"
)

var at = time.Date(2026, 3, 2, 18, 0, 0, 123e6, time.UTC)

// lines gives every Write as one line.
type lines struct {
	mu  sync.Mutex
	all [][]byte
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, bytes.Clone(p))
	return len(p), nil
}

// emit returns the lines of some points, each checked against the rules of EMF.
func emit(t *testing.T, points ...metrics.Point) []string {
	t.Helper()
	var l lines
	m := emf.New(&l, "Rightsmail", "intake")
	for _, p := range points {
		m.Emit(p)
	}
	var out []string
	for _, line := range l.all {
		conforms(t, line)
		out = append(out, string(line))
	}
	return out
}

// conforms holds a line against the published JSON schema of EMF and the limits of its
// specification.
func conforms(t *testing.T, line []byte) {
	t.Helper()
	require.True(t, bytes.HasSuffix(line, []byte("\n")))
	require.Equal(t, 1, bytes.Count(line, []byte("\n")), "one line")
	require.Less(t, len(line), 256<<10)
	require.True(t, utf8.Valid(line))
	var root map[string]any
	require.NoError(t, json.Unmarshal(line, &root))
	aws, ok := root["_aws"].(map[string]any)
	require.True(t, ok, "_aws is an object")
	stamp, ok := aws["Timestamp"].(float64)
	require.True(t, ok, "Timestamp is a number")
	require.GreaterOrEqual(t, stamp, 0.0)
	sets, ok := aws["CloudWatchMetrics"].([]any)
	require.True(t, ok)
	for _, set := range sets {
		conformsSet(t, root, set.(map[string]any))
	}
}

func conformsSet(t *testing.T, root, set map[string]any) {
	t.Helper()
	require.ElementsMatch(t, []string{"Namespace", "Dimensions", "Metrics"}, slices.Collect(maps.Keys(set)))
	require.Regexp(t, `^[A-Za-z0-9._/#:-]{1,255}$`, set["Namespace"])
	dimensions := set["Dimensions"].([]any)
	require.NotEmpty(t, dimensions)
	for _, names := range dimensions {
		require.LessOrEqual(t, len(names.([]any)), 30)
		for _, name := range names.([]any) {
			value, ok := root[name.(string)].(string)
			require.True(t, ok, "dimension %s is a text of the line", name)
			require.NotEmpty(t, strings.TrimSpace(value))
			require.LessOrEqual(t, len(value), 1024)
		}
	}
	all := set["Metrics"].([]any)
	require.NotEmpty(t, all)
	require.LessOrEqual(t, len(all), 100)
	for _, one := range all {
		m := one.(map[string]any)
		require.Contains(t, []string{"Count", "Seconds", "None"}, m["Unit"])
		_, ok := root[m["Name"].(string)].(float64)
		require.True(t, ok, "metric %s is a number of the line", m["Name"])
	}
}

func TestPointIsOneLineOfTheFormat(t *testing.T) {
	got := emit(t, metrics.Point{
		At: at, Category: "ccpa", Notes: map[string]string{"case": "RM-8F3K-2Q7D-1"},
		Values: map[metrics.Name]float64{metrics.ReceiptSeconds: 1.5, metrics.CasesOpened: 2},
	})
	assert.Equal(t, []string{
		`{"CasesOpened":2,"Category":"ccpa","ReceiptSeconds":1.5,"Service":"intake",` +
			`"_aws":{"Timestamp":1772474400123,"CloudWatchMetrics":[{"Namespace":"Rightsmail","Dimensions":[["Service"],["Service","Category"]],` +
			`"Metrics":[{"Name":"CasesOpened","Unit":"Count"},{"Name":"ReceiptSeconds","Unit":"Seconds"}]}]},"case":"RM-8F3K-2Q7D-1"}` + "\n",
	}, got)
}

func TestPointWithoutCategoryHasNoSuchDimension(t *testing.T) {
	got := emit(t, metrics.Point{At: at, Values: map[metrics.Name]float64{metrics.MailsReceived: 1}, Notes: map[string]string{"Category": "x"}})
	require.Len(t, got, 1)
	assert.Contains(t, got[0], `"Dimensions":[["Service"]]`)
	assert.NotContains(t, got[0], "Category")
}

func TestNoteIsNeverADimensionNorOverwritesAnything(t *testing.T) {
	clean := metrics.Point{At: at, Category: "ccpa", Values: map[metrics.Name]float64{metrics.CasesOpened: 1}}
	noted := clean
	noted.Notes = map[string]string{"_aws": "x", "Service": "x", "Category": "x", "CasesOpened": "x"}
	got := emit(t, clean, noted)
	assert.Equal(t, got[0], got[1])

	noted.Notes = map[string]string{"mail": "m-1", "subject_key": "k"}
	got = emit(t, noted)
	assert.Contains(t, got[0], `"Dimensions":[["Service"],["Service","Category"]]`)
}

func TestValueThatIsNoNumberIsLeftOut(t *testing.T) {
	got := emit(t,
		metrics.Point{At: at, Values: map[metrics.Name]float64{metrics.CasesOpened: math.NaN(), metrics.CasesHeld: math.Inf(1), metrics.CasesDueSoon: 3}},
		metrics.Point{At: at, Values: map[metrics.Name]float64{metrics.CasesOpened: math.Inf(-1)}, Notes: map[string]string{"case": "x"}},
		metrics.Point{At: at},
	)
	require.Len(t, got, 1, "a line without a metric says nothing")
	assert.NotContains(t, got[0], "CasesOpened")
	assert.NotContains(t, got[0], "CasesHeld")
	assert.Contains(t, got[0], `"CasesDueSoon":3`)
}

func TestLongAndBrokenTextIsCutToWholeCharacters(t *testing.T) {
	got := emit(t, metrics.Point{
		At: at, Category: strings.Repeat("ä", 1000), Values: map[metrics.Name]float64{metrics.CasesOpened: 1},
		Notes: map[string]string{"long": "x" + strings.Repeat("ä", 1000), "broken": "a\xff\nb"},
	})
	require.Len(t, got, 1)
	var line map[string]any
	require.NoError(t, json.Unmarshal([]byte(got[0]), &line))
	assert.Equal(t, "x"+strings.Repeat("ä", 127), line["long"])
	assert.Equal(t, "a\nb", line["broken"])
	assert.Equal(t, strings.Repeat("ä", 128), line["Category"])
}

func TestEveryNameHasTheUnitItIsNamedAfter(t *testing.T) {
	values := map[metrics.Name]float64{}
	for _, name := range metrics.Names() {
		values[name] = 1
	}
	got := emit(t, metrics.Point{At: at, Values: values})
	require.Len(t, got, 1)
	for _, name := range metrics.Names() {
		want := "Count"
		switch {
		case strings.HasSuffix(string(name), "Seconds"):
			want = "Seconds"
		case strings.HasSuffix(string(name), "Minutes"):
			want = "None" // CloudWatch knows no minutes
		}
		assert.Contains(t, got[0], `{"Name":"`+string(name)+`","Unit":"`+want+`"}`)
	}
}

func TestPointWithoutTimeIsOfNow(t *testing.T) {
	before := time.Now().UnixMilli()
	got := emit(t, metrics.Point{Values: map[metrics.Name]float64{metrics.CasesOpened: 1}})
	var line struct {
		Metadata struct{ Timestamp int64 } `json:"_aws"`
	}
	require.NoError(t, json.Unmarshal([]byte(got[0]), &line))
	assert.GreaterOrEqual(t, line.Metadata.Timestamp, before)
}

func TestManyGoroutinesNeverMixTheirLines(t *testing.T) {
	var l lines
	m := emf.New(&l, "Rightsmail", "intake")
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			m.Emit(metrics.Point{At: at, Category: "gdpr", Values: map[metrics.Name]float64{metrics.CasesOpened: 1}})
		})
	}
	wg.Wait()
	require.Len(t, l.all, 50)
	for _, line := range l.all {
		conforms(t, line)
	}
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, errors.New("the log is gone") }

func TestWriterThatFailsFailsNothingElse(t *testing.T) {
	emf.New(broken{}, "Rightsmail", "intake").Emit(metrics.Point{At: at, Values: map[metrics.Name]float64{metrics.CasesOpened: 1}})
}

func BenchmarkEmit(b *testing.B) {
	m := emf.New(io.Discard, "Rightsmail", "intake")
	p := metrics.Point{
		At: at, Category: "ccpa", Values: map[metrics.Name]float64{metrics.CasesOpened: 1, metrics.ReceiptSeconds: 1.25},
		Notes: map[string]string{"case": "RM-8F3K-2Q7D-1"},
	}
	b.ReportAllocs()
	for b.Loop() {
		m.Emit(p)
	}
}
