package desk_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/cases"
	"rightsmail/shared/desk"
	"rightsmail/shared/replies"
	"rightsmail/shared/rights"
)

// acknowledged is an office with one case whose acknowledgement left, and the id that
// the letter has.
func acknowledged(t *testing.T) (c *cloud, one cases.Case, letter string) {
	t.Helper()
	c = newCloud(t)
	got := c.receive(t, trusted(deletion, at))
	ack := c.acknowledgement(t, got)
	_, err := c.DeliverOne(ctx, ack, at)
	require.NoError(t, err)
	e, err := c.Store.Effect(ctx, ack)
	require.NoError(t, err)
	var l replies.Letter
	require.NoError(t, json.Unmarshal(e.Payload, &l))
	return c, c.read(t, got.Cases[0].ID), l.MessageID
}

// returned is a bounce of that letter, as a transport sent it that gives ids of its own.
func returned(letter, recipient, action, status string) string {
	return fmt.Sprintf(`Return-Path: <>
From: Mail Delivery Subsystem <mailer-daemon@mx.example.net>
To: privacy@example.com
Subject: Undelivered Mail Returned to Sender
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b

Your message could not be delivered.
--b
Content-Type: message/delivery-status

Final-Recipient: rfc822; %s
Action: %s
Status: %s
--b
Content-Type: message/rfc822

From: privacy@example.com
Message-ID: <0102@email.amazonses.com>
References: <delete@example.net>
 <%s>

We have received your privacy request. You may ask for deletion.
--b--
`, recipient, action, status, letter)
}

// token is the signed part of a letter's id.
func token(letter string) string {
	local, _, _ := strings.Cut(letter, "@")
	return strings.TrimPrefix(local, "ack.")
}

func TestAcknowledgementThatABounceBringsBackIsATaskAgain(t *testing.T) {
	plus := func(letter string) string {
		return "Delivered-To: privacy+" + strings.ToUpper(token(letter)) + "@example.com\n" + returned("unknown@example.com", "ana@example.net", "failed", "5.1.1")
	}
	for name, mail := range map[string]func(letter string) string{
		"in the thread":     func(l string) string { return returned(l, "Ana@Example.net", "failed", "5.1.1") },
		"code missing":      func(l string) string { return returned(l, "ana@example.net", "failed", "") },
		"address unnamed":   func(l string) string { return returned(l, "", "failed", "5.1.1") },
		"in capitals":       func(l string) string { return returned(strings.ToUpper(l), "ana@example.net", "failed", "5.1.1") },
		"in a plus address": plus,
		"in words": func(l string) string {
			return "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.net\nSubject: failure notice\n\nHi. This is the qmail-send program. This is a permanent error.\n\n" +
				"<ana@example.net>:\nno mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\nReceived: by mx\nFrom: privacy@example.com\nMessage-ID: <" + l + ">\n\nYou may ask for deletion of your personal data.\n"
		},
		"anywhere in the text": func(l string) string {
			return "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.net\nSubject: failure notice\n\nA mail could not be delivered (job " + l + ").\n\nana@example.net: 550 5.1.1 user unknown\n"
		},
	} {
		t.Run(name, func(t *testing.T) {
			c, one, letter := acknowledged(t)
			got := c.receive(t, trusted(mail(letter), at.Add(time.Hour)))
			assert.Equal(t, cases.Joined, got.Mail.Handling)
			assert.Empty(t, got.Cases)

			after := c.read(t, one.ID)
			assert.Equal(t, cases.Acknowledgement{State: cases.AckHeld, Hold: desk.HoldReturned}, after.Acknowledgement)
			assert.Equal(t, rights.DutyAcknowledge, after.Next.Duty, "the duty is not done")
			kinds := c.kinds(t, one.ID)
			assert.Equal(t, []string{"letter-returned", "acknowledgement-returned"}, kinds[len(kinds)-2:])
			assert.InDelta(t, 1, c.meter.sum["LettersBounced"], 0.1)
			after.Acknowledgement, after.Next, after.Version = one.Acknowledgement, one.Next, one.Version
			assert.Equal(t, one, after, "nothing else changes")

			again := strings.Replace(mail(letter), "Subject: ", "Subject: again ", 1)
			c.receive(t, trusted(again, at.Add(2*time.Hour)))
			assert.Equal(t, append(kinds, "bounce"), c.kinds(t, one.ID), "the second is a note")

			held := c.read(t, one.ID)
			require.NoError(t, c.ReleaseAck(ctx, one.ID, held.Version, "Ada Officer", at.Add(3*time.Hour)))
			_, err := c.DeliverOne(ctx, "ack-"+one.ID.Reference(), at.Add(3*time.Hour))
			require.NoError(t, err)
			c.receive(t, trusted(strings.Replace(again, "again", "once more", 1), at.Add(4*time.Hour)))
			assert.Equal(t, cases.AckSent, c.read(t, one.ID).Acknowledgement.State, "a late copy undoes nothing")
		})
	}
}

func TestBounceThatDoesNotProveALossIsANote(t *testing.T) {
	for name, mail := range map[string]func(letter string) string{
		"for a time":      func(l string) string { return returned(l, "ana@example.net", "failed", "4.4.1") },
		"delayed":         func(l string) string { return returned(l, "ana@example.net", "delayed", "5.1.1") },
		"full mailbox":    func(l string) string { return returned(l, "ana@example.net", "failed", "5.2.2") },
		"policy":          func(l string) string { return returned(l, "ana@example.net", "failed", "5.7.26") },
		"delivered":       func(l string) string { return returned(l, "ana@example.net", "delivered", "2.0.0") },
		"another address": func(l string) string { return returned(l, "eve@example.org", "failed", "5.1.1") },
		"another letter": func(l string) string {
			return returned("rm."+token(l)+"@example.com", "ana@example.net", "failed", "5.1.1")
		},
		"a domain forged": func(l string) string { return forged(returned(l, "ana@example.net", "failed", "5.1.1")) },
		"without a report": func(l string) string {
			return "Return-Path: <>\nFrom: x@example.net\nReferences: <" + l + ">\n\nsee above\n"
		},
	} {
		t.Run(name, func(t *testing.T) {
			c, one, letter := acknowledged(t)
			in := trusted(mail(letter), at.Add(time.Hour))
			in.Trusted = false
			got := c.receive(t, in)
			assert.Equal(t, cases.Joined, got.Mail.Handling)
			after := c.read(t, one.ID)
			assert.Equal(t, cases.AckSent, after.Acknowledgement.State)
			kinds := c.kinds(t, one.ID)
			assert.Equal(t, "bounce", kinds[len(kinds)-1])
			after.Version = one.Version
			assert.Equal(t, one, after)
		})
	}
}

// forged is a mail whose domain says that it is not from it.
func forged(mail string) string {
	return "Received: from x by inbound-smtp.us-east-1.amazonaws.com; Mon, 02 Mar 2026 20:00:00 +0000\nAuthentication-Results: amazonses.com; dmarc=fail header.from=x\n" + mail
}

func TestBounceWithoutATokenOfOursChangesNothing(t *testing.T) {
	c, one, letter := acknowledged(t)
	before := c.kinds(t, one.ID)
	bad := token(letter)
	flipped := bad[:len(bad)-1] + map[bool]string{true: "1", false: "0"}[bad[len(bad)-1] == '0']
	for _, id := range []string{"unknown@example.com", "ack." + flipped + "@example.com", "ack." + bad[:len(bad)-1] + "@example.com", "ack." + bad + "0@example.com"} {
		got := c.receive(t, trusted(returned(id, "ana@example.net", "failed", "5.1.1"), at.Add(time.Hour)))
		assert.Equal(t, cases.Ignored, got.Mail.Handling, id)
	}
	assert.Equal(t, before, c.kinds(t, one.ID))
}

func TestBounceOfALetterThatNeverLeftIsANote(t *testing.T) {
	c := newCloud(t)
	one := c.receive(t, trusted(deletion, at)).Cases[0]
	e, err := c.Store.Effect(ctx, "ack-"+one.ID.Reference())
	require.NoError(t, err)
	var l replies.Letter
	require.NoError(t, json.Unmarshal(e.Payload, &l))
	c.receive(t, trusted(returned(l.MessageID, "ana@example.net", "failed", "5.1.1"), at.Add(time.Hour)))
	assert.Equal(t, cases.AckQueued, c.read(t, one.ID).Acknowledgement.State)
}

func TestBounceOpensNoClosedCaseAgain(t *testing.T) {
	c, one, letter := acknowledged(t)
	require.NoError(t, c.Close(ctx, one.ID, one.Version, "Dana Officer", cases.Complied, "", at))
	c.receive(t, trusted(returned(letter, "ana@example.net", "failed", "5.1.1"), at.Add(time.Hour)))
	after := c.read(t, one.ID)
	assert.Equal(t, cases.Closed, after.Status)
	assert.Equal(t, cases.AckSent, after.Acknowledgement.State)
}

func TestReceiptAndComplaintAreNotesAndAnswerNothing(t *testing.T) {
	for kind, note := range map[string]string{"disposition-notification": "receipt", "feedback-report": "complaint"} {
		c, one, letter := acknowledged(t)
		mail := "From: ana@example.net\nTo: privacy@example.com\nContent-Type: multipart/report; report-type=" + kind + "; boundary=b\n\n--b\n\nA report.\n--b\nContent-Type: message/" + kind +
			"\n\nOriginal-Message-ID: <" + letter + ">\nOriginal-Rcpt-To: ana@example.net\n--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <" + letter + ">\n--b--\n"
		got := c.receive(t, trusted(mail, at.Add(time.Hour)))
		assert.Equal(t, cases.Joined, got.Mail.Handling)
		kinds := c.kinds(t, one.ID)
		assert.Equal(t, note, kinds[len(kinds)-1])
		after := c.read(t, one.ID)
		after.Version = one.Version
		assert.Equal(t, one, after)
	}
}

func TestMachinesMailWithRightsLanguageIsReadByAHumanAndNeverAnswered(t *testing.T) {
	const ask = "I live in California. Please delete all personal information you have about me.\n"
	for name, head := range map[string]string{
		"auto-reply": "From: ana@example.net\nAuto-Submitted: auto-replied\nSubject: Automatic reply: hello\n",
		"list":       "From: agent@example.net\nPrecedence: bulk\nList-Unsubscribe: <https://agent.example>\nSubject: request\n",
		"robot":      "From: noreply@agent.example\nAuto-Submitted: auto-generated\nSubject: request\n",
		"bounce":     "Return-Path: <>\nFrom: mailer-daemon@mx.example.net\nX-Failed-Recipients: ana@example.net\nSubject: failure notice\n",
	} {
		t.Run(name, func(t *testing.T) {
			c, one, letter := acknowledged(t)
			for n, mail := range []string{head + "To: privacy@example.com\n\n" + ask, head + "To: privacy@example.com\nReferences: <" + letter + ">\n\n" + ask} {
				got := c.receive(t, trusted(mail, at.Add(time.Duration(n+1)*time.Hour)))
				require.Len(t, got.Cases, 1)
				assert.Equal(t, rights.ID("ccpa_delete"), got.Cases[0].Right)
				assert.Equal(t, rights.QueueReview, got.Cases[0].Queue)
				assert.Equal(t, desk.AckDecision{Hold: desk.HoldAutomated}, got.Ack)
				assert.Contains(t, strings.Join(got.Cases[0].Review, "; "), "machine")
				if n == 1 {
					assert.Contains(t, strings.Join(got.Cases[0].Review, "; "), "possible reply to case "+string(one.ID))
				}
			}
			c.office.Sender = c.mail
			c.deliver(t, at.Add(3*time.Hour))
			assert.Len(t, c.mail.sent, 1, "the first acknowledgement and nothing else")
			assert.Zero(t, c.read(t, one.ID).Replies, "a machine is not the person")
		})
	}
}

func TestWordsOfTheReturnedMailAreNoRequest(t *testing.T) {
	c, _, letter := acknowledged(t)
	for _, mail := range []string{
		returned(letter, "ana@example.net", "failed", "5.1.1"),
		strings.ReplaceAll(returned(letter, "ana@example.net", "failed", "5.1.1"), "You may ask for deletion.", "Please delete all personal information you have about me."),
		"Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.net\nSubject: failure notice\n\nThis is a permanent error.\n\n<ana@example.net>:\nno such user\n\nFrom: privacy@example.com\nSubject: x\n\nPlease delete all personal information you have about me.\n",
	} {
		assert.Empty(t, c.receive(t, trusted(mail, at.Add(time.Hour))).Cases)
	}
}

func TestOurOwnLetterThatComesBackIsAMachines(t *testing.T) {
	c, one, letter := acknowledged(t)
	mail := "From: somebody@example.org\nTo: privacy@example.com\nMessage-ID: <" + letter + ">\nSubject: received\n\nThank you for your request.\n"
	got := c.receive(t, trusted(mail, at.Add(time.Hour)))
	assert.Equal(t, "robot", got.Message.Automation.Kind)
	assert.Equal(t, cases.Ignored, got.Mail.Handling)
	assert.Zero(t, c.read(t, one.ID).Replies)
}
