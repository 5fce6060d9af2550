package oidc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	goidc "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

const (
	// patience is how long an issuer may take to answer, well below what a gateway
	// waits for us.
	patience = 5 * time.Second

	// maxAnswer is far above any discovery document, key set or token.
	maxAnswer = 1 << 20
)

// issuer returns how to talk to the issuer. Its discovery document is fetched when it is
// first needed, kept, and asked for again after a failure.
func (s *SignIn) issuer(ctx context.Context) (*oauth2.Config, *goidc.Provider, error) {
	provider, err := s.discovered(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("discover the issuer: %w", err)
	}
	endpoint := provider.Endpoint()
	// A client without a secret names itself in the form. Left to find out, the library
	// would try a header first, and the code may be used up by then.
	endpoint.AuthStyle = oauth2.AuthStyleInParams
	return &oauth2.Config{
		ClientID: s.o.ClientID, Endpoint: endpoint, RedirectURL: s.o.ConsoleURL + callbackPath,
		Scopes: []string{goidc.ScopeOpenID, "email", "profile"},
	}, provider, nil
}

func (s *SignIn) discovered(ctx context.Context) (*goidc.Provider, error) {
	if p := s.found.Load(); p != nil {
		return p, nil
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select { // one asks, the others wait for the answer
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if p := s.found.Load(); p != nil {
		return p, nil
	}
	p, err := goidc.NewProvider(goidc.ClientContext(ctx, s.client), s.o.Issuer)
	if err == nil && (p.Endpoint().AuthURL == "" || p.Endpoint().TokenURL == "") {
		err = errors.New("its discovery document names no addresses")
	}
	if err != nil {
		var other *goidc.IssuerMismatchError
		if errors.As(err, &other) {
			s.o.Log.ErrorContext(ctx, "oidc: the issuer names itself otherwise than the configuration does, perhaps by a slash at the end")
		}
		return nil, err
	}
	s.found.Store(p)
	return p, nil
}

// watchedClient is a client for talking to the issuer. It has a timeout in any case, for
// the library fetches keys without a deadline, reads no endless answer, and tells the
// log when the issuer does not answer: the library's errors repeat what issuers say.
func watchedClient(given *http.Client, log *slog.Logger) *http.Client {
	client := &http.Client{}
	if given != nil {
		*client = *given
	}
	if client.Timeout == 0 {
		client.Timeout = patience
	}
	next := client.Transport
	if next == nil {
		next = http.DefaultTransport
	}
	client.Transport = watched{next, log}
	return client
}

type watched struct {
	next http.RoundTripper
	log  *slog.Logger
}

func (t watched) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := t.next.RoundTrip(r)
	if err != nil {
		t.log.WarnContext(r.Context(), "oidc: the issuer does not answer", slog.String("host", r.URL.Host), slog.String("error", err.Error()))
		return nil, err
	}
	if res.StatusCode >= http.StatusBadRequest {
		t.log.WarnContext(r.Context(), "oidc: the issuer refuses", slog.String("host", r.URL.Host), slog.Int("status", res.StatusCode))
	}
	res.Body = limited{io.LimitReader(res.Body, maxAnswer), res.Body}
	return res, nil
}

// limited is a body that ends after maxAnswer bytes.
type limited struct {
	io.Reader
	io.Closer
}
