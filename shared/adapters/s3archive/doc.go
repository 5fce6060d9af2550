// Package s3archive answers: where does raw mail stay on AWS?
//
// In one bucket, below one prefix: the key of a mail is the prefix and its id, which is
// how SES writes what it receives. An Archive is the cases.Archive of the functions, and
// List goes through what is there, so that SES received can be held against cases opened.
//
// What is promised. Bytes come back as they were, up to MaxMail. The first Put of an id
// wins, also among writers that know nothing of each other (If-None-Match); a mail that
// SES wrote is never overwritten. A missing mail is cases.ErrNotFound only where S3 says
// so: a role without s3:ListBucket gets 403 for it, and that is an error, because a
// wrong permission must not look like a lost mail.
//
// What the role needs: s3:GetObject and s3:PutObject on the keys, s3:ListBucket on the
// bucket, and kms:Decrypt and kms:GenerateDataKey where a key of ours encrypts it.
//
// Not its business: encryption and lifecycle of the bucket (the template sets both), and
// what a mail says (email).
//
// # Alternatives considered
//
//   - feature/s3/manager: downloads in parts, for objects of gigabytes; a mail has 40 MB
//     at most and fits one request.
//   - Asking HeadObject before Put: two writers both see nothing and both write.
//   - An index of mails in DynamoDB instead of List: the mails whose function failed
//     would be missing in it, and those are the ones to look for.
package s3archive
