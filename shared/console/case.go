package console

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"rightsmail/shared/cases"
	"rightsmail/shared/desk"
	"rightsmail/shared/rights"
)

// caseView is everything known about one case.
type caseView struct {
	May      hands
	Row      caseRow
	Case     cases.Case
	Right    rights.Right
	Done     string // what the human just did; empty otherwise
	Received instant
	Closed   instant
	Priority string
	Who      string // how the sender stands and for whom they ask
	People   []personView
	Several  bool // people wait for a case of their own
	Language string

	Mail     *mailView // nil if the raw mail is gone
	Since    []sinceView
	Evidence []evidenceLine
	Decider  string
	Percent  int

	Dates    []dateView
	Ack      string
	AckHold  string
	AckAt    instant
	AckHeld  bool
	Limit    *limitView
	Letters  []letterView
	Trail    []trailLine
	TrailOK  bool
	Siblings []caseRow

	Outcomes      any
	Rights        []rightGroup
	Jurisdictions []choice
}

// personView is one of the people a mail asks for.
type personView struct {
	Name, Email string
	Sender      bool
	Case, Path  string
}

// dateView is one date with its sum.
type dateView struct {
	Due       due
	Statutory string // the ordinary reading; empty if it is the same day
	Steps     []string
	Citation  string
	Period    string
	Internal  bool
	Done      instant
	Overdue   bool
	Next      bool
	Debt      bool // something owed, not a choice
}

// limitView is what the limit said.
type limitView struct {
	Waiting   bool
	State     string
	On        string
	Earlier   []string
	FirstFree string
	Waived    string
}

// trailLine is one entry of the trail.
type trailLine struct {
	N     int
	At    instant
	Actor string
	Kind  string
	Text  string
	Data  []string
	Hash  string
}

type choice struct {
	Value, Title string
	Here         bool
}

// rightGroup is one law in the form that corrects a class.
type rightGroup struct {
	Law     string
	Choices []choice
}

// doneWords is what the page says after an action.
var doneWords = map[string]string{
	"closed":       "The case is closed.",
	"split":        "A case is open for each person.",
	"waived":       "The limit is waived and the request is in its queue.",
	"acknowledged": "The acknowledgement is on its way.",
	"reclassified": "The class is corrected and the dates are worked out anew.",
	"sent":         "The letter is on its way.",
	"dropped":      "The letter will not be sent.",
}

func (c *console) showCase(w http.ResponseWriter, r *http.Request) error {
	if err := expect(r, "done"); err != nil {
		return err
	}
	now := c.Now()
	v, err := c.Desk.View(r.Context(), cases.ID(r.PathValue("id")), now)
	if err != nil {
		return err
	}
	view := c.caseView(v, now, c.person(r).hands())
	view.Done = doneWords[r.URL.Query().Get("done")]
	c.render(w, r, http.StatusOK, "case", string(v.Case.ID)+" "+v.Right.Title, view)
	return nil
}

func (c *console) caseView(v desk.View, now time.Time, may hands) caseView {
	one, zone := v.Case, v.Case.Clock.Zone
	evidence, numbers := evidenceLines(one.Evidence)
	view := caseView{
		May: may,
		Row: c.row(one, now), Case: one, Right: v.Right,
		Received: moment(one.Received, zone), Closed: moment(one.ClosedAt, zone),
		Priority: priorities[one.Priority], Language: one.Requester.Language,
		Who:      say(standings, one.Requester.Standing) + "; asks " + say(roles, one.Requester.Role) + permissions[one.Requester.Permission],
		Several:  one.Several(),
		Mail:     mailOf(v, numbers),
		Evidence: evidence, Decider: say(deciders, one.DecidedBy), Percent: int(one.Confidence*100 + 0.5),
		Ack: say(ackTitles, one.Acknowledgement.State), AckAt: moment(one.Acknowledgement.At, zone),
		AckHeld: one.Acknowledgement.State == cases.AckHeld && one.Status != cases.Closed,
		Limit:   limitOf(one), TrailOK: v.TrailOK,
		Outcomes: outcomeGroups, Rights: c.rightGroups(one), Jurisdictions: placeChoices(one.Jurisdiction),
	}
	if one.Acknowledgement.Hold != "" {
		view.AckHold = say(holdReasons, one.Acknowledgement.Hold)
	}
	for _, a := range v.Since {
		view.Since = append(view.Since, sinceOf(a, zone))
	}
	for _, d := range v.Dates {
		view.Dates = append(view.Dates, dateOfDuty(d, one, now))
	}
	for _, e := range v.Letters {
		letter := letterOf(e)
		letter.Yours = letter.Waits && may.Write
		view.Letters = append(view.Letters, letter)
	}
	for _, e := range v.Trail {
		view.Trail = append(view.Trail, trailOf(e, zone))
	}
	for _, p := range one.People {
		person := personView{Name: visible(p.Name), Email: visible(p.Email), Sender: p.Sender}
		if p.Case != "" && p.Case != one.ID {
			person.Case, person.Path = string(p.Case), casePath(p.Case)
		}
		view.People = append(view.People, person)
	}
	view.Siblings = c.rows(v.Siblings, now)
	return view
}

// dateOfDuty is one date of the clock. The extension, its notice and a refusal are
// choices of the company; only the first two duties are owed.
func dateOfDuty(d desk.ExplainedDate, one cases.Case, now time.Time) dateView {
	view := dateView{
		Due:   dueAt(d.Duty, d.DueSafe(), d.Zone, now),
		Steps: d.Steps, Citation: d.Citation, Period: d.Period, Internal: d.Internal,
		Done: moment(d.Done, d.Zone), Overdue: d.Overdue,
		Next: one.Next.Duty == d.Duty && !one.Next.Due.IsZero(),
		Debt: d.Duty == rights.DutyAcknowledge || d.Duty == rights.DutyRespond,
	}
	if !view.Debt && view.Due.Overdue {
		view.Due.Left = "passed" // a chance that is gone, not a debt
	}
	if d.Statutory != d.Safe {
		view.Statutory = dateWords(d.Statutory)
	}
	return view
}

func limitOf(one cases.Case) *limitView {
	l := one.Limit
	if l == nil {
		return nil
	}
	view := &limitView{
		Waiting: one.Status == cases.Held, State: string(l.State), On: dateWords(l.On),
		FirstFree: dateWords(l.FirstFree), Waived: l.Waived,
	}
	for _, d := range l.Earlier {
		view.Earlier = append(view.Earlier, dateWords(d))
	}
	return view
}

func trailOf(e cases.Entry, zone string) trailLine {
	line := trailLine{N: e.N, At: moment(e.At, zone), Actor: string(e.Actor), Kind: say[string](nil, e.Kind), Text: visible(e.Text), Hash: e.Hash}
	if e.Actor == cases.Machine {
		line.Actor = "the machine"
	}
	for _, key := range slices.Sorted(maps.Keys(e.Data)) {
		if e.Data[key] != "" {
			line.Data = append(line.Data, key+": "+visible(e.Data[key]))
		}
	}
	return line
}

// rightGroups lists the rights that were the law when the mail came, by law.
func (c *console) rightGroups(one cases.Case) []rightGroup {
	var groups []rightGroup
	index := map[string]int{}
	for _, id := range c.Book.IDs() {
		right, err := c.Book.Right(id, one.Clock.ReceivedOn)
		if err != nil || !right.IsRequest() {
			continue
		}
		if _, ok := index[right.Law]; !ok {
			index[right.Law] = len(groups)
			groups = append(groups, rightGroup{Law: right.Law})
		}
		g := &groups[index[right.Law]]
		g.Choices = append(g.Choices, choice{string(id), right.Title, id == one.Right})
	}
	slices.SortStableFunc(groups, func(a, b rightGroup) int { return strings.Compare(a.Law, b.Law) })
	return groups
}

// placeChoices are the jurisdictions of a form, with the one that is set.
func placeChoices(set rights.Jurisdiction) []choice {
	var list []choice
	for _, j := range jurisdictionOrder {
		list = append(list, choice{string(j), say(jurisdictions, j), j == set})
	}
	return list
}
