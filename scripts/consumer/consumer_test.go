package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/queue"
)

// pile is a queue in memory: what is not removed is delivered each time.
type pile struct {
	waiting []delivery
	empty   func()           // called when nothing waits
	fault   map[string]error // of removing one
}

var _ source = (*pile)(nil)

func (p *pile) receive(ctx context.Context) ([]delivery, error) {
	if len(p.waiting) == 0 && p.empty != nil {
		p.empty()
	}
	return slices.Clone(p.waiting), ctx.Err()
}

func (p *pile) remove(ctx context.Context, d delivery) error {
	if err := errors.Join(p.fault[d.id], ctx.Err()); err != nil {
		return err
	}
	p.waiting = slices.DeleteFunc(p.waiting, func(w delivery) bool { return w.handle == d.handle })
	return nil
}

// put lays messages into the queue.
func (p *pile) put(bodies ...[]byte) {
	for _, body := range bodies {
		n := strconv.Itoa(len(p.waiting) + 1)
		p.waiting = append(p.waiting, delivery{id: "m" + n, handle: "h" + n, body: body})
	}
}

func example(t *testing.T, category string) []byte {
	t.Helper()
	raw, err := queue.ExampleFor(category)
	require.NoError(t, err)
	return raw
}

// desk is a consumer with what it printed.
type desk struct {
	consumer
	printed, said bytes.Buffer
}

func open(t *testing.T, path string, p *pile) *desk {
	t.Helper()
	done, err := openLedger(path)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, done.close()) })
	d := &desk{}
	d.consumer = consumer{queue: p, done: done, out: &d.printed, problems: &d.said}
	return d
}

func (d *desk) lines() []string {
	return strings.Fields(strings.ReplaceAll(d.printed.String(), " ", "_"))
}

func TestEveryCategoryIsOneLineAndLeavesTheQueue(t *testing.T) {
	p := &pile{}
	for _, category := range queue.Categories() {
		p.put(example(t, category))
	}
	d := open(t, filepath.Join(t.TempDir(), "folder", "consumed"), p)
	require.NoError(t, d.work(t.Context(), true))
	assert.Empty(t, p.waiting)
	assert.Len(t, d.lines(), len(queue.Categories()))
	assert.Empty(t, d.said.String())
}

func TestLineTellsTheFactsSorted(t *testing.T) {
	m, err := read(example(t, "ccpa"))
	require.NoError(t, err)
	m.Review = []string{"two\nreadings"}
	assert.Equal(t, `acknowledge_by=2026-03-13 auto_suppress=false case=RM-8F3K-2Q7D-1 citation="Cal. Civ. Code 1798.105; 11 CCR 7022" consumer=`+m.Consumer+
		` id=handoff-RM-8F3K-2Q7D-1-v1 jurisdiction=us-ca language=en law="California Consumer Privacy Act" missing=name priority=2 queue=ccpa`+
		` received_at=2026-03-03T05:08:00Z respond_by=2026-04-15 review="two\nreadings" right=ccpa_delete role=self standing=authenticated`+
		` statutory_due=2026-04-16 verification=reasonable zone=America/Los_Angeles`, line(m))
	for _, odd := range []string{"a b", "a=b", "\x1b[2J", "\u202e", "ü", `"`, `\`, "a\u2028b"} {
		m.Zone = odd
		assert.True(t, strings.HasSuffix(line(m), " zone="+strconv.QuoteToASCII(odd)), odd)
	}
}

func TestSecondDeliveryChangesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "consumed")
	p := &pile{}
	p.put(example(t, "gdpr"), example(t, "gdpr"))
	d := open(t, path, p)
	require.NoError(t, d.work(t.Context(), true))
	assert.Len(t, d.lines(), 1)
	assert.Empty(t, p.waiting, "a copy leaves the queue too")

	p.put(example(t, "gdpr"))
	again := open(t, path, p)
	require.NoError(t, again.work(t.Context(), true))
	assert.Empty(t, again.lines(), "also after a restart")
	assert.Empty(t, p.waiting)
}

func TestMessageThatCouldNotBeRemovedIsNotHandledAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "consumed")
	p := &pile{fault: map[string]error{"m1": errors.New("no connection")}}
	p.put(example(t, "gdpr"))
	d := open(t, path, p)
	require.ErrorContains(t, d.work(t.Context(), true), "no connection")
	assert.Len(t, d.lines(), 1)

	p.fault = nil
	again := open(t, path, p)
	require.NoError(t, again.work(t.Context(), true))
	assert.Empty(t, again.lines())
	assert.Empty(t, p.waiting)
}

func TestWhatItDoesNotUnderstandStaysInTheQueue(t *testing.T) {
	var ccpa map[string]any
	require.NoError(t, json.Unmarshal(example(t, "ccpa"), &ccpa))
	with := func(field string, value any) []byte {
		m := map[string]any{}
		for k, v := range ccpa {
			m[k] = v
		}
		m[field] = value
		raw, err := json.Marshal(m)
		require.NoError(t, err)
		return raw
	}
	for name, c := range map[string]struct {
		body []byte
		want string
	}{
		"a later version": {with("schema", "rightsmail.request.v2"), "its schema is not rightsmail.request.v1"},
		"another program": {[]byte(`{"jane":1}`), "its schema is not"},
		"no JSON":         {[]byte(`jane`), "its schema is not"},
		"another type":    {with("priority", "jane"), "a field of it is of another type"},
		"a queue of none": {with("queue", "jane"), "queue: must be one of"},
		"no date":         {with("respond_by", "jane"), "respond_by: must be a date"},
	} {
		t.Run(name, func(t *testing.T) {
			p := &pile{}
			p.put(c.body, example(t, "gdpr"))
			d := open(t, filepath.Join(t.TempDir(), "consumed"), p)
			require.NoError(t, d.work(t.Context(), true))
			assert.Len(t, d.lines(), 1, "the others are handled")
			require.Len(t, p.waiting, 1)
			assert.Equal(t, c.body, p.waiting[0].body)
			assert.Contains(t, d.said.String(), "message m1 stays in the queue: ")
			assert.Contains(t, d.said.String(), c.want)
			assert.NotContains(t, d.said.String(), "jane")
			for _, said := range strings.Split(strings.TrimSpace(d.said.String()), "\n") {
				assert.True(t, strings.HasPrefix(said, "message m1 "), said)
			}
		})
	}
}

func TestFieldOfALaterReleaseIsPassedOver(t *testing.T) {
	p := &pile{}
	p.put([]byte(strings.Replace(string(example(t, "ccpa")), "{", `{"added_later": {"x": 1},`, 1)))
	d := open(t, filepath.Join(t.TempDir(), "consumed"), p)
	require.NoError(t, d.work(t.Context(), true))
	assert.Len(t, d.lines(), 1)
}

func TestItWorksUntilItIsAskedToStop(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	p := &pile{}
	p.put(example(t, "ccpa"))
	rounds := 0
	p.empty = func() {
		switch rounds++; rounds {
		case 1:
			p.put(example(t, "gdpr"))
		case 2:
			cancel()
		}
	}
	d := open(t, filepath.Join(t.TempDir(), "consumed"), p)
	require.NoError(t, d.work(ctx, false))
	assert.Len(t, d.lines(), 2)
}

func TestStopInTheMiddleFinishesWhatWasBegunAndLeavesTheRest(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	p := &pile{}
	p.put(example(t, "ccpa"), example(t, "gdpr"))
	d := open(t, filepath.Join(t.TempDir(), "consumed"), p)
	d.out = writer(func(b []byte) (int, error) { cancel(); return len(b), nil })
	require.NoError(t, d.work(ctx, false))
	require.Len(t, p.waiting, 1)
	assert.Equal(t, "m2", p.waiting[0].id)
}

type writer func([]byte) (int, error)

func (w writer) Write(b []byte) (int, error) { return w(b) }

func TestWhatCouldNotBePrintedIsNeitherMarkedNorRemoved(t *testing.T) {
	p := &pile{}
	p.put(example(t, "ccpa"))
	d := open(t, filepath.Join(t.TempDir(), "consumed"), p)
	d.out = writer(func([]byte) (int, error) { return 0, errors.New("disk full") })
	require.ErrorContains(t, d.work(t.Context(), true), "disk full")
	assert.Len(t, p.waiting, 1)
	assert.Empty(t, d.done.ids)
}

func TestHalfALineInTheLedgerIsNoMark(t *testing.T) {
	path := filepath.Join(t.TempDir(), "consumed")
	require.NoError(t, os.WriteFile(path, []byte("\"a\"\n\"two\\nlines\"\n\"hal"), 0o600))
	l, err := openLedger(path)
	require.NoError(t, err)
	assert.Equal(t, map[string]bool{"a": true, "two\nlines": true}, l.ids)
	require.NoError(t, l.add("half"))
	require.NoError(t, l.close())

	l, err = openLedger(path)
	require.NoError(t, err)
	assert.True(t, l.has("half"), "what follows half a line is whole")
	require.NoError(t, l.close())
	require.ErrorContains(t, l.add("more"), "note a handled id")
}

func TestLedgerThatCannotBeOpenedIsSaid(t *testing.T) {
	folder := t.TempDir()
	_, err := openLedger(folder)
	require.ErrorContains(t, err, "open the handled ids")
	require.NoError(t, os.WriteFile(filepath.Join(folder, "file"), nil, 0o600))
	_, err = openLedger(filepath.Join(folder, "file", "consumed"))
	assert.ErrorContains(t, err, "make the folder")
}
