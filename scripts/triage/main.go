// Command triage is the dry run: it reads mails, says what Rightsmail would make of
// them, and writes and sends nothing.
//
//	go run ./scripts/triage [-json] [-text] [-received RFC3339] PATH...
//
// PATH is an .eml file, an mbox file or a folder of them. With -json it prints one
// object a line, in input order. The exit status is 1 only if no file could be read.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"
)

func main() {
	err := run(os.Args[1:], os.LookupEnv, time.Now(), os.Stdout, os.Stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
	case err != nil:
		fmt.Fprintln(os.Stderr, "triage:", err)
		os.Exit(1)
	}
}

// options are the flags.
type options struct {
	json, text bool
	received   time.Time
	paths      []string
}

func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	var received string
	flags := flag.NewFlagSet("triage", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintln(stderr, "usage: go run ./scripts/triage [-json] [-text] [-received RFC3339] PATH...")
		flags.PrintDefaults()
	}
	flags.BoolVar(&o.json, "json", false, "print one JSON object a line")
	flags.BoolVar(&o.text, "text", false, "with everything that was read: the sender's own words, quotes, signature, hidden text, attachments, verdicts")
	flags.StringVar(&received, "received", "", "count dates from this `time` (RFC 3339) instead of what each mail's server noted")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if received != "" {
		t, err := time.Parse(time.RFC3339, received)
		if err != nil {
			return o, fmt.Errorf("-received wants a time like 2026-03-03T16:10:00Z, not %q", received)
		}
		o.received = t
	}
	if o.paths = flags.Args(); len(o.paths) == 0 {
		flags.Usage()
		return o, errors.New("name at least one .eml file, mbox file or folder")
	}
	return o, nil
}
