package classify

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

// Most words of a language are rare, and a mail is full of them. What lessons teach about
// "scrubbed" is next to nothing; that it is a word for making something gone tells enough. So
// words have senses: senses.yaml lists them, and senses/ says which word has which, one file a
// language. A word has two at most, the likelier first. "scrub*" stands for all words that
// begin so and are not listed themselves.
//
// Senses are for weights alone. Concepts are for rules as well, may need many words and are
// strict; a sense is what a word is likely to mean in a mail to a company, right or wrong.

const (
	sensesFile   = "senses.yaml"
	sensesFolder = "senses"
	maxSenses    = 1 << 8
	mostSenses   = 2 // of one word
	shortestStem = 3 // bytes
)

// sense is one more than the number of a sense; 0 is none.
type sense uint8

// senses are those of a word.
type senses [mostSenses]sense

// wordSenses is what senses.yaml and senses/ say.
type wordSenses struct {
	names []string // by sense, less one
	words map[string]map[string]senses
	files []string
}

// name is how a sense is written.
func (x *wordSenses) name(s sense) string { return x.names[s-1] }

// readSenses reads the senses of words. Rules can do without.
func readSenses(fsys fs.FS) (*wordSenses, error) {
	x := &wordSenses{words: map[string]map[string]senses{}}
	about := map[string]string{}
	if err := readStrict(fsys, sensesFile, &about); errors.Is(err, fs.ErrNotExist) {
		return x, nil
	} else if err != nil {
		return nil, err
	}
	if x.names = slices.Sorted(maps.Keys(about)); len(x.names) >= maxSenses {
		return nil, fmt.Errorf("load %s: %d senses, at most %d", sensesFile, len(x.names), maxSenses-1)
	}
	files, err := fs.Glob(fsys, sensesFolder+"/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("look for senses: %w", err)
	}
	x.files = append(files, sensesFile)
	for _, file := range files {
		lang := strings.TrimSuffix(path.Base(file), ".yaml")
		if x.words[lang], err = x.read(fsys, file); err != nil {
			return nil, err
		}
	}
	return x, nil
}

// read reads the words of one language.
func (x *wordSenses) read(fsys fs.FS, file string) (map[string]senses, error) {
	list := map[string]string{}
	if err := readStrict(fsys, file, &list); err != nil {
		return nil, err
	}
	words := map[string]senses{}
	for _, name := range slices.Sorted(maps.Keys(list)) {
		n, known := slices.BinarySearch(x.names, name)
		if !known {
			return nil, fmt.Errorf("load %s: %q is not in %s", file, name, sensesFile)
		}
		for entry := range strings.FieldsSeq(list[name]) {
			word, isSecond := strings.CutSuffix(entry, second)
			stem, isStem := strings.CutSuffix(word, "*")
			if stem == "" || fold(stem) != stem || isStem && len(stem) < shortestStem {
				return nil, fmt.Errorf("load %s: %q: write words in small letters without accents, and before a star at least %d", file, entry, shortestStem)
			}
			place := 0
			if isSecond {
				place = 1
			}
			s := words[word]
			if s[place] != 0 {
				return nil, fmt.Errorf("load %s: %q has the senses %q and %q: write %q behind the less likely of two", file, word, x.name(s[place]), name, second)
			}
			s[place] = sense(n + 1) // #nosec G115 -- less than maxSenses
			words[word] = s
		}
	}
	for word, s := range words {
		if s[0] == 0 {
			return nil, fmt.Errorf("load %s: %q has a second sense and no first", file, word)
		}
	}
	return words, nil
}

// second stands behind a word whose likelier sense is another.
const second = "~"

// senseTable is the lexicon as it is compiled.
type senseTable struct {
	names   []string  // by sense, less one
	tongues []string  // that have senses
	entries hashTable // with the senses of the word
	small   [maxSenses]bool
}

// tongue tells the words of a language from those of others; 0 if it has no senses.
func (t *senseTable) tongue(language string) uint64 {
	if language == "und" {
		language = "en"
	}
	n, known := slices.BinarySearch(t.tongues, language)
	if !known {
		return 0
	}
	return tongueOf(n)
}

func tongueOf(n int) uint64 { return uint64(n+1) * 0xa0761d6478bd642f } // #nosec G115 -- some dozen

// whole and stem are the entry of a word, or of a beginning, by its hash; or -1.
func (t *senseTable) whole(word, tongue uint64) int32 { return t.entries.find(mix(word ^ tongue)) }
func (t *senseTable) stem(word, tongue uint64) int32  { return t.entries.find(mix(^word ^ tongue)) }

// of is the senses of an entry.
func (t *senseTable) of(entry int32) (s senses) {
	if entry >= 0 {
		for i, n := range []byte(t.entries.beside(entry)) {
			s[i] = sense(n)
		}
	}
	return s
}

// table compiles the lexicon.
func (x *wordSenses) table() (t senseTable, err error) {
	t.names, t.tongues = x.names, slices.Sorted(maps.Keys(x.words))
	var hashes []uint64
	var beside []string
	for n, lang := range t.tongues {
		for _, word := range slices.Sorted(maps.Keys(x.words[lang])) {
			stem, isStem := strings.CutSuffix(word, "*")
			h := wordHash(stem)
			if isStem {
				h = ^h
			}
			s := x.words[lang][word]
			hashes, beside = append(hashes, mix(h^tongueOf(n))), append(beside, string([]byte{byte(s[0]), byte(s[1])}))
		}
	}
	var ok bool
	if t.entries, ok = hashTableOf(hashes, beside); !ok {
		return t, fmt.Errorf("load %s: two words cannot be told apart by their hashes", sensesFolder)
	}
	t.markSmall()
	return t, nil
}

// smallSenses say little of what is wanted: they are passed over where a sense is taken
// together with another.
var smallSenses = []string{"small", "be", "have", "do", "it", "name", "and", "he", "they", "number", "please", "greet", "date"}

func (t *senseTable) markSmall() {
	for i, name := range t.names {
		t.small[i+1] = slices.Contains(smallSenses, name)
	}
}

// wordHash is the hash of a folded word.
func wordHash(word string) uint64 {
	h := firstHash
	for i := range len(word) {
		h = nextHash(h, word[i])
	}
	return h
}
