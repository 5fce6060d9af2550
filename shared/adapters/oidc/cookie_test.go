package oidc_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/oidc"
	"rightsmail/shared/console"
)

func TestSessionTellsWhoSignedIn(t *testing.T) {
	o := open(t)
	o.signIn("/", "maria")
	who, ok := o.signin.Who(o.with(o.cookies()))
	assert.True(t, ok)
	assert.Equal(t, console.Person{Name: "Maria Keller", Roles: []console.Role{console.Officer}}, who)
}

func TestSessionSealedByTheSameKeyCountsOnEveryMachine(t *testing.T) {
	o := open(t)
	o.signIn("/", "maria")
	other, err := oidc.New(o.options)
	require.NoError(t, err)
	_, ok := other.Who(o.with(o.cookies()))
	assert.True(t, ok)
}

func TestSessionThatIsNotWholeOrNotOursIsNone(t *testing.T) {
	o := open(t)
	o.signIn("/", "maria")
	good := o.cookies()[session]
	o.step(o.request(http.MethodGet, "/signin", nil))
	begun := o.cookies()[attempt]
	bad := map[string]string{
		"empty": "", "junk": "junk", "dots": "....", "an attempt": begun, "twice": good + good, "more parts": good + ".x",
		"plain JSON": `{"sub":"x","name":"Eve","groups":["officer"]}`, "a token": mustSign(t, o, o.issuer.IDToken("maria")),
	}
	for _, n := range []int{1, 10, len(good) / 2, len(good) - 1} {
		bad["the first part of "+good[:n]] = good[:n]
	}
	for i := range len(good) {
		if i+1 == len(good) || good[i+1] == '.' {
			continue // the last character of a part in base64 may hold bits that mean nothing
		}
		changed := []byte(good)
		changed[i] = map[bool]byte{true: 'B', false: 'A'}[changed[i] == 'A']
		bad["changed at "+good[:i]] = string(changed)
	}
	for name, value := range bad {
		if strings.ContainsAny(value, `"{`) {
			continue // no browser sends it so; the cookie header cannot hold it
		}
		_, ok := o.signin.Who(o.with(map[string]string{session: value}))
		assert.False(t, ok, name)
	}
	res, _ := o.step(o.carrying(good[:40]))
	assert.Equal(t, http.StatusSeeOther, res.StatusCode, "and never a failure")

	two := o.with(map[string]string{session: good})
	two.AddCookie(&http.Cookie{Name: session, Value: good})
	_, ok := o.signin.Who(two)
	assert.False(t, ok, "which of two would count?")
	_, ok = o.signin.Who(o.with(map[string]string{"rightsmail": good}))
	assert.False(t, ok)
}

// carrying asks the real server with a session of a test's making.
func (o *office) carrying(value string) *http.Request {
	o.client.Jar = nil
	r := o.request(http.MethodGet, "/", nil)
	r.AddCookie(&http.Cookie{Name: session, Value: value})
	return r
}

func TestChangingTheKeyTheIssuerOrTheClientSignsEverybodyOut(t *testing.T) {
	o := open(t)
	o.signIn("/", "maria")
	for name, change := range map[string]func(*oidc.Options){
		"key":    func(p *oidc.Options) { p.Key = []byte("another key that tests know, 32b") },
		"issuer": func(p *oidc.Options) { p.Issuer = "https://id.example.com" },
		"client": func(p *oidc.Options) { p.ClientID = "shop" },
	} {
		options := o.options
		change(&options)
		other, err := oidc.New(options)
		require.NoError(t, err)
		_, ok := other.Who(o.with(o.cookies()))
		assert.False(t, ok, name)
	}
}

func TestCookiesTellNothingToWhoeverReadsThem(t *testing.T) {
	o := open(t)
	o.signIn("/", "maria")
	object, err := jose.ParseEncryptedCompact(o.cookies()[session], []jose.KeyAlgorithm{jose.DIRECT}, []jose.ContentEncryption{jose.A256GCM})
	require.NoError(t, err, "AES-256-GCM under one key")
	_, err = object.Decrypt(o.options.Key)
	assert.Error(t, err, "the key of the configuration opens nothing by itself")
	for _, c := range o.cookies() {
		assert.NotContains(t, c, "Maria")
	}
}

func TestPersonInManyGroupsFitsIntoACookie(t *testing.T) {
	o := open(t)
	groups := []string{"auditor"}
	for range 500 {
		groups = append(groups, strings.Repeat("g", 40))
	}
	o.issuer.People["maria"] = map[string]any{"name": strings.Repeat("𝓜", 5000), "cognito:groups": groups}
	res, page := o.signIn("/"+strings.Repeat("x", 1000), "maria")
	assert.Equal(t, http.StatusNotFound, res.StatusCode)
	assert.Contains(t, page, "auditor")
	assert.Less(t, len(o.cookies()[session]), 2000)
}
