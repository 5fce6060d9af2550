package classify

import (
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/rights"
)

// good is the smallest set of rules that loads.
var good = map[string]string{
	"languages.yaml":   "en: the and of\n",
	"vocabulary.yaml":  "mine: |\n  my {data|information}\n",
	"concepts.yaml":    "data: what is held\nerase: get rid of\nown: mine\nthat: it\n",
	"concepts/en.yaml": "erase: delet*, get rid of\nown: my\ndata: records\nthat: it\n",
	"meanings.yaml":    "topics:\n  delete: {any: [gdpr_erasure]}\n",
	"erase/rule.yaml":  "id: erase\ntopic: delete\nlanguage: en\nconfidence: 0.9\nphrases: |\n  erase $mine\n",
	"erase/cases.yaml": "positive:\n  - text: Please erase my data.\n" +
		"negative:\n  - text: Hello.\n",
}

func files(changed map[string]string) fs.FS {
	all := maps.Clone(good)
	maps.Copy(all, changed)
	out := fstest.MapFS{}
	for name, text := range all {
		if text != "" {
			out[name] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	return out
}

func book(t testing.TB) *rights.Book {
	t.Helper()
	b, err := rights.Builtin()
	require.NoError(t, err)
	return b
}

func TestBrokenRulesAreRefusedWithFileAndPlace(t *testing.T) {
	rule := func(s string) map[string]string { return map[string]string{"erase/rule.yaml": s} }
	const head = "id: erase\ntopic: delete\nlanguage: en\nconfidence: 0.9\n"
	for name, tc := range map[string]struct {
		change map[string]string
		want   string
	}{
		"unknown key":         {rule(head + "colour: red\nphrases: |\n  erase me\n"), "load erase/rule.yaml:5:1:"},
		"unknown key in case": {map[string]string{"erase/cases.yaml": "positive:\n  - texte: x\nnegative:\n  - text: y\n"}, "load erase/cases.yaml:2:5:"},
		"key twice":           {rule(head + "topic: delete\nphrases: |\n  erase me\n"), "load erase/rule.yaml:5:1:"},
		"no cases file":       {map[string]string{"erase/cases.yaml": ""}, "a rule comes with its cases"},
		"no negative case":    {map[string]string{"erase/cases.yaml": "positive:\n  - text: x\n"}, "at least one positive and one negative"},
		"empty rule":          {rule("\n"), "load erase/rule.yaml"},
		"foreign id":          {rule("id: other\ntopic: delete\nlanguage: en\nconfidence: 0.9\nphrases: |\n  erase me\n"), `should be the name of its folder, "erase"`},
		"id twice": {map[string]string{"other/erase/rule.yaml": good["erase/rule.yaml"], "other/erase/cases.yaml": good["erase/cases.yaml"]},
			"is already used by"},
		"unknown right":       {rule("id: erase\nright: gdpr_teleport\nlanguage: en\nconfidence: 0.9\nphrases: |\n  erase me\n"), `right "gdpr_teleport" is in no law`},
		"unknown topic":       {rule("id: erase\ntopic: teleport\nlanguage: en\nconfidence: 0.9\nphrases: |\n  erase me\n"), `topic "teleport"`},
		"unknown law":         {rule(head + "law: moon\nphrases: |\n  erase me\n"), `law "moon"`},
		"unknown place":       {rule(head + "place: moon\nphrases: |\n  erase me\n"), `place "moon"`},
		"unknown role":        {rule(head + "role: wizard\nphrases: |\n  erase me\n"), `role "wizard"`},
		"unknown scope":       {rule(head + "scope: [quoted]\nphrases: |\n  erase me\n"), `scope "quoted"`},
		"says nothing":        {rule("id: erase\nlanguage: en\nconfidence: 0.9\nphrases: |\n  erase me\n"), "says nothing"},
		"no confidence":       {rule("id: erase\ntopic: delete\nlanguage: en\nphrases: |\n  erase me\n"), "confidence 0"},
		"no language":         {rule("id: erase\ntopic: delete\nconfidence: 0.9\nphrases: |\n  erase me\n"), "language is missing"},
		"takes before":        {rule(head + "field: x\ntakes: before\nphrases: |\n  erase me\n"), `takes "before"`},
		"no phrases":          {rule(head), "phrases are missing"},
		"open bracket":        {rule(head + "phrases: |\n  {erase me\n"), `"{" is never closed`},
		"stray bracket":       {rule(head + "phrases: |\n  erase] me\n"), `"]" closes nothing`},
		"wrong bracket":       {rule(head + "phrases: |\n  {erase] me\n"), `"]" closes "{"`},
		"optional beginning":  {rule(head + "phrases: |\n  [please]\n"), "must begin with a word"},
		"gap at the start":    {rule(head + "phrases: |\n  ... me\n"), "must begin with a word"},
		"huge gap":            {rule(head + "phrases: |\n  erase ...99 me\n"), "choose 1 to 20 words"},
		"wide phrase":         {rule(head + "phrases: |\n  erase ...20 me ...20 and ...20 mine\n"), "may span 64 words, at most 47"},
		"endless word":        {rule(head + "phrases: |\n  " + strings.Repeat("erase", 60) + "\n"), "has 300 bytes, a word at most 255"},
		"short stem":          {rule(head + "phrases: |\n  er* me\n"), "3 letters or more"},
		"sign without a word": {rule(head + "phrases: |\n  erase % me\n"), "holds no word"},
		"unknown set":         {rule(head + "phrases: |\n  $erase me\n"), "$erase is not in the vocabulary"},
		"set in a circle":     {map[string]string{"vocabulary.yaml": "mine: |\n  $mine\n"}, "$mine contains itself"},
		"empty set":           {map[string]string{"vocabulary.yaml": "mine: |\n  # nothing\n"}, "$mine is empty"},
		"unheard signal":      {rule(head + "needs: [moonshine]\nphrases: |\n  erase me\n"), `no rule raises the signal "moonshine"`},
		"waits for itself": {map[string]string{
			"erase/rule.yaml":  head + "needs: [b]\nphrases: |\n  erase me\n",
			"bother/rule.yaml": "id: bother\nsignal: b\nneeds: [\"topic:delete\"]\nlanguage: en\nconfidence: 0.9\nphrases: |\n  bother me\n", "bother/cases.yaml": good["erase/cases.yaml"]},
			"waits for a signal that waits for this rule"},
		"topic without a default": {map[string]string{"meanings.yaml": "topics:\n  delete: {ccpa: [ccpa_delete]}\n"}, `the row "any" is missing`},
		"meaning without a right": {map[string]string{"meanings.yaml": "topics:\n  delete: {any: [nonsense]}\n"}, `right "nonsense" is in no law`},
		"meaning without a law":   {map[string]string{"meanings.yaml": "topics:\n  delete: {any: [gdpr_erasure], moon: [gdpr_erasure]}\n"}, `law "moon" is unknown`},
		"unknown concept":         {rule(head + "together: |\n  erase moon\n"), `concept "moon" is not in concepts.yaml`},
		"one concept":             {rule(head + "together: |\n  erase\n"), "at least two concepts"},
		"concept both ways":       {rule(head + "without: own\ntogether: |\n  erase own\n"), "wants and refuses"},
		"no width":                {rule(head + "together: |\n  erase own ~one\n"), "choose 2 to 200 words"},
		"together twice":          {rule(head + "together: |\n  erase own\n  erase own\n"), "stands there twice"},
		"without together":        {rule(head + "without: own\nphrases: |\n  erase me\n"), "concepts that stand together"},
		"words for no concept":    {map[string]string{"concepts/en.yaml": "moon: cheese\n"}, `load concepts/en.yaml: concept "moon" is not in concepts.yaml`},
		"broken words":            {map[string]string{"concepts/en.yaml": "erase: de*\n"}, "load concepts/en.yaml: erase:"},
		"word twice":              {map[string]string{"concepts/en.yaml": "own: my, my\n"}, `load concepts/en.yaml: own: "my" stands there twice`},
		"choice to be said":       {rule(head + "together: |\n  erase ^own|data\n"), "write ^ before one concept"},
		"choice refused":          {rule(head + "without: own data\ntogether: |\n  erase that own|data\n"), "wants and refuses"},
		"alone and beside":        {rule(head + "alone: true\nbeside: true\ntogether: |\n  erase own\n"), "choose one"},
		"yields in a circle":      {map[string]string{"meanings.yaml": good["meanings.yaml"] + "yields: {gdpr_access: [gdpr_erasure], gdpr_erasure: [gdpr_access]}\n"}, "comes back to itself"},
		"stays without a right":   {map[string]string{"meanings.yaml": good["meanings.yaml"] + "stays: {nonsense: topic:delete}\n"}, `right "nonsense"`},
		"stays without a signal":  {map[string]string{"meanings.yaml": good["meanings.yaml"] + "stays: {gdpr_erasure: moonshine}\n"}, `no rule raises the signal "moonshine"`},
		"no concepts":             {map[string]string{"concepts.yaml": ""}, "load concepts.yaml"},
		"no vocabulary":           {map[string]string{"vocabulary.yaml": ""}, "load vocabulary.yaml"},
		"no rules":                {map[string]string{"erase/rule.yaml": ""}, "there are none"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := New(files(tc.change), book(t))
			require.ErrorContains(t, err, tc.want)
		})
	}
}

func TestVersionChangesWithTheRules(t *testing.T) {
	one, err := New(files(nil), book(t))
	require.NoError(t, err)
	again, err := New(files(nil), book(t))
	require.NoError(t, err)
	other, err := New(files(map[string]string{"vocabulary.yaml": "mine: |\n  my {data|records}\n"}), book(t))
	require.NoError(t, err)
	assert.Equal(t, one.Version(), again.Version())
	assert.NotEqual(t, one.Version(), other.Version())
	for _, file := range []string{"erase/rule.yaml", "meanings.yaml", "concepts.yaml", "concepts/en.yaml"} {
		changed, err := New(files(map[string]string{file: good[file] + "# another word\n"}), book(t))
		require.NoError(t, err)
		assert.NotEqual(t, one.Version(), changed.Version(), file)
	}
	proved, err := New(files(map[string]string{"erase/cases.yaml": good["erase/cases.yaml"] + "  - text: Hi.\n"}), book(t))
	require.NoError(t, err)
	assert.Equal(t, one.Version(), proved.Version(), "a case proves a rule and changes nothing")
	assert.Len(t, one.Version(), 12)
}

func TestPhrasesMatchAsTheirSignsSay(t *testing.T) {
	for _, tc := range []struct {
		phrase, text string
		want         string // the words found; empty for none
	}{
		{"erase my data", "Please ERASE my\ndata now", "ERASE my\ndata"},
		{"erase my data", "erase. My data is fine", ""},
		{"delet* me", "deleting me", "deleting me"},
		{"{erase|get rid of} me", "get rid of me", "get rid of me"},
		{"erase [all of] it", "erase it", "erase it"},
		{"erase [all of] it", "erase all of it", "erase all of it"},
		{"erase ...2 data", "erase my own data", "erase my own data"},
		{"erase ...2 data", "erase my very own data", ""},
		{"erase ...2 data", "erase it! Data is fine", ""},
		{"^ erase", "erase it", "erase"},
		{"^ erase", "never erase it", ""},
		{"don't sell", "Don’t sell it", "Don’t sell"},
		{"children's data", "Children\u2019s‑data", "Children\u2019s‑data"},
		{"i'd like", "I'd like it", "I'd like"},
		{"loschen sie", "Löschen Sie", "Löschen Sie"},
		{"opt out", "OPT_OUT", "OPT_OUT"},
		{"ccpa", "ＣＣＰＡ", "ＣＣＰＡ"},
		{"my data", "my da\u00adta", "my da\u00adta"},
		{"do not sell", "https://shop.example/do-not-sell", ""},
		{"unsubscribe", "write to unsubscribe@example.com", ""},
		{"删除 我 的", "请删除我的数据", "删除我的"},
		{"art 17 gdpr", "Art. 17 GDPR", "Art. 17 GDPR"},
	} {
		t.Run(tc.phrase+" in "+tc.text, func(t *testing.T) {
			g := newGrammar(nil, nil)
			phraseTree, err := g.phrase(tc.phrase)
			require.NoError(t, err)
			p, err := g.compile([]*tree{phraseTree}, []user{{}})
			require.NoError(t, err)
			m := newMatcher(p)
			toks, _ := splitWords(tc.text, maxTokens)
			hits := m.match(tc.text, toks, 0, func(int32) bool { return true }, nil)
			if tc.want == "" {
				assert.Empty(t, hits)
				return
			}
			require.Len(t, hits, 1)
			assert.Equal(t, tc.want, tc.text[toks[hits[0].start].start:toks[hits[0].end-1].end])
		})
	}
}

func TestEveryRightOfTheBookIsReachedBySomeCase(t *testing.T) {
	// This one is a letter that we write, never one that we get.
	outbound := []rights.ID{"nv_practice_change_broadcast"}
	// These colour other rights or stand for a machine; classify_test.go shows them.
	elsewhere := []rights.ID{agentModifier, "sensitive_data_received", rights.AutoOrBounce}
	c := classifier(t)
	reached := map[rights.ID]bool{}
	folder := os.DirFS("rules")
	files, err := ruleFiles(folder)
	require.NoError(t, err)
	for _, file := range files {
		ex, err := readExamples(folder, path.Dir(file))
		require.NoError(t, err)
		for _, e := range ex.Positive {
			for _, id := range idsOf(c.Classify(e.mail(), Context{On: today})) {
				reached[id] = true
			}
		}
	}
	for _, id := range book(t).IDs() {
		if !slices.Contains(outbound, id) && !slices.Contains(elsewhere, id) {
			assert.True(t, reached[id], "no case reaches %s", id)
		}
	}
}
