package classify

import "math/bits"

// Limits that keep a hostile mail cheap. A mail that meets one is for review.
const (
	maxTokens = 40_000 // tokens read of one text
	minPrefix = 3      // letters before a star
	maxHits   = 60     // places kept of one phrase, or of one line of concepts, in one text
)

// A text is matched as rows of bits, one bit for each of its words: the rows of a word
// say where it stands, and one operation moves all places that a phrase has reached in
// the whole text. A phrase costs about as many operations as it has signs, however long
// the text and however many ways there are through the phrase.

// span is a row of bits in the arena: words from lo to below hi of those at off. Outside
// of them no bit is set. It is empty if lo is not below hi.
type span struct{ off, lo, hi int32 }

func (s span) empty() bool { return s.lo >= s.hi }

// matcher matches the phrases of a program with one text. It is used again and again.
type matcher struct {
	p     *program
	toks  []token
	found []occurrence // of atoms, in order of place
	width int32        // words in a row

	slot    []int32 // by atom: one more than its place in rows; 0 if the text has it not
	present []int32 // atoms that the text has
	rows    []uint64
	starts  []uint64 // where a sentence begins
	breaks  []uint64 // where a phrase may not go on: the same but for the first word, and the end

	within    []sentences // by slot
	in        []sentences // by class
	classes   []int32     // that were asked for
	laid      []int32     // by class: one more than the place in spans; 0 if its row is not made
	spans     []span      // in classRows
	classRows []uint64
	arena     []uint64 // rows of one phrase

	ideas gathering

	tried   []bool // by phrase
	trials  []int32
	letters []byte // a folded word
}

// occurrence is an atom at a place of the text.
type occurrence struct{ atom, at int32 }

func newMatcher(p *program) *matcher {
	return &matcher{
		p: p, slot: make([]int32, p.atoms), in: make([]sentences, len(p.classAt)), laid: make([]int32, len(p.classAt)),
		tried: make([]bool, len(p.phrases)), ideas: gathering{k: &p.ideas, before: make([]memory, len(p.ideas.tongues))},
	}
}

// hit is one place where a phrase of a rule was found, in token positions.
type hit struct {
	rule       int32
	part       part
	text       int32 // which text
	start, end int32 // tokens [start, end)
	tongue     int32 // one more than the language of the concepts that met; 0 for a phrase
	act        int32 // of concepts: the token that says what shall be done, or -1
}

// match finds every place where a phrase that is wanted begins in a text of these
// tokens, and with each the longest way through the phrase.
func (m *matcher) match(raw string, toks []token, text int32, wanted func(rule int32) bool, out []hit) []hit {
	if m.ideas.speaking = 0; len(toks) == 0 {
		return out
	}
	m.toks = toks
	m.lookUp(raw)
	m.layOut()
	if len(m.p.ideas.lines) > 0 {
		m.ideas.see(toks, m.found)
	}
	for _, atom := range m.present {
		for _, n := range m.p.waiting[m.p.waitAt[atom]:m.p.waitAt[atom+1]] {
			if m.tried[n] {
				continue
			}
			m.tried[n] = true
			m.trials = append(m.trials, n)
			ph := &m.p.phrases[n]
			in := ^asked
			if ph.also >= 0 {
				in = m.having(ph.also)
			}
			if in = m.narrow(in, ph.root); in == 0 {
				continue
			}
			if root := &m.p.nodes[ph.root]; root.kind == kindSeq {
				for _, k := range m.p.kids[root.first : root.first+root.count] {
					in = m.narrow(in, k)
				}
			}
			if in != 0 {
				in &= m.having(ph.first) // of many words, so it is asked last
			}
			switch {
			case in == 0:
			case ph.part == partConcept:
				mark := len(out)
				for _, h := range m.places(ph, in, text, out)[mark:] {
					m.ideas.add(toks, seenIdea{idea(h.rule), h.start, h.end})
				}
			case wanted(ph.rule):
				out = m.places(ph, in, text, out)
			}
		}
	}
	m.forget()
	if len(m.p.ideas.lines) > 0 {
		out = m.ideas.settle(toks, text, wanted, out)
	}
	return out
}

// lookUp finds the atoms of every token.
func (m *matcher) lookUp(raw string) {
	m.found = m.found[:0]
	for i := range m.toks {
		t := &m.toks[i]
		word := raw[t.start:t.end]
		switch t.form {
		case formURL:
			word = urlWord
		case formAddress:
			word = addressWord
		case formDomain:
			m.letters = appendFold(append(m.letters[:0], '@'), word)
			t.atom = walk(m, m.letters, int32(i)) // #nosec G115 -- at most maxTokens
			continue
		case formFold:
			m.letters = appendFold(m.letters[:0], word)
			t.atom = walk(m, m.letters, int32(i)) // #nosec G115 -- as above
			continue
		}
		t.atom = walk(m, word, int32(i)) // #nosec G115 -- as above
	}
}

// walkable lets the trie read letters wherever they are.
type walkable interface{ ~string | ~[]byte }

// walk notes what the trie knows of one word, and returns the atom of the whole of it.
func walk[W walkable](m *matcher, word W, at int32) int32 {
	t := &m.p.trie
	n := int32(0)
	for i := range len(word) {
		if n = t.step(n, word[i]); n < 0 {
			return unknownWord
		}
		if a := t.prefix[n]; a >= 0 {
			m.found = append(m.found, occurrence{a, at})
		}
	}
	a := t.word[n]
	if a >= 0 {
		m.found = append(m.found, occurrence{a, at})
	}
	return a
}

// layOut makes the rows of the text.
func (m *matcher) layOut() {
	m.width = int32(len(m.toks)>>6) + 1 // #nosec G115 -- at most maxTokens; one place more than there are tokens
	m.present = m.present[:0]
	for _, o := range m.found {
		if m.slot[o.atom] == 0 {
			m.present = append(m.present, o.atom)
			m.slot[o.atom] = int32(len(m.present)) // #nosec G115 -- as above
		}
	}
	if cap(m.within) < len(m.present) {
		m.within = make([]sentences, 2*len(m.present))
	}
	m.within = m.within[:len(m.present)]
	clear(m.within)
	m.rows = zeroed(m.rows, len(m.present)*int(m.width))
	for _, o := range m.found {
		slot := m.slot[o.atom] - 1
		m.rows[slot*m.width+o.at>>6] |= 1 << (o.at & 63)
		m.within[slot] |= 1 << (m.toks[o.at].sentence % 63)
	}
	m.starts, m.breaks = zeroed(m.starts, int(m.width)), zeroed(m.breaks, int(m.width))
	m.starts[0] |= 1
	for i := range m.toks {
		if m.toks[i].brk {
			m.starts[i>>6] |= 1 << (i & 63)
			m.breaks[i>>6] |= 1 << (i & 63)
		}
	}
	end := len(m.toks)
	m.breaks[end>>6] |= 1 << (end & 63)
}

// forget makes the tables ready for the next text.
func (m *matcher) forget() {
	for _, a := range m.present {
		m.slot[a] = 0
	}
	for _, n := range m.trials {
		m.tried[n] = false
	}
	for _, c := range m.classes {
		m.in[c], m.laid[c] = 0, 0
	}
	m.classes, m.spans, m.trials, m.classRows = m.classes[:0], m.spans[:0], m.trials[:0], m.classRows[:0]
}

func zeroed[T any](b []T, n int) []T {
	if cap(b) < n {
		return make([]T, n)
	}
	b = b[:n]
	clear(b)
	return b
}

// row is room for a span in the arena; what is in it is old.
func (m *matcher) row() int32 {
	off := len(m.arena)
	need := off + int(m.width)
	if need > cap(m.arena) {
		bigger := make([]uint64, need, 2*need+64*int(m.width))
		copy(bigger, m.arena)
		m.arena = bigger
	}
	m.arena = m.arena[:need]
	return int32(off) // #nosec G115 -- a text of 40,000 tokens has rows of 5 kB
}

// A phrase stays inside one sentence, so the words that it cannot do without must meet in
// one. sentences is the set of sentences that have a word: one bit each, those beyond
// sixty-three sharing the bits of others, which asks too often and never too seldom. Hardly
// a phrase is left to be matched after that.
type sentences uint64

// asked marks a class whose sentences are known, which may be none.
const asked sentences = 1 << 63

// having is the set of sentences with any word of a class.
func (m *matcher) having(c int32) sentences {
	in := m.in[c]
	if in == 0 {
		in = asked
		for _, a := range m.p.classOf[m.p.classAt[c]:m.p.classAt[c+1]] {
			if slot := m.slot[a]; slot != 0 {
				in |= m.within[slot-1]
			}
		}
		m.in[c] = in
		m.classes = append(m.classes, c)
	}
	return in &^ asked
}

// classSpan is where any word of a class stands.
func (m *matcher) classSpan(c int32) span {
	if m.having(c) == 0 {
		return span{}
	}
	if n := m.laid[c]; n != 0 {
		return m.spans[n-1]
	}
	s := span{}
	for _, a := range m.p.classOf[m.p.classAt[c]:m.p.classAt[c+1]] {
		slot := m.slot[a]
		if slot == 0 {
			continue
		}
		row := m.rows[(slot-1)*m.width : slot*m.width]
		if s.empty() {
			s = span{int32(len(m.classRows)), 0, m.width} // #nosec G115 -- as above
			m.classRows = append(m.classRows, row...)
			continue
		}
		for i, bits := range row {
			m.classRows[int(s.off)+i] |= bits
		}
	}
	m.spans = append(m.spans, trimmed(m.classRows, s))
	m.laid[c] = int32(len(m.spans)) // #nosec G115 -- at most one a class
	return m.spans[len(m.spans)-1]
}

// trimmed is a span without the empty words at its ends.
func trimmed(rows []uint64, s span) span {
	for s.lo < s.hi && rows[s.off+s.lo] == 0 {
		s.lo++
	}
	for s.lo < s.hi && rows[s.off+s.hi-1] == 0 {
		s.hi--
	}
	return s
}

// reach is how far a phrase has come: fresh are the places where it may still begin, on
// those before which it has matched a word. Only the first word of a phrase may begin a
// sentence.
type reach struct{ fresh, on span }

func (r reach) empty() bool { return r.fresh.empty() && r.on.empty() }

// narrow is the part of a set of sentences that has a word which a node cannot do without.
func (m *matcher) narrow(in sentences, n int32) sentences {
	if need := m.p.nodes[n].need; need >= 0 && in != 0 {
		in &= m.having(need)
	}
	return in
}

// follow moves what was reached through one part of a phrase, in sentences that have what
// the part needs.
func (m *matcher) follow(n int32, in sentences, r reach) reach {
	nd := &m.p.nodes[n]
	switch nd.kind {
	case kindClass:
		return reach{on: m.consume(r, m.classSpan(nd.n))}
	case kindSet:
		return m.follow(m.p.sets[nd.n], in, r)
	case kindGap:
		r.on = m.skip(r.on, nd.n)
		return r
	case kindStart:
		return reach{m.where(r.fresh, m.starts), m.where(r.on, m.starts)}
	}
	kids := m.p.kids[nd.first : nd.first+nd.count]
	if nd.kind == kindSeq {
		for _, k := range kids {
			if in = m.narrow(in, k); in == 0 {
				return reach{}
			}
		}
		for _, k := range kids {
			if r = m.follow(k, in, r); r.empty() {
				return r
			}
		}
		return r
	}
	all := reach{}
	if nd.kind == kindOpt {
		all = r
	}
	for _, k := range kids {
		if some := m.narrow(in, k); some != 0 {
			through := m.follow(k, some, r)
			all = reach{m.either(all.fresh, through.fresh), m.either(all.on, through.on)}
		}
	}
	return all
}

// consume steps over one word of a class.
func (m *matcher) consume(r reach, c span) span {
	a := span{r.fresh.off, max(r.fresh.lo, c.lo), min(r.fresh.hi, c.hi)}
	b := span{r.on.off, max(r.on.lo, c.lo), min(r.on.hi, c.hi)}
	switch {
	case a.empty() && b.empty():
		return span{}
	case a.empty():
		a.lo, a.hi = b.lo, b.lo
	case b.empty():
		b.lo, b.hi = a.lo, a.lo
	}
	s := span{0, min(a.lo, b.lo), max(a.hi, b.hi)}
	mark := len(m.arena)
	s.off = m.row()
	carry, seen := uint64(0), uint64(0)
	for i := s.lo; i < s.hi; i++ {
		x := uint64(0)
		if i >= a.lo && i < a.hi {
			x = m.arena[a.off+i]
		}
		if i >= b.lo && i < b.hi {
			x |= m.arena[b.off+i] &^ m.breaks[i]
		}
		x &= m.classRows[c.off+i]
		m.arena[s.off+i] = x<<1 | carry
		carry = x >> 63
		seen |= x
	}
	if seen == 0 {
		m.arena = m.arena[:mark]
		return span{}
	}
	if s.hi < m.width {
		m.arena[s.off+s.hi] = carry
		s.hi++
	}
	return trimmed(m.arena, s)
}

// skip steps over none to n words of any kind.
func (m *matcher) skip(from span, n int32) span {
	if from.empty() {
		return from
	}
	all := span{m.row(), from.lo, min(from.hi+n>>6+1, m.width)}
	step := m.row()
	for i := all.lo; i < all.hi; i++ {
		x := uint64(0)
		if i < from.hi {
			x = m.arena[from.off+i]
		}
		m.arena[all.off+i], m.arena[step+i] = x, x
	}
	for range n {
		carry := uint64(0)
		for i := all.lo; i < all.hi; i++ {
			x := m.arena[step+i] &^ m.breaks[i]
			m.arena[step+i] = x<<1 | carry
			carry = x >> 63
			m.arena[all.off+i] |= m.arena[step+i]
		}
	}
	m.arena = m.arena[:step]
	return trimmed(m.arena, all)
}

// where keeps the bits that a row has too.
func (m *matcher) where(s span, row []uint64) span {
	if s.empty() {
		return s
	}
	out := span{m.row(), s.lo, s.hi}
	for i := s.lo; i < s.hi; i++ {
		m.arena[out.off+i] = m.arena[s.off+i] & row[i]
	}
	return trimmed(m.arena, out)
}

// either joins the bits of two spans.
func (m *matcher) either(a, b span) span {
	if a.empty() {
		return b
	}
	if b.empty() || a == b {
		return a
	}
	out := span{m.row(), min(a.lo, b.lo), max(a.hi, b.hi)}
	for i := out.lo; i < out.hi; i++ {
		x := uint64(0)
		if i >= a.lo && i < a.hi {
			x = m.arena[a.off+i]
		}
		if i >= b.lo && i < b.hi {
			x |= m.arena[b.off+i]
		}
		m.arena[out.off+i] = x
	}
	return out
}

// places adds every place where a phrase begins in these sentences. Whether it stands
// anywhere is asked first, for all places at once.
func (m *matcher) places(ph *phrase, in sentences, text int32, out []hit) []hit {
	m.arena = m.arena[:0]
	first := m.beginnings(m.classSpan(ph.first), in)
	on := m.follow(ph.root, in, reach{fresh: first}).on
	if on.empty() {
		return out
	}
	if only := m.arena[first.off+first.lo]; first.hi == first.lo+1 && only&(only-1) == 0 {
		return append(out, hit{rule: ph.rule, part: ph.part, text: text, start: placeOf(first.lo, only), end: m.last(on)})
	}
	count := 0
	for i := first.lo; i < first.hi && count < maxHits; i++ {
		for row := m.arena[first.off+i]; row != 0 && count < maxHits; row &= row - 1 {
			m.arena = m.arena[:first.off+m.width]
			one := span{m.row(), i, i + 1}
			m.arena[one.off+i] = row & -row
			on := m.follow(ph.root, in, reach{fresh: one}).on
			if !on.empty() {
				out = append(out, hit{rule: ph.rule, part: ph.part, text: text, start: placeOf(i, row), end: m.last(on)})
				count++
			}
		}
	}
	return out
}

// beginnings keeps of the row of a class the places in these sentences.
func (m *matcher) beginnings(class span, in sentences) span {
	s := span{m.row(), class.lo, class.hi}
	for i := s.lo; i < s.hi; i++ {
		kept := uint64(0)
		for row := m.classRows[class.off+i]; row != 0; row &= row - 1 {
			at := i<<6 + int32(bits.TrailingZeros64(row)) // #nosec G115 -- at most 64
			if in>>(m.toks[at].sentence%63)&1 != 0 {
				kept |= row & -row
			}
		}
		m.arena[s.off+i] = kept
	}
	return trimmed(m.arena, s)
}

// placeOf is the place of the first bit of a word of a row.
func placeOf(word int32, row uint64) int32 {
	return word<<6 + int32(bits.TrailingZeros64(row)) // #nosec G115 -- at most 64
}

// last is the last place of a span.
func (m *matcher) last(s span) int32 {
	return s.hi<<6 - 1 - int32(bits.LeadingZeros64(m.arena[s.off+s.hi-1])) // #nosec G115 -- at most 64
}
