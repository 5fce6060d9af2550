package desk

import (
	"encoding/json"
	"fmt"
	"time"

	"rightsmail/shared/cases"
	"rightsmail/shared/queue"
	"rightsmail/shared/replies"
	"rightsmail/shared/rights"
)

// handOff is the outbox entry that tells a queue of a case. Its id carries the
// version that the case becomes: a case that is corrected to another queue, and back,
// is handed over each time.
func (d *Desk) handOff(c cases.Case, now time.Time) cases.Effect {
	m := queue.Message{
		Schema: queue.Schema, ID: fmt.Sprintf("handoff-%s-v%d", c.ID, c.Version+1),
		Queue: string(c.Queue), Case: string(c.ID), Right: string(c.Right),
		Jurisdiction: string(c.Jurisdiction), Priority: int(c.Priority),
		ReceivedAt: c.Received.UTC(), Zone: c.Clock.Zone, Missing: c.Missing, Review: c.Review,
		Consumer: c.Requester.Consumer, Standing: c.Requester.Standing, Role: c.Requester.Role, Language: c.Requester.Language,
		Verification: string(rights.VerifyOnDoubt),
	}
	if right, err := d.Book.Right(c.Right, c.Clock.ReceivedOn); err == nil {
		m.Law, m.Citation = right.Law, right.Citation
		m.Verification, m.AutoSuppress = string(right.Verification), right.AutoSuppress
	}
	if dl, ok := c.Clock.Deadline(rights.DutyAcknowledge); ok {
		m.AcknowledgeBy = dl.Safe.String()
	}
	if dl, ok := c.Clock.Deadline(rights.DutyRespond); ok {
		m.RespondBy, m.StatutoryDue = dl.Safe.String(), dl.Statutory.String()
	}
	payload, err := json.Marshal(m)
	if err != nil { // a struct of strings and numbers always encodes
		panic(err)
	}
	return cases.Effect{
		ID: m.ID, Kind: cases.EffectHandOff, State: cases.EffectPending, Case: c.ID, Mail: c.Mail,
		Payload: payload, Created: now, NotBefore: now,
	}
}

// asRequest is a case as our letters speak of it. A date is promised only where a
// law sets it, by its strictest reading; to somebody whose law nobody knows, none is.
func (d *Desk) asRequest(c cases.Case, right rights.Right) replies.Request {
	r := replies.Request{
		Case: string(c.ID), Right: c.Right, Title: right.Title, Law: right.Law,
		Verification: right.Verification, Zone: c.Clock.Zone, Missing: c.Missing,
		Held: c.Status == cases.Held, Children: right.Queue == rights.QueueChildren,
		Unspecified: c.Jurisdiction == rights.Unspecified || c.Jurisdiction == "",
	}
	if dl, ok := c.Clock.Deadline(rights.DutyRespond); ok && !dl.Internal && !r.Unspecified && c.Queue != rights.QueueReview {
		r.RespondBy = dl.Safe
	}
	if c.Limit != nil {
		r.Earlier, r.FirstFree = c.Limit.Earlier, c.Limit.FirstFree
	}
	return r
}
