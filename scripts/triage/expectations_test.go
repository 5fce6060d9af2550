package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/mailfiles"
	"rightsmail/shared/rights"
)

const samples = "../../events/mails"

// expectation is what a sample mail has to come out as.
type expectation struct {
	File         string   `yaml:"file"`
	Rights       []string `yaml:"rights"`
	Queues       []string `yaml:"queues"`
	Jurisdiction string   `yaml:"jurisdiction"`
	Automated    string   `yaml:"automated"`
	Acknowledge  bool     `yaml:"acknowledge"`
	Note         string   `yaml:"note"`
}

func readExpectations(t *testing.T) []expectation {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(samples, "expectations.yaml"))
	require.NoError(t, err)
	var list []expectation
	require.NoError(t, yaml.UnmarshalWithOptions(raw, &list, yaml.Strict()))
	require.NotEmpty(t, list)
	return list
}

// triageSamples judges every sample mail once, by file name.
func triageSamples(t *testing.T) map[string]Line {
	t.Helper()
	judge, err := newJudge(noEnv)
	require.NoError(t, err)
	lines := map[string]Line{}
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for f := range mailfiles.Read(samples) {
		lines[filepath.Base(f.Name)] = describe(judge, f, options{}, now)
	}
	return lines
}

func TestSampleMailsComeOutAsExpected(t *testing.T) {
	lines, seen := triageSamples(t), map[string]bool{}
	for _, want := range readExpectations(t) {
		seen[want.File] = true
		t.Run(want.File, func(t *testing.T) {
			got, ok := lines[want.File]
			require.True(t, ok, "there is no such mail")
			why := fmt.Sprintf("%s\nevidence %v\nwarnings %v", want.Note, got.Evidence, got.Warnings)
			assert.ElementsMatch(t, want.Rights, words(got.Rights), "rights: %s", why)
			assert.ElementsMatch(t, want.Queues, words(got.Queues), "queues: %s", why)
			assert.Equal(t, want.Automated, got.Automated, "automated: %s", why)
			assert.Equal(t, want.Acknowledge, got.Acknowledge, "acknowledge (hold reason %q): %s", got.HoldReason, why)
			if want.Jurisdiction != "" {
				assert.Equal(t, want.Jurisdiction, string(got.Jurisdiction), "jurisdiction: %s", why)
			}
		})
	}
	for name := range lines {
		assert.True(t, seen[name], "%s has no line in expectations.yaml", name)
	}
	t.Log(confusion(readExpectations(t), lines))
}

func TestSampleMailsHoldEveryRightOfTheBook(t *testing.T) {
	book, err := rights.Builtin()
	require.NoError(t, err)
	asked := map[string]bool{}
	for _, want := range readExpectations(t) {
		for _, id := range want.Rights {
			require.True(t, book.Has(rights.ID(id)), "%s expects %s, which no law knows", want.File, id)
			asked[id] = true
		}
	}
	for _, id := range book.IDs() {
		right, err := book.Right(id, rights.Date{Year: 2026, Month: 11, Day: 23})
		require.NoError(t, err)
		// Nobody asks for a job of ours, and "agent" says who asks, not for what.
		if !right.Outbound && id != "agent" {
			assert.True(t, asked[string(id)], "no sample mail asks for %s", id)
		}
	}
}

func TestMachineMailOfTheSamplesGetsNoAnswer(t *testing.T) {
	machines := 0
	for name, line := range triageSamples(t) {
		if line.Automated != "" {
			machines++
			assert.False(t, line.Acknowledge, "%s is %s", name, line.Automated)
		}
	}
	assert.GreaterOrEqual(t, machines, 4, "bounces, auto-replies and list mail must be among the samples")
}

// confusion is a table of the queues expected against the queues found.
func confusion(wants []expectation, lines map[string]Line) string {
	counts := map[[2]string]int{}
	names := map[string]bool{}
	for _, w := range wants {
		want, got := label(w.Queues), label(words(lines[w.File].Queues))
		counts[[2]string{want, got}]++
		names[want], names[got] = true, true
	}
	columns := slices.Sorted(maps.Keys(names))
	var b strings.Builder
	fmt.Fprintf(&b, "\n%-28s found: %s\n", "expected", strings.Join(columns, " | "))
	for _, want := range columns {
		fmt.Fprintf(&b, "%-28s", want)
		for _, got := range columns {
			fmt.Fprintf(&b, " %*d", len(got)+2, counts[[2]string{want, got}])
		}
		b.WriteString("\n")
	}
	return b.String()
}

// label names a set of queues; the empty set is mail that opens nothing.
func label(queues []string) string {
	if len(queues) == 0 {
		return "(none)"
	}
	queues = slices.Clone(queues)
	slices.Sort(queues)
	return strings.Join(queues, "+")
}

func words[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}
