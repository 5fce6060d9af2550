package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// text prints the report for a terminal: first what must never be, then the figures, then
// each mail that differs. Words of mails and of files are quoted, so that none of them
// steers the terminal.
func (r Report) text(w io.Writer) error {
	var b strings.Builder
	r.head(&b)
	if r.Against != nil {
		r.Against.text(&b)
	}
	table(&b, "RIGHT OR CLASS", r.Rights)
	table(&b, "QUEUE", r.Queues)
	r.rest(&b)
	r.wrong(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

func (r Report) head(b *strings.Builder) {
	fmt.Fprintf(b, "rules %s, received %s, %d mails, %d of them privacy mails\n\n", r.Rules, r.Received, r.Mails, r.Privacy)
	if len(r.Lost) > 0 {
		fmt.Fprintf(b, "!!! %d PRIVACY MAILS LOST: they ask for a right and nobody will work on them\n", len(r.Lost))
		for _, l := range r.Lost {
			fmt.Fprintf(b, "!!! %q asks for %s and came out as %s\n", l.File, join(l.Rights), l.Outcome)
		}
		b.WriteString("\n")
	} else {
		b.WriteString("no privacy mail was lost\n\n")
	}
	t := tabwriter.NewWriter(b, 0, 4, 2, ' ', 0)
	for _, l := range []struct {
		name string
		Share
	}{
		{"exactly the rights expected", r.RightsExact}, {"exactly the queues expected", r.QueuesExact},
		{"for review, expected elsewhere", r.Review}, {"ordinary support mail kept as such", r.SupportKept},
		{"decided by nobody", r.Abstained},
	} {
		fmt.Fprintf(t, "%s\t%s\n", l.name, l.Share)
	}
	for _, f := range r.Fields {
		fmt.Fprintf(t, "%s as expected\t%s\n", f.Field, f.Share)
	}
	fmt.Fprintf(t, "would be put to a model\t%d of %d\n", r.Model.Undecided, r.Mails)
	if m := r.Model; m.Used {
		fmt.Fprintf(t, "put to the model\t%d; no opinion %d; exactly the rights expected %d; %d tokens\n", m.Asked, m.Silent, m.Agreed, m.Tokens)
	}
	_ = t.Flush() // into a strings.Builder, which takes everything
	for _, s := range r.SupportTaken {
		fmt.Fprintf(b, "support mail taken: %q to %s as %s\n", s.File, join(s.Queues), join(s.Rights))
	}
}

func table(b *strings.Builder, heading string, figures []Figure) {
	b.WriteString("\n")
	t := tabwriter.NewWriter(b, 0, 4, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "F1\tPRECISION\tRECALL\tSUPPORT\tMISSED\tEXTRA\t  %s\n", heading)
	for _, f := range figures {
		fmt.Fprintf(t, "%s\t%s\t%s\t%d\t%d\t%d\t  %s\n", percent(f.F1), percent(f.Precision), percent(f.Recall), f.Support, f.Missed, f.Extra, f.ID)
	}
	_ = t.Flush()
}

func (r Report) rest(b *strings.Builder) {
	b.WriteString("\n")
	t := tabwriter.NewWriter(b, 0, 4, 2, ' ', 0)
	fmt.Fprintln(t, "LANGUAGE\tEXACTLY THE RIGHTS\tLOST")
	for _, l := range r.Languages {
		fmt.Fprintf(t, "%s\t%s\t%d\n", l.Language, l.Rights, l.Lost)
	}
	_ = t.Flush()
	b.WriteString("\nqueues expected and found, where they differ:\n")
	for i, row := range r.Confusion.Counts {
		for j, n := range row {
			if i != j && n > 0 {
				fmt.Fprintf(b, "%4d  expected %s, found %s\n", n, r.Confusion.Labels[i], r.Confusion.Labels[j])
			}
		}
	}
}

func (r Report) wrong(b *strings.Builder) {
	fmt.Fprintf(b, "\n%d of %d mails differ from what is expected\n", len(r.Wrong), r.Mails)
	for _, w := range r.Wrong {
		fmt.Fprintf(b, "\n%q, decided by %s\n", w.File, w.DecidedBy)
		for _, d := range w.Differences {
			fmt.Fprintf(b, "    %-12s expected %s, got %s\n", d.Field, d.Expected, d.Got)
		}
		for _, e := range w.Evidence {
			fmt.Fprintf(b, "    evidence     %s: %q\n", e.Rule, e.Text)
		}
		for _, reason := range w.Review {
			fmt.Fprintf(b, "    review       %q\n", reason)
		}
		if w.Note != "" {
			fmt.Fprintf(b, "    note         %q\n", w.Note)
		}
	}
}

func (a Against) text(b *strings.Builder) {
	fmt.Fprintf(b, "\nsince rules %q: %d fixed, %d broken, %d changed, %d new, %d gone\n", a.Rules, a.Fixed, a.Broken, len(a.Changed), len(a.New), len(a.Gone))
	for _, c := range a.Changed {
		fmt.Fprintf(b, "%s: %q\n", c.How, c.File)
		for _, d := range c.Differences {
			fmt.Fprintf(b, "    %-16s %q, now %q\n", d.Field, d.Expected, d.Got)
		}
	}
	for _, name := range a.New {
		fmt.Fprintf(b, "new: %q\n", name)
	}
	for _, name := range a.Gone {
		fmt.Fprintf(b, "gone: %q\n", name)
	}
}

// String is the share for people: "97.3 %, 180 of 185".
func (s Share) String() string { return fmt.Sprintf("%s, %d of %d", percent(s.Rate), s.N, s.Of) }

func percent(r *float64) string {
	if r == nil {
		return "-"
	}
	return fmt.Sprintf("%.1f %%", *r*100)
}
