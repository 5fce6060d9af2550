package dynamo

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// TTL is the attribute after which DynamoDB removes an item, in seconds since 1970. Only
// counters have it.
const TTL = "ttl"

// The attributes of an item. Those of the indexes are named after them: gsi1pk, gsi1sk.
const (
	attrPK      = "pk"
	attrSK      = "sk"
	attrSchema  = "v"
	attrToken   = "t" // of the Commit that wrote the item
	attrVersion = "version"
	attrBody    = "body"
	attrEntries = "entries"
	attrLast    = "last"     // number of the last entry of a trail
	attrHash    = "lasthash" // and its hash
	attrPayload = "payload"
	attrN       = "n"
	attrExpires = "expires"

	attrQueue    = "queue"
	attrStatus   = "status"
	attrAck      = "ack"
	attrReceived = "received"
	attrMail     = "mail"
	attrCase     = "case"
	attrKind     = "kind"
	attrState    = "state"
)

// index is a secondary index.
type index string

const (
	byOwner index = "gsi1" // the queue of a case, the case of an effect
	byStage index = "gsi2" // everything, cases apart by whether they are closed
	byTime  index = "gsi3" // the year of a case, the effects that wait
	byMail  index = "gsi4"
)

func (g index) pk() string { return string(g) + "pk" }
func (g index) sk() string { return string(g) + "sk" }

// filters are what each index knows beside its keys. DynamoDB allows one hundred in all.
var filters = map[index][]string{
	byOwner: {attrSchema, attrStatus, attrAck, attrReceived, attrKind, attrState, attrMail},
	byStage: {attrSchema, attrStatus, attrAck, attrReceived, attrKind, attrState, attrQueue},
	byTime:  {attrSchema, attrStatus, attrAck, attrReceived, attrKind, attrState, attrQueue},
	byMail:  {attrSchema, attrStatus, attrAck, attrReceived, attrKind, attrState, attrQueue},
}

var indexes = []index{byOwner, byStage, byTime, byMail}

// Schema is the table as CreateTable takes it: its keys, its indexes and its stream, which
// tells of every item as it becomes.
func Schema(table string) *dynamodb.CreateTableInput {
	in := &dynamodb.CreateTableInput{
		TableName:            &table,
		BillingMode:          types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{text(attrPK), text(attrSK)},
		KeySchema:            keys(attrPK, attrSK),
		StreamSpecification: &types.StreamSpecification{
			StreamEnabled: aws.Bool(true), StreamViewType: types.StreamViewTypeNewImage,
		},
	}
	for _, g := range indexes {
		in.AttributeDefinitions = append(in.AttributeDefinitions, text(g.pk()), text(g.sk()))
		in.GlobalSecondaryIndexes = append(in.GlobalSecondaryIndexes, types.GlobalSecondaryIndex{
			IndexName: aws.String(string(g)),
			KeySchema: keys(g.pk(), g.sk()),
			Projection: &types.Projection{
				ProjectionType: types.ProjectionTypeInclude, NonKeyAttributes: filters[g],
			},
		})
	}
	return in
}

// Create makes the table of Schema and waits until it can be used, at most a minute. Tests
// call it; on AWS the template makes the table.
func Create(ctx context.Context, client *dynamodb.Client, table string) error {
	if _, err := client.CreateTable(ctx, Schema(table)); err != nil {
		return fmt.Errorf("create table %q: %w", table, err)
	}
	err := dynamodb.NewTableExistsWaiter(client).Wait(ctx, &dynamodb.DescribeTableInput{TableName: &table}, time.Minute)
	if err != nil {
		return fmt.Errorf("wait for table %q: %w", table, err)
	}
	return nil
}

func text(name string) types.AttributeDefinition {
	return types.AttributeDefinition{AttributeName: &name, AttributeType: types.ScalarAttributeTypeS}
}

func keys(hash, sort string) []types.KeySchemaElement {
	return []types.KeySchemaElement{
		{AttributeName: &hash, KeyType: types.KeyTypeHash},
		{AttributeName: &sort, KeyType: types.KeyTypeRange},
	}
}
