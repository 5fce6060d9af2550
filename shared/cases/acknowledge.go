package cases

import "time"

// Acknowledge sets how far the acknowledgement of a case got. One that was sent
// stays sent: a note that comes late, or twice, takes nothing back.
func Acknowledge(c Case, a Acknowledgement, who Actor, now time.Time) (Case, Entry) {
	e := Entry{At: now, Actor: who, Data: map[string]string{"before": string(c.Acknowledgement.State)}}
	if c.Acknowledgement.State != AckSent {
		a.At = a.At.UTC()
		c.Acknowledgement = a
	}
	if a.Hold != "" {
		e.Data["reason"] = a.Hold
	}
	switch a.State {
	case AckQueued:
		e.Kind, e.Text = "acknowledgement-queued", "The acknowledgement waits to be sent."
	case AckSent:
		e.Kind, e.Text = "acknowledged", "The acknowledgement left."
	case AckHeld:
		e.Kind, e.Text = "acknowledgement-held", "The acknowledgement waits for a human."
	case AckNone:
		e.Kind, e.Text = "acknowledgement-none", "No automatic letter goes to this sender."
	}
	return Reschedule(c), e
}

// Returned says that the acknowledgement of a case did not arrive, although it had
// left. The transport itself may say so, or a bounce that brings back the signed token
// of the very letter; never a mail that only says it is a bounce.
// The acknowledgement is then held: a human finds another way to reach the person,
// for the duty is not done. why is a word for the reason.
func Returned(c Case, why string, now time.Time) (Case, Entry) {
	e := Entry{
		At: now, Actor: Machine, Kind: "acknowledgement-returned",
		Text: "The acknowledgement did not arrive: find another way to reach the person.",
		Data: map[string]string{"before": string(c.Acknowledgement.State), "reason": why},
	}
	c.Acknowledgement = Acknowledgement{State: AckHeld, Hold: why}
	return Reschedule(c), e
}
