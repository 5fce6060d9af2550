package classify

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"maps"
	"math"
	"slices"

	"rightsmail/shared/rights"
)

// The compiled rules are one file. It holds the tables of the program, the rules without
// their phrases, and the meanings. Numbers are varints, those of lists one more than they
// are, because -1 stands for none; a list that never falls holds the steps between its
// numbers. A text is its length and its bytes. The first line names the format, four bytes
// behind it are the check sum of the rest: a file of another format, and one that was cut
// or damaged, is refused before anything of it is read.
const fileFormat = "rightsmail rules 4\n"

func checkSum(rest string) uint32 {
	return crc32.Checksum([]byte(rest), crc32.MakeTable(crc32.Castagnoli))
}

// encoder writes the file.
type encoder struct{ b []byte }

func (e *encoder) number(n int)    { e.b = binary.AppendUvarint(e.b, uint64(n)) } // #nosec G115 -- no number is negative
func (e *encoder) text(s string)   { e.number(len(s)); e.b = append(e.b, s...) }
func (e *encoder) float(f float64) { e.b = binary.LittleEndian.AppendUint64(e.b, math.Float64bits(f)) }

func (e *encoder) list(l []int32) {
	e.number(len(l))
	for _, n := range l {
		e.number(int(n) + 1)
	}
}

// entries writes words in their order, each without the letters that it shares with the
// one before.
func (e *encoder) entries(all []entry) {
	e.number(len(all))
	last := ""
	for _, w := range all {
		n := alike(last, w.key)
		e.number(n)
		e.text(w.key[n:])
		e.number(int(w.atom)<<1 | map[bool]int{true: 1}[w.prefix])
		last = w.key
	}
}

// rising writes a list that never falls.
func (e *encoder) rising(l []int32) {
	e.number(len(l))
	last := int32(0)
	for _, n := range l {
		e.number(int(n - last))
		last = n
	}
}

// kindBits are the bits that the kind of a node takes.
const kindBits = 3

// listsOf writes lists that never fall, given in one with the places where they begin.
func (e *encoder) listsOf(at, all []int32) {
	e.number(len(at) - 1)
	for i := range at[1:] {
		e.rising(all[at[i]:at[i+1]])
	}
}

func (e *encoder) lists(l [][]int32) {
	e.number(len(l))
	for _, one := range l {
		e.list(one)
	}
}

func texts[T ~string](e *encoder, l []T) {
	e.number(len(l))
	for _, s := range l {
		e.text(string(s))
	}
}

// table writes a map in the order of its keys, so that the same rules give the same file.
func table[K ~string, V any](e *encoder, m map[K]V, value func(V)) {
	e.number(len(m))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		e.text(string(k))
		value(m[k])
	}
}

func (e *encoder) program(p *program) {
	e.number(int(p.atoms))
	e.entries(p.words)
	e.listsOf(p.classAt, p.classOf)
	e.number(len(p.nodes))
	for i, n := range p.nodes {
		switch n.kind {
		case kindSeq, kindAlt, kindOpt:
			e.number(int(n.count)<<kindBits | int(n.kind))
			e.number(int(n.need + 1))
			for _, k := range p.kids[n.first : n.first+n.count] {
				e.number(i - int(k)) // kids come before
			}
		default:
			e.number(int(n.n)<<kindBits | int(n.kind))
		}
	}
	e.list(p.sets)
	e.number(len(p.phrases))
	for _, ph := range p.phrases {
		e.number(int(ph.root))
		e.number(int(ph.rule))
		e.number(int(ph.part))
		e.number(int(ph.first))
		e.number(int(ph.also + 1))
	}
	e.listsOf(p.waitAt, p.waiting)
	e.ideas(&p.ideas)
}

// wordBits are the bits that tell how many ideas a word stands for; manyIdeas says that a
// number follows.
const (
	wordBits  = 3
	manyIdeas = 1<<wordBits - 1
)

func (e *encoder) ideas(k *ideas) {
	texts(e, k.tongues)
	e.number(int(k.und) + 1)
	e.set(k.pronoun)
	e.set(k.things)
	e.set(k.settings)
	e.set(k.acts)
	last := -1
	for a := range k.at[1:] { // those that mean something, by their steps
		words, runs := k.of[k.at[a]:k.at[a+1]], k.seqs[k.seqAt[a]:k.seqAt[a+1]]
		if len(words)+len(runs) == 0 {
			continue
		}
		e.number(a - last)
		last = a
		e.number(len(runs)<<wordBits | min(len(words), manyIdeas))
		if len(words) >= manyIdeas {
			e.number(len(words))
		}
		for _, i := range words {
			e.number(int(i))
		}
		for _, s := range runs {
			e.number(int(s.what))
			e.number(int(s.to - s.from))
			for _, w := range k.rest[s.from:s.to] {
				e.number(int(w))
			}
		}
	}
	e.number(0)
	e.number(len(k.lines))
	for _, l := range k.lines {
		e.number(int(l.rule))
		e.number(int(l.width))
		e.set(l.all)
		e.set(l.none)
		e.number(len(l.any))
		for _, s := range l.any {
			e.set(s)
		}
	}
	e.rising(k.waitAt)
	e.list(k.waiting)
}

func (e *encoder) set(s concepts) { e.b = binary.LittleEndian.AppendUint64(e.b, uint64(s)) }

func (e *encoder) rule(r *rule) {
	for _, s := range []string{r.ID, r.Language, string(r.Right), r.Topic, r.Law, r.Place, string(r.Role), string(r.Modifier),
		r.Field, r.Takes, string(r.Class), r.Signal, r.Review} {
		e.text(s)
	}
	texts(e, r.Hint)
	texts(e, r.Scope)
	e.number(map[bool]int{true: 1}[r.Alone] | map[bool]int{true: 2}[r.Beside] | map[bool]int{true: 4}[r.Whole] | map[bool]int{true: 8}[r.Last])
	e.float(r.Confidence)
	e.list(r.raises)
	e.lists(r.needs)
	e.lists(r.excludes)
}

func (e *encoder) meanings(m *meanings) {
	table(e, m.Topics, func(t meaning) {
		table(e, t, func(ids []rights.ID) { texts(e, ids) })
	})
	table(e, m.Implies, func(ids []rights.ID) { texts(e, ids) })
	table(e, m.Yields, func(ids []rights.ID) { texts(e, ids) })
	table(e, m.Stays, func(signal string) { e.text(signal) })
	texts(e, m.Weak)
	table(e, m.States, func(j rights.Jurisdiction) { e.text(string(j)) })
	table(e, m.Dialling, func(j rights.Jurisdiction) { e.text(string(j)) })
	table(e, m.Languages, func(j rights.Jurisdiction) { e.text(string(j)) })
}

// encode writes a classifier as a file.
func (c *Classifier) encode() []byte {
	e := &encoder{}
	e.text(c.version)
	e.program(c.program)
	e.number(len(c.rules))
	for _, r := range c.rules {
		e.rule(r)
	}
	e.list(c.inOrder)
	texts(e, c.signals)
	e.meanings(&c.mean)
	e.number(len(c.languages))
	for _, l := range c.languages {
		e.text(l.name)
		e.list(l.words)
	}
	file := binary.LittleEndian.AppendUint32([]byte(fileFormat), checkSum(string(e.b)))
	return append(file, e.b...)
}

// decoder reads the file. Texts are parts of it and copied nowhere.
type decoder struct {
	s   string
	err error
}

func (d *decoder) fail() {
	if d.err == nil {
		d.err = fmt.Errorf("the compiled rules are damaged: write them anew with go run ./scripts/rules")
	}
	d.s = ""
}

func (d *decoder) number() int {
	if len(d.s) > 0 && d.s[0] < 0x80 {
		n := int(d.s[0])
		d.s = d.s[1:]
		return n
	}
	n, shift := uint64(0), 0
	for i := 0; i < len(d.s) && shift < 63; i++ {
		c := d.s[i]
		n |= uint64(c&0x7f) << shift
		if c < 0x80 {
			d.s = d.s[i+1:]
			if n > math.MaxInt32 {
				break
			}
			return int(n)
		}
		shift += 7
	}
	d.fail()
	return 0
}

func (d *decoder) take(n int) string {
	if n > len(d.s) {
		d.fail()
		return ""
	}
	s := d.s[:n]
	d.s = d.s[n:]
	return s
}

func (d *decoder) text() string { return d.take(d.number()) }

func (d *decoder) float() float64 {
	s := d.take(8)
	if s == "" {
		return 0
	}
	return math.Float64frombits(binary.LittleEndian.Uint64([]byte(s)))
}

func (d *decoder) list() []int32 {
	n := d.count()
	if n == 0 {
		return nil
	}
	l := make([]int32, n)
	for i := range l {
		l[i] = int32(d.number()) - 1 // #nosec G115 -- number refuses more
	}
	return l
}

func (d *decoder) entries() []entry {
	all := make([]entry, d.count())
	var letters []byte // of all keys, one behind the other
	ends := make([]int, len(all))
	last := 0
	for i := range all {
		shared := d.number()
		if shared > len(letters)-last {
			d.fail()
			return nil
		}
		start := len(letters)
		letters = append(letters, letters[last:last+shared]...)
		letters = append(letters, d.text()...)
		last, ends[i] = start, len(letters)
		n := d.number()
		all[i].atom, all[i].prefix = int32(n>>1), n&1 != 0 // #nosec G115 -- number refuses more
	}
	keys, start := string(letters), 0
	for i, end := range ends {
		if all[i].key = keys[start:end]; i > 0 && all[i].key < all[i-1].key {
			d.fail()
			return nil
		}
		start = end
	}
	if d.err != nil {
		return nil
	}
	return all
}

// listsOf reads what encoder.listsOf wrote.
func (d *decoder) listsOf() (at, all []int32) {
	n := d.count()
	at, all = make([]int32, 0, n+1), make([]int32, 0, 3*n)
	for range n {
		at = append(at, int32(len(all))) // #nosec G115 -- as many as the file has bytes
		last := 0
		for range d.count() {
			if last += d.number(); last > math.MaxInt32 {
				d.fail()
				return nil, nil
			}
			all = append(all, int32(last)) // #nosec G115 -- looked at above
		}
	}
	return append(at, int32(len(all))), all // #nosec G115 -- as above
}

func (d *decoder) rising() []int32 {
	l := make([]int32, d.count())
	last := 0
	for i := range l {
		if last += d.number(); last > math.MaxInt32 {
			d.fail()
			return nil
		}
		l[i] = int32(last) // #nosec G115 -- as above
	}
	return l
}

// count is a number of things that take at least a byte each.
func (d *decoder) count() int {
	n := d.number()
	if n > len(d.s) {
		d.fail()
		return 0
	}
	return n
}

func (d *decoder) lists() [][]int32 {
	n := d.count()
	if n == 0 {
		return nil
	}
	l := make([][]int32, n)
	for i := range l {
		l[i] = d.list()
	}
	return l
}

func readTexts[T ~string](d *decoder) []T {
	n := d.count()
	if n == 0 {
		return nil
	}
	l := make([]T, n)
	for i := range l {
		l[i] = T(d.text())
	}
	return l
}

func readTable[K ~string, V any](d *decoder, value func() V) map[K]V {
	n := d.count()
	m := make(map[K]V, n)
	for range n {
		k := K(d.text())
		m[k] = value()
	}
	return m
}

func (d *decoder) program() *program {
	p := &program{atoms: int32(d.number())} // #nosec G115 -- at most MaxInt32
	p.words = d.entries()
	p.trie = newTrie(p.words)
	p.classAt, p.classOf = d.listsOf()
	p.nodes = make([]node, d.count())
	p.kids = make([]int32, 0, 2*len(p.nodes))
	for i := range p.nodes {
		packed := d.number()
		n := node{kind: kind(packed & (1<<kindBits - 1)), need: -1} // #nosec G115 -- three bits
		switch packed >>= kindBits; n.kind {
		case kindSeq, kindAlt, kindOpt:
			if packed > len(d.s) {
				d.fail()
				return p
			}
			n.first, n.count, n.need = int32(len(p.kids)), int32(packed), int32(d.number())-1 // #nosec G115 -- as written
			for range n.count {
				p.kids = append(p.kids, int32(i-d.number())) // #nosec G115 -- as written
			}
		default:
			if n.n = int32(packed); n.kind == kindClass { // #nosec G115 -- as written
				n.need = n.n
			}
		}
		p.nodes[i] = n
	}
	p.sets = d.list()
	for i := range p.nodes {
		if n := &p.nodes[i]; n.kind == kindSet && int(n.n) < len(p.sets) {
			n.need = p.nodes[p.sets[n.n]].need
		}
	}
	p.phrases = make([]phrase, d.count())
	for i := range p.phrases {
		p.phrases[i] = phrase{int32(d.number()), int32(d.number()), part(d.number()), int32(d.number()), int32(d.number()) - 1} // #nosec G115 -- as written
	}
	p.waitAt, p.waiting = d.listsOf()
	p.ideas = d.ideas(p.atoms)
	return p
}

func (d *decoder) ideas(atoms int32) (k ideas) {
	k.tongues, k.und = readTexts[string](d), int32(d.number())-1 // #nosec G115 -- as written
	k.pronoun, k.things, k.settings, k.acts = d.set(), d.set(), d.set(), d.set()
	if int(atoms) > len(d.s) {
		d.fail()
		return k
	}
	k.at, k.of = make([]int32, 0, atoms+1), make([]idea, 0, atoms)
	k.seqAt, k.seqs, k.rest = make([]int32, 0, atoms+1), make([]sequence, 0, atoms/2), make([]int32, 0, atoms)
	for a := -1; ; {
		step := d.number()
		if step == 0 {
			break
		}
		if step > int(atoms)-1-a {
			d.fail()
			return k
		}
		for a += step; len(k.at) <= a; {
			k.at, k.seqAt = append(k.at, int32(len(k.of))), append(k.seqAt, int32(len(k.seqs))) // #nosec G115 -- as many as the file has bytes
		}
		packed := d.count()
		words := packed & manyIdeas
		if words == manyIdeas {
			words = d.count()
		}
		for range words {
			k.of = append(k.of, idea(d.number())) // #nosec G115 -- number refuses more
		}
		for range packed >> wordBits {
			s := sequence{what: idea(d.number()), from: int32(len(k.rest))} // #nosec G115 -- as above
			for range d.count() {
				k.rest = append(k.rest, int32(d.number())) // #nosec G115 -- as above
			}
			s.to = int32(len(k.rest)) // #nosec G115 -- as above
			k.seqs = append(k.seqs, s)
		}
	}
	for len(k.at) <= int(atoms) {
		k.at, k.seqAt = append(k.at, int32(len(k.of))), append(k.seqAt, int32(len(k.seqs))) // #nosec G115 -- as above
	}
	k.lines = make([]together, d.count())
	for i := range k.lines {
		l := &k.lines[i]
		l.rule, l.width, l.all, l.none = int32(d.number()), int32(d.number()), d.set(), d.set() // #nosec G115 -- as above
		for range d.count() {
			l.any = append(l.any, d.set())
		}
	}
	k.waitAt, k.waiting = d.rising(), d.list()
	return k
}

func (d *decoder) set() concepts {
	s := d.take(8)
	if s == "" {
		return 0
	}
	return concepts(binary.LittleEndian.Uint64([]byte(s)))
}

func (d *decoder) rule(r *rule) {
	r.ID, r.Language, r.Right, r.Topic, r.Law, r.Place = d.text(), d.text(), rights.ID(d.text()), d.text(), d.text(), d.text()
	r.Role, r.Modifier, r.Field, r.Takes, r.Class = Role(d.text()), rights.ID(d.text()), d.text(), d.text(), rights.ID(d.text())
	r.Signal, r.Review = d.text(), d.text()
	r.Hint, r.Scope = readTexts[rights.ID](d), readTexts[Where](d)
	heard := d.number()
	r.Alone, r.Beside, r.Whole, r.Last = heard&1 != 0, heard&2 != 0, heard&4 != 0, heard&8 != 0
	r.Confidence = d.float()
	r.raises, r.needs, r.excludes = d.list(), d.lists(), d.lists()
}

func (d *decoder) meanings() (m meanings) {
	ids := func() []rights.ID { return readTexts[rights.ID](d) }
	place := func() rights.Jurisdiction { return rights.Jurisdiction(d.text()) }
	m.Topics = readTable[string](d, func() meaning { return readTable[family](d, ids) })
	m.Implies, m.Yields = readTable[rights.ID](d, ids), readTable[rights.ID](d, ids)
	m.Stays = readTable[rights.ID](d, d.text)
	m.Weak = ids()
	m.States, m.Dialling, m.Languages = readTable[string](d, place), readTable[string](d, place), readTable[string](d, place)
	return m
}

// decode reads a file that encode wrote.
func decode(file string) (*Classifier, error) {
	d := &decoder{s: file}
	head := d.take(min(len(file), len(fileFormat)+4))
	if format, sum := head[:min(len(head), len(fileFormat))], head[min(len(head), len(fileFormat)):]; format != fileFormat ||
		len(sum) != 4 || binary.LittleEndian.Uint32([]byte(sum)) != checkSum(d.s) {
		d.fail()
		return nil, d.err
	}
	c := &Classifier{version: d.text(), program: d.program()}
	all := make([]rule, d.count())
	c.rules = make([]*rule, len(all))
	for i := range all {
		d.rule(&all[i])
		c.rules[i] = &all[i]
	}
	c.inOrder = d.list()
	c.signals = readTexts[string](d)
	c.mean = d.meanings()
	c.languages = make([]language, d.count())
	for i := range c.languages {
		c.languages[i] = language{d.text(), d.list()}
	}
	if d.err != nil {
		return nil, d.err
	}
	c.prepare()
	return c, nil
}
