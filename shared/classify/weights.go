package classify

import (
	"slices"

	"rightsmail/shared/rights"
)

// Phrases and lines of concepts are sure of what they know, and know a small part of what
// people write. So all that a mail says also has weights: how much it speaks for each of the
// things that a mail may want, and how much against. Its words have some, two words in a row
// or with a word or two between them, the senses of words, a sense in a sentence that begins
// or ends in some way, its concepts, two concepts that meet in a sentence, two of which one
// comes up to two sentences behind the other, and the rules that speak in a sentence: who writes
// "My old number is in there. Could that go." is understood by what follows what, and a phrase is
// worth what it has proved to be. All of these are its features (features.go). The weights are
// learnt from mails whose rights are known (learn.go), stand in rules/weights.txt (written.go)
// and are looked up as they are compiled (tables.go); rules/aims.yaml lists what a mail may want.
//
// What a mail weighs for an aim is the sum of the weights of its features, divided by its
// length (the root of the sum of the squares of their sizes, which say how rare each of them is
// and how much its kind tells), so that a long passage weighs no more than a short one. Then what
// it weighs for all aims is looked at once more (second.go). ponder.go says what comes of it.

// aim is something that a mail may want and that has weights: a topic, a right or a class.
type aim struct {
	name   string
	counts []rights.ID // the rights that it may come to, under any law
}

// class reports an aim that is no right.
func (a aim) class() bool {
	return a.name == string(rights.SupportGeneral) || a.name == string(rights.Spam)
}

// weights is what the compiled rules know of them.
type weights struct {
	aims    []aim
	models  []model // the first is for all languages that have none of their own
	second  secondLook
	lexicon senseTable
}

const maxAims = 1 << 8

// of is the aim that a right counts as, or -1.
func (w *weights) of(id rights.ID) int {
	return slices.IndexFunc(w.aims, func(a aim) bool { return slices.Contains(a.counts, id) })
}

// modelFor is the one for a language.
func (w *weights) modelFor(language string) *model {
	for i := range w.models {
		if i > 0 && w.models[i].language == language {
			return &w.models[i]
		}
	}
	return &w.models[0]
}

// weighed reports a text whose words and concepts have weights.
func (w Where) weighed() bool {
	return w == InSubject || w == InNew || w == InAttachment || w == InForwarded
}

// passage is some of the sentences of a mail, one after the other over all texts that are
// weighed.
type passage struct{ from, to int }

// sentences is how many sentences there are that may be weighed.
func (r *reading) sentences() (n int) {
	for i := range r.texts {
		if r.weighs(&r.texts[i]) {
			n += len(r.said[i])
		}
	}
	return n
}

// Passages of a long mail are weighed each for itself, or a wish would drown in the story
// around it. They overlap, so that no wish is cut off from what it is about.
const (
	fewSentences = 8 // are one passage
	mostPassages = 32
)

func (r *reading) passages() (all []passage) {
	n := r.sentences()
	if n <= fewSentences {
		return []passage{{0, n}}
	}
	step := max(fewSentences-farSentence, (n+mostPassages-1)/mostPassages)
	for from := 0; from+farSentence < n; from += step {
		all = append(all, passage{from, min(from+step+farSentence, n)})
	}
	return all
}

// weighs reports whether what a text says has weights: the subject of a reply is that of the
// mail before.
func (r *reading) weighs(t *text) bool {
	return t.where.weighed() && !(r.reply && t.where == InSubject)
}

// tokens are those of a sentence of a text.
func (r *reading) tokens(i, n int) (from, to int) {
	from, to = int(r.said[i][n].first), len(r.texts[i].toks)
	if n+1 < len(r.said[i]) {
		to = int(r.said[i][n+1].first)
	}
	return from, to
}

// listen hears what the sentences say that are weighed, one after the other: what stands in
// each, and what comes behind what. What we wrote ourselves says nothing.
func (r *reading) listen(l *listener, hear func(inside, later []feature)) {
	lexicon := &r.c.weights.lexicon
	l.lexicon, l.tongue = lexicon, lexicon.tongue(r.lang)
	var last [farSentence]concepts // of the sentences before
	hits := r.hits                 // of this sentence and those behind it
	for i := range r.texts {
		t := &r.texts[i]
		if !r.weighs(t) {
			continue
		}
		for n := range r.said[i] {
			l.heard = l.heard[:0]
			from, to := r.tokens(i, n)
			if t.ours != nil && slices.Contains(t.ours[from:to], true) {
				hear(nil, nil)
				continue
			}
			met, before := r.said[i][n].concepts, concepts(0)
			for _, c := range last {
				before |= c
			}
			l.words(t, from, to)
			hits = l.rules(hits, i, from, to)
			l.met(met)
			inside := len(l.heard)
			l.later(before, met)
			hear(l.heard[:inside], l.heard[inside:])
			copy(last[1:], last[:])
			last[0] = met
		}
	}
}

// heavy is what a mail says that has weights: by sentence, the numbers of its features. It is
// used again and again.
type heavy struct {
	listener
	model     *model
	features  []weight
	sentences []told // one more for the end
	scale     *scale
	scales    map[*model]*scale
}

// told is where the features of a sentence begin, and of those the ones that need the
// sentences before.
type told struct {
	inside, later int32
	speaks        bool // and we did not write it ourselves
}

// heavy looks up, once for all passages, what has weights. Whoever asked for it puts it back
// into the pool.
func (r *reading) heavy() *heavy {
	h := r.c.heavies.Get().(*heavy)
	h.model, h.features, h.sentences = r.c.weights.modelFor(r.lang), h.features[:0], h.sentences[:0]
	if h.scale = h.scales[h.model]; h.scale == nil {
		h.scale = newScale(h.model)
		h.scales[h.model] = h.scale
	}
	r.listen(&h.listener, func(inside, later []feature) {
		h.sentences = append(h.sentences, told{h.look(nil), h.look(inside), inside != nil})
		h.look(later)
	})
	h.sentences = append(h.sentences, told{inside: h.look(nil)})
	return h
}

// look adds the features that have weights, and returns how many there are.
func (h *heavy) look(heard []feature) int32 {
	for _, f := range heard {
		if w, found := h.model.find(f); found {
			h.features = append(h.features, w)
		}
	}
	return int32(len(h.features)) // #nosec G115 -- some ten thousand
}

// passage is what a passage weighs, by aim, until something else is weighed.
func (h *heavy) passage(p passage) []float64 {
	n := 0
	for at := p.from; at < p.to; at++ {
		s := h.sentences[at]
		if !s.speaks {
			continue
		}
		n++
		to := h.sentences[at+1].inside
		if at == p.from {
			to = s.later // what stands before is not of the passage
		}
		for _, w := range h.features[s.inside:to] {
			h.scale.put(w)
		}
	}
	if w, found := h.model.find(lengthOf(n)); found {
		h.scale.put(w)
	}
	return h.scale.result()
}

// part is what some words of a sentence weigh, as above. The mail is not looked up any more.
func (h *heavy) part(t *text, from, to int) []float64 {
	h.heard = h.heard[:0]
	h.words(t, from, to)
	for _, f := range h.heard {
		if w, found := h.model.find(f); found {
			h.scale.put(w)
		}
	}
	return h.scale.result()
}
