package classify

import (
	"regexp"
	"slices"
	"strings"

	"rightsmail/shared/email"
)

// text is one readable part of a mail with its words.
type text struct {
	where Where
	raw   string
	toks  []token
	digit int    // the first byte that is one; what looks for numbers begins there
	ours  []bool // by token: we wrote it ourselves; nil for none
}

// firstDigit is where the first digit of a text stands, or its end. Most letters have none
// before the signature.
func firstDigit(raw string) int {
	for i := range len(raw) {
		if isDigit(raw[i]) {
			return i
		}
	}
	return len(raw)
}

// reading is one mail on the way to a decision.
type reading struct {
	c          *Classifier
	m          *email.Message
	in         Context
	texts      []text
	said       [][]saying // by text and sentence
	hits       []hit      // of phrases only, in order of place; what was void is gone
	cut        bool       // a text was longer than is read
	reply      bool       // the subject says that this answers another mail
	bare       bool       // no text has a single word
	signedAsk  bool       // words that ask for a right stand in the signature
	lang       string
	state, zip string // as an address in the mail has them
}

// TextOf returns the text in which the offsets of an Evidence with that place
// count: all attached letters are one text, and a forwarded mail is its subject, an
// empty line and its words.
func TextOf(m *email.Message, w Where) string {
	switch w {
	case InSubject:
		return m.Subject
	case InNew:
		return m.New
	case InSignature:
		return m.Signature
	case InAttachment:
		var letters []string
		for _, a := range m.Attachments {
			if a.Text != "" {
				letters = append(letters, a.Text)
			}
		}
		return strings.Join(letters, "\n\n")
	case InForwarded:
		if m.Forwarded != nil {
			return m.Forwarded.Subject + "\n\n" + m.Forwarded.Text
		}
	case InAddress:
		if a, ok := m.Sender(); ok {
			return a.Address
		}
	case InCopied:
		return othersOf(m)
	}
	return ""
}

// read finds every phrase of every rule in every text the rule wants.
func (c *Classifier) read(m *email.Message, in Context) *reading {
	r := &reading{c: c, m: m, in: in, bare: true}
	// A prefix alone is no thread: people type "Re: CCPA Request" into a new mail.
	// An auto-reply and a bounce carry our own subject.
	// A subject with a reference of ours is ours: its words are no request of theirs.
	r.reply = len(m.InReplyTo)+len(m.References) > 0 && hasReplyPrefix(m.Subject) || strings.Contains(m.Subject, "[RM-") && ourSubject.MatchString(m.Subject) ||
		m.Automation.Kind == "auto-reply" || m.Automation.Kind == "bounce"
	for _, w := range allTexts {
		if w == InForwarded && m.Automation.Kind == "bounce" {
			continue // what came back is our own mail
		}
		raw := TextOf(m, w)
		if strings.TrimSpace(raw) == "" {
			continue
		}
		toks, cut := wordsOf(w, withoutUnticked(raw))
		r.cut = r.cut || cut
		if w != InSubject && w != InAddress && w != InSignature && len(toks) > 0 {
			r.bare = false
		}
		r.texts = append(r.texts, text{w, raw, toks, firstDigit(raw), nil})
	}
	r.said = make([][]saying, len(r.texts))
	matcher := c.matchers.Get().(*matcher)
	var all []hit
	spoken := uint64(0) // the tongues that the new words are in, or may be
	for i, t := range r.texts {
		if i == 0 || t.where != InNew { // the subject is what the new words go on about
			matcher.ideas.begin()
		}
		here := uint8(1) << slices.Index(allTexts, t.where)
		all = matcher.match(t.raw, t.toks, int32(i), func(rule int32) bool { // #nosec G115 -- six texts
			return c.rules[rule].heardIn&here != 0
		}, all)
		if t.where == InNew {
			spoken = matcher.ideas.speaking
		}
		if t.where.weighed() && len(t.toks) > 0 {
			r.said[i] = matcher.ideas.sayings(t.toks)
		}
	}
	c.matchers.Put(matcher)
	all = slices.DeleteFunc(all, func(h hit) bool { // the few words of a subject are in the language of the others
		return h.tongue > 0 && spoken != 0 && r.texts[h.text].where == InSubject && spoken>>(h.tongue-1)&1 == 0
	})
	r.hits = r.withoutSigned(r.withoutVoid(inOrder(c.withPhrases(all))))
	r.hits = r.withoutGuesses(r.withoutMerchants(r.withoutCited(r.withoutOwnWords(r.hits))))
	r.lang = r.language()
	return r
}

// withPhrases drops what is found for rules to be silent that say nothing anyway.
func (c *Classifier) withPhrases(all []hit) []hit {
	says := make([]bool, len(c.rules))
	for _, h := range all {
		says[h.rule] = says[h.rule] || h.part == partPhrase
	}
	return slices.DeleteFunc(all, func(h hit) bool { return !says[h.rule] })
}

// inOrder sorts hits by place. Of several phrases of one rule that begin at one word, the
// longest stays, and before it one that has a word for an act: see withoutGuesses.
func inOrder(all []hit) []hit {
	slices.SortFunc(all, func(a, b hit) int {
		switch {
		case a.text != b.text:
			return int(a.text - b.text)
		case a.start != b.start:
			return int(a.start - b.start)
		case a.rule != b.rule:
			return int(a.rule - b.rule)
		case a.part != b.part:
			return int(a.part) - int(b.part)
		case a.act < 0 != (b.act < 0):
			return int(b.act - a.act)
		}
		return int(b.end - a.end)
	})
	return slices.CompactFunc(all, func(a, b hit) bool {
		return a.text == b.text && a.start == b.start && a.rule == b.rule && a.part == b.part
	})
}

// wordsOf cuts a text into tokens. An address has one for its domain and one for
// each domain above it, so "@ftc.gov" finds every host there and no look-alike.
func wordsOf(w Where, raw string) (toks []token, cut bool) {
	if w != InAddress {
		return splitWords(raw, maxTokens)
	}
	at := strings.LastIndexByte(raw, '@')
	for i := at; i >= 0 && i < len(raw); {
		toks = append(toks, token{
			form: formDomain, atom: unknownWord, brk: i > at,
			start: int32(i + 1), end: int32(len(raw)), // #nosec G115 -- an address is short
		})
		dot := strings.IndexByte(raw[i+1:], '.')
		if dot < 0 {
			break
		}
		i += 1 + dot
	}
	return toks, false
}

// ourSubject is the mark that our letters carry in their subject.
var ourSubject = regexp.MustCompile(`\[RM-[0-9A-Z]{4}-[0-9A-Z]{4}\]`)

// unticked is a line of a form whose box was left empty.
var unticked = regexp.MustCompile(`(?m)^[ \t>*-]*(?:\[[ \t]*\]|\([ \t]*\)|☐|□).*$`)

// withoutUnticked blanks what a form offers and the person did not choose. Every byte
// keeps its place, because evidence points at places.
func withoutUnticked(raw string) string {
	if strings.Contains(raw, "☐") || strings.Contains(raw, "□") || emptyBrackets(raw, '[', ']') || emptyBrackets(raw, '(', ')') {
		return blankUnticked(raw)
	}
	return raw
}

// emptyBrackets reports whether an opening bracket has nothing behind it, or a blank.
func emptyBrackets(raw string, opening, closing byte) bool {
	for {
		i := strings.IndexByte(raw, opening)
		if i < 0 || i+1 == len(raw) {
			return false
		}
		if c := raw[i+1]; c == ' ' || c == '\t' || c == closing {
			return true
		}
		raw = raw[i+1:]
	}
}

func blankUnticked(raw string) string {
	return unticked.ReplaceAllStringFunc(raw, func(line string) string { return strings.Repeat(" ", len(line)) })
}

// withoutVoid drops the hits that an unless phrase of the same rule takes back, and those
// of a rule that wants to hear the whole text in a text that says more.
func (r *reading) withoutVoid(all []hit) []hit {
	var against []hit
	for _, h := range all {
		if h.part != partPhrase {
			against = append(against, h)
		}
	}
	kept := make([]hit, 0, len(all)-len(against))
	for _, h := range all {
		if h.part != partPhrase {
			continue
		}
		if r.c.rules[h.rule].Whole && int(h.end-h.start) < len(r.texts[h.text].toks) {
			continue
		}
		void := slices.ContainsFunc(against, func(u hit) bool {
			if u.rule != h.rule || u.text != h.text {
				return false
			}
			switch u.part {
			case partUnless:
				return u.start < h.end && h.start < u.end
			case partUnlessNear:
				return r.sameSentence(h, u)
			}
			return true
		})
		if !void {
			kept = append(kept, h)
		}
	}
	return kept
}

const merchantTalk = "merchant-talk"

// withoutMerchants drops the wishes of a mail in which a firm asks how the product works:
// "one of our users asked to be forgotten, which button is that?" wants nothing of us.
// Complaints stay, and what a rule says without a topic, such as a child's rights.
func (r *reading) withoutMerchants(hits []hit) []hit {
	n, known := r.c.signalOf[merchantTalk]
	says := func(h hit) bool { return slices.Contains(r.c.rules[h.rule].raises, n) }
	if r.in.alone || !known || !slices.ContainsFunc(hits, says) {
		return hits
	}
	r.hits = hits
	v := r.newVerdict()
	r.speaking(v)
	if !v.signals[n] {
		return hits
	}
	return slices.DeleteFunc(hits, func(h hit) bool {
		ru := r.c.rules[h.rule]
		switch ru.Right {
		case "marketing_unsubscribe", "privacy_question", "processor_request": // of their customers
			return true
		}
		return ru.Topic != "" && ru.Topic != "complaint"
	})
}

// withoutGuesses drops the wishes that concepts tell of a sentence which a phrase has
// understood: who asks for erasure in so many words may name all that is kept of them. A
// rule that is sure only where it stands alone is not heard beside a wish in any sentence;
// one that is sure enough is heard for what else the sentence asks.
func (r *reading) withoutGuesses(hits []hit) []hit {
	asks := func(h hit) bool {
		ru := r.c.rules[h.rule]
		return ru.Right != "" || ru.Topic != "" || ru.Class != ""
	}
	guess := func(h hit) bool { return h.tongue > 0 && asks(h) }
	if r.in.alone || !slices.ContainsFunc(hits, guess) {
		return hits
	}
	r.hits = slices.DeleteFunc(slices.Clone(hits), guess)
	v := r.newVerdict()
	r.speaking(v)
	type place struct{ text, sentence int32 }
	placeOf := func(h hit) place { return place{h.text, r.texts[h.text].toks[h.start].sentence} }
	understood, wishes := map[place][]hit{}, false
	for _, h := range r.hits {
		if h.tongue == 0 && asks(h) && v.spoke[h.rule] {
			understood[placeOf(h)] = append(understood[placeOf(h)], h)
			wishes = wishes || r.c.rules[h.rule].Class == ""
		}
	}
	return slices.DeleteFunc(hits, func(h hit) bool {
		if !guess(h) {
			return false
		}
		ru := r.c.rules[h.rule]
		by := slices.DeleteFunc(slices.Clone(understood[placeOf(h)]), func(p hit) bool {
			return r.c.rules[p.rule].Class != "" && ru.Class == "" // words of a product hide no wish
		})
		says := func(p hit) bool { // a phrase that has the word, or means the same
			return p.start <= h.act && h.act < p.end || r.c.rules[p.rule].Topic == ru.Topic && r.c.rules[p.rule].Right == ru.Right
		}
		return wishes && ru.Alone || len(by) > 0 && (!ru.Beside || h.act < 0 || slices.ContainsFunc(by, says))
	})
}

// withoutSigned drops what a signature must not decide. That somebody asks for a right
// there is noted, because a request may stand below a line that only looks like the
// start of a signature. Where the request was passed on, the signature is that of the
// one who passed it on, and says nothing about the person.
func (r *reading) withoutSigned(hits []hit) []hit {
	at := slices.IndexFunc(r.texts, func(t text) bool { return t.where == InSignature })
	if at < 0 {
		return hits
	}
	own, passedOn := false, false
	for _, h := range hits {
		if ru := r.c.rules[h.rule]; ru.Right == "" && ru.Topic == "" {
			continue
		}
		switch r.texts[h.text].where {
		case InSignature:
			r.signedAsk = r.signedAsk || r.c.rules[h.rule].Confidence >= sureAt
		case InForwarded:
			passedOn = true
		case InNew, InAttachment:
			own = true
		}
	}
	strange := r.m.OnlyPassesOn() || passedOn && !own
	hits = slices.DeleteFunc(hits, func(h hit) bool {
		return int(h.text) == at && (strange || !r.c.rules[h.rule].ofPerson())
	})
	if strange {
		r.texts[at].toks, r.texts[at].raw = nil, ""
	}
	return hits
}

func (r *reading) sameSentence(a, b hit) bool {
	toks := r.texts[a.text].toks
	return toks[a.start].sentence == toks[b.start].sentence
}

// evidence quotes the words of a hit.
func (r *reading) evidence(h hit) Evidence {
	t := r.texts[h.text]
	start, end := int(t.toks[h.start].start), int(t.toks[h.end-1].end)
	return Evidence{Rule: r.c.rules[h.rule].ID, Text: t.raw[start:end], Where: t.where, Start: start, End: end}
}

// hasReplyPrefix says whether a reply prefix, in any of the usual languages, stands
// before the subject proper. Forward prefixes are skipped.
func hasReplyPrefix(subject string) bool {
	for {
		word, rest, ok := strings.Cut(strings.ReplaceAll(subject, "：", ":"), ":")
		word = strings.TrimRight(strings.ToLower(strings.TrimSpace(word)), "0123456789[]() ")
		switch {
		case !ok:
			return false
		case slices.Contains([]string{"re", "aw", "antw", "antwort", "odp", "sv", "vs", "res", "rif", "ref", "ynt", "回复", "答复", "返信"}, word):
			return true
		case !slices.Contains([]string{"fwd", "fw", "wg", "pd", "tr", "rv", "i", "enc", "vl", "転送", "转发"}, word):
			return false
		}
		subject = rest
	}
}
