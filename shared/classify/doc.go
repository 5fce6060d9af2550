// Package classify answers: which rights does this message ask for, and on what
// evidence?
//
// The rules are data in rules/, one folder a rule with rule.yaml and the cases that
// prove it. The engine finds the words, the rules say what they mean. A Decision
// always carries the words that decided; a mail that nothing decides is for review,
// never dropped.
//
// # How a mail is read
//
// Subject, new words, attached letters, a forwarded mail and the sender's domain are
// cut into folded words and passed over once. A phrase stays inside one sentence. A
// rule may say a right itself, or a topic ("delete") whose right the law chooses:
// meanings.yaml holds that table. The law comes from what the person names, then from
// where the person lives, then from a place mentioned, last from domain, dialling
// code and language. A law named in the same sentence governs that wish alone; a
// named law under which nothing was asked gets every wish of the mail. No law and no
// place: the European right, jurisdiction unspecified.
//
// # Where the law leaves room
//
// The reading that protects the person wins, and a human looks first:
//
//   - A bare "request to know" is both Californian know requests; "a copy", "all
//     data", "access" is the specific pieces; categories, sources, purposes and
//     recipients are the categories.
//   - "Delete my account" alone is an erasure of confidence 0.6.
//   - "Opt me out" of nothing named stops marketing and sale at once.
//   - A subject from the policy with nothing in the body opens its least request.
//   - A right that the law of the day does not know yet is kept and marked.
//   - A reminder that asks for nothing new is followup_existing_case; one that asks
//     again carries the right, with followup_existing_case among the modifiers.
//   - Words that only cite a right, "I am aware of my right to erasure", "this is no
//     request to delete", ask for none (the signal only-cited); what stands beside them
//     in the same sentence is asked.
//   - A mail is a request, a reminder, an escalation or a reply. A first letter that
//     threatens for the case of silence is a request: every generated letter does. Rules
//     of any language tell the kinds apart by the signals reminds, overdue, threat and
//     escalates; copies to an authority and the addresses of services in Cc count too.
//   - A mail that asks for several people is for review, with the people it names. Only
//     rules with the signals several-people and people-and-me, or a list of names with
//     addresses, make it one; several addresses under one name are one person.
//   - An agent who shows no permission misses the field signed_permission, also for an
//     opt-out, where he may be asked and the person may not.
//   - Twelve words in a row that we write ourselves are no evidence (OwnTexts). Fewer
//     would take wishes away, since our titles and every policy are worded like them.
//   - The wish of a merchant's visitor is processor_request alone, that of a resident
//     of a state without a desk other_us_state_request alone.
//   - A firm that asks how the product does what its own customers want asks for no right
//     (the signal merchant-talk), whatever law it names.
//   - Rules with "last", in rules/last, are heard only where no other knows what a mail
//     is, it is short, and it came to the mailbox for privacy or speaks of privacy.
//
// A finding of confidence under 0.35 is dropped, under 0.75 reviewed. Rules for one
// right make each other surer, as independent witnesses do.
//
// # Adding a rule
//
// A folder below rules/ named as the rule, with rule.yaml (see rule.go for the keys,
// phrase.go for the signs of a phrase) and cases.yaml with positive and negative
// texts. Words shared by many rules stand in vocabulary.yaml. No Go changes, and a
// language is added the same way.
//
// A phrase is sure and knows one wording; people have a hundred. So rules in
// rules/together name no words but concepts ("erase", "own", "data") that must meet in
// one sentence, in any order, and rules/concepts has the words for them, one file a
// language: see concept.go. They are heard only where no phrase understood the sentence,
// or, for rules that say beside, for what else it asks. A wording that no rule knows is
// most often one more word in that file.
//
// # What words weigh
//
// Whatever the rules find, all that a mail says is weighed as well: see weights.go for what
// has weights, learn.go for how they are learnt, second.go for what aims say of each other,
// ponder.go for what comes of all of it. A wish that no rule knows is asked if it weighs enough;
// its evidence is the sentence that weighs most, under the rule "weights". What a phrase found
// adds to the weight, and stands where the sentence it stands in clearly asks for it; what
// concepts found or a rule guessed stands only by its weight, and where nothing weighs enough it
// decides what a human looks at. Mail becomes support where nothing weighs enough to be a right,
// or far less than support does, clearly so if it speaks of privacy or came to the mailbox for
// it; words alone make it spam only where no rule found a right and hardly any doubt is left. A
// question on privacy is for a human to sort only if it does not weigh enough. Who writes, under
// which law, and whether an answer goes on about a case, no weights tell.
//
// rules/senses says what single words are likely to mean, so that a word which no lesson has
// is weighed by those that mean the same.
//
// A mail that was misunderstood is best made a lesson, in events/evaluation/learning or as a
// wording or a case here; go run ./scripts/learn learns from it. A rule is for what has to
// be understood for sure.
//
// # Known deviations
//
//   - Texts beyond 40,000 words are not read to the end; such a mail is for review.
//   - Somebody who asks for two people in one mail gets one decision, with both named;
//     a human opens a case for each. Names are found by capitals, so not in Chinese,
//     Japanese or Korean, and not in mail without any.
//   - A postal code of four digits is read only with its country or a Dutch or Portuguese
//     form; Austria, Belgium, Denmark, Norway and Switzerland look alike.
//   - Words of our own letters that are shorter than twelve in a row count as the
//     sender's.
//   - Names and addresses are read from common layouts only; what is not found counts
//     as missing, and the acknowledgement asks for it.
//   - Concepts are looked for in the language that most words of a text come from; a wish in
//     another language in the same text is left to phrases.
//   - Negation is known where a rule names it; "I would never ask you to erase my
//     data" is taken for an erasure, which costs minutes.
//
// Not its business: reading mail (email), legal dates (rights), answering (replies),
// and whether the sender is who the From line says (email, desk).
package classify
