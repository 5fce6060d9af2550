package email

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// checkParted holds a parted text to its promise: nothing of the text is lost, and
// nothing is added.
func checkParted(t *testing.T, text string, p parted) {
	t.Helper()
	count := func(texts ...string) map[string]int {
		n := map[string]int{}
		for _, s := range texts {
			for line := range strings.SplitSeq(s, "\n") {
				if line = strings.TrimSpace(line); line != "" {
					n[line]++
				}
			}
		}
		return n
	}
	assert.Equal(t, count(text), count(p.own, p.quoted, p.signature, p.disclaimer))
}

func FuzzOwnWords(f *testing.F) {
	for _, raw := range samples(f) {
		f.Add(Parse(raw, Options{}).Text, true)
	}
	for _, l := range wholeMails {
		f.Add(l.reply, true)
		f.Add(l.forward, false)
		f.Add("Hi.\n--\nAnn\n"+l.footer+"\n\n"+l.notice, false)
	}
	f.Add("a\n\nOn 1 x\nwrote:\n> q\nb\n-- \nc\n\n> d", false)
	f.Add(caution+"\n\nHi\n____________\n\nFrom: a\nTo: b\nSubject: c", true)
	f.Fuzz(func(t *testing.T, text string, answer bool) {
		text = cleanText(strings.ToValidUTF8(text, "?"))
		checkParted(t, text, partText(text, answer))
		subject := "x"
		if answer {
			subject = "Fwd: x"
		}
		m := Parse([]byte("From: a@x.example\nSubject: "+subject+"\nContent-Type: text/plain; charset=utf-8\n\n"+text), Options{OwnAddresses: []string{"privacy@example.com"}})
		checkMessage(t, m)
		seen := map[string]bool{}
		for _, c := range m.Candidates {
			require.Contains(t, c.Address.Address, "@")
			assert.False(t, seen[Key(c.Address.Address)], "twice")
			seen[Key(c.Address.Address)] = true
		}
		assert.Equal(t, len(m.Candidates) > 1, m.Has(SeveralCandidates))
	})
}

func TestNothingOfASampleIsLost(t *testing.T) {
	mails := samples(t)
	more, err := filepath.Glob("../../events/mails/*.eml")
	require.NoError(t, err)
	for _, name := range more {
		mails[name], err = os.ReadFile(name) //nolint:gosec // our own test data
		require.NoError(t, err)
	}
	for name, raw := range mails {
		t.Run(name, func(t *testing.T) {
			text := Parse(raw, Options{}).Text
			checkParted(t, text, partText(text, false))
			checkParted(t, text, partText(text, true))
		})
	}
}
