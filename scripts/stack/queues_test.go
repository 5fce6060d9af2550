package stack

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/rights"
)

// ends are the queues that have no dead letters because they are some: where a topic, the
// stream or a schedule puts what it gave up.
var ends = map[string]bool{
	"QueuesInboundUndeliveredQueue": true, "QueuesFeedbackUndeliveredQueue": true,
	"QueuesDispatchFailuresQueue": true, "QueuesScheduleFailuresQueue": true,
}

const day = 24 * 3600.0

func TestEveryQueueHasDeadLettersThatOutliveIt(t *testing.T) {
	f := flat(t)
	sources := map[string]string{} // queue of dead letters to its source
	for _, q := range f.of("AWS::SQS::Queue") {
		if policy, ok := q.at("RedrivePolicy").(map[string]any); ok {
			sources[refers(policy["deadLetterTargetArn"])] = q.ID
		}
	}
	for _, q := range f.of("AWS::SQS::Queue") {
		assert.Equal(t, "true", q.text("SqsManagedSseEnabled"), q.ID)
		source, isDead := f.resources[sources[q.ID]]
		switch {
		case ends[q.ID]:
			assert.InDelta(t, 14*day, q.number(t, "MessageRetentionPeriod"), 0, q.ID)
			assert.Nil(t, q.at("RedrivePolicy"), q.ID)
		case isDead:
			assert.Greater(t, q.number(t, "MessageRetentionPeriod"), source.number(t, "MessageRetentionPeriod"), "%s: a dead letter keeps the time of its first arrival", q.ID)
			assert.Equal(t, "byQueue", q.text("RedriveAllowPolicy", "redrivePermission"), q.ID)
			arns := list(q.at("RedriveAllowPolicy", "sourceQueueArns"))
			require.Len(t, arns, 1, q.ID)
			assert.True(t, strings.HasSuffix(show(arns[0]), ":"+source.text("QueueName")), q.ID)
		default:
			require.NotNil(t, q.at("RedrivePolicy"), "%s has no dead letters", q.ID)
			assert.GreaterOrEqual(t, q.number(t, "RedrivePolicy", "maxReceiveCount"), 5.0, q.ID)
		}
	}
	intake := f.resources["QueuesIntakeQueue"]
	assert.InDelta(t, 8, intake.number(t, "RedrivePolicy", "maxReceiveCount"), 0)
	for id := range ends {
		assert.Contains(t, f.resources, id)
	}
}

func TestEveryQueueRings(t *testing.T) {
	f := flat(t)
	depth, age := map[string]bool{}, map[string]bool{}
	for _, a := range f.of("AWS::CloudWatch::Alarm") {
		if a.text("Namespace") != "AWS/SQS" {
			continue
		}
		queue := refers(list(a.at("Dimensions"))[0].(map[string]any)["Value"])
		switch a.text("MetricName") {
		case "ApproximateNumberOfMessagesVisible":
			assert.InDelta(t, 0, a.number(t, "Threshold"), 0, a.ID)
			depth[queue] = true
		case "ApproximateAgeOfOldestMessage":
			assert.Less(t, a.number(t, "Threshold"), f.resources[queue].number(t, "MessageRetentionPeriod"), a.ID)
			age[queue] = true
		}
	}
	for _, q := range f.of("AWS::SQS::Queue") {
		if q.at("RedrivePolicy") != nil {
			assert.True(t, age[q.ID], "nobody hears that %s is not read", q.ID)
		} else {
			assert.True(t, depth[q.ID], "nobody hears of what is in %s", q.ID)
		}
	}
}

func TestEveryCategoryHasItsQueueAndSupportHasNone(t *testing.T) {
	f := flat(t)
	want := map[string]string{}
	for _, q := range rights.Queues() {
		if q != rights.QueueSupport {
			want[string(q)] = "rightsmail-" + string(q)
		}
	}
	for _, name := range []string{"dispatch", "deadlines"} {
		got := map[string]string{}
		for _, part := range strings.Split(f.functions()[name].text("Environment", "Variables", "RIGHTSMAIL_QUEUES"), ",") {
			category, url, _ := strings.Cut(part, "=")
			got[category] = f.resources[strings.Trim(url, "<>")].text("QueueName")
		}
		assert.Equal(t, want, got, name)
	}
}

// Every function that hands over may send to each of the queues it is told of, and to no
// other.
func TestWhoIsToldOfAQueueMaySendToIt(t *testing.T) {
	f := flat(t)
	for _, s := range statements(t, f) {
		if s.sid != "HandOver" && s.sid != "GiveJobs" {
			continue
		}
		name := strings.ToLower(strings.TrimSuffix(strings.TrimPrefix(s.owner.Metadata.Path, "Functions/"), "Role"))
		var told, may []string
		for variable, v := range f.functions()[name].at("Environment", "Variables").(map[string]any) {
			for _, part := range strings.Split(show(v), ",") {
				_, id, has := strings.Cut(part, "<")
				if has && (variable == "RIGHTSMAIL_QUEUES") == (s.sid == "HandOver") && (variable == "RIGHTSMAIL_QUEUES" || strings.HasSuffix(variable, "_QUEUE")) {
					told = append(told, strings.TrimSuffix(id, ">"))
				}
			}
		}
		for _, r := range list(s.body["Resource"]) {
			may = append(may, refers(r))
		}
		assert.ElementsMatch(t, told, may, s.name())
	}
}

func TestQueuesThatNobodyReadsOnPurposeDoNotRing(t *testing.T) {
	f := flat(t, dressed...)
	assert.Equal(t, "false", f.resources["QueuesCCPAOldestMessage"].text("ActionsEnabled"))
	assert.Equal(t, "true", f.resources["QueuesIntakeOldestMessage"].text("ActionsEnabled"))
	assert.Empty(t, f.resources["QueuesCCPADeadLetters"].text("ActionsEnabled"), "dead letters ring always")
}
