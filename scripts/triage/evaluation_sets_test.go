package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/email"
	"rightsmail/shared/expectations"
	"rightsmail/shared/rights"
)

const evaluationSets = "../../events/evaluation"

// Only their names are allowed in an address, so that no mail can reach anybody.
var reserved = regexp.MustCompile(`^(example\.(com|org|net)|([a-z0-9-]+\.)+(example|test))$`)

// readEvaluationSet reads the labels of a set; a set that is not there yet has none.
func readEvaluationSet(t *testing.T, book *rights.Book, set string) []expectations.Mail {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(evaluationSets, set, expectations.FileName))
	if set != "test" && os.IsNotExist(err) {
		return nil
	}
	require.NoError(t, err)
	list, err := expectations.Read(raw, book.Has)
	require.NoError(t, err, set)
	require.NotEmpty(t, list, "%s has labels", set)
	return list
}

// The sets are only worth something while nothing is missing from them and no mail is in
// both. What the program makes of the mails is no business of this test.
func TestEvaluationSetsAreWhole(t *testing.T) {
	book, err := rights.Builtin()
	require.NoError(t, err)
	messages := map[string]string{} // Message-ID to file, over both sets
	for _, set := range []string{"development", "test"} {
		list := readEvaluationSet(t, book, set)
		entries := map[string]bool{}
		for _, e := range list {
			entries[e.File] = true
			assert.NotEmpty(t, e.Rights, "%s: %s", set, e.File)
			answered := e.Acknowledge != nil && *e.Acknowledge
			assert.False(t, e.Automated != nil && *e.Automated != "" && answered, "%s: %s would answer a machine", set, e.File)
			assert.NotEmpty(t, e.Note, "%s: %s says why", set, e.File)
		}
		files, err := fs.Glob(os.DirFS(evaluationSets), set+"/*.eml")
		require.NoError(t, err)
		assert.Len(t, files, len(list), "%s: as many mails as entries", set)
		for _, f := range files {
			assert.True(t, entries[filepath.Base(f)], "%s has no entry", f)
			id := messageID(t, f)
			assert.Empty(t, messages[id], "%s is the mail of another file once more", f)
			messages[id] = f
		}
	}
}

func TestTestSetIsWideEnoughToJudgeBy(t *testing.T) {
	book, err := rights.Builtin()
	require.NoError(t, err)
	list := readEvaluationSet(t, book, "test")
	languages, english := map[string]int{}, map[string]bool{}
	unclear := 0
	for _, e := range list {
		require.Regexp(t, `^[a-z]{2}$`, e.Language, e.File)
		languages[e.Language]++
		for _, id := range e.Rights {
			english[string(id)] = english[string(id)] || e.Language == "en"
		}
		if slices.Contains(e.Queues, rights.QueueReview) && opensElsewhere(t, book, e.Rights) {
			unclear++
		}
	}
	assert.GreaterOrEqual(t, len(list), 240)
	assert.GreaterOrEqual(t, len(languages), 24)
	assert.Less(t, unclear*100, len(list)*4, "mails about which two officers would argue are few")
	for _, id := range book.IDs() {
		right, err := book.Right(id, rights.Date{Year: 2026, Month: 11, Day: 20})
		require.NoError(t, err)
		// Nobody asks for a job of ours, and "agent" says who asks, not for what.
		if !right.Outbound && id != "agent" {
			assert.True(t, english[string(id)], "nobody asks for %s in English", id)
		}
	}
}

// opensElsewhere says whether a right of the list has a desk other than review, so that
// the officer sent it to review for its words.
func opensElsewhere(t *testing.T, book *rights.Book, ids []rights.ID) bool {
	t.Helper()
	for _, id := range ids {
		right, err := book.Right(id, rights.Date{Year: 2026, Month: 11, Day: 20})
		require.NoError(t, err)
		if right.Queue != rights.QueueReview {
			return true
		}
	}
	return false
}

// messageID reads a mail and holds its addresses to the reserved domains.
func messageID(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(evaluationSets, name)) // #nosec G304 -- a file of this repository
	require.NoError(t, err)
	m := email.Parse(raw, email.Options{})
	require.NotEmpty(t, m.From, name)
	require.NotEmpty(t, m.To, name)
	for _, a := range slices.Concat(m.From, m.To) {
		_, domain, _ := strings.Cut(a.Address, "@")
		assert.Regexp(t, reserved, domain, "%s: the domain belongs to somebody", name)
	}
	require.NotEmpty(t, m.ID, name)
	return m.ID
}
