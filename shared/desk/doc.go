// Package desk answers: in which order do the rooms work together?
//
// Judge reads and classifies one mail and computes its dates; it writes nothing, so
// the dry run and the live desk say the same. Receive stores what Judge found in
// one transaction. Deliver does what the outbox asks for. The human actions (close,
// waive, reclassify, send a held letter) go through here too, so that every change
// of a case has its entry in the trail.
//
// Not its business: any one question that a room answers, and any technology.
package desk
