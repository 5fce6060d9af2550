package main

import (
	"rightsmail/shared/classify"
	"rightsmail/shared/rights"
)

// format is the version of the JSON report. Fields are added, never changed; a report
// that needs another meaning of a field gets another version.
const format = 1

// Report is all that was measured. Lists are sorted and never null; shares are of what
// the expectations say something about.
type Report struct {
	Format   int    `json:"format"`
	Rules    string `json:"rules"`    // version of the rules: a hash of the data
	Received string `json:"received"` // when mail arrived whose server noted nothing, RFC 3339

	Mails   int `json:"mails"`
	Privacy int `json:"privacy"` // mails that ask for a right

	Lost []Lost `json:"lost"` // mails that ask for a right and came out as none: broken laws

	RightsExact Share `json:"rights_exact"` // mails with exactly the rights expected
	QueuesExact Share `json:"queues_exact"` // mails in exactly the queues expected
	Review      Share `json:"review"`       // of the mails expected elsewhere, those that a human must look at first
	SupportKept Share `json:"support_kept"` // of the ordinary support mails, those that stayed support
	Abstained   Share `json:"abstained"`    // mails that the rules gave to a human without any guess

	SupportTaken []Taken `json:"support_taken"` // ordinary support mails that came to another queue

	Fields    []Field    `json:"fields"` // what else the expectations say
	Rights    []Figure   `json:"rights"`
	Queues    []Figure   `json:"queues"`
	Languages []Language `json:"languages"`
	Confusion Confusion  `json:"confusion"`
	Model     Model      `json:"model"`

	Wrong   []Wrong  `json:"wrong"`
	Results []Result `json:"results"` // every mail, for -against

	Against *Against `json:"against,omitempty"`
}

// Share is a part of a whole; Rate is N/Of to four digits, null of nothing.
type Share struct {
	N    int      `json:"n"`
	Of   int      `json:"of"`
	Rate *float64 `json:"rate"`
}

// Lost is a mail that nobody would work on.
type Lost struct {
	File    string           `json:"file"`
	Rights  []rights.ID      `json:"rights"` // that it asks for
	Outcome classify.Outcome `json:"outcome"`
}

// Taken is a support mail that somebody else has to look at.
type Taken struct {
	File   string         `json:"file"`
	Rights []rights.ID    `json:"rights"` // that were found
	Queues []rights.Queue `json:"queues"`
}

// Field is how often a field came out as expected.
type Field struct {
	Field string `json:"field"`
	Share
}

// Figure is how well one right, class or queue is found. Precision is null if it was
// never found, recall if it was never expected, F1 if neither.
type Figure struct {
	ID        string   `json:"id"`
	Support   int      `json:"support"` // mails in which it is expected
	Hit       int      `json:"hit"`     // found and expected
	Missed    int      `json:"missed"`  // expected and not found
	Extra     int      `json:"extra"`   // found and not expected
	Precision *float64 `json:"precision"`
	Recall    *float64 `json:"recall"`
	F1        *float64 `json:"f1"`
}

// Language is how well mails in one language are read.
type Language struct {
	Language string `json:"language"` // BCP 47; as expected, else as found
	Rights   Share  `json:"rights_exact"`
	Lost     int    `json:"lost"`
}

// Confusion counts mails by the queues expected, the rows, and the queues found. Several
// queues are one label, "ccpa+opt-out"; none is "(none)".
type Confusion struct {
	Labels []string `json:"labels"`
	Counts [][]int  `json:"counts"`
}

// Model is what a model has to do with it. Undecided is how many mails would be put to
// one. The rest is zero unless -model asked it.
type Model struct {
	Undecided int  `json:"undecided"`
	Asked     int  `json:"asked"`
	Silent    int  `json:"silent"` // asked, and no opinion that can be used
	Agreed    int  `json:"agreed"` // its claims with a quote are exactly the rights expected
	Tokens    int  `json:"tokens"` // both ways
	Used      bool `json:"used"`
}

// Wrong is a mail of which anything differs.
type Wrong struct {
	File        string       `json:"file"`
	Differences []Difference `json:"differences"`
	DecidedBy   classify.By  `json:"decided_by"`
	Confidence  float64      `json:"confidence"`
	Evidence    []Evidence   `json:"evidence"`
	Review      []string     `json:"review"` // why a human must look first
	Note        string       `json:"note"`   // of the expectation
}

// Difference is one field of a mail.
type Difference struct {
	Field    string `json:"field"`
	Expected string `json:"expected"`
	Got      string `json:"got"`
}

// Evidence is a rule and the words of the mail that made it speak.
type Evidence struct {
	Rule string `json:"rule"`
	Text string `json:"text"`
}

// Result is what one mail came out as.
type Result struct {
	File     string         `json:"file"`
	Rights   []rights.ID    `json:"rights"`
	Queues   []rights.Queue `json:"queues"`
	Right    bool           `json:"right"` // nothing differs from what is expected
	Lost     bool           `json:"lost"`
	Decided  classify.By    `json:"decided_by"`
	Expected Expected       `json:"expected"`
}

// Expected is what a mail should have come out as.
type Expected struct {
	Rights []rights.ID    `json:"rights"`
	Queues []rights.Queue `json:"queues"`
}

// Against is what changed since an earlier report.
type Against struct {
	Rules   string    `json:"rules"`   // of the earlier report
	Fixed   int       `json:"fixed"`   // wrong then, right now
	Broken  int       `json:"broken"`  // right then, wrong now
	Changed []Changed `json:"changed"` // mails that come out otherwise, or are expected to
	New     []string  `json:"new"`     // mails that were not there
	Gone    []string  `json:"gone"`    // mails that are no longer there
}

// Changed is a mail that came out otherwise than before.
type Changed struct {
	File        string       `json:"file"`
	How         string       `json:"how"` // "fixed", "broken", "still right", "still wrong"
	Differences []Difference `json:"differences"`
}
