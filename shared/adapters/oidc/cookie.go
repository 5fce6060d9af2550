package oidc

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/go-jose/go-jose/v4"

	"rightsmail/shared/console"
)

const (
	// sessionLife is a working day: nobody is thrown out at lunch, and a machine that
	// was left open is no door on the next morning.
	sessionLife = 8 * time.Hour

	// attemptLife is long enough to look for a second factor.
	attemptLife = 10 * time.Minute
)

// visitor is what a session holds.
type visitor struct {
	Subject string         `json:"sub"`
	Name    string         `json:"name"`
	Roles   []console.Role `json:"groups"` // only those the console knows: a person in 300 groups must fit into a cookie
}

// attempt is what has to be remembered between the way to the issuer and the way back.
type attempt struct {
	State    string `json:"state"`
	Nonce    string `json:"nonce"`
	Verifier string `json:"verifier"`
	To       string `json:"to"` // local path that was wanted
}

// sealed is a value with the time at which it ends. The end is inside, for a browser
// may keep a cookie longer than it is told.
type sealed struct {
	Expires int64           `json:"exp"` // seconds since 1970
	Value   json.RawMessage `json:"value"`
}

// jar keeps one kind of value in the browser, where nobody can read or change it.
type jar struct {
	name    string
	life    time.Duration
	key     []byte
	encrypt jose.Encrypter
	now     func() time.Time
}

// newJar derives a key for this cookie, issuer and client, so that no value counts in
// the place of another.
func newJar(name string, life time.Duration, o Options) (jar, error) {
	key, err := hkdf.Key(sha256.New, o.Key, nil, name+"\x00"+o.Issuer+"\x00"+o.ClientID, 32)
	if err != nil {
		return jar{}, fmt.Errorf("derive the key of a cookie: %w", err)
	}
	encrypt, err := jose.NewEncrypter(jose.A256GCM, jose.Recipient{Algorithm: jose.DIRECT, Key: key}, nil)
	if err != nil {
		return jar{}, fmt.Errorf("use the key of a cookie: %w", err)
	}
	return jar{name: name, life: life, key: key, encrypt: encrypt, now: o.Now}, nil
}

// put seals a value into its cookie.
func (j jar) put(w http.ResponseWriter, value any) error {
	inner, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("write cookie: %w", err)
	}
	plain, err := json.Marshal(sealed{Expires: j.now().Add(j.life).Unix(), Value: inner})
	if err != nil {
		return fmt.Errorf("write cookie: %w", err)
	}
	object, err := j.encrypt.Encrypt(plain)
	if err != nil {
		return fmt.Errorf("seal cookie: %w", err)
	}
	text, err := object.CompactSerialize()
	if err != nil {
		return fmt.Errorf("seal cookie: %w", err)
	}
	j.set(w, text, int(j.life/time.Second))
	return nil
}

// read opens the cookie of a request. Whatever is wrong with it, it is as good as none.
func (j jar) read(r *http.Request, value any) bool {
	given := r.CookiesNamed(j.name)
	if len(given) != 1 {
		return false
	}
	object, err := jose.ParseEncryptedCompact(given[0].Value, []jose.KeyAlgorithm{jose.DIRECT}, []jose.ContentEncryption{jose.A256GCM})
	if err != nil {
		return false
	}
	plain, err := object.Decrypt(j.key)
	if err != nil {
		return false
	}
	var s sealed
	if json.Unmarshal(plain, &s) != nil || j.now().Unix() >= s.Expires {
		return false
	}
	return json.Unmarshal(s.Value, value) == nil
}

// clear takes the cookie out of the browser.
func (j jar) clear(w http.ResponseWriter) { j.set(w, "", -1) }

func (j jar) set(w http.ResponseWriter, value string, maxAge int) {
	http.SetCookie(w, &http.Cookie{
		Name: j.name, Value: value, MaxAge: maxAge,
		Path: "/", Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode, // not Strict: see doc.go
	})
}
