package replies

import (
	_ "embed" // for builtin
	"fmt"
	"io/fs"
	"sync"

	"rightsmail/shared/compiled"
)

// builtin is what the files in templates/ come to. go run ./scripts/rules writes it
// anew, and a test compares it with the folder.
//
//go:embed letters.bin
var builtin string

// fileFormat changes with everything below and with the types it goes through.
const fileFormat = "rightsmail letters 1"

// Builtin returns the letters that are built into the program. They are read once;
// every call returns the same Book.
var Builtin = sync.OnceValues(func() (*Book, error) { return open(builtin) })

// Compile reads what Load reads and returns the file that a program carries of it.
func Compile(fsys fs.FS) ([]byte, error) {
	b, err := Load(fsys)
	if err != nil {
		return nil, err
	}
	return compiled.Write(fileFormat, b.file), nil
}

// open reads a file that Compile returned. What a letter must say was probed then; that
// its view has what it says is found out anew.
func open(file string) (*Book, error) {
	b := &Book{}
	if err := compiled.Read(file, fileFormat, b.file); err != nil {
		return nil, fmt.Errorf("load letters: %w", err)
	}
	for _, l := range b.languages {
		if err := l.prepare(); err != nil {
			return nil, fmt.Errorf("load letters: %w", err)
		}
	}
	return b, nil
}

// prepare makes letters of the parts that were read.
func (l *language) prepare() error {
	for _, k := range kinds {
		p := l.letters[k]
		if p == nil { // a kind that this program has and that one had not
			return compiled.ErrDamaged
		}
		view, _ := probe(k)
		for _, t := range []*template{p.subject, p.body} {
			made, err := newTemplate(l.tag+"/"+string(k)+".txt", t.parts, view)
			if err != nil {
				return err
			}
			*t = *made
		}
	}
	return nil
}

// file goes through a book.
func (b *Book) file(c *compiled.Codec) {
	compiled.Table(c, &b.languages, func(c *compiled.Codec, l **language) { compiled.Maybe(c, l, languageOf) })
}

func languageOf(c *compiled.Codec, l *language) {
	compiled.Text(c, &l.tag)
	wordsOf(c, &l.words)
	compiled.Table(c, &l.titles, compiled.Text[string])
	compiled.Table(c, &l.letters, func(c *compiled.Codec, p **page) { compiled.Maybe(c, p, pageOf) })
}

func wordsOf(c *compiled.Codec, w *words) {
	compiled.List(c, &w.Weekdays, compiled.Text[string])
	compiled.List(c, &w.Months, compiled.Text[string])
	for _, s := range []*string{&w.FirstDay, &w.Date, &w.Due, &w.Moment, &w.And, &w.Child, &w.CorrectUs} {
		compiled.Text(c, s)
	}
	for _, t := range []*map[string]string{&w.Zones, &w.Laws, &w.Fields} {
		compiled.Table(c, t, compiled.Text[string])
	}
	compiled.Table(c, &w.Checks, compiled.Text[string])
}

func pageOf(c *compiled.Codec, p *page) {
	for _, t := range []**template{&p.subject, &p.body} {
		compiled.Maybe(c, t, func(c *compiled.Codec, t *template) { compiled.List(c, &t.parts, partOf) })
	}
}

func partOf(c *compiled.Codec, p *part) {
	compiled.Number(c, &p.kind)
	compiled.Text(c, &p.words)
	compiled.Text(c, &p.name)
	compiled.Number(c, &p.line)
	compiled.List(c, &p.then, partOf)
	compiled.List(c, &p.otherwise, partOf)
}
