package email

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReplyIsPartedIntoNewAndQuoted(t *testing.T) {
	tests := map[string]struct{ text, own, quotedHas string }{
		"top reply": {
			"Yes, delete it.\n\nOn Tue, 3 Mar 2026 at 10:00, Example Widgets <privacy@example.com> wrote:\n> You may ask us to delete.\n> More.",
			"Yes, delete it.", "You may ask us to delete."},
		"wrapped wrote-line": {
			"Yes.\n\nOn Tue, 3 Mar 2026 at 10:00, Example Widgets Privacy\n<privacy@example.com>\nwrote:\n\n> policy", "Yes.", "<privacy@example.com>"},
		"answer below":         {"On 3 March 2026 Bob wrote:\n> Which data?\n\nAll of it.", "All of it.", "Which data?"},
		"answers between":      {"> Your name?\nAnn\n> Your town?\nOslo", "Ann\nOslo", "> Your town?"},
		"quote without marks":  {"Yes.\n\nAm 03.03.2026 um 10:00 schrieb Example Widgets:\nSie können Löschung verlangen.", "Yes.", "Löschung"},
		"Outlook":              {"Yes.\n\n________________________________\nFrom: Example Widgets <privacy@example.com>\nSent: Tuesday, March 3, 2026 10:00 AM\nTo: Ann\nSubject: Your data\n\nWe sell data.", "Yes.", "We sell data."},
		"Outlook, German bold": {"Ja.\n\n*Von:* Example Widgets\n*Gesendet:* Dienstag, 3. März 2026 10:00\n*An:* Ann\n*Betreff:* Ihre Daten\n\nRichtlinie", "Ja.", "Richtlinie"},
		"French with blanks":   {"Oui.\n\nDe\u00a0: Example\nEnvoyé\u00a0: mardi 3 mars 2026\nÀ\u00a0: Ann\nObjet\u00a0: Vos données\n\nPolitique", "Oui.", "Politique"},
		"original message":     {"Yes.\n-----Original Message-----\nold words", "Yes.", "old words"},
		"reply above":          {"Yes.\n##- Please type your reply above this line -##\nold words", "Yes.", "old words"},
		"bare rule is no mark": {"One.\n---\nTwo.", "One.\n---\nTwo.", ""},
		"no quote at all":      {"Delete my data.\nFrom: my phone", "Delete my data.\nFrom: my phone", ""},
		"two labels only":      {"To: the privacy team\nSubject: erasure\n\nDelete it.", "To: the privacy team\nSubject: erasure\n\nDelete it.", ""},
		"what a person tells":  {"On 3 March 2026 your agent said:\nwe delete it\nSo do it.", "On 3 March 2026 your agent said:\nwe delete it\nSo do it.", ""},
		"own words of old":     {"On 3 March at 9:15 I wrote to you:\nplease delete it.", "On 3 March at 9:15 I wrote to you:\nplease delete it.", ""},
		"heading in a letter":  {"Original message\nwas lost.", "Original message\nwas lost.", ""},
		"answer to a forward": {
			"Delete it.\n\nOn 3 Mar 2026 at 9:00, Sam <s@x.example> wrote:\n> ---------- Forwarded message ---------\n> From: Bob\n> Date: x\n> Subject: y\n>\n> old words\n\nAll of it.", "Delete it.\n\n\nAll of it.", "old words"},
		"thumb up": {"👍\n\n> We deleted it.", "👍", "> We deleted it."},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m := Parse(lines(from, "Subject: Re: x", "Content-Type: text/plain; charset=utf-8", "", tt.text), Options{})
			assert.Equal(t, tt.own, m.New)
			assert.Contains(t, m.Quoted, tt.quotedHas)
			if tt.quotedHas == "" {
				assert.Empty(t, m.Quoted)
			}
			assert.Nil(t, m.Forwarded)
		})
	}
}

func TestWroteLineIsKnownInEveryLanguageOfOurMail(t *testing.T) {
	for _, line := range []string{
		"On Mar 3, 2026, at 9:00 AM, Ann Lee <a@x.example> wrote:",
		"In message <1@x.example> Ann writes:",
		"Am 03.03.2026 um 09:00 schrieb Ann <a@x.example>:",
		"Ann <a@x.example> schrieb am Di., 3. März 2026, 09:00:",
		"Le mar. 3 mars 2026 à 09:00, Ann <a@x.example> a écrit :",
		"El mar, 3 mar 2026 a las 9:00, Ann (<a@x.example>) escribió:",
		"Il giorno mar 3 mar 2026 alle ore 09:00 Ann <a@x.example> ha scritto:",
		"Em ter., 3 de mar. de 2026 às 09:00, Ann <a@x.example> escreveu:",
		"Op di 3 mrt 2026 om 09:00 schreef Ann <a@x.example>:",
		"Ann <a@x.example> heeft op 3 mrt 2026 het volgende geschreven:",
		"wt., 3 mar 2026 o 09:00 Ann <a@x.example> napisał(a):",
		"W dniu 03.03.2026 o 09:00, Ann pisze:",
		"Dne 3. 3. 2026 v 9:00 Ann napsal(a):",
		"Dňa 3. 3. 2026 o 9:00 Ann napísal:",
		"Den tis 3 mars 2026 kl 09:00 skrev Ann <a@x.example>:",
		"ti 3. maalisk. 2026 klo 9.00 Ann (a@x.example) kirjoitti:",
		"Ann <a@x.example> ezt írta (időpont: 2026. márc. 3., K, 9:00):",
		"În mar., 3 mar. 2026 la 09:00, Ann <a@x.example> a scris:",
		"Ann <a@x.example>, 3 Mar 2026 Sal, 09:00 tarihinde şunu yazdı:",
		"вт, 3 мар. 2026 г. в 09:00, Ann <a@x.example> написал(а):",
		"在 2026年3月3日，09:00，Ann <a@x.example> 写道：",
		"2026年3月3日(火) 9:00 Ann <a@x.example> のメッセージ:",
		"2026년 3월 3일 오전 9:00, Ann <a@x.example>님이 작성:",
	} {
		p := partText("New.\n\n"+line+"\nold words", true)
		assert.Equal(t, "New.", p.own, line)
		assert.Contains(t, p.quoted, "old words", line)
	}
}

func TestForwardNamesWhoWroteFirst(t *testing.T) {
	block := "From: Ann Lee <ann@example.org>\nDate: Tue, 3 Mar 2026\nSubject: my data\nTo: sales@example.com\n\nPlease delete it."
	inline := Forwarded{From: Address{"Ann Lee", "ann@example.org"}, Subject: "my data", Text: "Please delete it.", How: "inline"}
	staff := "From: Sam <sam@example.com>"
	tests := map[string]struct {
		raw  []byte
		want Forwarded
		own  string
	}{
		"Gmail":                 {lines(staff, "", "See below.\n\n---------- Forwarded message ---------\n"+block), inline, "See below."},
		"Apple, quoted":         {lines(staff, "", "FYI\n\nBegin forwarded message:\n\n> "+strings.ReplaceAll(block, "\n", "\n> ")), inline, "FYI"},
		"header block, FW":      {lines(staff, "Subject: FW: my data", "", "FYI\n\n"+block), inline, "FYI"},
		"original message, WG":  {lines(staff, "Subject: WG: my data", "", "FYI\n\n-----Original Message-----\n"+block), inline, "FYI"},
		"no word of the sender": {lines(staff, "", "---------- Forwarded message ---------\n"+block), inline, "Please delete it."},
		"address in brackets":   {lines(staff, "", "FYI\n\n---------- Forwarded message ---------\n"+strings.Replace(block, "<ann@", "[mailto:ann@", 1)), inline, "FYI"},
		"attached": {lines(staff, `Content-Type: multipart/mixed; boundary=b`, "", "--b", "", "FYI", "--b", "Content-Type: message/rfc822", "",
			"From: Ann Lee <ann@example.org>", "Subject: my data", "", "Please delete it.", "--b--"),
			Forwarded{inline.From, "my data", "Please delete it.", "attached"}, "FYI"},
		"attached, no word": {lines(staff, "Content-Type: message/rfc822", "", "From: Ann Lee <ann@example.org>", "Subject: my data", "", "Please delete it."),
			Forwarded{inline.From, "my data", "Please delete it.", "attached"}, "Please delete it."},
		"resent": {lines("Resent-From: sam@example.com", "From: Ann Lee <ann@example.org>", "Subject: my data", "", "Please delete it."),
			Forwarded{inline.From, "my data", "Please delete it.", "resent"}, "Please delete it."},
		"forwarded twice by us": {lines(staff, "", "FYI\n\n---------- Forwarded message ---------\nFrom: privacy@example.com\nDate: Tue\nSubject: Fwd: my data\n\n---------- Forwarded message ---------\n"+block), inline, "FYI"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m := Parse(tt.raw, Options{OwnAddresses: []string{"privacy@example.com"}})
			require.NotNil(t, m.Forwarded)
			assert.Equal(t, tt.want, *m.Forwarded)
			assert.Equal(t, tt.own, m.New)
		})
	}
}

func TestHeaderBlockInAFreshMailIsTheAuthorsOwn(t *testing.T) {
	form := "You have a new message.\n\nFrom: Ann Lee <ann@example.org>\nDate: 3 March\nSubject: my data\n\nPlease delete it."
	m := Parse(lines("From: form@shop.example", "Subject: Contact form", "", form), Options{})
	assert.Equal(t, form, m.New)
	assert.Empty(t, m.Quoted)
	assert.Nil(t, m.Forwarded)

	told := "On 3 March at 9:15 your agent Bob wrote:\nwe cannot help.\nSo please delete it."
	assert.Equal(t, told, Parse(lines(from, "Subject: my data", "", told), Options{}).New)

	m = Parse(lines("From: form@shop.example", "Subject: my data", "", "Yes.\n________________________________\nFrom: Ann\nSent: x\nSubject: y\n\nold words"), Options{})
	assert.Equal(t, "Yes.", m.New, "a rule above the block is Outlook's")
}

func TestReplyToAForwardIsNoForward(t *testing.T) {
	m := Parse(lines(from, "Subject: RE: FW: my data", "", "Yes.\n\nFrom: Sam <sam@example.com>\nSent: Tuesday\nSubject: FW: my data\n\nold words"), Options{})
	assert.Nil(t, m.Forwarded)
	assert.Equal(t, "Yes.", m.New)
}

func TestReturnedMailOfABounceIsNoForward(t *testing.T) {
	m := Parse(lines("From: MAILER-DAEMON@x.example", `Content-Type: multipart/report; report-type=delivery-status; boundary=b`, "",
		"--b", "", "It failed.", "--b", "Content-Type: message/delivery-status", "", "Action: failed",
		"--b", "Content-Type: message/rfc822", "", "From: privacy@example.com", "Subject: Your request", "", "We got it.", "--b--"), Options{})
	assert.Nil(t, m.Forwarded)
	assert.Equal(t, "It failed.", m.New)
	assert.Len(t, m.Attachments, 2)
	assert.Equal(t, "bounce", m.Automation.Kind)
}

func TestNewFallsBackToTheQuoteWhenNothingElseIsLeft(t *testing.T) {
	m := Parse(lines(from, "Subject: Re: x", "", "> Delete my data."), Options{})
	assert.Equal(t, "> Delete my data.", m.New)
	assert.True(t, m.Has(NothingNew))
}
