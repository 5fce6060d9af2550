package email

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write testdata/*.json anew from what Parse says now")

func TestSampleMailsReadAsRecorded(t *testing.T) {
	for name, raw := range samples(t) {
		t.Run(name, func(t *testing.T) {
			m := Parse(raw, Options{OwnAddresses: []string{"privacy@example.com"}})
			checkMessage(t, m)
			got, err := json.MarshalIndent(m, "", "  ")
			require.NoError(t, err)
			golden := filepath.Join("testdata", strings.TrimSuffix(name, ".eml")+".json")
			if *update {
				require.NoError(t, os.WriteFile(golden, append(got, '\n'), 0o600))
			}
			want, err := os.ReadFile(golden) //nolint:gosec // our own test data
			require.NoError(t, err)
			assert.JSONEq(t, string(want), string(got))
		})
	}
}

func TestParseDoesNotChangeItsInput(t *testing.T) {
	for name, raw := range samples(t) {
		before := string(raw)
		first := Parse(raw, Options{})
		assert.Equal(t, before, string(raw), name)
		assert.Equal(t, first, Parse(raw, Options{}), name)
	}
}
