package email

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func splitAll(t *testing.T, r io.Reader, maxBytes int) []string {
	t.Helper()
	var out []string
	for mail, err := range Split(r, maxBytes) {
		require.NoError(t, err)
		out = append(out, string(mail))
	}
	return out
}

func TestMboxIsSplitAtFromLinesAfterBlankLinesOnly(t *testing.T) {
	const line = "From ann@example.org Mon Jan  5 10:00:00 2026\n"
	tests := map[string]struct {
		in   string
		want []string
	}{
		"two mails":               {line + "Subject: a\n\none\n\n" + line + "Subject: b\n\ntwo\n", []string{"Subject: a\n\none\n", "Subject: b\n\ntwo\n"}},
		"quoted From":             {line + "Subject: a\n\n>From me\n>>From you\n> From\n", []string{"Subject: a\n\nFrom me\n>From you\n> From\n"}},
		"From line in a text":     {line + "Subject: a\n\none\n" + line + "two\n", []string{"Subject: a\n\none\n" + line + "two\n"}},
		"sentence after a blank":  {line + "Subject: a\n\nHi.\n\nFrom now on delete it.\n", []string{"Subject: a\n\nHi.\n\nFrom now on delete it.\n"}},
		"short From line":         {"From ann\nSubject: a\n\none\n\nFrom bob\nSubject: b\n\ntwo\n", []string{"Subject: a\n\none\n", "Subject: b\n\ntwo\n"}},
		"no From line at all":     {"Subject: a\n\none\n", []string{"Subject: a\n\none\n"}},
		"CR LF":                   {"From a\r\nSubject: a\r\n\r\none\r\n\r\nFrom b\r\nSubject: b\r\n\r\ntwo\r\n", []string{"Subject: a\r\n\r\none\r\n", "Subject: b\r\n\r\ntwo\r\n"}},
		"line longer than buffer": {line + "Subject: a\n\n" + strings.Repeat("x", 200_000) + "\n", []string{"Subject: a\n\n" + strings.Repeat("x", 200_000) + "\n"}},
		"empty":                   {"", nil},
		"blank lines only":        {"\n\n", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, tt.want, splitAll(t, strings.NewReader(tt.in), 0))
			assert.Equal(t, tt.want, splitAll(t, iotest.HalfReader(strings.NewReader(tt.in)), 0))
		})
	}
}

func TestLongMailInAnMboxIsCutAndTheNextOneRead(t *testing.T) {
	in := "From a\nSubject: a\n\n" + strings.Repeat("y\n", 1000) + "\nFrom b\nSubject: b\n\ntwo\n"
	got := splitAll(t, strings.NewReader(in), 100)
	require.Len(t, got, 2)
	assert.Len(t, got[0], 100)
	assert.Equal(t, "Subject: b\n\ntwo\n", got[1])
}

func TestReadErrorComesAfterWhatWasRead(t *testing.T) {
	broken := errors.New("disk gone")
	var mails, errs int
	for mail, err := range Split(io.MultiReader(strings.NewReader("From a\nSubject: a\n\none"), iotest.ErrReader(broken)), 0) {
		if err != nil {
			assert.ErrorIs(t, err, broken)
			errs++
			continue
		}
		assert.Equal(t, "Subject: a\n\none", string(mail))
		mails++
	}
	assert.Equal(t, []int{1, 1}, []int{mails, errs})
}

func TestMboxIsToldFromASingleMail(t *testing.T) {
	for head, want := range map[string]bool{
		"From a@x.example Mon Jan 5 10:00:00 2026\nSubject: a\n": true,
		"\r\nFrom a\r\nReturn-Path: <a>\r\n":                     true,
		"From: a@x.example\n\nhi":                                false,
		"From here on\nI write prose.\n":                         false,
		"Subject: a\n\nFrom b\n":                                 false,
		"":                                                       false,
	} {
		assert.Equal(t, want, SniffMbox([]byte(head)), "%q", head)
	}
}
