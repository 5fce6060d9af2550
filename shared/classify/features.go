package classify

import (
	"fmt"
	"iter"
	"math/bits"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// feature is one thing that a mail says and that may have a weight.
type feature struct {
	kind featureKind
	a, b uint64 // its parts: hashes of words, senses, concepts by number, or a count
}

type featureKind uint8

const (
	ofWord     featureKind = iota
	ofPair                 // two words in a row
	ofNear                 // two words with one or two between them
	ofOwnSense             // a word and a sense of the next
	ofSenseOwn             // a sense of a word, and the next word
	ofMood                 // how a sentence begins or ends, and a sense of a word in it
	ofSense                // of a word
	ofSenses               // of a word and of another soon behind it, small words left out
	ofConcept              // in a sentence
	ofTogether             // two concepts in one sentence
	ofLater                // a concept and another in a sentence soon behind it
	ofLength               // how many sentences there are
	ofRule                 // that speaks in a sentence
	featureKinds
)

const (
	nearWords     = 3 // words on that a word is taken together with another
	nearSenses    = 3 // words on that a sense is taken together with another
	farSentence   = 2 // sentences on that a concept is
	manySentences = 8 // are not told apart from more
)

// partOf says what a part of a feature is.
type partOf uint8

const (
	aWord partOf = iota
	aSense
	aConcept
	aCount
	aRule
)

// kindOfFeature says how features of a kind are written, and what their parts are.
type kindOfFeature struct {
	sign  string
	parts []partOf
}

var kindsOfFeatures = [featureKinds]kindOfFeature{
	ofWord:     {"word", []partOf{aWord}},
	ofPair:     {"pair", []partOf{aWord, aWord}},
	ofNear:     {"near", []partOf{aWord, aWord}},
	ofOwnSense: {"before", []partOf{aWord, aSense}},
	ofSenseOwn: {"behind", []partOf{aSense, aWord}},
	ofMood:     {"mood", []partOf{aWord, aSense}},
	ofSense:    {"sense", []partOf{aSense}},
	ofSenses:   {"senses", []partOf{aSense, aSense}},
	ofConcept:  {"concept", []partOf{aConcept}},
	ofTogether: {"together", []partOf{aConcept, aConcept}},
	ofLater:    {"later", []partOf{aConcept, aConcept}},
	ofLength:   {"sentences", []partOf{aCount}},
	ofRule:     {"rule", []partOf{aRule}},
}

// listener hears the features of a mail, sentence by sentence. It is used again and again.
type listener struct {
	lexicon *senseTable
	tongue  uint64 // the language whose senses words have; 0 for none
	heard   []feature

	letters []byte
	row     []uint64          // the words of a sentence that say something
	content []sense           // of them, the first that are not small
	named   map[uint64]string // words by hash, if somebody wants to know
}

// A sentence begins with a word of its own, and one that asks ends with one: "please" means
// more at the beginning, and who asks whether something can be deleted may want only to know.
// No word of a mail has such letters.
const (
	beginning = "^"
	question  = "?"
)

var begins, asks = spoken{word: wordHash(beginning)}, spoken{word: wordHash(question)}

// spoken is one word as its features are told from.
type spoken struct {
	word uint64 // its hash; 0 if it says nothing
	senses
}

// says reports whether a word may have weights: a number says who writes, not what for, unless
// it is short enough for an age, and so does an address.
func (t token) says(text string) bool {
	return t.form <= formFold && (t.end-t.start <= 2 || strings.IndexFunc(text[t.start:t.end], unicode.IsDigit) < 0)
}

// word looks up one word.
func (l *listener) word(t *text, tok *token) (w spoken) {
	if !tok.says(t.raw) {
		return w
	}
	written := t.raw[tok.start:tok.end]
	if tok.form == formFold {
		l.letters = appendFold(l.letters[:0], written)
	} else {
		l.letters = append(l.letters[:0], written...)
	}
	w.word = firstHash
	at := int32(-1)
	for n, letter := range l.letters {
		w.word = nextHash(w.word, letter)
		if l.tongue != 0 && n+1 >= shortestStem {
			if stem := l.lexicon.stem(w.word, l.tongue); stem >= 0 {
				at = stem
			}
		}
	}
	if l.named != nil {
		l.named[w.word] = string(l.letters)
	}
	if l.tongue == 0 {
		return w
	}
	if whole := l.lexicon.whole(w.word, l.tongue); whole >= 0 {
		at = whole
	}
	w.senses = l.lexicon.of(at)
	return w
}

// words hears what the words of a sentence say, or of a part of it.
func (l *listener) words(t *text, from, to int) {
	l.row, l.content = l.row[:0], l.content[:0]
	if to-from == 1 && isDigit(t.raw[t.toks[from].start]) {
		return // of a list
	}
	before := begins
	l.row = append(l.row, begins.word)
	for i := from; i < to; i++ {
		w := l.word(t, &t.toks[i])
		l.follow(before, w)
		if len(l.row) > 2 {
			l.mood(l.row[1], w)
		}
		before = w
	}
	if t.asks(to) {
		l.follow(before, asks)
		for _, s := range l.content {
			l.mood(asks.word, spoken{senses: senses{s}})
		}
	}
}

// follow hears a word behind another.
func (l *listener) follow(before, w spoken) {
	if w.word != 0 {
		l.hear(ofWord, w.word, 0)
		if before.word != 0 {
			l.hear(ofPair, before.word, w.word)
		}
		for _, earlier := range l.row[max(0, len(l.row)-nearWords):max(0, len(l.row)-1)] {
			l.hear(ofNear, earlier, w.word)
		}
		l.row = append(l.row, w.word)
		for _, s := range before.senses {
			if s != 0 {
				l.hear(ofSenseOwn, uint64(s), w.word)
			}
		}
	}
	for _, s := range w.senses {
		if s != 0 {
			l.hear(ofSense, uint64(s), 0)
			if before.word != 0 {
				l.hear(ofOwnSense, before.word, uint64(s))
			}
		}
	}
	if s := w.senses[0]; s != 0 && !l.lexicon.small[s] {
		for _, earlier := range l.content[max(0, len(l.content)-nearSenses):] {
			l.hear(ofSenses, uint64(earlier), uint64(s))
		}
		l.content = append(l.content, s)
	}
}

// mood hears the senses of a word in a sentence that begins or ends so.
func (l *listener) mood(sign uint64, w spoken) {
	for _, s := range w.senses {
		if s != 0 {
			l.hear(ofMood, sign, uint64(s))
		}
	}
}

// asks reports a question mark behind the words before one.
func (t *text) asks(to int) bool {
	end := len(t.raw)
	if to < len(t.toks) {
		end = int(t.toks[to].start)
	}
	return to > 0 && strings.ContainsAny(t.raw[t.toks[to-1].end:end], "?？")
}

func (l *listener) hear(kind featureKind, a, b uint64) {
	l.heard = append(l.heard, feature{kind, a, b})
}

// met hears the concepts that meet in a sentence.
func (l *listener) met(all concepts) {
	for a := range all.each() {
		l.hear(ofConcept, a, 0)
		for b := range (all &^ (1<<(a+1) - 1)).each() {
			l.hear(ofTogether, a, b)
		}
	}
}

// later hears the concepts that come behind others.
func (l *listener) later(before, all concepts) {
	for a := range before.each() {
		for b := range all.each() {
			l.hear(ofLater, a, b)
		}
	}
}

// rules hears those that speak in a sentence, of the hits that come next in the mail, and returns
// the hits behind it.
func (l *listener) rules(hits []hit, text, from, to int) []hit {
	for len(hits) > 0 && (int(hits[0].text) < text || int(hits[0].text) == text && int(hits[0].start) < to) {
		if int(hits[0].text) == text && int(hits[0].start) >= from {
			l.hear(ofRule, uint64(hits[0].rule), 0) // #nosec G115 -- not negative
		}
		hits = hits[1:]
	}
	return hits
}

// lengthOf is the feature of so many sentences.
func lengthOf(sentences int) feature {
	return feature{ofLength, uint64(min(sentences, manySentences)), 0} // #nosec G115 -- not negative
}

// names writes features, and reads what is written: a sign and the parts.
type names struct {
	words    map[uint64]string
	senses   []string // less one
	concepts []string
	rules    []string
}

// write is a feature as it stands in a file: "word gone", "senses delete file", "later data erase".
func (k *names) write(f feature) string {
	kind := kindsOfFeatures[f.kind]
	line := kind.sign
	for i, part := range kind.parts {
		n := [2]uint64{f.a, f.b}[i]
		switch part {
		case aWord:
			line += " " + k.words[n]
		case aSense:
			line += " " + k.senses[n-1]
		case aConcept:
			line += " " + k.concepts[n]
		case aRule:
			line += " " + k.rules[n]
		default:
			line += " " + strconv.FormatUint(n, 10)
		}
	}
	return line
}

// read is the reverse of write. It returns the fields that follow.
func (k *names) read(fields []string) (f feature, rest []string, err error) {
	kind := slices.IndexFunc(kindsOfFeatures[:], func(k kindOfFeature) bool { return k.sign == fields[0] })
	if kind < 0 {
		return f, nil, fmt.Errorf("%.40q is no kind of feature", fields[0])
	}
	f.kind = featureKind(kind) // #nosec G115 -- few
	parts := kindsOfFeatures[kind].parts
	if len(fields) <= len(parts) {
		return f, nil, fmt.Errorf("%.40q needs %d parts", fields[0], len(parts))
	}
	var both [2]uint64
	for i, part := range parts {
		name := fields[i+1]
		switch part {
		case aWord:
			both[i] = wordHash(name)
		case aSense:
			n := slices.Index(k.senses, name)
			if n < 0 {
				return f, nil, fmt.Errorf("%.40q is not in %s", name, sensesFile)
			}
			both[i] = uint64(n) + 1 // #nosec G115 -- not negative
		case aConcept:
			n := slices.Index(k.concepts, name)
			if n < 0 {
				return f, nil, fmt.Errorf("%.40q is not in %s", name, conceptsFile)
			}
			both[i] = uint64(n) // #nosec G115 -- not negative
		case aRule:
			n := slices.Index(k.rules, name)
			if n < 0 {
				return f, nil, fmt.Errorf("there is no rule %.60q", name)
			}
			both[i] = uint64(n) // #nosec G115 -- not negative
		default:
			n, err := strconv.ParseUint(name, 10, 8)
			if err != nil || n > manySentences {
				return f, nil, fmt.Errorf("%.40q is no number up to %d", name, manySentences)
			}
			both[i] = n
		}
	}
	f.a, f.b = both[0], both[1]
	return f, fields[1+len(parts):], nil
}

// each gives the concepts of a set by number.
func (c concepts) each() iter.Seq[uint64] {
	return func(yield func(uint64) bool) {
		for ; c != 0; c &= c - 1 {
			if !yield(uint64(bits.TrailingZeros64(uint64(c)))) { // #nosec G115 -- below 64
				return
			}
		}
	}
}
