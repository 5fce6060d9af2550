package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"rightsmail/shared/adapters/mailfiles"
	"rightsmail/shared/classify"
	"rightsmail/shared/email"
	"rightsmail/shared/expectations"
	"rightsmail/shared/rights"
)

// What a test holds the program to counts as several lessons.
const (
	handWritten = 3
	ordinary    = 1
)

// read gathers all lessons.
func read(top string, folders []string, known func(rights.ID) bool) (all []classify.Lesson, err error) {
	lines, err := filepath.Glob(filepath.Join(top, "events/evaluation/learning/*.txt"))
	if err != nil {
		return nil, err
	}
	for _, file := range lines {
		data, err := os.ReadFile(file) // #nosec G304 -- of the project
		if err != nil {
			return nil, fmt.Errorf("read lessons: %w", err)
		}
		some, err := lessonsOf(file, data, known)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	some, err := mailsOf(filepath.Join(top, "events/mails"), handWritten, known)
	if err != nil {
		return nil, err
	}
	all = append(all, some...)
	for _, folder := range append([]string{filepath.Join(top, "events/evaluation/development")}, folders...) {
		some, err := mailsOf(folder, ordinary, known)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	some, err = wordingsOf(filepath.Join(top, "shared/classify/testdata/wordings.yaml"))
	if err != nil {
		return nil, err
	}
	all = append(all, some...)
	some, err = casesOf(os.DirFS(filepath.Join(top, "shared/classify/rules")))
	if err != nil {
		return nil, err
	}
	all = append(all, some...)
	some, err = lettersOf(os.DirFS(filepath.Join(top, "shared/replies/templates")))
	return append(all, some...), err
}

// lessonsOf reads mails that are written one a line:
//
//	gdpr_erasure,marketing_unsubscribe; subject || text\nmore text
//
// Lines with # are remarks.
func lessonsOf(file string, data []byte, known func(rights.ID) bool) (all []classify.Lesson, err error) {
	var wrong []error
	lines := bufio.NewScanner(bytes.NewReader(data))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		l, err := lessonOf(line, known)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s:%d: %w", file, n, err))
			continue
		}
		all = append(all, l)
	}
	return all, errors.Join(append(wrong, lines.Err())...)
}

func lessonOf(line string, known func(rights.ID) bool) (l classify.Lesson, err error) {
	ids, rest, ok := strings.Cut(line, ";")
	subject, text, parted := strings.Cut(rest, "||")
	if !ok || !parted {
		return l, errors.New(`write a mail as "right,right; subject || text"`)
	}
	for id := range strings.SplitSeq(ids, ",") {
		id := rights.ID(strings.TrimSpace(id))
		if !known(id) {
			return l, fmt.Errorf("%q is no right or class", id)
		}
		l.Rights = append(l.Rights, id)
	}
	l.Mail, l.Weight = written(strings.TrimSpace(subject), strings.ReplaceAll(strings.TrimSpace(text), `\n`, "\n")), ordinary
	return l, nil
}

func written(subject, text string) *email.Message {
	return &email.Message{Subject: subject, New: text, Text: text, From: []email.Address{{Address: "person@example.com"}}}
}

// mailsOf reads a folder of mails with what is expected of them. Mail that a machine wrote
// teaches what asks for nothing, although it speaks of rights.
func mailsOf(folder string, weight float64, known func(rights.ID) bool) (all []classify.Lesson, err error) {
	raw, err := os.ReadFile(filepath.Join(folder, expectations.FileName)) // #nosec G304 -- the user names the folder
	if err != nil {
		return nil, fmt.Errorf("read lessons: %w", err)
	}
	list, err := expectations.Read(raw, known)
	if err != nil {
		return nil, err
	}
	wants := map[string]expectations.Mail{}
	for _, want := range list {
		wants[want.File] = want
	}
	for f := range mailfiles.Read(folder) {
		if f.Err != nil {
			return nil, f.Err
		}
		name, err := filepath.Rel(folder, f.Name)
		if err != nil {
			return nil, fmt.Errorf("read lessons: %w", err)
		}
		want, ok := wants[filepath.ToSlash(name)]
		if !ok {
			return nil, fmt.Errorf("read lessons: %q has no entry in %s of %s", name, expectations.FileName, folder)
		}
		all = append(all, classify.Lesson{Mail: email.Parse(f.Raw, email.Options{}), Rights: want.Rights, Weight: weight})
	}
	return all, nil
}

// wordingsOf reads what people say for what they want.
func wordingsOf(file string) (all []classify.Lesson, err error) {
	raw, err := os.ReadFile(file) // #nosec G304 -- of the project
	if err != nil {
		return nil, fmt.Errorf("read lessons: %w", err)
	}
	var list []struct {
		Rights []rights.ID `yaml:"rights"`
		Texts  []string    `yaml:"texts"`
	}
	if err := yaml.Unmarshal(raw, &list); err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	for _, w := range list {
		for _, line := range w.Texts {
			subject, text, ok := strings.Cut(line, " || ")
			if !ok {
				subject, text = "", line
			}
			all = append(all, classify.Lesson{Mail: written(subject, text), Rights: w.Rights, Weight: handWritten})
		}
	}
	return all, nil
}

// casesOf reads the cases of the rules that say which rights a text asks for.
func casesOf(rules fs.FS) (all []classify.Lesson, err error) {
	type example struct {
		Subject, Text             string
		From, Attached, Forwarded string // may be what decides, and no weights tell it
		Rights                    []rights.ID
	}
	err = fs.WalkDir(rules, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() != "cases.yaml" {
			return err
		}
		raw, err := fs.ReadFile(rules, file)
		if err != nil {
			return err
		}
		var cases struct{ Positive, Negative []example }
		if err := yaml.Unmarshal(raw, &cases); err != nil {
			return fmt.Errorf("read %s: %w", file, err)
		}
		for _, e := range slices.Concat(cases.Positive, cases.Negative) {
			if len(e.Rights) > 0 && e.Text != "" && e.From+e.Attached+e.Forwarded == "" {
				all = append(all, classify.Lesson{Mail: written(e.Subject, e.Text), Rights: e.Rights, Weight: handWritten})
			}
		}
		return nil
	})
	return all, err
}

// filled is what a letter gets only when it is written, and its subject.
var filled = regexp.MustCompile(`(?s)\{\{.*?\}\}|Subject:[^\n]*`)

// lettersOf reads our own letters: whoever sends one back, quoted without a mark, goes on
// about a case and asks for none of the things that it names.
func lettersOf(templates fs.FS) (all []classify.Lesson, err error) {
	files, err := fs.Glob(templates, "*/*.txt")
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		text, err := fs.ReadFile(templates, file)
		if err != nil {
			return nil, err
		}
		all = append(all, classify.Lesson{Mail: written("", filled.ReplaceAllString(string(text), "\n")), Rights: []rights.ID{"followup_existing_case"}, Weight: handWritten})
	}
	return all, nil
}
