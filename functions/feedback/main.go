// Command feedback hears from SES what became of a letter, and tells its case.
package main

import (
	"context"

	"rightsmail/shared/adapters/dynamo"
	"rightsmail/shared/adapters/emf"
	"rightsmail/shared/adapters/lambdaevents"
	"rightsmail/shared/config"
	"rightsmail/shared/desk"
)

type settings struct {
	config.Table
}

func main() { lambdaevents.Run("feedback", start) }

func start(_ context.Context, env lambdaevents.Env) (any, error) {
	s, err := config.Read[settings](env.Get)
	if err != nil {
		return nil, err
	}
	d := &desk.Desk{
		Store: dynamo.Open(env.AWS, s.TableName, dynamo.Options{}), Log: env.Log, Meter: emf.New(env.Out, "Rightsmail", "feedback"),
	}
	return env.Batch().SQS(func(ctx context.Context, m lambdaevents.Message) error {
		news, err := lambdaevents.ReadFeedback(m.Body)
		if err != nil {
			return err
		}
		for _, f := range news {
			if err := d.Feedback(ctx, f, env.Now()); err != nil {
				return err
			}
		}
		return nil
	}), nil
}
