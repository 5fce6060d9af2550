package desk_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/folder"
	"rightsmail/shared/adapters/sqlite"
	"rightsmail/shared/cases"
	"rightsmail/shared/classify"
	"rightsmail/shared/config"
	"rightsmail/shared/desk"
	"rightsmail/shared/replies"
	"rightsmail/shared/rights"
)

var ctx = context.Background()

// office is a desk over a real store and real folders.
type office struct {
	*desk.Desk
	db     *sqlite.DB
	outbox string
	passed string // forwarded mail
}

func newOffice(t *testing.T) *office {
	t.Helper()
	db, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "test.db"))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, db.Close()) })
	outbox, passed := filepath.Join(t.TempDir(), "outbox"), filepath.Join(t.TempDir(), "forwarded")
	out, err := folder.Open(outbox, passed)
	require.NoError(t, err)
	return &office{Desk: newDesk(t, db, out), db: db, outbox: outbox, passed: passed}
}

// rules are read once for all tests: reading them takes longer than using them.
var rules = sync.OnceValues(func() (*desk.Judge, error) {
	settings, err := config.Read[config.Settings](func(string) (string, bool) { return "", false })
	if err != nil {
		return nil, err
	}
	return desk.NewJudge(desk.From(settings, []byte("a key that only tests know, 32 b")))
})

func newDesk(t *testing.T, db *sqlite.DB, out *folder.Folder) *desk.Desk {
	t.Helper()
	letters, err := replies.Builtin()
	require.NoError(t, err)
	judge, err := rules()
	require.NoError(t, err)
	return &desk.Desk{
		Judge:   *judge,
		Replies: letters, Store: db, Archive: db, Sender: out, Queue: db, Forwarder: out,
		Log: slog.New(slog.DiscardHandler),
	}
}

var at = time.Date(2026, 3, 2, 20, 0, 0, 0, time.UTC) // noon on Monday 2 March in California

// know asks to know; n makes it another mail.
func know(n int) string {
	return fmt.Sprintf(`From: Ana Ruiz <ana@example.net>
To: privacy@example.com
Subject: my data
Message-ID: <know-%d@example.net>

I live in Fresno, California. Please send me a copy of all the personal
information you have collected about me.

Ana Ruiz
`, n)
}

const deletion = `From: Ana Ruiz <ana@example.net>
To: privacy@example.com
Subject: my data
Message-ID: <delete@example.net>

I live in Fresno, California. Please delete all personal information you have
collected about me.

Ana Ruiz
`

const support = `From: Bo <bo@example.net>
To: support@example.com
Subject: Widget colours
Message-ID: <support@example.net>

Hello, how do I change the colour of the widget? Thank you, Bo
`

// trusted is a mail whose sender somebody vouches for.
func trusted(raw string, received time.Time) desk.Incoming {
	return desk.Incoming{ID: sqlite.ArrivalID([]byte(raw)), Raw: []byte(raw), Received: received, Mailbox: "privacy@example.com", Trusted: true}
}

func (o *office) receive(t *testing.T, in desk.Incoming) desk.Received {
	t.Helper()
	got, err := o.Receive(ctx, in, in.Received)
	require.NoError(t, err)
	return got
}

// deliver empties the outbox.
func (o *office) deliver(t *testing.T, now time.Time) {
	t.Helper()
	for {
		d, err := o.Deliver(ctx, now, 50)
		require.NoError(t, err)
		require.Zero(t, d.Failed+d.Later)
		if d.Done == 0 {
			return
		}
	}
}

// letters reads every mail in the outbox folder.
func (o *office) letters(t *testing.T) []*mail.Message {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(o.outbox, "*.eml"))
	require.NoError(t, err)
	var list []*mail.Message
	for _, name := range files {
		f, err := os.Open(name)
		require.NoError(t, err)
		m, err := mail.ReadMessage(f)
		require.NoError(t, err)
		list = append(list, m)
		t.Cleanup(func() { _ = f.Close() })
	}
	return list
}

// handedOver lists the cases a queue was told of.
func (o *office) handedOver(t *testing.T, queue rights.Queue) []string {
	t.Helper()
	messages, err := o.db.HandOffs(ctx, string(queue), 500)
	require.NoError(t, err)
	ids := []string{}
	for _, m := range messages {
		require.NoError(t, m.Validate())
		ids = append(ids, m.Case)
	}
	return ids
}

func TestRequestOpensACaseWithItsDatesAndOneAcknowledgement(t *testing.T) {
	o := newOffice(t)
	got := o.receive(t, trusted(deletion, at))
	require.Len(t, got.Cases, 1)
	id := got.Cases[0].ID
	assert.Equal(t, cases.Opened, got.Mail.Handling)
	o.deliver(t, at.Add(time.Minute))

	c, err := o.Store.Case(ctx, id)
	require.NoError(t, err)
	assert.Equal(t, rights.ID("ccpa_delete"), c.Right)
	assert.Equal(t, rights.QueueCCPA, c.Queue)
	assert.Equal(t, cases.AckSent, c.Acknowledgement.State)
	assert.Equal(t, rights.DutyRespond, c.Next.Duty, "once acknowledged the answer is next")
	assert.Equal(t, []string{string(id)}, o.handedOver(t, rights.QueueCCPA))

	letters := o.letters(t)
	require.Len(t, letters, 1)
	assert.Equal(t, "<delete@example.net>", letters[0].Header.Get("In-Reply-To"))
	assert.Equal(t, "auto-replied", letters[0].Header.Get("Auto-Submitted"))
	assert.Contains(t, letters[0].Header.Get("To"), "ana@example.net")

	v, err := o.View(ctx, id, at.Add(time.Hour))
	require.NoError(t, err)
	assert.True(t, v.TrailOK)
	assert.NotEmpty(t, v.Dates)
	marked := ""
	for _, p := range v.Passages[classify.InNew] {
		if len(p.Rules) > 0 {
			marked += p.Text + " "
		}
	}
	assert.Contains(t, marked, "delete", "the words that decided are marked")
}

func TestEachOfTwoLawsInOneMailHasItsOwnPlaceAndClock(t *testing.T) {
	o := newOffice(t)
	both := strings.Replace(deletion, "I live in Fresno, California. Please delete",
		"Half of the year I live in Berlin. Under Article 17 of the GDPR and under section 1798.105 of the California Consumer Privacy Act, please delete", 1)
	got := o.receive(t, trusted(both, at))
	require.Len(t, got.Cases, 2)
	zones := map[rights.ID]string{}
	for _, c := range got.Cases {
		zones[c.Right] = c.Clock.Zone
		assert.NotEmpty(t, c.Jurisdiction)
		if c.Right == "ccpa_delete" {
			assert.Equal(t, rights.California, c.Jurisdiction)
		}
	}
	assert.Equal(t, map[rights.ID]string{"ccpa_delete": "America/Los_Angeles", "gdpr_erasure": "Europe/Warsaw"}, zones)
}

func TestSameMailTwiceGivesOneCaseAndOneAcknowledgement(t *testing.T) {
	o := newOffice(t)
	first := o.receive(t, trusted(deletion, at))
	again := o.receive(t, trusted(deletion, at.Add(time.Hour)))
	assert.False(t, first.Seen)
	assert.True(t, again.Seen)
	o.deliver(t, at.Add(2*time.Hour))
	assert.Len(t, o.letters(t), 1)
	assert.Len(t, o.handedOver(t, rights.QueueCCPA), 1)
}

func TestCopyThatCameByAnotherWayOpensNothingAndTheEarlierReceiptCounts(t *testing.T) {
	o := newOffice(t)
	first := o.receive(t, trusted("Received: by a; x\n"+deletion, at))
	earlier := at.AddDate(0, 0, -3)
	copied := o.receive(t, trusted("Received: by b; y\n"+deletion, earlier))
	assert.True(t, copied.Seen)
	c, err := o.Store.Case(ctx, first.Cases[0].ID)
	require.NoError(t, err)
	assert.True(t, c.Received.Equal(earlier))
	assert.Equal(t, rights.Date{Year: 2026, Month: 2, Day: 27}, c.Clock.ReceivedOn)

	o.receive(t, trusted("Received: by b; y\n"+deletion, earlier))
	trail, err := o.Store.Trail(ctx, c.ID)
	require.NoError(t, err)
	copies := 0
	for _, e := range trail {
		if e.Kind == "copy" {
			copies++
		}
	}
	assert.Equal(t, 1, copies, "the copy is noted once however often it comes")
	assert.NoError(t, cases.Verify(trail))
}

func TestMailWhoseReferenceIsTakenGetsAnother(t *testing.T) {
	o := newOffice(t)
	in := trusted(deletion, at)
	taken := cases.Case{ID: cases.CaseID(cases.NewReference(o.Settings.Key, in.ID), 1), Mail: "another mail", Status: cases.Open}
	entry := cases.Chain(cases.Entry{}, cases.Entry{At: at, Actor: cases.Machine, Kind: "opened", Text: "Opened."})
	require.NoError(t, o.Store.Commit(ctx, cases.Batch{Cases: []cases.Change{{Case: taken, Entries: []cases.Entry{entry}}}}))
	got := o.receive(t, in)
	require.Len(t, got.Cases, 1)
	assert.NotEqual(t, taken.ID, got.Cases[0].ID)
}

func TestStrangerWhoReusesAMessageIDHidesNobodysRequest(t *testing.T) {
	o := newOffice(t)
	o.receive(t, trusted(deletion, at))
	stranger := strings.Replace(deletion, "Ana Ruiz <ana@example.net>", "Eve <eve@example.org>", 1)
	got := o.receive(t, trusted(stranger, at))
	assert.False(t, got.Seen)
	assert.Len(t, got.Cases, 1)
}

func TestThirdKnowRequestInTwelveMonthsIsHeldWithADraftThatNamesTheDates(t *testing.T) {
	o := newOffice(t)
	days := []time.Time{at, at.AddDate(0, 2, 0), at.AddDate(0, 5, 0)}
	var third desk.Received
	for n, day := range days {
		third = o.receive(t, trusted(know(n), day))
	}
	o.deliver(t, days[2].Add(time.Hour))
	require.Len(t, third.Held, 1)
	assert.Len(t, o.handedOver(t, rights.QueueCCPA), 2, "the third is never handed to fulfilment")
	assert.Len(t, o.letters(t), 3, "all three are acknowledged")

	v, err := o.View(ctx, third.Held[0], days[2].Add(time.Hour))
	require.NoError(t, err)
	assert.Equal(t, cases.Held, v.Case.Status)
	assert.Equal(t, rights.Date{Year: 2027, Month: 3, Day: 2}, v.Case.Limit.FirstFree)
	var draft string
	for _, e := range v.Letters {
		if e.State == cases.EffectDraft {
			draft = string(e.Payload)
		}
	}
	assert.Contains(t, draft, "2 March 2026")
	assert.Contains(t, draft, "2 May 2026")
	assert.Contains(t, draft, "2 March 2027")
}

func TestAcknowledgementOfAHeldRequestNamesNeitherCountNorDates(t *testing.T) {
	o := newOffice(t)
	for n := range 3 {
		o.receive(t, trusted(know(n), at.AddDate(0, n, 0)))
	}
	page, err := o.Store.Effects(ctx, cases.EffectQuery{Kind: cases.EffectReply, State: cases.EffectPending})
	require.NoError(t, err)
	require.Len(t, page.Effects, 3)
	for _, e := range page.Effects {
		assert.NotContains(t, string(e.Payload), "2027", "who holds a mailbox is not proven to be the person")
	}
}

func TestAHundredKnowRequestsAtOnceReserveExactlyTwo(t *testing.T) {
	o := newOffice(t)
	var wg sync.WaitGroup
	failures := make([]error, 100)
	held := make([]int, 100)
	for n := range 100 {
		wg.Go(func() {
			in := trusted(know(n), at)
			got, err := o.Receive(ctx, in, at)
			failures[n], held[n] = err, len(got.Held)
		})
	}
	wg.Wait()
	require.NoError(t, errors.Join(failures...))
	sum := 0
	for _, n := range held {
		sum += n
	}
	assert.Equal(t, 98, sum)
	page, err := o.Store.Cases(ctx, cases.Query{Queue: rights.QueueCCPA, Statuses: []cases.Status{cases.Open}, Limit: 500})
	require.NoError(t, err)
	assert.Len(t, page.Cases, 2)
}

func TestUnprovenSenderReservesNoUse(t *testing.T) {
	o := newOffice(t)
	for n := range 4 {
		in := trusted(know(n), at)
		in.Trusted, in.NoVerdicts = false, true
		got := o.receive(t, in)
		assert.Empty(t, got.Held)
		assert.True(t, got.Ack.Allowed, "a local run judges the acknowledgement as if authenticated")
		assert.Contains(t, strings.Join(got.Warnings, " "), "sender-assumed")
	}
}

func TestUnprovenSenderOverANetworkIsNotAnsweredByMachine(t *testing.T) {
	o := newOffice(t)
	in := trusted(deletion, at)
	in.Trusted = false
	got := o.receive(t, in)
	assert.Equal(t, desk.HoldUnauthenticated, got.Ack.Hold)
	o.deliver(t, at)
	assert.Empty(t, o.letters(t))

	require.NoError(t, o.ReleaseAck(ctx, got.Cases[0].ID, 1, "Dana Officer", at))
	o.deliver(t, at)
	assert.Len(t, o.letters(t), 1, "a human may send what was held")
}

func TestSenderThatFailsDMARCGoesToReviewUnanswered(t *testing.T) {
	o := newOffice(t)
	in := trusted("Authentication-Results: amazonses.com; dmarc=fail header.from=example.net;\n"+deletion, at)
	got := o.receive(t, in)
	require.Len(t, got.Cases, 1)
	assert.Equal(t, rights.QueueReview, got.Cases[0].Queue)
	assert.Equal(t, rights.ID("ccpa_delete"), got.Cases[0].Right, "the right that was found stays on the case")
	assert.Equal(t, desk.HoldSpoofed, got.Ack.Hold)
}

func TestStrangersSMTPClientCannotVouchForItself(t *testing.T) {
	o := newOffice(t)
	in := trusted("Authentication-Results: amazonses.com; dmarc=pass header.from=example.net;\n"+deletion, at)
	in.Trusted, in.Unguarded = false, true
	assert.Equal(t, "unknown", string(o.receive(t, in).Standing))
}

func TestDesignatedMailboxCountsWhereverItStandsAmongTheRecipients(t *testing.T) {
	o := newOffice(t)
	for _, to := range []string{"support@example.com, privacy@example.com", "privacy@example.com, support@example.com"} {
		raw := "From: a@example.net\nTo: " + to + "\nSubject: Shine-the-Light\n\nUnder Shine the Light, who got my personal information for direct marketing?\n"
		j := o.Judge.Judge(desk.Incoming{Raw: []byte(raw), Received: at, NoVerdicts: true})
		assert.Equal(t, "2026-04-01", j.Soonest(rights.DutyRespond), to)
	}
}

func TestSupportMailIsForwardedUntouchedAndOpensNoCase(t *testing.T) {
	o := newOffice(t)
	got := o.receive(t, trusted(support, at))
	assert.Equal(t, cases.Forwarded, got.Mail.Handling)
	o.deliver(t, at)
	files, err := filepath.Glob(filepath.Join(o.passed, "*.eml"))
	require.NoError(t, err)
	require.Len(t, files, 1)
	raw, err := os.ReadFile(files[0])
	require.NoError(t, err)
	assert.Equal(t, support, string(raw))
	assert.Empty(t, o.letters(t))
}

func TestTooMuchAutomaticMailToOneAddressInOneDayWaitsForAHuman(t *testing.T) {
	o := newOffice(t)
	o.Settings.AckPerDay = 2
	var last desk.Received
	for n := range 3 {
		last = o.receive(t, trusted(strings.Replace(deletion, "<delete@", fmt.Sprintf("<delete-%d@", n), 1), at))
	}
	assert.Equal(t, desk.HoldRateCap, last.Ack.Hold)
	assert.Equal(t, cases.AckHeld, last.Cases[0].Acknowledgement.State)
	tomorrow := trusted(strings.Replace(deletion, "<delete@", "<delete-4@", 1), at.Add(24*time.Hour))
	assert.True(t, o.receive(t, tomorrow).Ack.Allowed)
}

func TestStrangestBytesBecomeACaseForReview(t *testing.T) {
	o := newOffice(t)
	for _, raw := range []string{"\x00\xff\xfe", "", "Content-Type: multipart/mixed; boundary=\n\n--\n", strings.Repeat("(", 5000)} {
		got := o.receive(t, desk.Incoming{ID: sqlite.ArrivalID([]byte(raw)), Raw: []byte(raw), Received: at})
		require.Len(t, got.Cases, 1, "%.20q", raw)
		assert.Equal(t, rights.QueueReview, got.Cases[0].Queue)
		assert.NotEmpty(t, got.Cases[0].Clock.Deadlines, "its clock runs")
	}
}
