// Command console serves the pages and the API of the data protection officer behind
// an HTTP API.
package main

import (
	"context"
	"crypto/rand"
	"net/http"
	"time"

	"rightsmail/shared/adapters/dynamo"
	"rightsmail/shared/adapters/emf"
	"rightsmail/shared/adapters/lambdaevents"
	"rightsmail/shared/adapters/oidc"
	"rightsmail/shared/adapters/s3archive"
	"rightsmail/shared/adapters/secrets"
	"rightsmail/shared/config"
	"rightsmail/shared/console"
	"rightsmail/shared/desk"
	"rightsmail/shared/replies"
)

type settings struct {
	config.Settings
	config.Table
	config.Archive
	config.Identity
	config.SignIn
}

func main() { lambdaevents.Run("console", start) }

func start(ctx context.Context, env lambdaevents.Env) (any, error) {
	s, err := config.Read[settings](env.Get)
	if err != nil {
		return nil, err
	}
	key, err := secrets.Value(ctx, env.AWS, s.IdentitySecret)
	if err != nil {
		return nil, err
	}
	sessionKey, err := secrets.Value(ctx, env.AWS, s.SessionSecret)
	if err != nil {
		return nil, err
	}
	letters, err := replies.Builtin()
	if err != nil {
		return nil, err
	}
	judge, err := desk.NewJudge(desk.From(s.Settings, []byte(key)))
	if err != nil {
		return nil, err
	}
	d := &desk.Desk{
		Judge: *judge, Replies: letters, Store: dynamo.Open(env.AWS, s.TableName, dynamo.Options{}),
		Archive: s3archive.Open(env.AWS, s.Bucket, s.Prefix), Log: env.Log, Meter: emf.New(env.Out, "Rightsmail", "console"),
	}
	door, err := oidc.New(oidc.Options{
		Issuer: s.Issuer, ClientID: s.ClientID, ConsoleURL: s.ConsoleURL, GroupsClaim: s.GroupsClaim, SignOutURL: s.SignOutURL,
		Key: []byte(sessionKey), Now: env.Now, Random: rand.Reader, Client: &http.Client{Timeout: 10 * time.Second}, Log: env.Log,
	})
	if err != nil {
		return nil, err
	}
	return lambdaevents.HTTP(door.Wrap(console.New(console.Parts{
		Store: d.Store, Desk: d, Book: judge.Book, Now: env.Now, Log: env.Log,
		Who: door.Who, SignIn: "/signin", SignOut: "/signout",
	}))), nil
}
