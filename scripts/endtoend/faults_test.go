package endtoend

import (
	"encoding/json"
	"fmt"
	"strings"
)

// fault is one way in which a call to AWS goes wrong.
type fault string

const (
	none        fault = ""
	lostAnswer  fault = "timeout after commit"    // it was done, and nobody is told
	resetBefore fault = "connection reset before" // it was not done, and nobody is told
	serverError fault = "error 500"
	throttled   fault = "throttled"
	conflicted  fault = "conflict" // a single write met a transaction
)

// cancelled is a transaction that another one was in the way of, at one place.
func cancelled(place int) fault { return fault(fmt.Sprintf("transaction cancelled at %d", place)) }

// faultsOf lists what can happen to a call.
func faultsOf(c call) []fault {
	list := []fault{lostAnswer, resetBefore, serverError, throttled}
	switch c.Operation {
	case "TransactWriteItems":
		for place := range transactionSize(c) {
			list = append(list, cancelled(place))
		}
	case "PutItem", "UpdateItem", "DeleteItem":
		list = append(list, conflicted)
	}
	return list
}

func transactionSize(c call) int {
	var in struct{ TransactItems []json.RawMessage }
	_ = json.Unmarshal(c.Body, &in) // our own request
	return len(in.TransactItems)
}

type faultAnswer struct {
	status     int
	kind, body string
}

// answer is what AWS would say; ok is false where it says nothing.
func (f fault) answer(c call) (a faultAnswer, ok bool) {
	say := func(status int, kind, more string) (faultAnswer, bool) {
		body := fmt.Sprintf(`{"__type":%q,"message":"injected by the test"%s}`, kind, more)
		if c.Service == "s3" {
			body = fmt.Sprintf("<Error><Code>%s</Code><Message>injected by the test</Message></Error>", kind)
		}
		return faultAnswer{status, kind, body}, true
	}
	switch {
	case f == serverError:
		return say(500, "InternalServerError", "")
	case f == throttled && c.Service == "dynamodb":
		return say(400, "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException", "")
	case f == throttled && c.Service == "s3":
		return say(503, "SlowDown", "")
	case f == throttled && c.Service == "ses":
		return say(429, "TooManyRequestsException", "")
	case f == throttled:
		return say(400, "ThrottlingException", "")
	case f == conflicted:
		return say(400, "com.amazonaws.dynamodb.v20120810#TransactionConflictException", "")
	case strings.HasPrefix(string(f), "transaction cancelled at "):
		return say(400, "com.amazonaws.dynamodb.v20120810#TransactionCanceledException", reasons(f, transactionSize(c)))
	}
	return faultAnswer{}, false
}

// reasons are in the order of the actions: a conflict at one place, throttling at the
// one before it if there is one, and nothing at the others.
func reasons(f fault, size int) string {
	var list []string
	for i := range size {
		switch {
		case f == cancelled(i):
			list = append(list, `{"Code":"TransactionConflict","Message":"Transaction is ongoing for the item"}`)
		case i > 0 && f == cancelled(i+1):
			list = append(list, `{"Code":"ThrottlingError","Message":"Throughput exceeds the current limit"}`)
		default:
			list = append(list, `{"Code":"None"}`)
		}
	}
	return `,"CancellationReasons":[` + strings.Join(list, ",") + `]`
}
