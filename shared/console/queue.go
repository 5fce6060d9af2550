package console

import (
	"net/http"
	"net/url"
	"time"

	"rightsmail/shared/cases"
	"rightsmail/shared/rights"
)

// queueView is one page of one list.
type queueView struct {
	Title  string
	Hint   string
	Tabs   []tab // empty for a list that is a task
	Filter string
	Held   int // held in this queue, shown beside the open ones
	HeldAt string
	Decide bool // the reader may do something about the held ones
	Rows   []caseRow
	Next   string // address of the next page; empty on the last
	First  string // address of the first page; empty on the first
}

// tab is one choice of a filter.
type tab struct {
	Title   string
	Path    string
	Count   int
	Counted bool
	Here    bool
}

// caseRow is a case in a list.
type caseRow struct {
	ID       cases.ID
	Path     string
	Title    string
	Law      string
	Place    string
	Subject  string
	From     string
	Queue    string
	Due      due
	Status   cases.Status
	Standing string   // what is known of how the case stands, in words
	Flags    []string // what a human should know before opening it
	Received string
}

func (c *console) queue(w http.ResponseWriter, r *http.Request) error {
	name, values := r.PathValue("queue"), r.URL.Query()
	for _, list := range taskLists {
		if list.name != name {
			continue
		}
		if err := expect(r, "cursor"); err != nil {
			return err
		}
		return c.list(w, r, queueView{Title: list.title, Hint: list.hint}, list.query, url.Values{})
	}
	if err := expect(r, "status", "cursor"); err != nil {
		return err
	}
	queue, err := queueNamed(name)
	if err != nil {
		return problem{http.StatusNotFound, "There is no such queue."}
	}
	filter, wanted, err := statuses(values.Get("status"))
	if err != nil {
		return err
	}
	view := queueView{Title: say(queueTitles, queue), Hint: queueHints[queue], Filter: filter}
	if err := c.tabs(r, &view, queue); err != nil {
		return err
	}
	return c.list(w, r, view, cases.Query{Queue: queue, Statuses: wanted}, url.Values{"status": {filter}})
}

// tabs counts the filters of a queue.
func (c *console) tabs(r *http.Request, view *queueView, queue rights.Queue) error {
	counts, err := c.Store.Counts(r.Context())
	if err != nil {
		return err
	}
	n := map[cases.Status]int{}
	for _, count := range counts {
		if count.Queue == queue {
			n[count.Status] += count.N
		}
	}
	for _, one := range []struct {
		title string
		word  string
		count int
	}{
		{"Open", "open", n[cases.Open]}, {"Held", "held", n[cases.Held]}, {"Closed", "closed", n[cases.Closed]},
		{"All", "all", n[cases.Open] + n[cases.Held] + n[cases.Closed]},
	} {
		path := "/queues/" + string(queue) + "?status=" + one.word
		view.Tabs = append(view.Tabs, tab{Title: one.title, Path: path, Count: one.count, Counted: true, Here: view.Filter == one.word})
	}
	if view.Filter == "open" {
		may := c.person(r).hands()
		view.Decide = may.Decide || may.Write
		view.Held, view.HeldAt = n[cases.Held], "/queues/"+string(queue)+"?status=held"
	}
	return nil
}

// list answers with a page of cases; filter is kept in the addresses of its neighbours.
func (c *console) list(w http.ResponseWriter, r *http.Request, view queueView, q cases.Query, filter url.Values) error {
	q.Cursor = r.URL.Query().Get("cursor")
	page, err := c.Store.Cases(r.Context(), q)
	if err != nil {
		return err
	}
	view.Rows = c.rows(page.Cases, c.Now())
	if q.Cursor != "" {
		view.First = r.URL.Path + "?" + filter.Encode()
	}
	if page.Next != "" {
		filter.Set("cursor", page.Next)
		view.Next = r.URL.Path + "?" + filter.Encode()
	}
	c.render(w, r, http.StatusOK, "queue", view.Title, view)
	return nil
}

// rows are cases as a list shows them.
func (c *console) rows(list []cases.Case, now time.Time) []caseRow {
	rows := make([]caseRow, 0, len(list))
	for _, one := range list {
		rows = append(rows, c.row(one, now))
	}
	return rows
}

func (c *console) row(one cases.Case, now time.Time) caseRow {
	right := c.right(one)
	row := caseRow{
		ID: one.ID, Path: casePath(one.ID), Title: right.Title, Law: right.Law, Place: say(jurisdictions, one.Jurisdiction),
		Subject: visible(one.Subject), From: visible(sender(one.Requester)), Queue: say(queueTitles, one.Queue),
		Due: dueAt(one.Next.Duty, one.Next.Due, one.Clock.Zone, now), Status: one.Status,
		Standing: say(statusTitles, one.Status), Received: moment(one.Received, one.Clock.Zone).Words,
	}
	if one.Status == cases.Closed {
		row.Due = due{}
		loc, _ := located(one.Clock.Zone)
		row.Standing = dateWords(dateOf(one.ClosedAt.In(loc))) + ". " + say(outcomeTitles, one.Outcome)
		return row
	}
	if word := kinds[one.Kind]; word != "" {
		row.Flags = append(row.Flags, word)
	}
	if one.Several() {
		row.Flags = append(row.Flags, "Several people")
	}
	switch one.Requester.Standing {
	case "failed":
		row.Flags = append(row.Flags, "Forged sender")
	case "unknown":
		row.Flags = append(row.Flags, "Sender not proven")
	}
	if one.Replies > 0 {
		row.Flags = append(row.Flags, "Wrote again")
	}
	if one.Acknowledgement.State == cases.AckHeld {
		row.Flags = append(row.Flags, "Acknowledgement held")
	}
	if len(one.Missing) > 0 {
		row.Flags = append(row.Flags, "Details missing")
	}
	if one.Requester.Role != "" && one.Requester.Role != "self" {
		row.Flags = append(row.Flags, "Writes "+say(roles, one.Requester.Role))
	}
	return row
}

// right is the law of a case as it was on the day of receipt. What no law knows is a
// request for a human to read.
func (c *console) right(one cases.Case) rights.Right {
	right, err := c.Book.Right(one.Right, one.Clock.ReceivedOn)
	if err != nil {
		return rights.Right{ID: one.Right, Title: "A request that a person has to read first", Queue: one.Queue}
	}
	return right
}

func casePath(id cases.ID) string { return "/cases/" + url.PathEscape(string(id)) }

// sender is who asks, in one line.
func sender(r cases.Requester) string {
	switch {
	case r.Name != "" && r.Address != "":
		return r.Name + " <" + r.Address + ">"
	case r.Address != "":
		return r.Address
	case r.Name != "":
		return r.Name
	}
	return "no readable sender"
}
