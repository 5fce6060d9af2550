package oidc

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	goidc "github.com/coreos/go-oidc/v3/oidc"

	"rightsmail/shared/console"
)

// maxToken is twice the largest header that gateways pass on.
const maxToken = 20 << 10

// bearer tells who is behind a request by its bearer token, and by no cookie.
func (s *SignIn) bearer(r *http.Request) (console.Person, bool) {
	given := r.Header.Values("Authorization")
	if len(given) != 1 || len(given[0]) > maxToken {
		return console.Person{}, false
	}
	scheme, raw, _ := strings.Cut(given[0], " ")
	if !strings.EqualFold(scheme, "Bearer") || raw == "" {
		return console.Person{}, false
	}
	ctx, cancel := context.WithTimeout(r.Context(), patience)
	defer cancel()
	_, provider, err := s.issuer(ctx)
	if err != nil {
		return console.Person{}, false
	}
	token, said, err := s.verify(ctx, provider, strings.TrimSpace(raw))
	if err != nil || !s.isIDToken(token, said) && !s.isAccessToken(said) {
		s.o.Log.InfoContext(ctx, "oidc: token refused", slog.Bool("verified", err == nil))
		return console.Person{}, false
	}
	return s.person(said), true
}

// verify checks what holds for every token of the issuer: a signature by one of its keys
// with an algorithm of public keys, the issuer, and that it has not ended. For whom it
// is meant differs by kind.
func (s *SignIn) verify(ctx context.Context, provider *goidc.Provider, raw string) (*goidc.IDToken, claims, error) {
	verifier := provider.Verifier(&goidc.Config{SkipClientIDCheck: true, Now: s.o.Now})
	token, err := verifier.Verify(ctx, raw)
	if err != nil {
		return nil, nil, err
	}
	said := claims{}
	if err := token.Claims(&said); err != nil {
		return nil, nil, err
	}
	if token.Subject == "" {
		return nil, nil, errors.New("the token is about nobody")
	}
	return token, said, nil
}

// isIDToken says whether a token tells us who somebody is. Cognito names the use of its
// tokens; issuers that do not are held to what OpenID Connect says of an ID token: its
// audience is us, alone or as the party it was issued to, and it reports no event as
// the logout tokens of the same issuer do.
func (s *SignIn) isIDToken(token *goidc.IDToken, said claims) bool {
	use, named := said["token_use"]
	party, hasParty := said["azp"]
	_, event := said["events"]
	switch {
	case named && use != "id", event:
		return false
	case hasParty && party != s.o.ClientID, len(token.Audience) > 1 && !hasParty:
		return false
	}
	return slices.Contains(token.Audience, s.o.ClientID)
}

// isAccessToken says whether a token lets our client act for somebody. Those of Cognito
// name their client in client_id and have no audience.
func (s *SignIn) isAccessToken(said claims) bool {
	return said["token_use"] == "access" && said["client_id"] == s.o.ClientID
}
