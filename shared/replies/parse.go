package replies

import (
	"fmt"
	"strings"
	"text/template/parse"
)

const subset = "letters can say fields, if, with and range"

// parseTemplate reads a text with gaps that views like the given one can fill. Errors
// name the file and the line.
func parseTemplate(file, text string, view any) (*template, error) {
	tree := parse.New(file)
	tree.Mode = parse.SkipFuncCheck // functions are refused below, in our words
	all := make(map[string]*parse.Tree)
	if _, err := tree.Parse(text, "", "", all); err != nil {
		return nil, err
	}
	p := parser{file: file, text: text}
	for name, t := range all {
		if name != file {
			return nil, p.refuse(t.Root, "{{define}}")
		}
	}
	parts, err := p.list(tree.Root)
	if err != nil {
		return nil, err
	}
	return newTemplate(file, parts, view)
}

// parser turns what the parser of text/template has read into parts.
type parser struct{ file, text string }

func (p parser) line(n parse.Node) int { return 1 + strings.Count(p.text[:n.Position()], "\n") }

// refuse says where in the file something is that a letter cannot say.
func (p parser) refuse(n parse.Node, what string) error {
	return fmt.Errorf("%s:%d: %s: %s", p.file, p.line(n), what, subset)
}

// list reads nodes one after the other; no list, as where there is no else, is empty.
func (p parser) list(l *parse.ListNode) ([]part, error) {
	if l == nil {
		return nil, nil
	}
	parts := make([]part, 0, len(l.Nodes))
	for _, n := range l.Nodes {
		one, err := p.node(n)
		if err != nil {
			return nil, err
		}
		parts = append(parts, one)
	}
	return parts, nil
}

func (p parser) node(n parse.Node) (part, error) {
	switch n := n.(type) {
	case *parse.TextNode:
		return part{kind: saysWords, words: string(n.Text), line: p.line(n)}, nil
	case *parse.ActionNode:
		return p.gap(saysField, n, n.Pipe)
	case *parse.IfNode:
		return p.branch(asksIf, &n.BranchNode)
	case *parse.WithNode:
		return p.branch(asksWith, &n.BranchNode)
	case *parse.RangeNode:
		return p.branch(goesThrough, &n.BranchNode)
	}
	return part{}, p.refuse(n, n.String())
}

// gap reads what a gap names: dot itself or one of its fields.
func (p parser) gap(kind partKind, at parse.Node, pipe *parse.PipeNode) (part, error) {
	if len(pipe.Decl) == 0 && len(pipe.Cmds) == 1 && len(pipe.Cmds[0].Args) == 1 {
		switch a := pipe.Cmds[0].Args[0].(type) {
		case *parse.DotNode:
			return part{kind: kind, line: p.line(at)}, nil
		case *parse.FieldNode:
			return part{kind: kind, name: strings.Join(a.Ident, "."), line: p.line(a)}, nil
		}
	}
	return part{}, p.refuse(at, "{{"+pipe.String()+"}}")
}

func (p parser) branch(kind partKind, n *parse.BranchNode) (part, error) {
	out, err := p.gap(kind, n, n.Pipe)
	if err != nil {
		return part{}, err
	}
	if out.then, err = p.list(n.List); err != nil {
		return part{}, err
	}
	out.otherwise, err = p.list(n.ElseList)
	return out, err
}
