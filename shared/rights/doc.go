// Package rights answers: which law gives whom which right, by when, on what
// proof, how often?
//
// The answers are data in laws/, one file per law, each number with its citation
// and its dates of effect; calendars/ holds the holidays. The loader refuses a
// row that has no source. What the code adds is date arithmetic: business days,
// calendar days and clipping months on civil dates in the zone of the law.
//
// Not its business: what a mail asks for (classify), whether a person has uses
// left (limits), where a request stands (cases).
package rights
