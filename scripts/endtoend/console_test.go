package endtoend

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/oidc/oidctest"
	"rightsmail/shared/cases"
)

// clientID is the console's with the issuer of the tests.
const clientID = "console-of-the-tests"

// withIssuer are the parameters of a system whose people sign in with the tests' issuer.
var withIssuer = map[string]string{"Issuer": noIssuer, "ClientId": clientID}

// merged is one list of parameters made of several.
func merged(lists ...map[string]string) map[string]string {
	all := map[string]string{}
	for _, list := range lists {
		maps.Copy(all, list)
	}
	return all
}

// newIssuer serves an issuer that knows one officer, who has every role.
func newIssuer(t *testing.T) (*oidctest.Issuer, *httptest.Server) {
	t.Helper()
	issuer, err := oidctest.New(clientID, time.Now)
	require.NoError(t, err)
	server := httptest.NewTLSServer(issuer)
	t.Cleanup(server.Close)
	issuer.URL = server.URL
	issuer.People["officer"] = map[string]any{
		"name": "Maria Keller", "email": "maria@example.com", "cognito:groups": []string{"triager", "officer", "auditor", "operator"},
	}
	return issuer, server
}

// browser is a human at the console: what it asks of the console's address goes to the
// function as the HTTP API passes it on, everything else to the issuer.
type browser struct {
	w      *world
	client *http.Client
	home   string // address of the console
	token  string // for the API
}

// signIn opens the console and signs in.
func (w *world) signIn(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	b := &browser{w: w, home: w.variable("console", "RIGHTSMAIL_CONSOLE_URL")}
	b.client = &http.Client{Jar: jar, Transport: b}
	// The issuer takes back to one address only, which the console names when it sends there.
	b.client.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if back := r.URL.Query().Get("redirect_uri"); back != "" {
			w.issuer.Redirect = back
		}
		return nil
	}
	status, page := b.get(t, "/signin")
	require.Equal(t, http.StatusOK, status, page)
	form := url.Values{"person": {"officer"}}
	for _, m := range regexp.MustCompile(`name="([a-z_]+)" value="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		form.Set(m[1], html.UnescapeString(m[2]))
	}
	resp, err := b.client.PostForm(w.issuer.URL+"/authorize", form)
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, resp.StatusCode, string(body))
	b.token, err = w.issuer.Sign(w.issuer.IDToken("officer"))
	require.NoError(t, err)
	return b
}

func (b *browser) get(t *testing.T, path string) (status int, body string) {
	t.Helper()
	return b.send(t, http.MethodGet, path, nil)
}

func (b *browser) post(t *testing.T, path string, form url.Values) (status int, body string) {
	t.Helper()
	return b.send(t, http.MethodPost, path, form)
}

func (b *browser) send(t *testing.T, method, path string, form url.Values) (int, string) {
	t.Helper()
	req, err := http.NewRequest(method, b.home+path, strings.NewReader(form.Encode()))
	require.NoError(t, err)
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	if strings.HasPrefix(path, "/api/") {
		req.Header.Set("Authorization", "Bearer "+b.token)
	}
	resp, err := b.client.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(body)
}

// RoundTrip plays the HTTP API in front of the function.
func (b *browser) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasPrefix(r.URL.String(), b.home) {
		return b.w.issuerClient.Transport.RoundTrip(r)
	}
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
	}
	headers, cookies := map[string]string{"host": r.URL.Host, "x-forwarded-proto": "https"}, []string{}
	for name, values := range r.Header {
		if name == "Cookie" {
			for _, v := range values {
				cookies = append(cookies, strings.Split(v, "; ")...)
			}
			continue
		}
		headers[strings.ToLower(name)] = strings.Join(values, ",")
	}
	payload, err := json.Marshal(map[string]any{
		"version": "2.0", "routeKey": "$default", "rawPath": r.URL.EscapedPath(), "rawQueryString": r.URL.RawQuery, "cookies": cookies, "headers": headers,
		"requestContext": map[string]any{
			"accountId": account, "apiId": "api", "domainName": r.URL.Host, "requestId": "r", "routeKey": "$default", "stage": "$default",
			"http": map[string]string{"method": r.Method, "path": r.URL.Path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "test"},
		},
		"body": base64.StdEncoding.EncodeToString(body), "isBase64Encoded": true,
	})
	if err != nil {
		return nil, err
	}
	answer, err := b.w.functions["console"].invoke(payload, 0)
	if err != nil { // the gateway says no more than that
		return &http.Response{StatusCode: http.StatusInternalServerError, Body: io.NopCloser(strings.NewReader(err.Error())), Header: http.Header{}, Request: r}, nil
	}
	return response(answer, r)
}

// response reads what the function answers as the gateway does.
func response(answer []byte, r *http.Request) (*http.Response, error) {
	var out struct {
		StatusCode      int
		Headers         map[string]string
		Cookies         []string
		Body            string
		IsBase64Encoded bool
	}
	if err := json.Unmarshal(answer, &out); err != nil {
		return nil, fmt.Errorf("the console answered what no gateway reads: %w", err)
	}
	content := []byte(out.Body)
	if out.IsBase64Encoded {
		var err error
		if content, err = base64.StdEncoding.DecodeString(out.Body); err != nil {
			return nil, err
		}
	}
	resp := &http.Response{StatusCode: out.StatusCode, Body: io.NopCloser(bytes.NewReader(content)), Header: http.Header{}, Request: r, ProtoMajor: 1, ProtoMinor: 1}
	for name, value := range out.Headers {
		resp.Header.Set(name, value)
	}
	for _, cookie := range out.Cookies {
		resp.Header.Add("Set-Cookie", cookie)
	}
	return resp, nil
}

// office is a day at the console: every page and every deed once. It returns what did
// not end well.
func (b *browser) office(t *testing.T) (refused []string) {
	t.Helper()
	s := b.w.store()
	note := func(deed string, status int) {
		if status >= http.StatusBadRequest {
			refused = append(refused, fmt.Sprintf("%s: %d %s", deed, status, http.StatusText(status)))
		}
	}
	page := func(path string) {
		status, _ := b.get(t, path)
		note("GET "+path, status)
	}
	for _, path := range []string{"/", "/queues/ccpa", "/queues/ccpa?status=closed", "/sent", "/metrics", "/metrics.csv", "/api/queues", "/api/cases?limit=2", "/api/cases?queue=gdpr", "/api/metrics", "/api/openapi.yaml", "/healthz"} {
		page(path)
	}
	deed := func(c cases.Case, what string, form url.Values) {
		fresh, err := s.Case(t.Context(), c.ID)
		require.NoError(t, err)
		form.Set("version", fmt.Sprint(fresh.Version))
		status, _ := b.post(t, "/cases/"+string(c.ID)+"/"+what, form)
		note(what, status)
	}
	did := map[string]bool{}
	once := func(what string, fits bool) bool {
		if did[what] || !fits {
			return false
		}
		did[what] = true
		return true
	}
	var all []cases.Case
	allCases(t, s, func(c cases.Case) { all = append(all, c) })
	for _, c := range all {
		switch {
		case once("waive", c.Status == cases.Held):
			deed(c, "waive", url.Values{"reason": {"It is only fair."}})
		case once("acknowledge", c.Acknowledgement.State == cases.AckHeld && c.Status == cases.Open):
			deed(c, "acknowledge", url.Values{})
		case once("reclassify", c.Status == cases.Open && c.Right == "ccpa_delete"):
			deed(c, "reclassify", url.Values{"right": {"ccpa_correct"}, "jurisdiction": {"us-ca"}, "reason": {"The person means it."}})
		case once("close", c.Status == cases.Open && c.Limit != nil):
			page("/cases/" + string(c.ID))
			page("/cases/" + string(c.ID) + "/raw")
			page("/api/cases/" + string(c.ID))
			page("/find?case=" + string(c.ID))
			deed(c, "close", url.Values{"outcome": {"complied"}, "reason": {""}})
		}
	}
	effects(t, s, cases.EffectQuery{State: cases.EffectDraft}, func(e cases.Effect) {
		for _, what := range []string{"send", "drop"} {
			if once(what, true) {
				status, _ := b.post(t, "/sent/"+url.PathEscape(e.ID)+"/"+what, url.Values{})
				note(what, status)
				return
			}
		}
	})
	require.Subset(t, slices.Collect(maps.Keys(did)), []string{"acknowledge", "reclassify", "close"})
	page("/corrections?from=2026-01-01&to=2026-12-31")
	page("/api/corrections?from=2026-01-01&to=2026-12-31")
	return refused
}
