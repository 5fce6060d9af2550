package email

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset"
	"github.com/stretchr/testify/require"
)

// BenchmarkParse and BenchmarkGoMessage read the same mails; the second only
// walks the parts with the library and copies their bytes. Compare them in one
// run: absolute times say little.
func BenchmarkParse(b *testing.B) {
	mails, size := benchMails(b)
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		for _, raw := range mails {
			Parse(raw, Options{})
		}
	}
}

func BenchmarkGoMessage(b *testing.B) {
	mails, size := benchMails(b)
	b.SetBytes(size)
	b.ReportAllocs()
	for b.Loop() {
		for _, raw := range mails {
			e, _ := message.Read(bytes.NewReader(raw))
			if e == nil { // refused for a stray line
				continue
			}
			_ = e.Walk(func(_ []int, part *message.Entity, _ error) error {
				if part.MultipartReader() != nil {
					return nil
				}
				_, _ = io.Copy(io.Discard, part.Body)
				return nil
			})
		}
	}
}

// benchMails are the odd mails beside the code and the ordinary ones that the whole
// product is tried with, line ends as they come over the wire.
func benchMails(b *testing.B) (mails [][]byte, size int64) {
	for _, pattern := range []string{"testdata/*.eml", "../../events/mails/*.eml"} {
		files, err := filepath.Glob(pattern)
		require.NoError(b, err)
		for _, f := range files {
			raw, err := os.ReadFile(f) //nolint:gosec // our own test data
			require.NoError(b, err)
			raw = bytes.ReplaceAll(bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
			mails = append(mails, raw)
			size += int64(len(raw))
		}
	}
	require.Greater(b, len(mails), 200)
	return mails, size
}
