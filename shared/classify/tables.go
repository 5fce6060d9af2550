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
	hashed   hashTable // features of which a part is a word, each with the place of its row
	coded    bitTable  // the others,
	rowOf    string    // and by number the places of their rows, four bytes each
	rows     string    // a size in units of 1/sizeUnit, how many aims it has weights for, and for each its number and the weight, two's complement, a byte each
}

// sizeUnit of the size of a feature, which is at most 1.7 times ln(27,000), 17.3 (learn.go).
const sizeUnit = 14

// weight is where the weights of a feature are.
type weight struct {
	number int32 // of the feature, among those that have some
	row    int32 // where its row begins
}

const (
	rowBytes  = 4 // that the place of a row takes beside a mark
	headBytes = 2 // before the weights of a row
)

// find is where the weights of a feature are; false if it has none.
func (m *model) find(f feature) (w weight, found bool) {
	if f.kind < ofSense {
		if w.number = m.hashed.find(f.hash()); w.number < 0 {
			return w, false
		}
		w.row = int32(number4(m.hashed.beside(w.number))) // #nosec G115 -- looked at when it was read
		return w, true
	}
	n := m.coded.find(f.code())
	if n < 0 {
		return w, false
	}
	return weight{m.hashed.len() + n, int32(number4(m.rowOf[rowBytes*n:]))}, true // #nosec G115 -- as above
}

// fits reports whether the tables are as long as they say. What stands in them is as it was
// written, or the check sum of the file would not be right.
func (m *model) fits() bool {
	return m.hashed.fits() && m.coded.fits(roundCodes) && len(m.rowOf) == rowBytes*int(m.coded.len())
}

// features is how many have weights.
func (m *model) features() int { return int(m.hashed.len() + m.coded.len()) }

// hash tells features of which a part is a word.
func (f feature) hash() uint64 {
	return mix(f.a*0x9e3779b97f4a7c15 + bits.RotateLeft64(f.b, 29)*0xbf58476d1ce4e5b9 + uint64(f.kind))
}

// mix spreads what tells two hashes apart over all their bits.
func mix(h uint64) uint64 {
	h = (h ^ h>>32) * 0xd6e8feb86659fd93
	return h ^ h>>29
}

// maxRules of which what speaks has weights.
const maxRules = 1 << 12

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
	case ofRule:
		return ruleCodes + a
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
	ruleCodes     = lengthCodes + manySentences + 1
	allCodes      = ruleCodes + maxRules
	roundCodes    = (allCodes + 63) / 64 * 64
)

// scale weighs features, each once.
type scale struct {
	model *model
	seen  []uint64 // by bit
	heard []int32  // those that are
	sums  [maxAims]int32
	far   int // the sum of the squares of their sizes
	out   []float64
}

func newScale(m *model) *scale {
	return &scale{model: m, seen: make([]uint64, m.features()/64+1), out: make([]float64, len(m.bias))}
}

// put adds a feature.
func (s *scale) put(w weight) {
	if bit := uint64(1) << (w.number % 64); s.seen[w.number/64]&bit == 0 {
		s.seen[w.number/64] |= bit
		s.heard = append(s.heard, w.number)
		s.add(s.model.rows[w.row:])
	}
}

func (s *scale) add(row string) {
	size := int32(row[0])
	s.far += int(size * size)
	for row = row[headBytes : headBytes+2*int(row[1])]; len(row) >= 2; row = row[2:] {
		s.sums[row[0]] += size * int32(int8(row[1])) // #nosec G115 -- as written
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

// bitTable numbers those of many codes that it holds. For 64 codes each it has twelve bytes: a
// bit for every code, and how many are held before, so that one look finds both.
type bitTable string

const blockBytes = 12

// bitTableOf holds the codes of which held has a bit, eight bytes for 64.
func bitTableOf(held []byte) bitTable {
	var b []byte
	n := uint32(0)
	for ; len(held) >= 8; held = held[8:] {
		b = binary.LittleEndian.AppendUint32(append(b, held[:8]...), n)
		n += uint32(bits.OnesCount64(binary.LittleEndian.Uint64(held))) // #nosec G115 -- at most 64
	}
	return bitTable(b)
}

// find is the number of a code, or -1.
func (t bitTable) find(code int) int32 {
	if len(t) == 0 {
		return -1
	}
	block := string(t[blockBytes*(code/64):][:blockBytes])
	word, bit := number8(block), uint64(1)<<(code%64)
	if word&bit == 0 {
		return -1
	}
	return int32(number4(block[8:])) + int32(bits.OnesCount64(word&(bit-1))) // #nosec G115 -- looked at when it was read
}

// len is how many it holds.
func (t bitTable) len() int32 {
	if len(t) == 0 {
		return 0
	}
	last := string(t[len(t)-blockBytes:])
	return int32(number4(last[8:])) + int32(bits.OnesCount64(number8(last))) // #nosec G115 -- as above
}

// fits reports whether it has blocks for so many codes and counts them rightly.
func (t bitTable) fits(codes int) bool {
	if len(t) != blockBytes*codes/64 {
		return false
	}
	n := 0
	for block := string(t); len(block) > 0; block = block[blockBytes:] {
		if number4(block[8:]) != n {
			return false
		}
		n += bits.OnesCount64(number8(block))
	}
	return true
}

// hashTable numbers what is told by a hash: a table with open addresses, of which only the
// places that are taken have an entry. What only has the hash of another counts as it; one in
// many million millions does.
type hashTable struct {
	places  bitTable
	entries string // by number, the low half of its hash in four bytes, and what stands beside it
	width   int    // of an entry, in bytes
	count   int32
	shift   int // of a hash to its place
}

// room is how many places there are for each that is taken, at least.
const room = 3

// hashTableOf holds these hashes, each with some bytes beside it, as many for all; false if two
// are the same.
func hashTableOf(hashes []uint64, beside []string) (t hashTable, ok bool) {
	size := bits.Len(uint(room*len(hashes) + 63)) // #nosec G115 -- some hundred thousand
	taken := make([]int32, 1<<size)               // one more than which it is
	for i, h := range hashes {
		at := int(h >> (64 - size)) // #nosec G115 -- as wide as the table
		for taken[at] != 0 {
			if other := hashes[taken[at]-1]; uint32(other) == uint32(h) { // #nosec G115 -- the low half
				return t, false
			}
			at = (at + 1) & (len(taken) - 1)
		}
		taken[at] = int32(i) + 1 // #nosec G115 -- as above
	}
	held, entries, width := make([]byte, len(taken)/8), []byte(nil), 4
	for at, i := range taken {
		if i == 0 {
			continue
		}
		held[at/8] |= 1 << (at % 8)
		entries = binary.LittleEndian.AppendUint32(entries, uint32(hashes[i-1])) // #nosec G115 -- the low half
		entries = append(entries, beside[i-1]...)
		width = 4 + len(beside[i-1])
	}
	return newHashTable(bitTableOf(held), string(entries), width), true
}

func newHashTable(places bitTable, entries string, width int) hashTable {
	codes := uint(len(places) / blockBytes * 64) // #nosec G115 -- not negative
	return hashTable{places, entries, width, places.len(), 65 - bits.Len(codes)}
}

// find is the number of what has a hash, or -1.
func (t *hashTable) find(h uint64) int32 {
	last := len(t.places)/blockBytes*64 - 1
	for at := int(h >> t.shift); ; at++ { // #nosec G115 -- as wide as the table
		n := t.places.find(at & last)
		if n < 0 || number4(t.entries[int(n)*t.width:]) == int(uint32(h)) { // #nosec G115 -- the low half
			return n
		}
	}
}

// beside is what stands beside an entry.
func (t *hashTable) beside(n int32) string {
	return t.entries[int(n)*t.width+4 : int(n+1)*t.width]
}

func (t *hashTable) len() int32 { return t.count }

// fits reports whether the table can be used: as many places as a power of two, one of them
// free at least, and an entry for each that is taken.
func (t *hashTable) fits() bool {
	codes := len(t.places) / blockBytes * 64
	return codes&(codes-1) == 0 && t.places.fits(codes) && len(t.entries) == int(t.count)*t.width && (codes == 0 || int(t.count) < codes)
}

// Numbers stand in the tables with their low byte first.

func number4(s string) int {
	s = s[:4]
	return int(s[0]) | int(s[1])<<8 | int(s[2])<<16 | int(s[3])<<24
}

func number8(s string) uint64 {
	s = s[:8]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 | uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}
