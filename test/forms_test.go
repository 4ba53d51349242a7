package test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/test/eventtest"
)

// The tests of this file go over every member of every body, by the golden events, which have
// every member set: a member that a new body forgets to check is found here.

// spot is one value inside a golden body, with its declaration.
type spot struct {
	path  []any // member names and list positions
	shape *field.Shape
	field *field.Field // nil for an element of a list or map
}

func (n spot) String() string { return fmt.Sprint(n.path...) }

// isText says that the value is a string other than a time.
func (n spot) isText() bool { return n.shape.Form >= field.Text && n.shape.Form != field.Instant }

// spots lists the values of a decoded golden body.
func spots(v any, at spot) []spot {
	list := []spot{at}
	switch v := v.(type) {
	case map[string]any:
		for name, x := range v {
			if at.shape.Form == field.Map {
				list = append(list, spots(x, spot{path: append(slices.Clip(at.path), name), shape: at.shape.Item})...)
			}
		}
		for i := range at.shape.Fields {
			f := &at.shape.Fields[i]
			if x, ok := v[f.Name]; ok {
				list = append(list, spots(x, spot{append(slices.Clip(at.path), f.Name), f.Shape, f})...)
			}
		}
	case []any:
		for i, x := range v {
			list = append(list, spots(x, spot{path: append(slices.Clip(at.path), i), shape: at.shape.Item})...)
		}
	}
	return list
}

// altered returns a copy of v with the value at path replaced; with nothing, it is removed.
func altered(v any, path []any, x any) any {
	if len(path) == 0 {
		return x
	}
	switch v := v.(type) {
	case map[string]any:
		c := map[string]any{}
		for k, y := range v {
			c[k] = y
		}
		name := path[0].(string)
		if c[name] = altered(v[name], path[1:], x); c[name] == nothing {
			delete(c, name)
		}
		return c
	case []any:
		c := slices.Clone(v)
		c[path[0].(int)] = altered(v[path[0].(int)], path[1:], x)
		return c
	}
	return v
}

var nothing = new(any)

// golden is one frozen event, which tests change in one place.
type golden struct {
	t    *testing.T
	cat  *event.Catalogue
	typ  *event.Type
	all  map[string]any
	data any
}

func goldens(t *testing.T) []golden {
	cat := domain.Catalogue()
	var list []golden
	for _, typ := range cat.All() {
		file, err := eventtest.ReadGolden(goldenPath(typ))
		must(t, err)
		g := golden{t: t, cat: cat, typ: typ}
		must(t, json.Unmarshal(file.Event, &g.all))
		g.data = g.all["data"]
		list = append(list, g)
		list = append(list, tables(g)...)
	}
	return list
}

func (g golden) spots() []spot {
	return spots(g.data, spot{shape: field.ShapeOf(g.typ.New())})[1:]
}

// with parses the event with the value at path replaced.
func (g golden) with(path []any, x any) error {
	g.t.Helper()
	g.all["data"] = altered(g.data, path, x)
	b, err := json.Marshal(g.all)
	must(g.t, err)
	_, err = entry.ParseEvent(b, g.cat)
	return err
}

// refuses wants the changed event refused with an error that names the last member of the path.
func (g golden) refuses(n spot, x any, says ...string) {
	g.t.Helper()
	err := g.with(n.path, x)
	if err == nil {
		g.t.Errorf("%s: %s = %v is accepted", g.typ, n, x)
		return
	}
	name := ""
	for _, p := range n.path {
		if s, ok := p.(string); ok {
			name = s
		}
	}
	for _, word := range append(says, name) {
		if !strings.Contains(err.Error(), word) {
			g.t.Errorf("%s: %s = %v: the error does not say %q: %v", g.typ, n, x, word, err)
		}
	}
}

func TestWhatIsWrittenAlwaysIsRequired(t *testing.T) {
	required := 0
	for _, g := range goldens(t) {
		for _, n := range g.spots() {
			if n.field == nil || !n.field.Required {
				continue
			}
			required++
			g.refuses(n, nothing, "required")
		}
	}
	if required < 150 {
		t.Errorf("only %d members are written always", required)
	}
}

func TestNullIsWrittenNowhere(t *testing.T) {
	for _, g := range goldens(t) {
		for _, n := range g.spots() {
			if err := g.with(n.path, nil); err == nil {
				t.Errorf("%s: null at %s is accepted", g.typ, n)
			}
		}
	}
}

// TestNoTextHasWhatIsNoText puts one code point of each refused range into every string.
func TestNoTextHasWhatIsNoText(t *testing.T) {
	t.Parallel()
	texts := 0
	for _, g := range goldens(t) {
		for _, n := range g.spots() {
			if !n.isText() {
				continue
			}
			texts++
			for _, p := range event.NoText {
				for _, r := range []rune{p.First, p.Last} {
					if r != '\n' && r != '\t' {
						g.refuses(n, "a"+string(r))
					}
				}
			}
			for _, r := range []rune{0x1FFFE, 0x10FFFF} {
				g.refuses(n, "a"+string(r))
			}
		}
	}
	if texts < 150 {
		t.Errorf("only %d strings", texts)
	}
}

// TestLineFeedsStandWhereTheyAreAnnounced compares the declaration with what is checked.
func TestLineFeedsStandWhereTheyAreAnnounced(t *testing.T) {
	for _, g := range goldens(t) {
		for _, n := range g.spots() {
			if !n.isText() {
				continue
			}
			err := g.with(n.path, "第一行\n\t第二行")
			if announced := n.shape.Form == field.Lines; announced != (err == nil) {
				t.Errorf("%s: %s: announced %v: %v", g.typ, n, announced, err)
			}
		}
	}
}

// TestEveryTextIsBounded: no string, list or object grows as long as its author likes.
func TestEveryTextIsBounded(t *testing.T) {
	t.Parallel()
	for _, g := range goldens(t) {
		for _, n := range g.spots() {
			switch {
			case n.isText():
				g.refuses(n, strings.Repeat("安", 13_000))
			case n.shape.Form == field.List && n.shape.Item.Form >= field.Text:
				list := make([]string, 600)
				for i := range list {
					list[i] = fmt.Sprintf("x%d", i)
				}
				g.refuses(n, list)
			}
		}
	}
}

// TestEveryIntegerKeepsToItsRange: the range that is declared is the one that is checked, at both
// ends.
func TestEveryIntegerKeepsToItsRange(t *testing.T) {
	integers := 0
	for _, g := range goldens(t) {
		for _, n := range g.spots() {
			if n.shape.Form != field.Integer {
				continue
			}
			integers++
			r := n.shape
			outside := []string{fmt.Sprint(r.Most + 1), fmt.Sprint(r.Least - 1), "9007199254740992", "9223372036854775807", "-0", "1.5", "1e3"}
			for _, x := range outside {
				if err := g.with(n.path, jsontext.Value(x)); err == nil {
					t.Errorf("%s: %s = %s is accepted", g.typ, n, x)
				}
			}
			if err := g.with(n.path, jsontext.Value(fmt.Sprint(r.Most))); err != nil && strings.Contains(err.Error(), "is not within") {
				t.Errorf("%s: %s = %d, the end of its range: %v", g.typ, n, r.Most, err)
			}
		}
	}
	if integers < 20 {
		t.Errorf("only %d integers", integers)
	}
}

// TestUnknownNamesWhatTheTagsSay: what a tag says may be unknown can be left out and named, not
// both stated and named; and nothing else can be named.
func TestUnknownNamesWhatTheTagsSay(t *testing.T) {
	found := 0
	for _, g := range goldens(t) {
		isUnknown := func(f field.Field) bool { return f.Name == "unknown" }
		if !slices.ContainsFunc(field.ShapeOf(g.typ.New()).Fields, isUnknown) {
			continue // a body within has its own, or nothing may be unknown
		}
		for _, n := range g.spots() {
			if n.field == nil || n.field.Unknown == "" {
				continue
			}
			found++
			var parts []string
			for _, p := range n.path {
				parts = append(parts, fmt.Sprint(p))
			}
			named := append(stringsOf(g.data.(map[string]any)["unknown"]), strings.Join(parts, "."))
			was := g.data
			g.data = altered(was, []any{"unknown"}, named)
			if err := g.with(nil, g.data); err == nil || !strings.Contains(err.Error(), "stated") {
				t.Errorf("%s: %s is stated and named in unknown: %v", g.typ, n, err)
			}
			if g.typ.Name == "subject-registered" {
				g.data = altered(g.data, []any{"discovery"}, "import")
			}
			if err := g.with(n.path, nothing); err != nil {
				t.Errorf("%s: %s cannot be unknown: %v", g.typ, n, err)
			}
			g.data = altered(was, []any{"unknown"}, append(named[:len(named)-1], "no_such_member"))
			if err := g.with(nil, g.data); err == nil || !strings.Contains(err.Error(), "no_such_member") {
				t.Errorf("%s: unknown names anything: %v", g.typ, err)
			}
			g.data = was
		}
	}
	if found < 10 {
		t.Errorf("only %d members may be unknown", found)
	}
}

func stringsOf(v any) []string {
	var list []string
	if v, ok := v.([]any); ok {
		for _, s := range v {
			list = append(list, s.(string))
		}
	}
	return list
}
