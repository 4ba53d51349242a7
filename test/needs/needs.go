// Package needs ends a test for which this machine lacks something. On a developer's machine the
// test is skipped. Under .ci/run (ANJIAN_CI=1) it fails, unless .ci/run, or whoever calls it, said
// beforehand that this machine cannot have it: ANJIAN_WITHOUT lists such things, by spaces. So
// nothing that .ci/run could have installed is left out without a word.
package needs

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// Thing is what a test needs beside Go and this repository: a program's name, or one of these.
type Thing string

const (
	FUSE      Thing = "fuse"      // root may mount a file system of a program, by /dev/fuse
	KurrentDB Thing = "kurrentdb" // a server; ANJIAN_KURRENTDB_URL is its address
	Model     Thing = "model"     // the executable models; ANJIAN_MODEL is their directory
	Mounts    Thing = "mounts"    // root may mount a tmpfs
	Network   Thing = "network"   // the Go module proxy and npm's registry
	Records   Thing = "records"   // public records under another licence; ANJIAN_TEST_DATA is their directory
	Terminals Thing = "terminals" // pseudo-terminals
)

// Missing ends the test: thing is not here, and why tells how it showed, or how to get it.
func Missing(tb testing.TB, thing Thing, why string) {
	tb.Helper()
	left := slices.Contains(strings.Fields(os.Getenv("ANJIAN_WITHOUT")), string(thing))
	if os.Getenv("ANJIAN_CI") == "1" && !left {
		tb.Fatalf("%s is missing, and ANJIAN_WITHOUT does not name it: %s", thing, why)
	}
	tb.Skipf("%s is missing: %s", thing, why)
}

// Program is the path of a program that is installed; without it the test ends.
func Program(tb testing.TB, name string) string {
	tb.Helper()
	for _, path := range []string{name, "/usr/sbin/" + name} { // nginx stands where not every PATH looks
		if found, err := exec.LookPath(path); err == nil {
			return found
		}
	}
	Missing(tb, Thing(name), "install it; as root, .ci/run does")
	return ""
}
