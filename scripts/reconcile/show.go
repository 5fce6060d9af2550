package main

import (
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"rightsmail/shared/cases"
	"rightsmail/shared/desk"
)

// show prints an account, and returns errUneven where it is not even.
func show(m machine, o options, a desk.Account, received int, source string) error {
	print := printTable
	if o.json {
		print = printJSON
	}
	if err := print(m.stdout, a, received, source, m.now()); err != nil {
		return err
	}
	if !a.Even(received) {
		return errUneven
	}
	return nil
}

func printTable(w io.Writer, a desk.Account, received int, source string, now time.Time) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', tabwriter.AlignRight)
	row := func(what string, n int, note string) { fmt.Fprintf(t, "%s\t%d\t  %s\n", what, n, note) }
	fmt.Fprintf(w, "Mail received from %s to before %s\n\n", a.Span.From.Format(time.DateTime), a.Span.To.Format(time.DateTime))
	if received < 0 {
		fmt.Fprintf(t, "received\t?\t  %s\n", source)
	} else {
		row("received", received, source)
	}
	row("stored", a.Stored, "in the bucket")
	row("opened", a.Opened, fmt.Sprintf("with %d cases of all", a.Cases))
	row("joined", a.Joined, "answers to a case that was there")
	row("merged", a.Merged, "copies that came by another way")
	row("forwarded", a.Forwarded, "ordinary mail, to the help desk")
	row("ignored", a.Ignored, "machine mail and spam")
	row("on their way", a.Underway, "stored within the hour")
	row("undecided", a.Undecided, "stored earlier than that")
	if a.Again > 0 {
		row("read again", a.Again, "of those forwarded or ignored; newer rules opened cases")
	}
	if a.Gone > 0 {
		row("gone", a.Gone, "decided, and no longer stored")
	}
	if err := t.Flush(); err != nil {
		return err
	}
	if len(a.Problems) > 0 {
		fmt.Fprintln(w)
		t = tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
		fmt.Fprintln(t, "WHAT\tMAIL\tCASE\tOUTBOX\tSINCE\tSO")
		for _, p := range a.Problems {
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", p.Kind, p.Mail, orDash(string(p.Case)), orDash(p.Effect), since(p.Since, now), p.Text)
		}
		if err := t.Flush(); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(w, "\n"+conclusion(a, received))
	return err
}

// conclusion is the last line: what an operator reads first.
func conclusion(a desk.Account, received int) string {
	switch {
	case received > a.Stored:
		return fmt.Sprintf("Not even: %d more were received than are stored. Look at the metric PublishExpired of the rule, and at who may delete from the bucket.", received-a.Stored)
	case received >= 0 && received < a.Stored:
		return fmt.Sprintf("Not even: %d more are stored than were received. Something else writes into the bucket, or the range touches this hour.", a.Stored-received)
	case len(a.Problems) > 0:
		return fmt.Sprintf("Not even: %d things to look at.", len(a.Problems))
	case received < 0:
		return "Even as far as is known: everything stored was decided, is whole and has left."
	}
	return "Even: everything received was stored, decided, is whole and has left."
}

func since(at, now time.Time) string {
	if at.IsZero() {
		return "-"
	}
	d := now.Sub(at)
	if d >= 48*time.Hour {
		return fmt.Sprintf("%dd", int(d.Hours())/24)
	}
	return fmt.Sprintf("%dh %dm", int(d.Hours()), int(d.Minutes())%60)
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// account is what -json prints. It is a stable interface: fields are added, never changed.
type account struct {
	From      time.Time `json:"from"`
	To        time.Time `json:"to"`
	Even      bool      `json:"even"`
	Received  *int      `json:"received"` // null: not known
	Source    string    `json:"received_from"`
	Stored    int       `json:"stored"`
	Opened    int       `json:"opened"`
	Joined    int       `json:"joined"`
	Merged    int       `json:"merged"`
	Forwarded int       `json:"forwarded"`
	Ignored   int       `json:"ignored"`
	Underway  int       `json:"underway"`
	Undecided int       `json:"undecided"`
	Again     int       `json:"read_again"`
	Gone      int       `json:"gone"`
	Cases     int       `json:"cases"`
	Problems  []problem `json:"problems"`
}

type problem struct {
	Kind   desk.ProblemKind `json:"kind"`
	Mail   cases.MailID     `json:"mail"`
	Case   cases.ID         `json:"case"`
	Effect string           `json:"effect"`
	Since  time.Time        `json:"since,omitzero"`
	Text   string           `json:"text"`
}

func printJSON(w io.Writer, a desk.Account, received int, source string, _ time.Time) error {
	out := account{
		From: a.Span.From, To: a.Span.To, Even: a.Even(received), Source: source, Stored: a.Stored,
		Opened: a.Opened, Joined: a.Joined, Merged: a.Merged, Forwarded: a.Forwarded, Ignored: a.Ignored,
		Underway: a.Underway, Undecided: a.Undecided, Again: a.Again, Gone: a.Gone, Cases: a.Cases, Problems: []problem{},
	}
	if received >= 0 {
		out.Received = &received
	}
	for _, p := range a.Problems {
		out.Problems = append(out.Problems, problem(p))
	}
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}
