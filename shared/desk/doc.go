// Package desk answers: in which order do the rooms work together?
//
// Judge reads and classifies one mail and computes its dates; it writes nothing, so
// the dry run and the live desk say the same. Receive stores what Judge found in
// one transaction; Accept does that for a mail that the archive has. The human actions
// (close, waive, reclassify, send a held letter) go through here too, so that every
// change of a case has its entry in the trail.
//
// Deliver does what the outbox asks for, and Consult asks the model. Where letters,
// forwarded mail and the model have functions of their own, Dispatch makes jobs of them
// and DeliverOne does one. Feedback hears what became of a letter, Sweep looks after what
// nobody else does, and Canary shows that the whole way works.
//
// # The second opinion
//
// A model is asked about mail that is in review already. What may be believed of its
// answer, or why there is none, is one more reason for the human to look; right, queue,
// dates and letters stay. Its budget of the hour and its breaker are counters of the
// store, so that they hold for several functions at once: what a question may take at
// most is set aside in one conditional write before it leaves, and what it did not take
// is given back with the note of the answer. A question waits for a day at most.
//
// Not its business: any one question that a room answers, and any technology.
package desk
