// Command local runs all of Rightsmail on one machine: it takes mail by SMTP and
// from files, keeps everything in one folder, writes outgoing mail to files and
// serves the console. It needs nothing but Go.
//
//	go run ./scripts/local [-data DIR] [-smtp ADDR] [-http ADDR] [-ingest PATH]... [-exit] [-trust-smtp]
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], machine{
		now: time.Now, random: rand.Reader, env: os.LookupEnv, stdout: os.Stdout, stderr: os.Stderr,
	})
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "local:", err)
		os.Exit(1)
	}
}

// machine is what the program takes from the outside, so that a test can hand it in.
type machine struct {
	now            func() time.Time
	random         io.Reader
	env            func(string) (string, bool)
	stdout, stderr io.Writer
	ready          func(smtpAddr, httpAddr string) // called when both listen; nil in real life
}

// options are the flags.
type options struct {
	data, smtp, http string
	smtpSet, httpSet bool
	ingest           []string
	exit, trustSMTP  bool
}

func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	flags := flag.NewFlagSet("local", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.data, "data", ".rightsmail", "`folder` for the database, the key and outgoing mail")
	flags.StringVar(&o.smtp, "smtp", "127.0.0.1:2525", "`address` that takes mail")
	flags.StringVar(&o.http, "http", "127.0.0.1:8080", "`address` of the console")
	flags.Func("ingest", "`path` of an .eml file, an mbox file or a folder to take in; may be given again", func(p string) error {
		o.ingest = append(o.ingest, p)
		return nil
	})
	flags.BoolVar(&o.exit, "exit", false, "stop when everything ingested has been handled, and print a summary; listens only where -smtp or -http is given")
	flags.BoolVar(&o.trustSMTP, "trust-smtp", false, "vouch for the senders of mail taken by SMTP: they count as authenticated")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("unknown argument %q; to take in mail say -ingest %s", flags.Arg(0), flags.Arg(0))
	}
	flags.Visit(func(f *flag.Flag) {
		o.smtpSet = o.smtpSet || f.Name == "smtp"
		o.httpSet = o.httpSet || f.Name == "http"
	})
	return o, nil
}
