package classify

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"math/bits"
	"path"
	"slices"
	"strconv"
	"strings"
)

// People have a hundred ways to say "delete my data", but they all speak of deleting, of
// what is theirs, and of data, in one sentence and in any order. A concept is such an idea;
// rules/concepts.yaml lists them, rules/concepts/ has the words for them, one file a
// language. A rule names on a line of "together" the concepts that must meet:
//
//	erase data own|about_me     a word for each of these; of own and about_me, either
//	!howto !product             none of these in the sentence
//	^marketing                  a word for it in this very sentence
//	~12                         within 12 words, and not within usualWidth
//
// All words must be of one language, and of one that the text has most of its words from, or
// nearly; und.yaml holds words that are the same in many. A sentence with a word such as
// "it" or "them" (the concept that), and one of few words, goes on speaking of the things
// that the three sentences before were about, or the subject.

// concepts is a set of concepts, by bit.
type concepts uint64

const (
	maxConcepts = 64
	usualWidth  = 24 // words from the first to the last that meet
	fewWords    = 6  // of a sentence such as "Please correct", which leaves out what

	conceptsFile = "concepts.yaml"
	conceptsDir  = "concepts"
	undetermined = "und"
	pronoun      = "that"
)

// things are the concepts that go on being spoken of in a sentence that leaves them out.
var things = []string{
	"own", "data", "about_me", "held", "everything", "account", "item", "contact", "marketing", "newsletter",
	"merchant", "child", "dead", "talentpool", "machine", "decision", "consent", "application",
}

// settings are the concepts that a sentence stays in as it does with things, but that say
// only what it is not about: they can refuse a line and never fulfil one.
var settings = []string{"product", "clients", "business"}

// acts are the concepts that say what shall be done. A rule that is heard beside a phrase
// must find a word for one of them that the phrase did not.
var acts = []string{
	"erase", "show", "correct", "stop", "withdraw", "object", "out", "transfer", "freeze", "explain", "review", "complain", "allow", "format", "human",
}

// idea is a concept in one language: what a word means.
type idea int32

func (i idea) tongue() int32     { return int32(i) / maxConcepts }
func (i idea) concept() concepts { return 1 << (i % maxConcepts) }

// together is one line of a rule: the concepts that must meet in a sentence.
type together struct {
	rule  int32
	width int32      // most words from the first to the last
	all   concepts   // each of these
	any   []concepts // of each set one
	none  concepts   // none of these
	never concepts   // of none, those that the rule refuses in all its lines
	here  concepts   // of all, those that the sentence itself must say
}

// sequence is some words one after the other that stand for a concept: all but the first,
// by which it is found.
type sequence struct {
	what     idea
	next     int32 // the second of them
	from, to int32 // of ideas.rest: those behind it
}

// ideas is what the compiled rules know of concepts.
type ideas struct {
	tongues  []string // languages that have words, by BCP 47
	und      int32    // the number of und among them, or -1
	pronoun  concepts
	things   concepts
	settings concepts
	acts     concepts
	at       []int32 // by atom, into of
	of       []idea
	seqAt    []int32 // by first atom, into seqs
	seqs     []sequence
	rest     []int32  // atoms
	pairs    []uint64 // of the first two words of a sequence: a bit for each that there may be
	lines    []together
	waitAt   []int32 // by concept, into waiting; see wait
	waiting  []int32
	concepts []string // their names; not in the file
}

// lexicon is what the files of concepts say.
type lexicon struct {
	words map[int32][]idea    // by atom
	runs  map[int32][]wordRun // of several words, by the atom of the first
	trees []*tree             // with gaps or choices: phrases
	users []user
	files []string
}

// wordRun is a sequence that has no place yet.
type wordRun struct {
	what idea
	rest []int32
}

// readConcepts reads the list of concepts and the words of each language.
func (g *grammar) readConcepts(fsys fs.FS, k *ideas) (*lexicon, error) {
	about := map[string]string{}
	if err := readStrict(fsys, conceptsFile, &about); err != nil {
		return nil, err
	}
	k.und = -1
	if k.concepts = slices.Sorted(maps.Keys(about)); len(k.concepts) > maxConcepts {
		return nil, fmt.Errorf("load %s: %d concepts, at most %d", conceptsFile, len(k.concepts), maxConcepts)
	}
	k.pronoun = k.set(pronoun)
	k.things, k.settings, k.acts = k.set(things...), k.set(settings...), k.set(acts...)
	files, err := fs.Glob(fsys, path.Join(conceptsDir, "*.yaml"))
	if err != nil {
		return nil, fmt.Errorf("look for concepts: %w", err)
	}
	v := &lexicon{words: map[int32][]idea{}, runs: map[int32][]wordRun{}, files: append(files, conceptsFile)}
	for _, file := range files {
		tongue := int32(len(k.tongues)) // #nosec G115 -- some dozen languages
		name := strings.TrimSuffix(path.Base(file), ".yaml")
		if k.tongues = append(k.tongues, name); name == undetermined {
			k.und = tongue
		}
		lists := map[string]string{}
		if err := readStrict(fsys, file, &lists); err != nil {
			return nil, err
		}
		for _, concept := range slices.Sorted(maps.Keys(lists)) {
			n := slices.Index(k.concepts, concept)
			if n < 0 {
				return nil, fmt.Errorf("load %s: concept %q is not in %s", file, concept, conceptsFile)
			}
			twice := map[string]bool{}
			meaning := idea(tongue*maxConcepts + int32(n)) // #nosec G115 -- as above
			for entry := range strings.SplitSeq(lists[concept], ",") {
				if strings.TrimSpace(entry) == "" {
					continue
				}
				t, err := g.phrase(entry)
				if err != nil {
					return nil, fmt.Errorf("load %s: %s: %w", file, concept, err)
				}
				written := strings.TrimSpace(entry)
				if twice[written] {
					return nil, fmt.Errorf("load %s: %s: %q stands there twice", file, concept, written)
				}
				twice[written] = true
				v.add(t, meaning, g.misspelt(entry))
			}
		}
	}
	return v, nil
}

// add notes one entry of a list.
func (v *lexicon) add(t *tree, meaning idea, misspelt []int32) {
	if t.kind == kindClass {
		for _, a := range append(misspelt, t.atoms...) {
			if !slices.Contains(v.words[a], meaning) {
				v.words[a] = append(v.words[a], meaning)
			}
		}
		return
	}
	plain := func(k *tree) bool { return k.kind == kindClass && len(k.atoms) == 1 }
	if t.kind == kindSeq && !slices.ContainsFunc(t.kids, func(k *tree) bool { return !plain(k) }) {
		run := wordRun{what: meaning}
		for _, k := range t.kids[1:] {
			run.rest = append(run.rest, k.atoms[0])
		}
		first := t.kids[0].atoms[0]
		v.runs[first] = append(v.runs[first], run)
		return
	}
	v.trees, v.users = append(v.trees, t), append(v.users, user{int32(meaning), partConcept})
}

// misspelt lists the words that begin as a stem does and that people also spell otherwise:
// the stem alone would not know them in that spelling.
func (g *grammar) misspelt(entry string) (atoms []int32) {
	stem, is := strings.CutSuffix(strings.TrimSpace(entry), "*")
	if !is {
		return nil
	}
	for _, w := range slices.Sorted(maps.Values(g.spelled)) {
		if strings.HasPrefix(w, fold(stem)) {
			atoms = append(atoms, g.atom(w))
		}
	}
	return atoms
}

// setWords lays out what words mean, once all atoms are known.
func (k *ideas) setWords(v *lexicon, atoms int32) {
	for a := range atoms {
		k.at = append(k.at, int32(len(k.of)))         // #nosec G115 -- some ten thousand
		k.seqAt = append(k.seqAt, int32(len(k.seqs))) // #nosec G115 -- as above
		k.of = append(k.of, v.words[a]...)
		slices.SortStableFunc(v.runs[a], func(x, y wordRun) int { return cmp.Compare(x.rest[0], y.rest[0]) })
		for _, run := range v.runs[a] {
			from := int32(len(k.rest)) // #nosec G115 -- as above
			k.rest = append(k.rest, run.rest[1:]...)
			k.seqs = append(k.seqs, sequence{run.what, run.rest[0], from, int32(len(k.rest))}) // #nosec G115 -- as above
		}
	}
	k.at, k.seqAt = append(k.at, int32(len(k.of))), append(k.seqAt, int32(len(k.seqs))) // #nosec G115 -- as above
	k.pairUp()
}

// pairOf is the bit of two words that stand one behind the other.
func pairOf(first, second int32) uint32 {
	return (uint32(first)*0x9e3779b1 ^ uint32(second)*0x85ebca77) >> (32 - pairBits) // #nosec G115 -- no atom is negative
}

const pairBits = 16

// pairUp notes the pairs that sequences begin with.
func (k *ideas) pairUp() {
	k.pairs = make([]uint64, 1<<pairBits/64)
	for a := range len(k.seqAt) - 1 {
		for _, s := range k.seqs[k.seqAt[a]:k.seqAt[a+1]] {
			n := pairOf(int32(a), s.next) // #nosec G115 -- some ten thousand
			k.pairs[n>>6] |= 1 << (n & 63)
		}
	}
}

// set is the set of these concepts; unknown ones are left out.
func (k *ideas) set(names ...string) (s concepts) {
	for _, name := range names {
		if n := slices.Index(k.concepts, name); n >= 0 {
			s |= 1 << n
		}
	}
	return s
}

// line reads one line of together, of a rule that refuses some concepts in all its lines.
func (k *ideas) line(text, without string, rule int32) (together, error) {
	l := together{rule: rule, width: usualWidth}
	either := func(term string) (s concepts, err error) {
		for name := range strings.SplitSeq(term, "|") {
			one := k.set(name)
			if one == 0 {
				return 0, fmt.Errorf("together %q: concept %q is not in %s", text, name, conceptsFile)
			}
			s |= one
		}
		return s, nil
	}
	for name := range strings.FieldsSeq(without) {
		s, err := either(name)
		if err != nil {
			return l, err
		}
		l.none |= s
	}
	l.never = l.none
	for term := range strings.FieldsSeq(text) {
		if width, is := strings.CutPrefix(term, "~"); is {
			n, err := strconv.Atoi(width)
			if err != nil || n < 2 || n > 200 {
				return l, fmt.Errorf("together %q: %s: choose 2 to 200 words", text, term)
			}
			l.width = int32(n) // #nosec G109 G115 -- at most 200
			continue
		}
		name, not := strings.CutPrefix(term, "!")
		name, here := strings.CutPrefix(name, "^")
		s, err := either(name)
		switch {
		case err != nil:
			return l, err
		case not:
			l.none |= s
		case here && bits.OnesCount64(uint64(s)) > 1:
			return l, fmt.Errorf("together %q: ^%s: write ^ before one concept", text, name)
		case here:
			l.all, l.here = l.all|s, l.here|s
		case bits.OnesCount64(uint64(s)) == 1:
			l.all |= s
		default:
			l.any = append(l.any, s)
		}
	}
	switch {
	case bits.OnesCount64(uint64(l.all))+len(l.any) < 2:
		return l, fmt.Errorf("together %q: name at least two concepts that must meet", text)
	case l.all&l.none != 0 || slices.ContainsFunc(l.any, func(s concepts) bool { return s&^l.none == 0 }):
		return l, fmt.Errorf("together %q: it wants and refuses one concept, so it can never speak", text)
	}
	return l, nil
}

// wait lets each line wait for the rarest concept that it cannot do without: the one that
// fewest words stand for. A line of choices alone waits for all of its first one.
func (k *ideas) wait() {
	words := [maxConcepts]int{}
	for _, i := range k.of {
		words[i%maxConcepts]++
	}
	waiting := [maxConcepts][]int32{}
	for n, l := range k.lines {
		first := concepts(0)
		if l.all == 0 {
			first = l.any[0]
		}
		for rest := l.all; rest != 0; rest &= rest - 1 {
			if c := rest & -rest; first == 0 || words[bits.TrailingZeros64(uint64(c))] < words[bits.TrailingZeros64(uint64(first))] {
				first = c
			}
		}
		for ; first != 0; first &= first - 1 {
			c := bits.TrailingZeros64(uint64(first))
			waiting[c] = append(waiting[c], int32(n)) // #nosec G115 -- some hundred lines
		}
	}
	for _, list := range waiting {
		k.waitAt = append(k.waitAt, int32(len(k.waiting))) // #nosec G115 -- as above
		k.waiting = append(k.waiting, list...)
	}
	k.waitAt = append(k.waitAt, int32(len(k.waiting))) // #nosec G115 -- as above
}

// meet reports whether the concepts of a sentence are all that a line asks for.
func (l *together) meet(s concepts) bool {
	if s&l.all != l.all {
		return false
	}
	for _, either := range l.any {
		if s&either == 0 {
			return false
		}
	}
	return true
}

// metBy reports whether the words that were met are all that a line asks for of what the
// sentence itself said.
func (l *together) metBy(met, said concepts) bool {
	if l.all&said&^met != 0 {
		return false
	}
	for _, either := range l.any {
		if either&said != 0 && either&met == 0 {
			return false
		}
	}
	return true
}

// seenIdea is a word, or some, that stand for a concept.
type seenIdea struct {
	what       idea
	start, end int32
}

// gathering collects the concepts of one text, sentence by sentence.
type gathering struct {
	k    *ideas
	seen []seenIdea
	rows []concepts // by sentence and tongue
	said []int32    // by tongue: how many of its words were seen

	speaking uint64 // the tongues that the text is in, or may be, by bit

	before []memory   // by tongue
	wanted []seenIdea // by one line, in one sentence
	counts []int32    // by line: places kept of it in this text
}

// memory holds the things that the last sentences were about.
type memory [3]concepts

func (m memory) any() concepts          { return m[0] | m[1] | m[2] }
func (m memory) then(s concepts) memory { return memory{m[1], m[2], s} }

// see notes what the words of a text mean, one by one and in a row.
func (g *gathering) see(toks []token, found []occurrence, at []int32) {
	g.seen = g.seen[:0]
	sentences := int(toks[len(toks)-1].sentence) + 1
	need := sentences * len(g.k.tongues)
	g.rows = zeroed(g.rows, need)
	g.said = zeroed(g.said, len(g.k.tongues))
	for _, o := range found {
		for _, what := range g.k.of[g.k.at[o.atom]:g.k.at[o.atom+1]] {
			g.add(toks, seenIdea{what, o.at, o.at + 1})
		}
		next := int(o.at) + 1
		runs := g.k.seqs[g.k.seqAt[o.atom]:g.k.seqAt[o.atom+1]]
		if len(runs) == 0 || next == len(toks) || toks[next].brk {
			continue
		}
		for _, w := range found[at[next]:at[next+1]] {
			if n := pairOf(o.atom, w.atom); g.k.pairs[n>>6]>>(n&63)&1 == 0 {
				continue
			}
			first, _ := slices.BinarySearchFunc(runs, w.atom, func(s sequence, atom int32) int { return cmp.Compare(s.next, atom) })
			for _, s := range runs[first:] {
				if s.next != w.atom {
					break
				}
				if g.follows(toks, found, at, w.at, g.k.rest[s.from:s.to]) {
					g.add(toks, seenIdea{s.what, o.at, o.at + 2 + s.to - s.from})
				}
			}
		}
	}
}

// follows reports whether the words behind a place are these, in the same sentence.
func (g *gathering) follows(toks []token, found []occurrence, foundAt []int32, at int32, words []int32) bool {
	for _, w := range words {
		if at++; int(at) >= len(toks) || toks[at].brk {
			return false
		}
		here := found[foundAt[at]:foundAt[at+1]]
		for len(here) > 0 && here[0].atom != w {
			here = here[1:]
		}
		if len(here) == 0 {
			return false
		}
	}
	return true
}

func (g *gathering) add(toks []token, s seenIdea) {
	g.seen = append(g.seen, s)
	g.said[s.what.tongue()]++
	g.rows[int(toks[s.start].sentence)*len(g.k.tongues)+int(s.what.tongue())] |= s.what.concept()
}

// begin forgets the things that the last text was about.
func (g *gathering) begin() { g.before = zeroed(g.before, len(g.k.tongues)) }

// settle adds a hit for every line whose concepts meet in a sentence.
func (g *gathering) settle(toks []token, text int32, wanted func(rule int32) bool, out []hit) []hit {
	n := len(g.k.tongues)
	slices.SortFunc(g.seen, func(a, b seenIdea) int { return int(a.start-b.start)<<20 + int(a.end-b.end) })
	g.counts = zeroed(g.counts, len(g.k.lines))
	spoken := 3 * slices.Max(g.said) / 4
	g.speaking = 0
	for tongue, n := range g.said {
		if n > 0 && n >= spoken {
			g.speaking |= 1 << tongue
		}
	}
	rest, at := g.seen, 0
	for from := 0; from < len(g.rows); from += n {
		row, sentence := g.rows[from:from+n], int32(from/n) // #nosec G115 -- at most maxTokens
		words := 0
		for at < len(toks) && toks[at].sentence == sentence {
			at, words = at+1, words+1
		}
		k := 0
		for k < len(rest) && toks[rest[k].start].sentence == sentence {
			k++
		}
		here := rest[:k]
		rest = rest[k:]
		everywhere := concepts(0)
		if g.k.und >= 0 {
			everywhere = row[g.k.und]
		}
		for tongue, own := range row {
			if own == 0 && g.before[tongue] == (memory{}) {
				continue
			}
			said := own | everywhere
			all, setting := said, concepts(0)
			if all&g.k.pronoun != 0 || words <= fewWords {
				before := g.before[tongue].any()
				all, setting = all|before&g.k.things, before&g.k.settings
			}
			g.before[tongue] = g.before[tongue].then(own & (g.k.things | g.k.settings))
			if own == 0 || g.said[tongue] < spoken {
				continue // a few words that it shares with the language of the text
			}
			for left := all; left != 0; left &= left - 1 {
				c := bits.TrailingZeros64(uint64(left))
				for _, l := range g.k.waiting[g.k.waitAt[c]:g.k.waitAt[c+1]] {
					line := &g.k.lines[l]
					if g.counts[l] == maxHits || !line.meet(all) || said&line.none|all&line.never != 0 || said&line.here != line.here || line.never&setting != 0 && !line.meet(said) || !wanted(line.rule) {
						continue
					}
					h := hit{rule: line.rule, part: partPhrase, text: text, tongue: int32(tongue) + 1} // #nosec G115 -- some dozen
					if h.start, h.end, h.act = g.stretch(here, line, int32(tongue), said); h.end > 0 { // #nosec G115 -- as above
						out = append(out, h)
						g.counts[l]++
					}
				}
			}
		}
	}
	return out
}

// saying is one sentence: where its words begin, and what it speaks of in the languages that
// its text is in.
type saying struct {
	first    int32 // token
	concepts concepts
}

// sayings lists the sentences of the text that was looked at last.
func (g *gathering) sayings(toks []token) []saying {
	all := make([]saying, 0, toks[len(toks)-1].sentence+1)
	for i := range toks {
		if i == 0 || toks[i].brk {
			all = append(all, saying{first: int32(i)}) // #nosec G115 -- at most maxTokens
		}
	}
	n := len(g.k.tongues)
	for from := 0; from < len(g.rows); from += n {
		for tongue, own := range g.rows[from : from+n] {
			if g.speaking>>tongue&1 != 0 || tongue == int(g.k.und) {
				all[from/n].concepts |= own
			}
		}
	}
	return all
}

// stretch is the shortest one of a sentence in which the concepts of a line meet, if it is
// short enough; end is 0 if none is. What only the sentences before said stands nowhere. It
// also gives the place of the first word for an act, or -1.
func (g *gathering) stretch(here []seenIdea, l *together, tongue int32, said concepts) (start, end, act int32) {
	wanted := l.all
	for _, either := range l.any {
		wanted |= either
	}
	if wanted&said&^g.k.pronoun == 0 {
		return 0, 0, -1 // "it" alone says nothing
	}
	g.wanted = g.wanted[:0]
	for _, s := range here {
		if s.what.concept()&wanted != 0 && (s.what.tongue() == tongue || s.what.tongue() == g.k.und) {
			g.wanted = append(g.wanted, s)
		}
	}
	act = -1
	length := l.width + 1
	for i, s := range g.wanted {
		met, last, first := concepts(0), int32(0), int32(-1)
		for _, t := range g.wanted[i:] {
			if t.start-s.start >= length {
				break
			}
			c := t.what.concept()
			met, last = met|c, max(last, t.end)
			if first < 0 && c&g.k.acts != 0 {
				first = t.start
			}
			if !l.metBy(met, said) {
				continue
			}
			if last-s.start < length {
				start, end, act, length = s.start, last, first, last-s.start
			}
			break
		}
	}
	return start, end, act
}
