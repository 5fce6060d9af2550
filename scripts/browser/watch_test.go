package browser

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// watch notes what no page of ours may do, whatever a mail says: ask anything of
// another origin, write to the console, open a dialog or a window, or try what the
// content security policy forbids.
type watch struct {
	origins []string

	mu       sync.Mutex
	misdeeds []string
}

func (w *watch) see(event any) {
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		// Chromium draws parts of its own fields with data: addresses; they ask nobody.
		if u, err := url.Parse(e.Request.URL); err != nil || u.Scheme != "data" && !slices.Contains(w.origins, u.Scheme+"://"+u.Host) {
			w.note("request of %s", e.Request.URL)
		}
	case *network.EventResponseReceived:
		// That a page is missing is ours to test; what a page loads must be there. For
		// an icon Chromium asks by itself where an answer is no page and names none.
		icon := strings.HasSuffix(e.Response.URL, "/favicon.ico")
		if e.Type != network.ResourceTypeDocument && e.Response.Status >= http.StatusBadRequest && !icon {
			w.note("status %d for %s", e.Response.Status, e.Response.URL)
		}
	case *network.EventWebSocketCreated:
		w.note("socket to %s", e.URL)
	case *runtime.EventConsoleAPICalled:
		w.note("console.%s", e.Type)
	case *runtime.EventExceptionThrown:
		w.note("exception: %s", e.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		if e.Entry.Source != log.EntrySourceNetwork { // statuses are looked at above
			w.note("log of %s: %s", e.Entry.Source, e.Entry.Text)
		}
	case *audits.EventIssueAdded:
		w.note("issue: %s", e.Issue.Code)
	case *page.EventJavascriptDialogOpening:
		w.note("dialog: %s", e.Message)
	case *page.EventWindowOpen:
		w.note("window: %s", e.URL)
	}
}

func (w *watch) note(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.misdeeds = append(w.misdeeds, fmt.Sprintf(format, args...))
}

// seen is what was noted so far.
func (w *watch) seen() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string{}, w.misdeeds...)
}

// behaved asserts that nothing was noted. What a page did before it was loaded has
// arrived when a command that was sent later is answered.
func (b *tab) behaved() {
	b.t.Helper()
	ask[int](b, "0")
	assert.Empty(b.t, b.watch.seen())
}

// TestTheWatchSeesAPageThatMisbehaves keeps the other tests honest: here is a page
// that does all of it.
func TestTheWatchSeesAPageThatMisbehaves(t *testing.T) {
	needBrowser(t)
	elsewhere := httptest.NewServer(http.NotFoundHandler())
	defer elsewhere.Close()
	pages := http.NewServeMux()
	pages.HandleFunc("/free", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = fmt.Fprintf(w, `<!doctype html><title>x</title><img src="%s/pixel"><img src="/none"><script>
			console.error("x"); alert("boo"); open("%[1]s/window"); new WebSocket("ws://%[2]s/"); throw new Error("y")</script>`,
			elsewhere.URL, strings.TrimPrefix(elsewhere.URL, "http://"))
	})
	pages.HandleFunc("/forbidden", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'")
		_, _ = fmt.Fprint(w, `<!doctype html><title>x</title><script>alert("boo")</script>`)
	})
	server := httptest.NewServer(pages)
	defer server.Close()
	b := start(t, server.URL)

	require.EqualValues(t, http.StatusOK, b.open(server.URL+"/free"))
	for _, want := range []string{"request of " + elsewhere.URL + "/pixel", "status 404 for " + server.URL + "/none", "console.error", "dialog: boo", "window: " + elsewhere.URL, "socket to ws:", "exception: "} {
		assert.Eventually(t, func() bool { return strings.Contains(strings.Join(b.watch.seen(), "\n"), want) }, 5*time.Second, 10*time.Millisecond, want)
	}
	require.EqualValues(t, http.StatusOK, b.open(server.URL+"/forbidden"))
	for _, want := range []string{"log of security: ", "issue: ContentSecurityPolicyIssue"} {
		assert.Eventually(t, func() bool { return strings.Contains(strings.Join(b.watch.seen(), "\n"), want) }, 5*time.Second, 10*time.Millisecond, want)
	}
	t.Log(strings.Join(b.watch.seen(), "\n"))
}
