package lambdaevents

import (
	"context"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
)

// Env is what every function of ours has when it starts.
type Env struct {
	Get func(name string) (string, bool) // looks up one variable
	Now func() time.Time
	AWS aws.Config
	Log *slog.Logger
	Out io.Writer // where CloudWatch reads lines
}

// Run is the main of a function: start puts it together and returns what handles its
// events. A function that cannot start says why in one line and ends, so that Lambda
// tries again and an alarm is rung.
func Run(name string, start func(context.Context, Env) (handler any, err error)) {
	env := Env{Get: os.LookupEnv, Now: time.Now, Log: Logger(os.Stdout), Out: os.Stdout}
	handler, err := begin(context.Background(), env, start)
	if err != nil {
		env.Log.Error("cannot start", slog.String("function", name), slog.String("error", err.Error()))
		os.Exit(1)
	}
	lambda.Start(handler)
}

func begin(ctx context.Context, env Env, start func(context.Context, Env) (any, error)) (any, error) {
	var err error
	if env.AWS, err = AWS(env.Get); err != nil {
		return nil, err
	}
	return start(ctx, env)
}

// Batch is a Batch with the log and the clock of the function.
func (e Env) Batch() Batch { return Batch{Log: e.Log, Now: e.Now} }

// Jobs handles the messages of one of our own queues, each the id of an outbox entry.
func (b Batch) Jobs(one func(ctx context.Context, effect string) error) any {
	return b.SQS(func(ctx context.Context, m Message) error {
		job, err := ReadJob(m.Body)
		if err != nil {
			return err
		}
		return one(ctx, job.Effect)
	})
}
