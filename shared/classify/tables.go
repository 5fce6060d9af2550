package classify

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// model is the weights for mails of one language, or for all others. Its tables are parts of
// the compiled file and are used as they stand there: some hundred thousand features would
// take longer to read than all rules.
type model struct {
	language string    // BCP 47; "" for all others
	bias     []float64 // by aim
	unit     float64   // of the numbers in rows
	hashed   hashTable // features of which a part is a word
	coded    bitTable  // the others
	rarity   string    // by feature, in units of 1/rarityUnit; first those that are hashed
	rowAt    string    // by feature, four bytes each: where its row begins, in pairs; one more for the end
	rows     string    // an aim and its weight, two's complement, a byte each
}

// rarityUnit of the rarity, ln(lessons/lessons that have it), which is at most ln(25,000), 10.2.
const rarityUnit = 25

// find is the number of a feature, or -1 if it has no weight.
func (m *model) find(f feature) int32 {
	if f.kind < ofSense {
		return m.hashed.find(f.hash())
	}
	n := m.coded.find(f.code())
	if n >= 0 {
		n += m.hashed.len()
	}
	return n
}

// row is the aims that a feature has weights for, and the weights.
func (m *model) row(n int32) string {
	at := m.rowAt[4*n : 4*n+8]
	both := number8(at, 0)
	return m.rows[2*(both&math.MaxUint32) : 2*(both>>32)]
}

// hash tells features of which a part is a word.
func (f feature) hash() uint64 {
	return mix(f.a*0x9e3779b97f4a7c15 + bits.RotateLeft64(f.b, 29)*0xbf58476d1ce4e5b9 + uint64(f.kind))
}

// mix spreads what tells two hashes apart over all their bits.
func mix(h uint64) uint64 {
	h = (h ^ h>>32) * 0xd6e8feb86659fd93
	return h ^ h>>29
}

// code tells the others.
func (f feature) code() int {
	a, b := int(f.a), int(f.b) // #nosec G115 -- of senses, concepts and sentences
	switch f.kind {
	case ofSenses:
		return sensesCodes + a*maxSenses + b
	case ofConcept:
		return conceptCodes + a
	case ofTogether:
		return togetherCodes + a*maxConcepts + b
	case ofLater:
		return laterCodes + a*maxConcepts + b
	case ofLength:
		return lengthCodes + a
	}
	return a
}

// Where the codes of each kind begin; those of single senses come first.
const (
	sensesCodes   = maxSenses
	conceptCodes  = sensesCodes + maxSenses*maxSenses
	togetherCodes = conceptCodes + maxConcepts
	laterCodes    = togetherCodes + maxConcepts*maxConcepts
	lengthCodes   = laterCodes + maxConcepts*maxConcepts
	allCodes      = lengthCodes + manySentences + 1
	codeBytes     = (allCodes + 63) / 64 * 8
)

// scale weighs features, each once.
type scale struct {
	model *model
	seen  []uint64 // by bit
	heard []int32  // those that are
	sums  [maxAims]int32
	far   int // the sum of the squares of rarity
	out   []float64
}

func newScale(m *model) *scale {
	return &scale{model: m, seen: make([]uint64, len(m.rarity)/64+1), out: make([]float64, len(m.bias))}
}

// put adds a feature.
func (s *scale) put(n int32) {
	if bit := uint64(1) << (n % 64); s.seen[n/64]&bit == 0 {
		s.seen[n/64] |= bit
		s.heard = append(s.heard, n)
		s.add(n)
	}
}

func (s *scale) add(n int32) {
	rare := int32(s.model.rarity[n])
	s.far += int(rare * rare)
	for row := s.model.row(n); len(row) >= 2; row = row[2:] {
		s.sums[row[0]] += rare * int32(int8(row[1])) // #nosec G115 -- as written
	}
}

// result is what all of it weighs, by aim, until something else is weighed. It takes it off
// the scale.
func (s *scale) result() []float64 {
	length := math.Sqrt(float64(max(s.far, 1)))
	for i := range s.out {
		s.out[i] = s.model.bias[i] + float64(s.sums[i])*s.model.unit/length
	}
	for _, n := range s.heard {
		s.seen[n/64] = 0
	}
	s.heard, s.sums, s.far = s.heard[:0], [maxAims]int32{}, 0
	return s.out
}

// bitTable numbers those of many codes that it holds.
type bitTable struct {
	bits  string  // eight bytes at a time
	ranks []int32 // by eight bytes: how many are held before
}

func newBitTable(bits string) bitTable {
	t := bitTable{bits: bits, ranks: make([]int32, len(bits)/8+1)}
	for i := range t.ranks[1:] {
		t.ranks[i+1] = t.ranks[i] + int32(onesIn(number8(bits, i))) // #nosec G115 -- at most 64
	}
	return t
}

func onesIn(n uint64) int { return bits.OnesCount64(n) }

// find is the number of a code, or -1.
func (t *bitTable) find(code int) int32 {
	if len(t.bits) == 0 {
		return -1
	}
	word, bit := number8(t.bits, code/64), uint64(1)<<(code%64)
	if word&bit == 0 {
		return -1
	}
	return t.ranks[code/64] + int32(bits.OnesCount64(word&(bit-1))) // #nosec G115 -- at most 64
}

// len is how many it holds.
func (t *bitTable) len() int32 {
	if len(t.ranks) == 0 {
		return 0
	}
	return t.ranks[len(t.ranks)-1]
}

// hashTable numbers what is told by a hash: a table with open addresses, of which only the
// places that are taken have a mark. What only has the hash of another counts as it; one in
// many million millions does.
type hashTable struct {
	places bitTable
	marks  string // by number, four bytes each: the low half of its hash
	shift  int    // of a hash to its place
}

// roomFor is how many places there are for each that is taken, at least.
const roomFor = 3

// hashTableOf holds these hashes, and says at which number each is; false if two are the same.
func hashTableOf(hashes []uint64) (t hashTable, numbers []int32, ok bool) {
	size := bits.Len(uint(roomFor*len(hashes) + 63)) // #nosec G115 -- some hundred thousand
	shift := 64 - size
	taken := make([]int32, 1<<size) // one more than which it is
	for i, h := range hashes {
		at := int(h >> shift) // #nosec G115 -- as wide as the table
		for taken[at] != 0 {
			if other := hashes[taken[at]-1]; uint32(other) == uint32(h) { // #nosec G115 -- the low half
				return t, nil, false
			}
			at = (at + 1) & (len(taken) - 1)
		}
		taken[at] = int32(i) + 1 // #nosec G115 -- as above
	}
	held, marks := make([]byte, max(len(taken)/8, 8)), []byte(nil)
	numbers = make([]int32, len(hashes))
	for at, i := range taken {
		if i == 0 {
			continue
		}
		numbers[i-1] = int32(len(marks) / 4) // #nosec G115 -- as above
		held[at/8] |= 1 << (at % 8)
		marks = binary.LittleEndian.AppendUint32(marks, uint32(hashes[i-1])) // #nosec G115 -- the low half
	}
	return newHashTable(string(held), string(marks)), numbers, true
}

func newHashTable(held, marks string) hashTable {
	return hashTable{places: newBitTable(held), marks: marks, shift: 65 - bits.Len(uint(8*len(held)))} // #nosec G115 -- not negative
}

func (t *hashTable) find(h uint64) int32 {
	for at := int(h >> t.shift); ; at++ { // #nosec G115 -- as wide as the table
		n := t.places.find(at & (len(t.places.bits)*8 - 1))
		if n < 0 || number4(t.marks, n) == int(uint32(h)) { // #nosec G115 -- the low half
			return n
		}
	}
}

func (t *hashTable) len() int32 { return t.places.len() }

// Numbers stand in the tables with their low byte first.

func number4(s string, at int32) int {
	s = s[4*at : 4*at+4]
	return int(s[0]) | int(s[1])<<8 | int(s[2])<<16 | int(s[3])<<24
}

func number8(s string, at int) uint64 {
	s = s[8*at : 8*at+8]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 | uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}
