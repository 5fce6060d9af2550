package sesmail_test

import (
	"bytes"
	"encoding/base64"
	"flag"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/sesmail"
	"rightsmail/shared/replies"
)

var update = flag.Bool("update", false, "write the goldens anew")

func forwarder(t testing.TB, url string) *sesmail.Forwarder {
	t.Helper()
	f, err := sesmail.OpenForwarder(settings(url), "rightsmail", "privacy@example.com", "help@desk.example.com", clock)
	require.NoError(t, err)
	return f
}

// forwarded is the mail that the help desk gets for an original.
func forwarded(t *testing.T, raw string) []byte {
	t.Helper()
	s := playing(t)
	require.NoError(t, forwarder(t, s.url).Forward(t.Context(), "forward-m1", []byte(raw)))
	require.Len(t, s.got, 1)
	return s.got[0].Content.Raw.Data
}

// opened reads such a mail as a mail program does: its header, its note, the type of
// the original and its bytes.
func opened(t *testing.T, whole []byte) (h mail.Header, note, kind string, original []byte) {
	t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(whole))
	require.NoError(t, err)
	media, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	require.NoError(t, err)
	require.Equal(t, "multipart/mixed", media)
	r := multipart.NewReader(m.Body, params["boundary"])
	first, err := r.NextRawPart()
	require.NoError(t, err)
	text, err := io.ReadAll(first)
	require.NoError(t, err)
	second, err := r.NextRawPart()
	require.NoError(t, err)
	assert.Equal(t, "original.eml", second.FileName())
	var body io.Reader = second
	if second.Header.Get("Content-Transfer-Encoding") == "base64" {
		body = base64.NewDecoder(base64.StdEncoding, second)
	}
	original, err = io.ReadAll(body)
	require.NoError(t, err)
	kind, _, err = mime.ParseMediaType(second.Header.Get("Content-Type"))
	require.NoError(t, err)
	_, err = r.NextRawPart()
	require.ErrorIs(t, err, io.EOF, "two parts and no more")
	return m.Header, string(text), kind, original
}

const plain = "From: Jane Doe <jane@example.org>\r\nTo: support@example.com\r\nSubject: My widget\r\n\r\nIt broke.\r\n"

func TestForwardedMailIsWrittenLikeTheGoldens(t *testing.T) {
	for name, raw := range map[string]string{
		"plain":  plain,
		"binary": "From: J\u00f6rg <joerg@example.org>\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\n\nGr\u00fc\u00dfe \xff\n",
	} {
		t.Run(name, func(t *testing.T) {
			got := forwarded(t, raw)
			golden := filepath.Join("testdata", name+".eml")
			if *update {
				require.NoError(t, os.WriteFile(golden, got, 0o600))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			assert.Equal(t, string(want), string(got))
		})
	}
}

func TestForwardGoesToTheHelpDeskFromUs(t *testing.T) {
	s := playing(t)
	require.NoError(t, forwarder(t, s.url).Forward(t.Context(), "forward-m1", []byte(plain)))
	got := s.got[0]
	assert.Equal(t, "privacy@example.com", got.FromEmailAddress)
	assert.Equal(t, []string{"help@desk.example.com"}, got.Destination.ToAddresses)
	assert.Empty(t, append(got.Destination.CcAddresses, got.Destination.BccAddresses...))
	assert.Equal(t, "forward-m1", got.EmailTags[0].Value)

	h, note, _, _ := opened(t, got.Content.Raw.Data)
	assert.Equal(t, "<privacy@example.com>", h.Get("From"))
	assert.Equal(t, "<help@desk.example.com>", h.Get("To"))
	assert.Equal(t, "<jane@example.org>", h.Get("Reply-To"), "the help desk answers people")
	assert.Equal(t, "Fwd: My widget", h.Get("Subject"))
	assert.Equal(t, "example.com", h.Get(replies.LoopHeader))
	assert.Equal(t, "auto-generated", h.Get("Auto-Submitted"))
	assert.Equal(t, "<forward-m1@example.com>", h.Get("Message-Id"))
	assert.Contains(t, note, "goes to its author")
	assert.NotContains(t, note, "jane")
}

func TestOriginalArrivesByteForByte(t *testing.T) {
	long := strings.Repeat("x", 998)
	const asIs, asFile = "message/rfc822", "application/octet-stream"
	for name, c := range map[string]struct{ raw, kind string }{
		"plain":                       {plain, asIs},
		"no last line end":            {plain + "end", asIs},
		"lines that look like a mbox": {plain + "From x\r\n.\r\n..\r\n--\r\n--=_x\r\n", asIs},
		"line as long as may be":      {plain + long + "\r\n" + long, asIs},
		"Japanese in escapes":         {plain + "\x1b$B%F\x1b(B\r\n", asIs},
		"line too long":               {plain + long + "x\r\n", asFile},
		"LF line ends":                {strings.ReplaceAll(plain, "\r\n", "\n"), asFile},
		"bare CR":                     {plain + "a\rb\r\n", asFile},
		"CR at the end":               {plain + "a\r", asFile},
		"NUL":                         {plain + "a\x00b", asFile},
		"8bit":                        {plain + "\u00fc\r\n", asFile},
		"no UTF-8":                    {plain + "\xff\xfe", asFile},
		"empty":                       {"", asIs},
	} {
		t.Run(name, func(t *testing.T) {
			whole := forwarded(t, c.raw)
			_, _, kind, original := opened(t, whole)
			assert.Equal(t, c.raw, string(original))
			assert.Equal(t, c.kind, kind)
			for line := range bytes.Lines(whole) {
				assert.LessOrEqual(t, len(line), 1000)
				assert.True(t, bytes.HasSuffix(line, []byte("\r\n")))
			}
		})
	}
}

func TestOriginalThatHoldsTheBoundaryDoesNotEndThePart(t *testing.T) {
	h, _, _, _ := opened(t, forwarded(t, plain))
	_, params, err := mime.ParseMediaType(h.Get("Content-Type"))
	require.NoError(t, err)
	raw := plain + "--" + params["boundary"] + "--\r\nFrom: evil@example.net\r\n"
	_, _, kind, original := opened(t, forwarded(t, raw))
	assert.Equal(t, raw, string(original))
	assert.Equal(t, "application/octet-stream", kind)
}

func TestHostileHeaderReachesNothingButTheSubject(t *testing.T) {
	for name, raw := range map[string]string{
		"encoded line end":     "From: j@example.org\r\nSubject: =?utf-8?q?a=0D=0ABcc:_all@example.org=0D=0A=0D=0Abody?=\r\n\r\n",
		"bare CR":              "From: j@example.org\r\nSubject: a\rBcc: all@example.org\r\n\r\n",
		"fold":                 "From: j@example.org\r\nSubject: a\r\n\tBcc: all@example.org\r\n\r\n",
		"line separator":       "From: j@example.org\r\nSubject: =?utf-8?b?YeKAqEJjYzogYWxsQGV4YW1wbGUub3Jn?=\r\n\r\n",
		"encoded twice":        "From: j@example.org\r\nSubject: =?utf-8?q?=3D=3Futf-8=3Fq=3Fa=3D0ABcc=3A=3F=3D?=\r\n\r\n",
		"author with line end": "From: =?utf-8?q?a=0D=0ABcc:_all@example.org?= <j@example.org>\r\n\r\n",
		"bidi":                 "From: j@example.org\r\nSubject: a\u202ecod.exe\u200b\r\n\r\n",
		"endless":              "From: j@example.org\r\nSubject: " + strings.Repeat("Bcc: a@example.org ", 5000) + "\r\n\r\n",
		"NUL":                  "From: j@example.org\r\nSubject: a\x00b\r\n\r\n",
		"own fields":           "From: j@example.org\r\nBcc: all@example.org\r\nCc: all@example.org\r\nReply-To: evil@example.net\r\nX-Rightsmail-Loop: evil\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			h, _, _, _ := opened(t, forwarded(t, raw))
			assert.ElementsMatch(t, []string{
				"From", "To", "Reply-To", "Subject", "Date", "Message-Id", "Auto-Submitted", "X-Auto-Response-Suppress",
				"X-Rightsmail-Loop", "Mime-Version", "Content-Type",
			}, keys(h))
			for name, values := range h {
				require.Len(t, values, 1, name)
			}
			assert.Equal(t, "<j@example.org>", h.Get("Reply-To"))
			assert.Equal(t, "example.com", h.Get(replies.LoopHeader))
			subject, err := new(mime.WordDecoder).DecodeHeader(h.Get("Subject"))
			require.NoError(t, err)
			assert.True(t, strings.HasPrefix(subject, "Fwd: "))
			assert.LessOrEqual(t, len([]rune(subject)), 160)
			assert.NotRegexp(t, `[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]`, subject)
			assert.NotContains(t, subject, "=?")
		})
	}
}

func keys(h mail.Header) []string {
	var out []string
	for name := range h {
		out = append(out, name)
	}
	return out
}

func TestHelpDeskAnswersOnlyOneCertainAuthor(t *testing.T) {
	for name, c := range map[string]struct{ from, want string }{
		"one":           {"From: jane@example.org\r\n", "<jane@example.org>"},
		"none":          {"", ""},
		"two":           {"From: jane@example.org, joe@example.org\r\n", ""},
		"two fields":    {"From: jane@example.org\r\nFrom: joe@example.org\r\n", ""},
		"no address":    {"From: Jane\r\n", ""},
		"not ASCII":     {"From: <j\u00f6rg@example.org>\r\n", ""},
		"ourselves":     {"From: Privacy@EXAMPLE.com\r\n", ""},
		"the help desk": {"From: help@desk.example.com\r\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			h, note, _, _ := opened(t, forwarded(t, c.from+"Subject: x\r\n\r\nhello\r\n"))
			assert.Equal(t, c.want, h.Get("Reply-To"))
			if c.want == "" {
				assert.NotContains(t, h, "Reply-To")
				assert.Contains(t, note, "cannot be told")
			}
		})
	}
}

func TestMailWithoutSubjectSaysSo(t *testing.T) {
	h, _, _, _ := opened(t, forwarded(t, "From: j@example.org\r\n\r\nhello\r\n"))
	assert.Equal(t, "Fwd: (no subject)", h.Get("Subject"))
}

func TestMailTooLargeForSESIsRefusedAndSaysWhereItIs(t *testing.T) {
	s := playing(t)
	for name, raw := range map[string][]byte{
		"as it is": bytes.Repeat([]byte("12345678\r\n"), 4<<20+1),
		"encoded":  bytes.Repeat([]byte{0xff}, 30<<20),
	} {
		err := forwarder(t, s.url).Forward(t.Context(), "forward-m1", raw)
		require.ErrorIs(t, err, replies.ErrRefused, name)
		require.ErrorContains(t, err, "forward-m1", name)
		require.ErrorContains(t, err, "the archive keeps it", name)
	}
	assert.Empty(t, s.got)
}

func TestOneForwardIsOneRequest(t *testing.T) {
	s := playing(t)
	s.status = 500
	err := forwarder(t, s.url).Forward(t.Context(), "forward-m1", []byte(plain))
	require.Error(t, err)
	assert.NotErrorIs(t, err, replies.ErrRefused)
	assert.Len(t, s.got, 1)

	require.ErrorIs(t, forwarder(t, s.url).Forward(t.Context(), "no tag", []byte(plain)), replies.ErrRefused)
	assert.Len(t, s.got, 1)
}

func TestForwarderThatWouldTurnInACircleIsNotOpened(t *testing.T) {
	for says, c := range map[string]struct{ from, helpdesk string }{
		"the help desk is our own address": {"privacy@example.com", "Privacy@Example.COM"},
		"check RIGHTSMAIL_FROM":            {"privacy", "help@example.com"},
		"check RIGHTSMAIL_HELPDESK":        {"privacy@example.com", "help@example.com\r\nBcc: x@example.com"},
	} {
		_, err := sesmail.OpenForwarder(settings("http://127.0.0.1:1"), "rightsmail", c.from, c.helpdesk, clock)
		require.ErrorContains(t, err, says)
		assert.NotContains(t, err.Error(), "@")
	}
}

func FuzzForward(f *testing.F) {
	f.Add([]byte(plain))
	f.Add([]byte("Subject: \xff\r\n \x00"))
	f.Add([]byte("From: a@b.example\rSubject: x\r\r\n--=_"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		h, _, _, original := opened(t, forwarded(t, string(raw)))
		if !bytes.Equal(raw, original) {
			t.Fatal("the original changed on the way")
		}
		for name, values := range h {
			assert.Len(t, values, 1, name)
		}
	})
}

func BenchmarkForwardOneMegabyte(b *testing.B) {
	raw := []byte(plain + strings.Repeat(strings.Repeat("x", 70)+"\r\n", 1<<20/72))
	f := forwarder(b, "http://127.0.0.1:1")
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		if err := f.Forward(b.Context(), "forward-m1", raw); err == nil {
			b.Fatal("nobody listens there")
		}
	}
}
