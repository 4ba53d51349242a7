// Package program has the name and version of this program.
package program

import "runtime/debug"

// Version is the version that the Go command stamped: "v0.1.0", and "(devel)" where it knew none.
func Version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

// Name is the program and its version, as rules-adopted states it.
func Name() string { return "anjian " + Version() }
