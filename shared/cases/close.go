package cases

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Outcomes lists every outcome in the order in which the console offers them.
func Outcomes() []Outcome {
	return []Outcome{
		Complied, CompliedPart, DeniedUnverified, DeniedNotEntitled, DeniedExempt, DeniedOther,
		Withdrawn, Duplicate, NotARequest,
	}
}

// NeedsReason reports whether an outcome gives a person less than they asked for.
// The basis of a denial must be on record (11 CCR 7101), and GDPR art. 12(4) has
// the person told of it.
func (o Outcome) NeedsReason() bool {
	return strings.HasPrefix(string(o), "denied") || strings.HasSuffix(string(o), "part")
}

// Close ends a case. Only a named human may, because every end but the full answer
// is a refusal of some kind: ErrNeedsHuman, ErrClosed, ErrNeedsReason. The caller
// confirms the use of a limit or gives it back.
func Close(c Case, who Actor, outcome Outcome, reason string, now time.Time) (Case, Entry, error) {
	reason = strings.TrimSpace(reason)
	err := c.mayDecide(who)
	switch {
	case err != nil:
	case !slices.Contains(Outcomes(), outcome):
		err = fmt.Errorf("there is no outcome %q: choose one of %q", outcome, Outcomes())
	case outcome.NeedsReason() && reason == "":
		err = ErrNeedsReason
	}
	if err != nil {
		return c, Entry{}, fmt.Errorf("close case %s: %w", c.ID, err)
	}
	before := c.Status
	c.Status, c.Outcome, c.Decider, c.Reason, c.ClosedAt = Closed, outcome, string(who), reason, now.UTC()
	return Reschedule(c), Entry{
		At: now, Actor: who, Kind: "closed", Text: "Closed the case.",
		Data: map[string]string{"before": string(before), "outcome": string(outcome), "reason": reason},
	}, nil
}
