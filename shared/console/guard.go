package console

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strings"

	"rightsmail/shared/cases"
)

// policy lets a page load our own style sheet and icon and post to ourselves: no
// script, no frame, nothing from elsewhere. What a mail smuggles in has nothing to
// run with.
const policy = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// guard goes around everything: headers first, so that failures carry them too.
func (c *console) guard(mux *http.ServeMux) http.Handler {
	crossOrigin := http.NewCrossOriginProtection()
	crossOrigin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.failPage(w, r, problem{http.StatusForbidden, "This form was sent from another site, so nothing was done. Open the case here and try again."})
	}))
	// The mux answers a wrong method with 405 and an Allow header of its own; what
	// it would say in plain text is said as a page.
	routed := crossOrigin.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, pattern := mux.Handler(r); pattern == "" || isCatchAll(pattern) {
			if allow := allowed(mux, r); allow != "" {
				w.Header().Set("Allow", allow)
				c.fail(w, r, problem{http.StatusMethodNotAllowed, "This address answers " + allow + " only, not " + method(r) + "."})
				return
			}
		}
		mux.ServeHTTP(w, r)
	}))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		setHeaders(w.Header())
		defer c.recoverPanic(w, r)
		routed.ServeHTTP(w, r)
	})
}

// setHeaders sets what every answer carries.
func setHeaders(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}

func isCatchAll(pattern string) bool { return pattern == "/" || pattern == "/api/" }

// allowed lists the methods that the address would answer, if any.
func allowed(mux *http.ServeMux, r *http.Request) string {
	var methods []string
	for _, m := range []string{http.MethodGet, http.MethodPost} {
		other := r.Clone(r.Context())
		other.Method = m
		if _, pattern := mux.Handler(other); pattern != "" && !isCatchAll(pattern) {
			methods = append(methods, m)
		}
	}
	return strings.Join(methods, ", ")
}

// method is the method of a request, if it is a word we know.
func method(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return r.Method
	}
	return "another method"
}

type personKey struct{}

// serve runs the action of a route for a human who may, and hands its failure to fail.
func (c *console) serve(one route, fail func(http.ResponseWriter, *http.Request, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		who, ok := c.Who(r)
		if !ok || who.Name == "" {
			c.stranger(w, r)
			return
		}
		r = r.WithContext(context.WithValue(r.Context(), personKey{}, who))
		if refusal := who.refusal(one.needs); refusal != "" {
			fail(w, r, problem{http.StatusForbidden, refusal})
			return
		}
		if err := one.do(w, r); err != nil {
			fail(w, r, err)
		}
	}
}

// stranger answers somebody who is not signed in. A page that was only to be read leads
// to the sign-in; what was to be done is not done later by itself.
func (c *console) stranger(w http.ResponseWriter, r *http.Request) {
	reading := r.Method == http.MethodGet || r.Method == http.MethodHead
	switch {
	case isAPI(r):
		w.Header().Set("WWW-Authenticate", "Bearer")
		c.failJSON(w, r, problem{http.StatusUnauthorized, "Nobody is signed in. Send a bearer token in the header Authorization."})
	case c.SignIn == "":
		c.failPage(w, r, problem{http.StatusUnauthorized, "Nobody is signed in. Sign in and open this page again."})
	case reading:
		http.Redirect(w, r, c.SignIn+"?"+url.Values{"to": {r.URL.RequestURI()}}.Encode(), http.StatusSeeOther) // #nosec G710 -- a path of ours; the sign-in takes back local paths only
	default:
		Notice{
			Status: http.StatusUnauthorized, Heading: headings[http.StatusUnauthorized],
			Text: "Your sign-in has ended, so nothing was done. Sign in, open the page anew and do it again.",
			Link: c.SignIn, LinkText: "Sign in",
		}.Show(w)
	}
}

// isAPI tells what is for programs from what is for people.
func isAPI(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/api/") }

// person is the human behind a request, also before serve has asked.
func (c *console) person(r *http.Request) Person {
	if who, ok := r.Context().Value(personKey{}).(Person); ok {
		return who
	}
	who, _ := c.Who(r)
	return who
}

// user is the name that goes into the trail.
func (c *console) user(r *http.Request) cases.Actor { return cases.Actor(c.person(r).Name) }

// LoopbackOnly refuses requests whose Host is not this machine. A page of another
// site can make its own name point to 127.0.0.1 and would then be "same origin" for
// a browser (DNS rebinding); its name in Host gives it away. It trusts nothing else
// and is for a server that listens on a loopback address.
func LoopbackOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
		switch strings.ToLower(strings.Trim(host, "[]")) {
		case "localhost", "127.0.0.1", "::1":
			next.ServeHTTP(w, r)
		default:
			w.Header().Set("X-Content-Type-Options", "nosniff")
			http.Error(w, "This console answers on this machine only: open it as http://localhost or http://127.0.0.1.", http.StatusForbidden)
		}
	})
}
