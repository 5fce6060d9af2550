package main

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/classify"
	"rightsmail/shared/desk"
	"rightsmail/shared/rights"
)

// oracle is a model that knows one answer, or none.
type oracle struct {
	claim  classify.Claim
	err    error
	asked  []classify.Question
	tokens int
}

func (o *oracle) Suggest(_ context.Context, q classify.Question) (classify.Suggestion, error) {
	o.asked = append(o.asked, q)
	return classify.Suggestion{Claims: []classify.Claim{o.claim}, Input: o.tokens}, o.err
}

// undecided is a folder with one mail that the rules leave to a human.
func undecided(t *testing.T) (dir, text string) {
	t.Helper()
	judge, err := judge()
	require.NoError(t, err)
	mails, err := load("../../events/mails", judge.Book.Has)
	require.NoError(t, err)
	i := slices.IndexFunc(mails, func(m sample) bool { return judge.Judge(desk.Filed(m.raw, usual)).Undecided() })
	require.GreaterOrEqual(t, i, 0, "no sample is left to a human")
	got := judge.Judge(desk.Filed(mails[i].raw, usual))
	return folder(t, map[string]string{
		"odd.eml": string(mails[i].raw), "a.eml": small["a.eml"],
		expected: "- {file: odd.eml, rights: [gdpr_access], queues: [review]}\n- {file: a.eml, rights: [ccpa_delete], queues: [ccpa]}\n",
	}, nil), strings.Join(strings.Fields(classify.Mask(got.Message.New))[:3], " ")
}

func TestModelIsAskedAboutUndecidedMailOnlyWhenItIsWanted(t *testing.T) {
	dir, quote := undecided(t)
	r, _ := figuresOf(t, dir)
	assert.Equal(t, Model{Undecided: 1}, r.Model)

	for name, c := range map[string]struct {
		model *oracle
		want  Model
	}{
		"it agrees":          {&oracle{claim: classify.Claim{Right: "gdpr_access", Quote: quote}, tokens: 70}, Model{Undecided: 1, Asked: 1, Agreed: 1, Tokens: 70, Used: true}},
		"it says otherwise":  {&oracle{claim: classify.Claim{Right: "gdpr_erasure", Quote: quote}, tokens: 70}, Model{Undecided: 1, Asked: 1, Tokens: 70, Used: true}},
		"it makes words up":  {&oracle{claim: classify.Claim{Right: "gdpr_access", Quote: "what nobody wrote"}}, Model{Undecided: 1, Asked: 1, Used: true}},
		"it has no opinion":  {&oracle{err: classify.ErrNoOpinion, tokens: 9}, Model{Undecided: 1, Asked: 1, Silent: 1, Tokens: 9, Used: true}},
		"it invents a right": {&oracle{claim: classify.Claim{Right: "gdpr_everything", Quote: quote}}, Model{Undecided: 1, Asked: 1, Used: true}},
	} {
		t.Run(name, func(t *testing.T) {
			judge, err := judge()
			require.NoError(t, err)
			var out bytes.Buffer
			_ = evaluate(t.Context(), options{dir: dir, json: "-", received: usual}, judge, c.model, &out)
			var got Report
			require.NoError(t, json.Unmarshal(out.Bytes(), &got))
			assert.Equal(t, c.want, got.Model)
			assert.Equal(t, r.Results, got.Results, "what a model says changes no outcome")
			require.Len(t, c.model.asked, 1)
			assert.Contains(t, c.model.asked[0].Choices, rights.ID("gdpr_access"))
		})
	}
}

func TestModelIsThatOfTheSettings(t *testing.T) {
	_, err := openModel(noEnv)
	assert.ErrorContains(t, err, "-model needs RIGHTSMAIL_MODEL")
	model, err := openModel(func(name string) (string, bool) {
		value, ok := map[string]string{"RIGHTSMAIL_MODEL": "some-model", "RIGHTSMAIL_MODEL_URL": "http://127.0.0.1:1/v1", "RIGHTSMAIL_MODEL_KEY": "short"}[name]
		return value, ok
	})
	require.NoError(t, err)
	assert.NotNil(t, model)
}
