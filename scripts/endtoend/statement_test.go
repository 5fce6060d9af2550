package endtoend

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// grant is one statement of a role, and which parts of it were used.
type grant struct {
	function   string
	name       string
	actions    []string
	resources  []string
	conditions map[string]map[string][]string // operator, key, values
	used       map[string]bool                // actions and resources
}

// grantOf reads a statement. What these tests do not know how to judge is a fault.
func grantOf(function string, n int, s map[string]any) (*grant, error) {
	g := &grant{function: function, name: fmt.Sprintf("statement %d", n+1), used: map[string]bool{}, conditions: map[string]map[string][]string{}}
	for key, value := range s {
		switch key {
		case "Sid":
			g.name = fmt.Sprint(value)
		case "Action":
			g.actions = texts(value)
		case "Resource":
			g.resources = texts(value)
		case "Condition":
			for operator, keys := range value.(map[string]any) {
				if !slices.Contains([]string{"StringEquals", "StringLike", "ArnEquals", "ForAllValues:StringEquals"}, operator) {
					return nil, fmt.Errorf("%s %s: the test does not know the condition %s", function, g.name, operator)
				}
				g.conditions[operator] = map[string][]string{}
				for name, values := range keys.(map[string]any) {
					g.conditions[operator][name] = texts(values)
				}
			}
		case "Effect":
			if value != "Allow" {
				return nil, fmt.Errorf("%s %s: the test knows statements that allow only", function, g.name)
			}
		default:
			return nil, fmt.Errorf("%s %s: the test does not know %s", function, g.name, key)
		}
	}
	return g, nil
}

// allows tells whether a statement lets a use through, and notes what it took for it.
func (g *grant) allows(u use) bool {
	action, resource := "", ""
	for _, a := range g.actions {
		if like(a, u.Action) {
			action = a
		}
	}
	for _, r := range g.resources {
		if like(r, u.Resource) {
			resource = r
		}
	}
	met, ok := g.holds(u)
	if action == "" || resource == "" || !ok {
		return false
	}
	for _, part := range append(met, action, resource) {
		g.used[part] = true
	}
	return true
}

// holds judges the conditions by what is known of the call, and tells which of their
// values were met. A key that the call does not have meets nothing.
func (g *grant) holds(u use) (met []string, ok bool) {
	for operator, keys := range g.conditions {
		for key, values := range keys {
			got := u.Context[key]
			if len(got) == 0 || !strings.HasPrefix(operator, "ForAllValues:") && len(got) > 1 {
				return nil, false
			}
			for _, one := range got {
				i := slices.IndexFunc(values, func(v string) bool { return like(v, one) })
				if i < 0 {
					return nil, false
				}
				met = append(met, values[i])
			}
		}
	}
	return met, true
}

// unused lists the actions, resources and values of conditions that no call needed.
func (g *grant) unused() []string {
	var list []string
	parts := slices.Concat(g.actions, g.resources)
	for _, keys := range g.conditions {
		for _, values := range keys {
			parts = append(parts, values...)
		}
	}
	for _, part := range parts {
		if !g.used[part] {
			list = append(list, fmt.Sprintf("%s: %s: nothing needs %s", g.function, g.name, part))
		}
	}
	return list
}

// like is the wildcard of IAM: a star stands for anything, slashes too.
func like(pattern, s string) bool {
	star := strings.NewReplacer("/", "\x00", "[", "\\[", "\\", "\\\\")
	ok, err := path.Match(star.Replace(pattern), strings.ReplaceAll(s, "/", "\x00"))
	return err == nil && ok
}

func TestAStatementAllowsWhatItNamesAndKnowsWhatWasUsed(t *testing.T) {
	g, err := grantOf("f", 0, map[string]any{
		"Effect": "Allow", "Action": []any{"s3:GetObject", "s3:PutObject"}, "Resource": "arn:aws:s3:::raw/raw/*",
	})
	assert.NoError(t, err)
	assert.True(t, g.allows(use{Action: "s3:GetObject", Resource: "arn:aws:s3:::raw/raw/a/b"}))
	assert.False(t, g.allows(use{Action: "s3:GetObject", Resource: "arn:aws:s3:::raw/other"}))
	assert.False(t, g.allows(use{Action: "s3:DeleteObject", Resource: "arn:aws:s3:::raw/raw/a"}))
	assert.Equal(t, []string{"f: statement 1: nothing needs s3:PutObject"}, g.unused())

	g, err = grantOf("f", 0, map[string]any{
		"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::raw",
		"Condition": map[string]any{"StringLike": map[string]any{"s3:prefix": "raw/*"}},
	})
	assert.NoError(t, err)
	assert.False(t, g.allows(use{Action: "s3:ListBucket", Resource: "arn:aws:s3:::raw"}))
	assert.True(t, g.allows(use{Action: "s3:ListBucket", Resource: "arn:aws:s3:::raw", Context: map[string][]string{"s3:prefix": {"raw/x"}}}))

	_, err = grantOf("f", 0, map[string]any{"Effect": "Allow", "NotAction": "s3:GetObject", "Resource": "x"})
	assert.Error(t, err)
	_, err = grantOf("f", 0, map[string]any{"Effect": "Deny", "Action": "s3:GetObject", "Resource": "x"})
	assert.Error(t, err)
}
