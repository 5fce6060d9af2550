package oidc_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"rightsmail/shared/adapters/oidc"
)

func TestNameIsTheOneThatPeopleKnow(t *testing.T) {
	o := open(t)
	for want, said := range map[string]map[string]any{
		"Maria Keller":      {"name": "Maria Keller", "email": "maria@example.com"},
		"maria@example.com": {"email": "maria@example.com", "cognito:username": "maria"},
		"maria":             {"name": " \n", "email": 7, "cognito:username": "maria"},
		"mk":                {"username": "mk"},
		"sub-of-anybody":    {"name": nil},
	} {
		o.issuer.People["anybody"] = said
		r := httptest.NewRequest(http.MethodGet, "/api/queues", nil)
		r.Header.Set("Authorization", "Bearer "+mustSign(t, o, o.issuer.IDToken("anybody")))
		who, ok := o.signin.Who(r)
		assert.True(t, ok)
		assert.Equal(t, want, who.Name)
	}
}

func TestNameIsOneCleanLine(t *testing.T) {
	for given, want := range map[string]string{
		"Maria Keller":                  "Maria Keller",
		"  Maria\r\n\tKeller ":          "Maria Keller",
		"Maria\u202eelloK\u2069":        "MariaelloK",
		"Ma\u200bria\ufeff":             "Maria",
		"Maria\u2028Keller\u0085x":      "Maria Keller x",
		"می\u200cخواهم":                 "می\u200cخواهم",
		"Zoë O’Brien-Łukasz":            "Zoë O’Brien-Łukasz",
		"\u200b\u200d \u00a0":           "",
		"—":                             "",
		"":                              "",
		"\x00\x1b[31mEve":               "[31mEve",
		strings.Repeat("ab ", 200):      strings.TrimSpace(strings.Repeat("ab ", 33) + "a"),
		"x" + strings.Repeat("ł", 5000): "x" + strings.Repeat("ł", 99),
	} {
		assert.Equal(t, want, oidc.OneLine(given), "%q", given)
	}
}
