package classify

import (
	"os"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/rights"
)

// wordings is one entry of testdata/wordings.yaml.
type wordings struct {
	Rights []rights.ID `yaml:"rights"`
	Texts  []string    `yaml:"texts"`
}

func TestEverydayWordingsAskForExactlyTheirRights(t *testing.T) {
	c := classifier(t)
	data, err := os.ReadFile("testdata/wordings.yaml")
	require.NoError(t, err)
	var all []wordings
	require.NoError(t, yaml.Unmarshal(data, &all))
	require.Greater(t, len(all), 50)
	for _, w := range all {
		for _, line := range w.Texts {
			subject, text, ok := strings.Cut(line, " || ")
			if !ok {
				subject, text = "", line
			}
			m := example{Subject: subject, Text: text}.mail()
			d := c.Classify(m, Context{On: today})
			assert.Equal(t, sorted(w.Rights), idsOf(d), "on %q", line)
			assert.Equal(t, d, c.Classify(m, Context{On: today}), "read again: %q", line)
		}
	}
}
