package rights

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// vocabulary is every id that mail may be given, with its queue and priority.
var vocabulary = map[ID]struct {
	queue    Queue
	priority Priority
}{
	"agent": {QueueCCPA, 2}, "ccpa_know_categories": {QueueCCPA, 2}, "ccpa_know_specific": {QueueCCPA, 2},
	"ccpa_correct": {QueueCCPA, 2}, "ccpa_delete": {QueueCCPA, 2}, "ccpa_admt_access": {QueueCCPA, 2}, "ccpa_admt_appeal": {QueueCCPA, 1},
	"ccpa_opt_out_sale_share": {QueueOptOut, 1}, "ccpa_opt_in": {QueueOptOut, 3}, "ccpa_limit_spi": {QueueOptOut, 1},
	"ccpa_admt_opt_out": {QueueOptOut, 1}, "stl_withdraw_consent": {QueueOptOut, 1},
	"dpf_limit_use_disclosure": {QueueOptOut, 1}, "dpf_choice_opt_out": {QueueOptOut, 1},
	"stl_disclosure": {QueueShineTheLight, 2}, "stl_compliance_info": {QueueShineTheLight, 3},
	"nv_sale_opt_out": {QueueNevada, 1}, "nv_notify_me": {QueueNevada, 3}, "nv_contact_update": {QueueNevada, 3}, "nv_practice_change_broadcast": {QueueNevada, 0},
	"ccpa_minor_sale": {QueueChildren, 0}, "coppa_child_data_report": {QueueChildren, 0}, "coppa_parent_review": {QueueChildren, 0},
	"coppa_parent_delete": {QueueChildren, 0}, "coppa_parent_refuse_further": {QueueChildren, 0},
	"coppa_self_disclosed_minor": {QueueChildren, 0}, "ca_minor_content_removal": {QueueChildren, 1},
	"gdpr_be_informed": {QueueGDPR, 3}, "gdpr_access": {QueueGDPR, 2}, "gdpr_rectification": {QueueGDPR, 2}, "gdpr_erasure": {QueueGDPR, 2},
	"gdpr_restriction": {QueueGDPR, 1}, "gdpr_portability": {QueueGDPR, 2}, "gdpr_object_legitimate_interest": {QueueGDPR, 1},
	"gdpr_object_direct_marketing": {QueueGDPR, 1}, "gdpr_withdraw_consent": {QueueGDPR, 1}, "gdpr_withdraw_consent_recruitment": {QueueGDPR, 1},
	"gdpr_adm_explanation": {QueueGDPR, 1}, "gdpr_adm_human_review": {QueueGDPR, 1}, "gdpr_complaint": {QueueGDPR, 1},
	"uk_dp_complaint": {QueueGDPR, 1}, "privacy_question": {QueueGDPR, 3}, "dnt_question": {QueueGDPR, 3},
	"marketing_unsubscribe": {QueueMarketing, 1},
	"dpf_access":            {QueueDPF, 2}, "dpf_correct_amend": {QueueDPF, 2}, "dpf_delete": {QueueDPF, 2},
	"dpf_choice_opt_in_sensitive": {QueueDPF, 1}, "dpf_complaint": {QueueDPF, 1}, "dpf_inquiry": {QueueDPF, 3},
	"dpf_bbb_referral": {QueueLegal, 0}, "dpf_arbitration_notice": {QueueLegal, 0}, "regulator_inquiry": {QueueLegal, 0}, "deceased_person_request": {QueueLegal, 2},
	"breach_or_security_report": {QueueSecurity, 0}, "sensitive_data_received": {QueueSecurity, 1},
	"other_us_state_request": {QueueReview, 2}, "processor_request": {QueueReview, 1}, "followup_existing_case": {QueueReview, 1},
	SupportGeneral: {QueueSupport, 3}, Spam: {QueueSupport, 3}, AutoOrBounce: {QueueSupport, 3},
}

func builtinBook(t testing.TB) *Book {
	t.Helper()
	b, err := Builtin()
	require.NoError(t, err)
	return b
}

func TestBookHasTheWholeVocabularyAndNothingElse(t *testing.T) {
	b := builtinBook(t)
	assert.Len(t, b.IDs(), len(vocabulary))
	assert.IsIncreasing(t, b.IDs())
	for id, want := range vocabulary {
		require.True(t, b.Has(id), id)
		r, err := b.Right(id, day(t, "2027-06-01"))
		require.NoError(t, err)
		assert.Equal(t, want.queue, r.Queue, id)
		assert.Equal(t, want.priority, r.Priority, id)
		assert.Contains(t, Queues(), r.Queue)
		assert.NotEmpty(t, r.Law, id)
		assert.NotEmpty(t, r.Citation, id)
		assert.NotEmpty(t, r.Source, id)
	}
	assert.False(t, b.Has("ccpa_fly"))
}

func TestAnUnknownRightIsNotTheSameAsOneNotInForce(t *testing.T) {
	b := builtinBook(t)
	_, err := b.Right("ccpa_fly", day(t, "2027-01-01"))
	assert.ErrorIs(t, err, ErrUnknownRight)
	_, err = b.Clock("ccpa_fly", Receipt{})
	assert.ErrorIs(t, err, ErrUnknownRight)
	_, err = b.Right("ccpa_delete", day(t, "2019-12-31"))
	assert.ErrorIs(t, err, ErrNotInForce)
	_, err = b.Clock("ccpa_delete", Receipt{At: noon(t, "2019-12-31", pacific)})
	assert.ErrorIs(t, err, ErrNotInForce)
	_, err = b.Clock("ccpa_delete", Receipt{At: noon(t, "2020-01-01", pacific)})
	assert.NoError(t, err)
}

func TestLawThatChangesChangesOnItsDay(t *testing.T) {
	b := builtinBook(t)
	old, err := b.Right("uk_dp_complaint", day(t, "2026-06-18"))
	require.NoError(t, err)
	now, err := b.Right("uk_dp_complaint", day(t, "2026-06-19"))
	require.NoError(t, err)
	assert.Equal(t, "UK GDPR Art. 12, Art. 77", old.Citation)
	assert.Equal(t, "Data Protection Act 2018 s. 164A", now.Citation)
	assert.Equal(t, "2026-06-18", old.ValidTo.String())
	assert.Equal(t, "2026-06-19", now.ValidFrom.String())

	respond := func(id ID, where Jurisdiction, at time.Time) Deadline {
		c, err := b.Clock(id, Receipt{At: at, Jurisdiction: where})
		require.NoError(t, err)
		d, ok := c.Deadline(DutyRespond)
		require.True(t, ok)
		return d
	}
	assert.True(t, respond("ccpa_admt_access", California, noon(t, "2026-12-31", pacific)).Internal)
	assert.False(t, respond("ccpa_admt_access", California, noon(t, "2027-01-01", pacific)).Internal)
	assert.Contains(t, respond("gdpr_access", UK, noon(t, "2026-02-04", london)).Citation, "Art. 12(3)")
	assert.Contains(t, respond("gdpr_access", UK, noon(t, "2026-02-05", london)).Citation, "Art. 12A")

	// The day is that of London: late on 18 June in California it is the 19th there.
	c, err := b.Clock("uk_dp_complaint", Receipt{At: time.Date(2026, 6, 18, 23, 30, 0, 0, time.UTC), Jurisdiction: UK})
	require.NoError(t, err)
	_, ok := c.Deadline(DutyAcknowledge)
	assert.True(t, ok)
}

func TestLimits(t *testing.T) {
	b := builtinBook(t)
	for id := range vocabulary {
		r, err := b.Right(id, day(t, "2027-06-01"))
		require.NoError(t, err)
		switch id {
		case "ccpa_know_categories", "ccpa_know_specific":
			assert.Equal(t, &Limit{Max: 2, Window: RollingYear, Zone: pacific, Citation: "Cal. Civ. Code 1798.130(b)"}, r.Limit)
		case "stl_disclosure":
			assert.Equal(t, &Limit{Max: 1, Window: CalendarYear, Zone: pacific, Citation: "Cal. Civ. Code 1798.83(c)(1)", CompleteOnly: true}, r.Limit)
		default:
			assert.Nil(t, r.Limit, "no counter may gate %s", id)
		}
	}
}

func TestOptOutsAreNeverVerified(t *testing.T) {
	b := builtinBook(t)
	for _, id := range []ID{"ccpa_opt_out_sale_share", "ccpa_limit_spi", "ccpa_admt_opt_out"} {
		r, err := b.Right(id, day(t, "2027-06-01"))
		require.NoError(t, err)
		assert.Equal(t, VerifyForbidden, r.Verification, id)
	}
}

func TestWhatIsSilentModifiesOrSuppresses(t *testing.T) {
	b := builtinBook(t)
	var silent, modifier, suppress, outbound []ID
	for _, id := range b.IDs() {
		r, err := b.Right(id, day(t, "2027-06-01"))
		require.NoError(t, err)
		if r.Silent {
			silent = append(silent, id)
		}
		if r.Modifier {
			modifier = append(modifier, id)
		}
		if r.AutoSuppress {
			suppress = append(suppress, id)
		}
		if r.Outbound {
			outbound = append(outbound, id)
		}
	}
	assert.Equal(t, []ID{"auto_or_bounce", "coppa_self_disclosed_minor", "regulator_inquiry", "spam"}, silent)
	assert.Equal(t, []ID{"agent", "followup_existing_case", "sensitive_data_received"}, modifier)
	assert.Equal(t, []ID{"ccpa_opt_out_sale_share", "gdpr_object_direct_marketing", "marketing_unsubscribe", "nv_sale_opt_out", "stl_withdraw_consent"}, suppress)
	assert.Equal(t, []ID{"nv_practice_change_broadcast"}, outbound)
}

func TestTheCallerOwnsWhatTheBookReturns(t *testing.T) {
	b := builtinBook(t)
	on := day(t, "2027-06-01")
	r, err := b.Right("ccpa_know_categories", on)
	require.NoError(t, err)
	r.Required[0], r.RefusalMust[0], r.Limit.Max = "spoiled", "spoiled", 99
	b.IDs()[0] = "spoiled"
	Queues()[0] = "spoiled"

	again, err := b.Right("ccpa_know_categories", on)
	require.NoError(t, err)
	assert.Equal(t, "name", again.Required[0])
	assert.NotEqual(t, "spoiled", again.RefusalMust[0])
	assert.Equal(t, 2, again.Limit.Max)
	assert.Equal(t, ID("agent"), b.IDs()[0])
	assert.Equal(t, QueueChildren, Queues()[0])
}
