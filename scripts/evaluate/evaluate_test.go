package main

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"rightsmail/shared/classify"
	"rightsmail/shared/config"
	"rightsmail/shared/desk"
	"rightsmail/shared/rights"
)

// noEnv is an environment in which nothing is set.
func noEnv(string) (string, bool) { return "", false }

// mail is a mail in the words of a test.
func mail(subject, text string) string {
	return "From: Ana Ruiz <ana@example.net>\nTo: privacy@example.com\nSubject: " + subject + "\nMessage-ID: <1@example.net>\n\n" + text + "\n"
}

const (
	deletion = "I live in Fresno, California. Please delete all personal information you have collected about me."
	password = "How do I reset my password? The link in the mail does not work."
)

// small is a folder whose figures can be worked out by hand: of three that ask for
// deletion one is expected to ask to know as well and one to be nothing but support, and
// a plain support mail is expected to hold a right.
var small = map[string]string{
	"a.eml":     mail("my data", deletion),
	"b.eml":     mail("my data", deletion),
	"box/c.eml": mail("my data", deletion),
	"d.eml":     mail("password", password),
	"e.eml":     mail("password", password),
	"README.md": "no mail",
	expected: `# ours
- {file: a.eml, rights: [ccpa_delete], queues: [ccpa], jurisdiction: us-ca, requester: self, kind: request, people: 1, language: en-GB, missing: []}
- {file: b.eml, rights: [ccpa_delete, ccpa_know_specific], queues: [ccpa], jurisdiction: us-nv, requester: agent, kind: reminder, people: 2, missing: [name]}
- {file: box/c.eml, rights: [support_general], queues: [support], note: "<b>why</b>"}
- {file: d.eml, rights: [gdpr_erasure], queues: [gdpr], language: de}
- {file: e.eml, rights: [support_general], queues: [support]}
`,
}

const expected = "expectations.yaml"

// folder writes files, with changes: an empty one is left out.
func folder(t *testing.T, files map[string]string, changes map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for _, set := range []map[string]string{files, changes} {
		for name, content := range set {
			path := filepath.Join(dir, filepath.FromSlash(name))
			require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
			require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
			if content == "" {
				require.NoError(t, os.Remove(path))
			}
		}
	}
	return dir
}

// judge is one for all tests: reading the rules takes longer than using them.
var judge = sync.OnceValues(func() (*desk.Judge, error) {
	settings, err := config.Read[config.Settings](noEnv)
	if err != nil {
		return nil, err
	}
	return desk.NewJudge(desk.From(settings, nil))
})

// try runs the command as run does.
func try(args ...string) (stdout string, err error) {
	var out, errs bytes.Buffer
	o, err := parse(args, &errs)
	if err != nil {
		return "", err
	}
	j, err := judge()
	if err != nil {
		return "", err
	}
	err = evaluate(context.Background(), o, j, nil, &out)
	return out.String(), err
}

func TestKindAndPeopleAreThoseThatWereFound(t *testing.T) {
	reminder := "I asked you on 2 October to delete my personal data and still have no answer. When will you reply?"
	two := "I act for two clients. Please delete all personal data of:\n\nAnn Lee, ann.lee@example.org\nBen Roth, ben.roth@example.org\n"
	dir := folder(t, map[string]string{
		"a.eml": mail("my request", reminder), "b.eml": mail("my request", reminder), "c.eml": mail("two requests", two), "d.eml": mail("two requests", two),
		expected: `
- {file: a.eml, rights: [followup_existing_case], queues: [review], kind: reminder}
- {file: b.eml, rights: [followup_existing_case], queues: [review], kind: reply}
- {file: c.eml, rights: [gdpr_erasure], queues: [gdpr], people: 2}
- {file: d.eml, rights: [gdpr_erasure], queues: [gdpr], people: 3}
`}, nil)
	r, _ := figuresOf(t, dir)
	assert.Equal(t, []Field{{"kind", share(1, 2)}, {"people", share(1, 2)}}, r.Fields, "a reminder is no reply, and two are not three")
}

func TestStatusSaysWhetherAPrivacyMailWasLost(t *testing.T) {
	dir := folder(t, small, nil)
	for _, c := range []struct {
		args []string
		want int
	}{{[]string{dir}, 1}, {[]string{"-h"}, 0}, {[]string{"-model", dir}, 2}, {[]string{t.TempDir()}, 2}} {
		var out, errs bytes.Buffer
		err := run(t.Context(), c.args, noEnv, &out, &errs)
		assert.Equal(t, c.want, status(err), "%v: %v", c.args, err)
	}
	assert.Equal(t, 0, status(nil))
}

// figuresOf runs it and reads its JSON.
func figuresOf(t *testing.T, args ...string) (Report, error) {
	t.Helper()
	out, err := try(append([]string{"-json", "-"}, args...)...)
	var r Report
	require.NoError(t, json.Unmarshal([]byte(out), &r), "%v", err)
	return r, err
}

func share(n, of int) Share { return Share{n, of, rate(n, of)} }

func of(t *testing.T, list []Figure, id string) Figure {
	t.Helper()
	for _, f := range list {
		if f.ID == id {
			return f
		}
	}
	require.Fail(t, "no figure", id)
	return Figure{}
}

func TestFiguresAreThoseWorkedOutByHand(t *testing.T) {
	r, err := figuresOf(t, folder(t, small, nil))
	assert.ErrorIs(t, err, errLost)
	assert.Equal(t, 5, r.Mails)
	assert.Equal(t, 3, r.Privacy)
	assert.Len(t, r.Rules, 12)
	assert.Equal(t, "2026-11-23T12:00:00Z", r.Received)

	assert.Equal(t, []Lost{{"d.eml", []rights.ID{"gdpr_erasure"}, classify.Support}}, r.Lost)
	assert.Equal(t, share(2, 5), r.RightsExact, "a and e")
	assert.Equal(t, share(3, 5), r.QueuesExact, "a, b and e")
	assert.Equal(t, share(0, 5), r.Review)
	assert.Equal(t, share(1, 2), r.SupportKept)
	assert.Equal(t, []Taken{{"box/c.eml", []rights.ID{"ccpa_delete"}, []rights.Queue{"ccpa"}}}, r.SupportTaken)

	// Deletion is found three times, twice rightly, and never missed: 2·2/(2·2+1).
	assert.Equal(t, Figure{ID: "ccpa_delete", Support: 2, Hit: 2, Extra: 1, Precision: rate(2, 3), Recall: rate(2, 2), F1: rate(4, 5)}, of(t, r.Rights, "ccpa_delete"))
	assert.InDelta(t, 0.6667, *of(t, r.Rights, "ccpa_delete").Precision, 0)
	// Never found: no precision, no recall of any, and an F1 of nothing.
	assert.Equal(t, Figure{ID: "ccpa_know_specific", Support: 1, Missed: 1, Recall: rate(0, 1), F1: rate(0, 1)}, of(t, r.Rights, "ccpa_know_specific"))
	assert.Equal(t, Figure{ID: "support", Support: 2, Hit: 1, Missed: 1, Extra: 1, Precision: rate(1, 2), Recall: rate(1, 2), F1: rate(1, 2)}, of(t, r.Queues, "support"))
	assert.Len(t, r.Rights, 4, "only what is expected or found")

	assert.Equal(t, []Field{
		{"jurisdiction", share(1, 2)}, {"language", share(1, 2)}, {"requester", share(1, 2)}, {"kind", share(1, 2)}, {"people", share(1, 2)}, {"missing", share(1, 2)},
	}, r.Fields)
	assert.Equal(t, []Language{{"de", share(0, 1), 1}, {"en", share(2, 4), 0}}, r.Languages)
	assert.Equal(t, Confusion{Labels: []string{"ccpa", "gdpr", "support"}, Counts: [][]int{{2, 0, 0}, {0, 0, 1}, {1, 0, 1}}}, r.Confusion)

	var wrong []string
	for _, w := range r.Wrong {
		wrong = append(wrong, w.File)
	}
	assert.Equal(t, []string{"b.eml", "box/c.eml", "d.eml"}, wrong)
	assert.Len(t, r.Results, 5)
}

func TestSecondRunGivesTheSameBytes(t *testing.T) {
	dir := folder(t, small, nil)
	for _, flag := range []string{"-json", "-html"} {
		one, two := filepath.Join(t.TempDir(), "1"), filepath.Join(t.TempDir(), "2")
		text, _ := try(flag, one, dir)
		again, _ := try(flag, two, dir)
		assert.Equal(t, text, again)
		first, err := os.ReadFile(one)
		require.NoError(t, err)
		second, err := os.ReadFile(two)
		require.NoError(t, err)
		assert.Equal(t, string(first), string(second))
		info, err := os.Stat(one)
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), info.Mode(), "it holds words of mails")
	}
}

func TestLostMailIsFirstAndLoud(t *testing.T) {
	out, err := try(folder(t, small, nil))
	require.ErrorIs(t, err, errLost)
	assert.ErrorContains(t, err, "privacy mail was lost: 1 of 3")
	lines := strings.Split(out, "\n")
	assert.Contains(t, lines[0], "rules ")
	assert.Contains(t, lines[0], "5 mails, 3 of them privacy mails")
	assert.Contains(t, lines[2], "!!! 1 PRIVACY MAILS LOST")
	assert.Contains(t, lines[3], `"d.eml" asks for gdpr_erasure and came out as support`)
	assert.Contains(t, out, `support mail taken: "box/c.eml" to ccpa as ccpa_delete`)
}

func TestNothingLostIsNoErrorWhateverElseIsWrong(t *testing.T) {
	out, err := try(folder(t, small, map[string]string{"d.eml": "", expected: strings.Replace(small[expected], "- {file: d.eml", "# {file: d.eml", 1)}))
	require.NoError(t, err)
	assert.Contains(t, out, "no privacy mail was lost")
	assert.NotContains(t, out, "!!!")
}

func TestMailsThatASpamFilterOrAMachineTookAreLostToo(t *testing.T) {
	robot := "Auto-Submitted: auto-replied\n" + mail("Out of office", "I am away until Monday.")
	r, err := figuresOf(t, folder(t, map[string]string{"a.eml": robot, expected: "- {file: a.eml, rights: [gdpr_access], queues: [gdpr]}\n"}, nil))
	assert.ErrorIs(t, err, errLost)
	assert.Equal(t, []Lost{{"a.eml", []rights.ID{"gdpr_access"}, classify.Automated}}, r.Lost)
}

func TestMailAndEntryHaveToMeet(t *testing.T) {
	for name, c := range map[string]struct {
		changes map[string]string
		say     []string
	}{
		"a mail without an entry":    {map[string]string{"new.eml": mail("x", "y")}, []string{`"new.eml" has no entry`}},
		"an entry without a mail":    {map[string]string{"e.eml": ""}, []string{`"e.eml" of expectations.yaml is no mail`}},
		"both":                       {map[string]string{"e.eml": "", "new.eml": mail("x", "y")}, []string{`"e.eml"`, `"new.eml"`}},
		"no expectations":            {map[string]string{expected: ""}, []string{"read what is expected"}},
		"expectations with a slip":   {map[string]string{expected: "- file: a.eml\n  rihgts: [spam]\n"}, []string{"[2:3]", "rihgts"}},
		"something that is no mail":  {map[string]string{"a.eml": "\x7fELF\x00\x01\x02"}, []string{`"a.eml" is no mail`}},
		"a right that is in no law":  {map[string]string{expected: "- {file: a.eml, rights: [ccpa_forget], queues: []}\n"}, []string{"ccpa_forget"}},
		"a mail of an mbox, unnamed": {map[string]string{"z.mbox": "From x Mon Jan  5 10:00:00 2026\n" + mail("x", "y")}, []string{`"z.mbox#1" has no entry`}},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := try(folder(t, small, c.changes))
			require.Error(t, err)
			assert.NotErrorIs(t, err, errLost)
			for _, say := range c.say {
				assert.ErrorContains(t, err, say)
			}
			assert.Empty(t, out, "half a folder gives no figures")
		})
	}
	_, err := try(folder(t, map[string]string{expected: "[]\n"}, nil))
	assert.ErrorContains(t, err, "no mail to measure by")
}

func TestReceiptIsWhatTheServerNotedOrAlwaysTheSame(t *testing.T) {
	dir := folder(t, small, nil)
	early, _ := figuresOf(t, "-received", "2026-03-03T16:10:00+01:00", dir)
	assert.Equal(t, "2026-03-03T15:10:00Z", early.Received)
	_, err := try("-received", "yesterday", dir)
	assert.ErrorContains(t, err, "2026-03-03T16:10:00Z")
}

// zanzibar is what a hostile sender would like a reader of the report to run.
const zanzibar = `<script>alert("zanzibar")</script>`

func TestPageEscapesEveryWordOfAMailAndLoadsNothing(t *testing.T) {
	hostile := map[string]string{
		"a.eml":  mail("Please delete "+zanzibar+" my personal data", "Please delete my "+zanzibar+" personal information."),
		expected: "- {file: a.eml, rights: [support_general], queues: [support], note: '" + zanzibar + "'}\n",
	}
	dir, page := folder(t, hostile, nil), filepath.Join(t.TempDir(), "report.html")
	out, err := try("-html", page, dir)
	require.NoError(t, err, out)
	raw, err := os.ReadFile(page)
	require.NoError(t, err)
	assert.Contains(t, string(raw), "zanzibar", "the evidence or the note is shown")
	assert.NotContains(t, string(raw), "<script")

	root, err := html.Parse(bytes.NewReader(raw))
	require.NoError(t, err)
	headings := 0
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		assert.NotContains(t, []string{"script", "link", "img", "iframe", "object", "form"}, n.Data)
		for _, a := range n.Attr {
			assert.NotContains(t, []string{"src", "href", "srcset", "action"}, a.Key, n.Data)
			assert.NotEqual(t, "on", a.Key[:min(2, len(a.Key))], n.Data)
		}
		if n.Data == "h1" {
			headings++
		}
		if n.Data == "svg" {
			assert.True(t, hidden(n), "the figures beside it say what it shows")
		}
	}
	assert.Equal(t, 1, headings)
	assert.NotContains(t, string(raw), "url(")
	assert.Contains(t, string(raw), "default-src 'none'")
}

func hidden(n *html.Node) bool {
	for _, a := range n.Attr {
		if a.Key == "aria-hidden" {
			return a.Val == "true"
		}
	}
	return false
}

func TestPageShowsWhatTheReportHolds(t *testing.T) {
	page := filepath.Join(t.TempDir(), "report.html")
	_, err := try("-html", page, folder(t, small, nil))
	require.ErrorIs(t, err, errLost)
	raw, err := os.ReadFile(page)
	require.NoError(t, err)
	text := string(raw)
	for _, part := range []string{
		"1 privacy mail lost", "<code>d.eml</code> asks for gdpr_erasure", `<rect x="0" y="0" width="80.00" height="6"/>`,
		`<rect class="missed"`, `<rect class="extra"`, `<td class="off">1</td>`, `<td class="h5">2</td>`, "&lt;b&gt;why&lt;/b&gt;",
		"prefers-color-scheme: dark", "@media print",
	} {
		assert.Contains(t, text, part)
	}
}

func TestWordsOfAMailDoNotSteerTheTerminal(t *testing.T) {
	hostile := mail("x", "Please delete all my \x1b[31m personal information you have.")
	out, err := try(folder(t, map[string]string{"a.eml": hostile, expected: "- {file: a.eml, rights: [spam], queues: [], note: \"\\e[31m\"}\n"}, nil))
	require.NoError(t, err)
	assert.Contains(t, out, "expected spam, got")
	assert.NotContains(t, out, "\x1b")
}

func TestEarlierReportSaysWhatChanged(t *testing.T) {
	dir, old := folder(t, small, nil), filepath.Join(t.TempDir(), "old.json")
	_, err := try("-json", old, dir)
	require.ErrorIs(t, err, errLost)
	same, _ := figuresOf(t, "-against", old, dir)
	require.NotNil(t, same.Against)
	assert.Equal(t, Against{Rules: same.Rules, Changed: []Changed{}, New: []string{}, Gone: []string{}}, *same.Against)

	changed := folder(t, small, map[string]string{
		"a.eml": mail("password", password), "f.eml": mail("password", password), "e.eml": "", "d.eml": mail("x", "Bitte löschen Sie alle meine Daten."),
		expected: strings.Replace(small[expected], "file: e.eml", "file: f.eml", 1),
	})
	now, err := figuresOf(t, "-against", old, changed)
	require.ErrorIs(t, err, errLost)
	assert.Equal(t, []string{"f.eml"}, now.Against.New)
	assert.Equal(t, []string{"e.eml"}, now.Against.Gone)
	byFile := map[string]Changed{}
	for _, c := range now.Against.Changed {
		byFile[c.File] = c
	}
	assert.Contains(t, byFile["a.eml"].Differences, Difference{"rights", "ccpa_delete", "support_general"})
	assert.NotContains(t, byFile, "b.eml")

	out, _ := try("-against", old, changed)
	assert.Contains(t, out, "1 new, 1 gone")
	assert.Contains(t, out, `"ccpa_delete", now "support_general"`)
	_, err = try("-against", filepath.Join(dir, expected), dir)
	assert.ErrorContains(t, err, "is no report")
}

func TestComparisonCountsWhatIsFixedAndBroken(t *testing.T) {
	result := func(file string, right bool, id rights.ID) Result {
		return Result{File: file, Right: right, Rights: []rights.ID{id}, Queues: []rights.Queue{"gdpr"}}
	}
	old := Report{Rules: "old", Results: []Result{result("a", false, "x"), result("b", true, "x"), result("c", false, "x"), result("d", true, "x"), result("e", true, "x")}}
	now := Report{Rules: "new", Results: []Result{result("a", true, "y"), result("b", false, "y"), result("c", false, "y"), result("d", true, "x"), result("e", false, "x")}}
	a := compare(old, now)
	assert.Equal(t, "old", a.Rules)
	assert.Equal(t, 1, a.Fixed)
	assert.Equal(t, 2, a.Broken)
	var how []string
	for _, c := range a.Changed {
		how = append(how, c.File+" "+c.How)
	}
	assert.Equal(t, []string{"a fixed", "b broken", "c still wrong", "e broken"}, how)
}

// zipped packs files.
func zipped(t *testing.T, files map[string]string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "corrections.zip")
	file, err := os.Create(path)
	require.NoError(t, err)
	pack := zip.NewWriter(file)
	for name, content := range files {
		w, err := pack.Create(name)
		require.NoError(t, err)
		_, err = w.Write([]byte(content))
		require.NoError(t, err)
	}
	require.NoError(t, errors.Join(pack.Close(), file.Close()))
	return path
}

func TestZIPIsReadLikeAFolder(t *testing.T) {
	plain, _ := figuresOf(t, folder(t, small, nil))
	packed, err := figuresOf(t, zipped(t, small))
	assert.ErrorIs(t, err, errLost)
	assert.Equal(t, plain, packed)
	_, err = try(zipped(t, map[string]string{"../out.eml": mail("x", "y"), expected: "[]\n"}))
	assert.ErrorContains(t, err, "unpack")
	assert.NotErrorIs(t, err, errLost)
}

func TestOneFolderIsNamed(t *testing.T) {
	for _, args := range [][]string{{}, {"a", "b"}} {
		_, err := try(args...)
		assert.ErrorContains(t, err, "name one folder")
	}
}
