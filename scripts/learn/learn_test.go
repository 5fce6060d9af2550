package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/mailfiles"
	"rightsmail/shared/classify"
	"rightsmail/shared/email"
	"rightsmail/shared/rights"
)

const top = "../.."

func known(t *testing.T) func(rights.ID) bool {
	t.Helper()
	book, err := rights.Builtin()
	require.NoError(t, err)
	return book.Has
}

func lessons(t *testing.T) []classify.Lesson {
	t.Helper()
	all, err := read(top, nil, known(t))
	require.NoError(t, err)
	return all
}

func TestWeightsAreOfTheLessonsThatThereAre(t *testing.T) {
	weights, err := os.ReadFile(filepath.Join(top, "shared/classify/rules/weights.txt"))
	require.NoError(t, err)
	learnt := regexp.MustCompile(`(?m)^=lessons (\S+)$`).FindSubmatch(weights)
	require.NotNil(t, learnt)
	assert.Equal(t, classify.Digest(lessons(t)), string(learnt[1]), "the lessons have changed: go run ./scripts/learn, then go run ./scripts/rules")
	assert.Contains(t, string(weights), "\n=model en\n", "a language with many lessons has weights of its own")
}

// Weights learnt from a mail of the test set would know it by heart. It is not shown which.
func TestNoLessonIsAMailOfTheTestSet(t *testing.T) {
	letters := regexp.MustCompile(`[^\pL]+`)
	bare := func(m *email.Message) string { return letters.ReplaceAllString(strings.ToLower(m.New), "") }
	const short = 60 // "please take me off your list" may stand in both
	tests := map[string]bool{}
	for f := range mailfiles.Read(filepath.Join(top, "events/evaluation/test")) {
		require.NoError(t, f.Err)
		if text := bare(email.Parse(f.Raw, email.Options{})); len(text) >= short {
			tests[text] = true
		}
	}
	require.Greater(t, len(tests), 300)
	same := 0
	for _, l := range lessons(t) {
		if tests[bare(l.Mail)] {
			same++
		}
	}
	assert.Zero(t, same, "lessons that stand in the test set: take them out of the lessons")
}

// Only their names are allowed in an address, so that no lesson is of a real person.
var (
	address  = regexp.MustCompile(`@[a-z0-9-]+(\.[a-z0-9-]+)+|(?:https?://|www\.)[a-z0-9-]+(\.[a-z0-9-]+)+`)
	reserved = regexp.MustCompile(`(?:[@/.]|^)(?:example\.(?:com|net|org)|[a-z0-9.-]+\.(?:example|test))$`)
)

func TestLessonsNameNoRealAddressAndNoneStandsThereTwice(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(top, "events/evaluation/learning/*.txt"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	seen := map[string]string{}
	for _, file := range files {
		data, err := os.ReadFile(file) // #nosec G304 -- of the project
		require.NoError(t, err)
		all, err := lessonsOf(file, data, known(t))
		require.NoError(t, err)
		for _, l := range all {
			text := l.Mail.Subject + " " + l.Mail.New
			for _, a := range address.FindAllString(strings.ToLower(text), -1) {
				assert.Regexp(t, reserved, a, file)
			}
			assert.Empty(t, seen[text], "%s: %q stands there already", file, text)
			seen[text] = file
		}
	}
}

func TestLineIsALesson(t *testing.T) {
	all, err := lessonsOf("x.txt", []byte("# a remark\n\ngdpr_erasure, marketing_unsubscribe; a; subject || one\\ntwo; three\nsupport_general; || only text\n"), known(t))
	require.NoError(t, err)
	require.Len(t, all, 2)
	assert.Equal(t, []rights.ID{"gdpr_erasure", "marketing_unsubscribe"}, all[0].Rights)
	assert.Equal(t, "a; subject", all[0].Mail.Subject)
	assert.Equal(t, "one\ntwo; three", all[0].Mail.New)
	assert.Empty(t, all[1].Mail.Subject)
	assert.InDelta(t, 1, all[1].Weight, 0)
}

func TestLinesThatAreNoLessonsAreAllNamed(t *testing.T) {
	_, err := lessonsOf("x.txt", []byte("gdpr_erasure, no subject\nhope; a || b\ngdpr_access; a || b\n"), known(t))
	require.ErrorContains(t, err, `x.txt:1: write a mail as "right,right; subject || text"`)
	require.ErrorContains(t, err, `x.txt:2: "hope" is no right or class`)
	assert.NotContains(t, err.Error(), "x.txt:3")
}

func TestCorrectionsOfAReviewerAreLessons(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	write("a.eml", "From: ana@example.net\nTo: privacy@example.com\nMessage-ID: <a@example.net>\n\nLet it be gone.\n")
	write("b.eml", "From: robot@example.net\nTo: privacy@example.com\nAuto-Submitted: auto-replied\nMessage-ID: <b@example.net>\n\nAway.\n")
	write("expectations.yaml", "- {file: a.eml, rights: [gdpr_erasure], queues: [gdpr]}\n- {file: b.eml, rights: [auto_or_bounce], queues: []}\n")
	all, err := mailsOf(dir, ordinary, known(t))
	require.NoError(t, err)
	require.Len(t, all, 2)
	assert.Equal(t, []rights.ID{"gdpr_erasure"}, all[0].Rights)
	assert.Contains(t, all[0].Mail.New, "Let it be gone.")
	assert.Equal(t, []rights.ID{"auto_or_bounce"}, all[1].Rights, "a machine teaches what asks for nothing")

	write("c.eml", "From: ana@example.net\n\nHello.\n")
	_, err = mailsOf(dir, ordinary, known(t))
	require.ErrorContains(t, err, `"c.eml" has no entry in expectations.yaml`)
	_, err = mailsOf(t.TempDir(), ordinary, known(t))
	require.ErrorContains(t, err, "read lessons")
}

// Of mails of which half ask for erasure with a word of their own, those held back are read
// by what the others taught.
func TestMailsHeldBackAreReadByWhatTheOthersTaught(t *testing.T) {
	book, err := rights.Builtin()
	require.NoError(t, err)
	var all []classify.Lesson
	for i := range 100 {
		text, id := "The quaggle should vomble, number "+strings.Repeat("x", i), rights.ID("gdpr_erasure")
		if i%2 == 0 {
			text, id = "The quaggle should dimmer, number "+strings.Repeat("x", i), rights.SupportGeneral
		}
		all = append(all, classify.Lesson{Mail: written("", text), Rights: []rights.ID{id}, Weight: ordinary})
	}
	rules := os.DirFS(filepath.Join(top, "shared/classify/rules"))
	h, err := holdBack(rules, book, all)
	require.NoError(t, err)
	assert.Equal(t, held{mails: 20, right: 20, privacy: 10, other: 10}, h)

	var out strings.Builder
	require.NoError(t, held{mails: 8, right: 6, privacy: 5, lost: 1, other: 3, taken: 2}.print(&out))
	assert.Equal(t, "of 8 mails held back from learning, exactly the rights 75.0 %, privacy mails lost 1 of 5, other mails taken for a request 2 of 3\n", out.String())
}

func TestHeldMailsCountAsWhatTheyCameOutAs(t *testing.T) {
	lesson := func(ids ...rights.ID) classify.Lesson { return classify.Lesson{Rights: ids} }
	found := func(o classify.Outcome, ids ...rights.ID) (d classify.Decision) {
		for _, id := range ids {
			d.Findings = append(d.Findings, classify.Finding{Right: id})
		}
		d.Outcome = o
		return d
	}
	var h held
	h.add(lesson("gdpr_erasure", "gdpr_access"), found(classify.Privacy, "gdpr_access", "gdpr_erasure"))
	h.add(lesson("gdpr_erasure"), found(classify.Support, rights.SupportGeneral))
	h.add(lesson("gdpr_erasure"), found(classify.Unsure, "privacy_question"))
	h.add(lesson(rights.Spam), found(classify.Support, rights.SupportGeneral))
	h.add(lesson(rights.SupportGeneral), found(classify.Privacy, "gdpr_access"))
	assert.Equal(t, held{mails: 5, right: 1, privacy: 3, lost: 1, other: 2, taken: 1}, h)
}
