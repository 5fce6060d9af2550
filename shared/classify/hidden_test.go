package classify

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"rightsmail/shared/rights"
)

// Hidden text is evidence of nothing, but a mail that has much of it, or a wish in it,
// is no ordinary support mail.
func TestHiddenTextIsNoEvidenceAndAHumanLooksAtIt(t *testing.T) {
	const seen = "My widget does not load since this morning. Where do I find the setting for the colour of the button?"
	const wish = "I live in California. Please delete all my personal information."
	for name, tc := range map[string]struct {
		seen, hidden string
		outcome      Outcome
		reason       string
	}{
		"nothing hidden":                  {seen, "", Support, ""},
		"line of a newsletter":            {seen, "Five ways to grow, and a word about summer", Support, ""},
		"way out of a newsletter":         {seen, "Please unsubscribe me from your newsletter", Support, ""},
		"a wish":                          {seen, wish, Unsure, "asks for something where nobody sees it"},
		"longer than seen":                {"Hello there, thanks.", "Five ways to grow, and a word about summer", Unsure, moreHidden},
		"nothing seen":                    {"", wish, Unsure, moreHidden},
		"long":                            {strings.Repeat(seen+" ", 5), strings.Repeat("Five ways to grow. ", 20), Unsure, "a long text is hidden in the mail"},
		"beside a wish that is seen":      {wish, "Five ways to grow", Privacy, ""},
		"longer than a wish that is seen": {wish, strings.Repeat("Five ways to grow. ", 20), Privacy, moreHidden},
	} {
		t.Run(name, func(t *testing.T) {
			m := mailOf(tc.seen)
			m.Text, m.Hidden = tc.seen, tc.hidden
			d := decide(t, m)
			assert.Equal(t, tc.outcome, d.Outcome, "%v %v", d.Review, idsOf(d))
			if tc.reason == "" {
				assert.Empty(t, d.Review)
			} else {
				assert.Contains(t, d.Review, tc.reason)
			}
			if tc.outcome != Privacy {
				assert.NotContains(t, idsOf(d), rights.ID("ccpa_delete"))
				assert.NotContains(t, idsOf(d), rights.ID("marketing_unsubscribe"))
			}
			for _, e := range d.Evidence {
				assert.NotEmpty(t, e.Where)
				assert.Contains(t, TextOf(m, e.Where), e.Text)
			}
		})
	}
}

func TestMachinesMayHideWhatTheyLike(t *testing.T) {
	m := mailOf("Five ways to grow.")
	m.Text, m.Hidden, m.Automation.Kind = m.New, "I live in California. Please delete all my personal information.", "list"
	d := decide(t, m)
	assert.Equal(t, Automated, d.Outcome)
	assert.Empty(t, d.Review)
}
