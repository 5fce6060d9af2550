package desk_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/cases"
	"rightsmail/shared/config"
	"rightsmail/shared/desk"
	"rightsmail/shared/rights"
)

// forMany is a mail of an agent for n people.
func forMany(n int) string {
	var b strings.Builder
	b.WriteString("From: Clean Desk <desk@cleanslate.example>\nTo: privacy@example.com\nSubject: CCPA requests\nMessage-ID: <many@cleanslate.example>\n\n" +
		"CleanSlate is the authorized agent of the following consumers, residents of California. Please delete their personal information.\n\n")
	for i := range n {
		fmt.Fprintf(&b, "%d. Person Numbered%c, p%d@mailpost.example\n", i+1, 'a'+i, i)
	}
	return b.String()
}

const couple = `From: Ken Moody <ken@moody.example>
To: privacy@example.com
Subject: delete us
Message-ID: <couple@moody.example>

My wife and I would like all our personal data deleted under the CCPA. Her name is Laura
Moody, laura@moody.example. We live in Fresno, California.

Ken Moody
`

func TestEachPersonOfAMailGetsACaseWithAClockFromTheSameReceipt(t *testing.T) {
	o := newOffice(t)
	got := o.receive(t, trusted(forMany(3), at))
	require.Len(t, got.Cases, 1)
	id := got.Cases[0].ID
	assert.Equal(t, rights.QueueReview, got.Cases[0].Queue)
	assert.Contains(t, got.Cases[0].Review, "asks for 3 people: open a case for each")
	require.ErrorIs(t, o.Split(ctx, id, o.read(t, id).Version, officer, at), cases.ErrAckFirst)
	o.deliver(t, at.Add(time.Minute))
	require.ErrorIs(t, o.Split(ctx, id, o.read(t, id).Version, cases.Machine, at), cases.ErrNeedsHuman)
	require.ErrorIs(t, o.Split(ctx, id, 99, officer, at), cases.ErrConflict)

	later := at.Add(48 * time.Hour)
	require.NoError(t, o.Split(ctx, id, o.read(t, id).Version, officer, later))
	first := o.read(t, id)
	assert.Equal(t, cases.Closed, first.Status, "the agent asks for nothing of his own")
	assert.Equal(t, cases.Duplicate, first.Outcome)
	consumers := map[string]bool{first.Requester.Consumer: true}
	for i, p := range first.People {
		c := o.read(t, p.Case)
		assert.Equal(t, fmt.Sprintf("p%d@mailpost.example", i), c.People[0].Email)
		assert.Equal(t, []cases.ID{id}, c.Siblings)
		assert.Equal(t, first.Clock, c.Clock)
		assert.Equal(t, first.Received, c.Received)
		assert.Equal(t, rights.QueueCCPA, c.Queue)
		assert.Equal(t, cases.AckSent, c.Acknowledgement.State)
		assert.Equal(t, "desk@cleanslate.example", c.Requester.Address, "the agent is answered")
		assert.False(t, consumers[c.Requester.Consumer], "a consumer of their own")
		consumers[c.Requester.Consumer] = true
		trail, err := o.Store.Trail(ctx, p.Case)
		require.NoError(t, err)
		require.Len(t, trail, 1)
		assert.Equal(t, officer, trail[0].Actor)
		require.NoError(t, cases.Verify(trail))
	}
	o.deliver(t, later.Add(time.Minute))
	assert.Len(t, o.handedOver(t, rights.QueueCCPA), 3)
	require.Error(t, o.Split(ctx, id, first.Version, officer, later), "once is enough")
}

func TestTheSenderKeepsTheFirstCaseWhereHeAsksForHimselfToo(t *testing.T) {
	o := newOffice(t)
	got := o.receive(t, trusted(couple, at))
	require.Len(t, got.Cases, 1)
	id := got.Cases[0].ID
	o.deliver(t, at.Add(time.Minute))
	require.NoError(t, o.Split(ctx, id, o.read(t, id).Version, officer, at))
	c := o.read(t, id)
	assert.Equal(t, cases.Open, c.Status)
	assert.Equal(t, rights.QueueCCPA, c.Queue)
	assert.Empty(t, c.Review)
	require.Len(t, c.People, 2)
	assert.True(t, c.People[0].Sender)
	assert.Equal(t, "Laura Moody", o.read(t, c.People[1].Case).People[0].Name)
	require.ErrorIs(t, o.Split(ctx, id, c.Version, officer, at), cases.ErrNobodyToOpen)
}

func TestMoreThanTwentyPeopleAreOpenedInTurn(t *testing.T) {
	o := newOffice(t)
	id := o.receive(t, trusted(forMany(23), at)).Cases[0].ID
	o.deliver(t, at.Add(time.Minute))
	require.NoError(t, o.Split(ctx, id, o.read(t, id).Version, officer, at))
	c := o.read(t, id)
	assert.Equal(t, cases.Open, c.Status)
	assert.True(t, c.Several())
	require.NoError(t, o.Split(ctx, id, c.Version, officer, at))
	c = o.read(t, id)
	assert.Equal(t, cases.Closed, c.Status)
	seen := map[cases.ID]bool{}
	for _, p := range c.People {
		assert.NotEmpty(t, p.Case)
		assert.False(t, seen[p.Case])
		seen[p.Case] = true
	}
	assert.Len(t, seen, 23)
}

func TestEscalationIsForToday(t *testing.T) {
	o := newOffice(t)
	raw := strings.Replace(deletion, "collected about me.", "collected about me. I have reported you to the Attorney General.", 1)
	c := o.receive(t, trusted(raw, at)).Cases[0]
	assert.Equal(t, "escalation", c.Kind)
	assert.Equal(t, rights.Priority(0), c.Priority)
	require.NoError(t, o.Reclassify(ctx, c.ID, o.read(t, c.ID).Version, officer, "ccpa_correct", rights.California, "read it", at))
	assert.Equal(t, rights.Priority(0), o.read(t, c.ID).Priority, "whatever is asked for")
}

func TestWritingAgainMakesAnOpenCaseMoreUrgent(t *testing.T) {
	o := newOffice(t)
	c := o.receive(t, trusted(deletion, at)).Cases[0]
	require.Equal(t, rights.Priority(2), c.Priority)
	o.deliver(t, at.Add(time.Minute))
	letter := o.letters(t)[0].Header.Get("Message-ID")
	again := func(n int, text string) {
		raw := fmt.Sprintf("From: Ana Ruiz <ana@example.net>\nTo: privacy@example.com\nSubject: Re: my data\nMessage-ID: <again-%d@example.net>\nIn-Reply-To: %s\n\n%s\n", n, letter, text)
		o.receive(t, trusted(raw, at.AddDate(0, 0, 20+n)))
	}
	again(1, "I am still waiting for an answer to my deletion request. This is a reminder.")
	assert.Equal(t, rights.Priority(1), o.read(t, c.ID).Priority)
	again(2, "The deadline has passed. I have now reported you to the Attorney General about my deletion request.")
	assert.Equal(t, rights.Priority(0), o.read(t, c.ID).Priority)
	trail, err := o.Store.Trail(ctx, c.ID)
	require.NoError(t, err)
	require.NoError(t, cases.Verify(trail))
	assert.Equal(t, "more-urgent", trail[len(trail)-1].Kind)
	assert.Equal(t, "escalation", trail[len(trail)-1].Data["kind"])
}

func TestOurOwnLettersAskForNothingInAnyLanguage(t *testing.T) {
	o := newOffice(t)
	for _, language := range []string{"en", "de", "fr", "es", "it", "pl"} {
		text, err := os.ReadFile("../replies/templates/" + language + "/acknowledgement.txt") // #nosec G304 -- our own letters
		require.NoError(t, err)
		quoted := regexp.MustCompile(`(?s)\{\{.*?\}\}|Subject:[^\n]*`).ReplaceAllString(string(text), "\n")
		raw := "From: Ana Ruiz <ana@example.net>\nTo: privacy@example.com\nSubject: thanks\nMessage-ID: <q@example.net>\nContent-Type: text/plain; charset=utf-8\n\nThanks!\n\n" + quoted
		for _, r := range o.Judge.Judge(trusted(raw, at)).Requests {
			assert.Contains(t, []rights.ID{"followup_existing_case", "privacy_question", desk.Unclassified}, r.Right.ID, language)
		}
	}
}

func TestAConfiguredPolicyIsOursAndTheNameOfItsLinkIsNot(t *testing.T) {
	policy := "You may at any time ask us to delete all the personal data that we hold about you. Do Not Sell or Share My Personal Information"
	judge, err := desk.NewJudge(desk.From(config.Settings{PolicyText: policy, Mailboxes: []string{"privacy@example.com"}}, []byte("a key that only tests know, 32 b")))
	require.NoError(t, err)
	ids := func(text string) (ids []rights.ID) {
		raw := "From: Ana Ruiz <ana@example.net>\nTo: privacy@example.com\nSubject: hello\nMessage-ID: <p@example.net>\n\n" + text + "\n"
		return judge.Judge(trusted(raw, at)).Classes()
	}
	assert.NotContains(t, ids("Your policy says: You may at any time ask us to delete all the personal data that we hold about you. Why?"), rights.ID("gdpr_erasure"))
	assert.Equal(t, []rights.ID{"ccpa_opt_out_sale_share"}, ids("Do not sell or share my personal information"))
}
