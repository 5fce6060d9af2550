package cases

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"rightsmail/shared/rights"
)

// Reclassify corrects what is asked for, or under whose law. Only a named human
// may: ErrNeedsHuman, ErrClosed, ErrNeedsReason. It settles the doubts of the
// machine. The limit of another right is not this one's, so that c.Limit is gone and
// a held case opens; the caller gives the use back, computes the new Clock and asks
// the new limit.
func Reclassify(c Case, who Actor, right rights.Right, j rights.Jurisdiction, reason string, now time.Time) (Case, Entry, error) {
	reason = strings.TrimSpace(reason)
	err := c.mayDecide(who)
	if err == nil && reason == "" {
		err = ErrNeedsReason
	}
	if err != nil {
		return c, Entry{}, fmt.Errorf("reclassify case %s: %w", c.ID, err)
	}
	e := Entry{
		At: now, Actor: who, Kind: "reclassified", Text: "Corrected what the mail asks for.",
		Data: map[string]string{
			"right-before": string(c.Right), "right": string(right.ID),
			"jurisdiction-before": string(c.Jurisdiction), "jurisdiction": string(j),
			"queue-before": string(c.Queue), "queue": string(right.Queue),
			"reason": reason,
		},
	}
	if c.Right != right.ID {
		c.Limit = nil
		if c.Status == Held {
			c.Status = Open
		}
	}
	c.Right, c.Jurisdiction, c.Queue, c.Priority = right.ID, j, right.Queue, Urgency(c.Kind, right.Priority)
	c.Review, c.DecidedBy, c.Confidence = nil, string(who), 1
	c.Missing = slices.DeleteFunc(slices.Clone(c.Missing), func(field string) bool {
		return !slices.Contains(right.Required, field)
	})
	return Reschedule(c), e, nil
}
