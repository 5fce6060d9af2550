// Command dispatch passes on what the outbox asks for: the stream of the table tells of
// every new entry, hand-offs leave for the queue of their category, the rest becomes
// jobs of other functions.
package main

import (
	"context"
	"strings"

	"rightsmail/shared/adapters/dynamo"
	"rightsmail/shared/adapters/emf"
	"rightsmail/shared/adapters/lambdaevents"
	"rightsmail/shared/adapters/sqsqueue"
	"rightsmail/shared/config"
	"rightsmail/shared/desk"
	"rightsmail/shared/queue"
)

type settings struct {
	config.Table
	config.HandOffs
	config.Jobs
}

func main() { lambdaevents.Run("dispatch", start) }

func start(_ context.Context, env lambdaevents.Env) (any, error) {
	s, err := config.Read[settings](env.Get)
	if err != nil {
		return nil, err
	}
	queues := sqsqueue.Open(env.AWS)
	d := &desk.Desk{
		Store: dynamo.Open(env.AWS, s.TableName, dynamo.Options{}),
		Queue: queues.Queue(s.Queues), Jobs: queues.Jobs(map[queue.JobKind]string{
			queue.JobReply: s.ReplyQueue, queue.JobForward: s.ForwardQueue, queue.JobClassify: s.ClassifyQueue,
		}),
		Log: env.Log, Meter: emf.New(env.Out, "Rightsmail", "dispatch"),
	}
	return env.Batch().Stream(func(ctx context.Context, c lambdaevents.Change) error {
		id, outbox := strings.CutPrefix(c.Key, "OUTBOX#")
		if !outbox || c.Op == "REMOVE" {
			return nil
		}
		return d.Dispatch(ctx, id, env.Now())
	}), nil
}
