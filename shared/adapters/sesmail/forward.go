package sesmail

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/emersion/go-message"
	letter "github.com/emersion/go-message/mail"

	"rightsmail/shared/email"
	"rightsmail/shared/replies"
)

// Forwarder passes ordinary mail on to the help desk. It is safe for concurrent use.
type Forwarder struct {
	transport
	from, helpdesk string
	now            func() time.Time
}

// OpenForwarder returns a forwarder from our address to that of the help desk. The two
// must differ: mail to our address is read, and what is passed on would come back.
func OpenForwarder(cfg aws.Config, configurationSet, from, helpdesk string, now func() time.Time) (*Forwarder, error) {
	switch {
	case !usable(from):
		return nil, errors.New("forward mail: no mail can be sent from our own address, check RIGHTSMAIL_FROM")
	case !usable(helpdesk):
		return nil, errors.New("forward mail: no mail can be sent to the help desk, check RIGHTSMAIL_HELPDESK")
	case email.Key(from) == email.Key(helpdesk):
		return nil, errors.New("forward mail: the help desk is our own address, set RIGHTSMAIL_HELPDESK to one that is not read")
	}
	return &Forwarder{dial(cfg, configurationSet), from, helpdesk, now}, nil
}

const (
	maxMail = 40 << 20 // what SES takes of one mail, in bytes after encoding
	around  = 4 << 10  // more than what we write around the original
)

// Forward passes a mail on under the id of its outbox entry, in one request. Errors are
// worth a retry unless they are replies.ErrRefused. A second Forward with one id may
// make a second mail, with the same Message-ID: SES has no way to say so.
func (f *Forwarder) Forward(ctx context.Context, id string, raw []byte) error {
	if err := checkID(id); err != nil {
		return err
	}
	whole, err := f.wrap(id, raw)
	if err != nil {
		return err
	}
	_, err = f.send(ctx, outgoing{id: id, from: f.from, to: f.helpdesk, raw: whole})
	return err
}

// wrap writes the mail to the help desk around the original.
func (f *Forwarder) wrap(id string, raw []byte) ([]byte, error) {
	if len(raw) > maxMail { // before every byte of it is looked at
		return nil, tooLarge(id, len(raw))
	}
	m := email.Parse(head(raw), email.Options{})
	author := f.author(m)
	boundary := boundaryOf(id)
	original, size := attachment(raw, boundary)
	size += around
	if size > maxMail {
		return nil, tooLarge(id, size)
	}
	var buf bytes.Buffer
	buf.Grow(size)
	w, err := message.CreateWriter(&buf, f.header(id, boundary, m.Subject, author).Header)
	if err != nil {
		return nil, fmt.Errorf("write mail %s: %w", id, err)
	}
	if err := errors.Join(writePart(w, note(), strings.NewReader(explanation(id, author))), writePart(w, original, bytes.NewReader(raw)), w.Close()); err != nil {
		return nil, fmt.Errorf("write mail %s: %w", id, err)
	}
	return buf.Bytes(), nil
}

func tooLarge(id string, size int) error {
	return fmt.Errorf("%w: mail %s has %d bytes as we would send it and SES takes %d: pass it on by hand, the archive keeps it",
		replies.ErrRefused, id, size, maxMail)
}

// header writes the fields, the last one on top.
func (f *Forwarder) header(id, boundary, subject, author string) letter.Header {
	var h letter.Header
	domain := f.from[strings.LastIndexByte(f.from, '@')+1:]
	h.SetContentType("multipart/mixed", map[string]string{"boundary": boundary})
	h.Set("MIME-Version", "1.0")
	h.Set(replies.LoopHeader, domain)
	h.Set("X-Auto-Response-Suppress", "All")
	h.Set("Auto-Submitted", "auto-generated") // RFC 3834 section 5
	h.SetMessageID(id + "@" + domain)
	h.SetDate(f.now().UTC())
	h.SetSubject("Fwd: " + oneLine(subject))
	if author != "" {
		h.SetAddressList("Reply-To", []*letter.Address{{Address: author}})
	}
	h.SetAddressList("To", []*letter.Address{{Address: f.helpdesk}})
	h.SetAddressList("From", []*letter.Address{{Address: f.from}})
	return h
}

// author is whom the help desk answers: the one author of the mail. Where there are
// several, or none that can be written to, a human reads the original first. An answer
// to ourselves or to the help desk would go round in a circle.
func (f *Forwarder) author(m *email.Message) string {
	a, ok := m.Sender()
	key := email.Key(a.Address)
	if !ok || !usable(a.Address) || key == email.Key(f.from) || key == email.Key(f.helpdesk) {
		return ""
	}
	return a.Address
}

func explanation(id, author string) string {
	answer := "An answer to this mail goes to its author."
	if author == "" {
		answer = "Its author cannot be told for sure: read the original before you answer it."
	}
	return "This mail asks for nothing that the privacy desk handles, so it is passed on\r\n" +
		"to you. The original is attached as it came: original.eml\r\n\r\n" +
		answer + "\r\n\r\n-- \r\nRightsmail, " + id + "\r\n"
}

func note() message.Header {
	var h message.Header
	h.SetContentType("text/plain", map[string]string{"charset": "us-ascii"})
	return h
}

// attachment describes the part with the original, and its size when written.
func attachment(raw []byte, boundary string) (h message.Header, size int) {
	kind, encoding := "message/rfc822", "7bit"
	size = len(raw)
	if !travels(raw) || bytes.Contains(raw, []byte(boundary)) {
		kind, encoding = "application/octet-stream", "base64"
		size = base64.StdEncoding.EncodedLen(len(raw))
		size += size / 76 * len("\r\n")
	}
	params := map[string]string{}
	if kind == "application/octet-stream" {
		params["name"] = "original.eml" // mail programs of old look here
	}
	h.SetContentDisposition("attachment", map[string]string{"filename": "original.eml"})
	h.Set("Content-Transfer-Encoding", encoding)
	h.SetContentType(kind, params)
	return h, size
}

func writePart(w *message.Writer, h message.Header, body io.Reader) error {
	part, err := w.CreatePart(h)
	if err != nil {
		return err
	}
	if _, err := io.Copy(part, body); err != nil {
		return err
	}
	return part.Close()
}

// boundaryOf is made from the id, which nobody knew who wrote the mail.
func boundaryOf(id string) string {
	sum := sha256.Sum256([]byte("forward " + id))
	return "=_" + hex.EncodeToString(sum[:16])
}

// usable reports whether mail can be sent to or from an address as it stands.
func usable(address string) bool {
	a, err := mail.ParseAddress("<" + address + ">")
	plain := strings.IndexFunc(address, func(r rune) bool { return r <= ' ' || r > '~' }) < 0
	return err == nil && plain && a.Address == address && len(address) <= 254 // RFC 5321 4.5.3.1
}
