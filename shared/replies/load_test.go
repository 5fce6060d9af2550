package replies_test

import (
	"math"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/replies"
	"rightsmail/shared/rights"
)

// copyOf reads the built-in templates, so that a test can break one of them.
func copyOf(t *testing.T, languages ...string) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	for _, language := range languages {
		entries, err := os.ReadDir("templates/" + language)
		require.NoError(t, err)
		for _, e := range entries {
			name := language + "/" + e.Name()
			data, err := os.ReadFile("templates/" + name) // #nosec G304 -- our own templates
			require.NoError(t, err)
			out[name] = &fstest.MapFile{Data: data}
		}
	}
	return out
}

func TestEachBrokenTemplateIsRefusedWithFileAndReason(t *testing.T) {
	const ack, child, over, suppression, words = "en/acknowledgement.txt", "en/child.txt", "en/over-limit.txt", "en/suppression.txt", "en/words.yaml"
	for _, tc := range []struct{ file, old, new, says string }{
		{ack, "Your reference is {{.Reference}}.", "", "the reference: use {{.Reference}}"},
		{ack, " [{{.Reference}}]", "", "the subject must hold {{.Reference}}"},
		{ack, "- {{.Title}}", "{{if .Law}}- {{.Title}}{{end}}", "every request, also one without law or date"},
		{ack, "- {{.Title}}", "- A request", "every request in plain words"},
		{ack, "Case: {{.Case}}", "Case", "the case of every request"},
		{ack, "{{with .Law}} ({{.}}){{end}}", "", "the law of a request"},
		{ack, "by {{.Due}}", "soon", "when to expect the answer"},
		{ack, "{{.Sentence}}", "", "how identity is verified"},
		{ack, "{{.Fields}}", "", "what is missing"},
		{ack, "{{.CorrectUs}}", "", "how to correct us: use {{.CorrectUs}}"},
		{ack, "{{.Officer}}", "", "how to reach the officer"},
		{ack, "{{.Received}}", "", "when the mail came"},
		{ack, "at {{.Company}}", "", "who writes"},
		{ack, "This is free for you: {{.}}", "", "the free complaint route"},
		{ack, "{{.Officer}}", "{{.Officer}} {{range .Requests}}{{.Earlier}}{{end}}", "{{.Earlier}} can not be said here"}, // an acknowledgement cannot know it
		{ack, "{{.Officer}}", "{{.Oficer}}", "Oficer"},
		{ack, "{{range .Requests}}", "{{range slice .Requests 0 1}}", ":11: {{slice .Requests 0 1}}: letters can say fields, if, with and range"},
		{ack, "{{end}}\n{{.CorrectUs}}", "\n{{.CorrectUs}}", "EOF"},
		{ack, "Subject: ", "Betreff: ", "the first line must read"},
		{child, "{{.Officer}}", "", "how to reach the officer"},
		{child, "Thank you", "{{range .Requests}}{{.Title}}{{end}} Thank you", "Requests"}, // nor a child's letter the request
		{suppression, "{{.CorrectUs}}", "", "how to correct us"},
		{over, "{{.Earlier}}", "", "the earlier dates"},
		{over, "{{with .Law}} ({{.}}){{end}}", "", "the law that sets the limit"},
		{over, "{{.FirstFree}}", "", "when the person can ask again"},
		{over, "Agency: {{.}}", "", "where to complain"},
		{over, "{{.AttorneyGeneral}}", "", "where else to complain"},
		{words, "Sunday, ", "", "weekdays: need 7"},
		{words, "January, ", "", "months: need 12"},
		{words, "end of day {zone}", "", "due: the pattern must hold {zone}"},
		{words, "  Europe/Zurich: Swiss time\n", "", "zones: no words for Europe/Zurich"},
		{words, "  human: ", "  humane: ", `checks: no words for "human"`},
		{words, "correct_us: ", "correct: ", "correct"},
		{words, "and: and", "and: and\nand: or", "and"},
		{"en/titles.yaml", "processor_request:", "processor_request: x\nprocessor_request:", "processor_request"},
	} {
		t.Run(tc.file+" "+tc.says, func(t *testing.T) {
			fsys := copyOf(t, "en")
			before := string(fsys[tc.file].Data)
			after := strings.ReplaceAll(before, tc.old, tc.new)
			require.NotEqual(t, before, after, "the template has changed: adapt the test")
			fsys[tc.file].Data = []byte(after)
			_, err := replies.Load(fsys)
			require.ErrorContains(t, err, tc.says)
			require.ErrorContains(t, err, tc.file)
		})
	}
}

func TestMissingAndUnknownFilesAreRefused(t *testing.T) {
	fsys := copyOf(t, "en")
	delete(fsys, "en/child.txt")
	_, err := replies.Load(fsys)
	require.ErrorContains(t, err, "en/child.txt")

	fsys = copyOf(t, "en")
	fsys["en/acknowledgment.txt"] = &fstest.MapFile{}
	_, err = replies.Load(fsys)
	require.ErrorContains(t, err, "en/acknowledgment.txt: unknown file")

	fsys = copyOf(t, "en")
	fsys["README"] = &fstest.MapFile{}
	_, err = replies.Load(fsys)
	require.ErrorContains(t, err, "README: only folders of languages")

	_, err = replies.Load(copyOf(t, "de"))
	require.ErrorContains(t, err, `folder "en" is missing`)
}

// shown reports whether a letter can ever name a right.
func shown(r rights.Right) bool {
	never := []rights.ID{
		rights.SupportGeneral, rights.Spam, rights.AutoOrBounce, // no case is opened
		"followup_existing_case",       // joins a case
		"nv_practice_change_broadcast", // we write first
	}
	return !r.Silent && !r.Modifier && r.Queue != rights.QueueChildren && !slices.Contains(never, r.ID)
}

func TestEveryLanguageHasWordsForEveryRightLawAndQuestion(t *testing.T) {
	law, err := rights.Builtin()
	require.NoError(t, err)
	english := words(t, law, "en")
	require.Greater(t, len(english), 40)
	for _, language := range languages[1:] {
		for id, own := range words(t, law, language) {
			assert.NotEqual(t, english[id].title, own.title, "%s: no title for %s", language, id)
			for i, field := range own.fields {
				assert.NotEqual(t, english[id].fields[i], field, "%s: no words for a field of %s", language, id)
			}
		}
	}
}

type saying struct {
	title  string
	fields []string
}

// words lets the letter say each right and each of its fields, one at a time.
func words(t *testing.T, law *rights.Book, language string) map[rights.ID]saying {
	t.Helper()
	own := regexp.MustCompile(`(?m)^\* (.*(?:\n  .*)*?)\n  [^:\n]+: RM-8F3K-2Q7D-1$`)
	asked := regexp.MustCompile(`(?m)^\* RM-8F3K-2Q7D-1 ?: (.*(?:\n  .*)*)`)
	out := map[rights.ID]saying{}
	for _, id := range law.IDs() {
		r, err := law.Right(id, date("2026-12-01"))
		if err != nil || !shown(r) || id == "marketing_unsubscribe" || id == "gdpr_object_direct_marketing" {
			continue
		}
		request := replies.Request{Case: "RM-8F3K-2Q7D-1", Right: id, Title: r.Title, Law: r.Law, Verification: r.Verification, Unspecified: true}
		l := acknowledge(t, writing(language, request))
		title := own.FindStringSubmatch(l.Text)
		require.NotNil(t, title, "%s %s\n%s", language, id, l.Text)
		s := saying{title: flat(title[1])}
		for _, field := range r.Required {
			request.Missing = []string{field}
			all := asked.FindAllStringSubmatch(acknowledge(t, writing(language, request)).Text, -1)
			require.GreaterOrEqual(t, len(all), 2, "%s %s %s", language, id, field)
			s.fields = append(s.fields, flat(all[1][1])) // the first is how we check who somebody is
		}
		out[id] = s
	}
	return out
}

func TestEnglishAsksForEveryFieldInWords(t *testing.T) {
	law, err := rights.Builtin()
	require.NoError(t, err)
	for id, s := range words(t, law, "en") {
		for _, field := range s.fields {
			assert.Contains(t, field, " ", "%s: %q is a name of a field, not a question", id, field)
		}
	}
}

// The letters go to everybody: the grade of Flesch and Kincaid stays at the ninth
// school year or below.
func TestEnglishLettersAreEasyToRead(t *testing.T) {
	for _, kind := range kinds {
		grade := grade(sample(t, "en", kind).Text)
		t.Logf("%s: grade %.1f", kind, grade)
		assert.LessOrEqual(t, grade, 9.0, "%s", kind)
	}
	require.Greater(t, grade("Notwithstanding contradictory administrative considerations, beneficiaries automatically relinquish contractual entitlements."), 20.0, "the measure measures")
}

// grade is the Flesch-Kincaid grade. A heading, an item and each of its lines is a
// sentence of its own; names of cases and links are no words.
func grade(text string) float64 {
	text = regexp.MustCompile(`RM-[0-9A-Z-]+|https?://\S+|\S+@\S+|\n-+\n`).ReplaceAllString(text, "\n")
	text = regexp.MustCompile(`\n(\* |\n|  [A-Z])`).ReplaceAllString(text, ".\n")
	sentences := regexp.MustCompile(`[.!?:]\s`).FindAllString(text+"\n", -1)
	ws := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' })
	syllables := 0
	for _, w := range ws {
		w = strings.ToLower(w)
		n := len(regexp.MustCompile(`[aeiouy]+`).FindAllString(w, -1))
		if strings.HasSuffix(w, "e") && !strings.HasSuffix(w, "le") && n > 1 {
			n--
		}
		syllables += max(n, 1)
	}
	count := math.Max(float64(len(sentences)), 1)
	return 0.39*float64(len(ws))/count + 11.8*float64(syllables)/float64(len(ws)) - 15.59
}
