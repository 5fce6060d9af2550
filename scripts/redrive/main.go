// Command redrive shows what stands in the dead letter queues of a stack, and moves it
// back to where it came from once the fault that brought it there is mended.
//
//	go run ./scripts/redrive -stack NAME                       every queue of dead letters, how many, how old
//	go run ./scripts/redrive -stack NAME -queue intake-dead    what is in it: ids and attempts, never words of mail
//	go run ./scripts/redrive -stack NAME -queue intake-dead -go
//
// Without -go nothing is moved. SQS moves by itself where it can; what a topic could not
// deliver is sent by this program and then deleted, so that a crash in between sends it
// twice, which changes nothing in this house. -rate bounds the messages of a second.
//
// Two queues hold nothing to move. dispatch-failures names places in the stream of the
// table, and the sweep of the function deadlines passes the outbox on by itself; after a
// failure in schedule-failures the next run does the same. -drop throws such records away
// when the cause is mended, so that the alarm rests.
//
// Instead of -stack, -system takes the beginning of the queues' names. Region, profile and
// endpoint are those of the AWS command line (AWS_REGION, AWS_PROFILE, AWS_ENDPOINT_URL).
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"rightsmail/shared/adapters/stack"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], machine{now: time.Now, wait: wait, stdout: os.Stdout, stderr: os.Stderr})
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "redrive:", err)
		os.Exit(1)
	}
}

// machine is what the program takes from the outside, so that a test can hand it in.
type machine struct {
	now            func() time.Time
	wait           func(context.Context, time.Duration) error
	stdout, stderr io.Writer
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// options are the flags.
type options struct {
	stack, system, region string
	queue                 string
	move, drop            bool
	rate, show            int
}

func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("redrive", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.stack, "stack", "", "`name` of the CloudFormation stack")
	flags.StringVar(&o.system, "system", "", "`beginning` of the names of the queues, instead of -stack")
	flags.StringVar(&o.region, "region", "", "AWS `Region`; empty: that of the AWS command line")
	flags.StringVar(&o.queue, "queue", "", "`name` of one queue of dead letters, with or without the beginning")
	flags.BoolVar(&o.move, "go", false, "move what is in -queue back to where it came from")
	flags.BoolVar(&o.drop, "drop", false, "throw away what is in -queue, where nothing has to be moved")
	flags.IntVar(&o.rate, "rate", 10, "messages a second, 1 to 500")
	flags.IntVar(&o.show, "show", 10, "how many messages of -queue to show")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	switch {
	case flags.NArg() > 0:
		return o, fmt.Errorf("unknown argument %q; name a queue with -queue %s", flags.Arg(0), flags.Arg(0))
	case (o.stack == "") == (o.system == ""):
		return o, errors.New("say which stack with -stack NAME, or with -system NAME how its queues begin")
	case (o.move || o.drop) && o.queue == "":
		return o, errors.New("say which queue with -queue NAME: each is mended and moved by itself")
	case o.move && o.drop:
		return o, errors.New("-go and -drop exclude each other: a message is moved or thrown away")
	case o.rate < 1 || o.rate > 500:
		return o, fmt.Errorf("-rate is 1 to 500 messages a second, not %d", o.rate)
	case o.show < 1 || o.show > 1000:
		return o, fmt.Errorf("-show is 1 to 1000 messages, not %d", o.show)
	}
	return o, nil
}

func run(ctx context.Context, args []string, m machine) error {
	o, err := parse(args, m.stderr)
	if err != nil {
		return err
	}
	cfg, err := config.LoadDefaultConfig(ctx, func(l *config.LoadOptions) error {
		l.Region = o.region
		return nil
	})
	if err != nil {
		return fmt.Errorf("read the settings of AWS: %w", err)
	}
	if o.system == "" {
		outputs, err := stack.Outputs(ctx, cfg, o.stack)
		if err != nil {
			return err
		}
		if o.system = outputs["SystemName"]; o.system == "" {
			return fmt.Errorf("stack %s has no output SystemName, so it is none of ours: check the name, or use -system", o.stack)
		}
	}
	r := &redrive{options: o, machine: m, client: sqs.NewFromConfig(cfg)}
	return r.run(ctx)
}
