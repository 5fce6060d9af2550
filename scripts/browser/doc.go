// Package browser drives the console in a real Chromium, as an officer would: every
// page read by axe-core in light, dark and on a phone, the keyboard alone, forms with
// and without scripts, mail that tries to run something, and the sign-in at an issuer.
//
// It is tests only. ./scripts/check fetches what they need and runs them; a plain
// go test skips them and says how to run them.
package browser
