package classify

import "slices"

// Limits that keep a hostile mail cheap. A mail that meets one is for review.
const (
	maxTokens = 40_000 // tokens read of one text
	walkFuel  = 4_000  // steps one phrase may take from one word
	minPrefix = 3      // letters before a star
	maxHits   = 60     // places kept of one rule in one text
)

// phraseRef names one compiled phrase and the rule and role it has there.
type phraseRef struct {
	start *step
	rule  int32
	part  part
}

// part says what a phrase does in its rule.
type part uint8

const (
	partPhrase part = iota
	partUnless
	partUnlessNear
	partUnlessAnywhere
)

// index finds the phrases that can begin with a word.
type index struct {
	byWord   [][]phraseRef // by place in the lexicon
	byPrefix map[string][]phraseRef
	stems    map[string]bool // the first letters of all prefixes
	rules    int             // one more than the highest rule
	longest  int             // of the prefixes, in bytes
}

func (x *index) add(ref phraseRef) {
	words, prefixes, _ := first(ref.start)
	x.rules = max(x.rules, int(ref.rule)+1)
	for w := range words {
		for len(x.byWord) <= int(w) {
			x.byWord = append(x.byWord, nil)
		}
		x.byWord[w] = append(x.byWord[w], ref)
	}
	for p := range prefixes {
		x.byPrefix[p] = append(x.byPrefix[p], ref)
		x.stems[p[:minPrefix]] = true
		x.longest = max(x.longest, len(p))
	}
}

// hit is one place where a phrase of a rule was found, in token positions.
type hit struct {
	rule       int32
	part       part
	text       int32 // which text
	start, end int32 // tokens [start, end)
}

// scan passes once over the tokens and reports every phrase that begins at each.
func (x *index) scan(toks []token, text int32, wanted func(phraseRef) bool, out []hit) []hit {
	count := make([]uint8, 4*x.rules) // by rule and part
	try := func(refs []phraseRef, i int) {
		for _, ref := range refs {
			who := 4*int(ref.rule) + int(ref.part)
			if count[who] >= maxHits || !wanted(ref) || slices.ContainsFunc(out[max(0, len(out)-4):], func(h hit) bool {
				return h.rule == ref.rule && h.part == ref.part && h.text == text && h.start == int32(i) // #nosec G115 -- below maxTokens
			}) {
				continue
			}
			w := walker{toks: toks, from: i, fuel: walkFuel}
			if end := w.walk(ref.start, i); end > i {
				count[who]++
				out = append(out, hit{ref.rule, ref.part, text, int32(i), int32(end)}) // #nosec G115 -- below maxTokens
			}
		}
	}
	for i := range toks {
		if id := int(toks[i].id); id >= 0 && id < len(x.byWord) {
			try(x.byWord[id], i)
		}
		w := toks[i].word
		if len(w) < minPrefix || !x.stems[w[:minPrefix]] {
			continue
		}
		for n := minPrefix; n <= len(w) && n <= x.longest; n++ {
			try(x.byPrefix[w[:n]], i)
		}
	}
	return out
}

// walker matches one phrase from one token.
type walker struct {
	toks []token
	from int
	fuel int
}

// walk returns the position after the phrase, or -1. No step crosses the start of
// a new sentence.
func (w *walker) walk(s *step, i int) int {
	for {
		if w.fuel--; w.fuel < 0 {
			return -1
		}
		if s.kind == stepEnd {
			return i
		}
		if s.kind == stepEither {
			return w.either(s, i)
		}
		if s.kind == stepStart {
			if i < len(w.toks) && (i == 0 || w.toks[i].brk) {
				s = s.next
				continue
			}
			return -1
		}
		if i >= len(w.toks) || i > w.from && w.toks[i].brk {
			if s.kind == stepGap {
				s = s.next
				continue
			}
			return -1
		}
		switch s.kind {
		case stepWord:
			if w.toks[i].id != s.word {
				return -1
			}
		case stepPrefix:
			if len(w.toks[i].word) < len(s.prefix) || w.toks[i].word[:len(s.prefix)] != s.prefix {
				return -1
			}
		case stepGap:
			return w.skip(s, i)
		}
		s, i = s.next, i+1
	}
}

func (w *walker) either(s *step, i int) int {
	branches := s.either
	if s.byWord != nil {
		if i < len(w.toks) && w.toks[i].id != unknownWord {
			for _, b := range s.byWord[w.toks[i].id] {
				if end := w.walk(b, i); end >= 0 {
					return end
				}
			}
		}
		branches = s.rest
	}
	for _, b := range branches {
		if end := w.walk(b, i); end >= 0 {
			return end
		}
	}
	return -1
}

// skip tries to go on after none, one, two ... words.
func (w *walker) skip(s *step, i int) int {
	for k := 0; k <= s.gap; k++ {
		if end := w.walk(s.next, i+k); end >= 0 {
			return end
		}
		if i+k >= len(w.toks) || i+k > w.from && w.toks[i+k].brk {
			break
		}
	}
	return -1
}
