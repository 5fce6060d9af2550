package console_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"rightsmail/shared/cases"
	"rightsmail/shared/replies"
)

// furnished is an office with every kind of case, and the address of every kind of
// page.
func furnished(t *testing.T) (*office, []string) {
	o := open(t)
	held := o.held()
	both := o.receive(letter(1, "Two things", deletion+"\nDo not sell or share my personal information.\n\nOn Monday you wrote:\n> Thank you for your order."))
	waiting := o.receiveFrom(letter(2, "unproven", deletion), false)[0]
	closed := o.receive(letter(3, "to be closed", deletion))[0]
	o.now = o.now.Add(72 * time.Hour)
	res := o.form(closed, "close", url.Values{"outcome": {"denied_exempt"}, "reason": {"The invoices must be kept."}})
	require.Equal(t, http.StatusSeeOther, res.StatusCode)
	res = o.form(both[1], "reclassify", url.Values{"right": {"ccpa_correct"}, "jurisdiction": {"us-ca"}, "reason": {"It is about her address."}})
	require.Equal(t, http.StatusSeeOther, res.StatusCode)
	letters, err := o.db.Effects(ctx, cases.EffectQuery{Kind: cases.EffectReply})
	require.NoError(t, err)

	paths := []string{
		"/", "/queues/ccpa", "/queues/ccpa?status=all", "/queues/held", "/queues/acknowledgements", "/queues/nevada",
		"/sent", "/sent?state=draft", "/sent?state=failed", "/metrics", "/metrics?jurisdiction=us-ca", "/metrics?from=2024-01-01&to=2024-12-31",
		"/metrics/cases?category=delete&column=received", "/nope",
		"/corrections", "/corrections?from=2024-01-01&to=2024-12-31",
	}
	for _, id := range append(both, held, waiting, closed) {
		paths = append(paths, "/cases/"+string(id))
	}
	for _, e := range letters.Effects {
		paths = append(paths, "/sent/"+url.PathEscape(e.ID))
	}
	return o, paths
}

func TestEveryPageIsUsableByKeyboardAndScreenReader(t *testing.T) {
	o, paths := furnished(t)
	for _, path := range paths {
		t.Run(path, func(t *testing.T) {
			res := o.get(path)
			page := body(t, res)
			assert.Equal(t, "text/html; charset=utf-8", res.Header.Get("Content-Type"))
			root := nodes(t, page, named("html"))
			assert.Equal(t, "en", attr(root[0], "lang"))
			for _, once := range []string{"h1", "main", "title", "footer"} {
				assert.Len(t, nodes(t, page, named(once)), 1, once)
			}
			first := nodes(t, page, named("a"))[0]
			assert.Equal(t, "#main", attr(first, "href"), "the skip link comes first")
			assert.Equal(t, "main", attr(nodes(t, page, named("main"))[0], "id"))

			level := 0
			for _, h := range nodes(t, page, named("h1", "h2", "h3", "h4")) {
				n, _ := strconv.Atoi(h.Data[1:])
				assert.LessOrEqual(t, n, level+1, "heading %q skips a level", words(h))
				assert.NotEmpty(t, words(h))
				level = n
			}
			labels, ids := map[string]bool{}, map[string]int{}
			for _, n := range nodes(t, page, func(*html.Node) bool { return true }) {
				ids[attr(n, "id")]++
				if n.Data == "label" {
					labels[attr(n, "for")] = true
				}
			}
			delete(ids, "")
			for id, n := range ids {
				assert.Equal(t, 1, n, "id %q", id)
			}
			for _, field := range nodes(t, page, named("input", "select", "textarea")) {
				if attr(field, "type") != "hidden" {
					assert.True(t, labels[attr(field, "id")], "no label for %q", attr(field, "name"))
				}
			}
			for _, n := range nodes(t, page, func(*html.Node) bool { return true }) {
				for _, refers := range []string{"aria-labelledby", "aria-describedby"} {
					if id := attr(n, refers); id != "" {
						assert.Equal(t, 1, ids[id], "%s=%q", refers, id)
					}
				}
			}
			for _, n := range nodes(t, page, named("a", "button", "summary")) {
				assert.NotEmpty(t, words(n)+attr(n, "aria-label"), "a control without a name")
				assert.NotEqual(t, "-1", attr(n, "tabindex"))
			}
			for _, n := range nodes(t, page, named("img")) {
				assert.Contains(t, n.Attr, html.Attribute{Key: "alt"})
			}
		})
	}
}

func TestNoPageRunsOrLoadsAnythingButItsOwn(t *testing.T) {
	o, paths := furnished(t)
	for _, path := range paths {
		page := body(t, o.get(path))
		assert.Empty(t, nodes(t, page, named("script", "iframe", "object", "embed", "base", "style")), path)
		for _, n := range nodes(t, page, func(*html.Node) bool { return true }) {
			for _, a := range n.Attr {
				assert.NotEqual(t, "style", a.Key, path)
				assert.False(t, strings.HasPrefix(a.Key, "on"), "%s: %s", path, a.Key)
				if a.Key == "href" || a.Key == "src" || a.Key == "action" {
					assert.Regexp(t, `^(/($|[a-z])|#)`, a.Val, path)
				}
			}
		}
	}
}

func TestEveryLinkOfEveryPageLeadsSomewhere(t *testing.T) {
	o, paths := furnished(t)
	seen := map[string]bool{}
	for _, path := range paths {
		page := body(t, o.get(path))
		for _, a := range nodes(t, page, named("a", "link", "img")) {
			link := attr(a, "href") + attr(a, "src")
			if strings.HasPrefix(link, "#") {
				assert.NotEmpty(t, nodes(t, page, func(n *html.Node) bool { return attr(n, "id") == link[1:] }), "%s: %s", path, link)
				continue
			}
			if !seen[link] {
				seen[link] = true
				res := o.get(link)
				assert.Equal(t, http.StatusOK, res.StatusCode, "%s: %s", path, link)
			}
		}
	}
	assert.Greater(t, len(seen), 40)
}

func TestHomeShowsCountsTheNextDutyAndWhatWaits(t *testing.T) {
	o := open(t)
	assert.Contains(t, text(t, o.page("/")), "Nothing is owed to anybody.")

	o.held()
	o.receiveFrom(letter(1, "unproven", deletion), false)
	page := o.page("/")
	seen := text(t, page)
	assert.Contains(t, seen, "3 requests open, 1 held")
	assert.Contains(t, seen, "Acknowledgements waiting for you")
	assert.Contains(t, seen, "Held over the limit")
	assert.Contains(t, seen, "local user, this machine only")
	assert.Contains(t, seen, "Maria Keller")
	assert.NotContains(t, seen, "overdue)")
	for _, tr := range nodes(t, page, named("tr")) {
		if strings.HasPrefix(words(tr), "California") {
			assert.Regexp(t, `3 1 0 in 11 days Fri 13 Mar 2026 Acknowledge, end of day, Pacific time$`, words(tr))
		}
	}

	_, err := o.desk.Deliver(ctx, o.now, 50)
	require.NoError(t, err)
	o.now = o.now.AddDate(0, 0, 12)
	assert.Contains(t, text(t, o.page("/")), "1 overdue. The oldest duty was due on Fri 13 Mar 2026: 1 day overdue.")
}

func TestQueueIsSortedByDutyAndKeepsHeldOnesApart(t *testing.T) {
	o := open(t)
	held := o.held()
	page := o.page("/queues/ccpa")
	assert.NotContains(t, page, "/cases/"+string(held))
	assert.Contains(t, text(t, page), "1 request is held over the limit and not in this list.")
	assert.Contains(t, o.page("/queues/ccpa?status=held"), "/cases/"+string(held))
	assert.Contains(t, o.page("/queues/held"), "/cases/"+string(held))

	old := o.now
	o.now = old.AddDate(0, 0, -60)
	late := o.receive(letter(1, "long ago", deletion))[0]
	o.now = old
	items := nodes(t, o.page("/queues/ccpa"), func(n *html.Node) bool {
		return n.Data == "li" && n.Parent.Data == "ul" && attr(n.Parent, "class") == "cases"
	})
	require.Len(t, items, 3)
	assert.Contains(t, words(items[0]), "days overdue")
	assert.Contains(t, words(items[0]), string(late))
	assert.NotContains(t, words(items[1]), "overdue")
}

func TestQueueTurnsItsPages(t *testing.T) {
	o := open(t)
	for n := range 61 {
		o.receive(letter(n, "page "+strconv.Itoa(n), deletion))
	}
	count := func(page string) int {
		return len(nodes(t, page, func(n *html.Node) bool { return attr(n, "class") == "title" }))
	}
	first := o.page("/queues/ccpa")
	assert.Equal(t, 50, count(first))
	next := nodes(t, first, func(n *html.Node) bool { return attr(n, "rel") == "next" })
	require.Len(t, next, 1)
	second := o.page(attr(next[0], "href"))
	assert.Equal(t, 11, count(second))
	assert.Contains(t, second, "First page")
	assert.NotContains(t, second, "Next page")
}

func TestCaseExplainsItself(t *testing.T) {
	o := open(t)
	ids := o.receive(letter(1, "My request", deletion+"\nDo not sell or share my personal information.\n\nOn Monday you wrote:\n> Thank you for your order."))
	require.Len(t, ids, 2)
	var id cases.ID
	for _, one := range ids {
		if o.one(one).Right == "ccpa_delete" {
			id = one
		}
	}
	page := o.page("/cases/" + string(id))
	seen := text(t, page)
	for _, want := range []string{
		"Delete my personal information", "Ana Ruiz <ana@example.net> asks under the California Consumer Privacy Act (California).",
		"Mon 2 Mar 2026, 12:00 Pacific time",                // receipt, in the zone of the law
		"Wed 15 Apr 2026, end of day, Pacific time",         // the strict date of the answer
		"Ordinary reading: Thu 16 Apr 2026",                 // and the other one
		"45 calendar days, not counting the day of receipt", // with its sum
		"Cal. Civ. Code 1798.130",                           // and its citation
		"Decided by the rules", "Unbroken: every entry carries the hash", "Thank you for your order.",
		"From the same mail", "Our letters", "Acknowledgement",
	} {
		assert.Contains(t, seen, want)
	}
	marks := nodes(t, page, named("mark"))
	require.NotEmpty(t, marks)
	var marked []string
	for _, m := range marks {
		assert.NotEmpty(t, attr(m, "title"), "a mark names its rule")
		marked = append(marked, words(m))
	}
	assert.Contains(t, strings.Join(marked, "|"), "delete all personal information")
	quoted := nodes(t, page, func(n *html.Node) bool { return attr(n, "class") == "mail old" })
	require.Len(t, quoted, 1)
	assert.Equal(t, "details", quoted[0].Parent.Data, "quoted text is collapsed")
	assert.Empty(t, attr(quoted[0].Parent, "open"))
}

func TestCaseWithoutARuleShowsTheSentenceThatWeighsMost(t *testing.T) {
	o := open(t)
	id := o.receive(letter(1, "my data", "Hello there. Get my stuff off your machines and keep none of it back, I am through with chats."))[0]
	seen := text(t, o.page("/cases/"+string(id)))
	assert.Contains(t, seen, "All that the mail says weighs enough, most of all Get my stuff off your machines and keep none of it back, I am through with chats, in the mail")
}

func TestAnswerOfThePersonIsReadWithItsCase(t *testing.T) {
	o := open(t)
	id := o.receive(letter(1, "my data", deletion))[0]
	ack, err := o.db.Effect(ctx, "ack-"+id.Reference())
	require.NoError(t, err)
	var l replies.Letter
	require.NoError(t, json.Unmarshal(ack.Payload, &l))
	o.receive("In-Reply-To: <" + l.MessageID + ">\n" + letter(2, "Re: my data", "My number is <b>4711</b>."))
	page := o.page("/cases/" + string(id))
	assert.Contains(t, page, "Written since")
	assert.Contains(t, page, "My number is &lt;b&gt;4711&lt;/b&gt;.")
	assert.Contains(t, o.page("/queues/ccpa"), "Wrote again")
}

func TestHeldCaseShowsTheDatesOfItsLimit(t *testing.T) {
	o := open(t)
	seen := text(t, o.page("/cases/"+string(o.held())))
	assert.Contains(t, seen, "This request is over the limit and held.")
	assert.Equal(t, 2, strings.Count(seen, "Counts already Mon 2 Mar 2026"))
	assert.Contains(t, seen, "First free date Tue 2 Mar 2027")
	assert.Contains(t, seen, "Draft, waits for you")
	assert.Contains(t, seen, "Send this letter")
}

func TestBrokenTrailIsSaidAloud(t *testing.T) {
	o := open(t)
	id := o.receive(letter(1, "x", deletion))[0]
	o.http = o.console(tampered{o.desk}, o.db)
	seen := text(t, o.page("/cases/"+string(id)))
	assert.Contains(t, seen, "The trail does not fit together")
	assert.NotContains(t, seen, "Unbroken")
}

func TestCaseWithoutItsMailStaysReadable(t *testing.T) {
	o := open(t)
	id := o.receive(letter(1, "Kept subject", deletion))[0]
	o.http = o.console(expired{o.desk}, o.db)
	seen := text(t, o.page("/cases/"+string(id)))
	assert.Contains(t, seen, "The raw mail is gone")
	assert.Contains(t, seen, "Kept subject")
	assert.NotContains(t, seen, "Download")
}

func TestRawMailIsATextDownload(t *testing.T) {
	o := open(t)
	raw := letter(1, "x", deletion+"<script>alert(1)</script>")
	id := o.receive(raw)[0]
	res := o.get("/cases/" + string(id) + "/raw")
	assert.Equal(t, raw, body(t, res))
	assert.Equal(t, "text/plain; charset=utf-8", res.Header.Get("Content-Type"))
	assert.Equal(t, `attachment; filename="`+string(id)+`.eml.txt"`, res.Header.Get("Content-Disposition"))
	assert.Equal(t, "nosniff", res.Header.Get("X-Content-Type-Options"))
	assert.Equal(t, http.StatusNotFound, o.get("/cases/RM-0000-0000-1/raw").StatusCode)
}

func TestFindLeadsFromAReferenceToItsCase(t *testing.T) {
	o := open(t)
	id := o.receive(letter(1, "x", deletion))[0]
	for _, word := range []string{string(id), " " + strings.ToLower(string(id)), id.Reference()} {
		res := o.get("/find?case=" + url.QueryEscape(word))
		assert.Equal(t, http.StatusSeeOther, res.StatusCode, word)
		assert.Equal(t, "/cases/"+string(id), res.Header.Get("Location"))
	}
	assert.Equal(t, http.StatusNotFound, o.get("/find?case=RM-0000-0000-1").StatusCode)
	assert.Equal(t, http.StatusBadRequest, o.get("/find?case=//evil.example").StatusCode)
}

func TestSentLettersAreReadableAsText(t *testing.T) {
	o := open(t)
	id := o.receive(letter(1, "x", deletion))[0]
	page := o.page("/sent")
	assert.Contains(t, text(t, page), "On its way")
	row := nodes(t, page, func(n *html.Node) bool { return n.Data == "th" && attr(n, "scope") == "row" })
	require.Len(t, row, 1)
	link := nodes(t, page, func(n *html.Node) bool { return n.Data == "a" && n.Parent.Data == "th" })
	seen := text(t, o.page(attr(link[0], "href")))
	assert.Contains(t, seen, id.Reference())
	assert.Contains(t, seen, "To ana@example.net")
	assert.Contains(t, seen, "Delete my personal information")

	_, err := o.desk.Deliver(ctx, o.now, 50)
	require.NoError(t, err)
	assert.Contains(t, text(t, o.page("/sent?state=done")), "Acknowledgement")
	assert.Contains(t, text(t, o.page("/sent?state=pending")), "No letter is in this state.")
}

func TestEveryMetricOpensItsCases(t *testing.T) {
	o := open(t)
	o.held()
	closed := o.receive(letter(1, "x", deletion))[0]
	o.now = o.now.AddDate(0, 0, 5)
	require.Equal(t, http.StatusSeeOther, o.form(closed, "close", url.Values{"outcome": {"complied"}, "reason": {""}}).StatusCode)
	page := o.page("/metrics?from=2026-01-01&to=2026-12-31")
	numbers := nodes(t, page, func(n *html.Node) bool {
		return n.Data == "a" && strings.HasPrefix(attr(n, "href"), "/metrics/cases?")
	})
	require.NotEmpty(t, numbers)
	for _, a := range numbers {
		list := o.page(attr(a, "href"))
		titles := nodes(t, list, func(n *html.Node) bool { return attr(n, "class") == "title" })
		assert.Equal(t, words(a), strconv.Itoa(len(titles)), attr(a, "href"))
	}
	seen := text(t, page)
	assert.Contains(t, seen, "Know 3 3 1 held 0 0 0 0 – – 0")
	assert.Contains(t, seen, "Delete 1 0 0 1 0 0 5 5 1")
	assert.Contains(t, seen, "Requests, not mails")

	res := o.get("/metrics.csv?from=2026-01-01&to=2026-12-31")
	assert.Equal(t, "text/csv; charset=utf-8", res.Header.Get("Content-Type"))
	assert.Equal(t, `attachment; filename="metrics-2026-01-01-2026-12-31.csv"`, res.Header.Get("Content-Disposition"))
	assert.Contains(t, body(t, res), "2026-01-01,2026-12-31,delete,Delete,1,0,0,0,1,")
}
