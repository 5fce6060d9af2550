package console_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"rightsmail/shared/cases"
)

// attack is a mail that tries to get out of every place it is shown in.
const attack = "From: \"</bdi><script>alert('name')</script>\" <ana@example.net>\n" +
	"To: privacy@example.com\n" +
	"Reply-To: \"<img src=x onerror=alert(1)>\" <elsewhere@example.net>\n" +
	"Subject: \"><script>alert('subject')</script> delete my personal information =?utf-8?q?=E2=80=AEgpj?=\n" +
	"Message-ID: <\"><script>@example.net>\n" +
	"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n" +
	"--b\nContent-Type: text/plain; charset=utf-8\n\n" +
	"</div></main><script>alert('text')</script> <a href=\"javascript:alert(1)\">x</a>\n" +
	"I live in Fresno, California. Please delete all personal information you have collected about me.\n" +
	"\u202ereversed\u202c {{.User}}\n" +
	"On Monday you wrote:\n> </details><script>alert('quote')</script>\n" +
	"--b\nContent-Type: text/html; name=\"x\"\nContent-Disposition: attachment; filename*=utf-8''%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E%E2%80%AEfdp.exe\n\n<script>alert('file')</script>\n" +
	"--b--\n"

// elements and attributes that none of our templates writes: if one is there, a mail
// wrote it.
func intruders(t *testing.T, page string) []*html.Node {
	t.Helper()
	return nodes(t, page, func(n *html.Node) bool {
		switch n.Data {
		case "script", "iframe", "object", "embed", "base", "style":
			return true
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || strings.HasPrefix(strings.ToLower(strings.TrimSpace(a.Val)), "javascript:") {
				return true
			}
		}
		return n.Data == "img" && !strings.HasPrefix(attr(n, "src"), "/assets/")
	})
}

func TestHostileMailIsShownAndNeverRun(t *testing.T) {
	o := open(t)
	ids := o.receive(attack)
	id := ids[0]
	letters, err := o.db.Effects(ctx, cases.EffectQuery{Kind: cases.EffectReply})
	require.NoError(t, err)
	queue := o.one(id).Queue
	paths := []string{"/", "/queues/" + string(queue), "/cases/" + string(id), "/sent", "/metrics/cases?category=delete&column=received"}
	for _, e := range letters.Effects {
		paths = append(paths, "/sent/"+url.PathEscape(e.ID))
	}
	for _, path := range paths {
		page := o.page(path)
		assert.Empty(t, intruders(t, page), path)
		assert.NotContains(t, page, "<script", path)
		assert.NotContains(t, page, "\u202e", "%s: a control that reverses text", path)
		assert.NotContains(t, page, "%!", path)
	}
	seen := text(t, o.page("/cases/"+string(id)))
	assert.Contains(t, seen, "<script>alert('text')</script>", "the officer reads what was written")
	assert.Contains(t, seen, "reversed")
	assert.Contains(t, seen, "{{.User}}")
	assert.Contains(t, seen, "alert('quote')")
}

func TestConsoleDoesNotTrustTheReaderOfMailToHaveCleaned(t *testing.T) {
	o := open(t)
	id := o.receive(letter(1, "x", deletion))[0]
	o.http = o.console(careless{o.desk}, o.db)
	page := o.page("/cases/" + string(id))
	assert.Empty(t, intruders(t, page))
	assert.NotContains(t, page, "\u202e")
	assert.NotContains(t, page, "\u2067")
	seen := text(t, page)
	for _, place := range []string{"subject", "new", "forwarded", "forwarder", "quoted", "name", "original", "type", "reply-to", "sender", "signal", "review", "mailbox",
		"detected", "signature", "disclaimer", "hidden", "candidate", "how", "report", "returned", "recipient", "action", "status", "warning"} {
		assert.Contains(t, seen, "[U+202E]"+place+" <script>", place)
	}
}

func TestWordsOfStrangersAreIsolatedInTheirDirection(t *testing.T) {
	o := open(t)
	id := o.receive(letter(1, "\u05d7\u05e9\u05d1\u05d5\u05df", "\u05e9\u05dc\u05d5\u05dd. "+deletion))[0]
	page := o.page("/cases/" + string(id))
	for _, n := range nodes(t, page, named("bdi")) {
		if strings.Contains(words(n), "\u05d7") {
			assert.Equal(t, "auto", attr(n, "dir"))
		}
	}
	mail := nodes(t, page, func(n *html.Node) bool { return attr(n, "class") == "mail" })
	require.Len(t, mail, 1)
	assert.Equal(t, "auto", attr(mail[0], "dir"))
	subject := nodes(t, o.page("/queues/"+string(o.one(id).Queue)), func(n *html.Node) bool { return n.Data == "bdi" && strings.Contains(words(n), "\u05d7") })
	require.Len(t, subject, 1)
	assert.Equal(t, "auto", attr(subject[0], "dir"))
}

func TestHostileWordsStayStringsInJSON(t *testing.T) {
	o := open(t)
	id := o.receive(attack)[0]
	for _, path := range []string{"/api/cases?status=all", "/api/cases/" + string(id)} {
		res := o.get(path)
		raw := body(t, res)
		assert.Equal(t, "application/json", res.Header.Get("Content-Type"))
		assert.True(t, json.Valid([]byte(raw)), path)
		assert.NotContains(t, raw, "<script", "%s: even a browser that sniffs finds no tag", path)
	}
}

func TestReasonOfAHumanIsEscapedToo(t *testing.T) {
	o := open(t)
	id := o.receive(letter(1, "x", deletion))[0]
	res := o.form(id, "close", url.Values{"outcome": {"denied_other"}, "reason": {"<script>alert('reason')</script>"}})
	require.Equal(t, http.StatusSeeOther, res.StatusCode)
	page := o.page("/cases/" + string(id))
	assert.Empty(t, intruders(t, page))
	assert.Contains(t, text(t, page), "<script>alert('reason')</script>")
}

func TestNothingOfAMailReachesTheLogOrAFailurePage(t *testing.T) {
	o := open(t)
	id := o.receive(attack)[0]
	o.http = o.console(panicking{o.desk}, o.db)
	res := o.get("/cases/" + string(id) + "?done=%3Cscript%3E")
	page := body(t, res)
	assert.Equal(t, http.StatusInternalServerError, res.StatusCode)
	assert.Regexp(t, `The log has the details under F-[0-9A-Z]+-1\.`, text(t, page))
	for _, leak := range []string{"ana@example.net", secret, "alert("} {
		assert.NotContains(t, page, leak)
		assert.NotContains(t, o.log.String(), leak)
	}
	assert.Contains(t, o.log.String(), "panic of type string")
	assert.Contains(t, o.log.String(), "F-")
}
