package email

import "time"

// Message is what one mail says. Every string is valid UTF-8 without NUL;
// one-line fields are also free of CR, LF and other control characters.
type Message struct {
	ID      string    // Message-ID without angle brackets; empty if missing. Chosen by the sender, so never an identity.
	Subject string    // decoded; one line
	From    []Address // every author. A sender is one author; several are none.
	ReplyTo []Address // only an address, never identity
	To      []Address
	Cc      []Address

	Date     time.Time // what the sender's clock claims, UTC; zero if missing. Never a date of receipt.
	Received time.Time // from the topmost Received field, UTC; zero if there is none

	ReturnPath    string   // envelope sender from the topmost block, without brackets; empty also for <>
	NullReturn    bool     // Return-Path: <> is there: a bounce or an auto-reply
	InReplyTo     []string // message ids, without brackets
	References    []string // message ids, oldest first, without brackets
	EnvelopeToAll []string // addresses in Delivered-To, X-Original-To and Envelope-To, lower-case

	Text     string // the whole visible text, best of plain and HTML, LF line ends
	New      string // the sender's own new words; never empty when Text is not
	Quoted   string // quoted history below or between, forwarded blocks
	HTMLOnly bool   // the text comes from HTML because there was no plain text

	Signature  string // the author's signature and the footer of a phone; may hold the address that proves residence
	Disclaimer string // the legal notice that a company's server puts below every mail
	Hidden     string // text of HTML that nobody sees, at most 64 kB; no evidence of anything

	Forwarded  *Forwarded  // the mail somebody passed on, when this is a forward
	Candidates []Candidate // whoever a mail passed on may be from, strongest first, each address once; nobody of them is authenticated

	Report *Report // what a mail server or reader says about another mail: a bounce, a receipt, a complaint

	Attachments []Attachment
	Verdicts    Verdicts
	Automation  Automation

	Warnings  []Warning
	Size      int    // bytes
	Hash      string // SHA-256 of the raw bytes, hex
	BodyHash  string // SHA-256 of the body after the header block with line ends as LF, hex: the same for two copies that took different ways
	Truncated bool   // a limit was reached; what was read is kept
}

// Sender returns the one author of the mail; ok is false if there is no author,
// more than one, or one without a usable address.
func (m *Message) Sender() (a Address, ok bool) {
	if len(m.From) != 1 || m.From[0].Address == "" {
		return Address{}, false
	}
	return m.From[0], true
}

// Has reports whether the mail carries a warning of that kind.
func (m *Message) Has(k WarningKind) bool {
	for _, w := range m.Warnings {
		if w.Kind == k {
			return true
		}
	}
	return false
}

// Address is one mailbox as a header shows it.
type Address struct {
	Name    string // display name, decoded; never an address
	Address string // local@domain as written, domain in lower-case ASCII; empty if unreadable
}

// Forwarded is a mail inside a mail. Its sender is a candidate, never an
// authenticated person.
type Forwarded struct {
	From    Address
	Subject string
	Text    string
	How     string // "attached" (message/rfc822), "inline" (a header block in the text), "resent" (Resent-* fields)
}

// Candidate is somebody who may be the one who asks, because a mail of theirs was
// passed on. It is a claim of whoever passed it on.
type Candidate struct {
	Address
	How string // "original-sender" (X-Original-From and the like), "resent", "attached", "inline", "wrote-line"
}

// Report is what a mail server or mail reader says about a mail that was sent
// earlier. It is text that reached the mailbox and proves nothing by itself.
type Report struct {
	Kind       string   // "delivery", "disposition" (a receipt), "feedback" (a complaint)
	Returned   []string // ids of the mail it is about, without brackets: its Message-ID first, then its References
	EnvelopeID string   // Original-Envelope-Id, as written
	Recipients []ReportedRecipient
}

// ReportedRecipient is what became of the mail on its way to one address.
type ReportedRecipient struct {
	Address string // as Address.Address; empty if unreadable
	Action  string // RFC 3464: "failed", "delayed", "delivered", "relayed", "expanded"; lower-case, empty if missing
	Status  string // RFC 3463: "5.1.1"; empty if missing or malformed
}

// Failed reports whether the mail did not and will not reach the address: action
// failed and a permanent status, or failed without any status.
func (r ReportedRecipient) Failed() bool {
	return r.Action == "failed" && (r.Status == "" || r.Status[0] == '5')
}

// Attachment describes one part that is not the text of the mail. Nothing is run.
type Attachment struct {
	Name        string // safe base name: no path, no control or bidi characters
	Original    string // name as written, decoded; hostile, for display only
	ContentType string // declared media type, lower-case, without parameters
	Detected    string // media type that the bytes show; empty where they show none
	Size        int    // decoded bytes
	SHA256      string // of the decoded bytes, hex
	Inline      bool
	Content     []byte `json:"-"` // decoded bytes; not kept with a case
	Text        string // words of a letter attached, where they can be read; empty otherwise
	Archive     bool   // holds files of its own (zip, rar, 7z, tar, ...); never unpacked
	Encrypted   bool   // cannot be read without a password or key
	Letter      bool   // of a kind that people write letters in (text, HTML, PDF, word processor, scan)
}

// Verdict is what the receiving mail server found. The zero value is Unknown:
// nobody said, or the word was neither pass nor fail.
type Verdict string

// The verdicts.
const (
	Unknown Verdict = ""
	Pass    Verdict = "pass"
	Fail    Verdict = "fail"
)

// Verdicts are the receiving mail server's own findings, from its topmost block
// only. A header further down is the sender's text and changes nothing.
type Verdicts struct {
	Source      string  // the authserv-id that spoke, for example "amazonses.com"; empty if no trusted server did
	SPF         Verdict // of the envelope sender
	SPFAligned  bool    // SPF passed for a domain aligned with From
	DKIM        Verdict // some signature verified
	DKIMAligned bool    // a verified signature is of a domain aligned with From
	DMARC       Verdict
	Spam, Virus Verdict // Fail means: found to be
}

// Findings are the receiving mail server's words about one mail, told beside the mail
// where no sender can write. DKIM says that some signature verified, not that it is of
// the author; only DMARC, or an aligned signature in the server's own block, binds From.
type Findings struct {
	Source      string // the authserv-id of the server, "amazonses.com"
	SPF         Verdict
	DKIM        Verdict
	DMARC       Verdict
	Spam, Virus Verdict // Fail means: found to be
}

// Standing is how well the From address is proven.
type Standing string

// The standings. Authenticated means DMARC pass, or an aligned DKIM pass where
// no DMARC policy is published. Forged means DMARC fail. Everything else is
// Unproven.
const (
	Authenticated Standing = "authenticated"
	Unproven      Standing = "unknown"
	Forged        Standing = "failed"
)

// Standing reads the verdicts for one author.
func (v Verdicts) Standing() Standing {
	switch {
	case v.DMARC == Fail:
		return Forged
	case v.DMARC == Pass, v.DMARC == Unknown && v.DKIMAligned:
		return Authenticated
	}
	return Unproven
}

// Automation says whether a machine wrote the mail, and whether it asks not to be
// answered. They differ: an Exchange user who suppresses auto-replies is a person.
type Automation struct {
	Kind     string   // "" for a person's mail, else "auto-reply", "bounce", "list", "robot"
	Suppress bool     // the mail asks for no automatic answer
	Weak     int      // number of different weak signs; two or more hold an answer
	Signals  []string // the signs, as "Header: value", each safe to show
}

// Automated reports whether a machine wrote the mail.
func (a Automation) Automated() bool { return a.Kind != "" }

// WarningKind is a stable word for one kind of oddity.
type WarningKind string

// Warning says what was odd about a mail and what was done instead.
type Warning struct {
	Kind   WarningKind
	Detail string // our own words, safe for logs: never text of the mail
}

// Options bound and direct Parse. The zero value is fit for use.
type Options struct {
	// TrustedServers are the authserv-ids whose topmost block is believed. Nil
	// means amazonses.com only; an empty slice means none.
	TrustedServers []string

	// Findings are what the receiving mail server said about the mail outside of it,
	// as SES does in its notification. They count before anything in the header; nil
	// means that it said nothing.
	Findings *Findings

	// OwnAddresses are our monitored mailboxes: mail from them is a loop.
	OwnAddresses []string

	// Limits. What is beyond one is left out, the mail is marked Truncated and is
	// judged by what was read.

	MaxSize         int // raw bytes read; 0 means 40 MB, the most that SES takes
	MaxHeaderBytes  int // bytes of one header block; 0 means 256 kB
	MaxHeaderFields int // fields of one header block; 0 means 2000
	MaxFieldBytes   int // bytes of one field; 0 means 64 kB
	MaxParams       int // parameters of one field, RFC 2231 segments included; 0 means 100
	MaxAddresses    int // addresses of one field; 0 means 500
	MaxReferences   int // ids in References, the newest kept; 0 means 100
	MaxDepth        int // nesting of parts; 0 means 30
	MaxParts        int // parts, those of attached mails included; 0 means 1000
	MaxText         int // bytes of text kept; 0 means 1 MB
	MaxAttachments  int // 0 means 200
}
