package lambdaevents

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/require"
)

func TestFunctionStartsWithItsWayToAWSOrSaysWhatIsMissing(t *testing.T) {
	variables := map[string]string{"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "key"}
	env := Env{Get: func(name string) (string, bool) { v, ok := variables[name]; return v, ok }, Now: time.Now, Log: Logger(&bytes.Buffer{})}
	handler, err := begin(t.Context(), env, func(_ context.Context, e Env) (any, error) { return e.AWS.Region, nil })
	require.NoError(t, err)
	require.Equal(t, "eu-west-1", handler)

	_, err = begin(t.Context(), env, func(context.Context, Env) (any, error) { return nil, errors.New("no settings") })
	require.ErrorContains(t, err, "no settings")

	delete(variables, "AWS_REGION")
	_, err = begin(t.Context(), env, func(context.Context, Env) (any, error) { panic("it is not started") })
	require.ErrorContains(t, err, "AWS_REGION must be set")
}

func TestJobsAreHandledByTheIdOfTheirOutboxEntry(t *testing.T) {
	var done []string
	handle := Env{Log: Logger(&bytes.Buffer{}), Now: time.Now}.Batch().Jobs(func(_ context.Context, effect string) error {
		done = append(done, effect)
		return nil
	}).(func(context.Context, events.SQSEvent) (events.SQSEventResponse, error))
	out, err := handle(t.Context(), events.SQSEvent{Records: []events.SQSMessage{
		{MessageId: "1", Body: `{"schema":"rightsmail.job.v1","kind":"reply","effect":"ack-RM-8F3K-2Q7D"}`},
		{MessageId: "2", Body: `{"schema":"rightsmail.job.v2","kind":"reply","effect":"ack-RM-8F3K-2Q7E"}`},
	}})
	require.NoError(t, err)
	require.Equal(t, []string{"ack-RM-8F3K-2Q7D"}, done)
	require.Equal(t, []events.SQSBatchItemFailure{{ItemIdentifier: "2"}}, out.BatchItemFailures)
}
