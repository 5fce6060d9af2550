package cases

import (
	"slices"
	"strings"
	"time"

	"rightsmail/shared/rights"
)

// Suggestion is what a model read in the mail of a case, and what it rests on.
type Suggestion struct {
	Right    rights.ID
	Evidence Evidence
	Model    string // the model's name
	Prompt   string // version of what it was asked
}

// Suggest puts the second opinion of a model on a case that waits for a human. A model
// may name a right, as one more reason for the human to look, with the words it rests
// on; the right, the queue, the dates and whoever decided stay as they are.
func Suggest(c Case, all []Suggestion, now time.Time) (Case, Entry) {
	e := Entry{At: now, Actor: Machine, Kind: "model-read", Text: "A language model read the mail and saw nothing to add.", Data: map[string]string{}}
	if len(all) == 0 {
		return c, e
	}
	var seen []string
	c.Review, c.Evidence = slices.Clone(c.Review), slices.Clone(c.Evidence)
	for _, s := range all {
		seen = append(seen, string(s.Right))
		c.Evidence = append(c.Evidence, s.Evidence)
		c.Review = append(c.Review, "a language model reads this as "+string(s.Right)+": confirm or correct")
	}
	e.Text = "A language model read the mail and named rights; a human confirms."
	e.Data["rights"], e.Data["model"], e.Data["prompt"] = strings.Join(seen, ", "), all[0].Model, all[0].Prompt
	return c, e
}
