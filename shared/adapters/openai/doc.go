// Package openai answers: what does a language model make of this mail?
//
// A Model is the classify.Model of any server that speaks OpenAI's chat completions: the
// address, the name of the model and the key are settings. It is asked for an answer in
// a schema (structured outputs, strict), with a right of the closed list and words of
// the mail for each claim. What it says is a suggestion: Suggestion.Accept keeps of it
// what stands in the mail.
//
// # The mail is data
//
// Its words may say "ignore your instructions", and no wording of ours stops that for
// sure. So the model has no tools and no secrets, its answer can name a right of the
// list and nothing else, and a quote that is not in the mail counts for nothing. The
// instructions stand in the system message; the mail is a JSON string in the user
// message, between two marks made from a hash of the mail itself, which nobody can write
// into the mail beforehand.
//
// Only subject and new text leave, masked (classify.Mask, here once more), cut at 20,000
// bytes: no header, no attachment, no name of ours. Errors hold a status and our own
// words, never the answer of the server, which may repeat the mail.
//
// # When there is no answer
//
// Every failure is a classify.SilenceError with one of our words for the reason. A rate
// limit, a fault of the server, a timeout: one more attempt after a random pause, no
// shorter than the server asks for and only if it fits into the context; then an error
// that is worth a retry, with the pause that the server asked for. An account that is
// used up says so with the status of a rate limit and is not asked twice. A refusal, an
// answer cut off or not of the schema, and every other status: classify.ErrNoOpinion,
// and the case stays with a human.
//
// # What is remembered
//
// The last 256 answers, by the hash of the whole request, in memory: the same masked mail
// under the same instructions, list and model is paid once. Not in the store: an answer
// holds words of a mail, which belong to the case and the archive and nowhere else, and a
// function that starts anew asks again within the budget, which is in the store (desk).
//
// Not its business: whether a model is asked at all, and what is done with its claims
// (desk).
//
// # Alternatives considered
//
//   - The official openai-go: larger, and its retries cannot be told from ours.
//   - The Responses API: stores what it is sent unless told otherwise, and compatible
//     servers rarely have it.
//   - jsonschema.GenerateSchemaForType: leaves fields out of "required", which strict
//     mode refuses. The schema is twelve lines.
//   - A cache in the store: it would have to keep quotes, or places in a text that is
//     masked anew by other rules tomorrow, and be emptied when a mail is deleted.
//   - Confidence of the model: a number without a meaning. The quote is the evidence.
package openai
