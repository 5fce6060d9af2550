// Package compiled answers: how is data carried that was read and checked when the
// program was made?
//
// Laws and letters are written in YAML, for people. Reading that when a program starts
// costs the first mail close to twenty milliseconds, and the reader half a megabyte in
// every function. So go run ./scripts/rules reads it, and writes what comes of it into
// one file a room, which the program embeds.
//
// A room says once what its file holds, with a function that goes through its values in
// order; a Codec writes them down or fills them, so that the two ways cannot differ:
//
//	func (l *Limit) file(c *compiled.Codec) {
//		compiled.Number(c, &l.Max)
//		compiled.Text(c, &l.Zone)
//	}
//
// A file begins with the name of its format and ends with a checksum. Read refuses one
// that is not whole, so what it returns is what was written.
//
// Not its business: what the values mean, and whether they are right; the room has checked
// that before it wrote them.
package compiled
