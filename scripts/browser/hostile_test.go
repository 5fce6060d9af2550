package browser

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"rightsmail/shared/adapters/sqlite"
	"rightsmail/shared/cases"
	"rightsmail/shared/desk"
)

// attack tries to run something, or to call home to $TRAP, from every place of a mail
// that the console shows.
const attack = `From: "</bdi><script>alert('from')</script>" <ana@example.net>
To: privacy@example.com
Reply-To: "<img src=$TRAP/reply-to onerror=alert(1)>" <elsewhere@example.net>
Subject: "></title><script>alert('subject')</script><img src=$TRAP/subject> delete my data
Message-ID: <"><script>alert(1)</script>@example.net>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: multipart/alternative; boundary=c

--c
Content-Type: text/plain; charset=utf-8

</div></main><script>alert('text')</script><img src="$TRAP/text" onerror="alert(1)">
<style>@import "$TRAP/style";</style><base href="$TRAP/"><meta http-equiv=refresh content="0;url=$TRAP/refresh">
<iframe src="$TRAP/frame"></iframe><svg onload="fetch('$TRAP/svg')"></svg><form action="$TRAP/form"><button autofocus onfocus="alert(1)">
I live in Fresno, California. Please delete all personal information you have collected about me.

On Monday you wrote:
> </details><script>alert('quote')</script><img src="$TRAP/quote">
--c
Content-Type: text/html; charset=utf-8

<script>alert('html')</script><img src="$TRAP/html">
<p>I live in Fresno, California. Please delete all personal information you have collected about me.</p>
--c--
--b
Content-Type: text/html; name="x"
Content-Disposition: attachment; filename="<script>alert('file')</script><img src=$TRAP/file>.html"

<script>alert('attachment')</script>
--b--
`

func TestHostileMailRunsNothingAndCallsNobody(t *testing.T) {
	needBrowser(t)
	var calls atomic.Int64
	trap := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls.Add(1) }))
	defer trap.Close()
	raw := []byte(strings.ReplaceAll(strings.ReplaceAll(attack, "$TRAP", trap.URL), "\n", "\r\n"))
	o := openOffice(t, today)
	ids := o.receive(desk.Incoming{ID: sqlite.ArrivalID(raw), Raw: raw, Received: today, Mailbox: "privacy@example.com", Trusted: true})
	require.NotEmpty(t, ids)
	c := o.one(ids[0])
	letters, err := o.db.Effects(t.Context(), cases.EffectQuery{Kind: cases.EffectReply})
	require.NoError(t, err)
	require.NotEmpty(t, letters.Effects)

	b := start(t, o.url)
	for _, path := range []string{
		"/", "/queues/" + string(c.Queue), "/cases/" + string(c.ID), "/sent", "/sent/" + url.PathEscape(letters.Effects[0].ID),
		"/metrics/cases?category=delete&column=received", "/api/cases/" + string(c.ID),
	} {
		require.EqualValues(t, http.StatusOK, b.open(o.url+path), path)
		ask[chromedp.Void](b, "document.querySelectorAll('details').forEach(d => d.open = true)")
		assert.Zero(t, ask[int](b, "document.querySelectorAll('script, iframe, base, object, embed, svg[onload], style, [onerror], [onfocus]').length"), path)
		assert.Equal(t, o.url+path, b.url(), "nothing leads away")
		if path == "/cases/"+string(c.ID) {
			seen := b.text("body")
			for _, place := range []string{"from", "subject", "text", "quote", "file"} {
				assert.Contains(t, seen, "<script>alert('"+place+"')</script", "the officer reads what was written")
			}
		}
	}
	b.behaved()
	assert.Zero(t, calls.Load(), "somebody was called")
}
