package classify

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A phrase is written in the words of a mail, with a few signs:
//
//	erase my data         these words, one after the other, in one sentence
//	delet*                a word that begins so
//	{erase|get rid of}    one of these
//	[all of] my data      words that may be missing
//	... or ...5           up to 3, or up to 5, words of any kind
//	$delete               a named set of the vocabulary
//	^                     only where a sentence begins
//	@ftc.gov              the sender's domain, or one below it
//
// A phrase is read into a tree once, when the rules are compiled (compile.go). No mail
// waits for that.

type kind uint8

const (
	kindSeq   kind = iota // kids, one after the other
	kindAlt               // one of kids
	kindOpt               // kids[0], or nothing
	kindGap               // up to n words of any kind
	kindClass             // one word among atoms
	kindStart             // where a sentence begins
	kindSet               // the named set n
)

// tree is a phrase, or a part of one.
type tree struct {
	kind  kind
	n     int32
	atoms []int32 // sorted
	kids  []*tree
}

// grammar reads phrases. It owns the atoms: the words and word beginnings that some
// phrase names, numbered in the order in which they come.
type grammar struct {
	atoms   map[string]int32  // a word as it is folded, or a beginning with a star
	spelled map[string]string // another spelling to the word it stands for
	sets    map[string]string // vocabulary: name to alternatives, one a line
	numbers map[string]int32  // sets by name, once they are read
	trees   []*tree           // of the sets
	open    map[string]bool   // sets being read, to refuse a circle
}

func newGrammar(sets, spelled map[string]string) *grammar {
	return &grammar{atoms: map[string]int32{}, spelled: spelled, sets: sets, numbers: map[string]int32{}, open: map[string]bool{}}
}

var phraseSign = regexp.MustCompile(`\.\.\.\d*|\$[a-z_0-9]+|[{}\[\]|^]|[^\s{}\[\]|$^]+`)

// phrase reads one phrase. It refuses one that could match no word at all, that begins with
// a gap, or that could span more words than are matched at once.
func (g *grammar) phrase(text string) (*tree, error) {
	t, err := g.sequence(text)
	if err != nil {
		return nil, fmt.Errorf("phrase %q: %w", text, err)
	}
	if g.nullable(t) || g.gapFirst(t) {
		return nil, fmt.Errorf("phrase %q: must begin with a word: nothing may be optional or a gap before the first one", text)
	}
	if n := g.span(t); n > widest {
		return nil, fmt.Errorf("phrase %q: may span %d words, at most %d: shorten its gaps, or make two of it", text, n, widest)
	}
	return t, nil
}

// span is the most words that a tree can match.
func (g *grammar) span(t *tree) int {
	switch t.kind {
	case kindClass:
		return 1
	case kindGap:
		return int(t.n)
	case kindSet:
		return g.span(g.trees[t.n])
	}
	sum, most := 0, 0
	for _, k := range t.kids {
		n := g.span(k)
		sum, most = sum+n, max(most, n)
	}
	if t.kind == kindSeq {
		return sum
	}
	return most
}

func (g *grammar) sequence(text string) (*tree, error) {
	t, rest, err := g.parse(phraseSign.FindAllString(text, -1))
	if err == nil && len(rest) > 0 {
		err = fmt.Errorf("%q closes nothing", rest[0])
	}
	return t, err
}

// parse reads signs up to a closing sign of its own level.
func (g *grammar) parse(signs []string) (*tree, []string, error) {
	t := &tree{kind: kindSeq}
	for len(signs) > 0 {
		sign := signs[0]
		if sign == "}" || sign == "]" || sign == "|" {
			break
		}
		signs = signs[1:]
		var kids []*tree
		var err error
		if sign == "{" || sign == "[" {
			var choice *tree
			if choice, signs, err = g.choice(signs, sign); err == nil {
				kids = []*tree{choice}
			}
		} else {
			kids, err = g.single(sign)
		}
		if err != nil {
			return nil, nil, err
		}
		t.kids = append(t.kids, kids...)
	}
	if len(t.kids) == 1 {
		t = t.kids[0]
	}
	return t, signs, nil
}

// choice reads the branches of {a|b} or [a|b] up to the closing sign.
func (g *grammar) choice(signs []string, opening string) (*tree, []string, error) {
	closing := map[string]string{"{": "}", "[": "]"}[opening]
	var branches []*tree
	for {
		t, rest, err := g.parse(signs)
		switch {
		case err != nil:
			return nil, nil, err
		case len(rest) == 0:
			return nil, nil, fmt.Errorf("%q is never closed", opening)
		}
		branches = append(branches, t)
		sign := rest[0]
		signs = rest[1:]
		if sign == closing {
			break
		}
		if sign != "|" {
			return nil, nil, fmt.Errorf("%q closes %q", sign, opening)
		}
	}
	t := oneOf(branches)
	if opening == "[" {
		t = &tree{kind: kindOpt, kids: []*tree{t}}
	}
	return t, signs, nil
}

// oneOf is the choice between trees. Single words become one class, which a text is
// compared with at once however many words it has.
func oneOf(branches []*tree) *tree {
	var atoms []int32
	var rest []*tree
	for _, b := range branches {
		switch b.kind {
		case kindClass:
			atoms = append(atoms, b.atoms...)
		case kindAlt:
			rest = append(rest, b.kids...)
		default:
			rest = append(rest, b)
		}
	}
	if len(atoms) > 0 {
		rest = append(rest, class(atoms...))
	}
	if len(rest) == 1 {
		return rest[0]
	}
	return &tree{kind: kindAlt, kids: rest}
}

func class(atoms ...int32) *tree {
	slices.Sort(atoms)
	return &tree{kind: kindClass, atoms: slices.Compact(atoms)}
}

// single reads one sign that is no bracket: a word with a hyphen is two.
func (g *grammar) single(sign string) ([]*tree, error) {
	switch {
	case strings.HasPrefix(sign, "..."):
		n := 3
		if sign != "..." {
			n, _ = strconv.Atoi(sign[3:]) // the sign is dots and digits
		}
		if n < 1 || n > 20 {
			return nil, fmt.Errorf("gap %s: choose 1 to 20 words", sign)
		}
		return []*tree{{kind: kindGap, n: int32(n)}}, nil // #nosec G109 G115 -- at most 20
	case sign == "^":
		return []*tree{{kind: kindStart}}, nil
	case sign[0] == '@':
		return []*tree{class(g.atom(strings.ToLower(sign)))}, nil
	case sign[0] == '$':
		n, err := g.set(sign[1:])
		return []*tree{{kind: kindSet, n: n}}, err
	case strings.HasSuffix(sign, "*"):
		stem := fold(strings.TrimSuffix(sign, "*"))
		if toks, _ := splitWords(stem, 2); len(toks) != 1 || len(stem) < minPrefix {
			return nil, fmt.Errorf("%s: write one word of %d letters or more before the star", sign, minPrefix)
		}
		return []*tree{class(g.atom(stem + "*"))}, nil
	}
	toks, _ := splitWords(sign, 64)
	if len(toks) == 0 && strings.Trim(sign, ",") != "" {
		return nil, fmt.Errorf("%q holds no word", sign)
	}
	var kids []*tree
	for _, t := range toks {
		w := t.fold(sign)
		if s, ok := g.spelled[w]; ok {
			w = s
		}
		kids = append(kids, class(g.atom(w)))
	}
	return kids, nil
}

// set reads a named set of the vocabulary, once.
func (g *grammar) set(name string) (int32, error) {
	if n, known := g.numbers[name]; known {
		return n, nil
	}
	text, ok := g.sets[name]
	if !ok {
		return 0, fmt.Errorf("$%s is not in the vocabulary", name)
	}
	if g.open[name] {
		return 0, fmt.Errorf("$%s contains itself", name)
	}
	g.open[name] = true
	defer delete(g.open, name)
	var branches []*tree
	for _, line := range phraseLines(text) {
		t, err := g.sequence(line)
		if err != nil {
			return 0, fmt.Errorf("$%s: %w", name, err)
		}
		branches = append(branches, t)
	}
	if len(branches) == 0 {
		return 0, fmt.Errorf("$%s is empty", name)
	}
	n := int32(len(g.trees)) // #nosec G115 -- a few hundred sets
	g.trees = append(g.trees, oneOf(branches))
	g.numbers[name] = n
	return n, nil
}

func (g *grammar) atom(s string) int32 {
	id, ok := g.atoms[s]
	if !ok {
		id = int32(len(g.atoms)) // #nosec G115 -- some ten thousand
		g.atoms[s] = id
	}
	return id
}

// nullable reports whether a tree can match no word at all.
func (g *grammar) nullable(t *tree) bool {
	switch t.kind {
	case kindClass:
		return false
	case kindSet:
		return g.nullable(g.trees[t.n])
	case kindSeq:
		return !slices.ContainsFunc(t.kids, func(k *tree) bool { return !g.nullable(k) })
	case kindAlt:
		return slices.ContainsFunc(t.kids, g.nullable)
	}
	return true
}

// gapFirst reports whether a gap can come before the first word of a tree.
func (g *grammar) gapFirst(t *tree) bool {
	switch t.kind {
	case kindGap:
		return true
	case kindSet:
		return g.gapFirst(g.trees[t.n])
	case kindAlt, kindOpt:
		return slices.ContainsFunc(t.kids, g.gapFirst)
	case kindSeq:
		for _, k := range t.kids {
			if g.gapFirst(k) {
				return true
			}
			if !g.nullable(k) {
				return false
			}
		}
	}
	return false
}

// phraseLines splits a block of phrases, one a line; # begins a comment.
func phraseLines(block string) []string {
	var lines []string
	for line := range strings.Lines(block) {
		line = strings.TrimSpace(line)
		if line != "" && line[0] != '#' {
			lines = append(lines, line)
		}
	}
	return lines
}
