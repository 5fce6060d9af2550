package desk

import (
	"context"
	"fmt"
	"time"

	"rightsmail/shared/cases"
	"rightsmail/shared/classify"
	"rightsmail/shared/config"
)

// Allowance is how much the model may be asked in one hour. Zero fields set no bound.
//
// What was used is counted in the store, by conditional writes, so that it holds for
// several functions at once as it does for one machine: before a question leaves, what
// it may take at most is taken out of the hour, and what it did not take is given back
// with the note of the answer. Whoever dies in between has spent it.
type Allowance struct {
	Tokens      int // both ways
	Cents       int
	InputCents  int // price of a million tokens of the question
	OutputCents int // of the answer
}

// AllowanceOf takes over what was configured.
func AllowanceOf(m config.Model) Allowance {
	return Allowance{Tokens: m.ModelTokens, Cents: m.ModelCents, InputCents: m.InputCents, OutputCents: m.OutputCents}
}

// cost is in millionths of a cent, so that tokens times a price is a whole number.
func (a Allowance) cost(input, output int) int { return input*a.InputCents + output*a.OutputCents }

const millionths = 1_000_000

// The breaker: a server that failed so often in so long a time is asked no more until
// the time is over, and then, should the first question fail too, for as long again.
const (
	breakerWindow = 5 * time.Minute
	breakerTrips  = 5
)

// consultFor is how long a question waits for a model. After that the human who has the
// case does without.
const consultFor = 24 * time.Hour

// grant is what one question took out of its hour, in advance.
type grant struct {
	hour         time.Time
	tokens, cost int
}

// keys of the counters, which hold no personal data.
func tokensKey(hour time.Time) string { return "model-tokens#" + hour.UTC().Format("2006-01-02T15") }
func costKey(hour time.Time) string   { return "model-cost#" + hour.UTC().Format("2006-01-02T15") }
func failedKey(start time.Time) string {
	return "model-failed#" + start.UTC().Format("2006-01-02T15:04")
}

// afford asks whether the model may be asked now, and takes what the question may need
// out of the budget. A *classify.SilenceError says for how long it may not.
func (d *Desk) afford(ctx context.Context, q classify.Question, now time.Time) (grant, error) {
	failed, err := d.failures(ctx, now)
	if err != nil {
		return grant{}, err
	}
	if failed.now.N >= breakerTrips {
		return grant{}, putOff(classify.SilentPaused, "the model failed too often of late", now, failed.start.Add(breakerWindow))
	}
	a := d.Settings.Allowance
	g := grant{hour: now.UTC().Truncate(time.Hour), tokens: q.Tokens() + classify.MaxAnswer, cost: a.cost(q.Tokens(), classify.MaxAnswer)}
	short := false
	err = cases.Retry(ctx, d.Store, func(ctx context.Context) (cases.Batch, error) {
		tokens, cost, err := d.spent(ctx, g.hour)
		if err != nil {
			return cases.Batch{}, err
		}
		tokens.N += g.tokens
		cost.N += g.cost
		if short = a.Tokens > 0 && tokens.N > a.Tokens || a.Cents > 0 && cost.N > a.Cents*millionths; short {
			return cases.Batch{}, nil
		}
		return cases.Batch{Counters: []cases.Counter{tokens, cost}}, nil
	})
	switch {
	case err != nil:
		return grant{}, fmt.Errorf("take from the budget of the model: %w", err)
	case short:
		return grant{}, putOff(classify.SilentBudget, "the budget of this hour is used up", now, g.hour.Add(time.Hour))
	}
	return g, nil
}

func putOff(why classify.Silence, detail string, now, until time.Time) error {
	return &classify.SilenceError{Why: why, Detail: detail, Again: true, After: until.Sub(now)}
}

// spent are the counters of an hour.
func (d *Desk) spent(ctx context.Context, hour time.Time) (tokens, cost cases.Counter, err error) {
	if tokens, err = d.counter(ctx, tokensKey(hour), hour.Add(2*time.Hour)); err != nil {
		return tokens, cost, err
	}
	cost, err = d.counter(ctx, costKey(hour), hour.Add(2*time.Hour))
	return tokens, cost, err
}

func (d *Desk) counter(ctx context.Context, key string, expires time.Time) (cases.Counter, error) {
	c, err := d.Store.Counter(ctx, key)
	if err != nil {
		return c, fmt.Errorf("read counter %s: %w", key, err)
	}
	c.Key, c.Expires = key, expires
	return c, nil
}

// failures are how often the server failed in this window, and in the one before.
type failures struct {
	start  time.Time
	now    cases.Counter
	before int
}

func (d *Desk) failures(ctx context.Context, now time.Time) (f failures, err error) {
	f.start = now.UTC().Truncate(breakerWindow)
	before, err := d.counter(ctx, failedKey(f.start.Add(-breakerWindow)), f.start)
	if err != nil {
		return f, err
	}
	f.before = before.N
	f.now, err = d.counter(ctx, failedKey(f.start), f.start.Add(2*breakerWindow))
	return f, err
}

// account gives back what the answer did not take, and counts a failure of the server.
// It adds the counters to the batch that notes the answer: both are kept or neither.
func (d *Desk) account(ctx context.Context, b *cases.Batch, g grant, answer classify.Suggestion, silence *classify.SilenceError, now time.Time) error {
	tokens, cost, err := d.spent(ctx, g.hour)
	if err != nil {
		return err
	}
	used, paid := answer.Input+answer.Output, d.Settings.Allowance.cost(answer.Input, answer.Output)
	unknown := used == 0 && !answer.Remembered && (silence == nil || !silence.Why.OfServer() || silence.Why == classify.SilentSlow)
	if !unknown { // else it may have taken all
		tokens.N = max(0, tokens.N-g.tokens+used)
		cost.N = max(0, cost.N-g.cost+paid)
		b.Counters = append(b.Counters, tokens, cost)
	}
	if silence == nil || !silence.Why.OfServer() {
		return nil
	}
	f, err := d.failures(ctx, now)
	if err != nil {
		return err
	}
	f.now.N++
	if f.before >= breakerTrips || silence.Why == classify.SilentQuota {
		f.now.N = max(f.now.N, breakerTrips)
	}
	b.Counters = append(b.Counters, f.now)
	return nil
}
