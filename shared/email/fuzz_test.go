package email

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// checkMessage holds a message to what Parse promises of every one.
func checkMessage(t *testing.T, m *Message) {
	t.Helper()
	checkStrings(t, "Message", reflect.ValueOf(*m))
	oneLine := []string{m.ID, m.Subject, m.ReturnPath, m.Verdicts.Source}
	for _, list := range [][]Address{m.From, m.ReplyTo, m.To, m.Cc} {
		for _, a := range list {
			oneLine = append(oneLine, a.Name, a.Address)
			assert.True(t, a.Address == "" || strings.Contains(a.Address, "@"))
		}
	}
	oneLine = append(oneLine, m.InReplyTo...)
	oneLine = append(oneLine, m.References...)
	oneLine = append(oneLine, m.EnvelopeToAll...)
	oneLine = append(oneLine, m.Automation.Signals...)
	for _, a := range m.Attachments {
		oneLine = append(oneLine, a.Name, a.Original, a.ContentType)
		assert.NotEmpty(t, a.Name)
		assert.NotContains(t, a.Name, "/")
	}
	if m.Forwarded != nil {
		oneLine = append(oneLine, m.Forwarded.From.Name, m.Forwarded.From.Address, m.Forwarded.Subject)
	}
	for _, s := range oneLine {
		assert.False(t, strings.ContainsFunc(s, unicode.IsControl), "%q", s)
	}
	for _, s := range []string{m.Text, m.New, m.Quoted} {
		assert.NotContains(t, s, "\r")
	}
	if m.Text != "" {
		assert.NotEmpty(t, m.New)
	}
	checkReport(t, m.Report)
	seen := map[WarningKind]bool{}
	for _, w := range m.Warnings {
		assert.False(t, seen[w.Kind], "%s twice", w.Kind)
		seen[w.Kind] = true
	}
	if _, ok := m.Sender(); !ok {
		assert.NotEqual(t, Pass, m.Verdicts.DMARC)
		assert.False(t, m.Verdicts.DKIMAligned || m.Verdicts.SPFAligned)
	}
}

// checkStrings walks every string of a value: valid UTF-8 without NUL.
func checkStrings(t *testing.T, path string, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.String:
		assert.True(t, utf8.ValidString(v.String()) && !strings.Contains(v.String(), "\x00"), "%s: %q", path, v.String())
	case reflect.Struct:
		if v.Type().PkgPath() == "time" {
			return
		}
		for i := range v.NumField() {
			checkStrings(t, path+"."+v.Type().Field(i).Name, v.Field(i))
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return
		}
		for i := range v.Len() {
			checkStrings(t, path, v.Index(i))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			checkStrings(t, path, v.Elem())
		}
	}
}

// samples are the mails in testdata.
func samples(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("testdata/*.eml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	out := map[string][]byte{}
	for _, f := range files {
		out[filepath.Base(f)], err = os.ReadFile(f) //nolint:gosec // our own test data
		require.NoError(t, err)
	}
	return out
}

func FuzzParse(f *testing.F) {
	for _, raw := range samples(f) {
		f.Add(raw)
	}
	for _, odd := range oddMails() {
		f.Add(odd.raw)
	}
	for _, build := range hostile {
		f.Add(build(200))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		checkRead(t, raw, Options{OwnAddresses: []string{"privacy@example.com"}})
		small := Parse(raw, Options{MaxSize: 200, MaxDepth: 1, MaxParts: 2, MaxText: 20, MaxAttachments: 1})
		checkMessage(t, small)
		assert.LessOrEqual(t, len(small.Text), 20)
		for mail, err := range Split(strings.NewReader(string(raw)), 0) {
			require.NoError(t, err)
			assert.NotEmpty(t, mail)
		}
	})
}

func FuzzVerdicts(f *testing.F) {
	for _, s := range []string{
		"amazonses.com; spf=pass (spfCheck: domain of x designates 1.2.3.4) client-ip=1.2.3.4; envelope-from=a@x; helo=y; dkim=pass header.i=@x; dmarc=pass header.from=x;",
		`amazonses.com; spf=none smtp.mailfrom="x; dmarc=pass "@evil`, "amazonses.com 1; dmarc = pass", `amazonses.com; (a (b) \) "c`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m := Parse([]byte("Authentication-Results: "+s+"\nFrom: a@shop.example\n\nhi"), Options{})
		checkMessage(t, m)
		// Whatever the sender could put into a quoted string or a comment must not
		// make a pass out of a field that has none outside them.
		quoted := "amazonses.com; spf=none (" + s + "); dkim=none"
		if a, ok := parseAuthResults(quoted); ok && !strings.ContainsAny(s, "()\\") {
			assert.Len(t, a.clauses, 2)
		}
		quoted = `amazonses.com; spf=none smtp.mailfrom="` + s + `"@x; dkim=none`
		if a, ok := parseAuthResults(quoted); ok && !strings.ContainsAny(s, `"\`) {
			assert.Len(t, a.clauses, 2)
		}
	})
}
