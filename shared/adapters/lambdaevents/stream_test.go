package lambdaevents_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/lambdaevents"
)

func changes(ids ...string) events.DynamoDBEvent {
	var e events.DynamoDBEvent
	for _, id := range ids {
		e.Records = append(e.Records, events.DynamoDBEventRecord{EventID: "event-" + id, EventName: "INSERT", Change: events.DynamoDBStreamRecord{
			SequenceNumber: id, Keys: map[string]events.DynamoDBAttributeValue{"pk": events.NewStringAttribute("OUTBOX#" + id)},
		}})
	}
	return e
}

func TestStreamStopsAtTheFirstFailureAndNamesItBySequenceNumber(t *testing.T) {
	for name, fail := range map[string]func() error{
		"an error": func() error { return errors.New("queue does not answer") },
		"a panic":  func() error { panic("jane@example.net") },
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			var begun []string
			out, err := lambdaevents.Batch{Log: lambdaevents.Logger(&log)}.Stream(func(_ context.Context, c lambdaevents.Change) error {
				begun = append(begun, c.Key)
				if c.ID == "20" {
					return fail()
				}
				return nil
			})(t.Context(), changes("10", "20", "30"))
			require.NoError(t, err)
			assert.Equal(t, []events.DynamoDBBatchItemFailure{{ItemIdentifier: "20"}}, out.BatchItemFailures)
			assert.Equal(t, []string{"OUTBOX#10", "OUTBOX#20"}, begun)
			assert.Contains(t, log.String(), `"id":"20"`)
			assert.NotContains(t, log.String(), "jane")
		})
	}
}

func TestStreamHandsBackFromWhereTimeRanOut(t *testing.T) {
	now := noon
	b := lambdaevents.Batch{Now: func() time.Time { return now }}
	out, err := b.Stream(func(context.Context, lambdaevents.Change) error {
		now = now.Add(4 * time.Second)
		return nil
	})(until{t.Context(), noon.Add(10 * time.Second)}, changes("10", "20", "30"))
	require.NoError(t, err)
	assert.Equal(t, []events.DynamoDBBatchItemFailure{{ItemIdentifier: "30"}}, out.BatchItemFailures)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	out, err = b.Stream(nil)(ctx, changes("10", "20"))
	require.NoError(t, err)
	assert.Equal(t, []events.DynamoDBBatchItemFailure{{ItemIdentifier: "10"}}, out.BatchItemFailures)
}

func TestChangeTakesTextsAndNumbersOfTheNewItem(t *testing.T) {
	e := changes("10")
	e.Records[0].EventName = "MODIFY"
	e.Records[0].Change.NewImage = map[string]events.DynamoDBAttributeValue{
		"kind": events.NewStringAttribute("reply"), "version": events.NewNumberAttribute("7"),
		"payload": events.NewBinaryAttribute([]byte("jane")), "list": events.NewListAttribute(nil), "gone": events.NewNullAttribute(),
	}
	e.Records[0].Change.OldImage = map[string]events.DynamoDBAttributeValue{"state": events.NewStringAttribute("draft")}
	_, err := lambdaevents.Batch{}.Stream(func(_ context.Context, c lambdaevents.Change) error {
		assert.Equal(t, lambdaevents.Change{ID: "10", Op: "MODIFY", Key: "OUTBOX#10", New: map[string]string{"kind": "reply", "version": "7"}}, c)
		return nil
	})(t.Context(), e)
	require.NoError(t, err)
}

func TestRecordWithoutTextKeyFailsByItsNumber(t *testing.T) {
	for _, keys := range []map[string]events.DynamoDBAttributeValue{nil, {"pk": events.NewNumberAttribute("1")}} {
		e := changes("10", "20")
		e.Records[0].Change.Keys = keys
		out, err := lambdaevents.Batch{}.Stream(nil)(t.Context(), e)
		require.NoError(t, err)
		assert.Equal(t, []events.DynamoDBBatchItemFailure{{ItemIdentifier: "10"}}, out.BatchItemFailures)
	}
}

func TestStreamBatchThatCannotBeNamedComesAgainWhole(t *testing.T) {
	_, err := lambdaevents.Batch{}.Stream(nil)(t.Context(), changes("10", ""))
	require.ErrorContains(t, err, "record 2 of 2 has no SequenceNumber")
}
