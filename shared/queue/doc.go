// Package queue answers: what is handed to whom?
//
// A Message tells the company's own tools that a request waits in a queue: which
// right under which law, by when, on what proof, and where to read on. It carries
// no words of the mail and no address: whoever needs them opens the case.
//
// The message is a promise to people outside: schema/ describes it as JSON Schema,
// and tests hold the schema, the Go type and the words of the rooms together.
//
// Every category has a schema of its own that narrows this one, and an example; they are
// enough to write a consumer against. scripts/consumer is one: go run ./scripts/consumer
// QUEUE_URL takes the messages of one queue, each once, and prints what they say.
//
// Not its business: which queue a right belongs to (rights), and when a message is
// sent (desk).
package queue
