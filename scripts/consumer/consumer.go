package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"rightsmail/shared/queue"
)

// source is a queue that delivers at least once. What is not removed comes again.
type source interface {
	// receive waits for messages and returns none if none came. Safe to repeat.
	receive(ctx context.Context) ([]delivery, error)
	// remove takes a delivered message out of the queue for good.
	remove(ctx context.Context, d delivery) error
}

// delivery is one delivery of a message.
type delivery struct {
	id     string // of the queue; not the id of the message
	handle string // of this delivery
	body   []byte
}

// consumer handles what waits in one queue.
type consumer struct {
	queue    source
	done     *ledger
	out      io.Writer // one line a request
	problems io.Writer // one line for what stays in the queue
}

// work handles messages until the context ends, or with once until a delivery brings
// nothing that could be removed: what stays would come again for ever.
func (c *consumer) work(ctx context.Context, once bool) error {
	for {
		list, err := c.queue.receive(ctx)
		if ctx.Err() != nil {
			return nil // asked to stop
		}
		if err != nil {
			return err
		}
		removed := 0
		for _, d := range list {
			if ctx.Err() != nil {
				return nil // what was received and not begun comes again
			}
			ok, err := c.handle(ctx, d)
			if err != nil {
				return err
			}
			if ok {
				removed++
			}
		}
		if once && removed == 0 {
			return nil
		}
	}
}

// handle does one message and removes it. The order matters: first the work, then the
// mark that it is done, then out of the queue. A crash in between repeats a step and
// loses nothing.
func (c *consumer) handle(ctx context.Context, d delivery) (removed bool, err error) {
	m, err := read(d.body)
	if err != nil {
		fmt.Fprintf(c.problems, "message %s stays in the queue: %s\n", d.id, err)
		return false, nil
	}
	if !c.done.has(m.ID) {
		if _, err := fmt.Fprintln(c.out, line(m)); err != nil {
			return false, fmt.Errorf("print message %s: %w", d.id, err)
		}
		if err := c.done.add(m.ID); err != nil {
			return false, err
		}
	}
	return true, c.queue.remove(context.WithoutCancel(ctx), d) // what was begun is finished
}

// errSchema: the message is of another time or another program. Whoever guesses what it
// means may do the wrong thing to a person's data.
var errSchema = errors.New("its schema is not " + queue.Schema + "; a newer consumer is needed")

// read takes a message of the schema that it knows, and passes over fields that it does
// not know: they are added within one version.
func read(body []byte) (queue.Message, error) {
	var version struct {
		Schema string `json:"schema"`
	}
	if json.Unmarshal(body, &version) != nil || version.Schema != queue.Schema {
		return queue.Message{}, errSchema
	}
	var m queue.Message
	if json.Unmarshal(body, &m) != nil { // the library's error may quote the body
		return queue.Message{}, errors.New("a field of it is of another type than its schema says")
	}
	if err := m.Validate(); err != nil {
		return queue.Message{}, errors.New(strings.ReplaceAll(err.Error(), "\n", " "))
	}
	return m, nil
}

// line is what a message says, in one line, sorted by the names of the facts. Whatever is
// not a plain word is quoted: no message can begin a line of its own.
func line(m queue.Message) string {
	facts := map[string]string{
		"acknowledge_by": m.AcknowledgeBy, "auto_suppress": strconv.FormatBool(m.AutoSuppress), "case": m.Case, "citation": m.Citation, "consumer": m.Consumer, "id": m.ID,
		"jurisdiction": m.Jurisdiction, "language": m.Language, "law": m.Law, "missing": strings.Join(m.Missing, ","),
		"priority": strconv.Itoa(m.Priority), "queue": m.Queue, "received_at": m.ReceivedAt.UTC().Format("2006-01-02T15:04:05Z"),
		"respond_by": m.RespondBy, "review": strings.Join(m.Review, "; "), "right": m.Right, "role": m.Role, "standing": m.Standing,
		"statutory_due": m.StatutoryDue, "verification": m.Verification, "zone": m.Zone,
	}
	var words []string
	for _, name := range slices.Sorted(maps.Keys(facts)) {
		if fact := facts[name]; fact != "" {
			words = append(words, name+"="+quoted(fact))
		}
	}
	return strings.Join(words, " ")
}

func quoted(s string) string {
	plain := strings.IndexFunc(s, func(r rune) bool {
		return r <= ' ' || r > '~' || r == '"' || r == '=' || r == '\\'
	}) < 0
	if plain {
		return s
	}
	return strconv.QuoteToASCII(s)
}
