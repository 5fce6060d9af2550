// Package sesmail answers: how does mail leave on AWS?
//
// Through Amazon SES, as a whole mail that we wrote ourselves. A Sender takes letters to
// the person they are for and to nobody else: the envelope has one recipient, whatever
// stands in the header. A Forwarder passes ordinary mail on to the help desk.
//
// One call is one request to SES. SES knows no idempotency key, so that a request whose
// answer was lost may have made a mail; the SDK would make a second one within the same
// call. Trying again is the outbox's decision, under the id that every mail carries as
// the tag "effect" and that the events of SES bring back.
//
// What an error means. replies.ErrRefused: SES will not take this mail, now or later
// (MessageRejected, BadRequest, too large). Everything else is worth another try: the
// rate, a paused account, a domain or a configuration set that is not set up yet, the
// network. SES writes the addresses of people into its messages, so that no error here
// repeats one: it has the code, the status and the id of the request.
//
// A Message-ID of ours is replaced by SES with its own. SES leaves References alone, where
// our id stands too: answers and bounces are found by it.
//
// # What the help desk gets
//
// A new mail from our address with the original attached, byte for byte. As
// message/rfc822 if it can travel as it is: ASCII, CRLF line ends, no long line. Any
// other would have to be changed on the way, or relied on what the next server can do;
// it goes as a file original.eml in base64 (RFC 2046 5.2.1 allows no base64 for
// message/rfc822). Nothing of the original reaches our header but its subject, on one
// line and encoded, and its author as Reply-To, if there is exactly one. SPF and DKIM of
// the original would fail from our servers, which is why it is not sent on as itself.
//
// Not its business: what a letter says (replies), what became of it (the events of SES),
// and when it is sent (desk).
//
// # Alternatives considered
//
//   - SES's simple content: it would build the header itself, and take neither the
//     fields of RFC 3834 nor our References.
//   - SMTP with STARTTLS: a password to keep, and no tags that are typed.
//   - Resending the original with Resent-* fields: DMARC of its author refuses it.
package sesmail
