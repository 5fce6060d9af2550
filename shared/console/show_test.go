package console

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/cases"
	"rightsmail/shared/rights"
)

func TestDueIsToldInTheDaysOfTheLawsZone(t *testing.T) {
	due := time.Date(2026, 3, 14, 6, 59, 59, 0, time.UTC) // end of 13 March in California
	tests := map[string]struct {
		now     time.Time
		left    string
		overdue bool
		soon    bool
	}{
		"far":                              {due.AddDate(0, 0, -11), "in 11 days", false, false},
		"three days":                       {due.AddDate(0, 0, -3), "in 3 days", false, true},
		"the evening before, there":        {time.Date(2026, 3, 13, 6, 59, 0, 0, time.UTC), "tomorrow", false, true},
		"that morning, there":              {time.Date(2026, 3, 13, 7, 0, 0, 0, time.UTC), "today", false, true},
		"the last second":                  {due, "today", false, true},
		"the day after":                    {due.Add(2 * time.Second), "1 day overdue", true, false},
		"a week later, over the DST start": {due.AddDate(0, 0, 7), "7 days overdue", true, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := dueAt(rights.DutyAcknowledge, due, "America/Los_Angeles", test.now)
			assert.Equal(t, "Fri 13 Mar 2026", got.Date)
			assert.Equal(t, "end of day, Pacific time", got.End)
			assert.Equal(t, "2026-03-13", got.ISO)
			assert.Equal(t, "Acknowledge", got.Duty)
			assert.Equal(t, test.left, got.Left)
			assert.Equal(t, test.overdue, got.Overdue)
			assert.Equal(t, test.soon, got.Soon)
		})
	}
	assert.Zero(t, dueAt(rights.DutyRespond, time.Time{}, "UTC", due))
}

func TestZonesAreNamedInWords(t *testing.T) {
	for zone, want := range map[string]string{
		"America/Los_Angeles": "Pacific time", "Europe/Warsaw": "Warsaw time", "UTC": "UTC",
		"America/Argentina/Buenos_Aires": "Buenos Aires time",
	} {
		assert.Equal(t, want, zoneWords(zone))
	}
	at := time.Date(2026, 3, 3, 0, 10, 0, 0, time.UTC)
	assert.Equal(t, "Mon 2 Mar 2026, 16:10 Pacific time", moment(at, "America/Los_Angeles").Words)
	assert.Equal(t, "Tue 3 Mar 2026, 00:10 UTC", moment(at, "Mars/Olympus").Words, "an unknown zone is told as UTC and says so")
	assert.Zero(t, moment(time.Time{}, "UTC"))
}

func TestControlsThatReorderTextBecomeVisible(t *testing.T) {
	for _, r := range "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069" {
		assert.NotContains(t, visible("a"+string(r)+"b"), string(r))
	}
	assert.Equal(t, "invoice[U+202E]fdp.exe", visible("invoice\u202efdp.exe"))
	assert.Equal(t, "\u200f\u05e9\u05dc\u05d5\u05dd\u200e", visible("\u200f\u05e9\u05dc\u05d5\u05dd\u200e"), "marks of ordinary writing stay")
}

// TestEveryWordOfTheHouseHasWordsForItsReader holds the tables to the vocabularies.
func TestEveryWordOfTheHouseHasWordsForItsReader(t *testing.T) {
	for _, q := range rights.Queues() {
		assert.NotEmpty(t, queueTitles[q], q)
		assert.NotEmpty(t, queueHints[q], q)
	}
	var offeredOutcomes []cases.Outcome
	for _, g := range outcomeGroups {
		offeredOutcomes = append(offeredOutcomes, g.Outcomes...)
	}
	assert.ElementsMatch(t, cases.Outcomes(), offeredOutcomes)
	for _, o := range cases.Outcomes() {
		assert.NotEmpty(t, outcomeTitles[o], o)
	}
	assert.Len(t, jurisdictions, len(jurisdictionOrder))
	assert.Len(t, letterStates, len(letterStateOrder))
	assert.Equal(t, "some new word", say(outcomeTitles, "some_new_word"), "what is not listed does not disappear")
}

func TestEveryRightOfTheBookCanBeChosenWhereItIsARequest(t *testing.T) {
	book, err := rights.Builtin()
	require.NoError(t, err)
	c := &console{Parts: Parts{Book: book}}
	one := cases.Case{Right: "ccpa_delete", Clock: rights.Clock{ReceivedOn: rights.Date{Year: 2026, Month: 7, Day: 1}}}
	var chosen []string
	values := map[string]bool{}
	for _, g := range c.rightGroups(one) {
		for _, right := range g.Choices {
			assert.False(t, values[right.Value], right.Value)
			values[right.Value] = true
			if right.Here {
				chosen = append(chosen, right.Value)
			}
		}
	}
	assert.Equal(t, []string{"ccpa_delete"}, chosen)
	assert.Greater(t, len(values), 40)
	assert.NotContains(t, values, "spam")
	assert.NotContains(t, values, "agent")
}
