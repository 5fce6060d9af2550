package browser

import (
	"cmp"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/folder"
	"rightsmail/shared/adapters/mailfiles"
	"rightsmail/shared/adapters/sqlite"
	"rightsmail/shared/cases"
	"rightsmail/shared/classify"
	"rightsmail/shared/config"
	"rightsmail/shared/console"
	"rightsmail/shared/desk"
	"rightsmail/shared/replies"
	"rightsmail/shared/rights"
)

const (
	samples = "../../events/mails"
	officer = "Maria Keller"
)

// office is the console on loopback before a real desk over a real store.
type office struct {
	t    *testing.T
	desk *desk.Desk
	db   *sqlite.DB
	url  string // of the console, without a slash at the end

	now   time.Time
	parts console.Parts
}

// rules are read once for all tests.
var rules = sync.OnceValues(func() (*classify.Classifier, error) {
	book, err := rights.Builtin()
	if err != nil {
		return nil, err
	}
	return classify.Builtin(book)
})

func openOffice(t *testing.T, now time.Time) *office {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "browser.db"))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, db.Close()) })
	out, err := folder.Open(filepath.Join(t.TempDir(), "outbox"), filepath.Join(t.TempDir(), "forwarded"))
	require.NoError(t, err)
	classifier, err := rules()
	require.NoError(t, err)
	book, err := rights.Builtin()
	require.NoError(t, err)
	letters, err := replies.Builtin()
	require.NoError(t, err)
	settings, err := config.Read[config.Settings](func(string) (string, bool) { return "", false })
	require.NoError(t, err)
	o := &office{t: t, db: db, now: now, desk: &desk.Desk{
		Judge:   desk.Judge{Book: book, Classifier: classifier, Settings: desk.From(settings, []byte("a key that only tests know, 32 b"))},
		Replies: letters, Store: db, Archive: db, Sender: out, Queue: db, Forwarder: out, Log: slog.New(slog.DiscardHandler),
	}}
	o.parts = console.Parts{
		Store: db, Desk: o.desk, Book: book, Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler),
		Who: func(*http.Request) (console.Person, bool) {
			return console.Person{Name: officer, Roles: []console.Role{console.Officer}}, true
		},
		Mark: "Local run: one user, this machine only.",
	}
	server := httptest.NewServer(console.LoopbackOnly(console.New(o.parts)))
	t.Cleanup(server.Close)
	o.url = server.URL
	return o
}

// today is a Thursday in autumn, morning in California. It is after the third request
// to know of a person in the sample mailbox, so that one case is held.
var today = time.Date(2026, 9, 10, 17, 20, 0, 0, time.UTC)

// thisMorning are sample mails of other times of the year, taken in on the day itself,
// so that the queues with the shortest dates have something that is not overdue.
var thisMorning = []string{"coppa-parent-review.eml", "heir-widow.eml", "sensitive-card.eml", "stl-disclosure.eml", "marketing-stop.eml"}

// busy is an office some weeks after it was opened: the sample mails of that time and
// the three requests of the person over their limit came in, and the officer answered
// most of what was due.
func busy(t *testing.T) *office {
	t.Helper()
	o := openOffice(t, today)
	o.receiveSamples(func(name string, received time.Time) bool {
		recent := received.After(today.AddDate(0, 0, -40)) && received.Before(today)
		return recent || strings.HasPrefix(name, "know-limit-")
	})
	o.workOff(2)
	for i, name := range thisMorning {
		raw, err := os.ReadFile(filepath.Join(samples, name))
		require.NoError(t, err)
		o.receive(desk.Incoming{ID: sqlite.ArrivalID(raw), Raw: raw, Received: today.Add(time.Duration(i-100) * time.Minute)})
	}
	return o
}

// receiveSamples takes in the sample mails that are wanted, in the order of receipt.
func (o *office) receiveSamples(wanted func(name string, received time.Time) bool) {
	o.t.Helper()
	var mails []desk.Incoming
	for file := range mailfiles.Read(samples) {
		require.NoError(o.t, file.Err)
		in := desk.Incoming{ID: sqlite.ArrivalID(file.Raw), Raw: file.Raw, Received: o.now, FromFile: true}
		in.Received = o.desk.Receipt(in)
		if wanted(filepath.Base(file.Name), in.Received) {
			mails = append(mails, in)
		}
	}
	require.NotEmpty(o.t, mails)
	slices.SortFunc(mails, func(a, b desk.Incoming) int {
		return cmp.Or(a.Received.Compare(b.Received), cmp.Compare(a.ID, b.ID))
	})
	for _, in := range mails {
		o.receive(in)
	}
}

// receive takes one mail in and sends what may be sent a minute later.
func (o *office) receive(in desk.Incoming) []cases.ID {
	o.t.Helper()
	got, err := o.desk.Receive(o.t.Context(), in, in.Received)
	require.NoError(o.t, err)
	for {
		sent, err := o.desk.Deliver(o.t.Context(), in.Received.Add(time.Minute), 64)
		require.NoError(o.t, err)
		require.Zero(o.t, sent.Failed+sent.Later)
		if sent.Done == 0 {
			return got.Mail.Cases
		}
	}
}

// workOff closes what is overdue, each a day before its date, but for the last few.
func (o *office) workOff(leave int) {
	o.t.Helper()
	late := slices.DeleteFunc(o.cases(cases.Query{Statuses: []cases.Status{cases.Open}}), func(c cases.Case) bool {
		return c.Next.Due.After(o.now)
	})
	for _, c := range late[:max(0, len(late)-leave)] {
		err := o.desk.Close(o.t.Context(), c.ID, c.Version, officer, cases.Complied, "", c.Next.Due.AddDate(0, 0, -1))
		require.NoError(o.t, err)
	}
}

// cases are all that match, soonest duty first.
func (o *office) cases(q cases.Query) []cases.Case {
	o.t.Helper()
	q.Limit = 500
	page, err := o.db.Cases(o.t.Context(), q)
	require.NoError(o.t, err)
	return page.Cases
}

// first is the first case that matches.
func (o *office) first(q cases.Query) cases.Case {
	o.t.Helper()
	list := o.cases(q)
	require.NotEmpty(o.t, list, "the sample mails open no such case any more")
	return list[0]
}

// one is a case as it is now.
func (o *office) one(id cases.ID) cases.Case {
	o.t.Helper()
	c, err := o.db.Case(o.t.Context(), id)
	require.NoError(o.t, err)
	return c
}

// held is the case that is over its limit, and the id of the letter drafted for it.
func (o *office) held() (cases.Case, string) {
	o.t.Helper()
	c := o.first(cases.Query{Statuses: []cases.Status{cases.Held}})
	drafts, err := o.db.Effects(o.t.Context(), cases.EffectQuery{Case: c.ID, State: cases.EffectDraft})
	require.NoError(o.t, err)
	require.Len(o.t, drafts.Effects, 1)
	return c, drafts.Effects[0].ID
}
