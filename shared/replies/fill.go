package replies

import (
	"fmt"
	"reflect"
	"strings"
)

// The letters are written in the syntax of text/template and read by its parser (see
// parse.go), but filled by this file. text/template calls methods that it finds by name,
// and in a program that can do so the linker has to keep every method of every type. The
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
	parts []part
	view  reflect.Type
	write step
}

// part is a piece of a text: words, or a gap that names something.
type part struct {
	kind            partKind
	words           string // as they stand
	name            string // of the field that the gap names; empty: dot itself
	line            int    // of the file
	then, otherwise []part
}

type partKind int

const (
	saysWords partKind = iota
	saysField
	asksIf
	asksWith
	goesThrough // range
)

// String writes the name as it stands in a gap.
func (p part) String() string { return "{{." + p.name + "}}" }

// step writes one part of a text. dot is what {{.}} means there.
type step func(b *strings.Builder, dot reflect.Value)

// newTemplate makes a text that views like the given one can fill. Errors name the file
// and the line.
func newTemplate(file string, parts []part, view any) (*template, error) {
	of := reflect.TypeOf(view)
	write, err := reader{file}.list(parts, of)
	if err != nil {
		return nil, err
	}
	return &template{parts: parts, view: of, write: write}, nil
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

// reader turns parts into steps. A template is right if it can: there is no second list
// of what is allowed.
type reader struct{ file string }

// refuse says where in the file something is wrong.
func (r reader) refuse(p part, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %w", r.file, p.line, fmt.Errorf(format, args...))
}

// list reads parts one after the other; no parts, as where there is no else, write nothing.
func (r reader) list(parts []part, dot reflect.Type) (step, error) {
	steps := make([]step, 0, len(parts))
	for _, p := range parts {
		s, err := r.part(p, dot)
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

func (r reader) part(p part, dot reflect.Type) (step, error) {
	if p.kind == saysWords {
		return func(b *strings.Builder, _ reflect.Value) { b.WriteString(p.words) }, nil
	}
	v, err := r.value(p, dot)
	if err != nil {
		return nil, err
	}
	switch p.kind {
	case saysField:
		return r.say(p, v)
	case goesThrough:
		return r.each(p, v, dot)
	}
	return r.branch(p, v, dot)
}

// say writes a value. Only words can be written: what a slice or a bool looks like is
// no sentence.
func (r reader) say(p part, v value) (step, error) {
	if v.of.Kind() != reflect.String {
		return nil, r.refuse(p, "%s: only words can be written, this is %s; use if, with or range", p, inWords(v.of))
	}
	return func(b *strings.Builder, dot reflect.Value) { b.WriteString(v.from(dot).String()) }, nil
}

// branch reads if and with: they differ in what dot is inside.
func (r reader) branch(p part, v value, dot reflect.Type) (step, error) {
	holds, ok := truth(v.of)
	if !ok {
		return nil, r.refuse(p, "%s is %s, which is always there", p, inWords(v.of))
	}
	with := p.kind == asksWith
	inside := dot
	if with {
		inside = v.of
	}
	then, otherwise, err := r.both(p, inside, dot)
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

func (r reader) each(p part, v value, dot reflect.Type) (step, error) {
	if v.of.Kind() != reflect.Slice {
		return nil, r.refuse(p, "{{range .%s}}: only a list has items, this is %s", p.name, inWords(v.of))
	}
	then, otherwise, err := r.both(p, v.of.Elem(), dot)
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

func (r reader) both(p part, inside, outside reflect.Type) (then, otherwise step, err error) {
	if then, err = r.list(p.then, inside); err != nil {
		return nil, nil, err
	}
	otherwise, err = r.list(p.otherwise, outside)
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

func (r reader) value(p part, dot reflect.Type) (value, error) {
	if p.name == "" {
		return value{of: dot}, nil
	}
	if dot.Kind() != reflect.Struct {
		return value{}, r.refuse(p, "%s: the dot is %s here and has no fields", p, inWords(dot))
	}
	if f, ok := dot.FieldByName(p.name); ok && f.IsExported() {
		return value{of: f.Type, index: f.Index}, nil
	}
	var has []string
	for _, f := range reflect.VisibleFields(dot) {
		if f.IsExported() {
			has = append(has, "."+f.Name)
		}
	}
	return value{}, r.refuse(p, "%s can not be said here; there is %s", p, strings.Join(has, ", "))
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
