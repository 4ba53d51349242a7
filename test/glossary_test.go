package test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The glossary names what is there: each name in code type stands in the source, in the package it says.
func TestTheGlossaryNamesWhatIsThere(t *testing.T) {
	source := map[string]string{} // by package
	for _, dir := range []string{"domain", "projections", "internal", "api"} {
		must(t, filepath.WalkDir(filepath.Join("..", dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			b, err := os.ReadFile(path)
			source[filepath.Base(filepath.Dir(path))] += string(b)
			source[""] += string(b)
			return err
		}))
	}
	text, err := os.ReadFile("../docs/glossary.md")
	must(t, err)
	quoted, names := regexp.MustCompile("`([^`]+)`"), 0
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(line, "|")
		if len(cells) != 6 {
			continue
		}
		for _, m := range quoted.FindAllStringSubmatch(cells[3], -1) {
			pkg, name, found := strings.Cut(m[1], ".")
			if !found || source[pkg] == "" && pkg != strings.ToLower(pkg) { // Type.Method
				pkg, name = "", m[1][strings.LastIndexByte(m[1], '.')+1:]
			}
			if found && pkg != "" && source[pkg] == "" || !regexp.MustCompile(`\b`+name+`\b`).MatchString(source[pkg]) {
				t.Errorf("%s: the source has no such name", m[1])
			}
			names++
		}
	}
	if names < 40 {
		t.Errorf("only %d names were looked for: has the table changed its form?", names)
	}
}
