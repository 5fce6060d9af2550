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
// Not its business: what the mail asks for (classify), dates (rights), counting
// (limits), wording (replies), in which order all that happens (desk).
package cases
