package cases

import (
	"errors"
	"fmt"
)

// Check reports what no Store can write: an item without an id, an item that is
// changed twice, entries that do not follow one another. Every Store calls it
// first, so that a mistake of ours is an error at once and not a conflict that is
// tried again and again.
//
// "Once per item" is a rule of DynamoDB's transactions. Two requests of one mail
// that touch the same ledger must be merged by whoever builds the batch.
func (b Batch) Check() error {
	var c checklist
	if b.Mail != nil {
		c.once("mail", string(b.Mail.ID))
	}
	for _, ch := range b.Cases {
		c.once("case", string(ch.Case.ID))
		if err := ch.check(); err != nil {
			c.add(fmt.Errorf("case %q: %w", ch.Case.ID, err))
		}
	}
	for _, l := range b.Ledgers {
		if l.Key.Consumer == "" || l.Key.Right == "" {
			c.add(errors.New("ledger without a consumer or a right"))
		}
		c.once("ledger", l.Key.Consumer+" "+string(l.Key.Right))
	}
	for _, n := range b.Counters {
		c.once("counter", n.Key)
	}
	for _, e := range b.Effects {
		c.once("effect", e.ID)
	}
	return errors.Join(c.errs...)
}

// check holds the new entries against each other. Whether they fit what is stored
// is for the Store to say.
func (ch Change) check() error {
	if len(ch.Entries) == 0 {
		if ch.Case.Version == 0 {
			return errors.New("a new case needs its first entry")
		}
		return errors.New("a change needs an entry that says what happened")
	}
	first := ch.Entries[0]
	if (ch.Case.Version == 0) != (first.N == 1) {
		return fmt.Errorf("version %d does not go with entry %d as the next", ch.Case.Version, first.N)
	}
	return verify(Entry{N: first.N - 1, Hash: first.Prev}, ch.Entries)
}

type checklist struct {
	seen map[string]bool
	errs []error
}

func (c *checklist) add(err error) { c.errs = append(c.errs, err) }

func (c *checklist) once(kind, id string) {
	item := kind + " " + id
	switch {
	case id == "":
		c.add(fmt.Errorf("%s without an id", kind))
	case c.seen[item]:
		c.add(fmt.Errorf("%s changed twice in one batch: merge the changes", kind))
	}
	if c.seen == nil {
		c.seen = map[string]bool{}
	}
	c.seen[item] = true
}
