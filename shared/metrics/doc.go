// Package metrics answers: what do we count, and what does the yearly statement say?
//
// A Report has one Row per category: the buckets California asks a large business to
// publish (know, delete, correct, opt-out, limit and the two about automated
// decisions; 11 CCR 7102), and a row for every other family of rights. Every number
// of a row is the length of a list of case ids, so no number can exist that does not
// open its cases, and none can be a zero that nobody measured.
//
// What is counted, in words that the console prints beside the table, is in
// Definitions. In short: requests, not mails; by civil date of receipt in the zone
// of the law; days are civil days from receipt to the substantive answer, so neither
// the hour nor a change of the clocks moves them.
//
// Not its business: fetching cases (a store), publishing the statement, and
// deciding what is late (the clock of a case does).
//
// Known deviations: an extension of the time to answer is not a fact of a case yet,
// so "answered in time" measures against the first date also where more time was
// taken.
package metrics
