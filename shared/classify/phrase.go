package classify

import (
	"fmt"
	"regexp"
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
// Compiled, a phrase is a graph of steps walked with backtracking. Every walk has
// a budget, so no text can make it slow.

type stepKind uint8

const (
	stepEnd stepKind = iota
	stepWord
	stepPrefix
	stepEither
	stepGap
	stepStart
)

type step struct {
	kind   stepKind
	word   int32
	prefix string
	gap    int
	next   *step
	either []*step
	byWord map[int32][]*step // for long choices: branches by their first word
	rest   []*step           // branches that a word does not select
}

// grammar turns phrases into steps. It owns the lexicon: every word some phrase
// names, numbered.
type grammar struct {
	lexicon map[string]int32
	spelled map[string]string // another spelling to the word it stands for
	sets    map[string]string // vocabulary: name to alternatives, one a line
	open    map[string]bool   // sets being expanded, to refuse a circle

	// What a set comes to depends on what follows it, so it is expanded wherever it is
	// used; its lines are cut into signs, and signs into words, only once.
	signs  map[string][][]string
	folded map[string][]string
}

func newGrammar(sets, spelled map[string]string) *grammar {
	return &grammar{lexicon: map[string]int32{}, spelled: spelled, sets: sets, open: map[string]bool{}, signs: map[string][][]string{}, folded: map[string][]string{}}
}

var phraseSign = regexp.MustCompile(`\.\.\.\d*|\$[a-z_0-9]+|[{}\[\]|^]|[^\s{}\[\]|$^]+`)

// compile reads one phrase. It refuses one that could match no word at all or
// that begins with a gap.
func (g *grammar) compile(phrase string) (*step, error) {
	s, err := g.sequence(phrase, &step{kind: stepEnd})
	if err != nil {
		return nil, fmt.Errorf("phrase %q: %w", phrase, err)
	}
	words, prefixes, loose := first(s)
	if loose || len(words)+len(prefixes) == 0 {
		return nil, fmt.Errorf("phrase %q: must begin with a word: nothing may be optional or a gap before the first one", phrase)
	}
	return s, nil
}

func (g *grammar) sequence(text string, next *step) (*step, error) {
	return g.signed(phraseSign.FindAllString(text, -1), next)
}

func (g *grammar) signed(signs []string, next *step) (*step, error) {
	s, rest, err := g.parse(signs, next, 0)
	if err == nil && len(rest) > 0 {
		err = fmt.Errorf("%q closes nothing", rest[0])
	}
	return s, err
}

// parse builds the graph of signs up to a closing sign of its own level. Steps
// point forward, so the parts are collected first and linked from the end.
func (g *grammar) parse(signs []string, next *step, depth int) (*step, []string, error) {
	var parts []func(*step) (*step, error)
	for len(signs) > 0 {
		sign := signs[0]
		if sign == "}" || sign == "]" || sign == "|" {
			break
		}
		signs = signs[1:]
		if sign == "{" || sign == "[" {
			part, rest, err := g.choice(signs, sign, depth+1)
			if err != nil {
				return nil, nil, err
			}
			parts, signs = append(parts, part), rest
			continue
		}
		parts = append(parts, g.single(sign))
	}
	s := next
	for i := len(parts) - 1; i >= 0; i-- {
		var err error
		if s, err = parts[i](s); err != nil {
			return nil, nil, err
		}
	}
	return s, signs, nil
}

// choice reads the branches of {a|b} or [a|b] up to the closing sign.
func (g *grammar) choice(signs []string, opening string, depth int) (func(*step) (*step, error), []string, error) {
	closing := map[string]string{"{": "}", "[": "]"}[opening]
	var branches [][]string
	for {
		n := branchLength(signs)
		if n == len(signs) {
			return nil, nil, fmt.Errorf("%q is never closed", opening)
		}
		branches = append(branches, signs[:n])
		sign := signs[n]
		signs = signs[n+1:]
		if sign == closing {
			break
		}
		if sign != "|" {
			return nil, nil, fmt.Errorf("%q closes %q", sign, opening)
		}
	}
	return func(next *step) (*step, error) {
		c := &step{kind: stepEither}
		for _, b := range branches {
			s, _, err := g.parse(b, next, depth)
			if err != nil {
				return nil, err
			}
			c.either = append(c.either, s)
		}
		if opening == "[" {
			c.either = append(c.either, next)
		}
		return c.index(), nil
	}, signs, nil
}

// branchLength counts the signs before the next | or closing sign of this level.
func branchLength(signs []string) int {
	level := 0
	for i, s := range signs {
		switch s {
		case "{", "[":
			level++
		case "}", "]":
			if level == 0 {
				return i
			}
			level--
		case "|":
			if level == 0 {
				return i
			}
		}
	}
	return len(signs)
}

// single reads one sign that is no bracket.
func (g *grammar) single(sign string) func(*step) (*step, error) {
	switch {
	case strings.HasPrefix(sign, "..."):
		return func(next *step) (*step, error) {
			n := 3
			if sign != "..." {
				n, _ = strconv.Atoi(sign[3:]) // the sign is dots and digits
			}
			if n < 1 || n > 20 {
				return nil, fmt.Errorf("gap %s: choose 1 to 20 words", sign)
			}
			return &step{kind: stepGap, gap: n, next: next}, nil
		}
	case sign == "^":
		return func(next *step) (*step, error) { return &step{kind: stepStart, next: next}, nil }
	case sign[0] == '@':
		return func(next *step) (*step, error) {
			return &step{kind: stepWord, word: g.word(strings.ToLower(sign)), next: next}, nil
		}
	case sign[0] == '$':
		return func(next *step) (*step, error) { return g.set(sign[1:], next) }
	case strings.HasSuffix(sign, "*"):
		return func(next *step) (*step, error) {
			stem := fold(strings.TrimSuffix(sign, "*"))
			if toks, _ := splitWords(stem, 2); len(toks) != 1 || len(stem) < minPrefix {
				return nil, fmt.Errorf("%s: write one word of %d letters or more before the star", sign, minPrefix)
			}
			return &step{kind: stepPrefix, prefix: stem, next: next}, nil
		}
	}
	return func(next *step) (*step, error) {
		words := g.split(sign)
		if len(words) == 0 && strings.Trim(sign, ",") != "" {
			return nil, fmt.Errorf("%q holds no word", sign)
		}
		for i := len(words) - 1; i >= 0; i-- {
			next = &step{kind: stepWord, word: g.word(words[i]), next: next}
		}
		return next, nil
	}
}

// split cuts a sign into folded words.
func (g *grammar) split(sign string) []string {
	words, known := g.folded[sign]
	if !known {
		toks, _ := splitWords(sign, 64)
		for _, t := range toks {
			words = append(words, t.word)
		}
		g.folded[sign] = words
	}
	return words
}

// set inlines a named set of the vocabulary.
func (g *grammar) set(name string, next *step) (*step, error) {
	text, ok := g.sets[name]
	if !ok {
		return nil, fmt.Errorf("$%s is not in the vocabulary", name)
	}
	if g.open[name] {
		return nil, fmt.Errorf("$%s contains itself", name)
	}
	g.open[name] = true
	defer delete(g.open, name)
	c := &step{kind: stepEither}
	lines, cut := g.signs[name]
	if !cut {
		for _, line := range phraseLines(text) {
			lines = append(lines, phraseSign.FindAllString(line, -1))
		}
		g.signs[name] = lines
	}
	for _, line := range lines {
		s, err := g.signed(line, next)
		if err != nil {
			return nil, fmt.Errorf("$%s: %w", name, err)
		}
		c.either = append(c.either, s)
	}
	if len(c.either) == 0 {
		return nil, fmt.Errorf("$%s is empty", name)
	}
	return c.index(), nil
}

func (g *grammar) word(w string) int32 {
	if s, ok := g.spelled[w]; ok {
		w = s
	}
	id, ok := g.lexicon[w]
	if !ok {
		id = int32(len(g.lexicon)) // #nosec G115 -- a lexicon has some thousand words
		g.lexicon[w] = id
	}
	return id
}

// words returns the lexicon with the other spellings of its words.
func (g *grammar) words() map[string]int32 {
	for other, w := range g.spelled {
		if id, ok := g.lexicon[w]; ok {
			g.lexicon[other] = id
		}
	}
	return g.lexicon
}

// index lets a long choice jump to the branches that the next word selects.
func (c *step) index() *step {
	if len(c.either) < 6 {
		return c
	}
	c.byWord = map[int32][]*step{}
	for _, b := range c.either {
		words, prefixes, loose := first(b)
		if loose || len(prefixes) > 0 {
			c.rest = append(c.rest, b)
			continue
		}
		for w := range words {
			c.byWord[w] = append(c.byWord[w], b)
		}
	}
	return c
}

// first lists what the first word of a step may be; loose means that the end or a
// gap can come before any word.
func first(s *step) (words map[int32]bool, prefixes map[string]bool, loose bool) {
	words, prefixes = map[int32]bool{}, map[string]bool{}
	var walk func(*step)
	walk = func(s *step) {
		switch s.kind {
		case stepEnd, stepGap:
			loose = true
		case stepWord:
			words[s.word] = true
		case stepPrefix:
			prefixes[s.prefix] = true
		case stepStart:
			walk(s.next)
		case stepEither:
			for _, b := range s.either {
				walk(b)
			}
		}
	}
	walk(s)
	return words, prefixes, loose
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
