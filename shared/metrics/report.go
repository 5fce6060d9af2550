package metrics

import (
	"math"
	"slices"

	"rightsmail/shared/cases"
	"rightsmail/shared/rights"
)

// Report is what happened to the requests received from From through To, both
// included, counted by civil date of receipt in the zone of each request's law.
type Report struct {
	From, To rights.Date
	Rows     []Row // the statutory buckets always, then every other category that has cases
	Total    Row   // all rows together; Category is empty
}

// Row is one category. Its numbers are lists of cases: see N and Cases.
type Row struct {
	Category  Category
	Title     string // "Know", "Nevada"
	Statutory bool   // a bucket of the yearly statement of 11 CCR 7102

	columns map[Column][]cases.ID // sorted by id
	days    []int                 // of every answered request, unsorted
}

// Column names one number of a row.
type Column string

// The columns. Received = Open + Complied + Denied + Withdrawn in every row. Held,
// Overdue, CompliedPart and the four grounds are parts of the column before them.
// Audit is outside of Received.
const (
	Received          Column = "received"
	Open              Column = "open"    // held ones included
	Held              Column = "held"    // open, over the limit
	Overdue           Column = "overdue" // open, and the next duty is past its safe date
	Complied          Column = "complied"
	CompliedPart      Column = "complied_part"
	Denied            Column = "denied"
	DeniedUnverified  Column = "denied_unverified"
	DeniedNotEntitled Column = "denied_not_entitled"
	DeniedExempt      Column = "denied_exempt"
	DeniedOther       Column = "denied_other"
	Withdrawn         Column = "withdrawn"
	Answered          Column = "answered"         // complied or denied: what the days are measured over
	AnswerDue         Column = "answer_due"       // answered, and there was a date for it
	AnsweredInTime    Column = "answered_in_time" // on or before the safe date
	AckDue            Column = "ack_due"          // an acknowledgement was made, or its date has passed
	AckInTime         Column = "ack_in_time"      // on or before the safe date
	Audit             Column = "audit"            // duplicates and mail that was no request
)

// Columns lists all columns in the order of a table.
func Columns() []Column {
	return []Column{
		Received, Open, Held, Overdue, Complied, CompliedPart, Denied, DeniedUnverified, DeniedNotEntitled,
		DeniedExempt, DeniedOther, Withdrawn, Answered, AnswerDue, AnsweredInTime, AckDue, AckInTime, Audit,
	}
}

// N is the number in a column.
func (r Row) N(c Column) int { return len(r.columns[c]) }

// Cases are the cases behind a number, sorted by id. The caller owns the slice.
func (r Row) Cases(c Column) []cases.ID { return slices.Clone(r.columns[c]) }

// Days are the calendar days from receipt to the substantive answer, over the N
// requests that have one. Median and Mean are 0 if N is 0 and mean nothing then.
type Days struct {
	N      int
	Median float64 // of an even number: the mean of the two in the middle
	Mean   float64
}

// Days measures the answered requests of the row.
func (r Row) Days() Days {
	n := len(r.days)
	if n == 0 {
		return Days{}
	}
	sorted := slices.Clone(r.days)
	slices.Sort(sorted)
	sum := 0
	for _, d := range sorted {
		sum += d
	}
	middle := sorted[(n-1)/2] + sorted[n/2] // twice the median, exact
	return Days{N: n, Median: float64(middle) / 2, Mean: float64(sum) / float64(n)}
}

// Share is how many of how many.
type Share struct{ Part, Of int }

// Percent rounds down and so never promotes 99.9 to 100; ok is false of nothing.
func (s Share) Percent() (percent int, ok bool) {
	if s.Of == 0 {
		return 0, false
	}
	return int(math.Floor(100 * float64(s.Part) / float64(s.Of))), true
}

// Acknowledged is the share of acknowledgements that left in time.
func (r Row) Acknowledged() Share { return Share{r.N(AckInTime), r.N(AckDue)} }

// InTime is the share of answers that were given in time.
func (r Row) InTime() Share { return Share{r.N(AnsweredInTime), r.N(AnswerDue)} }

// Row returns the row of a category; the empty Category is the total. ok is false if
// there is none.
func (r Report) Row(c Category) (row Row, ok bool) {
	if c == "" {
		return r.Total, true
	}
	i := slices.IndexFunc(r.Rows, func(row Row) bool { return row.Category == c })
	if i < 0 {
		return Row{}, false
	}
	return r.Rows[i], true
}

// Definition says in words what a column counts.
type Definition struct {
	Term string
	Text string
}

// Definitions are the method of the report, for everybody who reads its numbers.
func Definitions() []Definition {
	return []Definition{
		{"Received", "Requests, not mails: one mail that asks for two rights is two. Counted by the civil date of receipt at the mail server, in the time zone of the law. Requests that are still open are included; duplicates and mail that was no request are not."},
		{"Open", "Received and not closed yet. Held means open and over the limit of the law: a person decides. Overdue means open, and the next duty is past the strictest reading of its date."},
		{"Complied", "Answered by doing what was asked, in whole or in part."},
		{"Denied", "Answered by refusing all of it, by one of four grounds: the person could not be verified, is not entitled, the law exempts the data, or another reason."},
		{"Withdrawn", "Taken back by the person who asked. Received = open + complied + denied + withdrawn."},
		{"Days", "Calendar days from the date of receipt to the date of the substantive answer, complied or denied, both in the time zone of the law. The acknowledgement is no answer. Open and withdrawn requests have no days."},
		{"Median and mean", "Over the n requests that were answered. Half of the answers took no longer than the median."},
		{"Acknowledged in time", "Of the requests that were acknowledged or whose date for it has passed: those acknowledged, or answered, on or before the strictest reading of that date."},
		{"Answered in time", "Of the answered requests that have a date, by law or by our own goal where the law sets none: those answered on or before its strictest reading, whether or not more time was taken."},
		{"Audit", "Duplicates and mail that was no request. Kept apart so that nothing vanishes from the count."},
	}
}
