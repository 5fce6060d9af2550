package console

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"rightsmail/shared/cases"
	"rightsmail/shared/metrics"
	"rightsmail/shared/rights"
)

// metricsView is the report as a page.
type metricsView struct {
	From, To    string // 2026-01-31, for the form
	Span        string
	Opens       bool // the reader may see the cases behind a number
	Exports     bool // and may take corrected mail out of the house
	Places      []choice
	Periods     []tab
	Rows        []metricsRow
	Others      bool // there are rows beside the yearly statement
	Total       metricsRow
	Definitions []metrics.Definition
	CSV         string
}

// metricsRow is one category.
type metricsRow struct {
	Title     string
	Statutory bool
	Received  number
	Open      number
	Held      number
	Overdue   number
	Complied  number
	Part      number
	Denied    number
	Grounds   []number // unverified, not entitled, exempt, other
	Withdrawn number
	Answered  number
	Audit     number
	Median    string
	Mean      string
	Ack       share
	InTime    share
	Bar       []segment
}

// number is a count and where its cases are; no path for a zero, and none for whoever
// may not see cases.
type number struct {
	N    int
	Path string
}

// share is a percentage with what it is of.
type share struct {
	Percent  string // "97 %"; empty of nothing
	Part, Of number
}

// segment is a stretch of a bar of a hundred units.
type segment struct {
	Class    string
	X, Width string
}

func (c *console) metrics(w http.ResponseWriter, r *http.Request) error {
	if err := expect(r, "from", "to", "jurisdiction"); err != nil {
		return err
	}
	report, query, err := c.report(r)
	if err != nil {
		return err
	}
	view := metricsView{
		From: report.From.String(), To: report.To.String(),
		Span:   dateWords(report.From) + " to " + dateWords(report.To),
		Places: placeChoices(rights.Jurisdiction(query.Get("jurisdiction"))), Periods: c.periods(report, query),
		Definitions: metrics.Definitions(), CSV: "/metrics.csv?" + query.Encode(),
	}
	view.Opens, view.Exports = c.person(r).may(toRead), c.person(r).may(toExport)
	for _, row := range report.Rows {
		view.Rows = append(view.Rows, metricsRowOf(row, query, view.Opens))
		view.Others = view.Others || !row.Statutory
	}
	view.Total = metricsRowOf(report.Total, query, view.Opens)
	c.render(w, r, http.StatusOK, "metrics", "Metrics", view)
	return nil
}

// report counts what the query asks for, and returns the query in full.
func (c *console) report(r *http.Request) (metrics.Report, url.Values, error) {
	values := r.URL.Query()
	from, to, err := span(values.Get("from"), values.Get("to"), c.Now())
	if err != nil {
		return metrics.Report{}, nil, err
	}
	query := url.Values{"from": {from.String()}, "to": {to.String()}}
	place := rights.Jurisdiction(values.Get("jurisdiction"))
	if place != "" {
		if !slices.Contains(jurisdictionOrder, place) {
			return metrics.Report{}, nil, wrong("jurisdiction is one of us-ca, us-nv, us-other, eu, uk, ch, unspecified; without it: everybody.")
		}
		query.Set("jurisdiction", string(place))
	}
	report, err := metrics.Compute(c.received(r.Context(), from, to, place), c.Book, from, to, c.Now())
	return report, query, err
}

// received goes through the cases of a span of civil dates. A civil date begins up to
// fourteen hours before the one in UTC and ends up to twelve after it, so the store
// is asked for a day more at both ends; Compute looks at the exact date.
func (c *console) received(ctx context.Context, from, to rights.Date, place rights.Jurisdiction) iter.Seq2[cases.Case, error] {
	q := cases.Query{
		ReceivedFrom: from.AddDays(-1).In(time.UTC), ReceivedTo: to.AddDays(2).In(time.UTC), Limit: 500,
	}
	return func(yield func(cases.Case, error) bool) {
		err := c.walk(ctx, q, func(one cases.Case) bool {
			return place != "" && one.Jurisdiction != place || yield(one, nil)
		})
		if err != nil {
			yield(cases.Case{}, err)
		}
	}
}

// periods are the spans that people ask for most.
func (c *console) periods(report metrics.Report, query url.Values) []tab {
	year := report.From.Year
	if today, err := rights.DateIn(c.Now(), "America/Los_Angeles"); err == nil {
		year = today.Year
	}
	var tabs []tab
	for _, y := range []int{year, year - 1} {
		from, to := strconv.Itoa(y)+"-01-01", strconv.Itoa(y)+"-12-31"
		one := url.Values{"from": {from}, "to": {to}}
		if place := query.Get("jurisdiction"); place != "" {
			one.Set("jurisdiction", place)
		}
		tabs = append(tabs, tab{
			Title: strconv.Itoa(y), Path: "/metrics?" + one.Encode(),
			Here: report.From.String() == from && report.To.String() == to,
		})
	}
	return tabs
}

// metricsRowOf is a row whose numbers open their cases, where the reader may see them.
func metricsRowOf(row metrics.Row, query url.Values, opens bool) metricsRow {
	n := func(column metrics.Column) number {
		if row.N(column) == 0 {
			return number{}
		}
		if !opens {
			return number{N: row.N(column)}
		}
		q := url.Values{"category": {string(row.Category)}, "column": {string(column)}}
		for k, v := range query {
			q[k] = v
		}
		return number{row.N(column), "/metrics/cases?" + q.Encode()}
	}
	view := metricsRow{
		Title: row.Title, Statutory: row.Statutory,
		Received: n(metrics.Received), Open: n(metrics.Open), Held: n(metrics.Held), Overdue: n(metrics.Overdue),
		Complied: n(metrics.Complied), Part: n(metrics.CompliedPart), Denied: n(metrics.Denied),
		Grounds:   []number{n(metrics.DeniedUnverified), n(metrics.DeniedNotEntitled), n(metrics.DeniedExempt), n(metrics.DeniedOther)},
		Withdrawn: n(metrics.Withdrawn), Answered: n(metrics.Answered), Audit: n(metrics.Audit),
		Bar:    bar(row),
		Ack:    share{percent(row.Acknowledged()), n(metrics.AckInTime), n(metrics.AckDue)},
		InTime: share{percent(row.InTime()), n(metrics.AnsweredInTime), n(metrics.AnswerDue)},
	}
	if d := row.Days(); d.N > 0 {
		view.Median, view.Mean = days(d.Median), days(d.Mean)
	}
	return view
}

func percent(s metrics.Share) string {
	p, ok := s.Percent()
	if !ok {
		return ""
	}
	return strconv.Itoa(p) + " %"
}

// days writes a number of days to one place, and whole ones whole.
func days(d float64) string {
	if d == float64(int(d)) {
		return strconv.Itoa(int(d))
	}
	return strconv.FormatFloat(d, 'f', 1, 64)
}

// bar draws how the requests of a row stand. It repeats the numbers of its row and
// says nothing that they do not.
func bar(row metrics.Row) []segment {
	total := row.N(metrics.Received)
	if total == 0 {
		return nil
	}
	var segments []segment
	at := 0.0
	for _, part := range []struct {
		class  string
		column metrics.Column
	}{{"complied", metrics.Complied}, {"denied", metrics.Denied}, {"withdrawn", metrics.Withdrawn}, {"open", metrics.Open}} {
		width := 100 * float64(row.N(part.column)) / float64(total)
		if width > 0 {
			segments = append(segments, segment{part.class, strconv.FormatFloat(at, 'f', 2, 64), strconv.FormatFloat(width, 'f', 2, 64)})
		}
		at += width
	}
	return segments
}

func (c *console) metricsCSV(w http.ResponseWriter, r *http.Request) error {
	if err := expect(r, "from", "to", "jurisdiction"); err != nil {
		return err
	}
	report, _, err := c.report(r)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="metrics-`+report.From.String()+`-`+report.To.String()+`.csv"`)
	return report.WriteCSV(w)
}

// metricsCasesView is the cases behind one number.
type metricsCasesView struct {
	Title  string
	Column string
	Span   string
	N      int
	Rows   []caseRow
	Next   string
	First  string
	Back   string
}

// columnTitles are the headings of the numbers.
var columnTitles = map[metrics.Column]string{
	metrics.Received: "Received", metrics.Open: "Open", metrics.Held: "Held, over the limit", metrics.Overdue: "Overdue",
	metrics.Complied: "Complied", metrics.CompliedPart: "Complied in part", metrics.Denied: "Denied",
	metrics.DeniedUnverified: "Denied: could not be verified", metrics.DeniedNotEntitled: "Denied: not entitled",
	metrics.DeniedExempt: "Denied: the law exempts the data", metrics.DeniedOther: "Denied: another reason",
	metrics.Withdrawn: "Withdrawn", metrics.Answered: "Answered", metrics.AnswerDue: "Answered, with a date set by law",
	metrics.AnsweredInTime: "Answered in time", metrics.AckDue: "Acknowledgement due", metrics.AckInTime: "Acknowledged in time",
	metrics.Audit: "Audit: duplicates and mail that was no request",
}

// metricsPage is how many cases one page behind a number shows.
const metricsPage = 50

// metricsCases opens a number: the same report, asked for its list.
func (c *console) metricsCases(w http.ResponseWriter, r *http.Request) error {
	if err := expect(r, "from", "to", "jurisdiction", "category", "column", "page"); err != nil {
		return err
	}
	values := r.URL.Query()
	report, query, err := c.report(r)
	if err != nil {
		return err
	}
	column := metrics.Column(values.Get("column"))
	row, ok := report.Row(metrics.Category(values.Get("category")))
	if !ok || !slices.Contains(metrics.Columns(), column) {
		return problem{http.StatusNotFound, "The report has no such number in this span. Open the metrics and follow a number there."}
	}
	page := 1
	if word := values.Get("page"); word != "" {
		if page, err = strconv.Atoi(word); err != nil || page < 1 || page > 1_000_000 {
			return wrong("page is a whole number from 1.")
		}
	}
	ids := row.Cases(column)
	view := metricsCasesView{
		Title: row.Title, Column: say(columnTitles, column), N: len(ids), Back: "/metrics?" + query.Encode(),
		Span: dateWords(report.From) + " to " + dateWords(report.To),
	}
	at := func(page int) string {
		query.Set("category", values.Get("category"))
		query.Set("column", string(column))
		query.Set("page", strconv.Itoa(page))
		return "/metrics/cases?" + query.Encode()
	}
	if page > 1 {
		view.First = at(1)
	}
	if page*metricsPage < len(ids) {
		view.Next = at(page + 1)
	}
	first := min((page-1)*metricsPage, len(ids))
	for _, id := range ids[first:min(first+metricsPage, len(ids))] {
		one, err := c.Store.Case(r.Context(), id)
		if err != nil {
			return err
		}
		view.Rows = append(view.Rows, c.row(one, c.Now()))
	}
	c.render(w, r, http.StatusOK, "metrics-cases", view.Title+": "+view.Column, view)
	return nil
}
