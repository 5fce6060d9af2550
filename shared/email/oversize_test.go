package email_test

import (
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"rightsmail/shared/email"
	"rightsmail/shared/email/emailtest"
)

// None may cost more than two seconds and 256 MB in all, counting what was freed again;
// each must be flagged, keep its envelope and be judged by what was read.
func TestHostileSizesAreReadInTimeAndFlagged(t *testing.T) {
	const most = 256 << 20
	for _, tt := range emailtest.Oversizes() {
		t.Run(tt.Name, func(t *testing.T) {
			raw := tt.Build()
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			start := time.Now()
			m := email.Parse(raw, email.Options{})
			took := time.Since(start)
			runtime.ReadMemStats(&after)
			allocated := after.TotalAlloc - before.TotalAlloc
			t.Logf("%d kB read in %v, %d MB allocated", len(raw)>>10, took.Round(time.Millisecond), allocated>>20)
			if !raceDetector {
				assert.Less(t, took, 2*time.Second)
				assert.Less(t, allocated, uint64(most))
			}
			assert.True(t, m.Has(tt.Flag), "warnings: %v", m.Warnings)
			assert.Equal(t, m.Has(email.LimitReached), m.Truncated)
			assert.Equal(t, len(raw), m.Size)
			sender, ok := m.Sender()
			assert.True(t, ok)
			assert.Equal(t, emailtest.Author, sender.Address)
		})
	}
}
