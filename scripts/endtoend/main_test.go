package endtoend

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

// builds is the folder of the compiled functions; two runs side by side have one each.
var builds string

// TestMain lets more tests run side by side than there are processors: the trials of
// faults mostly wait, for the SDK pauses before it tries again.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err) // the testing package has this flag
	}
	var err error
	if builds, err = os.MkdirTemp("", "rightsmail-endtoend-"); err != nil {
		fmt.Fprintln(os.Stderr, "make a folder for the functions:", err)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(builds) // in the folder of temporary files
	os.Exit(code)
}
