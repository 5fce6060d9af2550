package queue

import (
	_ "embed"
	"slices"
)

//go:embed schema/rightsmail.request.v1.schema.json
var schemaJSON []byte

//go:embed schema/rightsmail.request.v1.example.json
var exampleJSON []byte

// SchemaJSON describes Message for its consumers, as JSON Schema draft 2020-12.
// The caller owns the bytes.
func SchemaJSON() []byte { return slices.Clone(schemaJSON) }

// ExampleJSON is a message that the schema allows. The caller owns the bytes.
func ExampleJSON() []byte { return slices.Clone(exampleJSON) }
