package config

import (
	"log/slog"
	"strings"
)

// Settings are what one company decides for the product as a whole. Addresses are
// checked and lower-case. The value of TrustedServers is never nil.
type Settings struct {
	Company   string   `env:"RIGHTSMAIL_COMPANY" default:"Example Widgets" help:"name of the company, as letters sign with it"`
	Mailboxes []string `env:"RIGHTSMAIL_MAILBOXES" default:"support@example.com, privacy@example.com" kind:"addresses" help:"addresses whose mail is read, separated by commas"`

	// Designated has one entry per channel of the policy: Channels names them. A
	// Shine the Light request that comes to its designated address has 30 days,
	// one that comes elsewhere up to 150: Cal. Civ. Code 1798.83(b).
	Designated map[string]string `env:"RIGHTSMAIL_DESIGNATED" default:"gdpr=support@example.com, ccpa=support@example.com, shine-the-light=support@example.com, nevada=support@example.com, children=support@example.com, dpf=privacy@example.com" kind:"channels" help:"address that the privacy policy names for each kind of request, as channel=address; channels: gdpr, ccpa, shine-the-light, nevada, children, dpf"`

	From        string `env:"RIGHTSMAIL_FROM" default:"privacy@example.com" kind:"address" help:"address our letters come from; mail to it must be read, for people answer"`
	Officer     string `env:"RIGHTSMAIL_OFFICER" default:"privacy@example.com" kind:"address" help:"address of the data protection officer, given in every letter"`
	ReplyDomain string `env:"RIGHTSMAIL_REPLY_DOMAIN" default:"" kind:"domain" help:"domain in the message ids of our letters; empty: the domain of RIGHTSMAIL_FROM"`

	TrustedServers []string `env:"RIGHTSMAIL_TRUSTED_SERVERS" default:"amazonses.com" kind:"servers" help:"names of the receiving mail servers (authserv-id) whose verdicts on a sender are believed, or \"none\""`
	PolicyText     string   `env:"RIGHTSMAIL_POLICY_TEXT" default:"" help:"the privacy policy, or the parts of it that people quote: quoting it asks for nothing; the words of our own letters are known"`
	AckPerDay      int      `env:"RIGHTSMAIL_ACK_PER_DAY" default:"10" kind:"count" help:"automatic letters to one address in one day, 1 to 1000; more are held for a person"`
}

// MessageDomain is the domain in the message ids of our letters.
func (s Settings) MessageDomain() string {
	if s.ReplyDomain != "" {
		return s.ReplyDomain
	}
	return s.From[strings.LastIndexByte(s.From, '@')+1:]
}

// Key is the setting that only the run on one machine has: on AWS the key is a secret
// of its own, see Identity.
type Key struct {
	IdentityKey Secret `env:"RIGHTSMAIL_IDENTITY_KEY" default:"" kind:"secret" help:"key of the hashes that stand for people, at least 32 characters; never change it, or earlier requests are forgotten. Empty: the run on one machine makes one and keeps it with its data"`
}

// OneMachine is everything that can be set for the run on one machine.
type OneMachine struct {
	Settings
	Key
	Model
	LocalModel
}

// LocalModel is the key for the server of the model, for the run on one machine.
type LocalModel struct {
	ModelKey Secret `env:"RIGHTSMAIL_MODEL_KEY" default:"" kind:"key" help:"key for the server of the model; empty: the server needs none"`
}

// Channels are the kinds of request for which a privacy policy names an address.
var Channels = []string{"gdpr", "ccpa", "shine-the-light", "nevada", "children", "dpf"}

// Secret is a value that never prints itself, by whatever way it is printed. Use
// string(s) to read it.
type Secret string

// String says whether there is one.
func (s Secret) String() string {
	if s == "" {
		return "(not set)"
	}
	return "(set)"
}

// GoString is String for %#v.
func (s Secret) GoString() string { return s.String() }

// LogValue is String for slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText is String for JSON and other encoders.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }
