package email

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestMachinesAreKnownByOneStrongSign(t *testing.T) {
	report := func(kind string) string {
		return `Content-Type: multipart/report; report-type=` + kind + `; boundary=b`
	}
	tests := []struct {
		name   string
		fields []string
		kind   string
	}{
		{"nothing", nil, ""},
		{"auto-submitted no", []string{"Auto-Submitted: no"}, ""},
		{"auto-submitted no with comment", []string{"Auto-Submitted: No (really)"}, ""},
		{"auto-replied", []string{"Auto-Submitted: Auto-Replied; owner-email=x"}, "auto-reply"},
		{"auto-generated", []string{"Auto-Submitted: auto-generated"}, "robot"},
		{"auto-notified", []string{"Auto-Submitted: auto-notified"}, "robot"},
		{"no above auto-replied", []string{"Auto-Submitted: no", "Auto-Submitted: auto-replied"}, "auto-reply"},
		{"null path", []string{"Return-Path: <>"}, "bounce"},
		{"null path of an auto-reply", []string{"Return-Path: <>", "Auto-Submitted: auto-replied"}, "auto-reply"},
		{"bounce path of a mailing service", []string{"Return-Path: <bounce+x@esp.example>"}, ""},
		{"report", []string{report("delivery-status")}, "bounce"},
		{"receipt", []string{report("disposition-notification")}, "auto-reply"},
		{"abuse report", []string{report("feedback-report")}, "robot"},
		{"failed recipients", []string{"X-Failed-Recipients: a@x.example"}, "bounce"},
		{"bulk", []string{"Precedence: bulk"}, "list"},
		{"auto_reply", []string{"Precedence: auto_reply"}, "auto-reply"},
		{"first-class", []string{"Precedence: first-class"}, ""},
		{"list id", []string{"List-Id: <l.example>"}, "list"},
		{"bounce beats list", []string{"List-Id: <l.example>", "X-Failed-Recipients: a@x.example"}, "bounce"},
		{"autoreply field", []string{"X-Autoreply: yes"}, "auto-reply"},
		{"autoreply field says no", []string{"X-Autoreply: no"}, ""},
		{"vacation", []string{"X-Apple-Action: VACATION"}, "auto-reply"},
		{"relay", []string{"X-AMAZON-MAIL-RELAY-TYPE: notification"}, "robot"},
		{"our loop field", []string{"X-Rightsmail-Loop: 1"}, "robot"},
		{"our loop field on a bounce", []string{"X-Rightsmail-Loop: 1", "Return-Path: <>"}, "robot"},
		{"x-loop of ours", []string{"X-Loop: <Privacy@example.com>"}, "robot"},
		{"x-loop of others", []string{"X-Loop: x@y.example"}, ""},
		{"suppression asked for", []string{"X-Auto-Response-Suppress: All"}, ""},
		{"automatic reply", []string{"Subject: Automatic reply: your mail"}, "auto-reply"},
		{"tagged automatic reply", []string{"Subject: [External] Out of Office"}, "auto-reply"},
		{"reply to an automatic reply", []string{"Subject: Re: Automatic reply: your mail"}, ""},
		{"German", []string{"Subject: =?utf-8?q?Abwesenheitsnotiz?="}, "auto-reply"},
		{"Japanese", []string{"Subject: 自動返信"}, "auto-reply"},
		{"single word alone", []string{"Subject: Vacation"}, "auto-reply"},
		{"single word before a colon", []string{"Subject: Away: back on Monday"}, "auto-reply"},
		{"single word in a sentence", []string{"Subject: Vacation photos, please delete"}, ""},
		{"bounce subject alone", []string{"Subject: delivery failure of my parcel"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := Parse(letter(append(tt.fields, from)...), Options{OwnAddresses: []string{"privacy@example.com"}})
			assert.Equal(t, tt.kind, m.Automation.Kind, "%v", m.Automation.Signals)
			if tt.kind != "" {
				assert.NotEmpty(t, m.Automation.Signals)
			}
		})
	}
}

func TestMachineSendersAreKnownByWholeWords(t *testing.T) {
	tests := map[string]string{
		"noreply@x.example": "robot", "No-Reply@x.example": "robot", "do_not.reply@x.example": "robot",
		"jira-noreply@x.example": "robot", "notifications.noreply@x.example": "robot", "noreply+ab12@x.example": "robot",
		"MAILER-DAEMON@x.example": "bounce", "postmaster@x.example": "bounce", "root@x.example": "robot",
		"nepasrepondre@x.example": "robot", "users-bounces@x.example": "list", "owner-users@x.example": "list",
		"privacy@example.com": "robot",

		"noreply-fan@x.example": "", "noreplyhere@x.example": "", "annoreply@x.example": "", "grass.root@x.example": "",
		"data-request@agent.example": "", "dog-owner@x.example": "", "bounce.house.rentals@x.example": "",
		"ann@noreply.example": "", "anna.postmasters@x.example": "", "staff@example.com": "",
	}
	for address, kind := range tests {
		m := Parse(letter("From: <"+address+">"), Options{OwnAddresses: []string{"Privacy@Example.com"}})
		assert.Equal(t, kind, m.Automation.Kind, address)
	}
}

func TestWeakSignsAreCountedAndDecideNothing(t *testing.T) {
	m := Parse(letter("Feedback-ID: x", "Subject: failure notice", "From: alerts@x.example"), Options{})
	assert.False(t, m.Automation.Automated())
	assert.Equal(t, 3, m.Automation.Weak)
	assert.Equal(t, 0, Parse(letter(from), Options{}).Automation.Weak)
}

func TestSuppressionIsARequestAndNoEvidence(t *testing.T) {
	for value, want := range map[string]bool{"All": true, "OOF, AutoReply": true, "DR;RN": true, "None": false, "RN, NRN": false, "": false} {
		m := Parse(letter("X-Auto-Response-Suppress: "+value, from), Options{})
		assert.Equal(t, want, m.Automation.Suppress, value)
		assert.False(t, m.Automation.Automated())
	}
}

func TestForwardedBounceIsAPersonsMail(t *testing.T) {
	m := Parse(lines(from, "Subject: what is this?", `Content-Type: multipart/mixed; boundary=b`, "",
		"--b", "", "I got this back.", "--b", "Content-Type: message/rfc822", "",
		"From: MAILER-DAEMON@x.example", "Content-Type: multipart/report; report-type=delivery-status; boundary=c", "",
		"--c", "", "It bounced.", "--c", "Content-Type: message/delivery-status", "", "Action: failed", "--c--", "--b--"), Options{})
	assert.Equal(t, "", m.Automation.Kind)
	assert.Equal(t, "It bounced.", m.Forwarded.Text)
}
