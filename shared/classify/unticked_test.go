package classify

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestUntickedBoxesOfAFormAskForNothingAndMoveNothing(t *testing.T) {
	form := "I ask for:\n[x] deletion\n[ ] access\n ☐ a copy\n( ) correction\n(see [1])\n"
	got := withoutUnticked(form)
	assert.Len(t, got, len(form), "evidence points at places")
	assert.Contains(t, got, "[x] deletion")
	assert.Contains(t, got, "(see [1])")
	for _, word := range []string{"access", "copy", "correction"} {
		assert.NotContains(t, got, word)
	}
}
