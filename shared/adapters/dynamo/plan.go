package dynamo

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"

	"rightsmail/shared/cases"
	"rightsmail/shared/cases/record"
)

// errBusy says that DynamoDB left reads undone again and again.
var errBusy = errors.New("the table does not keep up: try again, and look at its throttles")

// Bounds of places. A place begins with a digit, and its stamp is followed by a space.
const (
	firstPlace, lastPlace = "0", "3"
	firstStamp, lastStamp = "0", ":"
	afterStamp            = "!"
)

// mostYears is how many years a query may span to be asked year by year.
const mostYears = 12

// planCases chooses the spans with the fewest rows: the cases of a mail are a handful, the
// open ones a few hundred, those of a year or a queue what they are.
func planCases(q cases.Query, after string) []span {
	var f condition
	in(&f, attrStatus, q.Statuses)
	in(&f, attrAck, q.AckStates)
	if !q.ReceivedFrom.IsZero() {
		f.and(expression.Name(attrReceived).GreaterThanEqual(expression.Value(record.Stamp(q.ReceivedFrom))))
	}
	if !q.ReceivedTo.IsZero() {
		f.and(expression.Name(attrReceived).LessThan(expression.Value(record.Stamp(q.ReceivedTo))))
	}
	closed, open := lets(q.Statuses, cases.Closed), !only(q.Statuses, cases.Closed)
	p := span{from: max(firstPlace, after), to: lastPlace}
	if !open {
		p.from = max(closedPlace, after)
	}
	if !closed {
		p.to = closedPlace
	}
	if p.from > p.to {
		return nil // a cursor beyond the end
	}
	years := yearsOf(q)
	switch {
	case q.Mail != "":
		p.index, p.partition = byMail, mailPartition(string(q.Mail))
		f.equal(attrQueue, string(q.Queue))
	case q.Queue != "" && (!closed || years == nil):
		p.index, p.partition = byOwner, queuePartition(string(q.Queue))
	case closed && years != nil:
		p.index = byTime
		f.equal(attrQueue, string(q.Queue))
		return p.each(f, years)
	default:
		p.index = byStage
		var stages []string
		if open {
			stages = append(stages, unfinished)
		}
		if closed {
			stages = append(stages, finished)
		}
		return p.each(f, stages)
	}
	return p.each(f, []string{p.partition})
}

// each is the span in several partitions.
func (p span) each(f condition, partitions []string) []span {
	var all []span
	p.filter = f.c
	for _, p.partition = range partitions {
		all = append(all, p)
	}
	return all
}

// yearsOf names the partitions of the years that a query spans; nil if it is open at an end
// or spans too many.
func yearsOf(q cases.Query) []string {
	if q.ReceivedFrom.IsZero() || q.ReceivedTo.IsZero() {
		return nil
	}
	first, last := q.ReceivedFrom.UTC().Year(), q.ReceivedTo.Add(-time.Nanosecond).UTC().Year()
	if last-first >= mostYears {
		return nil
	}
	years := []string{}
	for y := first; y <= last; y++ {
		years = append(years, yearPartition(y))
	}
	return years
}

// lets reports whether a list of statuses lets one through; an empty one lets all.
func lets(statuses []cases.Status, s cases.Status) bool {
	return len(statuses) == 0 || slices.Contains(statuses, s)
}

func only(statuses []cases.Status, s cases.Status) bool {
	other := func(one cases.Status) bool { return one != s }
	return len(statuses) > 0 && !slices.ContainsFunc(statuses, other)
}

// matches asks of a case, as it is now, what the index was asked of its row.
func matches(q cases.Query, c cases.Case) bool {
	return (q.Queue == "" || c.Queue == q.Queue) &&
		(q.Mail == "" || c.Mail == q.Mail) &&
		lets(q.Statuses, c.Status) &&
		(len(q.AckStates) == 0 || slices.Contains(q.AckStates, c.Acknowledgement.State)) &&
		!c.Received.Before(q.ReceivedFrom) &&
		(q.ReceivedTo.IsZero() || c.Received.Before(q.ReceivedTo))
}

func matchesEffect(q cases.EffectQuery, e cases.Effect) bool {
	return (q.Kind == "" || e.Kind == q.Kind) && (q.State == "" || e.State == q.State) &&
		(q.Case == "" || e.Case == q.Case) && (q.Mail == "" || e.Mail == q.Mail)
}

// effectRows are the rows of a list of the outbox, newest first.
func (s *Store) effectRows(ctx context.Context, q cases.EffectQuery, from string, rows int) (merged, error) {
	p := span{from: firstStamp, to: lastStamp, backward: true}
	if from != "" {
		p.to = from
	}
	if p.from > p.to {
		return merged{}, nil // a cursor beyond the end
	}
	var f condition
	f.equal(attrKind, string(q.Kind))
	switch {
	case q.Case != "":
		p.index, p.partition = byOwner, casePartition(string(q.Case))
		f.equal(attrMail, string(q.Mail))
		f.equal(attrState, string(q.State))
	case q.Mail != "":
		p.index, p.partition = byMail, sentPartition(string(q.Mail))
		f.equal(attrState, string(q.State))
	case q.State == cases.EffectPending:
		return s.pendingRows(ctx, f, from)
	case q.State == cases.EffectDraft || q.State == cases.EffectFailed:
		p.index, p.partition = byTime, statePartition(string(q.State))
	default:
		p.index, p.partition = byStage, outbox
		f.equal(attrState, string(q.State))
	}
	return s.merge(p.each(f, []string{p.partition}), from, rows)
}

// pendingRows reads all that is pending, for the index has it in the order in which it is
// to be tried. That is a backlog at most; what is done is far more.
func (s *Store) pendingRows(ctx context.Context, f condition, from string) (merged, error) {
	p := span{index: byTime, partition: waiting, from: firstStamp, to: lastStamp, filter: f.c}
	w, err := s.walk(p, answerMost)
	if err != nil {
		return merged{}, err
	}
	var rows []row
	for {
		r, err := w.peek(ctx)
		if err != nil {
			return merged{}, err
		}
		if r == nil {
			break
		}
		w.drop()
		r.place = r.place[min(len(record.StampLayout)+1, len(r.place)):] // without the stamp of NotBefore
		if from == "" || r.place < from {
			rows = append(rows, *r)
		}
	}
	slices.SortFunc(rows, func(a, b row) int { return strings.Compare(b.place, a.place) })
	return merged{walkers: []*walker{{rows: rows, done: true}}, backward: true}, nil
}
