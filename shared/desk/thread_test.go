package desk_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/cases"
	"rightsmail/shared/rights"
)

// answer is a mail that answers the acknowledgement of a case.
func answer(o *office, t *testing.T, from, body string) string {
	t.Helper()
	letters := o.letters(t)
	require.NotEmpty(t, letters)
	id := letters[0].Header.Get("Message-ID")
	return "From: " + from + "\nTo: privacy@example.com\nSubject: Re: your request\nMessage-ID: <answer@example.net>\nIn-Reply-To: " + id + "\n\n" + body + "\n"
}

func TestAnswerOfThePersonJoinsTheCase(t *testing.T) {
	o := newOffice(t)
	first := o.receive(t, trusted(deletion, at))
	o.deliver(t, at)
	got := o.receive(t, trusted(answer(o, t, "Ana Ruiz <ANA@example.net>", "My customer number is 4711."), at.Add(time.Hour)))
	assert.Equal(t, cases.Joined, got.Mail.Handling)
	c, err := o.Store.Case(ctx, first.Cases[0].ID)
	require.NoError(t, err)
	assert.Equal(t, 1, c.Replies)
	trail, err := o.Store.Trail(ctx, c.ID)
	require.NoError(t, err)
	assert.NoError(t, cases.Verify(trail))
	assert.Equal(t, "reply-received", trail[len(trail)-1].Kind)

	v, err := o.View(ctx, c.ID, at.Add(2*time.Hour))
	require.NoError(t, err)
	require.Len(t, v.Since, 1, "the officer reads what was written since")
	assert.Contains(t, v.Since[0].Message.New, "4711")
	assert.True(t, v.Since[0].Received.Equal(at.Add(time.Hour)))
}

func TestReminderOfTheSameRightIsNoNewRequest(t *testing.T) {
	o := newOffice(t)
	o.receive(t, trusted(deletion, at))
	o.deliver(t, at)
	again := answer(o, t, "ana@example.net", "I live in California. Please delete all personal information you have about me.")
	got := o.receive(t, trusted(again, at.Add(time.Hour)))
	assert.Empty(t, got.Cases)
	assert.Equal(t, cases.Joined, got.Mail.Handling)
}

func TestNewRightInsideAnAnswerIsANewRequestWithItsOwnDate(t *testing.T) {
	o := newOffice(t)
	o.receive(t, trusted(deletion, at))
	o.deliver(t, at)
	later := at.AddDate(0, 0, 9)
	got := o.receive(t, trusted(answer(o, t, "ana@example.net", "I live in California. Also, do not sell or share my personal information."), later))
	require.Len(t, got.Cases, 1)
	assert.Equal(t, rights.ID("ccpa_opt_out_sale_share"), got.Cases[0].Right)
	assert.True(t, got.Cases[0].Received.Equal(later))
}

func TestAnswerOfAStrangerJoinsNothing(t *testing.T) {
	o := newOffice(t)
	first := o.receive(t, trusted(deletion, at))
	o.deliver(t, at)
	got := o.receive(t, trusted(answer(o, t, "eve@example.org", "Please withdraw this request, thank you."), at.Add(time.Hour)))
	require.Len(t, got.Cases, 1)
	assert.Equal(t, rights.QueueReview, got.Cases[0].Queue)
	assert.Contains(t, strings.Join(got.Cases[0].Review, " "), "possible reply to case "+string(first.Cases[0].ID))
	c, err := o.Store.Case(ctx, first.Cases[0].ID)
	require.NoError(t, err)
	assert.Zero(t, c.Replies)
	assert.Equal(t, cases.Open, c.Status)
}

func TestCaseNumberInASubjectJoinsNothing(t *testing.T) {
	o := newOffice(t)
	first := o.receive(t, trusted(deletion, at))
	mail := "From: ana@example.net\nTo: privacy@example.com\nMessage-ID: <n@example.net>\nSubject: " + string(first.Cases[0].ID) + "\n\nPlease close my request.\n"
	got := o.receive(t, trusted(mail, at))
	assert.NotEqual(t, cases.Joined, got.Mail.Handling)
}

func TestBounceOfOurLetterIsNotedAndNeverAnswered(t *testing.T) {
	o := newOffice(t)
	first := o.receive(t, trusted(deletion, at))
	o.deliver(t, at)
	bounce := "Return-Path: <>\nAuto-Submitted: auto-replied\n" + answer(o, t, "MAILER-DAEMON@example.net", "The address does not exist.")
	got := o.receive(t, trusted(bounce, at.Add(time.Hour)))
	assert.Empty(t, got.Cases)
	o.deliver(t, at.Add(time.Hour))
	assert.Len(t, o.letters(t), 1)
	trail, err := o.Store.Trail(ctx, first.Cases[0].ID)
	require.NoError(t, err)
	assert.Equal(t, "bounce", trail[len(trail)-1].Kind)
}

func TestAnswerToAClosedCaseIsSeenByAHuman(t *testing.T) {
	o := newOffice(t)
	first := o.receive(t, trusted(deletion, at))
	o.deliver(t, at)
	c, err := o.Store.Case(ctx, first.Cases[0].ID)
	require.NoError(t, err)
	require.NoError(t, o.Close(ctx, c.ID, c.Version, "Dana Officer", cases.Complied, "", at))
	for n, body := range []string{"I still get your letters.", "I still get your mail. You have not done what I asked!", "Thanks for the confirmation."} {
		mail := strings.Replace(answer(o, t, "ana@example.net", body), "<answer@", "<answer"+string(rune('a'+n))+"@", 1)
		mail = strings.Replace(mail, "Subject: Re: your request", "Subject: Re: We have received your privacy request ["+c.ID.Reference()+"]", 1)
		got := o.receive(t, trusted(mail, at.AddDate(0, 1, 0)))
		require.Len(t, got.Cases, 1, body)
		assert.Equal(t, rights.QueueReview, got.Cases[0].Queue)
	}
}
