package classify

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTableFindsWhatItHoldsAndNothingElse(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2)) // #nosec G404 -- a test
	for _, n := range []int{0, 1, 2, 63, 64, 1000} {
		hashes, held := make([]uint64, n), map[uint64]bool{}
		for i := range hashes {
			hashes[i] = random.Uint64()
			held[hashes[i]] = true
		}
		beside := make([]string, n)
		for i := range beside {
			beside[i] = fmt.Sprintf("%03d", i)
		}
		table, ok := hashTableOf(hashes, beside)
		require.True(t, ok)
		assert.True(t, table.fits())
		assert.EqualValues(t, n, table.len())
		for i, h := range hashes {
			at := table.find(h)
			require.GreaterOrEqual(t, at, int32(0))
			assert.Equal(t, beside[i], table.beside(at))
		}
		for range 1000 {
			if h := random.Uint64(); !held[h] {
				assert.EqualValues(t, -1, table.find(h))
			}
		}
	}
	_, ok := hashTableOf([]uint64{7, 9, 7}, make([]string, 3))
	assert.False(t, ok, "two that are the same")
	var none hashTable
	assert.EqualValues(t, -1, none.find(5))
}

func TestEveryFeatureHasAPlaceOfItsOwn(t *testing.T) {
	codes, most := map[int]feature{}, 0
	add := func(f feature) {
		code := f.code()
		_, twice := codes[code]
		require.False(t, twice, "%v and %v", f, codes[code])
		codes[code] = f
		most = max(most, code)
	}
	for a := range uint64(maxSenses) {
		add(feature{ofSense, a, 0})
		for b := range uint64(maxSenses) {
			add(feature{ofSenses, a, b})
		}
	}
	for a := range uint64(maxConcepts) {
		add(feature{ofConcept, a, 0})
		for b := range uint64(maxConcepts) {
			add(feature{ofTogether, a, b})
			add(feature{ofLater, a, b})
		}
	}
	for n := range manySentences + 1 {
		add(lengthOf(n))
	}
	for n := range uint64(maxRules) {
		add(feature{ofRule, n, 0})
	}
	assert.Equal(t, allCodes-1, most)
	assert.Equal(t, lengthOf(manySentences), lengthOf(manySentences+5))
	for _, f := range []feature{{ofWord, 1, 0}, {ofPair, 1, 2}, {ofPair, 2, 1}, {ofOwnSense, 1, 2}, {ofSenseOwn, 1, 2}} {
		_, twice := codes[int(f.hash())]
		assert.False(t, twice)
		codes[int(f.hash())] = f
	}
}

// A file whose tables do not fit one another is refused, whatever its check sum says.
func TestTablesThatDoNotFitAreRefused(t *testing.T) {
	good := weighedBy(t, nil).weights
	for name, change := range map[string]func(m *model){
		"few codes":     func(m *model) { m.coded = m.coded[blockBytes:] },
		"wrong counts":  func(m *model) { m.coded = m.coded[:8] + "\x01" + m.coded[9:] },
		"no row of one": func(m *model) { m.rowOf = m.rowOf[4:] },
		"entry missing": func(m *model) { m.hashed.entries = m.hashed.entries[8:] },
		"odd places":    func(m *model) { m.hashed.places += "x" },
		"no free place": func(m *model) {
			m.hashed = newHashTable(bitTableOf([]byte(strings.Repeat("\xff", 8))), strings.Repeat(m.hashed.entries[:8], 64), 8)
		},
	} {
		m := good.models[0]
		change(&m)
		w := good
		w.models = []model{m}
		e := &encoder{}
		e.weights(&w)
		d := &decoder{s: string(e.b)}
		d.weights()
		assert.Error(t, d.err, name)
	}
	e := &encoder{}
	e.weights(&good)
	d := &decoder{s: string(e.b)}
	assert.Equal(t, good, d.weights())
	require.NoError(t, d.err)
}
