package compiled

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"maps"
	"slices"
	"strings"
)

// ErrDamaged says that a file is not what Write returned for this format.
var ErrDamaged = errors.New("the compiled data is damaged, write it anew with go run ./scripts/rules")

// Codec goes through the values of a file, one after the other, and writes or fills them.
// A number is a varint, a text its length and its bytes.
type Codec struct {
	out     []byte
	in      string
	reading bool
	damaged bool
}

// Write returns the file that holds what the function goes through. The format is one
// line: a name and a number that changes whenever the function does.
func Write(format string, values func(*Codec)) []byte {
	c := &Codec{out: []byte(format + "\n")}
	values(c)
	return binary.LittleEndian.AppendUint32(c.out, crc32.ChecksumIEEE(c.out))
}

// Read fills what the function goes through from a file of that format. Texts stay parts
// of the file. The values are worth nothing if it returns an error.
func Read(file, format string, values func(*Codec)) error {
	in, ok := strings.CutPrefix(file, format+"\n")
	end := len(file) - crc32.Size
	if !ok || len(in) < crc32.Size || crc32.ChecksumIEEE([]byte(file[:end])) != binary.LittleEndian.Uint32([]byte(file[end:])) {
		return ErrDamaged
	}
	c := &Codec{in: in[:len(in)-crc32.Size], reading: true}
	values(c)
	if c.damaged || c.in != "" {
		return ErrDamaged
	}
	return nil
}

// Reading reports whether values are filled, not written.
func (c *Codec) Reading() bool { return c.reading }

// Refuse makes Read fail: a value cannot be what was written.
func (c *Codec) Refuse() { c.damaged, c.in = true, "" }

// Number is a whole number.
func Number[T ~int](c *Codec, n *T) {
	if !c.reading {
		c.out = binary.AppendVarint(c.out, int64(*n))
		return
	}
	v, size := binary.Varint([]byte(c.in[:min(len(c.in), binary.MaxVarintLen64)]))
	if size <= 0 {
		c.Refuse()
		return
	}
	*n, c.in = T(v), c.in[size:]
}

// Text is words.
func Text[T ~string](c *Codec, s *T) {
	n := len(*s)
	Number(c, &n)
	if !c.reading {
		c.out = append(c.out, *s...)
		return
	}
	if n < 0 || n > len(c.in) {
		c.Refuse()
		return
	}
	*s, c.in = T(c.in[:n]), c.in[n:]
}

// Yes is a yes or no.
func Yes(c *Codec, yes *bool) {
	n := 0
	if *yes {
		n = 1
	}
	Number(c, &n)
	*yes = n == 1
}

// List is things of one kind. A list that is nil stays nil.
func List[T any](c *Codec, list *[]T, one func(*Codec, *T)) {
	n := len(*list)
	if *list == nil {
		n = -1
	}
	Number(c, &n)
	if c.reading {
		if n > len(c.in) { // a thing takes a byte at least
			c.Refuse()
			return
		}
		*list = nil
		if n >= 0 {
			*list = make([]T, n)
		}
	}
	for i := range *list {
		one(c, &(*list)[i])
	}
}

// Table is things by name, written in the order of the names: the same values give the
// same file. A table that is nil stays nil.
func Table[K ~string, V any](c *Codec, table *map[K]V, one func(*Codec, *V)) {
	var names []K
	if *table != nil {
		names = slices.AppendSeq([]K{}, maps.Keys(*table))
		slices.Sort(names)
	}
	List(c, &names, Text[K])
	if c.reading {
		*table = nil
		if names != nil {
			*table = make(map[K]V, len(names))
		}
	}
	for _, name := range names {
		v := (*table)[name]
		one(c, &v)
		if c.reading {
			(*table)[name] = v
		}
	}
}

// Maybe is a thing that may be absent.
func Maybe[T any](c *Codec, thing **T, one func(*Codec, *T)) {
	there := *thing != nil
	Yes(c, &there)
	if c.reading {
		*thing = nil
		if there {
			*thing = new(T)
		}
	}
	if there {
		one(c, *thing)
	}
}
