package stack

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/config"
)

// groups are the groups of settings that a function may embed.
var groups = []any{
	config.Settings{}, config.Table{}, config.Archive{}, config.Identity{}, config.HandOffs{}, config.Jobs{}, config.Outgoing{},
	config.Helpdesk{}, config.Consulting{}, config.Model{}, config.ModelAccess{}, config.SignIn{},
}

// reads lists the variables that the main of a function reads: those of the groups that
// its struct settings embeds, and its own.
func reads(t *testing.T, main string) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), main, nil, parser.SkipObjectResolution)
	require.NoError(t, err)
	vars := map[string]bool{}
	found := false
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok || spec.Name.Name != "settings" {
			return true
		}
		found = true
		for _, field := range spec.Type.(*ast.StructType).Fields.List {
			if sel, ok := field.Type.(*ast.SelectorExpr); ok && len(field.Names) == 0 {
				i := slices.IndexFunc(groups, func(g any) bool { return reflect.TypeOf(g).Name() == sel.Sel.Name })
				if assert.GreaterOrEqual(t, i, 0, "%s embeds config.%s, which this test does not know", main, sel.Sel.Name) {
					for _, f := range reflect.VisibleFields(reflect.TypeOf(groups[i])) {
						vars[f.Tag.Get("env")] = true
					}
				}
			} else if field.Tag != nil {
				tag, err := strconv.Unquote(field.Tag.Value)
				require.NoError(t, err)
				vars[reflect.StructTag(tag).Get("env")] = true
			}
		}
		return false
	})
	require.True(t, found, "%s has no struct settings", main)
	delete(vars, "") // a group itself
	return slices.Sorted(maps.Keys(vars))
}

func TestEveryVariableAFunctionReadsIsSetAndEverySetOneIsRead(t *testing.T) {
	functions := flat(t).functions()
	require.Len(t, functions, 8)
	for name, f := range functions {
		set, _ := f.at("Environment", "Variables").(map[string]any)
		assert.Equal(t, reads(t, filepath.Join(root, "functions", name, "main.go")), slices.Sorted(maps.Keys(set)), name)
	}
}

// What the template says must also be what config accepts.
func TestValuesOfTheTemplateAreAcceptedByConfig(t *testing.T) {
	references := regexp.MustCompile(`<[^>]+>`)
	type everything struct {
		config.Settings
		config.Table
		config.Archive
		config.Identity
		config.HandOffs
		config.Jobs
		config.Outgoing
		config.Helpdesk
		config.Model
		config.ModelAccess
		config.SignIn
	}
	for _, parameters := range [][]string{nil, dressed} {
		values := map[string]string{}
		for _, f := range flat(t, parameters...).functions() {
			set, _ := f.at("Environment", "Variables").(map[string]any)
			for name, v := range set {
				text := show(v)
				switch {
				case strings.HasSuffix(name, "_QUEUE"), name == "RIGHTSMAIL_CONSOLE_URL":
					text = "https://" + references.ReplaceAllString(text, "host.example.com")
				case name == "RIGHTSMAIL_QUEUES":
					text = references.ReplaceAllString(text, "https://host.example.com/queue")
				}
				values[name] = references.ReplaceAllString(text, "x")
			}
		}
		s, err := config.Read[everything](func(name string) (string, bool) { v, ok := values[name]; return v, ok })
		require.NoError(t, err)
		assert.Equal(t, []string{"support@example.com", "privacy@example.com"}, s.Mailboxes)
		assert.Equal(t, "raw/", s.Prefix)
		if parameters == nil {
			assert.Equal(t, "privacy@example.com", s.From)
			assert.Equal(t, "privacy@example.com", s.Designated["dpf"])
			assert.Equal(t, "support@example.com", s.Designated["shine-the-light"])
			assert.Len(t, s.Designated, len(config.Channels))
			assert.Contains(t, s.Issuer, "cognito-idp")
			continue
		}
		assert.Equal(t, "letters@example.com", s.From)
		assert.Equal(t, "https://id.example.com/realm", s.Issuer)
		assert.Equal(t, "console", s.ClientID)
		assert.Equal(t, "some-model", s.ModelName)
		assert.Equal(t, []int{200_000, 100, 100, 400}, []int{s.ModelTokens, s.ModelCents, s.InputCents, s.OutputCents})
	}
}

func TestEveryFunctionRunsOurBinaryOnArm(t *testing.T) {
	for name, f := range flat(t).functions() {
		assert.Equal(t, "provided.al2023", f.text("Runtime"), name)
		assert.Equal(t, "bootstrap", f.text("Handler"), name)
		assert.Equal(t, `["arm64"]`, f.text("Architectures"), name)
	}
}

// A hidden message comes back while its function still works on it, unless it is hidden
// for long enough; AWS says six times.
func TestQueuesHideAMessageSixTimesAsLongAsItsFunctionMayTake(t *testing.T) {
	f := flat(t)
	batches := map[string]float64{"intake": 5, "reply": 5, "forward": 2, "classify": 1, "feedback": 10}
	for _, m := range f.of("AWS::Lambda::EventSourceMapping") {
		function := f.resources[refers(m.at("FunctionName"))]
		name := function.text("Code", "S3Key")
		assert.Equal(t, `["ReportBatchItemFailures"]`, m.text("FunctionResponseTypes"), name)
		queue, isQueue := f.resources[refers(m.at("EventSourceArn"))]
		if !isQueue || queue.Type != "AWS::SQS::Queue" {
			continue
		}
		assert.GreaterOrEqual(t, queue.number(t, "VisibilityTimeout"), 6*function.number(t, "Timeout"), name)
		assert.InDelta(t, batches[name], m.number(t, "BatchSize"), 0, name)
		assert.GreaterOrEqual(t, m.number(t, "ScalingConfig", "MaximumConcurrency"), 2.0, name)
		delete(batches, name)
	}
	assert.Empty(t, batches, "functions without their queue")
}

func TestTheStreamIsReadFromItsBeginningAndNoRecordStopsItForLong(t *testing.T) {
	f := flat(t)
	var m resource
	for _, one := range f.of("AWS::Lambda::EventSourceMapping") {
		if one.text("StartingPosition") != "" {
			require.Empty(t, m.ID, "one stream has one reader")
			m = one
		}
	}
	assert.Equal(t, "<DataTable.StreamArn>", m.text("EventSourceArn"))
	assert.Equal(t, "dispatch", f.resources[refers(m.at("FunctionName"))].text("Code", "S3Key"))
	assert.Equal(t, "TRIM_HORIZON", m.text("StartingPosition"))
	assert.Equal(t, "true", m.text("BisectBatchOnFunctionError"))
	assert.LessOrEqual(t, m.number(t, "MaximumRetryAttempts"), 100.0)
	assert.LessOrEqual(t, m.number(t, "MaximumRecordAgeInSeconds"), 4*3600.0, "the sweep helps after minutes")
	assert.Equal(t, "<QueuesDispatchFailuresQueue.Arn>", m.text("DestinationConfig", "OnFailure", "Destination"))
	assert.JSONEq(t, `{"Filters":[{"Pattern":"{\"eventName\":[\"INSERT\",\"MODIFY\"],\"dynamodb\":{\"Keys\":{\"pk\":{\"S\":[{\"prefix\":\"OUTBOX#\"}]}}}}"}]}`,
		m.text("FilterCriteria"))
}

func TestTheClockAsksForWhatDeadlinesKnows(t *testing.T) {
	f := flat(t)
	got := map[string]string{}
	for _, s := range f.of("AWS::Scheduler::Schedule") {
		got[s.text("ScheduleExpression")] = s.text("Target", "Input")
		assert.Equal(t, "deadlines", f.resources[refers(s.at("Target", "Arn"))].text("Code", "S3Key"))
		assert.Equal(t, "<QueuesScheduleFailuresQueue.Arn>", s.text("Target", "DeadLetterConfig", "Arn"))
		assert.NotEmpty(t, s.text("Target", "RetryPolicy", "MaximumRetryAttempts"))
	}
	later := f.of("AWS::Lambda::EventInvokeConfig")
	require.Len(t, later, 1)
	assert.Equal(t, "deadlines", f.resources[refers(later[0].at("FunctionName"))].text("Code", "S3Key"))
	assert.Equal(t, "<QueuesScheduleFailuresQueue.Arn>", later[0].text("DestinationConfig", "OnFailure", "Destination"))
	assert.Equal(t, map[string]string{"rate(5 minutes)": `{"task":"sweep"}`, "rate(1 hour)": `{"task":"canary"}`}, got)
}

func TestEveryFunctionWritesToALogOfItsOwnThatEndsAndMasksAddresses(t *testing.T) {
	f := flat(t)
	logs := map[string]string{}
	for name, function := range f.functions() {
		group := refers(function.at("LoggingConfig", "LogGroup"))
		assert.Equal(t, "AWS::Logs::LogGroup", f.resources[group].Type, name)
		assert.Empty(t, logs[group], "%s and %s share a log", name, logs[group])
		logs[group] = name
		assert.Equal(t, "JSON", function.text("LoggingConfig", "LogFormat"), name)
		assert.Equal(t, "INFO", function.text("LoggingConfig", "ApplicationLogLevel"), "%s: above it, lines of numbers are dropped", name)
	}
	for _, g := range f.of("AWS::Logs::LogGroup") {
		assert.Positive(t, g.number(t, "RetentionInDays"), g.ID)
		assert.Contains(t, g.text("DataProtectionPolicy"), "data-identifier/EmailAddress", g.ID)
		assert.Contains(t, g.text("DataProtectionPolicy"), "Deidentify", g.ID)
	}
}
