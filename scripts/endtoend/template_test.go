package endtoend

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// resource is one resource of the transformed template. Its properties may hold Ref,
// Fn::GetAtt and Fn::Join over other resources and no other function.
type resource struct {
	Name       string `json:"-"`
	Type       string
	Properties map[string]any
}

// ref is what Ref and Fn::GetAtt point to; the attribute of a Ref is empty.
type ref struct{ Resource, Attribute string }

// transformed keeps what the transform gave for one list of parameters: it takes seconds,
// and tests that run side by side want the same.
var transformed = struct {
	sync.Mutex
	text map[string]string
}{text: map[string]string{}}

// What stands in the kept text for the name of a system and the address of its model.
const (
	unnamed  = "system-without-a-name"
	nowhere  = "https://model.invalid/v1"
	noIssuer = "https://issuer.invalid"
)

// transform makes one flat list of resources of the template and all that it nests, for
// a system of that name, whose model and issuer are at these addresses.
func transform(python, system, model, issuer string, parameters ...string) (map[string]resource, error) {
	key := strings.Join(parameters, "\n")
	transformed.Lock()
	defer transformed.Unlock()
	text, done := transformed.text[key]
	if !done {
		args := append([]string{filepath.Join("scripts", "stack", "transform.py"), "template.yaml", "SystemName=" + unnamed, "ModelUrl=" + nowhere}, parameters...)
		cmd := exec.Command(python, args...) // #nosec G204 -- the operator's own Python
		cmd.Dir = root
		var problem strings.Builder
		cmd.Stderr = &problem
		out, err := cmd.Output()
		if err != nil {
			return nil, fmt.Errorf("transform the template: %w\n%s", err, problem.String())
		}
		text = string(out)
		transformed.text[key] = text
	}
	var flat struct{ Resources map[string]resource }
	if err := json.Unmarshal([]byte(strings.NewReplacer(unnamed, system, nowhere, model, noIssuer, issuer).Replace(text)), &flat); err != nil {
		return nil, fmt.Errorf("read the transformed template: %w", err)
	}
	for name, r := range flat.Resources {
		r.Name = name
		flat.Resources[name] = r
	}
	return flat.Resources, nil
}

// refOf reads a Ref or a Fn::GetAtt.
func refOf(v any) (r ref, ok bool) {
	m, _ := v.(map[string]any)
	if len(m) != 1 {
		return r, false
	}
	if name, ok := m["Ref"].(string); ok {
		return ref{name, ""}, true
	}
	if args, ok := m["Fn::GetAtt"].([]any); ok && len(args) == 2 {
		return ref{fmt.Sprint(args[0]), fmt.Sprint(args[1])}, true
	}
	return r, false
}

// settle gives every reference in a value the value that lookup knows. What lookup
// leaves as it is, an object, stays a reference, and so does the text around it.
func settle(v any, lookup func(ref) any) any {
	if r, ok := refOf(v); ok {
		return lookup(r)
	}
	switch v := v.(type) {
	case map[string]any:
		if join, ok := v["Fn::Join"].([]any); ok && len(v) == 1 {
			return joined(settle(join, lookup).([]any))
		}
		out := map[string]any{}
		for key, value := range v {
			out[key] = settle(value, lookup)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, value := range v {
			out[i] = settle(value, lookup)
		}
		return out
	}
	return v
}

// joined is the text of a Fn::Join, or the function itself while a part is not known.
func joined(args []any) any {
	parts := args[1].([]any)
	var texts []string
	for _, part := range parts {
		if _, isMap := part.(map[string]any); isMap {
			return map[string]any{"Fn::Join": args}
		}
		texts = append(texts, fmt.Sprint(part))
	}
	return strings.Join(texts, fmt.Sprint(args[0]))
}

// asList: where IAM and CloudFormation allow one or many.
func asList(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

func texts(v any) []string {
	var list []string
	for _, item := range asList(v) {
		list = append(list, fmt.Sprint(item))
	}
	slices.Sort(list)
	return list
}

func TestReferencesAreSettledAsFarAsTheyAreKnown(t *testing.T) {
	var v any
	require.NoError(t, json.Unmarshal([]byte(`{"Url":{"Ref":"Queue"},"Text":{"Fn::Join":["",["a ",{"Fn::GetAtt":["Queue","Arn"]}," b ",1]]},
		"Own":{"Fn::Join":["-",["x",{"Ref":"Topic"}]]},"List":[{"Ref":"Topic"},true]}`), &v))
	got := settle(v, func(r ref) any {
		switch r {
		case ref{"Queue", ""}:
			return "http://queue"
		case ref{"Queue", "Arn"}:
			return "arn:queue"
		}
		return map[string]any{"Ref": r.Resource}
	})
	topic := map[string]any{"Ref": "Topic"}
	assert.Equal(t, map[string]any{
		"Url": "http://queue", "Text": "a arn:queue b 1", "Own": map[string]any{"Fn::Join": []any{"-", []any{"x", topic}}}, "List": []any{topic, true},
	}, got)
}
