// Package sqlite answers: where does everything stay when one machine is enough?
//
// It keeps cases, trails, ledgers, the outbox, raw mail, the inbox and the messages
// handed off in one SQLite file, without a server and without cgo. A DB is the
// cases.Store, the cases.Archive and the queue.Queue of the local run; its Inbox
// holds mail that was accepted and not yet handled.
//
// What is promised. A call that returned nil is on the disk (synchronous=FULL): a
// kill or a power cut after it loses nothing, and one in the middle leaves whole
// batches only. One writer at a time, in this process and among processes on the
// same file; readers never wait for it (WAL). Every case, entry and outbox item is
// one JSON document, so that the file can be read with the sqlite3 shell in ten
// years; the columns beside it exist for lookups and order only.
//
// Keys carry no personal data: ids, keyed hashes, dates. Times are UTC text of fixed
// width, which sorts by time.
//
// Not its business: what a batch means (cases), retention, encryption of the disk,
// and network file systems, on which SQLite's locks cannot be trusted.
//
// # Alternatives considered
//
//   - mattn/go-sqlite3: the original C library, but it needs a C compiler; the first
//     command a newcomer types must work with Go alone.
//   - bbolt, Badger: no second tool to look into the file, indexes by hand.
//   - One table row per field of a case: every new field a migration, and no reader
//     of the columns but our own code.
//   - A counter table for queue counts: one more thing that can be wrong; counting
//     an index of 100,000 cases takes a few hundredths of a second.
//   - synchronous=NORMAL: the last commits may vanish in a power cut, after SMTP has
//     promised that the mail is safe.
package sqlite
