package classify

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"rightsmail/shared/rights"
)

const (
	aimsFile    = "aims.yaml"
	weightsFile = "weights.txt"
)

// written is what weights.txt says of one model.
type written struct {
	language string
	unit     float64
	aims     []string
	bias     []float64 // by aim
	rows     []writtenRow
}

type writtenRow struct {
	line    int // of the file
	feature feature
	size    int         // in units of 1/sizeUnit
	weights map[int]int // by aim, in units
}

// A line of weights.txt begins with what it is about: the lessons that everything was learnt
// from, the version of the senses that they were read with, the language of the mails that a
// model is for, the unit of its weights, what each aim weighs before a word is said, a feature,
// with its size and its weights by the number of the aim in that line, or at last an aim and what
// all aims say of it at second look.
const (
	lessonsLine = "=lessons"
	sensesLine  = "=senses"
	modelLine   = "=model"
	unitLine    = "=unit"
	biasLine    = "=bias"
	secondLine  = "=second"
	anyLanguage = "*"
)

// writtenWeights is all of weights.txt.
type writtenWeights struct {
	models []written
	second []secondWritten
}

// parseWeights reads weights.txt.
func parseWeights(data []byte, k *names, senses string) (all writtenWeights, err error) {
	lines := bufio.NewScanner(bytes.NewReader(data))
	for n := 1; lines.Scan(); n++ {
		fields := strings.Fields(lines.Text())
		if len(fields) == 0 || fields[0] == "#" || fields[0] == lessonsLine {
			continue
		}
		if fields[0] == sensesLine {
			if fields[len(fields)-1] != senses {
				return all, fmt.Errorf("load %s: the senses of words have changed since the weights were learnt: go run ./scripts/learn", weightsFile)
			}
			continue
		}
		if fields[0] == modelLine && len(fields) == 2 {
			all.models = append(all.models, written{language: strings.TrimSuffix(fields[1], anyLanguage)})
			continue
		}
		err := errors.New("a model comes first")
		switch {
		case fields[0] == secondLine:
			var one secondWritten
			one, err = readSecond(fields[1:])
			all.second = append(all.second, one)
		case len(all.models) > 0:
			err = all.models[len(all.models)-1].line(n, fields, k)
		}
		if err != nil {
			return all, fmt.Errorf("load %s:%d: %w: write the file anew with go run ./scripts/learn", weightsFile, n, err)
		}
	}
	return all, cmp.Or(lines.Err(), check(all.models))
}

func (w *written) line(n int, fields []string, k *names) (err error) {
	switch fields[0] {
	case unitLine:
		if len(fields) != 2 {
			return errors.New("a unit is one number")
		}
		w.unit, err = strconv.ParseFloat(fields[1], 64)
		return err
	case biasLine:
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
	row := writtenRow{line: n, weights: map[int]int{}}
	if row.feature, fields, err = k.read(fields); err != nil {
		return err
	}
	if len(fields) < 2 {
		return errors.New("a feature needs its size and a weight")
	}
	if row.size, err = strconv.Atoi(fields[0]); err != nil || row.size < 0 || row.size > math.MaxUint8 {
		return fmt.Errorf("the size %.40q is no number from 0 to %d", fields[0], math.MaxUint8)
	}
	for _, f := range fields[1:] {
		aim, weight, _ := strings.Cut(f, ":")
		a, err := strconv.Atoi(aim)
		if err != nil || a < 0 || a >= len(w.aims) {
			return fmt.Errorf("%.40q is no number of an aim", aim)
		}
		n, err := strconv.ParseInt(weight, 10, 8)
		if err != nil {
			return fmt.Errorf("the weight %.40q is no number from -128 to 127", weight)
		}
		row.weights[a] = int(n)
	}
	w.rows = append(w.rows, row)
	return nil
}

// check refuses a file that lacks something.
func check(all []written) error {
	if len(all) == 0 || all[0].language != "" {
		return fmt.Errorf("load %s: the model for all languages comes first: write the file anew with go run ./scripts/learn", weightsFile)
	}
	for _, w := range all {
		if !(w.unit > 0) || len(w.aims) == 0 {
			return fmt.Errorf("load %s: the unit or the bias is missing: write the file anew with go run ./scripts/learn", weightsFile)
		}
	}
	return nil
}

// readWeights reads and compiles what has weights. Rules can do without.
func (c *Classifier) readWeights(fsys fs.FS, x *wordSenses, k *ideas) (w weights, err error) {
	if w.aims, err = c.readAims(fsys); errors.Is(err, fs.ErrNotExist) {
		return weights{}, nil
	} else if err != nil {
		return w, err
	}
	if w.lexicon, err = x.table(); err != nil {
		return w, err
	}
	senses, err := hashOf(fsys, x.files)
	if err != nil {
		return w, err
	}
	data, err := fs.ReadFile(fsys, weightsFile)
	if err != nil {
		return w, fmt.Errorf("load %s: %w", weightsFile, err)
	}
	all, err := parseWeights(data, &names{senses: x.names, concepts: k.concepts, rules: c.ruleIDs()}, senses)
	if err != nil {
		return w, err
	}
	if w.models, err = all.compile(w.aims); err != nil {
		return w, err
	}
	w.second, err = secondOf(all.second, w.aims)
	return w, err
}

// compile makes tables of the models.
func (all *writtenWeights) compile(aims []aim) (models []model, err error) {
	for i := range all.models {
		m, err := all.models[i].model(aims)
		if err != nil {
			return nil, err
		}
		models = append(models, m)
	}
	return models, nil
}

// model compiles what was written.
func (w *written) model(aims []aim) (m model, err error) {
	m = model{language: w.language, unit: w.unit, bias: slices.Repeat([]float64{never}, len(aims))}
	aimOf := make([]byte, len(w.aims)) // by the number of an aim in the file, that among all
	for i, name := range w.aims {
		n := slices.IndexFunc(aims, func(a aim) bool { return a.name == name })
		if n < 0 {
			return m, fmt.Errorf("load %s: %q is not in %s", weightsFile, name, aimsFile)
		}
		aimOf[i], m.bias[n] = byte(n), w.bias[i] // #nosec G115 -- less than maxAims
	}
	seen := map[feature]int{}
	var hashes []uint64
	var places []string // of the rows of those
	var rows []byte
	codes, held := map[int]string{}, make([]byte, roundCodes/8)
	for _, row := range w.rows {
		if other := seen[row.feature]; other > 0 {
			return m, fmt.Errorf("load %s:%d: the feature of line %d again", weightsFile, row.line, other)
		}
		seen[row.feature] = row.line
		place := string(binary.LittleEndian.AppendUint32(nil, uint32(len(rows)))) // #nosec G115 -- some million
		if row.feature.kind < ofSense {
			hashes, places = append(hashes, row.feature.hash()), append(places, place)
		} else {
			code := row.feature.code()
			codes[code] = place
			held[code/8] |= 1 << (code % 8)
		}
		rows = append(rows, byte(row.size), byte(len(row.weights))) // #nosec G115 -- looked at when it was read
		for _, i := range slices.Sorted(maps.Keys(row.weights)) {
			rows = append(rows, aimOf[i], byte(int8(row.weights[i]))) // #nosec G115 -- as above
		}
	}
	var ok bool
	if m.hashed, ok = hashTableOf(hashes, places); !ok {
		return m, fmt.Errorf("load %s: two features cannot be told apart by their hashes", weightsFile)
	}
	m.coded, m.rows = bitTableOf(held), string(rows)
	for _, code := range slices.Sorted(maps.Keys(codes)) {
		m.rowOf += codes[code]
	}
	return m, nil
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
	if len(aims) > maxAims {
		return nil, fmt.Errorf("load %s: %d aims, at most %d", aimsFile, len(aims), maxAims)
	}
	return aims, nil
}
