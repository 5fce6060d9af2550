package classify

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // for compiled
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"

	"rightsmail/shared/rights"
)

// compiled is what the rules in rules/ come to. Reading and compiling them takes a
// fraction of a second, which no mail should wait for, so the program carries the result;
// go run ./scripts/rules writes it anew, and a test compares it with the folder.
//
//go:embed rules.bin
var compiled string

// The files at the root of the rules.
const (
	vocabularyFile = "vocabulary.yaml"
	meaningsFile   = "meanings.yaml"
	languagesFile  = "languages.yaml"
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
	book      Book
	rules     []*rule
	inOrder   []int32 // rules, each behind those whose signals it waits for
	mean      meanings
	program   *program
	signals   []string
	signalOf  map[string]int32
	weights   weights
	languages []language      // told apart by their small words
	small     []uint64        // by atom: the languages in which it is a small word, by bit
	speaks    map[string]bool // by language: there are rules in it
	version   string
	matchers  sync.Pool // of *matcher
	heavies   sync.Pool // of *heavy
}

// Builtin returns the classifier with the rules that come with the program.
func Builtin(book Book) (*Classifier, error) {
	c, err := decode(compiled)
	if err != nil {
		return nil, err
	}
	c.book = book
	return c, nil
}

// Compile reads rules and returns the file that a program carries of them.
func Compile(fsys fs.FS, book Book) ([]byte, error) {
	c, err := New(fsys, book)
	if err != nil {
		return nil, err
	}
	return c.encode(), nil
}

// New reads rules: vocabulary.yaml, meanings.yaml, languages.yaml and concepts.yaml at the root,
// the words of each language in concepts, and in any folder
// below a rule.yaml with its cases.yaml. It refuses an unknown key or right, an id used
// twice, rules that contradict themselves or can never speak (see lint.go), a rule
// without a positive and a negative case, and a case on which its rule does not do what
// it says; the error names the file and, where YAML has one, line and column.
func New(fsys fs.FS, book Book) (*Classifier, error) {
	c, err := load(fsys, book, weighing)
	if err != nil {
		return nil, err
	}
	if err := c.prove(fsys); err != nil {
		return nil, err
	}
	return c, nil
}

// Rules are read with their weights or, to learn some, without.
const (
	unweighed = false
	weighing  = true
)

// load reads and compiles rules without their cases.
func load(fsys fs.FS, book Book, weighs bool) (*Classifier, error) {
	c := &Classifier{book: book}
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
	small := map[string]string{}
	if err := readStrict(fsys, languagesFile, &small); err != nil {
		return nil, err
	}
	files, err := ruleFiles(fsys)
	if err != nil {
		return nil, err
	}
	g := newGrammar(sets, c.mean.Spellings)
	var k ideas
	v, err := g.readConcepts(fsys, &k)
	if err != nil {
		return nil, err
	}
	trees, users := v.trees, v.users
	seen := map[string]string{}
	for _, file := range files {
		r, err := c.readRule(fsys, file)
		if err != nil {
			return nil, err
		}
		if other, ok := seen[r.ID]; ok {
			return nil, fmt.Errorf("load rule %s: id %q is already used by %s", file, r.ID, other)
		}
		seen[r.ID] = file
		n := int32(len(c.rules)) // #nosec G115 -- some thousand rules
		for p, block := range []string{partPhrase: r.Phrases, partUnless: r.Unless, partUnlessNear: r.UnlessNear, partUnlessAnywhere: r.UnlessAnywhere} {
			for _, line := range phraseLines(block) {
				t, err := g.phrase(line)
				if err != nil {
					return nil, fmt.Errorf("load rule %s: %w", file, err)
				}
				trees, users = append(trees, t), append(users, user{n, part(p)})
			}
		}
		for _, line := range phraseLines(r.Together) {
			l, err := k.line(line, r.Without, n)
			if err != nil {
				return nil, fmt.Errorf("load rule %s: %w", file, err)
			}
			k.lines = append(k.lines, l)
		}
		c.rules = append(c.rules, r)
	}
	if len(c.rules) > maxRules {
		return nil, fmt.Errorf("load rules: %d, at most %d", len(c.rules), maxRules)
	}
	if len(c.rules) == 0 {
		return nil, errors.New("load rules: there are none; expected folders with a rule.yaml")
	}
	if err := c.order(); err != nil {
		return nil, err
	}
	for id, signal := range c.mean.Stays {
		if !slices.Contains(c.signals, signal) {
			return nil, fmt.Errorf("load %s: stays: %s: no rule raises the signal %q", meaningsFile, id, signal)
		}
	}
	if err := c.lint(); err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(small)) {
		l := language{name: name}
		for word := range strings.FieldsSeq(small[name]) {
			l.words = append(l.words, g.atom(fold(word)))
		}
		c.languages = append(c.languages, l)
	}
	if len(c.languages) > maxLanguages {
		return nil, fmt.Errorf("load %s: at most %d languages", languagesFile, maxLanguages)
	}
	x, err := readSenses(fsys)
	if err != nil {
		return nil, err
	}
	if len(g.atoms) > maxAtoms || len(k.tongues) > 64 {
		return nil, fmt.Errorf("load rules: %d words in %d languages, at most %d in 64", len(g.atoms), len(k.tongues), maxAtoms)
	}
	g.inOrder(trees, v, c.languages)
	k.setWords(v, int32(len(g.atoms))) // #nosec G115 -- some ten thousand
	k.wait()
	if c.program, err = g.compile(trees, users); err != nil {
		return nil, fmt.Errorf("load rules: %w", err)
	}
	c.program.ideas = k
	if weighs {
		c.weights, err = c.readWeights(fsys, x, &k)
	} else {
		c.weights.lexicon, err = x.table()
	}
	if err != nil {
		return nil, err
	}
	if len(c.weights.aims) > 0 {
		files = slices.Concat(files, x.files, []string{aimsFile, weightsFile})
	}
	c.version, err = hashOf(fsys, slices.Concat(files, v.files, []string{vocabularyFile, meaningsFile, languagesFile}))
	c.prepare()
	return c, err
}

// prepare makes what the file does not hold.
func (c *Classifier) prepare() {
	c.signalOf = make(map[string]int32, len(c.signals))
	for n, s := range c.signals {
		c.signalOf[s] = int32(n) // #nosec G115 -- some hundred signals
	}
	c.speaks = map[string]bool{}
	for _, r := range c.rules {
		r.hears()
		c.speaks[r.Language] = true
	}
	for _, lang := range c.program.ideas.tongues {
		c.speaks[lang] = true
	}
	c.small = make([]uint64, c.program.atoms)
	for n, l := range c.languages {
		for _, a := range l.words {
			c.small[a] |= 1 << n
		}
	}
	c.matchers.New = func() any { return newMatcher(c.program) }
	c.heavies.New = func() any { return &heavy{scales: map[*model]*scale{}} }
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

// ruleIDs are those of all rules, by number.
func (c *Classifier) ruleIDs() (ids []string) {
	for _, r := range c.rules {
		ids = append(ids, r.ID)
	}
	return ids
}

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
		if c.mean.inCircle(id, nil) {
			return fmt.Errorf("yields: %s comes back to itself: none of a circle would stay", id)
		}
	}
	for id := range c.mean.Stays {
		if err := check("stays", []rights.ID{id}); err != nil {
			return err
		}
	}
	return nil
}

// order numbers the signals and puts every rule behind those whose signals it waits
// for. It refuses a signal that nobody raises and rules that wait for each other.
func (c *Classifier) order() error {
	numbers := map[string]int32{}
	raisedBy := map[int32][]int32{}
	for n, r := range c.rules {
		for _, s := range r.says() {
			if _, known := numbers[s]; !known {
				numbers[s] = int32(len(c.signals)) // #nosec G115 -- some hundred signals
				c.signals = append(c.signals, s)
			}
			r.raises = append(r.raises, numbers[s])
			raisedBy[numbers[s]] = append(raisedBy[numbers[s]], int32(n)) // #nosec G115 -- some thousand rules
		}
	}
	for _, r := range c.rules {
		for i, list := range [][]string{r.Needs, r.Excludes} {
			for _, either := range list {
				var any []int32
				for s := range strings.SplitSeq(either, "|") {
					number, known := numbers[s]
					if !known {
						return fmt.Errorf("load rule %q: no rule raises the signal %q", r.ID, s)
					}
					any = append(any, number)
				}
				if i == 0 {
					r.needs = append(r.needs, any)
				} else {
					r.excludes = append(r.excludes, any)
				}
			}
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
		for _, either := range slices.Concat(c.rules[n].needs, c.rules[n].excludes) {
			for _, s := range either {
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
		if err := visit(int32(n)); err != nil { // #nosec G115 -- some thousand rules
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
