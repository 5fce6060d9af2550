package rivals

import (
	"bytes"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset"
	"github.com/jhillyerd/enmime/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/email"
)

// readers are what is compared: ours with everything it finds out, go-message reading
// the parts and nothing else, enmime as it comes.
var readers = map[string]func(raw []byte){
	"rightsmail": func(raw []byte) { email.Parse(raw, email.Options{}) },
	"go-message": func(raw []byte) {
		e, _ := message.Read(bytes.NewReader(raw))
		if e == nil { // refused for a stray line
			return
		}
		_ = e.Walk(func(_ []int, part *message.Entity, _ error) error {
			if part.MultipartReader() == nil {
				_, _ = io.Copy(io.Discard, part.Body)
			}
			return nil
		})
	},
	"enmime": func(raw []byte) { _, _ = enmime.ReadEnvelope(bytes.NewReader(raw)) },
}

// mails are the odd ones of the reader's own tests and the ordinary ones that the whole
// product is tried with, line ends as they come over the wire.
func mails(t testing.TB) (list [][]byte, size int64) {
	t.Helper()
	for _, pattern := range []string{"../../shared/email/testdata/*.eml", "../../events/mails/*.eml"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, f := range files {
			raw, err := os.ReadFile(f) //nolint:gosec // our own test data
			require.NoError(t, err)
			raw = bytes.ReplaceAll(bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
			list = append(list, raw)
			size += int64(len(raw))
		}
	}
	require.Greater(t, len(list), 200)
	return list, size
}

func BenchmarkReaders(b *testing.B) {
	list, size := mails(b)
	for _, name := range slices.Sorted(maps.Keys(readers)) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(size)
			b.ReportAllocs()
			for b.Loop() {
				for _, raw := range list {
					readers[name](raw)
				}
			}
		})
	}
}

// The readers take turns and the best round of each counts, so that a busy machine slows
// all of them or none.
func TestReadingCostsAtMostTwiceGoMessageAndAFifthOfEnmime(t *testing.T) {
	list, _ := mails(t)
	best := map[string]time.Duration{}
	for range 40 {
		for name, read := range readers {
			start := time.Now()
			for _, raw := range list {
				read(raw)
			}
			if took := time.Since(start); best[name] == 0 || took < best[name] {
				best[name] = took
			}
		}
	}
	ours := best["rightsmail"].Seconds()
	t.Logf("%d mails: %v; %.2f times go-message, enmime is %.1f times ours",
		len(list), best, ours/best["go-message"].Seconds(), best["enmime"].Seconds()/ours)
	assert.LessOrEqual(t, ours, 2*best["go-message"].Seconds())
	assert.GreaterOrEqual(t, best["enmime"].Seconds(), 5*ours)
}
