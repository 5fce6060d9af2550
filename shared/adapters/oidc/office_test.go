package oidc_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"rightsmail/shared/adapters/oidc"
	"rightsmail/shared/adapters/oidc/oidctest"
	"rightsmail/shared/cases"
	"rightsmail/shared/console"
)

const session, attempt = "__Host-rightsmail", "__Host-rightsmail-signin"

// noon is Monday 2 March 2026.
var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// nothing is a store without a case.
type nothing struct{ cases.Store }

func (nothing) Counts(context.Context) ([]cases.Count, error) { return nil, nil }

func (nothing) Cases(context.Context, cases.Query) (cases.Page, error) { return cases.Page{}, nil }

// notes are a log that handlers may write while a test reads.
type notes struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (n *notes) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.Write(p)
}

func (n *notes) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.String()
}

// office is the console behind the sign-in, an issuer, and a browser, all over TLS: a
// browser takes __Host- cookies over nothing else.
type office struct {
	t       testing.TB
	issuer  *oidctest.Issuer
	options oidc.Options
	signin  *oidc.SignIn
	url     string
	client  *http.Client
	now     time.Time
	log     *notes
}

func open(t testing.TB, bend ...func(*oidc.Options)) *office {
	t.Helper()
	o := &office{t: t, now: noon, log: &notes{}}
	now := func() time.Time { return o.now }
	issuer, err := oidctest.New("console", now)
	require.NoError(t, err)
	atIssuer := httptest.NewTLSServer(issuer)
	t.Cleanup(atIssuer.Close)
	var handler http.Handler
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	o.issuer, o.url = issuer, server.URL
	issuer.URL, issuer.Redirect = atIssuer.URL, server.URL+"/signin/callback"
	issuer.People["maria"] = map[string]any{"name": "Maria Keller", "email": "maria@example.com", "cognito:groups": []string{"officer", "staff"}}
	o.options = oidc.Options{
		Issuer: issuer.URL, ClientID: "console", ConsoleURL: server.URL, Key: []byte("a key that only tests know, 32 b"),
		Now: now, Client: atIssuer.Client(), Log: slog.New(slog.NewTextHandler(o.log, nil)),
	}
	for _, b := range bend {
		b(&o.options)
	}
	o.signin, err = oidc.New(o.options)
	require.NoError(t, err)
	handler = o.signin.Wrap(console.New(console.Parts{
		Store: nothing{}, Now: now, Log: o.options.Log, Who: o.signin.Who, SignIn: "/signin", SignOut: "/signout",
	}))
	o.client = server.Client() // the same certificate serves both
	o.client.Jar, err = cookiejar.New(nil)
	require.NoError(t, err)
	return o
}

// send does a request and reads its answer.
func (o *office) send(r *http.Request) (*http.Response, string) {
	o.t.Helper()
	res, err := o.client.Do(r)
	require.NoError(o.t, err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	require.NoError(o.t, err)
	return res, string(text)
}

func (o *office) request(method, address string, form url.Values) *http.Request {
	o.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = o.url + address
	}
	r, err := http.NewRequestWithContext(o.t.Context(), method, address, strings.NewReader(form.Encode()))
	require.NoError(o.t, err)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r
}

// get follows redirects; step does not.
func (o *office) get(address string) (*http.Response, string) {
	o.t.Helper()
	return o.send(o.request(http.MethodGet, address, nil))
}

func (o *office) step(r *http.Request) (*http.Response, string) {
	o.t.Helper()
	follow := o.client.CheckRedirect
	defer func() { o.client.CheckRedirect = follow }()
	o.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return o.send(r)
}

// callback goes from a page to the issuer, signs in there, and returns the address that
// the issuer sends the browser back to.
func (o *office) callback(path, person string) string {
	o.t.Helper()
	res, page := o.get(path)
	require.Equal(o.t, http.StatusOK, res.StatusCode, page)
	require.Equal(o.t, o.issuer.URL+"/authorize", strings.SplitN(res.Request.URL.String(), "?", 2)[0], "the page leads to the issuer")
	form := hidden(o.t, page)
	form.Set("person", person)
	res, _ = o.step(o.request(http.MethodPost, o.issuer.URL+"/authorize", form))
	require.Equal(o.t, http.StatusFound, res.StatusCode)
	return res.Header.Get("Location")
}

// signIn signs a person in from a page and returns where that ends.
func (o *office) signIn(path, person string) (*http.Response, string) {
	o.t.Helper()
	return o.get(o.callback(path, person))
}

// hidden are the fields of a form that come with it.
func hidden(t testing.TB, page string) url.Values {
	root, err := html.Parse(strings.NewReader(page))
	require.NoError(t, err)
	form := url.Values{}
	for n := range root.Descendants() {
		values := map[string]string{}
		for _, a := range n.Attr {
			values[a.Key] = a.Val
		}
		if n.Data == "input" && values["type"] == "hidden" {
			form.Set(values["name"], values["value"])
		}
	}
	return form
}

// cookies are what the browser holds for the console.
func (o *office) cookies() map[string]string {
	held := map[string]string{}
	home, err := url.Parse(o.url)
	require.NoError(o.t, err)
	for _, c := range o.client.Jar.Cookies(home) {
		held[c.Name] = c.Value
	}
	return held
}

// with is a request with these cookies and no others.
func (o *office) with(cookies map[string]string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "https://console.example/", nil)
	for name, value := range cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	return r
}

// quiet asserts that the log says no word of a person or a token.
func (o *office) quiet() {
	o.t.Helper()
	for _, word := range []string{"maria", "Maria", "sub-of", "eyJ", "words of the issuer", "code="} {
		assert.NotContains(o.t, o.log.String(), word)
	}
}
