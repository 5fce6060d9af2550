// Package classify answers: which rights does this message ask for, and on what
// evidence?
//
// The rules are data in rules/, one folder a right with rule.yaml and the cases
// that prove it. The engine finds the words, the rules say what they mean. A
// Decision always carries the words that decided; a mail that nothing decides is
// for review, never dropped.
//
// Not its business: reading mail (email), legal dates (rights), answering (replies).
package classify
