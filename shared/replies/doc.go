// Package replies answers: what do we write back, in which words and language?
//
// The words are data in templates/, one folder a language, one file a kind of
// letter; HTML is made from the same text, so that both say the same. A Letter is
// a value; what a transport sends is its Bytes. Nothing of the mail that is
// answered is quoted, and every value that goes into a header is guarded.
//
// Not its business: whether a letter may leave at all (desk), by when (rights).
package replies
