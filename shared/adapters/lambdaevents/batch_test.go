package lambdaevents_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/lambdaevents"
)

var noon = time.Date(2026, 1, 6, 12, 0, 0, 0, time.UTC)

// until is a context whose deadline is real for the batch, and far away for the machine.
type until struct {
	context.Context
	deadline time.Time
}

func (u until) Deadline() (time.Time, bool) { return u.deadline, true }

func messages(ids ...string) events.SQSEvent {
	var e events.SQSEvent
	for _, id := range ids {
		e.Records = append(e.Records, events.SQSMessage{MessageId: id, Body: "body of " + id})
	}
	return e
}

func failures(t *testing.T, out events.SQSEventResponse) []string {
	t.Helper()
	require.NotNil(t, out.BatchItemFailures)
	ids := []string{}
	for _, f := range out.BatchItemFailures {
		ids = append(ids, f.ItemIdentifier)
	}
	return ids
}

func TestFailedMessagesAreNamedAndTheOthersAreDone(t *testing.T) {
	fault := errors.New("table does not answer")
	for name, c := range map[string]struct {
		failing map[string]error
		want    []string
	}{
		"all done":   {nil, []string{}},
		"one failed": {map[string]error{"b": fault}, []string{"b"}},
		"all failed": {map[string]error{"a": fault, "b": fault, "c": fault}, []string{"a", "b", "c"}},
	} {
		t.Run(name, func(t *testing.T) {
			var begun []string
			out, err := lambdaevents.Batch{}.SQS(func(_ context.Context, m lambdaevents.Message) error {
				begun = append(begun, string(m.Body))
				return c.failing[m.ID]
			})(t.Context(), messages("a", "b", "c"))
			require.NoError(t, err)
			assert.Equal(t, c.want, failures(t, out))
			assert.Equal(t, []string{"body of a", "body of b", "body of c"}, begun)
		})
	}
}

func TestAnswerOfADoneBatchIsAnEmptyListOnTheWire(t *testing.T) {
	queue, err := lambdaevents.Batch{}.SQS(nil)(t.Context(), events.SQSEvent{})
	require.NoError(t, err)
	stream, err := lambdaevents.Batch{}.Stream(nil)(t.Context(), events.DynamoDBEvent{})
	require.NoError(t, err)
	for _, out := range []any{queue, stream} {
		raw, err := json.Marshal(out)
		require.NoError(t, err)
		assert.JSONEq(t, `{"batchItemFailures":[]}`, string(raw))
	}
}

func TestMessageCarriesWhatSQSAdds(t *testing.T) {
	for name, c := range map[string]struct {
		attributes map[string]string
		attempt    int
		sent       time.Time
	}{
		"third attempt": {map[string]string{"ApproximateReceiveCount": "3", "SentTimestamp": "1767700800000"}, 3, noon},
		"nothing":       {nil, 1, time.Time{}},
		"nonsense":      {map[string]string{"ApproximateReceiveCount": "many", "SentTimestamp": "noon"}, 1, time.Time{}},
		"zero":          {map[string]string{"ApproximateReceiveCount": "0", "SentTimestamp": "-1"}, 1, time.Time{}},
	} {
		t.Run(name, func(t *testing.T) {
			e := messages("a")
			e.Records[0].Attributes = c.attributes
			_, err := lambdaevents.Batch{}.SQS(func(_ context.Context, m lambdaevents.Message) error {
				assert.Equal(t, lambdaevents.Message{ID: "a", Body: []byte("body of a"), Attempt: c.attempt, Sent: c.sent}, m)
				return nil
			})(t.Context(), e)
			require.NoError(t, err)
		})
	}
}

func TestPanicIsOneFailedMessageAndItsValueIsNotLogged(t *testing.T) {
	var log bytes.Buffer
	var table map[string]int
	out, err := lambdaevents.Batch{Log: lambdaevents.Logger(&log)}.SQS(func(_ context.Context, m lambdaevents.Message) error {
		switch m.ID {
		case "a":
			panic("jane@example.net")
		case "b":
			table["jane"]++
		}
		return nil
	})(t.Context(), messages("a", "b", "c"))
	require.NoError(t, err)
	assert.Equal(t, []string{"a", "b"}, failures(t, out))
	assert.NotContains(t, log.String(), "jane")
	lines := bytes.Split(bytes.TrimSpace(log.Bytes()), []byte("\n"))
	require.Len(t, lines, 2)
	for i, kind := range []string{"type string", "type runtime."} {
		var line map[string]any
		require.NoError(t, json.Unmarshal(lines[i], &line))
		assert.Contains(t, line["error"], kind)
		assert.Contains(t, line["error"], "TestPanicIsOneFailedMessage")
		assert.Contains(t, line["error"], "(batch_test.go:", "the place is ours, not the runtime's")
	}
}

func TestFailureIsLoggedWithIDAndAttempt(t *testing.T) {
	var log bytes.Buffer
	e := messages("a")
	e.Records[0].Attributes = map[string]string{"ApproximateReceiveCount": "4"}
	_, err := lambdaevents.Batch{Log: lambdaevents.Logger(&log)}.SQS(func(context.Context, lambdaevents.Message) error {
		return errors.New("table does not answer")
	})(t.Context(), e)
	require.NoError(t, err)
	var line map[string]any
	require.NoError(t, json.Unmarshal(log.Bytes(), &line))
	assert.Equal(t, "a", line["id"])
	assert.InEpsilon(t, 4, line["attempt"], 0)
	assert.Equal(t, "table does not answer", line["error"])
	assert.Equal(t, "ERROR", line["level"])
}

func TestWhatCannotBeBegunInTimeIsHandedBack(t *testing.T) {
	for name, c := range map[string]struct {
		left, spare time.Duration // left at the beginning; every message takes three seconds
		want        []string
	}{
		"enough":            {time.Minute, 0, []string{}},
		"five seconds kept": {9 * time.Second, 0, []string{"c", "d"}},
		"to the second":     {11 * time.Second, 0, []string{"d"}},
		"more kept":         {15 * time.Second, 12 * time.Second, []string{"c", "d"}},
		"always one":        {2 * time.Second, 0, []string{"b", "c", "d"}},
	} {
		t.Run(name, func(t *testing.T) {
			now := noon
			var log bytes.Buffer
			b := lambdaevents.Batch{Log: lambdaevents.Logger(&log), Now: func() time.Time { return now }, Spare: c.spare}
			out, err := b.SQS(func(context.Context, lambdaevents.Message) error {
				now = now.Add(3 * time.Second)
				return nil
			})(until{t.Context(), noon.Add(c.left)}, messages("a", "b", "c", "d"))
			require.NoError(t, err)
			assert.Equal(t, c.want, failures(t, out))
			assert.Equal(t, len(c.want) > 0, bytes.Contains(log.Bytes(), []byte("handed back")))
		})
	}
}

func TestClockOfTheMachineIsTheDefault(t *testing.T) {
	ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(time.Hour))
	defer cancel()
	out, err := lambdaevents.Batch{}.SQS(func(context.Context, lambdaevents.Message) error { return nil })(ctx, messages("a", "b"))
	require.NoError(t, err)
	assert.Empty(t, out.BatchItemFailures)

	out, err = lambdaevents.Batch{Spare: 2 * time.Hour}.SQS(func(context.Context, lambdaevents.Message) error { return nil })(ctx, messages("a", "b"))
	require.NoError(t, err)
	assert.Equal(t, []string{"b"}, failures(t, out))
}

func TestNothingIsBegunInACancelledContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	begun := 0
	out, err := lambdaevents.Batch{}.SQS(func(context.Context, lambdaevents.Message) error {
		begun++
		cancel()
		return nil
	})(ctx, messages("a", "b"))
	require.NoError(t, err)
	assert.Equal(t, []string{"b"}, failures(t, out))

	out, err = lambdaevents.Batch{}.SQS(func(context.Context, lambdaevents.Message) error { begun++; return nil })(ctx, messages("a", "b"))
	require.NoError(t, err)
	assert.Equal(t, []string{"a", "b"}, failures(t, out))
	assert.Equal(t, 1, begun)
}

func TestBatchWithAMessageThatCannotBeNamedComesAgainWhole(t *testing.T) {
	_, err := lambdaevents.Batch{}.SQS(func(context.Context, lambdaevents.Message) error {
		assert.Fail(t, "nothing is begun")
		return nil
	})(t.Context(), messages("a", ""))
	require.ErrorContains(t, err, "record 2 of 2 has no messageId")
	assert.NotContains(t, err.Error(), "body")
}
