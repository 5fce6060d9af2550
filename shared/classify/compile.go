package classify

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// program is what phrases compile to: flat tables, read from one file at the start of a
// program and never changed. Lists of lists are one list with the place where each
// begins, and one more place for the end of the last.
type program struct {
	words   []entry
	trie    trie    // of words
	atoms   int32   // how many
	classAt []int32 // by class, into classOf
	classOf []int32 // atoms

	nodes   []node
	kids    []int32
	sets    []int32 // root node by set
	phrases []phrase
	ideas   ideas

	// Each phrase waits for the rarest word that it cannot do without; waitAt is by atom,
	// into waiting, which holds phrases.
	waitAt  []int32
	waiting []int32
}

// node is one part of a phrase.
type node struct {
	kind  kind
	n     int32 // words of a gap; class; set
	first int32 // of kids
	count int32 // of kids
	need  int32 // class that the part cannot do without, or -1
}

// phrase is one line of a rule.
type phrase struct {
	root  int32
	rule  int32
	part  part
	first int32 // class of the words that it can begin with
	also  int32 // another class that the phrase cannot do without, or -1
}

// part says what a phrase does in its rule.
type part uint8

const (
	partPhrase part = iota
	partUnless
	partUnlessNear
	partUnlessAnywhere
	partConcept // of no rule: its words stand for an idea, which is in place of the rule
)

// compiler builds a program from the trees of a grammar.
type compiler struct {
	g       *grammar
	p       *program
	classes map[string]int32 // by their atoms
	known   map[string]int32 // nodes by what they are
	weight  []int32          // by atom: in how many classes it stands, which is how common it is
	need    map[*tree]int32  // class that a tree cannot do without, or -1
}

// compile turns phrases, given as trees with their rule and part, into a program.
func (g *grammar) compile(trees []*tree, phrases []phrase) *program {
	c := &compiler{g: g, p: &program{atoms: int32(len(g.atoms))}, classes: map[string]int32{}, known: map[string]int32{}, need: map[*tree]int32{}} // #nosec G115 -- some ten thousand
	c.weight = make([]int32, len(g.atoms))
	for _, t := range slices.Concat(g.trees, trees) {
		c.weigh(t)
	}
	for _, t := range g.trees {
		c.p.sets = append(c.p.sets, c.node(t))
	}
	for i, t := range trees {
		ph := phrases[i]
		ph.root, ph.first = c.node(t), c.class(c.firstOf(t))
		c.p.phrases = append(c.p.phrases, ph)
	}
	c.anchor(trees)
	c.p.words = g.entries()
	c.p.trie = newTrie(c.p.words)
	return c.p
}

func (c *compiler) weigh(t *tree) {
	for _, a := range t.atoms {
		c.weight[a]++
	}
	for _, k := range t.kids {
		c.weigh(k)
	}
}

// class numbers a set of atoms; equal ones share a number.
func (c *compiler) class(atoms []int32) int32 {
	key := fmt.Sprint(atoms)
	n, ok := c.classes[key]
	if !ok {
		n = int32(len(c.p.classAt)) // #nosec G115 -- some ten thousand
		c.classes[key] = n
		c.p.classAt = append(c.p.classAt, int32(len(c.p.classOf))) // #nosec G115 -- as above
		c.p.classOf = append(c.p.classOf, atoms...)
	}
	return n
}

// node adds a tree to the program, kids first. Parts that many phrases have are there once.
func (c *compiler) node(t *tree) int32 {
	n := node{kind: t.kind, n: t.n, need: c.needed(t)}
	if t.kind == kindClass {
		n.n = c.class(t.atoms)
	}
	var kids []int32
	for _, k := range t.kids {
		kids = append(kids, c.node(k))
	}
	key := fmt.Sprint(n, kids)
	number, known := c.known[key]
	if !known {
		number = int32(len(c.p.nodes)) // #nosec G115 -- as above
		c.known[key] = number
		n.first, n.count = int32(len(c.p.kids)), int32(len(kids)) // #nosec G115 -- as above
		c.p.kids = append(c.p.kids, kids...)
		c.p.nodes = append(c.p.nodes, n)
	}
	return number
}

// firstOf lists the atoms that a tree can begin with.
func (c *compiler) firstOf(t *tree) []int32 {
	atoms := slices.Clone(t.atoms)
	switch t.kind {
	case kindSet:
		atoms = c.firstOf(c.g.trees[t.n])
	case kindAlt, kindOpt:
		for _, k := range t.kids {
			atoms = append(atoms, c.firstOf(k)...)
		}
	case kindSeq:
		for _, k := range t.kids {
			if atoms = append(atoms, c.firstOf(k)...); !c.g.nullable(k) {
				break
			}
		}
	}
	slices.Sort(atoms)
	return slices.Compact(atoms)
}

// anchor finds for every phrase the words it waits for.
func (c *compiler) anchor(trees []*tree) {
	waiting := make([][]int32, len(c.g.atoms))
	for i, t := range trees {
		first, second := int32(-1), int32(-1)
		for _, k := range mandatory(t) {
			n := c.needed(k)
			switch {
			case n < 0 || n == first || n == second:
			case first < 0 || c.price(n) < c.price(first):
				first, second = n, first
			case second < 0 || c.price(n) < c.price(second):
				second = n
			}
		}
		if first < 0 { // all that it cannot do without are long lists
			first = c.p.phrases[i].first
		}
		c.p.phrases[i].also = second
		for _, a := range c.atomsOf(first) {
			waiting[a] = append(waiting[a], int32(i)) // #nosec G115 -- some ten thousand
		}
	}
	for _, list := range waiting {
		c.p.waitAt = append(c.p.waitAt, int32(len(c.p.waiting))) // #nosec G115 -- as above
		c.p.waiting = append(c.p.waiting, list...)
	}
	c.p.waitAt = append(c.p.waitAt, int32(len(c.p.waiting)))   // #nosec G115 -- as above
	c.p.classAt = append(c.p.classAt, int32(len(c.p.classOf))) // #nosec G115 -- as above
}

// mandatory lists the parts of a tree that every match goes through.
func mandatory(t *tree) []*tree {
	if t.kind == kindSeq {
		return t.kids
	}
	return []*tree{t}
}

// telling is the most words of a choice that are worth asking for: one of many is in
// nearly every text.
const telling = 32

// needed is a class of which every match of a tree holds a word, or -1.
func (c *compiler) needed(t *tree) int32 {
	if n, known := c.need[t]; known {
		return n
	}
	best := int32(-1)
	switch t.kind {
	case kindClass:
		best = c.class(t.atoms)
	case kindSet:
		best = c.needed(c.g.trees[t.n])
	case kindSeq:
		for _, k := range t.kids {
			if n := c.needed(k); n >= 0 && (best < 0 || c.price(n) < c.price(best)) {
				best = n
			}
		}
	case kindAlt:
		all := map[int32]bool{}
		for _, k := range t.kids {
			n := c.needed(k)
			if n < 0 {
				all = nil
				break
			}
			for _, a := range c.atomsOf(n) {
				all[a] = true
			}
		}
		if all != nil && len(all) <= telling {
			best = c.class(slices.Sorted(maps.Keys(all)))
		}
	}
	c.need[t] = best
	return best
}

// price is how often the words of a class may be expected, by how many phrases know
// them: "my" stands in hundreds, "expunge" in few.
func (c *compiler) price(class int32) int64 {
	if class < 0 {
		return math.MaxInt64
	}
	sum := int64(0)
	for _, a := range c.atomsOf(class) {
		sum += int64(c.weight[a])
	}
	return sum
}

func (c *compiler) atomsOf(class int32) []int32 {
	if class < 0 {
		return nil
	}
	from, to := c.p.classAt[class], int32(len(c.p.classOf)) // #nosec G115 -- as above
	if int(class)+1 < len(c.p.classAt) {
		to = c.p.classAt[class+1]
	}
	return c.p.classOf[from:to]
}

// entry is a word, or the beginning of one, and the atom that it stands for.
type entry struct {
	key    string // folded
	atom   int32
	prefix bool
}

// entries lists every atom, and the other spellings of words, in the order of their keys.
func (g *grammar) entries() []entry {
	var all []entry
	words := map[string]int32{}
	for s, a := range g.atoms {
		if stem, prefix := strings.CutSuffix(s, "*"); prefix {
			all = append(all, entry{stem, a, true})
		} else {
			words[s] = a
		}
	}
	for other, w := range g.spelled {
		if a, ok := g.atoms[w]; ok {
			words[other] = a
		}
	}
	for key, a := range words {
		all = append(all, entry{key, a, false})
	}
	slices.SortFunc(all, func(a, b entry) int {
		if c := strings.Compare(a.key, b.key); c != 0 || a.prefix == b.prefix {
			return c
		}
		if a.prefix {
			return 1
		}
		return -1
	})
	return all
}

// trie finds the atoms of a word in one walk over its letters: the word itself and
// every beginning of it that a phrase names.
type trie struct {
	root   [256]int32 // the edges of the first node, where nearly every walk ends
	edgeAt []int32    // by node, into labels; an edge leads to the node one after its own number
	labels []byte
	word   []int32 // by node: the atom of the word that ends here, or -1
	prefix []int32 // by node: the atom of the beginning that ends here, or -1
}

const unknownWord int32 = -1

// newTrie holds entries that are in the order of their keys. Nodes are numbered breadth
// first, so that the edges of one lie side by side and lead to nodes side by side.
func newTrie(all []entry) trie {
	type node struct{ from, to, depth int32 } // the entries that share their first letters
	nodes, last := 1, ""
	for _, e := range all {
		nodes += len(e.key) - alike(last, e.key)
		last = e.key
	}
	queue := make([]node, 1, nodes)
	queue[0] = node{0, int32(len(all)), 0} // #nosec G115 -- some ten thousand
	t := trie{edgeAt: make([]int32, 0, nodes+1), labels: make([]byte, 0, nodes), word: make([]int32, 0, nodes), prefix: make([]int32, 0, nodes)}
	for i := 0; i < len(queue); i++ {
		n := queue[i]
		word, prefix := unknownWord, unknownWord
		for n.from < n.to && len(all[n.from].key) == int(n.depth) {
			if e := all[n.from]; e.prefix {
				prefix = e.atom
			} else {
				word = e.atom
			}
			n.from++
		}
		t.word, t.prefix = append(t.word, word), append(t.prefix, prefix)
		t.edgeAt = append(t.edgeAt, int32(len(t.labels))) // #nosec G115 -- as above
		for n.from < n.to {
			c, from := all[n.from].key[n.depth], n.from
			for n.from < n.to && all[n.from].key[n.depth] == c {
				n.from++
			}
			t.labels = append(t.labels, c)
			queue = append(queue, node{from, n.from, n.depth + 1})
		}
	}
	t.edgeAt = append(t.edgeAt, int32(len(t.labels))) // #nosec G115 -- as above
	for c := range t.root {
		t.root[c] = -1
	}
	for e := t.edgeAt[0]; e < t.edgeAt[1]; e++ {
		t.root[t.labels[e]] = e + 1
	}
	return t
}

// alike is how many letters two words begin with alike.
func alike(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// step follows one letter from a node, or gives -1.
func (t *trie) step(n int32, c byte) int32 {
	if n == 0 {
		return t.root[c]
	}
	from, to := t.edgeAt[n], t.edgeAt[n+1]
	for to-from > 8 { // labels are sorted
		if middle := (from + to) / 2; t.labels[middle] <= c {
			from = middle
		} else {
			to = middle
		}
	}
	for ; from < to; from++ {
		if t.labels[from] == c {
			return from + 1
		}
	}
	return -1
}
