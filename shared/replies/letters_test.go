package replies_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/email"
	"rightsmail/shared/replies"
	"rightsmail/shared/rights"
)

var update = flag.Bool("update", false, "rewrite the goldens in testdata")

var languages = []string{"en", "de", "fr", "es", "it", "pl"}

var sent = time.Date(2026, 3, 3, 2, 5, 0, 0, time.UTC)

func builtin(t testing.TB) *replies.Book {
	t.Helper()
	b, err := replies.Builtin()
	require.NoError(t, err)
	return b
}

func date(s string) rights.Date {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return rights.Date{Year: t.Year(), Month: t.Month(), Day: t.Day()}
}

func writing(language string, requests ...replies.Request) replies.Writing {
	return replies.Writing{
		Company: "Example Widgets", Language: language, Reference: "RM-8F3K-2Q7D",
		From:     email.Address{Name: "Example Widgets Privacy", Address: "privacy@example.com"},
		Officer:  email.Address{Name: "Data Protection Officer", Address: "dpo@example.com"},
		To:       email.Address{Name: "Jane Doe", Address: "jane@example.org"},
		Received: time.Date(2026, 3, 3, 2, 0, 0, 0, time.UTC),
		Requests: requests,

		MessageID: "rm-8f3k-2q7d.ack@example.com", InReplyTo: "mail-3@example.org",
		References: []string{"mail-1@example.org", "mail-2@example.com"},
	}
}

// Requests as the law data describes them.
var (
	deletion = replies.Request{
		Case: "RM-8F3K-2Q7D-1", Right: "ccpa_delete", Title: "Delete my personal information",
		Law: "California Consumer Privacy Act", Verification: rights.VerifyReasonable,
		RespondBy: date("2026-04-15"), Zone: "America/Los_Angeles", Missing: []string{"name"},
	}
	optOut = replies.Request{
		Case: "RM-8F3K-2Q7D-2", Right: "ccpa_opt_out_sale_share", Title: "Do not sell or share my personal information",
		Law: "California Consumer Privacy Act", Verification: rights.VerifyForbidden,
		RespondBy: date("2026-03-19"), Zone: "America/Los_Angeles",
	}
	heldKnow = replies.Request{
		Case: "RM-8F3K-2Q7D-3", Right: "ccpa_know_specific", Title: "Give me a copy of my personal information",
		Law: "California Consumer Privacy Act", Verification: rights.VerifyHigh,
		RespondBy: date("2026-04-15"), Zone: "America/Los_Angeles",
		Held: true, Earlier: []rights.Date{date("2025-05-01"), date("2025-11-12")}, FirstFree: date("2026-05-01"),
	}
	access = replies.Request{
		Case: "RM-8F3K-2Q7D-4", Right: "gdpr_access", Title: "Give me access to my data",
		Law: "General Data Protection Regulation", Verification: rights.VerifyOnDoubt,
		RespondBy: date("2026-04-01"), Zone: "Europe/Warsaw",
	}
	frameworkComplaint = replies.Request{
		Case: "RM-8F3K-2Q7D-5", Right: "dpf_complaint", Title: "A complaint under the Data Privacy Framework",
		Law: "Data Privacy Framework", Verification: rights.VerifyOnDoubt,
		RespondBy: date("2026-04-16"), Zone: "Europe/Warsaw",
	}
	correction = replies.Request{
		Case: "RM-8F3K-2Q7D-6", Right: "gdpr_rectification", Title: "Correct my data",
		Law: "General Data Protection Regulation", Verification: rights.VerifyOnDoubt, Zone: "Europe/Warsaw",
		Missing: []string{"disputed_item", "correct_value"}, Unspecified: true,
	}
	parent = replies.Request{
		Case: "RM-8F3K-2Q7D-7", Right: "coppa_parent_delete", Title: "Delete the data of my child",
		Law: "Children's Online Privacy Protection Rule", Verification: rights.VerifyParent,
		Zone: "America/Los_Angeles", Missing: []string{"name"}, Children: true,
	}
	unsubscribe = replies.Request{
		Case: "RM-8F3K-2Q7D-8", Right: "marketing_unsubscribe", Title: "Stop sending me marketing",
		Law: "CAN-SPAM Act", Verification: rights.VerifyForbidden, Zone: "America/Los_Angeles",
	}
	heldList = replies.Request{
		Case: "RM-8F3K-2Q7D-9", Right: "stl_disclosure", Title: "Tell me to whom you gave my data for their own direct marketing",
		Law: "Shine the Light", Verification: rights.VerifyNone, Zone: "America/Los_Angeles",
		Held: true, Earlier: []rights.Date{date("2026-01-15")}, FirstFree: date("2027-01-01"),
	}
)

func acknowledge(t testing.TB, w replies.Writing) replies.Letter {
	t.Helper()
	l, err := builtin(t).Acknowledge(w)
	require.NoError(t, err)
	return l
}

// sample writes one letter of each kind.
func sample(t testing.TB, language string, kind replies.Kind) replies.Letter {
	t.Helper()
	switch kind {
	case replies.KindOverLimit:
		l, err := builtin(t).OverLimit(writing(language, deletion, heldKnow, heldList))
		require.NoError(t, err)
		return l
	case replies.KindChild:
		return acknowledge(t, writing(language, parent))
	case replies.KindSuppression:
		return acknowledge(t, writing(language, unsubscribe))
	}
	return acknowledge(t, writing(language, deletion, optOut, heldKnow, access, frameworkComplaint, correction))
}

var kinds = []replies.Kind{replies.KindAcknowledgement, replies.KindChild, replies.KindSuppression, replies.KindOverLimit}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o750))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o600))
	}
	want, err := os.ReadFile(path) // #nosec G304 -- a name of this file
	require.NoError(t, err)
	assert.Equal(t, string(want), got, "run go test -update after reading the difference")
}

func TestEveryLetterReadsAsItsGolden(t *testing.T) {
	for _, language := range languages {
		for _, kind := range kinds {
			t.Run(language+" "+string(kind), func(t *testing.T) {
				l := sample(t, language, kind)
				assert.Equal(t, kind, l.Kind)
				assert.Equal(t, language, l.Language)
				assert.Equal(t, kind != replies.KindOverLimit, l.Automatic, "only a human sends a refusal")
				name := filepath.Join(language, string(kind))
				golden(t, name+".txt", "Subject: "+l.Subject+"\n\n"+l.Text)
				golden(t, name+".html", l.HTML)
			})
		}
	}
	raw, err := sample(t, "de", replies.KindAcknowledgement).Bytes(sent)
	require.NoError(t, err)
	golden(t, "acknowledgement.eml", string(raw))
}

func TestAcknowledgementSaysAllThatTheLawAsksFor(t *testing.T) {
	text := flat(acknowledge(t, writing("en", deletion, optOut, access)).Text)
	for _, want := range []string{
		"Monday 2 March 2026, 18:00 Pacific time", // receipt, by the clock of the law
		"RM-8F3K-2Q7D", "RM-8F3K-2Q7D-1", "RM-8F3K-2Q7D-2", "RM-8F3K-2Q7D-4",
		"Delete my personal information (California Consumer Privacy Act)",
		"Do not sell or share my personal information (California Consumer Privacy Act)",
		"Give me access to my data (General Data Protection Regulation)",
		"by Wednesday 15 April 2026, end of day Pacific time",
		"by Wednesday 1 April 2026, end of day Central European time",
		"RM-8F3K-2Q7D-1: We compare what you tell us with what we already hold.",
		"RM-8F3K-2Q7D-2: Nothing more is needed. We will not ask you to prove who you are.",
		"Please never send us copies of ID documents",
		"RM-8F3K-2Q7D-1: your name",
		"Please reply to this e-mail if we misunderstood you",
		"dpo@example.com",
		"complain to a data protection authority",
	} {
		assert.Contains(t, text, want)
	}
	assert.NotContains(t, text, "BBB", "no framework is meant")
}

func TestOnlyWhatIsMissingIsAskedFor(t *testing.T) {
	complete := deletion
	complete.Missing = nil
	assert.NotContains(t, acknowledge(t, writing("en", complete)).Text, "still need")
	text := flat(acknowledge(t, writing("en", complete, correction)).Text)
	assert.Contains(t, text, "RM-8F3K-2Q7D-6: what is wrong and what it should say")
	assert.NotContains(t, text, "your name")
}

func TestCasesOfOneProofAreNamedTogether(t *testing.T) {
	text := flat(acknowledge(t, writing("en", access, deletion, frameworkComplaint)).Text)
	assert.Contains(t, text, "RM-8F3K-2Q7D-4 and RM-8F3K-2Q7D-5: We do not ask for proof.")
}

func TestFrameworkComplaintIsToldTheFreeRoute(t *testing.T) {
	text := flat(acknowledge(t, writing("en", frameworkComplaint)).Text)
	assert.Contains(t, text, "BBB National Programs. This is free for you: https://bbbprograms.org/")
}

func TestWhereNoLawIsNamedNoLawAndNoNumberIsPromised(t *testing.T) {
	for _, language := range languages {
		l := acknowledge(t, writing(language, correction))
		assert.NotContains(t, l.Text, "General Data Protection Regulation")
		assert.NotContains(t, l.Text, "data protection authority")
		assert.NotContains(t, l.Text, "date above", "there is none")
		for _, number := range regexp.MustCompile(`[0-9]+[^\n]*`).FindAllString(flat(l.Text), -1) {
			assert.NotRegexp(t, `(?i)[0-9]+ (days?|months?|Tage?n?|Monate?n?|jours|mois|días|meses|giorni|mesi|dni)\b`, number)
		}
	}
}

func TestHeldRequestIsAcknowledgedWithoutCountOrEarlierDate(t *testing.T) {
	for _, language := range languages {
		l := acknowledge(t, writing(language, heldKnow))
		assert.Contains(t, l.Text, "This request will be looked at by a person.")
		for _, secret := range []string{"2025", "May", "November", "twice", "twelve", "limit", "again from"} {
			assert.NotContains(t, l.Text, secret)
		}
	}
}

func TestUnknownLawDataStillGivesALetter(t *testing.T) {
	odd := replies.Request{Case: "RM-8F3K-2Q7D-1", Right: "mars_access", Title: "Show me", Law: "Mars Privacy Act", Verification: "dna", Zone: "America/New_York", Missing: []string{"landing_site"}}
	text := flat(acknowledge(t, writing("en", odd)).Text)
	assert.Contains(t, text, "Show me (Mars Privacy Act)")
	assert.Contains(t, text, "21:00 America/New_York")
	assert.Contains(t, text, "A person will read this and tell you if anything more is needed.")
	assert.Contains(t, text, "landing site")
}

func TestLawThatTheTitleNamesIsNotNamedTwice(t *testing.T) {
	assert.Contains(t, acknowledge(t, writing("en", frameworkComplaint)).Text, "* A complaint under the Data Privacy Framework\n  Case")
}

func TestOurOwnProcedureIsNoLaw(t *testing.T) {
	question := replies.Request{Case: "RM-8F3K-2Q7D-1", Right: "privacy_question", Title: "A question", Law: "Our own procedure", Verification: rights.VerifyNone}
	for _, language := range languages {
		assert.NotContains(t, acknowledge(t, writing(language, question)).Text, "procedure")
	}
}

func TestChildLetterAsksNothingAndEchoesNothing(t *testing.T) {
	second := parent
	second.Right, second.Case = "coppa_parent_review", "RM-8F3K-2Q7D-8"
	for _, language := range languages {
		l := acknowledge(t, writing(language, parent, second))
		assert.Equal(t, replies.KindChild, l.Kind)
		for _, echo := range []string{"child", "Delete the data", "Children's", "your name", "RM-8F3K-2Q7D-7"} {
			assert.NotContains(t, l.Text, echo, language)
		}
		assert.Contains(t, l.Text, "RM-8F3K-2Q7D")
		assert.Contains(t, l.Text, "dpo@example.com")
		assert.NotContains(t, l.Text, "?", "nothing is asked")
	}
}

func TestOneRequestAboutAChildSilencesEveryQuestionOfTheLetter(t *testing.T) {
	l := acknowledge(t, writing("en", deletion, parent))
	text := flat(l.Text)
	assert.Equal(t, replies.KindAcknowledgement, l.Kind)
	assert.Contains(t, text, "Delete my personal information")
	assert.Contains(t, text, "A matter that a person in our privacy team will answer Case: RM-8F3K-2Q7D-7")
	for _, echo := range []string{"my child", "Children's", "guardian", "still need", "your name"} {
		assert.NotContains(t, text, echo)
	}
}

func TestMarketingAloneGetsOneLineAndWithMoreTheWholeLetter(t *testing.T) {
	objection := unsubscribe
	objection.Right, objection.Case = "gdpr_object_direct_marketing", "RM-8F3K-2Q7D-9"
	l := acknowledge(t, writing("en", unsubscribe, objection))
	assert.Equal(t, replies.KindSuppression, l.Kind)
	assert.Less(t, len(strings.Fields(l.Text)), 60)
	assert.Equal(t, replies.KindAcknowledgement, acknowledge(t, writing("en", unsubscribe, deletion)).Kind)
}

func TestOverLimitDraftSaysWhatTheOfficerOwes(t *testing.T) {
	l := sample(t, "en", replies.KindOverLimit)
	text := flat(l.Text)
	for _, want := range []string{
		"Thursday 1 May 2025 and Wednesday 12 November 2025", "from Friday 1 May 2026",
		"twice in twelve months", "once in a calendar year", "Thursday 15 January 2026", "from Friday 1 January 2027",
		"Delete my personal information.", "Correct information about me", "Do not sell or share",
		"https://cppa.ca.gov/webapplications/complaint", "https://oag.ca.gov/", "If one of these earlier messages was not from you",
	} {
		assert.Contains(t, text, want)
	}
	assert.NotContains(t, text, "RM-8F3K-2Q7D-1", "a request that is not held is none of this letter's business")
	assert.False(t, l.Automatic)
}

func TestOverLimitOfShineTheLightAloneNamesNoOtherAgency(t *testing.T) {
	l, err := builtin(t).OverLimit(writing("en", heldList))
	require.NoError(t, err)
	assert.NotContains(t, l.Text, "cppa.ca.gov")
	assert.Contains(t, l.Text, "oag.ca.gov")
}

func TestOverLimitWithoutItsDatesIsAnError(t *testing.T) {
	b := builtin(t)
	_, err := b.OverLimit(writing("en", deletion))
	require.ErrorContains(t, err, "a request to write about is missing")
	for _, spoil := range []func(*replies.Request){
		func(r *replies.Request) { r.Earlier = nil },
		func(r *replies.Request) { r.FirstFree = rights.Date{} },
	} {
		r := heldKnow
		spoil(&r)
		_, err = b.OverLimit(writing("en", r))
		require.ErrorContains(t, err, "case RM-8F3K-2Q7D-3: the earlier dates and the first free date are needed")
	}
}

func TestWritingThatLacksSomethingIsAnErrorThatNamesAll(t *testing.T) {
	_, err := builtin(t).Acknowledge(replies.Writing{})
	for _, what := range []string{"company", "reference", "officer", "receipt", "request"} {
		require.ErrorContains(t, err, what)
	}
	w := writing("en", deletion)
	w.Requests[0].Zone = "Mars/Olympus"
	_, err = builtin(t).Acknowledge(w)
	require.ErrorContains(t, err, "Mars/Olympus")
}

func TestLanguageWithoutLettersFallsBackToEnglish(t *testing.T) {
	for tag, want := range map[string]string{
		"": "en", "und": "en", "ja": "en", "en-GB": "en", "de-AT": "de", "PL": "pl", "../de": "en", "es-419": "es",
	} {
		l := acknowledge(t, writing(tag, deletion))
		assert.Equal(t, want, l.Language, tag)
	}
}

func TestOtherLanguagesHaveTheWholeEnglishLetterBelow(t *testing.T) {
	for _, kind := range kinds {
		english := sample(t, "en", kind)
		for _, language := range languages[1:] {
			l := sample(t, language, kind)
			assert.True(t, strings.HasSuffix(l.Text, english.Text), "%s %s", language, kind)
			assert.Contains(t, l.HTML, `<html lang="`+language+`">`)
			assert.Contains(t, l.HTML, `<div lang="en">`)
			assert.NotEqual(t, english.Subject, l.Subject)
		}
	}
}

func TestNothingOfTheMailComesBack(t *testing.T) {
	for _, kind := range kinds {
		for _, language := range languages {
			l := sample(t, language, kind)
			raw, err := l.Bytes(sent)
			require.NoError(t, err)
			assert.NotContains(t, string(raw), "Jane Doe")
			assert.Contains(t, l.Subject, "[RM-8F3K-2Q7D]", "the person finds the thread by it")
		}
	}
}

func TestHostileValuesStayWordsInTextAndHTML(t *testing.T) {
	evil := deletion
	evil.Right, evil.Title = "unknown", "<script>alert(1)</script>\n# Heading\n- item\u202e\x00"
	evil.Law = `"><img src=x>`
	w := writing("en", evil)
	w.Company = "Widgets\r\nBcc: all@example.org"
	l := acknowledge(t, w)
	assert.Contains(t, l.HTML, "&lt;script&gt;alert(1)&lt;/script&gt; # Heading - item (&#34;&gt;&lt;img src=x&gt;)")
	assert.NotContains(t, l.HTML, "<script")
	assert.NotContains(t, l.HTML, "<img")
	assert.NotContains(t, l.Text, "\n# Heading")
	assert.NotContains(t, l.Text, "\r")
	assert.NotContains(t, l.Text, "\u202e")
	assert.NotContains(t, l.Text, "\nBcc:")
}

func TestHTMLFetchesNothingAndSaysTheSameAsTheText(t *testing.T) {
	tags := regexp.MustCompile(`<[^>]*>`)
	head := regexp.MustCompile(`(?s)<head>.*</head>`)
	unescape := strings.NewReplacer("&#39;", "'", "&#34;", `"`, "&amp;", "&", "&lt;", "<", "&gt;", ">")
	rules := regexp.MustCompile(`(?m)^(-+|=+)$|^\* `)
	for _, language := range languages {
		for _, kind := range kinds {
			l := sample(t, language, kind)
			assert.NotRegexp(t, `(?i)src=|href=|url\(|@import|<script|<link|<img|<form`, l.HTML)
			assert.Contains(t, l.HTML, `<meta charset="utf-8">`)
			words := unescape.Replace(tags.ReplaceAllString(head.ReplaceAllString(l.HTML, ""), " "))
			assert.Equal(t, flat(rules.ReplaceAllString(l.Text, "")), flat(words), "%s %s", language, kind)
		}
	}
}

func TestTextLinesAreShort(t *testing.T) {
	for _, language := range languages {
		for _, kind := range kinds {
			for line := range strings.Lines(sample(t, language, kind).Text) {
				if strings.Contains(strings.TrimSpace(line), " ") {
					assert.LessOrEqual(t, len([]rune(strings.TrimRight(line, "\n"))), 72, line)
				}
			}
		}
	}
}

// flat undoes line breaks, so that a sentence is found wherever it was wrapped.
func flat(s string) string { return strings.Join(strings.Fields(s), " ") }

func BenchmarkAcknowledgeInTwoLanguages(b *testing.B) {
	book := builtin(b)
	w := writing("de", deletion, optOut, access)
	for b.Loop() {
		l, err := book.Acknowledge(w)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := l.Bytes(sent); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAcknowledge(b *testing.B) {
	book := builtin(b)
	w := writing("en", deletion, optOut, access)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := book.Acknowledge(w); err != nil {
			b.Fatal(err)
		}
	}
}
