package desk

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"rightsmail/shared/cases"
	"rightsmail/shared/email"
)

// Split opens a case for each person whom the mail of a case asks for, twenty at a time,
// and hands over those that nobody has to look at first. See cases.Split.
func (d *Desk) Split(ctx context.Context, id cases.ID, version int64, who cases.Actor, now time.Time) error {
	return d.act(ctx, id, version, func(ctx context.Context, c cases.Case, b *cases.Batch) (cases.Case, []cases.Entry, error) {
		right, err := d.Book.Right(c.Right, c.Clock.ReceivedOn)
		if err != nil {
			return c, nil, fmt.Errorf("open a case for each person of %s: %w", id, err)
		}
		n := 0
		next := func() (cases.ID, error) { return d.freeID(ctx, id.Reference(), &n) }
		consumer := func(p cases.Person) string {
			if p.Email != "" {
				return cases.Consumer(d.Settings.Key, email.Key(p.Email))
			}
			// Somebody without an address is somebody only in the mails of this sender.
			return cases.Consumer(d.Settings.Key, email.Key(c.Requester.Address)+" for "+strings.ToLower(p.Name))
		}
		before := c
		c, entry, opened, entries, err := cases.Split(c, who, right, next, consumer, now)
		if err != nil {
			return c, nil, err
		}
		for i, one := range opened {
			b.Cases = append(b.Cases, change(one, nil, entries[i]))
			b.Effects = append(b.Effects, d.handOff(one, now))
		}
		switch {
		case c.Status == cases.Closed:
			if c, err = d.giveBack(ctx, c, b, now); err != nil {
				return c, nil, err
			}
			err = d.dropDrafts(ctx, c, b, now)
		case c.Status == cases.Open && c.Queue != before.Queue:
			b.Effects = append(b.Effects, d.handOff(c, now))
		}
		return c, []cases.Entry{entry}, err
	})
}

// freeID is the first name behind *n under a reference that no case has.
func (d *Desk) freeID(ctx context.Context, reference string, n *int) (cases.ID, error) {
	for {
		*n++
		id := cases.CaseID(reference, *n)
		_, err := d.Store.Case(ctx, id)
		if errors.Is(err, cases.ErrNotFound) {
			return id, nil
		}
		if err != nil {
			return "", fmt.Errorf("look for a free name under %s: %w", reference, err)
		}
	}
}
