package oidc

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	goidc "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"rightsmail/shared/console"
)

// begin sends somebody to the issuer and remembers where they wanted to go.
func (s *SignIn) begin(w http.ResponseWriter, r *http.Request) {
	to := localPath(r.URL.Query().Get("to"))
	conf, _, err := s.issuer(r.Context())
	if err != nil {
		s.refuse(w, r, unreachable, to)
		return
	}
	a := attempt{To: to}
	for _, secret := range []*string{&a.State, &a.Nonce, &a.Verifier} {
		if *secret, err = draw(s.o.Random); err != nil {
			s.refuse(w, r, broken, to)
			return
		}
	}
	if err := s.attempt.put(w, a); err != nil {
		s.refuse(w, r, broken, to)
		return
	}
	s.lead(w, r, conf.AuthCodeURL(a.State, goidc.Nonce(a.Nonce), oauth2.S256ChallengeOption(a.Verifier)), console.Notice{
		Status: http.StatusOK, Heading: "Sign in", Text: "Your browser goes on to the sign-in service.", LinkText: "Go on",
	})
}

// draw takes 32 random bytes: what RFC 7636 asks of a verifier, in its alphabet.
func draw(random io.Reader) (string, error) {
	secret := make([]byte, 32)
	if _, err := io.ReadFull(random, secret); err != nil {
		return "", fmt.Errorf("draw a secret: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(secret), nil
}

// finish takes somebody back from the issuer. The attempt ends with it, however it ends.
func (s *SignIn) finish(w http.ResponseWriter, r *http.Request) {
	var a attempt
	known := s.attempt.read(r, &a)
	s.attempt.clear(w)
	to := localPath(a.To)
	values := r.URL.Query()
	if !known || !same(values["state"], a.State) {
		s.refuse(w, r, stale, to)
		return
	}
	if given := values.Get("iss"); given != "" && given != s.o.Issuer { // RFC 9207
		s.refuse(w, r, misfit, to)
		return
	}
	if values.Has("error") {
		why := failed
		if values.Get("error") == "access_denied" {
			why = denied
		}
		s.refuse(w, r, why, to)
		return
	}
	v, err := s.redeem(r.Context(), values.Get("code"), a)
	if err == nil {
		err = s.session.put(w, v)
	}
	if err != nil {
		s.refuse(w, r, reasonOf(err), to)
		return
	}
	// The address of the console stands before the path, so that no path leads away.
	http.Redirect(w, r, s.o.ConsoleURL+to, http.StatusSeeOther)
}

// same compares in constant time what must have come back once.
func same(given []string, want string) bool {
	return len(given) == 1 && want != "" && subtle.ConstantTimeCompare([]byte(given[0]), []byte(want)) == 1
}

// redeem changes the code for an ID token and reads who it is about.
func (s *SignIn) redeem(ctx context.Context, code string, a attempt) (visitor, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	conf, provider, err := s.issuer(ctx)
	if err != nil {
		return visitor{}, unreachable
	}
	tokens, err := conf.Exchange(goidc.ClientContext(ctx, s.client), code, oauth2.VerifierOption(a.Verifier))
	if err != nil {
		var refused *oauth2.RetrieveError
		if errors.As(err, &refused) && refused.Response.StatusCode < http.StatusInternalServerError {
			return visitor{}, failed
		}
		return visitor{}, unreachable
	}
	raw, _ := tokens.Extra("id_token").(string)
	token, said, err := s.verify(ctx, provider, raw)
	if err != nil || !s.isIDToken(token, said) || !same([]string{token.Nonce}, a.Nonce) {
		return visitor{}, misfit
	}
	who := s.person(said)
	return visitor{Subject: token.Subject, Name: who.Name, Roles: who.Roles}, nil
}

// leave ends the session, and has the one with the issuer ended too where that is known.
func (s *SignIn) leave(w http.ResponseWriter, r *http.Request) {
	if s.cross.Check(r) != nil {
		s.refuse(w, r, foreign, "/")
		return
	}
	s.session.clear(w)
	s.attempt.clear(w)
	if s.o.SignOutURL == "" {
		console.Notice{
			Status: http.StatusOK, Heading: "You are signed out", Text: "On a machine that others use, close the browser as well.",
			Link: signInPath, LinkText: "Sign in again",
		}.Show(w)
		return
	}
	s.lead(w, r, s.o.SignOutURL, console.Notice{
		Status: http.StatusOK, Heading: "You are signed out", Text: "Your browser goes on to the sign-in service, to end your session there too.", LinkText: "Go on",
	})
}

// lead sends a browser to another site. Chromium holds everything that a form leads to,
// redirects included, against the form-action of the page it stood on, and ours allow
// our own site only. So whoever comes from one of our own pages is led on by a page.
func (s *SignIn) lead(w http.ResponseWriter, r *http.Request, address string, page console.Notice) {
	if r.Method == http.MethodGet && r.Header.Get("Sec-Fetch-Site") != "same-origin" {
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Referrer-Policy", "no-referrer")
		http.Redirect(w, r, address, http.StatusSeeOther) // #nosec G710 -- of the configuration or of the discovery document
		return
	}
	w.Header().Set("Refresh", "0; url="+address)
	page.Link = address
	page.Show(w)
}

// longestPath is far above any address of the console; a longer one would not fit into
// a cookie.
const longestPath = 1024

// localPath is a path of our own site to go back to; the start, where what was asked for
// is anything else or would lead in a circle. Browsers read a backslash as a slash and
// leave out tabs and line ends, so nothing that is not plain ASCII is let through.
func localPath(to string) string {
	odd := func(r rune) bool { return r <= ' ' || r > '~' || r == '\\' }
	u, err := url.Parse(to)
	switch {
	case err != nil, len(to) > longestPath, strings.ContainsFunc(to, odd):
	case u.Scheme != "", u.Host != "", !strings.HasPrefix(to, "/"), strings.HasPrefix(to, "//"):
	case u.Path == signInPath, u.Path == callbackPath, u.Path == signOutPath:
	default:
		return to
	}
	return "/"
}
