package console

import (
	"context"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"rightsmail/shared/cases"
	"rightsmail/shared/desk"
	"rightsmail/shared/rights"
)

// Desk is what the console asks of the desk. Actions return cases.ErrConflict if the
// case is no longer at version, cases.ErrNotFound if there is none, and change
// nothing then.
type Desk interface {
	View(ctx context.Context, id cases.ID, now time.Time) (desk.View, error)
	Raw(ctx context.Context, id cases.ID) ([]byte, error)
	Close(ctx context.Context, id cases.ID, version int64, who cases.Actor, outcome cases.Outcome, reason string, now time.Time) error
	Waive(ctx context.Context, id cases.ID, version int64, who cases.Actor, reason string, now time.Time) error
	ReleaseAck(ctx context.Context, id cases.ID, version int64, who cases.Actor, now time.Time) error
	SendDraft(ctx context.Context, effectID string, who cases.Actor, now time.Time) error
	DropDraft(ctx context.Context, effectID string, who cases.Actor, now time.Time) error
	Corrections(ctx context.Context, from, to time.Time) ([]desk.Correction, error)
	Export(ctx context.Context, one desk.Correction, room int, who cases.Actor, now time.Time) ([]byte, error)
	Split(ctx context.Context, id cases.ID, version int64, who cases.Actor, now time.Time) error
	Reclassify(ctx context.Context, id cases.ID, version int64, who cases.Actor, right rights.ID, j rights.Jurisdiction, reason string, now time.Time) error
}

// Parts is what the console is built from. All but Mark, SignIn and SignOut are needed.
type Parts struct {
	Store cases.Store
	Desk  Desk
	Book  *rights.Book
	Now   func() time.Time
	Log   *slog.Logger

	// Who tells the human behind a request; their name goes into the trail. Without
	// one nothing is shown and nothing is done. What is below /api/ is for programs:
	// whoever answers for it must take no cookie there.
	Who func(*http.Request) (Person, bool)

	// SignIn is the path of our own site where people sign in, and SignOut the one
	// that takes a POST of whoever wants to leave. A page without a session leads to
	// SignIn with the path that was wanted in the query parameter "to". Empty: there
	// is no such path.
	SignIn, SignOut string

	// Mark is a banner on every page: "local user, this machine only".
	Mark string
}

type console struct {
	Parts
	failures atomic.Int64 // numbers the failures, so that a page can name one
}

// route is one address, what a person needs to have it, and who answers.
type route struct {
	pattern string
	needs   []deed // all of them; none: any role will do
	do      action
}

// pages are the addresses for people.
func (c *console) pages() []route {
	return []route{
		{"GET /{$}", []deed{toCount}, c.home},
		{"GET /queues/{queue}", []deed{toRead}, c.queue},
		{"GET /find", []deed{toRead}, c.find},
		{"GET /cases/{id}", []deed{toRead}, c.showCase},
		{"GET /cases/{id}/raw", []deed{toRead}, c.raw},
		{"POST /cases/{id}/close", []deed{toRead, toDecide}, c.closeCase},
		{"POST /cases/{id}/waive", []deed{toRead, toDecide}, c.waive},
		{"POST /cases/{id}/people", []deed{toRead, toDecide}, c.split},
		{"POST /cases/{id}/acknowledge", []deed{toRead, toWrite}, c.releaseAck},
		{"POST /cases/{id}/reclassify", []deed{toRead, toCorrect}, c.reclassify},
		{"GET /sent", []deed{toRead}, c.sent},
		{"GET /sent/{id}", []deed{toRead}, c.letter},
		{"POST /sent/{id}/send", []deed{toRead, toWrite}, c.sendDraft},
		{"POST /sent/{id}/drop", []deed{toRead, toWrite}, c.dropDraft},
		{"GET /metrics", []deed{toMeasure}, c.metrics},
		{"GET /metrics.csv", []deed{toMeasure}, c.metricsCSV},
		{"GET /metrics/cases", []deed{toMeasure, toRead}, c.metricsCases},
		{"GET /corrections", []deed{toRead, toExport}, c.corrections},
		{"POST /corrections", []deed{toRead, toExport}, c.exportCorrections},
		{"GET /openapi.yaml", nil, c.apiDescription}, // for who reads it in a browser
		{"/", nil, c.nowhere},
	}
}

// answers are the addresses for programs.
func (c *console) answers() []route {
	return []route{
		{"GET /api/queues", []deed{toCount}, c.apiQueues},
		{"GET /api/cases", []deed{toRead}, c.apiCases},
		{"GET /api/cases/{id}", []deed{toRead}, c.apiCase},
		{"GET /api/metrics", []deed{toMeasure}, c.apiMetrics},
		{"GET /api/corrections", []deed{toRead, toExport}, c.apiCorrections},
		{"GET /api/openapi.yaml", nil, c.apiDescription},
		{"/api/", nil, c.nowhere},
	}
}

// New returns the console. It is safe for concurrent use.
func New(p Parts) http.Handler {
	c := &console{Parts: p}
	mux := http.NewServeMux()
	for _, one := range c.pages() {
		mux.HandleFunc(one.pattern, c.serve(one, c.failPage))
	}
	for _, one := range c.answers() {
		mux.HandleFunc(one.pattern, c.serve(one, c.failJSON))
	}
	mux.HandleFunc("GET "+stylePath, serveAsset("assets/console.css", "text/css; charset=utf-8"))
	mux.HandleFunc("GET "+iconPath, serveAsset("assets/icon.svg", "image/svg+xml"))
	mux.HandleFunc("GET /healthz", c.health)

	return c.guard(mux)
}

// action answers one request, or says in an error why not.
type action func(w http.ResponseWriter, r *http.Request) error

// health says whether the store answers, by the one read that costs least. It needs no
// user: a load balancer has none.
func (c *console) health(w http.ResponseWriter, r *http.Request) {
	status, word := http.StatusOK, "ok"
	if _, err := c.Store.Counter(r.Context(), "health"); err != nil {
		status, word = http.StatusServiceUnavailable, "store does not answer"
	}
	writeJSON(w, status, healthShape{Status: word})
}
