package classify

import (
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

// speaksBy reports whether a rule, by its name, speaks on a mail.
func (c *Classifier) speaksBy(m *email.Message, id string) bool {
	return c.ruleSpeaks(m, int32(slices.IndexFunc(c.rules, func(r *rule) bool { return r.ID == id })))
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
			assert.Equal(t, want, c.speaksBy(e.mail(), rule), "rule %s on %q %q", rule, e.Subject, e.Text)
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

func TestProgramCarriesTheRulesOfTheFolder(t *testing.T) {
	want, err := Compile(os.DirFS("rules"), book(t))
	require.NoError(t, err)
	assert.True(t, compiled == string(want), "the rules have changed: go run ./scripts/rules")
}

func TestDamagedRulesAreRefusedAndNeverRead(t *testing.T) {
	for n := range 200 {
		_, err := decode(compiled[:len(compiled)*n/200])
		assert.Error(t, err)
	}
	_, err := decode("something else")
	assert.ErrorContains(t, err, "go run ./scripts/rules")
}
