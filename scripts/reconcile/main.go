// Command reconcile holds what SES received against what was stored, and that against what
// became of it.
//
//	go run ./scripts/reconcile -stack NAME [-from 2026-11-01] [-to 2026-11-15] [-received N] [-json] [-all]
//
// received = stored = opened + joined + merged + forwarded + ignored. What was received is
// the sum of SES's metric for the receipt rule, which CloudWatch keeps for 15 months;
// -received gives the number by hand, and without both it is not known. It names every
// mail that was stored and not decided, that was decided and is no longer stored, every
// case that is missing or whose trail was changed, and what the outbox has not delivered
// within an hour. What arrived within the last hour is on its way. The exit status is 1
// where something is named or a sum differs, 2 where the program could not look.
//
// Days are those of receipt, in UTC, both included; without -from it is the last fortnight,
// as long as dead letters are kept. Mail is listed by when it was stored;
// -all looks at every mail of the archive, for a bucket that was restored or copied. It
// writes nothing.
//
// With -stack the table, the bucket and the receipt rule are those of the stack. Without,
// they are RIGHTSMAIL_TABLE, RIGHTSMAIL_BUCKET and RIGHTSMAIL_PREFIX, or -table, -bucket,
// -prefix and -rule.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"iter"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"

	"rightsmail/shared/adapters/dynamo"
	"rightsmail/shared/adapters/s3archive"
	"rightsmail/shared/adapters/stack"
	"rightsmail/shared/config"
	"rightsmail/shared/desk"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], machine{now: time.Now, env: os.LookupEnv, stdout: os.Stdout, stderr: os.Stderr})
	switch {
	case errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errUneven):
		os.Exit(1)
	case err != nil:
		fmt.Fprintln(os.Stderr, "reconcile:", err)
		os.Exit(2)
	}
}

// errUneven says that something was found; what it is has been printed.
var errUneven = errors.New("the sums differ, or something was named")

// machine is what the program takes from the outside, so that a test can hand it in.
type machine struct {
	now            func() time.Time
	env            func(string) (string, bool)
	stdout, stderr io.Writer
}

// options are the flags.
type options struct {
	stack, region, rule string
	given               map[string]string // settings by the name of their variable
	span                desk.Span
	received            int // by hand; below zero: not given
	json, all           bool
}

// variables are the flags that stand for a setting.
var variables = map[string][2]string{
	"table":  {"RIGHTSMAIL_TABLE", "`name` of the DynamoDB table"},
	"bucket": {"RIGHTSMAIL_BUCKET", "`name` of the bucket of raw mail"},
	"prefix": {"RIGHTSMAIL_PREFIX", "`beginning` of the keys of raw mail"},
}

func parse(args []string, now time.Time, stderr io.Writer) (options, error) {
	o := options{given: map[string]string{}}
	var from, to string
	flags := flag.NewFlagSet("reconcile", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.stack, "stack", "", "`name` of the CloudFormation stack")
	flags.StringVar(&o.region, "region", "", "AWS `Region`; empty: that of the AWS command line")
	flags.StringVar(&o.rule, "rule", "", "`name` of the receipt rule of SES; empty: that of the stack")
	for name, v := range variables {
		flags.Func(name, v[1], func(value string) error { o.given[v[0]] = value; return nil })
	}
	flags.StringVar(&from, "from", "", "first `day` of receipt, as 2026-11-01; empty: a fortnight ago")
	flags.StringVar(&to, "to", "", "last `day` of receipt; empty: until now")
	flags.IntVar(&o.received, "received", -1, "how many `mails` were received, where you know it better than CloudWatch")
	flags.BoolVar(&o.json, "json", false, "print one JSON object")
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

// fortnight is how long SQS keeps dead letters: what is older cannot be moved back.
const fortnight = 14 * 24 * time.Hour

// days reads a range of days, both included. Without a first day it is the last fortnight.
func days(from, to string, now time.Time) (desk.Span, error) {
	span := desk.Span{To: now.UTC()}
	if from == "" {
		from = now.UTC().Add(-fortnight).Format(time.DateOnly)
	}
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

// settings are those of the function intake that this program needs.
type settings struct {
	config.Table
	config.Archive
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
	env, err := environment(ctx, cfg, &o, m.env)
	if err != nil {
		return err
	}
	s, err := config.Read[settings](env)
	if err != nil {
		return fmt.Errorf("%w (or name the stack with -stack)", err)
	}
	from, to := o.span.From, o.span.To.Add(desk.Late)
	if o.all {
		from, to = time.Time{}, time.Time{}
	}
	stored := listed(s3archive.Open(cfg, s.Bucket, s.Prefix).List(ctx, from, to, ""))
	account, err := desk.Reconcile(ctx, dynamo.Open(cfg, s.TableName, dynamo.Options{}), stored, o.span, m.now().UTC())
	if err != nil {
		return err
	}
	received, source, err := received(ctx, cfg, o, m.now())
	if err != nil {
		return err
	}
	return show(m, o, account, received, source)
}

// environment is where settings are read from: flags, then the stack or the machine.
func environment(ctx context.Context, cfg aws.Config, o *options, env func(string) (string, bool)) (func(string) (string, bool), error) {
	if o.stack != "" {
		values, err := stack.Variables(ctx, cfg, o.stack, "Intake")
		if err != nil {
			return nil, err
		}
		outputs, err := stack.Outputs(ctx, cfg, o.stack)
		if err != nil {
			return nil, err
		}
		if o.rule == "" {
			o.rule = outputs["RuleName"]
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
