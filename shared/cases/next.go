package cases

import "rightsmail/shared/rights"

// Reschedule returns the case with its Next duty computed: first the
// acknowledgement, while one is queued or held and the law sets a date for it, then
// the answer. Where the law sets no date for the answer, our own target stands in,
// so that no open case sinks without a date. A closed case has no duty.
//
// Due is the end of the strict day in the zone of the law, in UTC.
func Reschedule(c Case) Case {
	c.Next = Next{}
	if c.Status == Closed {
		return c
	}
	if a := c.Acknowledgement.State; a == AckQueued || a == AckHeld {
		if d, ok := c.Clock.Deadline(rights.DutyAcknowledge); ok {
			c.Next = next(d)
			return c
		}
	}
	if d, ok := c.Clock.Deadline(rights.DutyRespond); ok {
		c.Next = next(d)
	} else if !c.Clock.Target.Safe.IsZero() {
		c.Next = next(c.Clock.Target)
	}
	return c
}

func next(d rights.Deadline) Next { return Next{Duty: d.Duty, Due: d.DueSafe()} }
