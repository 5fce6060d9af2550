package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"rightsmail/shared/cases"
	"rightsmail/shared/desk"
	"rightsmail/shared/rights"
)

// show prints what was found.
func show(m machine, o options, f found) error {
	if o.json {
		if err := showJSON(m.stdout, o, f); err != nil {
			return err
		}
		return showTotals(m.stderr, o, f)
	}
	if len(f.changes) > 0 {
		t := tabwriter.NewWriter(m.stdout, 0, 4, 2, ' ', 0)
		fmt.Fprintln(t, "VERDICT\tMAIL\tRECEIVED\tWAS READ AS\tREADS AS\tAND SO")
		for _, r := range f.changes {
			before, after := r.Before.String(), r.After.String()
			if r.Verdict == desk.Moved {
				before, after = places(r.Before), places(r.After)
			}
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", strings.ToUpper(string(r.Verdict)), r.Mail, r.Received.Format(time.DateTime), before, after, consequence(r, o.apply))
		}
		if err := t.Flush(); err != nil {
			return err
		}
		fmt.Fprintln(m.stdout)
	}
	return showTotals(m.stdout, o, f)
}

// places says a reading with queues and dates, which are all that moved.
func places(r desk.Reading) string {
	var words []string
	for _, x := range r.Rights {
		w := string(x.Right) + " in " + string(x.Queue)
		if x.RespondBy != "" {
			w += " by " + x.RespondBy
		}
		words = append(words, w)
	}
	return strings.Join(words, ", ")
}

// consequence says what follows, or followed.
func consequence(r desk.Replayed, applied bool) string {
	would := func(will, did string) string {
		if applied {
			return did
		}
		return will
	}
	switch {
	case r.Verdict == desk.Lost:
		return would("would be taken in", "was taken in")
	case r.Verdict == desk.Asks:
		return would("would open its cases", "opened its cases")
	case r.Verdict == desk.Moved:
		return "is only shown"
	case r.Case == "":
		return "humans decided its cases: look yourself"
	case r.Noted:
		return "is noted on " + string(r.Case) + " already"
	}
	return would("would be noted on ", "was noted on ") + string(r.Case)
}

func showTotals(w io.Writer, o options, f found) error {
	n := f.counts
	_, err := fmt.Fprintf(w, "%d mails received from %s to before %s: %d lost, %d that ask now, %d that differ, %d that moved, %d as they were.\n",
		f.mails, o.span.From.Format(time.DateOnly), o.span.To.Format(time.DateTime), n[desk.Lost], n[desk.Asks], n[desk.Differs], n[desk.Moved], n[desk.Same])
	if err == nil && !o.apply {
		_, err = fmt.Fprintln(w, "Nothing was written. -apply does it.")
	}
	return err
}

// line is what -json prints of one mail. It is a stable interface: fields are added,
// never changed.
type line struct {
	Verdict  desk.Verdict `json:"verdict"`
	Mail     cases.MailID `json:"mail"`
	Received time.Time    `json:"received"`
	Before   lineReading  `json:"before"`
	After    lineReading  `json:"after"`
	Case     cases.ID     `json:"case"`
	Noted    bool         `json:"noted"`
	Applied  bool         `json:"applied"`
}

type lineReading struct {
	Handling cases.Handling `json:"handling"`
	Rights   []lineRight    `json:"rights"`
}

type lineRight struct {
	Right        rights.ID           `json:"right"`
	Jurisdiction rights.Jurisdiction `json:"jurisdiction"`
	Queue        rights.Queue        `json:"queue"`
	RespondBy    string              `json:"respond_by"`
}

func showJSON(w io.Writer, o options, f found) error {
	enc := json.NewEncoder(w)
	for _, r := range f.changes {
		applied := o.apply && r.Verdict != desk.Moved && (r.Verdict != desk.Differs || r.Case != "" && !r.Noted)
		l := line{Verdict: r.Verdict, Mail: r.Mail, Received: r.Received, Case: r.Case, Noted: r.Noted, Applied: applied,
			Before: inJSON(r.Before), After: inJSON(r.After)}
		if err := enc.Encode(l); err != nil {
			return err
		}
	}
	return nil
}

func inJSON(r desk.Reading) lineReading {
	out := lineReading{Handling: r.Handling, Rights: []lineRight{}}
	for _, x := range r.Rights {
		out.Rights = append(out.Rights, lineRight(x))
	}
	return out
}
