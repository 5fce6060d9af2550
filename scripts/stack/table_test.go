package stack

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/dynamo"
)

// An index that the template does not have, or has otherwise, would be found missing by
// the first officer who opens a list.
func TestTheTableIsTheOneThatTheStoreWants(t *testing.T) {
	table := flat(t).resources["DataTable"]
	want := dynamo.Schema("cases")

	attributes := map[string]string{}
	for _, a := range want.AttributeDefinitions {
		attributes[*a.AttributeName] = string(a.AttributeType)
	}
	got := map[string]string{}
	for _, a := range list(table.at("AttributeDefinitions")) {
		got[show(a.(map[string]any)["AttributeName"])] = show(a.(map[string]any)["AttributeType"])
	}
	assert.Equal(t, attributes, got)

	keys := func(schema any) (names []string) {
		for _, k := range list(schema) {
			names = append(names, show(k.(map[string]any)["AttributeName"])+" "+show(k.(map[string]any)["KeyType"]))
		}
		return names
	}
	assert.Equal(t, []string{"pk HASH", "sk RANGE"}, keys(table.at("KeySchema")))
	assert.Equal(t, string(want.StreamSpecification.StreamViewType), table.text("StreamSpecification", "StreamViewType"))
	assert.Equal(t, dynamo.TTL, table.text("TimeToLiveSpecification", "AttributeName"))

	indexes := list(table.at("GlobalSecondaryIndexes"))
	require.Len(t, indexes, len(want.GlobalSecondaryIndexes))
	for i, index := range want.GlobalSecondaryIndexes {
		mine := indexes[i].(map[string]any)
		assert.Equal(t, *index.IndexName, show(mine["IndexName"]))
		assert.GreaterOrEqual(t, len(*index.IndexName), 3, "DynamoDB takes no shorter name")
		var wanted, projected []string
		for _, k := range index.KeySchema {
			wanted = append(wanted, *k.AttributeName+" "+string(k.KeyType))
		}
		assert.Equal(t, wanted, keys(mine["KeySchema"]))
		projection := mine["Projection"].(map[string]any)
		assert.Equal(t, string(index.Projection.ProjectionType), show(projection["ProjectionType"]))
		for _, a := range list(projection["NonKeyAttributes"]) {
			projected = append(projected, show(a))
		}
		assert.ElementsMatch(t, index.Projection.NonKeyAttributes, projected, *index.IndexName)
	}
}

// A role may ask the indexes that there are; a name that is written wrong would be a
// permission for nothing.
func TestRolesNameIndexesThatThereAre(t *testing.T) {
	names := map[string]bool{}
	for _, index := range dynamo.Schema("cases").GlobalSecondaryIndexes {
		names["<DataTable.Arn>/index/"+*index.IndexName] = true
	}
	found := 0
	for _, s := range statements(t, flat(t)) {
		if s.sid != "ReadLists" {
			continue
		}
		for _, r := range list(s.body["Resource"]) {
			found++
			assert.True(t, names[show(r)], "%s: %s", s.name(), show(r))
		}
	}
	assert.Equal(t, 6, found)
}
