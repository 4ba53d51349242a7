package reports

import (
	"flag"
	"fmt"
	"os"
	"runtime/debug"
	"testing"
)

// shared is the directory of the report databases that several tests ask: that of the first test would be gone for the others.
var shared string

func TestMain(m *testing.M) {
	flag.Parse()
	debug.SetGCPercent(400) // each question makes views anew, and leaves them
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "reports-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	shared = dir
	return m.Run()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
