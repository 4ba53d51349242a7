package domain_test

import (
	"os/exec"
	"strings"
	"testing"
)

// TestDomainAndProjectionsImportOnlyTheStandardLibraryAndUUID keeps the judgement and the
// views pure: what they import cannot reach a network, a store or a logger of ours. No package
// of them imports one that reads clocks or files on its own account either.
func TestDomainAndProjectionsImportOnlyTheStandardLibraryAndUUID(t *testing.T) {
	const module = "github.com/anjian-ledger/anjian/"
	list := func(args ...string) []string {
		t.Helper()
		out, err := exec.Command("go", append([]string{"list"}, args...)...).Output()
		if err != nil {
			t.Fatalf("go list %v: %v", args, err)
		}
		return strings.Fields(string(out))
	}
	roots := []string{module + "domain/...", module + "projections/..."}
	for _, dep := range list(append([]string{"-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}"}, roots...)...) {
		pure := strings.HasPrefix(dep, module+"domain") || strings.HasPrefix(dep, module+"projections") || dep == "github.com/google/uuid"
		if !pure {
			t.Errorf("%s is among the dependencies", dep)
		}
	}
	impure := map[string]bool{"context": true, "log": true, "log/slog": true, "math/rand": true, "math/rand/v2": true, "crypto/rand": true,
		"net": true, "net/http": true, "os": true, "os/exec": true, "io/ioutil": true, "unsafe": true, "reflect": true}
	for _, line := range list(append([]string{"-f", `{{$p := .ImportPath}}{{range .Imports}}{{$p}}>{{.}}{{"\n"}}{{end}}`}, roots...)...) {
		from, imports, _ := strings.Cut(line, ">")
		if imports == "reflect" && from == module+"domain/field" {
			continue // it reads the declarations of bodies, once
		}
		if impure[imports] && strings.HasPrefix(from, module+"domain") {
			t.Errorf("%s imports %s", from, imports)
		}
	}
}
