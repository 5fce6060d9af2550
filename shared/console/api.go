package console

import (
	_ "embed"
	"encoding/json"
	"net/http"
	"time"

	"rightsmail/shared/cases"
	"rightsmail/shared/desk"
	"rightsmail/shared/email"
	"rightsmail/shared/metrics"
	"rightsmail/shared/rights"
)

//go:embed openapi.yaml
var description []byte

func (c *console) apiDescription(w http.ResponseWriter, r *http.Request) error {
	if err := expect(r); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/yaml")
	_, _ = w.Write(description)
	return nil
}

func writeJSON(w http.ResponseWriter, status int, shape any) {
	data, err := json.Marshal(shape)
	if err != nil { // shapes hold plain values only
		http.Error(w, `{"error":"the answer could not be written"}`, http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(data, '\n'))
}

func (c *console) apiQueues(w http.ResponseWriter, r *http.Request) error {
	if err := expect(r); err != nil {
		return err
	}
	lines, err := c.queueLines(r.Context(), c.Now())
	if err != nil {
		return err
	}
	out := queuesShape{Queues: []queueShape{}}
	for _, l := range lines {
		out.Queues = append(out.Queues, queueShape{
			Queue: string(l.Queue), Title: l.Title, Open: l.Open, Held: l.Held, Closed: l.Closed,
			Overdue: l.Overdue, NextDue: timeOrNull(l.nextDue),
		})
	}
	writeJSON(w, http.StatusOK, out)
	return nil
}

func (c *console) apiCases(w http.ResponseWriter, r *http.Request) error {
	if err := expect(r, "queue", "status", "cursor", "limit"); err != nil {
		return err
	}
	values := r.URL.Query()
	q := cases.Query{Cursor: values.Get("cursor")}
	var err error
	if word := values.Get("queue"); word != "" {
		if q.Queue, err = queueNamed(word); err != nil {
			return err
		}
	}
	if _, q.Statuses, err = statuses(values.Get("status")); err != nil {
		return err
	}
	if q.Limit, err = pageLimit(values.Get("limit")); err != nil {
		return err
	}
	page, err := c.Store.Cases(r.Context(), q)
	if err != nil {
		return err
	}
	out := casesShape{Cases: []caseShape{}, NextCursor: page.Next}
	for _, one := range page.Cases {
		out.Cases = append(out.Cases, c.caseShape(one, c.right(one), c.Now()))
	}
	writeJSON(w, http.StatusOK, out)
	return nil
}

func (c *console) apiCase(w http.ResponseWriter, r *http.Request) error {
	if err := expect(r); err != nil {
		return err
	}
	now := c.Now()
	v, err := c.Desk.View(r.Context(), cases.ID(r.PathValue("id")), now)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, c.detailShape(v, now))
	return nil
}

func (c *console) caseShape(one cases.Case, right rights.Right, now time.Time) caseShape {
	shape := caseShape{
		ID: string(one.ID), Version: one.Version, Queue: string(one.Queue), Right: string(one.Right),
		Title: right.Title, Law: right.Law, Jurisdiction: string(one.Jurisdiction), Kind: one.Kind, Priority: int(one.Priority),
		Status: string(one.Status), Review: list(one.Review), Subject: one.Subject,
		From: fromShape{
			Name: one.Requester.Name, Address: one.Requester.Address, Standing: one.Requester.Standing,
			Role: one.Requester.Role, Language: one.Requester.Language, Permission: one.Requester.Permission,
		},
		ReceivedAt: one.Received.UTC(), ReceivedOn: dateOrEmpty(one.Clock.ReceivedOn), Zone: one.Clock.Zone,
		Acknowledgement: ackShape{string(one.Acknowledgement.State), one.Acknowledgement.Hold, timeOrNull(one.Acknowledgement.At)},
		Missing:         list(one.Missing), Outcome: string(one.Outcome), ClosedAt: timeOrNull(one.ClosedAt),
	}
	if at := one.Next.Due; !at.IsZero() {
		d := dueAt(one.Next.Duty, at, one.Clock.Zone, now)
		shape.Next = &nextShape{Duty: string(one.Next.Duty), DueOn: d.ISO, DueAt: at.UTC(), Overdue: d.Overdue}
	}
	return shape
}

func (c *console) detailShape(v desk.View, now time.Time) detailShape {
	one := v.Case
	shape := detailShape{
		caseShape: c.caseShape(one, v.Right, now), Citation: v.Right.Citation,
		DecidedBy: one.DecidedBy, Confidence: one.Confidence, Rules: one.Rules, Laws: one.Clock.Book,
		Evidence: list(one.Evidence), Signals: list(one.Signals), Decider: one.Decider, Reason: one.Reason,
		Dates: []dateShape{}, Siblings: []string{}, People: []personShape{}, Letters: []letterShape{}, Trail: []entryShape{}, TrailIntact: v.TrailOK,
	}
	for _, d := range v.Dates {
		shape.Dates = append(shape.Dates, dateShape{
			Duty: string(d.Duty), DueOn: d.Safe.String(), StatutoryOn: d.Statutory.String(), Zone: d.Zone, Period: d.Period,
			Citation: d.Citation, Explanation: d.Explanation, Internal: d.Internal, DoneAt: timeOrNull(d.Done), Overdue: d.Overdue,
		})
	}
	if l := one.Limit; l != nil {
		shape.Limit = &limitShape{State: string(l.State), On: dateOrEmpty(l.On), Earlier: []string{}, FirstFree: dateOrEmpty(l.FirstFree), WaivedBy: l.Waived}
		for _, d := range l.Earlier {
			shape.Limit.Earlier = append(shape.Limit.Earlier, d.String())
		}
	}
	for _, id := range one.Siblings {
		shape.Siblings = append(shape.Siblings, string(id))
	}
	for _, p := range one.People {
		shape.People = append(shape.People, personShape{p.Name, p.Email, p.Sender, string(p.Case)})
	}
	for _, e := range v.Letters {
		l := letterOf(e)
		shape.Letters = append(shape.Letters, letterShape{
			ID: e.ID, Kind: string(l.Template), State: string(e.State), Subject: l.Subject, CreatedAt: e.Created.UTC(), DoneAt: timeOrNull(e.Done),
		})
	}
	for _, e := range v.Trail {
		data := e.Data
		if data == nil {
			data = map[string]string{}
		}
		shape.Trail = append(shape.Trail, entryShape{e.N, e.At.UTC(), string(e.Actor), e.Kind, e.Text, data, e.Hash})
	}
	shape.Since = []sinceShape{}
	for _, a := range v.Since {
		s := sinceShape{ReceivedAt: a.Received.UTC(), Standing: a.Standing}
		if a.Message != nil {
			s.Automated, s.Text, s.Mail = a.Message.Automation.Kind, &a.Message.New, mailShapeOf(a.Message)
		}
		shape.Since = append(shape.Since, s)
	}
	shape.Mail = mailShapeOf(v.Message)
	return shape
}

// mailShapeOf is nil for a mail that is no longer kept.
func mailShapeOf(m *email.Message) *mailShape {
	if m == nil {
		return nil
	}
	shape := &mailShape{
		Text: m.New, Quoted: m.Quoted, Signature: m.Signature, Disclaimer: m.Disclaimer, Hidden: m.Hidden,
		Candidates: []candidateShape{}, Warnings: []warningShape{}, Attachments: []attachmentShape{},
	}
	for _, c := range m.Candidates {
		shape.Candidates = append(shape.Candidates, candidateShape{c.Name, c.Address.Address, c.How})
	}
	if r := m.Report; r != nil {
		shape.Report = &reportShape{Kind: r.Kind, Returned: list(r.Returned), EnvelopeID: r.EnvelopeID, Recipients: []reportRecipientShape{}}
		for _, to := range r.Recipients {
			shape.Report.Recipients = append(shape.Report.Recipients, reportRecipientShape(to))
		}
	}
	for _, w := range m.Warnings {
		shape.Warnings = append(shape.Warnings, warningShape{string(w.Kind), w.Detail})
	}
	for _, a := range m.Attachments {
		shape.Attachments = append(shape.Attachments, attachmentShape{a.Name, a.ContentType, a.Detected, a.Size, a.SHA256, a.Archive, a.Encrypted})
	}
	return shape
}

func (c *console) apiMetrics(w http.ResponseWriter, r *http.Request) error {
	if err := expect(r, "from", "to", "jurisdiction"); err != nil {
		return err
	}
	report, _, err := c.report(r)
	if err != nil {
		return err
	}
	open := c.person(r).may(toRead)
	out := metricsShape{From: report.From.String(), To: report.To.String(), Total: categoryOf(report.Total, open)}
	for _, row := range report.Rows {
		out.Rows = append(out.Rows, categoryOf(row, open))
	}
	for _, d := range metrics.Definitions() {
		out.Terms = append(out.Terms, definitionShape(d))
	}
	writeJSON(w, http.StatusOK, out)
	return nil
}

// categoryOf is a row, with the cases behind its numbers for whoever may see cases.
func categoryOf(row metrics.Row, withCases bool) categoryShape {
	shape := categoryShape{
		Category: string(row.Category), Title: row.Title, Statutory: row.Statutory,
		Received: row.N(metrics.Received), Open: row.N(metrics.Open), Held: row.N(metrics.Held), Overdue: row.N(metrics.Overdue),
		Complied: row.N(metrics.Complied), CompliedPart: row.N(metrics.CompliedPart), Denied: row.N(metrics.Denied),
		DeniedUnverified: row.N(metrics.DeniedUnverified), DeniedNotEntitled: row.N(metrics.DeniedNotEntitled),
		DeniedExempt: row.N(metrics.DeniedExempt), DeniedOther: row.N(metrics.DeniedOther), Withdrawn: row.N(metrics.Withdrawn),
		Answered: row.N(metrics.Answered), AnswerDue: row.N(metrics.AnswerDue), AnsweredInTime: row.N(metrics.AnsweredInTime),
		AckDue: row.N(metrics.AckDue), AckInTime: row.N(metrics.AckInTime), Audit: row.N(metrics.Audit),
		Cases: map[metrics.Column][]string{},
	}
	for _, column := range metrics.Columns() {
		if !withCases {
			break
		}
		ids := []string{}
		for _, id := range row.Cases(column) {
			ids = append(ids, string(id))
		}
		shape.Cases[column] = ids
	}
	if d := row.Days(); d.N > 0 {
		shape.MedianDays, shape.MeanDays = &d.Median, &d.Mean
	}
	return shape
}

func timeOrNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func dateOrEmpty(d rights.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

// list makes an empty list of a missing one, so that JSON says [] and not null.
func list[T any](l []T) []T {
	if l == nil {
		return []T{}
	}
	return l
}
