package test

import (
	"go/ast"
	"go/constant"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/anjian-ledger/anjian/domain/law"
)

const lawPath = module + "domain/law"

// checked is one package of the product with its types.
type checked struct {
	path  string
	fset  *token.FileSet
	files []*ast.File
	info  *types.Info
}

// product is every package of the program but package law itself, type-checked once, so that a test can
// ask what a piece of source is.
func product(t *testing.T) []checked {
	t.Helper()
	whole.Do(func() { whole.packages = typeCheck(t) })
	if whole.packages == nil {
		t.Fatal("the program could not be type-checked: see the other test")
	}
	return whole.packages
}

var whole struct {
	sync.Once
	packages []checked
}

// typeCheck makes product, from the compiler's own export data.
func typeCheck(t *testing.T) (all []checked) {
	t.Helper()
	exports := map[string]string{}
	for _, line := range goList(t, "-export", "-deps", "-f", "{{.ImportPath}}>{{.Export}}", "./...") {
		path, file, _ := strings.Cut(line, ">")
		exports[path] = file
	}
	fset := token.NewFileSet()
	imports := importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	for _, line := range goList(t, "-f", `{{$p := .}}{{range .GoFiles}}{{$p.ImportPath}}>{{$p.Dir}}>{{.}}{{"\n"}}{{end}}`, "./...") {
		f := strings.Split(line, ">")
		if f[0] == lawPath {
			continue
		}
		if len(all) == 0 || all[len(all)-1].path != f[0] {
			all = append(all, checked{path: f[0], fset: fset, info: &types.Info{
				Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}}})
		}
		file, err := parser.ParseFile(fset, filepath.Join(f[1], f[2]), nil, parser.SkipObjectResolution)
		must(t, err)
		all[len(all)-1].files = append(all[len(all)-1].files, file)
	}
	for _, p := range all {
		_, err := (&types.Config{Importer: imports}).Check(p.path, fset, p.files, p.info)
		must(t, err)
	}
	return all
}

// ofLaw reports whether t is the type of package law with this name.
func ofLaw(t types.Type, name string) bool {
	n, ok := t.(*types.Named)
	return ok && n.Obj().Pkg() != nil && n.Obj().Pkg().Path() == lawPath && n.Obj().Name() == name
}

// ways are the acts of what makes a code: functions by their last name, and types of composite
// literals. Whatever else names a code answers with it.
var ways = map[string]law.Act{
	"Refuse": law.Refuses, "owed": law.Gates, "Unmet": law.Gates,
	"flag": law.Flags, "flagItem": law.Flags, "Flagged": law.Flags, "DeviationFlagged": law.Flags, "standing": law.Flags,
}

// made is where a code is made: how, and under which rules where the same call names them.
type made struct {
	code  law.Code
	act   law.Act
	rules []law.Rule
	pos   token.Position
}

// makings finds every place of p that makes a code. The table of statuses, lists for the OpenAPI
// document and comparisons make none.
func (p *checked) makings() (all []made) {
	for _, file := range p.files {
		if strings.HasSuffix(p.fset.Position(file.Pos()).Filename, filepath.Join("api", "status.go")) {
			continue
		}
		var visit func(n ast.Node) bool
		visit = func(n ast.Node) bool {
			var found []made
			switch n := n.(type) {
			case *ast.CaseClause: // what is switched on is compared
				for _, s := range n.Body {
					ast.Inspect(s, visit)
				}
				return false
			case *ast.CallExpr:
				if lastName(n.Fun) == "untrue" { // takes back what was flagged under a code
					return false
				}
				found = p.making(n, lastName(n.Fun), n.Args)
			case *ast.CompositeLit:
				typ := p.info.Types[n].Type
				if isListOfCodes(typ) {
					return false
				}
				if named, ok := typ.(*types.Named); ok {
					if named.Obj().Name() == "Asked" || ofLaw(typ, "Text") { // the rule that is asked, whatever it says; a declaration
						return false
					}
					found = p.making(n, named.Obj().Name(), elements(named, n))
				}
			case *ast.BinaryExpr:
				return n.Op != token.EQL && n.Op != token.NEQ
			case *ast.Ident:
				for _, v := range p.constants(n, "Code") {
					all = append(all, made{law.Code(constant.StringVal(v)), law.Answers, nil, p.fset.Position(n.Pos())})
				}
			}
			all = append(all, found...)
			return found == nil // what is inside is seen
		}
		ast.Inspect(file, visit)
	}
	return all
}

// making returns the codes that a call or literal of this name makes of its parts, if it is one of
// the ways to make them.
func (p *checked) making(n ast.Node, name string, parts []ast.Expr) (all []made) {
	if ways[name] == law.None {
		return nil
	}
	var rules []law.Rule
	for _, part := range parts {
		for _, v := range p.constants(part, "Rule") {
			r, _ := constant.Int64Val(v)
			rules = append(rules, law.Rule(r))
		}
	}
	for _, part := range parts {
		for _, v := range p.constants(part, "Code") {
			all = append(all, made{law.Code(constant.StringVal(v)), ways[name], rules, p.fset.Position(n.Pos())})
		}
	}
	return all
}

// constants returns the constants of a type of package law that n names, but in functions inside. Codes may be those of
// a topic.
func (p *checked) constants(n ast.Node, typ string) (found []constant.Value) {
	ast.Inspect(n, func(n ast.Node) bool {
		if _, inner := n.(*ast.FuncLit); inner {
			return false
		}
		if id, ok := n.(*ast.Ident); ok {
			if c, ok := p.info.Uses[id].(*types.Const); ok && ofLaw(c.Type(), typ) && (typ == "Code" || c.Pkg().Path() == lawPath) {
				found = append(found, c.Val())
			}
		}
		return true
	})
	return found
}

func isListOfCodes(t types.Type) bool {
	s, ok := t.(*types.Slice)
	return ok && ofLaw(s.Elem(), "Code")
}

func lastName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

// TestTheSetOfCodesIsClosed: every code of the law is made by the program, in the way and under
// the rules that the law says, and the program makes no other.
func TestTheSetOfCodesIsClosed(t *testing.T) {
	t.Parallel()
	acts := map[law.Code]law.Act{}
	under := map[law.Code][]law.Rule{}
	elsewhere := map[law.Code]bool{} // the rule comes from somewhere else than the call
	for _, p := range product(t) {
		p.noLiterals(t)
		for _, m := range p.makings() {
			text, ok := m.code.Text()
			if !ok {
				t.Errorf("%s: %s is not in the law", m.pos, m.code)
			}
			acts[m.code] |= m.act
			under[m.code] = append(under[m.code], m.rules...)
			elsewhere[m.code] = elsewhere[m.code] || m.rules == nil
			for _, r := range m.rules {
				if !slices.Contains(text.Rules, r) {
					t.Errorf("%s: %s acts under %s, the law says %v", m.pos, m.code, r, ruleNames(text.Rules))
				}
			}
		}
	}
	gates := func(a law.Act) law.Act { // a gate may refuse on its own account
		if a&(law.Refuses|law.Gates) != 0 {
			a = a&^law.Gates | law.Refuses
		}
		return a
	}
	for _, g := range law.Groups() {
		for _, x := range g.Texts {
			for _, r := range x.Rules {
				if !elsewhere[x.Code] && !slices.Contains(under[x.Code], r) {
					t.Errorf("%s does not act under %s, as the law says", x.Code, r)
				}
			}
			switch a := acts[x.Code]; {
			case a == law.None:
				t.Errorf("nothing makes %s", x.Code)
			case gates(a) != gates(x.Acts):
				t.Errorf("%s %v, the law says that it %v", x.Code, a.English(), x.Acts.English())
			}
		}
	}
}

// TestEveryCallPassesTheValuesThatItsSentencesName: all that must be there and no other; and a
// value is made by a constructor of package law, under a name that is written out. What takes a
// sentence does not compile: there is no such parameter.
func TestEveryCallPassesTheValuesThatItsSentencesName(t *testing.T) {
	t.Parallel()
	calls := 0
	for _, p := range product(t) {
		for _, m := range p.calls(t) {
			calls++
			text, _ := m.code.Text()
			required, optional := text.Names()
			for _, name := range m.names {
				if !slices.Contains(required, name) && !slices.Contains(optional, name) {
					t.Errorf("%s: no sentence of %s names the value %q", m.pos, m.code, name)
				}
			}
			for _, name := range required {
				if !slices.Contains(m.names, name) {
					t.Errorf("%s: %s is not given the value %q", m.pos, m.code, name)
				}
			}
		}
	}
	if calls < 250 {
		t.Errorf("only %d calls", calls)
	}
}

// call is one place that gives values to a code.
type call struct {
	code  law.Code
	names []string
	pos   token.Position
}

// calls finds the calls and literals that name a code and give it values: code and values stand
// in the same one, or the values of a fault in its member.
func (p *checked) calls(t *testing.T) (all []call) {
	for _, file := range p.files {
		ast.Inspect(file, func(n ast.Node) bool {
			var parts []ast.Expr
			switch n := n.(type) {
			case *ast.CallExpr:
				if name := lastName(n.Fun); ways[name] == law.None && name != "fail" {
					return true
				}
				parts = n.Args
			case *ast.CompositeLit:
				named, ok := p.info.Types[n].Type.(*types.Named)
				if !ok || !slices.Contains([]string{"fault", "DeviationFlagged", "Unmet", "owed"}, named.Obj().Name()) {
					return true
				}
				parts = elements(named, n)
			default:
				return true
			}
			for _, part := range parts {
				for _, v := range p.constants(part, "Code") {
					all = append(all, call{law.Code(constant.StringVal(v)), p.names(t, parts), p.fset.Position(n.Pos())})
				}
			}
			return true
		})
	}
	return all
}

// elements are those of a literal; of an obligation, what gates answer with: codes, rules, the name of the list, and values.
func elements(named *types.Named, n *ast.CompositeLit) (parts []ast.Expr) {
	if named.Obj().Name() != "owed" {
		return n.Elts
	}
	for _, member := range n.Elts {
		kv := member.(*ast.KeyValueExpr)
		switch lastName(kv.Key) {
		case "atSigning", "atClosing", "rules", "values", "under":
			parts = append(parts, kv.Value)
		case "apart":
			parts = append(parts, &ast.CompositeLit{Elts: results(kv.Value.(*ast.FuncLit))})
		}
	}
	return parts
}

// results are what a function returns or assigns.
func results(f *ast.FuncLit) (all []ast.Expr) {
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ReturnStmt:
			all = append(all, n.Results...)
		case *ast.AssignStmt:
			all = append(all, n.Rhs...)
		}
		return true
	})
	return all
}

// names returns the names of the values that expressions make, all of which are literals; of a
// variable of type Value, that of the constructor that it was given first.
func (p *checked) names(t *testing.T, parts []ast.Expr) (all []string) {
	for _, part := range parts {
		ast.Inspect(part, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if typ := p.info.Types[n].Type; typ != nil && ofLaw(typ, "Value") {
					all = append(all, p.nameOf(t, n)...)
					return false
				}
			case *ast.Ident:
				if v, ok := p.info.Uses[n].(*types.Var); ok && ofLaw(v.Type(), "Value") {
					all = append(all, p.assigned(t, v)...)
				}
			}
			return true
		})
		if lit, ok := part.(*ast.BasicLit); ok && lit.Kind == token.STRING && lit.Value != `""` { // the name of the list of an obligation's items
			all = append(all, strings.Trim(lit.Value, `"`))
		}
	}
	return all
}

func (p *checked) nameOf(t *testing.T, n *ast.CallExpr) []string {
	for _, arg := range n.Args {
		if v := p.info.Types[arg].Value; v != nil && v.Kind() == constant.String && strings.Contains(constant.StringVal(v), " ") {
			if !strings.HasPrefix(constant.StringVal(v), "GET ") {
				t.Errorf("%s: %v is a sentence, and no value", p.fset.Position(arg.Pos()), v)
			}
		}
	}
	for _, arg := range n.Args {
		if v := p.info.Types[arg].Value; v != nil && v.Kind() == constant.String {
			return []string{constant.StringVal(v)}
		}
	}
	t.Errorf("%s: the name of a value is no literal", p.fset.Position(n.Pos()))
	return nil
}

// assigned finds what a variable of type Value is given in its package.
func (p *checked) assigned(t *testing.T, v *types.Var) (all []string) {
	for _, file := range p.files {
		ast.Inspect(file, func(n ast.Node) bool {
			set, ok := n.(*ast.AssignStmt)
			if !ok {
				return true
			}
			for i, left := range set.Lhs {
				id, ok := left.(*ast.Ident)
				if !ok || p.info.ObjectOf(id) != v || i >= len(set.Rhs) {
					continue
				}
				if c, ok := set.Rhs[i].(*ast.CallExpr); ok {
					all = append(all, p.nameOf(t, c)...)
				}
			}
			return true
		})
	}
	return all
}

// noLiterals: a code or a rule is a constant of package law, or a code a constant of a topic that is named like it; no
// string or number that is converted to one.
func (p *checked) noLiterals(t *testing.T) {
	for _, file := range p.files {
		topics := map[ast.Node]bool{} // the literals that name a topic's own codes
		for _, d := range file.Decls {
			if d, ok := d.(*ast.GenDecl); ok && d.Tok == token.CONST {
				for _, spec := range d.Specs {
					p.topicCodes(spec.(*ast.ValueSpec), topics)
				}
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				typ := p.info.Types[n].Type
				if (ofLaw(typ, "Code") || ofLaw(typ, "Rule")) && n.Value != `""` && !topics[n] {
					t.Errorf("%s: %s is no constant of package law, and no topic's", p.fset.Position(n.Pos()), n.Value)
				}
			case *ast.CallExpr:
				if typ := p.info.Types[n.Fun]; typ.IsType() && (ofLaw(typ.Type, "Code") || ofLaw(typ.Type, "Rule")) {
					t.Errorf("%s: converted to %s", p.fset.Position(n.Pos()), typ.Type)
				}
			}
			return true
		})
	}
}

// topicCodes notes the literals of constants that are named like their code, of those that the law has.
func (p *checked) topicCodes(spec *ast.ValueSpec, topics map[ast.Node]bool) {
	for i, v := range spec.Values {
		if lit, ok := v.(*ast.BasicLit); ok && ofLaw(p.info.Types[lit].Type, "Code") {
			code := strings.Trim(lit.Value, `"`)
			_, known := law.Known(code).Text()
			topics[lit] = known && strings.EqualFold(spec.Names[i].Name, strings.ReplaceAll(code, "-", ""))
		}
	}
}
