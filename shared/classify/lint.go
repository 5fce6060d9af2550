package classify

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"rightsmail/shared/email"
	"rightsmail/shared/rights"
)

// lint finds rules that can never speak, and rules that say the same.
func (c *Classifier) lint() error {
	var wrong []error
	refuse := func(r *rule, format string, args ...any) {
		wrong = append(wrong, fmt.Errorf("load rule %q: %s", r.ID, fmt.Sprintf(format, args...)))
	}
	owner := map[string]*rule{}
	for _, r := range c.rules {
		for _, need := range r.needs {
			if slices.ContainsFunc(r.excludes, func(not []int32) bool { return within(need, not) }) {
				refuse(r, "it needs what it excludes, so it can never speak")
			}
			if within(need, r.raises) {
				refuse(r, "it needs a signal that it raises itself, so it can never speak first")
			}
		}
		lines := append(phraseLines(r.Phrases), phraseLines(r.Together)...)
		for _, block := range []string{r.Unless, r.UnlessNear, r.UnlessAnywhere} {
			for _, line := range phraseLines(block) {
				if slices.Contains(lines, line) {
					refuse(r, "the phrase %q is also an exception to it, so it can never speak", line)
				}
			}
		}
		slices.Sort(lines)
		if twice := len(lines) - len(slices.Compact(slices.Clone(lines))); twice > 0 {
			refuse(r, "a phrase stands there twice")
		}
		for _, line := range lines {
			// The same words may mean two things at once, but not the same thing twice.
			key := strings.Join(append(r.says(), r.Review, fmt.Sprint(r.Scope, r.Needs, r.Excludes), line), "\x00")
			if other := owner[key]; other != nil && other != r {
				refuse(r, "the phrase %q says the same in the rule %q", line, other.ID)
			}
			owner[key] = r
		}
	}
	return errors.Join(wrong...)
}

// within reports whether every member of a is in b.
func within(a, b []int32) bool {
	return !slices.ContainsFunc(a, func(n int32) bool { return !slices.Contains(b, n) })
}

// prove reads the cases of every rule and tells which of them their rule gets wrong.
func (c *Classifier) prove(fsys fs.FS) error {
	files, err := ruleFiles(fsys)
	if err != nil {
		return err
	}
	var wrong []error
	for n, file := range files { // the order in which the rules were read
		ex, err := readExamples(fsys, path.Dir(file))
		if err != nil {
			return err
		}
		if len(ex.Positive) == 0 || len(ex.Negative) == 0 {
			return fmt.Errorf("load rule %s: cases.yaml needs at least one positive and one negative text", file)
		}
		for i, e := range slices.Concat(ex.Positive, ex.Negative) {
			want, speaks := i < len(ex.Positive), c.ruleSpeaks(e.mail(), int32(n)) // #nosec G115 -- some thousand rules
			if speaks != want {
				words := map[bool]string{true: "speaks", false: "is silent"}
				wrong = append(wrong, fmt.Errorf("load rule %s: it %s on the case %q %q", file, words[speaks], e.Subject, e.Text))
			}
		}
	}
	return errors.Join(wrong...)
}

// ruleSpeaks reports whether a rule speaks on a mail, on a day without a date: all rights
// are in force.
func (c *Classifier) ruleSpeaks(m *email.Message, rule int32) bool {
	r := c.read(m, Context{On: rights.Date{}, alone: true})
	v := r.newVerdict()
	live := r.speaking(v)
	if ru := c.rules[rule]; ru.Last {
		return r.resorts(v, ru, int(rule))
	}
	return slices.Contains(live, rule)
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
