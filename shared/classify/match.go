package classify

import "math/bits"

// Limits that keep a hostile mail cheap. A mail that meets one is for review.
const (
	maxTokens = 40_000 // tokens read of one text
	minPrefix = 3      // letters before a star
	maxHits   = 60     // places kept of one phrase, or of one line of concepts, in one text
)

// A phrase stays inside one sentence, so a text is matched sentence by sentence, each as a
// row of bits: one for every word, and one behind the last. The row of a class says where
// its words stand, and one operation moves all places that a phrase has reached. A phrase
// costs about as many operations as it has signs, however many ways there are through it.
//
// Nearly all phrases are for other sentences, and three questions find that out, each dearer
// than the one before: is there the word that the phrase waits for, are two others there
// (program.tells), do all that it cannot do without stand in their order (phrase.chain)?
//
// A longer sentence is matched in windows that overlap by as many words as a phrase may
// span: wherever one begins, the window of its first word holds all of it.
const (
	window = 63 // words that are matched at once
	widest = 47 // words that a phrase may span
)

// span is a part of a list.
type span struct{ from, to int32 }

// matcher matches the phrases of a program with one text. It is used again and again.
type matcher struct {
	p     *program
	toks  []token
	found []occurrence // of atoms, in order of place
	at    []int32      // by token, into found; one more for the end

	// The window that is matched.
	turn    uint32   // its number, never 0
	from    int      // its first token
	inside  uint64   // its words, and the end
	opens   uint64   // the first bit, if a sentence begins there
	present []int32  // the atoms that it has, each once
	told    []uint32 // by number: the last window that had a word of the class; see program.tells
	places  []uint64 // by atom: where it stands
	rows    []row    // by class
	tried   []uint32 // by phrase: the last window in which it was

	kept    []int32 // by phrase: places found in this text
	keepers []int32 // phrases that have some
	ideas   gathering

	letters []byte // a folded word
}

// row is where the words of a class stand in the window of that number.
type row struct {
	bits uint64
	turn uint32
}

// occurrence is an atom at a place of the text.
type occurrence struct{ atom, at int32 }

func newMatcher(p *program) *matcher {
	return &matcher{
		p: p, places: make([]uint64, p.atoms), told: make([]uint32, p.telling), rows: make([]row, len(p.classAt)-1), tried: make([]uint32, len(p.phrases)), kept: make([]int32, len(p.phrases)),
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
	concepts := len(m.p.ideas.tongues) > 0
	if concepts {
		m.ideas.see(toks, m.found, m.at)
	}
	for from, to := 0, 0; from < len(toks); from = to {
		for to = from + 1; to < len(toks) && !toks[to].brk; {
			to++
		}
		for start := from; ; start += window - widest {
			end := min(start+window, to)
			m.open(start, end, start == from)
			begins := m.inside >> 1
			if end < to {
				begins = 1<<(window-widest) - 1
			}
			out = m.inWindow(begins, text, wanted, out)
			m.close()
			if end == to {
				break
			}
		}
	}
	for _, n := range m.keepers {
		m.kept[n] = 0
	}
	m.keepers = m.keepers[:0]
	if concepts {
		out = m.ideas.settle(toks, text, wanted, out)
	}
	return out
}

// open lays out the words of a window.
func (m *matcher) open(from, to int, first bool) {
	if m.turn++; m.turn == 0 { // once in four thousand million windows
		clear(m.told)
		clear(m.rows)
		clear(m.tried)
		m.turn = 1
	}
	m.from, m.inside, m.opens, m.present = from, 1<<(to-from+1)-1, 0, m.present[:0]
	if first {
		m.opens = 1
	}
	for _, o := range m.found[m.at[from]:m.at[to]] {
		if m.places[o.atom] == 0 {
			m.present = append(m.present, o.atom)
			for _, n := range m.p.tell[m.p.tellAt[o.atom]:m.p.tellAt[o.atom+1]] {
				m.told[n] = m.turn
			}
		}
		m.places[o.atom] |= 1 << (int(o.at) - from)
	}
	m.told[0] = m.turn
}

// close takes them up again.
func (m *matcher) close() {
	for _, a := range m.present {
		m.places[a] = 0
	}
}

// row is where the words of a class stand in the window.
func (m *matcher) row(c int32) uint64 {
	r := &m.rows[c]
	if r.turn != m.turn {
		r.turn, r.bits = m.turn, 0
		for _, a := range m.p.classOf[m.p.classAt[c]:m.p.classAt[c+1]] {
			r.bits |= m.places[a]
		}
	}
	return r.bits
}

// inWindow adds the places in the window where phrases begin.
func (m *matcher) inWindow(begins uint64, text int32, wanted func(rule int32) bool, out []hit) []hit {
	for _, atom := range m.present {
		for _, n := range m.p.waiting[m.p.waitAt[atom]:m.p.waitAt[atom+1]] {
			if tells := &m.p.tells[n]; m.told[tells[0]] != m.turn || m.told[tells[1]] != m.turn || m.tried[n] == m.turn {
				continue
			}
			m.tried[n] = m.turn
			ph := &m.p.phrases[n]
			if m.chained(ph.chain) {
				out = m.begun(ph, n, begins, text, wanted, out)
			}
		}
	}
	return out
}

// chained reports whether words that a phrase cannot do without stand in their order, and
// no farther from one another than the phrase allows.
func (m *matcher) chained(chain span) bool {
	on := ^uint64(0)
	for i, l := range m.p.links[chain.from:chain.to] {
		if i > 0 {
			on = upTo(on<<1, l.slack)
		}
		if on &= m.row(l.class); on == 0 {
			return false
		}
	}
	return true
}

// upTo moves places on by up to n words, in every way at once.
func upTo(on uint64, n int32) uint64 {
	for have := int32(1); n > 0; have *= 2 {
		step := min(have, n)
		on |= on << step
		n -= step
	}
	return on
}

// begun adds the places where one phrase begins. Whether it stands anywhere is asked first,
// for all places at once.
func (m *matcher) begun(ph *phrase, n int32, begins uint64, text int32, wanted func(rule int32) bool, out []hit) []hit {
	first := m.row(ph.first) & begins
	if first == 0 {
		return out
	}
	on := m.follow(ph.root, reach{fresh: first}).on
	if on == 0 {
		return out
	}
	for rest := first; rest != 0 && m.kept[n] < maxHits; rest &= rest - 1 {
		if first&(first-1) != 0 {
			if on = m.follow(ph.root, reach{fresh: rest & -rest}).on; on == 0 {
				continue
			}
		}
		if m.kept[n]++; m.kept[n] == 1 {
			m.keepers = append(m.keepers, n)
		}
		start := int32(m.from + bits.TrailingZeros64(rest)) // #nosec G115 -- at most maxTokens
		end := int32(m.from + bits.Len64(on) - 1)           // #nosec G115 -- as above
		for _, u := range m.p.users[ph.users.from:ph.users.to] {
			if u.part == partConcept {
				m.ideas.add(m.toks, seenIdea{idea(u.rule), start, end})
			} else if wanted(u.rule) {
				out = append(out, hit{rule: u.rule, part: u.part, text: text, start: start, end: end})
			}
		}
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
		r.on = upTo(r.on, nd.n) & m.inside
		return r
	case kindStart:
		return reach{fresh: r.fresh & m.opens}
	}
	kids := m.p.kidsOf(nd)
	if nd.kind == kindSeq {
		for _, k := range kids {
			if need := m.p.nodes[k].need; need >= 0 && m.row(need) == 0 {
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
		if need := m.p.nodes[k].need; need >= 0 && m.row(need) == 0 {
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
