package classify

import "math/bits"

// Limits that keep a hostile mail cheap. A mail that meets one is for review.
const (
	maxTokens = 40_000 // tokens read of one text
	minPrefix = 3      // letters before a star
	maxHits   = 60     // places kept of one phrase, or of one line of concepts, in one text
)

// A phrase stays inside one sentence. What it cannot do without is asked of all sentences
// of a text at once, and those that have it are matched one by one, each as a row of bits:
// one for every word, and one behind the last. The row of a class says where its words
// stand, and one operation moves all places that a phrase has reached. A phrase costs about
// as many operations as it has signs, however many ways there are through it.
//
// A longer sentence is matched in windows that overlap by as many words as a phrase may
// span: wherever one begins, the window of its first word holds all of it.
const (
	window = 63 // words that are matched at once
	widest = 47 // words that a phrase may span
)

// sentences is a set of sentences: one bit each, those beyond sixty-three sharing the bits
// of others, which asks too often and never too seldom.
type sentences uint64

const (
	sharing = 63
	asked   = sentences(1) << sharing // marks a class whose sentences are known, which may be none
)

// span is a part of a list.
type span struct{ from, to int32 }

// matcher matches the phrases of a program with one text. It is used again and again.
type matcher struct {
	p     *program
	toks  []token
	found []occurrence // of atoms, in order of place
	at    []int32      // by token, into found; one more for the end
	parts []span       // sentences, in tokens

	slot    []int32     // by atom: its place in present
	has     []uint64    // by atom: a bit that says whether the text has it; most have not
	present []int32     // atoms that the text has
	width   int         // words of bits in a row
	rows    []uint64    // by slot: where the atom stands
	within  []sentences // by slot
	classes []seenClass // by class
	known   []int32     // classes that were asked for
	slots   []int32     // lists of the classes

	tried  []bool // by phrase
	trials []int32
	ideas  gathering

	// The window that is matched.
	from   int       // its first token
	part   sentences // its sentence
	inside uint64    // its words, and the end
	opens  uint64    // the first bit, if a sentence begins there

	letters []byte // a folded word
}

// seenClass is what a text has of a class: the sentences with a word of it, and those words.
type seenClass struct {
	in   sentences
	list span // of slots
}

// occurrence is an atom at a place of the text.
type occurrence struct{ atom, at int32 }

func newMatcher(p *program) *matcher {
	return &matcher{
		p: p, slot: make([]int32, p.atoms), has: make([]uint64, p.atoms>>6+1), classes: make([]seenClass, len(p.classAt)-1), tried: make([]bool, len(p.phrases)),
		ideas: gathering{k: &p.ideas, before: make([]memory, len(p.ideas.tongues))},
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
	concepts := len(m.p.ideas.lines) > 0
	if concepts {
		m.ideas.see(toks, m.found, m.at)
	}
	for _, atom := range m.present {
		for _, n := range m.p.waiting[m.p.waitAt[atom]:m.p.waitAt[atom+1]] {
			if m.tried[n] {
				continue
			}
			m.tried[n] = true
			m.trials = append(m.trials, n)
			ph := &m.p.phrases[n]
			if in := m.possible(ph); in != 0 && (ph.part == partConcept || wanted(ph.rule)) {
				out = m.places(ph, in, text, out)
			}
		}
	}
	m.forget()
	if concepts {
		out = m.ideas.settle(toks, text, wanted, out)
	}
	return out
}

// possible is the set of sentences that have every word which a phrase cannot do without.
func (m *matcher) possible(ph *phrase) sentences {
	in := ^asked
	if ph.also >= 0 {
		in = m.having(ph.also)
	}
	if in = m.narrow(in, ph.root); in == 0 {
		return 0
	}
	if root := &m.p.nodes[ph.root]; root.kind == kindSeq {
		for _, k := range m.p.kids[root.first : root.first+root.count] {
			if in = m.narrow(in, k); in == 0 {
				return 0
			}
		}
	}
	return in & m.having(ph.first) // of many words, so it is asked last
}

// narrow is the part of a set of sentences that has a word which a node cannot do without.
func (m *matcher) narrow(in sentences, n int32) sentences {
	if need := m.p.nodes[n].need; need >= 0 {
		in &= m.having(need)
	}
	return in
}

// having is the set of sentences with any word of a class.
func (m *matcher) having(c int32) sentences {
	if in := m.classes[c].in; in != 0 {
		return in &^ asked
	}
	return m.learn(c)
}

// learn notes what the text has of a class.
func (m *matcher) learn(c int32) sentences {
	k := seenClass{in: asked, list: span{from: int32(len(m.slots))}} // #nosec G115 -- a few for each class
	for _, a := range m.p.classOf[m.p.classAt[c]:m.p.classAt[c+1]] {
		if m.has[a>>6]>>(a&63)&1 != 0 {
			k.in |= m.within[m.slot[a]]
			m.slots = append(m.slots, m.slot[a])
		}
	}
	k.list.to = int32(len(m.slots)) // #nosec G115 -- as above
	m.classes[c] = k
	m.known = append(m.known, c)
	return k.in &^ asked
}

// layOut makes the rows of the text, and finds its sentences.
func (m *matcher) layOut() {
	m.width = len(m.toks)>>6 + 2 // a window may end in the word behind the last
	m.present, m.parts = m.present[:0], m.parts[:0]
	for _, o := range m.found {
		if m.has[o.atom>>6]>>(o.atom&63)&1 == 0 {
			m.has[o.atom>>6] |= 1 << (o.atom & 63)
			m.slot[o.atom] = int32(len(m.present)) // #nosec G115 -- at most maxTokens
			m.present = append(m.present, o.atom)
		}
	}
	m.within, m.rows = zeroed(m.within, len(m.present)), zeroed(m.rows, len(m.present)*m.width)
	next := 0
	for i := range m.toks {
		if i == 0 || m.toks[i].brk {
			m.parts = append(m.parts, span{from: int32(i)}) // #nosec G115 -- as above
		}
		part := len(m.parts) - 1
		m.parts[part].to = int32(i) + 1 // #nosec G115 -- as above
		for ; next < len(m.found) && int(m.found[next].at) == i; next++ {
			slot := int(m.slot[m.found[next].atom])
			m.rows[slot*m.width+i>>6] |= 1 << (i & 63)
			m.within[slot] |= 1 << (part % sharing)
		}
	}
}

// forget makes the tables ready for the next text.
func (m *matcher) forget() {
	for _, a := range m.present {
		m.has[a>>6] = 0
	}
	for _, n := range m.trials {
		m.tried[n] = false
	}
	for _, c := range m.known {
		m.classes[c] = seenClass{}
	}
	m.known, m.trials, m.slots = m.known[:0], m.trials[:0], m.slots[:0]
}

// places adds every place where a phrase begins in these sentences.
func (m *matcher) places(ph *phrase, in sentences, text int32, out []hit) []hit {
	kept := 0
	for ; in != 0; in &= in - 1 {
		for part := bits.TrailingZeros64(uint64(in)); part < len(m.parts) && kept < maxHits; part += sharing {
			from, to := int(m.parts[part].from), int(m.parts[part].to)
			for start := from; kept < maxHits; start += window - widest {
				end := min(start+window, to)
				m.open(start, end, start == from)
				m.part = 1 << (part % sharing)
				begins := m.inside >> 1
				if end < to {
					begins = 1<<(window-widest) - 1
				}
				out = m.inWindow(ph, begins, text, &kept, out)
				if end == to {
					break
				}
			}
		}
	}
	return out
}

func (m *matcher) open(from, to int, first bool) {
	m.from, m.inside, m.opens = from, 1<<(to-from+1)-1, 0
	if first {
		m.opens = 1
	}
}

// row is where the words of a class stand in the window.
func (m *matcher) row(c int32) uint64 {
	if m.classes[c].in == 0 {
		m.learn(c)
	}
	row := uint64(0)
	l := m.classes[c].list
	word, shift := m.from>>6, m.from&63
	for _, slot := range m.slots[l.from:l.to] {
		at := int(slot)*m.width + word
		row |= m.rows[at]>>shift | m.rows[at+1]<<(63-shift)<<1
	}
	return row & (m.inside >> 1)
}

// inWindow adds the places in the window that is open. Whether the phrase stands anywhere
// is asked first, for all places at once.
func (m *matcher) inWindow(ph *phrase, begins uint64, text int32, kept *int, out []hit) []hit {
	first := m.row(ph.first) & begins
	if first == 0 {
		return out
	}
	on := m.follow(ph.root, reach{fresh: first}).on
	if on == 0 {
		return out
	}
	for rest := first; rest != 0 && *kept < maxHits; rest &= rest - 1 {
		if first&(first-1) != 0 {
			if on = m.follow(ph.root, reach{fresh: rest & -rest}).on; on == 0 {
				continue
			}
		}
		*kept++
		start := int32(m.from + bits.TrailingZeros64(rest)) // #nosec G115 -- at most maxTokens
		end := int32(m.from + bits.Len64(on) - 1)           // #nosec G115 -- as above
		if ph.part == partConcept {
			m.ideas.add(m.toks, seenIdea{idea(ph.rule), start, end})
			continue
		}
		out = append(out, hit{rule: ph.rule, part: ph.part, text: text, start: start, end: end})
	}
	return out
}

// reach is how far a phrase has come: fresh are the places where it may still begin, on
// those before which it has matched a word. Only the first word of a phrase may begin a
// sentence.
type reach struct{ fresh, on uint64 }

// follow moves what was reached through one part of a phrase.
func (m *matcher) follow(n int32, r reach) reach {
	nd := &m.p.nodes[n]
	switch nd.kind {
	case kindClass:
		return reach{on: ((r.fresh | r.on) & m.row(nd.n)) << 1}
	case kindSet:
		return m.follow(m.p.sets[nd.n], r)
	case kindGap:
		for range nd.n {
			r.on |= r.on << 1
		}
		r.on &= m.inside
		return r
	case kindStart:
		return reach{fresh: r.fresh & m.opens}
	}
	kids := m.p.kids[nd.first : nd.first+nd.count]
	if nd.kind == kindSeq {
		for _, k := range kids {
			if need := m.p.nodes[k].need; need >= 0 && m.having(need)&m.part == 0 {
				return reach{}
			}
		}
		for _, k := range kids {
			if r = m.follow(k, r); r == (reach{}) {
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
		if need := m.p.nodes[k].need; need >= 0 && m.having(need)&m.part == 0 {
			continue // of many branches nearly all are for other texts
		}
		through := m.follow(k, r)
		all = reach{all.fresh | through.fresh, all.on | through.on}
	}
	return all
}

// lookUp finds the atoms of every token.
func (m *matcher) lookUp(raw string) {
	m.found, m.at = m.found[:0], m.at[:0]
	for i := range m.toks {
		m.at = append(m.at, int32(len(m.found))) // #nosec G115 -- a few a token
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
	m.at = append(m.at, int32(len(m.found))) // #nosec G115 -- as above
}

// walkable lets the dictionary read letters wherever they are.
type walkable interface{ ~string | ~[]byte }

// walk notes what the dictionary knows of one word, and returns the atom of the whole of it.
func walk[W walkable](m *matcher, word W, at int32) int32 {
	d := &m.p.dictionary
	h := firstHash
	for i := range len(word) {
		h = nextHash(h, word[i])
		if a := d.beginning(h); a >= 0 {
			m.found = append(m.found, occurrence{a, at})
		}
	}
	a := d.word(h)
	if a >= 0 {
		m.found = append(m.found, occurrence{a, at})
	}
	return a
}

func zeroed[T any](b []T, n int) []T {
	if cap(b) < n {
		return make([]T, n)
	}
	b = b[:n]
	clear(b)
	return b
}
