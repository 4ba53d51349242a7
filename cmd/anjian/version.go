package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/anjian-ledger/anjian/internal/program"
)

// version is what anjian --version prints: version, commit and Go, as the toolchain noted them in
// the program. A program that was built outside of a repository knows no commit.
func version() string {
	commit, when, changed := "unknown", "", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				commit = s.Value
			case s.Key == "vcs.time":
				when = " of " + s.Value
			case s.Key == "vcs.modified" && s.Value == "true":
				changed = ", with changes"
			}
		}
	}
	return fmt.Sprintf("anjian 安鉴 %s\ncommit %s%s%s\n%s %s/%s\n", program.Version(), commit, when, changed, runtime.Version(), runtime.GOOS,
		runtime.GOARCH)
}
