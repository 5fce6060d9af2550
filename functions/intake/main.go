// Command intake takes in mail: SES has stored it and told a queue, the desk judges it
// and writes what follows in one transaction.
package main

import (
	"context"

	"rightsmail/shared/adapters/dynamo"
	"rightsmail/shared/adapters/emf"
	"rightsmail/shared/adapters/lambdaevents"
	"rightsmail/shared/adapters/s3archive"
	"rightsmail/shared/adapters/secrets"
	"rightsmail/shared/cases"
	"rightsmail/shared/config"
	"rightsmail/shared/desk"
	"rightsmail/shared/replies"
)

type settings struct {
	config.Settings
	config.Table
	config.Archive
	config.Identity
	config.Consulting
}

func main() { lambdaevents.Run("intake", start) }

func start(ctx context.Context, env lambdaevents.Env) (any, error) {
	s, err := config.Read[settings](env.Get)
	if err != nil {
		return nil, err
	}
	key, err := secrets.Value(ctx, env.AWS, s.IdentitySecret)
	if err != nil {
		return nil, err
	}
	letters, err := replies.Builtin()
	if err != nil {
		return nil, err
	}
	company := desk.From(s.Settings, []byte(key))
	company.Consult = s.ModelName != ""
	judge, err := desk.NewJudge(company)
	if err != nil {
		return nil, err
	}
	d := &desk.Desk{
		Judge: *judge, Replies: letters, Log: env.Log, Meter: emf.New(env.Out, "Rightsmail", "intake"),
		Store: dynamo.Open(env.AWS, s.TableName, dynamo.Options{}), Archive: s3archive.Open(env.AWS, s.Bucket, s.Prefix),
	}
	return env.Batch().SQS(func(ctx context.Context, m lambdaevents.Message) error {
		r, err := lambdaevents.ReadReceipt(m.Body)
		if err != nil || r.Setup { // SES says hello when a rule is made
			return err
		}
		_, err = d.Accept(ctx, desk.Incoming{
			ID: cases.MailID(r.ID), Received: r.Received, Mailbox: company.MailboxOf(r.Recipients), Findings: &r.Findings,
		}, m.Attempt, env.Now())
		return err
	}), nil
}
