// Command reply sends letters, one job each. The outbox says what is to be sent, and
// hears what came of it.
package main

import (
	"context"
	"time"

	"rightsmail/shared/adapters/dynamo"
	"rightsmail/shared/adapters/emf"
	"rightsmail/shared/adapters/lambdaevents"
	"rightsmail/shared/adapters/sesmail"
	"rightsmail/shared/config"
	"rightsmail/shared/desk"
)

type settings struct {
	config.Table
	config.Outgoing
}

// lease is longer than this function may run, so that a claim never ends before its
// attempt does.
const lease = 5 * time.Minute

func main() { lambdaevents.Run("reply", start) }

func start(_ context.Context, env lambdaevents.Env) (any, error) {
	s, err := config.Read[settings](env.Get)
	if err != nil {
		return nil, err
	}
	d := &desk.Desk{
		Store: dynamo.Open(env.AWS, s.TableName, dynamo.Options{}), Sender: sesmail.Open(env.AWS, s.ConfigurationSet), Lease: lease,
		Log: env.Log, Meter: emf.New(env.Out, "Rightsmail", "reply"),
	}
	return env.Batch().Jobs(func(ctx context.Context, effect string) error {
		_, err := d.DeliverOne(ctx, effect, env.Now())
		return err
	}), nil
}
