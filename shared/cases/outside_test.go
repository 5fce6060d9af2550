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
	c, e := cases.Suggest(before, nil, now)
	require.Equal(t, before, c)
	require.Equal(t, "model-read", e.Kind)

	c, e = cases.Suggest(before, []cases.Suggestion{
		{Right: "gdpr_erasure", Model: "m", Prompt: "p", Evidence: cases.Evidence{Rule: "model/gdpr_erasure", Text: "as if it had never been"}},
		{Right: "gdpr_access", Model: "m", Prompt: "p"},
	}, now)
	require.Len(t, c.Review, len(before.Review)+2)
	require.Len(t, c.Evidence, len(before.Evidence)+2)
	require.Equal(t, map[string]string{"rights": "gdpr_erasure, gdpr_access", "model": "m", "prompt": "p"}, e.Data)
	require.Equal(t, []string{"unsure"}, before.Review, "the case that came in is not changed")
	c.Review, c.Evidence = before.Review, before.Evidence
	require.Equal(t, before, c)
}
