package test

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/law"
)

// testPlaces returns the file of each test, from the root of the repository.
func testPlaces(t *testing.T) map[string]string {
	t.Helper()
	where := map[string]string{}
	eachTest(t, func(fn *ast.FuncDecl, file, _ string) { where[fn.Name.Name] = file })
	return where
}

// eachTest calls fn with each test, its file and its text with the comment above.
func eachTest(t *testing.T, fn func(test *ast.FuncDecl, file, text string)) {
	t.Helper()
	must(t, filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, path, src, parser.ParseComments)
		if err != nil {
			return err
		}
		where := filepath.ToSlash(strings.TrimPrefix(path, ".."+string(filepath.Separator)))
		for _, decl := range f.Decls {
			test, ok := decl.(*ast.FuncDecl)
			if !ok || test.Recv != nil || !strings.HasPrefix(test.Name.Name, "Test") && !strings.HasPrefix(test.Name.Name, "Fuzz") {
				continue
			}
			from := test.Pos()
			if test.Doc != nil {
				from = test.Doc.Pos()
			}
			fn(test, where, string(src[set.Position(from).Offset:set.Position(test.End()).Offset]))
		}
		return nil
	}))
}

// testsOf returns, for each rule of the speech, the tests that name it in their name, their comment or their body:
// "[TestX](domain/x_test.go)".
func testsOf(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	eachTest(t, func(fn *ast.FuncDecl, where, text string) {
		for _, r := range namedRule.FindAllString(text, -1) {
			if name := "[" + fn.Name.Name + "](" + where + ")"; !slices.Contains(found[r], name) {
				found[r] = append(found[r], name)
			}
		}
	})
	for r, names := range found { // those named after the rule first
		slices.SortFunc(names, func(a, b string) int {
			return cmp.Or(strings.Count(b, "Test"+r)-strings.Count(a, "Test"+r), strings.Compare(a, b))
		})
	}
	return found
}

// namedRule is a rule of the speech, or of the law since 2025, in a text or as law.R01.
var namedRule = regexp.MustCompile(`R(?:0[1-9]|[1-6][0-9]|7[0-8])|N(?:0[1-9]|1[0-6])`)

// TestEachRuleThatActsIsTested: a rule with an event type, a code or an obligation is named by a test.
func TestEachRuleThatActsIsTested(t *testing.T) {
	t.Parallel()
	tests := testsOf(t)
	for _, s := range law.Sentences() {
		acts := len(law.CodesOf(s.Rule)) > 0 || len(domain.Catalogue().Citing(s.Rule)) > 0
		if acts && tests[s.Rule.String()] == nil {
			t.Errorf("%s acts, and no test names it (%s)", s.Rule, s.English)
		}
	}
}
