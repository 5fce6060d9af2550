package desk_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/cases"
	"rightsmail/shared/classify"
	"rightsmail/shared/desk"
	"rightsmail/shared/email"
	"rightsmail/shared/queue"
	"rightsmail/shared/rights"
)

// oracle answers every question alike.
type oracle struct {
	answer classify.Suggestion
	err    error
	asked  []classify.Question
}

func (o *oracle) Suggest(_ context.Context, q classify.Question) (classify.Suggestion, error) {
	o.asked = append(o.asked, q)
	return o.answer, o.err
}

// puzzle is mail that no rule understands, from somebody proven.
const puzzle = `From: Ana Ruiz <ana@example.net>
To: privacy@example.com
Subject: the thing from before
Message-ID: <puzzle@example.net>

The personal data in the folder with my name on it: may it fare as the moon would have it.
You reach me at ana@example.net or +1 415 555 0100.

Ana
`

// asking is a cloud whose desk asks a model.
func asking(t *testing.T, o *oracle) (*cloud, desk.Received, string) {
	t.Helper()
	c := newCloud(t)
	c.Settings.Consult, c.Model = true, o
	got := c.receive(t, trusted(puzzle, at))
	require.Len(t, got.Cases, 1)
	require.Equal(t, rights.QueueReview, got.Cases[0].Queue)
	return c, got, "consult-" + got.Mail.Reference
}

func claims(list ...classify.Claim) classify.Suggestion {
	return classify.Suggestion{Claims: list, Model: "model-1", Prompt: "p1", Schema: "s1", Input: 40, Output: 2}
}

const words = "may it fare as the moon would have it"

func TestMailThatTheRulesCannotDecideIsReadByTheModelForTheHuman(t *testing.T) {
	o := &oracle{answer: claims(classify.Claim{Right: "gdpr_restriction", Quote: words})}
	c, got, id := asking(t, o)
	before := got.Cases[0]
	require.NoError(t, c.Dispatch(ctx, id, at))
	require.Equal(t, []queue.Job{{Schema: queue.JobSchema, Kind: queue.JobClassify, Effect: id}}, c.jobs.list)
	for range 2 {
		state, err := c.DeliverOne(ctx, id, at.Add(time.Minute))
		require.NoError(t, err)
		require.Equal(t, cases.EffectDone, state)
	}
	require.Len(t, o.asked, 1)
	require.NotContains(t, o.asked[0].Text, "ana@example.net")
	require.NotContains(t, o.asked[0].Text, "555 0100")
	require.Contains(t, o.asked[0].Choices, rights.ID("gdpr_restriction"))
	require.NotContains(t, o.asked[0].Choices, rights.SupportGeneral, "it cannot say that a mail asks for nothing")

	one := c.read(t, before.ID)
	require.Equal(t, rights.QueueReview, one.Queue, "a human confirms")
	require.Equal(t, before.Right, one.Right, "what a rule found stays")
	require.Equal(t, before.DecidedBy, one.DecidedBy)
	require.Equal(t, before.Clock, one.Clock, "the shortest plausible clock stays")
	require.Contains(t, strings.Join(one.Review, "; "), "gdpr_restriction")
	v, err := c.View(ctx, one.ID, at)
	require.NoError(t, err)
	marked := ""
	for _, p := range v.Passages[classify.InNew] {
		if len(p.Rules) > 0 {
			marked += p.Text
		}
	}
	require.Contains(t, marked, words, "the words it rests on are marked")
	require.InDelta(t, 42, c.meter.sum["ModelTokens"], 0.1)
}

func TestModelThatLiesChangesNothing(t *testing.T) {
	for name, answer := range map[string]classify.Suggestion{
		"a quote that is not there": claims(classify.Claim{Right: "gdpr_restriction", Quote: "please delete all my data"}),
		"a right that is none":      claims(classify.Claim{Right: "gdpr_everything", Quote: words}),
		"a quote of nothing":        claims(classify.Claim{Right: "gdpr_restriction", Quote: "  it "}),
		"nothing":                   claims(),
	} {
		t.Run(name, func(t *testing.T) {
			c, got, id := asking(t, &oracle{answer: answer})
			_, err := c.DeliverOne(ctx, id, at)
			require.NoError(t, err)
			one := c.read(t, got.Cases[0].ID)
			require.Equal(t, got.Cases[0].Right, one.Right)
			require.Equal(t, got.Cases[0].Review, one.Review)
			require.Equal(t, "model-read", c.kinds(t, one.ID)[len(c.kinds(t, one.ID))-1], "the trail says that it was asked")
		})
	}
}

func TestModelThatFailsLeavesTheCaseWithTheHuman(t *testing.T) {
	t.Run("for good", func(t *testing.T) {
		c, got, id := asking(t, &oracle{err: &classify.SilenceError{Why: classify.SilentRefused, Detail: "it refused"}})
		state, err := c.DeliverOne(ctx, id, at)
		require.NoError(t, err)
		require.Equal(t, cases.EffectFailed, state)
		kinds := c.kinds(t, got.Cases[0].ID)
		require.Equal(t, "model-silent", kinds[len(kinds)-1])
		require.Contains(t, c.read(t, got.Cases[0].ID).Review, "no second opinion of the language model: it refused to answer")
	})
	t.Run("for a time", func(t *testing.T) {
		o := &oracle{err: &classify.SilenceError{Why: classify.SilentBusy, Detail: "busy", Again: true}}
		c, got, id := asking(t, o)
		state, err := c.DeliverOne(ctx, id, at)
		require.NoError(t, err)
		require.Equal(t, cases.EffectPending, state)
		o.err, o.answer = nil, claims(classify.Claim{Right: "gdpr_restriction", Quote: words})
		_, err = c.DeliverOne(ctx, id, at.Add(time.Hour))
		require.NoError(t, err)
		require.Contains(t, strings.Join(c.read(t, got.Cases[0].ID).Review, "; "), "gdpr_restriction")
	})
}

func TestModelComesTooLateForAHumanWhoDecided(t *testing.T) {
	c, got, id := asking(t, &oracle{answer: claims(classify.Claim{Right: "gdpr_restriction", Quote: words})})
	one := got.Cases[0]
	require.NoError(t, c.Reclassify(ctx, one.ID, c.read(t, one.ID).Version, "Ada Officer", "gdpr_access", rights.EU, "I asked her.", at))
	_, err := c.DeliverOne(ctx, id, at)
	require.NoError(t, err)
	after := c.read(t, one.ID)
	require.Equal(t, rights.ID("gdpr_access"), after.Right)
	require.Empty(t, after.Review)
}

func TestModelIsNotAskedWhereItMayNotOrNeedNot(t *testing.T) {
	for name, change := range map[string]func(*desk.Incoming, *desk.Desk){
		"rules decide": func(in *desk.Incoming, _ *desk.Desk) { *in = trusted(deletion, at) },
		"nobody wants": func(_ *desk.Incoming, d *desk.Desk) { d.Settings.Consult = false },
		"sender forged": func(in *desk.Incoming, _ *desk.Desk) {
			in.Trusted, in.Findings = false, &email.Findings{DMARC: email.Fail}
		},
	} {
		c := newCloud(t)
		c.Settings.Consult, c.Model = true, &oracle{}
		in := trusted(puzzle, at)
		change(&in, c.Desk)
		c.receive(t, in)
		require.Empty(t, c.effects(t, cases.EffectConsult), name)
	}
}

// another is the same puzzle from somebody else, with a word that makes it its own.
func another(n int) string {
	return strings.NewReplacer("puzzle@", fmt.Sprintf("puzzle-%d@", n), "the folder", fmt.Sprintf("folder x%d", n), "ana@", fmt.Sprintf("ana%d@", n)).Replace(puzzle)
}

// ask takes in the n-th puzzle and asks about it once.
func (c *cloud) ask(t *testing.T, n int, now time.Time) (cases.Effect, cases.Case) {
	t.Helper()
	got := c.receive(t, trusted(another(n), now))
	id := "consult-" + got.Mail.Reference
	_, err := c.DeliverOne(ctx, id, now)
	require.NoError(t, err)
	e, err := c.Store.Effect(ctx, id)
	require.NoError(t, err)
	return e, c.read(t, got.Cases[0].ID)
}

func TestTrailSaysWithWhichWordsAModelWasAsked(t *testing.T) {
	c, got, id := asking(t, &oracle{answer: claims(
		classify.Claim{Right: "gdpr_restriction", Quote: strings.ToUpper(words)}, classify.Claim{Right: "gdpr_access", Quote: "nobody wrote this"})})
	_, err := c.DeliverOne(ctx, id, at)
	require.NoError(t, err)
	trail, err := c.Store.Trail(ctx, got.Cases[0].ID)
	require.NoError(t, err)
	require.Equal(t, map[string]string{"model": "model-1", "prompt": "p1", "schema": "s1", "refused": "1", "rights": "gdpr_restriction"}, trail[len(trail)-1].Data)
	require.InDelta(t, 1, c.meter.sum["ModelRefused"], 0.1)
	evidence := c.read(t, got.Cases[0].ID).Evidence
	require.Equal(t, words, evidence[len(evidence)-1].Text, "the words are those of the mail")
}

func TestWhatThereIsNoBudgetForWaitsForTheNextHour(t *testing.T) {
	o := &oracle{answer: claims()}
	c, _, id := asking(t, o)
	c.Settings.Allowance = desk.Allowance{Tokens: 30_000, Cents: 100, InputCents: 100, OutputCents: 400}
	_, err := c.DeliverOne(ctx, id, at)
	require.NoError(t, err)
	n, last := 1, cases.Effect{}
	for ; n < 1000 && last.State != cases.EffectPending; n++ {
		last, _ = c.ask(t, n, at.Add(time.Minute))
		o.answer.Input = 3000 // what it really takes, far less than what was set aside
	}
	require.Equal(t, n-1, len(o.asked), "who is over was not asked")
	require.Greater(t, len(o.asked), 5, "what was not used was given back")
	require.Less(t, len(o.asked), 11)
	require.Zero(t, last.Attempts, "waiting is no attempt")
	require.Equal(t, time.Date(2026, 3, 2, 21, 0, 0, 0, time.UTC), last.NotBefore.UTC(), "the hour is over then")
	require.InDelta(t, 1, c.meter.sum["ModelOverBudget"], 0.1)
	require.Zero(t, c.meter.sum["ModelFailed"])

	state, err := c.DeliverOne(ctx, last.ID, at.Add(time.Hour))
	require.NoError(t, err)
	require.Equal(t, cases.EffectDone, state)
	require.InDelta(t, 0.3*float64(len(o.asked)-3), c.meter.sum["ModelCents"], 0.9)
}

func TestMoneyIsABudgetToo(t *testing.T) {
	o := &oracle{answer: claims()}
	c, _, id := asking(t, o)
	c.Settings.Allowance = desk.Allowance{Tokens: 1_000_000, Cents: 1, InputCents: 100, OutputCents: 400}
	for hour := range 24 { // one question may cost more than the hour has
		state, err := c.DeliverOne(ctx, id, at.Add(time.Duration(hour)*time.Hour))
		require.NoError(t, err)
		require.Equal(t, hour < 23, state == cases.EffectPending, hour)
	}
	require.Empty(t, o.asked)
	e, err := c.Store.Effect(ctx, id)
	require.NoError(t, err)
	require.Equal(t, cases.EffectFailed, e.State, "no question waits longer than a day")
	one := c.read(t, cases.ID(strings.TrimPrefix(id, "consult-")+"-1"))
	require.Contains(t, one.Review, "no second opinion of the language model: the budget for it was used up")
}

func TestBudgetHoldsForManyAtOnce(t *testing.T) {
	o := &oracle{answer: claims()} // says nothing of what it took, so that all of it counts
	c := newCloud(t)
	c.Settings.Consult, c.Model = true, &locked{Model: o}
	c.Settings.Allowance = desk.Allowance{Tokens: 40_000}
	var ids []string
	for n := range 12 {
		got := c.receive(t, trusted(another(n), at))
		ids = append(ids, "consult-"+got.Mail.Reference)
	}
	o.answer.Input, o.answer.Output = 0, 0
	var wg sync.WaitGroup
	for _, id := range ids {
		wg.Go(func() {
			_, err := c.DeliverOne(ctx, id, at)
			assert.NoError(t, err)
		})
	}
	wg.Wait()
	require.NotEmpty(t, o.asked)
	require.Less(t, len(o.asked), 10)
	spent, err := c.Store.Counter(ctx, "model-tokens#2026-03-02T20")
	require.NoError(t, err)
	require.LessOrEqual(t, spent.N, 40_000)
}

// locked makes an oracle safe for many at once.
type locked struct {
	sync.Mutex
	classify.Model
}

func (l *locked) Suggest(ctx context.Context, q classify.Question) (classify.Suggestion, error) {
	l.Lock()
	defer l.Unlock()
	return l.Model.Suggest(ctx, q)
}

func TestServerThatFailsAndFailsIsLeftAloneForAWhile(t *testing.T) {
	down := &classify.SilenceError{Why: classify.SilentDown, Detail: "HTTP 503", Again: true}
	o := &oracle{err: down}
	c, _, _ := asking(t, o)
	for n := range 5 {
		e, _ := c.ask(t, n, at)
		require.Equal(t, 1, e.Attempts)
	}
	require.Len(t, o.asked, 5)
	e, one := c.ask(t, 5, at.Add(time.Minute))
	require.Len(t, o.asked, 5, "nobody is asked")
	require.Equal(t, cases.EffectPending, e.State)
	require.Equal(t, at.Add(5*time.Minute), e.NotBefore.UTC())
	require.Zero(t, e.Attempts)
	require.Equal(t, rights.QueueReview, one.Queue)
	require.InDelta(t, 1, c.meter.sum["ModelPaused"], 0.1)

	c.ask(t, 6, at.Add(5*time.Minute))
	require.Len(t, o.asked, 6, "one tries whether it is back")
	c.ask(t, 7, at.Add(6*time.Minute))
	require.Len(t, o.asked, 6, "it is not")

	o.err, o.answer = nil, claims()
	for n := range 3 {
		e, _ = c.ask(t, 8+n, at.Add(10*time.Minute))
		require.Equal(t, cases.EffectDone, e.State, "it is")
	}
}

func TestLongOutageIsNotALotOfWriting(t *testing.T) {
	o := &oracle{err: &classify.SilenceError{Why: classify.SilentDown, Detail: "HTTP 503", Again: true}}
	c, _, _ := asking(t, o)
	for n := range 5 {
		c.ask(t, n, at)
	}
	e, _ := c.ask(t, 5, at)
	written := 0
	for now := e.NotBefore; e.State == cases.EffectPending; now = e.NotBefore {
		for n := range 5 { // others find it down in every window
			c.ask(t, 100+100*written+n, now)
		}
		_, err := c.DeliverOne(ctx, e.ID, now)
		require.NoError(t, err)
		e, err = c.Store.Effect(ctx, e.ID)
		require.NoError(t, err)
		written++
	}
	require.Less(t, written, 40)
	require.Contains(t, e.Note, "the model failed too often of late")
}

func TestAccountThatIsUsedUpPausesAtOnceAndAMailThatIsRefusedNever(t *testing.T) {
	o := &oracle{err: &classify.SilenceError{Why: classify.SilentQuota, Detail: "used up", Again: true}}
	c, _, _ := asking(t, o)
	c.ask(t, 0, at)
	c.ask(t, 1, at)
	require.Len(t, o.asked, 1)

	o = &oracle{err: &classify.SilenceError{Why: classify.SilentRefused, Detail: "no"}}
	c, _, _ = asking(t, o)
	for n := range 10 {
		c.ask(t, n, at)
	}
	require.Len(t, o.asked, 10, "whoever writes such mail keeps nobody else from being read")
}

func TestServerThatAsksForAPauseIsNotAskedBefore(t *testing.T) {
	o := &oracle{err: &classify.SilenceError{Why: classify.SilentBusy, Detail: "HTTP 429", Again: true, After: 20 * time.Minute}}
	c, _, _ := asking(t, o)
	e, _ := c.ask(t, 0, at)
	require.Equal(t, at.Add(20*time.Minute), e.NotBefore.UTC())
	require.Equal(t, 1, e.Attempts)
}

func TestQuestionWithoutAModelEndsWithTheReason(t *testing.T) {
	c, got, id := asking(t, &oracle{})
	c.Model = nil
	state, err := c.DeliverOne(ctx, id, at)
	require.NoError(t, err)
	require.Equal(t, cases.EffectFailed, state)
	require.Contains(t, c.read(t, got.Cases[0].ID).Review, "no second opinion of the language model: there is no model to ask")
}
