package replies

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/emersion/go-message"
	"github.com/emersion/go-message/mail"

	"rightsmail/shared/email"
)

// ErrRefused says that a letter must not or cannot be sent, now or later: a human
// has to look at it. A Sender returns it, so that nobody tries again.
var ErrRefused = errors.New("letter refused")

// LoopHeader marks our automatic letters with the domain that wrote them. A mail
// that comes in with our own domain in it has gone round in a circle.
const LoopHeader = "X-Rightsmail-Loop"

// Bytes returns the letter as a complete mail: RFC 5322, text and HTML as
// multipart/alternative, CRLF line ends. The same letter and time give the same
// bytes. An automatic letter carries the fields of RFC 3834, so that no machine
// answers it.
//
// It returns an ErrRefused if a value of ours (From, To, Subject, MessageID,
// Language) could not stand in a header as it is. Ids of the thread come from a
// stranger: an unusable one is left out.
func (l Letter) Bytes(at time.Time) ([]byte, error) {
	if err := l.check(at); err != nil {
		return nil, err
	}
	h := l.header(at)
	var buf bytes.Buffer
	w, err := message.CreateWriter(&buf, h.Header)
	if err != nil {
		return nil, fmt.Errorf("write letter: %w", err)
	}
	// The last part is the one that a mail program shows if it can: RFC 2046 5.1.4.
	for _, part := range []struct{ kind, text string }{{"text/plain", l.Text}, {"text/html", l.HTML}} {
		if err := writePart(w, part.kind, body(part.text)); err != nil {
			return nil, fmt.Errorf("write letter: %w", err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("write letter: %w", err)
	}
	return buf.Bytes(), nil
}

func (l Letter) check(at time.Time) error {
	refuse := func(what string) error { return fmt.Errorf("%w: %s", ErrRefused, what) }
	switch {
	case !usableAddress(l.To.Address):
		return refuse("no mail can be sent to the address of the person")
	case !usableAddress(l.From.Address):
		return refuse("no mail can be sent from our own address: check the setting")
	case l.Subject == "" || !clean(l.Subject):
		return refuse("the subject is empty or holds a control character")
	case !usableID(l.MessageID):
		return refuse("the message id is not of the form local@domain")
	case l.Language != "" && !usableTag(l.Language):
		return refuse("the language is no BCP 47 tag")
	case at.IsZero():
		return refuse("the time of sending is missing")
	case l.Text == "" || l.HTML == "":
		return refuse("the text or the HTML is empty")
	}
	return nil
}

// header writes the fields. go-message puts the field that is added last on top,
// so the first one here is the last one in the mail.
func (l Letter) header(at time.Time) mail.Header {
	var h mail.Header
	h.SetContentType("multipart/alternative", map[string]string{"boundary": boundary(l.MessageID)})
	h.Set("MIME-Version", "1.0")
	if l.Automatic {
		h.Set(LoopHeader, domain(l.From.Address))
		h.Set("X-Auto-Response-Suppress", "All")
		h.Set("Auto-Submitted", "auto-replied") // RFC 3834 section 5
	}
	if l.Language != "" {
		h.Set("Content-Language", contentLanguage(l.Language))
	}
	h.SetMsgIDList("References", usableIDs(l.thread()))
	if usableID(l.InReplyTo) {
		h.SetMsgIDList("In-Reply-To", []string{l.InReplyTo})
	}
	h.SetMessageID(l.MessageID)
	h.SetDate(at.UTC())
	h.SetSubject(l.Subject)
	h.SetAddressList("To", []*mail.Address{mailbox(l.To)})
	h.SetAddressList("From", []*mail.Address{mailbox(l.From)})
	return h
}

func mailbox(a email.Address) *mail.Address {
	return &mail.Address{Name: oneLine(a.Name), Address: a.Address}
}

// thread is the references with our own id as the newest: a transport may give the mail
// another Message-ID, and then only References brings ours back.
func (l Letter) thread() []string {
	ids := slices.DeleteFunc(slices.Clone(l.References), func(id string) bool { return id == l.MessageID })
	return append(ids, l.MessageID)
}

// usableIDs keeps the first id, which began the thread, and the newest.
func usableIDs(ids []string) []string {
	var out []string
	for _, id := range ids {
		if usableID(id) {
			out = append(out, id)
		}
	}
	if over := len(out) - maxReferences; over > 0 {
		out = append(out[:1], out[1+over:]...)
	}
	return out
}

// contentLanguage names the English version too where there is one below.
func contentLanguage(tag string) string {
	if tag == fallback {
		return tag
	}
	return tag + ", " + fallback
}

func usableTag(tag string) bool {
	for _, r := range tag {
		if r != '-' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') {
			return false
		}
	}
	return len(tag) <= 35 // RFC 5646 section 4.4.1
}

// boundary is made from the message id: no randomness, and no line of a letter
// can hold it, because quoted-printable writes "=" as "=3D".
func boundary(messageID string) string {
	sum := sha256.Sum256([]byte(messageID))
	return "=_" + hex.EncodeToString(sum[:16])
}

func writePart(w *message.Writer, kind, text string) error {
	var h message.Header
	h.SetContentType(kind, map[string]string{"charset": "utf-8"})
	h.Set("Content-Transfer-Encoding", "quoted-printable")
	part, err := w.CreatePart(h)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(part, text); err != nil {
		return err
	}
	return part.Close()
}
