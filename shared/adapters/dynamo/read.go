package dynamo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"rightsmail/shared/cases"
	"rightsmail/shared/cases/record"
	"rightsmail/shared/limits"
)

// Mail returns one mail; see cases.Store.
func (s *Store) Mail(ctx context.Context, id cases.MailID) (m cases.Mail, err error) {
	i, err := s.get(ctx, keyOf(mailPK(id), skMail))
	if err == nil {
		err = json.Unmarshal([]byte(i.text(attrBody)), &m)
	}
	return m, found(err, "mail", string(id))
}

// Case returns one case; see cases.Store.
func (s *Store) Case(ctx context.Context, id cases.ID) (c cases.Case, err error) {
	i, err := s.get(ctx, keyOf(casePK(id), skHead))
	if err == nil {
		c, err = readHead(i)
	}
	return c, found(err, "case", string(id))
}

// Ledger returns the ledger for a key, an empty one if there is none.
func (s *Store) Ledger(ctx context.Context, key limits.Key) (limits.Ledger, error) {
	l := limits.Ledger{Key: key}
	i, err := s.get(ctx, keyOf(ledgerPK(key), skLedger))
	if errors.Is(err, cases.ErrNotFound) {
		return l, nil
	}
	if err == nil {
		var version int64
		if version, err = i.version(); err == nil {
			l, err = record.DecodeLedger([]byte(i.text(attrBody)), key, version)
		}
	}
	return l, found(err, "ledger of", string(key.Right))
}

// Counter returns a counter, an empty one if there is none. One that has expired is
// returned as it is until DynamoDB removes it, which may take days.
func (s *Store) Counter(ctx context.Context, key string) (cases.Counter, error) {
	i, err := s.get(ctx, keyOf(counterPK(key), skCounter))
	if errors.Is(err, cases.ErrNotFound) {
		return cases.Counter{Key: key}, nil
	}
	c := cases.Counter{Key: key}
	if err == nil {
		c, err = readCounter(i, key)
	}
	return c, found(err, "counter", key)
}

// Effect returns one outbox entry; see cases.Store.
func (s *Store) Effect(ctx context.Context, id string) (e cases.Effect, err error) {
	i, err := s.get(ctx, keyOf(outboxPK(id), skOutbox))
	if err == nil {
		e, err = readEffect(i)
	}
	return e, found(err, "effect", id)
}

// get reads one item as it is now, or ErrNotFound. Its schema is one that can be read.
func (s *Store) get(ctx context.Context, key item) (item, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	out, err := s.client.GetItem(ctx, &dynamodb.GetItemInput{TableName: &s.table, Key: key, ConsistentRead: aws.Bool(true)})
	if err != nil {
		return nil, s.explain(ctx, err)
	}
	if len(out.Item) == 0 {
		return nil, cases.ErrNotFound
	}
	return out.Item, item(out.Item).readable()
}

// found says what was looked for.
func found(err error, what, id string) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, cases.ErrNotFound):
		return fmt.Errorf("%s %q: %w", what, id, err)
	}
	return fmt.Errorf("read %s %q: %w", what, id, err)
}

// Trail returns the entries of a case; see cases.Store.
//
// A query is no snapshot: it may meet the entries of a change without the head that goes
// with them, or, where it takes several answers, a head whose entries it has passed. The
// head says how far the trail goes; what is beyond is left out, and what is missing is
// read again.
func (s *Store) Trail(ctx context.Context, id cases.ID) ([]cases.Entry, error) {
	for attempt := 1; ; attempt++ {
		items, err := s.collection(ctx, casePK(id))
		if err != nil {
			return nil, found(err, "trail of case", string(id))
		}
		entries, whole, err := readTrail(items)
		if err != nil || whole {
			return entries, found(err, "trail of case", string(id))
		}
		if attempt == attempts {
			return nil, fmt.Errorf("trail of case %q does not reach as far as its case says: entries are missing in the table", id)
		}
		if err := s.backOff(ctx, attempt); err != nil {
			return nil, found(err, "trail of case", string(id))
		}
	}
}

// collection reads all items of a partition, by their sort keys.
func (s *Store) collection(ctx context.Context, pk string) ([]item, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	e, err := expression.NewBuilder().WithKeyCondition(expression.Key(attrPK).Equal(expression.Value(pk))).Build()
	if err != nil {
		return nil, err
	}
	in := &dynamodb.QueryInput{
		TableName: &s.table, ConsistentRead: aws.Bool(true), KeyConditionExpression: e.KeyCondition(),
		ExpressionAttributeNames: e.Names(), ExpressionAttributeValues: e.Values(),
	}
	var items []item
	for {
		out, err := s.client.Query(ctx, in)
		if err != nil {
			return nil, s.explain(ctx, err)
		}
		for _, i := range out.Items {
			items = append(items, i)
		}
		if len(out.LastEvaluatedKey) == 0 {
			return items, nil
		}
		in.ExclusiveStartKey = out.LastEvaluatedKey
	}
}

// readTrail puts the entries of a case together, oldest first, and says whether they are
// all that the head knows of.
func readTrail(items []item) (entries []cases.Entry, whole bool, err error) {
	var head item
	var later []cases.Entry
	for _, i := range items {
		if err := i.readable(); err != nil {
			return nil, false, err
		}
		some, err := readEntries(i)
		if err != nil {
			return nil, false, err
		}
		switch sk := i.text(attrSK); {
		case sk == skHead:
			head, entries = i, some
		case strings.HasPrefix(sk, eventPrefix):
			later = append(later, some...)
		}
	}
	if head == nil {
		return nil, false, cases.ErrNotFound
	}
	entries = append(entries, later...)
	last, err := head.count(attrLast)
	if err != nil {
		return nil, false, err
	}
	if beyond := slices.IndexFunc(entries, func(e cases.Entry) bool { return int64(e.N) > last }); beyond >= 0 {
		entries = entries[:beyond]
	}
	if n := len(entries); n > 0 {
		return entries, int64(entries[n-1].N) == last && entries[n-1].Hash == head.text(attrHash), nil
	}
	return nil, last == 0, nil
}

func readEntries(i item) ([]cases.Entry, error) {
	text := i.text(attrEntries)
	if text == "" {
		return nil, nil
	}
	var entries []cases.Entry
	if err := json.Unmarshal([]byte(text), &entries); err != nil {
		return nil, fmt.Errorf("read entries: %w", err)
	}
	return entries, nil
}
