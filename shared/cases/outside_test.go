package cases_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"rightsmail/shared/cases"
	"rightsmail/shared/rights"
)

func TestAcknowledgementThatCameBackIsADutyAgain(t *testing.T) {
	c, _ := cases.Acknowledge(request(), cases.Acknowledgement{State: cases.AckSent, At: now}, cases.Machine, now)
	require.Equal(t, rights.DutyRespond, c.Next.Duty)
	c, e := cases.Returned(c, "returned", now)
	require.Equal(t, cases.Acknowledgement{State: cases.AckHeld, Hold: "returned"}, c.Acknowledgement)
	require.Equal(t, rights.DutyAcknowledge, c.Next.Duty)
	require.Equal(t, "acknowledgement-returned", e.Kind)
	require.Equal(t, map[string]string{"before": "sent", "reason": "returned"}, e.Data)
}

func TestModelAddsReasonsToLookAndNothingElse(t *testing.T) {
	before := request()
	c, e := cases.Suggest(before, cases.Opinion{Model: "m", Prompt: "p", Schema: "s", Refused: 2}, now)
	require.Equal(t, before, c)
	require.Equal(t, "model-read", e.Kind)
	require.Equal(t, map[string]string{"model": "m", "prompt": "p", "schema": "s", "refused": "2"}, e.Data)

	c, e = cases.Suggest(before, cases.Opinion{Model: "m", Prompt: "p", Schema: "s", Rights: []cases.Suggestion{
		{Right: "gdpr_erasure", Evidence: cases.Evidence{Rule: "model/gdpr_erasure", Text: "as if it had never been"}},
		{Right: "gdpr_access"},
	}}, now)
	require.Len(t, c.Review, len(before.Review)+2)
	require.Len(t, c.Evidence, len(before.Evidence)+2)
	require.Equal(t, map[string]string{"rights": "gdpr_erasure, gdpr_access", "model": "m", "prompt": "p", "schema": "s"}, e.Data)
	require.Equal(t, []string{"unsure"}, before.Review, "the case that came in is not changed")
	c.Review, c.Evidence = before.Review, before.Evidence
	require.Equal(t, before, c)
}

func TestSilenceOfAModelIsAReasonToLookAndNothingElse(t *testing.T) {
	before := request()
	c, e := cases.Silent(before, cases.Opinion{Prompt: "p"}, "refused", "it refused to answer", now)
	require.Equal(t, "model-silent", e.Kind)
	require.Equal(t, map[string]string{"reason": "refused", "prompt": "p"}, e.Data)
	require.Equal(t, append([]string{"unsure"}, "no second opinion of the language model: it refused to answer"), c.Review)
	c.Review = before.Review
	require.Equal(t, before, c)
}
