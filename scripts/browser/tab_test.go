package browser

import (
	"context"
	"os"
	"testing"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The step "browser" of ./scripts/check sets both.
const (
	browserVariable = "RIGHTSMAIL_BROWSER" // path of Chromium
	axeVariable     = "RIGHTSMAIL_AXE"     // path of axe.min.js
)

// patience is far above what any test needs, so that a browser that hangs fails its
// test instead of hanging it.
const patience = 90 * time.Second

// tab is one tab of a browser of its own, and the watch over it.
type tab struct {
	t       *testing.T
	ctx     context.Context
	watch   *watch
	scripts bool // the browser runs the scripts of pages
}

// needBrowser skips where no browser is promised. Where one is, nothing is skipped.
func needBrowser(t *testing.T) string {
	t.Helper()
	path := os.Getenv(browserVariable)
	if path == "" {
		t.Skipf("this test drives Chromium: run ./scripts/check, or set %s to its path and %s to the path of axe.min.js", browserVariable, axeVariable)
	}
	return path
}

// start runs a fresh Chromium until the test ends. Nothing but pages of origins may be
// asked for by what it shows.
func start(t *testing.T, origins ...string) *tab {
	t.Helper()
	allocator, stop := chromedp.NewExecAllocator(context.Background(),
		chromedp.ExecPath(needBrowser(t)), chromedp.UserDataDir(t.TempDir()),
		chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("lang", "en-GB"),
	)
	t.Cleanup(stop)
	browser, _ := chromedp.NewContext(allocator)
	t.Cleanup(func() { assert.NoError(t, chromedp.Cancel(browser), "the browser ends cleanly") })
	require.NoError(t, chromedp.Do(browser), "%s=%s does not start", browserVariable, os.Getenv(browserVariable))
	ctx, cancel := context.WithTimeout(browser, patience)
	t.Cleanup(cancel)

	b := &tab{t: t, ctx: ctx, watch: &watch{origins: origins}, scripts: true}
	require.NoError(t, chromedp.Listen(ctx, b.watch.see))
	go dismissDialogs(ctx)
	call(b, audits.Enable, cdp.Empty{})
	return b
}

// dismissDialogs lets a page go on that opened one: the watch has seen it.
func dismissDialogs(ctx context.Context) {
	for range chromedp.Events(ctx, page.JavascriptDialogOpening) {
		_, _ = chromedp.Call(ctx, page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{})
	}
}

// call sends one command of the protocol that must succeed.
func call[P, R any](b *tab, command cdp.Command[P, R], params P) {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, command, params)
	require.NoError(b.t, err)
}

// ask evaluates JavaScript. The protocol does it past the content security policy,
// which stays as strict as it is.
func ask[T any](b *tab, script string, options ...chromedp.EvaluateOption) T {
	b.t.Helper()
	answer, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](script, options...))
	require.NoError(b.t, err)
	return answer
}

// open goes to an address and returns its status.
func (b *tab) open(url string) int64 {
	b.t.Helper()
	return b.goBy(chromedp.Navigate(url))
}

// goBy does what leads to another page, waits for it and returns its status.
func (b *tab) goBy(way chromedp.Action[chromedp.Void]) int64 {
	b.t.Helper()
	response, err := chromedp.RunResponse(b.ctx, way)
	require.NoError(b.t, err)
	require.NotNil(b.t, response)
	return response.Status
}

// do acts on the page without leaving it.
func (b *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	require.NoError(b.t, chromedp.Do(b.ctx, actions...))
}

// click clicks with the mouse on what must lead to another page.
func (b *tab) click(selector string) int64 {
	b.t.Helper()
	return b.goBy(chromedp.Click(chromedp.CSS(selector)))
}

func (b *tab) press(key string) { b.t.Helper(); b.do(chromedp.KeyEvent(key)) }

// enter presses Enter on what must lead to another page.
func (b *tab) enter() int64 { b.t.Helper(); return b.goBy(chromedp.KeyEvent(kb.Enter)) }

func (b *tab) url() string     { b.t.Helper(); return ask[string](b, "location.href") }
func (b *tab) heading() string { b.t.Helper(); return b.text("h1") }

// text is what a reader sees of the first element that matches.
func (b *tab) text(selector string) string {
	b.t.Helper()
	text, err := chromedp.Run(b.ctx, chromedp.Text(chromedp.CSS(selector)))
	require.NoError(b.t, err)
	return text
}

// look is how somebody looks at a page.
type look struct {
	name          string
	scheme        string // light or dark
	width, height int64
	phone         bool
}

func (b *tab) lookLike(l look) {
	b.t.Helper()
	call(b, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: l.width, Height: l.height, DeviceScaleFactor: 1, Mobile: l.phone,
	})
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: l.scheme}},
	})
}
