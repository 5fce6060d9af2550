package classify

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// said lists the features of a text as they are written, each once, in order.
func said(t *testing.T, c *Classifier, text string) (all []string) {
	t.Helper()
	k := &names{words: map[uint64]string{begins.word: beginning, asks.word: question}, senses: c.weights.lexicon.names, concepts: c.program.ideas.concepts, rules: c.ruleIDs()}
	l := &listener{named: k.words}
	seen := map[string]bool{}
	c.read(mailOf(text), Context{}).listen(l, func(inside, later []feature) {
		for _, f := range append(append([]feature{}, inside...), later...) {
			if line := k.write(f); !seen[line] {
				seen[line] = true
				all = append(all, line)
			}
			again, rest, err := k.read(append(strings.Fields(k.write(f)), "rest"))
			require.NoError(t, err)
			assert.Equal(t, f, again)
			assert.Equal(t, []string{"rest"}, rest)
		}
	})
	return all
}

func TestFeaturesOfAMail(t *testing.T) {
	c, err := New(files(weighed), book(t)) // a compiled file has no names of concepts
	require.NoError(t, err)
	for text, want := range map[string][]string{
		"Ugly trams vanish": {
			"word ugly", "pair ^ ugly",
			"word trams", "pair ugly trams", "near ^ trams",
			"word vanish", "pair trams vanish", "near ^ vanish", "near ugly vanish",
			"sense vanish", "before trams vanish", "sense vehicle", "before trams vehicle", "mood ugly vanish", "mood ugly vehicle",
		},
		"A tram the lorry.": {
			"word a", "pair ^ a",
			"word tram", "pair a tram", "near ^ tram", "sense vehicle", "before a vehicle", "mood a vehicle",
			"word the", "pair tram the", "near ^ the", "near a the", "behind vehicle the", "sense small", "before tram small", "mood a small",
			"word lorry", "pair the lorry", "near a lorry", "near tram lorry", "behind small lorry", "before the vehicle", "senses vehicle vehicle",
		},
		"Tram? Go": { // "?" is a word, with what stands before it
			"word tram", "pair ^ tram", "sense vehicle", "before ^ vehicle",
			"word ?", "pair tram ?", "near ^ ?", "behind vehicle ?", "mood ? vehicle",
			"word go", "pair ^ go",
		},
		"12. At 7":       {"word at", "pair ^ at", "word 7", "pair at 7", "near ^ 7"}, // the number of a list says nothing
		"Call 12345 now": {"word call", "pair ^ call", "word now", "near ^ now"},
		"My records. Put it": {
			"word my", "pair ^ my", "word records", "pair my records", "near ^ records", "concept data", "together data own", "concept own",
			"word put", "pair ^ put", "word it", "pair put it", "near ^ it", "concept that", "later data that", "later own that",
		},
	} {
		assert.Equal(t, want, said(t, c, text), text)
	}
}

func TestSenseOfAWord(t *testing.T) {
	x := &wordSenses{names: []string{"heat", "vehicle", "water"}, words: map[string]map[string]senses{
		"en": {"ste*": {3}, "steam*": {1}, "steamer": {2, 3}},
		"fr": {"char": {2}},
	}}
	table, err := x.table()
	require.NoError(t, err)
	sense := func(language, word string) senses {
		l := &listener{lexicon: &table, tongue: table.tongue(language)}
		toks, _ := splitWords(word, 1)
		return l.word(&text{raw: word}, &toks[0]).senses
	}
	assert.Equal(t, senses{3}, sense("en", "stew"))
	assert.Equal(t, senses{1}, sense("en", "Steaming"), "the longest beginning")
	assert.Equal(t, senses{2, 3}, sense("en", "steamer"), "the word itself comes before its beginnings")
	assert.Equal(t, senses{}, sense("en", "char"))
	assert.Equal(t, senses{2}, sense("fr", "chár"))
	assert.Equal(t, senses{}, sense("fr", "chars"))
	assert.Equal(t, senses{2, 3}, sense("und", "steamer"), "what is too short to tell is taken for English")
	assert.Equal(t, senses{}, sense("ja", "steamer"))
}

func TestMailIsWeighedByTheModelOfItsLanguage(t *testing.T) {
	w := &weights{models: []model{{}, {language: "de"}, {language: "fr"}}}
	assert.Empty(t, w.modelFor("en").language)
	assert.Equal(t, "de", w.modelFor("de").language)
	assert.Equal(t, "fr", w.modelFor("fr").language)
}
