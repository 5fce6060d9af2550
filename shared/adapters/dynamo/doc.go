// Package dynamo answers: where does everything stay when several machines work at once?
//
// It keeps cases, trails, ledgers and the outbox in one table of DynamoDB. A Store is the
// cases.Store of the run on AWS: every Commit is one transaction, so that what the suite
// of casestest asks holds among any number of Lambdas. Schema describes the table.
//
// # Items
//
// Each thing is one item, its value one JSON document under "body"; the attributes beside
// it exist for conditions, filters and order only. Keys carry no personal data: ids, keyed
// hashes, dates.
//
//	pk                         sk                what
//	MAIL#<id>                  MAIL              a mail, which is its seen-mark
//	TWIN#<twin>                TWIN              the first mail with that twin
//	CASE#<id>                  HEAD              a case, its first entries, where its trail ends
//	CASE#<id>                  EVENT#<8 digits>  the entries of one later change, named by the first
//	LEDGER#<consumer>#<right>  LEDGER            the uses of a limit
//	COUNTER#<key>              COUNTER           a counter; DynamoDB forgets it after "ttl"
//	OUTBOX#<id>                OUTBOX            an effect
//
// A new case and its first entries are one item, so that opening costs one write; the
// entries are written once and never named again by a later write.
//
// Four sparse indexes hold keys and small filters, never a body. A list walks the index
// with the fewest rows for its query, and then reads the bodies from the table itself:
//
//	index  cases                                     effects
//	gsi1   Q#<queue>              by place           E#<case>                by place
//	gsi2   UNFINISHED, CLOSED     by place           EFFECTS                 by place
//	gsi3   Y#<year received>      by place           PENDING                 by NotBefore, place
//	                                                 S#draft, S#failed       by place
//	gsi4   M#<mail>               by place           EM#<mail>               by place
//
// # Two versions at work at once
//
// During a deployment old and new code run side by side, and either can be rolled back.
// Every item carries the version of its schema as "v". A reader takes an older one, or one
// without, and fills in what is missing; a newer one it refuses with ErrNewerSchema, for
// writing it back could lose what it does not know of, and the mail or job is tried again
// until the new code meets it. A change that old readers would misunderstand therefore
// takes two deployments: the first reads both versions and writes the old, the second
// writes the new. A field of a body that old readers may ignore needs no new version; a
// new attribute that lists filter by must be filled in on old items before code asks for it.
//
// # Deviations
//
// Single things and trails are read as they are now. Lists find their rows through an
// index that follows its table by some milliseconds: what was written a moment ago may not
// be listed yet, or at its old place. Its content is that of now and matches the filter.
// Two Counts a moment apart may likewise differ from what single reads say.
//
// Values are at most 400 KB an item, and a batch is at most 100 items: ErrTooLarge.
//
// Not its business: what a batch means (cases), raw mail (an Archive), reading the stream
// of the table, retention, who may read the table.
//
// # Alternatives considered
//
//   - One table for each kind: a transaction reaches across tables as well, but there
//     would be six to grant, back up and watch, and nothing gained.
//   - Entries as items of their own from the first: a case would cost two writes more, and
//     what is written together is read together.
//   - Bodies in the indexes: each list one request less, but every byte of a case stored
//     and paid up to five times, personal data among it.
//   - A token computed from the content of a batch: two callers with equal batches would
//     both be told that theirs was written. One of two racers must lose.
//   - Counters of cases per queue and status: one hot item that every mail writes.
//   - A limit counted by a query, or by TTL: two readers may both count one, and TTL is
//     days late. It is garbage collection here and decides nothing.
package dynamo
