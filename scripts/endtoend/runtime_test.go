package endtoend

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// process is one function as Lambda runs it: a compiled program that asks the Runtime
// API for events, one at a time, and is started anew when it died.
type process struct {
	name      string
	bootstrap string   // path of the program
	env       []string // all of its environment but the address of the Runtime API
	timeout   time.Duration
	given     atomic.Int64 // events so far

	turn    sync.Mutex // one event at a time, as in one execution environment
	api     *httptest.Server
	events  chan event
	answers chan answer

	state sync.Mutex // guards what follows
	cmd   *exec.Cmd
	died  chan struct{} // closed when cmd ended
	lines []string      // what it wrote, both streams
	extra []string      // environment of the next start, beside env
}

type event struct {
	id       string
	payload  []byte
	deadline time.Time
}

type answer struct {
	id      string
	payload []byte
	failure error
}

// errDied says that the process ended, or was ended, before it answered.
var errDied = errors.New("the process died before it answered")

// errInvocation is an error that the function reported itself.
type errInvocation struct{ Type, Message string }

func (e *errInvocation) Error() string { return e.Type + ": " + e.Message }

func newProcess(t *testing.T, name, bootstrap string, env []string, timeout time.Duration) *process {
	t.Helper()
	p := &process{name: name, bootstrap: bootstrap, env: env, timeout: timeout, events: make(chan event), answers: make(chan answer, 1)}
	p.api = httptest.NewServer(http.HandlerFunc(p.serve))
	t.Cleanup(func() {
		p.kill()
		p.api.CloseClientConnections()
		p.api.Close()
	})
	return p
}

// Invoke gives the function one event and waits for its answer. The deadline is what
// the template says, or less where within is not zero. A function that is not done by
// then is ended, as Lambda does.
func (p *process) invoke(payload []byte, within time.Duration) ([]byte, error) {
	p.turn.Lock()
	defer p.turn.Unlock()
	p.given.Add(1)
	died, err := p.start()
	if err != nil {
		return nil, err
	}
	if within == 0 {
		within = p.timeout
	}
	e := event{id: fmt.Sprintf("00000000-0000-4000-8000-%012x", time.Now().UnixNano()&0xffffffffffff), payload: payload, deadline: time.Now().Add(within)}
	end := time.NewTimer(within)
	defer end.Stop()
	select {
	case p.events <- e:
	case <-died:
		return nil, p.obituary()
	case <-end.C:
		p.kill()
		return nil, fmt.Errorf("%s never asked for an event: %w", p.name, p.obituary())
	}
	for {
		select {
		case a := <-p.answers:
			if a.id == e.id {
				return a.payload, a.failure
			}
		case <-died:
			return nil, p.obituary()
		case <-end.C:
			p.kill()
			return nil, fmt.Errorf("%s took longer than %s: %w", p.name, within, errDied)
		}
	}
}

// start runs the program unless it runs.
func (p *process) start() (died chan struct{}, err error) {
	p.state.Lock()
	defer p.state.Unlock()
	if p.cmd != nil {
		select {
		case <-p.died:
		default:
			return p.died, nil
		}
	}
	cmd := exec.Command(p.bootstrap) // #nosec G204 -- built by this test
	cmd.Env = append(append([]string{"AWS_LAMBDA_RUNTIME_API=" + strings.TrimPrefix(p.api.URL, "http://")}, p.env...), p.extra...)
	out, in := io.Pipe()
	cmd.Stdout, cmd.Stderr = in, in
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", p.name, err)
	}
	died = make(chan struct{})
	p.cmd, p.died = cmd, died
	read := make(chan struct{})
	go func() {
		defer close(read)
		p.listen(out)
	}()
	go func() {
		_ = cmd.Wait() // how it ended is told by who waits for its answer
		_ = in.Close()
		<-read
		close(died)
	}()
	return died, nil
}

// listen keeps every line the program writes.
func (p *process) listen(out io.Reader) {
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if line = strings.TrimRight(line, "\n"); line != "" {
			p.state.Lock()
			p.lines = append(p.lines, line)
			p.state.Unlock()
		}
		if err != nil {
			return
		}
	}
}

// kill ends the program at once, as a machine that loses power does.
func (p *process) kill() {
	p.state.Lock()
	cmd, died := p.cmd, p.died
	p.state.Unlock()
	if cmd == nil {
		return
	}
	_ = cmd.Process.Kill() // it may have ended by itself
	<-died
}

// restart ends the program and gives the next start these variables beside its own.
func (p *process) restart(extra ...string) {
	p.turn.Lock()
	defer p.turn.Unlock()
	p.kill()
	p.state.Lock()
	defer p.state.Unlock()
	p.extra = extra
}

// said returns every line written so far.
func (p *process) said() []string {
	p.state.Lock()
	defer p.state.Unlock()
	return append([]string{}, p.lines...)
}

// obituary is errDied with the last words.
func (p *process) obituary() error {
	said := p.said()
	return fmt.Errorf("%s: %w; it said last: %s", p.name, errDied, strings.Join(said[max(0, len(said)-3):], " | "))
}

// serve is the Runtime API, version 2018-06-01.
func (p *process) serve(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, "/2018-06-01/runtime/")
	if path == "invocation/next" {
		select {
		case e := <-p.events:
			w.Header().Set("Lambda-Runtime-Aws-Request-Id", e.id)
			w.Header().Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(e.deadline.UnixMilli(), 10))
			w.Header().Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:"+region+":"+account+":function:"+p.name)
			w.Header().Set("Lambda-Runtime-Trace-Id", "Root=1-00000000-000000000000000000000000;Parent=0000000000000000;Sampled=0")
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write(e.payload)
		case <-r.Context().Done():
		}
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // it died while it answered
	}
	w.WriteHeader(http.StatusAccepted)
	id, what, ok := strings.Cut(strings.TrimPrefix(path, "invocation/"), "/")
	switch {
	case ok && what == "response":
		p.answers <- answer{id: id, payload: body}
	case ok && what == "error":
		var e struct{ ErrorType, ErrorMessage string }
		_ = json.NewDecoder(bytes.NewReader(body)).Decode(&e) // what does not decode is an error as well
		p.answers <- answer{id: id, failure: &errInvocation{e.ErrorType, e.ErrorMessage}}
	}
}
