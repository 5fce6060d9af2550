package oidctest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Issuer is an http.Handler. Its fields may be changed between requests, never during
// one. Its methods are safe for concurrent use.
type Issuer struct {
	URL      string                    // where it is served, without a slash at the end
	ClientID string                    // the one client it knows
	Redirect string                    // the one address that codes are sent to
	People   map[string]map[string]any // what tokens say of each person, by what they type into the form
	Now      func() time.Time

	Bend func(idToken map[string]any) // changes an ID token before it is signed; nil: nothing is changed
	Deny string                       // error code that everybody is sent back with; empty: nobody is
	Down bool                         // every answer is a failure

	mu      sync.Mutex
	key     jose.JSONWebKey
	codes   map[string]grant
	fetched map[string]int // how often each path was asked for
}

// grant is what a code stands for.
type grant struct{ person, nonce, challenge string }

// first is the key that every issuer begins with: making one takes long.
var first = sync.OnceValues(makeKey)

func makeKey() (jose.JSONWebKey, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return jose.JSONWebKey{}, fmt.Errorf("make a key: %w", err)
	}
	return jose.JSONWebKey{Key: key, KeyID: rand.Text(), Algorithm: "RS256", Use: "sig"}, nil
}

// New returns an issuer with nobody in it. All of one process begin with the same key.
func New(clientID string, now func() time.Time) (*Issuer, error) {
	key, err := first()
	if err != nil {
		return nil, err
	}
	return &Issuer{ClientID: clientID, Now: now, People: map[string]map[string]any{}, key: key, codes: map[string]grant{}, fetched: map[string]int{}}, nil
}

// Rotate replaces the key that tokens are signed with.
func (i *Issuer) Rotate() error {
	key, err := makeKey()
	if err != nil {
		return err
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.key = key
	return nil
}

// Key is the public key that tokens are signed with now.
func (i *Issuer) Key() jose.JSONWebKey {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.key.Public()
}

// Fetched tells how often a path was asked for.
func (i *Issuer) Fetched(path string) int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.fetched[path]
}

// IDToken is what an ID token for a person says, good for an hour.
func (i *Issuer) IDToken(person string) map[string]any {
	said := i.about(person, "id")
	said["aud"] = i.ClientID
	return said
}

// AccessToken is what an access token says: no audience, and no more of the person than
// their user name and groups.
func (i *Issuer) AccessToken(person string) map[string]any {
	said := i.about(person, "access")
	said["client_id"], said["username"], said["scope"] = i.ClientID, person, "openid email profile"
	for _, claim := range []string{"name", "email"} {
		delete(said, claim)
	}
	return said
}

func (i *Issuer) about(person, use string) map[string]any {
	now := i.Now()
	said := map[string]any{"iss": i.URL, "sub": "sub-of-" + person, "token_use": use, "iat": now.Unix(), "exp": now.Add(time.Hour).Unix()}
	maps.Copy(said, i.People[person])
	return said
}

// Sign makes a token of what it shall say.
func (i *Issuer) Sign(said map[string]any) (string, error) {
	i.mu.Lock()
	key := i.key
	i.mu.Unlock()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: key}, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		return "", fmt.Errorf("use a key: %w", err)
	}
	payload, err := json.Marshal(said)
	if err != nil {
		return "", fmt.Errorf("write a token: %w", err)
	}
	token, err := signer.Sign(payload)
	if err != nil {
		return "", fmt.Errorf("sign a token: %w", err)
	}
	return token.CompactSerialize()
}

func (i *Issuer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	i.mu.Lock()
	i.fetched[r.URL.Path]++
	i.mu.Unlock()
	if i.Down {
		http.Error(w, "out of order", http.StatusServiceUnavailable)
		return
	}
	switch r.Method + " " + r.URL.Path {
	case "GET /.well-known/openid-configuration":
		answer(w, http.StatusOK, map[string]any{
			"issuer": i.URL, "authorization_endpoint": i.URL + "/authorize", "token_endpoint": i.URL + "/token", "jwks_uri": i.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"RS256"}, "response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
		})
	case "GET /keys":
		answer(w, http.StatusOK, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{i.Key()}})
	case "GET /authorize":
		i.form(w, r)
	case "POST /authorize":
		i.admit(w, r)
	case "POST /token":
		i.redeem(w, r)
	case "GET /logout":
		page(w, "Signed out", "<p>The session here has ended too.</p>")
	default:
		http.NotFound(w, r)
	}
}

func answer(w http.ResponseWriter, status int, shape any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(shape) // whoever left does not wait for it
}

func page(w http.ResponseWriter, title, body string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = fmt.Fprintf(w, `<!doctype html><html lang="en"><title>%s</title><link rel="icon" href="data:,"><main><h1>%[1]s</h1>%s</main>`, title, body)
}

// form asks who it is, and keeps what the client asked for in the form.
func (i *Issuer) form(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if wrong := i.objection(q); wrong != "" {
		http.Error(w, wrong, http.StatusBadRequest)
		return
	}
	var fields strings.Builder
	for _, name := range []string{"client_id", "redirect_uri", "response_type", "scope", "state", "nonce", "code_challenge", "code_challenge_method"} {
		fmt.Fprintf(&fields, `<input type="hidden" name="%s" value="%s">`, name, html.EscapeString(q.Get(name)))
	}
	page(w, "Who are you?", `<form method="post" action="/authorize">`+fields.String()+`<label>User name <input name="person" required></label><button>Sign in</button></form>`)
}

// objection is what is wrong with what a client asks for.
func (i *Issuer) objection(q url.Values) string {
	switch {
	case q.Get("client_id") != i.ClientID, q.Get("redirect_uri") != i.Redirect:
		return "unknown client or address"
	case q.Get("response_type") != "code", !slices.Contains(strings.Fields(q.Get("scope")), "openid"):
		return "only the code flow of OpenID Connect"
	case q.Get("code_challenge_method") != "S256", len(q.Get("code_challenge")) != 43:
		return "PKCE with S256 is needed"
	case len(q.Get("state")) < 32, len(q.Get("nonce")) < 32:
		return "state and nonce are needed"
	}
	return ""
}

// admit sends whoever is known back with a code.
func (i *Issuer) admit(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<16)
	if err := r.ParseForm(); err != nil || i.objection(r.PostForm) != "" {
		http.Error(w, "bad form", http.StatusBadRequest)
		return
	}
	q, person := r.PostForm, r.PostForm.Get("person")
	back := url.Values{"state": {q.Get("state")}, "iss": {i.URL}}
	if _, ok := i.People[person]; ok && i.Deny == "" {
		code := rand.Text()
		i.mu.Lock()
		i.codes[code] = grant{person, q.Get("nonce"), q.Get("code_challenge")}
		i.mu.Unlock()
		back.Set("code", code)
	} else {
		reason := i.Deny
		if reason == "" {
			reason = "access_denied"
		}
		back.Set("error", reason)
		back.Set("error_description", "<b>words of the issuer</b>")
	}
	http.Redirect(w, r, i.Redirect+"?"+back.Encode(), http.StatusFound)
}

// redeem changes a code for tokens, once.
func (i *Issuer) redeem(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<16)
	if err := r.ParseForm(); err != nil {
		answer(w, http.StatusBadRequest, map[string]string{"error": "invalid_request"})
		return
	}
	q := r.PostForm
	i.mu.Lock()
	g, known := i.codes[q.Get("code")]
	delete(i.codes, q.Get("code"))
	i.mu.Unlock()
	sum := sha256.Sum256([]byte(q.Get("code_verifier")))
	proof := base64.RawURLEncoding.EncodeToString(sum[:])
	if !known || subtle.ConstantTimeCompare([]byte(proof), []byte(g.challenge)) != 1 ||
		q.Get("grant_type") != "authorization_code" || q.Get("client_id") != i.ClientID || q.Get("redirect_uri") != i.Redirect {
		answer(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant", "error_description": "words of the issuer"})
		return
	}
	said := i.IDToken(g.person)
	said["nonce"] = g.nonce
	if i.Bend != nil {
		i.Bend(said)
	}
	id, err := i.Sign(said)
	access, err2 := i.Sign(i.AccessToken(g.person))
	if err != nil || err2 != nil {
		answer(w, http.StatusInternalServerError, map[string]string{"error": "server_error"})
		return
	}
	answer(w, http.StatusOK, map[string]any{"id_token": id, "access_token": access, "token_type": "Bearer", "expires_in": 3600})
}
