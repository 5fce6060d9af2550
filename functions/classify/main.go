// Command classify asks a language model about mail that the rules cannot decide. The
// case is in review with its clock running, whatever the model does.
package main

import (
	"context"

	"rightsmail/shared/adapters/dynamo"
	"rightsmail/shared/adapters/emf"
	"rightsmail/shared/adapters/lambdaevents"
	"rightsmail/shared/adapters/openai"
	"rightsmail/shared/adapters/s3archive"
	"rightsmail/shared/adapters/secrets"
	"rightsmail/shared/config"
	"rightsmail/shared/desk"
)

type settings struct {
	config.Settings
	config.Table
	config.Archive
	config.Identity
	config.Model
	config.ModelAccess
}

func main() { lambdaevents.Run("classify", start) }

func start(ctx context.Context, env lambdaevents.Env) (any, error) {
	s, err := config.Read[settings](env.Get)
	if err != nil {
		return nil, err
	}
	key, err := secrets.Value(ctx, env.AWS, s.IdentitySecret)
	if err != nil {
		return nil, err
	}
	var modelKey config.Secret
	if s.ModelSecret != "" {
		if modelKey, err = secrets.Value(ctx, env.AWS, s.ModelSecret); err != nil {
			return nil, err
		}
	}
	company := desk.From(s.Settings, []byte(key))
	company.Allowance = desk.AllowanceOf(s.Model)
	judge, err := desk.NewJudge(company)
	if err != nil {
		return nil, err
	}
	d := &desk.Desk{
		Judge: *judge, Log: env.Log, Meter: emf.New(env.Out, "Rightsmail", "classify"),
		Store: dynamo.Open(env.AWS, s.TableName, dynamo.Options{}), Archive: s3archive.Open(env.AWS, s.Bucket, s.Prefix),
	}
	if s.ModelName != "" { // else what still waits ends with that reason
		d.Model = openai.Open(openai.Options{URL: s.ModelURL, Model: s.ModelName, Key: string(modelKey), Format: s.ModelFormat})
	}
	return env.Batch().Jobs(func(ctx context.Context, effect string) error {
		_, err := d.DeliverOne(ctx, effect, env.Now())
		return err
	}), nil
}
