package desk_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"rightsmail/shared/cases"
	"rightsmail/shared/desk"
	"rightsmail/shared/email"
	"rightsmail/shared/metrics"
	"rightsmail/shared/queue"
	"rightsmail/shared/replies"
	"rightsmail/shared/rights"
)

// jobs keeps what was enqueued.
type jobs struct {
	mu   sync.Mutex
	list []queue.Job
	err  error
}

func (j *jobs) Enqueue(_ context.Context, job queue.Job) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.err != nil {
		return j.err
	}
	j.list = append(j.list, job)
	return nil
}

// meter adds up what was counted.
type meter struct {
	mu  sync.Mutex
	sum map[string]float64
}

func (m *meter) Emit(p metrics.Point) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.sum == nil {
		m.sum = map[string]float64{}
	}
	for name, n := range p.Values {
		m.sum[strings.TrimSpace(string(name)+" "+p.Category)] += n
	}
}

// transport counts what was sent; fail, if set, answers first.
type transport struct {
	mu   sync.Mutex
	sent []string
	fail func(id string) error
}

func (s *transport) Send(_ context.Context, id string, _ replies.Letter, _ time.Time) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		if err := s.fail(id); err != nil {
			return "", err
		}
	}
	s.sent = append(s.sent, id)
	return "receipt of " + id, nil
}

// cloud is an office whose letters are jobs and leave over a network.
type cloud struct {
	*office
	jobs  *jobs
	meter *meter
	mail  *transport
}

func newCloud(t *testing.T) *cloud {
	t.Helper()
	c := &cloud{office: newOffice(t), jobs: &jobs{}, meter: &meter{}, mail: &transport{}}
	c.Jobs, c.Meter, c.Sender, c.Lease = c.jobs, c.meter, c.mail, 15*time.Minute
	return c
}

// effects lists the outbox entries of one kind.
func (c *cloud) effects(t *testing.T, kind cases.EffectKind) []cases.Effect {
	t.Helper()
	page, err := c.Store.Effects(ctx, cases.EffectQuery{Kind: kind})
	require.NoError(t, err)
	return page.Effects
}

func (c *cloud) acknowledgement(t *testing.T, got desk.Received) string {
	t.Helper()
	require.NotEmpty(t, got.Cases)
	id := "ack-" + got.Mail.Reference
	_, err := c.Store.Effect(ctx, id)
	require.NoError(t, err)
	return id
}

func TestHandOffLeavesAtOnceAndALetterBecomesAJob(t *testing.T) {
	c := newCloud(t)
	got := c.receive(t, trusted(deletion, at))
	ack := c.acknowledgement(t, got)
	for range 2 { // the stream may bring each entry twice
		for _, e := range append(c.effects(t, cases.EffectHandOff), c.effects(t, cases.EffectReply)...) {
			require.NoError(t, c.Dispatch(ctx, e.ID, at))
		}
	}
	require.Equal(t, []string{string(got.Cases[0].ID)}, c.handedOver(t, rights.QueueCCPA))
	job := queue.Job{Schema: queue.JobSchema, Kind: queue.JobReply, Effect: ack}
	require.Equal(t, []queue.Job{job, job}, c.jobs.list, "a job may come twice")
	require.Empty(t, c.mail.sent)

	for range 3 {
		state, err := c.DeliverOne(ctx, ack, at)
		require.NoError(t, err)
		require.Equal(t, cases.EffectDone, state)
	}
	require.Equal(t, []string{ack}, c.mail.sent)
	require.Equal(t, cases.AckSent, c.read(t, got.Cases[0].ID).Acknowledgement.State)
	require.NoError(t, c.Dispatch(ctx, ack, at))
	require.Len(t, c.jobs.list, 2, "what is done is no job")
	require.NoError(t, c.Dispatch(ctx, "unknown", at))
	_, err := c.DeliverOne(ctx, "unknown", at)
	require.ErrorIs(t, err, cases.ErrNotFound)
}

func TestSupportMailBecomesAJobToForward(t *testing.T) {
	c := newCloud(t)
	c.receive(t, trusted(support, at))
	e := c.effects(t, cases.EffectForward)
	require.Len(t, e, 1)
	require.NoError(t, c.Dispatch(ctx, e[0].ID, at))
	require.Equal(t, []queue.Job{{Schema: queue.JobSchema, Kind: queue.JobForward, Effect: e[0].ID}}, c.jobs.list)
}

func TestJobThatCannotBeEnqueuedIsToldAndSweptLater(t *testing.T) {
	c := newCloud(t)
	got := c.receive(t, trusted(deletion, at))
	c.jobs.err = errors.New("no network")
	require.ErrorContains(t, c.Dispatch(ctx, c.acknowledgement(t, got), at), "no network")
	swept, err := c.Sweep(ctx, at.Add(time.Minute))
	require.NoError(t, err)
	require.Zero(t, swept.Dispatched, "the stream has its time")
	swept, err = c.Sweep(ctx, at.Add(time.Hour))
	require.NoError(t, err)
	require.Equal(t, 1, swept.Failed)
	require.Equal(t, time.Hour, swept.Oldest)
	require.Len(t, c.handedOver(t, rights.QueueCCPA), 1, "one that cannot be passed on does not stop the others")
	c.jobs.err = nil
	swept, err = c.Sweep(ctx, at.Add(time.Hour))
	require.NoError(t, err)
	require.Zero(t, swept.Failed)
	require.Len(t, c.jobs.list, 1)
}

func TestOfManyWorkersWithOneLetterOneSendsIt(t *testing.T) {
	c := newCloud(t)
	ack := c.acknowledgement(t, c.receive(t, trusted(deletion, at)))
	var group sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		group.Go(func() { _, errs[i] = c.DeliverOne(ctx, ack, at) })
	}
	group.Wait()
	require.NoError(t, errors.Join(errs...))
	require.Equal(t, []string{ack}, c.mail.sent)
}

// dying is a store that dies when the end of a delivery is noted.
type dying struct {
	cases.Store
	dead bool
}

func (s *dying) Commit(ctx context.Context, b cases.Batch) error {
	for _, e := range b.Effects {
		s.dead = s.dead || e.State == cases.EffectDone
	}
	if s.dead {
		return errors.New("the power went out")
	}
	return s.Store.Commit(ctx, b)
}

func TestLetterWhoseEndNobodyNotedWaitsForNewsOrItsLease(t *testing.T) {
	c := newCloud(t)
	got := c.receive(t, trusted(deletion, at))
	ack := c.acknowledgement(t, got)
	store := c.Store
	c.Store = &dying{Store: store}
	_, err := c.DeliverOne(ctx, ack, at)
	require.ErrorContains(t, err, "power")
	c.Store = store

	state, err := c.DeliverOne(ctx, ack, at.Add(time.Minute))
	require.NoError(t, err)
	require.Equal(t, cases.EffectPending, state, "somebody may be at it")
	require.Equal(t, []string{ack}, c.mail.sent)

	t.Run("the transport tells that it took it", func(t *testing.T) {
		require.NoError(t, c.Feedback(ctx, replies.Feedback{Effect: ack, Kind: replies.FeedbackSent, At: at}, at.Add(2*time.Minute)))
		e, err := store.Effect(ctx, ack)
		require.NoError(t, err)
		require.Equal(t, cases.EffectDone, e.State)
		require.Equal(t, cases.AckSent, c.read(t, got.Cases[0].ID).Acknowledgement.State)
		state, err := c.DeliverOne(ctx, ack, at.Add(time.Hour))
		require.NoError(t, err)
		require.Equal(t, cases.EffectDone, state)
		require.Equal(t, []string{ack}, c.mail.sent, "it left once")
	})
}

func TestLetterWhoseAnswerGotLostLeavesOnceIfTheTransportTellsOfIt(t *testing.T) {
	c := newCloud(t)
	ack := c.acknowledgement(t, c.receive(t, trusted(deletion, at)))
	send := c.Sender
	c.Sender = sender(func(id string, l replies.Letter, at time.Time) error {
		_, err := send.Send(ctx, id, l, at)
		return errors.Join(err, errors.New("the connection broke"))
	})
	state, err := c.DeliverOne(ctx, ack, at)
	require.NoError(t, err)
	require.Equal(t, cases.EffectPending, state)
	require.NoError(t, c.Feedback(ctx, replies.Feedback{Effect: ack, Kind: replies.FeedbackDelivered, At: at}, at))
	state, err = c.DeliverOne(ctx, ack, at.Add(time.Hour))
	require.NoError(t, err)
	require.Equal(t, cases.EffectDone, state)
	require.Equal(t, []string{ack}, c.mail.sent)
}

func TestLetterIsSentAgainWhenItsLeaseRanOut(t *testing.T) {
	c := newCloud(t)
	ack := c.acknowledgement(t, c.receive(t, trusted(deletion, at)))
	store := c.Store
	c.Store = &dying{Store: store}
	_, err := c.DeliverOne(ctx, ack, at)
	require.Error(t, err)
	c.Store = store
	state, err := c.DeliverOne(ctx, ack, at.Add(16*time.Minute))
	require.NoError(t, err)
	require.Equal(t, cases.EffectDone, state)
	require.Equal(t, []string{ack, ack}, c.mail.sent)
}

func TestLetterOnWhichEveryWorkerDiesIsGivenUp(t *testing.T) {
	c := newCloud(t)
	got := c.receive(t, trusted(deletion, at))
	ack := c.acknowledgement(t, got)
	store, now := c.Store, at
	for n := 0; ; n++ {
		require.Less(t, n, 20)
		c.Store = &dying{Store: store}
		if state, err := c.DeliverOne(ctx, ack, now); err == nil {
			require.Equal(t, cases.EffectFailed, state)
			break
		}
		now = now.Add(time.Hour)
	}
	require.Len(t, c.mail.sent, 14)
	require.Equal(t, cases.AckHeld, c.read(t, got.Cases[0].ID).Acknowledgement.State, "a human is asked")
}

func TestSweepCountsWhatIsLateAndWhatSoonWillBe(t *testing.T) {
	c := newCloud(t)
	got := c.receive(t, trusted(deletion, at))
	for _, tc := range []struct {
		what                   string
		now                    time.Time
		acks, overdue, dueSoon int
	}{
		{"on the day", at.Add(time.Hour), 0, 0, 0},
		{"near the date of the acknowledgement", at.AddDate(0, 0, 9), 0, 0, 1},
		{"past it", at.AddDate(0, 0, 20), 1, 0, 0},
	} {
		swept, err := c.Sweep(ctx, tc.now)
		require.NoError(t, err)
		require.Equal(t, [3]int{tc.acks, tc.overdue, tc.dueSoon}, [3]int{swept.AcksOverdue, swept.Overdue, swept.DueSoon}, tc.what)
	}
	_, err := c.DeliverOne(ctx, c.acknowledgement(t, got), at)
	require.NoError(t, err)
	swept, err := c.Sweep(ctx, at.AddDate(0, 2, 0))
	require.NoError(t, err)
	require.Equal(t, 1, swept.Overdue, "acknowledged, and then forgotten")
	require.InDelta(t, 1, c.meter.sum["CasesOverdue"], 0.1)
}

// news of one letter.
func news(effect string, kind replies.FeedbackKind, final bool) replies.Feedback {
	return replies.Feedback{Effect: effect, Kind: kind, Final: final, Status: "5.1.1", At: at.Add(time.Minute)}
}

// kinds lists the entries of a trail.
func (c *cloud) kinds(t *testing.T, id cases.ID) []string {
	t.Helper()
	trail, err := c.Store.Trail(ctx, id)
	require.NoError(t, err)
	require.NoError(t, cases.Verify(trail))
	var kinds []string
	for _, e := range trail {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

func TestNewsOfALetterStandsInTheTrailOnce(t *testing.T) {
	c := newCloud(t)
	got := c.receive(t, trusted(deletion, at))
	ack := c.acknowledgement(t, got)
	_, err := c.DeliverOne(ctx, ack, at)
	require.NoError(t, err)
	before := c.kinds(t, got.Cases[0].ID)
	for range 2 {
		require.NoError(t, c.Feedback(ctx, news(ack, replies.FeedbackSent, false), at))
		require.NoError(t, c.Feedback(ctx, news(ack, replies.FeedbackDelayed, false), at))
		require.NoError(t, c.Feedback(ctx, news(ack, replies.FeedbackDelivered, false), at))
		require.NoError(t, c.Feedback(ctx, news(ack, replies.FeedbackComplained, false), at))
		require.NoError(t, c.Feedback(ctx, news("unknown", replies.FeedbackBounced, true), at))
	}
	require.Equal(t, append(before, "letter-delayed", "letter-delivered", "letter-complained"), c.kinds(t, got.Cases[0].ID))
	require.Equal(t, cases.AckSent, c.read(t, got.Cases[0].ID).Acknowledgement.State)
}

func TestAcknowledgementThatCameBackIsATaskAndCanBeSentAgain(t *testing.T) {
	for name, tc := range map[string]struct {
		news replies.Feedback
		lost bool
	}{
		"bounced for good":   {news("", replies.FeedbackBounced, true), true},
		"bounced for a time": {news("", replies.FeedbackBounced, false), false},
		"refused":            {news("", replies.FeedbackRejected, false), true},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCloud(t)
			got := c.receive(t, trusted(deletion, at))
			id := got.Cases[0].ID
			tc.news.Effect = c.acknowledgement(t, got)
			_, err := c.DeliverOne(ctx, tc.news.Effect, at)
			require.NoError(t, err)
			for range 2 {
				require.NoError(t, c.Feedback(ctx, tc.news, at.Add(time.Hour)))
			}
			if !tc.lost {
				require.Equal(t, cases.AckSent, c.read(t, id).Acknowledgement.State)
				return
			}
			one := c.read(t, id)
			require.Equal(t, cases.Acknowledgement{State: cases.AckHeld, Hold: desk.HoldReturned}, one.Acknowledgement)
			require.Equal(t, rights.DutyAcknowledge, one.Next.Duty, "the duty is not done")
			require.InDelta(t, 1, c.meter.sum["LettersBounced"], 0.1)

			require.NoError(t, c.ReleaseAck(ctx, id, one.Version, "Ada Officer", at.Add(2*time.Hour)))
			_, err = c.DeliverOne(ctx, tc.news.Effect, at.Add(2*time.Hour))
			require.NoError(t, err)
			require.Len(t, c.mail.sent, 2)
			require.Equal(t, cases.AckSent, c.read(t, id).Acknowledgement.State)
		})
	}
}

func TestCanaryGoesTheWholeWayAndOpensNothing(t *testing.T) {
	c := newCloud(t)
	for range 2 {
		require.NoError(t, c.Canary(ctx, at))
	}
	require.Empty(t, c.effects(t, cases.EffectReply), "it is no letter that an officer should see")
	letters := c.effects(t, cases.EffectCanary)
	require.Len(t, letters, 1, "one an hour")
	require.NoError(t, c.Dispatch(ctx, letters[0].ID, at))
	require.Equal(t, queue.JobReply, c.jobs.list[0].Kind)
	raw := ""
	c.Sender = sender(func(_ string, l replies.Letter, at time.Time) error {
		b, err := l.Bytes(at)
		raw = strings.Replace(string(b), "Message-Id: <canary", "Message-Id: <0102-changed-by-the-transport@amazonses.example>\r\nX-Was: <", 1)
		return err
	})
	state, err := c.DeliverOne(ctx, letters[0].ID, at)
	require.NoError(t, err)
	require.Equal(t, cases.EffectDone, state)
	require.Contains(t, raw, "changed-by-the-transport")

	got := c.receive(t, trusted(raw, at.Add(time.Minute)))
	require.Equal(t, cases.Ignored, got.Mail.Handling)
	require.Empty(t, got.Cases)
	_, err = c.Sweep(ctx, at.Add(31*time.Minute))
	require.NoError(t, err)
	require.InDelta(t, 30, c.meter.sum["CanaryMinutes"], 1)

	forged := strings.ReplaceAll(deletion, "Message-ID: <delete@example.net>", "Message-ID: <canary-2026030220.rm-cana-ry00.0123456789abcdefghjk@example.com>")
	require.Len(t, c.receive(t, trusted(forged, at)).Cases, 1, "nobody else can make one")
}

// sender is a Sender that is a function.
type sender func(id string, l replies.Letter, at time.Time) error

func (f sender) Send(_ context.Context, id string, l replies.Letter, at time.Time) (string, error) {
	return "", f(id, l, at)
}

func TestMailIsAcceptedFromTheArchive(t *testing.T) {
	c := newCloud(t)
	in := trusted(deletion, at)
	raw := in.Raw
	in.Raw = nil
	_, err := c.Accept(ctx, in, 1, at)
	require.ErrorIs(t, err, cases.ErrNotFound)
	require.NoError(t, c.Archive.Put(ctx, in.ID, raw))
	for attempt := range 3 {
		got, err := c.Accept(ctx, in, attempt+1, at)
		require.NoError(t, err)
		require.Equal(t, attempt > 0, got.Seen)
	}
	require.InDelta(t, 1, c.meter.sum["MailsReceived"], 0.1)
	require.InDelta(t, 1, c.meter.sum["CasesOpened ccpa"], 0.1)
}

// broke dies before anything of a mail is written, as a process does whose memory
// is gone.
type broke struct{ cases.Store }

func (s broke) Commit(ctx context.Context, b cases.Batch) error {
	if b.Mail != nil {
		return errors.New("killed")
	}
	return s.Store.Commit(ctx, b)
}

func TestMailThatKillsItsReaderEachTimeIsOpenedUnreadWithItsClockRunning(t *testing.T) {
	c := newCloud(t)
	in := trusted(support, at) // even if it would ask for nothing
	require.NoError(t, c.Archive.Put(ctx, in.ID, in.Raw))
	store := c.Store
	c.Store = broke{store}
	for attempt := range 4 {
		_, err := c.Accept(ctx, in, attempt+1, at)
		require.ErrorContains(t, err, "killed")
	}
	c.Store = store
	got, err := c.Accept(ctx, in, 5, at)
	require.NoError(t, err)
	require.Len(t, got.Cases, 1)
	require.Equal(t, rights.QueueReview, got.Cases[0].Queue)
	require.False(t, got.Cases[0].Next.Due.IsZero())
	require.Equal(t, cases.AckNone, got.Cases[0].Acknowledgement.State)
	require.InDelta(t, 1, c.meter.sum["MailsUnread"], 0.1)
}

func TestFaultOfOursDoesNotMakeAMailPoison(t *testing.T) {
	c := newCloud(t)
	in := trusted(deletion, at)
	for attempt := range 20 { // the archive is out of reach: reading never began
		_, err := c.Accept(ctx, in, attempt+1, at)
		require.Error(t, err)
	}
	require.NoError(t, c.Archive.Put(ctx, in.ID, in.Raw))
	got, err := c.Accept(ctx, in, 21, at)
	require.NoError(t, err)
	require.False(t, got.Unread)
	require.Equal(t, rights.ID("ccpa_delete"), got.Cases[0].Right)
}

func TestMailWithMoreRightsThanATransactionHoldsNamesTheRestToAHuman(t *testing.T) {
	c := newCloud(t)
	in := trusted(deletion, at)
	j := c.Judge.Judge(in)
	require.Len(t, j.Requests, 1)
	first := j.Requests[0]
	for n := range 30 {
		r := first
		r.Right.ID = rights.ID(fmt.Sprintf("ccpa_right_%d", n))
		r.Finding.Right = r.Right.ID
		j.Requests = append(j.Requests, r)
	}
	got, err := c.Take(ctx, in, j, at)
	require.NoError(t, err)
	require.Len(t, got.Cases, 20)
	for _, one := range got.Cases {
		require.Equal(t, rights.QueueReview, one.Queue)
		require.Contains(t, strings.Join(one.Review, "; "), "ccpa_right_29")
	}
}

func TestWordOfTheMailServerBesideTheMailDecidesItsStanding(t *testing.T) {
	c := newCloud(t)
	in := trusted(deletion, at)
	in.Trusted = false
	for name, tc := range map[string]struct {
		found email.Findings
		want  email.Standing
	}{
		"dmarc passes": {email.Findings{DMARC: email.Pass}, email.Authenticated},
		"dmarc fails":  {email.Findings{DMARC: email.Fail, DKIM: email.Pass, SPF: email.Pass}, email.Forged},
		"nobody knows": {email.Findings{DKIM: email.Pass, SPF: email.Pass}, email.Unproven},
	} {
		in.Findings = &tc.found
		require.Equal(t, tc.want, c.Judge.Judge(in).Standing, name)
	}
}
