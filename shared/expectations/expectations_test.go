package expectations_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/expectations"
	"rightsmail/shared/rights"
)

func known(id rights.ID) bool {
	return strings.HasPrefix(string(id), "gdpr_") || id == expectations.Support || id == expectations.Spam
}

const all = `
- file: box/a.mbox#2
  rights: [gdpr_access, gdpr_erasure]
  queues: [gdpr]
  jurisdiction: eu
  automated: ""
  acknowledge: true
  language: de
  requester: agent
  kind: reminder
  people: 2
  missing: []
  note: "both: at once"
- file: b.eml
  rights: [spam]
  queues: []
`

func TestEveryFieldIsReadAndWrittenBack(t *testing.T) {
	list, err := expectations.Read([]byte(all), known)
	require.NoError(t, err)
	require.Len(t, list, 2)
	no, yes := "", true
	assert.Equal(t, expectations.Mail{
		File: "box/a.mbox#2", Rights: []rights.ID{"gdpr_access", "gdpr_erasure"}, Queues: []rights.Queue{"gdpr"}, Jurisdiction: "eu",
		Automated: &no, Acknowledge: &yes, Language: "de", Requester: "agent", Kind: "reminder", People: 2, Missing: []string{}, Note: "both: at once",
	}, list[0])
	assert.Nil(t, list[1].Automated, "what is left out is not expected")
	assert.Nil(t, list[1].Missing)

	list[0].Missing = []string{"name"} // an empty list is left out when it is written
	list[1].Queues = nil
	var out bytes.Buffer
	require.NoError(t, expectations.Write(&out, list))
	again, err := expectations.Read(out.Bytes(), known)
	require.NoError(t, err, out.String())
	list[1].Queues = []rights.Queue{}
	assert.Equal(t, list, again)
}

func TestHostileNoteIsWrittenAsOneValue(t *testing.T) {
	note := "\"]\n- file: evil.eml\n  rights: [spam]\n# 'x': {{\t\u2028 \x1b é"
	var out bytes.Buffer
	require.NoError(t, expectations.Write(&out, []expectations.Mail{{File: "a.eml", Rights: []rights.ID{"gdpr_access"}, Note: note}}))
	list, err := expectations.Read(out.Bytes(), known)
	require.NoError(t, err, out.String())
	require.Len(t, list, 1)
	assert.Equal(t, note, list[0].Note)
}

func TestUnknownKeyIsAnErrorWithItsPlace(t *testing.T) {
	_, err := expectations.Read([]byte("- file: a.eml\n  rights: [spam]\n  queus: []\n"), known)
	require.ErrorContains(t, err, "[3:3]")
	assert.ErrorContains(t, err, "queus")
}

func TestWrongEntriesAreNamedAllAtOnce(t *testing.T) {
	const good = "- file: a.eml\n  rights: [gdpr_access]\n  queues: [gdpr]\n"
	for name, c := range map[string]struct{ text, say string }{
		"no file":              {"- rights: [spam]\n  queues: []\n", "path of the mail in the folder"},
		"a file outside":       {"- file: ../a.eml\n  rights: [spam]\n  queues: []\n", "path of the mail in the folder"},
		"no rights":            {"- file: a.eml\n  queues: []\n", "rights are missing"},
		"no queues":            {"- file: a.eml\n  rights: [spam]\n", "queues are missing"},
		"a right of no law":    {"- file: a.eml\n  rights: [gpdr_access]\n  queues: []\n", `right "gpdr_access" is in no law`},
		"no queue of ours":     {"- file: a.eml\n  rights: [spam]\n  queues: [sales]\n", `queue "sales" is none of`},
		"no jurisdiction":      {good + "  jurisdiction: mars\n", `jurisdiction "mars"`},
		"no requester":         {good + "  requester: dog\n", `requester "dog"`},
		"no kind":              {good + "  kind: threat\n", `kind "threat"`},
		"no kind of machine":   {good + "  automated: maybe\n", `automated "maybe"`},
		"fewer than no people": {good + "  people: -1\n", "people is how many"},
		"a right twice":        {"- file: a.eml\n  rights: [spam, spam]\n  queues: []\n", "names something twice"},
		"a mail twice":         {good + good, "entry 2: a.eml has an entry already"},
		"a word for a number":  {good + "  people: many\n", "[4:11]"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := expectations.Read([]byte(c.text), known)
			assert.ErrorContains(t, err, c.say)
		})
	}
	_, err := expectations.Read([]byte("- file: a.eml\n  rights: [spm]\n  queues: [no]\n- file: b.eml\n  rights: [spm]\n  queues: []\n"), known)
	require.Error(t, err)
	assert.Equal(t, 3, strings.Count(err.Error(), "entry"))
}

func TestFileWithoutEntriesIsEmpty(t *testing.T) {
	for _, text := range []string{"", "# nothing yet\n", "[]\n"} {
		list, err := expectations.Read([]byte(text), known)
		require.NoError(t, err)
		assert.Empty(t, list)
	}
}

func TestPrivacyIsARightThatSomebodyWorksOn(t *testing.T) {
	for _, c := range []struct {
		rights []rights.ID
		queues []rights.Queue
		want   bool
	}{
		{[]rights.ID{"gdpr_access"}, []rights.Queue{"gdpr"}, true},
		{[]rights.ID{"gdpr_access"}, []rights.Queue{"review"}, true},
		{[]rights.ID{expectations.Support, "gdpr_access"}, []rights.Queue{"support", "gdpr"}, true},
		{[]rights.ID{expectations.Support}, []rights.Queue{"support"}, false},
		{[]rights.ID{expectations.Spam}, nil, false},
		{[]rights.ID{expectations.Machine}, []rights.Queue{"review"}, false},
	} {
		assert.Equal(t, c.want, expectations.Mail{Rights: c.rights, Queues: c.queues}.Privacy(), "%v", c.rights)
	}
}

func TestSampleMailboxIsWellExpected(t *testing.T) {
	raw, err := os.ReadFile("../../events/mails/expectations.yaml")
	require.NoError(t, err)
	book, err := rights.Builtin()
	require.NoError(t, err)
	list, err := expectations.Read(raw, book.Has)
	require.NoError(t, err)
	assert.NotEmpty(t, list)
}
