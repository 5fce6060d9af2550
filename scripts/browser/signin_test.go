package browser

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/oidc"
	"rightsmail/shared/adapters/oidc/oidctest"
	"rightsmail/shared/cases"
	"rightsmail/shared/console"
	"rightsmail/shared/rights"
)

// guarded is a busy office behind a sign-in. Chromium takes __Host- cookies over plain
// HTTP from this machine, so no certificate is needed.
type guarded struct {
	*office
	issuer string        // its address
	later  time.Duration // how much later it is for the sign-in
}

func behindSignIn(t *testing.T, endThereToo bool) *guarded {
	t.Helper()
	needBrowser(t)
	g := &guarded{office: busy(t)}
	now := func() time.Time { return g.now.Add(g.later) }
	issuer, err := oidctest.New("console", now)
	require.NoError(t, err)
	for person, groups := range map[string][]string{"maria": {"officer"}, "ada": {"auditor"}, "eve": {"staff"}} {
		issuer.People[person] = map[string]any{"cognito:groups": groups}
	}
	issuer.People["maria"]["name"] = officer
	var handler http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	atIssuer := httptest.NewServer(issuer)
	t.Cleanup(atIssuer.Close)
	// Another host than the console's, as in real life, so that what a browser does
	// across sites is done here.
	g.url, g.issuer = server.URL, strings.Replace(atIssuer.URL, "127.0.0.1", "localhost", 1)
	issuer.URL, issuer.Redirect = g.issuer, g.url+"/signin/callback"
	options := oidc.Options{
		Issuer: g.issuer, ClientID: "console", ConsoleURL: g.url, Key: []byte("a key that only tests know, 32 b"), Now: now,
		Log: slog.New(slog.DiscardHandler),
	}
	if endThereToo {
		options.SignOutURL = g.issuer + "/logout"
	}
	signin, err := oidc.New(options)
	require.NoError(t, err)
	parts := g.parts
	parts.Who, parts.SignIn, parts.SignOut, parts.Mark = signin.Who, "/signin", "/signout", ""
	handler = signin.Wrap(console.New(parts))
	return g
}

// signIn fills in the form of the issuer that the browser stands at, and returns the
// status of the page that it leads to.
func (g *guarded) signIn(b *tab, person string) int64 {
	b.t.Helper()
	b.arrive(g.issuer + "/authorize")
	b.do(chromedp.SendKeys(chromedp.CSS(`[name="person"]`), person))
	return b.click("button")
}

// arrive waits until the browser stands where a page leads it by itself.
func (b *tab) arrive(url string) {
	b.t.Helper()
	require.Eventually(b.t, func() bool {
		at, err := chromedp.Run(b.ctx, chromedp.Evaluate[string]("document.readyState === 'complete' ? location.href : ''"))
		return err == nil && strings.HasPrefix(at, url)
	}, patience/3, 20*time.Millisecond, url)
}

func TestOfficerSignsInClosesACaseAndSignsOut(t *testing.T) {
	g := behindSignIn(t, false)
	c := g.first(cases.Query{Queue: rights.QueueCCPA, Statuses: []cases.Status{cases.Open}})
	page := g.url + "/cases/" + string(c.ID)
	b := start(t, g.url, g.issuer)

	b.open(page)
	require.EqualValues(t, http.StatusOK, g.signIn(b, "maria"))
	assert.Equal(t, page, b.url(), "back at the page that was wanted")
	assert.Contains(t, b.text(".user"), officer)
	assert.Contains(t, b.text(".user"), "officer")
	b.readable("case of an officer who signed in")

	b.do(chromedp.SetValue(chromedp.CSS("#outcome-choice"), "complied"))
	require.EqualValues(t, http.StatusOK, b.click(`form[action$="/close"] button`))
	assert.Equal(t, "Done. The case is closed.", b.text(".done"))
	assert.Equal(t, officer, g.one(c.ID).Decider)

	require.EqualValues(t, http.StatusOK, b.click(".out button"))
	assert.Equal(t, "You are signed out", b.heading())
	b.readable("signed out")
	b.open(page)
	b.arrive(g.issuer + "/authorize")
	b.behaved()
}

func TestAuditorSeesEverythingAndNoButton(t *testing.T) {
	g := behindSignIn(t, false)
	held, draft := g.held()
	b := start(t, g.url, g.issuer)
	b.open(g.url + "/")
	require.EqualValues(t, http.StatusOK, g.signIn(b, "ada"))
	for _, path := range []string{"/", "/cases/" + string(held.ID), "/sent", "/sent/" + draft, "/metrics"} {
		require.EqualValues(t, http.StatusOK, b.open(g.url+path), path)
		assert.Equal(t, []string{"/signout"}, ask[[]string](b, `[...document.querySelectorAll('form[method="post"]')].map(f => f.getAttribute('action'))`), path)
	}
	b.open(g.url + "/cases/" + string(held.ID))
	assert.NotEmpty(t, b.text(".trail"))
	b.readable("case of an auditor")
	b.behaved()
}

func TestPersonWithoutARoleReadsWhomToAsk(t *testing.T) {
	g := behindSignIn(t, false)
	b := start(t, g.url, g.issuer)
	b.open(g.url + "/")
	require.EqualValues(t, http.StatusForbidden, g.signIn(b, "eve"))
	assert.Contains(t, b.text("main"), "Ask whoever runs Rightsmail")
	b.readable("no role")
	require.EqualValues(t, http.StatusForbidden, b.open(g.url+"/cases/RM-0000-0000-1"))

	require.EqualValues(t, http.StatusBadRequest, b.open(g.url+"/signin/callback?code=x&state=x"))
	assert.Equal(t, "This sign-in is over", b.heading())
	b.readable("a sign-in that failed")
	b.behaved()
}

// TestFormSentAfterTheSessionEndedLeadsToTheSignInAndOn: the content security policy
// lets no form of ours lead to another site, redirects included, and the issuer is one.
func TestFormSentAfterTheSessionEndedLeadsToTheSignInAndOn(t *testing.T) {
	g := behindSignIn(t, true)
	c, _ := g.held()
	b := start(t, g.url, g.issuer)
	b.open(g.url + "/")
	require.EqualValues(t, http.StatusOK, g.signIn(b, "maria"))

	g.later = 9 * time.Hour
	b.do(chromedp.SendKeys(chromedp.CSS("#find"), string(c.ID)))
	b.click(".find button")
	require.EqualValues(t, http.StatusOK, g.signIn(b, "maria"))
	assert.Equal(t, g.url+"/cases/"+string(c.ID), b.url())

	b.click(".out button")
	b.arrive(g.issuer + "/logout")
	assert.Equal(t, "Signed out", b.heading())
	b.behaved()
}
