package classify

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
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
	costOfMiss  = 4.0  // of one that falls within the margin, beside the size of the weights
	mostRounds  = 200  // over all lessons
	closeEnough = 0.05 // a round that moves nothing by more is the last
	leastWeight = 3    // in units; what weighs less is left out, and hardly missed
	fewestOfAim = 8    // lessons; less teaches nothing
	manyLessons = 9000 // in one language, and it is learnt by itself as well
)

// fewestLessons that have a feature: what stands in one is chance.
var fewestLessons = [featureKinds]int{ofWord: 2, ofPair: 4, ofNear: 8, ofOwnSense: 8, ofSenseOwn: 8, ofMood: 8, ofSense: 6, ofSenses: 8, ofConcept: 4, ofTogether: 6, ofLater: 6, ofLength: 4, ofRule: 3}

// telling is how much a feature says beside others that are as rare. It was chosen on lessons
// held back.
var telling = [featureKinds]float64{ofWord: 1.7, ofPair: 1, ofNear: 1, ofOwnSense: 1, ofSenseOwn: 1, ofMood: 1, ofSense: 1.5, ofSenses: 1, ofConcept: 1, ofTogether: 1, ofLater: 1, ofLength: 1, ofRule: 1.5}

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
	x, err := readSenses(fsys)
	if err != nil {
		return nil, err
	}
	senses, err := hashOf(fsys, x.files)
	if err != nil {
		return nil, err
	}
	heard := c.hear(lessons, aims)
	var out bytes.Buffer
	fmt.Fprintf(&out, "# Written by go run ./scripts/learn; see weights.go.\n%s %s\n%s %s\n", lessonsLine, Digest(lessons), sensesLine, senses)
	teach(&out, heard, aims, seed)
	if err := c.learnSecond(&out, lessons, heard, aims, seed); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// teach learns a model from all lessons, and one for each language that has many, and adds them
// to weights.txt.
func teach(out *bytes.Buffer, h *heard, aims []aim, seed uint64) {
	studies := []*study{studyOf("", h)}
	languages := map[string]int{}
	for _, l := range h.lessons {
		languages[l.language]++
	}
	for _, language := range slices.Sorted(maps.Keys(languages)) {
		if languages[language] >= manyLessons {
			studies = append(studies, studyOf(language, h))
		}
	}
	for _, s := range studies {
		s.write(out, aims, s.learnAll(len(aims), seed))
	}
}

// learnAll finds the weights for all aims, some at a time: one after the other takes minutes. The
// seed says in which order lessons are looked at.
func (s *study) learnAll(aims int, seed uint64) []learnt {
	found := make([]learnt, aims)
	var all sync.WaitGroup
	turns := make(chan struct{}, 4)
	for n := range aims {
		all.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			found[n] = s.learn(n, rand.New(rand.NewPCG(seed, uint64(n)))) // #nosec G404 G115 -- an order, no secret
		})
	}
	all.Wait()
	return found
}

// heard is what all lessons say.
type heard struct {
	lessons []heardLesson
	names   names
}

type heardLesson struct {
	language string
	features []feature // each once
	asks     []bool    // by aim
	counts   float64
}

// hear lists the features of all lessons.
func (c *Classifier) hear(lessons []Lesson, aims []aim) *heard {
	words := map[uint64]string{begins.word: beginning, asks.word: question}
	h := &heard{names: names{words: words, senses: c.weights.lexicon.names, concepts: c.program.ideas.concepts, rules: c.ruleIDs()}}
	l := &listener{named: h.names.words}
	for _, lesson := range lessons {
		r := c.read(lesson.Mail, Context{})
		one := heardLesson{language: r.lang, counts: lesson.Weight}
		seen := map[feature]bool{}
		add := func(f feature) {
			if !seen[f] {
				seen[f] = true
				one.features = append(one.features, f)
			}
		}
		sentences := 0
		r.listen(l, func(inside, later []feature) {
			if inside != nil {
				sentences++
			}
			for _, f := range inside {
				add(f)
			}
			for _, f := range later {
				add(f)
			}
		})
		add(lengthOf(sentences))
		for _, a := range aims {
			one.asks = append(one.asks, slices.ContainsFunc(lesson.Rights, func(id rights.ID) bool { return slices.Contains(a.counts, id) }))
		}
		h.lessons = append(h.lessons, one)
	}
	return h
}

// study is what the lessons for a model come to: by lesson, the features that it has and how
// much each says.
type study struct {
	language string
	cost     float64   // of a miss
	features []string  // as they are written, sorted
	size     []float64 // by feature: ln(lessons/lessons that have it), times what it says
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

// studyOf takes the lessons in a language, or all.
func studyOf(language string, h *heard) *study {
	s := &study{language: language, cost: costOfMiss}
	common := map[feature]int{}
	var lessons []heardLesson
	for _, l := range h.lessons {
		if language != "" && l.language != language {
			continue
		}
		lessons = append(lessons, l)
		for _, f := range l.features {
			common[f]++
		}
	}
	written := map[string]feature{}
	for f, n := range common {
		if n >= fewestLessons[f.kind] {
			written[h.names.write(f)] = f
		}
	}
	s.features = slices.Sorted(maps.Keys(written))
	number := make(map[feature]int32, len(s.features))
	for i, name := range s.features {
		f := written[name]
		number[f] = int32(i) // #nosec G115 -- some hundred thousand
		size := telling[f.kind] * math.Log(float64(len(lessons))/float64(common[f]))
		s.size = append(s.size, min(math.Round(size*sizeUnit), math.MaxUint8)/sizeUnit)
	}
	for _, l := range lessons {
		var has []measure
		squares := 0.0
		for _, f := range l.features {
			if n, known := number[f]; known {
				has = append(has, measure{n, s.size[n]})
				squares += s.size[n] * s.size[n]
			}
		}
		for i := range has {
			has[i].size /= math.Sqrt(squares)
		}
		s.has, s.asks, s.counts = append(s.has, has), append(s.asks, l.asks), append(s.counts, l.counts)
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
	if having < fewestOfAim {
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
			yields := 1 / (2 * s.cost * s.counts[i])
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

// write adds a model to weights.txt, in numbers that are so small that they take little room.
func (s *study) write(b *bytes.Buffer, aims []aim, all []learnt) {
	most := 0.0
	for _, l := range all {
		for _, w := range l.weights {
			most = max(most, math.Abs(w))
		}
	}
	unit := most / math.MaxInt8
	fmt.Fprintf(b, "%s %s\n%s %.6g\n%s", modelLine, cmp.Or(s.language, anyLanguage), unitLine, unit, biasLine)
	for n, a := range aims {
		fmt.Fprintf(b, " %s:%.4f", a.name, all[n].bias)
	}
	for i, f := range s.features {
		line := strings.Builder{}
		for n := range aims {
			if w := int(math.Round(all[n].weights[i] / unit)); max(w, -w) >= leastWeight {
				line.WriteString(" " + strconv.Itoa(n) + ":" + strconv.Itoa(w))
			}
		}
		if line.Len() > 0 {
			fmt.Fprintf(b, "\n%s %d%s", f, int(math.Round(s.size[i]*sizeUnit)), line.String())
		}
	}
	b.WriteByte('\n')
}
