// Package opinion puts the second opinion of a language model to the test: the desk, the
// store, the adapter and a server over HTTP, from the mail to the case.
//
// It is tests only. What they show: whatever a server answers, or does not, the case ends
// in review with the reason and nothing else changed; of what a model says only a right
// of the list with words that stand in the mail comes through; mail that gives orders, to
// the rules or to a model that obeys it, lowers no label, reaches no wrong queue and is
// echoed nowhere in our words (attacks/); and a real, poor model does no harm either.
//
// The real model is started by scripts/model; a plain go test skips it and says so.
package opinion
