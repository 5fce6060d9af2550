package classify

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// What a mail weighs for one aim says something of the others as well: who clearly leaves a
// newsletter and hardly objects to advertising only leaves the newsletter, and two wishes that
// weigh alike beside each other are asked both, although each would drown in the other. So all
// that a mail weighs is looked at once more: what an aim comes to is halfway between what it
// weighs and what the weights of all aims together say of it. How much each says is learnt as the
// weights are, from what they make of lessons that they were not learnt from.
type secondLook struct {
	bias []float64 // by aim; never for those that are left as they are
	says []float64 // by aim, and for each what every aim says, as much as it weighs and once more if that is above zero
}

const (
	leastHeard   = -1.2 // all that weighs less says the same
	secondSigns  = 2    // of each aim
	costOfSecond = 0.1  // of a miss, as costOfMiss
	halfway      = 0.5
	fewestHeard  = 1000 // teach no second look
)

// empty reports that there is nothing to look at.
func (s *secondLook) empty() bool { return len(s.bias) == 0 }

// signs are what the weights of all aims say, two numbers for each.
func signs(weight, out []float64) []float64 {
	out = out[:0]
	for _, w := range weight {
		out = append(out, max(w, leastHeard), max(w, 0))
	}
	return out
}

// look returns by how much each aim weighs more or less than at first.
func (s *secondLook) look(weight []float64) []float64 {
	more := make([]float64, len(weight))
	if s.empty() {
		return more
	}
	var room [secondSigns * maxAims]float64
	all := signs(weight, room[:0])
	for n, w := range weight {
		if s.bias[n] == never {
			continue
		}
		sum := s.bias[n]
		for i, says := range s.says[n*len(all) : (n+1)*len(all)] {
			sum += says * all[i]
		}
		more[n] = halfway * (sum - w)
	}
	return more
}

// fits reports whether there is something for every aim, or nothing.
func (s *secondLook) fits(aims int) bool {
	return s.empty() || len(s.bias) == aims && len(s.says) == aims*aims*secondSigns
}

// halves that lessons are parted into: what is learnt from one weighs the other.
const halves = 2

// learnSecond learns from all lessons if there are enough, and adds it to weights.txt.
func (c *Classifier) learnSecond(out *bytes.Buffer, lessons []Lesson, h *heard, aims []aim, seed uint64) error {
	if len(lessons) < fewestHeard {
		return nil
	}
	s := &study{cost: costOfSecond, features: make([]string, secondSigns*len(aims))}
	s.has, s.asks, s.counts = make([][]measure, len(lessons)), make([][]bool, len(lessons)), make([]float64, len(lessons))
	for half := range halves {
		kept := &heard{names: h.names}
		for i, l := range h.lessons {
			if i%halves != half {
				kept.lessons = append(kept.lessons, l)
			}
		}
		var text bytes.Buffer
		teach(&text, kept, aims, seed)
		w, err := parseWeights(text.Bytes(), &h.names, "")
		if err != nil {
			return err
		}
		c.weights.aims = aims
		if c.weights.models, err = w.compile(aims); err != nil {
			return err
		}
		for i := half; i < len(lessons); i += halves {
			for n, size := range signs(c.weighs(lessons[i]), nil) {
				s.has[i] = append(s.has[i], measure{int32(n), size}) // #nosec G115 -- less than maxAims
			}
			s.asks[i], s.counts[i] = h.lessons[i].asks, h.lessons[i].counts
		}
	}
	s.writeSecond(out, aims, s.learnAll(len(aims), seed))
	return nil
}

// weighs is what a lesson weighs by its words, by aim.
func (c *Classifier) weighs(l Lesson) []float64 {
	r := c.read(l.Mail, Context{})
	h := r.heavy()
	defer c.heavies.Put(h)
	t := newTally(c.weights.aims)
	for _, p := range r.passages() {
		t.add(h.passage(p))
	}
	return t.weight
}

func (s *study) writeSecond(b *bytes.Buffer, aims []aim, all []learnt) {
	for n, a := range aims {
		if all[n].bias == never {
			continue
		}
		fmt.Fprintf(b, "%s %s %.3f", secondLine, a.name, all[n].bias)
		for m, other := range aims {
			fmt.Fprintf(b, " %s:%.3f/%.3f", other.name, all[n].weights[secondSigns*m], all[n].weights[secondSigns*m+1])
		}
		b.WriteByte('\n')
	}
}

// secondWritten is a line of weights.txt: what other aims say of one.
type secondWritten struct {
	aim  string
	bias float64
	says map[string][secondSigns]float64 // by aim
}

func readSecond(fields []string) (w secondWritten, err error) {
	if len(fields) < 2 {
		return w, errors.New("a second look needs an aim and what it weighs before anything is said")
	}
	w.aim, w.says = fields[0], map[string][secondSigns]float64{}
	if w.bias, err = number(fields[1]); err != nil {
		return w, err
	}
	for _, f := range fields[2:] {
		name, numbers, _ := strings.Cut(f, ":")
		first, more, _ := strings.Cut(numbers, "/")
		var says [secondSigns]float64
		for i, text := range []string{first, more} {
			if says[i], err = number(text); err != nil {
				return w, err
			}
		}
		w.says[name] = says
	}
	return w, nil
}

// number reads one that is of use: not NaN, and not without end.
func number(text string) (float64, error) {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		return 0, fmt.Errorf("%.40q is no number", text)
	}
	return n, nil
}

// secondOf compiles what was written.
func secondOf(all []secondWritten, aims []aim) (s secondLook, err error) {
	if len(all) == 0 {
		return s, nil
	}
	index := map[string]int{}
	for n, a := range aims {
		index[a.name] = n
		s.bias = append(s.bias, never)
	}
	s.says = make([]float64, len(aims)*len(aims)*secondSigns)
	for _, w := range all {
		n, known := index[w.aim]
		if !known {
			return s, fmt.Errorf("load %s: %q is not in %s", weightsFile, w.aim, aimsFile)
		}
		s.bias[n] = w.bias
		for name, says := range w.says {
			m, known := index[name]
			if !known {
				return s, fmt.Errorf("load %s: %q is not in %s", weightsFile, name, aimsFile)
			}
			copy(s.says[(n*len(aims)+m)*secondSigns:], says[:])
		}
	}
	return s, nil
}
