package console_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/cases"
	"rightsmail/shared/rights"
)

func TestClosingTakesTheNameOfTheHumanAndTheirReason(t *testing.T) {
	o := open(t)
	id := o.receive(letter(1, "x", deletion))[0]
	res := o.form(id, "close", url.Values{"outcome": {"denied_exempt"}, "reason": {" The invoices must be kept. "}})
	require.Equal(t, http.StatusSeeOther, res.StatusCode)
	assert.Equal(t, "/cases/"+string(id)+"?done=closed", res.Header.Get("Location"))

	c := o.one(id)
	assert.Equal(t, cases.Closed, c.Status)
	assert.Equal(t, cases.DeniedExempt, c.Outcome)
	assert.Equal(t, "Maria Keller", c.Decider)
	assert.Equal(t, "The invoices must be kept.", c.Reason)
	seen := text(t, o.page("/cases/"+string(id)+"?done=closed"))
	assert.Contains(t, seen, "Done. The case is closed.")
	assert.Contains(t, seen, "Closed: Denied: the law exempts the data")
	assert.NotContains(t, seen, "Close this case")
}

func TestBadFormsChangeNothingAndSayWhy(t *testing.T) {
	o := open(t)
	id := o.receive(letter(1, "x", deletion))[0]
	before := o.one(id)
	tests := map[string]struct {
		action string
		fields url.Values
		say    string
	}{
		"denied without a reason":  {"close", url.Values{"outcome": {"denied_other"}, "reason": {"  "}}, "needs a reason"},
		"part without a reason":    {"close", url.Values{"outcome": {"complied_part"}}, "needs a reason"},
		"no outcome":               {"close", url.Values{"reason": {"x"}}, "Choose how the case ended"},
		"unknown outcome":          {"close", url.Values{"outcome": {"gone"}}, "Choose how the case ended"},
		"no version":               {"close", url.Values{"outcome": {"complied"}, "version": {""}}, "which state of the case"},
		"a field nobody asked for": {"close", url.Values{"outcome": {"complied"}, "decider": {"Eve"}}, "Send the form of the page"},
		"a field twice":            {"close", url.Values{"outcome": {"complied", "denied_other"}}, "each field once"},
		"a reason without end":     {"close", url.Values{"outcome": {"complied"}, "reason": {strings.Repeat("x", 70_000)}}, "too long"},
		"waive without a reason":   {"waive", url.Values{}, "needs a reason"},
		"waive what is not held":   {"waive", url.Values{"reason": {"x"}}, "not held by a limit"},
		"unknown right":            {"reclassify", url.Values{"right": {"nope"}, "jurisdiction": {"eu"}, "reason": {"x"}}, "one of the rights"},
		"a class that is no right": {"reclassify", url.Values{"right": {"spam"}, "jurisdiction": {"eu"}, "reason": {"x"}}, "one of the rights"},
		"unknown place":            {"reclassify", url.Values{"right": {"gdpr_erasure"}, "jurisdiction": {"mars"}, "reason": {"x"}}, "one of the places"},
		"class without a reason":   {"reclassify", url.Values{"right": {"gdpr_erasure"}, "jurisdiction": {"eu"}}, "needs a reason"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			res := o.form(id, test.action, test.fields)
			assert.Contains(t, []int{http.StatusBadRequest, http.StatusConflict}, res.StatusCode)
			assert.Contains(t, text(t, body(t, res)), test.say)
			assert.Equal(t, before, o.one(id))
		})
	}
	t.Run("a form of another kind", func(t *testing.T) {
		r := httptest.NewRequest(http.MethodPost, "http://localhost/cases/"+string(id)+"/close", strings.NewReader(`{"outcome":"complied","version":1}`))
		r.Header.Set("Content-Type", "application/json")
		assert.Equal(t, http.StatusBadRequest, o.do(r).StatusCode)
		assert.Equal(t, before, o.one(id))
	})
}

func TestStaleFormExplainsWhoWasFasterAndKeepsTheWords(t *testing.T) {
	o := open(t)
	id := o.receive(letter(1, "x", deletion))[0]
	seen := fmt.Sprint(o.one(id).Version)
	o.user = "Jonas Weber"
	require.Equal(t, http.StatusSeeOther, o.form(id, "close", url.Values{"outcome": {"complied"}}).StatusCode)
	after := o.one(id)

	o.user = "Maria Keller"
	res := o.form(id, "reclassify", url.Values{"version": {seen}, "right": {"gdpr_erasure"}, "jurisdiction": {"eu"}, "reason": {"She lives in <Ghent>."}})
	assert.Equal(t, http.StatusConflict, res.StatusCode)
	page := text(t, body(t, res))
	assert.Contains(t, page, "This case has changed")
	assert.Contains(t, page, "Closed the case.")
	assert.Contains(t, page, "Jonas Weber")
	assert.Contains(t, page, "She lives in <Ghent>.", "what was typed is not lost")
	assert.Equal(t, after, o.one(id))
}

func TestWaivingLetsTheHeldRequestThrough(t *testing.T) {
	o := open(t)
	id := o.held()
	require.Equal(t, http.StatusSeeOther, o.form(id, "waive", url.Values{"reason": {"The first answer was lost."}}).StatusCode)
	c := o.one(id)
	assert.Equal(t, cases.Open, c.Status)
	assert.Equal(t, "Maria Keller", c.Limit.Waived)
	assert.Contains(t, text(t, o.page("/cases/"+string(id))), "Waived by Maria Keller.")
	assert.Contains(t, o.page("/queues/ccpa"), "/cases/"+string(id))
}

func TestHeldAcknowledgementLeavesWhenAHumanReleasesIt(t *testing.T) {
	o := open(t)
	id := o.receiveFrom(letter(1, "x", deletion), false)[0]
	page := o.page("/cases/" + string(id))
	assert.Contains(t, text(t, page), "Because nobody vouches for the sender's address.")
	require.Equal(t, http.StatusSeeOther, o.form(id, "acknowledge", nil).StatusCode)
	assert.Equal(t, cases.AckQueued, o.one(id).Acknowledgement.State)
	assert.NotContains(t, text(t, o.page("/")), "Acknowledgements waiting for you")
}

func TestReclassifyingMovesTheCaseAndItsDates(t *testing.T) {
	o := open(t)
	id := o.receive(letter(1, "x", deletion))[0]
	res := o.form(id, "reclassify", url.Values{"right": {"gdpr_erasure"}, "jurisdiction": {"eu"}, "reason": {"She lives in Ghent."}})
	require.Equal(t, http.StatusSeeOther, res.StatusCode)
	c := o.one(id)
	assert.Equal(t, rights.ID("gdpr_erasure"), c.Right)
	assert.Equal(t, rights.QueueGDPR, c.Queue)
	seen := text(t, o.page("/cases/"+string(id)))
	assert.Contains(t, seen, "Warsaw time")
	assert.Contains(t, seen, "Decided by Maria Keller, 100 % sure")
}

func TestDraftIsSentOrDroppedOnce(t *testing.T) {
	for action, want := range map[string]cases.EffectState{"send": cases.EffectPending, "drop": cases.EffectDropped} {
		t.Run(action, func(t *testing.T) {
			o := open(t)
			id := o.held()
			drafts, err := o.db.Effects(ctx, cases.EffectQuery{Case: id, State: cases.EffectDraft})
			require.NoError(t, err)
			require.Len(t, drafts.Effects, 1)
			path := "/sent/" + url.PathEscape(drafts.Effects[0].ID) + "/" + action
			res := o.post(path, nil)
			require.Equal(t, http.StatusSeeOther, res.StatusCode)
			assert.Contains(t, res.Header.Get("Location"), "/cases/"+string(id)+"?done=")
			e, err := o.db.Effect(ctx, drafts.Effects[0].ID)
			require.NoError(t, err)
			assert.Equal(t, want, e.State)

			again := o.post(path, nil)
			assert.Equal(t, http.StatusConflict, again.StatusCode)
			assert.Contains(t, text(t, body(t, again)), "has left already or was dropped")
		})
	}
}

func TestOnlyLettersCanBeSentFromHere(t *testing.T) {
	o := open(t)
	o.receive(letter(1, "x", deletion))
	page, err := o.db.Effects(ctx, cases.EffectQuery{Kind: cases.EffectHandOff})
	require.NoError(t, err)
	require.NotEmpty(t, page.Effects)
	path := "/sent/" + url.PathEscape(page.Effects[0].ID)
	assert.Equal(t, http.StatusNotFound, o.get(path).StatusCode)
	assert.Equal(t, http.StatusNotFound, o.post(path+"/send", nil).StatusCode)
}

func TestFormsOfOtherSitesDoNothing(t *testing.T) {
	o := open(t)
	id := o.receive(letter(1, "x", deletion))[0]
	before := o.one(id)
	fields := url.Values{"outcome": {"complied"}, "version": {fmt.Sprint(before.Version)}}
	for _, header := range [][2]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example"}, {"Origin", "null"}} {
		r := httptest.NewRequest(http.MethodPost, "http://localhost:8080/cases/"+string(id)+"/close", strings.NewReader(fields.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set(header[0], header[1])
		res := o.do(r)
		assert.Equal(t, http.StatusForbidden, res.StatusCode, header)
		assert.Contains(t, text(t, body(t, res)), "sent from another site")
		assert.Equal(t, before, o.one(id))
	}
}

func TestACaseForSeveralPeopleShowsThemAndOpensOneForEach(t *testing.T) {
	o := open(t)
	id := o.several()
	seen := text(t, o.page("/cases/"+string(id)))
	assert.Contains(t, seen, "Asks for several people")
	assert.Contains(t, seen, "bruno@example.net")
	assert.Contains(t, seen, "asks for 2 people: open a case for each")

	require.Equal(t, http.StatusSeeOther, o.form(id, "people", url.Values{}).StatusCode)
	seen = text(t, o.page("/cases/"+string(id)+"?done=split"))
	assert.Contains(t, seen, "A case is open for each person.")
	assert.NotContains(t, seen, "Open a case for each person")
	child := o.one(id).People[1].Case
	assert.Contains(t, seen, string(child))
	assert.Contains(t, text(t, o.page("/cases/"+string(child))), "Bruno Ruiz")
	assert.Equal(t, http.StatusConflict, o.form(id, "people", url.Values{}).StatusCode, "nobody is left")
}

func TestAnEscalationIsMarkedAsOne(t *testing.T) {
	o := open(t)
	id := o.receive(letter(1, "x", deletion+" I have now reported you to the Attorney General."))[0]
	seen := text(t, o.page("/cases/"+string(id)))
	assert.Contains(t, seen, "Escalation")
	assert.Contains(t, seen, "Priority: today")
}
