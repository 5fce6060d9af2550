// Package email answers: what does this message say, however broken it is?
//
// Parse turns the raw bytes of one mail into a Message: decoded headers, text,
// the sender's own new words apart from what was quoted, attachments by name and
// hash, what the receiving mail server says about the sender, whether a machine
// wrote it. It is total: odd mail gives a usable Message and typed warnings, never
// an error.
//
// Not its business: what is asked for (classify), and whether to answer (desk).
package email
