package oidc

import (
	"slices"
	"strings"
	"unicode"

	"rightsmail/shared/console"
)

// claims are what a token says, as JSON gives it.
type claims map[string]any

// nameClaims are where a name may be, the one that people know somebody by first.
// Access tokens of Cognito have username only.
var nameClaims = []string{"name", "email", "cognito:username", "username", "sub"}

// longestName is more than fits into a line, and little enough for a cookie.
const longestName = 100

// person reads who a verified token is about.
func (s *SignIn) person(said claims) console.Person {
	var p console.Person
	for _, claim := range nameClaims {
		if word, ok := said[claim].(string); ok && p.Name == "" {
			p.Name = oneLine(word)
		}
	}
	groups := tokens(said[s.o.GroupsClaim])
	for _, role := range console.Roles() {
		if slices.Contains(groups, string(role)) {
			p.Roles = append(p.Roles, role)
		}
	}
	return p
}

// tokens are the groups of a claim: a list, or one string with spaces between them.
// Gateways hand lists on as Go prints them, "[auditor operator]". Nothing is cut out of
// an element of a list: a group "officer (former)" is not an officer.
func tokens(claim any) []string {
	switch claim := claim.(type) {
	case string:
		return strings.Fields(strings.TrimSuffix(strings.TrimPrefix(claim, "["), "]"))
	case []any:
		var groups []string
		for _, one := range claim {
			if word, ok := one.(string); ok {
				groups = append(groups, word)
			}
		}
		return groups
	}
	return nil
}

// oneLine makes a name of what a token says: no line ends, nothing that hides or
// reorders text, not too long. A name that has no letter and no digit is none.
func oneLine(word string) string {
	word = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r):
			return ' '
		case unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d', r == unicode.ReplacementChar: // joiners are part of some scripts
			return -1
		}
		return r
	}, word)
	word = strings.Join(strings.Fields(word), " ")
	if runes := []rune(word); len(runes) > longestName {
		word = strings.TrimSpace(string(runes[:longestName]))
	}
	if !strings.ContainsFunc(word, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return ""
	}
	return word
}
