// Package shared is the library of Rightsmail: one room per folder, one question per
// room. It has no code of its own; each room's doc.go opens with its question.
//
// Which room may import which, and which libraries, is the table in imports_test.go.
// The direction is always the same: the domain knows values, an adapter knows one
// technology and the room whose interface it implements, and only functions/ and
// scripts/ know everything.
package shared
