package classify

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"

	"rightsmail/shared/email"
	"rightsmail/shared/rights"
)

// Lesson is a mail whose rights are known.
type Lesson struct {
	Mail   *email.Message
	Rights []rights.ID
	Weight float64 // how many lessons it counts as; 1 for most
}

// Digest tells lessons from others; it stands in weights.txt, so that weights that were not
// learnt anew show.
func Digest(lessons []Lesson) string {
	h := sha256.New()
	for _, l := range lessons {
		for _, w := range allTexts {
			if w.weighed() {
				_, _ = fmt.Fprintf(h, "%q ", TextOf(l.Mail, w)) // a hash never fails to write
			}
		}
		_, _ = fmt.Fprintf(h, "%q %v\n", l.Rights, l.Weight) // as above
	}
	return fmt.Sprintf("%d-%x", len(lessons), h.Sum(nil)[:6])
}

// How weights are learnt. For each aim they are those of a linear support vector machine
// with the squared hinge loss: of all weights that tell the lessons with the aim from those
// without, the ones that do so by the widest margin. It is solved by dual coordinate
// descent (Hsieh et al., ICML 2008).
const (
	fewestLessons = 8    // that have a feature or an aim; less teaches nothing
	fewestOfPair  = 16   // the same of two words in a row, of which there are so many more
	costOfMiss    = 2.0  // of one that falls within the margin, beside the size of the weights
	mostRounds    = 200  // over all lessons
	closeEnough   = 0.05 // a round that moves nothing by more is the last
	leastWeight   = 4    // in units; what weighs less is left out, and nobody misses it
)

// Learn works out weights.txt for the rules in fsys. The same rules, lessons and seed give
// the same weights; the seed says in which order lessons are looked at.
func Learn(fsys fs.FS, book Book, lessons []Lesson, seed uint64) ([]byte, error) {
	c, err := load(fsys, book, unweighed)
	if err != nil {
		return nil, err
	}
	aims, err := c.readAims(fsys)
	if err != nil {
		return nil, err
	}
	if len(lessons) == 0 {
		return nil, errors.New("learn: there are no lessons")
	}
	s := c.study(lessons, aims)
	found := make([]learnt, len(aims))
	var all sync.WaitGroup
	turns := make(chan struct{}, 4) // one aim after the other takes half a minute
	for n := range aims {
		all.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			found[n] = s.learn(n, rand.New(rand.NewPCG(seed, uint64(n)))) // #nosec G404 G115 -- an order, no secret
		})
	}
	all.Wait()
	return s.write(aims, found, Digest(lessons)), nil
}

// study is what lessons come to: by lesson, the features that it has and how much each says.
type study struct {
	features []string  // sorted
	rarity   []float64 // by feature: ln(lessons/lessons that have it)
	has      [][]measure
	asks     [][]bool // by lesson and aim
	counts   []float64
}

type measure struct {
	feature int32
	size    float64
}

type learnt struct {
	weights []float64
	bias    float64
}

func (c *Classifier) study(lessons []Lesson, aims []aim) *study {
	s := &study{}
	in := make([][]string, len(lessons))
	common := map[string]int{}
	for i, l := range lessons {
		in[i] = slices.Collect(c.featuresOf(c.read(l.Mail, Context{})))
		for _, f := range in[i] {
			common[f]++
		}
		asks := make([]bool, len(aims))
		for n, a := range aims {
			asks[n] = slices.ContainsFunc(l.Rights, func(id rights.ID) bool { return slices.Contains(a.counts, id) })
		}
		s.asks, s.counts = append(s.asks, asks), append(s.counts, l.Weight)
	}
	maps.DeleteFunc(common, func(f string, n int) bool {
		return n < fewestLessons || n < fewestOfPair && strings.Contains(f, pairSign)
	})
	s.features = slices.Sorted(maps.Keys(common))
	number := make(map[string]int32, len(s.features))
	for i, f := range s.features {
		number[f] = int32(i) // #nosec G115 -- some ten thousand
		s.rarity = append(s.rarity, math.Round(math.Log(float64(len(lessons))/float64(common[f]))*rarityUnit)/rarityUnit)
	}
	for _, features := range in {
		var has []measure
		squares := 0.0
		for _, f := range features {
			if n, known := number[f]; known {
				has = append(has, measure{n, s.rarity[n]})
				squares += s.rarity[n] * s.rarity[n]
			}
		}
		for i := range has {
			has[i].size /= math.Sqrt(squares)
		}
		s.has = append(s.has, has)
	}
	return s
}

// learn finds the weights for one aim.
func (s *study) learn(n int, order *rand.Rand) learnt {
	l := learnt{weights: make([]float64, len(s.features)), bias: never}
	having := 0
	for i := range s.asks {
		if s.asks[i][n] {
			having++
		}
	}
	if having < fewestLessons {
		return l
	}
	l.bias = 0
	pull := make([]float64, len(s.has)) // by lesson: how much of the weights is its doing
	turns := make([]int, len(s.has))
	for i := range turns {
		turns[i] = i
	}
	for range mostRounds {
		order.Shuffle(len(turns), func(a, b int) { turns[a], turns[b] = turns[b], turns[a] })
		moved := 0.0
		for _, i := range turns {
			side := -1.0
			if s.asks[i][n] {
				side = 1
			}
			yields := 1 / (2 * costOfMiss * s.counts[i])
			sum, squares := l.bias, 1.0
			for _, m := range s.has[i] {
				sum += l.weights[m.feature] * m.size
				squares += m.size * m.size
			}
			slope := side*sum - 1 + yields*pull[i]
			if pull[i] == 0 && slope >= 0 {
				continue
			}
			old := pull[i]
			pull[i] = max(old-slope/(squares+yields), 0)
			step := side * (pull[i] - old)
			moved = max(moved, math.Abs(slope))
			l.bias += step
			for _, m := range s.has[i] {
				l.weights[m.feature] += step * m.size
			}
		}
		if moved < closeEnough {
			break
		}
	}
	return l
}

// never is what an aim weighs of which there are too few lessons.
const never = -9

// write gives weights.txt: numbers that are so small that the file is read in no time.
func (s *study) write(aims []aim, all []learnt, digest string) []byte {
	most := 0.0
	for _, l := range all {
		for _, w := range l.weights {
			most = max(most, math.Abs(w))
		}
	}
	unit := most / math.MaxInt8
	var b bytes.Buffer
	fmt.Fprintf(&b, "# Written by go run ./scripts/learn; see weights.go.\n=lessons %s\n=unit %.6g\n=bias", digest, unit)
	for n, a := range aims {
		fmt.Fprintf(&b, " %s:%.4f", a.name, all[n].bias)
	}
	for i, f := range s.features {
		line := strings.Builder{}
		for n := range aims {
			if w := int(math.Round(all[n].weights[i] / unit)); max(w, -w) >= leastWeight {
				line.WriteString(" " + strconv.Itoa(n) + ":" + strconv.Itoa(w))
			}
		}
		if line.Len() > 0 {
			fmt.Fprintf(&b, "\n%s %d%s", f, int(math.Round(s.rarity[i]*rarityUnit)), line.String())
		}
	}
	b.WriteByte('\n')
	return b.Bytes()
}

// featuresOf names everything in a mail that can have weights, each once: a word as it is
// folded, "take_off" for two in a row, "+erase" for a concept, "+data+erase" for two in one
// sentence, "+erase>data" for two that follow each other and "#3" for the number of sentences.
func (c *Classifier) featuresOf(r *reading) iter.Seq[string] {
	return func(yield func(string) bool) {
		seen, done := map[string]bool{}, false
		once := func(f string) {
			if !seen[f] && !done {
				seen[f] = true
				done = !yield(f)
			}
		}
		folded := func(t *text, tok *token) string {
			word := tok.fold(t.raw)
			if right, other := c.mean.Spellings[word]; other {
				return right
			}
			return word
		}
		r.features(passage{0, r.sentences()}, func(t *text, before, tok *token) {
			if !tok.says(t.raw) {
				return
			}
			word := folded(t, tok)
			once(word)
			if before != nil && before.says(t.raw) {
				once(folded(t, before) + pairSign + word)
			}
		}, func(code int) { once(c.program.ideas.nameOf(code)) })
	}
}

// nameOf is the name of a feature that is no word.
func (k *ideas) nameOf(code int) string {
	kind, a, b := code/(maxConcepts*maxConcepts), code/maxConcepts%maxConcepts, code%maxConcepts
	switch {
	case kind == inSentence && a == b:
		return "+" + k.concepts[a]
	case kind == inSentence:
		return "+" + k.concepts[a] + "+" + k.concepts[b]
	case kind == inSequence:
		return "+" + k.concepts[a] + ">" + k.concepts[b]
	}
	return fmt.Sprintf("#%d", b)
}
