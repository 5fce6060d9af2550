package endtoend

import (
	"flag"
	"os"
	"testing"
)

// TestMain lets more tests run side by side than there are processors: the trials of
// faults mostly wait, for the SDK pauses before it tries again.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err) // the testing package has this flag
	}
	os.Exit(m.Run())
}
