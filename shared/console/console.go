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
	Reclassify(ctx context.Context, id cases.ID, version int64, who cases.Actor, right rights.ID, j rights.Jurisdiction, reason string, now time.Time) error
}

// Parts is what the console is built from. All but Mark are needed.
type Parts struct {
	Store cases.Store
	Desk  Desk
	Book  *rights.Book
	Now   func() time.Time
	Log   *slog.Logger

	// User names the human behind a request; the name goes into the trail. Without
	// one nothing is shown and nothing is done.
	User func(*http.Request) (name string, ok bool)

	// Mark is a banner on every page: "local user, this machine only".
	Mark string
}

type console struct {
	Parts
	failures atomic.Int64 // numbers the failures, so that a page can name one
}

// New returns the console. It is safe for concurrent use.
func New(p Parts) http.Handler {
	c := &console{Parts: p}
	mux := http.NewServeMux()

	pages := map[string]action{
		"GET /{$}":                     c.home,
		"GET /queues/{queue}":          c.queue,
		"GET /find":                    c.find,
		"GET /cases/{id}":              c.showCase,
		"GET /cases/{id}/raw":          c.raw,
		"POST /cases/{id}/close":       c.closeCase,
		"POST /cases/{id}/waive":       c.waive,
		"POST /cases/{id}/acknowledge": c.releaseAck,
		"POST /cases/{id}/reclassify":  c.reclassify,
		"GET /sent":                    c.sent,
		"GET /sent/{id}":               c.letter,
		"POST /sent/{id}/send":         c.sendDraft,
		"POST /sent/{id}/drop":         c.dropDraft,
		"GET /metrics":                 c.metrics,
		"GET /metrics.csv":             c.metricsCSV,
		"GET /metrics/cases":           c.metricsCases,
		"/":                            c.nowhere,
	}
	for pattern, do := range pages {
		mux.HandleFunc(pattern, c.serve(do, c.failPage))
	}
	answers := map[string]action{
		"GET /api/queues":       c.apiQueues,
		"GET /api/cases":        c.apiCases,
		"GET /api/cases/{id}":   c.apiCase,
		"GET /api/metrics":      c.apiMetrics,
		"GET /api/openapi.yaml": c.apiDescription,
		"/api/":                 c.nowhere,
	}
	for pattern, do := range answers {
		mux.HandleFunc(pattern, c.serve(do, c.failJSON))
	}
	mux.HandleFunc("GET "+stylePath, serveAsset("assets/console.css", "text/css; charset=utf-8"))
	mux.HandleFunc("GET "+iconPath, serveAsset("assets/icon.svg", "image/svg+xml"))
	mux.HandleFunc("GET /healthz", c.health)

	return c.guard(mux)
}

// action answers one request, or says in an error why not.
type action func(w http.ResponseWriter, r *http.Request) error

// health says whether the store answers. It needs no user: a load balancer has none.
func (c *console) health(w http.ResponseWriter, r *http.Request) {
	status, word := http.StatusOK, "ok"
	if _, err := c.Store.Counts(r.Context()); err != nil {
		status, word = http.StatusServiceUnavailable, "store does not answer"
	}
	writeJSON(w, status, healthShape{Status: word})
}
