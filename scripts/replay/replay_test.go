package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/sqlite"
	"rightsmail/shared/cases"
	"rightsmail/shared/classify"
	"rightsmail/shared/config"
	"rightsmail/shared/desk"
	"rightsmail/shared/replies"
	"rightsmail/shared/rights"
)

var update = flag.Bool("update", false, "write the goldens anew")

var (
	at   = time.Date(2026, 11, 3, 18, 0, 0, 0, time.UTC)
	now  = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	span = desk.Span{From: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC)}
)

// mail is a mail as SES stores it.
func mail(id string, received time.Time, who, words string) string {
	return "Return-Path: <" + who + "@example.net>\r\n" +
		"Received: from mx.example.net by inbound-smtp.eu-west-1.amazonaws.com with SMTP id " + id + " for privacy@example.com; " + received.Format(time.RFC1123Z) + "\r\n" +
		"Authentication-Results: amazonses.com; dkim=pass header.i=@example.net; dmarc=pass header.from=example.net;\r\n" +
		"From: " + who + "@example.net\r\nTo: privacy@example.com\r\nSubject: a question\r\nMessage-ID: <" + id + "@example.net>\r\n\r\n" + words + "\r\n"
}

const (
	erase   = "I live in Fresno, California. Please delete all personal information you have about me."
	optOut  = erase + " And do not sell my personal information."
	colours = "Hello, how do I change the colour of the widget? Thank you."
)

// archive is a bucket and a store with one mail of every kind.
type archive struct {
	desk   *desk.Desk
	stored []desk.Stored
}

// rules are read once for all tests: reading them takes longer than using them.
var rules = sync.OnceValues(func() (*desk.Judge, error) {
	s, err := config.Read[config.Settings](func(string) (string, bool) { return "", false })
	if err != nil {
		return nil, err
	}
	return desk.NewJudge(desk.From(s, []byte("a key that only tests know, 32 b")))
})

func newDesk(t *testing.T, store cases.Store, kept cases.Archive) *desk.Desk {
	t.Helper()
	judge, err := rules()
	require.NoError(t, err)
	letters, err := replies.Builtin()
	require.NoError(t, err)
	return &desk.Desk{Judge: *judge, Replies: letters, Store: store, Archive: kept, Log: slog.New(slog.DiscardHandler)}
}

func newArchive(t *testing.T) *archive {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "test.db"))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, db.Close()) })
	return &archive{desk: newDesk(t, db, db)}
}

// keep stores a mail, decided by rules that did not know some rights.
func (a *archive) keep(t *testing.T, id, who, words string, received time.Time, unknown ...rights.ID) {
	t.Helper()
	a.store(t, id, who, words, received)
	in := desk.Incoming{ID: cases.MailID(id), Raw: []byte(mail(id, received, who, words)), Received: received}
	j := a.desk.Judge.Judge(in)
	j.Requests = slices.DeleteFunc(slices.Clone(j.Requests), func(r desk.Request) bool { return slices.Contains(unknown, r.Right.ID) })
	if len(j.Requests) == 0 {
		j.Decision.Outcome = classify.Support
	}
	_, err := a.desk.Take(t.Context(), in, j, received)
	require.NoError(t, err)
}

// store stores a mail that nobody decides.
func (a *archive) store(t *testing.T, id, who, words string, received time.Time) {
	t.Helper()
	require.NoError(t, a.desk.Archive.Put(t.Context(), cases.MailID(id), []byte(mail(id, received, who, words))))
	a.stored = append(a.stored, desk.Stored{ID: cases.MailID(id), At: received.Add(2 * time.Second)})
}

func (a *archive) list() iter.Seq2[desk.Stored, error] {
	return func(yield func(desk.Stored, error) bool) {
		for _, s := range a.stored {
			if !yield(s, nil) {
				return
			}
		}
	}
}

// fortnight is two weeks in which something of everything happened.
func fortnight(t *testing.T) *archive {
	a := newArchive(t)
	a.keep(t, "same1", "ana", erase, at)
	a.keep(t, "same2", "bo", colours, at)
	a.keep(t, "asks1", "cleo", erase, at.Add(time.Hour), "ccpa_delete")
	a.keep(t, "differs1", "dan", optOut, at.Add(2*time.Hour), "ccpa_opt_out_sale_share")
	a.keep(t, "differs2", "eva", optOut, at.Add(3*time.Hour), "ccpa_opt_out_sale_share")
	a.close(t, "differs2")
	a.keep(t, "before1", "fay", erase, span.From.Add(-time.Minute), "ccpa_delete")
	a.store(t, "lost2", "gus", erase, at.Add(5*time.Hour))
	a.store(t, "lost1", "hal", colours, at.Add(4*time.Hour))
	a.store(t, "late1", "ida", erase, span.To.Add(-time.Second)) // stored on the day after
	a.stored = append(a.stored, desk.Stored{ID: "deleted1", At: at})
	return a
}

func (a *archive) close(t *testing.T, id cases.MailID) {
	t.Helper()
	m, err := a.desk.Store.Mail(t.Context(), id)
	require.NoError(t, err)
	require.NoError(t, a.desk.Close(t.Context(), m.Cases[0], 1, "Dana", cases.Complied, "", at))
}

// replay runs over an archive and returns what is printed.
func (a *archive) replay(t *testing.T, apply, asJSON bool) (string, string) {
	t.Helper()
	r := &replayer{desk: a.desk, stored: a.list(), span: span, now: func() time.Time { return now }}
	f, err := r.run(t.Context(), apply)
	require.NoError(t, err)
	var out, beside bytes.Buffer
	require.NoError(t, show(machine{stdout: &out, stderr: &beside}, options{apply: apply, json: asJSON, span: span}, f))
	return out.String(), beside.String()
}

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

// everything is all cases and the outbox.
func (a *archive) everything(t *testing.T) []any {
	t.Helper()
	page, err := a.desk.Store.Cases(t.Context(), cases.Query{})
	require.NoError(t, err)
	effects, err := a.desk.Store.Effects(t.Context(), cases.EffectQuery{})
	require.NoError(t, err)
	return []any{page.Cases, effects.Effects}
}

func TestRunShowsWhatWouldChangeAndWritesNothing(t *testing.T) {
	a := fortnight(t)
	before := a.everything(t)
	out, _ := a.replay(t, false, false)
	golden(t, "dry.txt", out)
	assert.Equal(t, before, a.everything(t))

	asJSON, totals := a.replay(t, false, true)
	golden(t, "dry.json", asJSON)
	assert.Contains(t, totals, "Nothing was written.")
	for _, l := range strings.Split(strings.TrimSpace(asJSON), "\n") {
		assert.True(t, json.Valid([]byte(l)))
	}
	assert.NotContains(t, out+asJSON, "example.net", "no addresses")
}

func TestApplyDoesWhatWasShownAndASecondOneNothing(t *testing.T) {
	a := fortnight(t)
	out, _ := a.replay(t, true, false)
	golden(t, "apply.txt", out)
	done := a.everything(t)

	out, _ = a.replay(t, true, false)
	golden(t, "again.txt", out)
	assert.Equal(t, done, a.everything(t))
}

func TestLostMailsAreTakenInByReceipt(t *testing.T) {
	a := newArchive(t)
	know := "I live in Fresno, California. Please send me a copy of all personal information you have collected about me."
	for _, n := range []int{3, 1, 2} { // the archive gives them by name
		a.store(t, "know"+string(rune('0'+4-n)), "ana", know, at.Add(time.Duration(n)*time.Hour))
	}
	a.replay(t, true, false)
	page, err := a.desk.Store.Cases(t.Context(), cases.Query{Statuses: []cases.Status{cases.Held}})
	require.NoError(t, err)
	require.Len(t, page.Cases, 1)
	assert.Equal(t, at.Add(3*time.Hour), page.Cases[0].Received, "the last of three is the one over its limit")
}

func TestListingThatFailsEndsTheRun(t *testing.T) {
	a := newArchive(t)
	broken := func(yield func(desk.Stored, error) bool) { yield(desk.Stored{}, errors.New("list mails: denied")) }
	_, err := (&replayer{desk: a.desk, stored: broken, span: span}).run(t.Context(), false)
	assert.ErrorContains(t, err, "denied")
}

func TestDaysAreBothIncluded(t *testing.T) {
	o, err := parse([]string{"-from", "2026-11-01", "-to", "2026-11-15"}, now, io.Discard)
	require.NoError(t, err)
	assert.Equal(t, span, o.span)
	o, err = parse([]string{"-from", "2026-11-01"}, now, io.Discard)
	require.NoError(t, err)
	assert.Equal(t, now, o.span.To)
}

func TestWrongArgumentsSayWhatIsMeant(t *testing.T) {
	for want, args := range map[string][]string{
		"say from which day":     nil,
		"-from wants a day":      {"-from", "yesterday"},
		"-to wants a day":        {"-from", "2026-11-01", "-to", "15.11."},
		"is not before -to":      {"-from", "2026-11-02", "-to", "2026-11-01"},
		"a range is -from":       {"-from", "2026-11-01", "2026-11-15"},
		"or name the stack with": {"-from", "2026-11-01", "-table", "cases"},
		"RIGHTSMAIL_BUCKET":      {"-from", "2026-11-01", "-table", "cases"},
	} {
		err := run(t.Context(), args, machine{now: func() time.Time { return now }, env: func(string) (string, bool) { return "", false }, stdout: io.Discard, stderr: io.Discard})
		assert.ErrorContains(t, err, want)
	}
}
