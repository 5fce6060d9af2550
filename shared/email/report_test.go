package email

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const daemon = "From: Mail Delivery Subsystem <mailer-daemon@mx.example.net>"

// report is a multipart/report of a kind with these parts: a type, an empty line, the
// content.
func reportMail(kind string, parts ...string) []byte {
	all := []string{daemon, "Content-Type: multipart/report; report-type=" + kind + "; boundary=b", "", "--b", "", "This is a report."}
	for _, p := range parts {
		all = append(all, "--b", "Content-Type: "+p)
	}
	return lines(append(all, "--b--")...)
}

const returnedMail = "message/rfc822\r\n\r\nReferences: <first@example.org>\r\n <ack.token@example.com>\r\nMessage-ID:\r\n <sent@example.com>\r\nSubject: x\r\n\r\nMessage-ID: <body@example.com>"

func TestDeliveryReportTellsWhatBecameOfTheMail(t *testing.T) {
	status := func(groups string) string {
		return "message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\nOriginal-Envelope-Id: QQ314159\r\n" + groups
	}
	tests := map[string]struct {
		part string
		want []ReportedRecipient
	}{
		"failed":                         {status("\r\nFinal-Recipient: rfc822; Ann@Example.NET\r\nAction: failed\r\nStatus: 5.1.1"), []ReportedRecipient{{"Ann@example.net", "failed", "5.1.1"}}},
		"delayed":                        {status("\r\nFinal-Recipient: rfc822;ann@example.net\r\nAction: Delayed\r\nStatus: 4.4.7 (unreachable)"), []ReportedRecipient{{"ann@example.net", "delayed", "4.4.7"}}},
		"brackets and a comment":         {status("\r\nFinal-Recipient: RFC822 ; <ann@example.net>\r\nAction: failed (bad destination)\r\nStatus: 5.1.1"), []ReportedRecipient{{"ann@example.net", "failed", "5.1.1"}}},
		"the address that was asked for": {status("\r\nOriginal-Recipient: rfc822;ann@example.net\r\nFinal-Recipient: rfc822;box7@host.example\r\nAction: failed\r\nStatus: 5.0.0"), []ReportedRecipient{{"ann@example.net", "failed", "5.0.0"}}},
		"code only in the diagnostic":    {status("\r\nFinal-Recipient: rfc822;ann@example.net\r\nAction: failed\r\nDiagnostic-Code: smtp; 550-5.1.1 [192.0.2.1]\r\n no such user"), []ReportedRecipient{{"ann@example.net", "failed", "5.1.1"}}},
		"diagnostic is more exact":       {status("\r\nFinal-Recipient: rfc822;ann@example.net\r\nAction: failed\r\nStatus: 5.0.0\r\nDiagnostic-Code: smtp; 552 5.2.2 mailbox full"), []ReportedRecipient{{"ann@example.net", "failed", "5.2.2"}}},
		"no status":                      {status("\r\nFinal-Recipient: rfc822;ann@example.net\r\nAction: failed\r\nStatus: five"), []ReportedRecipient{{"ann@example.net", "failed", ""}}},
		"unknown action":                 {status("\r\nFinal-Recipient: rfc822;ann@example.net\r\nAction: <script>\r\nStatus: 5.1.1"), []ReportedRecipient{{"ann@example.net", "", "5.1.1"}}},
		"no address":                     {status("\r\nFinal-Recipient: x400; c=de\r\nAction: failed\r\nStatus: 5.1.1"), []ReportedRecipient{{"", "failed", "5.1.1"}}},
		"empty lines missing": {status("Final-Recipient: rfc822;a@example.net\r\nAction: failed\r\nStatus: 5.1.1\r\nFinal-Recipient: rfc822;b@example.net\r\nAction: relayed\r\nStatus: 2.0.0"),
			[]ReportedRecipient{{"a@example.net", "failed", "5.1.1"}, {"b@example.net", "relayed", "2.0.0"}}},
		"two groups": {status("\r\nFinal-Recipient: rfc822;a@example.net\r\nAction: delivered\r\n\r\n\r\nFinal-Recipient: rfc822;b@example.net\r\nAction: failed\r\nStatus: 5.1.10"),
			[]ReportedRecipient{{"a@example.net", "delivered", ""}, {"b@example.net", "failed", "5.1.10"}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m := Parse(reportMail("delivery-status", tt.part, returnedMail), Options{})
			require.NotNil(t, m.Report)
			assert.Equal(t, "delivery", m.Report.Kind)
			assert.Equal(t, "QQ314159", m.Report.EnvelopeID)
			assert.Equal(t, tt.want, m.Report.Recipients)
			assert.Equal(t, []string{"sent@example.com", "first@example.org", "ack.token@example.com"}, m.Report.Returned)
			assert.Equal(t, "This is a report.", m.New)
			assert.Nil(t, m.Forwarded)
		})
	}
}

func TestReturnedMailIsReadFromWhateverHoldsItsHeader(t *testing.T) {
	for name, part := range map[string]string{
		"headers only":         "text/rfc822-headers\r\n\r\nMessage-ID: <sent@example.com>\r\nReferences: <a@x>, <b@x>",
		"type of its own":      "message/rfc822-headers\r\n\r\nMessage-ID: <sent@example.com>\r\nReferences: <a@x> <b@x>",
		"base64":               "message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nTWVzc2FnZS1JRDogPHNlbnRAZXhhbXBsZS5jb20+DQpSZWZlcmVuY2VzOiA8YUB4Pg0KIDxiQHg+DQoNCmhp",
		"pasted into the text": "text/plain\r\n\r\nThe headers were:\r\n\r\n> Received: by mx\r\n> Message-ID: <sent@example.com>\r\n> References: <a@x>\r\n>  <b@x>\r\n> Subject: x",
		"blanks lost":          "text/plain\r\n\r\nOriginal message headers:\r\n\r\nReceived: by mx\r\nMessage-ID:\r\n<sent@example.com>\r\nReferences: <a@x>\r\n<b@x>\r\nSubject: x",
	} {
		m := Parse([]byte(strings.Replace(string(reportMail("delivery-status", part)), "This is a report.\r\n--b\r\nContent-Type: text/plain\r\n\r\n", "", 1)), Options{})
		require.NotNil(t, m.Report, name)
		assert.Equal(t, []string{"sent@example.com", "a@x", "b@x"}, m.Report.Returned, name)
	}
}

func TestReceiptAndComplaintNameTheMailTheyAreAbout(t *testing.T) {
	m := Parse(reportMail("disposition-notification", "message/disposition-notification\r\n\r\nReporting-UA: mail.example\r\nFinal-Recipient: rfc822;ann@example.net\r\n"+
		"Original-Message-ID: <sent@example.com>\r\nDisposition: manual-action/MDN-sent-manually; displayed"), Options{})
	assert.Equal(t, &Report{Kind: "disposition", Returned: []string{"sent@example.com"}, Recipients: []ReportedRecipient{{Address: "ann@example.net"}}}, m.Report)

	m = Parse(reportMail("feedback-report", "message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nVersion: 1\r\nOriginal-Rcpt-To: <ann@example.net>\r\n"+
		"Original-Rcpt-To: <bob@example.net>", returnedMail), Options{})
	assert.Equal(t, &Report{Kind: "feedback", Returned: []string{"sent@example.com", "first@example.org", "ack.token@example.com"},
		Recipients: []ReportedRecipient{{Address: "ann@example.net"}, {Address: "bob@example.net"}}}, m.Report)
}

func TestBounceInWordsIsReadToo(t *testing.T) {
	const copied = "\n\nReceived: by mx.example.net\nFrom: Widgets <privacy@example.com>\nTo: quill@example.net\nMessage-ID: <sent@example.com>\nReferences: <a@x>\n <b@x>\n\nYou may ask for a copy of your personal data.\n"
	tests := map[string]struct {
		fields, text string
		want         []ReportedRecipient
	}{
		"qmail": {"", "Hi. This is the qmail-send program at mx.example.net.\nI'm afraid I wasn't able to deliver your message to the following\naddresses. This is a permanent error; I've given up. Sorry it didn't\nwork out.\n\n" +
			"<quill@example.net>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.", []ReportedRecipient{{"quill@example.net", "failed", "5.1.1"}}},
		"exim": {"X-Failed-Recipients: quill@example.net, pen@example.net\n", "This message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n" +
			"  quill@example.net\n    SMTP error from remote mail server after RCPT TO:<quill@example.net>:\n    host mx.example.net [192.0.2.1]: 550 5.1.1 unknown user\n  pen@example.net\n    host mx.example.net [192.0.2.1]: 552 5.2.2 over quota\n\n------ This is a copy of your message, including all the headers. ------",
			[]ReportedRecipient{{"quill@example.net", "failed", "5.1.1"}, {"pen@example.net", "failed", "5.2.2"}}},
		"exim without the field": {"", "A message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  quill@example.net\n    unrouteable mail domain \"example.net\"\n",
			[]ReportedRecipient{{"quill@example.net", "failed", ""}}},
		"postfix": {"", "This is the mail system at host mx.example.net.\n\nI'm sorry to have to inform you that your message could not\nbe delivered to one or more recipients. For further assistance, please send mail to postmaster.\n\n" +
			"<quill@example.net>: host mx.example.net[192.0.2.1] said: 550 5.1.1\n    <quill@example.net>: Recipient address rejected (in reply to RCPT TO command)\n", []ReportedRecipient{{"quill@example.net", "failed", "5.1.1"}}},
		"postfix warning": {"", "####################################################################\n# THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #\n\nYour message could not be delivered for more than 4 hour(s).\nIt will be retried until it is 5 day(s) old.\n\n" +
			"<quill@example.net>: connect to mx.example.net[192.0.2.1]:25: Connection timed out\n", []ReportedRecipient{{"quill@example.net", "delayed", ""}}},
		"exchange": {"", "Delivery has failed to these recipients or groups:\n\nQuill Penn (quill@example.net)\nThe email address you entered couldn't be found. Please check it.\n\nDiagnostic information for administrators:\n\nGenerating server: mx.example.net\n\n" +
			"quill@example.net\nRemote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound'\n", []ReportedRecipient{{"quill@example.net", "failed", "5.1.10"}}},
		"yahoo":                      {"", "Sorry, we were unable to deliver your message to the following address.\n\n<quill@example.net>:\n554: delivery error: dd This user doesn't have an account - mta.example.net\n\n--- Original message follows.", []ReportedRecipient{{"quill@example.net", "failed", ""}}},
		"in a sentence":              {"", "Your message to quill@example.net couldn't be delivered. Ask postmaster@example.net why.\n", []ReportedRecipient{{"quill@example.net", "failed", ""}}},
		"Japanese":                   {"", "次の宛先へのメールは配信できませんでした。\n\n<quill@example.net>: 550 5.1.1 宛先不明\n", []ReportedRecipient{{"quill@example.net", "failed", "5.1.1"}}},
		"German":                     {"", "Ihre Nachricht konnte nicht zugestellt werden:\n\nquill@example.net\n", []ReportedRecipient{{"quill@example.net", "failed", ""}}},
		"two addresses in sentences": {"", "The mail of ann@example.net to quill@example.net could not be delivered.\n", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m := Parse([]byte("Return-Path: <>\n"+daemon+"\n"+tt.fields+"Subject: failure notice\nContent-Type: text/plain; charset=utf-8\n\n"+tt.text+copied), Options{OwnAddresses: []string{"privacy@example.com"}})
			require.NotNil(t, m.Report)
			assert.Equal(t, "delivery", m.Report.Kind)
			assert.Equal(t, tt.want, m.Report.Recipients)
			assert.Equal(t, []string{"sent@example.com", "a@x", "b@x"}, m.Report.Returned)
			assert.NotContains(t, m.New, "personal data", "what came back is our own mail")
			assert.Contains(t, m.Quoted, "personal data")
			assert.NotEmpty(t, m.New)
		})
	}
}

func TestMailThatComesWithANullPathAndAHeaderInItsTextLosesNothing(t *testing.T) {
	form := "Return-Path: <>\nFrom: www@shop.example\nSubject: contact form\n\nNew message:\n\nFrom: Ann <ann@example.org>\nSubject: my data\nDate: today\n\nPlease delete my data.\n"
	m := Parse([]byte(form), Options{OwnAddresses: []string{"privacy@example.com"}})
	assert.Contains(t, m.New, "Please delete my data.")
	assert.Nil(t, m.Report)
}

func TestPersonsMailHasNoReport(t *testing.T) {
	for name, raw := range map[string][]byte{
		"plain":          letter(from),
		"speaks of one":  lines(from, "Subject: failure notice", "", "I got this:", "", "<quill@example.net>:", "could not be delivered (#5.1.1)"),
		"passes one on":  lines(from, "Content-Type: multipart/mixed; boundary=o", "", "--o", "", "What is this?", "--o", "Content-Type: message/rfc822", "", string(reportMail("delivery-status", returnedMail)), "--o--"),
		"out of office":  lines("Return-Path: <>", from, "Subject: Out of office", "", "Ask bob@example.org."),
		"null path only": lines("Return-Path: <>", from, "", "Ask bob@example.org."),
	} {
		assert.Nil(t, Parse(raw, Options{}).Report, name)
	}
}

func TestFailedIsPermanent(t *testing.T) {
	for r, want := range map[ReportedRecipient]bool{
		{Action: "failed", Status: "5.1.1"}: true, {Action: "failed"}: true,
		{Action: "failed", Status: "4.4.1"}: false, {Action: "delayed", Status: "5.1.1"}: false, {}: false,
	} {
		assert.Equal(t, want, r.Failed(), r)
	}
}

func TestCodesAreNoAddressesOfTheNetwork(t *testing.T) {
	for s, want := range map[string]string{
		"550 5.1.1 x": "5.1.1", "(#5.1.1)": "5.1.1", "550-5.7.26": "5.7.26", "5.1.1": "5.1.1", "5.1.1.": "5.1.1", "x 4.2.2;": "4.2.2",
		"5.1.1.7": "", "10.5.1.1": "", "15.1.1": "", "5.1": "", "5..1": "", "5.1.": "", "5.1234.1": "", "5.1.1234": "", "2.0.0": "", "": "",
		"[5.1.1.7] 5.4.1": "5.4.1",
	} {
		assert.Equal(t, want, statusIn(s, "45"), s)
	}
}

// checkReport holds a report to what its fields promise.
func checkReport(t *testing.T, rep *Report) {
	t.Helper()
	if rep == nil {
		return
	}
	assert.Contains(t, []string{"delivery", "disposition", "feedback"}, rep.Kind)
	assert.LessOrEqual(t, len(rep.Recipients), maxReported)
	assert.LessOrEqual(t, len(rep.Returned), maxReportIDs+1)
	assert.False(t, strings.ContainsFunc(rep.EnvelopeID, unicode.IsControl))
	for _, id := range rep.Returned {
		checkID(t, id)
	}
	for _, one := range rep.Recipients {
		assert.True(t, one.Address == "" || strings.Contains(one.Address, "@"))
		assert.False(t, strings.ContainsFunc(one.Address, unicode.IsControl))
		assert.Contains(t, []string{"", "failed", "delayed", "delivered", "relayed", "expanded"}, one.Action)
		assert.Regexp(t, `^([245]\.\d{1,3}\.\d{1,3})?$`, one.Status)
	}
}

// checkID holds a message id to what a list of ids promises.
func checkID(t *testing.T, id string) {
	t.Helper()
	assert.Contains(t, id, "@")
	assert.False(t, strings.ContainsAny(id, "<>"), "%q", id)
	assert.False(t, strings.ContainsFunc(id, func(c rune) bool { return unicode.IsSpace(c) || unicode.IsControl(c) }), "%q", id)
}

var hostileReports = map[string]func(n int) []byte{
	"recipients": func(n int) []byte {
		return reportMail("delivery-status", "message/delivery-status\r\n\r\n"+strings.Repeat("Final-Recipient: rfc822;ä@ä--ä.example\r\n\r\n", n/45))
	},
	"one group": func(n int) []byte {
		return reportMail("delivery-status", "message/delivery-status\r\n\r\n"+strings.Repeat("Status: 5.1.\r\n", n/14))
	},
	"folded": func(n int) []byte {
		return reportMail("delivery-status", "message/rfc822\r\n\r\nReferences:"+strings.Repeat("\r\n <a@x>", n/8))
	},
	"words": func(n int) []byte {
		return []byte("Return-Path: <>\n" + daemon + "\n\ncould not be delivered\n" + strings.Repeat("<ä@xn--ä>:\n", n/12))
	},
	"headers": func(n int) []byte {
		return []byte("Return-Path: <>\n" + daemon + "\n\ncould not be delivered\n" + strings.Repeat("From: x\n\n\n\n\n\n\n\n\n\n", n/18))
	},
	"codes": func(n int) []byte {
		return []byte("Return-Path: <>\n" + daemon + "\n\n" + strings.Repeat("5.123.", n/6))
	},
	"status sets": func(n int) []byte {
		return reportMail("delivery-status", slices.Repeat([]string{"message/delivery-status\r\n\r\nFinal-Recipient: a;a@x"}, n/70)...)
	},
	"many failed": func(n int) []byte {
		return []byte(daemon + "\nX-Failed-Recipients: " + strings.Repeat("a@x,", n/4) + "\n\nhi")
	},
}

func TestHostileReportsAreReadInLinearTime(t *testing.T) {
	for name, build := range hostileReports {
		t.Run(name, func(t *testing.T) {
			small, large := build(100_000), build(400_000)
			spent := func(raw []byte) time.Duration {
				best := time.Hour
				for range 3 {
					start := time.Now()
					checkReport(t, Parse(raw, Options{OwnAddresses: []string{"privacy@example.com"}}).Report)
					best = min(best, time.Since(start))
				}
				return best
			}
			assert.Less(t, spent(large), 12*spent(small)+50*time.Millisecond)
		})
	}
}

func FuzzReport(f *testing.F) {
	for _, build := range hostileReports {
		f.Add(string(build(300)))
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, raw := range []string{s, string(reportMail("delivery-status", "message/delivery-status\r\n\r\n"+s, "message/rfc822\r\n\r\n"+s)), "Return-Path: <>\n\n" + s} {
			m := Parse([]byte(raw), Options{OwnAddresses: []string{"privacy@example.com"}})
			checkMessage(t, m)
			checkReport(t, m.Report)
		}
	})
}
