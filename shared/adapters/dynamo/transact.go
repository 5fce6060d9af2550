package dynamo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"rightsmail/shared/cases"
)

// transact sends a transaction until DynamoDB has judged it. Each attempt is the same
// request under the same token, so that one whose answer got lost is not judged again.
//
// The retries of the SDK are switched off for it: they know nothing of a cancelled
// transaction, and two loops inside one another would multiply.
func (s *Store) transact(ctx context.Context, w writing) error {
	request := dynamodb.TransactWriteItemsInput{ClientRequestToken: &w.token}
	for _, a := range w.actions {
		request.TransactItems = append(request.TransactItems, a.write)
	}
	for attempt := 1; ; attempt++ {
		in := request // what an attempt does to its input must not reach the next
		began := time.Now()
		_, err := s.client.TransactWriteItems(ctx, &in, once)
		s.crowd.took(time.Since(began))
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		verdict, again := w.judge(err)
		if !again {
			return s.explain(ctx, verdict)
		}
		if attempt == attempts {
			return fmt.Errorf("gave up after %d attempts: %w", attempts, s.explain(ctx, verdict))
		}
		if err := s.backOff(ctx, attempt); err != nil {
			return err
		}
	}
}

func once(o *dynamodb.Options) { o.Retryer = aws.NopRetryer{} }

// The codes of a cancelled transaction. The busy ones say that nothing was judged.
const (
	codeNone      = "None"
	codeCondition = "ConditionalCheckFailed"
	codeConflict  = "TransactionConflict"
	codeThrottled = "ThrottlingError"
	codeCapacity  = "ProvisionedThroughputExceeded"
)

// judge says what an error means, nil for success, and whether the same request may still
// get through.
func (w *writing) judge(err error) (verdict error, again bool) {
	var cancelled *types.TransactionCanceledException
	if !errors.As(err, &cancelled) {
		return err, retry.IsErrorRetryables(retry.DefaultRetryables).IsErrorRetryable(err) == aws.TrueTernary
	}
	refused, conflict, throttled := -1, -1, false
	for n, r := range cancelled.CancellationReasons {
		if n >= len(w.actions) {
			break
		}
		switch code := aws.ToString(r.Code); code {
		case codeNone, "":
		case codeCondition:
			if w.ours(r.Item) {
				return nil, false
			}
			if refused < 0 {
				refused = n
			}
		case codeConflict:
			conflict = n
		case codeThrottled, codeCapacity:
			throttled = true
		default:
			return fmt.Errorf("%s was refused as %s: %w", w.actions[n].what, code, err), false
		}
	}
	switch {
	case refused >= 0:
		return w.refusal(refused, cancelled.CancellationReasons[refused].Item), false
	case throttled:
		return err, true
	case conflict >= 0:
		// Should it never end: somebody else is at it, so reading again is what helps.
		return fmt.Errorf("%s: %w", w.actions[conflict].what, cases.ErrConflict), true
	}
	return err, false
}

// ours says that an earlier attempt of this very Commit wrote the item, and with it all
// the others, though its answer was lost and the token is forgotten, which DynamoDB does
// after ten minutes.
func (w *writing) ours(old item) bool { return old.text(attrToken) == w.token }

// refusal is what a failed condition means. The seen-marks stand first, so that the first
// one that failed tells that a mail was seen before it tells of a conflict.
func (w *writing) refusal(n int, old item) error {
	a := w.actions[n]
	if a.seen == nil {
		return fmt.Errorf("%s: %w", a.what, cases.ErrConflict)
	}
	return &cases.SeenError{First: a.seen(old)}
}
