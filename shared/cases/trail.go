package cases

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"maps"
	"slices"
	"time"
)

// Chain returns e as the entry that follows last: numbered, tied to it by its hash,
// and with its own. The zero Entry stands for an empty trail. At is cut to the
// microsecond in UTC, which every Store gives back.
func Chain(last, e Entry) Entry {
	e.At = e.At.UTC().Truncate(time.Microsecond)
	e.N = last.N + 1
	e.Prev = last.Hash
	e.Hash = e.sum()
	return e
}

// Verify recomputes a whole trail. The error names the first entry that was
// changed, removed or put in, as far as a hash chain can tell: who can rewrite
// every later entry as well leaves no trace here.
func Verify(trail []Entry) error { return verify(Entry{}, trail) }

func verify(last Entry, entries []Entry) error {
	for _, e := range entries {
		switch {
		case e.N != last.N+1:
			return fmt.Errorf("entry %d follows entry %d", e.N, last.N)
		case e.Prev != last.Hash:
			return fmt.Errorf("entry %d does not carry the hash of entry %d", e.N, last.N)
		case e.Hash != e.sum():
			return fmt.Errorf("entry %d is not what it was when it was written", e.N)
		}
		last = e
	}
	return nil
}

// sum is the SHA-256 over an entry, in hex. Hashed are, in this order: N, At in
// microseconds since 1970, Actor, Kind, Text, the number of Data, its keys and
// values sorted by key, and Prev. Numbers are eight bytes, big-endian; text comes
// after its length in bytes, so that no two entries hash the same bytes.
func (e Entry) sum() string {
	h := digest{sha256.New()}
	h.number(int64(e.N))
	h.number(e.At.UnixMicro())
	h.text(string(e.Actor))
	h.text(e.Kind)
	h.text(e.Text)
	h.number(int64(len(e.Data)))
	for _, key := range slices.Sorted(maps.Keys(e.Data)) {
		h.text(key)
		h.text(e.Data[key])
	}
	h.text(e.Prev)
	return hex.EncodeToString(h.Sum(nil))
}

// digest hashes without errors: a hash never returns one.
type digest struct{ hash.Hash }

func (d digest) number(n int64) {
	_ = binary.Write(d, binary.BigEndian, n)
}

func (d digest) text(s string) {
	d.number(int64(len(s)))
	_, _ = d.Write([]byte(s))
}
