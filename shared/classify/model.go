package classify

import (
	"context"
	"errors"
	"strings"

	"rightsmail/shared/rights"
)

// Model is a language model that is asked for a second opinion on mail that the rules
// cannot decide. It is no oracle: Accept keeps of what it says only what stands in the
// mail, and whoever uses it may add a right or raise caution with it, nothing else.
//
// Suggest is safe for concurrent use and ends with its context. An error means that
// there is no opinion; errors never hold words of the mail or of the model. One that
// asking again will not mend is an ErrNoOpinion.
type Model interface {
	Suggest(ctx context.Context, q Question) (Suggestion, error)
}

// ErrNoOpinion says that the model will not help with this mail, now or later: it
// refused, its answer was cut off or could not be read.
var ErrNoOpinion = errors.New("the model has no usable opinion")

// Question is what the model is asked. Its texts are masked: no address, no long
// number. See Mask.
type Question struct {
	Subject  string
	Text     string      // the sender's own new words
	Language string      // BCP 47, "und" if unknown
	Choices  []rights.ID // the closed list: the rights that may be named
	Titles   map[rights.ID]string
}

// Suggestion is what the model thinks.
type Suggestion struct {
	Claims []Claim
	Model  string // name of the model, as it gave it
	Prompt string // version of the prompt: a hash
	Tokens int    // used, both ways
}

// Claim is one right that the model sees, with the words that it rests on.
type Claim struct {
	Right rights.ID
	Quote string // words of the question, copied
}

// minQuote is how many characters a quote needs to be evidence of anything.
const minQuote = 8

// Accept returns the claims that may be believed: a right of the closed list, once,
// with a quote that stands in the question.
func (s Suggestion) Accept(q Question) []Claim {
	text := squeeze(q.Subject + "\n" + q.Text)
	known := map[rights.ID]bool{}
	for _, id := range q.Choices {
		known[id] = true
	}
	var out []Claim
	for _, c := range s.Claims {
		quote := squeeze(c.Quote)
		if known[c.Right] && len([]rune(quote)) >= minQuote && strings.Contains(text, quote) {
			out = append(out, c)
			known[c.Right] = false
		}
	}
	return out
}

// squeeze makes runs of white space one blank, and lets case be equal.
func squeeze(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }
