package dynamo

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"rightsmail/shared/cases"
)

// Store is one table of DynamoDB. All methods are safe for concurrent use, by any number
// of processes.
type Store struct {
	client *dynamodb.Client
	table  string
	Options
	crowd *crowd
}

var _ cases.Store = (*Store)(nil)

// Options are what a test replaces. The zero value works.
type Options struct {
	// Wait returns after d, or earlier with the context's error; nil is a timer.
	Wait func(ctx context.Context, d time.Duration) error

	// Random draws from [0, 1) how much of a pause is taken; nil is math/rand/v2. It must
	// be safe for concurrent use.
	Random func() float64
}

// Open returns the store on a table, which must be there; see Schema. It asks nothing of
// the table yet. The configuration says where DynamoDB is (Region, BaseEndpoint) and who
// asks (Credentials).
func Open(cfg aws.Config, table string, o Options) *Store {
	if o.Wait == nil {
		o.Wait = wait
	}
	if o.Random == nil {
		o.Random = rand.Float64 // #nosec G404 -- a pause is no secret
	}
	return &Store{client: dynamodb.NewFromConfig(cfg), table: table, Options: o, crowd: newCrowd()}
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// explain puts what DynamoDB says into words that say what to do. A cancelled context
// shows in many shapes; the caller asks for the context's own error.
func (s *Store) explain(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var missing *types.ResourceNotFoundException
	if errors.As(err, &missing) {
		return fmt.Errorf("table %q is not there, or lacks an index: deploy the template again, or name another table (%w)", s.table, err)
	}
	return err
}
