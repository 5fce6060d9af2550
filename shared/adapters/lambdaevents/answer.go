package lambdaevents

import (
	"bytes"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/aws/aws-lambda-go/events"
)

// maxAnswer is what an answer may have on its way: Lambda takes 6 MB of JSON, and the
// header fields need their part.
const maxAnswer = 5_500_000

const tooLarge = "This answer is larger than 5.5 MB, which is more than the gateway can carry. " +
	"Ask for less at once: a shorter period, or one queue."

var errTooLarge = errors.New("the answer is larger than the gateway can carry")

// answer takes what a handler writes.
type answer struct {
	header http.Header
	sent   http.Header // as it was when the status was written
	status int
	body   bytes.Buffer
	head   bool
	full   bool // more was written than can be carried
}

var _ http.ResponseWriter = (*answer)(nil)

func (a *answer) Header() http.Header { return a.header }

// WriteHeader fixes status and header, once. What only announces an answer (1xx) has no
// way through the gateway.
func (a *answer) WriteHeader(status int) {
	if a.status != 0 || status >= 100 && status < 200 {
		return
	}
	if status < 100 || status > 999 { // the server of net/http panics here
		status = http.StatusInternalServerError
	}
	a.status, a.sent = status, a.header.Clone()
}

func (a *answer) Write(p []byte) (int, error) {
	if a.status == 0 {
		a.WriteHeader(http.StatusOK)
	}
	switch {
	case a.head:
		return len(p), nil
	case a.status == http.StatusNoContent || a.status == http.StatusNotModified:
		return 0, http.ErrBodyNotAllowed
	case a.full || a.body.Len()+len(p) > maxAnswer:
		a.full = true
		return 0, errTooLarge
	}
	return a.body.Write(p)
}

// response is the answer as the gateway reads it.
func (a *answer) response() events.APIGatewayV2HTTPResponse {
	if a.status == 0 {
		a.WriteHeader(http.StatusOK)
	}
	body := a.body.Bytes()
	if len(body) > 0 && a.sent.Get("Content-Type") == "" && a.sent.Get("Content-Encoding") == "" {
		a.sent.Set("Content-Type", http.DetectContentType(body)) // else the gateway calls it JSON
	}
	out := events.APIGatewayV2HTTPResponse{StatusCode: a.status, Headers: map[string]string{}, Cookies: []string{}}
	for name, values := range a.sent {
		if http.CanonicalHeaderKey(name) == "Set-Cookie" { // the one field that must not be joined (RFC 9110 section 5.3)
			out.Cookies = append(out.Cookies, values...)
			continue
		}
		out.Headers[name] = strings.Join(values, ", ") // the format knows no field with several values
	}
	if a.sent.Get("Content-Encoding") != "" || !utf8.Valid(body) {
		out.Body, out.IsBase64Encoded = base64.StdEncoding.EncodeToString(body), true
	} else {
		out.Body = string(body)
	}
	if a.full || len(out.Body) > maxAnswer/longestEscape && carried(out.Body) > maxAnswer {
		return plainAnswer(http.StatusInternalServerError, tooLarge)
	}
	return out
}

// longestEscape is what one byte can become in JSON: \u0007. Most pages are so small that
// nobody needs to count.
const longestEscape = 6

// carried is how many bytes s has as a JSON string.
func carried(s string) int {
	n := len(s)
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"', c == '\\', c == '\n', c == '\r', c == '\t', c == '\b', c == '\f':
			n++
		case c < ' ':
			n += 5
		}
	}
	return n + 3*(strings.Count(s, "\u2028")+strings.Count(s, "\u2029"))
}

// plainAnswer is an answer of the adapter itself: one sentence for a person.
func plainAnswer(status int, sentence string) events.APIGatewayV2HTTPResponse {
	return events.APIGatewayV2HTTPResponse{
		StatusCode: status, Body: sentence + "\n", Cookies: []string{},
		Headers: map[string]string{
			"Content-Type": "text/plain; charset=utf-8", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
		},
	}
}
