package stack

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// open are the routes that the gateway lets through without a token, and why. What a page
// shows, the console shows to who is signed in.
var open = map[string]string{
	"ANY /":                 "a page: the browser brings a cookie, the console reads it",
	"ANY /find":             "a page",
	"ANY /queues/{proxy+}":  "a page",
	"ANY /cases/{proxy+}":   "a page",
	"ANY /sent":             "a page",
	"ANY /sent/{proxy+}":    "a page",
	"ANY /metrics":          "a page",
	"ANY /metrics/{proxy+}": "a page",
	"ANY /metrics.csv":      "a page",
	"ANY /corrections":      "a page",
	"ANY /openapi.yaml":     "a page",
	"ANY /assets/{proxy+}":  "the style sheet and the icon",
	"ANY /healthz":          "whoever watches has no account",
	"ANY /signin":           "nobody is signed in yet",
	"ANY /signin/{proxy+}":  "nobody is signed in yet",
	"ANY /signout":          "the cookie goes away, a token is not asked for",
}

func TestEveryRouteOfTheAPIIsAuthorisedAndOnlyTheNamedOnesAreOpen(t *testing.T) {
	f := flat(t)
	var api []string
	found := map[string]bool{}
	for _, r := range f.of("AWS::ApiGatewayV2::Route") {
		key := r.text("RouteKey")
		assert.True(t, strings.HasPrefix(key, "ANY /"), "%s: a method that is forgotten would be open or shut by accident", key)
		if strings.HasPrefix(key, "ANY /api") {
			api = append(api, key)
			assert.Equal(t, "JWT", r.text("AuthorizationType"), key)
			assert.Equal(t, "<ConsoleBearer>", r.text("AuthorizerId"), key)
			continue
		}
		assert.Equal(t, "NONE", r.text("AuthorizationType"), key)
		assert.NotEmpty(t, open[key], "%s is open and not on the list", key)
		found[key] = true
	}
	assert.Equal(t, []string{"ANY /api/{proxy+}"}, api)
	for key := range open {
		assert.True(t, found[key], "%s is on the list and has no route", key)
	}
	a := f.resources["ConsoleBearer"]
	assert.Equal(t, "JWT", a.text("AuthorizerType"))
	assert.Equal(t, `["$request.header.Authorization"]`, a.text("IdentitySource"))
	assert.Equal(t, "https://cognito-idp.eu-west-1.amazonaws.com/<ConsoleUsers>", a.text("JwtConfiguration", "Issuer"))
	assert.JSONEq(t, `[{"Ref":"ConsoleClient"}]`, a.text("JwtConfiguration", "Audience"))
}

// patterns lists the addresses that the console answers: its route patterns, as they stand
// in its source.
func patterns(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root, "shared", "console", "*.go"))
	require.NoError(t, err)
	pattern := regexp.MustCompile(`^(GET|POST) (/\S*)$`)
	var all []string
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				text, _ := strconv.Unquote(lit.Value) // the parser has accepted it
				if m := pattern.FindStringSubmatch(text); m != nil {
					all = append(all, strings.TrimSuffix(m[2], "{$}"))
				}
			}
			return true
		})
	}
	require.Greater(t, len(all), 15)
	return append(all, "/signin", "/signin/callback", "/signout", "/assets/console.0123456789ab.css")
}

// A page without a route would be there at home and missing on AWS.
func TestEveryAddressOfTheConsoleHasARoute(t *testing.T) {
	var routes []*regexp.Regexp
	for _, r := range flat(t).of("AWS::ApiGatewayV2::Route") {
		path := regexp.QuoteMeta(strings.TrimPrefix(r.text("RouteKey"), "ANY "))
		routes = append(routes, regexp.MustCompile("^"+strings.ReplaceAll(path, regexp.QuoteMeta("{proxy+}"), ".+")+"$"))
	}
	for _, p := range patterns(t) {
		matched := false
		for _, r := range routes {
			matched = matched || r.MatchString(p)
		}
		assert.True(t, matched, "%s: add a route to infra/console.yaml", p)
	}
}

func TestTheGatewayIsBoundedAndItsLogKnowsNobody(t *testing.T) {
	f := flat(t)
	s := f.resources["ConsoleStage"]
	assert.Positive(t, s.number(t, "DefaultRouteSettings", "ThrottlingRateLimit"))
	assert.Positive(t, s.number(t, "DefaultRouteSettings", "ThrottlingBurstLimit"))
	format := s.text("AccessLogSettings", "Format")
	for _, personal := range []string{"identity", "path", "query", "sourceIp", "userAgent", "authorizer", "header"} {
		assert.NotContains(t, format, personal)
	}
	assert.Contains(t, format, "$context.routeKey")
	assert.Contains(t, s.text("AccessLogSettings", "DestinationArn"), "<LogsGateway>")
}

func TestPeopleAreMadeByTheOperatorAndSignInWithPKCE(t *testing.T) {
	f := flat(t)
	pool := f.resources["ConsoleUsers"]
	assert.Equal(t, "true", pool.text("AdminCreateUserConfig", "AllowAdminCreateUserOnly"))
	assert.Equal(t, "ACTIVE", pool.text("DeletionProtection"))
	assert.Equal(t, "ON", pool.text("MfaConfiguration"))
	assert.Equal(t, `["SOFTWARE_TOKEN_MFA"]`, pool.text("EnabledMfas"))
	assert.GreaterOrEqual(t, pool.number(t, "Policies", "PasswordPolicy", "MinimumLength"), 12.0)

	client := f.resources["ConsoleClient"]
	assert.Equal(t, "false", client.text("GenerateSecret"))
	assert.Equal(t, `["code"]`, client.text("AllowedOAuthFlows"))
	assert.Equal(t, "<ConsoleApi.ApiEndpoint>/signin/callback", show(list(client.at("CallbackURLs"))[0]))
	variables := f.functions()["console"].at("Environment", "Variables").(map[string]any)
	assert.Equal(t, "<ConsoleApi.ApiEndpoint>", show(variables["RIGHTSMAIL_CONSOLE_URL"]))
	assert.Equal(t, f.resources["ConsoleBearer"].text("JwtConfiguration", "Issuer"), show(variables["RIGHTSMAIL_ISSUER"]))
	assert.Contains(t, show(variables["RIGHTSMAIL_SIGN_OUT_URL"]), "/logout?client_id=<ConsoleClient>&logout_uri=https%3A%2F%2F<ConsoleApi>")

	var groups []string
	for _, g := range f.of("AWS::Cognito::UserPoolGroup") {
		groups = append(groups, g.text("GroupName"))
	}
	assert.ElementsMatch(t, []string{"triager", "officer", "auditor", "operator"}, groups)
}

func TestAnIssuerOfTheCompanyReplacesOurPool(t *testing.T) {
	f := flat(t, dressed...)
	for _, kind := range []string{"AWS::Cognito::UserPool", "AWS::Cognito::UserPoolClient", "AWS::Cognito::UserPoolDomain", "AWS::Cognito::UserPoolGroup"} {
		assert.Empty(t, f.of(kind))
	}
	assert.Equal(t, "https://id.example.com/realm", f.resources["ConsoleBearer"].text("JwtConfiguration", "Issuer"))
	assert.JSONEq(t, `["console"]`, f.resources["ConsoleBearer"].text("JwtConfiguration", "Audience"))
	variables := f.functions()["console"].at("Environment", "Variables").(map[string]any)
	assert.Equal(t, "https://id.example.com/realm", variables["RIGHTSMAIL_ISSUER"])
	assert.Equal(t, "groups", variables["RIGHTSMAIL_GROUPS_CLAIM"])
}
