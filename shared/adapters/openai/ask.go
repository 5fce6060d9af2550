package openai

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"

	api "github.com/sashabaranov/go-openai"
)

const (
	attempts  = 2
	basePause = time.Second      // the longest random part of a pause
	maxPause  = 30 * time.Second // who is asked to wait longer tries again later
)

// ask sends the request, a second time where that may help.
func (m *Model) ask(ctx context.Context, r api.ChatCompletionRequest) (api.ChatCompletionResponse, error) {
	for n := 1; ; n++ {
		response, x, err := m.attempt(ctx, r)
		switch {
		case err == nil:
			return response, nil
		case ctx.Err() != nil:
			return response, fmt.Errorf("ask model: %w", ctx.Err())
		}
		reason, again := x.verdict()
		pause := x.retryAfter + time.Duration(m.o.Random()*float64(basePause))
		switch {
		case !again:
			return response, noOpinion(reason)
		case n == attempts:
			return response, fmt.Errorf("ask model: %s, %d times; ask again later", reason, n)
		case !fits(ctx, pause):
			return response, fmt.Errorf("ask model: %s, and no time is left; ask again later", reason)
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
func (m *Model) attempt(ctx context.Context, r api.ChatCompletionRequest) (api.ChatCompletionResponse, *exchange, error) {
	ctx, cancel := context.WithTimeout(ctx, m.o.Timeout)
	defer cancel()
	x := &exchange{client: m.o.HTTP}
	config := m.config
	config.HTTPClient = x
	response, err := api.NewClientWithConfig(config).CreateChatCompletion(ctx, r)
	if err == nil && x.status != http.StatusOK {
		err = errors.New("no answer") // the library takes a redirect for one
	}
	return response, x, err
}

// exchange is one request on its way, and what became of it.
type exchange struct {
	client     *http.Client
	sent       bool
	lost       error // of the transport, or while reading
	status     int   // 0: no answer
	retryAfter time.Duration
	large      bool
}

// Do sends the request; see api.HTTPDoer.
func (x *exchange) Do(r *http.Request) (*http.Response, error) {
	x.sent = true
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
func (x *exchange) verdict() (reason string, again bool) {
	switch {
	case !x.sent:
		return "the library does not send this request: check RIGHTSMAIL_MODEL and the temperature", false
	case x.large:
		return "the answer is too large", false
	case x.status == http.StatusTooManyRequests, x.status == http.StatusRequestTimeout, x.status >= http.StatusInternalServerError:
		return fmt.Sprintf("the server answered HTTP %d", x.status), true
	case x.status != 0 && x.status != http.StatusOK:
		return fmt.Sprintf("the server answered HTTP %d: check RIGHTSMAIL_MODEL_URL, RIGHTSMAIL_MODEL and the key", x.status), false
	case x.lost != nil:
		return "the server could not be reached" + network(x.lost), true
	}
	return "the answer could not be read", false
}

// network adds what our own side knows about a lost connection. Any other error may
// repeat what the server said.
func network(err error) string {
	var timeout net.Error
	var op *net.OpError
	switch {
	case errors.As(err, &timeout) && timeout.Timeout():
		return " in time"
	case errors.As(err, &op):
		return ": " + op.Error()
	}
	return ""
}

// retryAfter reads the pause that a server asks for, in seconds or as a date: RFC 9110
// 10.2.3. What cannot be read is none.
func retryAfter(value string) time.Duration {
	if seconds, err := strconv.Atoi(value); err == nil {
		return time.Duration(min(max(seconds, 0), 3600)) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(time.Until(at), 0)
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
