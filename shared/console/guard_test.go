package console_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/console"
)

func TestEveryAnswerCarriesTheSecurityHeaders(t *testing.T) {
	o := open(t)
	id := string(o.receive(letter(1, "x", deletion))[0])
	for _, path := range []string{"/", "/cases/" + id, "/cases/" + id + "/raw", "/nope", "/api/cases", "/api/cases?x=1", "/api/nope", "/healthz", "/metrics.csv", "/find?case=x"} {
		h := o.get(path).Header
		assert.Equal(t, "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'", h.Get("Content-Security-Policy"), path)
		assert.Equal(t, "nosniff", h.Get("X-Content-Type-Options"), path)
		assert.Equal(t, "no-referrer", h.Get("Referrer-Policy"), path)
		assert.Equal(t, "no-store", h.Get("Cache-Control"), path)
		assert.Equal(t, "DENY", h.Get("X-Frame-Options"), path)
	}
}

func TestAssetsMayBeKeptBecauseTheirAddressChangesWithThem(t *testing.T) {
	o := open(t)
	for _, n := range nodes(t, o.page("/"), named("link")) {
		res := o.get(attr(n, "href"))
		assert.Equal(t, http.StatusOK, res.StatusCode)
		assert.Contains(t, res.Header.Get("Cache-Control"), "immutable")
		assert.Contains(t, []string{"text/css; charset=utf-8", "image/svg+xml"}, res.Header.Get("Content-Type"))
	}
}

func TestWrongAddressesAndMethodsAreExplained(t *testing.T) {
	o := open(t)
	id := string(o.receive(letter(1, "x", deletion))[0])
	tests := map[string]struct {
		method, path string
		status       int
		allow        string
	}{
		"nowhere":                     {"GET", "/nope", 404, ""},
		"no such case":                {"GET", "/cases/RM-0000-0000-1", 404, ""},
		"no such letter":              {"GET", "/sent/nope", 404, ""},
		"no such queue":               {"GET", "/queues/nope", 404, ""},
		"no such number":              {"GET", "/metrics/cases?category=know&column=nope", 404, ""},
		"a number of another span":    {"GET", "/metrics/cases?category=nevada&column=received", 404, ""},
		"nowhere in the API":          {"GET", "/api/nope", 404, ""},
		"no such case in the API":     {"GET", "/api/cases/RM-0000-0000-1", 404, ""},
		"deleting a case":             {"DELETE", "/cases/" + id, 405, "GET"},
		"posting to a page":           {"POST", "/metrics", 405, "GET"},
		"reading an action":           {"GET", "/cases/" + id + "/close", 405, "POST"},
		"posting to the API":          {"POST", "/api/cases", 405, "GET"},
		"unknown filter":              {"GET", "/queues/ccpa?stauts=open", 400, ""},
		"filter twice":                {"GET", "/queues/ccpa?status=open&status=held", 400, ""},
		"bad status":                  {"GET", "/queues/ccpa?status=late", 400, ""},
		"bad cursor":                  {"GET", "/queues/ccpa?cursor=abc", 400, ""},
		"bad date":                    {"GET", "/metrics?from=yesterday", 400, ""},
		"end before begin":            {"GET", "/metrics?from=2026-02-01&to=2026-01-01", 400, ""},
		"bad place":                   {"GET", "/metrics?jurisdiction=mars", 400, ""},
		"bad page":                    {"GET", "/metrics/cases?category=know&column=received&page=0", 400, ""},
		"bad state":                   {"GET", "/sent?state=lost", 400, ""},
		"parameters where none are":   {"GET", "/?x=1", 400, ""},
		"a dot that leaves the queue": {"GET", "/queues/..%2Fcases", 404, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(test.method, "http://localhost"+test.path, nil)
			r.Header.Set("Sec-Fetch-Site", "same-origin")
			res := o.do(r)
			answer := body(t, res)
			assert.Equal(t, test.status, res.StatusCode, answer)
			assert.Equal(t, test.allow, res.Header.Get("Allow"))
			if strings.HasPrefix(test.path, "/api/") {
				assert.Regexp(t, `^\{"error":"[A-Z][^"]+\."\}\n$`, answer)
			} else {
				assert.NotEmpty(t, nodes(t, answer, named("h1")))
				assert.Contains(t, answer, "/assets/console.")
			}
		})
	}
}

func TestNobodySeesAnythingWithoutAName(t *testing.T) {
	o := open(t)
	id := string(o.receive(letter(1, "private subject", deletion))[0])
	o.user = ""
	for _, path := range []string{"/", "/cases/" + id, "/cases/" + id + "/raw", "/sent", "/metrics", "/api/cases", "/api/cases/" + id, "/api/metrics"} {
		res := o.get(path)
		assert.Equal(t, http.StatusUnauthorized, res.StatusCode, path)
		assert.NotContains(t, body(t, res), "private subject")
	}
	assert.Equal(t, http.StatusUnauthorized, o.post("/cases/"+id+"/close", url.Values{"outcome": {"complied"}, "version": {"1"}}).StatusCode)
	assert.Equal(t, http.StatusOK, o.get("/healthz").StatusCode)
}

func TestStoreThatIsDownIsANumberForTheVisitorAndAFactForTheLog(t *testing.T) {
	o := open(t)
	o.http = o.console(o.desk, down{o.db})
	for _, path := range []string{"/", "/api/queues"} {
		res := o.get(path)
		answer := body(t, res)
		assert.Equal(t, http.StatusInternalServerError, res.StatusCode)
		assert.NotContains(t, answer, secret)
		assert.Contains(t, answer, "F-")
	}
	assert.Contains(t, o.log.String(), secret)
	assert.Contains(t, o.log.String(), "GET /api/queues")
	res := o.get("/healthz")
	assert.Equal(t, http.StatusServiceUnavailable, res.StatusCode)
	assert.NotContains(t, body(t, res), secret)
}

func TestLoopbackOnlyRefusesForeignNames(t *testing.T) {
	handler := console.LoopbackOnly(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }))
	tests := map[string]int{
		"localhost": 204, "localhost:8080": 204, "LocalHost:8080": 204, "127.0.0.1:8080": 204, "127.0.0.1": 204, "[::1]:8080": 204, "[::1]": 204,
		"": 403, "evil.example": 403, "evil.example:8080": 403, "localhost.evil.example": 403, "127.0.0.1.evil.example:80": 403,
		"127.0.0.1@evil.example": 403, "192.168.1.4:8080": 403, "0.0.0.0:8080": 403, "localhost:8080:evil": 403,
	}
	for host, want := range tests {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Host = host
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		require.Equal(t, want, w.Code, "%q", host)
	}
}
