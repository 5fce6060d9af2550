package dynamo

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// row is what an index knows of an item.
type row struct {
	key   item
	place string
	rest  item // what else the index holds
}

// span is a part of one partition of an index.
type span struct {
	index     index
	partition string
	from, to  string // places, both included
	backward  bool
	filter    *expression.ConditionBuilder
}

// walker walks a span in order, one answer of DynamoDB at a time.
type walker struct {
	store *Store
	in    dynamodb.QueryInput
	index index
	rows  []row
	done  bool // nothing comes after rows
}

// Answers grow while a walk goes on: most lists end within the first, and where a filter
// lets little through there must not be a request for every few rows.
const (
	answerGrowth = 4
	answerMost   = 1 << 14 // rows; what one answer holds is less
)

// walk starts at the beginning of a span. The first answer looks at about as many rows as
// are wanted.
func (s *Store) walk(p span, rows int) (*walker, error) {
	key := expression.Key(p.index.pk()).Equal(expression.Value(p.partition)).
		And(expression.Key(p.index.sk()).Between(expression.Value(p.from), expression.Value(p.to)))
	b := expression.NewBuilder().WithKeyCondition(key)
	if p.filter != nil {
		b = b.WithFilter(*p.filter)
	}
	e, err := b.Build()
	if err != nil {
		return nil, err
	}
	return &walker{store: s, index: p.index, in: dynamodb.QueryInput{
		TableName: &s.table, IndexName: aws.String(string(p.index)), ScanIndexForward: aws.Bool(!p.backward),
		KeyConditionExpression: e.KeyCondition(), FilterExpression: e.Filter(),
		ExpressionAttributeNames: e.Names(), ExpressionAttributeValues: e.Values(),
		Limit: aws.Int32(int32(min(max(rows, 1), answerMost))), // #nosec G115 -- bounded
	}}, nil
}

// peek returns the next row and leaves it there; nil at the end.
func (w *walker) peek(ctx context.Context) (*row, error) {
	for len(w.rows) == 0 && !w.done { // a filter may leave nothing of an answer
		if err := w.ask(ctx); err != nil {
			return nil, err
		}
	}
	if len(w.rows) == 0 {
		return nil, nil
	}
	return &w.rows[0], nil
}

func (w *walker) ask(ctx context.Context) error {
	in := w.in
	out, err := w.store.client.Query(ctx, &in)
	if err != nil {
		return w.store.explain(ctx, err)
	}
	for _, i := range out.Items {
		r := row{key: item(i).key(), place: item(i).text(w.index.sk()), rest: i}
		if err := r.rest.readable(); err != nil {
			return err
		}
		w.rows = append(w.rows, r)
	}
	w.in.ExclusiveStartKey = out.LastEvaluatedKey
	w.in.Limit = aws.Int32(min(*w.in.Limit*answerGrowth, answerMost))
	w.done = len(out.LastEvaluatedKey) == 0
	return nil
}

func (w *walker) drop() { w.rows = w.rows[1:] }

// merged is several walks as one, in the order they share.
type merged struct {
	walkers  []*walker
	backward bool
	besides  string // a place that is not asked for: where the page before ended
}

// next returns the next row of all, nil at the end.
func (m merged) next(ctx context.Context) (*row, error) {
	for {
		var best *row
		var from *walker
		for _, w := range m.walkers {
			r, err := w.peek(ctx)
			if err != nil {
				return nil, err
			}
			if r != nil && (best == nil || before(r.place, best.place, m.backward)) {
				best, from = r, w
			}
		}
		if best == nil {
			return nil, nil
		}
		from.drop()
		if best.place != m.besides {
			return best, nil
		}
	}
}

func before(a, b string, backward bool) bool {
	if backward {
		return a > b
	}
	return a < b
}

// condition collects what a filter asks for.
type condition struct{ c *expression.ConditionBuilder }

func (f *condition) and(c expression.ConditionBuilder) {
	if f.c != nil {
		c = f.c.And(c)
	}
	f.c = &c
}

// equal asks for a value; an empty one asks for nothing.
func (f *condition) equal(name, value string) {
	if value != "" {
		f.and(expression.Name(name).Equal(expression.Value(value)))
	}
}

// in asks for one of several values; none ask for nothing.
func in[T ~string](f *condition, name string, values []T) {
	if len(values) == 0 {
		return
	}
	operands := make([]expression.OperandBuilder, len(values))
	for i, v := range values {
		operands[i] = expression.Value(string(v))
	}
	f.and(expression.In(expression.Name(name), operands[0], operands[1:]...))
}

// bodies reads the items of some rows as they are now, by partition key. What is gone is
// not among them.
func (s *Store) bodies(ctx context.Context, rows []row) (map[string]item, error) {
	all := map[string]item{}
	var wanted []map[string]types.AttributeValue
	for _, r := range rows {
		wanted = append(wanted, r.key)
	}
	for len(wanted) > 0 {
		n := min(len(wanted), mostReads)
		if err := s.batch(ctx, wanted[:n], all); err != nil {
			return nil, err
		}
		wanted = wanted[n:]
	}
	return all, nil
}

// mostReads is what DynamoDB takes in one BatchGetItem.
const mostReads = 100

// batch reads items until none is left over: DynamoDB answers with what fits and with what
// its capacity allows, and names the rest.
func (s *Store) batch(ctx context.Context, wanted []map[string]types.AttributeValue, all map[string]item) error {
	request := map[string]types.KeysAndAttributes{s.table: {Keys: wanted, ConsistentRead: aws.Bool(true)}}
	for attempt := 1; ; attempt++ {
		out, err := s.client.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: request})
		if err != nil {
			return s.explain(ctx, err)
		}
		for _, i := range out.Responses[s.table] {
			all[item(i).text(attrPK)] = i
		}
		if request = out.UnprocessedKeys; len(request) == 0 {
			return nil
		}
		if len(out.Responses[s.table]) > 0 {
			attempt = 1 // it moves: the answer was full
		}
		if attempt == attempts {
			return errBusy
		}
		if err := s.backOff(ctx, attempt); err != nil {
			return err
		}
	}
}
