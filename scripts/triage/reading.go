package main

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"rightsmail/shared/email"
)

// Reading is what the mail itself says, before anybody judges it: with -text it is part
// of each object. Times are RFC 3339 in UTC, "" where there is none; texts have LF line
// ends. Fields are added, never changed.
type Reading struct {
	Whole      string `json:"whole"` // the visible text; text and quoted are parts of it
	Signature  string `json:"signature"`
	Disclaimer string `json:"disclaimer"`
	Hidden     string `json:"hidden"` // what nobody sees in the HTML
	HTMLOnly   bool   `json:"html_only"`
	Truncated  bool   `json:"truncated"`

	Authors    []Person `json:"authors"`
	ReplyTo    []Person `json:"reply_to"`
	To         []Person `json:"to"`
	Cc         []Person `json:"cc"`
	EnvelopeTo []string `json:"envelope_to"`
	ReturnPath string   `json:"return_path"`
	Date       string   `json:"date"`     // the sender's clock
	Received   string   `json:"received"` // the mail server's
	InReplyTo  []string `json:"in_reply_to"`
	References []string `json:"references"`

	Forwarded  *Forwarded  `json:"forwarded"`
	Candidates []Candidate `json:"candidates"`
	Report     *Report     `json:"report"`

	Standing string   `json:"standing"` // "authenticated", "unknown", "failed"
	Verdicts Verdicts `json:"verdicts"`
	Signals  []string `json:"signals"`  // signs of a machine
	Suppress bool     `json:"suppress"` // the mail asks for no automatic answer

	Attachments []Attachment `json:"attachments"`
	Size        int          `json:"size"`
	Hash        string       `json:"hash"`
	BodyHash    string       `json:"body_hash"`
}

// Person is one mailbox.
type Person struct {
	Name    string `json:"name"`
	Address string `json:"address"`
}

// Forwarded is the mail that was passed on.
type Forwarded struct {
	From    Person `json:"from"`
	Subject string `json:"subject"`
	Text    string `json:"text"`
	How     string `json:"how"`
}

// Candidate may be the one who asks.
type Candidate struct {
	Person
	How string `json:"how"`
}

// Report is what a server says about an earlier mail.
type Report struct {
	Kind       string      `json:"kind"`
	Returned   []string    `json:"returned"`
	EnvelopeID string      `json:"envelope_id"`
	Recipients []Recipient `json:"recipients"`
}

// Recipient is what became of that mail at one address.
type Recipient struct {
	Address string `json:"address"`
	Action  string `json:"action"`
	Status  string `json:"status"`
}

// Verdicts are the receiving server's own findings: "pass", "fail", or "" for unknown.
type Verdicts struct {
	Source      string `json:"source"`
	SPF         string `json:"spf"`
	SPFAligned  bool   `json:"spf_aligned"`
	DKIM        string `json:"dkim"`
	DKIMAligned bool   `json:"dkim_aligned"`
	DMARC       string `json:"dmarc"`
	Spam        string `json:"spam"`
	Virus       string `json:"virus"`
}

// Attachment is one part that is not the text.
type Attachment struct {
	Name        string `json:"name"`
	Original    string `json:"original"`
	ContentType string `json:"content_type"`
	Detected    string `json:"detected"`
	Size        int    `json:"size"`
	SHA256      string `json:"sha256"`
	Inline      bool   `json:"inline"`
	Archive     bool   `json:"archive"`
	Encrypted   bool   `json:"encrypted"`
	Letter      bool   `json:"letter"`
	Text        string `json:"text"`
}

// readingOf puts a message into the words of the interface.
func readingOf(m *email.Message) *Reading {
	v := m.Verdicts
	r := &Reading{
		Whole: m.Text, Signature: m.Signature, Disclaimer: m.Disclaimer, Hidden: m.Hidden, HTMLOnly: m.HTMLOnly, Truncated: m.Truncated,
		Authors: people(m.From), ReplyTo: people(m.ReplyTo), To: people(m.To), Cc: people(m.Cc),
		EnvelopeTo: some(m.EnvelopeToAll), ReturnPath: m.ReturnPath, Date: moment(m.Date), Received: moment(m.Received),
		InReplyTo: some(m.InReplyTo), References: some(m.References), Candidates: []Candidate{},
		Standing: string(v.Standing()), Signals: some(m.Automation.Signals), Suppress: m.Automation.Suppress,
		Verdicts: Verdicts{
			Source: v.Source, SPF: string(v.SPF), SPFAligned: v.SPFAligned, DKIM: string(v.DKIM), DKIMAligned: v.DKIMAligned,
			DMARC: string(v.DMARC), Spam: string(v.Spam), Virus: string(v.Virus),
		},
		Attachments: []Attachment{}, Size: m.Size, Hash: m.Hash, BodyHash: m.BodyHash,
	}
	if m.NullReturn {
		r.ReturnPath = "<>"
	}
	if f := m.Forwarded; f != nil {
		r.Forwarded = &Forwarded{From: Person(f.From), Subject: f.Subject, Text: f.Text, How: f.How}
	}
	for _, c := range m.Candidates {
		r.Candidates = append(r.Candidates, Candidate{Person(c.Address), c.How})
	}
	if p := m.Report; p != nil {
		r.Report = &Report{Kind: p.Kind, Returned: some(p.Returned), EnvelopeID: p.EnvelopeID, Recipients: []Recipient{}}
		for _, to := range p.Recipients {
			r.Report.Recipients = append(r.Report.Recipients, Recipient(to))
		}
	}
	for _, a := range m.Attachments {
		r.Attachments = append(r.Attachments, Attachment{
			Name: a.Name, Original: a.Original, ContentType: a.ContentType, Detected: a.Detected, Size: a.Size, SHA256: a.SHA256,
			Inline: a.Inline, Archive: a.Archive, Encrypted: a.Encrypted, Letter: a.Letter, Text: a.Text,
		})
	}
	return r
}

func people(list []email.Address) []Person {
	out := []Person{}
	for _, a := range list {
		out = append(out, Person(a))
	}
	return out
}

// some is the list, and never null.
func some(list []string) []string { return append([]string{}, list...) }

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

// parts are the texts of a mail with a heading each, for people.
func (l Line) parts() string {
	r := l.Reading
	var b strings.Builder
	part := func(heading, text string) {
		if strings.TrimSpace(text) != "" {
			fmt.Fprintf(&b, "-- %s\n%s\n", heading, text)
		}
	}
	part("new", *l.Text)
	part("signature", r.Signature)
	part("disclaimer", r.Disclaimer)
	part("quoted", *l.Quoted)
	if f := r.Forwarded; f != nil {
		part(fmt.Sprintf("forwarded (%s), from %s", f.How, cmp.Or(f.From.Address, f.From.Name, "nobody named")), f.Text)
	}
	part("hidden", r.Hidden)
	for _, a := range r.Attachments {
		part("letter attached: "+a.Name, a.Text)
	}
	return b.String()
}
