package queue

import (
	"embed"
	"errors"
	"fmt"
	"slices"
)

//go:embed schema/*.json
var files embed.FS

// ErrUnknownCategory: no queue has this name.
var ErrUnknownCategory = errors.New("unknown category")

// Categories are the queues that messages are handed to, by the names in Message.Queue.
// The caller owns the slice.
func Categories() []string { return slices.Clone(queues) }

// SchemaJSON describes Message for its consumers, as JSON Schema draft 2020-12: what the
// messages of all categories have in common. The caller owns the bytes.
func SchemaJSON() []byte { return file(Schema + ".schema.json") }

// ExampleJSON is a message that the schema allows. The caller owns the bytes.
func ExampleJSON() []byte { return file(Schema + ".example.json") }

// SchemaFor narrows SchemaJSON, which it refers to by its $id, to one category: the name
// of the queue, and the rights that may wait there. A validator needs both. The error is
// ErrUnknownCategory. The caller owns the bytes.
func SchemaFor(category string) ([]byte, error) { return ofCategory(category, "schema") }

// ExampleFor is a message as it arrives in the queue of a category, with the law and the
// dates of a real one. The error is ErrUnknownCategory. The caller owns the bytes.
func ExampleFor(category string) ([]byte, error) { return ofCategory(category, "example") }

// JobSchemaJSON describes Job, as JSON Schema draft 2020-12. The caller owns the bytes.
func JobSchemaJSON() []byte { return file(JobSchema + ".schema.json") }

// JobExampleJSON is a job that the schema allows. The caller owns the bytes.
func JobExampleJSON() []byte { return file(JobSchema + ".example.json") }

func ofCategory(category, what string) ([]byte, error) {
	if !slices.Contains(queues, category) {
		return nil, fmt.Errorf("read %s of category: %w: must be one of %q", what, ErrUnknownCategory, queues)
	}
	return file(Schema + "." + category + "." + what + ".json"), nil
}

// file reads what was embedded. Every name that is asked for is there, or the tests fail.
func file(name string) []byte {
	raw, err := files.ReadFile("schema/" + name)
	if err != nil {
		return nil
	}
	return raw
}
