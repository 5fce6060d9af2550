package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/mailfiles"
	"rightsmail/shared/expectations"
	"rightsmail/shared/rights"
)

const samples = "../../events/mails"

func readExpectations(t *testing.T) []expectations.Mail {
	t.Helper()
	book, err := rights.Builtin()
	require.NoError(t, err)
	raw, err := os.ReadFile(filepath.Join(samples, expectations.FileName))
	require.NoError(t, err)
	list, err := expectations.Read(raw, book.Has)
	require.NoError(t, err)
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
			require.NotNil(t, want.Automated, "a sample says whether a machine wrote it")
			require.NotNil(t, want.Acknowledge, "a sample says whether it is acknowledged")
			assert.ElementsMatch(t, want.Rights, got.Rights, "rights: %s", why)
			assert.ElementsMatch(t, want.Queues, got.Queues, "queues: %s", why)
			assert.Equal(t, *want.Automated, got.Automated, "automated: %s", why)
			assert.Equal(t, *want.Acknowledge, got.Acknowledge, "acknowledge (hold reason %q): %s", got.HoldReason, why)
			if want.Jurisdiction != "" {
				assert.Equal(t, want.Jurisdiction, got.Jurisdiction, "jurisdiction: %s", why)
			}
		})
	}
	for name := range lines {
		assert.True(t, seen[name], "%s has no line in expectations.yaml", name)
	}
}

func TestSampleMailsHoldEveryRightOfTheBook(t *testing.T) {
	book, err := rights.Builtin()
	require.NoError(t, err)
	asked := map[string]bool{}
	for _, want := range readExpectations(t) {
		for _, id := range want.Rights {
			asked[string(id)] = true
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
