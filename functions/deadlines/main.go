// Command deadlines is what the clock starts: every few minutes it passes on what the
// outbox still holds and counts what is late, every hour it sends a canary.
package main

import (
	"context"
	"encoding/json"

	"rightsmail/shared/adapters/dynamo"
	"rightsmail/shared/adapters/emf"
	"rightsmail/shared/adapters/lambdaevents"
	"rightsmail/shared/adapters/secrets"
	"rightsmail/shared/adapters/sqsqueue"
	"rightsmail/shared/config"
	"rightsmail/shared/desk"
	"rightsmail/shared/queue"
)

type settings struct {
	config.Settings
	config.Table
	config.Identity
	config.HandOffs
	config.Jobs
}

func main() { lambdaevents.Run("deadlines", start) }

func start(ctx context.Context, env lambdaevents.Env) (any, error) {
	s, err := config.Read[settings](env.Get)
	if err != nil {
		return nil, err
	}
	key, err := secrets.Value(ctx, env.AWS, s.IdentitySecret)
	if err != nil {
		return nil, err
	}
	queues := sqsqueue.Open(env.AWS)
	d := &desk.Desk{
		Judge: desk.Judge{Settings: desk.From(s.Settings, []byte(key))}, Store: dynamo.Open(env.AWS, s.TableName, dynamo.Options{}),
		Queue: queues.Queue(s.Queues), Jobs: queues.Jobs(map[queue.JobKind]string{
			queue.JobReply: s.ReplyQueue, queue.JobForward: s.ForwardQueue, queue.JobClassify: s.ClassifyQueue,
		}),
		Log: env.Log, Meter: emf.New(env.Out, "Rightsmail", "deadlines"),
	}
	return func(ctx context.Context, event json.RawMessage) error {
		task, err := lambdaevents.ReadTask(event)
		switch {
		case err != nil:
			return err
		case task == lambdaevents.TaskCanary:
			return d.Canary(ctx, env.Now())
		}
		_, err = d.Sweep(ctx, env.Now())
		return err
	}, nil
}
