package browser

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/cases"
	"rightsmail/shared/rights"
)

// looks are the ways people look at a page. 320 CSS pixels are what WCAG 1.4.10 asks
// for: a small phone, or a window at 400 % zoom.
var looks = []look{
	{name: "light", scheme: "light", width: 1280, height: 900},
	{name: "dark", scheme: "dark", width: 1280, height: 900},
	{name: "phone, light", scheme: "light", width: 320, height: 640, phone: true},
	{name: "phone, dark", scheme: "dark", width: 320, height: 640, phone: true},
}

// violation is what axe has against a page.
type violation struct {
	Rule  string   `json:"rule"`
	Help  string   `json:"help"`
	Where []string `json:"where"`
}

// inspect opens every fold of the page and returns what axe finds wrong.
func (b *tab) inspect() []violation {
	b.t.Helper()
	if !ask[bool](b, "'axe' in window") {
		ask[chromedp.Void](b, b.axe())
	}
	return ask[[]violation](b, `
		document.querySelectorAll('details').forEach(d => d.open = true);
		axe.run(document, {
			runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
			resultTypes: ['violations'],
		}).then(found => found.violations.map(v => ({rule: v.id, help: v.help, where: v.nodes.map(n => n.html.slice(0, 300))})))`,
		chromedp.EvalAwaitPromise)
}

// axe is the source of axe-core.
func (b *tab) axe() string {
	b.t.Helper()
	path := os.Getenv(axeVariable)
	require.NotEmpty(b.t, path, "set %s to the path of axe.min.js; ./scripts/check fetches it", axeVariable)
	source, err := os.ReadFile(path)
	require.NoError(b.t, err)
	return string(source)
}

// tooWide lists what makes a page scroll sideways. A phone zooms out instead, so what
// counts is the width it was given.
func (b *tab) tooWide(width int64) []string {
	b.t.Helper()
	return ask[[]string](b, fmt.Sprintf(`
		document.documentElement.scrollWidth <= %[1]d ? [] :
		[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > %[1]d).map(e => e.outerHTML.slice(0, 120))`, width))
}

// told is what a screen reader is told of a page: each role with its name.
func (b *tab) told() []string {
	b.t.Helper()
	tree, err := chromedp.Call(b.ctx, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	require.NoError(b.t, err)
	var all []string
	for _, node := range tree.Nodes {
		if node.Ignored || node.Role == nil || node.Name == nil {
			continue
		}
		switch role := string(node.Role.Value); role {
		case `"generic"`, `"InlineTextBox"`, `"cell"`, `"row"`: // layout, or named by what is in them
		default:
			all = append(all, role+" "+string(node.Name.Value))
		}
	}
	return all
}

// missing is what is in want and not in got.
func missing(want, got []string) []string {
	return slices.DeleteFunc(slices.Clone(want), func(s string) bool { return slices.Contains(got, s) })
}

func TestEveryPageIsAccessibleInLightAndDarkAndOnAPhone(t *testing.T) {
	needBrowser(t)
	o := busy(t)
	held, draft := o.held()
	closed := o.first(cases.Query{Statuses: []cases.Status{cases.Closed}})
	open := o.first(cases.Query{Queue: rights.QueueCCPA, Statuses: []cases.Status{cases.Open}})
	review := o.first(cases.Query{Queue: rights.QueueReview, Statuses: []cases.Status{cases.Open}})
	pages := []struct {
		name, path, heading string
		status              int64
	}{
		{"home", "/", "Queues", http.StatusOK},
		{"queue", "/queues/gdpr", "GDPR", http.StatusOK},
		{"empty list", "/queues/children?status=held", "Children", http.StatusOK},
		{"open case", "/cases/" + string(open.ID), "", http.StatusOK},
		{"case to review", "/cases/" + string(review.ID), "", http.StatusOK},
		{"held case with its draft", "/cases/" + string(held.ID), "", http.StatusOK},
		{"closed case", "/cases/" + string(closed.ID) + "?done=closed", "", http.StatusOK},
		{"letters", "/sent", "Our letters", http.StatusOK},
		{"one letter", "/sent/" + url.PathEscape(draft), "", http.StatusOK},
		{"metrics", "/metrics?from=2026-01-01&to=2026-12-31", "Metrics", http.StatusOK},
		{"corrections", "/corrections", "Corrections", http.StatusOK},
		{"cases of a number", "/metrics/cases?category=delete&column=received", "", http.StatusOK},
		{"no such page", "/nowhere", "", http.StatusNotFound},
	}
	b := start(t, o.url)
	for _, page := range pages {
		require.Equal(t, page.status, b.open(o.url+page.path), page.path)
		assert.Contains(t, b.heading(), page.heading)
		b.readable(page.name)
	}
	b.behaved()
}

// readable looks at the page in every way and says what is wrong with it.
func (b *tab) readable(name string) {
	b.t.Helper()
	var wide []string // what is told of the page on a desk
	for _, l := range looks {
		b.lookLike(l)
		for _, v := range b.inspect() {
			assert.Fail(b.t, fmt.Sprintf("%s, %s: %s: %s", name, l.name, v.Rule, v.Help), strings.Join(v.Where, "\n"))
		}
		assert.Empty(b.t, b.tooWide(l.width), "%s, %s: scrolls sideways", name, l.name)
		if wide == nil {
			wide = b.told()
		}
		assert.Empty(b.t, missing(wide, b.told()), "%s, %s: lost", name, l.name)
	}
	b.lookLike(looks[0])
}

// TestAxeFindsWhatIsWrong keeps the test above honest.
func TestAxeFindsWhatIsWrong(t *testing.T) {
	b := start(t, "data:")
	b.do(chromedp.Navigate(`data:text/html,<!doctype html><html lang="en"><title>x</title><main><h1>x</h1><input><p style="color:%23aaa">pale</p><div style="width:2000px">wide</div></main>`))
	var rules []string
	for _, v := range b.inspect() {
		rules = append(rules, v.Rule)
	}
	assert.ElementsMatch(t, []string{"label", "color-contrast"}, rules)
	assert.NotEmpty(t, b.tooWide(1280))
}
