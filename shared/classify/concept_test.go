package classify

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestConceptsMeetAsTheirLinesSay(t *testing.T) {
	const asks = "id: erase\ntopic: delete\nlanguage: und\nconfidence: 0.9\n"
	for name, tc := range map[string]struct {
		lines, text string
		want        string // the words found; empty for none
	}{
		"in order":                               {"erase own data", "Please delete all of my old records now.", "delete all of my old records"},
		"in any order":                           {"erase own data", "My records, please get rid of.", "My records, please get rid of"},
		"the shortest stretch":                   {"erase own data", "Delete me? Deleting it: my records and my other records.", "Deleting it: my records"},
		"not over two sentences":                 {"erase own data", "Delete it. My records are fine.", ""},
		"either of two":                          {"erase own|data", "Delete the records.", "Delete the records"},
		"what is refused":                        {"erase data !own", "Delete my records.", ""},
		"too far apart":                          {"erase data ~3", "Delete one two three records.", ""},
		"near enough":                            {"erase data ~3", "Delete one records.", "Delete one records"},
		"a pronoun looks back":                   {"erase own data", "You have my records. I am sad. Why? Delete it.", "Delete"},
		"only so far":                            {"erase own data", "You have my records. I am sad. Why? Who cares? Delete it.", ""},
		"not without the pronoun, in a long one": {"erase own data", "You have my records. Delete old bikes and all of the other things.", ""},
		"misspelt":                               {"erase data", "deleet the records", "deleet the records"},
		"one language at a time":                 {"erase own data", "Delete meine records.", ""},
		"another language":                       {"erase own data", "Meine Akten weg damit.", "Meine Akten weg"},
		"words of all languages":                 {"erase own data", "Delete my dossier.", "Delete my dossier"},
		"several words for one":                  {"erase own", "Get rid of my bike.", "Get rid of my"},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := load(files(map[string]string{
				"erase/rule.yaml":   asks + "together: |\n  " + tc.lines + "\n",
				"meanings.yaml":     good["meanings.yaml"] + "spellings: {deleet: delete}\n",
				"concepts/de.yaml":  "erase: weg\nown: meine\ndata: akten\n",
				"concepts/und.yaml": "data: dossier\n",
			}), book(t), weighing)
			require.NoError(t, err)
			again, err := decode(string(c.encode()))
			require.NoError(t, err)
			for _, c := range []*Classifier{c, again} {
				toks, _ := splitWords(tc.text, maxTokens)
				hits := inOrder(newMatcher(c.program).match(tc.text, toks, 0, func(int32) bool { return true }, nil))
				if tc.want == "" {
					assert.Empty(t, hits)
					continue
				}
				require.Len(t, hits, 1)
				assert.Equal(t, tc.want, tc.text[toks[hits[0].start].start:toks[hits[0].end-1].end])
			}
		})
	}
}

func TestConceptsGiveWayToPhrases(t *testing.T) {
	rules := map[string]string{
		"show/rule.yaml":  "id: show\nright: gdpr_access\nlanguage: und\nconfidence: 0.8\ntogether: |\n  own data\n",
		"show/cases.yaml": "positive:\n  - text: These are my records.\nnegative:\n  - text: Hello.\n",
		"vocabulary.yaml": "mine: |\n  my {data|information|records}\n",
	}
	c, err := New(files(rules), book(t))
	require.NoError(t, err)
	assert.ElementsMatch(t, []string{"gdpr_erasure"}, namesOf(c, "Erase my records."), "the phrase says what the sentence wants")
	assert.ElementsMatch(t, []string{"gdpr_erasure", "gdpr_access"}, namesOf(c, "Erase my records. But first, my records!"), "another sentence is another wish")
	rules["show/rule.yaml"] += "alone: true\n"
	c, err = New(files(rules), book(t))
	require.NoError(t, err)
	assert.ElementsMatch(t, []string{"gdpr_erasure"}, namesOf(c, "Erase my records. But first, my records!"))
	assert.ElementsMatch(t, []string{"gdpr_access"}, namesOf(c, "My records!"))
}

func TestConceptsGoOnFromTheSubjectAndIntoNoOtherText(t *testing.T) {
	c, err := New(files(map[string]string{
		"erase/rule.yaml":  "id: erase\ntopic: delete\nlanguage: und\nconfidence: 0.9\ntogether: |\n  erase own data\n",
		"erase/cases.yaml": "positive:\n  - {subject: My records, text: Delete it.}\nnegative:\n  - {text: Your records and my bike., forwarded: Delete it.}\n",
	}), book(t))
	require.NoError(t, err)
	assert.NotContains(t, namesOf(c, "Delete it."), "gdpr_erasure", "nothing of the mail before")
}

func TestConceptsHaveBesideOneVerbAnotherWish(t *testing.T) {
	rules := map[string]string{
		"vocabulary.yaml":  "mine: |\n  my {data|records}\n",
		"concepts.yaml":    good["concepts.yaml"] + "show: send me\n",
		"concepts/en.yaml": good["concepts/en.yaml"] + "show: show me\n",
		"show/rule.yaml":   "id: show\nright: gdpr_access\nlanguage: und\nconfidence: 0.8\nbeside: true\ntogether: |\n  show own data\n",
		"show/cases.yaml":  "positive:\n  - text: Show me my records.\nnegative:\n  - text: Hello.\n",
	}
	c, err := New(files(rules), book(t))
	require.NoError(t, err)
	assert.ElementsMatch(t, []string{"gdpr_erasure", "gdpr_access"}, namesOf(c, "First show me and then erase my records."))
	assert.ElementsMatch(t, []string{"gdpr_erasure"}, namesOf(c, "Erase my records."), "no verb of its own")
}

func TestAnotherAdvertisingWishStaysBesideTheNewsletter(t *testing.T) {
	c := classifier(t)
	assert.ElementsMatch(t, []string{"gdpr_object_direct_marketing", "marketing_unsubscribe"},
		namesOf(c, "I object to the use of my data for advertising. And take me off the newsletter."))
	assert.ElementsMatch(t, []string{"gdpr_object_direct_marketing"}, namesOf(c, "I object to the use of my data for advertising, so no more ads please."))
}

// What Go names must be in the list, or it would be left out without a word.
func TestConceptsThatTheEngineNamesAreInTheList(t *testing.T) {
	about := map[string]string{}
	require.NoError(t, readStrict(os.DirFS("rules"), conceptsFile, &about))
	for _, name := range slices.Concat(things, settings, acts, []string{pronoun}) {
		assert.Contains(t, about, name)
	}
}

func TestOneWishSaidTenThousandTimesIsKeptSixtyTimes(t *testing.T) {
	c := classifier(t)
	m := newMatcher(c.program)
	text := strings.Repeat("Delete my data! ", 10_000)
	toks, _ := splitWords(text, maxTokens)
	many := map[int32]int{}
	for _, h := range m.match(text, toks, 0, func(int32) bool { return true }, nil) {
		if h.tongue > 0 {
			many[h.rule]++
		}
	}
	require.NotEmpty(t, many)
	all, err := load(os.DirFS("rules"), book(t), weighing) // with their lines, which the compiled rules have not
	require.NoError(t, err)
	for rule, n := range many {
		lines := len(phraseLines(all.rules[rule].Together))
		assert.LessOrEqual(t, n, maxHits*lines, c.rules[rule].ID)
	}
}

// namesOf are the rights that a text asks for.
func namesOf(c *Classifier, text string) (names []string) {
	for _, id := range idsOf(c.Classify(example{Text: text}.mail(), Context{On: today})) {
		names = append(names, string(id))
	}
	return names
}
