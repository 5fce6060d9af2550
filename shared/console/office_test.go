package console_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"rightsmail/shared/adapters/sqlite"
	"rightsmail/shared/cases"
	"rightsmail/shared/classify"
	"rightsmail/shared/console"
	"rightsmail/shared/desk"
	"rightsmail/shared/email"
	"rightsmail/shared/replies"
	"rightsmail/shared/rights"
)

var ctx = context.Background()

// noon is Monday 2 March 2026, 12:00 in California.
var noon = time.Date(2026, 3, 2, 20, 0, 0, 0, time.UTC)

// office is the console before a real desk over a real store.
type office struct {
	t    testing.TB
	desk *desk.Desk
	db   *sqlite.DB
	now  time.Time
	user string
	role []console.Role
	log  bytes.Buffer
	http http.Handler
}

// rules are read once for all tests.
var rules = sync.OnceValues(func() (*classify.Classifier, error) {
	book, err := rights.Builtin()
	if err != nil {
		return nil, err
	}
	return classify.Builtin(book)
})

func open(t testing.TB) *office {
	t.Helper()
	db, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "console.db"))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, db.Close()) })
	book, err := rights.Builtin()
	require.NoError(t, err)
	classifier, err := rules()
	require.NoError(t, err)
	letters, err := replies.Builtin()
	require.NoError(t, err)
	o := &office{t: t, db: db, now: noon, user: "Maria Keller", role: []console.Role{console.Officer}}
	o.desk = &desk.Desk{
		Judge: desk.Judge{Book: book, Classifier: classifier, Settings: desk.Settings{
			Company: "Example Widgets", Mailboxes: []string{"support@example.com", "privacy@example.com"},
			Designated: "support@example.com", ReplyDomain: "example.com", AckPerDay: 10,
			From:    email.Address{Name: "Example Widgets Privacy", Address: "privacy@example.com"},
			Officer: email.Address{Name: "Data Protection Officer", Address: "privacy@example.com"},
			Key:     []byte("a key that only tests know, 32 b"),
		}},
		Replies: letters, Store: db, Archive: db, Sender: taken{}, Queue: db, Log: slog.New(slog.DiscardHandler),
	}
	o.http = o.console(o.desk, db)
	return o
}

// console builds a handler over a desk and a store that a test may bend.
func (o *office) console(d console.Desk, s cases.Store) http.Handler {
	return console.New(o.parts(d, s))
}

func (o *office) parts(d console.Desk, s cases.Store) console.Parts {
	return console.Parts{
		Store: s, Desk: d, Book: o.desk.Book, Mark: "local user, this machine only",
		Now: func() time.Time { return o.now },
		Log: slog.New(slog.NewTextHandler(&o.log, nil)),
		Who: func(*http.Request) (console.Person, bool) {
			return console.Person{Name: o.user, Roles: o.role}, o.user != ""
		},
	}
}

// taken takes every letter.
type taken struct{}

func (taken) Send(context.Context, string, replies.Letter, time.Time) (string, error) {
	return "taken", nil
}

// letter is a mail in the words of a test.
func letter(n int, subject, text string) string {
	return fmt.Sprintf("From: Ana Ruiz <ana@example.net>\nTo: privacy@example.com\nSubject: %s\nMessage-ID: <%d@example.net>\nContent-Type: text/plain; charset=utf-8\n\n%s\n", subject, n, text)
}

const (
	deletion = "I live in Fresno, California. Please delete all personal information you have collected about me."
	knowing  = "I live in Fresno, California. Please send me a copy of all the personal information you have collected about me."
)

// receive lets a mail come in at o.now from a sender somebody vouches for, and
// returns its cases.
func (o *office) receive(raw string) []cases.ID { return o.receiveFrom(raw, true) }

func (o *office) receiveFrom(raw string, trusted bool) []cases.ID {
	o.t.Helper()
	got, err := o.desk.Receive(ctx, desk.Incoming{
		ID: sqlite.ArrivalID([]byte(raw)), Raw: []byte(raw), Received: o.now, Mailbox: "privacy@example.com", Trusted: trusted,
	}, o.now)
	require.NoError(o.t, err)
	require.NotEmpty(o.t, got.Mail.Cases, "the mail opened no case")
	return got.Mail.Cases
}

// several receives a mail that asks for two people, and lets its acknowledgement leave.
func (o *office) several() cases.ID {
	o.t.Helper()
	id := o.receive(letter(77, "us", "My husband and I want all our personal data deleted, we live in Fresno, California. His name is Bruno Ruiz, bruno@example.net."))[0]
	_, err := o.desk.Deliver(ctx, o.now, 500)
	require.NoError(o.t, err)
	return id
}

// held receives three requests to know and returns the third.
func (o *office) held() cases.ID {
	o.t.Helper()
	var id cases.ID
	for n := range 3 {
		id = o.receive(letter(100+n, "my data", knowing))[0]
	}
	require.Equal(o.t, cases.Held, o.one(id).Status)
	return id
}

func (o *office) one(id cases.ID) cases.Case {
	o.t.Helper()
	c, err := o.db.Case(ctx, id)
	require.NoError(o.t, err)
	return c
}

func (o *office) do(r *http.Request) *http.Response {
	o.t.Helper()
	w := httptest.NewRecorder()
	o.http.ServeHTTP(w, r)
	return w.Result()
}

func (o *office) get(path string) *http.Response {
	o.t.Helper()
	return o.do(httptest.NewRequest(http.MethodGet, "http://localhost:8080"+path, nil))
}

// page reads a page that must be there.
func (o *office) page(path string) string {
	o.t.Helper()
	res := o.get(path)
	text := body(o.t, res)
	require.Equal(o.t, http.StatusOK, res.StatusCode, "%s: %s", path, text)
	return text
}

// post sends a form as a browser on the same site does.
func (o *office) post(path string, fields url.Values) *http.Response {
	o.t.Helper()
	r := httptest.NewRequest(http.MethodPost, "http://localhost:8080"+path, strings.NewReader(fields.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return o.do(r)
}

// form sends the form of a case at the version it has now.
func (o *office) form(id cases.ID, action string, fields url.Values) *http.Response {
	o.t.Helper()
	if fields == nil {
		fields = url.Values{}
	}
	if !fields.Has("version") {
		fields.Set("version", fmt.Sprint(o.one(id).Version))
	}
	return o.post("/cases/"+string(id)+"/"+action, fields)
}

func body(t testing.TB, res *http.Response) string {
	t.Helper()
	data, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	return string(data)
}

// nodes are the elements of a page that match.
func nodes(t testing.TB, page string, match func(*html.Node) bool) []*html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	require.NoError(t, err)
	var found []*html.Node
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && match(n) {
			found = append(found, n)
		}
	}
	return found
}

func named(names ...string) func(*html.Node) bool {
	return func(n *html.Node) bool {
		for _, name := range names {
			if n.Data == name {
				return true
			}
		}
		return false
	}
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// words are the text of an element, with single spaces and none before a comma.
func words(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data + " ")
		}
	}
	joined := strings.Join(strings.Fields(b.String()), " ")
	return strings.NewReplacer(" ,", ",", " .", ".", " :", ":").Replace(joined)
}

// text is all a reader sees of a page.
func text(t testing.TB, page string) string {
	t.Helper()
	return words(nodes(t, page, named("body"))[0])
}
