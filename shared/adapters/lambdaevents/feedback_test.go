package lambdaevents_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/lambdaevents"
	"rightsmail/shared/replies"
)

// about is an event of one kind with a tag of ours, sent at six and happened at seven.
func about(kind, details string) string {
	if details != "" {
		details = "," + details
	}
	return `{"eventType":"` + kind + `","mail":{"timestamp":"2026-01-06T06:00:00Z","tags":{"ses:from-domain":["example.com"],"effect":["ack-RM-8F3K-2Q7D"]}}` + details + `}`
}

const seven = `"timestamp":"2026-01-06T07:00:00Z"`

func TestEventSaysWhatBecameOfTheLetter(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		want replies.Feedback
	}{
		"sent":           {about("Send", `"send":{}`), replies.Feedback{Kind: replies.FeedbackSent}},
		"delivered":      {about("Delivery", `"delivery":{`+seven+`}`), replies.Feedback{Kind: replies.FeedbackDelivered}},
		"delayed":        {about("DeliveryDelay", `"deliveryDelay":{"delayType":"MailboxFull",`+seven+`}`), replies.Feedback{Kind: replies.FeedbackDelayed, Status: "MailboxFull"}},
		"rejected":       {about("Reject", `"reject":{"reason":"Bad content"}`), replies.Feedback{Kind: replies.FeedbackRejected, Status: "rejected"}},
		"not rendered":   {about("Rendering Failure", ``), replies.Feedback{Kind: replies.FeedbackRejected, Status: "rendering-failure"}},
		"in one word":    {about("RenderingFailure", ``), replies.Feedback{Kind: replies.FeedbackRejected, Status: "rendering-failure"}},
		"complained":     {about("Complaint", `"complaint":{"complaintFeedbackType":"abuse",`+seven+`}`), replies.Feedback{Kind: replies.FeedbackComplained, Status: "abuse"}},
		"suppressed":     {about("Complaint", `"complaint":{"complaintSubType":"OnAccountSuppressionList",`+seven+`}`), replies.Feedback{Kind: replies.FeedbackComplained, Status: "OnAccountSuppressionList"}},
		"bounced":        {about("Bounce", `"bounce":{"bounceType":"Permanent","bouncedRecipients":[{"status":"5.1.10"}],`+seven+`}`), replies.Feedback{Kind: replies.FeedbackBounced, Final: true, Status: "5.1.10"}},
		"not written to": {about("Bounce", `"bounce":{"bounceType":"Permanent","bounceSubType":"OnAccountSuppressionList","bouncedRecipients":[{}],`+seven+`}`), replies.Feedback{Kind: replies.FeedbackBounced, Final: true, Status: "OnAccountSuppressionList"}},
		"for now":        {about("Bounce", `"bounce":{"bounceType":"Transient","bounceSubType":"MailboxFull",`+seven+`}`), replies.Feedback{Kind: replies.FeedbackBounced, Status: "MailboxFull"}},
		"unclear":        {about("Bounce", `"bounce":{"bounceType":"Undetermined",`+seven+`}`), replies.Feedback{Kind: replies.FeedbackBounced, Status: "Undetermined"}},
		"the first code that is one": {about("Bounce", `"bounce":{"bounceType":"Permanent","bouncedRecipients":[{"status":"jane@example.net"},{"status":"5.7.1"}],`+seven+`}`),
			replies.Feedback{Kind: replies.FeedbackBounced, Final: true, Status: "5.7.1"}},
		"words of strangers": {about("Bounce", `"bounce":{"bounceType":"Permanent","bounceSubType":"no such jane","bouncedRecipients":[{"status":"5.1.1 jane"}],`+seven+`}`),
			replies.Feedback{Kind: replies.FeedbackBounced, Final: true, Status: "Permanent"}},
		"of an identity": {strings.Replace(about("Delivery", `"delivery":{`+seven+`}`), "eventType", "notificationType", 1), replies.Feedback{Kind: replies.FeedbackDelivered}},
	} {
		t.Run(name, func(t *testing.T) {
			c.want.Effect, c.want.At = "ack-RM-8F3K-2Q7D", time.Date(2026, 1, 6, 6, 0, 0, 0, time.UTC)
			if strings.Contains(c.body, seven) {
				c.want.At = c.want.At.Add(time.Hour)
			}
			for _, body := range [][]byte{[]byte(c.body), enveloped(t, c.body)} {
				got, err := lambdaevents.ReadFeedback(body)
				require.NoError(t, err)
				assert.Equal(t, []replies.Feedback{c.want}, got)
			}
		})
	}
}

func TestEventThatConcernsNoLetterOfOursIsEmptyAndNoError(t *testing.T) {
	tagged := func(tags string) string {
		return strings.Replace(about("Send", ``), `"effect":["ack-RM-8F3K-2Q7D"]`, tags, 1)
	}
	for name, body := range map[string]string{
		"opened":               about("Open", `"open":{}`),
		"clicked":              about("Click", `"click":{}`),
		"unsubscribed":         about("Subscription", ``),
		"a kind of tomorrow":   about("Postponed", ``),
		"no tag":               tagged(`"x":[]`),
		"an empty tag":         tagged(`"effect":[]`),
		"a tag of others":      tagged(`"effect":["two words"]`),
		"no tags":              `{"eventType":"Send","mail":{"timestamp":"2026-01-06T06:00:00Z"}}`,
		"no mail":              `{"eventType":"Send"}`,
		"topic of an identity": `{"notificationType":"AmazonSnsSubscriptionSucceeded","message":"You have successfully subscribed your topic"}`,
		"topic of a set":       "Successfully validated SNS topic for Amazon SES event publishing.",
	} {
		for _, body := range [][]byte{[]byte(body), enveloped(t, body)} {
			got, err := lambdaevents.ReadFeedback(body)
			require.NoError(t, err, name)
			assert.NotNil(t, got, name)
			assert.Empty(t, got, name)
		}
	}
}

func TestFeedbackErrorRepeatsNothing(t *testing.T) {
	for name, c := range map[string]struct{ body, want string }{
		"nothing":         {``, "no JSON"},
		"text":            {`secret`, "no JSON"},
		"no kind":         {`{"secret":1}`, "eventType is missing"},
		"no time":         {strings.Replace(about("Send", ``), "timestamp", "secret", 1), "timestamp is missing"},
		"an odd time":     {strings.Replace(about("Send", ``), "2026-", "secret-", 1), "timestamp is not a time"},
		"another type":    {`{"eventType":["secret"]}`, "eventType is of another type"},
		"an odd envelope": {`{"Type":"Notification","Message":["secret"]}`, "no Message"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := lambdaevents.ReadFeedback([]byte(c.body))
			require.ErrorContains(t, err, "read event of SES: ")
			require.ErrorContains(t, err, c.want)
			assert.NotContains(t, err.Error(), "secret")
			assert.Nil(t, got)
		})
	}
}

func FuzzReadFeedback(f *testing.F) {
	f.Add([]byte(about("Bounce", `"bounce":{"bounceType":"Permanent","bouncedRecipients":[{"status":"5.1.1"}],`+seven+`}`)))
	f.Add(enveloped(f, about("Delivery", `"delivery":{`+seven+`}`)))
	f.Add([]byte("Successfully validated SNS topic"))
	f.Fuzz(func(t *testing.T, body []byte) {
		got, err := lambdaevents.ReadFeedback(body)
		if err != nil {
			assert.Nil(t, got, "never a value and an error")
			return
		}
		assert.NotNil(t, got)
		for _, n := range got {
			assert.Regexp(t, `^[A-Za-z0-9._-]{1,256}$`, n.Effect)
			assert.Regexp(t, `^(\d\.\d{1,3}\.\d{1,3}|[A-Za-z-]{0,40})$`, n.Status)
			assert.NotEmpty(t, n.Kind)
			assert.False(t, n.Final && n.Kind != replies.FeedbackBounced)
			assert.Equal(t, time.UTC, n.At.Location())
		}
	})
}
