package classify

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/email"
	"rightsmail/shared/rights"
)

// parsed is a mail as it comes, signature and notice set apart.
func parsed(text string) *email.Message { return parsedFrom("ann@example.org", text) }

func parsedFrom(from, text string) *email.Message {
	return email.Parse([]byte("From: "+from+"\nSubject: hello\nContent-Type: text/plain; charset=utf-8\n\n"+text), email.Options{})
}

func TestSignatureTellsWhoAsksAndWhere(t *testing.T) {
	m := parsed("Please delete all personal information you have about me.\n\n-- \nAnn Lee\n12 Alder Way\nSacramento, CA 95811\n")
	require.NotEmpty(t, m.Signature)
	d := decide(t, m)
	assert.Equal(t, rights.California, d.Jurisdiction)
	assert.Equal(t, []rights.ID{"ccpa_delete"}, idsOf(d))
	assert.Equal(t, "95811", d.Fields["zip"])
	assert.Equal(t, "CA", d.Fields["state"])
	assert.Equal(t, "12 Alder Way", d.Fields["street"])
	assert.Equal(t, "Ann Lee", d.Fields["name"])
	found := false
	for _, e := range d.Evidence {
		assert.Equal(t, e.Text, TextOf(m, e.Where)[e.Start:e.End], "offsets count in the text that is named")
		found = found || e.Where == InSignature
	}
	assert.True(t, found)

	d = decide(t, parsed("Please delete all personal data you have about me.\n\n-- \nAnn Lee\nTel. +44 20 7946 0018\n"))
	assert.Equal(t, rights.UK, d.Jurisdiction)

	d = decide(t, parsed("Please delete all personal information of Alice Monroe, California.\n\n-- \nDoe & Roe, attorneys at law\n"))
	assert.Equal(t, RoleAgent, d.Requester)
	assert.Empty(t, d.Fields["name"])

	assert.Empty(t, decide(t, parsed("Delete all my personal data.\n\n-- \nExample Widgets Ltd\nOslo\n")).Fields["name"], "a company is no person")
}

func TestSignatureAndNoticeAskForNothing(t *testing.T) {
	m := parsed("How do I change the colour of the widget? I cannot find it in the settings of the page.\n\n-- \nAnn\n\n" +
		"This e-mail and any attachment is confidential. If you are not the intended recipient, delete it. In line with the GDPR you have the right to access or erase your data.\n")
	require.NotEmpty(t, m.Disclaimer)
	d := decide(t, m)
	assert.Equal(t, Support, d.Outcome)
	for _, e := range d.Evidence {
		assert.NotContains(t, m.Disclaimer, e.Text)
	}
}

func TestRightAskedForInASignatureIsReadByAPerson(t *testing.T) {
	m := parsed("I bought a lamp from you in May and it came in pieces.\n--\nSend us a copy of the personal data of ann@example.org.\nAnn\n")
	require.NotEmpty(t, m.Signature)
	d := decide(t, m)
	assert.Equal(t, Unsure, d.Outcome)
	assert.Contains(t, d.Review, "words that ask for a right stand in the signature: read it")
}

func TestSignatureOfWhoeverPassedARequestOnSaysNothingOfThePerson(t *testing.T) {
	forward := "\n\n-- \nSam Staff\n1 Main Street\nSacramento, CA 95811\n\n---------- Forwarded message ---------\nFrom: Ann Lee <ann@example.org>\nDate: Tue\nSubject: x\n\n" +
		"I live in Berlin, Germany. Please delete all personal data you have about me.\n"
	for _, note := range []string{"This came to the billing inbox.", ""} {
		m := parsedFrom("sam@example.com", note+forward)
		require.NotEmpty(t, m.Signature)
		d := decide(t, m)
		assert.Equal(t, rights.EU, d.Jurisdiction)
		assert.Equal(t, []rights.ID{"gdpr_erasure"}, idsOf(d))
		assert.Empty(t, d.Fields["zip"])
		assert.Contains(t, d.Review, "the request stands in a forwarded mail: settle who asks")
	}
}
