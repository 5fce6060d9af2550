package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"rightsmail/shared/cases"
	"rightsmail/shared/classify"
	"rightsmail/shared/email"
	"rightsmail/shared/rights"
)

// Correction is a mail that a named human read otherwise than the machine, as it stands
// now: what it should have come out as.
type Correction struct {
	Reference    string
	Mail         cases.MailID
	Received     time.Time
	Cases        []cases.Case        // all cases of the mail, in their order
	Rights       []rights.ID         // as settled; empty if it turned out to ask for none
	Queues       []rights.Queue      // where those belong when the mail comes in
	Jurisdiction rights.Jurisdiction // empty if the requests live under the laws of several
	Changes      []Change            // what was corrected, oldest first within a case
	Unsettled    bool                // a case of the mail still waits for somebody to say what it is
}

// Change is one correction of one case.
type Change struct {
	Case   cases.ID
	At     time.Time
	Before rights.ID
	After  rights.ID // empty: the case was closed as no request
	Reason string    // in the words of the human
}

// Corrections lists the mails received from from until before to that a human corrected:
// one of their cases was given another right or place, or was closed as no request. The
// oldest come first. What nobody touched, or confirmed by working on it, is not there.
//
// It walks the cases received in that time, which a store lists by an index, and reads
// mails and trails of the corrected ones alone: on DynamoDB about two requests for a
// hundred cases, and for each corrected mail one and two more for each of its cases.
func (d *Desk) Corrections(ctx context.Context, from, to time.Time) ([]Correction, error) {
	q := cases.Query{ReceivedFrom: from, ReceivedTo: to, Limit: 500}
	mails := map[cases.MailID]bool{}
	for {
		page, err := d.Store.Cases(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("list cases for corrections: %w", err)
		}
		for _, c := range page.Cases {
			if corrected(c) {
				mails[c.Mail] = true
			}
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
	}
	var list []Correction
	for id := range mails {
		one, err := d.correction(ctx, id)
		if err != nil {
			return nil, err
		}
		if len(one.Changes) > 0 {
			list = append(list, one)
		}
	}
	slices.SortFunc(list, func(a, b Correction) int {
		return cmp.Or(a.Received.Compare(b.Received), cmp.Compare(a.Reference, b.Reference))
	})
	return list, nil
}

// corrected reports whether a human said that a case is something else. Who decided is
// the machine, or whoever reclassified; the trail then says what became of what.
func corrected(c cases.Case) bool {
	return cases.Actor(c.DecidedBy).Human() && !slices.Contains([]classify.By{classify.ByRules, classify.ByModel, classify.ByNobody}, classify.By(c.DecidedBy)) || c.Outcome == cases.NotARequest
}

// correction reads one mail with all its cases.
func (d *Desk) correction(ctx context.Context, id cases.MailID) (Correction, error) {
	mail, err := d.Store.Mail(ctx, id)
	if err != nil {
		return Correction{}, fmt.Errorf("read mail %s: %w", id, err)
	}
	out := Correction{Reference: mail.Reference, Mail: id, Received: mail.Received}
	places := map[rights.Jurisdiction]bool{}
	for _, id := range mail.Cases {
		c, err := d.Store.Case(ctx, id)
		if err != nil {
			return Correction{}, fmt.Errorf("read case %s: %w", id, err)
		}
		out.Cases = append(out.Cases, c)
		if corrected(c) {
			trail, err := d.Store.Trail(ctx, id)
			if err != nil {
				return Correction{}, fmt.Errorf("read trail of %s: %w", id, err)
			}
			out.Changes = append(out.Changes, changes(c, trail)...)
		}
		if c.Outcome == cases.NotARequest {
			continue
		}
		row, err := d.Book.Right(c.Right, c.Clock.ReceivedOn)
		if err != nil || row.Queue != c.Queue { // it lies in review still
			out.Unsettled = true
			continue
		}
		if !slices.Contains(out.Rights, c.Right) {
			out.Rights = append(out.Rights, c.Right)
		}
		queue := c.Queue
		if c.Requester.Standing == string(email.Forged) { // such a mail is looked at first, whatever it asks for
			queue = rights.QueueReview
		}
		if !slices.Contains(out.Queues, queue) {
			out.Queues = append(out.Queues, queue)
		}
		places[c.Jurisdiction], out.Jurisdiction = true, c.Jurisdiction
	}
	if len(places) > 1 {
		out.Jurisdiction = ""
	}
	return out, nil
}

// changes are the corrections that the trail of a case tells of.
func changes(c cases.Case, trail []cases.Entry) []Change {
	var list []Change
	for _, e := range trail {
		if e.Kind == "reclassified" {
			list = append(list, Change{Case: c.ID, At: e.At, Before: rights.ID(e.Data["right-before"]), After: rights.ID(e.Data["right"]), Reason: e.Data["reason"]})
		}
	}
	if c.Outcome == cases.NotARequest {
		list = append(list, Change{Case: c.ID, At: c.ClosedAt, Before: c.Right, Reason: c.Reason})
	}
	return list
}

// ErrNoRoom says that a mail is larger than the room there is for it.
var ErrNoRoom = errors.New("the mail is larger than the room there is for it")

// Export returns the mail of a correction as it arrived, at most room bytes, and notes in
// the trail of each of its cases who took it out of the house. Nothing leaves that is not
// noted. It returns cases.ErrNotFound if the raw mail is gone and ErrNoRoom if it is too
// large, and notes nothing then.
func (d *Desk) Export(ctx context.Context, one Correction, room int, who cases.Actor, now time.Time) ([]byte, error) {
	if !who.Human() {
		return nil, cases.ErrNeedsHuman
	}
	raw, err := d.Archive.Get(ctx, archived(one.Mail))
	if err != nil {
		return nil, fmt.Errorf("read mail of %s: %w", one.Reference, err)
	}
	if len(raw) > room {
		return nil, fmt.Errorf("export %s: %w", one.Reference, ErrNoRoom)
	}
	err = cases.Retry(ctx, d.Store, func(ctx context.Context) (cases.Batch, error) {
		var b cases.Batch
		for _, c := range one.Cases {
			c, trail, err := d.load(ctx, c.ID)
			if err != nil {
				return cases.Batch{}, err
			}
			b.Cases = append(b.Cases, change(c, trail, cases.Entry{
				At: now, Actor: who, Kind: "exported", Text: "Took the mail as it arrived out of the house, as an example of a corrected reading.",
			}))
		}
		return b, nil
	})
	if err != nil {
		return nil, fmt.Errorf("note the export of %s: %w", one.Reference, err)
	}
	return raw, nil
}
