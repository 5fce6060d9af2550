package cases_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"rightsmail/shared/cases"
)

var secret = []byte("a key of the tests")

func TestReferenceIsTheSameForTheSameMailAndReadable(t *testing.T) {
	seen := map[string]bool{}
	for i := range 2000 {
		id := cases.MailID(fmt.Sprint("mail ", i))
		r := cases.NewReference(secret, id)
		require.Regexp(t, `^RM-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$`, r)
		require.Equal(t, r, cases.NewReference(secret, id))
		require.NotEqual(t, r, cases.NewReference([]byte("another key"), id))
		require.False(t, seen[r])
		seen[r] = true
	}
}

// A stored reference must be found again after every update of the program.
func TestReferenceConsumerAndTokenStayWhatTheyAre(t *testing.T) {
	r := cases.NewReference(secret, "mail")
	require.Equal(t, "RM-G934-JF4X", r)
	require.Equal(t, "rm-g934-jf4x.r22zvcr5w82t0qwagdyw", cases.Token(secret, r))
	require.Equal(t, "4066d2b7", cases.Consumer(secret, "ada@example.com")[:8])
	require.Len(t, cases.Consumer(secret, "ada@example.com"), 64)
}

func TestCaseIDsShareTheReference(t *testing.T) {
	require.Equal(t, cases.ID("RM-8F3K-2Q7D-12"), cases.CaseID("RM-8F3K-2Q7D", 12))
	for id, want := range map[cases.ID]string{
		"RM-8F3K-2Q7D-1":  "RM-8F3K-2Q7D",
		"RM-8F3K-2Q7D-12": "RM-8F3K-2Q7D",
		"RM-8F3K-2Q7D":    "RM-8F3K-2Q7D",
		"RM-8F3K-2345":    "RM-8F3K-2345", // all digits, and still no number of a case
		"RM-8F\nK-2Q7D-1": "RM-8F\nK-2Q7D-1",
		"RM-8U3K-2Q7D-1":  "RM-8U3K-2Q7D-1",
		"":                "",
		"something-1":     "something-1",
	} {
		require.Equal(t, want, id.Reference(), "%q", id)
	}
}

func TestTokenIsReadInAnyCaseAndOnlyWithTheKey(t *testing.T) {
	token := cases.Token(secret, "RM-8F3K-2Q7D")
	require.Equal(t, strings.ToLower(token), token)
	require.LessOrEqual(t, len("privacy+")+len(token), 64, "RFC 5321 4.5.3.1.1: a local part has 64 octets at most")
	require.Regexp(t, `^[a-z0-9-]+\.[a-z0-9]{20}$`, token)

	for _, s := range []string{token, strings.ToUpper(token), strings.ToTitle(token)} {
		reference, ok := cases.ReadToken(secret, s)
		require.True(t, ok)
		require.Equal(t, "RM-8F3K-2Q7D", reference)
	}
	_, ok := cases.ReadToken([]byte("another key"), token)
	require.False(t, ok)
}

func TestTokenThatIsNotOursIsRefused(t *testing.T) {
	token := cases.Token(secret, "RM-8F3K-2Q7D")
	other := cases.Token(secret, "RM-8F3K-2Q7E")
	_, sum, _ := strings.Cut(token, ".")
	for _, s := range []string{
		"", ".", "rm-8f3k-2q7d", "rm-8f3k-2q7d.", token[:len(token)-1], token + "0", token + ".", token + ".x", " " + token,
		"rm-8f3k-2q7e." + sum, strings.Replace(other, "2q7e", "2q7d", 1), "rm-8f3k-2q7." + sum, "rm-8f3k2q7d." + sum,
		"rm-8f3k-2q7u." + sum, "ſ" + token, strings.Replace(token, "k", "\u212a", 1), // a Kelvin sign lowers to k
	} {
		_, ok := cases.ReadToken(secret, s)
		require.False(t, ok, "%q", s)
	}
	require.NotContains(t, cases.Consumer(secret, "RM-8F3K-2Q7D"), sum, "each use of the key has its own hash")
}

func FuzzReadToken(f *testing.F) {
	for _, s := range []string{"", "rm-8f3k-2q7d.", cases.Token(secret, "RM-8F3K-2Q7D"), strings.ToUpper(cases.Token(secret, "RM-0000-0000"))} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		reference, ok := cases.ReadToken(secret, s)
		if !ok {
			require.Empty(t, reference)
			return
		}
		require.True(t, strings.EqualFold(s, cases.Token(secret, reference)), "what is read was written by us")
	})
}

func TestTokensAreFoundAnywhereInAText(t *testing.T) {
	token := cases.Token(secret, "RM-8F3K-2Q7D")
	require.Len(t, token, cases.TokenLength)
	for text, want := range map[string][]string{
		"":                              nil,
		token:                           {token},
		"<ack." + token + "@x.example>": {"ack." + token},
		"To: privacy+" + strings.ToUpper(token) + "@x":         {"privacy+" + strings.ToUpper(token)},
		"a " + token + "\n> b " + token + ".":                  {token, token},
		"x" + token:                                            nil,
		token + "0":                                            nil,
		token[:len(token)-1]:                                   nil,
		"rm-rm-rm-" + token:                                    {token},
		strings.Replace(token, "2q7d", "2q7e", 1):              nil,
		strings.Repeat("rm-8f3k-2q7d.", 100) + "0123456789abc": nil,
	} {
		require.Equal(t, want, cases.FindTokens(secret, text), "%q", text)
	}
	require.Len(t, cases.FindTokens(secret, strings.Repeat(token+" ", 100)), 20)
}
