package oidc_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/oidc"
)

func TestSigningInLeadsBackToThePageThatWasWanted(t *testing.T) {
	o := open(t)
	res, page := o.signIn("/queues/ccpa?status=held", "maria")
	assert.Equal(t, http.StatusOK, res.StatusCode, page)
	assert.Equal(t, o.url+"/queues/ccpa?status=held", res.Request.URL.String())
	assert.Contains(t, page, "Maria Keller")
	assert.Contains(t, page, "officer")
	assert.Contains(t, page, `action="/signout"`)
	again, _ := o.get("/")
	assert.Equal(t, o.url+"/", again.Request.URL.String(), "the session lasts")
	assert.Equal(t, 1, o.issuer.Fetched("/.well-known/openid-configuration"), "the issuer is discovered once")
	o.quiet()
}

func TestCookiesAreForThisHostOverTLSAndForNoScript(t *testing.T) {
	o := open(t)
	begun, _ := o.step(o.request(http.MethodGet, "/signin", nil))
	back, _ := o.step(o.request(http.MethodGet, o.callback("/", "maria"), nil))
	for _, one := range []struct {
		header http.Header
		name   string
		age    int
	}{{begun.Header, attempt, 600}, {back.Header, session, 28800}, {back.Header, attempt, -1}} {
		answer := http.Response{Header: one.header}
		found := false
		for _, c := range answer.Cookies() {
			if c.Name != one.name {
				continue
			}
			found = true
			assert.True(t, c.Secure && c.HttpOnly, c.Name)
			assert.Equal(t, http.SameSiteLaxMode, c.SameSite)
			assert.Equal(t, "/", c.Path)
			assert.Empty(t, c.Domain)
			assert.Equal(t, one.age, c.MaxAge, c.Name)
			assert.Less(t, len(c.String()), 4096)
		}
		assert.True(t, found, one.name)
	}
	assert.Equal(t, http.StatusSeeOther, back.StatusCode)
	assert.Equal(t, "no-store", begun.Header.Get("Cache-Control"))
}

func TestPersonWithoutARoleIsToldWhomToAsk(t *testing.T) {
	o := open(t)
	o.issuer.People["eve"] = map[string]any{"name": "Eve", "cognito:groups": []string{"officers", "xofficer"}}
	res, page := o.signIn("/", "eve")
	assert.Equal(t, http.StatusForbidden, res.StatusCode)
	assert.Contains(t, page, "Ask whoever runs Rightsmail")
	assert.Contains(t, page, `action="/signout"`, "and can leave")
}

func TestSessionEndsAfterEightHours(t *testing.T) {
	o := open(t)
	o.signIn("/", "maria")
	o.now = noon.Add(8*time.Hour - time.Second)
	res, _ := o.step(o.request(http.MethodGet, "/", nil))
	assert.Equal(t, http.StatusOK, res.StatusCode)
	o.now = noon.Add(8 * time.Hour)
	res, _ = o.step(o.request(http.MethodGet, "/", nil))
	assert.Equal(t, "/signin?to=%2F", res.Header.Get("Location"))
}

// wrongTurns are ways in which a sign-in fails. Each bends what comes before the way
// back, or the address of the way back itself.
var wrongTurns = map[string]struct {
	before func(o *office)
	back   func(o *office, address string) string
	status int
	say    string
}{
	"the person is not let in":  {func(o *office) { delete(o.issuer.People, "maria") }, nil, 403, "did not let you in"},
	"the issuer has an error":   {func(o *office) { o.issuer.Deny = "<script>alert(1)</script>" }, nil, 502, "would not finish"},
	"another state":             {nil, func(_ *office, a string) string { return edit(a, "state", strings.Repeat("x", 43)) }, 400, "longer than ten minutes"},
	"no state":                  {nil, func(_ *office, a string) string { return edit(a, "state", "") }, 400, "longer than ten minutes"},
	"two states":                {nil, func(_ *office, a string) string { return a + "&state=x" }, 400, "longer than ten minutes"},
	"another browser":           {nil, func(o *office, a string) string { o.client.Jar = nil; return a }, 400, "longer than ten minutes"},
	"too late":                  {nil, func(o *office, a string) string { o.now = noon.Add(10 * time.Minute); return a }, 400, "longer than ten minutes"},
	"a code nobody gave":        {nil, func(_ *office, a string) string { return edit(a, "code", "x") }, 502, "would not finish"},
	"no code":                   {nil, func(_ *office, a string) string { return edit(a, "code", "") }, 502, "would not finish"},
	"the issuer is gone":        {nil, func(o *office, a string) string { o.issuer.Down = true; return a }, 503, "Nothing is wrong with your account"},
	"an answer of another one":  {nil, func(_ *office, a string) string { return edit(a, "iss", "https://evil.example") }, 403, "does not belong"},
	"another nonce":             {bend("nonce", strings.Repeat("x", 43)), nil, 403, "does not belong"},
	"no nonce":                  {bend("nonce", nil), nil, 403, "does not belong"},
	"a token for another":       {bend("aud", "shop"), nil, 403, "does not belong"},
	"a token given to another":  {bend("azp", "shop"), nil, 403, "does not belong"},
	"a token for several":       {bend("aud", []string{"shop", "console"}), nil, 403, "does not belong"},
	"a token of another issuer": {bend("iss", "https://evil.example"), nil, 403, "does not belong"},
	"a token that has ended":    {bend("exp", noon.Add(-time.Second).Unix()), nil, 403, "does not belong"},
	"a token without an end":    {bend("exp", nil), nil, 403, "does not belong"},
	"a token about nobody":      {bend("sub", nil), nil, 403, "does not belong"},
	"an access token":           {bend("token_use", "access"), nil, 403, "does not belong"},
}

func edit(address, name, value string) string {
	u, _ := url.Parse(address)
	q := u.Query()
	q.Set(name, value)
	if value == "" {
		q.Del(name)
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// bend changes one thing that ID tokens say; nil leaves it out.
func bend(claim string, value any) func(*office) {
	return func(o *office) {
		o.issuer.Bend = func(said map[string]any) {
			said[claim] = value
			if value == nil {
				delete(said, claim)
			}
		}
	}
}

func TestSignInThatGoesWrongIsAPageInOurWords(t *testing.T) {
	for name, turn := range wrongTurns {
		t.Run(name, func(t *testing.T) {
			o := open(t)
			if turn.before != nil {
				turn.before(o)
			}
			address := o.callback("/metrics", "maria")
			if turn.back != nil {
				address = turn.back(o, address)
			}
			res, page := o.get(address)
			assert.Equal(t, turn.status, res.StatusCode, page)
			assert.Contains(t, page, turn.say)
			assert.Contains(t, page, `href="/signin`)
			assert.Contains(t, page, "/assets/console.", "it looks like the console")
			assert.NotContains(t, page, "words of the issuer")
			assert.NotContains(t, page, "alert(1)")
			assert.Equal(t, "no-store", res.Header.Get("Cache-Control"))
			assert.NotEmpty(t, res.Header.Get("Content-Security-Policy"))
			if o.client.Jar != nil {
				assert.Empty(t, o.cookies(), "no session, and the attempt is over")
			}
			o.quiet()
		})
	}
}

func TestWayBackCountsOnce(t *testing.T) {
	o := open(t)
	address := o.callback("/", "maria")
	kept := o.cookies()
	res, _ := o.get(address)
	require.Equal(t, http.StatusOK, res.StatusCode)
	res, _ = o.get(address)
	assert.Equal(t, http.StatusBadRequest, res.StatusCode, "the attempt is over")

	thief := o.request(http.MethodGet, address, nil)
	thief.AddCookie(&http.Cookie{Name: attempt, Value: kept[attempt]})
	o.client.Jar = nil
	res, _ = o.send(thief)
	assert.Equal(t, http.StatusBadGateway, res.StatusCode, "and the issuer takes no code twice")
	for _, c := range res.Cookies() {
		assert.NotEqual(t, session, c.Name)
	}
}

func TestPathToGoBackToIsOneOfOurs(t *testing.T) {
	for _, to := range []string{"/", "/cases/RM-8F3K-2Q7D-1", "/metrics?from=2026-01-01&to=2026-12-31", "/queues/ccpa?cursor=a%2Fb%3D", "/sent/reply%3A1"} {
		assert.Equal(t, to, oidc.LocalPath(to))
	}
	for _, to := range []string{
		"", "cases", "//evil.example", "///evil.example", `/\evil.example`, `\\evil.example`, "/\t/evil.example", "/\n/evil.example", "\t//evil.example", " //evil.example",
		"https://evil.example", "https:evil.example", "javascript:alert(1)", "/%zz", "/a\r\nSet-Cookie: x=y", "/ä", "@evil.example", "/a b",
		"/signin", "/signin?to=/", "/signin/callback?code=x", "/signout", "/" + strings.Repeat("x", 1024),
	} {
		assert.Equal(t, "/", oidc.LocalPath(to), "%q", to)
	}
	o := open(t)
	res, _ := o.signIn("/signin?to="+url.QueryEscape("//evil.example/x"), "maria")
	assert.Equal(t, o.url+"/", res.Request.URL.String())
}

func TestWhoeverComesFromAPageOfOursIsLedOnByAPage(t *testing.T) {
	o := open(t)
	r := o.request(http.MethodGet, "/signin?to=%2Fmetrics", nil)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	res, page := o.step(r)
	assert.Equal(t, http.StatusOK, res.StatusCode)
	assert.True(t, strings.HasPrefix(res.Header.Get("Refresh"), "0; url="+o.issuer.URL+"/authorize?"))
	assert.Contains(t, page, `<a href="`+o.issuer.URL+"/authorize?", "for browsers that do not refresh")
}

func TestSigningOutEndsTheSessionAndAsksTheIssuerToEndItsOwn(t *testing.T) {
	for name, atIssuer := range map[string]string{"here": "", "and there": "https://id.example.com/logout?client_id=console&logout_uri=x"} {
		t.Run(name, func(t *testing.T) {
			o := open(t, func(p *oidc.Options) { p.SignOutURL = atIssuer })
			o.signIn("/", "maria")
			require.Contains(t, o.cookies(), session)
			r := o.request(http.MethodPost, "/signout", url.Values{})
			r.Header.Set("Sec-Fetch-Site", "same-origin")
			res, page := o.step(r)
			assert.Equal(t, http.StatusOK, res.StatusCode)
			assert.Contains(t, page, "You are signed out")
			assert.Empty(t, o.cookies())
			if atIssuer != "" {
				assert.Equal(t, "0; url="+atIssuer, res.Header.Get("Refresh"))
			}
			res, _ = o.step(o.request(http.MethodGet, "/", nil))
			assert.Equal(t, http.StatusSeeOther, res.StatusCode)
		})
	}
}

func TestOtherSitesSignNobodyOut(t *testing.T) {
	o := open(t)
	o.signIn("/", "maria")
	for _, header := range [][2]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}} {
		r := o.request(http.MethodPost, "/signout", url.Values{})
		r.Header.Set(header[0], header[1])
		res, page := o.step(r)
		assert.Equal(t, http.StatusForbidden, res.StatusCode)
		assert.Contains(t, page, "sent from another site")
	}
	res, _ := o.step(o.request(http.MethodGet, "/signout", nil))
	assert.Equal(t, http.StatusNotFound, res.StatusCode, "a link signs nobody out either")
	res, _ = o.step(o.request(http.MethodGet, "/", nil))
	assert.Equal(t, http.StatusOK, res.StatusCode)
}

func TestIssuerIsAskedWhenNeededAndAgainAfterAFailure(t *testing.T) {
	o := open(t)
	assert.Zero(t, o.issuer.Fetched("/.well-known/openid-configuration"), "nobody is asked to begin with")
	o.issuer.Down = true
	res, page := o.get("/metrics")
	assert.Equal(t, http.StatusServiceUnavailable, res.StatusCode)
	assert.Contains(t, page, `href="/signin?to=%2Fmetrics"`)
	assert.NotContains(t, page, "out of order")
	o.issuer.Down = false
	res, _ = o.signIn("/metrics", "maria")
	assert.Equal(t, http.StatusOK, res.StatusCode)
	o.issuer.Down = true
	res, _ = o.get("/")
	assert.Equal(t, http.StatusOK, res.StatusCode, "a session needs no issuer")
}

func TestIssuerThatNeverAnswersHoldsNobodyUp(t *testing.T) {
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer silent.Close()
	signin, err := oidc.New(oidc.Options{
		Issuer: silent.URL, ClientID: "console", ConsoleURL: "https://console.example", Key: make([]byte, 32), Client: &http.Client{Timeout: 20 * time.Millisecond},
	})
	require.NoError(t, err)
	w := httptest.NewRecorder()
	signin.Wrap(http.NotFoundHandler()).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/signin", nil))
	assert.Equal(t, http.StatusServiceUnavailable, w.Code)
	r := httptest.NewRequest(http.MethodGet, "/api/cases", nil)
	r.Header.Set("Authorization", "Bearer x")
	_, ok := signin.Who(r)
	assert.False(t, ok)
}

func TestIssuerThatNamesItselfOtherwiseIsNotTrusted(t *testing.T) {
	o := open(t, func(p *oidc.Options) { p.Issuer += "/" })
	res, _ := o.get("/signin")
	assert.Equal(t, http.StatusServiceUnavailable, res.StatusCode)
	assert.Contains(t, o.log.String(), "names itself otherwise")
}

func TestWithoutRandomnessNobodySignsIn(t *testing.T) {
	o := open(t, func(p *oidc.Options) { p.Random = iotest.ErrReader(errors.New("the well is dry")) })
	res, page := o.get("/signin")
	assert.Equal(t, http.StatusInternalServerError, res.StatusCode)
	assert.NotContains(t, page, "well is dry")
	assert.Empty(t, o.cookies())
}

func TestBadOptionsAreNamedAllAtOnce(t *testing.T) {
	_, err := oidc.New(oidc.Options{Issuer: "http://id.example.com", ConsoleURL: "https://console.example/app", SignOutURL: "nowhere"})
	for _, want := range []string{
		"the issuer must begin with https://", "the address of the console must end after its host",
		"the sign-out address must be an address", "the client id is missing", "32 bytes or more",
	} {
		assert.ErrorContains(t, err, want)
	}
	for _, fine := range []string{"https://console.example", "https://console.example/", "http://localhost:8080", "http://127.0.0.1:8080", "http://[::1]:8080"} {
		_, err := oidc.New(oidc.Options{Issuer: "https://id.example.com", ClientID: "x", ConsoleURL: fine, Key: make([]byte, 32)})
		assert.NoError(t, err, fine)
	}
	for _, bad := range []string{"", "console.example", "http://console.example", "https://u:p@console.example", "https://console.example?x", "https://console.example#x", "ftp://console.example", "http://localhost.evil.example"} {
		_, err := oidc.New(oidc.Options{Issuer: "https://id.example.com", ClientID: "x", ConsoleURL: bad, Key: make([]byte, 32)})
		assert.ErrorContains(t, err, "address of the console", bad)
	}
}
