// Command learn works out what words and ideas weigh, from mails whose rights are known:
//
//	events/evaluation/learning/       invented mails, one a line
//	events/evaluation/development/    whole mails
//	events/mails/, shared/classify/testdata/wordings.yaml, the cases of the rules and our
//	own letters, which count as several because a test holds the program to them
//
// and writes shared/classify/rules/weights.txt, which go run ./scripts/rules compiles.
//
//	go run ./scripts/learn [FOLDER ...]
//	go run ./scripts/learn -held [FOLDER ...]
//
// With -held it writes nothing: it learns without every fifth lesson and tells how those are
// read, which is how good the weights are on mails like the lessons that they do not know.
// Run it from the top of the project; it takes three minutes. Further folders hold mails with an
// expectations.yaml, such as the corrections that the console exports. It never reads
// events/evaluation/test. The same lessons give the same file on the same kind of machine.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"rightsmail/shared/classify"
	"rightsmail/shared/rights"
)

// seed says in which order lessons are looked at; any number is as good.
const seed = 1

func main() {
	flag.Usage = func() {
		fmt.Fprint(flag.CommandLine.Output(), "usage: go run ./scripts/learn [-held] [FOLDER ...]\n\nLearns what words weigh, from the mails of the project and of further folders with an expectations.yaml.\n\n")
		flag.PrintDefaults()
	}
	measure := flag.Bool("held", false, "write nothing; learn without every fifth lesson and tell how those are read")
	flag.Parse()
	if err := run(".", flag.Args(), *measure); err != nil {
		fmt.Fprintln(os.Stderr, "learn:", err)
		os.Exit(1)
	}
}

func run(top string, folders []string, measure bool) error {
	book, err := rights.Load(os.DirFS(filepath.Join(top, "shared/rights")))
	if err != nil {
		return err
	}
	lessons, err := read(top, folders, book.Has)
	if err != nil {
		return err
	}
	rules := filepath.Join(top, "shared/classify/rules")
	if measure {
		h, err := holdBack(os.DirFS(rules), book, lessons)
		if err != nil {
			return err
		}
		return h.print(os.Stdout)
	}
	weights, err := classify.Learn(os.DirFS(rules), book, lessons, seed)
	if err != nil {
		return err
	}
	to := filepath.Join(rules, weightsFile)
	if err := os.WriteFile(to, weights, 0o644); err != nil { // #nosec G306 -- part of the project, for everybody to read
		return fmt.Errorf("write the weights: %w", err)
	}
	fmt.Printf("%s: %d kB from %d lessons; now run go run ./scripts/rules\n", to, (len(weights)+1023)>>10, len(lessons))
	return nil
}
