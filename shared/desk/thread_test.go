package desk_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/cases"
	"rightsmail/shared/desk"
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

// second is another request of the same person, and its case.
func second(o *office, t *testing.T, received time.Time) cases.Case {
	t.Helper()
	got := o.receive(t, trusted(know(7), received))
	require.NotEmpty(t, got.Cases)
	return got.Cases[0]
}

// letterID is the id of the acknowledgement of a case.
func letterID(o *office, t *testing.T, c cases.Case) string {
	t.Helper()
	for _, l := range o.letters(t) {
		if id := strings.Trim(l.Header.Get("Message-ID"), "<>"); strings.Contains(id, strings.ToLower(c.ID.Reference())) {
			return id
		}
	}
	t.Fatal("no letter left for " + c.ID)
	return ""
}

func TestThreadIsFoundHoweverDamagedItsFields(t *testing.T) {
	for name, fields := range map[string]func(id string) string{
		"as it should be":      func(id string) string { return "In-Reply-To: <" + id + ">\n" },
		"no brackets":          func(id string) string { return "In-Reply-To: " + id + "\n" },
		"blanks inside":        func(id string) string { return "In-Reply-To: < " + id + " >\n" },
		"folded inside the id": func(id string) string { return "In-Reply-To: <" + id[:20] + "\n " + id[20:] + ">\n" },
		"words around it":      func(id string) string { return "In-Reply-To: Your message of \"Monday\" <" + id + "> (re)\n" },
		"capitals":             func(id string) string { return "In-Reply-To: <" + strings.ToUpper(id) + ">\n" },
		"other domain":         func(id string) string { return "In-Reply-To: <" + strings.Split(id, "@")[0] + "@mx.example>\n" },
		"only in References": func(id string) string {
			return "In-Reply-To: <0102@email.amazonses.com>\nReferences: <a@x.example>\n\t<" + id + ">\n"
		},
		"commas":                  func(id string) string { return "References: <a@x.example>,<" + id + ">,<0102@email.amazonses.com>\n" },
		"commas and no brackets":  func(id string) string { return "References: a@x.example, " + id + "\n" },
		"second field":            func(id string) string { return "References: <a@x.example>\nReferences: <" + id + ">\n" },
		"first bracket left open": func(id string) string { return "References: <a@x.example <" + id + ">\n" },
		"plus address":            func(id string) string { return "Delivered-To: privacy+" + plain(id) + "@example.com\n" },
		"plus address in To": func(id string) string {
			return "To: Widgets <Privacy+" + strings.ToUpper(plain(id)) + "@example.com>\n"
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			first := o.receive(t, trusted(deletion, at)).Cases[0]
			o.deliver(t, at)
			mail := "From: ana@example.net\nMessage-ID: <n@example.net>\n" + fields(letterID(o, t, first)) + "Subject: AW: your request\n\nMy number is 4711.\n"
			got := o.receive(t, trusted(mail, at.Add(time.Hour)))
			assert.Equal(t, cases.Joined, got.Mail.Handling)
			assert.Equal(t, first.ID, got.Mail.Joined)
		})
	}
}

// plain is the token in a message id of an acknowledgement.
func plain(id string) string {
	local, _, _ := strings.Cut(id, "@")
	return strings.TrimPrefix(local, "ack.")
}

func TestPlusAddressOfTheEnvelopeJoinsAndIsTheMailboxItself(t *testing.T) {
	o := newOffice(t)
	first := o.receive(t, trusted(deletion, at)).Cases[0]
	o.deliver(t, at)
	in := trusted("From: ana@example.net\nSubject: more\n\nMy number is 4711.\n", at.Add(time.Hour))
	in.Mailbox = "privacy+" + plain(letterID(o, t, first)) + "@example.com"
	got := o.receive(t, in)
	assert.Equal(t, first.ID, got.Mail.Joined)
	assert.Equal(t, "privacy@example.com", got.Mailbox)
	in = trusted("From: ana@example.net\nSubject: more\n\nMy number is 4712.\n", at.Add(time.Hour))
	in.Mailbox = "privacy+anything@example.com"
	assert.Equal(t, "privacy+anything@example.com", o.receive(t, in).Mailbox)
}

func TestTokenThatIsNotWholeJoinsNothing(t *testing.T) {
	o := newOffice(t)
	first := o.receive(t, trusted(deletion, at)).Cases[0]
	o.deliver(t, at)
	id := letterID(o, t, first)
	token := plain(id)
	bad := []string{token[:len(token)-1], token[1:], token + "0", "x" + token, strings.Replace(token, ".", "", 1), strings.Replace(token, ".", "..", 1), strings.Replace(token, "r", "ſ", 1)}
	for i := range token { // one bit anywhere
		bad = append(bad, token[:i]+string(rune(token[i]^1))+token[i+1:])
	}
	for n, b := range bad {
		mail := "From: ana@example.net\nMessage-ID: <n" + string(rune('A'+n)) + "@example.net>\nIn-Reply-To: <ack." + b + "@example.com>\nDelivered-To: privacy+" + b + "@example.com\nSubject: Re: my data\n\nMy number is 4711.\n"
		assert.Empty(t, o.receive(t, trusted(mail, at.Add(time.Hour))).Mail.Joined, "%q", b)
	}
	c, err := o.Store.Case(ctx, first.ID)
	require.NoError(t, err)
	assert.Zero(t, c.Replies)
}

func TestForgedAuthorNeverJoinsWhateverTheToken(t *testing.T) {
	o := newOffice(t)
	first := o.receive(t, trusted(deletion, at)).Cases[0]
	o.deliver(t, at)
	token := plain(letterID(o, t, first))
	mail := forged("From: ana@example.net\nTo: privacy+" + token + "@example.com\nMessage-ID: <n@example.net>\nIn-Reply-To: <ack." + token + "@example.com>\nSubject: Re: my data\n\nPlease forget about my request.\n")
	in := trusted(mail, at.Add(time.Hour))
	in.Mailbox = "privacy+" + token + "@example.com"
	got := o.receive(t, in)
	assert.Empty(t, got.Mail.Joined)
	require.Len(t, got.Cases, 1)
	assert.Equal(t, rights.QueueReview, got.Cases[0].Queue)
	assert.Equal(t, desk.HoldPossibleReply, got.Ack.Hold)
	assert.Contains(t, strings.Join(got.Cases[0].Review, "; "), "possible reply to case "+string(first.ID))
	c, err := o.Store.Case(ctx, first.ID)
	require.NoError(t, err)
	assert.Zero(t, c.Replies)
}

func TestTokenOfAForwardedCopyIsHeldForAStrangerEvenOfTheSameDomain(t *testing.T) {
	o := newOffice(t)
	first := o.receive(t, trusted(deletion, at)).Cases[0]
	o.deliver(t, at)
	id := letterID(o, t, first)
	for n, from := range []string{"eve@example.org", "bob@example.net", "ana@mail.example.net", "ana+x@example.net"} {
		mail := "From: " + from + "\nTo: privacy@example.com\nMessage-ID: <n" + string(rune('a'+n)) + "@example.net>\nReferences: <delete@example.net> <" + id + ">\nSubject: Re: my data\n\nI withdraw this.\n"
		got := o.receive(t, trusted(mail, at.Add(time.Hour)))
		assert.Empty(t, got.Mail.Joined, from)
		require.Len(t, got.Cases, 1, from)
		assert.Equal(t, desk.HoldPossibleReply, got.Ack.Hold)
	}
}

func TestOfSeveralCasesTheNewestThatFitsIsJoined(t *testing.T) {
	o := newOffice(t)
	older := o.receive(t, trusted(deletion, at)).Cases[0]
	newer := second(o, t, at.Add(time.Hour))
	others := o.receive(t, trusted(strings.NewReplacer("ana@example.net", "eve@example.org", "<delete@", "<eves@").Replace(deletion), at)).Cases[0]
	o.deliver(t, at.Add(2*time.Hour))
	a, b, eves := letterID(o, t, older), letterID(o, t, newer), letterID(o, t, others)

	for n, tc := range []struct {
		fields string
		joined cases.ID
		also   []cases.ID
	}{
		{"References: <" + a + "> <" + b + ">\n", newer.ID, []cases.ID{older.ID}},
		{"References: <" + b + "> <" + a + ">\n", older.ID, []cases.ID{newer.ID}},
		{"References: <" + a + "> <" + b + ">\nIn-Reply-To: <" + a + ">\n", older.ID, []cases.ID{newer.ID}}, // what it answers comes first
		{"References: <" + a + "> <" + eves + ">\n", older.ID, []cases.ID{others.ID}},                       // the newest is not hers
		{"In-Reply-To: <" + eves + ">\nReferences: <" + b + ">\n", newer.ID, []cases.ID{others.ID}},
		{"In-Reply-To: <" + a + ">\nSubject: Re: " + string(newer.ID) + "\n", older.ID, nil}, // a number in a subject joins nothing
	} {
		mail := "From: Ana <ana@example.net>\nTo: privacy@example.com\nMessage-ID: <n" + string(rune('a'+n)) + "@example.net>\n" + tc.fields + "\nMy number is 4711.\n"
		got := o.receive(t, trusted(mail, at.Add(3*time.Hour)))
		assert.Equal(t, tc.joined, got.Mail.Joined, tc.fields)
		trail, err := o.Store.Trail(ctx, tc.joined)
		require.NoError(t, err)
		var also []string
		for _, id := range tc.also {
			also = append(also, string(id))
		}
		assert.Equal(t, strings.Join(also, ", "), trail[len(trail)-1].Data["names-also"], tc.fields)
	}
	c, err := o.Store.Case(ctx, others.ID)
	require.NoError(t, err)
	assert.Zero(t, c.Replies)
}

func TestAutoReplyOfThePersonIsNoAnswer(t *testing.T) {
	o := newOffice(t)
	first := o.receive(t, trusted(deletion, at)).Cases[0]
	o.deliver(t, at)
	mail := "Auto-Submitted: auto-replied\n" + answer(o, t, "ana@example.net", "I am away until Monday.")
	got := o.receive(t, trusted(mail, at.Add(time.Hour)))
	assert.Equal(t, first.ID, got.Mail.Joined)
	c, err := o.Store.Case(ctx, first.ID)
	require.NoError(t, err)
	assert.Zero(t, c.Replies)
}
