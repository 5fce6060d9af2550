package endtoend

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/cases"
	"rightsmail/shared/rights"
)

func mailID(a arrival) cases.MailID { return cases.MailID(a.ID) }

// letter makes a mail as SES would store it, from a sender that it vouches for.
func letter(n int, from, subject, body string) arrival {
	at := time.Now().UTC().Add(-time.Hour).Truncate(time.Second)
	stamp := at.Format("Mon, 02 Jan 2006 15:04:05 -0700")
	raw := strings.ReplaceAll(fmt.Sprintf(`Return-Path: <%[2]s>
Received: from mx.example.org (mx.example.org [198.51.100.7])
 by inbound-smtp.us-east-1.amazonaws.com with SMTP id e2e%[1]d
 for privacy@example.com;
 %[3]s
X-SES-Spam-Verdict: PASS
X-SES-Virus-Verdict: PASS
Authentication-Results: amazonses.com;
 spf=pass (spfCheck: designated) client-ip=198.51.100.7; envelope-from=%[2]s; helo=mx.example.org;
 dkim=pass header.i=@example.org;
 dmarc=pass header.from=example.org;
X-SES-RECEIPT: e2e
X-SES-DKIM-SIGNATURE: a=rsa-sha256; d=amazonses.com;
Date: %[3]s
From: A Person <%[2]s>
To: privacy@example.com
Subject: %[4]s
Message-ID: <e2e-%[1]d-%[2]s>
MIME-Version: 1.0
Content-Type: text/plain; charset=us-ascii

%[5]s
`, n, from, stamp, subject, body), "\n", "\r\n")
	return arrive([]byte(raw), at, []string{"privacy@example.com"})
}

// A mail that kills whoever reads it: the process dies each time between having the
// bytes and asking for anything else, as it would of memory.
func TestAMailThatKillsItsReaderWaitsForAHumanAndTheOthersGoOn(t *testing.T) {
	w := stand(t, nil)
	poison := letter(1, "poison@example.org", "My data", "I live in California. Please tell me which categories of personal information you have about me.")
	before := letter(2, "before@example.org", "My data", "I live in California. Please delete my personal information.")
	after := letter(3, "after@example.org", "My data", "I live in California. Please delete my personal information.")

	var reading, died atomic.Int32
	intake := w.functions["intake"]
	w.recorders["intake"].before(func(c call) {
		switch {
		case c.Service == "s3" && strings.HasSuffix(c.Operation, poison.ID):
			reading.Store(1)
		case c.Service == "s3":
			reading.Store(0)
		case reading.Load() > 0 && died.Load() < 4 && !strings.Contains(string(c.Body), "reading#"):
			reading.Store(0)
			died.Add(1)
			go intake.kill()
			time.Sleep(50 * time.Millisecond) // the process asks, and is gone before it is answered
		}
	})
	for _, a := range []arrival{before, poison, after} {
		w.receive(t, a)
	}
	w.settle(t)
	require.EqualValues(t, 4, died.Load(), "once uncounted, three times counted")

	s := w.store()
	for _, a := range []arrival{before, after} {
		m, err := s.Mail(t.Context(), mailID(a))
		require.NoError(t, err)
		assert.Equal(t, cases.Opened, m.Handling)
	}
	m, err := s.Mail(t.Context(), mailID(poison))
	require.NoError(t, err)
	require.Len(t, m.Cases, 1)
	c, err := s.Case(t.Context(), m.Cases[0])
	require.NoError(t, err)
	assert.Equal(t, rights.QueueReview, c.Queue)
	assert.Equal(t, cases.Open, c.Status)
	assert.False(t, c.Next.Due.IsZero(), "its clock runs")
	assert.EqualValues(t, 1, w.counted("MailsUnread"))
	for name, url := range w.deadQueues() {
		if !strings.HasSuffix(name, "review") {
			assert.Zero(t, w.depth(t, url), name)
		}
	}
}

// A fault of ours is nobody's poison: it ends in the dead letter queue, and when it is
// mended a redrive finishes it.
func TestAFaultOfOursGoesToTheDeadLetterQueueAndARedriveFinishesIt(t *testing.T) {
	w := stand(t, nil)
	a := letter(1, "ours@example.org", "My data", "I live in California. Please delete my personal information.")
	w.functions["intake"].restart("RIGHTSMAIL_BUCKET=no-such-bucket-of-ours")
	w.receive(t, a)
	w.settle(t)
	assert.Empty(t, fateOf(t, w.store(), mailID(a)), "nothing was decided about a mail that could not be read")
	dead := w.deadLetterQueueOf(t, w.mappingOf("intake").queue)
	require.Equal(t, 1, w.depth(t, dead))

	w.functions["intake"].restart()
	for _, m := range w.cloud.receive(t, dead, 10) { // what StartMessageMoveTask does
		w.cloud.send(t, w.mappingOf("intake").queue, m.Body)
		w.cloud.deleteMessage(t, dead, m)
	}
	w.settle(t)
	m, err := w.store().Mail(t.Context(), mailID(a))
	require.NoError(t, err)
	assert.Equal(t, cases.Opened, m.Handling)
	assert.Zero(t, w.depth(t, dead))
}

// mappingOf is the mapping that feeds a function.
func (w *world) mappingOf(function string) *mapping {
	for _, m := range w.pump.mappings {
		if m.function == function {
			return m
		}
	}
	require.Fail(w.t, "nothing feeds "+function)
	return nil
}

func (w *world) deadLetterQueueOf(t *testing.T, queue string) string {
	t.Helper()
	for _, q := range w.stack.of("AWS::SQS::Queue") {
		if w.stack.physical[q.Name] == queue {
			return w.queueURL(fmt.Sprint(w.stack.properties(q)["RedrivePolicy"].(map[string]any)["deadLetterTargetArn"]))
		}
	}
	require.Fail(t, "no such queue", queue)
	return ""
}
