package browser

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/cases"
	"rightsmail/shared/rights"
)

// focus is the element that the keyboard is on.
type focus struct {
	Tag  string `json:"tag"`
	Name string `json:"name"` // its label or its text
	Href string `json:"href"`
	Ring bool   `json:"ring"` // it shows that it has the focus
	Seen bool   `json:"seen"` // some of it is in the window
}

func (b *tab) focused() focus {
	b.t.Helper()
	return ask[focus](b, `(() => {
		const e = document.activeElement, box = e.getBoundingClientRect(), style = getComputedStyle(e);
		return {
			tag: e.localName, href: e.getAttribute('href') || '',
			name: (e.getAttribute('aria-label') || (e.labels && e.labels.length ? e.labels[0].innerText : e.innerText) || '').trim(),
			ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
			seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
		};
	})()`)
}

// tabTo presses Tab until the focus is where it is wanted. Every stop on the way must
// show that it has the focus.
func (b *tab) tabTo(wanted func(focus) bool) {
	b.t.Helper()
	var stops []string
	for range 200 {
		b.press(kb.Tab)
		at := b.focused()
		stops = append(stops, at.Tag+" "+at.Name)
		if at.Tag == "body" {
			break // once around
		}
		assert.True(b.t, at.Ring, "no focus ring: %+v", at)
		assert.True(b.t, at.Seen, "outside the window: %+v", at)
		if wanted(at) {
			return
		}
	}
	require.Fail(b.t, "Tab does not lead there", "it leads to:\n"+strings.Join(stops, "\n"))
}

func named(tag, name string) func(focus) bool {
	return func(f focus) bool { return f.Tag == tag && f.Name == name }
}

func leadingTo(path string) func(focus) bool {
	return func(f focus) bool { return f.Href == path }
}

func TestKeyboardLeadsFromTheQueuesToACaseAndClosesIt(t *testing.T) {
	needBrowser(t)
	o := busy(t)
	c := o.first(cases.Query{Queue: rights.QueueCCPA, Statuses: []cases.Status{cases.Open}})
	b := start(t, o.url)
	require.EqualValues(t, http.StatusOK, b.open(o.url+"/"))

	for _, want := range []string{"Skip to the content", "Rightsmail", "Queues", "Our letters", "Metrics", "Case reference", "Open case"} {
		b.press(kb.Tab)
		at := b.focused()
		assert.Equal(t, want, at.Name, "the order of the first stops")
		assert.True(t, at.Ring && at.Seen, "%+v", at)
	}

	b.tabTo(leadingTo("/queues/ccpa"))
	require.EqualValues(t, http.StatusOK, b.enter())
	assert.Equal(t, o.url+"/queues/ccpa", b.url())

	b.press(kb.Tab)
	require.Equal(t, "Skip to the content", b.focused().Name)
	b.press(kb.Enter)
	assert.Equal(t, "main", b.focused().Tag, "the skip link leads past the navigation")
	b.tabTo(leadingTo("/cases/" + string(c.ID)))
	require.EqualValues(t, http.StatusOK, b.enter())
	assert.Equal(t, o.url+"/cases/"+string(c.ID), b.url())

	b.tabTo(named("summary", "Close this case"))
	b.press(kb.Enter) // unfolds the form
	b.tabTo(named("select", "How did it end?"))
	b.press("Denied: a") // the first letters choose
	b.tabTo(named("textarea", "Reason, in words the person may read"))
	b.press("The invoices must be kept.")
	b.tabTo(named("button", "Close the case"))
	require.EqualValues(t, http.StatusOK, b.enter())

	assert.Equal(t, o.url+"/cases/"+string(c.ID)+"?done=closed", b.url())
	assert.Equal(t, "Done. The case is closed.", b.text(".done"))
	c = o.one(c.ID)
	assert.Equal(t, cases.Closed, c.Status)
	assert.Equal(t, cases.DeniedOther, c.Outcome)
	assert.Equal(t, "The invoices must be kept.", c.Reason)
	assert.Equal(t, officer, c.Decider)
	b.behaved()
}
