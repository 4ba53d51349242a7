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

// testsOf returns, for each rule of the speech, the tests that name it in their name, their comment or their body:
// "[TestX](domain/x_test.go)".
func testsOf(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{}
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
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || fn.Recv != nil || !strings.HasPrefix(fn.Name.Name, "Test") && !strings.HasPrefix(fn.Name.Name, "Fuzz") {
				continue
			}
			from := fn.Pos()
			if fn.Doc != nil {
				from = fn.Doc.Pos()
			}
			text := string(src[set.Position(from).Offset:set.Position(fn.End()).Offset])
			for _, r := range namedRule.FindAllString(text, -1) {
				if name := "[" + fn.Name.Name + "](" + where + ")"; !slices.Contains(found[r], name) {
					found[r] = append(found[r], name)
				}
			}
		}
		return nil
	}))
	for r, names := range found { // those named after the rule first
		slices.SortFunc(names, func(a, b string) int {
			return cmp.Or(strings.Count(b, "Test"+r)-strings.Count(a, "Test"+r), strings.Compare(a, b))
		})
	}
	return found
}

// namedRule is a rule of the speech in a text or as law.R01.
var namedRule = regexp.MustCompile(`R(?:0[1-9]|[1-6][0-9]|7[0-8])`)

// TestEachRuleThatActsIsTested: a rule with an event type, a code or an obligation is named by a test.
func TestEachRuleThatActsIsTested(t *testing.T) {
	tests := testsOf(t)
	for _, s := range law.Sentences() {
		acts := len(law.CodesOf(s.Rule)) > 0 || len(domain.Catalogue().Citing(s.Rule)) > 0
		if acts && tests[s.Rule.String()] == nil {
			t.Errorf("%s acts, and no test names it (%s)", s.Rule, s.English)
		}
	}
}
