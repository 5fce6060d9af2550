package desk

import (
	"slices"
	"strings"

	"rightsmail/shared/classify"
	"rightsmail/shared/email"
)

// Why no automatic acknowledgement leaves. The words are stable: the dry run prints
// them and the trail keeps them.
const (
	HoldNotARequest      = "not_a_request"      // support and spam
	HoldSilent           = "silent"             // a regulator or a child: a human writes
	HoldSuspect          = "suspect"            // found to be spam or to carry a virus
	HoldAutomated        = "automated"          // a machine wrote it
	HoldSuppressed       = "suppress_requested" // the mail asks for no automatic answer
	HoldLooksAutomated   = "looks_automated"    // two weak signs of a machine
	HoldNoAddress        = "no_address"         // not exactly one usable author
	HoldOwnAddress       = "own_address"        // from a mailbox of ours, or a role that no person reads
	HoldSpoofed          = "spoofed"            // DMARC fail
	HoldUnauthenticated  = "unauthenticated"    // nobody vouches for the sender
	HoldRequesterUnclear = "requester_unclear"  // forwarded: who asks is not who sent
	HoldRateCap          = "rate_cap"           // enough automatic mail to this address today
	HoldFailed           = "delivery_failed"    // it would not leave
	HoldPossibleReply    = "possible_reply"     // names a case of somebody else
	HoldFollowUp         = "follow_up"          // word of an earlier request, which was acknowledged then
)

// roles are mailboxes that answer by machine or to which automatic mail does harm.
var roles = []string{"abuse", "postmaster", "mailer-daemon", "hostmaster", "webmaster", "listserv", "majordomo"}

// acknowledge goes through the reasons to stay silent, gravest first. A held
// acknowledgement is a task for the officer; Never is for senders that no machine
// may write to.
func acknowledge(in Incoming, out Judgement, s Settings) AckDecision {
	m := out.Message
	sender, one := m.Sender()
	held := func(reason string) AckDecision { return AckDecision{Hold: reason} }
	never := func(reason string) AckDecision { return AckDecision{Hold: reason, Never: true} }
	switch {
	case len(out.Requests) == 0 && m.Automation.Automated():
		return never(HoldAutomated)
	case len(out.Requests) == 0:
		return never(HoldNotARequest)
	case slices.ContainsFunc(out.Requests, func(r Request) bool { return r.Right.Silent }):
		return never(HoldSilent)
	case m.Verdicts.Spam == email.Fail || m.Verdicts.Virus == email.Fail:
		return held(HoldSuspect)
	case m.Automation.Automated():
		return held(HoldAutomated)
	case m.Automation.Suppress:
		return held(HoldSuppressed)
	case m.Automation.Weak >= 2:
		return held(HoldLooksAutomated)
	case !one:
		return held(HoldNoAddress)
	case slices.Contains(s.Mailboxes, strings.ToLower(sender.Address)), isRole(sender.Address):
		return held(HoldOwnAddress)
	case out.Standing == email.Forged:
		return held(HoldSpoofed)
	case out.Standing == email.Unproven && !m.Verdicts.SPFAligned && !assumed(in, m):
		return held(HoldUnauthenticated)
	case onlyForwarded(out.Decision, m), m.Has(email.SeveralCandidates):
		return held(HoldRequesterUnclear)
	case !slices.ContainsFunc(out.Requests, func(r Request) bool { return r.Right.ID != followUp }):
		return held(HoldFollowUp)
	}
	return AckDecision{Allowed: true}
}

// assumed reports whether the acknowledgement is judged as if the sender were
// authenticated: nobody was there to say, and nothing leaves over a network.
func assumed(in Incoming, m *email.Message) bool {
	return in.NoVerdicts && m.Verdicts.Source == "" && !in.Trusted
}

func isRole(address string) bool {
	local, _, _ := strings.Cut(strings.ToLower(address), "@")
	return slices.Contains(roles, local)
}

// onlyForwarded reports whether the words that decided all stand in a mail that was
// passed on: then the person who asks is not the one who sent.
func onlyForwarded(d classify.Decision, m *email.Message) bool {
	if m.OnlyPassesOn() {
		return true
	}
	inner := false
	for _, e := range d.Evidence {
		switch e.Where {
		case classify.InForwarded:
			inner = true
		case classify.InNew, classify.InAttachment:
			return false
		}
	}
	return inner
}
