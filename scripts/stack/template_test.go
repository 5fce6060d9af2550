package stack

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

const root = "../.."

// company are the parameters that have no default.
var company = []string{
	"Company=Example Widgets", "SupportAddress=support@example.com", "PrivacyAddress=privacy@example.com", "HelpdeskAddress=desk@example.net",
}

// dressed are parameters that make use of every choice there is.
var dressed = []string{
	"FromAddress=letters@example.com", "OfficerAddress=dpo@example.com", "PolicyText=We keep your data for as long as you are a customer.", "ReplyDomain=mail.example.com", "TrustedServers=none",
	"DesignatedAddresses=gdpr=gdpr@example.com, ccpa=support@example.com", "AcksPerDay=3",
	"CreateRuleSet=true", "SystemName=second", "ModelName=some-model", "ModelSecretArn=arn:aws:secretsmanager:eu-west-1:123456789012:secret:model-x",
	"Issuer=https://id.example.com/realm", "ClientId=console", "SignOutUrl=https://id.example.com/out", "GroupsClaim=groups",
	"AlarmEmail=operations@example.net", "HandOffAlarms=false", "RawRetentionDays=400",
	"RestoredTable=restored", "RestoredTableStream=arn:aws:dynamodb:eu-west-1:123456789012:table/restored/stream/2026-11-25T10:00:00.000",
}

// tool is the path of a program of the Python environment. At home, without one, the test
// is skipped; where one is promised that is a failure.
func tool(t *testing.T, name string) string {
	t.Helper()
	venv := os.Getenv("RIGHTSMAIL_VENV")
	if venv == "" && os.Getenv("RIGHTSMAIL_EMULATORS") == "1" {
		t.Fatal("RIGHTSMAIL_VENV is not set: make a Python environment with aws-sam-cli and cfn-lint and set it to its folder")
	}
	if venv == "" {
		t.Skip("needs aws-sam-cli and cfn-lint: RIGHTSMAIL_VENV=folder of a Python environment with them")
	}
	return filepath.Join(venv, "bin", name)
}

// command is a program at the root of the project that tells nobody what it does.
func command(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "AWS_DEFAULT_REGION=eu-west-1", "AWS_REGION=eu-west-1", "SAM_CLI_TELEMETRY=0")
	return cmd
}

// resource is one resource of the flat template.
type resource struct {
	ID             string `json:"-"`
	Type           string
	Properties     map[string]any
	Metadata       struct{ Path string }
	DeletionPolicy string

	UpdateReplacePolicy string
}

// text is a property by the way to it, as text; empty if there is none.
func (r resource) text(way ...string) string {
	if v := r.at(way...); v != nil {
		return show(v)
	}
	return ""
}

func (r resource) at(way ...string) any {
	var v any = r.Properties
	for _, name := range way {
		m, _ := v.(map[string]any)
		v = m[name]
	}
	return v
}

// number is a property that is a number, however it is written.
func (r resource) number(t *testing.T, way ...string) float64 {
	t.Helper()
	var n float64
	_, err := fmt.Sscan(r.text(way...), &n)
	require.NoError(t, err, "%s: %s", r.Metadata.Path, strings.Join(way, "."))
	return n
}

// show writes a value as text: what it refers to stands in <>.
func show(v any) string {
	if m, ok := v.(map[string]any); ok && len(m) == 1 {
		if ref, ok := m["Ref"].(string); ok {
			return "<" + ref + ">"
		}
		if att, ok := m["Fn::GetAtt"].([]any); ok {
			return fmt.Sprintf("<%s.%s>", att...)
		}
		if join, ok := m["Fn::Join"].([]any); ok {
			var b strings.Builder
			for _, part := range join[1].([]any) {
				b.WriteString(show(part))
			}
			return b.String()
		}
	}
	if s, ok := v.(string); ok {
		return s
	}
	raw, _ := json.Marshal(v) // it came from JSON
	return string(raw)
}

// refers says which resource a value is, by Ref or by attribute.
func refers(v any) string {
	name, _, _ := strings.Cut(strings.Trim(show(v), "<>"), ".")
	return name
}

// list: where IAM and CloudFormation allow one or many.
func list(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

type template struct {
	resources map[string]resource
	outputs   map[string]any
}

var flats sync.Map

// flat is the whole template as one document, with these parameters besides company.
func flat(t *testing.T, parameters ...string) template {
	t.Helper()
	key := strings.Join(parameters, "\n")
	once, _ := flats.LoadOrStore(key, sync.OnceValues(func() ([]byte, error) {
		args := append([]string{filepath.Join("scripts", "stack", "transform.py"), "template.yaml"}, append(slices.Clone(company), parameters...)...)
		out, err := command(t, tool(t, "python"), args...).Output()
		if exit, ok := err.(*exec.ExitError); ok {
			err = fmt.Errorf("%w: %s", err, exit.Stderr)
		}
		return out, err
	}))
	tool(t, "python") // skips before an empty answer is read
	raw, err := once.(func() ([]byte, error))()
	require.NoError(t, err)
	var doc struct {
		Resources map[string]resource
		Outputs   map[string]struct{ Value any }
	}
	require.NoError(t, json.Unmarshal(raw, &doc))
	f := template{resources: doc.Resources, outputs: map[string]any{}}
	for id, r := range doc.Resources {
		r.ID = id
		f.resources[id] = r
	}
	for name, o := range doc.Outputs {
		f.outputs[name] = o.Value
	}
	return f
}

// of lists the resources of one type, by their ids.
func (f template) of(kind string) []resource {
	var all []resource
	for _, id := range slices.Sorted(maps.Keys(f.resources)) {
		if f.resources[id].Type == kind {
			all = append(all, f.resources[id])
		}
	}
	return all
}

// functions are the Lambdas by the name of their folder.
func (f template) functions() map[string]resource {
	all := map[string]resource{}
	for _, r := range f.of("AWS::Lambda::Function") {
		all[r.text("Code", "S3Key")] = r
	}
	return all
}
