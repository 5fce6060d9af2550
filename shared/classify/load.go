package classify

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"rightsmail/shared/rights"
)

// builtin is what a program loads of the rules. Their cases stay out: they prove the
// rules when the tests run, and no mail waits while a function reads them at its start.
//
//go:embed rules/*.yaml rules/*/*/rule.yaml
var builtin embed.FS

// The files at the root of the rules.
const (
	vocabularyFile = "vocabulary.yaml"
	meaningsFile   = "meanings.yaml"
)

// Book is what the rules need to know of the laws; *rights.Book is one. Right
// returns an error where the right is unknown or not in force on the date.
type Book interface {
	Has(id rights.ID) bool
	Right(id rights.ID, on rights.Date) (rights.Right, error)
}

// Classifier holds the compiled rules. It never changes, so it is safe for
// concurrent use.
type Classifier struct {
	book    Book
	rules   []*rule
	inOrder []int32 // rules, each behind those whose signals it waits for
	mean    meanings
	index   index
	lexicon map[string]int32
	version string
}

// Builtin returns the classifier with the rules that come with the program. That each
// of them has its cases is proved by the tests of this room.
func Builtin(book Book) (*Classifier, error) {
	sub, err := fs.Sub(builtin, "rules")
	if err != nil {
		return nil, fmt.Errorf("open built-in rules: %w", err)
	}
	return load(sub, book)
}

// New reads rules: vocabulary.yaml and meanings.yaml at the root, and in any folder
// below a rule.yaml with its cases.yaml. It refuses an unknown key or right, a rule
// without a positive and a negative case, and an id used twice; the error names the
// file and, where YAML has one, line and column.
func New(fsys fs.FS, book Book) (*Classifier, error) {
	c, err := load(fsys, book)
	if err != nil {
		return nil, err
	}
	rules, err := ruleFiles(fsys)
	if err != nil {
		return nil, err
	}
	for _, file := range rules {
		ex, err := readExamples(fsys, path.Dir(file))
		if err != nil {
			return nil, err
		}
		if len(ex.Positive) == 0 || len(ex.Negative) == 0 {
			return nil, fmt.Errorf("load rule %s: cases.yaml needs at least one positive and one negative text", file)
		}
	}
	return c, nil
}

// load reads rules without their cases.
func load(fsys fs.FS, book Book) (*Classifier, error) {
	c := &Classifier{book: book, index: index{byPrefix: map[string][]phraseRef{}, stems: map[string]bool{}}}
	sets := map[string]string{}
	if err := readStrict(fsys, vocabularyFile, &sets); err != nil {
		return nil, err
	}
	if err := readStrict(fsys, meaningsFile, &c.mean); err != nil {
		return nil, err
	}
	if err := c.checkMeanings(); err != nil {
		return nil, fmt.Errorf("load %s: %w", meaningsFile, err)
	}
	rules, err := ruleFiles(fsys)
	if err != nil {
		return nil, err
	}
	g := newGrammar(sets, c.mean.Spellings)
	seen := map[string]string{}
	for _, file := range rules {
		r, err := c.readRule(fsys, file)
		if err != nil {
			return nil, err
		}
		if other, ok := seen[r.ID]; ok {
			return nil, fmt.Errorf("load rule %s: id %q is already used by %s", file, r.ID, other)
		}
		seen[r.ID] = file
		if err := c.add(g, r, file); err != nil {
			return nil, err
		}
	}
	if len(c.rules) == 0 {
		return nil, errors.New("load rules: there are none; expected folders with a rule.yaml")
	}
	if err := c.order(); err != nil {
		return nil, err
	}
	c.lexicon = g.words()
	c.version, err = hashOf(fsys, append(rules, vocabularyFile, meaningsFile))
	return c, err
}

// ruleFiles lists every rule.yaml, in the order of their names.
func ruleFiles(fsys fs.FS) ([]string, error) {
	var files []string
	err := fs.WalkDir(fsys, ".", func(file string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && d.Name() == "rule.yaml" {
			files = append(files, file)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look for rules: %w", err)
	}
	return files, nil
}

// Version is a hash of the rule data: twelve hex digits that change with any rule, and
// not with its cases.
func (c *Classifier) Version() string { return c.version }

func (c *Classifier) known(id rights.ID) bool {
	switch id {
	case rights.SupportGeneral, rights.Spam, rights.AutoOrBounce, agentModifier:
		return true
	}
	return c.book.Has(id)
}

func (c *Classifier) readRule(fsys fs.FS, file string) (*rule, error) {
	r := &rule{}
	if err := readStrict(fsys, file, r); err != nil {
		return nil, err
	}
	if want := path.Base(path.Dir(file)); r.ID != want {
		return nil, fmt.Errorf("load rule %s: id %q should be the name of its folder, %q", file, r.ID, want)
	}
	if err := r.check(&c.mean, c.known); err != nil {
		return nil, fmt.Errorf("load rule %s: %w", file, err)
	}
	return r, nil
}

func readExamples(fsys fs.FS, dir string) (examples, error) {
	var ex examples
	err := readStrict(fsys, path.Join(dir, "cases.yaml"), &ex)
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("load rule %s: a rule comes with its cases: %w", path.Join(dir, "rule.yaml"), err)
	}
	return ex, err
}

// add compiles the phrases of a rule into the index.
func (c *Classifier) add(g *grammar, r *rule, file string) error {
	n := int32(len(c.rules)) // #nosec G115 -- a few hundred rules
	for p, block := range []string{partPhrase: r.Phrases, partUnless: r.Unless, partUnlessNear: r.UnlessNear, partUnlessAnywhere: r.UnlessAnywhere} {
		for _, line := range phraseLines(block) {
			s, err := g.compile(line)
			if err != nil {
				return fmt.Errorf("load rule %s: %w", file, err)
			}
			c.index.add(phraseRef{start: s, rule: n, part: part(p)})
		}
	}
	c.rules = append(c.rules, r)
	return nil
}

func (c *Classifier) checkMeanings() error {
	check := func(what string, ids []rights.ID) error {
		for _, id := range ids {
			if !c.known(id) {
				return fmt.Errorf("%s: right %q is in no law of the book", what, id)
			}
		}
		return nil
	}
	for topic, m := range c.mean.Topics {
		if _, ok := m[anyLaw]; !ok {
			return fmt.Errorf("topic %q: the row %q is missing, which holds where no law is known", topic, anyLaw)
		}
		for f, ids := range m {
			if _, ok := parents[f]; !ok && f != anyLaw {
				return fmt.Errorf("topic %q: law %q is unknown", topic, f)
			}
			if err := check("topic "+topic, ids); err != nil {
				return err
			}
		}
	}
	for id, ids := range c.mean.Implies {
		if err := check("implies", append(ids, id)); err != nil {
			return err
		}
	}
	if err := check("weak", c.mean.Weak); err != nil {
		return err
	}
	for id, ids := range c.mean.Yields {
		if err := check("yields", append(ids, id)); err != nil {
			return err
		}
	}
	return nil
}

// order puts every rule behind those whose signals it waits for. It refuses a
// signal that nobody raises and rules that wait for each other.
func (c *Classifier) order() error {
	raisedBy := map[string][]int32{}
	for n, r := range c.rules {
		for _, s := range r.says() {
			raisedBy[s] = append(raisedBy[s], int32(n)) // #nosec G115 -- a few hundred rules
		}
	}
	const untouched, entered, done = 0, 1, 2
	state := make([]int, len(c.rules))
	var visit func(n int32) error
	visit = func(n int32) error {
		if state[n] == entered {
			return fmt.Errorf("load rule %q: it waits for a signal that waits for this rule", c.rules[n].ID)
		}
		if state[n] == done {
			return nil
		}
		state[n] = entered
		for _, either := range slices.Concat(c.rules[n].Needs, c.rules[n].Excludes) {
			for s := range strings.SplitSeq(either, "|") {
				if len(raisedBy[s]) == 0 {
					return fmt.Errorf("load rule %q: no rule raises the signal %q", c.rules[n].ID, s)
				}
				for _, other := range raisedBy[s] {
					if other == n {
						continue
					}
					if err := visit(other); err != nil {
						return err
					}
				}
			}
		}
		state[n] = done
		c.inOrder = append(c.inOrder, n)
		return nil
	}
	for n := range c.rules {
		if err := visit(int32(n)); err != nil { // #nosec G115 -- a few hundred rules
			return err
		}
	}
	return nil
}

// readStrict decodes one YAML file; an unknown or doubled key is an error that
// names file, line and column.
func readStrict(fsys fs.FS, file string, into any) error {
	data, err := fs.ReadFile(fsys, file)
	if err != nil {
		return fmt.Errorf("load %s: %w", file, err)
	}
	err = yaml.NewDecoder(bytes.NewReader(data), yaml.Strict()).Decode(into)
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("load %s: the file is empty", file)
	}
	var located yaml.Error
	if errors.As(err, &located) && located.GetToken() != nil {
		p := located.GetToken().Position
		return fmt.Errorf("load %s:%d:%d: %s", file, p.Line, p.Column, located.GetMessage())
	}
	if err != nil {
		return fmt.Errorf("load %s: %w", file, err)
	}
	return nil
}

func hashOf(fsys fs.FS, files []string) (string, error) {
	slices.Sort(files)
	h := sha256.New()
	for _, file := range files {
		data, err := fs.ReadFile(fsys, file)
		if err != nil {
			return "", fmt.Errorf("hash rules: %w", err)
		}
		_, _ = fmt.Fprintf(h, "%s %d\n", file, len(data)) // a hash never fails to write
		h.Write(data)
	}
	return hex.EncodeToString(h.Sum(nil))[:12], nil
}
