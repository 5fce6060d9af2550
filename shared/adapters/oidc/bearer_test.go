package oidc_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/oidc/oidctest"
	"rightsmail/shared/console"
)

func mustSign(t testing.TB, o *office, said map[string]any) string {
	t.Helper()
	token, err := o.issuer.Sign(said)
	require.NoError(t, err)
	return token
}

// api asks for something below /api/ with these values of the header Authorization.
func (o *office) api(authorization ...string) (*http.Response, string) {
	o.t.Helper()
	r := o.request(http.MethodGet, "/api/queues", nil)
	for _, value := range authorization {
		r.Header.Add("Authorization", value)
	}
	return o.step(r)
}

// but is what a token says, with one thing changed; nil leaves it out.
func but(said map[string]any, claim string, value any) map[string]any {
	said[claim] = value
	if value == nil {
		delete(said, claim)
	}
	return said
}

func TestSessionAloneNeverOpensTheAPI(t *testing.T) {
	o := open(t)
	o.signIn("/", "maria")
	require.Contains(t, o.cookies(), session)
	res, answer := o.api()
	assert.Equal(t, http.StatusUnauthorized, res.StatusCode)
	assert.Equal(t, "Bearer", res.Header.Get("WWW-Authenticate"))
	assert.Contains(t, answer, `{"error":`)
	for _, path := range []string{"/api/queues", "/%61pi/queues", "/api%2Fqueues", "//api/queues", "/x/../api/queues", "/./api/queues", "/API/queues"} {
		r := o.request(http.MethodGet, path, nil)
		r.URL.Opaque = strings.TrimPrefix(o.url, "https:") + path // as it stands, for a client cleans
		res, _ := o.step(r)
		assert.NotEqual(t, http.StatusOK, res.StatusCode, path)
	}
}

func TestBearerTokenOpensTheAPIAndNoPage(t *testing.T) {
	o := open(t)
	token := mustSign(t, o, o.issuer.IDToken("maria"))
	res, answer := o.api("Bearer " + token)
	assert.Equal(t, http.StatusOK, res.StatusCode, answer)
	res, _ = o.api("bearer " + token)
	assert.Equal(t, http.StatusOK, res.StatusCode, "RFC 9110: the word has no case")
	r := o.request(http.MethodGet, "/", nil)
	r.Header.Set("Authorization", "Bearer "+token)
	res, _ = o.step(r)
	assert.Equal(t, http.StatusSeeOther, res.StatusCode, "a page goes by its session")
	o.quiet()
}

func TestTokensAreJudgedByWhatTheyAreFor(t *testing.T) {
	o := open(t)
	o.issuer.People["otto"] = map[string]any{"cognito:groups": []string{"operator"}}
	o.issuer.People["eve"] = map[string]any{"cognito:groups": []string{"staff"}}
	id, access := o.issuer.IDToken, o.issuer.AccessToken
	tests := map[string]struct {
		said   map[string]any
		status int
	}{
		"an ID token":                            {id("maria"), 200},
		"an access token":                        {access("otto"), 200},
		"one for us and our party":               {but(but(id("maria"), "aud", []string{"shop", "console"}), "azp", "console"), 200},
		"one of an issuer that names no use":     {but(id("maria"), "token_use", nil), 200},
		"a person without a role":                {id("eve"), 403},
		"an ID token of another client":          {but(id("maria"), "aud", "shop"), 401},
		"an access token of another client":      {but(access("maria"), "client_id", "shop"), 401},
		"an access token that names us audience": {but(but(access("maria"), "client_id", "shop"), "aud", "console"), 401},
		"an ID token without an audience":        {but(id("maria"), "aud", nil), 401},
		"an ID token with a client id instead":   {but(but(id("maria"), "aud", nil), "client_id", "console"), 401},
		"a token for several, given to nobody":   {but(id("maria"), "aud", []string{"shop", "console"}), 401},
		"a token given to another":               {but(id("maria"), "azp", "shop"), 401},
		"a refresh token":                        {but(id("maria"), "token_use", "refresh"), 401},
		"a use that is no word":                  {but(id("maria"), "token_use", 7), 401},
		"a logout token":                         {but(but(id("maria"), "token_use", nil), "events", map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}}), 401},
		"one that has ended":                     {but(id("maria"), "exp", noon.Add(-time.Second).Unix()), 401},
		"one that never ends":                    {but(id("maria"), "exp", nil), 401},
		"one that has not begun":                 {but(id("maria"), "nbf", noon.Add(time.Hour).Unix()), 401},
		"one of another issuer":                  {but(id("maria"), "iss", "https://evil.example"), 401},
		"one without an issuer":                  {but(id("maria"), "iss", nil), 401},
		"one about nobody":                       {but(id("maria"), "sub", nil), 401},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			res, answer := o.api("Bearer " + mustSign(t, o, test.said))
			assert.Equal(t, test.status, res.StatusCode, answer)
		})
	}
	o.quiet()
}

func TestTokensNobodySignedProperlyAreRefused(t *testing.T) {
	o := open(t)
	said := o.issuer.IDToken("maria")
	good := mustSign(t, o, said)
	payload, err := json.Marshal(said)
	require.NoError(t, err)
	encode := base64.RawURLEncoding.EncodeToString
	parts := strings.Split(good, ".")

	stranger, err := oidctest.New("console", func() time.Time { return o.now })
	require.NoError(t, err)
	require.NoError(t, stranger.Rotate())
	foreign, err := stranger.Sign(said)
	require.NoError(t, err)

	public := o.issuer.Key()
	der, err := x509.MarshalPKIXPublicKey(public.Key.(*rsa.PublicKey))
	require.NoError(t, err)
	tokens := map[string]string{
		"alg none":                      encode([]byte(`{"alg":"none"}`)) + "." + encode(payload) + ".",
		"alg None":                      encode([]byte(`{"alg":"None"}`)) + "." + encode(payload) + ".",
		"none with the signature":       encode([]byte(`{"alg":"none","kid":"`+public.KeyID+`"}`)) + "." + parts[1] + "." + parts[2],
		"no signature":                  parts[0] + "." + parts[1] + ".",
		"another's key":                 foreign,
		"another payload":               parts[0] + "." + encode([]byte(strings.Replace(string(payload), "Maria", "Marie", 1))) + "." + parts[2],
		"two parts":                     parts[0] + "." + parts[1],
		"nothing":                       "",
		"junk":                          "junk",
		"far too long":                  strings.Repeat("x", 30<<10),
		"HMAC with the public key":      hmac(t, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), public.KeyID, payload),
		"HMAC with the bytes of it":     hmac(t, der, public.KeyID, payload),
		"a key that it brings itself":   carrying(t, payload),
		"the good one and something on": good + " x",
	}
	for name, token := range tokens {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, "/api/queues", nil)
			r.Header.Set("Authorization", "Bearer "+token)
			_, ok := o.signin.Who(r)
			assert.False(t, ok)
		})
	}
	for name, values := range map[string][]string{
		"Basic": {"Basic " + good}, "bare": {good}, "two headers": {"Bearer " + good, "Bearer " + good}, "in a cookie's place": {"Cookie " + good},
	} {
		res, _ := o.api(values...)
		assert.Equal(t, http.StatusUnauthorized, res.StatusCode, name)
	}
	o.quiet()
}

// hmac signs with what is public as if it were a shared secret.
func hmac(t *testing.T, secret []byte, kid string, payload []byte) string {
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: secret}, (&jose.SignerOptions{}).WithHeader("kid", kid))
	require.NoError(t, err)
	token, err := signer.Sign(payload)
	require.NoError(t, err)
	text, err := token.CompactSerialize()
	require.NoError(t, err)
	return text
}

// carrying signs with a key of its own and puts it into the header.
func carrying(t *testing.T, payload []byte) string {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: key}, &jose.SignerOptions{EmbedJWK: true})
	require.NoError(t, err)
	token, err := signer.Sign(payload)
	require.NoError(t, err)
	text, err := token.CompactSerialize()
	require.NoError(t, err)
	return text
}

func TestNewKeyOfTheIssuerIsFetchedWhenATokenNeedsIt(t *testing.T) {
	o := open(t)
	old := mustSign(t, o, o.issuer.IDToken("maria"))
	for range 3 {
		res, _ := o.api("Bearer " + old)
		assert.Equal(t, http.StatusOK, res.StatusCode)
	}
	assert.Equal(t, 1, o.issuer.Fetched("/keys"), "keys are kept")
	require.NoError(t, o.issuer.Rotate())
	res, _ := o.api("Bearer " + mustSign(t, o, o.issuer.IDToken("maria")))
	assert.Equal(t, http.StatusOK, res.StatusCode)
	assert.Equal(t, 2, o.issuer.Fetched("/keys"))
	// The library hands the new keys to who waits for them a moment before it forgets the old.
	require.Eventually(t, func() bool {
		res, _ := o.api("Bearer " + old)
		return res.StatusCode == http.StatusUnauthorized
	}, 10*time.Second, time.Millisecond, "a key that was withdrawn counts no more")
	res, _ = o.signIn("/", "maria")
	assert.Equal(t, http.StatusOK, res.StatusCode)
}

func TestManyTokensAtOnceDiscoverTheIssuerOnce(t *testing.T) {
	o := open(t)
	token := mustSign(t, o, o.issuer.IDToken("maria"))
	var wait sync.WaitGroup
	for range 16 {
		wait.Go(func() {
			r := httptest.NewRequest(http.MethodGet, "/api/queues", nil)
			r.Header.Set("Authorization", "Bearer "+token)
			who, ok := o.signin.Who(r)
			assert.True(t, ok)
			assert.Equal(t, "Maria Keller", who.Name)
		})
	}
	wait.Wait()
	assert.Equal(t, 1, o.issuer.Fetched("/.well-known/openid-configuration"))
}

func TestGroupsGiveRolesByTheirExactNames(t *testing.T) {
	o := open(t)
	officer, auditor := console.Officer, console.Auditor
	for name, test := range map[string]struct {
		groups any
		want   []console.Role
	}{
		"a list":                   {[]any{"auditor", "officer"}, []console.Role{officer, auditor}},
		"as Go prints a list":      {"[officer auditor]", []console.Role{officer, auditor}},
		"one in brackets":          {"[officer]", []console.Role{officer}},
		"words":                    {"auditor  officer", []console.Role{officer, auditor}},
		"one word":                 {"officer", []console.Role{officer}},
		"part of a word":           {"officers chief-officer", nil},
		"another case":             {[]any{"Officer", "AUDITOR"}, nil},
		"a phrase in a list":       {[]any{"officer auditor"}, nil},
		"with space in a list":     {[]any{" officer"}, nil},
		"brackets in a list":       {[]any{"[officer]"}, nil},
		"a path":                   {[]any{"/officer"}, nil},
		"no words":                 {[]any{7, nil, true, []any{"officer"}}, nil},
		"an object":                {map[string]any{"officer": true}, nil},
		"a number":                 {7, nil},
		"nothing":                  {nil, nil},
		"an empty list":            {[]any{}, nil},
		"an empty list as printed": {"[]", nil},
	} {
		t.Run(name, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, "/api/queues", nil)
			r.Header.Set("Authorization", "Bearer "+mustSign(t, o, but(o.issuer.IDToken("maria"), "cognito:groups", test.groups)))
			who, ok := o.signin.Who(r)
			assert.True(t, ok)
			assert.Equal(t, test.want, who.Roles)
		})
	}
}
