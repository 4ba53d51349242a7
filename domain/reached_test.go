package domain

import (
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/kinds"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// reached collects which rule answered which type of event, over all tests of this package:
// through [State], with every other kind as it is, and not against a scene made by hand.
var reached = struct {
	sync.Mutex
	by map[answer]bool
}{by: map[answer]bool{}}

// answer is a rule, as it is written, that answers a body: "inspection.Closed R43".
type answer struct{ body, rule string }

// reach notes what an event was answered. Tests that draw their events at random do not: what they
// reach they may miss the next time.
func reach(e *event.Event, recorded []*event.Event, err error) {
	var rules []string
	if r, ok := err.(*event.Refusal); ok && r.Code != law.DetachedFromUnit { // which answers the token, whatever the event
		rules = append(rules, r.Rule.String())
		for _, u := range r.Open { // what a gate lists besides its first
			for _, rule := range u.Rules {
				rules = append(rules, rule.String())
			}
		}
	}
	for _, c := range recorded {
		if f, ok := c.Data.(*oversight.DeviationFlagged); ok && (c.Stream == e.Stream || f.Event == e.ID.String()) {
			rules = append(rules, f.Rule)
		}
	}
	reached.Lock()
	defer reached.Unlock()
	for _, r := range rules {
		reached.by[answer{reflect.TypeOf(e.Data).Elem().String(), r}] = true
	}
}

// TestMain wants, after all tests together, each rule that the judge of a body can answer to have
// answered that body.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400) // thousands of small ledgers: a fifth of the time went into collecting them
	code := m.Run()
	whole := flag.Lookup("test.run").Value.String() == "" && flag.Lookup("test.skip").Value.String() == "" &&
		flag.Lookup("test.list").Value.String() == ""
	if code == 0 && whole {
		if left := unreached(); left != nil {
			fmt.Printf("--- FAIL: no test of this package reaches through State:\n\t%s\n", strings.Join(left, "\n\t"))
			code = 1
		}
		if left := unnamed(); left != nil {
			fmt.Printf("--- FAIL: types that do not name a rule that answered them:\n\t%s\n", strings.Join(left, "\n\t"))
			code = 1
		}
		if left := unobserved(); left != nil {
			fmt.Printf("--- FAIL: what is declared of obligations is not what the tests of this package show:\n\t%s\n", strings.Join(left, "\n\t"))
			code = 1
		}
	}
	os.Exit(code)
}

// impossible are answers that a judge shares with others and its own body cannot be given.
var impossible = map[answer]bool{
	{"team.LeaderAppointed", "R02"}: true, // a team that is active has a leader, and keeps one
}

func unreached() []string {
	var left []string
	for _, k := range kinds.All {
		for _, t := range k.Types {
			body := reflect.TypeOf(t.New()).Elem()
			dir := filepath.Base(body.PkgPath())
			for _, rule := range answersOf(dir, body.Name()) {
				if a := (answer{body.String(), rule}); !reached.by[a] && !impossible[a] {
					left = append(left, a.body+" "+a.rule)
				}
			}
		}
	}
	slices.Sort(left)
	return slices.Compact(left)
}

// source is what the functions of a package call and which rules they name. A method stands under its
// bare name, and under "Type.name".
type source struct{ calls, rules map[string][]string }

var sources = map[string]*source{}

// answersOf returns the rules that the judge of a body names, itself or in what it calls in its package.
func answersOf(dir, body string) []string {
	src := sources[dir]
	if src == nil {
		src = read(dir)
		sources[dir] = src
	}
	seen, rules := map[string]bool{}, map[string]bool{}
	var walk func(string)
	walk = func(f string) {
		if seen[f] {
			return
		}
		seen[f] = true
		for _, r := range src.rules[f] {
			rules[r] = true
		}
		for _, c := range src.calls[f] {
			walk(c)
		}
	}
	walk(body + ".judge")
	walk(body + ".Judge")
	return slices.Sorted(maps.Keys(rules))
}

var isRule = regexp.MustCompile(`^(R\d\d|Pillar\d+)$`)

func read(dir string) *source {
	src := &source{map[string][]string{}, map[string][]string{}}
	files, _ := filepath.Glob(filepath.Join(dir, "*.go"))
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			panic(err)
		}
		for _, d := range file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				name := d.Name.Name
				if name == "judge" || name == "Judge" {
					name = receiver(d) + "." + name
				}
				src.note(name, d.Body)
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					v, ok := spec.(*ast.ValueSpec)
					if !ok || len(v.Values) != 1 {
						continue
					}
					switch name := v.Names[0].Name; {
					case isGate.MatchString(name):
						src.note(name, v.Values[0])
					case name == "_": // an obligation that nobody names but its gate
						src.note(fmt.Sprint("_", v.Pos()), v.Values[0])
					}
				}
			}
		}
	}
	return src
}

// receiver is the type whose judge a method is. What the rules of visits make of the body of another package has its name.
func receiver(d *ast.FuncDecl) string {
	if p, ok := d.Recv.List[0].Type.(*ast.StarExpr); ok {
		return fmt.Sprint(p.X)
	}
	return fmt.Sprint(d.Recv.List[0].Type)
}

// isGate is the name of a gate, or of a kind of obligation that a gate asks for: who names it answers
// to its rules, but for who asks whether such obligations are met late.
var isGate = regexp.MustCompile(`^(at|owed)[A-Z]`)

func (src *source) note(name string, body ast.Node) {
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && x.Name == "law" && isRule.MatchString(n.Sel.Name) {
				src.rules[name] = append(src.rules[name], strings.Replace(n.Sel.Name, "Pillar", "pillar ", 1))
			} else if ok && (x.Name == "j" || x.Name == "st") {
				src.calls[name] = append(src.calls[name], n.Sel.Name)
			}
		case *ast.CallExpr:
			if f, ok := n.Fun.(*ast.Ident); ok {
				src.calls[name] = append(src.calls[name], f.Name)
			}
			if f, ok := n.Fun.(*ast.SelectorExpr); ok && (f.Sel.Name == "late" || f.Sel.Name == "ask") {
				return false
			}
		case *ast.KeyValueExpr: // an obligation says at which gate it stands
			if key, ok := n.Key.(*ast.Ident); ok && key.Name == "Also" { // what an obligation serves besides
				return false
			} else if ok && isGate.MatchString(key.Name) {
				src.calls[key.Name] = append(src.calls[key.Name], name)
				return false
			}
		case *ast.Ident:
			if isGate.MatchString(n.Name) {
				src.calls[name] = append(src.calls[name], n.Name)
			}
		}
		return true
	})
}
