package console

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTextIsReadableInLightAndDark holds every pair of text and ground to the contrast
// of WCAG 2.2, success criterion 1.4.3 (4.5 to 1), and fields to 1.4.11 (3 to 1).
func TestTextIsReadableInLightAndDark(t *testing.T) {
	sheet, err := files.ReadFile("assets/console.css")
	require.NoError(t, err)
	light, rest, ok := strings.Cut(string(sheet), "@media (prefers-color-scheme: dark)")
	require.True(t, ok)
	dark, _, ok := strings.Cut(rest, "* { box-sizing")
	require.True(t, ok)
	pairs := map[string][]string{ // text: the grounds it stands on
		"ink":     {"paper", "card", "soft", "held-bg", "late-bg", "ok-bg", "mark"},
		"quiet":   {"paper", "card", "soft", "held-bg"},
		"link":    {"paper", "card", "soft", "held-bg", "late-bg"},
		"late":    {"paper", "card"},
		"soon":    {"paper", "card"},
		"on-main": {"main"},
	}
	for scheme, block := range map[string]string{"light": light, "dark": dark} {
		colours := map[string]float64{}
		for _, m := range regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{6});`).FindAllStringSubmatch(block, -1) {
			colours[m[1]] = luminance(t, m[2])
		}
		for text, grounds := range pairs {
			for _, ground := range grounds {
				require.Contains(t, colours, text)
				require.Contains(t, colours, ground)
				assert.GreaterOrEqual(t, contrast(colours[text], colours[ground]), 4.5, "%s: %s on %s", scheme, text, ground)
			}
		}
		assert.GreaterOrEqual(t, contrast(colours["quiet"], colours["card"]), 3.0, "%s: the edge of a field", scheme)
		assert.GreaterOrEqual(t, contrast(colours["focus"], colours["card"]), 3.0, "%s: the focus ring", scheme)
	}
}

func contrast(a, b float64) float64 { return (max(a, b) + 0.05) / (min(a, b) + 0.05) }

// luminance is the relative luminance of WCAG.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		require.NoError(t, err)
		c := float64(n) / 255
		if c <= 0.04045 {
			sum += weight * c / 12.92
		} else {
			sum += weight * math.Pow((c+0.055)/1.055, 2.4)
		}
	}
	return sum
}
