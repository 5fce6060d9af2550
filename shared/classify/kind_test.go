package classify

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/email"
	"rightsmail/shared/rights"
)

const wish = "I live in Fresno, California. Please delete all personal information you have about me."

func TestKindsAreToldApart(t *testing.T) {
	for text, want := range map[string]Kind{
		wish: KindRequest,
		wish + " If you do not answer within 45 days I will complain to the Attorney General.":          KindRequest,
		wish + " I asked you for this three weeks ago and I am still waiting.":                          KindReminder,
		wish + " The deadline has passed long ago.":                                                     KindEscalation,
		wish + " I asked you three weeks ago. If I hear nothing now I will go to the Attorney General.": KindEscalation,
		wish + " My lawyer has been informed.":                                                          KindEscalation,
		"Where is my parcel? I am still waiting.":                                                       "",
	} {
		assert.Equal(t, want, decide(t, mailOf(text)).Kind, text)
	}
}

func TestAnswerThatAsksForNothingNewIsAReply(t *testing.T) {
	m := mailOf("Thanks for the confirmation. My name is Ana Ruiz, as you asked.")
	m.Subject, m.InReplyTo = "Re: We have received your privacy request [RM-3F6T-8HWB]", []string{"ack@example.com"}
	assert.Equal(t, KindReply, decide(t, m).Kind)
}

// Whoever answers under a case's subject, or reminds, in the mailbox for privacy goes on about
// a case, whatever word of the product stands there. In support it may be about a parcel.
func TestAnswersInTheMailboxForPrivacyGoOnAboutACase(t *testing.T) {
	c := classifier(t)
	for _, tc := range []struct{ subject, text string }{
		{"AW: Vorgang 70112", "Dann warte ich noch ein wenig."},
		{"Re: hello again", "As you asked, here is the invoice of June. Any news on my request?"},
	} {
		m := mailOf(tc.text)
		m.Subject, m.InReplyTo = tc.subject, []string{"ack@example.com"}
		assert.Equal(t, []rights.ID{"followup_existing_case"}, idsOf(c.Classify(m, Context{On: today, ToOfficer: true})), tc.subject)
		assert.NotEqual(t, []rights.ID{"followup_existing_case"}, idsOf(c.Classify(m, Context{On: today})), tc.subject)
	}
}

func TestCopyToAnAuthorityIsAnEscalationWithItsAddressAsEvidence(t *testing.T) {
	m := mailOf(wish)
	m.Cc = []email.Address{{Address: "ana@example.net"}, {Address: "casework@ico.org.uk"}}
	d := decide(t, m)
	assert.Equal(t, KindEscalation, d.Kind)
	last := d.Evidence[len(d.Evidence)-1]
	assert.Equal(t, InCopied, last.Where)
	assert.Equal(t, "casework@ico.org.uk", TextOf(m, InCopied)[last.Start:last.End])

	m.Cc = []email.Address{{Address: "casework@ico.org.uk.example"}}
	assert.Equal(t, KindRequest, decide(t, m).Kind, "a look-alike is nobody")
}

func TestAddressesOfServicesSayWhatTheirLettersAre(t *testing.T) {
	m := mailOf(wish)
	m.Cc = []email.Address{{Address: "1234.reminder@inbound.letters.example"}}
	assert.Equal(t, KindReminder, decide(t, m).Kind)
	m.Cc = []email.Address{{Address: "1234.escalation@inbound.letters.example"}}
	assert.Equal(t, KindEscalation, decide(t, m).Kind)
}

func TestCitedRightsAreNotAsked(t *testing.T) {
	d := decide(t, mailOf("Please send me a copy of my data under Art. 15 GDPR. I am aware that I have a right to erasure under Article 17 GDPR."))
	assert.Equal(t, []rights.ID{"gdpr_access"}, idsOf(d))
	d = decide(t, mailOf("I know I have the right to erasure and I want you to delete all my personal data. GDPR."))
	assert.Equal(t, []rights.ID{"gdpr_erasure"}, idsOf(d))
}

func TestAgentsWithoutProofMissThePermission(t *testing.T) {
	const asks = "We are the authorized agent of Kate Wynn, a California resident. Please delete her personal information. "
	d := decide(t, mailOf(asks))
	assert.Equal(t, PermissionNone, d.Permission)
	assert.Contains(t, d.Findings[0].Missing, signedPermission)

	d = decide(t, mailOf(asks+"Her signed permission is available on request."))
	assert.Equal(t, PermissionStated, d.Permission)
	assert.Contains(t, d.Findings[0].Missing, signedPermission)

	m := mailOf(asks + "Her signed permission is attached.")
	m.Attachments = []email.Attachment{{Name: "wynn.pdf"}}
	d = decide(t, m)
	assert.Equal(t, PermissionAttached, d.Permission)
	assert.NotContains(t, d.Findings[0].Missing, signedPermission)

	assert.Empty(t, decide(t, mailOf(wish)).Permission, "who asks for himself needs none")
}

func TestSeveralPeopleAreNamedAndAHumanOpensTheirCases(t *testing.T) {
	m := mailOf("We are the authorized agent of the following consumers, all Californians. Delete their personal information.\n\n1. Amy Holt, amy@holt.example\n2. Barry Cho, barry@cho.example\n")
	d := decide(t, m)
	require.Len(t, d.People, 2)
	assert.Equal(t, "Barry Cho", d.People[1].Name)
	assert.Equal(t, "barry@cho.example", d.People[1].Email)
	e := d.People[1].Evidence
	assert.Equal(t, e.Text, m.New[e.Start:e.End])
	assert.Contains(t, d.Review, "asks for 2 people: open a case for each")

	d = decide(t, mailOf("Please send me a copy of all my personal data. I used the addresses ana@example.net and ana.ruiz@example.org with you."))
	assert.Empty(t, d.People, "two addresses of one person")
	assert.Empty(t, d.Review)
}

func TestEveryRelativeIsNamed(t *testing.T) {
	d := decide(t, mailOf("Please delete all personal data about me and my wife Anna K. Roe. The same goes for my brother Dr. Otto Lund."))
	require.Len(t, d.People, 3)
	assert.Equal(t, []string{"Anna K. Roe", "Dr. Otto Lund"}, []string{d.People[1].Name, d.People[2].Name}, "beside the writer")
}

func TestARelativeIsNamedInASentenceOfItsOwn(t *testing.T) {
	d := decide(t, mailOf("Please delete all personal data about me and my wife. Her name is Laura Moody."))
	require.Len(t, d.People, 2)
	assert.Equal(t, "Laura Moody", d.People[1].Name)
}

func TestWhoSaysANameIsCalledByIt(t *testing.T) {
	for _, text := range []string{
		"My name is Jane Roe. Delete my data.", "I am called Jane Roe. Delete my data.", "I, Jane Roe, ask you to delete my data.", "as i told you, i, Jane Roe, want my data deleted",
	} {
		assert.Equal(t, "Jane Roe", decide(t, mailOf(text)).Fields["name"], text)
	}
	assert.Empty(t, decide(t, mailOf("The API, Jane Roe says, is slow. Delete my data.")).Fields["name"])
}

func TestADiallingCodeTellsThePlace(t *testing.T) {
	for _, number := range []string{"+49 30 901820123", "+(49) 30 901820123", "0049 30 901820123"} {
		assert.Equal(t, rights.EU, decide(t, mailOf("Please delete all my personal data.\n\nAna Ruiz\n"+number+"\n")).Jurisdiction, number)
	}
}

func TestPeopleAreBounded(t *testing.T) {
	text := "We are the authorized agent of the following consumers, all Californians. Delete their personal information.\n\n"
	for a := 'a'; a <= 'z'; a++ {
		for b := 'a'; b <= 'd'; b++ {
			text += "- Person X" + string(a) + string(b) + ", p" + string(a) + string(b) + "@mailpost.example\n"
		}
	}
	assert.Len(t, decide(t, mailOf(text)).People, MaxPeople)
}

func TestPostalAddressesTellThePlace(t *testing.T) {
	for address, want := range map[string]rights.Jurisdiction{
		"3 Mill Lane\nReading RG1 2AB":                       rights.UK,
		"Hafenstr. 8\n24103 Kiel":                            rights.EU,
		"8 rue des Tanneurs, 67000 Strasbourg":               rights.EU,
		"ul. Dluga 5\n00-238 Warszawa":                       rights.EU,
		"Kerkstraat 12\n1017 GC Amsterdam":                   rights.EU,
		"Bahnhofstrasse 1\nCH-8001 Zurich":                   rights.Switzerland,
		"811 Grand Ave Apt 4\nOakland, CA 94610":             rights.California,
		"my zip code is 94610":                               rights.California,
		"905 Fremont Street, Las Vegas, NV 89101":            rights.Nevada,
		"12 King Street West\nToronto ON M5H 1A1\nCA":        rights.Unspecified,
		"1 George Street\nSydney NSW 2000, Australia":        rights.Unspecified,
		"Avenida Paulista 1000\n01310-100 Sao Paulo, Brazil": rights.Unspecified,
	} {
		assert.Equal(t, want, decide(t, mailOf("Please delete all my personal data.\n\nAna Ruiz\n"+address+"\n")).Jurisdiction, address)
	}
}
