package oidc

import (
	"errors"
	"log/slog"
	"net/http"
	"net/url"

	"rightsmail/shared/console"
)

// refusal is why somebody was not signed in: a word for the log, and words of ours for
// them. What the issuer or the browser said is in neither.
type refusal struct {
	why     string
	status  int
	heading string
	text    string
}

func (r refusal) Error() string { return r.why }

var (
	stale = refusal{"stale", http.StatusBadRequest, "This sign-in is over",
		"It took longer than ten minutes, was used already, or was begun in another tab or browser. Begin again."}
	denied = refusal{"denied", http.StatusForbidden, "You are not signed in",
		"The sign-in service did not let you in, or you turned back there."}
	failed = refusal{"failed", http.StatusBadGateway, "You are not signed in",
		"The sign-in service would not finish this sign-in. Begin again; if it happens again, tell whoever runs Rightsmail."}
	misfit = refusal{"misfit", http.StatusForbidden, "You are not signed in",
		"The answer of the sign-in service does not belong to this sign-in, so it was not trusted. Begin again; if it happens again, tell whoever runs Rightsmail."}
	unreachable = refusal{"unreachable", http.StatusServiceUnavailable, "The sign-in service does not answer",
		"Nothing is wrong with your account. Wait a minute and try again."}
	broken = refusal{"broken", http.StatusInternalServerError, "Something went wrong",
		"The sign-in failed on our side. Try again; if it happens again, tell whoever runs Rightsmail."}
	foreign = refusal{"foreign", http.StatusForbidden, "Not allowed",
		"This form was sent from another site, so nothing was done."}
)

// refuse answers with a page that says why, and leads to the sign-in again.
func (s *SignIn) refuse(w http.ResponseWriter, r *http.Request, why refusal, to string) {
	s.o.Log.WarnContext(r.Context(), "oidc: not signed in", slog.String("why", why.why))
	page := console.Notice{Status: why.status, Heading: why.heading, Text: why.text, Link: signInPath, LinkText: "Sign in again"}
	if to != "/" {
		page.Link += "?" + url.Values{"to": {to}}.Encode()
	}
	if why == foreign {
		page.Link, page.LinkText = "/", "Go to the queues"
	}
	page.Show(w)
}

// reasonOf finds the refusal in an error; what is none is a fault of ours.
func reasonOf(err error) refusal {
	var r refusal
	if errors.As(err, &r) {
		return r
	}
	return broken
}
