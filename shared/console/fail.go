package console

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"

	"rightsmail/shared/cases"
	"rightsmail/shared/desk"
)

// problem is a failure the human can do something about. Its text is for them; it
// never repeats what they or a mail wrote.
type problem struct {
	status int
	text   string
}

func (p problem) Error() string { return p.text }

// wrong is the answer to a request that cannot be understood.
func wrong(format string, args ...any) error {
	return problem{http.StatusBadRequest, fmt.Sprintf(format, args...)}
}

func (c *console) nowhere(http.ResponseWriter, *http.Request) error {
	return problem{http.StatusNotFound, "There is nothing at this address."}
}

// explain makes a problem of an error. Everything unexpected becomes a number that
// stands in the log too, and nothing else: its words are for the operator.
func (c *console) explain(r *http.Request, err error) problem {
	var p problem
	switch {
	case errors.As(err, &p):
		return p
	case errors.Is(err, cases.ErrNotFound):
		return problem{http.StatusNotFound, "There is no such case, mail or letter. It may have been removed when its time was over."}
	case errors.Is(err, cases.ErrBadCursor):
		return problem{http.StatusBadRequest, "The cursor is not one of this list: begin again without a cursor."}
	case errors.Is(err, cases.ErrConflict):
		return problem{http.StatusConflict, "Somebody else changed this case meanwhile, so nothing was done."}
	case errors.Is(err, cases.ErrClosed):
		return problem{http.StatusConflict, "The case is closed, so nothing was done."}
	case errors.Is(err, cases.ErrNeedsReason):
		return problem{http.StatusBadRequest, "This needs a reason in your words. Go back and write it."}
	case errors.Is(err, cases.ErrNeedsHuman):
		return problem{http.StatusForbidden, "Only a named human may do this. Sign in under your name."}
	case errors.Is(err, cases.ErrNobodyToOpen):
		return problem{http.StatusConflict, "The mail names nobody who has no case yet, so nothing was done."}
	case errors.Is(err, cases.ErrAckFirst):
		return problem{http.StatusConflict, "The acknowledgement of this mail has not left yet: release or drop it first, or wait until it is sent."}
	case errors.Is(err, desk.ErrNotADraft):
		return problem{http.StatusConflict, "This letter has left already or was dropped, so nothing was done."}
	}
	id := c.failureID()
	c.Log.ErrorContext(r.Context(), "console: request failed",
		slog.String("failure", id), slog.String("route", r.Pattern), slog.String("error", err.Error()))
	return problem{http.StatusInternalServerError, "Something went wrong on our side. The log has the details under " + id + "."}
}

func (c *console) failureID() string {
	stamp := strconv.FormatInt(c.Now().UnixMilli(), 36)
	return "F-" + strings.ToUpper(stamp) + "-" + strconv.FormatInt(c.failures.Add(1), 10)
}

// fail answers in the form the address speaks.
func (c *console) fail(w http.ResponseWriter, r *http.Request, err error) {
	if isAPI(r) {
		c.failJSON(w, r, err)
		return
	}
	c.failPage(w, r, err)
}

func (c *console) failJSON(w http.ResponseWriter, r *http.Request, err error) {
	p := c.explain(r, err)
	writeJSON(w, p.status, errorShape{Error: p.text})
}

func (c *console) failPage(w http.ResponseWriter, r *http.Request, err error) {
	p := c.explain(r, err)
	view := errorView{Status: p.status, Heading: headings[p.status], Text: p.text}
	if view.Heading == "" {
		view.Heading = "That did not work"
	}
	c.render(w, r, p.status, "error", view.Heading, view)
}

type errorView struct {
	Status   int
	Heading  string
	Text     string
	Back     string // path of the case; empty for the start
	Link     string // leads on elsewhere, under LinkText; empty for Back
	LinkText string
	Latest   *trailLine
	Typed    string // the words of the human, so that they are not lost
}

var headings = map[int]string{
	http.StatusBadRequest:          "This request cannot be understood",
	http.StatusUnauthorized:        "Sign in first",
	http.StatusForbidden:           "Not allowed",
	http.StatusNotFound:            "Not found",
	http.StatusMethodNotAllowed:    "Not this way",
	http.StatusConflict:            "Changed meanwhile",
	http.StatusInternalServerError: "Something went wrong",
}

// recoverPanic answers for a bug of ours. The value of a panic may hold words of a
// mail, so the log gets its type and the place.
func (c *console) recoverPanic(w http.ResponseWriter, r *http.Request) {
	v := recover()
	if v == nil {
		return
	}
	if v == http.ErrAbortHandler {
		panic(v)
	}
	c.fail(w, r, fmt.Errorf("panic of type %T at %s", v, debug.Stack()))
}
