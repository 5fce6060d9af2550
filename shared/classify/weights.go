package classify

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"rightsmail/shared/rights"
)

// Phrases and lines of concepts are sure of what they know, and know a small part of what
// people write. So all that a mail says also has weights: how much it speaks for each of the
// things that a mail may want, and how much against. Its words have some, two words in a row,
// its concepts, two concepts that meet in a sentence, and two of which one comes up to two
// sentences behind the other: who writes "My old number is in there. Could that go." is
// understood by what follows what. The weights are learnt from mails whose rights are known
// (learn.go). They stand in rules/weights.txt, and rules/aims.yaml lists what a mail may want.
//
// What a mail weighs for an aim is the sum of the weights of all that it says, divided by
// its length (the root of the sum of the squares of how rare each of it is), so that a long
// passage weighs no more than a short one. ponder.go says what comes of it.

// aim is something that a mail may want and that has weights: a topic, a right or a class.
type aim struct {
	name   string
	counts []rights.ID // the rights that it may come to, under any law
}

// weights is what the compiled rules know of them. A feature is a word, a concept, or two.
type weights struct {
	aims    []aim
	bias    []float64 // by aim
	unit    float64   // of the numbers in rows
	ofWord  []uint16  // by atom: one more than the number of its feature, or 0
	ofPair  pairTable // by two atoms, as above
	ofIdeas []uint16  // by code, as above; see ideasCode
	rarity  string    // by feature, in units of 1/rarityUnit
	rowAt   []int32   // by feature, into rows, in pairs; one more for the end
	rows    string    // an aim and its weight, two's complement, a byte each
}

const (
	rarityUnit  = 25 // ln(texts/texts that have it) is at most ln(25,000), 10.2
	maxFeatures = math.MaxUint16 - 1
	maxAims     = 1 << 8
	farSentence = 2 // sentences on that a concept is taken together with another
)

// pairTable finds the feature of two words in a row: a hash table with open addresses, half
// of it or more free.
type pairTable struct {
	pairs    []uint32 // atoms; see pairKey
	features []uint16 // 0 where it is free
	shift    int      // of a hash to its place
}

func pairKey(first, second int32) uint32 { return uint32(first)<<16 | uint32(second) } // #nosec G115 -- at most maxAtoms

func newPairTable(n int) pairTable {
	size := bits.Len(uint(2*n + 1)) // #nosec G115 -- some ten thousand
	return pairTable{make([]uint32, 1<<size), make([]uint16, 1<<size), 32 - size}
}

// at is where a pair is, or would be.
func (t *pairTable) at(pair uint32) int {
	i := int(pair * 0x9e3779b1 >> t.shift)
	for t.features[i] != 0 && t.pairs[i] != pair {
		i = (i + 1) & (len(t.pairs) - 1)
	}
	return i
}

func (t *pairTable) find(pair uint32) uint16 { return t.features[t.at(pair)] }

func (t *pairTable) add(pair uint32, feature uint16) {
	i := t.at(pair)
	t.pairs[i], t.features[i] = pair, feature
}

// ideasCode is the number of a feature of concepts: of one, of two in one sentence or of two
// that follow each other; behind them is how many sentences a mail has.
func ideasCode(kind, a, b int) int { return (kind*maxConcepts+a)*maxConcepts + b }

const (
	inSentence = iota // of one concept twice: the concept itself
	inSequence
	ofWhole
	ideasCodes = (ofWhole*maxConcepts + 1) * maxConcepts
)

// manySentences is how many sentences are told apart from more.
const manySentences = 8

// weighed reports a text whose words and concepts have weights.
func (w Where) weighed() bool {
	return w == InSubject || w == InNew || w == InAttachment || w == InForwarded
}

// passage is some of the sentences of a mail, one after the other over all texts that are
// weighed.
type passage struct{ from, to int }

// features gives everything in a passage of a mail that may have weights, as often as it stands
// there: words by text and token, with the one before if it is in the same sentence, the rest
// by code. What we wrote ourselves says nothing.
func (r *reading) features(in passage, word func(t *text, before, tok *token), ideas func(code int)) {
	sentences, first := 0, 0
	var last [farSentence]concepts // of the sentences before
	for i := range r.texts {
		t := &r.texts[i]
		if !r.weighs(t) {
			continue
		}
		for n := max(in.from-first, 0); n < min(in.to-first, len(r.said[i])); n++ {
			from, to := r.tokens(i, n)
			if t.ours != nil && slices.Contains(t.ours[from:to], true) {
				continue
			}
			sentences++
			for k := from; k < to; k++ {
				if k == from {
					word(t, nil, &t.toks[k])
				} else {
					word(t, &t.toks[k-1], &t.toks[k])
				}
			}
			before := concepts(0)
			for _, c := range last {
				before |= c
			}
			met := r.said[i][n].concepts
			for rest := met; rest != 0; {
				a := bits.TrailingZeros64(uint64(rest))
				for left := rest; left != 0; left &= left - 1 { // the concept itself and those behind it
					ideas(ideasCode(inSentence, a, bits.TrailingZeros64(uint64(left))))
				}
				for left := before; left != 0; left &= left - 1 {
					ideas(ideasCode(inSequence, bits.TrailingZeros64(uint64(left)), a))
				}
				rest &= rest - 1
			}
			copy(last[1:], last[:])
			last[0] = met
		}
		first += len(r.said[i])
	}
	ideas(ideasCode(ofWhole, 0, min(sentences, manySentences)))
}

// sentences is how many sentences there are that may be weighed.
func (r *reading) sentences() (n int) {
	for i := range r.texts {
		if r.weighs(&r.texts[i]) {
			n += len(r.said[i])
		}
	}
	return n
}

// Passages of a long mail are weighed each for itself, or a wish would drown in the story
// around it. They overlap, so that no wish is cut off from what it is about.
const (
	fewSentences = 8 // are one passage
	mostPassages = 32
)

func (r *reading) passages() (all []passage) {
	n := r.sentences()
	if n <= fewSentences {
		return []passage{{0, n}}
	}
	step := max(fewSentences-farSentence, (n+mostPassages-1)/mostPassages)
	for from := 0; from+farSentence < n; from += step {
		all = append(all, passage{from, min(from+step+farSentence, n)})
	}
	return all
}

// weighs reports whether what a text says has weights: the subject of a reply is that of the
// mail before.
func (r *reading) weighs(t *text) bool {
	return t.where.weighed() && !(r.reply && t.where == InSubject)
}

// tokens are those of a sentence of a text.
func (r *reading) tokens(i, n int) (from, to int) {
	from, to = int(r.said[i][n].first), len(r.texts[i].toks)
	if n+1 < len(r.said[i]) {
		to = int(r.said[i][n+1].first)
	}
	return from, to
}

// says reports whether a word may have weights: a number says who writes, not what for, unless
// it is short enough for an age, and so does an address.
func (t token) says(text string) bool {
	return t.form <= formFold && (t.end-t.start <= 2 || strings.IndexFunc(text[t.start:t.end], unicode.IsDigit) < 0)
}

// scale weighs a mail, or a part of it.
type scale struct {
	w    *weights
	seen []uint64       // features, by bit: each counts once
	sums [maxAims]int32 // by aim
	far  int            // the sum of the squares of rarity
}

func (w *weights) newScale() *scale {
	return &scale{w: w, seen: make([]uint64, len(w.rarity)/64+1)}
}

// put adds a feature, given by one more than its number, or 0 for none.
func (s *scale) put(n uint16) {
	if n != 0 && s.seen[n/64]>>(n%64)&1 == 0 {
		s.add(n)
	}
}

func (s *scale) add(n uint16) {
	s.seen[n/64] |= 1 << (n % 64)
	rare := int32(s.w.rarity[n-1])
	s.far += int(rare * rare)
	row := s.w.rows[2*s.w.rowAt[n-1] : 2*s.w.rowAt[n]]
	for k := 1; k < len(row); k += 2 {
		s.sums[row[k-1]] += rare * int32(int8(row[k])) // #nosec G115 -- as written
	}
}

func (s *scale) word(_ *text, before, tok *token) {
	if tok.atom < 0 {
		return
	}
	s.put(s.w.ofWord[tok.atom])
	if before != nil && before.atom >= 0 {
		s.put(s.w.ofPair.find(pairKey(before.atom, tok.atom)))
	}
}

func (s *scale) ideas(code int) { s.put(s.w.ofIdeas[code]) }

// result is what was weighed, by aim.
func (s *scale) result() []float64 {
	out := slices.Clone(s.w.bias)
	if s.far == 0 {
		return out
	}
	length := math.Sqrt(float64(s.far))
	for i, sum := range s.sums[:len(out)] {
		out[i] += float64(sum) * s.w.unit / length
	}
	return out
}

// weights is what a passage of the mail weighs, by aim.
func (r *reading) weights(in passage) []float64 {
	s := r.c.weights.newScale()
	r.features(in, s.word, s.ideas)
	return s.result()
}

// class reports an aim that is no right.
func (a aim) class() bool {
	return a.name == string(rights.SupportGeneral) || a.name == string(rights.Spam)
}

// of is the aim that a right counts as, or -1.
func (w *weights) of(id rights.ID) int {
	return slices.IndexFunc(w.aims, func(a aim) bool { return slices.Contains(a.counts, id) })
}

const (
	aimsFile    = "aims.yaml"
	weightsFile = "weights.txt"
)

// written is weights.txt as it stands there, its lines by feature.
type written struct {
	unit float64
	aims []string
	bias []float64 // by aim
	rows []writtenRow
}

type writtenRow struct {
	feature string
	rarity  int         // in units of 1/rarityUnit
	weights map[int]int // by aim, in units
}

// pairSign stands between two words in a row.
const pairSign = "_"

// ofIdeas reports a feature that is no word.
func (r writtenRow) ofIdeas() bool { return r.feature[0] == '+' || r.feature[0] == '#' }

// readAims reads the list of what a mail may want.
func (c *Classifier) readAims(fsys fs.FS) (aims []aim, err error) {
	list := map[string][]rights.ID{}
	if err := readStrict(fsys, aimsFile, &list); err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(list)) {
		a := aim{name, list[name]}
		if _, topic := c.mean.Topics[name]; !topic {
			if len(a.counts) > 0 {
				return nil, fmt.Errorf("load %s: %s: only a topic may come to several rights; leave the list empty", aimsFile, name)
			}
			a.counts = []rights.ID{rights.ID(name)}
		}
		for _, id := range a.counts {
			if !c.known(id) {
				return nil, fmt.Errorf("load %s: %s: %q is no topic, and no right in any law of the book", aimsFile, name, id)
			}
			if slices.ContainsFunc(aims, func(o aim) bool { return slices.Contains(o.counts, id) }) {
				return nil, fmt.Errorf("load %s: %s counts as two", aimsFile, id)
			}
		}
		aims = append(aims, a)
	}
	for _, id := range []rights.ID{rights.SupportGeneral, rights.Spam} {
		if !slices.ContainsFunc(aims, func(a aim) bool { return a.name == string(id) }) {
			return nil, fmt.Errorf("load %s: support_general and spam must be among them", aimsFile)
		}
	}
	if len(aims) > maxAims {
		return nil, fmt.Errorf("load %s: %d aims, at most %d", aimsFile, len(aims), maxAims)
	}
	return aims, nil
}

// readWritten reads weights.txt. One line tells the lessons from others, one gives the unit,
// one what each aim weighs before a word is said, every other a feature, its rarity and its
// weights by the number of the aim in that line.
func readWritten(fsys fs.FS) (all written, err error) {
	data, err := fs.ReadFile(fsys, weightsFile)
	if err != nil {
		return all, fmt.Errorf("load %s: %w", weightsFile, err)
	}
	lines := bufio.NewScanner(bytes.NewReader(data))
	for n := 1; lines.Scan(); n++ {
		fields := strings.Fields(lines.Text())
		if len(fields) == 0 || strings.HasPrefix(lines.Text(), "# ") {
			continue
		}
		if err := all.line(fields); err != nil {
			return all, fmt.Errorf("load %s:%d: %w: write the file anew with go run ./scripts/learn", weightsFile, n, err)
		}
	}
	return all, cmp.Or(lines.Err(), all.check())
}

// readWeights reads what has weights, and makes its words known.
func (c *Classifier) readWeights(fsys fs.FS, g *grammar, w *weights) (all written, err error) {
	if w.aims, err = c.readAims(fsys); errors.Is(err, fs.ErrNotExist) {
		return all, nil // rules can do without
	} else if err != nil {
		return all, err
	}
	if all, err = readWritten(fsys); err != nil {
		return all, err
	}
	for _, row := range all.rows {
		if row.ofIdeas() {
			continue
		}
		for word := range strings.SplitSeq(row.feature, pairSign) {
			g.atom(word)
		}
	}
	return all, nil
}

func (w *written) line(fields []string) (err error) {
	switch fields[0] {
	case "=lessons": // what they were learnt from
		return nil
	case "=unit":
		if len(fields) != 2 {
			return fmt.Errorf("a unit is one number")
		}
		w.unit, err = strconv.ParseFloat(fields[1], 64)
		return err
	case "=bias":
		for _, f := range fields[1:] {
			name, number, _ := strings.Cut(f, ":")
			bias, err := strconv.ParseFloat(number, 64)
			if err != nil {
				return err
			}
			w.aims, w.bias = append(w.aims, name), append(w.bias, bias)
		}
		return nil
	}
	if len(fields) < 2 {
		return fmt.Errorf("%.40q has no weights", fields[0])
	}
	row := writtenRow{feature: fields[0], weights: map[int]int{}}
	if row.rarity, err = strconv.Atoi(fields[1]); err != nil || row.rarity < 0 || row.rarity > math.MaxUint8 {
		return fmt.Errorf("the rarity of %.40q is no number from 0 to %d", fields[0], math.MaxUint8)
	}
	for _, f := range fields[2:] {
		aim, weight, _ := strings.Cut(f, ":")
		a, err := strconv.Atoi(aim)
		if err != nil || a < 0 || a >= len(w.aims) {
			return fmt.Errorf("%.40q of %.40q is no number of an aim", aim, fields[0])
		}
		n, err := strconv.ParseInt(weight, 10, 8)
		if err != nil {
			return fmt.Errorf("a weight of %.40q is no number from -128 to 127", fields[0])
		}
		row.weights[a] = int(n)
	}
	w.rows = append(w.rows, row)
	return nil
}

func (w *written) check() error {
	if !(w.unit > 0) || len(w.aims) == 0 {
		return fmt.Errorf("load %s: the unit or the bias is missing: write the file anew with go run ./scripts/learn", weightsFile)
	}
	if len(w.rows) > maxFeatures {
		return fmt.Errorf("load %s: %d features, at most %d", weightsFile, len(w.rows), maxFeatures)
	}
	return nil
}

// lay puts what was written into tables, once the words have their atoms.
func (w *weights) lay(all written, atoms map[string]int32, k *ideas) error {
	if len(w.aims) == 0 {
		return nil
	}
	w.unit, w.bias = all.unit, slices.Repeat([]float64{never}, len(w.aims))
	place := make([]int, len(all.aims)) // of the aims in the file, among all
	for i, name := range all.aims {
		n := slices.IndexFunc(w.aims, func(a aim) bool { return a.name == name })
		if n < 0 {
			return fmt.Errorf("load %s: %q is not in %s", weightsFile, name, aimsFile)
		}
		place[i], w.bias[n] = n, all.bias[i]
	}
	codes := map[string]int{}
	for code := range ideasCodes {
		if a, b := code/maxConcepts%maxConcepts, code%maxConcepts; code/maxConcepts/maxConcepts == ofWhole || max(a, b) < len(k.concepts) {
			codes[k.nameOf(code)] = code
		}
	}
	// Words first, by atom, then two words, then concepts, by code: so they stand in the file.
	type placed struct {
		writtenRow
		kind, place int
	}
	const word, pair, ideas = 0, 1, 2
	var list []placed
	pairs := 0
	for _, row := range all.rows {
		first, second, two := strings.Cut(row.feature, pairSign)
		switch code, known := codes[row.feature]; {
		case row.ofIdeas() && !known:
			return fmt.Errorf("load %s: %q names a concept that is not in %s", weightsFile, row.feature, conceptsFile)
		case row.ofIdeas():
			list = append(list, placed{row, ideas, code})
		case two:
			list = append(list, placed{row, pair, int(pairKey(atoms[first], atoms[second]))})
			pairs++
		default:
			list = append(list, placed{row, word, int(atoms[row.feature])})
		}
	}
	slices.SortFunc(list, func(a, b placed) int { return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.place, b.place)) })
	w.ofWord, w.ofPair, w.ofIdeas = make([]uint16, len(atoms)), newPairTable(pairs), make([]uint16, ideasCodes)
	var rarity, rows []byte
	for i, row := range list {
		if i > 0 && row.kind == list[i-1].kind && row.place == list[i-1].place {
			return fmt.Errorf("load %s: %q stands there twice", weightsFile, row.feature)
		}
		switch n := uint16(i + 1); row.kind { // #nosec G115 -- at most maxFeatures
		case word:
			w.ofWord[row.place] = n
		case pair:
			w.ofPair.add(uint32(row.place), n) // #nosec G115 -- as written
		default:
			w.ofIdeas[row.place] = n
		}
		rarity = append(rarity, byte(row.rarity))     // #nosec G115 -- looked at when it was read
		w.rowAt = append(w.rowAt, int32(len(rows)/2)) // #nosec G115 -- some hundred thousand
		for i, n := range place {
			if weight := row.weights[i]; weight != 0 {
				rows = append(rows, byte(n), byte(int8(weight))) // #nosec G115 -- looked at when it was read
			}
		}
	}
	w.rowAt = append(w.rowAt, int32(len(rows)/2)) // #nosec G115 -- as above
	w.rarity, w.rows = string(rarity), string(rows)
	return nil
}
