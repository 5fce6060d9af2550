package rights

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"slices"
	"strconv"

	"github.com/golang-sql/civil"
)

// Load reads laws/*.yaml and calendars/*.yaml of fsys. It accepts everything or
// nothing: the error joins every refusal, each with file, line and column.
func Load(fsys fs.FS) (*Book, error) {
	l := &loader{
		sum:       sha256.New(),
		calendars: map[string]*Calendar{},
		owner:     map[ID]string{},
		book:      &Book{rows: map[ID][]lawRow{}},
	}
	l.each(fsys, "calendars/*.yaml", l.calendarFile)
	l.each(fsys, "laws/*.yaml", l.lawFile)
	l.whole()
	if len(l.problems) > 0 {
		return nil, fmt.Errorf("load laws: %w", errors.Join(l.problems...))
	}
	l.book.version = hex.EncodeToString(l.sum.Sum(nil))[:12]
	return l.book, nil
}

// loader carries what the files say, and everything that is wrong with them.
type loader struct {
	file      string // being read
	sum       hash.Hash
	problems  []error
	calendars map[string]*Calendar
	owner     map[ID]string // file of each id: a right belongs to one law
	targets   bool
	book      *Book
}

// each reads the files of one folder in the order of their names.
func (l *loader) each(fsys fs.FS, pattern string, read func([]byte)) {
	names, err := fs.Glob(fsys, pattern)
	if err == nil && len(names) == 0 {
		err = fmt.Errorf("no file matches %s", pattern)
	}
	if err != nil {
		l.problems = append(l.problems, err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			l.problems = append(l.problems, err)
			continue
		}
		l.sum.Write(fmt.Appendf(nil, "%s %d\n", name, len(data)))
		l.sum.Write(data)
		l.file = name
		read(data)
	}
}

// whole checks what no single file can promise.
func (l *loader) whole() {
	if len(l.problems) > 0 {
		return
	}
	if l.book.unsure == nil {
		l.problems = append(l.problems, errors.New(`laws: no file sets "unsure", the clock of mail nobody understood yet`))
	}
	if !l.targets {
		l.problems = append(l.problems, errors.New(`laws: no file sets "targets", our goals by priority`))
	}
	for id := range l.book.rows {
		l.book.ids = append(l.book.ids, id)
	}
	slices.Sort(l.book.ids)
}

// refuse notes a problem at a place in the file being read.
func (l *loader) refuse(at text, format string, args ...any) {
	l.problems = append(l.problems, problem{l.file, at.line, at.col, fmt.Sprintf(format, args...)})
}

// must returns the words, or refuses their absence at the place of the thing
// that lacks them.
func (l *loader) must(t, owner text, what, key string) string {
	if t.s == "" {
		l.refuse(owner, "%s has no %s; add %q", what, key, key)
	}
	return t.s
}

func (l *loader) date(t text) Date {
	if !t.given() {
		return Date{}
	}
	d, err := civil.ParseDate(t.s)
	if err != nil {
		l.refuse(t, "bad date %q; write it like 2026-06-19", t.s)
	}
	return d
}

func (l *loader) yes(t text) bool {
	if t.given() && t.s != "true" && t.s != "false" {
		l.refuse(t, "want true or false, not %q", t.s)
	}
	return t.s == "true"
}

// number reads a whole number of at least least.
func (l *loader) number(t text, least int) int {
	if !t.given() {
		return 0
	}
	n, err := strconv.Atoi(t.s)
	if err != nil || n < least {
		l.refuse(t, "want a whole number of at least %d, not %q", least, t.s)
	}
	return n
}

func (l *loader) zone(t text) string {
	if !t.given() {
		return ""
	}
	if _, err := location(t.s); err != nil {
		l.refuse(t, "unknown %v", err)
	}
	return t.s
}

func (l *loader) calendar(t text) *Calendar {
	if !t.given() {
		return nil
	}
	c, ok := l.calendars[t.s]
	if !ok {
		l.refuse(t, "unknown calendar %q; the calendars are the files in calendars/", t.s)
	}
	return c
}

// oneOf reads a word of a closed list.
func oneOf[T ~string](l *loader, t text, what string, words []T) T {
	if !slices.Contains(words, T(t.s)) {
		l.refuse(t, "unknown %s %q; use one of %v", what, t.s, words)
	}
	return T(t.s)
}

// words reads a list of sentences.
func words(list *[]text) []string {
	if list == nil {
		return nil
	}
	out := make([]string, len(*list))
	for i, t := range *list {
		out[i] = t.s
	}
	return out
}
