package rights

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCompiledLawsAreThoseOfTheFolder(t *testing.T) {
	want, err := Compile(os.DirFS("."))
	require.NoError(t, err)
	assert.True(t, builtin == string(want), "the laws have changed: go run ./scripts/rules")
}

// plain is everything that a book holds, but for the calendars, which are functions.
func plain(b *Book) (book Book, calendars []*Calendar) {
	clock := func(named namedClock) namedClock {
		named = slices.Clone(named)
		for i, v := range named {
			if v.calendar != nil && !slices.Contains(calendars, v.calendar) {
				calendars = append(calendars, v.calendar)
			}
			named[i].calendar = nil
			if v.calendar != nil {
				named[i].calendar = &Calendar{Name: v.calendar.Name}
			}
		}
		return named
	}
	book = *b
	book.unsure = clock(b.unsure)
	book.rows = map[ID][]lawRow{}
	for _, id := range b.ids {
		for _, r := range b.rows[id] {
			r.clocks, r.by = slices.Clone(r.clocks), maps.Clone(r.by)
			for i, c := range r.clocks {
				r.clocks[i] = clock(c)
			}
			for j, c := range r.by {
				r.by[j] = clock(c)
			}
			book.rows[id] = append(book.rows[id], r)
		}
	}
	slices.SortFunc(calendars, func(a, b *Calendar) int { return strings.Compare(a.Name, b.Name) })
	return book, calendars
}

func TestCompiledLawsSayWhatTheFilesSay(t *testing.T) {
	written, err := Load(os.DirFS("."))
	require.NoError(t, err)
	carried := builtinBook(t)

	want, calendars := plain(written)
	got, same := plain(carried)
	require.Equal(t, want, got)

	require.Len(t, same, len(calendars))
	require.NotEmpty(t, calendars)
	for i, c := range calendars {
		for year := 2015; year <= 2045; year++ {
			require.Equal(t, c.year(year), same[i].year(year), "%s %d", c.Name, year)
		}
	}
}

func TestCompiledClocksRunAsThoseOfTheFiles(t *testing.T) {
	written, err := Load(os.DirFS("."))
	require.NoError(t, err)
	carried := builtinBook(t)
	for at := time.Date(2019, 12, 30, 5, 0, 0, 0, time.UTC); at.Year() < 2029; at = at.Add(101*24*time.Hour + 11*time.Hour) {
		for _, j := range []Jurisdiction{California, Nevada, OtherUS, EU, UK, Switzerland, Unspecified} {
			for _, designated := range []bool{false, true} {
				r := Receipt{At: at, Jurisdiction: j, Designated: designated}
				require.Equal(t, written.ReviewClock(r), carried.ReviewClock(r))
				for _, id := range written.IDs() {
					want, refused := written.Clock(id, r)
					got, err := carried.Clock(id, r)
					require.Equal(t, refused, err)
					require.Equal(t, want, got)
				}
			}
		}
	}
}

func TestADamagedFileOfLawsIsRefused(t *testing.T) {
	for i := 0; i < len(builtin); i += 97 {
		for _, file := range []string{builtin[:i], builtin[:i] + string([]byte{builtin[i] ^ 1}) + builtin[i+1:]} {
			_, err := open(file)
			require.ErrorContains(t, err, "load laws: the compiled data is damaged, write it anew with go run ./scripts/rules")
		}
	}
}

func BenchmarkBuiltin(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := open(builtin); err != nil {
			b.Fatal(err)
		}
	}
}
