// Package cases answers: where is the request, what may happen next, what has
// happened?
//
// One mail opens one case per right. A Case is a value: the functions here say what
// it becomes and which entry its trail gains, and a Batch carries all that one
// decision changes (the seen-mark of the mail, cases, trails, limit ledgers,
// outbox) to a Store, which writes it whole or not at all. Nothing is sent from
// inside a decision: an Effect is written with it and delivered afterwards, at
// least once.
//
// Machines open, hold and hand over; closing, refusing and waiving need a named
// human, and the functions here refuse an Actor that is none.
//
// A Store is made for optimistic writers: read, decide, Commit at the versions read,
// and with ErrConflict do it all again, which Retry does. It asks nothing of a
// backend that one conditional transaction over single items cannot give, at most
// one change per item; package casestest holds every backend to it.
//
// The trail is a hash chain: Verify shows a change by somebody who cannot rewrite
// all that follows. It is no proof against the owner of the disk, which would need
// the last hash kept elsewhere.
//
// Not its business: what the mail asks for (classify), dates (rights), counting
// (limits), wording (replies), in which order all that happens (desk).
package cases
