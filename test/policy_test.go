package test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

const module = "github.com/anjian-ledger/anjian/"

// goList runs go list in the repository's root.
func goList(t *testing.T, args ...string) []string {
	t.Helper()
	cmd := exec.Command("go", append([]string{"list"}, args...)...)
	cmd.Dir = ".."
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list %v: %v", args, err)
	}
	return strings.Fields(string(out))
}

// matrix says which modules of others, and which packages of this module, may be reached
// from where. Prefixes; what is not listed under a package is forbidden to it.
var matrix = []struct {
	from    string
	allowed []string
	why     string
}{
	{"domain", []string{"domain", "github.com/google/uuid"}, "rules are pure"},
	{"projections", []string{"domain", "projections", "github.com/google/uuid"}, "views are pure"},
	{"internal/block", []string{"internal/block", "github.com/go-json-experiment", "github.com/google/uuid"}, "a format knows no engine"},
	{"internal/entry", []string{"internal/entry", "domain", "github.com/go-json-experiment", "github.com/google/uuid"},
		"a format knows no engine"},
	{"internal/datadir", []string{"internal/datadir", "internal/durable", "internal/translog", "golang.org/x"},
		"where things stand is known without an engine or a ledger"},
	{"internal/chain", []string{"internal/chain", "internal/block", "internal/entry", "internal/translog", "internal/durable", "domain",
		"github.com/go-json-experiment", "github.com/google/uuid", "golang.org/x"}, "what a right block is depends on no engine"},
	{"internal/verify", []string{"internal/verify", "internal/block", "internal/entry", "internal/translog", "internal/durable",
		"internal/devicekey", "domain",
		"filippo.io/edwards25519", "github.com/go-json-experiment", "github.com/google/uuid", "golang.org/x"},
		"a verifier needs no server and no engine"},
}

func TestPackagesReachOnlyWhatTheyMay(t *testing.T) {
	t.Parallel()
	for _, rule := range matrix {
		for _, dep := range goList(t, "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", "./"+rule.from+"/...") {
			name := strings.TrimPrefix(dep, module)
			ok := slices.ContainsFunc(rule.allowed, func(a string) bool { return name == a || strings.HasPrefix(name, a+"/") })
			if !ok {
				t.Errorf("%s reaches %s: %s", rule.from, name, rule.why)
			}
		}
	}
}

// floors are the rooms of this module from the ground up, as the table in DESIGN.md has them. What
// is below a room's name belongs to it.
var floors = [][]string{
	{"domain", "docs", "internal/block", "internal/durable", "internal/clock", "internal/adminsocket", "internal/program"},
	{"projections", "internal/entry", "internal/translog"},
	{"client", "internal/store", "internal/journal", "internal/chain", "internal/datadir", "internal/evidence", "internal/identity",
		"internal/devicekey", "internal/projector", "internal/profile", "internal/worklist", "internal/reportdb"},
	{"internal/ledger", "internal/verify", "internal/simulate", "internal/sealing", "internal/report", "internal/leaks"},
	{"internal/core", "internal/engines", "internal/export", "internal/feed", "internal/importer", "internal/setup", "api"},
	{"internal/repair", "internal/node"},
	{"cmd/anjian", "test"},
}

// roomOf returns the room of a package and its floor, -1 when it has none.
func roomOf(pkg string) (room string, floor int) {
	for i, rooms := range floors {
		for _, r := range rooms {
			if pkg == r || strings.HasPrefix(pkg, r+"/") {
				return r, i
			}
		}
	}
	return pkg, -1
}

// TestNoArrowRunsUp: a package imports its own room and rooms on lower floors, so that none can
// close a circle.
func TestNoArrowRunsUp(t *testing.T) {
	t.Parallel()
	design, err := os.ReadFile(filepath.Join("..", "DESIGN.md"))
	must(t, err)
	for i, rooms := range floors {
		for _, room := range rooms {
			if name := strings.TrimPrefix(room, "internal/"); !strings.Contains(string(design), "`"+name+"`") {
				t.Errorf("DESIGN.md does not say what %s on floor %d is for", room, i)
			}
		}
	}
	for _, line := range goList(t, "-f", `{{$p := .ImportPath}}{{$p}}>{{$p}}{{"\n"}}{{range .Imports}}{{$p}}>{{.}}{{"\n"}}{{end}}`, "./...") {
		from, to, _ := strings.Cut(line, ">")
		if !strings.HasPrefix(to, module) {
			continue
		}
		room, floor := roomOf(strings.TrimPrefix(from, module))
		other, below := roomOf(strings.TrimPrefix(to, module))
		switch {
		case floor < 0:
			t.Errorf("%s stands on no floor", room)
		case room != other && below >= floor:
			t.Errorf("%s imports %s, which is not below it", from, to)
		}
	}
}

// TestNoPackageOutsideOfTestIsForTestsOnly: a package that only tests reach, or that imports testing,
// stands below test, so that whatever stands outside of it is the product.
func TestNoPackageOutsideOfTestIsForTestsOnly(t *testing.T) {
	t.Parallel()
	product := map[string]bool{}
	for _, pkg := range goList(t, "-deps", "./cmd/...") {
		product[pkg] = true
	}
	outside := 0
	for _, line := range goList(t, "-f", `{{.ImportPath}}>{{join .Imports ","}}`, "./...") {
		pkg, imports, _ := strings.Cut(line, ">")
		if pkg == module+"test" || strings.HasPrefix(pkg, module+"test/") {
			continue
		}
		outside++
		if !product[pkg] {
			t.Errorf("%s is no part of any command: only tests reach it, so it belongs below test", pkg)
		}
		if slices.Contains(strings.Split(imports, ","), "testing") {
			t.Errorf("%s imports testing, so it belongs below test", pkg)
		}
	}
	if outside < 20 {
		t.Errorf("only %d packages were looked at", outside)
	}
}

// vendors are modules of others that one package (with what is below it) may import, so that
// another can take their place by changing that alone.
var vendors = map[string][]string{
	"github.com/nats-io/": {"internal/store/jetstream", "internal/store/embedded", "internal/store/cluster", "internal/feed",
		"internal/evidence/objects", "test/natstest"},
	"github.com/EventStore/":             {"internal/store/kurrentdb", "test/kurrentdb"},
	"github.com/kurrent-io/":             {"internal/store/kurrentdb"},
	"google.golang.org/":                 {"internal/store/kurrentdb", "test/kurrentdb"},
	"github.com/minio/highwayhash":       {"internal/store/embedded/msgfile"},
	"github.com/go-chi/":                 {"api", "test/bench"},
	"github.com/danielgtaylor/":          {"api"},
	"github.com/swaggest/":               {"api"},
	"github.com/VictoriaMetrics/":        {"api", "cmd/anjian"},
	"github.com/spf13/":                  {"cmd/anjian", "test/bench"},
	"github.com/pelletier/":              {"cmd/anjian", "internal/report", "internal/importer/register"},
	"github.com/schollz/":                {"cmd/anjian"},
	"github.com/cloudevents/":            nil, // tests only
	"github.com/transparency-dev/":       nil,
	"github.com/rogpeppe/":               nil,
	"github.com/hanwen/":                 {"test/tornfs"},
	"pgregory.net/rapid":                 {"test/storetest"},
	module + "cmd/":                      nil,
	module + "api":                       {"cmd/anjian", "test/bench", "internal/node"},
	module + "internal/store/jetstream":  {"internal/store/embedded", "internal/store/cluster", "internal/engines"},
	module + "internal/store/embedded":   {"internal/store/embedded", "internal/engines", "test/bench", "test/nodetest"},
	module + "internal/store/cluster":    {"internal/store/cluster", "internal/engines"},
	module + "internal/store/kurrentdb":  {"internal/store/kurrentdb", "internal/engines"},
	module + "internal/evidence/objects": {"internal/engines"},
}

func TestAVendorsClientIsImportedByOnePackage(t *testing.T) {
	t.Parallel()
	for _, line := range goList(t, "-f", `{{$p := .ImportPath}}{{range .Imports}}{{$p}}>{{.}}{{"\n"}}{{end}}`, "./...") {
		from, imports, _ := strings.Cut(line, ">")
		from = strings.TrimPrefix(from, module)
		for vendor, may := range vendors {
			if !strings.HasPrefix(imports, vendor) || from == "test" || strings.HasPrefix(imports, module+from) {
				continue
			}
			if !slices.ContainsFunc(may, func(m string) bool { return from == m || strings.HasPrefix(from, m+"/") }) {
				t.Errorf("%s imports %s; only %v may", from, imports, may)
			}
		}
	}
}

// TestEveryPackageSaysWhatItIs: the package comment is where a reader begins.
func TestEveryPackageSaysWhatItIs(t *testing.T) {
	for _, line := range goList(t, "-f", "{{.ImportPath}}>{{len .Doc}}", "./...") {
		if path, n, _ := strings.Cut(line, ">"); n == "0" {
			t.Errorf("%s has no package comment", path)
		}
	}
}

// TestNoInitInAnyPackage: construction is explicit.
func TestNoInitInAnyPackage(t *testing.T) {
	t.Parallel()
	for _, dir := range goList(t, "-f", "{{.Dir}}", "./...") {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		must(t, err)
		for _, path := range files {
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			must(t, err)
			for _, d := range file.Decls {
				if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
					t.Errorf("%s has an init function", path)
				}
			}
		}
	}
}

// TestEveryPermissionIsAskedFor: a permission that no route asks for promises what is not there.
func TestEveryPermissionIsAskedFor(t *testing.T) {
	roles, err := os.ReadFile(filepath.Join("..", "internal", "identity", "roles.go"))
	must(t, err)
	files, err := filepath.Glob(filepath.Join("..", "api", "*.go"))
	must(t, err)
	var asked strings.Builder
	for _, path := range files {
		if !strings.HasSuffix(path, "_test.go") {
			b, err := os.ReadFile(path)
			must(t, err)
			asked.Write(b)
		}
	}
	found := regexp.MustCompile(`(?m)^\t(\w+) +Permission = `).FindAllStringSubmatch(string(roles), -1)
	for _, m := range found {
		if !regexp.MustCompile(`identity\.` + m[1] + `\b`).MatchString(asked.String()) {
			t.Errorf("no route asks for %s", m[1])
		}
	}
	if len(found) < 10 {
		t.Errorf("found only %v", found)
	}
}

// TestFilesStayReadable bounds files of the program; a test may be longer.
func TestFilesStayReadable(t *testing.T) {
	const limit = 500
	for _, dir := range []string{"cmd", "domain", "projections", "internal", "api"} {
		must(t, filepath.WalkDir(filepath.Join("..", dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			b, err := os.ReadFile(path)
			if n := strings.Count(string(b), "\n"); n > limit {
				t.Errorf("%s has %d lines, more than %d", path, n, limit)
			}
			return err
		}))
	}
}

// TestNoLineIsTooLong bounds lines of code and of tests, in runes; a tab is one.
func TestNoLineIsTooLong(t *testing.T) {
	const limit = 140
	files := 0
	must(t, filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && (d.Name() == "testdata" || d.Name() == ".git" || path == filepath.Join("..", "tools")) {
			return fs.SkipDir
		}
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" {
			return err
		}
		files++
		b, err := os.ReadFile(path)
		for i, line := range strings.Split(string(b), "\n") {
			if n := utf8.RuneCountInString(line); n > limit {
				t.Errorf("%s:%d has %d runes, more than %d", path, i+1, n, limit)
			}
		}
		return err
	}))
	if files < 300 {
		t.Errorf("only %d files were looked at", files)
	}
}

// TestATestIsSkippedOnlyByChoice: by a flag or -short. What a machine lacks is for the package needs
// to say, so that .ci/run leaves nothing out without a word.
func TestATestIsSkippedOnlyByChoice(t *testing.T) {
	chosen := 0
	must(t, filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && path == filepath.Join("..", "test", "needs") {
			return fs.SkipDir
		}
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") && !(strings.HasPrefix(path, filepath.Join("..", "test")) &&
			filepath.Ext(path) == ".go") {
			return err
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		must(t, err)
		byChoice := map[ast.Node]bool{}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.IfStmt:
				if isChosen(n.Cond) {
					mark(byChoice, n.Body)
				}
			case *ast.CaseClause:
				if len(n.List) == 1 && isChosen(n.List[0]) {
					mark(byChoice, n)
				}
			case *ast.CallExpr:
				called, ok := n.Fun.(*ast.SelectorExpr)
				if !ok || !slices.Contains([]string{"Skip", "Skipf", "SkipNow"}, called.Sel.Name) {
					break
				}
				if chosen++; !byChoice[n] {
					t.Errorf("%s skips a test, and not by a flag or -short: call needs.Missing", files.Position(n.Pos()))
				}
			}
			return true
		})
		return nil
	}))
	if chosen < 5 {
		t.Errorf("only %d skips were looked at", chosen)
	}
}

// mark notes what is below n.
func mark(byChoice map[ast.Node]bool, n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		byChoice[n] = true
		return true
	})
}

// isChosen tells whether a condition asks a flag, which is a pointer, or testing.Short.
func isChosen(cond ast.Expr) (so bool) {
	ast.Inspect(cond, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.StarExpr:
			so = true
		case *ast.SelectorExpr:
			so = so || n.Sel.Name == "Short"
		}
		return true
	})
	return so
}

// documents hold commands that users copy.
var documents = []string{"README.md", "DESIGN.md", "EVENTS.md", "RULES.md", "CHANGELOG.md", "docs/feed.md", "docs/integrating.md",
	"docs/from-one-machine-to-a-cluster.md",
	"docs/kurrentdb.md", "docs/nats.md", "docs/sealed.md", "docs/verify-it-yourself.md"}

// shellCommand finds anjian COMMAND with its flags, and programs below test with theirs, as a line,
// in $(…) or in `code`.
var shellCommand = regexp.MustCompile("(?:^|[`(]|\\s)((?:go run \\./cmd/)?anjian [a-z]+(?:-[a-z]+)*|go run \\./test/[a-z]+)([^`)#\\n]*)")

// longFlag is a flag as our commands have them.
var longFlag = regexp.MustCompile(`--[a-z][a-z-]*`)

// helpOf is what a command of the documents says of itself.
func helpOf(t *testing.T, name string) (help, stderr string, ok bool) {
	t.Helper()
	if program, below := strings.CutPrefix(name, "go run "); below {
		cmd := exec.Command("go", "run", program, "--help")
		cmd.Dir = ".."
		out, err := cmd.Output()
		return string(out), "", err == nil
	}
	_, verb, _ := strings.Cut(name, " ")
	out, stderr, exit := command(t, verb, "--help")
	return out, stderr, exit == 0 && strings.Contains(out, name)
}

// TestDocumentedCommandsExist runs --help of every command that the documents name and looks
// for every flag that they give it.
func TestDocumentedCommandsExist(t *testing.T) {
	t.Parallel()
	help := map[string]string{}
	for _, name := range documents {
		b, err := os.ReadFile(filepath.Join("..", name))
		must(t, err)
		code := false
		found := 0
		for _, line := range strings.Split(string(b), "\n") {
			if strings.HasPrefix(line, "```") {
				code = !code
				continue
			}
			for _, m := range shellCommand.FindAllStringSubmatch(line, -1) {
				if !code && !strings.Contains(line, "`") {
					continue // prose
				}
				found++
				called, rest := strings.TrimPrefix(m[1], "go run ./cmd/"), m[2]
				if help[called] == "" {
					out, stderr, ok := helpOf(t, called)
					if !ok {
						t.Errorf("%s: %q: there is no such command: %s", name, line, stderr)
						continue
					}
					help[called] = out
				}
				for _, flag := range longFlag.FindAllString(rest, -1) {
					if flag != "--help" && !regexp.MustCompile(regexp.QuoteMeta(flag)+`\b`).MatchString(flagsOf(help[called])) {
						t.Errorf("%s: %q: %s has no flag %s", name, strings.TrimSpace(line), called, flag)
					}
				}
			}
		}
		if name == "README.md" && found < 5 {
			t.Errorf("README.md shows %d commands", found)
		}
	}
}

// flagsOf is the part of a help text that lists flags.
func flagsOf(help string) string {
	_, flags, _ := strings.Cut(help, "Flags:")
	return flags
}

// link finds relative links of Markdown.
var link = regexp.MustCompile(`\]\(([^)#]+)\)`)

func TestDocumentsLinkToWhatExists(t *testing.T) {
	for _, name := range documents {
		b, err := os.ReadFile(filepath.Join("..", name))
		must(t, err)
		for _, m := range link.FindAllStringSubmatch(string(b), -1) {
			if strings.Contains(m[1], "://") {
				continue
			}
			if _, err := os.Stat(filepath.Join("..", filepath.Dir(name), m[1])); err != nil {
				t.Errorf("%s links to %s: %v", name, m[1], err)
			}
		}
	}
}
