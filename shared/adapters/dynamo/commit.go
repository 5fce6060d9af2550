package dynamo

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"

	"rightsmail/shared/cases"
	"rightsmail/shared/cases/record"
	"rightsmail/shared/limits"
)

// mostActions is what DynamoDB takes in one transaction.
const mostActions = 100

// ErrTooLarge says that a batch is more than one transaction takes. Trying again does not
// help.
var ErrTooLarge = errors.New("too large for one transaction of DynamoDB: split the batch")

// Commit writes a batch whole or not at all, as one transaction; see cases.Store. It tries
// the same transaction again while DynamoDB is busy, some seconds in all, and a loser of a
// race waits a moment before it is told.
func (s *Store) Commit(ctx context.Context, b cases.Batch) error {
	if err := b.Check(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	// One token for each call, not for each content: of two callers with equal batches the
	// second must be told that it is too late.
	w := writing{table: s.table, token: rand.Text()}
	if err := w.batch(b); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	if len(w.actions) == 0 {
		return nil
	}
	err := s.transact(ctx, w)
	switch {
	case err == nil:
		s.crowd.won()
		return nil
	case errors.Is(err, cases.ErrConflict):
		if waited := s.pause(ctx); waited != nil {
			err = waited
		}
	}
	return fmt.Errorf("commit: %w", err)
}

// writing is a transaction in the making. The order of its actions is that of the reasons
// DynamoDB gives: the seen-marks stand first.
type writing struct {
	table   string
	token   string
	actions []action
}

func (w *writing) batch(b cases.Batch) error {
	if b.Mail != nil {
		if err := w.mail(*b.Mail); err != nil {
			return err
		}
	}
	if err := all(b.Cases, w.change); err != nil {
		return err
	}
	if err := all(b.Ledgers, w.ledger); err != nil {
		return err
	}
	if err := all(b.Counters, w.counter); err != nil {
		return err
	}
	if err := all(b.Effects, w.effect); err != nil {
		return err
	}
	if n := len(w.actions); n > mostActions {
		return fmt.Errorf("%d items, and %d are the most: %w", n, mostActions, ErrTooLarge)
	}
	return nil
}

// all stops at the first error.
func all[T any](list []T, f func(T) error) error {
	for _, one := range list {
		if err := f(one); err != nil {
			return err
		}
	}
	return nil
}

// mail puts the seen-mark, and one for the twin that names the mail.
func (w *writing) mail(m cases.Mail) error {
	body, err := record.EncodeMail(m)
	if err != nil {
		return fmt.Errorf("mail %q: %w", m.ID, err)
	}
	i := newItem(mailPK(m.ID), skMail)
	i.set(attrBody, string(body))
	err = w.put(fmt.Sprintf("mail %q", m.ID), i, absent(), func(item) cases.MailID { return m.ID })
	if err != nil || m.Twin == "" {
		return err
	}
	twin := newItem(twinPK(m.Twin), skTwin)
	twin.set(attrMail, string(m.ID))
	return w.put(fmt.Sprintf("twin of mail %q", m.ID), twin, absent(), func(old item) cases.MailID {
		return cases.MailID(old.text(attrMail))
	})
}

// change writes a case and the entries its trail gains: a new case in one item, a later
// change in two. The head is asked where the trail ends, the place of the entries whether
// it is free, so that no entry can be written over.
func (w *writing) change(ch cases.Change) error {
	c, first, last := ch.Case, ch.Entries[0], ch.Entries[len(ch.Entries)-1]
	what := fmt.Sprintf("case %q", c.ID)
	head, err := headItem(c, last)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	entries, err := record.EncodeEntries(ch.Entries)
	if err != nil {
		return fmt.Errorf("trail of %s: %w", what, err)
	}
	if c.Version == 0 {
		head.set(attrEntries, string(entries))
		return w.put(what, head, absent(), nil)
	}
	here := at(c.Version).
		And(expression.Name(attrLast).Equal(expression.Value(first.N - 1))).
		And(expression.Name(attrHash).Equal(expression.Value(first.Prev)))
	if err := w.update(what, head, here); err != nil {
		return err
	}
	event := newItem(casePK(c.ID), eventSK(first.N))
	event.set(attrEntries, string(entries))
	return w.put("trail of "+what, event, absent(), nil)
}

func (w *writing) ledger(l limits.Ledger) error {
	what := fmt.Sprintf("ledger of %s", l.Key.Right)
	i, err := ledgerItem(l)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return w.put(what, i, atOrAbsent(l.Version), nil)
}

func (w *writing) counter(c cases.Counter) error {
	return w.put("counter", counterItem(c), atOrAbsent(c.Version), nil)
}

func (w *writing) effect(e cases.Effect) error {
	what := fmt.Sprintf("effect %q", e.ID)
	i, err := effectItem(e)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return w.put(what, i, atOrAbsent(e.Version), nil)
}

// absent asks that there is no item under the key yet.
func absent() expression.ConditionBuilder {
	return expression.AttributeNotExists(expression.Name(attrPK))
}

// at asks that the item is still at the version that the caller read.
func at(version int64) expression.ConditionBuilder {
	return expression.Name(attrVersion).Equal(expression.Value(version))
}

func atOrAbsent(version int64) expression.ConditionBuilder {
	if version == 0 {
		return absent()
	}
	return at(version)
}
