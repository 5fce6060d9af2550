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
	"slices"
	"strconv"
	"strings"
	"unicode"

	"rightsmail/shared/rights"
)

// Phrases and lines of concepts are sure of what they know, and know a small part of what
// people write. So all that a mail says also has weights: how much it speaks for each of the
// things that a mail may want, and how much against. Its words have some, its concepts, two
// concepts that meet in a sentence, and two of which one comes up to two sentences behind the
// other: who writes "My old number is in there. Could that go." is understood by what follows
// what. The weights are learnt from mails whose rights are known (learn.go). They stand in
// rules/weights.txt, and rules/aims.yaml lists what a mail may want.
//
// What a mail weighs for an aim is the sum of the weights of all that it says, divided by
// its length (the root of the sum of the squares of how rare each of it is), so that a long
// letter weighs no more than a short one. ponder.go says what comes of it.

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
	ofIdeas []uint16  // by code, as above; see ideasCode
	rarity  string    // by feature, in units of 1/rarityUnit
	rowAt   []int32   // by feature, into rows, in pairs; one more for the end
	rows    string    // an aim and its weight, two's complement, a byte each
}

const (
	rarityUnit  = 25 // ln(texts/texts that have it) is at most ln(20,000), 9.9
	maxFeatures = math.MaxUint16 - 1
	farSentence = 2 // sentences on that a concept is taken together with another
)

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

// features gives everything in a mail that may have weights, as often as it stands there:
// words by text and token, the rest by code. What we wrote ourselves says nothing.
func (r *reading) features(word func(t *text, tok *token), ideas func(code int)) {
	sentences := 0
	var before [farSentence]concepts
	for i := range r.texts {
		t := &r.texts[i]
		if !r.weighs(t) {
			continue
		}
		theirs := r.theirs(i, t)
		for k := range t.toks {
			if tok := &t.toks[k]; theirs == nil || theirs[tok.sentence] {
				word(t, tok)
			}
		}
		for n, met := range r.met[i] {
			if theirs != nil && !theirs[n] {
				continue
			}
			sentences++
			for a, rest := range met.each() {
				ideas(ideasCode(inSentence, a, a))
				for b := range rest.each() {
					ideas(ideasCode(inSentence, a, b))
				}
				for _, last := range before {
					for b := range last.each() {
						ideas(ideasCode(inSequence, b, a))
					}
				}
			}
			copy(before[1:], before[:])
			before[0] = met
		}
	}
	ideas(ideasCode(ofWhole, 0, min(sentences, manySentences)))
}

// weighs reports whether what a text says has weights: the subject of a reply is that of the
// mail before.
func (r *reading) weighs(t *text) bool {
	return t.where.weighed() && !(r.reply && t.where == InSubject)
}

// theirs tells which sentences of a text have no word that is ours; nil for all of them.
func (r *reading) theirs(i int, t *text) (theirs []bool) {
	for k, own := range t.ours {
		if theirs == nil {
			theirs = slices.Repeat([]bool{true}, len(r.met[i]))
		}
		if own {
			theirs[t.toks[k].sentence] = false
		}
	}
	return theirs
}

// says reports whether a word may have weights: a number says who writes, not what for, unless
// it is short enough for an age, and so does an address.
func (t token) says(text string) bool {
	return t.form <= formFold && (t.end-t.start <= 2 || strings.IndexFunc(text[t.start:t.end], unicode.IsDigit) < 0)
}

// scale weighs a mail, or a part of it.
type scale struct {
	w    *weights
	seen []uint64 // features, by bit: each counts once
	sums []int    // by aim
	far  int      // the sum of the squares of rarity
}

func (w *weights) newScale() *scale {
	return &scale{w: w, seen: make([]uint64, len(w.rarity)/64+1), sums: make([]int, len(w.aims))}
}

// put adds a feature, given by one more than its number.
func (s *scale) put(n uint16) {
	if n == 0 {
		return
	}
	n--
	if s.seen[n/64]>>(n%64)&1 != 0 {
		return
	}
	s.seen[n/64] |= 1 << (n % 64)
	rare := int(s.w.rarity[n])
	s.far += rare * rare
	for row := s.w.rows[2*s.w.rowAt[n] : 2*s.w.rowAt[n+1]]; len(row) > 1; row = row[2:] {
		s.sums[row[0]] += rare * int(int8(row[1])) // #nosec G115 -- as written
	}
}

func (s *scale) word(t *text, tok *token) {
	if tok.atom >= 0 {
		s.put(s.w.ofWord[tok.atom])
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
	for i, sum := range s.sums {
		out[i] += float64(sum) * s.w.unit / length
	}
	return out
}

// weights is what the mail weighs, by aim.
func (r *reading) weights() []float64 {
	s := r.c.weights.newScale()
	r.features(s.word, s.ideas)
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
	bias map[string]float64 // by aim
	rows []writtenRow       // in order of feature
}

type writtenRow struct {
	feature string
	rarity  int            // in units of 1/rarityUnit
	weights map[string]int // by aim, in units
}

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
	if len(aims) > 1<<8 {
		return nil, fmt.Errorf("load %s: %d aims, at most %d", aimsFile, len(aims), 1<<8)
	}
	return aims, nil
}

// readWritten reads weights.txt. One line tells the lessons from others, one gives the unit,
// one what each aim weighs before a word is said, every other a feature, its rarity and its
// weights.
func readWritten(fsys fs.FS) (all written, err error) {
	data, err := fs.ReadFile(fsys, weightsFile)
	if err != nil {
		return all, fmt.Errorf("load %s: %w", weightsFile, err)
	}
	all.bias = map[string]float64{}
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
		if row.feature[0] != '+' && row.feature[0] != '#' {
			g.atom(row.feature)
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
			if w.bias[name], err = strconv.ParseFloat(number, 64); err != nil {
				return err
			}
		}
		return nil
	}
	if len(fields) < 2 {
		return fmt.Errorf("%.40q has no weights", fields[0])
	}
	row := writtenRow{feature: fields[0], weights: map[string]int{}}
	if row.rarity, err = strconv.Atoi(fields[1]); err != nil || row.rarity < 0 || row.rarity > math.MaxUint8 {
		return fmt.Errorf("the rarity of %.40q is no number from 0 to %d", fields[0], math.MaxUint8)
	}
	for _, f := range fields[2:] {
		name, number, _ := strings.Cut(f, ":")
		n, err := strconv.ParseInt(number, 10, 8)
		if err != nil {
			return fmt.Errorf("the weight of %.40q for %.40q is no number from -128 to 127", fields[0], name)
		}
		row.weights[name] = int(n)
	}
	w.rows = append(w.rows, row)
	return nil
}

func (w *written) check() error {
	if !(w.unit > 0) || len(w.bias) == 0 {
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
	w.unit, w.bias = all.unit, make([]float64, len(w.aims))
	for name, b := range all.bias {
		n := slices.IndexFunc(w.aims, func(a aim) bool { return a.name == name })
		if n < 0 {
			return fmt.Errorf("load %s: %q is not in %s", weightsFile, name, aimsFile)
		}
		w.bias[n] = b
	}
	w.ofWord, w.ofIdeas = make([]uint16, len(atoms)), make([]uint16, ideasCodes)
	codes := map[string]int{}
	for code := range ideasCodes {
		if a, b := code/maxConcepts%maxConcepts, code%maxConcepts; code/maxConcepts/maxConcepts == ofWhole || max(a, b) < len(k.concepts) {
			codes[k.nameOf(code)] = code
		}
	}
	numbers := func(row writtenRow) (place *uint16, err error) {
		if row.feature[0] == '+' || row.feature[0] == '#' {
			code, known := codes[row.feature]
			if !known {
				return nil, fmt.Errorf("load %s: %q names a concept that is not in %s", weightsFile, row.feature, conceptsFile)
			}
			return &w.ofIdeas[code], nil
		}
		return &w.ofWord[atoms[row.feature]], nil
	}
	// Words first, by atom, then concepts, by code: so they are written to the file.
	where := func(row writtenRow) int {
		if row.feature[0] == '+' || row.feature[0] == '#' {
			return len(atoms) + codes[row.feature]
		}
		return int(atoms[row.feature])
	}
	slices.SortStableFunc(all.rows, func(a, b writtenRow) int { return cmp.Compare(where(a), where(b)) })
	var rarity, rows []byte
	for i, row := range all.rows {
		place, err := numbers(row)
		if err != nil {
			return err
		}
		if *place != 0 {
			return fmt.Errorf("load %s: %q stands there twice", weightsFile, row.feature)
		}
		*place = uint16(i + 1) // #nosec G115 -- at most maxFeatures
		rarity = append(rarity, byte(row.rarity)) // #nosec G115 -- looked at when it was read
		w.rowAt = append(w.rowAt, int32(len(rows)/2)) // #nosec G115 -- some hundred thousand
		for name := range row.weights {
			if !slices.ContainsFunc(w.aims, func(a aim) bool { return a.name == name }) {
				return fmt.Errorf("load %s: %q is not in %s", weightsFile, name, aimsFile)
			}
		}
		for n, a := range w.aims {
			if weight := row.weights[a.name]; weight != 0 {
				rows = append(rows, byte(n), byte(int8(weight))) // #nosec G115 -- looked at when it was read
			}
		}
	}
	w.rowAt = append(w.rowAt, int32(len(rows)/2)) // #nosec G115 -- as above
	w.rarity, w.rows = string(rarity), string(rows)
	return nil
}
