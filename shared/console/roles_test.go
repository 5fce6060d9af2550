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
	"golang.org/x/net/html"

	"rightsmail/shared/cases"
	"rightsmail/shared/console"
)

// everybody are the people of the table, in the order of its columns.
var everybody = []console.Role{console.Triager, console.Officer, console.Auditor, console.Operator}

// access says who may have which address: one letter per role, as in everybody, and a
// dash for whoever may not.
var access = map[string]string{
	"GET /{$}":                     "toao", // triager, officer, auditor, operator
	"GET /queues/{queue}":          "toa-",
	"GET /find":                    "toa-",
	"GET /cases/{id}":              "toa-",
	"GET /cases/{id}/raw":          "toa-",
	"POST /cases/{id}/close":       "-o--",
	"POST /cases/{id}/waive":       "-o--",
	"POST /cases/{id}/people":      "-o--",
	"POST /cases/{id}/acknowledge": "to--",
	"POST /cases/{id}/reclassify":  "to--",
	"GET /sent":                    "toa-",
	"GET /sent/{id}":               "toa-",
	"POST /sent/{id}/send":         "to--",
	"POST /sent/{id}/drop":         "to--",
	"GET /metrics":                 "-oao",
	"GET /metrics.csv":             "-oao",
	"GET /metrics/cases":           "-oa-",
	"GET /corrections":             "-o--",
	"POST /corrections":            "-o--",
	"GET /openapi.yaml":            "toao",
	"/":                            "toao",
	"GET /api/queues":              "toao",
	"GET /api/cases":               "toa-",
	"GET /api/cases/{id}":          "toa-",
	"GET /api/metrics":             "-oao",
	"GET /api/corrections":         "-o--",
	"GET /api/openapi.yaml":        "toao",
	"/api/":                        "toao",
}

// visit is a request for a route that does what it should, for whoever may.
type visit struct {
	path   string
	fields url.Values
	status int
}

// visits are one for every route, on an office of its own for each.
func visits(o *office) map[string]visit {
	held := o.held()
	waiting := o.receiveFrom(letter(2, "unproven", deletion), false)[0]
	several := o.several()
	drafts, err := o.db.Effects(ctx, cases.EffectQuery{Case: held, State: cases.EffectDraft})
	require.NoError(o.t, err)
	require.Len(o.t, drafts.Effects, 1)
	form := func(id cases.ID, fields url.Values) url.Values {
		fields.Set("version", fmt.Sprint(o.one(id).Version))
		return fields
	}
	one, draft := "/cases/"+string(held), "/sent/"+url.PathEscape(drafts.Effects[0].ID)
	return map[string]visit{
		"GET /{$}":                     {"/", nil, 200},
		"GET /queues/{queue}":          {"/queues/ccpa", nil, 200},
		"GET /find":                    {"/find?case=" + string(held), nil, 303},
		"GET /cases/{id}":              {one, nil, 200},
		"GET /cases/{id}/raw":          {one + "/raw", nil, 200},
		"POST /cases/{id}/close":       {one + "/close", form(held, url.Values{"outcome": {"complied"}}), 303},
		"POST /cases/{id}/waive":       {one + "/waive", form(held, url.Values{"reason": {"x"}}), 303},
		"POST /cases/{id}/people":      {"/cases/" + string(several) + "/people", form(several, url.Values{}), 303},
		"POST /cases/{id}/acknowledge": {"/cases/" + string(waiting) + "/acknowledge", form(waiting, url.Values{}), 303},
		"POST /cases/{id}/reclassify":  {one + "/reclassify", form(held, url.Values{"right": {"gdpr_erasure"}, "jurisdiction": {"eu"}, "reason": {"x"}}), 303},
		"GET /sent":                    {"/sent", nil, 200},
		"GET /sent/{id}":               {draft, nil, 200},
		"POST /sent/{id}/send":         {draft + "/send", url.Values{}, 303},
		"POST /sent/{id}/drop":         {draft + "/drop", url.Values{}, 303},
		"GET /metrics":                 {"/metrics", nil, 200},
		"GET /metrics.csv":             {"/metrics.csv", nil, 200},
		"GET /metrics/cases":           {"/metrics/cases?category=know&column=received", nil, 200},
		"GET /corrections":             {"/corrections", nil, 200},
		"POST /corrections":            {"/corrections", url.Values{}, 200},
		"GET /openapi.yaml":            {"/openapi.yaml", nil, 200},
		"/":                            {"/nope", nil, 404},
		"GET /api/queues":              {"/api/queues", nil, 200},
		"GET /api/cases":               {"/api/cases", nil, 200},
		"GET /api/cases/{id}":          {"/api" + one, nil, 200},
		"GET /api/metrics":             {"/api/metrics", nil, 200},
		"GET /api/corrections":         {"/api/corrections", nil, 200},
		"GET /api/openapi.yaml":        {"/api/openapi.yaml", nil, 200},
		"/api/":                        {"/api/nope", nil, 404},
	}
}

func (o *office) visit(v visit) *http.Response {
	if v.fields != nil {
		return o.post(v.path, v.fields)
	}
	return o.get(v.path)
}

// everything is all the store holds, to see that nothing of it changed.
func (o *office) everything() []any {
	o.t.Helper()
	page, err := o.db.Cases(ctx, cases.Query{Limit: 500})
	require.NoError(o.t, err)
	effects, err := o.db.Effects(ctx, cases.EffectQuery{})
	require.NoError(o.t, err)
	all := []any{page, effects}
	for _, c := range page.Cases {
		trail, err := o.db.Trail(ctx, c.ID)
		require.NoError(o.t, err)
		all = append(all, trail)
	}
	return all
}

func TestEveryRoleHasItsAddressesAndNoOthers(t *testing.T) {
	for _, pattern := range console.Routes() {
		require.Contains(t, access, pattern, "say in the table who may have it")
	}
	require.Len(t, access, len(console.Routes()))
	reader := open(t) // reading changes nothing, so all share one
	reading := visits(reader)
	for pattern, column := range access {
		for i, role := range everybody {
			if column[i] == '-' {
				continue
			}
			t.Run(fmt.Sprintf("%s has %s", role, pattern), func(t *testing.T) {
				o, v := reader, reading[pattern]
				if v.fields != nil {
					o = open(t)
					v = visits(o)[pattern]
				}
				o.role = []console.Role{role}
				res := o.visit(v)
				assert.Equal(t, v.status, res.StatusCode, body(t, res))
			})
		}
	}
}

func TestWhatARoleMayNotIsRefusedInWordsAndChangesNothing(t *testing.T) {
	o := open(t)
	all := visits(o)
	before := o.everything()
	for pattern, column := range access {
		for i, role := range append(everybody, "stranger") {
			if i < len(everybody) && column[i] != '-' {
				continue
			}
			t.Run(fmt.Sprintf("%s has not %s", role, pattern), func(t *testing.T) {
				o.t, o.role = t, []console.Role{role}
				res := o.visit(all[pattern])
				answer := body(t, res)
				assert.Equal(t, http.StatusForbidden, res.StatusCode)
				say := "may not"
				if role == "stranger" {
					say = "Ask whoever runs Rightsmail to put you into one of the groups triager, officer, auditor or operator"
				}
				assert.Contains(t, answer, say)
				assert.NotContains(t, answer, "my data")
				assert.Empty(t, buttons(t, answer))
				if all[pattern].fields != nil {
					assert.Equal(t, before, o.everything())
				}
				assert.Equal(t, strings.HasPrefix(all[pattern].path, "/api/"), strings.HasPrefix(answer, `{"error":`))
			})
		}
	}
}

func TestRefusalSaysWhomToAsk(t *testing.T) {
	o := open(t)
	id := o.receive(letter(1, "x", deletion))[0]
	o.role = []console.Role{console.Triager}
	seen := text(t, body(t, o.form(id, "close", url.Values{"outcome": {"complied"}})))
	assert.Contains(t, seen, "You are here as triager and may not close a case or waive its limit. Ask an officer.")
	o.role = []console.Role{console.Auditor, console.Operator}
	seen = text(t, body(t, o.form(id, "acknowledge", nil)))
	assert.Contains(t, seen, "You are here as auditor and operator and may not send or drop our letters. Ask a triager or an officer.")
}

func TestRolesAddUp(t *testing.T) {
	o := open(t)
	o.held()
	o.role = []console.Role{console.Triager, console.Operator, "unknown"}
	page := o.page("/metrics")
	assert.Contains(t, page, "/metrics/cases?", "a triager reads cases, an operator metrics")
	assert.Contains(t, text(t, page), "triager and operator")
}

// buttons are the forms of a page that change something.
func buttons(t *testing.T, page string) []string {
	var actions []string
	for _, f := range nodes(t, page, named("form")) {
		if attr(f, "method") == "post" {
			path := attr(f, "action")
			actions = append(actions, path[strings.LastIndex(path, "/")+1:])
		}
	}
	return actions
}

func TestNobodySeesAButtonInVain(t *testing.T) {
	o := open(t)
	held := o.held()
	waiting := o.receiveFrom(letter(2, "unproven", deletion), false)[0]
	draft, err := o.db.Effects(ctx, cases.EffectQuery{Case: held, State: cases.EffectDraft})
	require.NoError(t, err)
	for role, want := range map[console.Role][3][]string{
		console.Officer: {{"waive", "close", "reclassify", "send", "drop"}, {"acknowledge", "close", "reclassify", "send", "drop"}, {"send", "drop"}},
		console.Triager: {{"reclassify", "send", "drop"}, {"acknowledge", "reclassify", "send", "drop"}, {"send", "drop"}},
		console.Auditor: {},
	} {
		o.role = []console.Role{role}
		for i, path := range []string{"/cases/" + string(held), "/cases/" + string(waiting), "/sent/" + url.PathEscape(draft.Effects[0].ID)} {
			assert.ElementsMatch(t, want[i], buttons(t, o.page(path)), "%s at %s", role, path)
		}
	}
	o.role = []console.Role{console.Auditor}
	seen := text(t, o.page("/cases/"+string(held)))
	assert.Contains(t, seen, "Unbroken: every entry carries the hash", "an auditor reads the trail")
	assert.NotContains(t, seen, "Your name goes into the trail")
	assert.Contains(t, text(t, o.page("/queues/ccpa")), "Look at it")
}

func TestEveryLinkOfAPageIsOneItsReaderMayFollow(t *testing.T) {
	o, paths := furnished(t)
	for _, role := range everybody {
		o.role = []console.Role{role}
		followed := map[string]bool{}
		for _, path := range paths {
			res := o.get(path)
			page := body(t, res)
			if res.StatusCode == http.StatusForbidden {
				continue
			}
			for _, link := range nodes(t, page, func(n *html.Node) bool { return n.Data == "a" && strings.HasPrefix(attr(n, "href"), "/") }) {
				to := attr(link, "href")
				if !followed[to] {
					assert.NotEqual(t, http.StatusForbidden, o.get(to).StatusCode, "%s at %s: %s", role, path, to)
				}
				followed[to] = true
			}
		}
	}
}

func TestOperatorSeesNumbersAndNoWordOfAnyMail(t *testing.T) {
	o, paths := furnished(t)
	o.role = []console.Role{console.Operator}
	for _, path := range append(paths, "/api/queues", "/api/cases", "/api/metrics", "/metrics.csv", "/openapi.yaml", "/corrections", "/api/corrections") {
		seen := body(t, o.get(path))
		for _, word := range []string{"Ana", "ana@example.net", "Two things", "unproven", "Fresno", "my data"} {
			assert.NotContains(t, seen, word, path)
		}
		if !strings.Contains(path, "openapi") {
			assert.NotRegexp(t, `RM-[0-9A-Z]{4}-`, seen, path)
		}
	}
	assert.Contains(t, text(t, o.page("/")), "held")
	know := o.api("/api/metrics").(map[string]any)["rows"].([]any)[0].(map[string]any)
	assert.Equal(t, 3.0, know["received"])
	assert.Empty(t, know["cases"])
}

func TestPageWithoutASessionLeadsToTheSignInAndBack(t *testing.T) {
	o := open(t)
	parts := o.parts(o.desk, o.db)
	parts.SignIn, parts.SignOut = "/signin", "/signout"
	o.http = console.New(parts)
	id := string(o.receive(letter(1, "x", deletion))[0])
	o.user = ""
	for path, want := range map[string]string{
		"/": "/", "/cases/" + id: "/cases/" + id, "/metrics?from=2026-01-01&to=2026-12-31": "/metrics?from=2026-01-01&to=2026-12-31",
		"/queues/..%2F%2Fevil.example": "/queues/..%2F%2Fevil.example",
	} {
		res := o.get(path)
		assert.Equal(t, http.StatusSeeOther, res.StatusCode, path)
		to, err := url.Parse(res.Header.Get("Location"))
		require.NoError(t, err)
		assert.Equal(t, "/signin", to.Path)
		assert.Empty(t, to.Host)
		assert.Equal(t, url.Values{"to": {want}}, to.Query())
	}
	res := o.post("/cases/"+id+"/close", url.Values{"outcome": {"complied"}, "version": {"1"}})
	assert.Equal(t, http.StatusUnauthorized, res.StatusCode)
	page := body(t, res)
	assert.Contains(t, text(t, page), "Your sign-in has ended, so nothing was done.")
	assert.Contains(t, page, `<a href="/signin">Sign in</a>`)
	assert.Equal(t, "no-store", res.Header.Get("Cache-Control"))
	assert.Equal(t, http.StatusUnauthorized, o.get("/api/cases").StatusCode, "a program is not led anywhere")
}

func TestEveryPageSaysWhoIsSignedInAndLetsThemOut(t *testing.T) {
	o := open(t)
	assert.NotContains(t, o.page("/"), "Sign out", "where there is no sign-in")
	parts := o.parts(o.desk, o.db)
	parts.SignOut = "/signout"
	o.http = console.New(parts)
	for _, role := range append(everybody, "none") {
		o.role = []console.Role{role}
		page := body(t, o.get("/"))
		assert.Contains(t, text(t, page), "Signed in as Maria Keller")
		assert.Equal(t, []string{"signout"}, buttons(t, page))
		assert.Equal(t, role != "none", len(nodes(t, page, func(n *html.Node) bool { return attr(n, "class") == "role" })) == 1)
	}
}

func TestProgramsAreAskedForABearerToken(t *testing.T) {
	o := open(t)
	o.user = ""
	for _, path := range []string{"/api/queues", "/api/cases", "/api/cases/RM-1", "/api/metrics", "/api/corrections", "/api/openapi.yaml", "/api/nope"} {
		res := o.get(path)
		assert.Equal(t, http.StatusUnauthorized, res.StatusCode, path)
		assert.Equal(t, "Bearer", res.Header.Get("WWW-Authenticate"))
		assert.Contains(t, body(t, res), `{"error":"Nobody is signed in.`)
	}
}

func TestHealthIsOneCheapReadAndAsksForNobody(t *testing.T) {
	o := open(t)
	o.http, o.user = o.console(o.desk, counter{}), ""
	w := httptest.NewRecorder()
	o.http.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/healthz", nil))
	assert.Equal(t, http.StatusOK, w.Code, w.Body)
	assert.Empty(t, o.log.String())
}

func TestNoticeIsAPageOfTheConsole(t *testing.T) {
	w := httptest.NewRecorder()
	console.Notice{Status: http.StatusBadRequest, Heading: "Not signed in", Text: "It took <too> long.", Link: "/signin", LinkText: "Try again"}.Show(w)
	assert.Equal(t, http.StatusBadRequest, w.Code)
	assert.Equal(t, "nosniff", w.Header().Get("X-Content-Type-Options"))
	assert.Contains(t, text(t, w.Body.String()), "It took <too> long.")
	assert.Contains(t, w.Body.String(), `<a href="/signin">Try again</a>`)
	assert.Empty(t, nodes(t, w.Body.String(), named("nav", "form")), "nothing that needs a person")
}
