package endtoend

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/dynamo"
	"rightsmail/shared/adapters/sqlite"
	"rightsmail/shared/cases"
	"rightsmail/shared/queue"
	"rightsmail/shared/replies"
)

// differences are all facts in which the two ways in differ, by mail, and why that is
// right. One that is no longer there fails the test too.
var differences = []struct {
	mails, facts []string
	why          string
}{
	{
		mails: []string{"sender-no-block.eml", "sender-no-block-access.eml", "sender-no-block-know.eml"},
		facts: []string{"case 1 acknowledgement", "case 1 signals", "case 1 trail", "effect ack-REF"},
		why: "a file without the server's block is taken on one machine as if nobody could have judged its sender, and acknowledged with a warning; " +
			"SES always judges, says GRAY, and the acknowledgement waits for a human",
	},
	{
		mails: []string{"sender-no-block.eml", "sender-no-block-know.eml"}, facts: []string{"case 1 dates"},
		why: "so the next duty is still to acknowledge; the law of the third knows no such duty",
	},
	{
		mails: []string{"sender-no-block-know.eml"}, facts: []string{"mail", received},
		why: "it has no Received field at all, so each way counts from the moment it met the mail",
	},
	{
		mails: []string{"duplicate-privacy.eml"}, facts: []string{"case 1 is", "mail"},
		why: "a file names both mailboxes in its To, and the designated one counts; SES knows the envelope, which named one",
	},
	{mails: []string{"duplicate-support.eml"}, facts: []string{"mail"}, why: "the same"},
}

// received is the fact that a hand-off tells when the mail came.
const received = "effect handoff-REF-1-v1"

// mayDiffer tells whether a difference is on the list.
func mayDiffer(mail, fact string) bool {
	for _, d := range differences {
		if slices.Contains(d.mails, mail) && slices.Contains(d.facts, fact) {
			return true
		}
	}
	return false
}

func TestTheWholeMailboxEndsAsOnOneMachine(t *testing.T) {
	w := stand(t, nil)
	mails := sampleMails(t, time.Now())
	for _, m := range mails {
		w.receive(t, m.arrival)
	}
	w.settle(t)
	require.Empty(t, w.pump.failures, "every event was taken at once")

	cloudStore, oneMachine := w.store(), onOneMachine(t)
	t.Run("every mail has the same fate", func(t *testing.T) {
		found := map[string]bool{}
		for _, m := range mails {
			here, there := fateOf(t, oneMachine, cases.MailID(m.ID)), fateOf(t, cloudStore, cases.MailID(m.ID))
			require.NotEmpty(t, there, "%s got lost", m.file)
			for _, fact := range here.differs(there) {
				found[m.file+fact] = true
				if !mayDiffer(m.file, fact) {
					assert.Fail(t, "the two ways in differ", "%s, %s\non one machine %s\nin the cloud   %s", m.file, fact, here[fact], there[fact])
				}
			}
		}
		for _, d := range differences {
			for _, mail := range d.mails {
				for _, fact := range d.facts {
					assert.True(t, found[mail+fact], "%s, %s is the same by now; take it off the list", mail, fact)
				}
			}
		}
	})
	t.Run("the queues of the categories hold the same messages", func(t *testing.T) { compareHandOffs(t, w, mails, oneMachine) })
	t.Run("the same letters left", func(t *testing.T) { compareLetters(t, w, mails, oneMachine, cloudStore) })
	t.Run("the archive holds every mail as it came", func(t *testing.T) {
		for _, m := range mails {
			rule := w.rule(t, m.Recipients)
			assert.Equal(t, string(m.Raw), string(w.cloud.rest(t, "s3", "GET", "/"+rule.bucket+"/"+rule.prefix+m.ID, nil)), m.file)
		}
	})
	t.Run("nothing is dead, and nothing waits", func(t *testing.T) {
		for name, url := range w.deadQueues() {
			assert.Zero(t, w.depth(t, url), name)
		}
		for _, m := range w.pump.mappings {
			if m.queue != "" {
				assert.Zero(t, w.depth(t, m.queue), m.source)
			}
		}
		effects(t, cloudStore, cases.EffectQuery{State: cases.EffectPending}, func(e cases.Effect) { assert.Fail(t, "still to be done", e.ID) })
	})
	t.Run("the metrics add up", func(t *testing.T) {
		copies := 0
		for _, m := range mails {
			mail, err := cloudStore.Mail(t.Context(), cases.MailID(m.ID))
			require.NoError(t, err)
			if mail.Handling == cases.Merged {
				copies++
			}
		}
		assert.EqualValues(t, len(mails)-copies, w.counted("MailsReceived"))
		opened := 0
		allCases(t, cloudStore, func(cases.Case) { opened++ })
		assert.EqualValues(t, opened, w.counted("CasesOpened"))
		assert.Zero(t, w.counted("MailsUnread"))
		assert.Zero(t, w.counted("DeliveryFailed"))
	})
	t.Run("no line of a log has a word of a mail", func(t *testing.T) { noWordIsLogged(t, w, mails) })
}

// store opens the table as the functions do.
func (w *world) store() *dynamo.Store {
	cfg := aws.Config{
		Region: region, BaseEndpoint: &w.cloud.dynamo,
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	}
	return dynamo.Open(cfg, w.variable("intake", "RIGHTSMAIL_TABLE"), dynamo.Options{})
}

// onOneMachine lets scripts/local take the same mailbox and opens what it leaves.
func onOneMachine(t *testing.T) *sqlite.DB {
	t.Helper()
	data := t.TempDir()
	cmd := exec.Command("go", "run", "./scripts/local", "-data", data, "-ingest", "events/mails", "-exit") // #nosec G204 -- our own program
	cmd.Dir, cmd.Env = root, append(os.Environ(), "RIGHTSMAIL_IDENTITY_KEY="+identityKey)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	db, err := sqlite.Open(t.Context(), filepath.Join(data, "rightsmail.db"))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, db.Close()) })
	return db
}

// handOffs maps each category to its queue, as dispatch knows it.
func (w *world) handOffs() map[string]string {
	all := map[string]string{}
	for pair := range strings.SplitSeq(w.variable("dispatch", "RIGHTSMAIL_QUEUES"), ",") {
		name, url, _ := strings.Cut(strings.TrimSpace(pair), "=")
		all[name] = url
	}
	return all
}

// handedOver takes every message out of the queues of the categories.
func (w *world) handedOver(t *testing.T) map[string][]queue.Message {
	t.Helper()
	all := map[string][]queue.Message{}
	for name, url := range w.handOffs() {
		for _, m := range w.cloud.receive(t, url, 10000) {
			var message queue.Message
			require.NoError(t, json.Unmarshal([]byte(m.Body), &message), name)
			all[name] = append(all[name], message)
		}
	}
	return all
}

func compareHandOffs(t *testing.T, w *world, mails []sample, oneMachine *sqlite.DB) {
	t.Helper()
	var undated []string // cases of mails that do not say when they came
	for _, sample := range mails {
		if mayDiffer(sample.file, received) {
			m, err := oneMachine.Mail(t.Context(), mailID(sample.arrival))
			require.NoError(t, err)
			undated = append(undated, string(m.Cases[0]))
		}
	}
	everywhere := 0
	for name, got := range w.handedOver(t) {
		want, err := oneMachine.HandOffs(t.Context(), name, 500)
		require.NoError(t, err)
		for _, m := range got {
			assert.NoError(t, m.Validate(), m.ID)
			assert.Equal(t, name, m.Queue)
		}
		order := func(a, b queue.Message) int { return strings.Compare(a.ID, b.ID) }
		slices.SortFunc(got, order)
		slices.SortFunc(want, order)
		got = slices.CompactFunc(got, func(a, b queue.Message) bool { return a.ID == b.ID }) // at least once is what was promised
		for i := range min(len(want), len(got)) {
			if slices.Contains(undated, got[i].Case) {
				got[i].ReceivedAt = want[i].ReceivedAt
			}
		}
		assert.Equal(t, want, got, name)
		everywhere += len(got)
	}
	want, err := oneMachine.HandOffs(t.Context(), "", 500)
	require.NoError(t, err)
	assert.Equal(t, len(want), everywhere)
}

// compareLetters holds what SES took against the outboxes: every letter once, to whom and
// with what it says there, and every mail for the help desk.
func compareLetters(t *testing.T, w *world, mails []sample, oneMachine, cloudStore cases.Store) {
	t.Helper()
	byEffect := map[string][]sent{}
	for _, s := range w.letters() {
		byEffect[s.Tags["effect"]] = append(byEffect[s.Tags["effect"]], s)
	}
	done := func(s cases.Store) (ids []string) {
		effects(t, s, cases.EffectQuery{State: cases.EffectDone}, func(e cases.Effect) {
			if e.Kind == cases.EffectReply || e.Kind == cases.EffectForward {
				ids = append(ids, e.ID)
			}
		})
		return ids
	}
	here, there := done(oneMachine), done(cloudStore)
	for _, sample := range mails {
		if !mayDiffer(sample.file, "effect ack-REF") {
			continue
		}
		m, err := oneMachine.Mail(t.Context(), mailID(sample.arrival))
		require.NoError(t, err)
		here = slices.DeleteFunc(here, func(id string) bool { return id == "ack-"+m.Reference })
	}
	assert.ElementsMatch(t, here, there)
	effects(t, cloudStore, cases.EffectQuery{Kind: cases.EffectReply, State: cases.EffectDone}, func(e cases.Effect) {
		var l replies.Letter
		require.NoError(t, json.Unmarshal(e.Payload, &l))
		if assert.Len(t, byEffect[e.ID], 1, "%s left once", e.ID) {
			assert.Equal(t, []string{l.To.Address}, byEffect[e.ID][0].To, e.ID)
			assert.Contains(t, string(byEffect[e.ID][0].Raw), "Auto-Submitted: auto-", e.ID)
		}
	})
	effects(t, cloudStore, cases.EffectQuery{Kind: cases.EffectForward, State: cases.EffectDone}, func(e cases.Effect) {
		if assert.Len(t, byEffect[e.ID], 1, "%s left once", e.ID) {
			assert.Equal(t, []string{w.variable("forward", "RIGHTSMAIL_HELPDESK")}, byEffect[e.ID][0].To, e.ID)
		}
	})
	total := 0
	for _, list := range byEffect {
		total += len(list)
	}
	assert.Equal(t, len(done(cloudStore)), total, "nothing else left")
}

var address = regexp.MustCompile(`[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+\.[A-Za-z0-9.-]+[A-Za-z0-9]`)

// noWordIsLogged looks for every address, subject and line of every mail in every line
// that the functions wrote.
func noWordIsLogged(t *testing.T, w *world, mails []sample) {
	t.Helper()
	var all strings.Builder
	lines := 0
	for _, list := range w.logged() {
		for _, line := range list {
			all.WriteString(line + "\n")
			lines++
		}
	}
	require.NotZero(t, lines, "a test over no lines proves nothing")
	log := all.String()
	for _, m := range mails {
		for _, found := range address.FindAllString(string(m.Raw), -1) {
			assert.False(t, strings.Contains(log, found), "%s: an address is in a log", m.file)
		}
		for line := range strings.Lines(string(m.Raw)) {
			line = strings.TrimSpace(strings.TrimPrefix(line, "Subject:"))
			if len(line) >= 16 {
				assert.False(t, strings.Contains(log, line), "%s: a line of the mail is in a log: %s", m.file, fmt.Sprintf("%.20q", line))
			}
		}
	}
}
