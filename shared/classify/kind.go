package classify

import (
	"slices"
	"strings"

	"rightsmail/shared/email"
	"rightsmail/shared/rights"
)

// Kind says where a mail stands in the course of a request.
type Kind string

// The kinds. Mail without a right has none.
const (
	KindRequest    Kind = "request"    // asks
	KindReminder   Kind = "reminder"   // asks again, or asks what became of it
	KindEscalation Kind = "escalation" // the date has passed, or an authority or a lawyer comes in
	KindReply      Kind = "reply"      // answers a mail of ours, whatever it asks
)

// Signals that rules of any language raise to tell kinds apart.
const (
	signalReminds   = "reminds"   // says that this was asked before
	signalOverdue   = "overdue"   // says that the date has passed, or that this is the last word
	signalThreat    = "threat"    // an authority, a court or a lawyer is threatened
	signalEscalates = "escalates" // the authority or the lawyer is there already, or comes whatever we do
)

// kindOf tells the kind and makes its words part of the evidence. That a first letter
// threatens for the case of silence makes it no escalation: every generated letter does.
func (r *reading) kindOf(v *verdict, d *Decision) Kind {
	if d.Outcome != Privacy || len(v.found) == 0 {
		return ""
	}
	earlier := slices.Contains(v.modifiers, followUp)
	onlyEarlier := len(v.found) == 1 && v.found[followUp] != nil
	copied, mark := r.copied(v)
	switch {
	case v.found["regulator_inquiry"] != nil:
		return KindRequest // it is the authority that writes
	case v.has(signalEscalates), v.has(signalOverdue), copied, mark == "escalation", v.has(signalThreat) && (earlier || mark == "reminder"):
		r.show(v, signalEscalates)
		r.show(v, signalOverdue)
		r.show(v, signalThreat)
		return KindEscalation
	case v.has(signalReminds) && (earlier || onlyEarlier), mark == "reminder", onlyEarlier && !r.reply && !v.has("answers"):
		r.show(v, signalReminds)
		return KindReminder
	case onlyEarlier, r.reply:
		return KindReply
	}
	return KindRequest
}

const followUp rights.ID = "followup_existing_case"

// copied looks at who else got the mail: an authority, or the address by which a service
// keeps count of its letters. The latter says what the letter is.
func (r *reading) copied(v *verdict) (authority bool, mark string) {
	raw := TextOf(r.m, InCopied)
	at := 0
	for line := range strings.Lines(raw) {
		address := strings.TrimRight(line, "\n")
		evidence := Evidence{Text: address, Where: InCopied, Start: at, End: at + len(address)}
		at += len(line)
		if slices.ContainsFunc(r.in.Own, func(own string) bool { return strings.EqualFold(own, address) }) {
			continue
		}
		if local, host, ok := strings.Cut(strings.ToLower(address), "@"); ok && strings.HasPrefix(host, "inbound.") {
			for _, kind := range []string{"escalation", "reminder"} {
				if strings.HasSuffix(local, "."+kind) {
					evidence.Rule, mark = "inbound-address", kind
					v.extra = append(v.extra, evidence)
				}
			}
		}
		if rule := r.authority(address); rule != "" {
			evidence.Rule, authority = rule, true
			v.extra = append(v.extra, evidence)
		}
	}
	return authority, mark
}

// authority names the rule that knows an address as that of an authority.
func (r *reading) authority(address string) (rule string) {
	toks, _ := wordsOf(InAddress, address)
	matcher := r.c.matchers.Get().(*matcher)
	hits := matcher.match(address, toks, 0, func(n int32) bool {
		ru := r.c.rules[n]
		return ru.Right == "regulator_inquiry" && slices.Contains(ru.Scope, InAddress)
	}, nil)
	r.c.matchers.Put(matcher)
	for _, h := range hits {
		if h.part == partPhrase {
			return r.c.rules[h.rule].ID
		}
	}
	return ""
}

// othersOf lists everybody whom a mail was sent to, one address a line.
func othersOf(m *email.Message) string {
	var b strings.Builder
	for _, a := range slices.Concat(m.To, m.Cc) {
		if a.Address != "" {
			b.WriteString(a.Address + "\n")
		}
	}
	return b.String()
}
