package desk

import (
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"

	"rightsmail/shared/cases"
	"rightsmail/shared/email"
)

// FuzzThreads reads whatever stands in the fields that a thread is found by: ids are
// ids, and nothing but a whole token of ours is taken for one.
func FuzzThreads(f *testing.F) {
	j := &Judge{Settings: Settings{Key: []byte("a key that only tests know, 32 b")}}
	token := cases.Token(j.Settings.Key, "RM-8F3K-2Q7D")
	for _, s := range []string{
		"", "<ack." + token + "@example.com>", "<a@x>,<" + token + "@x>", "a@x " + strings.ToUpper(token) + "@x", "<privacy+" + token + "@x>",
		"<" + token[:10] + "\n " + token[10:] + "@x>", "<" + token[:32] + "@x>", "<<" + token + "@x>>", "=?utf-8?q?<a=40x>?=", "\xe9<\xff@\x00>", "<a@x\u3000y>", "<K" + token + "@x>",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m := email.Parse([]byte("From: a@example.org\nMessage-ID: "+s+"\nIn-Reply-To: "+s+"\nReferences: "+s+"\nDelivered-To: "+s+"\n\n"+s), email.Options{})
		ids := append(append([]string{}, m.InReplyTo...), m.References...)
		for _, id := range ids {
			assert.False(t, strings.ContainsAny(id, "<>"), "%q", id)
			assert.False(t, strings.ContainsFunc(id, func(c rune) bool { return unicode.IsSpace(c) || unicode.IsControl(c) }), "%q", id)
			assert.Contains(t, id, "@")
		}
		words := append(append(ids, s, m.ID), m.EnvelopeToAll...)
		for _, word := range append(words, cases.FindTokens(j.Settings.Key, s)...) {
			if reference, ok := j.readMessageID(word); ok {
				local, _, _ := strings.Cut(word, "@")
				mine := cases.Token(j.Settings.Key, reference)
				assert.Equal(t, mine, strings.ToLower(local[len(local)-len(mine):]), "%q", word)
			} else {
				assert.Equal(t, word, j.withoutToken(word))
			}
		}
		for _, word := range cases.FindTokens(j.Settings.Key, s) {
			_, ok := j.readMessageID(word)
			assert.True(t, ok, "%q", word)
			assert.Contains(t, s, word)
		}
	})
}
