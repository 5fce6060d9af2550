// Package rights answers: which law gives whom which right, by when, on what
// proof, how often?
//
// The answers are data in laws/, one file per law, each number with its citation
// and its dates of effect; calendars/ holds the holidays. The loader refuses a
// row that has no source. Programs carry what it made of them, laws.bin: a book that
// is read seventy times as fast, and no reader of YAML. What the code adds is date
// arithmetic: business days, calendar days and clipping months on civil dates in the
// zone of the law.
//
// Not its business: what a mail asks for (classify), whether a person has uses
// left (limits), where a request stands (cases).
//
// # Two dates and a goal
//
// Every duty has a statutory date, the ordinary legal reading, and a safe date,
// the strictest plausible reading, which is never later; alerts run on the safe
// one. The target is our own goal for a human's first answer. A deadline marked
// Internal is a goal too, set where the law names no number, so that every case
// has a next date. Explain tells the sum of any of them.
//
// A right that several laws give (gdpr_*) has a clock per regime. If the receipt
// names no regime, all are worked out and per duty the earliest date counts, so
// the statutory and the safe date may come from two laws.
//
// # Adding a law
//
// Write laws/<law>.yaml and run go run ./scripts/rules; no Go changes. A file has
//
//   - clocks: the periods, each with duties, citation, source and how strictly it
//     can be read ("safe": same, day-of-receipt-counts, monday-to-saturday or
//     no-roll). "1 month + 2 months" is an extension, counted from receipt.
//   - profiles: what several rights share.
//   - rights: one row per right, saying only what differs from its profile.
//
// Law that changes is a second row of the same id, or a second clock of the same
// name; valid_to of the old one is the day before valid_from of the new one. Then
// add its worked examples to examples_test.go. A mistake is refused with file,
// line and column; testdata/busted has one of each kind. What Right or a clock is to
// say beyond that is a field in yaml.go, in the loader and in compiled.go.
//
// A source that says "general knowledge" was not checked against a text, and one
// that says "design choice" is ours. Both want counsel before they are relied on.
//
// # Known deviations and readings open for counsel
//
//   - 45 days of the CCPA: from the day after receipt, or from receipt itself
//     (11 CCR 7021(b))? Statutory takes the first, safe the second. The same for
//     the 45 days of a Data Privacy Framework complaint.
//   - "Business day" in California: Monday to Friday without holidays, or Monday to
//     Saturday (Civ. Code 9)? Statutory takes the first, safe the second.
//   - No Californian period moves on from a weekend, although Code of Civil
//     Procedure 12a might allow it. Good Friday, Diwali and the day after
//     Thanksgiving are no holidays here. All of this errs to the earlier date.
//   - The UK month "beginning with" receipt: statutory keeps the corresponding
//     date of the guidance, safe is one day earlier, weekend or not. Time that UK
//     law leaves out while it waits for identity papers, a fee or a clarification
//     is not taken out, nor is the tolerance of the EDPB in the EU.
//   - A month that ends in February can be two days shorter than the 30 days of
//     ReviewClock; its target of two business days is what keeps that harmless.
//   - Children: the Rule names no number, so an answer is due in one business day
//     (data frozen, a person has written) and the extended date of ten business
//     days is for deleting or answering in full.
//   - California's rules on automated decisions bind existing use from 2027; in
//     2026 the same dates are kept as goals, before 2026 the ids are not in force.
//   - uk_dp_complaint has a row for the time before 19 June 2026, so that an old
//     mail still gets a date.
//   - agent is a row here although it is no right: the proof it needs is law too.
package rights
