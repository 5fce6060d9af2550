// Command evaluate says how well mail is read: it judges mails as the dry run does, holds
// the outcome to what a careful human expects, and reports where the two differ.
//
//	go run ./scripts/evaluate [-json FILE|-] [-html FILE] [-received RFC3339] [-model] [-against OLD.json] DIR
//
// DIR holds mails (.eml, mbox, folders of them) and expectations.yaml, whose keys are
// explained in events/mails/expectations.yaml and shared/expectations; a ZIP of them, as
// the console exports corrections, does as well. Nothing is written but the reports, and
// nothing is sent, unless -model puts the mails that the rules cannot decide to the model
// that is set up. The same rules and mails give the same report, to the byte.
//
// The exit status is 1 if a privacy mail was lost, that is, if a mail that asks for a
// right came out as support, spam or a machine's mail; 2 if nothing could be measured.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"rightsmail/shared/adapters/openai"
	"rightsmail/shared/classify"
	"rightsmail/shared/config"
	"rightsmail/shared/desk"
)

func main() {
	err := run(context.Background(), os.Args[1:], os.LookupEnv, os.Stdout, os.Stderr)
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "evaluate:", err)
	}
	os.Exit(status(err))
}

// status is what the program ends with.
func status(err error) int {
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, errLost):
		return 1
	}
	return 2
}

// errLost says that a mail that asks for a right went where nobody works on it.
var errLost = errors.New("privacy mail was lost")

// options are the flags.
type options struct {
	json, html, against string
	received            time.Time
	model               bool
	dir                 string
}

// usual is when a mail arrives whose server noted nothing: always the same moment, so
// that the same law is in force whenever the figures are taken.
var usual = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func parse(args []string, stderr io.Writer) (options, error) {
	o := options{received: usual}
	flags := flag.NewFlagSet("evaluate", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintln(stderr, "usage: go run ./scripts/evaluate [-json FILE|-] [-html FILE] [-received RFC3339] [-model] [-against OLD.json] DIR")
		flags.PrintDefaults()
	}
	flags.StringVar(&o.json, "json", "", "write the report as JSON to this `file`; - prints it instead of the text")
	flags.StringVar(&o.html, "html", "", "write the report as one HTML page to this `file`")
	flags.StringVar(&o.against, "against", "", "say what changed since this earlier JSON `report`")
	flags.BoolVar(&o.model, "model", false, "ask the model of RIGHTSMAIL_MODEL about mail that the rules cannot decide; costs money, and its figures may differ from run to run")
	flags.Func("received", "read the mails at this `time` (RFC 3339); one whose server noted an earlier time keeps that (default "+usual.Format(time.RFC3339)+")", func(word string) error {
		t, err := time.Parse(time.RFC3339, word)
		if err != nil {
			return errors.New("a time like 2026-03-03T16:10:00Z is wanted")
		}
		o.received = t.UTC()
		return nil
	})
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if flags.NArg() != 1 {
		flags.Usage()
		return o, errors.New("name one folder of mails with expectations.yaml, or one ZIP of them")
	}
	o.dir = flags.Arg(0)
	return o, nil
}

// run measures and reports.
func run(ctx context.Context, args []string, env func(string) (string, bool), stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	settings, err := config.Read[config.Settings](env)
	if err != nil {
		return err
	}
	judge, err := desk.NewJudge(desk.From(settings, nil))
	if err != nil {
		return err
	}
	var model classify.Model
	if o.model {
		if model, err = openModel(env); err != nil {
			return err
		}
	}
	return evaluate(ctx, o, judge, model, stdout)
}

// modelSettings are those of the model, with its key: one machine has no vault of secrets.
type modelSettings struct {
	config.Model
	Key string `env:"RIGHTSMAIL_MODEL_KEY" default:"" help:"key for the server of the model; empty: it needs none"`
}

func openModel(env func(string) (string, bool)) (classify.Model, error) {
	s, err := config.Read[modelSettings](env)
	if err != nil {
		return nil, err
	}
	if s.ModelName == "" {
		return nil, errors.New("-model needs RIGHTSMAIL_MODEL, the name of a model, and RIGHTSMAIL_MODEL_URL where it is asked")
	}
	return openai.Open(openai.Options{URL: s.ModelURL, Model: s.ModelName, Key: s.Key}), nil
}

// evaluate is run with its parts in hand; model is nil if none is to be asked.
func evaluate(ctx context.Context, o options, judge *desk.Judge, model classify.Model, stdout io.Writer) error {
	mails, err := load(o.dir, judge.Book.Has)
	if err != nil {
		return err
	}
	var old *Report
	if o.against != "" {
		if old, err = readReport(o.against); err != nil {
			return err
		}
	}
	r, err := measure(ctx, judge, model, mails, o.received)
	if err != nil {
		return err
	}
	if old != nil {
		r.Against = compare(*old, r)
	}
	if err := r.publish(o, stdout); err != nil {
		return err
	}
	if n := len(r.Lost); n > 0 {
		return fmt.Errorf("%w: %d of %d", errLost, n, r.Privacy)
	}
	return nil
}

// publish writes the report wherever it is wanted.
func (r Report) publish(o options, stdout io.Writer) error {
	if o.html != "" {
		if err := toFile(o.html, r.page); err != nil {
			return err
		}
	}
	if o.json == "-" {
		return r.json(stdout)
	}
	if o.json != "" {
		if err := toFile(o.json, r.json); err != nil {
			return err
		}
	}
	return r.text(stdout)
}

func (r Report) json(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}

// toFile writes a file for its owner alone: the words that decided are words of mails.
func toFile(name string, write func(io.Writer) error) error {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600) // #nosec G304 -- the user names the file
	if err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return errors.Join(write(file), file.Close())
}

func readReport(name string) (*Report, error) {
	raw, err := os.ReadFile(name) // #nosec G304 -- the user names the file
	if err != nil {
		return nil, fmt.Errorf("read the earlier report: %w", err)
	}
	var r Report
	if err := json.Unmarshal(raw, &r); err != nil {
		return nil, fmt.Errorf("%s is no report that -json wrote: %w", name, err)
	}
	if r.Format != format {
		return nil, fmt.Errorf("%s is no report that -json wrote, or one of another version", name)
	}
	return &r, nil
}
