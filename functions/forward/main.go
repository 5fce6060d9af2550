// Command forward passes ordinary mail on to the help desk, as it arrived.
package main

import (
	"context"
	"time"

	"rightsmail/shared/adapters/dynamo"
	"rightsmail/shared/adapters/emf"
	"rightsmail/shared/adapters/lambdaevents"
	"rightsmail/shared/adapters/s3archive"
	"rightsmail/shared/adapters/sesmail"
	"rightsmail/shared/config"
	"rightsmail/shared/desk"
)

type settings struct {
	config.Table
	config.Archive
	config.Outgoing
	config.Helpdesk
}

// lease is longer than this function may run, so that a claim never ends before its
// attempt does.
const lease = 5 * time.Minute

func main() { lambdaevents.Run("forward", start) }

func start(_ context.Context, env lambdaevents.Env) (any, error) {
	s, err := config.Read[settings](env.Get)
	if err != nil {
		return nil, err
	}
	forwarder, err := sesmail.OpenForwarder(env.AWS, s.ConfigurationSet, s.ForwardFrom, s.HelpdeskAddress, env.Now)
	if err != nil {
		return nil, err
	}
	d := &desk.Desk{
		Store: dynamo.Open(env.AWS, s.TableName, dynamo.Options{}), Archive: s3archive.Open(env.AWS, s.Bucket, s.Prefix),
		Forwarder: forwarder, Lease: lease, Log: env.Log, Meter: emf.New(env.Out, "Rightsmail", "forward"),
	}
	return env.Batch().Jobs(func(ctx context.Context, effect string) error {
		_, err := d.DeliverOne(ctx, effect, env.Now())
		return err
	}), nil
}
