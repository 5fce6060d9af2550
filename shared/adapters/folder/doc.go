// Package folder answers: where does outgoing mail go on a machine that has no
// mail server?
//
// Every letter becomes one file, <id>.eml, in one folder; every support mail that
// is passed on becomes one, byte for byte, in another. A file is there whole or not
// at all, also after a power cut, and any mail program opens it. The id names the
// file, so a second delivery of the same thing finds it and changes nothing.
//
// Not its business: sending anything over a network, and clearing the folders.
//
// Known deviations: two ids that differ only in upper and lower case are one file
// where the file system says so (macOS, Windows). Syncing a folder is not possible
// on Windows; there the rename alone has to do.
package folder
