package metrics_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/cases"
	"rightsmail/shared/metrics"
	"rightsmail/shared/rights"
)

const pacific = "America/Los_Angeles"

var (
	january  = day("2026-01-01")
	december = day("2026-12-31")
	now      = at("2026-12-31T20:00:00Z")
)

func day(s string) rights.Date {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return rights.Date{Year: t.Year(), Month: t.Month(), Day: t.Day()}
}

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

func book(t testing.TB) *rights.Book {
	t.Helper()
	b, err := rights.Builtin()
	require.NoError(t, err)
	return b
}

// request is an open delete request under Pacific time.
func request(id, received string) cases.Case {
	return cases.Case{
		ID: cases.ID(id), Right: "ccpa_delete", Status: cases.Open, Received: at(received),
		Clock: rights.Clock{Zone: pacific},
	}
}

func closed(c cases.Case, outcome cases.Outcome, when string) cases.Case {
	c.Status, c.Outcome, c.ClosedAt = cases.Closed, outcome, at(when)
	return c
}

func duty(c cases.Case, d rights.Duty, safe string) cases.Case {
	c.Clock.Deadlines = append(c.Clock.Deadlines, rights.Deadline{Duty: d, Safe: day(safe), Statutory: day(safe), Zone: pacific})
	return c
}

func compute(t testing.TB, all ...cases.Case) metrics.Report {
	t.Helper()
	report, err := metrics.Compute(metrics.Each(all), book(t), january, december, now)
	require.NoError(t, err)
	return report
}

func row(t testing.TB, r metrics.Report, c metrics.Category) metrics.Row {
	t.Helper()
	row, ok := r.Row(c)
	require.True(t, ok, "row %q", c)
	return row
}

func TestDaysAreMeasuredExactly(t *testing.T) {
	tests := map[string]struct {
		received, answered []string
		want               metrics.Days
	}{
		"nothing answered":              {nil, nil, metrics.Days{}},
		"one":                           {[]string{"2026-05-01T18:00:00Z"}, []string{"2026-05-08T18:00:00Z"}, metrics.Days{N: 1, Median: 7, Mean: 7}},
		"the same day is no day":        {[]string{"2026-05-01T18:00:00Z"}, []string{"2026-05-01T19:00:00Z"}, metrics.Days{N: 1}},
		"a minute over midnight is one": {[]string{"2026-05-02T06:59:00Z"}, []string{"2026-05-02T07:01:00Z"}, metrics.Days{N: 1, Median: 1, Mean: 1}},
		"odd median is the middle one": {
			[]string{"2026-05-01T18:00:00Z", "2026-05-01T18:00:00Z", "2026-05-01T18:00:00Z"},
			[]string{"2026-05-31T18:00:00Z", "2026-05-02T18:00:00Z", "2026-05-05T18:00:00Z"},
			metrics.Days{N: 3, Median: 4, Mean: 35.0 / 3},
		},
		"even median is between the two": {
			[]string{"2026-05-01T18:00:00Z", "2026-05-01T18:00:00Z", "2026-05-01T18:00:00Z", "2026-05-01T18:00:00Z"},
			[]string{"2026-05-11T18:00:00Z", "2026-05-02T18:00:00Z", "2026-05-04T18:00:00Z", "2026-05-05T18:00:00Z"},
			metrics.Days{N: 4, Median: 3.5, Mean: 4.5},
		},
		// 8 March 2026 has 23 hours in California, 1 November has 25: hours would
		// give 6.96 and 7.04 days.
		"over the spring change": {[]string{"2026-03-05T08:30:00Z"}, []string{"2026-03-12T07:30:00Z"}, metrics.Days{N: 1, Median: 7, Mean: 7}},
		"over the autumn change": {[]string{"2026-10-29T07:30:00Z"}, []string{"2026-11-05T08:30:00Z"}, metrics.Days{N: 1, Median: 7, Mean: 7}},
		// Received 1 May 23:00, answered 2 May 00:30, each in Los Angeles.
		"evening to night": {[]string{"2026-05-02T06:00:00Z"}, []string{"2026-05-02T07:30:00Z"}, metrics.Days{N: 1, Median: 1, Mean: 1}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var all []cases.Case
			for i := range test.received {
				all = append(all, closed(request(fmt.Sprint(i), test.received[i]), cases.Complied, test.answered[i]))
			}
			got := row(t, compute(t, all...), "delete").Days()
			assert.Equal(t, test.want.N, got.N)
			assert.Equal(t, test.want.Median, got.Median)
			assert.InDelta(t, test.want.Mean, got.Mean, 1e-12)
		})
	}
}

func TestYearIsTheOneOfTheLawsZone(t *testing.T) {
	lastEvening := request("A", "2027-01-01T05:00:00Z") // 31 December 21:00 in Los Angeles
	newYear := request("B", "2027-01-01T08:00:00Z")     // 1 January 00:00 in Los Angeles
	eveBefore := request("C", "2026-01-01T07:59:59Z")   // 31 December 2025
	first := request("D", "2026-01-01T08:00:00Z")
	warsaw := request("E", "2025-12-31T23:30:00Z") // 1 January 00:30 in Warsaw
	warsaw.Clock.Zone = "Europe/Warsaw"

	got := row(t, compute(t, lastEvening, newYear, eveBefore, first, warsaw), "")
	assert.Equal(t, []cases.ID{"A", "D", "E"}, got.Cases(metrics.Received))
}

func TestEveryCaseStandsInItsColumns(t *testing.T) {
	const received, answered = "2026-05-01T18:00:00Z", "2026-05-11T18:00:00Z"
	held := request("held", received)
	held.Status = cases.Held
	late := request("late", received)
	late.Next = cases.Next{Duty: rights.DutyRespond, Due: now.Add(-time.Second)}
	today := request("today", received)
	today.Next = cases.Next{Duty: rights.DutyRespond, Due: now}

	report := compute(t, held, late, today,
		closed(request("complied", received), cases.Complied, answered),
		closed(request("part", received), cases.CompliedPart, answered),
		closed(request("unverified", received), cases.DeniedUnverified, answered),
		closed(request("not-entitled", received), cases.DeniedNotEntitled, answered),
		closed(request("exempt", received), cases.DeniedExempt, answered),
		closed(request("other", received), cases.DeniedOther, answered),
		closed(request("withdrawn", received), cases.Withdrawn, answered),
		closed(request("twice", received), cases.Duplicate, answered),
		closed(request("nothing", received), cases.NotARequest, answered),
	)
	want := map[metrics.Column][]cases.ID{
		metrics.Received:          {"complied", "exempt", "held", "late", "not-entitled", "other", "part", "today", "unverified", "withdrawn"},
		metrics.Open:              {"held", "late", "today"},
		metrics.Held:              {"held"},
		metrics.Overdue:           {"late"},
		metrics.Complied:          {"complied", "part"},
		metrics.CompliedPart:      {"part"},
		metrics.Denied:            {"exempt", "not-entitled", "other", "unverified"},
		metrics.DeniedUnverified:  {"unverified"},
		metrics.DeniedNotEntitled: {"not-entitled"},
		metrics.DeniedExempt:      {"exempt"},
		metrics.DeniedOther:       {"other"},
		metrics.Withdrawn:         {"withdrawn"},
		metrics.Answered:          {"complied", "exempt", "not-entitled", "other", "part", "unverified"},
		metrics.Audit:             {"nothing", "twice"},
	}
	for _, category := range []metrics.Category{"delete", ""} {
		got := row(t, report, category)
		for _, c := range metrics.Columns() {
			assert.Equal(t, want[c], got.Cases(c), "%s of %q", c, category)
			assert.Equal(t, len(want[c]), got.N(c))
		}
		assert.Equal(t, got.N(metrics.Received), got.N(metrics.Open)+got.N(metrics.Complied)+got.N(metrics.Denied)+got.N(metrics.Withdrawn))
		assert.Equal(t, metrics.Days{N: 6, Median: 10, Mean: 10}, got.Days())
	}
}

func TestEveryRightHasACategory(t *testing.T) {
	tests := map[rights.ID]metrics.Category{
		"ccpa_know_categories":          "know",
		"ccpa_know_specific":            "know",
		"ccpa_delete":                   "delete",
		"ccpa_correct":                  "correct",
		"ccpa_opt_out_sale_share":       "optout",
		"ccpa_limit_spi":                "limit",
		"ccpa_admt_access":              "admt_access",
		"ccpa_admt_opt_out":             "admt_optout",
		"ccpa_opt_in":                   "ccpa_other",
		"ccpa_minor_sale":               "children",
		"coppa_parent_delete":           "children",
		"ca_minor_content_removal":      "children",
		"stl_disclosure":                "stl",
		"nv_sale_opt_out":               "nevada",
		"dpf_access":                    "dpf",
		"dpf_complaint":                 "dpf_complaint",
		"marketing_unsubscribe":         "marketing",
		"regulator_inquiry":             "regulator_inquiry",
		"unclassified":                  "unclassified",
		"":                              "unclassified",
		"a_right_that_no_law_here_kept": "a_right_that_no_law_here_kept",
	}
	for right, want := range tests {
		t.Run(string(right), func(t *testing.T) {
			c := request("A", "2026-05-01T18:00:00Z")
			c.Right = right
			assert.Equal(t, 1, row(t, compute(t, c), want).N(metrics.Received))
		})
	}
	t.Run("and every category a heading in plain words", func(t *testing.T) {
		var all []cases.Case
		for _, id := range book(t).IDs() {
			c := request(string(id), "2026-07-01T18:00:00Z")
			c.Right = id
			all = append(all, c)
		}
		report := compute(t, all...)
		assert.Equal(t, len(all), report.Total.N(metrics.Received))
		for _, row := range report.Rows {
			assert.Regexp(t, `^[A-Z][^_]+$`, row.Title, row.Category)
		}
	})
	t.Run("each European right is a category of its own", func(t *testing.T) {
		access, erasure := request("A", "2026-05-01T18:00:00Z"), request("B", "2026-05-01T18:00:00Z")
		access.Right, erasure.Right = "gdpr_access", "gdpr_erasure"
		report := compute(t, access, erasure)
		last := report.Rows[len(report.Rows)-2:]
		for _, row := range last {
			assert.True(t, strings.HasPrefix(string(row.Category), "gdpr"), row.Category)
			assert.NotContains(t, row.Title, "_")
			assert.Equal(t, 1, row.N(metrics.Received))
		}
	})
}

func TestStatutoryRowsComeFirstAndEvenIfEmptyAndTheOthersByFamily(t *testing.T) {
	var all []cases.Case
	for _, right := range []rights.ID{"unclassified", "regulator_inquiry", "marketing_unsubscribe", "dpf_complaint", "dpf_access", "gdpr_erasure", "gdpr_access", "nv_sale_opt_out", "ccpa_opt_in"} {
		c := request(string(right), "2026-05-01T18:00:00Z")
		c.Right = right
		all = append(all, c)
	}
	var got []metrics.Category
	for i, row := range compute(t, all...).Rows {
		got = append(got, row.Category)
		assert.Equal(t, i < 7, row.Statutory)
	}
	assert.Equal(t, []metrics.Category{
		"know", "delete", "correct", "optout", "limit", "admt_access", "admt_optout",
		"ccpa_other", "nevada", "gdpr_access", "gdpr_erasure", "dpf", "dpf_complaint", "marketing", "regulator_inquiry", "unclassified",
	}, got)
}

func TestAcknowledgementCountsOnceItIsDecided(t *testing.T) {
	base := func() cases.Case {
		return duty(request("A", "2026-12-01T18:00:00Z"), rights.DutyAcknowledge, "2026-12-11")
	}
	sent := func(when string) cases.Case {
		c := base()
		c.Acknowledgement = cases.Acknowledgement{State: cases.AckSent, At: at(when)}
		return c
	}
	notYetDue := duty(request("A", "2026-12-29T18:00:00Z"), rights.DutyAcknowledge, "2026-12-31")
	tests := map[string]struct {
		c    cases.Case
		want metrics.Share
	}{
		"no date set":                  {request("A", "2026-12-01T18:00:00Z"), metrics.Share{}},
		"sent in time":                 {sent("2026-12-01T18:01:00Z"), metrics.Share{Part: 1, Of: 1}},
		"sent in the last hour":        {sent("2026-12-12T07:59:59Z"), metrics.Share{Part: 1, Of: 1}},
		"sent a second too late":       {sent("2026-12-12T08:00:00Z"), metrics.Share{Part: 0, Of: 1}},
		"never sent":                   {base(), metrics.Share{Part: 0, Of: 1}},
		"last day not over":            {notYetDue, metrics.Share{}},
		"answered at once":             {closed(base(), cases.Complied, "2026-12-03T18:00:00Z"), metrics.Share{Part: 1, Of: 1}},
		"answered late, never sent":    {closed(base(), cases.Complied, "2026-12-20T18:00:00Z"), metrics.Share{Part: 0, Of: 1}},
		"withdrawn before it was due":  {closed(base(), cases.Withdrawn, "2026-12-03T18:00:00Z"), metrics.Share{}},
		"withdrawn late, never sent":   {closed(base(), cases.Withdrawn, "2026-12-20T18:00:00Z"), metrics.Share{Part: 0, Of: 1}},
		"a duplicate asks for nothing": {closed(base(), cases.Duplicate, "2026-12-20T18:00:00Z"), metrics.Share{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.want, row(t, compute(t, test.c), "").Acknowledged())
		})
	}
}

func TestAnswerIsInTimeUpToTheEndOfTheSafeDay(t *testing.T) {
	base := duty(request("A", "2026-05-01T18:00:00Z"), rights.DutyRespond, "2026-06-14")
	tests := map[string]metrics.Share{
		"2026-06-15T06:59:59Z": {Part: 1, Of: 1},
		"2026-06-15T07:00:00Z": {Part: 0, Of: 1},
	}
	for when, want := range tests {
		assert.Equal(t, want, row(t, compute(t, closed(base, cases.DeniedExempt, when)), "").InTime(), when)
	}
	free := closed(request("A", "2026-05-01T18:00:00Z"), cases.Complied, "2026-09-01T18:00:00Z")
	assert.Equal(t, metrics.Share{}, row(t, compute(t, free), "").InTime(), "no date, no share")
}

func TestPercentNeverFlatters(t *testing.T) {
	got, ok := metrics.Share{Part: 999, Of: 1000}.Percent()
	assert.True(t, ok)
	assert.Equal(t, 99, got)
	got, ok = metrics.Share{Part: 3, Of: 3}.Percent()
	assert.True(t, ok)
	assert.Equal(t, 100, got)
	_, ok = metrics.Share{}.Percent()
	assert.False(t, ok)
}

func TestBrokenCasesAreErrorsNotZeros(t *testing.T) {
	broken := errors.New("disk gone")
	_, err := metrics.Compute(func(yield func(cases.Case, error) bool) { yield(cases.Case{}, broken) }, book(t), january, december, now)
	require.ErrorIs(t, err, broken)

	c := request("RM-1", "2026-05-01T18:00:00Z")
	c.Clock.Zone = "Mars/Olympus"
	_, err = metrics.Compute(metrics.Each([]cases.Case{c}), book(t), january, december, now)
	require.ErrorContains(t, err, "RM-1")
}

func TestCSVIsATableThatNoSpreadsheetRuns(t *testing.T) {
	c := closed(request("A", "2026-05-01T18:00:00Z"), cases.Complied, "2026-05-04T18:00:00Z")
	hostile := request("B", "2026-05-01T18:00:00Z")
	hostile.Right = `=HYPERLINK("http://example.com")`
	report := compute(t, c, hostile)

	var out bytes.Buffer
	require.NoError(t, report.WriteCSV(&out))
	lines, err := csv.NewReader(&out).ReadAll()
	require.NoError(t, err)
	require.Len(t, lines, 1+len(report.Rows)+1)

	cell := func(line int, column string) string {
		for i, name := range lines[0] {
			if name == column {
				return lines[line][i]
			}
		}
		t.Fatalf("no column %q", column)
		return ""
	}
	assert.Equal(t, "know", cell(1, "category"))
	assert.Equal(t, "", cell(1, "median_days"), "nothing answered is no zero")
	assert.Equal(t, "delete", cell(2, "category"))
	assert.Equal(t, "1", cell(2, "complied"))
	assert.Equal(t, "3.0", cell(2, "median_days"))
	assert.Equal(t, "2026-01-01", cell(2, "from"))
	assert.Equal(t, "total", cell(len(lines)-1, "category"))
	assert.Equal(t, "2", cell(len(lines)-1, "received"))
	for _, line := range lines {
		for _, cell := range line {
			assert.NotContains(t, []string{"=", "+", "-", "@", "\t"}, fmt.Sprintf("%.1s", cell))
		}
	}
}

func TestEveryColumnHasWords(t *testing.T) {
	var words strings.Builder
	for _, d := range metrics.Definitions() {
		require.NotEmpty(t, d.Term)
		words.WriteString(strings.ToLower(d.Term + " " + d.Text + " "))
	}
	for _, word := range []string{"received", "open", "held", "overdue", "complied", "denied", "withdrawn", "median", "mean", "audit", "acknowledged", "answered in time"} {
		assert.Contains(t, words.String(), word)
	}
}

func BenchmarkComputeTenThousandCases(b *testing.B) {
	all := make([]cases.Case, 10_000)
	for i := range all {
		c := duty(request(fmt.Sprintf("RM-%05d", i), "2026-05-01T18:00:00Z"), rights.DutyAcknowledge, "2026-05-12")
		if i%2 == 0 {
			c = closed(c, cases.Complied, "2026-06-01T18:00:00Z")
		}
		all[i] = c
	}
	book := book(b)
	for b.Loop() {
		if _, err := metrics.Compute(metrics.Each(all), book, january, december, now); err != nil {
			b.Fatal(err)
		}
	}
}
