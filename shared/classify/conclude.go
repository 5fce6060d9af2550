package classify

import (
	"slices"
	"strings"
	"unicode"

	"rightsmail/shared/email"
	"rightsmail/shared/rights"
)

// conclude turns what was weighed into one outcome and says what a human must look
// at. The order matters: a right outweighs a machine, a machine outweighs spam unless
// the mail server itself found spam, and spam outweighs support.
func (r *reading) conclude(v *verdict, d *Decision) {
	r.hint(v)
	r.silence(v)
	switch {
	case len(v.found) > 0:
		d.Outcome = Privacy
		r.doubts(v)
	case r.m.Automation.Automated() && (r.m.Verdicts.Spam != email.Fail || r.m.Automation.Kind == "bounce"):
		r.settle(v, d, Automated, rights.AutoOrBounce, 0.95)
	case r.m.Verdicts.Spam == email.Fail || r.m.Verdicts.Virus == email.Fail || v.signals["class:spam"] && (v.signals["junk"] || !v.signals["class:support_general"]):
		r.settle(v, d, SpamMail, rights.Spam, 0.85)
	case r.unread(v):
		d.Outcome, d.DecidedBy = Unsure, ByNobody
		v.add("privacy_question", keepAt, "nothing-decided")
	case v.signals["class:support_general"]:
		r.settle(v, d, Support, rights.SupportGeneral, 0.95)
	case v.signals["privacy-words"], r.namesALaw() && !v.signals["disclaimer"]:
		// The net under all rules: whoever speaks of privacy, or names a privacy
		// law, is read by a human before the mail may count as support.
		d.Outcome = Privacy
		v.add("privacy_question", 0.5, "privacy-words")
		v.ask("speaks of privacy, but asks for nothing we know")
		r.show(v, "privacy-words")
	default:
		r.settle(v, d, Support, rights.SupportGeneral, 0.85)
	}
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
	for _, h := range r.hits {
		for _, s := range r.c.rules[h.rule].says() {
			if s == signal {
				v.spoke[h.rule] = true
			}
		}
	}
}

// hint lets the subject speak when the body asks for nothing. The policy gives the
// subjects, so they are worth a case, but only a clear one is worth certainty.
func (r *reading) hint(v *verdict) {
	if len(v.found) > 0 || r.m.Automation.Automated() {
		return // a machine has to say what it wants
	}
	if r.reply && v.signals["modifier:followup_existing_case"] && r.answersUs(v) {
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
		if v.signals["class:support_general"] {
			v.ask("the subject names a right, the text reads like ordinary support")
		}
	}
	if len(v.found) == 0 && r.answersUs(v) {
		v.add("followup_existing_case", 0.8, "answers-a-request")
		v.modify("followup_existing_case")
	}
}

// answersUs reports mail that asks for nothing new but belongs to a request made
// before: a reply under the subject of a right, or a reminder that shows it means a
// privacy matter and not a parcel.
func (r *reading) answersUs(v *verdict) bool {
	if v.signals["answers-a-request"] {
		return true
	}
	return v.signals["modifier:followup_existing_case"] &&
		(v.signals["case-reference"] || v.signals["privacy-words"] || v.signals["reminder"]) && !v.signals["class:support_general"]
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
	for id, others := range r.c.mean.Yields {
		for _, o := range others {
			if _, ok := v.found[o]; ok && v.found[id] != nil {
				delete(v.found, id)
			}
		}
	}
}

// doubts writes down why a human must look before anything is answered.
func (r *reading) doubts(v *verdict) {
	for _, f := range v.found {
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
	r.doubtReading(v)
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
// without rules, a mail cut short.
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
	if !r.bare && (r.lang != "und" && !r.c.speaks(r.lang) || r.foreignScript()) {
		v.ask("written in a language without rules")
	}
	r.doubtReading(v)
	return len(v.review) > before
}

// foreignScript reports words in a script that no rule is written in: too few to name
// their language, but no reason to call them support.
func (r *reading) foreignScript() bool {
	latin, other := 0, 0
	for _, c := range TextOf(r.m, InNew) {
		switch {
		case unicode.Is(unicode.Latin, c):
			latin++
		case unicode.IsLetter(c):
			other++
		}
	}
	return other > latin
}

// speaks reports whether there are rules for a language.
func (c *Classifier) speaks(lang string) bool {
	for _, r := range c.rules {
		if r.Language == lang {
			return true
		}
	}
	return false
}
