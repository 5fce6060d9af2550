package classify

import (
	"io/fs"
	"os"
	"path"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/golang-sql/civil"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/email"
	"rightsmail/shared/rights"
)

// today is a day on which every right of the book is in force.
var today = civil.Date{Year: 2027, Month: time.March, Day: 1}

var shared = sync.OnceValues(func() (*Classifier, error) {
	book, err := rights.Builtin()
	if err != nil {
		return nil, err
	}
	return Builtin(book)
})

func classifier(t testing.TB) *Classifier {
	t.Helper()
	c, err := shared()
	require.NoError(t, err)
	return c
}

// mail builds the message of an example.
func (e example) mail() *email.Message {
	from := e.From
	if from == "" {
		from = "person@example.com"
	}
	m := &email.Message{Subject: e.Subject, New: e.Text, Text: e.Text, From: []email.Address{{Address: from}}}
	if e.Attached != "" {
		m.Attachments = []email.Attachment{{Name: "letter.txt", Text: e.Attached}}
	}
	if e.Forwarded != "" {
		m.Forwarded = &email.Forwarded{Text: e.Forwarded}
	}
	return m
}

func idsOf(d Decision) []rights.ID {
	var ids []rights.ID
	for _, f := range d.Findings {
		ids = append(ids, f.Right)
	}
	slices.Sort(ids)
	return ids
}

func sorted(ids []rights.ID) []rights.ID {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	return ids
}

// speaks reports whether a rule speaks on a mail.
func (c *Classifier) ruleSpeaks(m *email.Message, id string) bool {
	r := c.read(m, Context{On: today})
	v := &verdict{signals: map[string]bool{}}
	return slices.ContainsFunc(r.speaking(v), func(n int32) bool { return c.rules[n].ID == id })
}

func TestEveryRuleSpeaksOnItsPositiveCasesAndIsSilentOnItsNegativeOnes(t *testing.T) {
	c := classifier(t)
	folder := os.DirFS("rules") // a program carries the rules, not their cases
	files, err := ruleFiles(folder)
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		ex, err := readExamples(folder, path.Dir(file))
		require.NoError(t, err)
		rule := path.Base(path.Dir(file))
		check := func(e example, want bool) {
			assert.Equal(t, want, c.ruleSpeaks(e.mail(), rule), "rule %s on %q %q", rule, e.Subject, e.Text)
			d := c.Classify(e.mail(), Context{On: today})
			if len(e.Rights) > 0 {
				assert.Equal(t, sorted(e.Rights), idsOf(d), "rule %s on %q %q", rule, e.Subject, e.Text)
			}
			if e.Jurisdiction != "" {
				assert.Equal(t, e.Jurisdiction, d.Jurisdiction, "rule %s on %q", rule, e.Text)
			}
			if e.Role != "" {
				assert.Equal(t, e.Role, d.Requester, "rule %s on %q", rule, e.Text)
			}
		}
		for _, e := range ex.Positive {
			check(e, true)
		}
		for _, e := range ex.Negative {
			check(e, false)
		}
	}
}

func TestProgramCarriesEveryRuleOfTheFolderAndEachHasItsCases(t *testing.T) {
	folder, err := New(os.DirFS("rules"), book(t))
	require.NoError(t, err)
	assert.Equal(t, folder.Version(), classifier(t).Version(), "a rule lies deeper than the patterns of go:embed reach")
	assert.Len(t, classifier(t).rules, len(folder.rules))
}

func TestProgramCarriesNoCases(t *testing.T) {
	require.NoError(t, fs.WalkDir(builtin, ".", func(file string, _ fs.DirEntry, err error) error {
		assert.NotEqual(t, "cases.yaml", path.Base(file), file)
		return err
	}))
}

func BenchmarkBuiltin(b *testing.B) {
	laws := book(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Builtin(laws); err != nil {
			b.Fatal(err)
		}
	}
}
