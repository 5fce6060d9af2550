// Package expectations answers: what should this mail come out as?
//
// A folder of mails has a file expectations.yaml beside them, in which a careful human
// says of each what it asks for. Read reads that file as strictly as it can, so that a
// slip of the pen never counts as a mistake of the machine; Write writes one.
//
// Not its business: what the mails do come out as (desk), how far the two are apart
// (scripts/evaluate), and the mails themselves.
package expectations
