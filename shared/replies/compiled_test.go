package replies

import (
	"math/rand/v2"
	"os"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/compiled"
)

func TestCompiledLettersAreThoseOfTheFolder(t *testing.T) {
	want, err := Compile(os.DirFS("templates"))
	require.NoError(t, err)
	assert.True(t, builtin == string(want), "the letters have changed: go run ./scripts/rules")
}

func TestCompiledLettersSayWhatTheFilesSay(t *testing.T) {
	written, err := Load(os.DirFS("templates"))
	require.NoError(t, err)
	carried, err := Builtin()
	require.NoError(t, err)
	require.Len(t, carried.languages, len(written.languages))
	lots := rand.New(rand.NewPCG(4, 2)) // #nosec G404 -- the same views in every run
	for tag, want := range written.languages {
		got := carried.languages[tag]
		require.NotNil(t, got, tag)
		assert.Equal(t, tag, got.tag)
		assert.Equal(t, want.words, got.words)
		assert.Equal(t, want.titles, got.titles)
		require.Len(t, got.letters, len(want.letters))
		for _, kind := range kinds {
			view, _ := probe(kind)
			for range 100 {
				v := reflect.New(reflect.TypeOf(view)).Elem()
				scatter(v, lots)
				wantSubject, wantBody, err := want.letters[kind].fill(v.Interface())
				require.NoError(t, err)
				subject, body, err := got.letters[kind].fill(v.Interface())
				require.NoError(t, err)
				require.Equal(t, wantSubject, subject)
				require.Equal(t, wantBody, body)
			}
		}
	}
}

func TestADamagedFileOfLettersIsRefused(t *testing.T) {
	for i := 0; i < len(builtin); i += 97 {
		for _, file := range []string{builtin[:i], builtin[:i] + string([]byte{builtin[i] ^ 1}) + builtin[i+1:]} {
			_, err := open(file)
			require.ErrorContains(t, err, "load letters: the compiled data is damaged, write it anew with go run ./scripts/rules")
		}
	}
}

func TestLettersOfAnotherProgramAreRefused(t *testing.T) {
	for says, change := range map[string]func(*language){
		"the compiled data is damaged": func(l *language) { delete(l.letters, KindChild) }, // a kind it did not know
		"pl/child.txt:7: {{.Requests}} can not be said here": func(l *language) { // a field that is no more
			l.letters[KindChild].body.parts = []part{{kind: saysField, name: "Requests", line: 7}}
		},
	} {
		b, err := Load(os.DirFS("templates"))
		require.NoError(t, err)
		change(b.languages["pl"])
		_, err = open(string(compiled.Write(fileFormat, b.file)))
		require.ErrorContains(t, err, says)
	}
}

// Letters are loaded when a function starts, before it has answered anybody.
func BenchmarkBuiltin(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := open(builtin); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Load(os.DirFS("templates")); err != nil {
			b.Fatal(err)
		}
	}
}
