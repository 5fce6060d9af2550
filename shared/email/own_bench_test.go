package email

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func BenchmarkOwnWords(b *testing.B) {
	sentence := "I bought a lamp from you in May and have had letters from you ever since, although\nI asked you twice to stop. Please tell me what you know about me.\n"
	plain := "Dear Sir or Madam,\n\n" + strings.Repeat(sentence+"\n", 28) + "Kind regards\nAnn Lee\n"
	thread := "Yes.\n\n-- \nAnn Lee\n12 Alder Way\n\n"
	for i := range 40 {
		mark := strings.Repeat(">", i)
		thread += mark + "On Tue, 3 Mar 2026 at 10:00, Example Widgets <privacy@example.com> wrote:\n" + strings.ReplaceAll(sentence, "\n", "\n"+mark+"> ") + "\n"
	}
	for name, text := range map[string]string{"plain": plain, "thread": thread} {
		b.Run(fmt.Sprintf("%s %d bytes", name, len(text)), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				partText(text, true)
			}
		})
	}
}

// bombs are texts built to cost much where quotes are told apart.
func bombs() map[string]string {
	return map[string]string{
		"wrote-lines and quotes": strings.Repeat("On 3 Mar 2026 at 10:00, Ann <a@x.example> wrote:\n> q\n", 50_000),
		"wrote-lines wrapped":    strings.Repeat("On 3 Mar 2026 at 10:00,\nAnn\n<a@x.example> wrote:\n> q\n", 30_000),
		"nearly wrote-lines":     strings.Repeat("On 3 Mar 2026 at 10:00, Ann <a@x.example> wrote to me:\n", 20_000),
		"colons":                 strings.Repeat("1:\n", 300_000),
		"one line of quotes":     strings.Repeat(">", 1<<20),
		"lines of quotes":        strings.Repeat(">\n", 1<<19),
		"nested forwards":        strings.Repeat("---------- Forwarded message ---------\nFrom: a@x.example\n\n", 17_000),
		"50,000 forwards":        strings.Repeat("-- Forwarded message --\n", 50_000),
		"labels":                 strings.Repeat("From: a\nTo: x\n\n\n", 60_000),
		"labels in one line":     "From: a@x " + strings.Repeat("To: x ", 170_000),
		"signatures":             strings.Repeat("--\n", 340_000),
		"notices":                strings.Repeat("This e-mail and any attachments\n", 30_000),
		"notices in paragraphs":  strings.Repeat("This e-mail and any attachments\n\n", 30_000),
		"footers":                strings.Repeat("Sent from my iPhone\n", 50_000),
		"banners":                strings.Repeat("CAUTION: external email, do not click links\n\n", 20_000),
		"rules":                  strings.Repeat("_____\n", 170_000),
	}
}

// The bound is five times what the dearest of them takes, since machines differ; a
// cost that grew with the square would take minutes.
func TestTextsBuiltToCostMuchArePartedAtOnce(t *testing.T) {
	for name, text := range bombs() {
		t.Run(name, func(t *testing.T) {
			text := text[:min(len(text), 1<<20)]
			for _, answer := range []bool{true, false} {
				best := time.Hour // of three: another process may take the processor from us
				for range 3 {
					start := time.Now()
					p := partText(text, answer)
					best = min(best, time.Since(start))
					assert.NotEqual(t, parted{}, p)
				}
				assert.Less(t, best, time.Second)
			}
			start := time.Now()
			Parse([]byte("From: a@x.example\nSubject: Fwd: x\n\n"+text), Options{})
			assert.Less(t, time.Since(start), 5*time.Second)
		})
	}
}
