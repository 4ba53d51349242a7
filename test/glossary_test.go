package test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
)

// term is a row of the glossary.
type term struct{ chinese, english, code, not string }

// glossary reads the tables of docs/glossary.md.
func glossary(t *testing.T) (terms []term) {
	t.Helper()
	text, err := os.ReadFile("../docs/glossary.md")
	must(t, err)
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, "|")
		if len(cells) != 7 || strings.HasPrefix(cells[1], "---") || cells[1] == " Chinese " {
			continue
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		terms = append(terms, term{chinese: cells[1], english: cells[2], code: cells[3], not: cells[5]})
	}
	if len(terms) < 80 {
		t.Fatalf("only %d rows were read: have the tables changed their form?", len(terms))
	}
	return terms
}

// programDirs are where the program's own source is.
var programDirs = []string{"api", "cmd", "domain", "internal", "projections"}

// sourceFiles calls fn with each file of the program's source, tests left out.
func sourceFiles(t *testing.T, fn func(path string, content []byte)) {
	t.Helper()
	for _, dir := range programDirs {
		must(t, filepath.WalkDir(filepath.Join("..", dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			b, err := os.ReadFile(path)
			fn(path, b)
			return err
		}))
	}
}

// The glossary names what is there: each name in code type stands in the source, in the package it says.
func TestTheGlossaryNamesWhatIsThere(t *testing.T) {
	t.Parallel()
	source := map[string]string{} // by package; all of it under ""
	sourceFiles(t, func(path string, b []byte) {
		source[filepath.Base(filepath.Dir(path))] += string(b)
		source[""] += string(b)
	})
	quoted := regexp.MustCompile("`([^`]+)`")
	for _, row := range glossary(t) {
		for _, m := range quoted.FindAllStringSubmatch(row.code, -1) {
			pkg, name, found := strings.Cut(m[1], ".")
			if !found || source[pkg] == "" && pkg != strings.ToLower(pkg) { // Type.Method
				pkg, name = "", m[1][strings.LastIndexByte(m[1], '.')+1:]
			}
			if found && pkg != "" && source[pkg] == "" || !regexp.MustCompile(`\b`+name+`\b`).MatchString(source[pkg]) {
				t.Errorf("%s: the source has no such name", m[1])
			}
		}
	}
}

// Every stream kind, role, view and resource of the API has a word in the glossary; an event type has its words in its
// declaration, from which EVENTS.md is made.
func TestTheGlossaryHasEveryWord(t *testing.T) {
	rows := glossary(t)
	words, chinese := map[string]bool{}, ""
	for _, row := range rows {
		for _, w := range strings.FieldsFunc(strings.ToLower(row.english), func(r rune) bool { return !unicode.IsLetter(r) }) {
			words[w] = true
		}
		chinese += row.chinese + "\n"
	}
	known := func(w string) bool {
		return words[w] || words[strings.TrimSuffix(w, "s")] || words[strings.TrimSuffix(w, "ies")+"y"] ||
			words[map[string]string{"people": "person"}[w]]
	}
	want := func(what, word string) {
		if !known(word) {
			t.Errorf("%s: %q has no row in docs/glossary.md", what, word)
		}
	}
	for _, k := range domain.Catalogue().Kinds() {
		for word := range strings.SplitSeq(string(k), "-") {
			want("stream kind", word)
		}
	}
	roles := codes.TableOf("role")
	for _, r := range event.Roles {
		c, _ := roles.Of(string(r))
		want("role", strings.ToLower(strings.Split(c.English, " ")[0]))
		if !strings.Contains(chinese, c.Chinese) {
			t.Errorf("role %s is %s in the code table, and the glossary has no such word", r, c.Chinese)
		}
	}
	for _, typ := range domain.Catalogue().All() {
		if !strings.ContainsFunc(typ.Chinese, func(r rune) bool { return unicode.Is(unicode.Han, r) }) || typ.Doc == "" {
			t.Errorf("event type %s: declared as %q, %q", typ.Name, typ.Chinese, typ.Doc)
		}
	}
	view, resource := regexp.MustCompile(`\btype (\w+)View struct`), regexp.MustCompile(`"/(?:v1/)?([a-z]+)[/".{]`)
	views, resources := 0, 0
	sourceFiles(t, func(path string, b []byte) {
		if strings.Contains(path, "projections") {
			for _, m := range view.FindAllSubmatch(b, -1) {
				views++
				want("view", strings.ToLower(string(m[1])))
			}
		}
		if strings.HasPrefix(path, filepath.Join("..", "api")) {
			for line := range strings.Lines(string(b)) {
				if m := resource.FindStringSubmatch(line); m != nil && (strings.Contains(line, "path:") || strings.Contains(line, "one(")) {
					resources++
					want("route", m[1])
				}
			}
		}
	})
	if views < 5 || resources < 25 {
		t.Errorf("only %d views and %d routes were found: has the source changed its form?", views, resources)
	}
}

// A member that names or counts the streams of inspections says inspection; visit is the going there.
func TestAStoredNameSaysInspection(t *testing.T) {
	member := regexp.MustCompile("json:\"([a-z_]*visit[a-z_]*)")
	found := map[string]bool{"visit_type": false, "min_visit_minutes": false}
	sourceFiles(t, func(path string, b []byte) {
		for _, m := range member.FindAllSubmatch(b, -1) {
			if _, ok := found[string(m[1])]; !ok {
				t.Errorf("%s: %s: a name that is stored or asked for says inspection", path, m[1])
			}
			found[string(m[1])] = true
		}
	})
	for name, there := range found {
		if !there {
			t.Errorf("%s is gone: the glossary still tells of it", name)
		}
	}
	for _, typ := range domain.Catalogue().All() {
		if strings.Contains(typ.Name, "visit") {
			t.Errorf("%s: an event of an inspection says inspection", typ.Name)
		}
	}
}

// Words that the glossary forbids stand in no identifier, comment, name of a JSON member or event type, and document.
func TestTheGlossaryIsObeyed(t *testing.T) {
	t.Parallel()
	forbidden := map[string]string{}
	for _, row := range glossary(t) {
		for _, w := range strings.Split(row.not, ", ") {
			if w != "" {
				forbidden[w] = row.english
			}
		}
	}
	if len(forbidden) < 20 {
		t.Fatalf("only %d words are forbidden: have the tables changed their form?", len(forbidden))
	}
	check := func(where, text string) {
		for _, w := range splitWords(text) {
			if instead, bad := forbidden[w]; bad {
				t.Errorf("%s: %q: the word is %s", where, text, instead)
			}
		}
	}
	prose := func(where, text string) {
		for _, w := range strings.FieldsFunc(text, func(r rune) bool { return r > unicode.MaxASCII || !unicode.IsLetter(r) }) {
			check(where, w)
		}
	}
	jsonName := regexp.MustCompile(`json:"([a-z_0-9]+)`)
	sourceFiles(t, func(path string, b []byte) {
		file, err := parser.ParseFile(token.NewFileSet(), path, b, parser.SkipObjectResolution|parser.ParseComments)
		must(t, err)
		for _, c := range file.Comments {
			prose(path, c.Text())
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				check(path, id.Name)
			}
			return true
		})
		for _, m := range jsonName.FindAllSubmatch(b, -1) {
			check(path, string(m[1]))
		}
	})
	for _, typ := range domain.Catalogue().All() {
		prose(typ.String(), typ.Name)
	}
	for _, path := range documents {
		b, err := os.ReadFile(filepath.Join("..", path))
		must(t, err)
		prose(path, string(b))
	}
}

// splitWords splits a name into words in lower case: newHTTPServer_at is new, http, server, at.
func splitWords(name string) (words []string) {
	runes, begin := []rune(name), 0
	for i := 1; i <= len(runes); i++ {
		if i < len(runes) {
			up, before := unicode.IsUpper(runes[i]), unicode.IsUpper(runes[i-1])
			if !(up && !before || up && i+1 < len(runes) && unicode.IsLower(runes[i+1]) || runes[i] == '_') {
				continue
			}
		}
		words = append(words, strings.ToLower(strings.Trim(string(runes[begin:i]), "_")))
		begin = i
	}
	return words
}

func TestNamesAreSplitIntoWords(t *testing.T) {
	for name, want := range map[string]string{"newHTTPServer_at": "new http server at", "errEnrol": "err enrol", "ID": "id", "x": "x",
		"in_doubt_count": "in doubt count", "ErrNotOurs": "err not ours"} {
		if got := strings.Join(splitWords(name), " "); got != want {
			t.Errorf("%s is split into %q, want %q", name, got, want)
		}
	}
}
