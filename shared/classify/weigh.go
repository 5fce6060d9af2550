package classify

import (
	"slices"

	"rightsmail/shared/rights"
)

// verdict is what the hits come to.
type verdict struct {
	of           *Classifier
	signals      []bool // by number: raised
	spoke        []bool // by rule: its evidence is shown
	found        map[rights.ID]*Finding
	hints        []int32 // rules that are only subject hints
	answers      bool    // a reply under the subject of a request
	onlyPassedOn bool    // every right stands in a forwarded mail alone
	families     []family
	jurisdiction rights.Jurisdiction
	role         Role
	modifiers    []rights.ID
	review       []string
	extra        []Evidence // found without a rule: domain, dialling code, numbers
}

func (r *reading) newVerdict() *verdict {
	return &verdict{
		of: r.c, signals: make([]bool, len(r.c.signals)+1), spoke: make([]bool, len(r.c.rules)), found: map[rights.ID]*Finding{},
		jurisdiction: rights.Unspecified, role: RoleSelf,
	}
}

// has reports whether a signal was raised.
func (v *verdict) has(signal string) bool {
	n, known := v.of.signalOf[signal]
	return known && v.signals[n]
}

func (v *verdict) ask(reason string) {
	if !slices.Contains(v.review, reason) {
		v.review = append(v.review, reason)
	}
}

func (v *verdict) modify(id rights.ID) {
	if !slices.Contains(v.modifiers, id) {
		v.modifiers = append(v.modifiers, id)
	}
}

// add counts a rule for a right. Independent rules make each other surer.
func (v *verdict) add(id rights.ID, confidence float64, rule string) {
	f := v.found[id]
	if f == nil {
		f = &Finding{Right: id}
		v.found[id] = f
	}
	f.Confidence = min(0.99, 1-(1-f.Confidence)*(1-confidence))
	f.Rules = append(f.Rules, rule)
}

// weigh turns hits into rights: first the signals, then the law, then what each
// topic means under it.
func (r *reading) weigh() *verdict {
	v := r.newVerdict()
	live := r.speaking(v)
	r.settlePlace(v, live)
	asked := map[int32][]family{} // by topic rule: the laws it was asked under
	for _, n := range live {
		if r.c.rules[n].Topic != "" {
			asked[n] = r.lawsBeside(v, n)
		}
	}
	r.serveAll(v, asked)
	inOwnWords := false
	for _, n := range live {
		ru := r.c.rules[n]
		ids := r.idsOf(ru, asked[n])
		for _, id := range ids {
			v.add(id, ru.Confidence, ru.ID)
		}
		inOwnWords = inOwnWords || len(ids) > 0 && r.outsideForward(n)
		r.note(v, ru)
		if len(ru.Hint) > 0 {
			v.hints = append(v.hints, n)
		}
		v.spoke[n] = len(ids) > 0 || ru.Law != "" || ru.Place != "" || ru.Role != "" || ru.Modifier != "" || ru.Review != ""
	}
	v.onlyPassedOn = len(v.found) > 0 && !inOwnWords
	r.sensitiveNumbers(v)
	return v
}

// lawsBeside returns the laws named in a sentence where the rule spoke: "under the
// GDPR a copy of my data, under the CCPA no sale" asks each under its own law. It
// is empty if no such sentence names a law that applies.
func (r *reading) lawsBeside(v *verdict, rule int32) []family {
	var near []family
	for _, h := range r.hits {
		if h.rule != rule {
			continue
		}
		for _, l := range r.hits {
			f := family(r.c.rules[l.rule].Law)
			if f == "" || l.text != h.text || !r.sameSentence(h, l) {
				continue
			}
			for _, g := range v.families {
				if (g == f || narrows(g, f)) && !slices.Contains(near, g) {
					near = append(near, g)
				}
			}
		}
	}
	return near
}

// narrows reports whether a law is the other's own form in one country or state.
func narrows(g, f family) bool {
	return f == gdpr && (g == uk || g == swiss) || f == otherStates && g == nevada
}

// serveAll gives every topic without a law beside it all laws that apply, and every
// law that nothing was asked under all topics, so that no named law is lost.
func (r *reading) serveAll(v *verdict, asked map[int32][]family) {
	served := map[family]bool{}
	for n, near := range asked {
		if len(near) == 0 {
			asked[n] = v.families
		}
		for _, f := range asked[n] {
			served[f] = true
		}
	}
	for _, f := range v.families {
		if served[f] || v.has("right:dpf_limit_use_disclosure") && f == dpf {
			continue
		}
		for n := range asked {
			asked[n] = append(slices.Clone(asked[n]), f)
		}
	}
}

// speaking returns the rules that have a hit and whose needs are met, in file
// order, and records their signals.
func (r *reading) speaking(v *verdict) []int32 {
	hit := make([]bool, len(r.c.rules))
	answers := false
	for _, h := range r.hits {
		if r.inReplySubject(h) && (r.c.rules[h.rule].Right != "" || r.c.rules[h.rule].Topic != "" || len(r.c.rules[h.rule].Hint) > 0) {
			answers = true
			continue // the subject of a reply is the question of the mail before
		}
		hit[h.rule] = true
	}
	var live []int32
	for _, n := range r.c.inOrder {
		if !hit[n] {
			continue
		}
		ru := r.c.rules[n]
		if ru.Last || !v.lets(ru) {
			continue
		}
		live = append(live, n)
		v.spoke[n] = true
		for _, s := range ru.raises {
			v.signals[s] = true
		}
	}
	v.answers = answers
	slices.Sort(live)
	return live
}

// lets reports whether a rule has all that it needs and nothing that it excludes.
func (v *verdict) lets(ru *rule) bool {
	return !slices.ContainsFunc(ru.needs, func(s []int32) bool { return !v.anyOf(s) }) && !slices.ContainsFunc(ru.excludes, v.anyOf)
}

// plainWords is how many words a mail may have whose wish is told by so little.
const plainWords = 120

// lastResort takes the wish of the rules that are heard only where no other knows what a
// mail is, and reports whether there is one. The surest that speak are believed. A long
// text has all such words somewhere.
func (r *reading) lastResort(v *verdict) bool {
	words := 0
	for _, t := range r.texts {
		if t.where == InNew || t.where == InForwarded || t.where == InAttachment {
			words += len(t.toks)
		}
	}
	if words > plainWords {
		return false
	}
	var surest []int
	best := 0.0
	for n, ru := range r.c.rules {
		if !ru.Last || ru.Confidence < best || !r.resorts(v, ru, n) {
			continue
		}
		if ru.Confidence > best {
			best, surest = ru.Confidence, nil
		}
		surest = append(surest, n)
	}
	for _, n := range surest {
		ru := r.c.rules[n]
		for _, id := range r.idsOf(ru, v.families) {
			v.add(id, ru.Confidence, ru.ID)
		}
		v.spoke[n] = true
	}
	return len(v.found) > 0
}

// resorts reports whether a rule of the last resort speaks, in the language of the mail:
// a few of its words are also words of another.
func (r *reading) resorts(v *verdict, ru *rule, n int) bool {
	tongues := r.c.program.ideas.tongues
	return v.lets(ru) && slices.ContainsFunc(r.hits, func(h hit) bool {
		return int(h.rule) == n && !r.inReplySubject(h) && (r.lang == "und" || h.tongue == 0 || tongues[h.tongue-1] == r.lang || tongues[h.tongue-1] == undetermined)
	})
}

func (v *verdict) anyOf(signals []int32) bool {
	return slices.ContainsFunc(signals, func(s int32) bool { return v.signals[s] })
}

func (r *reading) inReplySubject(h hit) bool {
	return r.reply && r.texts[h.text].where == InSubject
}

func (r *reading) outsideForward(rule int32) bool {
	passesOn := r.m.OnlyPassesOn()
	return slices.ContainsFunc(r.hits, func(h hit) bool {
		where := r.texts[h.text].where
		return h.rule == rule && where != InForwarded && !(where == InNew && passesOn)
	})
}

// idsOf names the rights a rule asks for under the laws that apply.
func (r *reading) idsOf(ru *rule, under []family) []rights.ID {
	var ids []rights.ID
	if ru.Right != "" {
		ids = append(ids, ru.Right)
	}
	if ru.Topic != "" {
		for _, f := range under {
			ids = append(ids, r.c.mean.Topics[ru.Topic].under(f)...)
		}
	}
	for _, id := range slices.Clone(ids) {
		ids = append(ids, r.c.mean.Implies[id]...)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func (r *reading) inForce(id rights.ID) bool {
	if !r.in.On.IsValid() {
		return true
	}
	_, err := r.row(id)
	return err == nil
}

// note takes over what a rule says beside rights.
func (r *reading) note(v *verdict, ru *rule) {
	if ru.Modifier != "" {
		v.modify(ru.Modifier)
	}
	if ru.Review != "" {
		v.ask(ru.Review)
	}
	if ru.Role != "" && rank(ru.Role) > rank(v.role) {
		v.role = ru.Role
	}
}

// rank settles who asks where a mail shows several: the one that changes most.
func rank(role Role) int {
	return slices.Index([]Role{RoleSelf, RoleVisitor, RoleEmployer, RoleAgent, RoleHeir, RoleParent, RoleChild, RoleRegulator}, role)
}
