package email

import (
	"bytes"
	"io"
	"testing"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset"
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

func benchMails(b *testing.B) (mails [][]byte, size int64) {
	for _, raw := range samples(b) {
		mails = append(mails, raw)
		size += int64(len(raw))
	}
	return mails, size
}
