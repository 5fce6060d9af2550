package replies_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"rightsmail/shared/replies"
)

func builtin(t testing.TB) *replies.Book {
	t.Helper()
	b, err := replies.Builtin()
	require.NoError(t, err)
	return b
}

func TestBuiltinLettersLoad(t *testing.T) {
	builtin(t)
}
