package email

import (
	"testing"

	"github.com/emersion/go-message/mail"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The short way through an address field must read what the grammar reads.
func FuzzAddresses(f *testing.F) {
	for _, s := range []string{
		"ann@example.org", "Ann Lee <ann@Example.org>", `"Lee, Ann" <ann@example.org>`, "<ann@example.org>", "a..b@x", "Ann (x) <a@x>",
		`"a\"b" <a@x>`, "=?utf-8?q?a?= <a@x>", "John [j@x]", "a@x <a@x>", "undisclosed-recipients:;", "a@x, b@y; c@z", `"ceo@bank.example" <x@evil.example>`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		list, _ := readAddresses(s)
		for _, a := range list {
			checkMessage(t, &Message{From: []Address{a}})
		}
		plain, ok := plainAddress(s)
		if !ok {
			return
		}
		strict, err := mail.ParseAddressList(s)
		require.NoError(t, err)
		require.Len(t, strict, 1)
		assert.Equal(t, newAddress(strict[0].Name, strict[0].Address), plain)
	})
}
