package classify

import (
	"maps"
	"math"
	"slices"

	"rightsmail/shared/rights"
)

// What a mail has to weigh. Learnt weights are about 1 for what is asked and -1 for what is
// not. These were chosen on a fifth of the lessons that the weights had not been learnt from.
const (
	asksAt    = 0.03 // asked; if nothing does, what weighs most is for a human first
	sureFrom  = 0.1  // asked without doubt
	lessThan  = 0.4  // what a right may weigh less than support and still be asked
	classLess = 0.1  // taken off support and spam: of two readings the one that protects wins
	spamAt    = 0.3  // spam, although no rule knows it
	bySure    = 0.1  // added for a right that a phrase found; what only concepts found adds nothing
	saidFrom  = 0.5  // what its sentence weighs alone where it stands, whatever the rest is about
	byClass   = 0.3  // for a class that a rule found,
	byThread  = 3    // and for a mail that goes on about a case, which its words alone do not tell
	foundLess = 0.2  // what a right that a rule found may weigh less than support and still stand
	plainFrom = 0.3  // what a question on privacy must weigh to be more than what the net caught
	netAt     = 0.4  // what support must weigh where a mail speaks of privacy, or came to the mailbox for it, in a language that we know
)

// notFound is what rules add for what they did not find.
const notFound = -1

// WeightsRule is the rule that evidence names where no rule spoke but what the mail says weighs
// enough: the sentence that weighs most.
const WeightsRule = "weights"

const (
	followup        rights.ID = "followup_existing_case"
	privacyQuestion rights.ID = "privacy_question"
)

// onlyNetted reports a question on privacy that no rule found: the mail only was not let go.
func (v *verdict) onlyNetted() bool {
	f := v.found[privacyQuestion]
	return f != nil && !slices.ContainsFunc(f.Rules, func(rule string) bool { return rule != nothingDecided && rule != "privacy-words" })
}

// ponder weighs what the mail says against what the rules made of it. asked is how many
// reasons for review the mail had before the rules concluded.
func (r *reading) ponder(v *verdict, d *Decision, asked int) {
	w := &r.c.weights
	if len(w.aims) == 0 || r.bare {
		return
	}
	all, h := r.grounds(v), r.heavy()
	defer r.c.heavies.Put(h)
	weight, trusted := r.balance(v, all, h)
	wanted := r.wanted(all, weight, trusted, h)
	if d.Outcome != Support && r.reply && r.in.ToOfficer && len(wanted) > 0 && w.aims[wanted[0]].class() {
		return // an answer to the officer is ordinary mail only if a rule says so
	}
	if d.Outcome == Privacy && len(wanted) > 0 && w.aims[wanted[0]].class() && r.unreadToo(v) {
		return // what cannot be read may be the request: the guess of the rules stays, for a human
	}
	if n := w.of(privacyQuestion); n >= 0 && weight[n] > plainFrom && slices.Contains(wanted, n) && v.onlyNetted() && r.lang != undetermined {
		r.drop(v, privacyQuestion) // it is no guess any more
	}
	before := slices.Sorted(maps.Keys(v.found))
	for _, id := range before {
		if n := w.of(id); n >= 0 && !slices.Contains(wanted, n) {
			r.drop(v, id)
		}
	}
	for _, n := range wanted {
		r.want(v, n, weight[n] > sureFrom, h)
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

// doubt takes back what rules found in a machine's mail where all that it says does not ask for
// it: a letter about data protection names every right, its footer offers a few, and so does
// what answers by itself while somebody is away. A form or a ticket system hands on what a person
// asks, so a wish stands there if its own sentence asks for it.
func (r *reading) doubt(v *verdict, d *Decision, asked int) {
	w := &r.c.weights
	if len(w.aims) == 0 || r.bare || r.unreadToo(v) {
		return
	}
	all, h := r.grounds(v), r.heavy()
	defer r.c.heavies.Put(h)
	weight, _ := r.balance(v, all, h)
	nobodys := r.m.Automation.Kind == "list" || r.m.Automation.Kind == "auto-reply"
	for i, id := range slices.Sorted(maps.Keys(v.found)) { // as all are
		if n := w.of(id); n >= 0 && weight[n] <= asksAt && (nobodys || !r.stands(all[i], h)) {
			r.drop(v, id)
		}
	}
	if len(v.found) == 0 {
		v.review = v.review[:asked]
		r.settle(v, d, Automated, rights.AutoOrBounce, 0.85)
	}
}

// unreadToo is unread for mail that has reasons for review already, perhaps the same.
func (r *reading) unreadToo(v *verdict) bool {
	reasons := v.review
	v.review = nil
	unread := r.unread(v)
	for _, reason := range v.review {
		if !slices.Contains(reasons, reason) {
			reasons = append(reasons, reason)
		}
	}
	v.review = reasons
	return unread
}

// ground is a finding of the rules as it stands against what the mail says.
type ground struct {
	aim   int     // -1 if it has no weights
	trust float64 // what it adds
	said  []int   // the sentences in which its rules spoke, of those that are weighed
}

// grounds lists the findings, in the order of their rights.
func (r *reading) grounds(v *verdict) (all []ground) {
	for _, id := range slices.Sorted(maps.Keys(v.found)) {
		g := ground{aim: r.c.weights.of(id)}
		phrase, guess := false, false
		for _, name := range v.found[id].Rules {
			n := slices.IndexFunc(r.c.rules, func(ru *rule) bool { return ru.ID == name })
			guess = guess || n < 0 || r.c.rules[n].Last
			for _, h := range r.hits {
				if int(h.rule) != n {
					continue
				}
				phrase = phrase || h.tongue == 0
				if at, weighed := r.sentenceOf(h); weighed && !slices.Contains(g.said, at) {
					g.said = append(g.said, at)
				}
			}
		}
		switch {
		case (id == rights.SupportGeneral || id == rights.Spam) && v.has("class:"+string(id)):
			g.trust = byClass
		case id == rights.SupportGeneral || id == rights.Spam: // because no rule found anything
		case id == followup:
			g.trust = byThread
		case phrase && !guess && v.found[id].Confidence >= sureAt:
			g.trust = bySure
		}
		all = append(all, g)
	}
	return all
}

// sentenceOf is the number of the sentence in which a rule spoke, among those that are weighed.
func (r *reading) sentenceOf(h hit) (at int, weighed bool) {
	t := &r.texts[h.text]
	if !r.weighs(t) {
		return 0, false
	}
	for i := range r.texts[:h.text] {
		if r.weighs(&r.texts[i]) {
			at += len(r.said[i])
		}
	}
	return at + int(t.toks[h.start].sentence), true
}

// in reports whether the rules spoke in a passage, or nowhere that is weighed.
func (g ground) in(p passage) bool {
	return len(g.said) == 0 || slices.ContainsFunc(g.said, func(at int) bool { return p.from <= at && at < p.to })
}

// balance is what a mail weighs at second look with what the rules found, by aim, and what they
// added.
func (r *reading) balance(v *verdict, all []ground, h *heavy) (weight, trusted []float64) {
	w := &r.c.weights
	trusted = slices.Repeat([]float64{notFound}, len(w.aims))
	said, sum := newTally(w.aims), newTally(w.aims)
	for _, p := range r.passages() {
		here := h.passage(p)
		said.add(here)
		for _, g := range all {
			if g.aim >= 0 && g.in(p) {
				here[g.aim] += g.trust
				trusted[g.aim] = max(trusted[g.aim], g.trust)
			}
		}
		for n, a := range w.aims {
			switch {
			case a.class():
				here[n] -= classLess
			case a.name == string(followup) && r.reply && v.found[followup] == nil:
				here[n] = never // rules know better than words whether an answer goes on about a case
			}
		}
		sum.add(here)
	}
	for n, more := range w.second.look(said.weight) {
		sum.weight[n] += more
	}
	return sum.weight, trusted
}

// tally is what the passages of a mail weigh together. A right weighs what it does in the passage
// where it weighs most, and support and spam what they do in the passage that speaks most for any
// right.
type tally struct {
	aims   []aim
	weight []float64 // by aim
	best   float64   // of a right
}

func newTally(aims []aim) tally { return tally{aims, make([]float64, len(aims)), math.Inf(-1)} }

// add takes in what a passage weighs.
func (t *tally) add(here []float64) {
	first, most := math.IsInf(t.best, -1), math.Inf(-1)
	for n, a := range t.aims {
		if !a.class() {
			most = max(most, here[n])
		}
	}
	for n, a := range t.aims {
		if first || a.class() && most > t.best || !a.class() && here[n] > t.weight[n] {
			t.weight[n] = here[n]
		}
	}
	t.best = max(t.best, most)
}

// wanted lists the aims that weigh enough, or else the one that weighs most; it is empty
// where only something was found that has no weights.
func (r *reading) wanted(all []ground, weight, trusted []float64, h *heavy) (wanted []int) {
	w := &r.c.weights
	best, support := 0, w.of(rights.SupportGeneral)
	for n, a := range w.aims {
		if weight[n] > weight[best] {
			best = n
		}
		if !a.class() && weight[n] > asksAt && weight[n] > weight[support]-lessThan {
			wanted = append(wanted, n)
		}
	}
	unweighed := false
	for _, g := range all {
		unweighed = unweighed || g.aim < 0
		if g.aim >= 0 && !w.aims[g.aim].class() && !slices.Contains(wanted, g.aim) && r.stands(g, h) {
			wanted = append(wanted, g.aim)
		}
	}
	if len(wanted) > 1 { // who asks for something new does not only go on about a case
		wanted = slices.DeleteFunc(wanted, func(n int) bool { return w.aims[n].name == string(followup) && trusted[n] == notFound })
	}
	if unweighed || len(wanted) > 0 {
		return wanted
	}
	if w.aims[best].class() {
		best = r.nothing(best, weight, trusted)
	}
	return []int{best}
}

// stands reports whether a right that a phrase found is asked by one of the sentences in which
// it stands, whatever the rest of the mail is about, or stands where nothing has weights: in
// the address of the sender.
func (r *reading) stands(g ground, h *heavy) bool {
	if g.trust == 0 {
		return false
	}
	w := &r.c.weights
	return len(g.said) == 0 || slices.ContainsFunc(g.said, func(at int) bool {
		here := h.passage(passage{at, at + 1})
		return here[g.aim] > saidFrom && !slices.ContainsFunc([]rights.ID{rights.SupportGeneral, rights.Spam}, func(id rights.ID) bool {
			return here[w.of(id)]-classLess > here[g.aim]
		})
	})
}

// nothing is what a mail comes to that seems to ask for nothing: what a rule found in it
// unless all words speak against it, or else the class. Mail that nobody reads is hardly ever
// what only sounds like it.
func (r *reading) nothing(class int, weight, trusted []float64) int {
	w := &r.c.weights
	found := -1
	for n, a := range w.aims {
		if !a.class() && trusted[n] != notFound && (found < 0 || weight[n] > weight[found]) {
			found = n
		}
	}
	netted := found >= 0 && w.aims[found].name == "privacy_question"
	switch {
	case found >= 0 && weight[class]-weight[found] < foundLess, netted && (weight[class] < netAt || r.lang == "und"):
		return found
	case w.aims[class].name == string(rights.Spam) && trusted[class] == notFound && (found >= 0 || weight[class] < spamAt):
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
func (r *reading) want(v *verdict, n int, sure bool, h *heavy) {
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
		v.add(id, confidence, WeightsRule)
	}
	r.quote(v, n, h)
}

// longestQuote is how many words of a sentence are quoted. People write a whole mail without
// a full stop, and evidence is kept with every case.
const longestQuote = 40

// quote makes the sentence that weighs most for an aim evidence, or the part of it whose words
// do.
func (r *reading) quote(v *verdict, aim int, h *heavy) {
	best, first := math.Inf(-1), 0
	text, from, to := -1, 0, 0
	for i := range r.texts {
		t := &r.texts[i]
		if !r.weighs(t) {
			continue
		}
		for n := range r.said[i] {
			begin, end := r.tokens(i, n)
			if t.ours != nil && slices.Contains(t.ours[begin:end], true) {
				continue
			}
			if weight := h.passage(passage{first + n, first + n + 1})[aim]; weight > best {
				best, text, from, to = weight, i, begin, end
			}
		}
		first += len(r.said[i])
	}
	if text < 0 {
		return
	}
	t := &r.texts[text]
	from, to = r.heaviest(t, from, to, aim, h)
	start, end := int(t.toks[from].start), int(t.toks[to-1].end)
	v.extra = append(v.extra, Evidence{Rule: WeightsRule, Text: t.raw[start:end], Where: t.where, Start: start, End: end})
}

// heaviest is the part of a sentence, no longer than is quoted, whose words weigh most.
func (r *reading) heaviest(t *text, from, to, aim int, h *heavy) (int, int) {
	begin, best := from, math.Inf(-1)
	for at := from; at < to; at += longestQuote {
		if weight := h.part(t, at, min(at+longestQuote, to))[aim]; weight > best {
			begin, best = at, weight
		}
	}
	return begin, min(begin+longestQuote, to)
}
