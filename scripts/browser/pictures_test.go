package browser

import (
	"bytes"
	"flag"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/cases"
	"rightsmail/shared/rights"
)

var update = flag.Bool("update", false, "take the pictures of the README anew")

// TestPicturesOfTheREADMEAreSmallAndWhole takes them with -update. They show the fonts
// of the machine that takes them, so they are looked at by people and not compared:
//
//	RIGHTSMAIL_BROWSER=$(command -v chromium) go test ./scripts/browser -run Pictures -update
func TestPicturesOfTheREADMEAreSmallAndWhole(t *testing.T) {
	for _, picture := range []struct {
		file          string
		width, height int64
		atMost        int // bytes
		path          func(o *office) string
	}{
		{"console.png", 1280, 900, 250_000, func(*office) string { return "/" }},
		{"case.png", 1280, 1100, 300_000, func(o *office) string {
			return "/cases/" + string(o.first(cases.Query{Queue: rights.QueueCCPA, Statuses: []cases.Status{cases.Open}}).ID)
		}},
	} {
		file := filepath.Join("..", "..", "shared", "console", picture.file)
		if *update {
			o := busy(t)
			b := start(t, o.url)
			b.lookLike(look{scheme: "light", width: picture.width, height: picture.height})
			b.open(o.url + picture.path(o))
			require.NoError(t, os.WriteFile(file, b.picture(), 0o600))
		}
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.LessOrEqual(t, len(data), picture.atMost, file)
		size, err := png.DecodeConfig(bytes.NewReader(data))
		require.NoError(t, err)
		assert.Equal(t, image.Pt(int(picture.width), int(picture.height)), image.Pt(size.Width, size.Height), file)
	}
}

// picture is what the window shows, packed as small as PNG can.
func (b *tab) picture() []byte {
	b.t.Helper()
	shot, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	require.NoError(b.t, err)
	pixels, err := png.Decode(bytes.NewReader(shot))
	require.NoError(b.t, err)
	var out bytes.Buffer
	require.NoError(b.t, (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, pixels))
	return out.Bytes()
}
