// Package record answers: how does a store write down what it keeps, and where does a
// thing stand in a list?
//
// Every store keeps the domain's own values as JSON, one document each, so that two
// stores hold the same text for the same case, and what moves from one to the other
// reads the same there. Beside that: times as text whose order is the order of time,
// the place of a case in every list, and cursors that fit one list only.
//
// Not its business: tables, columns, keys and transactions (the adapters), and what the
// values mean (cases).
package record
