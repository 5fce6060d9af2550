// Package config answers: what can be set?
//
// One struct, Settings. The name, the default and the description of a setting
// stand on its field, so that the program prints its own manual and nothing can be
// set that is not in it. Parse reports all problems at once, in sentences that say
// what to write instead. The defaults fit a try-out on one machine.
//
// A value that is set but empty counts as not set: hosting systems cannot always
// leave a variable out. Where nothing at all is meant, the word is "none".
//
// Not its business: where values come from (the caller looks them up), the flags of
// the programs in scripts/, and what a setting does.
package config
