// Package lambdaevents answers: what does this Lambda event ask of us?
//
// It turns what AWS hands a function into values of the rooms, and what a function
// answers into what AWS reads: a notice of SES into a Receipt, a message of a queue
// into a queue.Job, an event about a letter into replies.Feedback, a request of the
// HTTP API into a call of a plain http.Handler. How a batch is answered is written
// here once, for every queue and for the stream: a message that failed is named by
// the id that AWS expects, everything else is done, and a batch never lies.
//
// What is promised. A body that cannot be read gives an error that names the field
// and repeats nothing of it: such errors go to logs, and bodies hold words of mails. A
// panic is one failed message, not a dead environment. What could not be begun in time
// is handed back.
//
// Not its business: what a mail says (email), what is done about it (desk), and which
// queue a function reads (the template).
//
// # Alternatives considered
//
//   - events.SimpleEmailEvent of aws-lambda-go: its dmarcPolicy is a string, and SES has
//     sent an object; one field that nobody needs would lose the mail.
//   - aws-lambda-go-api-proxy: brings gin, echo, fiber and iris into go.sum, and prints
//     method and path on its own.
//   - aws-sdk-go-v2/config: reads files, profiles and the metadata service of EC2. In a
//     Lambda everything is in four variables, and the start is faster without it.
//   - One adapter per event: the envelope of SNS and the rule how a batch is answered
//     would stand in four places.
package lambdaevents
