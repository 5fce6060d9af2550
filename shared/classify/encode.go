package classify

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"maps"
	"math"
	"slices"
	"sync"

	"rightsmail/shared/rights"
)

// The compiled rules are one file. It holds the tables of the program, the rules without
// their phrases, and the meanings. Numbers are varints, those of lists one more than they
// are, because -1 stands for none; a list that never falls holds the steps between its
// numbers, and so do numbers that lie near each other. A text is its length and its bytes, or
// its number if it stood there before. The phrases come last and are read beside the rest.
// The first line names the format, four bytes behind it are the check sum of the rest: a
// file of another format, and one that was cut or damaged, is refused before anything of it
// is read.
const fileFormat = "rightsmail rules 12\n"

// checkSum takes the file piece by piece: as a whole it would be copied, and be work for the
// collector.
func checkSum(rest string) (sum uint32) {
	var piece [4096]byte
	for table := crc32.MakeTable(crc32.Castagnoli); len(rest) > 0; {
		n := copy(piece[:], rest)
		sum, rest = crc32.Update(sum, table, piece[:n]), rest[n:]
	}
	return sum
}

// encoder writes the file.
type encoder struct {
	b     []byte
	texts map[string]int // those written, and their number
}

func (e *encoder) number(n int) { e.b = binary.AppendUvarint(e.b, uint64(n)) } // #nosec G115 -- no number is negative

// text writes a text once, and its number from then on. Rules share nearly all of theirs.
func (e *encoder) text(s string) {
	n, known := e.texts[s]
	if known {
		e.number(n)
		return
	}
	if e.texts == nil {
		e.texts = map[string]int{}
	}
	e.texts[s] = len(e.texts) + 1
	e.number(0)
	e.number(len(s))
	e.b = append(e.b, s...)
}

// eight writes eight bytes as a text.
func (e *encoder) eight(n uint64)  { e.text(string(binary.LittleEndian.AppendUint64(nil, n))) }
func (e *encoder) float(f float64) { e.eight(math.Float64bits(f)) }

func (e *encoder) list(l []int32) {
	e.number(len(l))
	for _, n := range l {
		e.number(int(n) + 1)
	}
}

// near writes a number as its distance from another that it is probably close to.
func (e *encoder) near(n, other int32) {
	e.b = binary.AppendUvarint(e.b, uint64(uint32((n-other)<<1^(n-other)>>31))) // #nosec G115 -- the sign goes last, as in binary.AppendVarint
}

// entries writes words in their order, each without the letters that it shares with the
// one before. Most share fewer than fifteen and have fewer than fifteen more, which fits one
// byte; the bits before the words tell which are beginnings. The atoms of words are in the
// order of the words; those of other spellings come first.
func (e *encoder) entries(all []entry) {
	beginnings, others, which := 0, 0, make([]byte, len(all)/8+1)
	for i, w := range all {
		if w.prefix {
			beginnings++
			which[i/8] |= 1 << (i % 8)
		}
		if w.other {
			others++
		}
	}
	e.number(len(all))
	e.number(beginnings)
	e.b = append(e.b, which...)
	e.number(others)
	before := 0
	for i, w := range all {
		if w.other {
			e.number(i - before)
			e.number(int(w.atom))
			before = i
		}
	}
	last := ""
	for _, w := range all {
		n := alike(last, w.key)
		more := w.key[n:]
		last = w.key
		e.b = append(e.b, byte(min(n, manyLetters)<<4|min(len(more), manyLetters))) // #nosec G115 -- four bits each
		if n >= manyLetters {
			e.number(n - manyLetters)
		}
		if len(more) >= manyLetters {
			e.number(len(more) - manyLetters)
		}
		e.b = append(e.b, more...)
	}
}

// manyLetters says that a number follows which tells how many more there are.
const manyLetters = 15

// maxLetters is how many bytes a word that rules name may have.
const maxLetters = 255

// maxAtoms is how many words rules may name: an atom is two bytes in the file.
const maxAtoms = 1 << 16

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

// listsOf writes lists that never fall, given in one with the places where they begin, and
// of which each begins near the one before.
func (e *encoder) listsOf(at, all []int32) {
	e.number(len(at) - 1)
	last := int32(0)
	for i := range at[1:] {
		list := all[at[i]:at[i+1]]
		e.number(len(list))
		for k, n := range list {
			if k == 0 {
				e.near(n, last)
				last = n
			} else {
				e.number(int(n - list[k-1]))
			}
		}
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

// tableOf writes a map in the order of its keys, so that the same rules give the same file.
func tableOf[K ~string, V any](e *encoder, m map[K]V, value func(V)) {
	e.number(len(m))
	for _, k := range slices.Sorted(maps.Keys(m)) {
		e.text(string(k))
		value(m[k])
	}
}

func (e *encoder) phrases(p *program) {
	e.listsOf(p.classAt, p.classOf)
	e.list(p.sets)
	e.number(len(p.nodes))
	newest := int32(-1) // class: most nodes bring the next one
	for i, n := range p.nodes {
		switch n.kind {
		case kindSeq, kindAlt, kindOpt:
			e.number(int(n.count)<<kindBits | int(n.kind))
			kids := p.kidsOf(&n)
			switch n.kind {
			case kindSeq: // it needs what one of its kids does
				e.number(1 + slices.IndexFunc(kids, func(k int32) bool { return n.need >= 0 && p.nodes[k].need == n.need }))
			case kindAlt:
				e.number(int(n.need + 1))
			}
			for _, k := range kids {
				e.number(i - int(k)) // kids come before
			}
		case kindClass:
			e.number(int(max(0, newest+2-n.n))<<kindBits | int(n.kind))
			if newest+2-n.n <= 0 {
				e.number(int(n.n))
			}
			newest = max(newest, n.n)
		default:
			e.number(int(n.n)<<kindBits | int(n.kind))
		}
	}
	e.number(len(p.phrases))
	last, rule := phrase{}, int32(0)
	for _, ph := range p.phrases {
		e.near(ph.root, last.root)
		first := ph.first + 1
		if p.beginsWith(ph) == ph.first {
			first = 0
		}
		e.number(int(first))
		e.number(int(ph.rare[0]) | int(ph.rare[1])<<rareBits | int(ph.rare[2])<<(2*rareBits))
		e.number(int(ph.users.to - ph.users.from))
		for _, u := range p.users[ph.users.from:ph.users.to] {
			e.near(u.rule<<partBits|int32(u.part), rule<<partBits)
			rule = u.rule
		}
		last = ph
	}
}

// rareBits are the bits for a place in a chain, which has at most as many links as a phrase
// may span words.
const rareBits = 6

// partBits are the bits that the part of a phrase takes beside its rule.
const partBits = 3

func (e *encoder) ideas(k *ideas) {
	texts(e, k.tongues)
	e.number(int(k.und) + 1)
	e.set(k.pronoun)
	e.set(k.things)
	e.set(k.settings)
	e.set(k.acts)
	atoms, last := len(k.at)-1, int32(0)
	for a := range atoms {
		words, runs := k.of[k.at[a]:k.at[a+1]], k.seqs[k.seqAt[a]:k.seqAt[a+1]]
		e.number(len(words)<<1 | min(len(runs), 1))
		for _, what := range words { // words that are alike mean the same more often than not
			e.near(int32(what), last)
			last = int32(what)
		}
		if len(runs) > 0 {
			e.number(len(runs))
		}
		next := int32(0)
		for _, s := range runs {
			e.near(int32(s.what), last)
			e.near(s.next, next)
			last, next = int32(s.what), s.next
			e.number(int(s.to - s.from))
			for _, w := range k.rest[s.from:s.to] {
				e.number(int(w))
			}
		}
	}
	e.number(len(k.lines))
	for _, l := range k.lines {
		e.number(int(l.rule))
		e.number(int(l.width))
		e.set(l.all)
		e.set(l.none)
		e.set(l.never)
		e.set(l.here)
		e.number(len(l.any))
		for _, s := range l.any {
			e.set(s)
		}
	}
	e.rising(k.waitAt)
	e.list(k.waiting)
}

func (e *encoder) set(s concepts) { e.eight(uint64(s)) }

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
	tableOf(e, m.Topics, func(t meaning) {
		tableOf(e, t, func(ids []rights.ID) { texts(e, ids) })
	})
	tableOf(e, m.Implies, func(ids []rights.ID) { texts(e, ids) })
	tableOf(e, m.Yields, func(ids []rights.ID) { texts(e, ids) })
	tableOf(e, m.Stays, func(signal string) { e.text(signal) })
	texts(e, m.Weak)
	tableOf(e, m.States, func(j rights.Jurisdiction) { e.text(string(j)) })
	tableOf(e, m.Dialling, func(j rights.Jurisdiction) { e.text(string(j)) })
	tableOf(e, m.Languages, func(j rights.Jurisdiction) { e.text(string(j)) })
}

// weights writes what has some. The tables go as they are.
func (e *encoder) weights(w *weights) {
	e.number(len(w.aims))
	for _, a := range w.aims {
		e.text(a.name)
		texts(e, a.counts)
	}
	e.number(len(w.models))
	for i := range w.models {
		m := &w.models[i]
		e.text(m.language)
		for _, b := range m.bias {
			e.float(b)
		}
		e.float(m.unit)
		e.hashTable(&m.hashed)
		e.table(string(m.coded))
		e.table(m.rowOf)
		e.table(m.rows)
	}
	e.floats(w.second.bias)
	e.floats(w.second.says)
	texts(e, w.lexicon.names)
	texts(e, w.lexicon.tongues)
	e.hashTable(&w.lexicon.entries)
}

func (e *encoder) floats(all []float64) {
	e.number(len(all))
	for _, f := range all {
		e.float(f)
	}
}

// table writes bytes that are used as they stand there.
func (e *encoder) table(s string) {
	e.number(len(s))
	e.b = append(e.b, s...)
}

func (e *encoder) hashTable(t *hashTable) {
	e.table(string(t.places))
	e.table(t.entries)
}

// encode writes a classifier as a file.
func (c *Classifier) encode() []byte {
	e := &encoder{}
	e.text(c.version)
	e.entries(c.program.words)
	e.ideas(&c.program.ideas)
	e.number(len(c.rules))
	for _, r := range c.rules {
		e.rule(r)
	}
	e.list(c.inOrder)
	texts(e, c.signals)
	e.meanings(&c.mean)
	e.weights(&c.weights)
	e.number(len(c.languages))
	for _, l := range c.languages {
		e.text(l.name)
		e.list(l.words)
	}
	phrases, whole := &encoder{}, &encoder{}
	phrases.phrases(c.program)
	whole.number(int(c.program.atoms))
	whole.number(len(e.b))
	whole.b = slices.Concat(whole.b, e.b, phrases.b)
	file := binary.LittleEndian.AppendUint32([]byte(fileFormat), checkSum(string(whole.b)))
	return append(file, whole.b...)
}

// decoder reads the file. Texts are parts of it and copied nowhere. It counts what it has
// read and does not cut it off: each new string in a field is work for the collector.
type decoder struct {
	s   string
	at  int // of s, what is read
	err error

	texts []string
}

func (d *decoder) fail() {
	if d.err == nil {
		d.err = fmt.Errorf("the compiled rules are damaged: write them anew with go run ./scripts/rules")
	}
	d.at = len(d.s)
}

// left is how many bytes are to be read.
func (d *decoder) left() int { return len(d.s) - d.at }

// number reads one; most have one byte or two.
func (d *decoder) number() int {
	if i := d.at; i+1 < len(d.s) {
		if low := d.s[i]; low < 0x80 {
			d.at = i + 1
			return int(low)
		} else if high := d.s[i+1]; high < 0x80 {
			d.at = i + 2
			return int(low&0x7f) | int(high)<<7
		}
	}
	return d.longNumber()
}

func (d *decoder) longNumber() int {
	n, shift := uint64(0), 0
	for i := d.at; i < len(d.s) && shift < 63; i++ {
		c := d.s[i]
		n |= uint64(c&0x7f) << shift
		if c < 0x80 {
			d.at = i + 1
			if n > math.MaxInt32 {
				break
			}
			return int(n) // #nosec G115 -- looked at above
		}
		shift += 7
	}
	d.fail()
	return 0
}

func (d *decoder) take(n int) string {
	if n > d.left() {
		d.fail()
		return ""
	}
	d.at += n
	return d.s[d.at-n : d.at]
}

func (d *decoder) text() string {
	n := d.number()
	switch {
	case n > len(d.texts):
		d.fail()
		return ""
	case n > 0:
		return d.texts[n-1]
	}
	d.texts = append(d.texts, d.take(d.number()))
	return d.texts[len(d.texts)-1]
}

func (d *decoder) eight() uint64 {
	s := d.text()
	if len(s) != 8 {
		d.fail()
		return 0
	}
	return binary.LittleEndian.Uint64([]byte(s))
}

func (d *decoder) float() float64 { return math.Float64frombits(d.eight()) }

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

func (d *decoder) near(other int32) int32 {
	z := uint32(d.number())         // #nosec G115 -- number refuses more
	n := other + int32(z>>1^-(z&1)) // #nosec G115 -- as written
	if n < 0 {
		d.fail()
		return 0
	}
	return n
}

// dictionary reads entries, of which it needs the hashes alone: each word goes on from the
// hash of the letters that it shares with the one before.
func (d *decoder) dictionary(atoms int32) (dict dictionary) {
	words := d.count()
	beginnings := d.number()
	bits := d.take(words/8 + 1)
	type spelling struct{ at, atom int }
	others := make([]spelling, d.count())
	last := spelling{}
	for i := range others {
		last = spelling{last.at + d.number(), d.number()}
		others[i] = last
	}
	if beginnings > words || d.err != nil {
		d.fail()
		return dict
	}
	next := 0
	dict = newDictionary(words-beginnings, beginnings)
	var hashes [maxLetters + 1]uint64 // of the last word: by how many of its letters
	hashes[0] = firstHash
	known := 0
	for i := range words {
		if d.left() == 0 {
			d.fail()
			return dict
		}
		shared, more := int(d.s[d.at]>>4), int(d.s[d.at]&manyLetters)
		d.at++
		if shared == manyLetters {
			shared += d.number()
		}
		if more == manyLetters {
			more += d.number()
		}
		if shared > known || shared+more > maxLetters || more > d.left() {
			d.fail()
			return dict
		}
		h := hashes[shared]
		known = shared + more
		for k := range more {
			h = nextHash(h, d.s[d.at+k])
			hashes[shared+k+1] = h
		}
		d.at += more
		atom := next
		if len(others) > 0 && others[0].at == i {
			atom, others = others[0].atom, others[1:]
		} else {
			next++
		}
		beginning := bits[i/8]>>(i%8)&1 != 0
		if beginning {
			beginnings--
		}
		if atom >= int(atoms) || beginnings < 0 {
			d.fail()
			return dict
		}
		dict.add(h, int32(atom), beginning) // #nosec G115 -- looked at above
	}
	return dict
}

// listsOf reads what encoder.listsOf wrote.
func (d *decoder) listsOf() (at, all []int32) {
	n := d.count()
	at, all = make([]int32, 0, n+1), make([]int32, 0, 4*n)
	last := int32(0)
	for range n {
		at = append(at, int32(len(all))) // #nosec G115 -- as many as the file has bytes
		count := d.count()
		if count == 0 {
			continue
		}
		last = d.near(last)
		all = append(all, last)
		all = d.onwards(all, count-1)
	}
	return append(at, int32(len(all))), all // #nosec G115 -- as above
}

// onwards adds numbers that go on rising from the last one of a list.
func (d *decoder) onwards(all []int32, count int) []int32 {
	last := 0
	if len(all) > 0 {
		last = int(all[len(all)-1])
	}
	for range count { // a hundred thousand of them, nearly all of one byte
		if d.at < len(d.s) && d.s[d.at] < 0x80 {
			last += int(d.s[d.at])
			d.at++
		} else {
			last += d.number()
		}
		if last > math.MaxInt32 {
			d.fail()
			return all
		}
		all = append(all, int32(last)) // #nosec G115 -- looked at above
	}
	return all
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
	if n > d.left() {
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

// phrases reads all of a program but the words and what they mean.
func (d *decoder) phrases(p *program) {
	p.classAt, p.classOf = d.listsOf()
	p.sets = d.list()
	p.nodes = make([]node, d.count())
	p.kids = make([]int32, 0, 2*len(p.nodes))
	newest := int32(-1)
	for i := range p.nodes {
		newest = d.node(p, &p.nodes[i], int32(i), newest) // #nosec G115 -- as many as the file has bytes
	}
	p.phrases = make([]phrase, d.count())
	p.users = make([]user, 0, 2*len(p.phrases))
	last, rule := phrase{}, int32(0)
	for i := range p.phrases {
		last.root, last.first = d.near(last.root), int32(d.number())-1 // #nosec G115 -- as written
		for k, rare := 0, d.number(); k < len(last.rare); k++ {
			last.rare[k] = uint8(rare & (1<<rareBits - 1)) // #nosec G115 -- six bits
			rare >>= rareBits
		}
		last.users.from = int32(len(p.users)) // #nosec G115 -- as many as the file has bytes
		for range d.count() {
			both := d.near(rule << partBits)
			rule = both >> partBits
			p.users = append(p.users, user{rule, part(both & (1<<partBits - 1))}) // #nosec G115 -- three bits
		}
		last.users.to = int32(len(p.users)) // #nosec G115 -- as above
		p.phrases[i] = last
	}
	if d.err == nil {
		p.chainUp()
		p.wait()
		p.number()
	}
}

// node reads the node of a number; those that it leads to come before it. It returns the
// newest class of all that were read.
func (d *decoder) node(p *program, n *node, number, newest int32) int32 {
	packed := d.number()
	n.kind, n.need = kind(packed&(1<<kindBits-1)), -1 // #nosec G115 -- three bits
	packed >>= kindBits
	switch n.kind {
	case kindSeq, kindAlt, kindOpt:
		if packed > min(d.left(), math.MaxUint16) {
			d.fail()
			return newest
		}
		n.n, n.count = int32(len(p.kids)), uint16(packed) // #nosec G115 -- as written
		needs := 0
		if n.kind != kindOpt {
			needs = d.number()
		}
		for range n.count {
			k := number
			if d.at < len(d.s) && d.s[d.at] < 0x80 { // most kids come just before
				k -= int32(d.s[d.at])
				d.at++
			} else {
				k -= int32(d.number()) // #nosec G115 -- as written
			}
			if k < 0 || k >= number {
				d.fail()
				return newest
			}
			p.kids = append(p.kids, k)
		}
		switch {
		case needs == 0:
		case n.kind == kindAlt:
			n.need = int32(needs) - 1 // #nosec G115 -- as written
		case needs > packed:
			d.fail()
		default:
			n.need = p.nodes[p.kids[int(n.n)+needs-1]].need
		}
	case kindClass:
		if n.n = newest + 2 - int32(packed); packed == 0 { // #nosec G115 -- as written
			n.n = int32(d.number()) // #nosec G115 -- as written
		}
		n.need, newest = n.n, max(newest, n.n)
	case kindSet:
		if packed >= len(p.sets) || p.sets[packed] >= number {
			d.fail()
			return newest
		}
		n.n, n.need = int32(packed), p.nodes[p.sets[packed]].need // #nosec G115 -- as written
	default:
		n.n = int32(packed) // #nosec G115 -- as written
	}
	n.span = p.spanOf(n)
	return newest
}

func (d *decoder) ideas(atoms int32) (k ideas) {
	k.tongues, k.und = readTexts[string](d), int32(d.number())-1 // #nosec G115 -- as written
	k.pronoun, k.things, k.settings, k.acts = d.set(), d.set(), d.set(), d.set()
	if int(atoms) > maxAtoms {
		d.fail()
		return k
	}
	k.at, k.seqAt = make([]int32, 0, atoms+1), make([]int32, 0, atoms+1)
	k.of, k.seqs, k.rest = make([]idea, 0, atoms), make([]sequence, 0, atoms), make([]int32, 0, atoms)
	last := int32(0)
	for range atoms {
		k.at, k.seqAt = append(k.at, int32(len(k.of))), append(k.seqAt, int32(len(k.seqs))) // #nosec G115 -- as many as the file has bytes
		both := d.count()
		for range both >> 1 {
			last = d.near(last)
			k.of = append(k.of, idea(last))
		}
		if both&1 == 0 {
			continue
		}
		next := int32(0)
		for range d.count() {
			last, next = d.near(last), d.near(next)
			s := sequence{what: idea(last), next: next, from: int32(len(k.rest))} // #nosec G115 -- as above
			if next >= atoms {
				d.fail()
				return k
			}
			for range d.count() {
				k.rest = append(k.rest, int32(d.number())) // #nosec G115 -- as above
			}
			s.to = int32(len(k.rest)) // #nosec G115 -- as above
			k.seqs = append(k.seqs, s)
		}
	}
	k.at, k.seqAt = append(k.at, int32(len(k.of))), append(k.seqAt, int32(len(k.seqs))) // #nosec G115 -- as above
	k.lines = make([]together, d.count())
	for i := range k.lines {
		l := &k.lines[i]
		l.rule, l.width, l.all, l.none, l.never, l.here = int32(d.number()), int32(d.number()), d.set(), d.set(), d.set(), d.set() // #nosec G115 -- as above
		for range d.count() {
			l.any = append(l.any, d.set())
		}
	}
	k.waitAt, k.waiting = d.rising(), d.list()
	k.pairUp()
	return k
}

func (d *decoder) set() concepts { return concepts(d.eight()) }

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

// weights reads tables, which must fit one another.
func (d *decoder) weights() (w weights) {
	if w.aims = make([]aim, d.count()); len(w.aims) > maxAims {
		d.fail()
		return w
	}
	for i := range w.aims {
		w.aims[i] = aim{d.text(), readTexts[rights.ID](d)}
	}
	if n := d.count(); n > 0 {
		w.models = make([]model, n)
	}
	for i := range w.models {
		w.models[i] = d.model(len(w.aims))
	}
	if w.second = (secondLook{d.floats(), d.floats()}); !w.second.fits(len(w.aims)) {
		d.fail()
	}
	x := &w.lexicon
	x.names, x.tongues, x.entries = readTexts[string](d), readTexts[string](d), d.hashTable(mostSenses)
	if len(x.names) >= maxSenses {
		d.fail()
	}
	x.markSmall()
	return w
}

func (d *decoder) model(aims int) (m model) {
	m.language, m.bias = d.text(), make([]float64, aims)
	for i := range m.bias {
		m.bias[i] = d.float()
	}
	m.unit, m.hashed, m.coded, m.rowOf, m.rows = d.float(), d.hashTable(rowBytes), bitTable(d.table()), d.table(), d.table()
	if !m.fits() {
		d.fail()
	}
	return m
}

func (d *decoder) floats() (all []float64) {
	if n := d.count(); n > 0 {
		all = make([]float64, n)
	}
	for i := range all {
		all[i] = d.float()
	}
	return all
}

func (d *decoder) table() string { return d.take(d.number()) }

func (d *decoder) hashTable(beside int) hashTable {
	t := newHashTable(bitTable(d.table()), d.table(), 4+beside)
	if !t.fits() {
		d.fail()
	}
	return t
}

// decode reads a file that encode wrote.
func decode(file string) (*Classifier, error) {
	d := &decoder{s: file}
	head := d.take(min(len(file), len(fileFormat)+4))
	if format, sum := head[:min(len(head), len(fileFormat))], head[min(len(head), len(fileFormat)):]; format != fileFormat ||
		len(sum) != 4 || binary.LittleEndian.Uint32([]byte(sum)) != checkSum(d.s[d.at:]) {
		d.fail()
		return nil, d.err
	}
	p := &program{atoms: int32(d.number())} // #nosec G115 -- at most MaxInt32
	words := &decoder{s: d.take(d.number())}
	phrases := &decoder{s: d.s[d.at:]}
	if d.err != nil {
		return nil, d.err
	}
	var half sync.WaitGroup
	half.Go(func() { phrases.phrases(p) })
	c := words.rest(p)
	half.Wait()
	if err := cmp.Or(words.err, phrases.err); err != nil {
		return nil, err
	}
	c.prepare()
	return c, nil
}

// rest reads what phrases leaves.
func (d *decoder) rest(p *program) *Classifier {
	c := &Classifier{version: d.text(), program: p}
	p.dictionary = d.dictionary(p.atoms)
	p.ideas = d.ideas(p.atoms)
	all := make([]rule, d.count())
	c.rules = make([]*rule, len(all))
	for i := range all {
		d.rule(&all[i])
		c.rules[i] = &all[i]
	}
	c.inOrder = d.list()
	c.signals = readTexts[string](d)
	c.mean = d.meanings()
	c.weights = d.weights()
	c.languages = make([]language, d.count())
	for i := range c.languages {
		c.languages[i] = language{d.text(), d.list()}
	}
	return c
}
