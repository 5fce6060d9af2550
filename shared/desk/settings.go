package desk

import (
	"slices"

	"rightsmail/shared/config"
	"rightsmail/shared/email"
)

// Settings are what one company decides, as the desk needs it. All addresses are
// lower-case.
type Settings struct {
	Company   string
	Mailboxes []string // the monitored addresses

	// Designated is the mailbox the policy names for Shine the Light requests:
	// one that comes there has 30 days, one that comes elsewhere 150.
	Designated string

	From           email.Address // who our letters come from
	Officer        email.Address // the data protection officer
	ReplyDomain    string        // domain of our message ids
	TrustedServers []string      // authserv-ids that are believed; nil means amazonses.com
	OwnTexts       []string      // texts we publish or send; quoting them asks for nothing
	AckPerDay      int           // automatic letters to one address in one day
	Consult        bool          // ask a model about mail that the rules cannot decide
	Allowance      Allowance     // how much it may be asked
	Key            []byte        // of the keyed hashes: consumers, references, tokens
}

// From takes over what was configured, with the key of the hashes that stand for people.
func From(s config.Settings, key []byte) Settings {
	out := Settings{
		Company: s.Company, Mailboxes: s.Mailboxes, Designated: s.Designated["shine-the-light"],
		From:     email.Address{Name: s.Company + " Privacy", Address: s.From},
		Officer:  email.Address{Name: "Data Protection Officer", Address: s.Officer},
		OwnTexts: ownTexts(s.PolicyText), ReplyDomain: s.MessageDomain(), TrustedServers: s.TrustedServers, AckPerDay: s.AckPerDay, Key: key,
	}
	return out
}

// ownTexts are what was configured, if anything was.
func ownTexts(policy string) []string {
	if policy == "" {
		return nil
	}
	return []string{policy}
}

// own lists the addresses that our mail comes from and goes to: mail from them has gone
// round in a circle.
func (s Settings) own() []string {
	return append(slices.Clip(s.Mailboxes), s.From.Address)
}
