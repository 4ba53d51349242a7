package test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/test/needs"
)

// The generators, pinned: what they make of the description is what integrators get.
const (
	oapiCodegen = "github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2"
	oapiRuntime = "github.com/oapi-codegen/runtime@v1.9.0"
)

var npmPackages = []string{"openapi-typescript@7.13.0", "openapi-fetch@0.17.0", "typescript@5.9.3"}

const oapiConfig = `package: main
generate: {client: true, models: true}
output: anjian.gen.go
output-options:
  include-operation-ids: [append-events, append-batch, dry-run-events, entry, replay-events, subject]
`

// workshop is a directory with the description of a running ledger and one program.
type workshop struct {
	*testing.T
	dir string
	*server
}

func newWorkshop(t *testing.T, program, as string) *workshop {
	w := &workshop{t, t.TempDir(), start(t, t.TempDir())}
	t.Cleanup(w.server.stop)
	w.put("openapi.json", w.description())
	source, err := os.ReadFile(filepath.Join("testdata", "clients", program))
	must(t, err)
	w.put(as, source)
	return w
}

func (w *workshop) description() []byte {
	status, body := w.client("").do("GET", "/openapi.json", nil)
	if status != 200 {
		w.Fatalf("%d %s", status, body)
	}
	return body
}

func (w *workshop) put(name string, b []byte) {
	must(w.T, os.WriteFile(filepath.Join(w.dir, name), b, 0o600))
}

// run runs a program in the directory; what needs the network may say that there is none.
func (w *workshop) run(network bool, name string, args ...string) string {
	w.Helper()
	cmd := exec.CommandContext(w.Context(), name, args...)
	// -trimpath: what is built here is built again from the cache only if the name of the directory is not in it.
	cmd.Dir, cmd.Env = w.dir, append(os.Environ(), "GOFLAGS=-mod=mod -trimpath", "GOWORK=off", "NO_UPDATE_NOTIFIER=1")
	out, err := cmd.CombinedOutput()
	if err != nil && network {
		needs.Missing(w, needs.Network, fmt.Sprintf("%s %v: %v\n%s", name, args, err, out))
	}
	if err != nil {
		w.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}

// token is one of the office: nothing that the program does is out of its sight.
func (w *workshop) token() string { return w.as("supervision-office").token }

// TestATypedGoClientAppendsResendsAndReads: what oapi-codegen makes of the description works.
func TestATypedGoClientAppendsResendsAndReads(t *testing.T) {
	t.Parallel()
	w := newWorkshop(t, "main.go.txt", "main.go")
	w.put("config.yaml", []byte(oapiConfig))
	w.put("go.mod", []byte("module generated\n\ngo 1.26\n"))
	w.run(true, "go", "get", oapiRuntime)
	w.run(true, "go", "mod", "download", strings.ReplaceAll(oapiCodegen, "/cmd/oapi-codegen@", "@"))
	w.run(false, "go", "run", oapiCodegen, "-config", "config.yaml", "openapi.json")
	w.run(true, "go", "get", "github.com/google/uuid@v1.6.0")
	if out := w.run(false, "go", "run", ".", w.url, w.token()); !strings.Contains(out, "go client: ok") {
		t.Error(out)
	}
}

// TestATypedTypeScriptClientAppendsResendsAndReads: what openapi-typescript makes of the description
// compiles strictly and works in Node.
func TestATypedTypeScriptClientAppendsResendsAndReads(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"node", "npm"} {
		needs.Program(t, tool)
	}
	w := newWorkshop(t, "main.ts", "main.ts")
	w.put("package.json", []byte(`{"name":"generated","private":true,"type":"module"}`))
	w.run(true, "npm", append([]string{"install", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel", "error"}, npmPackages...)...)
	w.run(false, "node_modules/.bin/openapi-typescript", "openapi.json", "-o", "api.ts")
	w.run(false, "node_modules/.bin/tsc", "--strict", "--target", "es2022", "--module", "es2022", "--moduleResolution", "bundler",
		"--skipLibCheck", "--lib", "es2023,dom", "main.ts")
	if out := w.run(false, "node", "main.js", w.url, w.token()); !strings.Contains(out, "typescript client: ok") {
		t.Error(out)
	}
}
