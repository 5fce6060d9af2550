package oidc

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	goidc "github.com/coreos/go-oidc/v3/oidc"

	"rightsmail/shared/console"
)

// The paths of our own site that a SignIn answers.
const (
	signInPath   = "/signin"
	callbackPath = "/signin/callback"
	signOutPath  = "/signout"
)

// Options say whom to trust. Issuer, ClientID, ConsoleURL and Key are needed.
type Options struct {
	Issuer      string // as its discovery document and its tokens write it
	ClientID    string // of a public client: PKCE stands in for a secret
	ConsoleURL  string // origin of the console as a browser sees it; the issuer must know ConsoleURL/signin/callback
	GroupsClaim string // claim that lists the groups of a person; empty: cognito:groups
	SignOutURL  string // address that ends the session with the issuer; empty: only ours ends
	Key         []byte // secret of the cookies, 32 bytes or more

	Now    func() time.Time // nil: the clock of the machine
	Random io.Reader        // for state, nonce and verifier; nil: that of the machine
	Client *http.Client     // to ask the issuer; nil: a plain one. Without a timeout it gets one
	Log    *slog.Logger     // nil: nothing is logged
}

// SignIn signs people in and tells who they are. It is safe for concurrent use.
type SignIn struct {
	o       Options
	session jar
	attempt jar
	client  *http.Client
	cross   *http.CrossOriginProtection

	turn  chan struct{} // held by whoever asks for the discovery document
	found atomic.Pointer[goidc.Provider]
}

// New checks the options and returns a SignIn. It asks nobody anything.
func New(o Options) (*SignIn, error) {
	o.ConsoleURL = strings.TrimSuffix(o.ConsoleURL, "/")
	if err := o.check(); err != nil {
		return nil, fmt.Errorf("set up the sign-in: %w", err)
	}
	if o.GroupsClaim == "" {
		o.GroupsClaim = "cognito:groups"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &SignIn{o: o, client: watchedClient(o.Client, o.Log), cross: http.NewCrossOriginProtection(), turn: make(chan struct{}, 1)}
	var err error
	if s.session, err = newJar("__Host-rightsmail", sessionLife, o); err != nil {
		return nil, fmt.Errorf("set up the sign-in: %w", err)
	}
	if s.attempt, err = newJar("__Host-rightsmail-signin", attemptLife, o); err != nil {
		return nil, fmt.Errorf("set up the sign-in: %w", err)
	}
	return s, nil
}

// check names everything that is wrong, so that one try tells all.
func (o Options) check() error {
	var wrong []error
	for _, one := range []struct {
		name, value string
		needed      bool
	}{{"issuer", o.Issuer, true}, {"address of the console", o.ConsoleURL, true}, {"sign-out address", o.SignOutURL, false}} {
		if one.value == "" && !one.needed {
			continue
		}
		if err := private(one.value); err != nil {
			wrong = append(wrong, fmt.Errorf("the %s %w", one.name, err))
		}
	}
	if u, err := url.Parse(o.ConsoleURL); err == nil && o.ConsoleURL != u.Scheme+"://"+u.Host {
		wrong = append(wrong, errors.New("the address of the console must end after its host: a session is for a whole host"))
	}
	if o.ClientID == "" {
		wrong = append(wrong, errors.New("the client id is missing: register the console with the issuer as a public client"))
	}
	if len(o.Key) < 32 {
		wrong = append(wrong, errors.New("the key of the cookies must have 32 bytes or more: make a random one"))
	}
	return errors.Join(wrong...)
}

// private refuses an address on which others could read along.
func private(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.Fragment != "" {
		return errors.New("must be an address like https://id.example.com")
	}
	if u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname()) {
		return nil
	}
	return errors.New("must begin with https://; only this machine may be asked without")
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Wrap answers the addresses of the sign-in (GET /signin, GET /signin/callback, POST
// /signout) and leaves every other one to next.
func (s *SignIn) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.Method + " " + r.URL.Path {
		case "GET " + signInPath:
			s.begin(w, r)
		case "GET " + callbackPath:
			s.finish(w, r)
		case "POST " + signOutPath:
			s.leave(w, r)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// Who tells who is behind a request, by their session; below /api/ by their bearer token
// alone.
func (s *SignIn) Who(r *http.Request) (console.Person, bool) {
	if strings.HasPrefix(r.URL.Path, "/api/") {
		return s.bearer(r)
	}
	var v visitor
	if !s.session.read(r, &v) || v.Subject == "" {
		return console.Person{}, false
	}
	return console.Person{Name: v.Name, Roles: v.Roles}, true
}
