// Package casestest answers: does this store keep every promise of cases.Store?
//
// Run pins the promises down; every store runs it, SQLite always, others where an
// endpoint is given. RunArchive does the same for cases.Archive. Each question gets a
// store of its own, asks no clock and never sleeps.
//
// Not its business: speed, and what one technology promises beyond the interface.
package casestest

import (
	"context"
	"testing"

	"rightsmail/shared/cases"
)

// Run asks everything of the stores that newStore gives. Each must be empty; newStore
// closes it with t.Cleanup.
func Run(t *testing.T, newStore func(t *testing.T) cases.Store) {
	for _, q := range []struct {
		name string
		ask  func(t *testing.T, s cases.Store)
	}{
		{"MissingThingsAreNotFound", missing},
		{"EveryFieldOfACaseComesBack", wholeCase},
		{"BareValuesComeBack", bareValues},
		{"EveryFieldOfMailLedgerCounterAndEffectComesBack", wholeRest},
		{"CallerOwnsWhatIsReturned", ownership},

		{"VersionGoesUpByOne", versions},
		{"StaleOrInventedVersionIsAConflict", stale},
		{"OfTwoRacersOneWins", racers},
		{"BatchWithOneStaleItemChangesNothing", atomicity},
		{"ImpossibleBatchIsRefusedAndNoConflict", impossible},

		{"TrailIsInOrderAndHoldsTogether", trailOrder},
		{"TrailTakesOnlyTheEntryThatFits", trailImmutable},

		{"SameMailByIDIsSeen", seenByID},
		{"SameMailByTwinIsSeen", seenByTwin},
		{"MailsWithoutTwinAreNoTwins", noTwins},
		{"SeenIsToldBeforeConflict", seenFirst},

		{"OfAHundredFirstRequestsExactlyTwoReserve", hundredFirst},
		{"OfAHundredThirdRequestsNoneGetsThrough", hundredThird},
		{"GivingBackMovesTheOldestUp", giveBack},

		{"CasesComeBySoonestDutyThenClosed", caseOrder},
		{"EveryFilterOfCasesSelects", caseFilters},
		{"PagesOfCasesJoinWithoutGapOrRepeat", casePages},
		{"BadCursorOfCasesIsTold", caseCursors},
		{"CountsFollowEveryChange", counts},

		{"DueEffectsWaitForTheirTime", due},
		{"EffectsFollowTheirStateAndFilters", effectFilters},
		{"PagesOfEffectsJoinNewestFirst", effectPages},
		{"BadCursorOfEffectsIsTold", effectCursors},

		{"CancelledContextChangesNothing", cancelled},
	} {
		t.Run(q.name, func(t *testing.T) { q.ask(t, newStore(t)) })
	}
	t.Run("CrashAtAnyStepThenRetryEndsTheSame", func(t *testing.T) { crashes(t, newStore) })
}

// RunArchive asks everything of the archives that newArchive gives.
func RunArchive(t *testing.T, newArchive func(t *testing.T) cases.Archive) {
	for _, q := range []struct {
		name string
		ask  func(t *testing.T, a cases.Archive)
	}{
		{"MissingMailIsNotFound", archiveMissing},
		{"BytesComeBackAsTheyWere", archiveBytes},
		{"SecondPutChangesNothing", archiveTwice},
		{"CancelledContextChangesNothing", archiveCancelled},
	} {
		t.Run(q.name, func(t *testing.T) { q.ask(t, newArchive(t)) })
	}
}

var ctx = context.Background()
