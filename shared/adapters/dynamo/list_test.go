package dynamo_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"rightsmail/shared/cases"
	"rightsmail/shared/rights"
)

// walks says which partitions of which indexes a list asked, "gsi1 Q#ccpa", with the
// bounds of its places.
func (s *script) walks() []string {
	var all []string
	for _, r := range s.asked {
		if r.operation != "Query" {
			continue
		}
		values := r.body["ExpressionAttributeValues"].(item)
		// The filter, if there is one, takes the first placeholders, the keys the last three.
		last := len(values)
		text := func(i int) string { return textOf(values, fmt.Sprintf(":%d", i)) }
		all = append(all, fmt.Sprintf("%s %s %s..%s", r.body["IndexName"], text(last-3), text(last-2), text(last-1)))
	}
	return all
}

func TestListsWalkTheIndexWithTheFewestRows(t *testing.T) {
	day := func(year, month, day int) time.Time {
		return time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	}
	open := []cases.Status{cases.Open, cases.Held}
	closed := []cases.Status{cases.Closed}
	for name, c := range map[string]struct {
		q    cases.Query
		want []string
	}{
		"everything":       {cases.Query{}, []string{"gsi2 UNFINISHED 0..3", "gsi2 CLOSED 0..3"}},
		"what is open":     {cases.Query{Statuses: open}, []string{"gsi2 UNFINISHED 0..2"}},
		"what is closed":   {cases.Query{Statuses: closed}, []string{"gsi2 CLOSED 2..3"}},
		"a mail":           {cases.Query{Mail: "m"}, []string{"gsi4 M#m 0..3"}},
		"a queue":          {cases.Query{Queue: "q"}, []string{"gsi1 Q#q 0..3"}},
		"open in a queue":  {cases.Query{Queue: "q", Statuses: open}, []string{"gsi1 Q#q 0..2"}},
		"closed in one":    {cases.Query{Queue: "q", Statuses: closed}, []string{"gsi1 Q#q 2..3"}},
		"a year":           {cases.Query{ReceivedFrom: day(2026, 1, 1), ReceivedTo: day(2027, 1, 1)}, []string{"gsi3 Y#2026 0..3"}},
		"over new year":    {cases.Query{ReceivedFrom: day(2025, 7, 1), ReceivedTo: day(2026, 7, 1)}, []string{"gsi3 Y#2025 0..3", "gsi3 Y#2026 0..3"}},
		"no time at all":   {cases.Query{ReceivedFrom: day(2026, 1, 1), ReceivedTo: day(2026, 1, 1)}, []string{}},
		"a year and open":  {cases.Query{Statuses: open, ReceivedFrom: day(2026, 1, 1), ReceivedTo: day(2027, 1, 1)}, []string{"gsi2 UNFINISHED 0..2"}},
		"a century":        {cases.Query{ReceivedFrom: day(1926, 1, 1), ReceivedTo: day(2027, 1, 1)}, []string{"gsi2 UNFINISHED 0..3", "gsi2 CLOSED 0..3"}},
		"since":            {cases.Query{ReceivedFrom: day(2026, 1, 1)}, []string{"gsi2 UNFINISHED 0..3", "gsi2 CLOSED 0..3"}},
		"a year, a queue":  {cases.Query{Queue: "q", ReceivedFrom: day(2026, 1, 1), ReceivedTo: day(2027, 1, 1)}, []string{"gsi3 Y#2026 0..3"}},
		"unsent, anywhere": {cases.Query{AckStates: []cases.AckState{cases.AckHeld}}, []string{"gsi2 UNFINISHED 0..3", "gsi2 CLOSED 0..3"}},
	} {
		store, script := played(t, slices.Repeat([]answer{rows(false)}, len(c.want))...)
		_, err := store.Cases(ctx, c.q)
		require.NoError(t, err, name)
		require.ElementsMatch(t, c.want, script.walks(), name)
	}
	for name, c := range map[string]struct {
		q    cases.EffectQuery
		want string
	}{
		"everything": {cases.EffectQuery{}, "gsi2 EFFECTS 0..:"},
		"a case":     {cases.EffectQuery{Case: "c", Mail: "m", State: cases.EffectPending}, "gsi1 E#c 0..:"},
		"a mail":     {cases.EffectQuery{Mail: "m"}, "gsi4 EM#m 0..:"},
		"pending":    {cases.EffectQuery{State: cases.EffectPending}, "gsi3 PENDING 0..:"},
		"drafts":     {cases.EffectQuery{State: cases.EffectDraft}, "gsi3 S#draft 0..:"},
		"failed":     {cases.EffectQuery{State: cases.EffectFailed}, "gsi3 S#failed 0..:"},
		"done":       {cases.EffectQuery{State: cases.EffectDone}, "gsi2 EFFECTS 0..:"},
	} {
		store, script := played(t, rows(false))
		_, err := store.Effects(ctx, c.q)
		require.NoError(t, err, name)
		require.Equal(t, []string{c.want}, script.walks(), name)
	}
}

// listed are the items of n mails and their heads in order.
func listed(t *testing.T, n int) (table map[string]item, heads []item) {
	table = map[string]item{}
	for i := range n {
		for pk, one := range stored(t, mail(i)) {
			table[pk] = one
		}
		heads = append(heads, table[fmt.Sprintf("CASE#RM-TEST-%04d-1", i)])
	}
	return table, heads
}

func names(page cases.Page) []string {
	all := []string{}
	for _, c := range page.Cases {
		all = append(all, string(c.ID[8:12]))
	}
	return all
}

var inQueue = cases.Query{Queue: rights.QueueCCPA, Limit: 2}

func TestPageGoesOnWhereTheLastEnded(t *testing.T) {
	table, heads := listed(t, 4)
	store, script := played(t,
		rows(true, heads[:3]...), bodies(table),
		rows(false, heads[1:]...), bodies(table)) // the bounds of a walk include the last place
	first, err := store.Cases(ctx, inQueue)
	require.NoError(t, err)
	require.Equal(t, []string{"0000", "0001"}, names(first))
	require.NotEmpty(t, first.Next)

	q := inQueue
	q.Cursor = first.Next
	second, err := store.Cases(ctx, q)
	require.NoError(t, err)
	require.Equal(t, []string{"0002", "0003"}, names(second))
	require.Empty(t, second.Next)
	require.Equal(t, "gsi1 Q#ccpa "+textOf(heads[1], "gsi1sk")+"..3", script.walks()[1])
	script.requireOver()

	store, _ = played(t)
	q.Queue = rights.QueueGDPR
	_, err = store.Cases(ctx, q)
	require.ErrorIs(t, err, cases.ErrBadCursor)
}

func TestAnswersThatHoldLittleAreJoined(t *testing.T) {
	table, heads := listed(t, 2)
	store, script := played(t,
		says(item{"Items": []item{}, "LastEvaluatedKey": item{"pk": s("x"), "sk": s("y")}}), // a filter left nothing
		rows(true, heads[0]), rows(false, heads[1]), bodies(table))
	page, err := store.Cases(ctx, inQueue)
	require.NoError(t, err)
	require.Equal(t, []string{"0000", "0001"}, names(page))
	require.Empty(t, page.Next)
	require.Equal(t, item{"pk": s("x"), "sk": s("y")}, script.asked[1].body["ExclusiveStartKey"])
	require.Greater(t, script.asked[1].body["Limit"], script.asked[0].body["Limit"])
	script.requireOver()
}

func TestRowsThatAreBehindTheTableAreLookedAtAgain(t *testing.T) {
	table, heads := listed(t, 4)
	moved := mail(1)
	moved.Cases[0].Case.Queue = rights.QueueGDPR
	table["CASE#RM-TEST-0001-1"] = stored(t, moved)["CASE#RM-TEST-0001-1"] // does not match any more
	delete(table, "CASE#RM-TEST-0002-1")                                   // is gone
	store, script := played(t,
		rows(true, heads[0], heads[1], heads[2]), bodies(table),
		rows(false, heads[0], heads[3]), bodies(table)) // the first at its new place as well
	page, err := store.Cases(ctx, inQueue)
	require.NoError(t, err)
	require.Equal(t, []string{"0000", "0003"}, names(page))
	require.Empty(t, page.Next)
	script.requireOver()
}

func TestBodiesThatAreLeftOverAreAskedForAgain(t *testing.T) {
	table, heads := listed(t, 2)
	one, two := textOf(heads[0], "pk"), textOf(heads[1], "pk")
	store, script := played(t, rows(false, heads...), bodies(table, two), bodies(table, two), bodies(table))
	page, err := store.Cases(ctx, inQueue)
	require.NoError(t, err)
	require.Equal(t, []string{"0000", "0001"}, names(page))
	require.Len(t, script.pauses, 2)
	script.requireOver()

	never := slices.Repeat([]answer{bodies(table, one, two)}, 10)
	store, script = played(t, append([]answer{rows(false, heads...)}, never...)...)
	_, err = store.Cases(ctx, inQueue)
	require.ErrorContains(t, err, "does not keep up")
	script.requireOver()
}

func TestMoreThanAHundredBodiesTakeSeveralRequests(t *testing.T) {
	var heads []item
	for i := range 250 {
		heads = append(heads, item{"pk": s(fmt.Sprint("CASE#", i)), "sk": s("HEAD"), "gsi1sk": s(fmt.Sprintf("0 %04d", i))})
	}
	store, script := played(t, rows(false, heads...), bodies(nil), bodies(nil), bodies(nil))
	_, err := store.Cases(ctx, cases.Query{Queue: rights.QueueCCPA, Limit: 500})
	require.NoError(t, err)
	script.requireOver()
}

func TestSeveralYearsAreOneList(t *testing.T) {
	table, heads := listed(t, 4)
	store, script := played(t, rows(false, heads[1], heads[2]), rows(false, heads[0], heads[3]), bodies(table))
	page, err := store.Cases(ctx, cases.Query{ReceivedFrom: monday.AddDate(-1, 0, 0), ReceivedTo: monday.AddDate(0, 1, 0)})
	require.NoError(t, err)
	require.Equal(t, []string{"0000", "0001", "0002", "0003"}, names(page))
	script.requireOver()
}

func TestForgedCursorBeyondTheEndIsAnEmptyPage(t *testing.T) {
	_, heads := listed(t, 3)
	table, _ := listed(t, 3)
	for i, h := range heads { // the index says a place beyond all
		h["gsi1sk"] = s(fmt.Sprintf("9 %d", i))
	}
	store, _ := played(t, rows(false, heads...), bodies(table))
	page, err := store.Cases(ctx, inQueue)
	require.NoError(t, err)
	require.NotEmpty(t, page.Next)
	q := inQueue
	q.Cursor = page.Next
	page, err = store.Cases(ctx, q) // asks nothing: DynamoDB refuses bounds in the wrong order
	require.NoError(t, err)
	require.Empty(t, page.Cases)
}
