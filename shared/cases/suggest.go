package cases

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"rightsmail/shared/rights"
)

// Opinion is what a model made of the mail of a case, or that it made nothing of it.
type Opinion struct {
	Model   string // the model's name; empty if none was asked
	Prompt  string // version and hash of the instructions it was asked with
	Schema  string // the same of the shape of its answer
	Refused int    // claims that were not believed: no such right, no such words
	Rights  []Suggestion
}

// Suggestion is a right that a model read in a mail, and what it rests on.
type Suggestion struct {
	Right    rights.ID
	Evidence Evidence
}

// Suggest puts the second opinion of a model on a case that waits for a human. A model
// may name a right, as one more reason for the human to look, with the words it rests
// on; the right, the queue, the dates and whoever decided stay as they are.
func Suggest(c Case, o Opinion, now time.Time) (Case, Entry) {
	e := Entry{At: now, Actor: Machine, Kind: "model-read", Text: "A language model read the mail and saw nothing to add.", Data: o.data()}
	if len(o.Rights) == 0 {
		return c, e
	}
	var seen []string
	c.Review, c.Evidence = slices.Clone(c.Review), slices.Clone(c.Evidence)
	for _, s := range o.Rights {
		seen = append(seen, string(s.Right))
		c.Evidence = append(c.Evidence, s.Evidence)
		c.Review = append(c.Review, "a language model reads this as "+string(s.Right)+": confirm or correct")
	}
	e.Text = "A language model read the mail and named rights; a human confirms."
	e.Data["rights"] = strings.Join(seen, ", ")
	return c, e
}

// Silent notes on a case that waits for a human that no model helps with it, and why:
// the word of the reason, and the half sentence of it. Nothing else changes.
func Silent(c Case, o Opinion, reason, words string, now time.Time) (Case, Entry) {
	c.Review = append(slices.Clone(c.Review), "no second opinion of the language model: "+words)
	return c, SilentEntry(o, reason, words, now)
}

// SilentEntry is the entry of Silent, for a case that waits for a human no more.
func SilentEntry(o Opinion, reason, words string, now time.Time) Entry {
	e := Entry{At: now, Actor: Machine, Kind: "model-silent", Text: "The language model had no opinion that can be used: " + words + ".", Data: o.data()}
	e.Data["reason"] = reason
	return e
}

// data is what a trail keeps of how an opinion came about.
func (o Opinion) data() map[string]string {
	data := map[string]string{}
	for key, value := range map[string]string{"model": o.Model, "prompt": o.Prompt, "schema": o.Schema} {
		if value != "" {
			data[key] = value
		}
	}
	if o.Refused > 0 {
		data["refused"] = strconv.Itoa(o.Refused)
	}
	return data
}
