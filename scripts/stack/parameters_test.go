package stack

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// refused says what the transform answers to parameters that CloudFormation would refuse
// by their pattern.
func refused(t *testing.T, parameters ...string) string {
	t.Helper()
	args := append([]string{filepath.Join("scripts", "stack", "transform.py"), "template.yaml"}, parameters...)
	_, err := command(t, tool(t, "python"), args...).Output()
	exit, ok := err.(*exec.ExitError)
	require.True(t, ok, "%v is accepted", parameters)
	return string(exit.Stderr)
}

func TestParametersThatCannotBeAreRefusedWithAWayOut(t *testing.T) {
	for wrong, says := range map[string]string{
		"SupportAddress=support":                           "such as support@example.com",
		"SupportAddress=Support@Example.com":               "in small letters",
		"PrivacyAddress=a@example.com,b@c.com":             "One plain address",
		"FromAddress=Privacy <p@example.com>":              "One plain address",
		"DesignatedAddresses=colorado=a@b.com":             "channel=address",
		"RuleSetName=my rule set":                          "Name of a rule set",
		"SystemName=Rightsmail":                            "small letters",
		"SystemName=a-name-that-is-far-too-long-for-names": "At most 30",
		"Issuer=http://id.example.com":                     "https://",
		"ModelUrl=ftp://models.example":                    "https://",
		"ModelTokensPerHour=100":                           "20000",
		"ModelCentsPerHour=0":                              "whole number",
		"ModelInputCents=-1":                               "whole number",
		"ModelSecretArn=sk-live-123":                       "ARN of a secret",
		"CreateRuleSet=yes":                                "true",
		"LogRetentionDays=1":                               "30",
		"Company=":                                         "One line",
		"HelpdeskAddress=support@example.com":              "in circles",
		"HelpdeskAddress=privacy@example.com":              "in circles",
		"Issuer=https://id.example.com":                    "needs a ClientId",
		"RestoredTable=restored":                           "needs its stream",
	} {
		// The last value of a name counts.
		assert.Contains(t, refused(t, append(slices.Clone(company), wrong)...), says, wrong)
	}
	assert.Contains(t, refused(t, company[:3]...), "HelpdeskAddress")
	assert.Contains(t, refused(t, append(slices.Clone(company), "Colour=blue")...), "Colour")
}

// Outputs are read by a person in the order of their names.
func TestOutputsTellTheNextSteps(t *testing.T) {
	f := flat(t)
	var steps []string
	for name := range f.outputs {
		if strings.HasPrefix(name, "Step") {
			steps = append(steps, name)
		}
	}
	slices.Sort(steps)
	assert.Equal(t, []string{
		"Step1VerifyDomain", "Step2PointMailHere", "Step3ActivateRuleSet", "Step4LeaveTheSandbox", "Step5CreateFirstOfficer", "Step6OpenConsole", "Step7Check",
	}, steps)
	assert.Contains(t, show(f.outputs["Step2PointMailHere"]), "example.com. MX 10 inbound-smtp.eu-west-1.amazonaws.com")
	assert.Contains(t, show(f.outputs["Step5CreateFirstOfficer"]), "--group-name officer")
}
