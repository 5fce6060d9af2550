package replies

import (
	"fmt"
	"io/fs"
	"strings"

	"github.com/goccy/go-yaml"

	"rightsmail/shared/rights"
)

// Book holds every letter in every language. It is read-only once loaded and safe
// for concurrent use.
type Book struct {
	languages map[string]*language // by BCP 47 primary language: "de"
}

// fallback is the language that every Book has, and that stands below every other.
const fallback = "en"

// kinds are the letters that each language must have.
var kinds = []Kind{KindAcknowledgement, KindChild, KindSuppression, KindOverLimit}

type language struct {
	tag     string
	words   words
	titles  map[rights.ID]string
	letters map[Kind]*page
}

// Load reads the letters from fsys: one folder a language, named by its BCP 47
// primary language, each with titles.yaml, words.yaml and one text a Kind. A
// letter that forgets what it must say is refused, and so are unknown files and
// unknown keys. Every error names the file.
func Load(fsys fs.FS) (*Book, error) {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("load letters: %w", err)
	}
	b := &Book{languages: make(map[string]*language, len(entries))}
	for _, e := range entries {
		if !e.IsDir() {
			return nil, fmt.Errorf("load letters: %s: only folders of languages belong here", e.Name())
		}
		l, err := loadLanguage(fsys, e.Name())
		if err != nil {
			return nil, fmt.Errorf("load letters: %w", err)
		}
		b.languages[e.Name()] = l
	}
	if b.languages[fallback] == nil {
		return nil, fmt.Errorf("load letters: folder %q is missing: it is read where no other language fits", fallback)
	}
	return b, nil
}

// language picks the folder for the language of the person.
func (b *Book) language(tag string) *language {
	primary, _, _ := strings.Cut(strings.ToLower(tag), "-")
	if l, ok := b.languages[primary]; ok {
		return l
	}
	return b.languages[fallback]
}

func loadLanguage(fsys fs.FS, tag string) (*language, error) {
	l := &language{tag: tag, letters: make(map[Kind]*page, len(kinds))}
	if err := l.checkFiles(fsys); err != nil {
		return nil, err
	}
	if err := readYAML(fsys, tag+"/titles.yaml", &l.titles); err != nil {
		return nil, err
	}
	if err := readYAML(fsys, tag+"/words.yaml", &l.words); err != nil {
		return nil, err
	}
	if err := l.words.check(); err != nil {
		return nil, fmt.Errorf("%s/words.yaml: %w", tag, err)
	}
	for _, k := range kinds {
		name := tag + "/" + string(k) + ".txt"
		view, must := probe(k)
		p, err := readPage(fsys, name, view)
		if err != nil {
			return nil, err
		}
		if err := p.check(view, must); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		l.letters[k] = p
	}
	return l, nil
}

// checkFiles refuses what no loader reads: a letter with a misspelt name would
// otherwise never be sent, and nobody would know.
func (l *language) checkFiles(fsys fs.FS) error {
	known := map[string]bool{"titles.yaml": true, "words.yaml": true}
	for _, k := range kinds {
		known[string(k)+".txt"] = true
	}
	entries, err := fs.ReadDir(fsys, l.tag)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !known[e.Name()] {
			return fmt.Errorf("%s/%s: unknown file: a letter is named after its kind", l.tag, e.Name())
		}
	}
	return nil
}

func readYAML(fsys fs.FS, name string, into any) error {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	if err := yaml.UnmarshalWithOptions(data, into, yaml.Strict(), yaml.DisallowUnknownField()); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// page is one letter as it lies in its file: a subject, and a body in the small
// markup of blocks.go.
type page struct {
	subject, body *template
}

const (
	subjectField = "Subject: "
	// subjectLine stands in the text of a body where the file has the subject, so that
	// an error names the line of the file. A comment leaves no trace in the letter.
	subjectLine = "{{/*\n*/}}"
)

// readPage reads a letter that can say what views like the given one hold.
func readPage(fsys fs.FS, name string, view any) (*page, error) {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	first, body, _ := strings.Cut(string(data), "\n")
	subject, ok := strings.CutPrefix(first, subjectField)
	if !ok || strings.TrimSpace(subject) == "" {
		return nil, fmt.Errorf("%s: the first line must read %q and the subject", name, subjectField)
	}
	p := &page{}
	if p.subject, err = parseTemplate(name, subject, view); err != nil {
		return nil, err
	}
	if p.body, err = parseTemplate(name, subjectLine+body, view); err != nil {
		return nil, err
	}
	return p, nil
}

// fill puts a view into the subject and the body.
func (p *page) fill(view any) (subject, body string, err error) {
	if subject, err = p.subject.fill(view); err != nil {
		return "", "", err
	}
	body, err = p.body.fill(view)
	return subject, body, err
}
