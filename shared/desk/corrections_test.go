package desk_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/cases"
	"rightsmail/shared/desk"
	"rightsmail/shared/rights"
)

// corrections of the day of at.
func (o *office) corrections(t *testing.T) []desk.Correction {
	t.Helper()
	list, err := o.Corrections(ctx, at.Add(-time.Hour), at.Add(time.Hour))
	require.NoError(t, err)
	return list
}

func (o *office) reclassify(t *testing.T, id cases.ID, right rights.ID, j rights.Jurisdiction) {
	t.Helper()
	require.NoError(t, o.Reclassify(ctx, id, o.read(t, id).Version, officer, right, j, "She lives in Vienna.", at.Add(time.Minute)))
}

func TestCorrectionIsTheMailAsItStandsNow(t *testing.T) {
	o := newOffice(t)
	one := o.receive(t, trusted(deletion, at)).Cases[0]
	o.receive(t, trusted(know(1), at))
	assert.Empty(t, o.corrections(t), "nobody touched anything")

	o.reclassify(t, one.ID, "gdpr_erasure", rights.EU)
	o.reclassify(t, one.ID, "gdpr_access", rights.EU)
	list := o.corrections(t)
	require.Len(t, list, 1)
	got := list[0]
	assert.Equal(t, one.ID.Reference(), got.Reference)
	assert.Equal(t, []rights.ID{"gdpr_access"}, got.Rights)
	assert.Equal(t, []rights.Queue{rights.QueueGDPR}, got.Queues)
	assert.Equal(t, rights.EU, got.Jurisdiction)
	assert.False(t, got.Unsettled)
	require.Len(t, got.Changes, 2)
	assert.Equal(t, desk.Change{Case: one.ID, At: at.Add(time.Minute), Before: one.Right, After: "gdpr_erasure", Reason: "She lives in Vienna."}, got.Changes[0])

	earlier, err := o.Corrections(ctx, at.Add(-time.Hour), at)
	require.NoError(t, err)
	assert.Empty(t, earlier, "the end is excluded")
}

func TestClosingAsNoRequestIsACorrectionAndAnsweringIsNone(t *testing.T) {
	o := newOffice(t)
	no, yes := o.receive(t, trusted(deletion, at)).Cases[0], o.receive(t, trusted(know(1), at)).Cases[0]
	require.NoError(t, o.Close(ctx, no.ID, o.read(t, no.ID).Version, officer, cases.NotARequest, "a joke", at))
	require.NoError(t, o.Close(ctx, yes.ID, o.read(t, yes.ID).Version, officer, cases.Complied, "", at))
	list := o.corrections(t)
	require.Len(t, list, 1)
	assert.Empty(t, list[0].Rights)
	assert.Empty(t, list[0].Queues)
	assert.Equal(t, []desk.Change{{Case: no.ID, At: at, Before: no.Right, Reason: "a joke"}}, list[0].Changes)
}

func TestMailWithACaseInReviewIsNotSettled(t *testing.T) {
	o := newOffice(t)
	got := o.receive(t, trusted(deletion+"\nDo not sell or share my personal information.\n", at))
	require.Len(t, got.Cases, 2)
	sibling := o.read(t, got.Cases[1].ID)
	trail, err := o.Store.Trail(ctx, sibling.ID)
	require.NoError(t, err)
	last := trail[len(trail)-1]
	sibling.Queue = rights.QueueReview // as if the rules had been unsure of it
	require.NoError(t, o.Store.Commit(ctx, cases.Batch{Cases: []cases.Change{{Case: sibling, Entries: []cases.Entry{cases.Chain(last, cases.Entry{At: at, Actor: cases.Machine, Kind: "test", Text: "For review."})}}}}))
	o.reclassify(t, got.Cases[0].ID, "ccpa_correct", rights.California)
	require.Len(t, o.corrections(t), 1)
	assert.True(t, o.corrections(t)[0].Unsettled)

	o.reclassify(t, sibling.ID, sibling.Right, rights.California)
	one := o.corrections(t)[0]
	assert.False(t, one.Unsettled)
	assert.ElementsMatch(t, []rights.ID{"ccpa_correct", sibling.Right}, one.Rights)
}

func TestExportIsNotedInEveryTrailOfTheMail(t *testing.T) {
	o := newOffice(t)
	in := trusted(deletion+"\nDo not sell or share my personal information.\n", at)
	got := o.receive(t, in)
	require.Len(t, got.Cases, 2)
	o.reclassify(t, got.Cases[0].ID, "ccpa_correct", rights.California)
	one := o.corrections(t)[0]

	for name, c := range map[string]struct {
		who  cases.Actor
		room int
		want error
	}{
		"a machine": {cases.Machine, len(in.Raw), cases.ErrNeedsHuman},
		"no room":   {officer, len(in.Raw) - 1, desk.ErrNoRoom},
	} {
		raw, err := o.Export(ctx, one, c.room, c.who, at)
		assert.ErrorIs(t, err, c.want, name)
		assert.Nil(t, raw)
		trail, err := o.Store.Trail(ctx, got.Cases[0].ID)
		require.NoError(t, err)
		assert.Equal(t, "reclassified", trail[len(trail)-1].Kind, name)
	}

	raw, err := o.Export(ctx, one, len(in.Raw), officer, at)
	require.NoError(t, err)
	assert.Equal(t, in.Raw, raw)
	for _, c := range got.Cases {
		trail, err := o.Store.Trail(ctx, c.ID)
		require.NoError(t, err)
		require.NoError(t, cases.Verify(trail))
		assert.Equal(t, "exported", trail[len(trail)-1].Kind)
		assert.Equal(t, officer, trail[len(trail)-1].Actor)
	}
}
