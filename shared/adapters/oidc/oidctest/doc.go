// Package oidctest answers: who lets people in where no real issuer is at hand?
//
// An Issuer is a small and strict OpenID Connect issuer for tests: discovery, keys, a
// plain login form, codes that count once and only with their PKCE verifier, and tokens
// in the shape of Amazon Cognito's. A test may have it say wrong things (Bend), refuse
// (Deny), fall silent (Down) and change its keys (Rotate).
//
// Not its business: passwords. Whoever names a person is that person, so it must never
// stand before real data.
package oidctest
