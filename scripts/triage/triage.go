package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"rightsmail/shared/adapters/mailfiles"
	"rightsmail/shared/classify"
	"rightsmail/shared/config"
	"rightsmail/shared/desk"
	"rightsmail/shared/email"
	"rightsmail/shared/rights"
)

// Line is what the dry run says of one mail. It is a stable interface: fields are
// added, never changed. Dates are the strict ones, "" where the law sets none.
type Line struct {
	File          string              `json:"file"`
	MessageID     string              `json:"message_id"`
	From          string              `json:"from"`
	Subject       string              `json:"subject"`
	Language      string              `json:"language"`
	Rights        []rights.ID         `json:"rights"`
	Queues        []rights.Queue      `json:"queues"`
	Jurisdiction  rights.Jurisdiction `json:"jurisdiction"`
	DecidedBy     classify.By         `json:"decided_by"`
	Confidence    float64             `json:"confidence"`
	Evidence      []evidence          `json:"evidence"`
	Automated     string              `json:"automated"`
	Acknowledge   bool                `json:"acknowledge"`
	HoldReason    string              `json:"hold_reason"`
	MissingFields []string            `json:"missing_fields"`
	AcknowledgeBy string              `json:"acknowledge_by"`
	RespondBy     string              `json:"respond_by"`
	Warnings      []string            `json:"warnings"`
	Error         string              `json:"error"`
	Kind          string              `json:"kind"`              // request, reminder, escalation, reply; "" where there is no right
	Requester     classify.Role       `json:"requester"`         // who asks, for whom
	Permission    string              `json:"permission"`        // of an agent: attached, stated, none; else ""
	People        []subject           `json:"people"`            // where the mail asks for several people: those it names
	Text          *string             `json:"text,omitempty"`    // with -text: the sender's own new words
	Quoted        *string             `json:"quoted,omitempty"`  // with -text
	Reading       *Reading            `json:"reading,omitempty"` // with -text
}

// evidence is the rule and the words of it, without the places.
type evidence struct {
	Rule string `json:"rule"`
	Text string `json:"text"`
}

// subject is one of several people that a mail asks for.
type subject struct {
	Name   string `json:"name"`
	Email  string `json:"email"`
	Sender bool   `json:"sender"` // the one who wrote
}

// run judges every mail and prints what it finds.
func run(args []string, env func(string) (string, bool), now time.Time, stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	judge, err := newJudge(env)
	if err != nil {
		return err
	}
	out := bufio.NewWriter(stdout)
	p := newPrinter(o, out)
	read, failed := 0, 0
	for f := range mailfiles.Read(o.paths...) {
		line := describe(judge, f, o, now)
		if line.Error == "" {
			read++
		} else {
			failed++
		}
		if err := p.print(line); err != nil {
			return err
		}
	}
	if err := errors.Join(p.close(), out.Flush()); err != nil {
		return err
	}
	if read == 0 {
		if failed == 0 {
			return errors.New("no mail found: name .eml or mbox files, or folders that hold some")
		}
		return errors.New("no file could be read as a mail")
	}
	return nil
}

func newJudge(env func(string) (string, bool)) (*desk.Judge, error) {
	settings, err := config.Read[config.Settings](env)
	if err != nil {
		return nil, err
	}
	return desk.NewJudge(desk.From(settings, nil))
}

// describe judges one file.
func describe(judge *desk.Judge, f mailfiles.File, o options, now time.Time) Line {
	empty := Line{File: f.Name, Rights: []rights.ID{}, Queues: []rights.Queue{}, Evidence: []evidence{}, MissingFields: []string{}, Warnings: []string{}, People: []subject{}}
	if f.Err != nil {
		empty.Error = f.Err.Error()
		return empty
	}
	in := desk.Filed(f.Raw, now)
	if !o.received.IsZero() {
		in.Received, in.FromFile = o.received, false
	}
	j := judge.Judge(in)
	if j.Message.Has(email.NotMail) {
		empty.Error = f.Name + ": this is no mail; it has no readable header"
		return empty
	}
	return line(f.Name, j, o.text)
}

// line puts a judgement into the words of the interface.
func line(name string, j desk.Judgement, withText bool) Line {
	m, d := j.Message, j.Decision
	l := Line{
		File: name, MessageID: m.ID, Subject: m.Subject, Language: d.Language,
		Rights: j.Classes(), Queues: j.Queues, Jurisdiction: d.Jurisdiction,
		DecidedBy: d.DecidedBy, Confidence: d.Confidence, Evidence: []evidence{},
		Automated: m.Automation.Kind, Acknowledge: j.Ack.Allowed, HoldReason: j.Ack.Hold,
		MissingFields: j.Missing(), Warnings: append([]string{}, j.Warnings...),
		AcknowledgeBy: j.Soonest(rights.DutyAcknowledge), RespondBy: j.Soonest(rights.DutyRespond),
		Kind: string(d.Kind), Requester: d.Requester, Permission: string(d.Permission), People: []subject{},
	}
	for _, p := range d.People {
		l.People = append(l.People, subject{p.Name, p.Email, p.Sender})
	}
	if sender, ok := m.Sender(); ok {
		l.From = sender.Address
	} else if len(m.From) > 0 {
		l.From = m.From[0].Address
	}
	for _, e := range d.Evidence {
		l.Evidence = append(l.Evidence, evidence{e.Rule, e.Text})
	}
	for _, reason := range d.Review {
		l.Warnings = append(l.Warnings, "review: "+reason)
	}
	if withText {
		l.Text, l.Quoted, l.Reading = &m.New, &m.Quoted, readingOf(m)
	}
	return l
}

// printer prints lines as JSON or as a table.
type printer struct {
	json *json.Encoder
	tab  *tabwriter.Writer
	text bool
}

func newPrinter(o options, w io.Writer) *printer {
	if o.json {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		return &printer{json: enc}
	}
	p := &printer{tab: tabwriter.NewWriter(w, 0, 4, 2, ' ', 0), text: o.text}
	fmt.Fprintln(p.tab, "FILE\tRIGHTS\tQUEUES\tWHERE\tACK\tACK BY\tRESPOND BY\tSUBJECT")
	return p
}

func (p *printer) print(l Line) error {
	if p.json != nil {
		return p.json.Encode(l)
	}
	if l.Error != "" {
		_, err := fmt.Fprintf(p.tab, "%s\terror: %s\t\t\t\t\t\t\n", safe(l.File), safe(l.Error))
		return err
	}
	ack := "yes"
	if !l.Acknowledge {
		ack = "no: " + l.HoldReason
	}
	_, err := fmt.Fprintf(p.tab, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", safe(l.File), join(l.Rights), join(l.Queues),
		l.Jurisdiction, ack, cmp.Or(l.AcknowledgeBy, "-"), cmp.Or(l.RespondBy, "-"), safe(l.Subject))
	if p.text && err == nil {
		_, err = fmt.Fprintf(p.tab, "\t%s\n", strings.ReplaceAll(strings.TrimSuffix(safeLines(l.parts()), "\n"), "\n", "\n\t"))
	}
	return err
}

func (p *printer) close() error {
	if p.tab == nil {
		return nil
	}
	return p.tab.Flush()
}

func join[T ~string](list []T) string {
	words := make([]string, len(list))
	for i, v := range list {
		words[i] = string(v)
	}
	return cmp.Or(strings.Join(words, " "), "-")
}

// safe keeps a hostile subject from steering the terminal.
func safe(s string) string { return strings.ReplaceAll(safeLines(s), "\n", " ") }

func safeLines(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r >= ' ' && r != 0x7f && (r < 0x80 || r > 0x9f) {
			return r
		}
		return ' '
	}, s)
}
