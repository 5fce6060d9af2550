package opinion

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/openai"
	"rightsmail/shared/cases"
	"rightsmail/shared/metrics"
	"rightsmail/shared/rights"
)

// puzzle is mail that no rule decides and that seems to ask for erasure, an answer to
// something that asks for more than it.
const puzzle = `From: Ana Ruiz <ana@example.net>
To: privacy@example.com
Subject: the thing from before
Message-ID: <puzzle@example.net>

The personal data in the folder with my name on it: may it fare as the moon would have it.
You reach me at ana@example.net, +1 415 555 0100 or 12 Main Street, Springfield.

Ana

On Mon, 2 Mar 2026 at 10:00, Bo <bo@example.net> wrote:
> Please send me a copy of everything that you hold about me.
`

const wishWords = "may it fare as the moon would have it"

func TestWhateverAServerAnswersTheCaseEndsInReviewWithTheReason(t *testing.T) {
	quota := "insufficient_quota"
	hangs := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		reason string // in the trail
		words  string // to the human
		once   bool   // asking again is no use
	}{
		"slow":                    {hangs, "timed-out", "it did not answer in time", false},
		"429":                     {fails(429, "rate_limit_exceeded"), "rate-limited", "its server had no time for us", false},
		"429 with a short pause":  {fails(429, "rate_limit_exceeded", "Retry-After", "3"), "rate-limited", "its server had no time for us", false},
		"429 with a long pause":   {fails(429, "rate_limit_exceeded", "Retry-After", "3000"), "rate-limited", "its server had no time for us", false},
		"429 without quota":       {fails(429, quota), "quota", "the account with its server is used up", false},
		"402":                     {fails(402, ""), "quota", "the account with its server is used up", false},
		"500":                     {fails(500, "server_error"), "outage", "its server could not be reached or failed", false},
		"503":                     {fails(503, ""), "outage", "its server could not be reached or failed", false},
		"401":                     {fails(401, "invalid_api_key"), "rejected", "its server does not take our requests", true},
		"400":                     {fails(400, "invalid_request_error"), "rejected", "its server does not take our requests", true},
		"cut off":                 {finishes("length", map[string]any{"content": claims(claim("gdpr_erasure", wishWords))}), "cut-off", "its answer was cut off", true},
		"refusing":                {finishes("stop", map[string]any{"content": nil, "refusal": wishWords}), "refused", "it refused to answer", true},
		"filtered":                {finishes("content_filter", map[string]any{"content": claims(claim("gdpr_erasure", wishWords))}), "filtered", "a filter of its server stopped the answer", true},
		"no choices":              {choices(), "empty", "its answer was empty", true},
		"nothing said":            {says(""), "empty", "its answer was empty", true},
		"no JSON":                 {says(wishWords), "garbled", "its answer could not be read", true},
		"half a JSON":             {says(`{"claims":[{"right":"gdpr_erasure"`), "garbled", "its answer could not be read", true},
		"another JSON":            {says(`{"label":"support_general"}`), "garbled", "its answer could not be read", true},
		"JSON and words":          {says(claims() + " I hope this helps"), "garbled", "its answer could not be read", true},
		"calls a tool":            {finishes("tool_calls", map[string]any{"content": nil, "tool_calls": []any{}}), "cut-off", "its answer was cut off", true},
		"no JSON around the JSON": {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>" + wishWords)) }, "garbled", "its answer could not be read", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t, c.answer)
			o := newOffice(t, openai.Open(openai.Options{
				URL: s.url, Model: "model-1", Timeout: 100 * time.Millisecond, Random: func() float64 { return 0.5 },
				Wait: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
			}))
			got := o.receive(t, puzzle)
			require.Len(t, got.Cases, 1)
			o.deliver(t)
			before, holds := o.read(t, got.Cases[0].ID), o.holds(t)
			require.Equal(t, rights.QueueReview, before.Queue)

			e := o.consult(t, got)
			require.Equal(t, cases.EffectFailed, e.State)
			after := o.read(t, before.ID)
			require.Equal(t, []string{"no second opinion of the language model: " + c.words}, onlyCaution(t, before, after))
			require.Equal(t, holds, o.holds(t), "nothing leaves, nothing opens")
			trail := o.trail(t, before.ID)
			last := trail[len(trail)-1]
			require.Equal(t, "model-silent", last.Kind)
			require.Equal(t, c.reason, last.Data["reason"])
			require.Contains(t, last.Data["prompt"], "rightsmail_prompt_v2-")
			require.Contains(t, last.Data["schema"], "rightsmail_claims_v1-")
			if c.once {
				require.Equal(t, 1, s.asked())
			} else {
				require.Greater(t, s.asked(), 1)
				require.Less(t, s.asked(), 40)
			}
			require.Positive(t, o.meter.sum(metrics.ModelFailed))
			for _, said := range append([]string{o.logs.String(), e.Note}, values(trail)...) {
				require.NotContains(t, said, wishWords)
				require.NotContains(t, said, "folder with my name")
			}
		})
	}
}

// values are the words of a trail.
func values(trail []cases.Entry) (all []string) {
	for _, e := range trail {
		all = append(all, e.Kind, e.Text)
		for _, v := range e.Data {
			all = append(all, v)
		}
	}
	return all
}

func TestOfWhatAModelSaysOnlyARightWithWordsOfTheMailComesThrough(t *testing.T) {
	anyhow := newOffice(t, nil).receive(t, puzzle).Cases[0].Right
	for name, c := range map[string]struct {
		answer  string
		named   string // rights that come through
		refused float64
	}{
		"good":                           {claims(claim("gdpr_restriction", wishWords)), "gdpr_restriction", 0},
		"good in capitals over a line":   {claims(claim("gdpr_restriction", strings.ToUpper("personal data in the\n folder"))), "gdpr_restriction", 0},
		"sees nothing":                   {claims(), "", 0},
		"unknown ids":                    {claims(claim("gdpr_everything", wishWords), claim("close_the_case", wishWords)), "", 2},
		"classes for rights":             {claims(claim("support_general", wishWords), claim("spam", wishWords), claim("auto_or_bounce", wishWords)), "", 3},
		"ids that contradict":            {claims(claim("ccpa_opt_in", wishWords), claim("ccpa_opt_out_sale_share", wishWords)), "ccpa_opt_in, ccpa_opt_out_sale_share", 0},
		"words that are not there":       {claims(claim("gdpr_restriction", "please erase all my data")), "", 1},
		"words of the history only":      {claims(claim("gdpr_access", "Please send me a copy of everything that you hold about me")), "", 1},
		"words of a header":              {claims(claim("gdpr_access", "puzzle@example.net")), "", 1},
		"words that were masked":         {claims(claim("gdpr_restriction", "ana@example.net, +1 415 555 0100")), "", 1},
		"what stands for masked words":   {claims(claim("gdpr_restriction", "[email], [number]")), "", 1},
		"one letter":                     {claims(claim("gdpr_restriction", "I")), "", 1},
		"blanks":                         {claims(claim("gdpr_restriction", "          ")), "", 1},
		"the same right ten times":       {claims(claim("gdpr_restriction", wishWords), claim("gdpr_restriction", wishWords), claim("gdpr_restriction", "personal data")), "gdpr_restriction", 2},
		"one true and one invented":      {claims(claim("gdpr_restriction", wishWords), claim("gdpr_access", "send me everything")), "gdpr_restriction", 1},
		"the right that there is anyhow": {claims(claim(string(anyhow), wishWords)), "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t, says(c.answer))
			o := newOffice(t, s.model())
			got := o.receive(t, puzzle)
			o.deliver(t)
			before, holds := o.read(t, got.Cases[0].ID), o.holds(t)
			e := o.consult(t, got)
			require.Equal(t, cases.EffectDone, e.State)

			after := o.read(t, before.ID)
			added := onlyCaution(t, before, after)
			var named []string
			for _, reason := range added {
				id, found := strings.CutPrefix(reason, "a language model reads this as ")
				require.True(t, found, reason)
				named = append(named, strings.TrimSuffix(id, ": confirm or correct"))
			}
			assert.Equal(t, c.named, strings.Join(named, ", "))
			for _, ev := range after.Evidence[len(before.Evidence):] {
				assert.Contains(t, puzzle, ev.Text, "evidence is words of the mail")
				assert.Positive(t, ev.End)
			}
			assert.Equal(t, holds, o.holds(t))
			assert.InDelta(t, c.refused, o.meter.sum(metrics.ModelRefused), 0.1)
			trail := o.trail(t, before.ID)
			last := trail[len(trail)-1]
			assert.Equal(t, "model-read", last.Kind)
			assert.Equal(t, "model-1-2026", last.Data["model"])
			assert.Equal(t, c.named, last.Data["rights"])
			assert.NotEmpty(t, last.Data["prompt"])
			assert.NotEmpty(t, last.Data["schema"])
		})
	}
}

func TestNothingThatNamesAPersonLeaves(t *testing.T) {
	s := newServer(t, says(claims()))
	o := newOffice(t, s.model())
	o.consult(t, o.receive(t, puzzle))
	require.Equal(t, 1, s.asked())
	for _, secret := range []string{"ana@", "555 0100", "12 Main", "puzzle@", "bo@", "send me a copy", "Ruiz"} {
		assert.NotContains(t, string(s.bodies[0]), secret)
	}
	assert.Contains(t, string(s.bodies[0]), wishWords)
	assert.Contains(t, string(s.bodies[0]), "[address], Springfield")
}

func TestHourThatIsUsedUpEndsInReviewToo(t *testing.T) {
	s := newServer(t, says(claims()))
	o := newOffice(t, s.model())
	o.Settings.Allowance.Tokens = 100
	got := o.receive(t, puzzle)
	before := o.read(t, got.Cases[0].ID)
	e := o.consult(t, got)
	require.Equal(t, cases.EffectFailed, e.State)
	require.Zero(t, s.asked())
	require.Equal(t, []string{"no second opinion of the language model: the budget for it was used up"}, onlyCaution(t, before, o.read(t, before.ID)))
	require.Positive(t, o.meter.sum(metrics.ModelOverBudget))
}

func TestOneMailOfManySendersIsPaidOnce(t *testing.T) {
	s := newServer(t, says(claims(claim("gdpr_restriction", wishWords))))
	o := newOffice(t, s.model())
	for _, name := range []string{"ana", "bo", "cleo"} {
		mail := strings.ReplaceAll(puzzle, "ana@example.net", name+"@example.net")
		got := o.receive(t, strings.ReplaceAll(mail, "puzzle@", name+"-puzzle@"))
		require.Equal(t, cases.EffectDone, o.consult(t, got).State)
		require.Contains(t, strings.Join(o.read(t, got.Cases[0].ID).Review, " "), "gdpr_restriction")
	}
	require.Equal(t, 1, s.asked())
	require.InDelta(t, 2, o.meter.sum(metrics.ModelRemembered), 0.1)
	require.InDelta(t, 930, o.meter.sum(metrics.ModelTokens), 0.1)
}
