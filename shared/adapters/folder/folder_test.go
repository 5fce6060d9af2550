package folder_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/folder"
	"rightsmail/shared/email"
	"rightsmail/shared/replies"
)

var now = time.Date(2026, 3, 2, 18, 0, 0, 0, time.UTC)

func letter() replies.Letter {
	return replies.Letter{
		Kind: replies.KindAcknowledgement, Subject: "We have received your privacy request [RM-8F3K-2Q7D]",
		From: email.Address{Address: "privacy@example.com"}, To: email.Address{Address: "jane@example.org"},
		Language: "en", Text: "Hello\n", HTML: "<p>Hello</p>\n", MessageID: "rm-8f3k-2q7d@example.com", Automatic: true,
	}
}

func open(t *testing.T) (f *folder.Folder, letters, forwards string) {
	t.Helper()
	root := t.TempDir()
	letters, forwards = filepath.Join(root, "data", "outbox"), filepath.Join(root, "data", "support")
	f, err := folder.Open(letters, forwards)
	require.NoError(t, err)
	return f, letters, forwards
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

func TestLetterIsOneWholeFileNamedAfterItsID(t *testing.T) {
	f, letters, forwards := open(t)
	receipt, err := f.Send(t.Context(), "ack-RM-8F3K-2Q7D", letter(), now)
	require.NoError(t, err)

	want, err := letter().Bytes(now)
	require.NoError(t, err)
	got, err := os.ReadFile(receipt)
	require.NoError(t, err)
	assert.Equal(t, string(want), string(got))
	assert.Equal(t, []string{"ack-RM-8F3K-2Q7D.eml"}, names(t, letters), "no temporary file may stay")
	assert.Empty(t, names(t, forwards))
}

func TestSecondSendOfOneIDChangesNothing(t *testing.T) {
	f, letters, _ := open(t)
	first, err := f.Send(t.Context(), "ack-1", letter(), now)
	require.NoError(t, err)
	before, err := os.ReadFile(first)
	require.NoError(t, err)

	second, err := f.Send(t.Context(), "ack-1", letter(), now.Add(time.Hour))
	require.NoError(t, err)
	after, err := os.ReadFile(second)
	require.NoError(t, err)
	assert.Equal(t, first, second)
	assert.Equal(t, string(before), string(after))
	assert.Len(t, names(t, letters), 1)
}

func TestManySendersOfOneIDLeaveOneFile(t *testing.T) {
	f, letters, _ := open(t)
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			_, err := f.Send(t.Context(), "ack-1", letter(), now)
			assert.NoError(t, err)
		})
	}
	wg.Wait()
	assert.Equal(t, []string{"ack-1.eml"}, names(t, letters))
}

func TestForwardedMailIsUntouched(t *testing.T) {
	f, letters, forwards := open(t)
	raw := []byte("From: a@example.org\n\r\n\x00\xff broken\r and kept")
	require.NoError(t, f.Forward(t.Context(), "forward-1", raw))
	require.NoError(t, f.Forward(t.Context(), "forward-1", raw))
	got, err := os.ReadFile(filepath.Join(forwards, "forward-1.eml"))
	require.NoError(t, err)
	assert.Equal(t, raw, got)
	assert.Empty(t, names(t, letters))
}

func TestNoIDLeavesTheFolderOrMeetsAnother(t *testing.T) {
	f, letters, _ := open(t)
	ids := []string{
		"../../etc/passwd", "..", ".", ".hidden", "a/b", `a\b`, "a:b", "a b", "a\x00b", "a\nb", "ä", "a_b",
		strings.Repeat("x", 300), strings.Repeat("x", 301), "~",
	}
	seen := map[string]string{}
	for _, id := range ids {
		path, err := f.Send(t.Context(), id, letter(), now)
		require.NoError(t, err, "%q", id)
		assert.Equal(t, letters, filepath.Dir(path), "%q", id)
		assert.False(t, strings.HasPrefix(filepath.Base(path), "."), "%q", id)
		assert.Empty(t, seen[path], "%q meets another id", id)
		seen[path] = id
	}
	assert.Len(t, names(t, letters), len(ids))
}

func TestMailWithoutIDIsRefused(t *testing.T) {
	f, _, _ := open(t)
	_, err := f.Send(t.Context(), "", letter(), now)
	assert.ErrorIs(t, err, replies.ErrRefused)
	assert.ErrorIs(t, f.Forward(t.Context(), "", []byte("x")), replies.ErrRefused)
}

func TestLetterThatCannotBeSentIsRefusedAndLeavesNoFile(t *testing.T) {
	f, letters, _ := open(t)
	l := letter()
	l.To.Address = "nobody"
	_, err := f.Send(t.Context(), "ack-1", l, now)
	assert.ErrorIs(t, err, replies.ErrRefused)
	assert.Empty(t, names(t, letters))
}

func TestCancelledContextWritesNothing(t *testing.T) {
	f, letters, _ := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := f.Send(ctx, "ack-1", letter(), now)
	assert.ErrorIs(t, err, context.Canceled)
	assert.Empty(t, names(t, letters))
}

func TestFolderThatCannotBeWrittenSaysSoAtOnce(t *testing.T) {
	root := t.TempDir()
	file := filepath.Join(root, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err := folder.Open(filepath.Join(file, "outbox"), filepath.Join(root, "support"))
	require.ErrorContains(t, err, "open mail folder")
	assert.ErrorContains(t, err, file)
}

func TestFolderThatVanishesIsAnErrorWorthARetry(t *testing.T) {
	f, letters, _ := open(t)
	require.NoError(t, os.RemoveAll(letters))
	_, err := f.Send(t.Context(), "ack-1", letter(), now)
	require.ErrorIs(t, err, os.ErrNotExist)
	assert.NotErrorIs(t, err, replies.ErrRefused)

	require.NoError(t, os.MkdirAll(letters, 0o700))
	_, err = f.Send(t.Context(), "ack-1", letter(), now)
	assert.NoError(t, err)
}

func TestMailIsReadableForItsOwnerOnly(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // rights there are not bits
	}
	f, letters, _ := open(t)
	path, err := f.Send(t.Context(), "ack-1", letter(), now)
	require.NoError(t, err)
	for _, p := range []string{path, letters} {
		info, err := os.Stat(p)
		require.NoError(t, err)
		assert.Zero(t, info.Mode().Perm()&0o077, p)
	}
}
