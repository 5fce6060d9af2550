package endtoend

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// call is one request of a function to AWS.
type call struct {
	Function  string
	Service   string // as the signature names it: "dynamodb", "s3", "sqs", "ses", "secretsmanager"
	Operation string // "TransactWriteItems", or method and path where the service speaks in paths
	Uses      []use  // what IAM would ask for
	Body      []byte
	Status    int // of the answer; 0 if the function got none
	Answer    []byte
	Fault     fault // what was done to it; empty if nothing
}

// recorder is what one function's AWS_ENDPOINT_URL points to. It writes down every call
// and passes it on, or does to it what the plan says.
type recorder struct {
	function string
	cloud    *cloud
	server   *httptest.Server
	mayList  func(bucket use) bool // whether the function may list a bucket; S3 tells only such a one that an object is missing

	mu    sync.Mutex
	calls []call
	n     int // calls since the plan was made
	plan  func(n int, c call) fault
	hook  func(c call) // called before a call is passed on
}

func newRecorder(t *testing.T, function string, c *cloud) *recorder {
	t.Helper()
	r := &recorder{function: function, cloud: c}
	r.server = httptest.NewServer(r)
	t.Cleanup(r.server.Close)
	return r
}

// spoil does what plan says to the calls that follow, which it numbers from 0. A nil
// plan ends it.
func (r *recorder) spoil(plan func(n int, c call) fault) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.plan, r.n = plan, 0
}

// before calls hook with every call that follows, before it is passed on.
func (r *recorder) before(hook func(c call)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.hook = hook
}

// recorded returns the calls so far, from the one numbered since.
func (r *recorder) recorded(since int) []call {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]call{}, r.calls[min(since, len(r.calls)):]...)
}

func (r *recorder) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.calls)
}

func (r *recorder) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return // the function died while it asked
	}
	c := call{Function: r.function, Service: serviceOf(req), Body: body}
	c.Operation = operationOf(req)
	c.Uses = usesOf(c.Service, c.Operation, req, body)

	r.mu.Lock()
	hook, f := r.hook, none
	if r.plan != nil {
		f = r.plan(r.n, c)
	}
	r.n++
	r.mu.Unlock()
	c.Fault = f
	if hook != nil {
		hook(c)
	}
	if answer, ok := f.answer(c); ok {
		c.Status, c.Answer = answer.status, []byte(answer.body)
		r.note(c)
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		w.Header().Set("X-Amzn-Errortype", answer.kind)
		w.WriteHeader(answer.status)
		_, _ = io.WriteString(w, answer.body)
		return
	}
	if f == resetBefore {
		r.note(c)
		drop(w)
		return
	}
	header, status, answer, err := r.forward(req, c, body)
	if err != nil {
		r.note(c)
		drop(w)
		return
	}
	if f == lostAnswer {
		r.note(c)
		drop(w)
		return
	}
	if status == http.StatusNotFound && c.Service == "s3" {
		list := listing(c.Uses[0])
		c.Uses = append(c.Uses, list)
		if r.mayList != nil && !r.mayList(list) {
			c.Uses = c.Uses[:1]
			status, answer = http.StatusForbidden, []byte("<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>")
		}
	}
	c.Status, c.Answer = status, answer
	r.note(c)
	for name, values := range header {
		if name != "Content-Length" {
			w.Header()[name] = values
		}
	}
	w.WriteHeader(status)
	_, _ = w.Write(answer)
}

func (r *recorder) note(c call) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls = append(r.calls, c)
}

// forward passes a request on as it is, signature and all.
func (r *recorder) forward(in *http.Request, c call, body []byte) (http.Header, int, []byte, error) {
	endpoint := r.cloud.moto
	if c.Service == "dynamodb" {
		endpoint = r.cloud.dynamo
	}
	out, err := http.NewRequest(in.Method, endpoint+in.URL.RequestURI(), bytes.NewReader(body))
	if err != nil {
		return nil, 0, nil, err
	}
	out.Header = in.Header.Clone()
	out.Header.Del("Accept-Encoding")
	resp, err := r.cloud.client.Do(out)
	if err != nil {
		return nil, 0, nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	return resp.Header, resp.StatusCode, answer, err
}

// drop ends the connection without a word, as a network does.
func drop(w http.ResponseWriter) {
	hijacker, ok := w.(http.Hijacker)
	if !ok {
		return
	}
	conn, _, err := hijacker.Hijack()
	if err != nil {
		return
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // a reset, no orderly end
	}
	_ = conn.SetDeadline(time.Now())
	_ = conn.Close()
}

// serviceOf reads the service out of the scope of the signature.
func serviceOf(r *http.Request) string {
	_, scope, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
	parts := strings.Split(scope, "/")
	if len(parts) < 4 {
		return ""
	}
	return parts[3]
}

// operationOf names what is asked for.
func operationOf(r *http.Request) string {
	if _, operation, ok := strings.Cut(r.Header.Get("X-Amz-Target"), "."); ok {
		return operation
	}
	return r.Method + " " + r.URL.Path
}
