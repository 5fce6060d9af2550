// Command rules compiles what people write into the files that every program carries:
//
//	shared/rights/laws.bin      of laws/ and calendars/ there
//	shared/classify/rules.bin   of rules/ there
//	shared/replies/letters.bin  of templates/ there
//
//	go run ./scripts/rules
//
// Run it from the top of the project after every change of a law, a calendar, a rule, a
// case or a letter. It refuses what contradicts itself and cases that no rule decides;
// then all files stay as they were.
package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"rightsmail/shared/classify"
	"rightsmail/shared/replies"
	"rightsmail/shared/rights"
)

// files says what each compiled file is made of, below the top of the project. The rules
// may speak of every right that the laws give as they are now.
var files = []struct {
	from, to string
	compile  func(from fs.FS, laws *rights.Book) ([]byte, error)
}{
	{"shared/rights", "shared/rights/laws.bin", func(from fs.FS, _ *rights.Book) ([]byte, error) { return rights.Compile(from) }},
	{"shared/classify/rules", "shared/classify/rules.bin", func(from fs.FS, laws *rights.Book) ([]byte, error) { return classify.Compile(from, laws) }},
	{"shared/replies/templates", "shared/replies/letters.bin", func(from fs.FS, _ *rights.Book) ([]byte, error) { return replies.Compile(from) }},
}

func main() {
	if err := run("."); err != nil {
		fmt.Fprintln(os.Stderr, "rules:", err)
		os.Exit(1)
	}
}

func run(top string) error {
	laws, err := rights.Load(os.DirFS(filepath.Join(top, "shared/rights")))
	if err != nil {
		return err
	}
	compiled := make([][]byte, len(files))
	for i, f := range files {
		if compiled[i], err = f.compile(os.DirFS(filepath.Join(top, f.from)), laws); err != nil {
			return fmt.Errorf("%s: %w", f.from, err)
		}
	}
	for i, f := range files {
		if err := os.WriteFile(filepath.Join(top, f.to), compiled[i], 0o644); err != nil { // #nosec G306 -- part of the project, for everybody to read
			return fmt.Errorf("write what was compiled: %w", err)
		}
		fmt.Printf("%s: %d kB\n", f.to, (len(compiled[i])+1023)>>10)
	}
	return nil
}
