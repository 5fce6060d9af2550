package classify

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// phrasesOf compiles phrases and returns what finds them.
func phrasesOf(t *testing.T, phrases ...string) *matcher {
	g := newGrammar(nil, nil)
	var trees []*tree
	var made []phrase
	for n, text := range phrases {
		tree, err := g.phrase(text)
		require.NoError(t, err)
		trees, made = append(trees, tree), append(made, phrase{rule: int32(n)})
	}
	p, err := g.compile(trees, made)
	require.NoError(t, err)
	return newMatcher(p)
}

func found(m *matcher, text string) (all []string) {
	toks, _ := splitWords(text, maxTokens)
	for _, h := range m.match(text, toks, 0, func(int32) bool { return true }, nil) {
		all = append(all, fmt.Sprintf("%d: %s", h.rule, text[toks[h.start].start:toks[h.end-1].end]))
	}
	return all
}

func TestPhraseIsFoundWhereverItStandsInALongSentence(t *testing.T) {
	m := phrasesOf(t, "erase ...20 my ...20 data", "^ erase")
	phrase := "erase" + strings.Repeat(" x", 20) + " my" + strings.Repeat(" x", 20) + " data"
	for before := range 140 {
		text := strings.Repeat("y ", before) + phrase + strings.Repeat(" z", 140-before)
		want := []string{"0: " + phrase}
		if before == 0 {
			want = append(want, "1: erase")
		}
		assert.ElementsMatch(t, want, found(m, text), "behind %d words", before)
	}
}

func TestPhraseIsFoundInEveryOfManySentences(t *testing.T) {
	m := phrasesOf(t, "erase ...2 data")
	for _, n := range []int{1, 62, 63, 64, 200} {
		text := strings.Repeat("Nothing here. ", n) + "Erase all my data. " + strings.Repeat("Nothing there. ", n) + "Erase the data."
		assert.ElementsMatch(t, []string{"0: Erase all my data", "0: Erase the data"}, found(m, text), "%d sentences", n)
	}
	assert.Empty(t, found(m, "Erase! Data is fine."))
}

func TestMatcherForgetsTheTextBefore(t *testing.T) {
	m := phrasesOf(t, "erase data", "my data")
	assert.Equal(t, []string{"0: erase data"}, found(m, "Please erase data"))
	assert.Equal(t, []string{"1: my data"}, found(m, "All my data, no: erase it, data"))
	assert.Empty(t, found(m, ""))
	assert.Empty(t, found(m, "nothing"))
}

func TestDictionaryKnowsWordsAndBeginnings(t *testing.T) {
	g := newGrammar(nil, map[string]string{"dleete": "delete"})
	for _, s := range []string{"delete", "delet*", "deleted", "del", "löschen", "x"} {
		if s[0] > 0x7f {
			s = fold(s)
		}
		g.atom(s)
	}
	d, err := dictionaryOf(g.entries())
	require.NoError(t, err)
	m := &matcher{p: &program{dictionary: d}}
	name := map[int32]string{}
	for s, a := range g.atoms {
		name[a] = s
	}
	for word, want := range map[string][]string{
		"delete": {"delet*", "delete"}, "deleted": {"delet*", "deleted"}, "deletion": {"delet*"}, "dele": nil, "del": {"del"},
		"dleete": {"delete"}, "x": {"x"}, "xx": nil, "": nil,
	} {
		m.found = nil
		walk(m, word, 0)
		var got []string
		for _, o := range m.found {
			got = append(got, name[o.atom])
		}
		assert.Equal(t, want, got, "%q", word)
	}
}

// The last resort is for few words to the mailbox for privacy that nothing else knows.
func TestPlainWordsCountInTheMailboxForPrivacyAlone(t *testing.T) {
	c := classifier(t)
	read := func(text string, officer bool) []string {
		var all []string
		for _, id := range idsOf(c.Classify(mailOf(text), Context{On: today, ToOfficer: officer})) {
			all = append(all, string(id))
		}
		return all
	}
	const plain = "Would you kindly have that item wiped?"
	assert.Equal(t, []string{"gdpr_erasure"}, read(plain, true))
	assert.Equal(t, []string{"support_general"}, read(plain, false))
	assert.Equal(t, []string{"privacy_question"}, read(plain+strings.Repeat(" It was a very long winter with snow on the hills.", 12), true))
	assert.Equal(t, []string{"support_general"}, read("Where in the dashboard do I wipe an item of one of our visitors?", true))
}
