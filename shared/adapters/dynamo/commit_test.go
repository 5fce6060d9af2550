package dynamo_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/dynamo"
	"rightsmail/shared/cases"
)

// A mail with one case is six actions: mail, twin, case, ledger, counter, effect.
const (
	none      = "None"
	condition = "ConditionalCheckFailed"
	conflict  = "TransactionConflict"
)

func TestReasonsOfACancelledTransactionBecomeErrors(t *testing.T) {
	var permanent = errors.New("neither seen nor a conflict")
	for name, c := range map[string]struct {
		reasons answer
		want    error
	}{
		"mail":                        {codes(condition, none, none, none, none, none), cases.ErrSeen},
		"twin":                        {codes(none, condition, none, none, none, none), cases.ErrSeen},
		"mail and everything else":    {codes(condition, condition, condition, condition, condition, condition), cases.ErrSeen},
		"twin and a case":             {codes(none, condition, condition, none, none, none), cases.ErrSeen},
		"twin, after a busy mail":     {codes(conflict, condition, none, none, none, none), cases.ErrSeen},
		"case":                        {codes(none, none, condition, none, none, none), cases.ErrConflict},
		"ledger":                      {codes(none, none, none, condition, none, none), cases.ErrConflict},
		"counter":                     {codes(none, none, none, none, condition, none), cases.ErrConflict},
		"effect":                      {codes(none, none, none, none, none, condition), cases.ErrConflict},
		"ledger, before a busy one":   {codes(none, none, none, condition, conflict, none), cases.ErrConflict},
		"effect, after a busy ledger": {codes(none, none, none, conflict, none, condition), cases.ErrConflict},
		"an item that is too large":   {codes(none, none, "ValidationError", none, none, none), permanent},
		"no reason at all":            {codes(), permanent},
		"a request that is refused":   {fails(400, "ValidationException"), permanent},
		"a table that is not there":   {fails(400, "ResourceNotFoundException"), permanent},
	} {
		store, script := played(t, c.reasons)
		err := store.Commit(ctx, mail(1))
		require.Error(t, err, name)
		if c.want == permanent {
			require.NotErrorIs(t, err, cases.ErrConflict, name)
			require.NotErrorIs(t, err, cases.ErrSeen, name)
		} else {
			require.ErrorIs(t, err, c.want, name)
		}
		script.requireOver() // none of them is sent again
	}
}

func TestSeenMailNamesTheFirst(t *testing.T) {
	first := func(err error) cases.MailID {
		var seen *cases.SeenError
		require.ErrorAs(t, err, &seen)
		return seen.First
	}
	twin := reason{Code: condition, Item: map[string]any{"mail": s("the first")}}
	store, _ := played(t, cancels(reason{Code: none}, twin, reason{Code: condition}))
	require.Equal(t, cases.MailID("the first"), first(store.Commit(ctx, mail(1))))

	store, _ = played(t, cancels(reason{Code: condition}, twin))
	require.Equal(t, cases.MailID("mail-1"), first(store.Commit(ctx, mail(1))), "its own id comes before its twin")
}

func TestBusyTransactionIsSentAgainAsItWas(t *testing.T) {
	reset := &net.OpError{Op: "read", Err: os.NewSyscallError("read", syscall.ECONNRESET)}
	for name, busy := range map[string]answer{
		"conflict of transactions": codes(none, conflict, none, conflict, none, none),
		"throttled action":         codes(none, none, none, none, "ThrottlingError", none),
		"no capacity":              codes(none, "ProvisionedThroughputExceeded", none, none, none, none),
		"conflict and throttle":    codes(conflict, "ThrottlingError", none, none, none, none),
		"in progress":              fails(400, "TransactionInProgressException"),
		"throttled request":        fails(400, "ThrottlingException"),
		"no capacity for it":       fails(400, "ProvisionedThroughputExceededException"),
		"failure inside":           fails(500, "InternalServerError"),
		"connection reset":         breaks(reset),
		"time is over":             breaks(os.ErrDeadlineExceeded),
	} {
		store, script := played(t, busy, busy, busy, done)
		require.NoError(t, store.Commit(ctx, mail(1)), name)
		script.requireOver()
		for _, r := range script.asked[1:] {
			require.Equal(t, script.asked[0], r, "%s: the same request under the same token", name)
		}
		require.LessOrEqual(t, len(script.asked[0].token()), 36)
		require.Equal(t, []time.Duration{12500, 25000, 50000}, micro(script.pauses), "%s: half of 25, 50 and 100 ms", name)
	}
}

func micro(all []time.Duration) []time.Duration {
	out := []time.Duration{}
	for _, d := range all {
		out = append(out, d/time.Microsecond)
	}
	return out
}

func TestTwoCommitsOfTheSameBatchAreTwoRequests(t *testing.T) {
	store, script := played(t, done, done)
	require.NoError(t, store.Commit(ctx, mail(1)))
	require.NoError(t, store.Commit(ctx, mail(1)))
	require.NotEqual(t, script.asked[0].token(), script.asked[1].token(),
		"under one token DynamoDB would tell the loser of a race that it won")
}

// ownItem is what an earlier attempt of the same Commit left behind.
func ownItem(codes ...string) answer {
	return func(r request) (int, string, error) {
		var reasons []reason
		for _, code := range codes {
			reasons = append(reasons, reason{Code: code, Item: map[string]any{"t": s(r.token())}})
		}
		return cancels(reasons...)(r)
	}
}

func TestCommitWhoseAnswerWasLostIsASuccess(t *testing.T) {
	for name, second := range map[string]answer{
		"told by the token":                      done,
		"told by the items, all still there":     ownItem(condition, condition, condition, condition, condition, condition),
		"told by the mail, the rest has changed": cancelsBut(ownItem(condition), 5),
	} {
		store, script := played(t, breaks(os.ErrDeadlineExceeded), second)
		require.NoError(t, store.Commit(ctx, mail(1)), name)
		script.requireOver()
	}
	store, _ := played(t, breaks(os.ErrDeadlineExceeded), cancels(
		reason{Code: condition, Item: map[string]any{"t": s("of somebody else")}}))
	require.ErrorIs(t, store.Commit(ctx, mail(1)), cases.ErrSeen)
}

// cancelsBut adds n failed conditions on items of others.
func cancelsBut(first answer, n int) answer {
	return func(r request) (int, string, error) {
		status, body, err := first(r)
		others := strings.Repeat(`,{"Code":"`+condition+`","Item":{"t":{"S":"of somebody else"}}}`, n)
		return status, strings.Replace(body, "]", others+"]", 1), err
	}
}

func TestRetriesEnd(t *testing.T) {
	for name, c := range map[string]struct {
		busy     answer
		conflict bool
	}{
		"conflict of transactions": {codes(conflict), true}, // reading again is what helps
		"throttled request":        {fails(400, "ThrottlingException"), false},
	} {
		answers := make([]answer, 10)
		for i := range answers {
			answers[i] = c.busy
		}
		store, script := played(t, answers...)
		err := store.Commit(ctx, mail(1))
		require.ErrorContains(t, err, "gave up after 10 attempts", name)
		require.Equal(t, c.conflict, errors.Is(err, cases.ErrConflict), name)
		script.requireOver()
		for _, d := range script.pauses {
			require.LessOrEqual(t, d, time.Second/2, name)
		}
	}
}

func TestContextThatEndsWhileWaitingEndsTheCommit(t *testing.T) {
	for name, busy := range map[string]answer{"before a retry": codes(conflict), "after a conflict": codes(none, none, condition)} {
		gone, cancel := context.WithCancel(ctx)
		script := &script{t: t, answers: []answer{busy}}
		store := script.store(func(ctx context.Context, _ time.Duration) error {
			cancel()
			return ctx.Err()
		})
		err := store.Commit(gone, mail(1))
		require.ErrorIs(t, err, context.Canceled, name)
		require.NotErrorIs(t, err, cases.ErrConflict, name)
		script.requireOver()
	}
}

func TestRealPauseEndsWithItsContext(t *testing.T) {
	gone, cancel := context.WithCancel(ctx)
	script := &script{t: t, answers: []answer{func(r request) (int, string, error) {
		cancel()
		return codes(conflict)(r)
	}}}
	cfg := script.config()
	require.ErrorIs(t, dynamo.Open(cfg, "cases", dynamo.Options{}).Commit(gone, mail(1)), context.Canceled)
}

func TestLosersWaitLongerTheMoreOftenTheyLose(t *testing.T) {
	lost := codes(none, none, condition)
	answers := slices.Repeat([]answer{lost}, 40)
	store, script := played(t, append(answers, done, lost)...)
	for range 40 {
		require.ErrorIs(t, store.Commit(ctx, mail(1)), cases.ErrConflict)
	}
	require.NoError(t, store.Commit(ctx, mail(1)))
	require.ErrorIs(t, store.Commit(ctx, mail(1)), cases.ErrConflict)
	require.Len(t, script.pauses, 41)
	require.Positive(t, script.pauses[0])
	require.Greater(t, script.pauses[2], 2*script.pauses[0])
	require.LessOrEqual(t, script.pauses[39], time.Second, "there is an end to it")
	require.Less(t, script.pauses[40], script.pauses[39], "a success starts again from the beginning")
}

func TestBatchOfMoreThanAHundredItemsIsRefusedForGood(t *testing.T) {
	var b cases.Batch
	for i := range 101 {
		b.Effects = append(b.Effects, cases.Effect{ID: fmt.Sprint(i)})
	}
	store, script := played(t)
	err := store.Commit(ctx, b)
	require.ErrorIs(t, err, dynamo.ErrTooLarge)
	require.NotErrorIs(t, err, cases.ErrConflict)
	script.requireOver()

	store, script = played(t, done)
	b.Effects = b.Effects[1:]
	require.NoError(t, store.Commit(ctx, b))
	require.Len(t, script.asked[0].items(), 100)
}

func TestEmptyBatchAsksNothing(t *testing.T) {
	store, script := played(t)
	require.NoError(t, store.Commit(ctx, cases.Batch{}))
	script.requireOver()
}

func TestNewCaseIsOneItemAndAChangeTwo(t *testing.T) {
	store, script := played(t, done, done)
	require.NoError(t, store.Commit(ctx, cases.Batch{Cases: mail(1).Cases}))
	require.Len(t, script.asked[0].body["TransactItems"], 1)

	require.NoError(t, store.Commit(ctx, changed(1)))
	actions := script.asked[1].body["TransactItems"].([]any)
	require.Len(t, actions, 2)
	update := actions[0].(map[string]any)["Update"].(map[string]any)
	require.NotContains(t, fmt.Sprint(update["ExpressionAttributeNames"]), "entries", "the first entries are never written again")
	require.Equal(t, "EVENT#00000003", textOf(script.asked[1].items()[0], "sk"))
}

func TestKeysAndFiltersHoldNoPersonalData(t *testing.T) {
	store, script := played(t, done, done)
	require.NoError(t, store.Commit(ctx, mail(1)))
	require.NoError(t, store.Commit(ctx, changed(1)))
	for _, i := range append(script.asked[0].items(), script.asked[1].items()...) {
		delete(i, "body")
		delete(i, "payload")
		text := strings.ToLower(fmt.Sprint(i))
		for _, personal := range []string{"erika", "mustermann", "example.org", "delete my account"} {
			require.NotContains(t, text, personal)
		}
	}
}

func TestErrorsHoldNoPersonalData(t *testing.T) {
	for _, a := range []answer{codes(none, none, condition), codes(none, none, "ValidationError"), fails(400, "ValidationException")} {
		store, _ := played(t, a)
		require.NotContains(t, strings.ToLower(store.Commit(ctx, mail(1)).Error()), "erika")
	}
}
