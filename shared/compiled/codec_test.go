package compiled_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/compiled"
)

const format = "tests 1"

type name string

// thing holds a value of every kind.
type thing struct {
	Number  int
	Name    name
	Yes     bool
	List    []int
	Table   map[name]string
	Deeper  *thing
	Things  []thing
	ByName  map[string][]name
	Letters string
}

func thingOf(c *compiled.Codec, t *thing) {
	compiled.Number(c, &t.Number)
	compiled.Text(c, &t.Name)
	compiled.Yes(c, &t.Yes)
	compiled.List(c, &t.List, compiled.Number[int])
	compiled.Table(c, &t.Table, compiled.Text[string])
	compiled.Maybe(c, &t.Deeper, thingOf)
	compiled.List(c, &t.Things, thingOf)
	compiled.Table(c, &t.ByName, func(c *compiled.Codec, names *[]name) { compiled.List(c, names, compiled.Text[name]) })
	compiled.Text(c, &t.Letters)
}

func write(t thing) string {
	return string(compiled.Write(format, func(c *compiled.Codec) { thingOf(c, &t) }))
}

func read(file string) (t thing, err error) {
	err = compiled.Read(file, format, func(c *compiled.Codec) { thingOf(c, &t) })
	return t, err
}

var full = thing{
	Number: -300, Name: "größe", Yes: true,
	List:   []int{0, 1, -1, math.MaxInt, math.MinInt},
	Table:  map[name]string{"b": "two", "a": "one", "": ""},
	Deeper: &thing{Number: 1, Deeper: &thing{}},
	Things: []thing{{Name: "one"}, {}, {Things: []thing{{Yes: true}}}},
	ByName: map[string][]name{"none": nil, "empty": {}, "two": {"x", "y"}}, Letters: "a\x00b\n",
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	for _, want := range []thing{
		{}, full,
		{List: []int{}, Table: map[name]string{}, Things: []thing{}, ByName: map[string][]name{}}, // empty is not nil
	} {
		got, err := read(write(want))
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
}

func TestWhatWasThereBeforeIsReplaced(t *testing.T) {
	got := full
	require.NoError(t, compiled.Read(write(thing{}), format, func(c *compiled.Codec) { thingOf(c, &got) }))
	assert.Equal(t, thing{}, got)
}

func TestTheSameValuesGiveTheSameFile(t *testing.T) {
	for range 50 {
		require.Equal(t, write(full), write(full))
	}
}

func TestAFileThatIsNotWholeIsRefused(t *testing.T) {
	file := write(full)
	for i := range file {
		_, err := read(file[:i])
		require.ErrorIs(t, err, compiled.ErrDamaged, "cut at %d", i)
		_, err = read(file[:i] + string([]byte{file[i] ^ 4}) + file[i+1:])
		require.ErrorIs(t, err, compiled.ErrDamaged, "changed at %d", i)
	}
	_, err := read(file + "\n")
	require.ErrorIs(t, err, compiled.ErrDamaged)
	_, err = read("")
	require.ErrorContains(t, err, "go run ./scripts/rules")
}

func TestAFileOfAnotherFormatIsRefused(t *testing.T) {
	file := compiled.Write("tests 2", func(c *compiled.Codec) { thingOf(c, &thing{}) })
	_, err := read(string(file))
	require.ErrorIs(t, err, compiled.ErrDamaged)
}

// A function that goes through other values than were written finds a checksum that is
// right and must still not be believed.
func TestValuesOfAnotherShapeAreRefused(t *testing.T) {
	numbers := func(all ...int) string {
		return string(compiled.Write(format, func(c *compiled.Codec) {
			for i := range all {
				compiled.Number(c, &all[i])
			}
		}))
	}
	var (
		n    int
		s    string
		list []int
	)
	for what, values := range map[string]func(*compiled.Codec){
		"more than there is":          func(c *compiled.Codec) { compiled.Number(c, &n); compiled.Number(c, &n) },
		"less than there is":          func(*compiled.Codec) {},
		"a text beyond the end":       func(c *compiled.Codec) { compiled.Text(c, &s) },
		"more things than bytes":      func(c *compiled.Codec) { compiled.List(c, &list, compiled.Number[int]) },
		"what the room itself sees":   func(c *compiled.Codec) { compiled.Number(c, &n); c.Refuse() },
		"more after it has seen it":   func(c *compiled.Codec) { c.Refuse(); compiled.Number(c, &n); compiled.Text(c, &s) },
		"a list after it has seen it": func(c *compiled.Codec) { c.Refuse(); compiled.List(c, &list, compiled.Number[int]) },
	} {
		require.ErrorIs(t, compiled.Read(numbers(math.MaxInt), format, values), compiled.ErrDamaged, what)
	}
	text := func(c *compiled.Codec) { compiled.Text(c, &s) }
	require.ErrorIs(t, compiled.Read(numbers(-2), format, text), compiled.ErrDamaged, "a text of no length")
	require.NoError(t, compiled.Read(numbers(0), format, text))
}
