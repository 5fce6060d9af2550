package classify

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/email"
	"rightsmail/shared/rights"
)

// weighed are rules with weights: "gone" speaks for erasure, so does what comes behind
// "records", and "bicycle" for support.
var weighed = map[string]string{
	"aims.yaml":      "delete: [gdpr_erasure]\nsupport_general: []\nspam: []\nfollowup_existing_case: []\nprivacy_question: []\n",
	"senses.yaml":    "vehicle: bus, car\nvanish: to go away\nsmall: the, a\n",
	"senses/en.yaml": "vehicle: tram lorr* vanish~\nvanish: vanish evapor*\nsmall: the\n",
	"weights.txt": "# learnt\n=lessons 5-abc\n=model *\n=unit 0.1\n=bias delete:-0.35 support_general:-0.1 spam:-1 followup_existing_case:-1\n" +
		"word gone 100 0:25 1:-5\nword bicycle 100 1:20 0:-20\nword wheel 100 1:3\nword winner 100 2:30\nword still 100 3:30\n" +
		"pair take off 100 0:30\nbefore ugly vehicle 100 0:30\nbehind vehicle melts 100 0:30\nsenses vehicle vanish 100 0:30\n" +
		"later data that 100 0:30\ntogether data own 50 0:5\nconcept data 20 0:1\nsense vehicle 10 1:1\nsentences 8 10 1:1\n" +
		"=model de\n=unit 0.1\n=bias delete:-0.6 support_general:-0.3\nword fort 100 0:25\n",
}

// nearer has weights for the rule that speaks, so that its sentence asks for erasure whatever the
// rest of the mail is about.
var nearer = strings.NewReplacer("delete:-0.35", "delete:-0.5", "word winner 100", "word winner 250",
	"word gone", "rule erase 100 0:11\nword gone").Replace(weighed["weights.txt"])

func weighedBy(t *testing.T, changed map[string]string) *Classifier {
	t.Helper()
	all := map[string]string{}
	for _, m := range []map[string]string{weighed, changed} {
		for name, text := range m {
			all[name] = text
		}
	}
	c, err := New(files(all), book(t))
	require.NoError(t, err)
	again, err := decode(string(c.encode()))
	require.NoError(t, err)
	again.book = c.book
	assert.Equal(t, c.weights, again.weights, "the file holds all of them")
	return again
}

func TestWeightsTellWhatNoRuleKnows(t *testing.T) {
	c := weighedBy(t, nil)
	for text, want := range map[string]rights.ID{
		"I wish it were gone.":                       "gdpr_erasure",
		"My records. I am done with it.":             "gdpr_erasure", // "it" behind "records"
		"Would they take off?":                       "gdpr_erasure", // two words in a row
		"They take it off. Off we take.":             rights.SupportGeneral,
		"It is an ugly tram.":                        "gdpr_erasure", // a word before a sense,
		"One day a lorry melts.":                     "gdpr_erasure", // one behind a sense,
		"A lorry in the rain evaporates.":            "gdpr_erasure", // and two senses
		"The tram vanished; lorries too.":            rights.SupportGeneral,
		"It evaporates from a tram.":                 rights.SupportGeneral,
		"One tram, bus tram, tram tram, evaporates.": "gdpr_erasure",
		"My bicycle is gone from the yard, bicycle!": rights.SupportGeneral,
		"A horse came by.":                           rights.SupportGeneral,
	} {
		d := c.Classify(mailOf(text), Context{On: today})
		assert.Equal(t, []rights.ID{want}, idsOf(d), text)
		if want == "gdpr_erasure" {
			assert.Equal(t, Privacy, d.Outcome, text)
			assert.Equal(t, ByRules, d.DecidedBy)
			assert.Equal(t, []string{WeightsRule}, d.Findings[0].Rules)
		}
	}
}

func TestSentenceThatWeighsMostIsTheEvidence(t *testing.T) {
	c := weighedBy(t, nil)
	m := mailOf("Hello there. I wish it were gone. Kind regards")
	d := c.Classify(m, Context{On: today})
	require.Len(t, d.Evidence, 1)
	assert.Equal(t, Evidence{WeightsRule, "I wish it were gone", InNew, 13, 32}, d.Evidence[0])
}

func TestQuoteOfAMailWithoutAFullStopIsShort(t *testing.T) {
	c := weighedBy(t, nil)
	d := c.Classify(mailOf(strings.Repeat("horse ", 20_000)+"I wish it were gone "+strings.Repeat("horse ", 15_000)), Context{On: today})
	require.Equal(t, []rights.ID{"gdpr_erasure"}, idsOf(d))
	require.Len(t, d.Evidence, 1)
	assert.LessOrEqual(t, len(strings.Fields(d.Evidence[0].Text)), 40)
	assert.Contains(t, d.Evidence[0].Text, "gone")
}

// The guess of a rule gives way to words, but not where the request may stand in what nobody
// has read.
func TestGuessStaysWhereTheMailIsNotReadToTheEnd(t *testing.T) {
	guess := strings.Replace(good["erase/rule.yaml"], "0.9", "0.5", 1)
	c := weighedBy(t, map[string]string{"erase/rule.yaml": guess})
	m := mailOf("Erase my data of the bicycle.")
	assert.Equal(t, Support, c.Classify(m, Context{On: today}).Outcome)
	m.Truncated = true
	d := c.Classify(m, Context{On: today})
	assert.Equal(t, []rights.ID{"gdpr_erasure"}, idsOf(d))
	assert.Contains(t, d.Review, "the mail is too long to be read whole")
}

func TestWhatAPhraseFoundStandsAgainstWords(t *testing.T) {
	c := weighedBy(t, map[string]string{"weights.txt": nearer})
	d := c.Classify(mailOf("Erase my data. The wheel stays."), Context{On: today})
	assert.Equal(t, []rights.ID{"gdpr_erasure"}, idsOf(d))
	assert.Equal(t, []string{"erase"}, d.Findings[0].Rules)
}

func TestGuessOfARuleGivesWayToWeights(t *testing.T) {
	guess := strings.Replace(good["erase/rule.yaml"], "0.9", "0.5", 1)
	c := weighedBy(t, map[string]string{"erase/rule.yaml": guess})
	d := c.Classify(mailOf("Erase my data of the bicycle."), Context{On: today})
	assert.Equal(t, Support, d.Outcome)
	assert.Equal(t, []string{WeightsRule}, d.Findings[0].Rules)
	for _, e := range d.Evidence {
		assert.Equal(t, WeightsRule, e.Rule, "what was found and taken back shows nothing")
	}
	assert.Empty(t, d.Review)
}

func TestOurOwnWordsWeighNothing(t *testing.T) {
	c := weighedBy(t, nil)
	own := "Whoever writes to us may be quite sure that soon all of this will be gone for good."
	in := Context{On: today, OwnTexts: NewOwnTexts(own)}
	assert.Equal(t, Support, c.Classify(mailOf("Thanks. "+own), in).Outcome)
	assert.Equal(t, Privacy, c.Classify(mailOf("Thanks. "+own), Context{On: today}).Outcome)
}

func TestSubjectOfAReplyWeighsNothing(t *testing.T) {
	c := weighedBy(t, nil)
	m := mailOf("A horse came by.")
	m.Subject = "I wish it were gone"
	assert.Equal(t, Privacy, c.Classify(m, Context{On: today}).Outcome)
	m.Subject, m.InReplyTo = "Re: I wish it were gone", []string{"x@example.com"}
	assert.Equal(t, Support, c.Classify(m, Context{On: today}).Outcome)
}

func TestMailOfOneWordWeighsTheSameWrittenAHundredTimes(t *testing.T) {
	c := weighedBy(t, nil)
	one := c.read(mailOf("gone"), Context{}).heavy().passage(passage{0, 1})
	many := c.read(mailOf(strings.Repeat("gone ", 100)), Context{}).heavy().passage(passage{0, 1})
	assert.Equal(t, one, many)
}

func TestWeightsMakeSpamOfNothingThatARuleUnderstands(t *testing.T) {
	c := weighedBy(t, map[string]string{"weights.txt": nearer})
	assert.Equal(t, SpamMail, c.Classify(mailOf("The winner is chosen."), Context{On: today}).Outcome)
	assert.Equal(t, Privacy, c.Classify(mailOf("Erase my data. The winner is chosen."), Context{On: today}).Outcome)
	c = weighedBy(t, map[string]string{"weights.txt": nearer, "erase/rule.yaml": strings.Replace(good["erase/rule.yaml"], "0.9", "0.5", 1)})
	assert.Equal(t, Support, c.Classify(mailOf("Erase my data. The winner is chosen."), Context{On: today}).Outcome, "somebody reads it")
}

func TestAnswerGoesOnAboutACaseOnlyWhereARuleSaysSo(t *testing.T) {
	c := weighedBy(t, nil)
	m := mailOf("I am still here.")
	assert.Equal(t, []rights.ID{followup}, idsOf(c.Classify(m, Context{On: today})))
	m.Subject, m.InReplyTo = "Re: horses", []string{"x@example.com"}
	assert.NotContains(t, idsOf(c.Classify(m, Context{On: today})), followup)
}

// Who answers the officer with a word that no rule knows may answer a question of his.
func TestAnswerToTheOfficerIsNoOrdinaryMailByWeightsAlone(t *testing.T) {
	c := weighedBy(t, nil)
	m := mailOf("It was the bicycle.")
	m.Subject, m.InReplyTo = "Re: horses", []string{"x@example.com"}
	assert.Equal(t, Unsure, c.Classify(m, Context{On: today, ToOfficer: true}).Outcome)
	assert.Equal(t, Support, c.Classify(m, Context{On: today}).Outcome)
}

func TestMachinesAndMailThatCannotBeReadAreNotWeighed(t *testing.T) {
	c := weighedBy(t, nil)
	m := mailOf("I wish it were gone.")
	m.Automation.Kind = "auto-reply"
	assert.Equal(t, Automated, c.Classify(m, Context{On: today}).Outcome)
	m = mailOf("I wish it were gone.")
	m.Verdicts.Spam = email.Fail
	assert.Equal(t, SpamMail, c.Classify(m, Context{On: today}).Outcome)
	m = mailOf("I wish it were gone.")
	m.Truncated = true
	assert.Equal(t, Unsure, c.Classify(m, Context{On: today}).Outcome)
}

// A right that weighs just enough is asked for, and a human looks first.
func TestRightThatWeighsLittleIsNotSure(t *testing.T) {
	c := weighedBy(t, map[string]string{"weights.txt": strings.Replace(weighed["weights.txt"], "word wheel", "word faint 100 0:4\nword wheel", 1)})
	for text, review := range map[string][]string{
		"Let it grow faint.":   {"the words leave room for another reading"},
		"I wish it were gone.": nil,
	} {
		d := c.Classify(mailOf(text), Context{On: today})
		assert.Equal(t, []rights.ID{"gdpr_erasure"}, idsOf(d), text)
		assert.Equal(t, review, d.Review, text)
	}
}

// A question on privacy that no rule knows is caught by the net and read by a human, unless all
// that is said asks it.
func TestQuestionThatWeighsEnoughIsNoGuess(t *testing.T) {
	for weight, want := range map[string]struct {
		confidence float64
		review     []string
	}{"4:9": {0.8, []string{}}, "4:2": {0.35, []string{NothingKnown}}} {
		c := weighedBy(t, map[string]string{"weights.txt": strings.NewReplacer(
			"followup_existing_case:-1", "followup_existing_case:-1 privacy_question:0", "word gone", "word server 100 "+weight+"\nword gone",
		).Replace(weighed["weights.txt"])})
		d := c.Classify(mailOf("I would like to hear in which of the two countries the server is."), Context{On: today, ToOfficer: true})
		require.Len(t, d.Findings, 1)
		assert.Equal(t, privacyQuestion, d.Findings[0].Right)
		assert.InDelta(t, want.confidence, d.Findings[0].Confidence, 1e-9)
		assert.Equal(t, want.review, d.Review)
	}
}

// Words of a language that nobody knows may weigh anything: who speaks of privacy in it is read
// by a human.
func TestWeightsMakeNoOrdinaryMailOfPrivacyInAnUnknownLanguage(t *testing.T) {
	c := weighedBy(t, map[string]string{
		"net/rule.yaml":  "id: net\nsignal: privacy-words\nlanguage: und\nconfidence: 0.5\nphrases: |\n  privacy\n",
		"net/cases.yaml": "positive:\n  - text: my privacy\nnegative:\n  - text: my horse\n",
	})
	d := c.Classify(mailOf("Privacy bicycle"), Context{On: today})
	require.Equal(t, "und", d.Language)
	assert.Equal(t, Privacy, d.Outcome)
	assert.Equal(t, []rights.ID{"privacy_question"}, idsOf(d))
	d = c.Classify(mailOf("There is no such thing as the privacy of a bicycle, and what would you have me do with it?"), Context{On: today})
	require.Equal(t, "en", d.Language)
	assert.Equal(t, Support, d.Outcome)
}

// What stands before a passage is not of it: "it" alone asks for nothing.
func TestPassageKnowsNothingOfWhatStandsBeforeIt(t *testing.T) {
	c := weighedBy(t, nil)
	h := c.read(mailOf("My records. I am done with it."), Context{}).heavy()
	erasure := c.weights.of("gdpr_erasure")
	both := h.passage(passage{0, 2})[erasure]
	assert.Greater(t, both, asksAt)
	assert.Less(t, h.passage(passage{1, 2})[erasure], asksAt)
}

// A letter about data protection offers rights in its headlines and in its footer, and so does an
// automatic answer. A form that hands on what a person wrote is another machine, and a human reads
// what a sentence of it asks for.
func TestMachineAsksOnlyForWhatAllThatItSaysAsksFor(t *testing.T) {
	c := weighedBy(t, map[string]string{"weights.txt": nearer})
	m := mailOf("Erase my data. That is this week's topic, with a bicycle, a wheel and another bicycle.")
	for kind, want := range map[string]Outcome{"": Privacy, "robot": Privacy, "bounce": Privacy, "auto-reply": Automated} {
		m.Automation.Kind = kind
		assert.Equal(t, want, c.Classify(m, Context{On: today}).Outcome, kind)
	}
	m.Automation.Kind = "robot"
	offers := "You may erase my data on a bicycle with a wheel, said the bicycle, behind a wheel, on another bicycle with a wheel."
	assert.Equal(t, Automated, c.Classify(&email.Message{New: offers, Automation: m.Automation, From: m.From}, Context{On: today}).Outcome)
	m.Automation.Kind = "list"
	d := c.Classify(m, Context{On: today})
	assert.Equal(t, Automated, d.Outcome)
	assert.Equal(t, []rights.ID{rights.AutoOrBounce}, idsOf(d))
	assert.Empty(t, d.Review)
	for _, e := range d.Evidence {
		assert.NotEqual(t, "erase", e.Rule, "what was taken back shows nothing")
	}
	m.Truncated = true
	assert.Equal(t, Privacy, c.Classify(m, Context{On: today}).Outcome, "what nobody read may be the request")
	m = mailOf("Erase my data. I wish it were gone.")
	m.Automation.Kind = "list"
	d = c.Classify(m, Context{On: today})
	assert.Equal(t, Privacy, d.Outcome)
	assert.Equal(t, []rights.ID{"gdpr_erasure"}, idsOf(d))
	assert.Contains(t, d.Review, "machine-like mail with rights language")
}

func TestBrokenWeightsAreRefusedWithTheirLine(t *testing.T) {
	line := func(s string) map[string]string {
		return map[string]string{"weights.txt": weighed["weights.txt"] + s + "\n"}
	}
	file := func(s string) map[string]string { return map[string]string{"weights.txt": s} }
	for name, tc := range map[string]struct {
		change map[string]string
		want   string
	}{
		"other senses":      {line("=senses 123456789abc"), "the senses of words have changed since the weights were learnt: go run ./scripts/learn"},
		"unknown kind":      {line("sound late 9 0:1"), `load weights.txt:24: "sound" is no kind of feature`},
		"half a pair":       {line("pair late"), "needs 2 parts"},
		"no weights":        {line("word late 9"), "load weights.txt:24: a feature needs its size and a weight"},
		"no size":           {line("word late often 0:3"), "load weights.txt:24: the size"},
		"too large":         {line("word late 256 0:3"), "load weights.txt:24: the size"},
		"too heavy":         {line("word late 9 0:128"), "load weights.txt:24: the weight"},
		"unknown aim":       {line("word late 9 4:1"), `load weights.txt:24: "4" is no number of an aim`},
		"unknown concept":   {line("concept hope 9 0:1"), `"hope" is not in concepts.yaml`},
		"unknown rule":      {line("rule hope 9 0:1"), `there is no rule "hope"`},
		"no second aim":     {line("=second delete"), "load weights.txt:24: a second look needs an aim"},
		"second of nothing": {line("=second hope 0"), `"hope" is not in aims.yaml`},
		"second by nothing": {line("=second delete 0 hope:1/1"), `"hope" is not in aims.yaml`},
		"second half":       {line("=second delete 0 delete:1"), `load weights.txt:24: "" is no number`},
		"second not number": {line("=second delete NaN"), `load weights.txt:24: "NaN" is no number`},
		"unknown sense":     {line("senses vanish hope 9 0:1"), `"hope" is not in senses.yaml`},
		"too many":          {line("sentences 9 9 0:1"), `"9" is no number up to 8`},
		"twice":             {line("word fort 9 0:1"), "load weights.txt:24: the feature of line 23 again"},
		"unknown bias":      {file("=model *\n=unit 1\n=bias hope:1\n"), `"hope" is not in aims.yaml`},
		"bias is no number": {file("=model *\n=unit 1\n=bias delete:much\n"), "load weights.txt:3:"},
		"two units":         {file("=model *\n=unit 1 2\n"), "a unit is one number"},
		"no unit":           {file("=model *\n=bias delete:1\n"), "the unit or the bias is missing"},
		"no model":          {file("=unit 1\n"), "load weights.txt:1: a model comes first"},
		"one language only": {file("=model de\n=unit 1\n=bias delete:1\n"), "the model for all languages comes first"},
		"no file":           {file(""), "load weights.txt"},
		"word not folded":   {map[string]string{"senses/en.yaml": "vehicle: Tram\n"}, `load senses/en.yaml: "Tram": write words in small letters`},
		"short stem":        {map[string]string{"senses/en.yaml": "vehicle: tr*\n"}, "before a star at least 3"},
		"two senses":        {map[string]string{"senses/en.yaml": "vehicle: tram\nsmall: tram\n"}, `"tram" has the senses "small" and "vehicle": write "~" behind the less likely of two`},
		"three senses":      {map[string]string{"senses/en.yaml": "vehicle: tram\nsmall: tram~\nvanish: tram~\n"}, `"tram" has the senses`},
		"no likely sense":   {map[string]string{"senses/en.yaml": "vehicle: tram~\n"}, `"tram" has a second sense and no first`},
		"sense not listed":  {map[string]string{"senses/en.yaml": "hope: tram\n"}, `load senses/en.yaml: "hope" is not in senses.yaml`},
		"no right":          {map[string]string{"aims.yaml": "delete: [gdpr_erasure]\nhope: []\n"}, `"hope" is no topic`},
		"list of a right":   {map[string]string{"aims.yaml": "gdpr_erasure: [gdpr_erasure]\n"}, "leave the list empty"},
		"counts as two":     {map[string]string{"aims.yaml": "delete: [gdpr_erasure]\ngdpr_erasure: []\n"}, "counts as two"},
		"no support":        {map[string]string{"aims.yaml": "delete: [gdpr_erasure]\nspam: []\n"}, "support_general and spam"},
	} {
		t.Run(name, func(t *testing.T) {
			all := map[string]string{}
			for _, m := range []map[string]string{weighed, tc.change} {
				for name, text := range m {
					all[name] = text
				}
			}
			_, err := New(files(all), book(t))
			require.ErrorContains(t, err, tc.want)
		})
	}
}

func lessonsOf(texts map[rights.ID][]string) (all []Lesson) {
	for _, id := range []rights.ID{"gdpr_erasure", rights.SupportGeneral} {
		for _, text := range texts[id] {
			all = append(all, Lesson{Mail: mailOf(text), Rights: []rights.ID{id}, Weight: 1})
		}
	}
	return all
}

// Ten lessons of each kind, which differ in one word; the rest they share.
var fewLessons = func() []Lesson {
	texts := map[rights.ID][]string{}
	for _, name := range []string{"Ann", "Ben", "Cleo", "Dan", "Eve", "Finn", "Gus", "Hal", "Ida", "Jon"} {
		texts["gdpr_erasure"] = append(texts["gdpr_erasure"], "The stable says let it vanish. "+name)
		texts[rights.SupportGeneral] = append(texts[rights.SupportGeneral], "The stable says let it shine. "+name)
	}
	return lessonsOf(texts)
}()

func TestLearntWeightsTellLessonsApartAndWhatIsLikeThem(t *testing.T) {
	rules := map[string]string{"aims.yaml": "delete: [gdpr_erasure]\nsupport_general: []\nspam: []\n"}
	learnt, err := Learn(files(rules), book(t), fewLessons, 1)
	require.NoError(t, err)
	assert.Contains(t, string(learnt), "\n=lessons "+Digest(fewLessons)+"\n")
	assert.Contains(t, string(learnt), "\nword vanish ")
	assert.NotContains(t, string(learnt), "=model en", "twenty lessons are no language")
	rules["weights.txt"] = string(learnt)
	c, err := New(files(rules), book(t))
	require.NoError(t, err)
	for _, l := range fewLessons {
		assert.Equal(t, l.Rights, idsOf(c.Classify(l.Mail, Context{On: today})), l.Mail.New)
	}
	assert.Equal(t, []rights.ID{"gdpr_erasure"}, idsOf(c.Classify(mailOf("May the old horse vanish."), Context{On: today})))
	assert.Equal(t, []rights.ID{rights.SupportGeneral}, idsOf(c.Classify(mailOf("May the old horse shine."), Context{On: today})))
	spam := slices.IndexFunc(c.weights.aims, func(a aim) bool { return a.name == "spam" })
	assert.InDelta(t, never, c.weights.models[0].bias[spam], 0, "nobody taught what spam is")
}

// What is learnt from a half of many lessons weighs the other half, and what comes of that is
// learnt from once more.
func TestManyLessonsTeachASecondLook(t *testing.T) {
	var many []Lesson
	for len(many) < fewestHeard {
		many = append(many, fewLessons...)
	}
	rules := map[string]string{"aims.yaml": weighed["aims.yaml"]}
	learnt, err := Learn(files(rules), book(t), many, 1)
	require.NoError(t, err)
	assert.Contains(t, string(learnt), "\n=second delete ")
	assert.NotContains(t, string(learnt), "\n=second spam ", "nobody taught what spam is")
	rules["weights.txt"] = string(learnt)
	c, err := New(files(rules), book(t))
	require.NoError(t, err)
	for _, l := range fewLessons {
		assert.Equal(t, l.Rights, idsOf(c.Classify(l.Mail, Context{On: today})), l.Mail.New)
	}
}

func TestSecondLookWeighsAimsByEachOther(t *testing.T) {
	s := secondLook{bias: []float64{0.1, never}, says: []float64{1, 0, 0, -1 /* of the other aim: */, 5, 5, 5, 5}}
	more := s.look([]float64{0.5, 0.4})
	assert.InDelta(t, (0.1+0.5-0.4-0.5)/2, more[0], 1e-9)
	assert.Zero(t, more[1], "nothing was learnt of it")
	more = s.look([]float64{-3, -0.4})
	assert.InDelta(t, (0.1+leastHeard+3)/2, more[0], 1e-9)
	assert.Equal(t, []float64{0, 0}, (&secondLook{}).look([]float64{1, 2}))

	m := mailOf("I wish it were gone.")
	assert.Equal(t, []rights.ID{"gdpr_erasure"}, idsOf(weighedBy(t, nil).Classify(m, Context{On: today})))
	c := weighedBy(t, map[string]string{"weights.txt": weighed["weights.txt"] + "=second delete -6 delete:0.5/0.1\n"})
	assert.Equal(t, []rights.ID{rights.SupportGeneral}, idsOf(c.Classify(m, Context{On: today})))
}

func TestAWordTellsMoreThanTwoThatAreAsRare(t *testing.T) {
	learnt, err := Learn(files(map[string]string{"aims.yaml": weighed["aims.yaml"]}), book(t), fewLessons, 1)
	require.NoError(t, err)
	size := func(feature string) int {
		_, rest, found := strings.Cut(string(learnt), "\n"+feature+" ")
		require.True(t, found, feature)
		n, err := strconv.Atoi(strings.Fields(rest)[0])
		require.NoError(t, err)
		return n
	}
	rare := math.Log(2) * sizeUnit // both stand in every second lesson
	assert.InDelta(t, 1.7*rare, size("word vanish"), 0.5)
	assert.InDelta(t, rare, size("pair it vanish"), 0.5)
}

func TestSameLessonsTeachTheSame(t *testing.T) {
	rules := files(map[string]string{"aims.yaml": weighed["aims.yaml"]})
	one, err := Learn(rules, book(t), fewLessons, 1)
	require.NoError(t, err)
	again, err := Learn(rules, book(t), fewLessons, 1)
	require.NoError(t, err)
	assert.Equal(t, string(one), string(again))
	changed := slices.Clone(fewLessons)
	changed[0].Weight = 2
	assert.NotEqual(t, Digest(fewLessons), Digest(changed))
	changed = slices.Clone(fewLessons)
	changed[0].Mail = example{Text: fewLessons[0].Mail.New, Attached: "A letter."}.mail()
	assert.NotEqual(t, Digest(fewLessons), Digest(changed), "an attached letter is learnt from too")
}

// One lesson that says otherwise is outvoted by the others, until it counts as many.
func TestLessonThatCountsAsManyIsHeard(t *testing.T) {
	rules := files(map[string]string{"aims.yaml": weighed["aims.yaml"]})
	read := func(weight float64) rights.ID {
		other := Lesson{Mail: mailOf("The stable says let it vanish."), Rights: []rights.ID{rights.SupportGeneral}, Weight: weight}
		learnt, err := Learn(rules, book(t), append(slices.Clone(fewLessons), other), 1)
		require.NoError(t, err)
		c, err := New(files(map[string]string{"aims.yaml": weighed["aims.yaml"], "weights.txt": string(learnt)}), book(t))
		require.NoError(t, err)
		return idsOf(c.Classify(other.Mail, Context{On: today}))[0]
	}
	assert.Equal(t, rights.ID("gdpr_erasure"), read(0.1))
	assert.Equal(t, rights.SupportGeneral, read(1000))
}

func TestNothingIsLearntOfNothing(t *testing.T) {
	_, err := Learn(files(map[string]string{"aims.yaml": weighed["aims.yaml"]}), book(t), nil, 1)
	assert.ErrorContains(t, err, "there are no lessons")
	_, err = Learn(files(nil), book(t), fewLessons, 1)
	assert.ErrorContains(t, err, "load aims.yaml")
}

// What words weigh is what the whole mail is about, and a wish may be one line of it.
func TestPlainWishAtTheEndOfASupportMailIsFound(t *testing.T) {
	stories := []string{
		"Since the update of Tuesday our widget loads twice on every page of the shop. We cleared the cache, reinstalled the snippet and asked our agency, and nothing helped. Visitors see two bubbles in the corner and some of them write in both. Could somebody of your team look at the installation? The plan is the one with five seats, and the invoice of March is paid. I attach nothing, because the screenshots are in the ticket from last week.",
		"I would like to know whether the bot can answer in Portuguese at night and in English by day. We sell boats, so most questions come in summer, and a flow with opening hours would be enough. How do I set that up? The help page about flows shows menus that my dashboard does not have. Is it a matter of the plan? We also wonder how to export the list of leads to a spreadsheet.",
		"Your colleague promised us a refund for the second seat in May, and it has not arrived. The bank says that nothing came in. We cancelled the seat on the 2nd and were charged on the 5th. Please check with accounting, because my boss asks every day. The workspace is called Blue Harbour. If you need the invoice number, tell me and I will look for it.",
	}
	for _, wish := range []struct {
		text string
		want rights.ID
	}{
		{"Please delete all personal data you hold about me.", "gdpr_erasure"},
		{"Please send me a copy of all the personal data that you have about me.", "gdpr_access"},
		{"Also, unsubscribe me from your newsletter.", "marketing_unsubscribe"},
		{"By the way, I object to the use of my data for advertising.", "gdpr_object_direct_marketing"},
	} {
		for _, story := range append(stories, strings.Join(stories, "\n\n")) {
			d := decide(t, mailOf(story+"\n\n"+wish.text+"\n\nKind regards\nMae Ling"))
			assert.Equal(t, Privacy, d.Outcome, "%s after %.40q", wish.text, story)
			assert.Contains(t, idsOf(d), wish.want, "%s after %.40q", wish.text, story)
		}
	}
	for _, story := range stories {
		assert.Equal(t, Support, decide(t, mailOf(story)).Outcome, "%.40q", story)
	}
}

func TestLongMailIsWeighedPassageByPassage(t *testing.T) {
	c := weighedBy(t, nil)
	horses := strings.Repeat("My bicycle has another wheel. ", 40)
	r := c.read(mailOf(horses+"I wish it were gone. "+horses), Context{})
	passages := r.passages()
	assert.Greater(t, len(passages), 5)
	last := 0
	for _, p := range passages {
		assert.LessOrEqual(t, p.from, last, "no sentence is left out")
		last = p.to
	}
	assert.Equal(t, r.sentences(), last)
	assert.Len(t, c.read(mailOf(strings.Repeat("A horse came by. ", 30_000)), Context{}).passages(), mostPassages)
	assert.Equal(t, []passage{{0, 2}}, c.read(mailOf("A horse. A cow."), Context{}).passages())
}
