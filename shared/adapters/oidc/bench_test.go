package oidc_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// BenchmarkWho tells who is behind a request, as every request does.
func BenchmarkWho(b *testing.B) {
	o := open(b)
	o.signIn("/", "maria")
	bearer := httptest.NewRequest(http.MethodGet, "/api/cases", nil)
	bearer.Header.Set("Authorization", "Bearer "+mustSign(b, o, o.issuer.IDToken("maria")))
	for name, r := range map[string]*http.Request{"cookie": o.with(o.cookies()), "bearer": bearer} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, ok := o.signin.Who(r); !ok {
					b.Fatal("nobody")
				}
			}
		})
	}
}
