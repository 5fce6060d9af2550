package classify

import (
	"hash/fnv"
	"slices"
)

// shingle is how many equal words in a row make words ours and not the sender's. Fewer
// would take wishes away: "do not sell or share my personal information" is the name of a
// link in every policy, and what people then write.
const shingle = 12

// OwnTexts are the words that we write ourselves: letters, titles, the policy. People
// quote them, marked or not, and they hold every trigger word. It never changes, so it is
// safe for concurrent use.
type OwnTexts struct{ rows map[uint64]struct{} }

// NewOwnTexts takes texts of ours. A text of fewer than twelve words is nobody's alone.
func NewOwnTexts(texts ...string) *OwnTexts {
	o := &OwnTexts{rows: map[uint64]struct{}{}}
	for _, s := range texts {
		toks, _ := splitWords(s, maxTokens)
		for _, row := range rowsOf(s, toks) {
			o.rows[row] = struct{}{}
		}
	}
	return o
}

// empty reports whether there is nothing to compare with; no texts at all are empty too.
func (o *OwnTexts) empty() bool { return o == nil || len(o.rows) == 0 }

// rowsOf hashes every row of words that is as long as a shingle.
func rowsOf(raw string, toks []token) []uint64 {
	words := make([]uint64, len(toks))
	for i, t := range toks {
		h := fnv.New64a()
		_, _ = h.Write([]byte(t.fold(raw))) // a hash never fails to write
		words[i] = h.Sum64()
	}
	var rows []uint64
	for i := 0; i+shingle <= len(words); i++ {
		const prime = 0x9e3779b97f4a7c15
		row := uint64(0)
		for _, w := range words[i : i+shingle] {
			row = (row ^ w) * prime
		}
		rows = append(rows, row)
	}
	return rows
}

// withoutOwnWords drops hits inside sentences that we wrote ourselves.
func (r *reading) withoutOwnWords(hits []hit) []hit {
	if r.in.OwnTexts.empty() {
		return hits
	}
	for i := range r.texts {
		r.texts[i].ours = r.in.OwnTexts.marksIn(&r.texts[i])
	}
	return slices.DeleteFunc(hits, func(h hit) bool {
		ours := r.texts[h.text].ours
		return ours != nil && !slices.Contains(ours[h.start:h.end], false)
	})
}

// marksIn tells which words of a text are ours; nil for none.
func (o *OwnTexts) marksIn(t *text) (ours []bool) {
	for i, row := range rowsOf(t.raw, t.toks) {
		if _, own := o.rows[row]; !own {
			continue
		}
		if ours == nil {
			ours = make([]bool, len(t.toks))
		}
		for k := range shingle {
			ours[i+k] = true
		}
	}
	return ours
}
