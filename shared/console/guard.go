package console

import (
	"context"
	"net"
	"net/http"
	"strings"
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
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		defer c.recoverPanic(w, r)
		routed.ServeHTTP(w, r)
	})
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

type userKey struct{}

// serve runs an action for a signed-in human and hands its failure to fail.
func (c *console) serve(do action, fail func(http.ResponseWriter, *http.Request, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		name, ok := c.User(r)
		if !ok || name == "" {
			fail(w, r, problem{http.StatusUnauthorized, "Nobody is signed in. Sign in and open this page again."})
			return
		}
		r = r.WithContext(context.WithValue(r.Context(), userKey{}, name))
		if err := do(w, r); err != nil {
			fail(w, r, err)
		}
	}
}

// user is the human behind a request; empty before serve has asked.
func user(r *http.Request) string {
	name, _ := r.Context().Value(userKey{}).(string)
	return name
}

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
