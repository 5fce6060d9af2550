package replies_test

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/email"
	"rightsmail/shared/replies"
)

func letter() replies.Letter {
	return replies.Letter{
		Kind:    replies.KindAcknowledgement,
		From:    email.Address{Name: "Müller & Söhne", Address: "privacy@example.com"},
		To:      email.Address{Address: "jane@example.org"},
		Subject: "Wir haben Ihre Anfrage erhalten – danke [RM-8F3K-2Q7D]", Language: "de",
		Text: "Grüß Gott\n.\nFrom here\n", HTML: "<p>Grüß Gott = da</p>\n",
		MessageID: "rm-1@example.com", InReplyTo: "mail-2@example.org",
		References: []string{"mail-1@example.org", "mail-2@example.org", "rm-1@example.com"}, Automatic: true,
	}
}

func parse(t testing.TB, raw []byte) *mail.Message {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	require.NoError(t, err)
	return m
}

// parts returns the decoded bodies by media type, in order.
func parts(t testing.TB, m *mail.Message) (types, bodies []string) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	require.NoError(t, err)
	require.Equal(t, "multipart/alternative", kind)
	r := multipart.NewReader(m.Body, params["boundary"])
	for {
		p, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return types, bodies
		}
		require.NoError(t, err)
		require.Equal(t, "quoted-printable", p.Header.Get("Content-Transfer-Encoding"))
		body, err := io.ReadAll(quotedprintable.NewReader(p))
		require.NoError(t, err)
		types, bodies = append(types, p.Header.Get("Content-Type")), append(bodies, string(body))
	}
}

func TestLetterIsAWholeMail(t *testing.T) {
	raw, err := letter().Bytes(sent.In(time.FixedZone("PST", -8*3600)))
	require.NoError(t, err)
	m := parse(t, raw)

	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	require.NoError(t, err)
	assert.Equal(t, letter().Subject, subject)
	from, err := m.Header.AddressList("From")
	require.NoError(t, err)
	assert.Equal(t, []*mail.Address{{Name: "Müller & Söhne", Address: "privacy@example.com"}}, from)
	for field, want := range map[string]string{
		"To": "<jane@example.org>", "Date": "Tue, 03 Mar 2026 02:05:00 +0000", "Message-Id": "<rm-1@example.com>",
		"In-Reply-To": "<mail-2@example.org>", "References": "<mail-1@example.org> <mail-2@example.org> <rm-1@example.com>",
		"Content-Language": "de, en", "Mime-Version": "1.0",
		"Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All", "X-Rightsmail-Loop": "example.com",
	} {
		assert.Equal(t, []string{want}, m.Header[field], field)
	}

	types, bodies := parts(t, m)
	assert.Equal(t, []string{"text/plain; charset=utf-8", "text/html; charset=utf-8"}, types)
	assert.Equal(t, []string{letter().Text, letter().HTML}, []string{unix(bodies[0]), unix(bodies[1])})
	assert.NotRegexp(t, `[^\r]\n`, string(raw), "every line ends in CRLF")
	assert.NotRegexp(t, `[^\x00-\x7f]`, string(raw), "any server on the way can carry it")
}

func unix(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

func TestSameLetterAndTimeGiveTheSameBytes(t *testing.T) {
	first, err := letter().Bytes(sent)
	require.NoError(t, err)
	for range 20 {
		again, err := letter().Bytes(sent)
		require.NoError(t, err)
		require.Equal(t, string(first), string(again))
	}
	other := letter()
	other.MessageID = "rm-2@example.com"
	raw, err := other.Bytes(sent)
	require.NoError(t, err)
	assert.NotEqual(t, parse(t, first).Header.Get("Content-Type"), parse(t, raw).Header.Get("Content-Type"))
}

func TestLetterOfAHumanCarriesNoSignOfAMachine(t *testing.T) {
	l := letter()
	l.Automatic = false
	raw, err := l.Bytes(sent)
	require.NoError(t, err)
	for _, field := range []string{"Auto-Submitted", "X-Auto-Response-Suppress", "X-Rightsmail-Loop", "Precedence"} {
		assert.Empty(t, parse(t, raw).Header.Get(field), field)
	}
}

func TestThreadOfTheMailIsKeptAndOursAdded(t *testing.T) {
	l := acknowledge(t, writing("en", deletion))
	assert.Equal(t, "mail-3@example.org", l.InReplyTo)
	assert.Equal(t, []string{"mail-1@example.org", "mail-2@example.com", "mail-3@example.org", "rm-8f3k-2q7d.ack@example.com"}, l.References)

	w := writing("en", deletion)
	w.InReplyTo, w.References = "", nil
	l = acknowledge(t, w)
	raw, err := l.Bytes(sent)
	require.NoError(t, err)
	assert.NotContains(t, parse(t, raw).Header, "In-Reply-To")
	assert.Equal(t, "<rm-8f3k-2q7d.ack@example.com>", parse(t, raw).Header.Get("References"))
}

func TestLongThreadKeepsItsFirstAndNewestIDs(t *testing.T) {
	l := letter()
	l.References = nil
	for range 100 {
		l.References = append(l.References, strings.Repeat("m", len(l.References)+1)+"@example.org")
	}
	raw, err := l.Bytes(sent)
	require.NoError(t, err)
	got := strings.Fields(parse(t, raw).Header.Get("References"))
	assert.Len(t, got, 30)
	assert.Equal(t, "<m@example.org>", got[0])
	assert.Equal(t, "<"+l.References[99]+">", got[28])
	assert.Equal(t, "<rm-1@example.com>", got[29], "our own id is never the one left out")
	assert.Len(t, l.References, 100, "the letter itself is left alone")
}

func TestIDsOfAStrangerCannotBreakTheHeader(t *testing.T) {
	for _, id := range []string{
		"a@b\r\nBcc: all@example.org", "a@b> <c@d", "a b@c", "", "no-at", "@c", "a@", "ä@example.org", "a@b\x00",
		strings.Repeat("x", 300) + "@example.org", "a@b,c@d",
	} {
		l := letter()
		l.InReplyTo, l.References = id, []string{id, "good@example.org"}
		raw, err := l.Bytes(sent)
		require.NoError(t, err)
		m := parse(t, raw)
		assert.NotContains(t, m.Header, "In-Reply-To", "%q", id)
		assert.Equal(t, "<good@example.org> <rm-1@example.com>", m.Header.Get("References"), "%q", id)
		assert.NotContains(t, m.Header, "Bcc")
	}
}

func TestEveryLetterNamesItselfLastInItsThread(t *testing.T) {
	for _, references := range [][]string{nil, {"rm-1@example.com"}, {"a@example.org"}, {"rm-1@example.com", "a@example.org"}} {
		l := letter()
		l.References = slices.Clone(references)
		raw, err := l.Bytes(sent)
		require.NoError(t, err)
		got := strings.Fields(parse(t, raw).Header.Get("References"))
		assert.Equal(t, "<rm-1@example.com>", got[len(got)-1])
		assert.Equal(t, 1, strings.Count(strings.Join(got, " "), "rm-1@"), "once")
		assert.Equal(t, references, l.References, "the letter itself is left alone")
	}
}

func TestNameThatHoldsAFieldStaysAName(t *testing.T) {
	l := letter()
	l.From.Name = "Widgets\r\nBcc: all@example.org\u202e\x00"
	raw, err := l.Bytes(sent)
	require.NoError(t, err)
	m := parse(t, raw)
	assert.NotContains(t, m.Header, "Bcc")
	from, err := m.Header.AddressList("From")
	require.NoError(t, err)
	assert.Equal(t, "Widgets Bcc: all@example.org", from[0].Name)
}

func TestLetterThatCannotBeSentIsRefused(t *testing.T) {
	for name, spoil := range map[string]func(*replies.Letter){
		"no address":             func(l *replies.Letter) { l.To.Address = "" },
		"address without domain": func(l *replies.Letter) { l.To.Address = "jane" },
		"two addresses":          func(l *replies.Letter) { l.To.Address = "jane@example.org, joe@example.org" },
		"named address":          func(l *replies.Letter) { l.To.Address = "Jane <jane@example.org>" },
		"field in address":       func(l *replies.Letter) { l.To.Address = "jane@example.org\r\nBcc: x@example.org" },
		"address with bracket":   func(l *replies.Letter) { l.To.Address = "jane@example.org>" },
		"address not in ASCII":   func(l *replies.Letter) { l.To.Address = "jäne@example.org" },
		"endless address":        func(l *replies.Letter) { l.To.Address = strings.Repeat("j", 300) + "@example.org" },
		"our own address":        func(l *replies.Letter) { l.From.Address = "privacy" },
		"no subject":             func(l *replies.Letter) { l.Subject = "" },
		"field in subject":       func(l *replies.Letter) { l.Subject = "Hello\r\nBcc: x@example.org" },
		"reversed subject":       func(l *replies.Letter) { l.Subject = "Hello \u202eolleH" },
		"broken subject":         func(l *replies.Letter) { l.Subject = "Hello \xff" },
		"no message id":          func(l *replies.Letter) { l.MessageID = "" },
		"field in message id":    func(l *replies.Letter) { l.MessageID = "a@b\r\nBcc: x@example.org" },
		"field in language":      func(l *replies.Letter) { l.Language = "de\r\nBcc: x@example.org" },
		"no text":                func(l *replies.Letter) { l.Text = "" },
		"no HTML":                func(l *replies.Letter) { l.HTML = "" },
	} {
		t.Run(name, func(t *testing.T) {
			l := letter()
			spoil(&l)
			_, err := l.Bytes(sent)
			require.ErrorIs(t, err, replies.ErrRefused)
			assert.NotContains(t, err.Error(), "jane", "an error goes to logs")
		})
	}
	_, err := letter().Bytes(time.Time{})
	require.ErrorIs(t, err, replies.ErrRefused)
}

// FuzzBytes: whatever a letter holds, it is refused or it is one mail with exactly
// the fields that we write, each once.
func FuzzBytes(f *testing.F) {
	l := letter()
	f.Add(l.From.Name, l.From.Address, l.To.Name, l.To.Address, l.Subject, l.Text, l.MessageID, l.InReplyTo, "a@b", true)
	f.Add("\r\nBcc: x", "a@b.example\r\n\r\n", "=?utf-8?q?=0D=0ABcc:?=", `"a\"b"@c.example`, "x\ny", "\r\n--=_\r\n.", "a@b\n", "<x@y>", "a\tb@c", false)
	f.Fuzz(func(t *testing.T, fromName, from, toName, to, subject, text, id, inReplyTo, reference string, automatic bool) {
		l := replies.Letter{
			From: email.Address{Name: fromName, Address: from}, To: email.Address{Name: toName, Address: to},
			Subject: subject, Language: "en", Text: text, HTML: "<p>" + text, MessageID: id, InReplyTo: inReplyTo,
			References: []string{reference}, Automatic: automatic,
		}
		raw, err := l.Bytes(sent)
		if err != nil {
			require.ErrorIs(t, err, replies.ErrRefused)
			return
		}
		m := parse(t, raw)
		allowed := []string{
			"From", "To", "Subject", "Date", "Message-Id", "In-Reply-To", "References", "Content-Language",
			"Auto-Submitted", "X-Auto-Response-Suppress", "X-Rightsmail-Loop", "Mime-Version", "Content-Type",
		}
		for field := range maps.Keys(m.Header) {
			require.Contains(t, allowed, field)
			require.Len(t, m.Header[field], 1, field)
		}
		require.Equal(t, automatic, m.Header.Get("Auto-Submitted") != "")
		addresses, err := m.Header.AddressList("To")
		require.NoError(t, err)
		require.Len(t, addresses, 1)
		require.Equal(t, to, addresses[0].Address)
		types, _ := parts(t, m)
		require.Len(t, types, 2)
		require.False(t, slices.Contains(types, ""))
	})
}
