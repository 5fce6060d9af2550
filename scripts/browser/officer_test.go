package browser

import (
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/cases"
	"rightsmail/shared/rights"
)

// withAndWithoutScripts runs a test in a browser that runs scripts and in one that does
// not: for our pages it must make no difference.
func withAndWithoutScripts(t *testing.T, run func(t *testing.T, o *office, b *tab)) {
	needBrowser(t)
	for name, off := range map[string]bool{"with scripts": false, "without scripts": true} {
		t.Run(name, func(t *testing.T) {
			o := busy(t)
			b := start(t, o.url)
			call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: off})
			b.do(chromedp.Navigate("data:text/html,<!doctype html><title>-</title><script>document.title = 'ran'</script>"))
			b.scripts = !off
			require.Equal(t, b.scripts, ask[string](b, "document.title") == "ran")
			run(t, o, b)
			b.behaved()
		})
	}
}

func TestOfficerReadsACaseAndClosesItWithAReason(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, o *office, b *tab) {
		c := o.first(cases.Query{Queue: rights.QueueCCPA, Statuses: []cases.Status{cases.Open}})
		require.EqualValues(t, http.StatusOK, b.open(o.url+"/"))
		require.EqualValues(t, http.StatusOK, b.click(`.queues a[href="/queues/ccpa"]`))
		require.EqualValues(t, http.StatusOK, b.click(`.cases a[href="/cases/`+string(c.ID)+`"]`))
		assert.NotEmpty(t, b.text("mark"), "the words that decided are marked")
		assert.Contains(t, b.text(".dates .is-next"), "step by step")

		b.do(
			chromedp.Click(chromedp.CSS(`.actions details:has([action$="/close"]) summary`)),
			chromedp.SetValue(chromedp.CSS("#outcome-choice"), "denied_exempt"),
			chromedp.SendKeys(chromedp.CSS("#close-reason"), "The invoices must be kept."),
		)
		require.EqualValues(t, http.StatusOK, b.click(`form[action$="/close"] button`))
		assert.Equal(t, "Done. The case is closed.", b.text(".done"))
		last := b.text(".trail > li:last-child")
		assert.Contains(t, last, "Closed the case.")
		assert.Contains(t, last, officer)
		assert.Contains(t, b.text("#outcome ~ blockquote"), "The invoices must be kept.")
		assert.Equal(t, cases.DeniedExempt, o.one(c.ID).Outcome)
	})
}

func TestOfficerSendsTheLetterDraftedForACaseOverItsLimit(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, o *office, b *tab) {
		c, draft := o.held()
		require.EqualValues(t, http.StatusOK, b.open(o.url+"/cases/"+string(c.ID)))
		assert.Contains(t, b.text("[open] .letter"), "twice in twelve months")
		require.EqualValues(t, http.StatusOK, b.click(`form[action="/sent/`+url.PathEscape(draft)+`/send"] button`))
		assert.Contains(t, b.text(".done"), "Done.")
		last := b.text(".trail > li:last-child")
		assert.Contains(t, last, "letter")
		assert.Contains(t, last, officer)
		e, err := o.db.Effect(t.Context(), draft)
		require.NoError(t, err)
		assert.Equal(t, cases.EffectPending, e.State, "it leaves with the next round")
	})
}

func TestOfficerWhoWasSlowerIsToldAndKeepsTheirWords(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, o *office, b *tab) {
		c := o.first(cases.Query{Queue: rights.QueueCCPA, Statuses: []cases.Status{cases.Open}})
		require.EqualValues(t, http.StatusOK, b.open(o.url+"/cases/"+string(c.ID)))
		require.NoError(t, o.desk.Close(t.Context(), c.ID, c.Version, "Jonas Weber", cases.Complied, "", o.now.Add(time.Minute)))

		b.do(
			chromedp.Click(chromedp.CSS(`.actions details:has([action$="/reclassify"]) summary`)),
			chromedp.SendKeys(chromedp.CSS("#class-reason"), "She lives in Ghent."),
		)
		require.EqualValues(t, http.StatusConflict, b.click(`form[action$="/reclassify"] button`))
		assert.Equal(t, "This case has changed", b.heading())
		if b.scripts { // axe-core is one
			assert.Empty(t, b.inspect())
		}
		assert.Contains(t, b.text("main"), "Jonas Weber")
		assert.Equal(t, "She lives in Ghent.", b.text("blockquote"))
		require.EqualValues(t, http.StatusOK, b.click("main .more a"))
		assert.Contains(t, b.text(".flags"), "Closed: Done as asked")
	})
}

func TestPagesLeadToEachOther(t *testing.T) {
	withAndWithoutScripts(t, func(t *testing.T, o *office, b *tab) {
		c, _ := o.held()
		require.EqualValues(t, http.StatusOK, b.open(o.url+"/"))
		b.do(chromedp.SendKeys(chromedp.CSS("#find"), string(c.ID)))
		require.EqualValues(t, http.StatusOK, b.click(".find button"))
		assert.Equal(t, o.url+"/cases/"+string(c.ID), b.url(), "a reference leads to its case")
		for _, step := range []struct{ link, heading string }{
			{`nav a[href="/sent"]`, "Our letters"},
			{`.letters th a`, ""},
			{`nav a[href="/metrics"]`, "Metrics"},
			{`.metrics tfoot a`, "All requests: Received"},
			{`.crumbs a`, "Metrics"},
			{`.brand`, "Queues"},
		} {
			require.EqualValues(t, http.StatusOK, b.click(step.link), step.link)
			assert.Contains(t, b.heading(), step.heading)
		}
		require.EqualValues(t, http.StatusNotFound, b.open(o.url+"/cases/RM-0000-0000-1"))
		require.EqualValues(t, http.StatusOK, b.click("main .more a"))
		assert.Equal(t, "Queues", b.heading())
	})
}
