package classify

import "slices"

// onlyCited is the signal of rules that know words about rights which ask for none: "I am
// aware of my right to erasure", "this is not a request to delete". Letters that a
// service wrote are full of them.
const onlyCited = "only-cited"

// withoutCited drops the wishes that stand in words which only cite a right. What stands
// beside them in the same sentence stays.
func (r *reading) withoutCited(hits []hit) []hit {
	n, known := r.c.signalOf[onlyCited]
	if !known {
		return hits
	}
	var cited []hit
	for _, h := range hits {
		if slices.Contains(r.c.rules[h.rule].raises, n) {
			cited = append(cited, h)
		}
	}
	if len(cited) == 0 {
		return hits
	}
	return slices.DeleteFunc(hits, func(h hit) bool {
		ru := r.c.rules[h.rule]
		return (ru.Right != "" || ru.Topic != "") && slices.ContainsFunc(cited, func(c hit) bool {
			return c.text == h.text && c.start <= h.start && h.start < c.end
		})
	})
}
