package endtoend

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// document is one template after the SAM transform, which leaves plain CloudFormation.
type document struct {
	Parameters map[string]struct {
		Type    string
		Default any
	}
	Mappings   map[string]map[string]map[string]any
	Conditions map[string]any
	Resources  map[string]struct {
		Type       string
		Condition  string
		Properties map[string]any
	}
	Outputs map[string]struct {
		Condition string
		Value     any
	}
}

// scope is one stack of the nest with its parameters.
type scope struct {
	stack    string // name of the whole
	name     string // "" for the root, else the path of logical ids with a dot behind it: "Data."
	doc      document
	params   map[string]any
	children map[string]*scope
}

// resource is one resource of the whole nest. Its properties are evaluated as far as
// that goes without resources: what stands for one is a ref or a later.
type resource struct {
	Name       string // path of logical ids, "Data.Table"
	Type       string
	Properties map[string]any
}

// ref stands for a resource, or with an attribute for something of it.
type ref struct{ Resource, Attribute string }

// later is an intrinsic function that needs the value of a ref.
type later struct {
	Function string
	Args     []any
}

// absent stands for AWS::NoValue.
type absent struct{}

// flatten evaluates a nest of templates, with these parameters of the root.
func flatten(stack string, load func(file string) (document, error), root string, params map[string]any) (map[string]resource, error) {
	out := map[string]resource{}
	s, err := newScope(stack, "", root, load, params)
	if err != nil {
		return nil, err
	}
	return out, s.collect(out)
}

func newScope(stack, name, file string, load func(string) (document, error), given map[string]any) (*scope, error) {
	doc, err := load(file)
	if err != nil {
		return nil, err
	}
	s := &scope{stack: stack, name: name, doc: doc, params: map[string]any{}, children: map[string]*scope{}}
	for p, d := range doc.Parameters {
		s.params[p] = d.Default
		if v, ok := given[p]; ok {
			s.params[p] = v
		}
		if s.params[p] == nil {
			return nil, fmt.Errorf("%s: parameter %s has neither a value nor a default", file, p)
		}
		if d.Type == "CommaDelimitedList" {
			s.params[p] = settle(later{"Fn::Split", []any{",", s.params[p]}}, nil)
		}
	}
	for p := range given {
		if _, known := doc.Parameters[p]; !known {
			return nil, fmt.Errorf("%s has no parameter %s", file, p)
		}
	}
	for _, id := range s.inOrder() {
		r := doc.Resources[id]
		if r.Type != "AWS::CloudFormation::Stack" || !s.wanted(r.Condition) {
			continue
		}
		properties := s.eval(r.Properties).(map[string]any)
		given, _ := properties["Parameters"].(map[string]any)
		child := filepath.Join(filepath.Dir(file), fmt.Sprint(properties["TemplateURL"]))
		if s.children[id], err = newScope(stack, name+id+".", child, load, given); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// inOrder lists the resources so that a nested stack comes after those whose outputs it
// takes.
func (s *scope) inOrder() []string {
	var order []string
	state := map[string]bool{}
	var visit func(id string)
	visit = func(id string) {
		if state[id] {
			return
		}
		state[id] = true
		raw, _ := json.Marshal(s.doc.Resources[id].Properties) // it came out of JSON
		for _, other := range slices.Sorted(maps.Keys(s.doc.Resources)) {
			if s.doc.Resources[other].Type == "AWS::CloudFormation::Stack" &&
				(strings.Contains(string(raw), `"`+other+`"`) || strings.Contains(string(raw), "${"+other+".")) {
				visit(other)
			}
		}
		order = append(order, id)
	}
	for _, id := range slices.Sorted(maps.Keys(s.doc.Resources)) {
		visit(id)
	}
	return order
}

func (s *scope) collect(out map[string]resource) error {
	for id, r := range s.doc.Resources {
		if r.Type == "AWS::CloudFormation::Stack" || !s.wanted(r.Condition) {
			continue
		}
		properties, _ := s.eval(r.Properties).(map[string]any)
		out[s.name+id] = resource{Name: s.name + id, Type: r.Type, Properties: properties}
	}
	for _, child := range s.children {
		if err := child.collect(out); err != nil {
			return err
		}
	}
	return nil
}

func (s *scope) wanted(condition string) bool {
	return condition == "" || s.truth(s.doc.Conditions[condition])
}

// truth evaluates a condition.
func (s *scope) truth(v any) bool {
	m, _ := v.(map[string]any)
	for function, arg := range m {
		args, _ := arg.([]any)
		switch function {
		case "Condition":
			return s.wanted(fmt.Sprint(arg))
		case "Fn::Not":
			return !s.truth(args[0])
		case "Fn::And":
			return !slices.ContainsFunc(args, func(a any) bool { return !s.truth(a) })
		case "Fn::Or":
			return slices.ContainsFunc(args, s.truth)
		case "Fn::Equals":
			return fmt.Sprint(s.eval(args[0])) == fmt.Sprint(s.eval(args[1]))
		}
	}
	panic(fmt.Sprintf("the test does not know the condition %v", v))
}

// pseudo are the parameters that every stack has. A nested one has its own name on AWS;
// here all have the name of the root, so that a name that only differs by it collides.
func pseudo(stack string) map[string]any {
	return map[string]any{
		"AWS::Region": region, "AWS::AccountId": account, "AWS::Partition": "aws", "AWS::StackName": stack,
		"AWS::URLSuffix": "amazonaws.com", "AWS::NoValue": absent{},
		"AWS::StackId": "arn:aws:cloudformation:" + region + ":" + account + ":stack/" + stack + "/00000000-0000-4000-8000-000000000000",
	}
}

// eval evaluates a value as far as it goes without resources.
func (s *scope) eval(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if len(v) == 1 {
			for function, arg := range v {
				if function == "Ref" || strings.HasPrefix(function, "Fn::") {
					return s.call(function, arg)
				}
			}
		}
		out := map[string]any{}
		for key, value := range v {
			if value = s.eval(value); value != (absent{}) {
				out[key] = value
			}
		}
		return out
	case []any:
		out := []any{}
		for _, value := range v {
			if value = s.eval(value); value != any(absent{}) {
				out = append(out, value)
			}
		}
		return out
	}
	return v
}

func (s *scope) call(function string, arg any) any {
	switch function {
	case "Ref":
		return s.value(arg.(string), "")
	case "Fn::GetAtt":
		if text, ok := arg.(string); ok {
			name, attribute, _ := strings.Cut(text, ".")
			return s.value(name, attribute)
		}
		args := arg.([]any)
		return s.value(args[0].(string), args[1].(string))
	case "Fn::If":
		args := arg.([]any)
		if s.wanted(args[0].(string)) {
			return s.eval(args[1])
		}
		return s.eval(args[2])
	case "Fn::Sub":
		return s.sub(arg)
	case "Fn::FindInMap":
		args := s.eval(arg).([]any)
		return s.doc.Mappings[args[0].(string)][args[1].(string)][args[2].(string)]
	}
	args, ok := s.eval(arg).([]any)
	if !ok {
		args = []any{s.eval(arg)}
	}
	return settle(later{function, args}, nil)
}

// value is what a name stands for: a parameter, a pseudo parameter, an output of a nested
// stack, or a resource.
func (s *scope) value(name, attribute string) any {
	if attribute == "" {
		if v, ok := pseudo(s.stack)[name]; ok {
			return v
		}
		if v, ok := s.params[name]; ok {
			return v
		}
	}
	if child := s.children[name]; child != nil {
		output := child.doc.Outputs[strings.TrimPrefix(attribute, "Outputs.")]
		return child.eval(output.Value)
	}
	if _, ok := s.doc.Resources[name]; !ok {
		panic(fmt.Sprintf("%s%s is neither a parameter nor a resource", s.name, name))
	}
	return ref{s.name + name, attribute}
}

// sub splits a text at its ${...}.
func (s *scope) sub(arg any) any {
	text, extra := arg, map[string]any{}
	if args, ok := arg.([]any); ok {
		text = args[0]
		extra = args[1].(map[string]any)
	}
	parts := []any{}
	rest := text.(string)
	for {
		before, after, found := strings.Cut(rest, "${")
		parts = append(parts, before)
		if !found {
			break
		}
		name, tail, _ := strings.Cut(after, "}")
		rest = tail
		if strings.HasPrefix(name, "!") {
			parts = append(parts, "${"+name[1:]+"}")
			continue
		}
		if v, ok := extra[name]; ok {
			parts = append(parts, s.eval(v))
			continue
		}
		name, attribute, _ := strings.Cut(name, ".")
		parts = append(parts, s.value(name, attribute))
	}
	return settle(later{"Fn::Join", []any{"", parts}}, nil)
}

// settle computes an intrinsic function if all it needs is known. With a lookup the refs
// in it are known too; without one they are left for later.
func settle(v any, lookup func(ref) any) any {
	switch v := v.(type) {
	case ref:
		if lookup == nil {
			return v
		}
		return lookup(v)
	case map[string]any:
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
	case later:
		args := settle(v.Args, lookup).([]any)
		if !known(args) {
			return later{v.Function, args}
		}
		return compute(v.Function, args)
	}
	return v
}

// known tells that no ref is left in a value.
func known(v any) bool {
	switch v := v.(type) {
	case ref, later:
		return false
	case []any:
		return !slices.ContainsFunc(v, func(v any) bool { return !known(v) })
	case map[string]any:
		return known(slices.Collect(maps.Values(v)))
	}
	return true
}

func compute(function string, args []any) any {
	switch function {
	case "Fn::Join":
		var parts []string
		for _, part := range args[1].([]any) {
			parts = append(parts, fmt.Sprint(part))
		}
		return strings.Join(parts, args[0].(string))
	case "Fn::Split":
		var parts []any
		for part := range strings.SplitSeq(args[1].(string), args[0].(string)) {
			parts = append(parts, part)
		}
		return parts
	case "Fn::Select":
		var i int
		_, _ = fmt.Sscan(fmt.Sprint(args[0]), &i)
		return args[1].([]any)[i]
	}
	panic("the test does not know the function " + function)
}

// formation writes a value for CloudFormation: names of resources lose their dots.
func formation(v any) any {
	switch v := v.(type) {
	case ref:
		if v.Attribute == "" {
			return map[string]any{"Ref": logical(v.Resource)}
		}
		return map[string]any{"Fn::GetAtt": []any{logical(v.Resource), v.Attribute}}
	case later:
		return map[string]any{v.Function: formation(v.Args)}
	case map[string]any:
		out := map[string]any{}
		for key, value := range v {
			out[key] = formation(value)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, value := range v {
			out[i] = formation(value)
		}
		return out
	}
	return v
}

func logical(name string) string { return strings.ReplaceAll(name, ".", "") }
