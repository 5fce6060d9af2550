// Package oidc answers: who is it that opens the console, where an OpenID Connect issuer
// knows them?
//
// A SignIn lets people sign in with the authorization code flow and PKCE at any issuer
// that has a discovery document, Amazon Cognito among them, and tells the console who
// stands behind a request: on pages by a session cookie, below /api/ by a bearer token
// and by nothing else, so that no page of another site can make a browser use the API.
// Tokens are verified here in full (signature, issuer, audience, expiry, use), whoever
// verified them before.
//
// What is promised. Building a SignIn asks nobody anything; the issuer is asked when
// somebody signs in or sends a token, with a deadline, and again after a failure. A
// page reader with a session needs no issuer at all. Nothing an issuer, a browser or a
// token says is repeated on a page or in a log. A session that is damaged, too old or
// sealed with another key is no session, never a failure.
//
// Both cookies are JSON sealed with AES-256-GCM (JWE), each under a key of its own that
// is derived from Options.Key, the issuer and the client. They begin with __Host-, which
// a browser takes only over TLS or from this machine, for this host and no other. They
// are SameSite=Lax and not Strict: the way back from the issuer begins on another site,
// and a browser would leave a Strict cookie out of it and show the person who just
// signed in a page that asks them to sign in.
//
// Not its business: what a role may do (console), accounts, passwords and groups (the
// issuer), and telling a load balancer's own tokens from ours.
//
// Known deviations: roles are those of the sign-in; whoever loses a group keeps it until
// the session ends, eight hours later at most, or until the key is changed, which signs
// everybody out. A session cannot be recalled one by one, for nothing is stored. A
// second sign-in begun in another tab ends the first one's attempt.
//
// # Alternatives considered
//
//   - The authorizer of the API gateway alone: it guards /api, but a browser sends no
//     bearer token when it opens a page, and a second check costs microseconds.
//   - Sign-in by a load balancer: a fixed monthly price and a private network for a
//     console that a handful of people use.
//   - The implicit flow or a script that keeps tokens: tokens in addresses or in reach of
//     scripts; our pages run none.
//   - Sessions in a store: one more table and one more thing that fails, for recalling a
//     session a few hours early.
//   - gorilla/securecookie: sound, but a second library for what go-jose, which verifies
//     the tokens, does as well.
package oidc
