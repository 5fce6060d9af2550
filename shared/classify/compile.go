package classify

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"math/bits"
	"slices"
	"strings"
)

// program is what phrases compile to: flat tables, read from one file at the start of a
// program and never changed. Lists of lists are one list with the place where each
// begins, and one more place for the end of the last.
type program struct {
	words      []entry // for the file alone: a program that was read from it has none
	dictionary dictionary
	atoms      int32   // how many
	classAt    []int32 // by class, into classOf
	classOf    []int32 // atoms

	nodes   []node
	kids    []int32
	sets    []int32 // root node by set
	phrases []phrase
	users   []user // of the phrases, one after the other
	links   []link // of the phrases, as well
	ideas   ideas

	// Classes that phrases look for first have numbers of their own, from 1 on.
	telling int32      // how many numbers there are, and 0
	tells   [][2]int32 // by phrase, of its rarest links
	tellAt  []int32    // by atom, into tell
	tell    []int32    // numbers of the classes that have the atom

	// Each phrase waits for the rarest word that it cannot do without; waitAt is by atom,
	// into waiting, which holds phrases.
	waitAt  []int32
	waiting []int32
}

// node is one part of a phrase.
type node struct {
	n     int32  // words of a gap; class; set; place of the first kid
	need  int32  // class that the part cannot do without, or -1
	count uint16 // of kids
	span  uint8  // most words that the part can match
	kind  kind
}

// phrase is one line of one rule or of many: what thirty rules refuse is looked for once.
type phrase struct {
	root  int32
	first int32 // class of the words that it can begin with
	rare  rarest
	users span // in users
	chain span // in links
}

// user is a rule with a phrase, and what the phrase does there; or an idea whose words
// it is.
type user struct {
	rule int32
	part part
}

// rarest names the links of a chain that are looked for first: the one for which the phrase
// waits, and two more. Each is one more than its place in the chain, or 0 for none.
type rarest [3]uint8

// link is a class of which every match of a phrase holds a word, behind the word for the
// link before, and how many other words may stand between the two.
type link struct{ class, slack int32 }

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
	most    int              // kids of a node
	weight  []int32          // by atom: in how many classes it stands, which is how common it is
	need    map[*tree]int32  // class that a tree cannot do without, or -1
}

// compile turns phrases, given as trees with their users, into a program.
func (g *grammar) compile(trees []*tree, users []user) (*program, error) {
	c := &compiler{g: g, p: &program{atoms: int32(len(g.atoms))}, classes: map[string]int32{}, known: map[string]int32{}, need: map[*tree]int32{}} // #nosec G115 -- some ten thousand
	c.weight = make([]int32, len(g.atoms))
	for _, t := range slices.Concat(g.trees, trees) {
		c.weigh(t)
	}
	for _, t := range g.trees {
		c.p.sets = append(c.p.sets, c.node(t))
	}
	byRoot := map[int32][]user{}
	for i, t := range trees {
		for _, branch := range c.branches(t) {
			root := c.node(branch)
			if _, known := byRoot[root]; !known {
				c.p.phrases = append(c.p.phrases, phrase{root: root, first: c.class(c.firstOf(branch))})
			}
			byRoot[root] = append(byRoot[root], users[i])
		}
	}
	for i := range c.p.phrases {
		ph := &c.p.phrases[i]
		ph.users.from = int32(len(c.p.users)) // #nosec G115 -- some ten thousand
		c.p.users = append(c.p.users, byRoot[ph.root]...)
		ph.users.to = int32(len(c.p.users)) // #nosec G115 -- as above
	}
	c.p.classAt = append(c.p.classAt, int32(len(c.p.classOf))) // #nosec G115 -- as above
	c.p.chainUp()
	c.anchor()
	c.p.wait()
	c.p.number()
	c.p.words = g.entries()
	if c.most > math.MaxUint16 {
		return nil, fmt.Errorf("a choice of %d branches, at most %d: make several sets of it", c.most, math.MaxUint16)
	}
	var err error
	c.p.dictionary, err = dictionaryOf(c.p.words)
	return c.p, err
}

// branches are the trees of which a tree is the choice. Each is a phrase for itself, which
// waits for a word of its own, where the choice would have to wait for a word of each.
func (c *compiler) branches(t *tree) (all []*tree) {
	switch t.kind {
	case kindSet:
		return c.branches(c.g.trees[t.n])
	case kindAlt:
		for _, k := range t.kids {
			all = append(all, c.branches(k)...)
		}
		return all
	}
	return []*tree{t}
}

// inOrder numbers the atoms in the order of their words, so that words that are alike, which
// stand in the same lists, have numbers that are near.
func (g *grammar) inOrder(trees []*tree, v *lexicon, languages []language) {
	to := make([]int32, len(g.atoms))
	for i := range to {
		to[i] = unknownWord
	}
	next := int32(0)
	number := func(atom int32) {
		if to[atom] < 0 {
			to[atom] = next
			next++
		}
	}
	for _, e := range g.entries() {
		if !e.other {
			number(e.atom)
		}
	}
	for _, s := range slices.Sorted(maps.Keys(g.atoms)) { // those that stand for others
		number(g.atoms[s])
	}
	for s, a := range g.atoms {
		g.atoms[s] = to[a]
	}
	done := map[*tree]bool{}
	var renumber func(t *tree)
	renumber = func(t *tree) {
		if done[t] {
			return
		}
		done[t] = true
		moved(to, t.atoms)
		slices.Sort(t.atoms)
		for _, k := range t.kids {
			renumber(k)
		}
	}
	for _, t := range slices.Concat(g.trees, trees) {
		renumber(t)
	}
	words, runs := map[int32][]idea{}, map[int32][]wordRun{}
	for a, what := range v.words {
		words[to[a]] = what
	}
	for a, list := range v.runs {
		for _, r := range list {
			moved(to, r.rest)
		}
		runs[to[a]] = list
	}
	v.words, v.runs = words, runs
	for _, l := range languages {
		moved(to, l.words)
	}
}

func moved(to, atoms []int32) {
	for i, a := range atoms {
		atoms[i] = to[a]
	}
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
		if c.most = max(c.most, len(kids)); len(kids) > 0 {
			n.n, n.count = int32(len(c.p.kids)), uint16(len(kids)) // #nosec G115 -- as above, and compile refuses more
		}
		c.p.kids = append(c.p.kids, kids...)
		n.span = c.p.spanOf(&n)
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

func (p *program) kidsOf(n *node) []int32 { return p.kids[n.n : n.n+int32(n.count)] }

// spanOf is the most words that a node can match, once its kids are known.
func (p *program) spanOf(n *node) uint8 {
	switch n.kind {
	case kindClass:
		return 1
	case kindGap:
		return uint8(n.n) // #nosec G115 -- no phrase may span as many words
	case kindStart:
		return 0
	case kindSet:
		return p.nodes[p.sets[n.n]].span
	}
	sum, most := uint8(0), uint8(0)
	for _, k := range p.kidsOf(n) {
		sum, most = sum+p.nodes[k].span, max(most, p.nodes[k].span)
	}
	if n.kind == kindSeq {
		return sum
	}
	return most
}

// chainUp finds the chain of every phrase.
func (p *program) chainUp() {
	links := make([]link, 0, 4*len(p.phrases))
	for i := range p.phrases {
		ph := &p.phrases[i]
		ph.chain.from = int32(len(links)) // #nosec G115 -- some ten thousand
		links, _ = p.chain(ph.root, 0, links)
		ph.chain.to = int32(len(links)) // #nosec G115 -- as above
	}
	p.links = links
	for i := range p.phrases {
		if ph := &p.phrases[i]; ph.first < 0 { // the file leaves out what the chain says
			ph.first = p.beginsWith(*ph)
		}
	}
}

// beginsWith is the class of the first link, if nothing may stand before it; else -1.
func (p *program) beginsWith(ph phrase) int32 {
	if ph.chain.from == ph.chain.to || p.links[ph.chain.from].slack > 0 {
		return -1
	}
	return p.links[ph.chain.from].class
}

// chain adds the links of a node, behind so many words that need not be there, and returns
// how many such words stand at its end.
func (p *program) chain(number, slack int32, links []link) ([]link, int32) {
	n := &p.nodes[number]
	switch {
	case n.kind == kindSet:
		return p.chain(p.sets[n.n], slack, links)
	case n.kind == kindSeq:
		for _, k := range p.kidsOf(n) {
			links, slack = p.chain(k, slack, links)
		}
		return links, slack
	case n.need < 0 || p.classAt[n.need+1]-p.classAt[n.need] > manyWays:
		return links, slack + int32(n.span)
	}
	more := int32(n.span) - 1
	return append(links, link{n.need, slack + more}), more // the word stands anywhere in its branch
}

// number gives a number of its own to every class that phrases look for first, and lists
// those of each word.
func (p *program) number() {
	numbers := make([]int32, len(p.classAt)-1) // by class
	p.tells = make([][2]int32, len(p.phrases))
	p.tellAt = make([]int32, p.atoms+1)
	p.telling = 1 // 0 is for what every window has
	classes := make([]int32, 0, len(p.phrases))
	for i, ph := range p.phrases {
		for k, at := range ph.rare[1:] {
			if at == 0 {
				continue
			}
			c := p.links[ph.chain.from+int32(at)-1].class
			if numbers[c] == 0 {
				numbers[c] = p.telling
				p.telling++
				classes = append(classes, c)
				for _, a := range p.classOf[p.classAt[c]:p.classAt[c+1]] {
					p.tellAt[a+1]++
				}
			}
			p.tells[i][k] = numbers[c]
		}
	}
	for a := range p.atoms {
		p.tellAt[a+1] += p.tellAt[a]
	}
	p.tell = make([]int32, p.tellAt[p.atoms])
	next := slices.Clone(p.tellAt)
	for _, c := range classes {
		for _, a := range p.classOf[p.classAt[c]:p.classAt[c+1]] {
			p.tell[next[a]] = numbers[c]
			next[a]++
		}
	}
}

// wait lets every phrase wait for the words of its rarest link. Where all that it cannot do
// without are long lists, it waits for those that it can begin with.
func (p *program) wait() {
	anchor := make([]int32, len(p.phrases)) // class
	p.waitAt = make([]int32, p.atoms+1)
	for i, ph := range p.phrases {
		if anchor[i] = ph.first; ph.rare[0] > 0 {
			anchor[i] = p.links[ph.chain.from+int32(ph.rare[0])-1].class
		}
		for _, a := range p.classOf[p.classAt[anchor[i]]:p.classAt[anchor[i]+1]] {
			p.waitAt[a+1]++
		}
	}
	for a := range p.atoms {
		p.waitAt[a+1] += p.waitAt[a]
	}
	waiting, next := make([]int32, p.waitAt[p.atoms]), slices.Clone(p.waitAt)
	for i, c := range anchor {
		for _, a := range p.classOf[p.classAt[c]:p.classAt[c+1]] {
			waiting[next[a]] = int32(i) // #nosec G115 -- some ten thousand
			next[a]++
		}
	}
	p.waiting = waiting
}

// anchor finds the rarest links of every phrase.
func (c *compiler) anchor() {
	for i := range c.p.phrases {
		ph := &c.p.phrases[i]
		links := c.p.links[ph.chain.from:ph.chain.to]
		order := make([]int, 0, len(links))
		for k := range links {
			if !slices.ContainsFunc(order, func(o int) bool { return links[o].class == links[k].class }) {
				order = append(order, k)
			}
		}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(c.price(links[a].class), c.price(links[b].class)) })
		for k := range min(len(order), len(ph.rare)) {
			ph.rare[k] = uint8(order[k] + 1) // #nosec G115 -- a chain has at most as many links as a phrase may span words
		}
	}
}

// manyWays is the most words of a choice that are worth asking for: one of many is in
// nearly every text.
const manyWays = 32

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
		if all != nil && len(all) <= manyWays {
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
	other  bool // another spelling: the atom is that of a word of its own
}

func (g *grammar) has(word string) bool {
	_, known := g.atoms[word]
	return known
}

// entries lists every atom, and the other spellings of words, in the order of their keys.
func (g *grammar) entries() []entry {
	var all []entry
	for s, a := range g.atoms {
		if w, other := g.spelled[s]; other && g.has(w) {
			continue // it stands for the other word
		}
		stem, prefix := strings.CutSuffix(s, "*")
		all = append(all, entry{stem, a, prefix, false})
	}
	for other, w := range g.spelled {
		if a, ok := g.atoms[w]; ok {
			all = append(all, entry{other, a, false, true})
		}
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

// dictionary finds the atoms of a word in one walk over its letters: the word itself and
// every beginning of it that a phrase names. It knows both by hashes, of which each letter
// makes the next. A word that only has the hash of another would count as it: one in many
// thousand millions does, and who looks for one may as well write the other.
type dictionary struct {
	words, beginnings table
	maybe             [1 << 10]uint64 // of beginnings: a bit for each that there may be
}

// table is a hash table with open addresses. Half of it or more is free.
type table struct {
	marks []uint32 // of the hashes: the bits that do not tell the place
	atoms []int32  // -1 where it is free
	shift int      // of a hash to its place
}

const unknownWord int32 = -1

const firstHash uint64 = 0x6a09e667f3bcc908

// nextHash is the hash of a word and one letter more.
func nextHash(h uint64, letter byte) uint64 { return (h ^ uint64(letter)) * 0x9e3779b97f4a7c15 }

func newTable(n int) table {
	size := bits.Len(uint(2*n + 1)) // #nosec G115 -- some ten thousand
	t := table{marks: make([]uint32, 1<<size), atoms: make([]int32, 1<<size), shift: 64 - size}
	for i := range t.atoms {
		t.atoms[i] = unknownWord
	}
	return t
}

func markOf(h uint64) uint32 { return uint32(h >> 8) } // #nosec G115 -- the bits in the middle

// add puts in an atom; false if the table takes its word for another.
func (t *table) add(h uint64, atom int32) bool {
	i := int(h >> t.shift) // #nosec G115 -- at most the size of the table
	for ; t.atoms[i] >= 0; i = (i + 1) & (len(t.atoms) - 1) {
		if t.marks[i] == markOf(h) {
			return false
		}
	}
	t.marks[i], t.atoms[i] = markOf(h), atom
	return true
}

func (t *table) find(h uint64) int32 {
	i := int(h >> t.shift) // #nosec G115 -- as above
	for ; t.atoms[i] >= 0; i = (i + 1) & (len(t.atoms) - 1) {
		if t.marks[i] == markOf(h) {
			return t.atoms[i]
		}
	}
	return unknownWord
}

// newDictionary makes room for so many words and beginnings.
func newDictionary(words, beginnings int) dictionary {
	return dictionary{words: newTable(words), beginnings: newTable(beginnings)}
}

// dictionaryOf holds all entries. It refuses two that it could not tell apart.
func dictionaryOf(all []entry) (dictionary, error) {
	beginnings := 0
	for _, e := range all {
		if e.prefix {
			beginnings++
		}
	}
	d := newDictionary(len(all)-beginnings, beginnings)
	for _, e := range all {
		if len(e.key) > maxLetters {
			return d, fmt.Errorf("%.20q… has %d bytes, a word at most %d", e.key, len(e.key), maxLetters)
		}
		h := firstHash
		for i := range len(e.key) {
			h = nextHash(h, e.key[i])
		}
		if !d.add(h, e.atom, e.prefix) {
			return d, fmt.Errorf("the dictionary takes %q for another word: write it otherwise", e.key)
		}
	}
	return d, nil
}

func (d *dictionary) add(h uint64, atom int32, beginning bool) bool {
	if beginning {
		d.maybe[h>>54] |= 1 << (h >> 48 & 63)
		return d.beginnings.add(h, atom)
	}
	return d.words.add(h, atom)
}

// beginning is the atom of the beginnings that have this hash, or -1.
func (d *dictionary) beginning(h uint64) int32 {
	if d.maybe[h>>54]>>(h>>48&63)&1 == 0 {
		return unknownWord
	}
	return d.beginnings.find(h)
}

// word is the atom of the word that has this hash, or -1.
func (d *dictionary) word(h uint64) int32 { return d.words.find(h) }

// alike is how many letters two words begin with alike.
func alike(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}
