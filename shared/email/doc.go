// Package email answers: what does this message say, however broken it is?
//
// Parse turns the raw bytes of one mail into a Message: decoded headers, text,
// the sender's own new words apart from what was quoted, attachments by name and
// hash, what the receiving mail server says about the sender, whether a machine
// wrote it. It is total: odd mail gives a usable Message and typed warnings, never
// an error. Split reads the mails of an mbox.
//
// Not its business: what is asked for (classify), and whether to answer (desk).
//
// # How it reads
//
// Line ends become LF (wire.go), stray lines leave the header (header.go), the
// parts are walked under limits (parts.go) and decoded leniently (transfer.go,
// charset.go, labels.go, unicode.go, words.go). The best version is chosen as the text (choose.go):
// HTML without what nobody sees (html.go, css.go, tags.go, history.go), enriched text
// (enriched.go), the words of an invitation where there are no others (calendar.go). The text is parted into new words
// and quotes (quote.go, phrases.go), signature and legal notice (signature.go,
// disclaimer.go), and searched for a mail passed on (forward.go). The receiving
// server's findings come from its topmost block only
// (verdicts.go, authresults.go); machines are known by their signs
// (automation.go, machines.go), and what one says about another mail is read for the
// mail and the addresses it means (report.go).
//
// Attachments get a safe name and a hash (attach.go) and are told by what they hold
// (detect.go, zip.go). Letters among them are read (office.go, rtf.go). Files inside a
// text (uu.go) and the wrappers of S/MIME and PGP signatures (sealed.go) leave it.
//
// Addresses are read by go-message's grammar, charsets by x/text. Splitting into header
// fields and parts and undoing transfer encodings are ours: the library refuses a mail, or silently
// ends a text, at faults that one mail in five has, and cannot bound the depth.
//
// # What it will not do
//
// It opens no archive, no PDF and no winmail.dat; it runs nothing, decrypts nothing,
// fetches nothing a mail links to, and verifies no signature itself. Of the files of word
// processors it takes the words of .docx, .odt and .rtf, within limits for all of a mail
// together: no header, footer or text box of RTF, no picture, nothing struck out or hidden.
// Any other letter (PDF, .doc, scan, encrypted) is kept with a LetterUnread warning. There
// is no PDF reader in Go that a hostile file cannot keep busy for ever.
//
// # Known deviations
//
//   - A signature without the line "-- " stays in New: closing formulas are no sure
//     sign, and words lost cost more than words kept.
//   - A legal notice that asks for something as a person does stays in New.
//   - Zero-width joiners are taken out of the text with the other invisible
//     characters, which changes some emoji and the spelling of Persian.
//   - "noreply" at the start of a longer local part is only a weak sign, and so
//     is "-request" at the end: people and privacy agents use both.
//   - Reply-To decides nothing, even where a mailing list rewrote From.
//   - A header block, or a wrote-line without ">" below it, starts a quote only in
//     a reply or forward: web forms and complaints are written like that too.
package email
