package expectations

import (
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"rightsmail/shared/rights"
)

// FileName is what the file is called, in the folder of the mails.
const FileName = "expectations.yaml"

// Mail is what one mail should come out as. What is nil or empty is not expected, and
// so not checked, but for Rights and Queues, which every mail has.
type Mail struct {
	// File is the path of the mail in the folder, with slashes; a mail of an mbox has
	// "#" and its number behind it: "2026.mbox#3".
	File string `yaml:"file"`

	Rights       []rights.ID         `yaml:"rights,flow"` // exactly these rights and classes, in any order
	Queues       []rights.Queue      `yaml:"queues,flow"` // exactly these, in any order; empty for machines and spam
	Jurisdiction rights.Jurisdiction `yaml:"jurisdiction,omitempty"`
	Automated    *string             `yaml:"automated,omitempty"` // "" for a person's mail
	Acknowledge  *bool               `yaml:"acknowledge,omitempty"`

	Language  string   `yaml:"language,omitempty"` // BCP 47
	Requester string   `yaml:"requester,omitempty"`
	Kind      string   `yaml:"kind,omitempty"`
	People    int      `yaml:"people,omitempty"`  // how many persons it asks for
	Missing   []string `yaml:"missing,omitempty"` // exactly these fields; an empty list says that none is missing

	Note string `yaml:"note,omitempty"` // why, in one sentence
}

// The classes of mail that asks for nothing of privacy law.
const (
	Support rights.ID = "support_general"
	Spam    rights.ID = "spam"
	Machine rights.ID = "auto_or_bounce"
)

// Privacy reports whether the mail asks for a right: then it may not end where nobody
// who works on requests reads it.
func (m Mail) Privacy() bool {
	right := slices.ContainsFunc(m.Rights, func(id rights.ID) bool { return id != Support && id != Spam && id != Machine })
	queue := slices.ContainsFunc(m.Queues, func(q rights.Queue) bool { return q != rights.QueueSupport })
	return right && queue
}

// The words of the fields that know only some.
var (
	jurisdictions = []rights.Jurisdiction{rights.California, rights.Nevada, rights.OtherUS, rights.EU, rights.UK, rights.Switzerland, rights.Unspecified}
	automated     = []string{"", "auto-reply", "bounce", "list", "robot"}
	requesters    = []string{"self", "agent", "parent", "child", "heir", "regulator", "employer", "merchant-visitor"}
	kinds         = []string{"request", "reminder", "escalation", "reply"}
)

// Read reads an expectations.yaml. known says which rights and classes there are. An
// unknown key is an error with its line and column; an unknown word names its entry.
func Read(raw []byte, known func(rights.ID) bool) ([]Mail, error) {
	var list []Mail
	if err := yaml.UnmarshalWithOptions(raw, &list, yaml.Strict()); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read %s: %s", FileName, strings.TrimSpace(yaml.FormatError(err, false, true)))
	}
	var wrong []error
	seen := map[string]bool{}
	for i, m := range list {
		for _, w := range m.check(known) {
			wrong = append(wrong, fmt.Errorf("%s, entry %d (%s): %s", FileName, i+1, m.File, w))
		}
		if seen[m.File] {
			wrong = append(wrong, fmt.Errorf("%s, entry %d: %s has an entry already", FileName, i+1, m.File))
		}
		seen[m.File] = true
	}
	if err := errors.Join(wrong...); err != nil {
		return nil, err
	}
	return list, nil
}

// check says what is wrong with one entry.
func (m Mail) check(known func(rights.ID) bool) []string {
	var wrong []string
	say := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	if m.File == "" || m.File != path.Clean(m.File) || path.IsAbs(m.File) || strings.HasPrefix(m.File, "..") {
		say("file is the path of the mail in the folder, such as a.eml")
	}
	if len(m.Rights) == 0 {
		say("rights are missing: name the rights, or %s, %s or %s", Support, Spam, Machine)
	}
	if m.Queues == nil {
		say("queues are missing: name them, or write [] for mail that opens nothing")
	}
	for _, id := range m.Rights {
		if !known(id) {
			say("right %q is in no law", id)
		}
	}
	for _, q := range m.Queues {
		oneOf(say, "queue", q, rights.Queues())
	}
	if m.Automated != nil {
		oneOf(say, "automated", *m.Automated, automated)
	}
	for _, f := range []struct {
		name, word string
		words      []string
	}{{"requester", m.Requester, requesters}, {"kind", m.Kind, kinds}} {
		if f.word != "" {
			oneOf(say, f.name, f.word, f.words)
		}
	}
	if m.Jurisdiction != "" {
		oneOf(say, "jurisdiction", m.Jurisdiction, jurisdictions)
	}
	if m.People < 0 {
		say("people is how many persons the mail asks for: 1 or more")
	}
	if repeated(m.Rights) || repeated(m.Queues) || repeated(m.Missing) {
		say("a list names something twice")
	}
	return wrong
}

func oneOf[T ~string](say func(string, ...any), field string, word T, words []T) {
	if !slices.Contains(words, word) {
		say("%s %q is none of %q", field, word, words)
	}
}

func repeated[T ~string](list []T) bool {
	sorted := slices.Sorted(slices.Values(list))
	return len(slices.Compact(sorted)) < len(list)
}

// Write writes what Read reads.
func Write(w io.Writer, list []Mail) error {
	for i := range list {
		if list[i].Queues == nil {
			list[i].Queues = []rights.Queue{} // [] says that it opens nothing; null says nothing
		}
	}
	raw, err := yaml.Marshal(list)
	if err != nil {
		return fmt.Errorf("write %s: %w", FileName, err)
	}
	_, err = w.Write(raw)
	return err
}
