package classify

import (
	"maps"
	"slices"
	"strings"

	"rightsmail/shared/rights"
)

// What a mail has to weigh. Learnt weights are about 1 for what is asked and -1 for what is
// not. These were chosen on a fifth of the lessons that the weights had not been learnt from.
const (
	asksAt     = 0.15 // asked
	besideAt   = 0.4  // asked beside a right that a phrase found, which a mail often has alone
	surelyAt   = 0.1  // a human need not look first
	classLess  = 0.1  // taken off support and spam: of two readings the one that protects wins
	spamAt     = 0.3  // spam, although no rule knows it
	bySure     = 0.7  // added for a right that a phrase found,
	byConcepts = 0.25 // that only lines of concepts found,
	byGuess    = 0.15 // that a guess found,
	byClass    = 0.6  // for a class that a rule found,
	byThread   = 3    // for a mail that goes on about a case, which its words alone do not tell,
	foundLess  = 0.2  // what a right that a rule found may weigh less than support and still stand
	byNothing  = 0.1  // and for one that a mail has because no rule found anything
)

// byWeights is the rule that evidence of weights names.
const byWeights = "weights"

const followup rights.ID = "followup_existing_case"

// ponder weighs what the mail says against what the rules made of it. asked is how many
// reasons for review the mail had before the rules concluded.
func (r *reading) ponder(v *verdict, d *Decision, asked int) {
	w := &r.c.weights
	if len(w.aims) == 0 || r.bare {
		return
	}
	weight := r.weights()
	trusted := r.trust(v, weight)
	wanted := r.wanted(v, weight, trusted)
	before := slices.Sorted(maps.Keys(v.found))
	for _, id := range before {
		if n := w.of(id); n >= 0 && !slices.Contains(wanted, n) {
			r.drop(v, id)
		}
	}
	for _, n := range wanted {
		r.want(v, n, weight[n] > surelyAt)
	}
	r.silence(v)
	if slices.Equal(before, slices.Sorted(maps.Keys(v.found))) {
		return
	}
	v.review, d.DecidedBy = v.review[:asked], ByRules
	switch {
	case v.found[rights.Spam] != nil:
		d.Outcome = SpamMail
	case v.found[rights.SupportGeneral] != nil:
		d.Outcome = Support
	default:
		d.Outcome = Privacy
		r.doubts(v)
	}
}

// trust adds to the weights what the rules found, and returns by aim what it added.
func (r *reading) trust(v *verdict, weight []float64) (trusted []float64) {
	w := &r.c.weights
	trusted = make([]float64, len(weight))
	for id, f := range v.found {
		if n := w.of(id); n >= 0 {
			trusted[n] = max(trusted[n], v.trusts(f))
		}
	}
	for n, a := range w.aims {
		weight[n] += trusted[n]
		if a.class() {
			weight[n] -= classLess
		}
		if a.name == string(followup) && r.reply && trusted[n] == 0 {
			weight[n] = never // rules know better than words whether an answer goes on about a case
		}
	}
	return trusted
}

// trusts is what a finding of the rules adds.
func (v *verdict) trusts(f *Finding) float64 {
	guess := func(rule string) bool {
		return rule == "default" || rule == "nothing-decided" || strings.HasPrefix(rule, "last-")
	}
	phrase := func(rule string) bool { return !strings.Contains(rule, "together") }
	switch {
	case f.Right == rights.SupportGeneral || f.Right == rights.Spam:
		if v.has("class:" + string(f.Right)) {
			return byClass
		}
		return byNothing
	case f.Right == followup:
		return byThread
	case f.Confidence < sureAt || slices.ContainsFunc(f.Rules, guess):
		return byGuess
	case slices.ContainsFunc(f.Rules, phrase):
		return bySure
	}
	return byConcepts
}

// wanted lists the aims that weigh enough, or else the one that weighs most; it is empty
// where only something was found that has no weights.
func (r *reading) wanted(v *verdict, weight, trusted []float64) (wanted []int) {
	w := &r.c.weights
	least := asksAt
	if slices.Contains(trusted, bySure) {
		least = besideAt
	}
	best := 0
	for n, a := range w.aims {
		if weight[n] > weight[best] {
			best = n
		}
		if !a.class() && (weight[n] > least || trusted[n] > 0 && weight[n] > asksAt) {
			wanted = append(wanted, n)
		}
	}
	for id := range v.found {
		if w.of(id) < 0 {
			return wanted
		}
	}
	if len(wanted) > 0 {
		return wanted
	}
	if w.aims[best].class() {
		best = r.nothing(best, weight, trusted)
	}
	return []int{best}
}

// nothing is what a mail comes to that seems to ask for nothing: what a rule found in it
// unless all words speak against it, or else the class. Mail that nobody
// reads is hardly ever what only sounds like it.
func (r *reading) nothing(class int, weight, trusted []float64) int {
	w := &r.c.weights
	found := -1
	for n, a := range w.aims {
		if !a.class() && trusted[n] > 0 && (found < 0 || weight[n] > weight[found]) {
			found = n
		}
	}
	switch {
	case found >= 0 && weight[class]-weight[found] < foundLess:
		return found
	case w.aims[class].name == string(rights.Spam) && trusted[class] == 0 && (found >= 0 || weight[class] < spamAt):
		return w.of(rights.SupportGeneral)
	}
	return class
}

// drop takes a finding back, and the evidence of its rules.
func (r *reading) drop(v *verdict, id rights.ID) {
	f := v.found[id]
	delete(v.found, id)
	for n, ru := range r.c.rules {
		if slices.Contains(f.Rules, ru.ID) {
			v.spoke[n] = false
		}
	}
}

// want adds findings for an aim that none stands for yet, and the sentence that says so.
func (r *reading) want(v *verdict, n int, sure bool) {
	a := r.c.weights.aims[n]
	for id := range v.found {
		if slices.Contains(a.counts, id) {
			return
		}
	}
	ids := a.counts
	if _, topic := r.c.mean.Topics[a.name]; topic {
		ids = r.idsOf(&rule{Topic: a.name}, v.families)
	}
	confidence := 0.6
	if sure {
		confidence = 0.8
	}
	for _, id := range ids {
		v.add(id, confidence, byWeights)
	}
	r.quote(v, n)
}

// quote makes the sentence that weighs most for an aim evidence.
func (r *reading) quote(v *verdict, n int) {
	w := &r.c.weights
	var most Evidence
	heaviest := 0.0
	for i := range r.texts {
		t := &r.texts[i]
		if !r.weighs(t) {
			continue
		}
		theirs := r.theirs(i, t)
		for from, to := 0, 0; from < len(t.toks); from = to {
			for to = from + 1; to < len(t.toks) && !t.toks[to].brk; {
				to++
			}
			sentence := t.toks[from].sentence
			if theirs != nil && !theirs[sentence] {
				continue
			}
			one := &reading{
				texts: []text{{where: t.where, raw: t.raw, toks: t.toks[from:to]}},
				met:   [][]concepts{{r.met[i][sentence]}},
			}
			s := w.newScale()
			one.features(s.word, s.ideas)
			if weight := s.result()[n]; most.Rule == "" || weight > heaviest {
				start, end := int(t.toks[from].start), int(t.toks[to-1].end)
				heaviest, most = weight, Evidence{Rule: byWeights, Text: t.raw[start:end], Where: t.where, Start: start, End: end}
			}
		}
	}
	if most.Rule != "" {
		v.extra = append(v.extra, most)
	}
}
