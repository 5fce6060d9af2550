package stack

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// statement is one statement of a policy, with the resource it stands in.
type statement struct {
	owner resource
	sid   string
	body  map[string]any
}

func (s statement) name() string { return s.owner.Metadata.Path + " " + s.sid }

// statements lists those of every policy: of roles, keys, buckets, queues and topics.
func statements(t *testing.T, f template) []statement {
	t.Helper()
	var all []statement
	add := func(r resource, doc any) {
		m, _ := doc.(map[string]any)
		for i, raw := range list(m["Statement"]) {
			body := raw.(map[string]any)
			sid, _ := body["Sid"].(string)
			if sid == "" {
				sid = fmt.Sprintf("statement %d", i)
			}
			all = append(all, statement{r, sid, body})
		}
	}
	for _, r := range f.resources {
		for _, p := range list(r.at("Policies")) {
			if r.Type == "AWS::IAM::Role" {
				add(r, p.(map[string]any)["PolicyDocument"])
			}
		}
		add(r, r.at("PolicyDocument"))
		add(r, r.at("KeyPolicy"))
		add(r, r.at("AssumeRolePolicyDocument"))
	}
	require.NotEmpty(t, all)
	return all
}

// starred are the stars that stay, and why. Each must be there, so that none outlives its
// reason.
var starred = map[string]string{
	"Data/Key LetPoliciesOfThisAccountSpeak": "a key policy means its own key by a star, it has no other way to say it",
	"Data/Key LetServicesPublishToOurTopics": "a key policy means its own key by a star, it has no other way to say it",
	"Mail/InboundRole StoreRawMail":          "SES chooses the name of the object below our prefix",
	"Functions/IntakeRole ReadRawMail":       "SES chose the name of the object below our prefix",
	"Functions/ClassifyRole ReadRawMail":     "SES chose the name of the object below our prefix",
	"Functions/ForwardRole ReadRawMail":      "SES chose the name of the object below our prefix",
	"Console/ConsoleRole ReadRawMail":        "SES chose the name of the object below our prefix",
	"Functions/IntakeRole WriteLog":          "Lambda chooses the name of the stream in our log group",
	"Functions/DispatchRole WriteLog":        "Lambda chooses the name of the stream in our log group",
	"Functions/ClassifyRole WriteLog":        "Lambda chooses the name of the stream in our log group",
	"Functions/ReplyRole WriteLog":           "Lambda chooses the name of the stream in our log group",
	"Functions/ForwardRole WriteLog":         "Lambda chooses the name of the stream in our log group",
	"Functions/FeedbackRole WriteLog":        "Lambda chooses the name of the stream in our log group",
	"Functions/DeadlinesRole WriteLog":       "Lambda chooses the name of the stream in our log group",
	"Console/ConsoleRole WriteLog":           "Lambda chooses the name of the stream in our log group",
}

// ends are the stars that a reason may excuse: the whole resource in a key policy, and
// what follows a name of ours.
func excused(owner resource, resource string) bool {
	return owner.Type == "AWS::KMS::Key" && resource == "*" ||
		strings.HasSuffix(resource, "/raw/*") && strings.Count(resource, "*") == 1 ||
		strings.HasSuffix(resource, ">:log-stream:*") && strings.Count(resource, "*") == 1
}

func TestNothingIsAllowedByAStar(t *testing.T) {
	found := map[string]bool{}
	for _, s := range append(statements(t, flat(t)), statements(t, flat(t, dressed...))...) {
		for _, not := range []string{"NotAction", "NotResource", "NotPrincipal"} {
			assert.NotContains(t, s.body, not, s.name())
		}
		if s.body["Effect"] != "Allow" {
			continue // what is denied is denied the more, the more it is
		}
		for _, a := range list(s.body["Action"]) {
			assert.NotContains(t, show(a), "*", "action of %s", s.name())
		}
		assert.NotContains(t, show(s.body["Principal"]), "*", "principal of %s", s.name())
		for _, r := range list(s.body["Resource"]) {
			if text := show(r); strings.Contains(text, "*") {
				assert.NotEmpty(t, starred[s.name()], "resource %s of %s", text, s.name())
				assert.True(t, excused(s.owner, text), "resource %s of %s", text, s.name())
				found[s.name()] = true
			}
		}
	}
	for name := range starred {
		assert.True(t, found[name], "%s has no star any more: take it off the list", name)
	}
}

func TestEveryFunctionHasARoleOfItsOwnWithNothingFromOutside(t *testing.T) {
	f := flat(t)
	roles := map[string]string{}
	for name, function := range f.functions() {
		role := refers(function.at("Role"))
		require.Equal(t, "AWS::IAM::Role", f.resources[role].Type, name)
		assert.Empty(t, roles[role], name)
		roles[role] = name
	}
	for _, r := range f.of("AWS::IAM::Role") {
		assert.Empty(t, r.text("ManagedPolicyArns"), "%s: a managed policy names no resource of ours", r.ID)
		assert.Len(t, list(r.at("Policies")), 1, "%s: one list of statements", r.ID)
	}
	for _, kind := range []string{"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"} {
		assert.Empty(t, f.of(kind))
	}
}

// One statement is one service and one purpose, under a word of its own: only so can a
// test say of one that nothing needs it.
func TestStatementsHaveNamesAndOneServiceEach(t *testing.T) {
	for _, s := range statements(t, flat(t)) {
		if s.owner.Type != "AWS::IAM::Role" || s.body["Resource"] == nil {
			continue
		}
		assert.Regexp(t, `^[A-Z][A-Za-z]+$`, s.sid, s.name())
		services := map[string]bool{}
		for _, a := range list(s.body["Action"]) {
			service, _, _ := strings.Cut(show(a), ":")
			services[service] = true
		}
		assert.Len(t, services, 1, s.name())
	}
}

// What opens the key opens mail: a role may use it only through the services that it
// reads from anyway.
func TestTheKeyIsUsedThroughServicesOnly(t *testing.T) {
	for _, s := range statements(t, flat(t)) {
		if s.owner.Type != "AWS::IAM::Role" || !strings.HasPrefix(show(list(s.body["Action"])[0]), "kms:") || s.owner.Metadata.Path == "Mail/InboundRole" {
			continue
		}
		condition, _ := s.body["Condition"].(map[string]any)
		assert.Contains(t, show(condition["StringEquals"]), "kms:ViaService", s.name())
		assert.Equal(t, "kms:Decrypt", show(s.body["Action"]), s.name())
	}
}

func TestNothingComesInWithoutTLS(t *testing.T) {
	f := flat(t)
	closed := map[string]bool{}
	for _, s := range statements(t, f) {
		if s.body["Effect"] == "Deny" && show(s.body["Condition"]) == `{"Bool":{"aws:SecureTransport":false}}` {
			for _, owner := range append(list(s.owner.at("Queues")), s.owner.at("Bucket")) {
				closed[refers(owner)] = true
			}
		}
	}
	for _, kind := range []string{"AWS::SQS::Queue", "AWS::S3::Bucket"} {
		for _, r := range f.of(kind) {
			assert.True(t, closed[r.ID], r.ID)
		}
	}
}

// A service of AWS may act for us, and for no other account.
func TestServicesActForThisAccountOnly(t *testing.T) {
	for _, s := range statements(t, flat(t)) {
		service := show(s.body["Principal"])
		if !strings.Contains(service, "amazonaws.com") || strings.Contains(service, "lambda.amazonaws.com") {
			continue // Lambda assumes the roles of functions of the same account
		}
		condition := show(s.body["Condition"])
		assert.True(t, strings.Contains(condition, `"aws:SourceAccount":"123456789012"`) || strings.Contains(condition, `:123456789012:`), s.name())
	}
}
