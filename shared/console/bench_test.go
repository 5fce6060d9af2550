package console_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// BenchmarkPages renders what an officer opens most, over a real store.
func BenchmarkPages(b *testing.B) {
	o := open(b)
	var last string
	for n := range 60 {
		last = string(o.receive(letter(n, "request", deletion))[0])
	}
	for _, path := range []string{"/", "/queues/ccpa", "/cases/" + last, "/metrics", "/api/cases"} {
		b.Run(path, func(b *testing.B) {
			for b.Loop() {
				w := httptest.NewRecorder()
				o.http.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
				if w.Code != http.StatusOK {
					b.Fatal(w.Code)
				}
			}
		})
	}
}
