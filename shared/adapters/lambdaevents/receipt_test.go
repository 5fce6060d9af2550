package lambdaevents_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/lambdaevents"
	"rightsmail/shared/email"
)

const ses = `{"notificationType":"Received","mail":{"messageId":"abc1","timestamp":"2026-01-06T19:22:41.5+01:00"},
"receipt":{"timestamp":"2026-01-06T18:22:42Z","recipients":["Privacy@Example.com"],"dmarcVerdict":{"status":"PASS"},
"action":{"type":"S3","bucketName":"raw-mail","objectKey":"raw/abc1"}}}`

// enveloped is what a queue without raw delivery gets.
func enveloped(t testing.TB, message string) []byte {
	t.Helper()
	raw, err := json.Marshal(map[string]string{"Type": "Notification", "TopicArn": "arn:aws:sns:us-east-1:123456789012:x", "Message": message})
	require.NoError(t, err)
	return raw
}

func TestNoticeGivesTheSameReceiptInEveryWrapping(t *testing.T) {
	want := lambdaevents.Receipt{
		ID: "abc1", Bucket: "raw-mail", Key: "raw/abc1", Recipients: []string{"privacy@example.com"},
		Received: time.Date(2026, 1, 6, 18, 22, 41, 500_000_000, time.UTC),
		Findings: email.Findings{Source: "amazonses.com", DMARC: email.Pass},
	}
	for name, body := range map[string][]byte{
		"raw":              []byte(ses),
		"in SNS":           enveloped(t, ses),
		"record":           []byte(`{"eventSource":"aws:ses","ses":` + ses + `}`),
		"event of one":     []byte(`{"Records":[{"ses":` + ses + `}]}`),
		"unknown fields":   []byte(strings.Replace(ses, `{"not`, `{"content":"x","news":[1],"not`, 1)),
		"kind is absent":   []byte(strings.Replace(ses, `"notificationType":"Received",`, ``, 1)),
		"that word inside": []byte(strings.Replace(ses, `"mail":{`, `"mail":{"subject":"Notification",`, 1)),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := lambdaevents.ReadReceipt(body)
			require.NoError(t, err)
			assert.Equal(t, want, got)
			assert.Equal(t, time.UTC, got.Received.Location())
		})
	}
}

func TestFieldsThatChangedTheirFormCostNoMail(t *testing.T) {
	for _, field := range []string{
		`"dmarcPolicy":"reject"`, `"dmarcPolicy":{"status":"REJECT"}`, `"dmarcPolicy":""`, `"dmarcPolicy":null`,
		`"processingTimeMillis":715`, `"processingTimeMillis":"715"`,
		`"spfVerdict":null`, `"spfVerdict":"PASS"`, `"spfVerdict":{"status":7}`, `"spfVerdict":{"status":"GRAY"}`,
		`"spfVerdict":{"status":"PROCESSING_FAILED"}`, `"spfVerdict":{"status":"DISABLED"}`, `"spfVerdict":{"status":"pass"}`, `"spfVerdict":{}`,
	} {
		got, err := lambdaevents.ReadReceipt([]byte(strings.Replace(ses, `"recipients"`, field+`,"recipients"`, 1)))
		require.NoError(t, err, field)
		assert.Equal(t, email.Findings{Source: "amazonses.com", DMARC: email.Pass}, got.Findings, field)
	}
}

func TestEachFindingComesFromItsOwnVerdict(t *testing.T) {
	for field, of := range map[string]func(email.Findings) email.Verdict{
		"spamVerdict":  func(f email.Findings) email.Verdict { return f.Spam },
		"virusVerdict": func(f email.Findings) email.Verdict { return f.Virus },
		"spfVerdict":   func(f email.Findings) email.Verdict { return f.SPF },
		"dkimVerdict":  func(f email.Findings) email.Verdict { return f.DKIM },
		"dmarcVerdict": func(f email.Findings) email.Verdict { return f.DMARC },
	} {
		for status, want := range map[string]email.Verdict{"PASS": email.Pass, "FAIL": email.Fail, "GRAY": email.Unknown} {
			body := strings.Replace(ses, `"dmarcVerdict":{"status":"PASS"}`, `"`+field+`":{"status":"`+status+`"}`, 1)
			got, err := lambdaevents.ReadReceipt([]byte(body))
			require.NoError(t, err)
			assert.Equal(t, want, of(got.Findings), "%s %s", field, status)
		}
	}
}

func TestTimeOfReceiptFallsBackToTheSecondClock(t *testing.T) {
	for _, first := range []string{``, `"timestamp":"","x":`, `"timestamp":"yesterday","x":`} {
		body := strings.Replace(ses, `"timestamp":"2026-01-06T19:22:41.5+01:00"`, first+`"y"`, 1)
		body = strings.Replace(body, `,"y"}`, `}`, 1)
		got, err := lambdaevents.ReadReceipt([]byte(body))
		require.NoError(t, err, body)
		assert.Equal(t, time.Date(2026, 1, 6, 18, 22, 42, 0, time.UTC), got.Received)
	}
}

func TestLambdaActionNamesNoObject(t *testing.T) {
	got, err := lambdaevents.ReadReceipt([]byte(strings.Replace(ses, `"type":"S3","bucketName":"raw-mail","objectKey":"raw/abc1"`, `"type":"Lambda"`, 1)))
	require.NoError(t, err)
	assert.Empty(t, got.Bucket+got.Key)
	assert.Equal(t, "abc1", got.ID)
}

func TestSetupNoticeIsKnownWhateverElseItLacks(t *testing.T) {
	got, err := lambdaevents.ReadReceipt([]byte(`{"notificationType":"Received","mail":{"messageId":"AMAZON_SES_SETUP_NOTIFICATION"}}`))
	require.NoError(t, err)
	assert.True(t, got.Setup)
}

func TestReceiptErrorNamesWhatIsMissingAndRepeatsNothing(t *testing.T) {
	change := func(old, with string) string {
		require.Contains(t, ses, old)
		return strings.Replace(ses, old, with, 1)
	}
	for name, c := range map[string]struct{ body, want string }{
		"nothing":               {``, "no JSON"},
		"no object":             {`["secret"]`, "not a JSON object"},
		"half":                  {ses[:60], "no JSON"},
		"text":                  {`secret`, "no JSON"},
		"another notice":        {change(`Received`, `secret`), "notificationType"},
		"no mail":               {change(`"mail":`, `"secret":`), "mail.messageId is missing"},
		"no id":                 {change(`"messageId":"abc1"`, `"messageId":""`), "mail.messageId is missing"},
		"an id with a path":     {change(`"messageId":"abc1"`, `"messageId":"../secret"`), "mail.messageId is not"},
		"an id with a line":     {change(`"messageId":"abc1"`, `"messageId":"secret\n"`), "mail.messageId is not"},
		"a long id":             {change(`"messageId":"abc1"`, `"messageId":"`+strings.Repeat("a", 201)+`"`), "mail.messageId is not"},
		"an id of another sort": {change(`"messageId":"abc1"`, `"messageId":["secret"]`), "mail.messageId is of another type"},
		"no receipt":            {change(`"receipt":`, `"secret":`), "receipt is missing"},
		"no bucket":             {change(`"bucketName":"raw-mail",`, ``), "receipt.action.bucketName"},
		"no key":                {change(`,"objectKey":"raw/abc1"`, ``), "receipt.action.objectKey"},
		"no time":               {strings.ReplaceAll(ses, `"timestamp"`, `"secret"`), "mail.timestamp is missing"},
		"no times":              {strings.ReplaceAll(ses, `"2026-`, `"secret-`), "mail.timestamp is not a time"},
		"two records":           {`{"Records":[{"ses":` + ses + `},{"ses":` + ses + `}]}`, "several records"},
		"an empty envelope":     {`{"Type":"Notification","Message":""}`, "no Message"},
		"an odd envelope":       {`{"Type":"Notification","Message":{"secret":1}}`, "no Message"},
		"text in an envelope":   {`{"Type":"Notification","Message":"secret"}`, "no JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := lambdaevents.ReadReceipt([]byte(c.body))
			require.ErrorContains(t, err, "read notice of SES: ")
			require.ErrorContains(t, err, c.want)
			assert.NotContains(t, err.Error(), "secret")
			assert.Equal(t, lambdaevents.Receipt{}, got)
		})
	}
}

func TestIDOfTwoHundredBytesIsTaken(t *testing.T) {
	id := strings.Repeat("aZ9._-", 33) + "aa"
	got, err := lambdaevents.ReadReceipt([]byte(strings.Replace(ses, `"messageId":"abc1"`, `"messageId":"`+id+`"`, 1)))
	require.NoError(t, err)
	assert.Equal(t, id, got.ID)
}

func FuzzReadReceipt(f *testing.F) {
	f.Add([]byte(ses))
	f.Add(enveloped(f, ses))
	f.Add([]byte(`{"Records":[{"ses":` + ses + `}]}`))
	f.Add([]byte(`{"Type":"Notification"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := lambdaevents.ReadReceipt(body)
		if err != nil {
			assert.Equal(t, lambdaevents.Receipt{}, got, "never a value and an error")
			return
		}
		assert.Regexp(t, `^[A-Za-z0-9._-]{1,200}$`, got.ID)
		if !got.Setup {
			assert.False(t, got.Received.IsZero())
			assert.Equal(t, time.UTC, got.Received.Location())
		}
		// A topic in between changes nothing; what is no UTF-8 does not survive in its text.
		if again, err := lambdaevents.ReadReceipt(enveloped(t, string(body))); err == nil && json.Valid(body) {
			assert.Equal(t, got.ID, again.ID)
		}
	})
}

func BenchmarkReadReceipt(b *testing.B) {
	raw := payload(b, "intake-sqs-raw.json")
	sns := payload(b, "intake-sqs-sns.json")
	for name, body := range map[string][]byte{"raw": only(b, raw), "sns": only(b, sns)} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(body)))
			for b.Loop() {
				if _, err := lambdaevents.ReadReceipt(body); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
