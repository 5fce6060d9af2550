// Package emailtest answers: which mails does a reader have to survive?
//
// It builds mails of the sizes that public mailboxes were attacked with, for the tests
// of everybody who takes mail in. Only tests import it.
package emailtest
