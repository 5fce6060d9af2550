// Package desk answers: in which order do the rooms work together?
//
// Judge reads and classifies one mail and computes its dates; it writes nothing, so
// the dry run and the live desk say the same. Receive stores what Judge found in
// one transaction; Accept does that for a mail that the archive has. The human actions
// (close, waive, reclassify, send a held letter) go through here too, so that every
// change of a case has its entry in the trail.
//
// Deliver does what the outbox asks for. Where letters, forwarded mail and the model
// have functions of their own, Dispatch makes jobs of them and DeliverOne does one.
// Feedback hears what became of a letter, Sweep looks after what nobody else does, and
// Canary shows that the whole way works.
//
// Not its business: any one question that a room answers, and any technology.
package desk
