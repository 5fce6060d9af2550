package dynamo_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/dynamo"
)

// fixed answers everything with one text.
type fixed string

func (f fixed) Do(r *http.Request) (*http.Response, error) {
	_, err := io.Copy(io.Discard, r.Body)
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(string(f))), Request: r}, err
}

func answering(b *testing.B, text string) *dynamo.Store {
	cfg := (&script{t: b}).config()
	cfg.HTTPClient = fixed(text)
	return dynamo.Open(cfg, "cases", dynamo.Options{})
}

// What our side of a commit costs: encoding, conditions, signing. The network comes on top.
func BenchmarkCommitOfAMailWithOneCase(b *testing.B) {
	store, batch := answering(b, "{}"), mail(1)
	b.ReportAllocs()
	for b.Loop() {
		require.NoError(b, store.Commit(ctx, batch))
	}
}

func BenchmarkReadOfACase(b *testing.B) {
	first, script := played(b, done)
	require.NoError(b, first.Commit(ctx, mail(1)))
	_, text, err := says(item{"Item": script.asked[0].items()[2]})(request{})
	require.NoError(b, err)
	store, id := answering(b, text), mail(1).Cases[0].Case.ID
	b.ReportAllocs()
	for b.Loop() {
		_, err := store.Case(ctx, id)
		require.NoError(b, err)
	}
}

// On DynamoDB Local, where there is one: scripts/emulators go test -bench Local ...
func BenchmarkLocalCommitOfAMailWithOneCase(b *testing.B) {
	store := open(b)
	n := 0
	for b.Loop() {
		require.NoError(b, store.Commit(ctx, mail(n)))
		n++
	}
}
