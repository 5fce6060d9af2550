package sesmail_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/sesmail"
	"rightsmail/shared/email"
	"rightsmail/shared/replies"
)

func letter() replies.Letter {
	return replies.Letter{
		Kind: replies.KindAcknowledgement, Subject: "We have received your privacy request [RM-8F3K-2Q7D]",
		From: email.Address{Name: "Example Widgets", Address: "privacy@example.com"}, To: email.Address{Name: "Jane, bcc: all", Address: "jane@example.org"},
		Language: "en", Text: "Hello\n", HTML: "<p>Hello</p>\n", MessageID: "rm-8f3k-2q7d@example.com", Automatic: true,
	}
}

func TestLetterLeavesAsWrittenToItsOneRecipient(t *testing.T) {
	s := playing(t)
	receipt, err := sesmail.Open(settings(s.url), "rightsmail").Send(t.Context(), "ack-RM-8F3K-2Q7D", letter(), now)
	require.NoError(t, err)
	assert.Equal(t, "0100018f-aaaa", receipt)

	want, err := letter().Bytes(now)
	require.NoError(t, err)
	require.Len(t, s.got, 1)
	got := s.got[0]
	assert.Equal(t, string(want), string(got.Content.Raw.Data))
	assert.Equal(t, "privacy@example.com", got.FromEmailAddress)
	assert.Equal(t, []string{"jane@example.org"}, got.Destination.ToAddresses)
	assert.Empty(t, got.Destination.CcAddresses)
	assert.Empty(t, got.Destination.BccAddresses)
	assert.Equal(t, "rightsmail", got.ConfigurationSetName)
	require.Len(t, got.EmailTags, 1)
	assert.Equal(t, sesmail.EffectTag, got.EmailTags[0].Name)
	assert.Equal(t, "ack-RM-8F3K-2Q7D", got.EmailTags[0].Value)
}

func TestOneSendIsOneRequestWhateverSESAnswers(t *testing.T) {
	for _, status := range []int{429, 500, 502, 503, 504} {
		s := playing(t)
		s.status = status
		_, err := sesmail.Open(settings(s.url), "rightsmail").Send(t.Context(), "ack-1", letter(), now)
		require.Error(t, err)
		assert.NotErrorIs(t, err, replies.ErrRefused)
		assert.Len(t, s.got, 1, "HTTP %d", status)
	}
}

func TestLostAnswerIsOneRequestToo(t *testing.T) {
	requests := make(chan struct{}, 10)
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		requests <- struct{}{}
		panic(http.ErrAbortHandler) // the connection breaks after SES may have taken the mail
	}))
	defer server.Close()
	_, err := sesmail.Open(settings(server.URL), "rightsmail").Send(t.Context(), "ack-1", letter(), now)
	require.ErrorContains(t, err, "could not be reached")
	assert.NotErrorIs(t, err, replies.ErrRefused)
	assert.Len(t, requests, 1)
}

func TestOnlyWhatIsWrongWithTheLetterIsRefused(t *testing.T) {
	for code, c := range map[string]struct {
		status  int
		refused bool
		says    string
	}{
		"MessageRejected":                    {400, true, "sandbox"},
		"BadRequestException":                {400, true, "does not take"},
		"ValidationException":                {400, true, "does not take"},
		"RequestEntityTooLarge":              {413, true, "HTTP 413"},
		"AccountSuspendedException":          {400, false, "may not send"},
		"SendingPausedException":             {400, false, "paused"},
		"MailFromDomainNotVerifiedException": {400, false, "MAIL FROM"},
		"NotFoundException":                  {404, false, "RIGHTSMAIL_CONFIGURATION_SET"},
		"TooManyRequestsException":           {429, false, "rate"},
		"LimitExceededException":             {400, false, "quota"},
		"AccessDeniedException":              {403, false, "ses:SendEmail"},
		"InternalFailure":                    {500, false, "HTTP 500"},
		"SomethingNew":                       {400, false, "SomethingNew"},
	} {
		t.Run(code, func(t *testing.T) {
			s := playing(t)
			s.status, s.code = c.status, code
			s.says = "Email address is not verified: jane@example.org, Jane Doe, subject canary"
			_, err := sesmail.Open(settings(s.url), "rightsmail").Send(t.Context(), "ack-1", letter(), now)
			if c.refused {
				require.ErrorIs(t, err, replies.ErrRefused)
			} else {
				require.NotErrorIs(t, err, replies.ErrRefused)
			}
			require.ErrorContains(t, err, c.says)
			require.ErrorContains(t, err, code)
			require.ErrorContains(t, err, "request-1")
			for _, word := range []string{"@", "Jane", "jane", "canary"} {
				assert.NotContains(t, err.Error(), word, "SES names people, an error of ours never does")
			}
		})
	}
}

func TestCodeThatIsNoWordIsNotRepeated(t *testing.T) {
	s := playing(t)
	s.status, s.code = 400, "jane@example.org is bad"
	_, err := sesmail.Open(settings(s.url), "rightsmail").Send(t.Context(), "ack-1", letter(), now)
	require.ErrorContains(t, err, "unknown error")
	assert.NotContains(t, err.Error(), "jane")
}

func TestAnswerThatCannotBeReadMayBeADeliveryAndIsSaidSo(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("jane@example.org <html>"))
	}))
	defer server.Close()
	_, err := sesmail.Open(settings(server.URL), "rightsmail").Send(t.Context(), "ack-1", letter(), now)
	require.ErrorContains(t, err, "it may have the mail")
	assert.NotContains(t, err.Error(), "jane")
	assert.NotErrorIs(t, err, replies.ErrRefused)
}

func TestNobodyThereIsWorthARetry(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	_, err := sesmail.Open(settings(server.URL), "rightsmail").Send(t.Context(), "ack-1", letter(), now)
	require.ErrorContains(t, err, "SES could not be reached")
	assert.NotErrorIs(t, err, replies.ErrRefused)
	assert.NotContains(t, err.Error(), "@")
}

func TestIDThatIsNoTagIsRefusedAndNothingLeaves(t *testing.T) {
	s := playing(t)
	for _, id := range []string{"", "a b", "a.b", "a@b", "ä", "a\nb", "<a>", strings.Repeat("x", 257)} {
		_, err := sesmail.Open(settings(s.url), "rightsmail").Send(t.Context(), id, letter(), now)
		require.ErrorIs(t, err, replies.ErrRefused, "%q", id)
	}
	assert.Empty(t, s.got)
}

func TestLetterThatCannotBeWrittenIsRefusedAndNothingLeaves(t *testing.T) {
	s := playing(t)
	l := letter()
	l.To.Address = "jane@example.org\r\nBcc: all@example.org"
	_, err := sesmail.Open(settings(s.url), "rightsmail").Send(t.Context(), "ack-1", l, now)
	require.ErrorIs(t, err, replies.ErrRefused)
	assert.Empty(t, s.got)
}

func TestCancelledContextSendsNothingAndIsTold(t *testing.T) {
	s := playing(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := sesmail.Open(settings(s.url), "rightsmail").Send(ctx, "ack-1", letter(), now)
	require.ErrorIs(t, err, context.Canceled)
	assert.NotErrorIs(t, err, replies.ErrRefused)
	assert.Empty(t, s.got)
}
