package desk_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/desk"
	"rightsmail/shared/rights"
)

// passedOn is a mail in which an employee passes others on.
func passedOn(top, text string) string {
	return "From: Sam Staff <sam@example.net>\nTo: privacy@example.com\nSubject: Fwd: my data\n" + top + "\n" + text
}

const (
	fromAna = "---------- Forwarded message ---------\nFrom: Ana Ruiz <ana@example.net>\nDate: Mon, 2 Mar 2026\nSubject: my data\n\n"
	request = "I live in Fresno, California. Please delete all personal information you have\ncollected about me.\n"
)

func TestSeveralCandidatesAreSettledByAPerson(t *testing.T) {
	judge, err := rules()
	require.NoError(t, err)
	mail := passedOn("", request+"\n"+fromAna+"See below, this one too.\n\n---------- Forwarded message ---------\nFrom: Bo <bo@example.org>\nDate: Mon\nSubject: x\n\nMe too.\n")
	j := judge.Judge(trusted(mail, at))
	require.NotEmpty(t, j.Requests)
	assert.Len(t, j.Message.Candidates, 2)
	assert.Equal(t, []rights.Queue{rights.QueueReview}, j.Queues)
	assert.Contains(t, j.Decision.Review, "mails of several people are passed on: settle who asks")
	assert.False(t, j.Ack.Allowed)
	assert.Equal(t, desk.HoldRequesterUnclear, j.Ack.Hold)
	assert.False(t, j.Ack.Never)
}

func TestOneCandidateOfAnAuthorWhoAsksHimselfHoldsNothing(t *testing.T) {
	judge, err := rules()
	require.NoError(t, err)
	j := judge.Judge(trusted(passedOn("", request+"\n"+fromAna+"This is your newsletter.\n"), at))
	assert.Len(t, j.Message.Candidates, 1)
	assert.True(t, j.Ack.Allowed)
}

func TestForwardWithoutAWordIsNotAnsweredToWhoeverPassedItOn(t *testing.T) {
	judge, err := rules()
	require.NoError(t, err)
	for _, top := range []string{"", "Sent from my iPhone\n\n", "-- \nSam Staff\nExample Widgets\n\n"} {
		j := judge.Judge(trusted(passedOn("", top+fromAna+request), at))
		require.NotEmpty(t, j.Requests)
		assert.Equal(t, desk.HoldRequesterUnclear, j.Ack.Hold)
		assert.NotEmpty(t, j.Decision.Review)
	}
}

func TestCandidateIsNeverTheRequester(t *testing.T) {
	o := newOffice(t)
	got := o.receive(t, trusted(passedOn("X-Original-From: Cy <cy@example.org>\n", fromAna+request), at))
	require.NotEmpty(t, got.Cases)
	for _, c := range got.Cases {
		assert.Equal(t, "sam@example.net", c.Requester.Address)
	}
	o.deliver(t, at)
	assert.Empty(t, o.letters(t))
}
