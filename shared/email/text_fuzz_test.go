package email

import (
	"bytes"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/assert"
)

// checkRead reads a mail and holds its reader to what it promises beyond the shape of a
// message: it takes less than a second, and a text is never missing without a word about
// it. Only what is slow three times in a row is slow: a busy machine may let anybody wait.
func checkRead(t *testing.T, raw []byte, o Options) {
	t.Helper()
	var m *Message
	took := time.Hour
	for try := 0; try < 3 && took >= time.Second; try++ {
		start := time.Now()
		m = Parse(raw, o)
		took = min(took, time.Since(start))
	}
	assert.Less(t, took, time.Second)
	checkMessage(t, m)
	if m.Text == "" && len(m.Warnings) == 0 && len(m.Attachments) == 0 {
		_, body := (&reader{o: Options{}.withDefaults(), m: &Message{}}).open(raw)
		assert.Empty(t, bytes.TrimFunc(body, func(c rune) bool { return unicode.IsSpace(c) || invisible(c) }), "a body without a text, and nobody says why")
	}
}

// FuzzText reads one text in any type, charset and transfer encoding.
func FuzzText(f *testing.F) {
	kinds := []string{"text/plain", "text/html", "text/plain; format=flowed; delsp=yes", "text/enriched", "text/calendar", "junk", "application/xhtml+xml"}
	for i, seed := range []struct{ charset, encoding, body string }{
		{"utf-8", "", "Please delete my data."},
		{"utf-8", "quoted-printable", "<p style=3D\"display:none\">a</p>L=C3=B6schung"},
		{"utf-7", "7bit", "L+APY-schung +2D3cSw-"},
		{"utf-16", "base64", "//5EAGUAbABlAHQAZQAgAG0AZQA="},
		{"iso-2022-jp", "8bit", "\x1b$B:o=|\x1b(B"},
		{"windows-1252", "x-uuencode", "begin 644 x\n64&QE87-E(&1E;&5T92!M>2!D871A+@\n`\nend"},
		{"", "", "<style>.a{display:none}</style><div class=a>x<table><tr><td>y<blockquote>z<!-- c --><pre> a\n b</pre>"},
		{"x-unknown", "rot13", "\xff\xfe\x00 a\u202eb\U000e0041c\u200d"},
		{"gb18030", "", "On Mon, 3 Mar 2025 at 10:00 a@x wrote:\n> q\n\n-- \nAnn"},
	} {
		f.Add(uint8(i), seed.charset, seed.encoding, []byte(seed.body))
	}
	f.Fuzz(func(t *testing.T, kind uint8, charset, encoding string, body []byte) {
		raw := []byte("From: a@example.org\nContent-Type: " + kinds[int(kind)%len(kinds)] + "; charset=\"" + charset + "\"\nContent-Transfer-Encoding: " + encoding + "\n\n")
		raw = append(raw, body...)
		checkRead(t, raw, Options{})
	})
}
