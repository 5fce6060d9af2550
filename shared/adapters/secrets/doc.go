// Package secrets answers: what is the value of a secret on AWS?
//
// Value asks AWS Secrets Manager, once, when a function starts. It waits no longer than
// five seconds, whatever the SDK tries in them: a function that hangs at its start is
// dearer than one that fails and is started again. A secret that is empty is an error,
// for a key of nothing would make hashes that anybody can make.
//
// What is returned prints itself nowhere (config.Secret); errors name the ARN and never
// the value.
//
// What the role needs: secretsmanager:GetSecretValue on the one secret, and kms:Decrypt
// where a key of ours encrypts it.
//
// Not its business: rotation, and what a secret is for.
//
// # Alternatives considered
//
//   - A variable of the function that CloudFormation fills in: readable by whoever may
//     look at the function, and in every copy of its configuration.
//   - The Secrets and Configuration extension: one more process for one call at start.
package secrets
