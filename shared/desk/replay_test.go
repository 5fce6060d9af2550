package desk_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/cases"
	"rightsmail/shared/classify"
	"rightsmail/shared/desk"
	"rightsmail/shared/rights"
)

// both asks for two rights in one mail.
const both = `From: Ana Ruiz <ana@example.net>
To: privacy@example.com
Subject: my data
Message-ID: <both@example.net>

I live in Fresno, California. Please delete all personal information you have
collected about me, and do not sell my personal information.

Ana Ruiz
`

// olderRules is how a mail was judged before the rules learnt of these rights.
func (o *office) olderRules(in desk.Incoming, unknown ...rights.ID) desk.Judgement {
	j := o.Judge.Judge(in)
	j.Requests = slices.DeleteFunc(slices.Clone(j.Requests), func(r desk.Request) bool { return slices.Contains(unknown, r.Right.ID) })
	if len(j.Requests) == 0 {
		j.Decision.Outcome = classify.Support
	}
	return j
}

// then takes a mail in as the older rules did.
func (o *office) then(t *testing.T, in desk.Incoming, unknown ...rights.ID) desk.Received {
	t.Helper()
	require.NoError(t, o.Archive.Put(ctx, in.ID, in.Raw))
	got, err := o.Take(ctx, in, o.olderRules(in, unknown...), in.Received)
	require.NoError(t, err)
	return got
}

// fromArchive is a mail as the archive gives it back.
func fromArchive(in desk.Incoming) desk.Incoming {
	return desk.Incoming{ID: in.ID, Raw: in.Raw, Received: in.Received.Add(time.Second), FromFile: true}
}

// bySES puts on top of a mail what SES writes there.
func bySES(raw string) string {
	return "Return-Path: <ana@example.net>\r\nReceived: from x by inbound-smtp.us-east-1.amazonaws.com with SMTP id abc; Mon, 2 Mar 2026 20:00:00 +0000\r\n" +
		"Authentication-Results: amazonses.com; dkim=pass header.i=@example.net; dmarc=pass header.from=example.net;\r\n" + raw
}

var later = at.AddDate(0, 0, 9)

// recheck rechecks a mail twice, and holds the second time to change nothing.
func (o *office) recheck(t *testing.T, in desk.Incoming) desk.Replayed {
	t.Helper()
	replayed, err := o.Replay(ctx, fromArchive(in))
	require.NoError(t, err)
	out, err := o.Recheck(ctx, fromArchive(in), later)
	require.NoError(t, err)
	assert.Equal(t, replayed, out, "a dry run says what is done")
	before := o.everything(t)
	_, err = o.Recheck(ctx, fromArchive(in), later.Add(time.Hour))
	require.NoError(t, err)
	assert.Equal(t, before, o.everything(t), "a second time changes nothing")
	return out
}

// everything is all cases and the outbox.
func (o *office) everything(t *testing.T) (all []any) {
	t.Helper()
	page, err := o.Store.Cases(ctx, cases.Query{})
	require.NoError(t, err)
	effects, err := o.Store.Effects(ctx, cases.EffectQuery{})
	require.NoError(t, err)
	return []any{page.Cases, effects.Effects}
}

func (o *office) find(t *testing.T, id cases.ID) cases.Case {
	t.Helper()
	c, err := o.Store.Case(ctx, id)
	require.NoError(t, err)
	return c
}

func TestMailThatRulesReadAsBeforeIsLeftAlone(t *testing.T) {
	for name, raw := range map[string]string{"a request": deletion, "support": support, "two rights": both} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			in := trusted(raw, at)
			o.receive(t, in)
			before := o.everything(t)
			got := o.recheck(t, in)
			assert.Equal(t, desk.Same, got.Verdict)
			assert.Equal(t, got.Before, got.After)
			assert.Equal(t, before, o.everything(t))
		})
	}
}

func TestMailThatNobodyDecidedIsLostAndTakenInWithItsOwnReceipt(t *testing.T) {
	o := newOffice(t)
	in := trusted(bySES(deletion), at)
	require.NoError(t, o.Archive.Put(ctx, in.ID, in.Raw))
	stored := desk.Incoming{ID: in.ID, Raw: in.Raw, Received: at.AddDate(0, 0, 3), FromFile: true} // a bucket that was restored

	replayed, err := o.Replay(ctx, stored)
	require.NoError(t, err)
	assert.Equal(t, desk.Lost, replayed.Verdict)
	assert.Equal(t, "nothing", replayed.Before.String())
	assert.Equal(t, "ccpa_delete (us-ca)", replayed.After.String())
	_, err = o.Store.Mail(ctx, in.ID)
	require.ErrorIs(t, err, cases.ErrNotFound, "a dry run takes nothing in")

	_, err = o.Recheck(ctx, stored, later)
	require.NoError(t, err)
	mail, err := o.Store.Mail(ctx, in.ID)
	require.NoError(t, err)
	assert.Equal(t, at, mail.Received)
	assert.Equal(t, at, o.find(t, mail.Cases[0]).Received)

	again, err := o.Recheck(ctx, stored, later)
	require.NoError(t, err)
	assert.Equal(t, desk.Same, again.Verdict)
}

func TestForwardedMailThatAsksForARightOpensItsCaseFromItsOwnReceipt(t *testing.T) {
	o := newOffice(t)
	in := trusted(bySES(deletion), at)
	require.Equal(t, cases.Forwarded, o.then(t, in, "ccpa_delete").Mail.Handling)

	got := o.recheck(t, in)
	assert.Equal(t, desk.Asks, got.Verdict)
	assert.Equal(t, "ordinary mail", got.Before.String())

	page, err := o.Store.Cases(ctx, cases.Query{})
	require.NoError(t, err)
	require.Len(t, page.Cases, 1)
	c := page.Cases[0]
	assert.Equal(t, rights.ID("ccpa_delete"), c.Right)
	assert.Equal(t, at, c.Received)
	trail, err := o.Store.Trail(ctx, c.ID)
	require.NoError(t, err)
	assert.True(t, slices.ContainsFunc(trail, func(e cases.Entry) bool { return e.Kind == "read-again" }))
	mail, err := o.Store.Mail(ctx, in.ID)
	require.NoError(t, err)
	assert.Equal(t, cases.Forwarded, mail.Handling, "what was decided then stays written")

	view, err := o.View(ctx, c.ID, later)
	require.NoError(t, err)
	require.NotNil(t, view.Message, "the case shows the mail")
	raw, err := o.Raw(ctx, c.ID)
	require.NoError(t, err)
	assert.Equal(t, in.Raw, raw)
	o.deliver(t, later)
	assert.Equal(t, cases.AckSent, o.find(t, c.ID).Acknowledgement.State, "its acknowledgement leaves like any other")
}

func TestNewRightOfAMailIsAReasonToLookAndNoCaseOfItsOwn(t *testing.T) {
	o := newOffice(t)
	in := trusted(both, at)
	first := o.then(t, in, "ccpa_opt_out_sale_share").Cases[0]

	got := o.recheck(t, in)
	assert.Equal(t, desk.Differs, got.Verdict)
	assert.Equal(t, first.ID, got.Case)
	c := o.find(t, first.ID)
	assert.Equal(t, []string{"newer rules read this as ccpa_delete (us-ca), ccpa_opt_out_sale_share (us-ca): confirm or correct"}, c.Review)
	assert.Equal(t, first.Right, c.Right, "what it is stays for a human to say")
	assert.Equal(t, first.Queue, c.Queue)
	trail, err := o.Store.Trail(ctx, c.ID)
	require.NoError(t, err)
	require.NoError(t, cases.Verify(trail))
	last := trail[len(trail)-1]
	assert.Equal(t, "rechecked", last.Kind)
	assert.Equal(t, "ccpa_delete (us-ca)", last.Data["read-before"])

	again, err := o.Replay(ctx, fromArchive(in))
	require.NoError(t, err)
	assert.True(t, again.Noted)
}

func TestRightThatNewerRulesDoNotSeeIsNotRemoved(t *testing.T) {
	o := newOffice(t)
	in := trusted(support, at)
	j := o.Judge.Judge(in)
	j.Requests = o.Judge.Judge(trusted(deletion, at)).Requests
	j.Decision.Outcome = classify.Privacy
	require.NoError(t, o.Archive.Put(ctx, in.ID, in.Raw))
	opened, err := o.Take(ctx, in, j, at)
	require.NoError(t, err)

	got := o.recheck(t, in)
	assert.Equal(t, desk.Differs, got.Verdict)
	c := o.find(t, opened.Cases[0].ID)
	assert.Equal(t, cases.Open, c.Status)
	assert.Equal(t, rights.ID("ccpa_delete"), c.Right)
	assert.Contains(t, strings.Join(c.Review, "\n"), "newer rules read this as ordinary mail")
}

func TestWhatAHumanDecidedIsNotDoubted(t *testing.T) {
	for name, decide := range map[string]func(*testing.T, *office, cases.Case){
		"corrected": func(t *testing.T, o *office, c cases.Case) {
			require.NoError(t, o.Reclassify(ctx, c.ID, c.Version+1, "Dana", "ccpa_know_specific", c.Jurisdiction, "they meant that", at))
		},
		"closed": func(t *testing.T, o *office, c cases.Case) {
			require.NoError(t, o.Close(ctx, c.ID, c.Version+1, "Dana", cases.Complied, "", at))
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			in := trusted(both, at)
			first := o.then(t, in, "ccpa_opt_out_sale_share").Cases[0]
			decide(t, o, first)
			before := o.everything(t)

			got := o.recheck(t, in)
			assert.Equal(t, desk.Differs, got.Verdict)
			assert.Equal(t, "ccpa_delete (us-ca)", got.Before.String(), "what the machine read then, not what the human made of it")
			assert.Empty(t, got.Case, "there is nobody left to ask")
			assert.Equal(t, before, o.everything(t))
		})
	}
}

func TestCorrectionOfAHumanIsNoDifference(t *testing.T) {
	o := newOffice(t)
	in := trusted(deletion, at)
	c := o.receive(t, in).Cases[0]
	require.NoError(t, o.Reclassify(ctx, c.ID, 1, "Dana", "ccpa_know_specific", c.Jurisdiction, "they meant that", at))
	assert.Equal(t, desk.Same, o.recheck(t, in).Verdict)
}

func TestOtherQueueOrDateAloneIsShownAndChangesNothing(t *testing.T) {
	o := newOffice(t)
	in := trusted(deletion, at)
	j := o.Judge.Judge(in)
	j.Requests = slices.Clone(j.Requests)
	j.Requests[0].Queue = rights.QueueReview
	require.NoError(t, o.Archive.Put(ctx, in.ID, in.Raw))
	_, err := o.Take(ctx, in, j, at)
	require.NoError(t, err)
	before := o.everything(t)
	assert.Equal(t, desk.Moved, o.recheck(t, in).Verdict)
	assert.Equal(t, before, o.everything(t))
}

func TestAnswersAndCopiesReadAsTheyWere(t *testing.T) {
	o := newOffice(t)
	first := o.receive(t, trusted(know(1), at))
	o.deliver(t, at)
	reply := trusted(answer(o, t, "ana@example.net", "My customer number is 4711."), at.Add(time.Hour))
	require.Equal(t, cases.Joined, o.receive(t, reply).Mail.Handling)
	copied := trusted("X-Copy: 1\n"+know(1), at.Add(time.Minute))
	_, err := o.Receive(ctx, copied, at.Add(time.Minute))
	require.NoError(t, err)

	assert.Equal(t, desk.Same, o.recheck(t, reply).Verdict)
	got := o.recheck(t, copied)
	assert.Equal(t, desk.Same, got.Verdict)
	assert.Equal(t, cases.Merged, got.Before.Handling)

	c := o.find(t, first.Cases[0].ID)
	require.NoError(t, o.Close(ctx, c.ID, c.Version, "Dana", cases.Complied, "", at.Add(2*time.Hour)))
	assert.Equal(t, desk.Same, o.recheck(t, reply).Verdict, "the case it joined was open then")
}

func TestAnswerWithANewRightIsAReasonOnTheCaseItJoined(t *testing.T) {
	o := newOffice(t)
	first := o.receive(t, trusted(deletion, at))
	o.deliver(t, at)
	reply := trusted(answer(o, t, "ana@example.net", "I live in California. Also, do not sell or share my personal information."), at.Add(time.Hour))
	require.Equal(t, cases.Joined, o.then(t, reply, "ccpa_opt_out_sale_share").Mail.Handling)

	got := o.recheck(t, reply)
	assert.Equal(t, desk.Differs, got.Verdict)
	assert.Equal(t, first.Cases[0].ID, got.Case)
	assert.Contains(t, strings.Join(o.find(t, got.Case).Review, "\n"), "ccpa_opt_out_sale_share")
}

func TestCanaryIsReadAsACanary(t *testing.T) {
	o := newOffice(t)
	require.NoError(t, o.Canary(ctx, at))
	o.deliver(t, at)
	files, err := filepath.Glob(filepath.Join(o.outbox, "*.eml"))
	require.NoError(t, err)
	require.Len(t, files, 1)
	raw, err := os.ReadFile(files[0])
	require.NoError(t, err)
	in := trusted(string(raw), at)
	require.Equal(t, cases.Ignored, o.receive(t, in).Mail.Handling)
	assert.Equal(t, desk.Same, o.recheck(t, in).Verdict)
}
