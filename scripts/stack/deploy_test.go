package stack

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// account is a made-up account: an aws and a sam that answer from words and write down
// what they were asked.
type account struct {
	t   *testing.T
	dir string
}

// theAws gives the first answer whose beginning fits, in the order they were given in.
const theAws = `#!/usr/bin/env bash
shift 3 # --region REGION --no-cli-pager
printf '%s\n' "aws $*" >>"$ACCOUNT/asked"
for f in "$ACCOUNT"/answers/*; do
	read -r beginning <"$f"
	case "$*" in "$beginning"*)
		tail -n +2 "$f"
		exit ;;
	esac
done
exit 0
`

const theSam = `#!/usr/bin/env bash
printf '%s\n' "sam $*" >>"$ACCOUNT/asked"
`

// openAccount makes one with a stack whose change set holds the lines of changes. canary is
// the minute at which a letter to ourselves came through, fault what became of deadlines.
func openAccount(t *testing.T, changes, canary, fault string) *account {
	t.Helper()
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("needs bash")
	}
	a := &account{t: t, dir: t.TempDir()}
	require.NoError(t, os.MkdirAll(filepath.Join(a.dir, "answers"), 0o700))
	for name, text := range map[string]string{"aws": theAws, "sam": theSam, "make": "#!/bin/sh\n"} {
		require.NoError(t, os.WriteFile(filepath.Join(a.dir, name), []byte(text), 0o700)) // #nosec G306 -- it is run
	}
	require.NoError(t, os.WriteFile(filepath.Join(a.dir, "answers.txt"), []byte("Company=Widgets, \"Inc.\"\nSupportAddress=support@example.com\n"), 0o600))
	a.answer("sts get-caller-identity", "123456789012")
	a.answer("cloudformation describe-stacks --stack-name rightsmail --query Stacks[0].StackStatus", "UPDATE_COMPLETE")
	a.answer("cloudformation describe-stacks --stack-name rightsmail --query Stacks[0].Outputs[?OutputKey=='DeadlinesFunction']", "deadlines")
	a.answer("cloudformation describe-stacks --stack-name rightsmail --query Stacks[0].Outputs[?OutputKey=='TableName']", "cases")
	a.answer("cloudformation describe-change-set --stack-name", "CREATE_COMPLETE\tNone")
	a.answer("cloudformation describe-change-set --change-set-name arn:nested", changes)
	a.answer("cloudformation describe-change-set --change-set-name deploy-", "Modify\tAWS::CloudFormation::Stack\tData\tFalse\tarn:nested")
	a.answer("lambda invoke", fault)
	a.answer("dynamodb get-item", canary)
	return a
}

func (a *account) answer(beginning, text string) {
	a.t.Helper()
	files, err := filepath.Glob(filepath.Join(a.dir, "answers", "*"))
	require.NoError(a.t, err)
	name := filepath.Join(a.dir, "answers", string(rune('a'+len(files))))
	require.NoError(a.t, os.WriteFile(name, []byte(beginning+"\n"+text+"\n"), 0o600))
}

// command is the script in this account.
func (a *account) command(name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(a.t.Context(), name, args...)
	cmd.Env = append(os.Environ(), "PATH="+a.dir+string(os.PathListSeparator)+os.Getenv("PATH"), "ACCOUNT="+a.dir, "RIGHTSMAIL_CHECK_SECONDS=0")
	return cmd
}

// deploy runs the script without a terminal and returns what it said, how it ended, and
// what the account was asked.
func (a *account) deploy(args ...string) (said string, status int, asked string) {
	a.t.Helper()
	out, err := a.command(filepath.Join(root, "scripts", "deploy"), append(args, "--region", "eu-west-1")...).CombinedOutput()
	if exit, ok := err.(*exec.ExitError); ok {
		status = exit.ExitCode()
	} else {
		require.NoError(a.t, err)
	}
	log, _ := os.ReadFile(filepath.Join(a.dir, "asked")) // none if nothing was asked
	return string(out), status, string(log)
}

const (
	never  = "0"
	always = "99999999999" // a minute far ahead
	fine   = "None"
)

func TestDeployShowsWhatChangesInNestedStacksAndStopsWhereNobodyCanAnswer(t *testing.T) {
	a := openAccount(t, "Add\tAWS::SQS::Queue\tQueue\tNone\tNone", always, fine)
	said, status, asked := a.deploy("--answers", filepath.Join(a.dir, "answers.txt"))
	assert.Equal(t, 3, status, said)
	assert.Contains(t, said, "Data:")
	assert.Regexp(t, `Add +AWS::SQS::Queue +Queue`, said)
	assert.Contains(t, said, "nobody can be asked here")
	assert.Contains(t, asked, "--include-nested-stacks")
	assert.Contains(t, asked, `"ParameterValue":"Widgets, \"Inc.\""`)
	assert.NotContains(t, asked, "execute-change-set")
}

func TestDeployWithYesMakesTheChangesAndChecksTheMailbox(t *testing.T) {
	a := openAccount(t, "Add\tAWS::SQS::Queue\tQueue\tNone\tNone", always, fine)
	said, status, asked := a.deploy("--answers", filepath.Join(a.dir, "answers.txt"), "--yes")
	assert.Equal(t, 0, status, said)
	assert.Contains(t, asked, "sam build\n")
	assert.Less(t, strings.Index(asked, "sam package"), strings.Index(asked, "create-change-set"))
	assert.Less(t, strings.Index(asked, "execute-change-set"), strings.Index(asked, "lambda invoke"))
	assert.Contains(t, said, "The mailbox works")
}

// A person at a terminal is asked for every parameter, with what is there in brackets, and
// for the changes at the end.
func TestAPersonIsGuidedAndHasTheLastWord(t *testing.T) {
	script, err := exec.LookPath("script")
	if err != nil {
		t.Skip("needs script(1) for a terminal")
	}
	for word, status := range map[string]int{"yes": 0, "no": 3} {
		a := openAccount(t, "Add\tAWS::SQS::Queue\tQueue\tNone\tNone", always, fine)
		a.answer("ses describe-active-receipt-rule-set", "inbound-mail")
		a.answer("cloudformation get-template-summary", "Company\t=\tName of the company.\nSupportAddress\t=\tAddress of support.\nFromAddress\t=\tAddress of letters.\nAcksPerDay\t=10\tLetters a day.")
		answers := filepath.Join(a.dir, "answers.txt")
		cmd := a.command(script, "-qec", filepath.Join(root, "scripts", "deploy")+" --guided --region eu-west-1 --answers "+answers, os.DevNull)
		cmd.Stdin = strings.NewReader("\nhelp@example.com\n\n5\n" + word + "\n")
		out, err := cmd.CombinedOutput()
		if exit, ok := err.(*exec.ExitError); ok {
			assert.Equal(t, status, exit.ExitCode(), "%s", out)
		} else {
			require.NoError(t, err)
			assert.Zero(t, status, "%s", out)
		}
		assert.Contains(t, string(out), "The active receipt rule set is inbound-mail")
		kept, err := os.ReadFile(answers)
		require.NoError(t, err)
		assert.Equal(t, "Company=Widgets, \"Inc.\"\nSupportAddress=help@example.com\nFromAddress=\nAcksPerDay=5\n", string(kept))
		asked, err := os.ReadFile(filepath.Join(a.dir, "asked"))
		require.NoError(t, err)
		assert.Equal(t, word == "yes", strings.Contains(string(asked), "execute-change-set"), word)
	}
}

// A table that is replaced is an empty table.
func TestDeployRefusesToReplaceWhatIsKeptWithoutAPerson(t *testing.T) {
	for _, change := range []string{
		"Modify\tAWS::DynamoDB::Table\tTable\tTrue\tNone", "Remove\tAWS::S3::Bucket\tRawMail\tNone\tNone", "Modify\tAWS::SecretsManager::Secret\tIdentity\tTrue\tNone",
	} {
		a := openAccount(t, change, always, fine)
		said, status, asked := a.deploy("--answers", filepath.Join(a.dir, "answers.txt"), "--yes")
		assert.Equal(t, 3, status, said)
		assert.Contains(t, said, "takes away or replaces what is kept about people")
		assert.NotContains(t, asked, "execute-change-set")
	}
}

func TestDryRunChangesNothing(t *testing.T) {
	a := openAccount(t, "", always, fine)
	said, status, asked := a.deploy("--answers", filepath.Join(a.dir, "answers.txt"), "--dry-run")
	assert.Equal(t, 0, status, said)
	assert.Contains(t, said, "would run: sam build")
	for _, change := range []string{"sam ", "create-change-set", "execute-change-set", "invoke"} {
		assert.NotContains(t, asked, change)
	}
}

func TestTheFirstDeploymentNeedsAPersonOrAnswers(t *testing.T) {
	a := openAccount(t, "", always, fine)
	said, status, asked := a.deploy("--stack", "never-deployed-from-here")
	assert.Equal(t, 3, status, said)
	assert.Contains(t, said, "--answers FILE")
	assert.NotContains(t, asked, "create-change-set")
}

func TestCheckSaysWhereToLookWhenNoLetterComesThrough(t *testing.T) {
	a := openAccount(t, "", never, fine)
	said, status, asked := a.deploy("--check")
	assert.Equal(t, 1, status, said)
	assert.Contains(t, said, "infra/RUNBOOK.md#canarysilent")
	assert.Contains(t, asked, `--payload {"task":"canary"}`)
	assert.Contains(t, asked, `{"pk":{"S":"COUNTER#canary"},"sk":{"S":"COUNTER"}}`)
}

func TestCheckSaysThatDeadlinesFailed(t *testing.T) {
	a := openAccount(t, "", always, "Unhandled")
	said, status, _ := a.deploy("--check")
	assert.Equal(t, 1, status, said)
	assert.Contains(t, said, "deadlines failed")
}

func TestCheckOfAStackThatIsNotOursSaysSo(t *testing.T) {
	a := openAccount(t, "", always, fine)
	said, status, _ := a.deploy("--check", "--stack", "shop")
	assert.Equal(t, 1, status, said)
	assert.Contains(t, said, "is it one of ours?")
}
