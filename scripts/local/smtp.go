package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-smtp"

	"rightsmail/shared/adapters/sqlite"
	"rightsmail/shared/email"
)

// maxMail is the largest mail taken, the limit of SES.
const maxMail = 40 << 20

// smtpServer takes mail for every recipient: on one machine everything that arrives
// is meant for us, and nothing that was accepted may get lost.
func (f *office) smtpServer(o options) *smtp.Server {
	s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &session{office: f, trusted: o.trustSMTP}, nil
	}))
	s.Domain = "localhost"
	s.MaxMessageBytes = maxMail
	s.MaxRecipients = 100
	s.MaxLineLength = maxMail // the limit of 998 is of the standard, not of the mail that is sent
	s.ReadTimeout, s.WriteTimeout = time.Minute, time.Minute
	s.EnableSMTPUTF8 = true
	return s
}

// bySMTP is the source of mail that a stranger's client handed over. All other mail
// comes from files.
const bySMTP = "smtp"

// session is one SMTP conversation.
type session struct {
	office  *office
	trusted bool
	from    string
	to      []string
}

// Mail notes the envelope sender.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return nil
}

// Rcpt notes an envelope recipient.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, strings.ToLower(to))
	return nil
}

// Data keeps the mail before it says yes: after the 250 the mail is ours.
func (s *session) Data(r io.Reader) error {
	body, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	now := s.office.now()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	_, err = s.office.inbox.Put(ctx, sqlite.Arrival{
		Raw: withReturnPath(s.from, body), Received: now, Mailbox: s.mailbox(),
		Trusted: s.trusted, NoVerdicts: true, Source: bySMTP,
	})
	if err != nil {
		s.office.log.Error("keep mail", slog.String("error", err.Error()))
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "could not keep the mail; try again"}
	}
	s.office.ring()
	return nil
}

// mailbox is the monitored address among the recipients, or "".
func (s *session) mailbox() string {
	return s.office.desk.Settings.MailboxOf(s.to)
}

// withReturnPath puts the envelope sender on top, as the last mail server has to
// (RFC 5321, 4.4): an empty one is how a bounce shows. Nothing else is added, so the
// same mail sent twice stays the same bytes; and what is no mail is left alone, for a
// header of ours would make it look like one.
func withReturnPath(from string, body []byte) []byte {
	if email.Parse(body, email.Options{}).Has(email.NotMail) {
		return body
	}
	from = strings.Map(func(r rune) rune {
		if r < ' ' || r == '<' || r == '>' || r == 0x7f {
			return -1
		}
		return r
	}, from)
	return slices.Concat(fmt.Appendf(nil, "Return-Path: <%s>\r\n", from), bytes.TrimLeft(body, "\r\n"))
}

// Reset forgets the envelope.
func (s *session) Reset() { s.from, s.to = "", nil }

// Logout ends the conversation.
func (s *session) Logout() error { return nil }
