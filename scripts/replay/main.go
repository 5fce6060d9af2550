// Command replay reads a range of raw mail again by today's rules and laws, and says what
// would change. Nothing is written without -apply.
//
//	go run ./scripts/replay -stack NAME -from 2026-11-01 -to 2026-11-15 [-apply] [-json] [-all]
//
// First come mails that were stored and never decided (LOST): -apply takes them in. A mail
// that was passed over and asks for a right now (ASKS) opens its cases, from its own
// receipt. Where rights or law differ (DIFFERS), the first case that no human has decided
// gets a reason to look, and nothing is taken away. Another queue or date (MOVED) is only
// shown. A second -apply changes nothing.
//
// Days are those of receipt, in UTC, both included. Mail is listed by when it was stored;
// -all looks at every mail of the archive, for a bucket that was restored or copied.
//
// With -stack the settings are those of the function intake, so that a mail is judged as it
// would be there. Without, they are read from the environment as the function has it
// (RIGHTSMAIL_TABLE, RIGHTSMAIL_BUCKET, RIGHTSMAIL_IDENTITY_SECRET, ...); -table, -bucket,
// -prefix and -identity-secret say otherwise. With -json, one object a line, the totals on
// standard error.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"

	"rightsmail/shared/adapters/dynamo"
	"rightsmail/shared/adapters/s3archive"
	"rightsmail/shared/adapters/secrets"
	"rightsmail/shared/adapters/stack"
	"rightsmail/shared/config"
	"rightsmail/shared/desk"
	"rightsmail/shared/replies"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], machine{now: time.Now, env: os.LookupEnv, stdout: os.Stdout, stderr: os.Stderr})
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "replay:", err)
		os.Exit(1)
	}
}

// machine is what the program takes from the outside, so that a test can hand it in.
type machine struct {
	now            func() time.Time
	env            func(string) (string, bool)
	stdout, stderr io.Writer
}

// options are the flags.
type options struct {
	stack, region    string
	given            map[string]string // settings by the name of their variable
	span             desk.Span
	apply, json, all bool
}

// variables are the flags that stand for a setting.
var variables = map[string][2]string{
	"table":           {"RIGHTSMAIL_TABLE", "`name` of the DynamoDB table"},
	"bucket":          {"RIGHTSMAIL_BUCKET", "`name` of the bucket of raw mail"},
	"prefix":          {"RIGHTSMAIL_PREFIX", "`beginning` of the keys of raw mail"},
	"identity-secret": {"RIGHTSMAIL_IDENTITY_SECRET", "`ARN` of the secret behind the hashes that stand for people"},
}

func parse(args []string, now time.Time, stderr io.Writer) (options, error) {
	o := options{given: map[string]string{}}
	var from, to string
	flags := flag.NewFlagSet("replay", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.stack, "stack", "", "`name` of the CloudFormation stack")
	flags.StringVar(&o.region, "region", "", "AWS `Region`; empty: that of the AWS command line")
	for name, v := range variables {
		flags.Func(name, v[1], func(value string) error { o.given[v[0]] = value; return nil })
	}
	flags.StringVar(&from, "from", "", "first `day` of receipt, as 2026-11-01")
	flags.StringVar(&to, "to", "", "last `day` of receipt; empty: until now")
	flags.BoolVar(&o.apply, "apply", false, "do what is shown")
	flags.BoolVar(&o.json, "json", false, "print one JSON object a line")
	flags.BoolVar(&o.all, "all", false, "look at every mail, whenever it was stored: for a bucket that was restored or copied")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("unknown argument %q; a range is -from 2026-11-01 -to 2026-11-15", flags.Arg(0))
	}
	span, err := days(from, to, now)
	o.span = span
	return o, err
}

// days reads a range of days, both included.
func days(from, to string, now time.Time) (desk.Span, error) {
	if from == "" {
		return desk.Span{}, errors.New("say from which day with -from 2026-11-01")
	}
	span := desk.Span{To: now.UTC()}
	first, err := time.Parse(time.DateOnly, from)
	if err != nil {
		return span, fmt.Errorf("-from wants a day like 2026-11-01, not %q", from)
	}
	span.From = first
	if to != "" {
		last, err := time.Parse(time.DateOnly, to)
		if err != nil {
			return span, fmt.Errorf("-to wants a day like 2026-11-15, not %q", to)
		}
		span.To = last.AddDate(0, 0, 1)
	}
	if !span.From.Before(span.To) {
		return span, fmt.Errorf("-from %s is not before -to", from)
	}
	return span, nil
}

func run(ctx context.Context, args []string, m machine) error {
	o, err := parse(args, m.now(), m.stderr)
	if err != nil {
		return err
	}
	cfg, err := awsconfig.LoadDefaultConfig(ctx, func(l *awsconfig.LoadOptions) error {
		l.Region = o.region
		return nil
	})
	if err != nil {
		return fmt.Errorf("read the settings of AWS: %w", err)
	}
	p, err := open(ctx, cfg, o, m)
	if err != nil {
		return err
	}
	found, err := p.run(ctx, o.apply)
	if err != nil {
		return err
	}
	return show(m, o, found)
}

// settings are those of the function intake.
type settings struct {
	config.Settings
	config.Table
	config.Archive
	config.Identity
	config.Consulting
}

// open puts the desk together as intake does.
func open(ctx context.Context, cfg aws.Config, o options, m machine) (*replayer, error) {
	env, err := environment(ctx, cfg, o, m.env)
	if err != nil {
		return nil, err
	}
	s, err := config.Read[settings](env)
	if err != nil {
		return nil, fmt.Errorf("%w (or name the stack with -stack)", err)
	}
	key, err := secrets.Value(ctx, cfg, s.IdentitySecret)
	if err != nil {
		return nil, err
	}
	company := desk.From(s.Settings, []byte(key))
	company.Consult = s.ModelName != ""
	judge, err := desk.NewJudge(company)
	if err != nil {
		return nil, err
	}
	letters, err := replies.Builtin()
	if err != nil {
		return nil, err
	}
	archive := s3archive.Open(cfg, s.Bucket, s.Prefix)
	from, to := o.span.From, o.span.To.Add(desk.Late)
	if o.all {
		from, to = time.Time{}, time.Time{}
	}
	return &replayer{
		desk: &desk.Desk{Judge: *judge, Replies: letters, Archive: archive,
			Store: dynamo.Open(cfg, s.TableName, dynamo.Options{}), Log: slog.New(slog.NewTextHandler(m.stderr, nil))},
		stored: listed(archive.List(ctx, from, to, "")), span: o.span, now: m.now,
	}, nil
}

// environment is where settings are read from: flags, then the stack or the machine.
func environment(ctx context.Context, cfg aws.Config, o options, env func(string) (string, bool)) (func(string) (string, bool), error) {
	if o.stack != "" {
		values, err := stack.Variables(ctx, cfg, o.stack, "Intake")
		if err != nil {
			return nil, err
		}
		env = func(name string) (string, bool) { v, ok := values[name]; return v, ok }
	}
	return func(name string) (string, bool) {
		if v, ok := o.given[name]; ok {
			return v, true
		}
		return env(name)
	}, nil
}

// listed is a listing of the archive in the words of the desk.
func listed(objects iter.Seq2[s3archive.Object, error]) iter.Seq2[desk.Stored, error] {
	return func(yield func(desk.Stored, error) bool) {
		for o, err := range objects {
			if !yield(desk.Stored{ID: o.ID, At: o.Stored}, err) {
				return
			}
		}
	}
}
