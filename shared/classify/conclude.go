package classify

import (
	"maps"
	"slices"
	"strings"
	"unicode"

	"rightsmail/shared/email"
	"rightsmail/shared/rights"
)

// NothingKnown is why a human reads a mail in which no rule found anything.
const NothingKnown = "came to the mailbox for privacy and asks for nothing we know"

// nothingDecided is the rule that evidence names where no rule spoke.
const nothingDecided = "nothing-decided"

// conclude turns what was weighed into one outcome and says what a human must look
// at. The order matters: a right outweighs a machine, a machine outweighs spam unless
// the mail server itself found spam, and spam outweighs support.
func (r *reading) conclude(v *verdict, d *Decision) {
	r.hint(v)
	r.silence(v)
	asked := len(v.review)
	readable := true
	switch {
	case len(v.found) > 0:
		d.Outcome = Privacy
		r.doubts(v)
	case r.m.Automation.Automated() && (r.m.Verdicts.Spam != email.Fail || r.m.Automation.Kind == "bounce"):
		r.settle(v, d, Automated, rights.AutoOrBounce, 0.95)
	case r.m.Verdicts.Spam == email.Fail || r.m.Verdicts.Virus == email.Fail || v.has("class:spam") && (v.has("junk") || !v.has("class:support_general")):
		r.settle(v, d, SpamMail, rights.Spam, 0.85)
	case r.unread(v):
		readable = false
		d.Outcome, d.DecidedBy = Unsure, ByNobody
		v.add(privacyQuestion, keepAt, nothingDecided)
	case v.has("class:support_general") && !v.has("personal-data"):
		r.settle(v, d, Support, rights.SupportGeneral, 0.95)
	case !r.in.ToOfficer && v.has(merchantTalk):
		r.settle(v, d, Support, rights.SupportGeneral, 0.85)
	case (r.in.ToOfficer || r.netted(v)) && r.lastResort(v):
		// Who speaks of privacy, or writes to its mailbox, may say what is wished for in
		// words too plain to count anywhere else: "do remove it".
		d.Outcome = Privacy
		r.doubts(v)
	case r.netted(v):
		// The net under all rules: whoever speaks of privacy, or names a privacy
		// law, is read by a human before the mail may count as support. Where no rule
		// knows ordinary support, a borrowed "login" does not outweigh personal data.
		d.Outcome = Privacy
		v.add(privacyQuestion, 0.5, "privacy-words")
		v.ask("speaks of privacy, but asks for nothing we know")
		r.show(v, "privacy-words")
		r.show(v, "personal-data")
		r.show(v, "speaks-of-self")
	case r.in.ToOfficer:
		// Who writes to the mailbox for privacy means privacy, until a rule knows better.
		d.Outcome, d.DecidedBy = Unsure, ByNobody
		v.add(privacyQuestion, keepAt, nothingDecided)
		v.ask(NothingKnown)
	default:
		r.settle(v, d, Support, rights.SupportGeneral, 0.85)
	}
	if d.Outcome == Privacy && r.m.Automation.Automated() {
		r.doubt(v, d, asked)
	}
	if readable && !r.m.Automation.Automated() && r.m.Verdicts.Spam != email.Fail && r.m.Verdicts.Virus != email.Fail {
		r.ponder(v, d, asked)
	}
}

// netted reports mail that speaks of privacy or of the writer's own data, or names a
// privacy law.
func (r *reading) netted(v *verdict) bool {
	return v.has("privacy-words") || v.has("personal-data") || v.has("speaks-of-self") || r.namesALaw() && !v.has("disclaimer")
}

// namesALaw reports whether the sender's own words name a privacy law.
func (r *reading) namesALaw() bool {
	return slices.ContainsFunc(r.hits, func(h hit) bool {
		where := r.texts[h.text].where
		return r.c.rules[h.rule].Law != "" && (where == InNew || where == InSubject && !r.reply)
	})
}

// settle records an outcome that is no right, with the rules of its class.
func (r *reading) settle(v *verdict, d *Decision, o Outcome, id rights.ID, confidence float64) {
	d.Outcome = o
	v.add(id, confidence, "default")
	r.show(v, "class:"+string(id))
}

// show makes rules that raise a signal part of the evidence.
func (r *reading) show(v *verdict, signal string) {
	n, known := r.c.signalOf[signal]
	for _, h := range r.hits {
		if known && slices.Contains(r.c.rules[h.rule].raises, n) {
			v.spoke[h.rule] = true
		}
	}
}

// hint lets the subject speak when the body asks for nothing. The policy gives the
// subjects, so they are worth a case, but only a clear one is worth certainty.
func (r *reading) hint(v *verdict) {
	if len(v.found) > 0 || r.m.Automation.Automated() || v.has("junk") {
		return // a machine has to say what it wants, and so has junk that calls itself a request
	}
	if r.reply && v.has("modifier:followup_existing_case") && r.answersUs(v) {
		v.add("followup_existing_case", 0.8, "answers-a-request") // the subject is the one of the mail before
		v.modify("followup_existing_case")
		return
	}
	for _, n := range v.hints {
		ru := r.c.rules[n]
		for _, id := range ru.Hint {
			v.add(id, ru.Confidence, ru.ID)
		}
		v.spoke[n] = true
		if v.has("class:support_general") {
			v.ask("the subject names a right, the text reads like ordinary support")
		}
	}
	if len(v.found) == 0 && r.answersUs(v) {
		v.add("followup_existing_case", 0.8, "answers-a-request")
		v.modify("followup_existing_case")
	}
}

// answersUs reports mail that asks for nothing new but belongs to a request made
// before: a reply under the subject of a right or of a case, or a reminder that shows it
// means a privacy matter and not a parcel.
func (r *reading) answersUs(v *verdict) bool {
	if v.answers || r.reply && r.in.ToOfficer && v.has("case-subject") && !v.has("class:support_general") {
		return true
	}
	if r.in.ToOfficer && (r.reply || v.has("reminds")) && !v.has(merchantTalk) { // whatever word of the product it has
		return v.has("modifier:followup_existing_case")
	}
	return v.has("modifier:followup_existing_case") &&
		(r.in.ToOfficer || v.has("case-reference") || v.has("privacy-words") || v.has("personal-data") || v.has("reminder")) && !v.has("class:support_general")
}

// silence drops findings that say less than others in the same mail.
func (r *reading) silence(v *verdict) {
	for id, f := range v.found {
		if f.Confidence < keepAt {
			delete(v.found, id)
		}
	}
	for _, id := range r.c.mean.Weak {
		if len(v.found) > 1 {
			delete(v.found, id)
		}
	}
	var gone []rights.ID
	for id := range v.found {
		if r.c.yields(v, id) {
			gone = append(gone, id)
		}
	}
	for _, id := range gone {
		delete(v.found, id)
	}
}

// yields reports a finding beside one to which it yields. What yields itself silences
// nobody: of a chain of three, the first stays.
func (c *Classifier) yields(v *verdict, id rights.ID) bool {
	return !v.has(c.mean.Stays[id]) && slices.ContainsFunc(c.mean.Yields[id], func(o rights.ID) bool {
		return v.found[o] != nil && !c.yields(v, o)
	})
}

// doubts writes down why a human must look before anything is answered.
func (r *reading) doubts(v *verdict) {
	for _, id := range slices.Sorted(maps.Keys(v.found)) {
		f := v.found[id]
		if f.Confidence < sureAt {
			v.ask("the words leave room for another reading")
		}
		if !r.inForce(f.Right) {
			v.ask("a right found is not in force on the day of receipt")
		}
		if f.Right == "other_us_state_request" {
			v.ask("resident of a state whose law has no desk of its own")
		}
	}
	if r.m.Automation.Automated() {
		v.ask("machine-like mail with rights language")
	}
	if r.m.Verdicts.Spam == email.Fail || r.m.Verdicts.Virus == email.Fail {
		v.ask("suspected spam or virus with rights language")
	}
	if v.onlyPassedOn {
		v.ask("the request stands in a forwarded mail: settle who asks")
	}
	if _, one := r.m.Sender(); !one {
		v.ask("no single sender")
	}
	if hidden := lettersIn(r.m.Hidden); hidden > 0 && hidden > lettersIn(r.m.Text) {
		v.ask(moreHidden)
	}
	r.doubtReading(v)
}

const (
	moreHidden   = "more text is hidden in the mail than can be seen"
	longestTease = 200 // letters of hidden text that a newsletter may have above it
)

// concealed doubts mail that would be settled as no request, and that holds text
// which nobody who looks at it sees: more than can be seen, more than the line that
// newsletters hide for the list of mails, or a wish. What is hidden is never evidence
// of a wish; that there is one means that a human must look.
func (r *reading) concealed(v *verdict) {
	hidden := lettersIn(r.m.Hidden)
	switch {
	case hidden == 0:
	case hidden > lettersIn(r.m.Text):
		v.ask(moreHidden)
	case hidden > longestTease:
		v.ask("a long text is hidden in the mail")
	case r.asksUnseen():
		v.ask("asks for something where nobody sees it")
	}
}

// asksUnseen reports whether the hidden text would ask for a right if it stood in a
// mail of its own. Newsletters hide how to leave them, so that counts for nothing.
func (r *reading) asksUnseen() bool {
	for id := range r.c.read(&email.Message{New: r.m.Hidden}, r.in).weigh().found {
		if row, err := r.row(id); err == nil && row.Queue != rights.QueueMarketing {
			return true
		}
	}
	return false
}

func lettersIn(s string) (n int) {
	for _, c := range s {
		if unicode.IsLetter(c) {
			n++
		}
	}
	return n
}

// doubtReading notes what the reader of the mail could not read.
func (r *reading) doubtReading(v *verdict) {
	if r.cut || r.m.Truncated {
		v.ask("the mail is too long to be read whole")
	}
	for _, w := range r.m.Warnings {
		if strings.Contains(string(w.Kind), "encrypted") {
			v.ask("encrypted")
		}
	}
}

// unread reports mail whose meaning the rules cannot know: no words, a language
// without rules, a mail cut short, words that nobody sees.
func (r *reading) unread(v *verdict) bool {
	before := len(v.review)
	if r.bare {
		switch {
		case len(r.m.Attachments) > 0:
			v.ask("no text, only attachments")
		default:
			v.ask("no text")
		}
	}
	r.doubtAttached(v)
	if r.signedAsk {
		v.ask("words that ask for a right stand in the signature: read it")
	}
	if !r.bare && (r.lang != "und" && !r.c.speaks[r.lang] || r.foreignScript()) {
		v.ask("written in a language without rules")
	}
	r.concealed(v)
	r.doubtReading(v)
	return len(v.review) > before
}

// foreignScript reports words in a script that no rule is written in, or that the
// language found is not: too few to name theirs, but no reason to call them support.
func (r *reading) foreignScript() bool {
	known, other := 0, 0
	for _, c := range TextOf(r.m, InNew) {
		switch {
		case unicode.Is(unicode.Latin, c) || r.writtenIn(c):
			known++
		case unicode.Is(unicode.Lm, c): // the long vowel of Japanese belongs to two scripts
		case unicode.IsLetter(c):
			other++
		}
	}
	return other > known
}

// writtenIn reports whether a letter is of the language found or, if none was, of any
// that has rules.
func (r *reading) writtenIn(letter rune) bool {
	if r.lang != "und" {
		return unicode.In(letter, scripts[r.lang]...)
	}
	for lang, tables := range scripts {
		if r.c.speaks[lang] && unicode.In(letter, tables...) {
			return true
		}
	}
	return false
}

// scripts are those of the languages that are written in others than the Latin one.
var scripts = map[string][]*unicode.RangeTable{
	"bg": {unicode.Cyrillic}, "ru": {unicode.Cyrillic}, "uk": {unicode.Cyrillic}, "el": {unicode.Greek},
	"ja": {unicode.Han, unicode.Hiragana, unicode.Katakana}, "zh": {unicode.Han}, "ko": {unicode.Hangul, unicode.Han},
}
