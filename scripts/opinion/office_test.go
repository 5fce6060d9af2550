package opinion

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/folder"
	"rightsmail/shared/adapters/sqlite"
	"rightsmail/shared/cases"
	"rightsmail/shared/classify"
	"rightsmail/shared/config"
	"rightsmail/shared/desk"
	"rightsmail/shared/metrics"
	"rightsmail/shared/replies"
	"rightsmail/shared/rights"
)

var ctx = context.Background()

var at = time.Date(2026, 3, 2, 20, 0, 0, 0, time.UTC)

// office is a desk over a real store, whose logs and numbers are kept.
type office struct {
	*desk.Desk
	db     *sqlite.DB
	outbox string
	logs   bytes.Buffer
	meter  meter
}

// meter keeps what was counted, with every note.
type meter struct {
	mu  sync.Mutex
	all []metrics.Point
}

func (m *meter) Emit(p metrics.Point) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.all = append(m.all, p)
}

func (m *meter) sum(name metrics.Name) (sum float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, p := range m.all {
		sum += p.Values[name]
	}
	return sum
}

// rules are read once for all tests: reading them takes longer than using them.
var rules = sync.OnceValues(func() (*desk.Judge, error) {
	settings, err := config.Read[config.OneMachine](func(string) (string, bool) { return "", false })
	if err != nil {
		return nil, err
	}
	company := desk.From(settings.Settings, []byte("a key that only tests know, 32 b"))
	company.Allowance = desk.AllowanceOf(settings.Model)
	return desk.NewJudge(company)
})

// newOffice asks this model; nil asks none.
func newOffice(t *testing.T, m classify.Model) *office {
	t.Helper()
	db, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "test.db"))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, db.Close()) })
	o := &office{db: db, outbox: filepath.Join(t.TempDir(), "outbox")}
	out, err := folder.Open(o.outbox, filepath.Join(t.TempDir(), "forwarded"))
	require.NoError(t, err)
	letters, err := replies.Builtin()
	require.NoError(t, err)
	judge, err := rules()
	require.NoError(t, err)
	o.Desk = &desk.Desk{
		Judge: *judge, Replies: letters, Store: db, Archive: db, Sender: out, Queue: db, Forwarder: out,
		Log: slog.New(slog.NewJSONHandler(&o.logs, &slog.HandlerOptions{Level: slog.LevelDebug})), Meter: &o.meter,
	}
	o.Settings.Consult, o.Model = m != nil, m
	return o
}

// receive takes in a mail whose sender is proven.
func (o *office) receive(t *testing.T, raw string) desk.Received {
	t.Helper()
	got, err := o.Receive(ctx, desk.Incoming{
		ID: sqlite.ArrivalID([]byte(raw)), Raw: []byte(raw), Received: at, Mailbox: "privacy@example.com", Trusted: true,
	}, at)
	require.NoError(t, err)
	return got
}

// consult asks until the question is settled, as time goes by, and returns how it ended.
func (o *office) consult(t *testing.T, got desk.Received) cases.Effect {
	t.Helper()
	id := "consult-" + got.Mail.Reference
	now := at
	for range 200 {
		_, err := o.DeliverOne(ctx, id, now)
		require.NoError(t, err)
		e, err := o.Store.Effect(ctx, id)
		require.NoError(t, err)
		if e.State != cases.EffectPending {
			return e
		}
		require.True(t, e.NotBefore.After(now), "it waits for something")
		now = e.NotBefore
	}
	require.Fail(t, "this question never ends")
	return cases.Effect{}
}

// deliver empties the outbox but for the questions.
func (o *office) deliver(t *testing.T) {
	t.Helper()
	for {
		d, err := o.Deliver(ctx, at, 100)
		require.NoError(t, err)
		require.Zero(t, d.Failed+d.Later)
		if d.Done == 0 {
			return
		}
	}
}

func (o *office) read(t *testing.T, id cases.ID) cases.Case {
	t.Helper()
	c, err := o.Store.Case(ctx, id)
	require.NoError(t, err)
	return c
}

func (o *office) trail(t *testing.T, id cases.ID) []cases.Entry {
	t.Helper()
	trail, err := o.Store.Trail(ctx, id)
	require.NoError(t, err)
	require.NoError(t, cases.Verify(trail))
	return trail
}

// letters are the files that left.
func (o *office) letters(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(o.outbox, "*.eml"))
	require.NoError(t, err)
	all := map[string]string{}
	for _, name := range files {
		raw, err := os.ReadFile(name)
		require.NoError(t, err)
		all[filepath.Base(name)] = string(raw)
	}
	return all
}

// everything that the store knows of a mail but for its raw bytes: how many cases, what
// the outbox holds.
type holding struct {
	cases   int
	effects map[string]cases.EffectState
	letters map[string]string
	counts  []cases.Count
}

func (o *office) holds(t *testing.T) holding {
	t.Helper()
	h := holding{effects: map[string]cases.EffectState{}, letters: o.letters(t)}
	page, err := o.Store.Cases(ctx, cases.Query{Limit: 500})
	require.NoError(t, err)
	h.cases = len(page.Cases)
	effects, err := o.Store.Effects(ctx, cases.EffectQuery{Limit: 500})
	require.NoError(t, err)
	for _, e := range effects.Effects {
		if e.Kind != cases.EffectConsult {
			h.effects[e.ID] = e.State
		}
	}
	h.counts, err = o.Store.Counts(ctx)
	require.NoError(t, err)
	return h
}

// onlyCaution asserts that a case differs from what it was in reasons to look, in
// evidence, and in what counts changes; it returns the reasons that are new.
func onlyCaution(t *testing.T, before, after cases.Case) []string {
	t.Helper()
	require.GreaterOrEqual(t, len(after.Review), len(before.Review))
	for i, reason := range before.Review {
		require.Equal(t, reason, after.Review[i], "no reason goes")
	}
	require.GreaterOrEqual(t, len(after.Evidence), len(before.Evidence))
	for i, e := range before.Evidence {
		require.Equal(t, e, after.Evidence[i], "no evidence goes")
	}
	for _, e := range after.Evidence[len(before.Evidence):] {
		require.True(t, strings.HasPrefix(e.Rule, "model/"), e.Rule)
	}
	added := after.Review[len(before.Review):]
	after.Review, after.Evidence, after.Version = before.Review, before.Evidence, before.Version
	require.Equal(t, before, after, "nothing else changes")
	return added
}

// known are the ids that a model may name.
func (o *office) known(t *testing.T) map[rights.ID]bool {
	t.Helper()
	known := map[rights.ID]bool{}
	for _, id := range o.Book.IDs() {
		known[id] = true
	}
	return known
}
