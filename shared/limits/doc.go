// Package limits answers: may this person ask again now?
//
// It is pure arithmetic over a ledger: the uses one consumer has made of one right,
// and the requests that wait for a free use. A request reserves a use when it
// arrives from an authenticated sender, an answer confirms it, and a request that
// turns out not to count gives it back; then the oldest one waiting moves up.
//
// Twelve months are calendar months on civil dates: a use received on p blocks a
// request received on n iff n is before p plus twelve months, clipped to the end of
// the month. Mail that is processed late counts where it arrived, so a ledger is
// judged by dates of receipt in any order of arrival.
//
// Known deviation: the law counts answers, not requests. We count a request from its
// receipt, so that two at once cannot both pass, and give the use back when no
// answer follows. Where a human answers beyond the limit the ledger records it, and
// holds more than the limit.
//
// Not its business: who the consumer is (the key is a keyed hash), what a held
// request is told (replies), and refusing anybody: that is a human's decision.
package limits
