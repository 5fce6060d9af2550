package desk_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

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

Concerning the personal data in the folder with my name on it: I would like it to be as if it had never been.
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
	return classify.Suggestion{Claims: list, Model: "model-1", Prompt: "p1", Tokens: 42}
}

const words = "I would like it to be as if it had never been"

func TestMailThatTheRulesCannotDecideIsReadByTheModelForTheHuman(t *testing.T) {
	o := &oracle{answer: claims(classify.Claim{Right: "gdpr_erasure", Quote: words})}
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
	require.Contains(t, o.asked[0].Choices, rights.ID("gdpr_erasure"))
	require.NotContains(t, o.asked[0].Choices, rights.SupportGeneral, "it cannot say that a mail asks for nothing")

	one := c.read(t, before.ID)
	require.Equal(t, rights.QueueReview, one.Queue, "a human confirms")
	require.Equal(t, before.Right, one.Right, "what a rule found stays")
	require.Equal(t, before.DecidedBy, one.DecidedBy)
	require.Equal(t, before.Clock, one.Clock, "the shortest plausible clock stays")
	require.Contains(t, strings.Join(one.Review, "; "), "gdpr_erasure")
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
		"a quote that is not there": claims(classify.Claim{Right: "gdpr_erasure", Quote: "please delete all my data"}),
		"a right that is none":      claims(classify.Claim{Right: "gdpr_everything", Quote: words}),
		"a quote of nothing":        claims(classify.Claim{Right: "gdpr_erasure", Quote: "  it "}),
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
		c, got, id := asking(t, &oracle{err: fmt.Errorf("%w: it refused", classify.ErrNoOpinion)})
		state, err := c.DeliverOne(ctx, id, at)
		require.NoError(t, err)
		require.Equal(t, cases.EffectFailed, state)
		kinds := c.kinds(t, got.Cases[0].ID)
		require.Equal(t, "model-silent", kinds[len(kinds)-1])
	})
	t.Run("for a time", func(t *testing.T) {
		o := &oracle{err: errors.New("busy")}
		c, got, id := asking(t, o)
		state, err := c.DeliverOne(ctx, id, at)
		require.NoError(t, err)
		require.Equal(t, cases.EffectPending, state)
		o.err, o.answer = nil, claims(classify.Claim{Right: "gdpr_erasure", Quote: words})
		_, err = c.DeliverOne(ctx, id, at.Add(time.Hour))
		require.NoError(t, err)
		require.Contains(t, strings.Join(c.read(t, got.Cases[0].ID).Review, "; "), "gdpr_erasure")
	})
}

func TestModelComesTooLateForAHumanWhoDecided(t *testing.T) {
	c, got, id := asking(t, &oracle{answer: claims(classify.Claim{Right: "gdpr_erasure", Quote: words})})
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
