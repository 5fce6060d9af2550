package dynamo_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/dynamo"
	"rightsmail/shared/cases"
	"rightsmail/shared/limits"
	"rightsmail/shared/rights"
)

// item is an item as it goes over the wire.
type item = map[string]any

// stored is what Commit would leave in the table, by partition key.
func stored(t *testing.T, batches ...cases.Batch) map[string]item {
	all := map[string]item{}
	for _, b := range batches {
		store, script := played(t, done)
		require.NoError(t, store.Commit(ctx, b))
		for _, i := range script.asked[0].items() {
			all[textOf(i, "pk")] = i
		}
	}
	return all
}

func found(i item) answer { return says(item{"Item": i}) }

// rows are an answer of a query. More says that there is more.
func rows(more bool, all ...item) answer {
	body := item{"Items": all, "Count": len(all)}
	if more {
		body["LastEvaluatedKey"] = item{"pk": all[len(all)-1]["pk"], "sk": all[len(all)-1]["sk"]}
	}
	return says(body)
}

// bodies answers a BatchGetItem: with what was asked for, in the order of the table, that
// is in none, but for the keys that are left over.
func bodies(table map[string]item, left ...string) answer {
	return func(r request) (int, string, error) {
		some, rest := []item{}, []any{}
		for _, key := range r.body["RequestItems"].(item)["cases"].(item)["Keys"].([]any) {
			pk := textOf(key.(item), "pk")
			if slices.Contains(left, pk) {
				rest = append(rest, key)
			} else if table[pk] != nil {
				some = append([]item{table[pk]}, some...)
			}
		}
		unprocessed := item{}
		if len(rest) > 0 {
			unprocessed["cases"] = item{"Keys": rest, "ConsistentRead": true}
		}
		return says(item{"Responses": item{"cases": some}, "UnprocessedKeys": unprocessed})(r)
	}
}

func TestItemOfANewerSchemaIsRefused(t *testing.T) {
	newer := item{"pk": s("X"), "sk": s("HEAD"), "v": n("2"), "body": s("<xml/>"), "gsi2sk": s("0 x"), "version": n("1")}
	row := item{"pk": s("X"), "sk": s("HEAD"), "v": n("1"), "gsi2sk": s("0 x"), "gsi3sk": s("0 x")}
	table := map[string]item{"X": newer}
	for name, c := range map[string]struct {
		answers []answer
		ask     func(s *dynamo.Store) error
	}{
		"Mail":    {[]answer{found(newer)}, func(s *dynamo.Store) error { _, err := s.Mail(ctx, "x"); return err }},
		"Case":    {[]answer{found(newer)}, func(s *dynamo.Store) error { _, err := s.Case(ctx, "x"); return err }},
		"Ledger":  {[]answer{found(newer)}, func(s *dynamo.Store) error { _, err := s.Ledger(ctx, limits.Key{}); return err }},
		"Counter": {[]answer{found(newer)}, func(s *dynamo.Store) error { _, err := s.Counter(ctx, "x"); return err }},
		"Effect":  {[]answer{found(newer)}, func(s *dynamo.Store) error { _, err := s.Effect(ctx, "x"); return err }},
		"Trail":   {[]answer{rows(false, newer)}, func(s *dynamo.Store) error { _, err := s.Trail(ctx, "x"); return err }},
		"Counts":  {[]answer{rows(false, newer)}, func(s *dynamo.Store) error { _, err := s.Counts(ctx); return err }},
		"Cases": {[]answer{rows(false, row), rows(false), bodies(table)},
			func(s *dynamo.Store) error { _, err := s.Cases(ctx, cases.Query{}); return err }},
		"Effects": {[]answer{rows(false, row), bodies(table)},
			func(s *dynamo.Store) error { _, err := s.Effects(ctx, cases.EffectQuery{}); return err }},
		"Due": {[]answer{rows(false, row), bodies(table)},
			func(s *dynamo.Store) error { _, err := s.Due(ctx, monday, 1); return err }},
	} {
		store, script := played(t, c.answers...)
		require.ErrorIs(t, c.ask(store), dynamo.ErrNewerSchema, name)
		script.requireOver()
	}
}

func TestItemWithoutSchemaOrNewAttributesIsRead(t *testing.T) {
	table := stored(t, mail(1))
	for _, i := range table {
		delete(i, "v")
		delete(i, "t")
		delete(i, "queue")
		delete(i, "ack")
	}
	store, _ := played(t, found(table["CASE#RM-TEST-0001-1"]), found(table["MAIL#mail-1"]), found(table["OUTBOX#ack-RM-TEST-0001-1"]))
	c, err := store.Case(ctx, "RM-TEST-0001-1")
	require.NoError(t, err)
	require.Equal(t, rights.QueueCCPA, c.Queue)
	_, err = store.Mail(ctx, "mail-1")
	require.NoError(t, err)
	_, err = store.Effect(ctx, "ack-RM-TEST-0001-1")
	require.NoError(t, err)
}

func TestEveryReadOfOneThingIsConsistent(t *testing.T) {
	table := stored(t, mail(1))
	head := table["CASE#RM-TEST-0001-1"]
	store, script := played(t, found(head), rows(false, head), rows(false, head), rows(false), bodies(table))
	_, err := store.Case(ctx, "RM-TEST-0001-1")
	require.NoError(t, err)
	_, err = store.Trail(ctx, "RM-TEST-0001-1")
	require.NoError(t, err)
	_, err = store.Cases(ctx, cases.Query{})
	require.NoError(t, err)
	require.Equal(t, true, script.asked[0].body["ConsistentRead"])
	require.Equal(t, true, script.asked[1].body["ConsistentRead"])
	require.Equal(t, true, script.asked[4].body["RequestItems"].(item)["cases"].(item)["ConsistentRead"])
}

// trailItems are a head with two entries and the item of a third.
func trailItems(t *testing.T) (before, after, event item) {
	before = stored(t, mail(1))["CASE#RM-TEST-0001-1"]
	event = stored(t, changed(1))["CASE#RM-TEST-0001-1"]
	after = item{}
	for name, value := range before {
		after[name] = value
	}
	after["last"], after["lasthash"] = n("3"), s(changed(1).Cases[0].Entries[0].Hash)
	return before, after, event
}

func TestTrailThatChangesWhileItIsReadIsRead(t *testing.T) {
	before, after, event := trailItems(t)
	for name, c := range map[string]struct {
		answers []answer
		want    int
	}{
		"whole":                          {[]answer{rows(false, event, after)}, 3},
		"in two answers":                 {[]answer{rows(true, event), rows(false, after)}, 3},
		"entries before their head":      {[]answer{rows(false, event, before)}, 2},
		"head before its entries, again": {[]answer{rows(false, after), rows(false, event, after)}, 3},
	} {
		store, script := played(t, c.answers...)
		trail, err := store.Trail(ctx, "RM-TEST-0001-1")
		require.NoError(t, err, name)
		require.Len(t, trail, c.want, name)
		require.NoError(t, cases.Verify(trail), name)
		script.requireOver()
	}
}

func TestTrailWithoutItsEntriesIsAnError(t *testing.T) {
	_, after, _ := trailItems(t)
	answers := make([]answer, 10)
	for i := range answers {
		answers[i] = rows(false, after)
	}
	store, script := played(t, answers...)
	_, err := store.Trail(ctx, "RM-TEST-0001-1")
	require.ErrorContains(t, err, "entries are missing")
	script.requireOver()
}

func TestMissingTableSaysWhatToDo(t *testing.T) {
	store, _ := played(t, fails(400, "ResourceNotFoundException"))
	_, err := store.Case(ctx, "x")
	require.ErrorContains(t, err, `table "cases" is not there`)
	require.NotErrorIs(t, err, cases.ErrNotFound)
}

func TestSchemaFitsDynamoDB(t *testing.T) {
	in, filters := dynamo.Schema("cases"), 0
	keys := map[string]bool{}
	for _, a := range in.AttributeDefinitions {
		keys[*a.AttributeName] = true
	}
	require.Len(t, keys, 2+2*len(in.GlobalSecondaryIndexes), "DynamoDB refuses a definition that is no key")
	for _, g := range in.GlobalSecondaryIndexes {
		filters += len(g.Projection.NonKeyAttributes)
		require.GreaterOrEqual(t, len(*g.IndexName), 3)
		for _, k := range g.KeySchema {
			require.True(t, keys[*k.AttributeName])
		}
		for _, name := range g.Projection.NonKeyAttributes {
			require.NotContains(t, []string{"body", "payload", "entries"}, name, "no personal data in an index")
		}
	}
	require.LessOrEqual(t, filters, 100, "filters of all indexes")
}
