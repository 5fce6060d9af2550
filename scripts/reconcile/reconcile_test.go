package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/desk"
)

var update = flag.Bool("update", false, "write the goldens anew")

var (
	now  = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	span = desk.Span{From: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC)}
)

// quiet is a fortnight in which nothing went wrong.
var quiet = desk.Account{Span: span, Stored: 1204, Opened: 310, Joined: 41, Merged: 3, Forwarded: 790, Ignored: 58, Underway: 2, Cases: 388}

// bad is one in which everything did.
var bad = desk.Account{Span: span, Stored: 8, Opened: 4, Forwarded: 3, Undecided: 1, Again: 1, Gone: 1, Cases: 5, Problems: []desk.Problem{
	{Kind: desk.Undecided, Mail: "lost1", Since: now.AddDate(0, 0, -9), Text: "stored, and never decided: look for it among the dead letters of intake, else replay takes it in"},
	{Kind: desk.TrailBroken, Mail: "m2", Case: "RM-8F3K-2Q7D-1", Since: now.Add(-30 * time.Hour), Text: "its trail is not as it was written: entry 2 is not what it was when it was written"},
	{Kind: desk.OutboxStuck, Mail: "m3", Case: "RM-8F3K-2Q7E-1", Effect: "ack-RM-8F3K-2Q7E", Since: now.Add(-2 * time.Hour), Text: "reply waits since more than an hour, after 3 attempts"},
	{Kind: desk.RawGone, Mail: "m4", Text: "a case or the outbox names it, and neither the archive nor the store has it: restore the table"},
}}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o750))
		require.NoError(t, os.WriteFile(file, []byte(got), 0o600))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(want), got)
}

func TestAccountIsATableAndEndsWithWhatItComesTo(t *testing.T) {
	for name, c := range map[string]struct {
		account  desk.Account
		received int
		source   string
		even     bool
	}{
		"even":     {quiet, 1204, "metric of SES for rule acme-inbound", true},
		"unknown":  {quiet, -1, "not known: name the receipt rule with -rule, or give the number with -received", true},
		"unstored": {quiet, 1206, "given by hand", false},
		"unheard":  {quiet, 1200, "given by hand", false},
		"bad":      {bad, 8, "given by hand", false},
	} {
		t.Run(name, func(t *testing.T) {
			var table, asJSON bytes.Buffer
			for w, o := range map[*bytes.Buffer]options{&table: {}, &asJSON: {json: true}} {
				err := show(machine{stdout: w, now: func() time.Time { return now }}, o, c.account, c.received, c.source)
				if c.even {
					require.NoError(t, err)
				} else {
					require.ErrorIs(t, err, errUneven)
				}
			}
			golden(t, name+".txt", table.String())
			golden(t, name+".json", asJSON.String())
			assert.True(t, json.Valid(asJSON.Bytes()))
		})
	}
}

func TestWhatWasReceivedIsNotGuessed(t *testing.T) {
	for name, c := range map[string]struct {
		options options
		n       int
		says    string
	}{
		"by hand":   {options{received: 7, rule: "acme-inbound", span: span}, 7, "given by hand"},
		"no rule":   {options{received: -1, span: span}, -1, "name the receipt rule"},
		"forgotten": {options{received: -1, rule: "acme-inbound", span: desk.Span{From: now.AddDate(-2, 0, 0), To: now}}, -1, "455 days"},
	} {
		t.Run(name, func(t *testing.T) {
			n, source, err := received(t.Context(), aws.Config{}, c.options, now)
			require.NoError(t, err)
			assert.Equal(t, c.n, n)
			assert.Contains(t, source, c.says)
		})
	}
}

func TestDaysAreBothIncluded(t *testing.T) {
	o, err := parse([]string{"-from", "2026-11-01", "-to", "2026-11-15"}, now, io.Discard)
	require.NoError(t, err)
	assert.Equal(t, span, o.span)
	assert.Equal(t, -1, o.received)
	o, err = parse([]string{"-from", "2026-11-01"}, now, io.Discard)
	require.NoError(t, err)
	assert.Equal(t, now, o.span.To)
	o, err = parse(nil, now, io.Discard)
	require.NoError(t, err)
	assert.Equal(t, desk.Span{From: time.Date(2026, 11, 6, 0, 0, 0, 0, time.UTC), To: now}, o.span, "the last fortnight")
}

func TestWrongArgumentsSayWhatIsMeant(t *testing.T) {
	for want, args := range map[string][]string{
		"-from wants a day":      {"-from", "yesterday"},
		"-to wants a day":        {"-from", "2026-11-01", "-to", "15.11."},
		"is not before -to":      {"-from", "2026-11-02", "-to", "2026-11-01"},
		"a range is -from":       {"-from", "2026-11-01", "2026-11-15"},
		"or name the stack with": {"-from", "2026-11-01", "-table", "cases"},
	} {
		err := run(t.Context(), args, machine{now: func() time.Time { return now }, env: func(string) (string, bool) { return "", false }, stdout: io.Discard, stderr: io.Discard})
		assert.ErrorContains(t, err, want)
	}
}
