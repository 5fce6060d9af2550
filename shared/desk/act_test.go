package desk_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/cases"
	"rightsmail/shared/limits"
	"rightsmail/shared/replies"
	"rightsmail/shared/rights"
)

const officer cases.Actor = "Dana Officer"

// read gets a case as it is now.
func (o *office) read(t *testing.T, id cases.ID) cases.Case {
	t.Helper()
	c, err := o.Store.Case(ctx, id)
	require.NoError(t, err)
	return c
}

// threeKnows receives three know requests and returns their cases; the last is held.
func threeKnows(t *testing.T, o *office) [3]cases.ID {
	t.Helper()
	var ids [3]cases.ID
	for n := range ids {
		ids[n] = o.receive(t, trusted(know(n), at.AddDate(0, n, 0))).Cases[0].ID
	}
	o.deliver(t, at.AddDate(0, 3, 0))
	require.Equal(t, cases.Held, o.read(t, ids[2]).Status)
	return ids
}

func TestUseGivenBackMovesTheHeldRequestUpAndHandsItOver(t *testing.T) {
	for _, outcome := range []cases.Outcome{cases.DeniedUnverified, cases.Withdrawn, cases.Duplicate, cases.NotARequest} {
		t.Run(string(outcome), func(t *testing.T) {
			o := newOffice(t)
			ids := threeKnows(t, o)
			require.NoError(t, o.Close(ctx, ids[0], o.read(t, ids[0]).Version, officer, outcome, "could not be verified", at))
			third := o.read(t, ids[2])
			assert.Equal(t, cases.Open, third.Status)
			assert.Equal(t, limits.Reserved, third.Limit.State)
			o.deliver(t, at.AddDate(0, 3, 0))
			assert.Contains(t, o.handedOver(t, rights.QueueCCPA), string(ids[2]))
			drafts, err := o.Store.Effects(ctx, cases.EffectQuery{State: cases.EffectDraft})
			require.NoError(t, err)
			assert.Empty(t, drafts.Effects, "its over-limit letter is not wanted any more")
		})
	}
}

func TestAnswerConfirmsTheUseAndMovesNobodyUp(t *testing.T) {
	o := newOffice(t)
	ids := threeKnows(t, o)
	require.NoError(t, o.Close(ctx, ids[0], o.read(t, ids[0]).Version, officer, cases.Complied, "", at))
	assert.Equal(t, limits.Confirmed, o.read(t, ids[0]).Limit.State)
	assert.Equal(t, cases.Held, o.read(t, ids[2]).Status)
}

func TestWaivedRequestIsHandedOverThoughItIsOverTheLimit(t *testing.T) {
	o := newOffice(t)
	ids := threeKnows(t, o)
	require.NoError(t, o.Waive(ctx, ids[2], o.read(t, ids[2]).Version, officer, "doubt about the count", at))
	o.deliver(t, at.AddDate(0, 3, 0))
	assert.Equal(t, cases.Open, o.read(t, ids[2]).Status)
	assert.Contains(t, o.handedOver(t, rights.QueueCCPA), string(ids[2]))
}

func TestOverLimitLetterLeavesOnlyWhenAHumanSendsIt(t *testing.T) {
	o := newOffice(t)
	ids := threeKnows(t, o)
	before := len(o.letters(t))
	id := "over-limit-" + string(ids[2]) + "-v1"
	require.ErrorIs(t, o.SendDraft(ctx, id, cases.Machine, at), cases.ErrNeedsHuman)
	require.NoError(t, o.SendDraft(ctx, id, officer, at))
	o.deliver(t, at.AddDate(0, 3, 0))
	assert.Len(t, o.letters(t), before+1)
	assert.Error(t, o.DropDraft(ctx, id, officer, at), "what has left cannot be dropped")
}

func TestMachineClosesWaivesAndReclassifiesNothing(t *testing.T) {
	o := newOffice(t)
	ids := threeKnows(t, o)
	c := o.read(t, ids[2])
	assert.ErrorIs(t, o.Close(ctx, c.ID, c.Version, cases.Machine, cases.DeniedOther, "x", at), cases.ErrNeedsHuman)
	assert.ErrorIs(t, o.Waive(ctx, c.ID, c.Version, "", "x", at), cases.ErrNeedsHuman)
	assert.ErrorIs(t, o.Reclassify(ctx, c.ID, c.Version, cases.Machine, "ccpa_delete", rights.California, "x", at), cases.ErrNeedsHuman)
	assert.Equal(t, c, o.read(t, c.ID))
}

func TestHumanWhoSawAnOlderVersionIsToldAndChangesNothing(t *testing.T) {
	o := newOffice(t)
	ids := threeKnows(t, o)
	c := o.read(t, ids[2])
	require.NoError(t, o.Waive(ctx, c.ID, c.Version, officer, "doubt", at))
	assert.ErrorIs(t, o.Close(ctx, c.ID, c.Version, "Second Officer", cases.Complied, "", at), cases.ErrConflict)
}

func TestCorrectedClassGetsItsOwnDatesFromTheSameReceiptAndFreesTheUse(t *testing.T) {
	o := newOffice(t)
	ids := threeKnows(t, o)
	c := o.read(t, ids[0])
	require.NoError(t, o.Reclassify(ctx, c.ID, c.Version, officer, "gdpr_access", rights.EU, "she lives in Lyon", at))
	now := o.read(t, c.ID)
	assert.Equal(t, rights.QueueGDPR, now.Queue)
	assert.True(t, now.Received.Equal(c.Received))
	assert.Equal(t, "Europe/Warsaw", now.Clock.Zone)
	assert.Equal(t, cases.Open, o.read(t, ids[2]).Status, "the held request moved up")
	o.deliver(t, at.AddDate(0, 3, 0))
	assert.Contains(t, o.handedOver(t, rights.QueueGDPR), string(c.ID))
}

func TestCaseCorrectedThereAndBackIsHandedOverEachTime(t *testing.T) {
	o := newOffice(t)
	id := o.receive(t, trusted(deletion, at)).Cases[0].ID
	require.NoError(t, o.Reclassify(ctx, id, o.read(t, id).Version, officer, "gdpr_erasure", rights.EU, "she lives in Lyon", at))
	require.NoError(t, o.Reclassify(ctx, id, o.read(t, id).Version, officer, "ccpa_delete", rights.California, "no, in Fresno", at))
	o.deliver(t, at)
	assert.Len(t, o.handedOver(t, rights.QueueCCPA), 2)
	assert.Len(t, o.handedOver(t, rights.QueueGDPR), 1)
}

func TestWaivedRequestThatMovesUpIsNotHandedOverAgain(t *testing.T) {
	o := newOffice(t)
	ids := threeKnows(t, o)
	require.NoError(t, o.Waive(ctx, ids[2], o.read(t, ids[2]).Version, officer, "doubt about the count", at))
	require.NoError(t, o.Close(ctx, ids[0], o.read(t, ids[0]).Version, officer, cases.Withdrawn, "", at))
	o.deliver(t, at.AddDate(0, 3, 0))
	assert.Len(t, o.handedOver(t, rights.QueueCCPA), 3)
	assert.Equal(t, limits.Reserved, o.read(t, ids[2]).Limit.State)
}

func TestHeldRequestCorrectedInItsQueueIsHandedOverAndItsLetterDropped(t *testing.T) {
	o := newOffice(t)
	ids := threeKnows(t, o)
	require.NoError(t, o.Reclassify(ctx, ids[2], o.read(t, ids[2]).Version, officer, "ccpa_delete", rights.California, "she wants it gone", at))
	o.deliver(t, at.AddDate(0, 3, 0))
	assert.Contains(t, o.handedOver(t, rights.QueueCCPA), string(ids[2]))
	drafts, err := o.Store.Effects(ctx, cases.EffectQuery{State: cases.EffectDraft})
	require.NoError(t, err)
	assert.Empty(t, drafts.Effects)
}

func TestHeldRequestWhoseRightStandsKeepsItsLetter(t *testing.T) {
	o := newOffice(t)
	ids := threeKnows(t, o)
	require.NoError(t, o.Reclassify(ctx, ids[2], o.read(t, ids[2]).Version, officer, "ccpa_know_specific", rights.California, "confirmed", at))
	assert.Equal(t, cases.Held, o.read(t, ids[2]).Status)
	drafts, err := o.Store.Effects(ctx, cases.EffectQuery{State: cases.EffectDraft, Case: ids[2]})
	require.NoError(t, err)
	assert.Len(t, drafts.Effects, 1)
}

func TestRequestCorrectedOutOfItsLimitAndBackIsHeldWithANewLetter(t *testing.T) {
	o := newOffice(t)
	ids := threeKnows(t, o)
	for _, right := range []rights.ID{"ccpa_delete", "ccpa_know_specific"} {
		require.NoError(t, o.Reclassify(ctx, ids[2], o.read(t, ids[2]).Version, officer, right, rights.California, "again", at))
	}
	assert.Equal(t, cases.Held, o.read(t, ids[2]).Status)
	drafts, err := o.Store.Effects(ctx, cases.EffectQuery{State: cases.EffectDraft, Case: ids[2]})
	require.NoError(t, err)
	assert.Len(t, drafts.Effects, 1)
}

func TestCorrectedClassThatHasALimitAsksIt(t *testing.T) {
	o := newOffice(t)
	o.receive(t, trusted(know(0), at))
	o.receive(t, trusted(know(1), at))
	id := o.receive(t, trusted(deletion, at)).Cases[0].ID
	require.NoError(t, o.Reclassify(ctx, id, o.read(t, id).Version, officer, "ccpa_know_specific", rights.California, "she wants a copy", at))
	assert.Equal(t, cases.Held, o.read(t, id).Status)
	drafts, err := o.Store.Effects(ctx, cases.EffectQuery{State: cases.EffectDraft, Case: id})
	require.NoError(t, err)
	require.Len(t, drafts.Effects, 1, "a held request has its drafted letter, however it came to be held")
	assert.Contains(t, string(drafts.Effects[0].Payload), "2 March 2027")
}

// broken is a store that dies at the nth commit: before it is written, or after.
type broken struct {
	cases.Store
	n     int
	after bool
}

var errCrash = errors.New("crash")

func (b *broken) Commit(ctx context.Context, batch cases.Batch) error {
	if b.n--; b.n != 0 {
		return b.Store.Commit(ctx, batch)
	}
	if b.after {
		if err := b.Store.Commit(ctx, batch); err != nil {
			return err
		}
	}
	return errCrash
}

func TestCrashBetweenAnyTwoStepsAndARetryLoseAndDoubleNothing(t *testing.T) {
	for n := 1; n <= 6; n++ {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("commit %d after %t", n, after), func(t *testing.T) {
				o := newOffice(t)
				whole := o.Store
				o.Store = &broken{Store: whole, n: n, after: after}
				in := trusted(know(0), at)
				_, err1 := o.Receive(ctx, in, at)
				_, err2 := o.Deliver(ctx, at, 50)
				if n <= 3 {
					require.ErrorIs(t, errors.Join(err1, err2), errCrash, "the crash happened")
				}
				o.Store = whole
				o.receive(t, in)
				o.deliver(t, at)

				page, err := o.Store.Cases(ctx, cases.Query{})
				require.NoError(t, err)
				require.Len(t, page.Cases, 1)
				assert.Equal(t, cases.AckSent, page.Cases[0].Acknowledgement.State)
				assert.Len(t, o.letters(t), 1)
				assert.Len(t, o.handedOver(t, rights.QueueCCPA), 1)
				ledger, err := o.Store.Ledger(ctx, page.Cases[0].Limit.Key)
				require.NoError(t, err)
				assert.Len(t, ledger.Uses, 1)
				trail, err := o.Store.Trail(ctx, page.Cases[0].ID)
				require.NoError(t, err)
				assert.NoError(t, cases.Verify(trail))
			})
		}
	}
}

// failing is a sender that does not get through, until it does.
type failing struct {
	replies.Sender
	times int
	err   error
}

func (f *failing) Send(ctx context.Context, id string, l replies.Letter, at time.Time) (string, error) {
	if f.times--; f.times >= 0 {
		return "", f.err
	}
	return f.Sender.Send(ctx, id, l, at)
}

func TestLetterThatDoesNotGetThroughIsTriedAgainLater(t *testing.T) {
	o := newOffice(t)
	o.Sender = &failing{Sender: o.Sender, times: 2, err: errors.New("connection reset")}
	o.receive(t, trusted(deletion, at))
	d, err := o.Deliver(ctx, at, 50)
	require.NoError(t, err)
	assert.Equal(t, 1, d.Later)
	d, err = o.Deliver(ctx, at, 50)
	require.NoError(t, err)
	assert.Zero(t, d.Done+d.Later, "not before its pause is over")
	for day := range 3 {
		_, err = o.Deliver(ctx, at.AddDate(0, 0, day+1), 50)
		require.NoError(t, err)
	}
	assert.Len(t, o.letters(t), 1)
}

func TestLetterThatIsRefusedForGoodBecomesATask(t *testing.T) {
	o := newOffice(t)
	o.Sender = &failing{Sender: o.Sender, times: 1, err: fmt.Errorf("%w: no such address", replies.ErrRefused)}
	id := o.receive(t, trusted(deletion, at)).Cases[0].ID
	d, err := o.Deliver(ctx, at, 50)
	require.NoError(t, err)
	assert.Equal(t, 1, d.Failed)
	c := o.read(t, id)
	assert.Equal(t, cases.AckHeld, c.Acknowledgement.State)
	assert.Equal(t, rights.DutyAcknowledge, c.Next.Duty, "the duty and its date stand")
	require.NoError(t, o.ReleaseAck(ctx, id, c.Version, officer, at))
	o.deliver(t, at)
	assert.Len(t, o.letters(t), 1)
}
