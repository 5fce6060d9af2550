package classify

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode"

	"rightsmail/shared/rights"
)

// Model is a language model that is asked for a second opinion on mail that the rules
// cannot decide. It is no oracle: Accept keeps of what it says only what stands in the
// mail, and whoever uses it may add a right or raise caution with it, nothing else.
//
// Suggest is safe for concurrent use and ends with its context. An error means that
// there is no opinion; errors never hold words of the mail or of the model. Every error
// but that of the context is a *SilenceError. With an error the Suggestion has no
// claims; what was asked and what it took may be filled.
type Model interface {
	Suggest(ctx context.Context, q Question) (Suggestion, error)
}

// ErrNoOpinion says that the model will not help with this mail, now or later: it
// refused, its answer was cut off or could not be read.
var ErrNoOpinion = errors.New("the model has no usable opinion")

// Silence is why there is no opinion: a word of ours that may be counted, kept in a
// trail and shown.
type Silence string

// The silences.
const (
	SilentRefused  Silence = "refused"      // the model will not speak about this mail
	SilentFiltered Silence = "filtered"     // a filter of its server stopped it
	SilentCutOff   Silence = "cut-off"      // the answer ended before it was done
	SilentEmpty    Silence = "empty"        // there was none in the answer
	SilentGarbled  Silence = "garbled"      // it is not of the schema
	SilentRejected Silence = "rejected"     // the server takes no such request: its address, the name of the model, the key
	SilentQuota    Silence = "quota"        // the account with the server is used up
	SilentBusy     Silence = "rate-limited" // the server asks for a pause
	SilentDown     Silence = "outage"       // the server fails or cannot be reached
	SilentSlow     Silence = "timed-out"    // it did not answer in time
	SilentBudget   Silence = "over-budget"  // our own budget of the hour is used up: nobody was asked
	SilentPaused   Silence = "paused"       // it failed too often of late: nobody was asked
	SilentUnset    Silence = "not-set"      // there is no model to ask
	SilentUnread   Silence = "unread"       // the mail or its case could not be read again: nobody was asked
)

// OfServer reports whether the silence has to do with the server and not with this one
// mail. Only such silences count against a server: a mail that makes a model refuse
// must not keep others from being read.
func (s Silence) OfServer() bool {
	switch s {
	case SilentRejected, SilentQuota, SilentBusy, SilentDown, SilentSlow:
		return true
	}
	return false
}

// PutsOff reports whether nobody was asked for a reason that passes by itself.
func (s Silence) PutsOff() bool { return s == SilentBudget || s == SilentPaused }

// Words is the silence as a half sentence about the model, for the human who reads the
// case.
func (s Silence) Words() string {
	switch s {
	case SilentRefused:
		return "it refused to answer"
	case SilentFiltered:
		return "a filter of its server stopped the answer"
	case SilentCutOff:
		return "its answer was cut off"
	case SilentEmpty:
		return "its answer was empty"
	case SilentGarbled:
		return "its answer could not be read"
	case SilentRejected:
		return "its server does not take our requests"
	case SilentQuota:
		return "the account with its server is used up"
	case SilentBusy:
		return "its server had no time for us"
	case SilentDown:
		return "its server could not be reached or failed"
	case SilentSlow:
		return "it did not answer in time"
	case SilentBudget:
		return "the budget for it was used up"
	case SilentPaused:
		return "it had failed too often to be asked"
	case SilentUnset:
		return "there is no model to ask"
	case SilentUnread:
		return "the mail could not be read for it"
	}
	return "it could not be asked"
}

// SilenceError is that there is no opinion, and why. It is an ErrNoOpinion unless
// asking again later may help.
type SilenceError struct {
	Why    Silence
	Detail string        // for operators; our words and numbers, never those of a mail or of a server
	Again  bool          // later it may work
	After  time.Duration // no sooner than this; 0 leaves it to whoever asks
}

func (e *SilenceError) Error() string {
	if e.Again {
		return "ask model: " + e.Detail + "; ask again later"
	}
	return ErrNoOpinion.Error() + ": " + e.Detail
}

// Is makes errors.Is(err, ErrNoOpinion) true where asking again will not help.
func (e *SilenceError) Is(target error) bool { return target == ErrNoOpinion && !e.Again }

// Question is what the model is asked. Its texts are masked: no address, no long
// number. See Mask.
type Question struct {
	Subject  string
	Text     string      // the sender's own new words
	Language string      // BCP 47, "und" if unknown
	Choices  []rights.ID // the closed list: the rights that may be named
	Titles   map[rights.ID]string
}

// MaxAnswer is how many tokens an answer may take, what a model thinks included.
const MaxAnswer = 4000

// Tokens is more than what asking the question takes, by a rule of thumb: half of its
// bytes, with the instructions and the list of rights twice, for that stands in the
// schema too. Real models need about half of that.
func (q Question) Tokens() int {
	n := 3000 + min(len(q.Subject)+len(q.Text), 40_000)
	for _, id := range q.Choices {
		n += 2*len(id) + len(q.Titles[id]) + 8
	}
	return n / 2
}

// Suggestion is what the model thinks.
type Suggestion struct {
	Claims     []Claim
	Model      string // name of the model, as it gave it
	Prompt     string // version of the instructions, and a hash of them as they were sent
	Schema     string // the same of the schema of the answer
	Input      int    // tokens of the question; 0 if the server does not say
	Output     int    // tokens of the answer
	Remembered bool   // the answer to the very same question, from before: it took nothing
}

// Claim is one right that the model sees, with the words that it rests on.
type Claim struct {
	Right rights.ID
	Quote string // words of the question, copied
}

// How many characters a quote needs to be evidence of anything. Scripts without blanks
// say in four what takes others eight. A quote of a whole letter points at nothing.
const (
	minQuote      = 8
	minDenseQuote = 4
	maxQuote      = 500
)

// Accept returns the claims that may be believed: a right of the closed list, once,
// with a quote that stands in the question. What Mask put in is no word of the mail.
func (s Suggestion) Accept(q Question) []Claim {
	text := squeeze(q.Subject + "\n" + q.Text)
	known := map[rights.ID]bool{}
	for _, id := range q.Choices {
		known[id] = true
	}
	var out []Claim
	for _, c := range s.Claims {
		if quote := squeeze(c.Quote); known[c.Right] && saysSomething(quote) && strings.Contains(text, quote) {
			out = append(out, c)
			known[c.Right] = false
		}
	}
	return out
}

// saysSomething reports whether a squeezed quote is long enough, and not too long,
// without the words that stand for something that was taken out.
func saysSomething(quote string) bool {
	letters, least := 0, minQuote
	for _, r := range unmasked.Replace(quote) {
		if unicode.IsLetter(r) || unicode.IsMark(r) {
			letters++
		}
		if unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai) {
			least = minDenseQuote
		}
	}
	n := len([]rune(unmasked.Replace(quote)))
	return n >= least && n <= maxQuote && letters >= minDenseQuote
}

// squeeze makes runs of white space one blank, and lets case be equal.
func squeeze(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }
