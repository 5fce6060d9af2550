package replies

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"text/template/parse"
)

// The letters are written in the syntax of text/template and read by its parser, but
// filled by this file. text/template calls methods that it finds by name, and in a
// program that can do so the linker has to keep every method of every type. The
// function that decides about a mail is loaded before it can answer the first one:
// with text/template it is 19.3 MB (linux/arm64, stripped), without it 13.1 MB, and a
// letter says no more than fields, if, with and range. So nothing here may call Method
// or MethodByName of reflect; one call anywhere in the program brings the 6 MB back.
//
// It also refuses more. text/template finds out that a field is not there when it
// comes by, which may be in the letter to a person. Here every branch is read when the
// letter is loaded.

// template is a text with gaps, ready to be filled from views of one type.
type template struct {
	view  reflect.Type
	write step
}

// step writes one part of a text. dot is what {{.}} means there.
type step func(b *strings.Builder, dot reflect.Value)

// parseTemplate reads a text with gaps that views like the given one can fill. Errors
// name the file and the line.
func parseTemplate(file, text string, view any) (*template, error) {
	tree := parse.New(file)
	tree.Mode = parse.SkipFuncCheck // functions are refused below, in our words
	all := make(map[string]*parse.Tree)
	if _, err := tree.Parse(text, "", "", all); err != nil {
		return nil, err
	}
	r := reader{file: file, text: text}
	for name, t := range all {
		if name != file {
			return nil, r.refuse(t.Root, errors.New(`{{define}}: `+subset))
		}
	}
	of := reflect.TypeOf(view)
	write, err := r.list(tree.Root, of)
	if err != nil {
		return nil, err
	}
	return &template{view: of, write: write}, nil
}

// fill puts a view into the text. It fails if the view is not of the type that the
// text was read for.
func (t *template) fill(view any) (string, error) {
	v := reflect.ValueOf(view)
	if !v.IsValid() || v.Type() != t.view {
		return "", fmt.Errorf("fill letter: it speaks of %v, not of %T", t.view, view)
	}
	var b strings.Builder
	t.write(&b, v)
	return b.String(), nil
}

const subset = "letters can say fields, if, with and range"

// reader turns what the parser has read into steps. A template is right if it can:
// there is no second list of what is allowed.
type reader struct{ file, text string }

// refuse says where in the file something is wrong.
func (r reader) refuse(n parse.Node, why error) error {
	line := 1 + strings.Count(r.text[:n.Position()], "\n")
	return fmt.Errorf("%s:%d: %w", r.file, line, why)
}

// list reads nodes one after the other; no list, as where there is no else, is empty.
func (r reader) list(l *parse.ListNode, dot reflect.Type) (step, error) {
	if l == nil {
		return func(*strings.Builder, reflect.Value) {}, nil
	}
	steps := make([]step, 0, len(l.Nodes))
	for _, n := range l.Nodes {
		s, err := r.node(n, dot)
		if err != nil {
			return nil, err
		}
		steps = append(steps, s)
	}
	return func(b *strings.Builder, dot reflect.Value) {
		for _, s := range steps {
			s(b, dot)
		}
	}, nil
}

func (r reader) node(n parse.Node, dot reflect.Type) (step, error) {
	switch n := n.(type) {
	case *parse.TextNode:
		text := string(n.Text)
		return func(b *strings.Builder, _ reflect.Value) { b.WriteString(text) }, nil
	case *parse.ActionNode:
		return r.say(n, dot)
	case *parse.IfNode:
		return r.branch(&n.BranchNode, dot)
	case *parse.WithNode:
		return r.branch(&n.BranchNode, dot)
	case *parse.RangeNode:
		return r.each(&n.BranchNode, dot)
	}
	return nil, r.refuse(n, fmt.Errorf("%s: %s", n, subset))
}

// say writes a value. Only words can be written: what a slice or a bool looks like is
// no sentence.
func (r reader) say(n *parse.ActionNode, dot reflect.Type) (step, error) {
	v, err := r.value(n, n.Pipe, dot)
	if err != nil {
		return nil, err
	}
	if v.of.Kind() != reflect.String {
		return nil, r.refuse(n, fmt.Errorf("%s: only words can be written, this is %s; use if, with or range", n, inWords(v.of)))
	}
	return func(b *strings.Builder, dot reflect.Value) { b.WriteString(v.from(dot).String()) }, nil
}

// branch reads if and with: they differ in what dot is inside.
func (r reader) branch(n *parse.BranchNode, dot reflect.Type) (step, error) {
	v, err := r.value(n, n.Pipe, dot)
	if err != nil {
		return nil, err
	}
	holds, ok := truth(v.of)
	if !ok {
		return nil, r.refuse(n, fmt.Errorf("{{%s}} is %s, which is always there", n.Pipe, inWords(v.of)))
	}
	with := n.NodeType == parse.NodeWith
	inside := dot
	if with {
		inside = v.of
	}
	then, otherwise, err := r.both(n, inside, dot)
	if err != nil {
		return nil, err
	}
	return func(b *strings.Builder, dot reflect.Value) {
		switch got := v.from(dot); {
		case !holds(got):
			otherwise(b, dot)
		case with:
			then(b, got)
		default:
			then(b, dot)
		}
	}, nil
}

func (r reader) each(n *parse.BranchNode, dot reflect.Type) (step, error) {
	v, err := r.value(n, n.Pipe, dot)
	if err != nil {
		return nil, err
	}
	if v.of.Kind() != reflect.Slice {
		return nil, r.refuse(n, fmt.Errorf("{{range %s}}: only a list has items, this is %s", n.Pipe, inWords(v.of)))
	}
	then, otherwise, err := r.both(n, v.of.Elem(), dot)
	if err != nil {
		return nil, err
	}
	return func(b *strings.Builder, dot reflect.Value) {
		items := v.from(dot)
		if items.Len() == 0 {
			otherwise(b, dot)
		}
		for i := range items.Len() {
			then(b, items.Index(i))
		}
	}, nil
}

func (r reader) both(n *parse.BranchNode, inside, outside reflect.Type) (then, otherwise step, err error) {
	if then, err = r.list(n.List, inside); err != nil {
		return nil, nil, err
	}
	otherwise, err = r.list(n.ElseList, outside)
	return then, otherwise, err
}

// value is a thing that a gap names: dot itself or one of its fields.
type value struct {
	of    reflect.Type
	index []int // of the field, through embedded structs; empty for dot
}

func (v value) from(dot reflect.Value) reflect.Value {
	if len(v.index) == 0 {
		return dot
	}
	return dot.FieldByIndex(v.index)
}

func (r reader) value(at parse.Node, p *parse.PipeNode, dot reflect.Type) (value, error) {
	if len(p.Decl) == 0 && len(p.Cmds) == 1 && len(p.Cmds[0].Args) == 1 {
		switch a := p.Cmds[0].Args[0].(type) {
		case *parse.DotNode:
			return value{of: dot}, nil
		case *parse.FieldNode:
			v, err := field(a, dot)
			if err != nil {
				return value{}, r.refuse(a, err)
			}
			return v, nil
		}
	}
	return value{}, r.refuse(at, fmt.Errorf("{{%s}}: %s", p, subset))
}

func field(n *parse.FieldNode, dot reflect.Type) (value, error) {
	if dot.Kind() != reflect.Struct {
		return value{}, fmt.Errorf("{{%s}}: the dot is %s here and has no fields", n, inWords(dot))
	}
	if f, ok := dot.FieldByName(n.Ident[0]); ok && f.IsExported() && len(n.Ident) == 1 {
		return value{of: f.Type, index: f.Index}, nil
	}
	var has []string
	for _, f := range reflect.VisibleFields(dot) {
		if f.IsExported() {
			has = append(has, "."+f.Name)
		}
	}
	return value{}, fmt.Errorf("{{%s}} can not be said here; there is %s", n, strings.Join(has, ", "))
}

// truth tells for values of a type when an if holds: a list that has items, words that
// are not empty, a bool that is true.
func truth(of reflect.Type) (holds func(reflect.Value) bool, ok bool) {
	switch of.Kind() {
	case reflect.Bool:
		return reflect.Value.Bool, true
	case reflect.String, reflect.Slice:
		return func(v reflect.Value) bool { return v.Len() > 0 }, true
	}
	return nil, false
}

// inWords names a type in the words of those who write letters.
func inWords(of reflect.Type) string {
	switch of.Kind() {
	case reflect.Slice:
		return "a list"
	case reflect.String:
		return "words"
	case reflect.Bool:
		return "a yes or no"
	}
	return "the view itself"
}
