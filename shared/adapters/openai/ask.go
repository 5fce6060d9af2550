package openai

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"

	api "github.com/sashabaranov/go-openai"

	"rightsmail/shared/classify"
)

const (
	attempts  = 2
	basePause = time.Second      // the longest random part of a pause
	maxPause  = 30 * time.Second // who is asked to wait longer tries again later
	maxAfter  = time.Hour        // what a server asks for beyond that is not believed
)

// ask sends the request, a second time where that may help.
func (m *Model) ask(ctx context.Context, r api.ChatCompletionRequest, body []byte) (api.ChatCompletionResponse, error) {
	for n := 1; ; n++ {
		response, x, err := m.attempt(ctx, r, body)
		switch {
		case err == nil:
			return response, nil
		case ctx.Err() != nil:
			return response, fmt.Errorf("ask model: %w", ctx.Err())
		}
		failure := x.verdict()
		pause := x.retryAfter + time.Duration(m.o.Random()*float64(basePause))
		switch {
		case !failure.Again, failure.Why == classify.SilentQuota:
			return response, failure
		case n == attempts:
			failure.Detail += fmt.Sprintf(", %d times", n)
			return response, failure
		case !fits(ctx, pause):
			failure.Detail += ", and no time is left"
			return response, failure
		}
		if err := m.o.Wait(ctx, pause); err != nil {
			return response, fmt.Errorf("ask model: %w", err)
		}
	}
}

// fits reports whether there is a point in waiting.
func fits(ctx context.Context, pause time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return pause <= maxPause && (!ok || pause < time.Until(deadline))
}

// attempt is one request. The error only says that it failed: the library's texts hold
// what the server said, so that the exchange is what is asked why.
func (m *Model) attempt(ctx context.Context, r api.ChatCompletionRequest, body []byte) (api.ChatCompletionResponse, *exchange, error) {
	ctx, cancel := context.WithTimeout(ctx, m.o.Timeout)
	defer cancel()
	x := &exchange{client: m.o.HTTP, request: body}
	config := m.config
	config.HTTPClient = x
	response, err := api.NewClientWithConfig(config).CreateChatCompletion(ctx, r)
	x.quota = usedUp(err)
	if err == nil && x.status != http.StatusOK {
		err = errors.New("no answer") // the library takes a redirect for one
	}
	return response, x, err
}

// usedUp reports whether the server says that the account has nothing left. It says so
// with the status of a rate limit, and asking again a second later does not fill it.
func usedUp(err error) bool {
	var said *api.APIError
	if !errors.As(err, &said) {
		return false
	}
	code, _ := said.Code.(string)
	return slices.ContainsFunc([]string{code, said.Type}, func(s string) bool {
		return s == "insufficient_quota" || s == "billing_hard_limit_reached"
	})
}

// exchange is one request on its way, and what became of it.
type exchange struct {
	client     *http.Client
	request    []byte // the body
	sent       bool
	lost       error // of the transport, or while reading
	status     int   // 0: no answer
	retryAfter time.Duration
	large      bool
	quota      bool
}

// Do sends the request; see api.HTTPDoer. The body is ours: the library knows one way to
// send a schema, and the answer is remembered by what was really asked.
func (x *exchange) Do(r *http.Request) (*http.Response, error) {
	x.sent = true
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(x.request)), int64(len(x.request))
	r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(x.request)), nil }
	response, err := x.client.Do(r) // #nosec G704 -- the operator names the server, no mail does, and redirects are not followed
	if err != nil {
		x.lost = err
		return nil, err
	}
	x.status = response.StatusCode
	x.retryAfter = retryAfter(response.Header.Get("Retry-After"))
	response.Body = &bounded{x: x, body: response.Body, left: maxAnswer}
	return response, nil
}

// verdict says in our own words why there is no answer, and whether asking again may
// give one.
func (x *exchange) verdict() *classify.SilenceError {
	status := fmt.Sprintf("the server answered HTTP %d", x.status)
	again := func(why classify.Silence, detail string) *classify.SilenceError {
		return &classify.SilenceError{Why: why, Detail: detail, Again: true, After: x.retryAfter}
	}
	switch {
	case !x.sent:
		return silent(classify.SilentRejected, "the library does not send this request: check RIGHTSMAIL_MODEL and the temperature")
	case x.large:
		return silent(classify.SilentGarbled, "the answer is too large")
	case x.quota, x.status == http.StatusPaymentRequired:
		return again(classify.SilentQuota, status+": the account with it is used up")
	case x.status == http.StatusTooManyRequests:
		return again(classify.SilentBusy, status)
	case x.status == http.StatusRequestTimeout, x.status >= http.StatusInternalServerError:
		return again(classify.SilentDown, status)
	case x.status != 0 && x.status != http.StatusOK:
		return silent(classify.SilentRejected, status+": check RIGHTSMAIL_MODEL_URL, RIGHTSMAIL_MODEL, RIGHTSMAIL_MODEL_FORMAT and the key")
	case x.lost != nil && late(x.lost):
		return again(classify.SilentSlow, "the server could not be reached in time")
	case x.lost != nil:
		return again(classify.SilentDown, "the server could not be reached"+network(x.lost))
	}
	return silent(classify.SilentGarbled, "the answer could not be read")
}

func late(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

// network adds what our own side knows about a lost connection. Any other error may
// repeat what the server said.
func network(err error) string {
	var op *net.OpError
	if errors.As(err, &op) {
		return ": " + op.Error()
	}
	return ""
}

// retryAfter reads the pause that a server asks for, in seconds or as a date: RFC 9110
// 10.2.3. What cannot be read is none.
func retryAfter(value string) time.Duration {
	if seconds, err := strconv.Atoi(value); err == nil {
		return time.Duration(min(max(seconds, 0), int(maxAfter/time.Second))) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return min(max(time.Until(at), 0), maxAfter)
	}
	return 0
}

// maxAnswer is how much of an answer is read, in bytes.
const maxAnswer = 1 << 20

// bounded is a body that ends in an error after maxAnswer, and remembers what broke it.
type bounded struct {
	x    *exchange
	body io.ReadCloser
	left int
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		b.x.large = true
		return 0, errors.New("too large")
	}
	n, err := b.body.Read(p[:min(len(p), b.left)])
	b.left -= n
	if err != nil && !errors.Is(err, io.EOF) {
		b.x.lost = err
	}
	return n, err
}

func (b *bounded) Close() error { return b.body.Close() }
