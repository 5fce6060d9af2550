package stack

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/metrics"
)

// kind is what an alarm is called in its template: the last step of the way to it.
func kind(a resource) string { return filepath.Base(filepath.FromSlash(a.Metadata.Path)) }

func TestEveryAlarmHasItsEntryInTheRunbookAndLeadsThere(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, "infra", "RUNBOOK.md"))
	require.NoError(t, err)
	entries := map[string]string{} // of the part on alarms, by heading
	_, alarms, found := strings.Cut(string(text), "\n## Alarms\n")
	require.True(t, found)
	alarms, _, _ = strings.Cut(alarms, "\n## ")
	for _, part := range strings.Split(alarms, "\n### ")[1:] {
		heading, body, _ := strings.Cut(part, "\n")
		entries[heading] = body
	}
	seen := map[string]bool{}
	f := flat(t)
	for _, a := range f.of("AWS::CloudWatch::Alarm") {
		k := kind(a)
		seen[k] = true
		assert.Contains(t, entries, k, "infra/RUNBOOK.md says nothing of %s", a.text("AlarmName"))
		assert.True(t, strings.HasSuffix(strings.TrimSpace(a.text("AlarmDescription")), "See infra/RUNBOOK.md#"+strings.ToLower(k)), a.ID)
		assert.JSONEq(t, `[{"Ref":"Alarms"}]`, a.text("AlarmActions"), a.ID)
		assert.JSONEq(t, `[{"Ref":"Alarms"}]`, a.text("OKActions"), a.ID)
		assert.NotEmpty(t, a.text("TreatMissingData"), a.ID)
	}
	for heading, body := range entries {
		assert.True(t, seen[heading], "the runbook speaks of %s, which no template has", heading)
		for _, step := range []string{"**For people.**", "**Look.**", "**Do.**", "**Over.**"} {
			assert.Contains(t, body, step, heading)
		}
	}
}

// ours lists the numbers of ours that an alarm or the dashboard looks at.
func ours(t *testing.T, f template) map[string][]string {
	t.Helper()
	used := map[string][]string{}
	for _, a := range f.of("AWS::CloudWatch::Alarm") {
		if a.text("Namespace") == "Rightsmail" {
			used[a.text("MetricName")] = append(used[a.text("MetricName")], show(list(a.at("Dimensions"))[0]))
		}
		for _, m := range list(a.at("Metrics")) {
			stat, _ := m.(map[string]any)["MetricStat"].(map[string]any)
			metric, _ := stat["Metric"].(map[string]any)
			if metric["Namespace"] == "Rightsmail" {
				name := show(metric["MetricName"])
				used[name] = append(used[name], show(list(metric["Dimensions"])[0]))
			}
		}
	}
	require.NotEmpty(t, used)
	return used
}

func TestAlarmsLookAtNumbersThatThereAre(t *testing.T) {
	f := flat(t)
	known := map[string]bool{}
	for _, n := range metrics.Names() {
		known[string(n)] = true
	}
	services := f.functions()
	for name, dimensions := range ours(t, f) {
		assert.True(t, known[name], name)
		for _, d := range dimensions {
			var one struct{ Name, Value string }
			require.NoError(t, json.Unmarshal([]byte(d), &one))
			assert.Equal(t, "Service", one.Name)
			assert.Contains(t, services, one.Value, name)
		}
	}
	dashboard := f.of("AWS::CloudWatch::Dashboard")[0]
	for _, m := range regexp.MustCompile(`\["Rightsmail", "(\w+)", "Service", "(\w+)"`).FindAllStringSubmatch(dashboard.text("DashboardBody"), -1) {
		assert.True(t, known[m[1]], m[1])
		assert.Contains(t, services, m[2])
	}
}

func TestWhatTheLawAsksRings(t *testing.T) {
	used := ours(t, flat(t))
	for _, n := range []metrics.Name{metrics.CasesOverdue, metrics.AcksOverdue, metrics.OutboxSeconds, metrics.CanaryMinutes, metrics.DeliveryFailed, metrics.MailsUnread} {
		assert.NotEmpty(t, used[string(n)], n)
	}
	f := flat(t)
	assert.Equal(t, "breaching", f.resources["MonitoringCanarySilent"].text("TreatMissingData"))
	lost := f.resources["MonitoringMailLost"]
	assert.Equal(t, "AWS/SES PublishExpired", lost.text("Namespace")+" "+lost.text("MetricName"))
}

func TestTheDashboardIsWhatCloudWatchReads(t *testing.T) {
	body := flat(t).of("AWS::CloudWatch::Dashboard")[0].text("DashboardBody")
	var d struct {
		Widgets []struct {
			Type       string
			Width      int
			Properties map[string]any
		}
	}
	require.NoError(t, json.Unmarshal([]byte(body), &d), body)
	assert.Greater(t, len(d.Widgets), 8)
	for _, w := range d.Widgets {
		assert.Contains(t, []string{"metric", "text"}, w.Type)
		assert.LessOrEqual(t, w.Width, 24)
	}
}

// The alarm on slow functions divides by what each may take.
func TestTheAlarmOnSlowFunctionsKnowsTheirTimes(t *testing.T) {
	f := flat(t)
	expression := ""
	for _, m := range list(f.resources["MonitoringFunctionsSlow"].at("Metrics")) {
		if e, ok := m.(map[string]any)["Expression"].(string); ok {
			expression = e
		}
	}
	for name, function := range f.functions() {
		assert.Contains(t, expression, name+"/"+show(function.number(t, "Timeout")*10), name)
	}
}

func TestAlarmsReachWhoeverIsNamed(t *testing.T) {
	assert.NotContains(t, flat(t).resources, "AlarmMail")
	f := flat(t, dressed...)
	assert.Equal(t, "operations@example.net", f.resources["AlarmMail"].text("Endpoint"))
}
