// Package mailfiles answers: which mails lie under these paths?
//
// It reads .eml files, mbox files and folders of both, also Maildir folders, in a
// stable order, one mail at a time.
//
// Not its business: what a mail says (email), and what is done with it.
package mailfiles
