// Package program has the name and version of this program.
package program

import "runtime/debug"

// Name is the program and its version, as the Go command stamped it: "anjian v0.1.0", and
// "anjian (devel)" in tests.
func Name() string {
	version := "(devel)"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		version = info.Main.Version
	}
	return "anjian " + version
}
