package console

import (
	"strings"

	"rightsmail/shared/cases"
	"rightsmail/shared/replies"
	"rightsmail/shared/rights"
)

// The words of the house in the words of its reader. What is not listed is shown as
// it is, without underscores, so that nothing ever disappears.

var queueTitles = map[rights.Queue]string{
	rights.QueueChildren:      "Children",
	rights.QueueLegal:         "Legal",
	rights.QueueSecurity:      "Security",
	rights.QueueReview:        "Review",
	rights.QueueCCPA:          "California (CCPA)",
	rights.QueueOptOut:        "Opt-outs",
	rights.QueueShineTheLight: "Shine the Light",
	rights.QueueNevada:        "Nevada",
	rights.QueueGDPR:          "European rights (GDPR)",
	rights.QueueDPF:           "Data Privacy Framework",
	rights.QueueMarketing:     "Marketing",
	rights.QueueSupport:       "Support",
}

var queueHints = map[rights.Queue]string{
	rights.QueueChildren:      "A child wrote, or is written about. The same business day.",
	rights.QueueLegal:         "Regulators, arbitration, the deceased. A lawyer answers.",
	rights.QueueSecurity:      "Breach reports and data nobody should have mailed.",
	rights.QueueReview:        "The machine is not sure. Read it, then say what it is.",
	rights.QueueCCPA:          "Know, correct, delete, and automated decisions.",
	rights.QueueOptOut:        "Stop selling, sharing or using. No proof of identity may be asked.",
	rights.QueueShineTheLight: "What was passed on for other people's marketing.",
	rights.QueueNevada:        "Sale opt-outs and their register.",
	rights.QueueGDPR:          "Articles 7 and 12 to 22, EU, UK and Switzerland.",
	rights.QueueDPF:           "Requests under the EU–US framework.",
	rights.QueueMarketing:     "Newsletters stopped.",
	rights.QueueSupport:       "Not a privacy matter.",
}

var jurisdictions = map[rights.Jurisdiction]string{
	rights.California:  "California",
	rights.Nevada:      "Nevada",
	rights.OtherUS:     "Another US state",
	rights.EU:          "European Union",
	rights.UK:          "United Kingdom",
	rights.Switzerland: "Switzerland",
	rights.Unspecified: "No place named",
}

// jurisdictionOrder is the order of the choice in a form.
var jurisdictionOrder = []rights.Jurisdiction{
	rights.California, rights.Nevada, rights.OtherUS, rights.EU, rights.UK, rights.Switzerland, rights.Unspecified,
}

var dutyTitles = map[rights.Duty]string{
	rights.DutyAcknowledge:     "Acknowledge",
	rights.DutyRespond:         "Answer",
	rights.DutyExtensionNotice: "Tell them if you need more time",
	rights.DutyRefuse:          "Refuse, if you must",
	rights.DutyRespondExtended: "Answer, if extended",
}

var outcomeTitles = map[cases.Outcome]string{
	cases.Complied:          "Done as asked",
	cases.CompliedPart:      "Done in part",
	cases.DeniedUnverified:  "Denied: could not be verified",
	cases.DeniedNotEntitled: "Denied: not entitled",
	cases.DeniedExempt:      "Denied: the law exempts the data",
	cases.DeniedOther:       "Denied: another reason",
	cases.Withdrawn:         "Withdrawn by the person",
	cases.Duplicate:         "Duplicate of another case",
	cases.NotARequest:       "Not a request",
}

// outcomeGroups is the choice in the closing form.
var outcomeGroups = []struct {
	Title    string
	Outcomes []cases.Outcome
}{
	{"Answered", []cases.Outcome{cases.Complied, cases.CompliedPart}},
	{"Denied (a reason is needed)", []cases.Outcome{cases.DeniedUnverified, cases.DeniedNotEntitled, cases.DeniedExempt, cases.DeniedOther}},
	{"No answer needed", []cases.Outcome{cases.Withdrawn, cases.Duplicate, cases.NotARequest}},
}

var statusTitles = map[cases.Status]string{
	cases.Open:   "Open",
	cases.Held:   "Held, over the limit",
	cases.Closed: "Closed",
}

var letterStates = map[cases.EffectState]string{
	cases.EffectDraft:   "Draft, waits for you",
	cases.EffectPending: "On its way",
	cases.EffectDone:    "Sent",
	cases.EffectFailed:  "Could not be sent",
	cases.EffectDropped: "Not sent, by decision",
}

// letterStateOrder is the order of the filter.
var letterStateOrder = []cases.EffectState{
	cases.EffectDraft, cases.EffectPending, cases.EffectDone, cases.EffectFailed, cases.EffectDropped,
}

var letterKinds = map[replies.Kind]string{
	replies.KindAcknowledgement: "Acknowledgement",
	replies.KindChild:           "Neutral first letter",
	replies.KindSuppression:     "Marketing stopped",
	replies.KindOverLimit:       "Over the limit",
}

var ackTitles = map[cases.AckState]string{
	cases.AckQueued: "On its way",
	cases.AckSent:   "Sent",
	cases.AckHeld:   "Held: waits for you",
	cases.AckNone:   "None: no machine may write to this sender",
}

var holdReasons = map[string]string{
	"automated":          "a machine seems to have written the mail",
	"looks_automated":    "the mail has two signs of a machine",
	"suppress_requested": "the mail asks for no automatic answer",
	"suspect":            "the mail server calls it spam or a virus",
	"spoofed":            "the sender's domain says the mail is not from it",
	"unauthenticated":    "nobody vouches for the sender's address",
	"no_address":         "there is no single usable sender",
	"own_address":        "the sender is one of our own or a role address",
	"requester_unclear":  "who asks is not who sent the mail",
	"rate_cap":           "this address had enough automatic mail today",
	"delivery_failed":    "the letter could not be delivered",
	"possible_reply":     "it may belong to a case of somebody else",
	"not_a_request":      "it asks for nothing",
	"silent":             "a person must write to this sender",
	"dropped":            "a person decided not to send it",
}

var standings = map[string]string{
	"authenticated": "address proven by the mail server",
	"unknown":       "address not proven",
	"failed":        "address forged: its domain disowns this mail",
}

var roles = map[string]string{
	"self":             "for themselves",
	"agent":            "as an agent",
	"parent":           "as a parent",
	"child":            "a child",
	"heir":             "for a deceased person",
	"regulator":        "as a regulator",
	"employer":         "as an employer",
	"merchant-visitor": "a visitor of a customer's site",
}

// permissions say what an agent shows of the right to act.
var permissions = map[string]string{
	"attached": ", with a file that may be the permission",
	"stated":   ", and speaks of a permission that is not attached",
	"none":     ", and shows no permission",
}

var kinds = map[string]string{
	cases.KindReminder:   "Reminder",
	cases.KindEscalation: "Escalation",
	"reply":              "Answers us",
}

var wheres = map[string]string{
	"subject":    "in the subject",
	"new":        "in the mail",
	"copied":     "among its recipients",
	"signature":  "in the signature",
	"attachment": "in an attachment",
	"forwarded":  "in the forwarded mail",
	"address":    "in the address",
}

var candidateHows = map[string]string{
	"original-sender": "named as the original sender by whoever passed it on",
	"resent":          "their mail was sent on unchanged",
	"attached":        "their mail is attached",
	"inline":          "their mail stands in the text",
	"wrote-line":      "quoted as the one who wrote",
}

var reportKinds = map[string]string{
	"delivery":    "A mail server says what became of a mail sent earlier",
	"disposition": "A mail program says what was done with a mail sent earlier",
	"feedback":    "A mail service passes on a complaint about a mail sent earlier",
}

var reportActions = map[string]string{
	"failed":    "could not be delivered",
	"delayed":   "not delivered yet",
	"delivered": "delivered",
	"relayed":   "passed on to a server that reports nothing",
	"expanded":  "passed on to several addresses",
}

var priorities = map[rights.Priority]string{
	0: "today",
	1: "within two business days",
	2: "ordinary",
	3: "information",
}

var deciders = map[string]string{
	"rules":  "the rules",
	"model":  "the language model",
	"nobody": "nobody yet",
}

// say translates a word, or shows it as it is.
func say[K ~string](words map[K]string, key K) string {
	if s, ok := words[key]; ok {
		return s
	}
	return strings.ReplaceAll(string(key), "_", " ")
}
