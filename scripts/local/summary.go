package main

import (
	"fmt"
	"io"
	"net"
	"text/tabwriter"

	"rightsmail/shared/cases"
	"rightsmail/shared/desk"
	"rightsmail/shared/email"
	"rightsmail/shared/rights"
)

// summary counts what one run did.
type summary struct {
	mails        int // read from files
	seen         int // of them known from before, or copies
	unreadable   int
	queues       map[rights.Queue]int
	acknowledged int
	ackHeld      int
	held         int
	forwarded    int
	joined       int
	ignored      int
	waiting      int // deliveries that will be tried again
	failed       int
}

func newSummary() *summary { return &summary{queues: map[rights.Queue]int{}} }

// received counts one mail that the desk took in.
func (s *summary) received(r desk.Received) {
	if r.Message.Has(email.NotMail) {
		s.unreadable++
	}
	if r.Seen {
		s.seen++
		return
	}
	switch r.Mail.Handling {
	case cases.Opened:
		for _, c := range r.Cases {
			s.queues[c.Queue]++
		}
		s.held += len(r.Held)
		if r.Ack.Allowed {
			s.acknowledged++
		} else if !r.Ack.Never {
			s.ackHeld++
		}
	case cases.Forwarded:
		s.forwarded++
	case cases.Joined:
		s.joined++
	case cases.Ignored:
		s.ignored++
	}
}

func (s *summary) delivered(d desk.Delivered) {
	s.failed += d.Failed
	s.waiting += d.Later
}

// print writes the table of -exit.
func (s *summary) print(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	row := func(what string, n int, note string) { fmt.Fprintf(t, "%s\t%d\t%s\n", what, n, note) }
	row("mails", s.mails, "")
	total := 0
	for _, n := range s.queues {
		total += n
	}
	row("cases", total, "one per right")
	for _, q := range rights.Queues() {
		if n := s.queues[q]; n > 0 {
			row("  "+string(q), n, "")
		}
	}
	row("acknowledged", s.acknowledged, "letters in outbox/")
	row("acknowledgement held", s.ackHeld, "a human sends it or not: see the console")
	row("held", s.held, "over their limit; counted in their queue, never handed to it")
	row("forwarded", s.forwarded, "ordinary mail, untouched, in forwarded/")
	row("joined", s.joined, "answers to a case that was there")
	row("ignored", s.ignored, "machine mail and spam")
	row("seen before", s.seen, "the same mail again")
	row("unreadable", s.unreadable, "")
	if s.failed+s.waiting > 0 {
		row("not delivered", s.failed+s.waiting, "see the console; tried again at the next start")
	}
	return t.Flush()
}

// welcome says where everything is.
func welcome(w io.Writer, o options, mail, web net.Listener) {
	if mail != nil {
		fmt.Fprintf(w, "Mail     smtp://%s\n", mail.Addr())
	}
	if web != nil {
		fmt.Fprintf(w, "Console  http://%s\n", web.Addr())
	}
	if mail == nil && web == nil {
		return
	}
	fmt.Fprintf(w, "Data     %s (outgoing mail in %s/outbox)\n", o.data, o.data)
	if mail != nil {
		fmt.Fprintf(w, "\nSend a sample mail:\n\n  %s\n\nCtrl-C stops.\n", sample(mail.Addr().String()))
	}
}

// sample is a line for the shell. The time in it makes every mail a new one.
func sample(addr string) string {
	return `printf 'From: Ana Ruiz <ana@example.net>\r\nTo: privacy@example.com\r\nSubject: my data\r\nMessage-ID: <%s@example.net>\r\n\r\nI live in Fresno, California. Please delete everything you have about me,\r\nand do not sell my information.\r\n\r\nAna Ruiz\r\n' "$(date +%s)" | curl -sS smtp://` +
		addr + ` --mail-from ana@example.net --mail-rcpt privacy@example.com -T -`
}
