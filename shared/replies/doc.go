// Package replies answers: what do we write back, in which words and language?
//
// The words are data in templates/, one folder a language, one file a kind of
// letter; HTML is made from the same text, so that both say the same. A file is
// written in the syntax of text/template, of which it can say fields, if, with and
// range; fill.go says why no more. Programs carry what go run ./scripts/rules made of
// the files, letters.bin: letters that were read, checked and taken apart. A Letter is
// a value; what a transport sends is its Bytes. Nothing of the mail that is answered
// is quoted, and every value that goes into a header is guarded.
//
// Two fences stand around the words, both when a letter is compiled. What it must say
// is probed: a template that forgets the reference, the proof or the officer is refused.
// What it must never say is not in its view, and a template that asks for it is
// refused too: the acknowledgement cannot show a count, the letter about a child
// cannot name the request.
//
// A person whose language we write gets the English below it, because the machine
// may have heard the language wrongly. To add a language, copy templates/en to a
// folder named by its BCP 47 tag, put a title for every right, run go run
// ./scripts/rules and go test -update; read the goldens with somebody who speaks it.
//
// Not its business: whether a letter may leave at all (desk), by when (rights), and
// the words of a human: a refusal other than over-limit is written by the officer.
//
// Known deviations: addresses with a local part outside ASCII (RFC 6531) are
// refused, because the transports do not carry them. Long plain text is wrapped at
// 72 columns without format=flowed.
package replies
