package cases_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"rightsmail/shared/cases"
	"rightsmail/shared/limits"
	"rightsmail/shared/rights"
)

const officer cases.Actor = "Ada Officer"

// machines are all who are no named human.
var machines = []cases.Actor{cases.Machine, "", "  ", "RightsMail", " rightsmail "}

func day(d int) rights.Date { return rights.Date{Year: 2026, Month: 3, Day: d} }

// request is an open case with an acknowledgement due on the 12th and an answer due
// on the 20th, in California.
func request() cases.Case {
	const zone = "America/Los_Angeles"
	return cases.Reschedule(cases.Case{
		ID: "RM-8F3K-2Q7D-1", Version: 3, Right: "ccpa_know_specific", Queue: rights.QueueCCPA,
		Jurisdiction: rights.California, Status: cases.Open, Received: time.Date(2026, 3, 3, 2, 0, 0, 0, time.UTC),
		Missing: []string{"name", "state"}, Review: []string{"unsure"},
		Clock: rights.Clock{Zone: zone, ReceivedOn: day(2), Deadlines: []rights.Deadline{
			{Duty: rights.DutyAcknowledge, Statutory: day(16), Safe: day(12), Zone: zone},
			{Duty: rights.DutyRespond, Statutory: day(21), Safe: day(20), Zone: zone},
		}},
		Acknowledgement: cases.Acknowledgement{State: cases.AckQueued},
	})
}

var know = rights.Limit{Max: 2, Window: rights.RollingYear, Zone: "America/Los_Angeles"}

// held is the request over its limit.
func held(t *testing.T) (limits.Ledger, cases.Case) {
	l := limits.Ledger{Key: limits.Key{Consumer: "c0ffee", Right: "ccpa_know_specific"}}
	l = l.Confirm("first", day(1)).Confirm("second", day(2))
	l, c, entry := cases.Reserve(l, know, request(), now)
	require.Equal(t, cases.Held, c.Status)
	require.Equal(t, "held", entry.Kind)
	return l, c
}

func TestNextDutyIsTheAcknowledgementUntilItLeft(t *testing.T) {
	ack := cases.Next{Duty: rights.DutyAcknowledge, Due: time.Date(2026, 3, 13, 6, 59, 59, 0, time.UTC)} // summer time
	answer := cases.Next{Duty: rights.DutyRespond, Due: time.Date(2026, 3, 21, 6, 59, 59, 0, time.UTC)}
	for state, want := range map[cases.AckState]cases.Next{
		cases.AckQueued: ack, cases.AckHeld: ack, cases.AckSent: answer, cases.AckNone: answer, "": answer,
	} {
		c := request()
		c.Acknowledgement.State = state
		require.Equal(t, want, cases.Reschedule(c).Next, "acknowledgement %q", state)
	}

	c := request()
	c.Clock.Deadlines = c.Clock.Deadlines[1:] // a law without acknowledgement
	require.Equal(t, answer, cases.Reschedule(c).Next)
	c.Clock.Deadlines = nil // a law without dates
	c.Clock.Target = rights.Deadline{Duty: rights.DutyRespond, Safe: day(20), Zone: c.Clock.Zone}
	require.Equal(t, answer, cases.Reschedule(c).Next)
	c.Clock.Target = rights.Deadline{}
	require.Zero(t, cases.Reschedule(c).Next)

	c = request()
	c.Status = cases.Held
	require.Equal(t, ack, cases.Reschedule(c).Next, "a held case is acknowledged like any other")
	c.Status = cases.Closed
	require.Zero(t, cases.Reschedule(c).Next)
}

func TestMachinesNeverRefuseWaiveCloseOrReclassify(t *testing.T) {
	_, over := held(t)
	for _, who := range machines {
		require.False(t, who.Human())
		for _, outcome := range cases.Outcomes() {
			c, entry, err := cases.Close(request(), who, outcome, "reason", now)
			require.ErrorIs(t, err, cases.ErrNeedsHuman, "%q closes as %s", who, outcome)
			require.Equal(t, request(), c)
			require.Zero(t, entry)
		}
		c, _, err := cases.Waive(over, who, "reason", now)
		require.ErrorIs(t, err, cases.ErrNeedsHuman)
		require.Equal(t, over, c)
		_, _, err = cases.Reclassify(request(), who, rights.Right{ID: "ccpa_delete"}, rights.California, "reason", now)
		require.ErrorIs(t, err, cases.ErrNeedsHuman)
	}
	require.True(t, officer.Human())
}

func TestClosingNeedsAKnownOutcomeAndForLessThanAllAReason(t *testing.T) {
	reasons := map[cases.Outcome]bool{
		cases.Complied: false, cases.CompliedPart: true, cases.DeniedUnverified: true, cases.DeniedNotEntitled: true,
		cases.DeniedExempt: true, cases.DeniedOther: true, cases.Withdrawn: false, cases.Duplicate: false, cases.NotARequest: false,
	}
	require.Len(t, cases.Outcomes(), len(reasons))
	for outcome, needed := range reasons {
		c, _, err := cases.Close(request(), officer, outcome, " \n", now)
		require.Equal(t, needed, outcome.NeedsReason(), outcome)
		if needed {
			require.ErrorIs(t, err, cases.ErrNeedsReason, outcome)
			require.Equal(t, cases.Open, c.Status)
		} else {
			require.NoError(t, err, outcome)
		}
	}
	_, _, err := cases.Close(request(), officer, "lost", "reason", now)
	require.ErrorContains(t, err, `there is no outcome "lost"`)
	_, _, err = cases.Close(request(), officer, "", "reason", now)
	require.Error(t, err)
}

func TestClosedCaseHasADeciderAndNoDutyAndStaysClosed(t *testing.T) {
	c, entry, err := cases.Close(request(), officer, cases.DeniedExempt, " Needed for a claim. ", now)
	require.NoError(t, err)
	require.Equal(t, cases.Closed, c.Status)
	require.Equal(t, cases.DeniedExempt, c.Outcome)
	require.Equal(t, "Ada Officer", c.Decider)
	require.Equal(t, "Needed for a claim.", c.Reason)
	require.Equal(t, now.UTC(), c.ClosedAt)
	require.Zero(t, c.Next)
	require.EqualValues(t, 3, c.Version, "the store counts versions")
	require.Equal(t, cases.Entry{At: now, Actor: officer, Kind: "closed", Text: "Closed the case.",
		Data: map[string]string{"before": "open", "outcome": "denied_exempt", "reason": "Needed for a claim."}}, entry)

	_, _, err = cases.Close(c, officer, cases.Complied, "", now)
	require.ErrorIs(t, err, cases.ErrClosed)
	_, _, err = cases.Waive(c, officer, "reason", now)
	require.ErrorIs(t, err, cases.ErrClosed)
	_, _, err = cases.Reclassify(c, officer, rights.Right{ID: "ccpa_delete"}, rights.California, "reason", now)
	require.ErrorIs(t, err, cases.ErrClosed)
	moved, _ := cases.MoveUp(c, now)
	require.Equal(t, cases.Closed, moved.Status)
}

func TestReservedRequestStaysOpenAndCountsOnItsCivilDay(t *testing.T) {
	l, c, entry := cases.Reserve(limits.Ledger{}, know, request(), now)
	require.Equal(t, cases.Open, c.Status)
	require.Equal(t, &cases.Limit{State: limits.Reserved, On: day(2)}, c.Limit, "2 a.m. UTC is the evening before in Los Angeles")
	require.Equal(t, []limits.Use{{Case: "RM-8F3K-2Q7D-1", On: day(2), State: limits.Reserved}}, l.Uses)
	require.Equal(t, "reserved", entry.Kind)

	again, same, _ := cases.Reserve(l, know, c, now)
	require.Equal(t, l, again)
	require.Equal(t, c, same)
}

func TestRequestOverTheLimitIsHeldWithDatesAndStillAcknowledged(t *testing.T) {
	l, c := held(t)
	require.Equal(t, []limits.Use{{Case: "RM-8F3K-2Q7D-1", On: day(2), State: limits.Waiting}}, l.Waiting)
	require.Equal(t, &cases.Limit{
		Key: l.Key, State: limits.Waiting, On: day(2), Earlier: []rights.Date{day(1), day(2)},
		FirstFree: rights.Date{Year: 2027, Month: 3, Day: 1},
	}, c.Limit)
	require.Equal(t, rights.DutyAcknowledge, c.Next.Duty)
}

func TestWaivingOpensTheCaseAndKeepsWhyItWasHeld(t *testing.T) {
	_, over := held(t)
	_, _, err := cases.Waive(over, officer, " ", now)
	require.ErrorIs(t, err, cases.ErrNeedsReason)
	_, _, err = cases.Waive(request(), officer, "reason", now)
	require.ErrorContains(t, err, "nothing to waive")

	c, entry, err := cases.Waive(over, officer, "We lost the first answer.", now)
	require.NoError(t, err)
	require.Equal(t, cases.Open, c.Status)
	require.Equal(t, "Ada Officer", c.Limit.Waived)
	require.Len(t, c.Limit.Earlier, 2)
	require.Equal(t, map[string]string{"reason": "We lost the first answer."}, entry.Data)
	require.Empty(t, over.Limit.Waived, "the value it came from stays as it was")
}

func TestGivingBackMovesTheHeldCaseUp(t *testing.T) {
	l, over := held(t)
	first := request()
	first.ID, first.Limit = "first", &cases.Limit{Key: l.Key, State: limits.Reserved, On: day(1)}
	l, first, movedUp := cases.GiveBack(l, know, first)
	require.Equal(t, []cases.ID{over.ID}, movedUp)
	require.Empty(t, first.Limit.State)
	require.Empty(t, l.Waiting)

	c, entry := cases.MoveUp(over, now)
	require.Equal(t, cases.Open, c.Status)
	require.Equal(t, &cases.Limit{Key: l.Key, State: limits.Reserved, On: day(2)}, c.Limit)
	require.Equal(t, cases.Machine, entry.Actor)
	require.Equal(t, cases.Held, over.Status)
	require.Equal(t, limits.Waiting, over.Limit.State, "the value it came from stays as it was")

	unlimited := request()
	same, c, movedUp := cases.GiveBack(l, know, unlimited)
	require.Equal(t, l, same)
	require.Equal(t, unlimited, c)
	require.Empty(t, movedUp)
}

func TestReclassifyingSettlesDoubtsAndLeavesTheOldLimit(t *testing.T) {
	_, over := held(t)
	right := rights.Right{ID: "gdpr_access", Queue: rights.QueueGDPR, Priority: 2, Required: []string{"name"}}
	_, _, err := cases.Reclassify(over, officer, right, rights.EU, "", now)
	require.ErrorIs(t, err, cases.ErrNeedsReason)

	c, entry, err := cases.Reclassify(over, officer, right, rights.EU, "They live in Rome.", now)
	require.NoError(t, err)
	require.Equal(t, rights.ID("gdpr_access"), c.Right)
	require.Equal(t, rights.QueueGDPR, c.Queue)
	require.Equal(t, rights.EU, c.Jurisdiction)
	require.Equal(t, cases.Open, c.Status)
	require.Nil(t, c.Limit)
	require.Empty(t, c.Review)
	require.Equal(t, "Ada Officer", c.DecidedBy)
	require.Equal(t, []string{"name"}, c.Missing)
	require.Equal(t, []string{"name", "state"}, over.Missing, "the value it came from stays as it was")
	require.Equal(t, "ccpa_know_specific", entry.Data["right-before"])
	require.Equal(t, "gdpr_access", entry.Data["right"])

	same := rights.Right{ID: over.Right, Queue: over.Queue}
	c, _, err = cases.Reclassify(over, officer, same, rights.OtherUS, "They moved.", now)
	require.NoError(t, err)
	require.Equal(t, cases.Held, c.Status, "the same right keeps its limit")
	require.NotNil(t, c.Limit)
}

func TestAcknowledgementThatLeftStaysSent(t *testing.T) {
	c, entry := cases.Acknowledge(request(), cases.Acknowledgement{State: cases.AckSent, At: now}, cases.Machine, now)
	require.Equal(t, cases.Acknowledgement{State: cases.AckSent, At: now.UTC()}, c.Acknowledgement)
	require.Equal(t, "acknowledged", entry.Kind)
	require.Equal(t, rights.DutyRespond, c.Next.Duty)

	late, entry := cases.Acknowledge(c, cases.Acknowledgement{State: cases.AckHeld, Hold: "delivery_failed"}, cases.Machine, now)
	require.Equal(t, c, late)
	require.Equal(t, map[string]string{"before": "sent", "reason": "delivery_failed"}, entry.Data)

	kinds := map[cases.AckState]string{
		cases.AckQueued: "acknowledgement-queued", cases.AckHeld: "acknowledgement-held", cases.AckNone: "acknowledgement-none",
	}
	for state, kind := range kinds {
		c, entry := cases.Acknowledge(request(), cases.Acknowledgement{State: state}, officer, now)
		require.Equal(t, state, c.Acknowledgement.State)
		require.Equal(t, kind, entry.Kind)
		require.Equal(t, officer, entry.Actor)
	}
}
