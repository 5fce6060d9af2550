// Command consumer is a sample of a tool that works one category: it takes the messages
// of its queue, each once, and prints what they say.
//
//	go run ./scripts/consumer [-once] [-done FILE] QUEUE_URL
//
// QUEUE_URL is the SQS queue of a category, from the outputs of the stack. Region and
// credentials are those of the AWS CLI. With -once it ends when nothing new waits. The ids
// of what was handled are kept in FILE, so that a second delivery changes nothing, also
// after a restart. A message of a schema it does not know stays in the queue.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "consumer:", err)
		os.Exit(1)
	}
}

// options are the flags.
type options struct {
	once  bool
	done  string
	queue string
}

func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("consumer", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintln(stderr, "usage: go run ./scripts/consumer [-once] [-done FILE] QUEUE_URL")
		flags.PrintDefaults()
	}
	flags.BoolVar(&o.once, "once", false, "end when nothing new waits")
	flags.StringVar(&o.done, "done", filepath.Join(".rightsmail", "consumed"), "`file` of the ids that were handled")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() != 1 {
		flags.Usage()
		return o, errors.New("name one queue by its URL")
	}
	o.queue = flags.Arg(0)
	return o, nil
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return fmt.Errorf("read the settings of AWS: %w", err)
	}
	done, err := openLedger(o.done)
	if err != nil {
		return err
	}
	c := consumer{queue: &sqsQueue{client: sqs.NewFromConfig(cfg), url: o.queue}, done: done, out: stdout, problems: stderr}
	err = c.work(ctx, o.once)
	if closed := done.close(); err == nil {
		err = closed
	}
	return err
}
