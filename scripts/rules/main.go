// Command rules compiles the rules in shared/classify/rules into the file that every
// program carries, shared/classify/rules.bin.
//
//	go run ./scripts/rules
//
// Run it from the top of the project after every change of a rule or of a case. It
// refuses rules that contradict themselves and cases that no rule decides; then the file
// stays as it was.
package main

import (
	"flag"
	"fmt"
	"os"

	"rightsmail/shared/classify"
	"rightsmail/shared/rights"
)

func main() {
	from := flag.String("from", "shared/classify/rules", "the `folder` of the rules")
	to := flag.String("to", "shared/classify/rules.bin", "the `file` to write")
	flag.Parse()
	if err := run(*from, *to); err != nil {
		fmt.Fprintln(os.Stderr, "rules:", err)
		os.Exit(1)
	}
}

func run(from, to string) error {
	book, err := rights.Builtin()
	if err != nil {
		return err
	}
	file, err := classify.Compile(os.DirFS(from), book)
	if err != nil {
		return err
	}
	if err := os.WriteFile(to, file, 0o644); err != nil { // #nosec G306 -- part of the project, for everybody to read
		return fmt.Errorf("write the compiled rules: %w", err)
	}
	fmt.Printf("%s: %d kB\n", to, (len(file)+1023)>>10)
	return nil
}
