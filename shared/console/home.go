package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"rightsmail/shared/cases"
	"rightsmail/shared/rights"
)

// homeView is the desk in one look: what waits for this human, then every queue.
type homeView struct {
	May    hands
	Today  string
	Tasks  []task
	Queues []queueLine
	Total  queueLine
}

// task is a list of things that no machine may decide.
type task struct {
	Title string
	Hint  string
	Rows  []caseRow
	More  string // where the rest is; empty if this is all
}

// queueLine is a queue in numbers.
type queueLine struct {
	Queue                       rights.Queue
	Title, Hint                 string
	Open, Held, Closed, Overdue int
	NextDue                     due
	nextDue                     time.Time // the same, to compare
}

// taskRows is how many rows a task shows before it points to the rest.
const taskRows = 3

func (c *console) home(w http.ResponseWriter, r *http.Request) error {
	if err := expect(r); err != nil {
		return err
	}
	ctx, now := r.Context(), c.Now()
	lines, err := c.queueLines(ctx, now)
	if err != nil {
		return err
	}
	view := homeView{May: c.person(r).hands(), Today: moment(now, "America/Los_Angeles").Words, Total: queueLine{Title: "All queues"}}
	for _, l := range lines {
		view.Total.add(l)
		if l.Queue != rights.QueueSupport || l.Open+l.Held+l.Closed > 0 { // support mail has no cases
			view.Queues = append(view.Queues, l)
		}
	}
	if view.May.Read { // the tasks are cases
		if view.Tasks, err = c.tasks(ctx, now); err != nil {
			return err
		}
	}
	c.render(w, r, http.StatusOK, "home", "Queues", view)
	return nil
}

// queueLines counts every queue, in the order of the house.
func (c *console) queueLines(ctx context.Context, now time.Time) ([]queueLine, error) {
	counts, err := c.Store.Counts(ctx)
	if err != nil {
		return nil, err
	}
	var lines []queueLine
	index := map[rights.Queue]int{}
	line := func(q rights.Queue) *queueLine {
		if _, ok := index[q]; !ok {
			index[q] = len(lines)
			lines = append(lines, queueLine{Queue: q, Title: say(queueTitles, q), Hint: queueHints[q]})
		}
		return &lines[index[q]]
	}
	for _, q := range rights.Queues() {
		line(q)
	}
	for _, n := range counts {
		l := line(n.Queue)
		switch n.Status {
		case cases.Open:
			l.Open += n.N
		case cases.Held:
			l.Held += n.N
		case cases.Closed:
			l.Closed += n.N
		}
	}
	// A list is sorted by duty, soonest first: the overdue ones come before all others.
	err = c.walk(ctx, cases.Query{Statuses: unfinished, Limit: 500}, func(one cases.Case) bool {
		if one.Next.Due.IsZero() || !now.After(one.Next.Due) {
			return false
		}
		line(one.Queue).Overdue++
		return true
	})
	if err != nil {
		return nil, err
	}
	for i := range lines {
		if lines[i].Open+lines[i].Held == 0 {
			continue
		}
		first, err := c.Store.Cases(ctx, cases.Query{Queue: lines[i].Queue, Statuses: unfinished, Limit: 1})
		if err != nil {
			return nil, err
		}
		for _, one := range first.Cases {
			lines[i].nextDue, lines[i].NextDue = one.Next.Due, dueAt(one.Next.Duty, one.Next.Due, one.Clock.Zone, now)
		}
	}
	return lines, nil
}

// unfinished are the cases that still owe something.
var unfinished = []cases.Status{cases.Open, cases.Held}

func (l *queueLine) add(other queueLine) {
	l.Open += other.Open
	l.Held += other.Held
	l.Closed += other.Closed
	l.Overdue += other.Overdue
	if !other.nextDue.IsZero() && (l.nextDue.IsZero() || other.nextDue.Before(l.nextDue)) {
		l.nextDue, l.NextDue = other.nextDue, other.NextDue
	}
}

// walk goes through all cases of a query, page by page, until visit says stop.
func (c *console) walk(ctx context.Context, q cases.Query, visit func(cases.Case) bool) error {
	for {
		page, err := c.Store.Cases(ctx, q)
		if err != nil {
			return err
		}
		for _, one := range page.Cases {
			if !visit(one) {
				return nil
			}
		}
		if page.Next == "" {
			return nil
		}
		q.Cursor = page.Next
	}
}

// taskLists are the lists across queues of what waits for a human before anything
// else can happen.
var taskLists = []struct {
	name, title, hint string
	query             cases.Query
}{
	{
		"acknowledgements", "Acknowledgements waiting for you",
		"No machine may send these. Release each one, or write yourself, before its date.",
		cases.Query{Statuses: unfinished, AckStates: []cases.AckState{cases.AckHeld}},
	},
	{
		"held", "Held over the limit",
		"Asked more often than the law obliges you to answer. Send the drafted letter or waive the limit.",
		cases.Query{Statuses: []cases.Status{cases.Held}},
	},
}

// tasks are the first rows of every such list that is not empty.
func (c *console) tasks(ctx context.Context, now time.Time) ([]task, error) {
	var tasks []task
	for _, t := range taskLists {
		query := t.query
		query.Limit = taskRows
		page, err := c.Store.Cases(ctx, query)
		if err != nil {
			return nil, err
		}
		if len(page.Cases) == 0 {
			continue
		}
		one := task{Title: t.title, Hint: t.hint, Rows: c.rows(page.Cases, now)}
		if page.Next != "" {
			one.More = "/queues/" + t.name
		}
		tasks = append(tasks, one)
	}
	return tasks, nil
}

// reference is what people copy out of a letter: with or without the last number.
var reference = regexp.MustCompile(`^RM(-[0-9A-Z]{2,8}){1,4}(-[0-9]{1,3})?$`)

// find leads from a reference to its case.
func (c *console) find(w http.ResponseWriter, r *http.Request) error {
	if err := expect(r, "case"); err != nil {
		return err
	}
	word := strings.ToUpper(strings.TrimSpace(r.URL.Query().Get("case")))
	if !reference.MatchString(word) {
		return wrong("Write a case reference as it stands in our letters, for example RM-8F3K-2Q7D-1.")
	}
	for _, id := range slices.Compact([]cases.ID{cases.ID(word), cases.ID(word + "-1")}) {
		one, err := c.Store.Case(r.Context(), id)
		if errors.Is(err, cases.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		http.Redirect(w, r, "/cases/"+url.PathEscape(string(one.ID)), http.StatusSeeOther)
		return nil
	}
	return problem{http.StatusNotFound, "No case has this reference. Compare it with the letter, letter by letter."}
}
