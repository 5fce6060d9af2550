package lambdaevents_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/lambdaevents"
)

// ask is a request as the gateway hands it over.
func ask(method, path, query string) events.APIGatewayV2HTTPRequest {
	return events.APIGatewayV2HTTPRequest{
		Version: "2.0", RawPath: path, RawQueryString: query, Headers: map[string]string{"host": "console.example.com"},
		RequestContext: events.APIGatewayV2HTTPRequestContext{
			RequestID: "r1", Stage: "$default", DomainName: "console.example.com",
			HTTP: events.APIGatewayV2HTTPRequestContextHTTPDescription{Method: method, Path: path, SourceIP: "198.51.100.7"},
		},
	}
}

// answers runs one request through a handler.
func answers(t *testing.T, e events.APIGatewayV2HTTPRequest, h http.HandlerFunc) events.APIGatewayV2HTTPResponse {
	t.Helper()
	out, err := lambdaevents.HTTP(h)(t.Context(), e)
	require.NoError(t, err)
	return out
}

func TestRequestArrivesAsFromTheWire(t *testing.T) {
	e := ask(http.MethodPost, "/cases/RM-1/note", "a=1&a=2&b=%20")
	e.Headers["content-type"], e.Headers["accept"], e.Headers["cookie"] = "text/plain", "text/html,application/json", "old=1"
	e.Cookies = []string{"session=x", "theme=light"}
	e.Body = "Grüße"
	answers(t, e, func(_ http.ResponseWriter, r *http.Request) {
		assert.Equal(t, http.MethodPost, r.Method)
		assert.Equal(t, "/cases/RM-1/note", r.URL.Path)
		assert.Equal(t, "/cases/RM-1/note?a=1&a=2&b=%20", r.RequestURI)
		assert.Equal(t, []string{"1", "2"}, r.URL.Query()["a"])
		assert.Equal(t, "console.example.com", r.Host)
		assert.Equal(t, "198.51.100.7:0", r.RemoteAddr)
		assert.True(t, r.ProtoAtLeast(1, 1))
		assert.Equal(t, http.Header{
			"Content-Type": {"text/plain"}, "Accept": {"text/html,application/json"}, "Cookie": {"session=x; theme=light"},
		}, r.Header)
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		assert.Equal(t, "Grüße", string(body))
		assert.EqualValues(t, len(body), r.ContentLength)
		assert.NoError(t, r.Context().Err())
	})
}

func TestContextOfARequestEndsWithIt(t *testing.T) {
	var ctx context.Context
	answers(t, ask("GET", "/", ""), func(_ http.ResponseWriter, r *http.Request) { ctx = r.Context() })
	assert.ErrorIs(t, ctx.Err(), context.Canceled)
}

func TestHostIsWhatTheGatewayMatched(t *testing.T) {
	e := ask("GET", "/", "")
	e.Headers["host"] = "evil.example"
	answers(t, e, func(_ http.ResponseWriter, r *http.Request) { assert.Equal(t, "console.example.com", r.Host) })
	e.RequestContext.DomainName = ""
	answers(t, e, func(_ http.ResponseWriter, r *http.Request) { assert.Equal(t, "evil.example", r.Host) })
}

func TestPathIsReadEncodedAndDecoded(t *testing.T) {
	for raw, want := range map[string]struct{ path, uri string }{
		"/a/b":      {"/a/b", "/a/b"},
		"":          {"/", "/"},
		"a":         {"/a", "/a"},
		"/a%20b":    {"/a b", "/a%20b"},
		"/a%2Fb":    {"/a/b", "/a%2Fb"},
		"/a b":      {"/a b", "/a%20b"},
		"/100%":     {"/100%", "/100%25"},
		"/ü":        {"/ü", "/%C3%BC"},
		"//x/y":     {"//x/y", "//x/y"},
		"/a?b":      {"/a?b", "/a%3Fb"},
		"/http://x": {"/http://x", "/http://x"},
	} {
		answers(t, ask("GET", raw, ""), func(_ http.ResponseWriter, r *http.Request) {
			assert.Equal(t, want.path, r.URL.Path, raw)
			assert.Equal(t, want.uri, r.URL.EscapedPath(), raw)
		})
	}
}

func TestBinaryBodyComesIn(t *testing.T) {
	e := ask("POST", "/", "")
	e.Body, e.IsBase64Encoded = base64.StdEncoding.EncodeToString([]byte{0, 0xff, 'a'}), true
	answers(t, e, func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		assert.NoError(t, err)
		assert.Equal(t, []byte{0, 0xff, 'a'}, body)
	})
}

func TestRequestThatCannotBeReadIsRefused(t *testing.T) {
	garbled := ask("POST", "/", "")
	garbled.Body, garbled.IsBase64Encoded = "secret!", true
	for name, e := range map[string]events.APIGatewayV2HTTPRequest{"body": garbled, "method": ask("", "/", "")} {
		out := answers(t, e, func(http.ResponseWriter, *http.Request) { assert.Fail(t, "must not be asked") })
		assert.Equal(t, http.StatusBadRequest, out.StatusCode, name)
		assert.Contains(t, out.Body, "cannot be understood")
		assert.Contains(t, out.Body, name)
		assert.NotContains(t, out.Body, "secret")
	}
}

func TestAnswerGoesOutAsWritten(t *testing.T) {
	out := answers(t, ask("GET", "/", ""), func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Add("Vary", "Cookie")
		w.Header().Add("Vary", "Accept")
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "1", Secure: true, HttpOnly: true})
		http.SetCookie(w, &http.Cookie{Name: "b", Value: "2", Expires: noon, Secure: true, HttpOnly: true})
		w.WriteHeader(http.StatusTeapot)
		w.Header().Set("Too-Late", "yes")
		w.WriteHeader(http.StatusOK)
		_, err := io.WriteString(w, "<p>Grüße</p>")
		assert.NoError(t, err)
	})
	assert.Equal(t, events.APIGatewayV2HTTPResponse{
		StatusCode: http.StatusTeapot, Body: "<p>Grüße</p>",
		Headers: map[string]string{"Content-Type": "text/html; charset=utf-8", "Vary": "Cookie, Accept"},
		Cookies: []string{"a=1; HttpOnly; Secure", "b=2; Expires=Tue, 06 Jan 2026 12:00:00 GMT; HttpOnly; Secure"},
	}, out)
}

func TestStatusAndTypeThatNobodySetAreThoseOfAServer(t *testing.T) {
	for name, c := range map[string]struct {
		h      http.HandlerFunc
		status int
		kind   string
	}{
		"nothing":       {func(http.ResponseWriter, *http.Request) {}, 200, ""},
		"a page":        {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<!DOCTYPE html><p>x") }, 200, "text/html; charset=utf-8"},
		"a hint before": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(103); w.WriteHeader(201) }, 201, ""},
		"no status":     {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(7) }, 500, ""},
		"moved": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/x", http.StatusSeeOther)
		}, 303, "text/html; charset=utf-8"},
	} {
		t.Run(name, func(t *testing.T) {
			out := answers(t, ask("GET", "/", ""), c.h)
			assert.Equal(t, c.status, out.StatusCode)
			assert.Equal(t, c.kind, out.Headers["Content-Type"])
		})
	}
}

func TestAnswerWithoutABodyHasNone(t *testing.T) {
	out := answers(t, ask("HEAD", "/", ""), func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "3")
		n, err := io.WriteString(w, "abc")
		assert.NoError(t, err)
		assert.Equal(t, 3, n)
	})
	assert.Empty(t, out.Body)
	assert.Equal(t, "3", out.Headers["Content-Length"])
	for _, status := range []int{http.StatusNoContent, http.StatusNotModified} {
		out = answers(t, ask("GET", "/", ""), func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, err := io.WriteString(w, "abc")
			assert.ErrorIs(t, err, http.ErrBodyNotAllowed)
		})
		assert.Equal(t, status, out.StatusCode)
		assert.Empty(t, out.Body)
	}
}

func TestBytesThatAreNoTextGoOutInBase64(t *testing.T) {
	for name, c := range map[string]struct {
		encoding string
		body     []byte
		binary   bool
	}{
		"text":       {"", []byte("Grüße"), false},
		"bytes":      {"", []byte{0xff, 0xfe}, true},
		"compressed": {"gzip", []byte("as it may be"), true},
	} {
		t.Run(name, func(t *testing.T) {
			out := answers(t, ask("GET", "/", ""), func(w http.ResponseWriter, _ *http.Request) {
				if c.encoding != "" {
					w.Header().Set("Content-Encoding", c.encoding)
				}
				_, err := w.Write(c.body)
				assert.NoError(t, err)
			})
			assert.Equal(t, c.binary, out.IsBase64Encoded)
			assert.Equal(t, string(c.body), decoded(t, out))
		})
	}
}

func decoded(t *testing.T, out events.APIGatewayV2HTTPResponse) string {
	t.Helper()
	if !out.IsBase64Encoded {
		return out.Body
	}
	body, err := base64.StdEncoding.DecodeString(out.Body)
	require.NoError(t, err)
	return string(body)
}

// What counts is the size on the way: quotes and base64 make an answer larger.
func TestAnswerThatLambdaCannotCarryIsReplacedByASentence(t *testing.T) {
	const limit = 5_500_000
	for name, c := range map[string]struct {
		unit  string
		times int
		fits  bool
	}{
		"text that fits":       {"a", limit, true},
		"one byte more":        {"a", limit + 1, false},
		"quotes that fit":      {`"`, limit / 2, true},
		"one quote more":       {`"`, limit/2 + 1, false},
		"bells":                {"\a", limit/6 + 1, false},
		"line separators":      {"\u2028", limit/6 + 1, false},
		"bytes that fit":       {"\xff", limit / 4 * 3, true},
		"bytes that grow over": {"\xff", limit/4*3 + 3, false},
	} {
		t.Run(name, func(t *testing.T) {
			out := answers(t, ask("GET", "/", ""), func(w http.ResponseWriter, _ *http.Request) {
				_, _ = io.WriteString(w, strings.Repeat(c.unit, c.times)) // the answer tells
			})
			raw, err := json.Marshal(out)
			require.NoError(t, err)
			assert.Less(t, len(raw), 6_000_000)
			if c.fits {
				assert.Equal(t, http.StatusOK, out.StatusCode)
				return
			}
			assert.Equal(t, http.StatusInternalServerError, out.StatusCode)
			assert.Contains(t, out.Body, "larger than 5.5 MB")
			assert.Equal(t, "text/plain; charset=utf-8", out.Headers["Content-Type"])
		})
	}
}

func TestHandlerLearnsThatItsAnswerIsTooLarge(t *testing.T) {
	answers(t, ask("GET", "/", ""), func(w http.ResponseWriter, _ *http.Request) {
		megabyte := make([]byte, 1_000_000)
		var err error
		for i := 0; i < 5 && err == nil; i++ {
			_, err = w.Write(megabyte)
		}
		assert.NoError(t, err)
		_, err = w.Write(megabyte)
		assert.ErrorContains(t, err, "larger than the gateway can carry")
		_, err = w.Write([]byte("x"))
		assert.Error(t, err, "what follows must not close the gap")
	})
}

func TestPanicOfAHandlerIsAnErrorWithoutItsValue(t *testing.T) {
	for _, value := range []any{"jane@example.net", errors.New("jane"), http.ErrAbortHandler} {
		out, err := lambdaevents.HTTP(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusOK)
			panic(value)
		}))(t.Context(), ask("GET", "/", ""))
		require.ErrorContains(t, err, "answer request r1: panic of type ")
		require.ErrorContains(t, err, "gateway_test.go:")
		assert.NotContains(t, err.Error(), "jane")
		assert.Equal(t, events.APIGatewayV2HTTPResponse{}, out)
	}
}

func TestClaimsAreOnlyThoseThatTheGatewayVerified(t *testing.T) {
	jwt := &events.APIGatewayV2HTTPRequestContextAuthorizerJWTDescription{Claims: map[string]string{"sub": "u1"}}
	for name, c := range map[string]struct {
		authorizer *events.APIGatewayV2HTTPRequestContextAuthorizerDescription
		want       map[string]string
	}{
		"no authorizer":    {nil, nil},
		"another":          {&events.APIGatewayV2HTTPRequestContextAuthorizerDescription{Lambda: map[string]any{"sub": "u1"}}, nil},
		"without claims":   {&events.APIGatewayV2HTTPRequestContextAuthorizerDescription{JWT: &events.APIGatewayV2HTTPRequestContextAuthorizerJWTDescription{}}, nil},
		"a verified token": {&events.APIGatewayV2HTTPRequestContextAuthorizerDescription{JWT: jwt}, map[string]string{"sub": "u1"}},
	} {
		t.Run(name, func(t *testing.T) {
			e := ask("GET", "/", "")
			e.RequestContext.Authorizer = c.authorizer
			e.Headers["authorization"] = "Bearer made-up"
			answers(t, e, func(_ http.ResponseWriter, r *http.Request) {
				claims, ok := lambdaevents.Claims(r.Context())
				assert.Equal(t, c.want, claims)
				assert.Equal(t, c.want != nil, ok)
				if ok {
					claims["sub"] = "u2"
					again, _ := lambdaevents.Claims(r.Context())
					assert.Equal(t, "u1", again["sub"], "the caller owns the map")
				}
			})
		})
	}
	_, ok := lambdaevents.Claims(t.Context())
	assert.False(t, ok)
}

func TestGroupsAreWholeNames(t *testing.T) {
	for claim, want := range map[string][]string{
		"":                         nil,
		"[]":                       nil,
		"[officer]":                {"officer"},
		"[officer triager]":        {"officer", "triager"},
		" [ officer  triager ] ":   {"officer", "triager"},
		"officer":                  {"officer"},
		"officer,triager":          {"officer", "triager"},
		"officer, triager,":        {"officer", "triager"},
		`["officer","triager"]`:    {"officer", "triager"},
		`["data officer"]`:         {"data officer"},
		"data officer":             {"data officer"},
		"[guest,officer]":          {"guest,officer"},
		"not-officer":              {"not-officer"},
		"[officer":                 {"[officer"},
		`"officer"`:                {`"officer"`},
		"null":                     nil,
		"[Officer officer-helper]": {"Officer", "officer-helper"},
	} {
		assert.Equal(t, want, lambdaevents.Groups(claim), claim)
	}
}

// echo answers with what it was asked.
func echo(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("X-Path", r.URL.Path)
	w.Header().Set("X-Query", r.URL.RawQuery)
	w.Header()["Set-Cookie"] = r.Header["Cookie"]
	_, _ = w.Write(body)
}

func FuzzHTTP(f *testing.F) {
	f.Add("GET", "/", "", "", "", false)
	f.Add("POST", "/a%2Fb c", "q=%zz", "a=1", "aGVsbG8=", true)
	f.Add("PUT", "100%", "?", "\r\n", "\xff\x00", false)
	f.Fuzz(func(t *testing.T, method, path, query, cookie, body string, binary bool) {
		e := ask(method, path, query)
		e.Cookies, e.Body, e.IsBase64Encoded = []string{cookie}, body, binary
		out, err := lambdaevents.HTTP(http.HandlerFunc(echo))(t.Context(), e)
		require.NoError(t, err)
		raw, err := json.Marshal(out)
		require.NoError(t, err)
		var back events.APIGatewayV2HTTPResponse
		require.NoError(t, json.Unmarshal(raw, &back))

		sent := []byte(body)
		if binary {
			if sent, err = base64.StdEncoding.DecodeString(body); err != nil {
				assert.Equal(t, http.StatusBadRequest, out.StatusCode)
				return
			}
		}
		if method == "" {
			assert.Equal(t, http.StatusBadRequest, out.StatusCode)
			return
		}
		assert.Equal(t, http.StatusOK, out.StatusCode)
		assert.Equal(t, []string{cookie}, out.Cookies)
		assert.Equal(t, query, out.Headers["X-Query"])
		assert.True(t, strings.HasPrefix(out.Headers["X-Path"], "/"))
		assert.True(t, utf8.ValidString(back.Body))
		if method != http.MethodHead {
			assert.Equal(t, string(sent), decoded(t, back))
		}
	})
}

func BenchmarkHTTP(b *testing.B) {
	page := []byte(strings.Repeat("<tr><td>RM-8F3K-2Q7D-1</td><td>2026-04-15</td></tr>\n", 1000))
	h := lambdaevents.HTTP(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(page)
	}))
	e := ask("GET", "/queues/ccpa", "limit=50")
	b.ReportAllocs()
	b.SetBytes(int64(len(page)))
	for b.Loop() {
		if _, err := h(b.Context(), e); err != nil {
			b.Fatal(err)
		}
	}
}
