package classify

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/rights"
)

// phrasesOf compiles phrases and returns what finds them.
func phrasesOf(t *testing.T, phrases ...string) *matcher {
	g := newGrammar(nil, nil)
	var trees []*tree
	var users []user
	for n, text := range phrases {
		tree, err := g.phrase(text)
		require.NoError(t, err)
		trees, users = append(trees, tree), append(users, user{rule: int32(n)})
	}
	p, err := g.compile(trees, users)
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
func TestLastResortIsForFewWordsToTheOfficer(t *testing.T) {
	c, err := New(files(map[string]string{"erase/rule.yaml": good["erase/rule.yaml"] + "last: true\n"}), book(t))
	require.NoError(t, err)
	const wish = "Please erase my data."
	officer := Context{On: today, ToOfficer: true}
	assert.Equal(t, []rights.ID{"gdpr_erasure"}, idsOf(c.Classify(mailOf(wish), officer)))
	assert.Equal(t, Support, c.Classify(mailOf(wish), Context{On: today}).Outcome)
	long := wish + strings.Repeat(" It was a very long winter with snow on the hills.", 12)
	assert.Equal(t, Unsure, c.Classify(mailOf(long), officer).Outcome)
}

func TestPlainWordsAreAWishUnlessTheySpeakOfTheProduct(t *testing.T) {
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
	assert.Equal(t, []string{"support_general"}, read("Where in the dashboard do I wipe an item of one of our visitors?", true))
}

// ends lists where a phrase can end that begins at a word, by trying every way through it.
func ends(g *grammar, t *tree, words []string, at int) []int {
	switch t.kind {
	case kindClass:
		if at < len(words) && slices.ContainsFunc(t.atoms, func(a int32) bool { return g.atoms[words[at]] == a }) {
			return []int{at + 1}
		}
		return nil
	case kindStart:
		if at == 0 {
			return []int{at}
		}
		return nil
	case kindGap:
		var all []int
		for n := 0; n <= int(t.n) && at+n <= len(words); n++ {
			all = append(all, at+n)
		}
		return all
	case kindSet:
		return ends(g, g.trees[t.n], words, at)
	case kindSeq:
		all := []int{at}
		for _, k := range t.kids {
			var next []int
			for _, from := range all {
				next = append(next, ends(g, k, words, from)...)
			}
			all = next
		}
		return all
	}
	var all []int
	if t.kind == kindOpt {
		all = append(all, at)
	}
	for _, k := range t.kids {
		all = append(all, ends(g, k, words, at)...)
	}
	return all
}

// Phrases are sorted out by what they cannot do without before any is followed. None may
// get lost on the way that a plain reading finds.
func TestMatcherFindsWhatAPlainReadingFinds(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 42))
	letters := strings.Split("abcdefghij", "")
	word := func() string { return letters[rnd.IntN(len(letters))] }
	var phrase func(depth int) string
	phrase = func(depth int) string {
		if depth == 0 {
			return word()
		}
		parts := []string{word()}
		for range 1 + rnd.IntN(3) {
			switch rnd.IntN(6) {
			case 0:
				parts = append(parts, "...2", word())
			case 1:
				parts = append(parts, "["+phrase(depth-1)+"|"+word()+"]")
			case 2:
				parts = append(parts, "{"+phrase(depth-1)+"|"+phrase(depth-1)+"}")
			case 3:
				parts = append(parts, "$set"+strconv.Itoa(rnd.IntN(3)))
			default:
				parts = append(parts, word())
			}
		}
		if rnd.IntN(8) == 0 {
			parts = slices.Insert(parts, 0, "^")
		}
		return strings.Join(parts, " ")
	}
	found := 0
	for range 40 {
		g := newGrammar(map[string]string{"set0": "a b\nc\n", "set1": "d ...1 e\nf\n$set0\n", "set2": word() + " [" + word() + "] " + word() + "\n" + word() + " " + word() + "\n"}, nil)
		var trees []*tree
		var users []user
		for n := range 30 {
			text := phrase(2)
			if n%10 == 0 {
				text = "{" + text + "|" + phrase(2) + "}"
			}
			tree, err := g.phrase(text)
			if err != nil {
				require.ErrorContains(t, err, "words, at most") // the generator makes wide ones now and then
				continue
			}
			trees, users = append(trees, tree), append(users, user{rule: int32(len(trees))})
		}
		p, err := g.compile(trees, users)
		require.NoError(t, err)
		m := newMatcher(p)
		for range 20 {
			words := make([]string, 1+rnd.IntN(70))
			for i := range words {
				words[i] = word()
			}
			text := strings.Join(words, " ")
			want := map[[2]int32]int32{}
			for n, tree := range trees {
				for at := range words {
					if all := ends(g, tree, words, at); len(all) > 0 {
						want[[2]int32{users[n].rule, int32(at)}] = int32(slices.Max(all))
					}
				}
			}
			toks, _ := splitWords(text, maxTokens)
			got := map[[2]int32]int32{}
			for _, h := range inOrder(m.match(text, toks, 0, func(int32) bool { return true }, nil)) {
				got[[2]int32{h.rule, h.start}] = h.end
			}
			require.Equal(t, want, got, "in %q", text)
			found += len(got)
		}
	}
	assert.Greater(t, found, 5_000)
}

// What many rules refuse is looked for once, and each of them hears of it.
func TestAPhraseOfManyRulesIsThereOnce(t *testing.T) {
	g := newGrammar(map[string]string{"no": "never mind\nforget it\n"}, nil)
	var trees []*tree
	for range 3 {
		tree, err := g.phrase("$no")
		require.NoError(t, err)
		trees = append(trees, tree)
	}
	p, err := g.compile(trees, []user{{rule: 0}, {rule: 1, part: partUnless}, {rule: 2}})
	require.NoError(t, err)
	assert.Len(t, p.phrases, 2)
	assert.Equal(t, []string{"0: forget it", "1: forget it", "2: forget it"}, found(newMatcher(p), "Well, forget it."))
}

// A line of concepts without an act must not hide one with it: a rule that is heard beside
// a phrase is heard for its act.
func TestOfHitsAtOneWordTheOneWithAnActStays(t *testing.T) {
	all := inOrder([]hit{{rule: 1, start: 3, end: 9, act: -1}, {rule: 1, start: 3, end: 6, act: 5}, {rule: 1, start: 3, end: 7, act: 6}})
	require.Len(t, all, 1)
	assert.GreaterOrEqual(t, all[0].act, int32(0))
	all = inOrder([]hit{{rule: 1, start: 3, end: 6, act: 4}, {rule: 1, start: 3, end: 7, act: 4}})
	require.Len(t, all, 1)
	assert.Equal(t, int32(7), all[0].end)
}
