package test

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// linked is a package of another module in the program.
type linked struct{ module, version, dir, root string }

// linkedPackages are those of the program on the systems that it is built for, and whatever it
// holds of this module: import paths.
func linkedPackages(t *testing.T) (others []linked, own []string) {
	t.Helper()
	seen := map[linked]bool{}
	for _, system := range []string{"linux", "darwin"} {
		cmd := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}\t{{.Version}}\t{{$.Dir}}\t{{.Dir}}\t{{$.ImportPath}}{{end}}",
			"./cmd/anjian")
		cmd.Dir, cmd.Env = "..", append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0")
		out, err := cmd.Output()
		must(t, err)
		for line := range strings.Lines(string(out)) {
			f := strings.Split(strings.TrimSpace(line), "\t")
			switch {
			case len(f) != 5: // of the standard library
			case f[1] == "":
				own = append(own, f[4])
			default:
				seen[linked{f[0], f[1], f[2], f[3]}] = true
			}
		}
	}
	return slices.Collect(maps.Keys(seen)), own
}

// noticeName is the name of a file that a licence asks to pass on.
var noticeName = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|patents|authors)(\.md|\.txt)?$`)

// noticesOf are the files of a package's directory and of those above it in its module.
func noticesOf(t *testing.T, p linked) (paths []string) {
	t.Helper()
	for dir := p.dir; ; dir = filepath.Dir(dir) {
		list, err := os.ReadDir(dir)
		if !errors.Is(err, fs.ErrNotExist) {
			must(t, err)
		}
		for _, e := range list {
			if noticeName.MatchString(e.Name()) {
				paths = append(paths, filepath.Join(dir, e.Name()))
			}
		}
		if dir == p.root || len(dir) <= len(p.root) {
			return paths
		}
	}
}

// TestThirdPartyNoticesAreCurrent: what the licences of the linked modules ask to pass on stands in
// one file, each text once. It is renewed with -update after each change of go.mod.
func TestThirdPartyNoticesAreCurrent(t *testing.T) {
	t.Parallel()
	packages, _ := linkedPackages(t)
	goLicense := filepath.Join(runtimeRoot(t), "LICENSE")
	texts := map[string]string{}   // by hash
	names := map[string][]string{} // of whom, by hash
	add := func(who, path string) {
		b, err := os.ReadFile(path)
		must(t, err)
		text := strings.TrimSpace(strings.ReplaceAll(string(b), "\r\n", "\n"))
		hash := fmt.Sprintf("%x", sha256.Sum256([]byte(text)))
		if texts[hash] = text; !slices.Contains(names[hash], who) {
			names[hash] = append(names[hash], who)
		}
	}
	if b, err := os.ReadFile(goLicense); err == nil && len(b) > 0 {
		add("the Go standard library and runtime", goLicense)
	} else {
		t.Fatalf("%s: %v", goLicense, err)
	}
	for _, p := range packages {
		found := noticesOf(t, p)
		if len(found) == 0 {
			t.Errorf("%s has no licence", p.module)
		}
		for _, path := range found {
			rel, err := filepath.Rel(p.root, path)
			must(t, err)
			add(p.module+" "+p.version+" ("+filepath.ToSlash(rel)+")", path)
		}
	}
	for _, all := range names {
		slices.Sort(all)
	}
	var b strings.Builder
	b.WriteString("Anjian is licensed under the Apache License 2.0 (LICENSE). The program holds the work of others, under these\n" +
		"licences. The API viewer of swaggest/swgui embeds Swagger UI, by SmartBear, under the Apache License 2.0.\n\n" +
		"This file is made: go test ./test -run ThirdPartyNotices -update\n")
	for _, hash := range slices.SortedFunc(maps.Keys(texts), func(x, y string) int { return cmp.Compare(names[x][0], names[y][0]) }) {
		b.WriteString("\n" + strings.Repeat("=", 100) + "\n" + strings.Join(names[hash], "\n") + "\n\n" + texts[hash] + "\n")
	}
	path := filepath.Join("..", "THIRD_PARTY_NOTICES")
	if *update {
		must(t, os.WriteFile(path, []byte(b.String()), 0o644))
		return
	}
	have, err := os.ReadFile(path)
	must(t, err)
	if string(have) != b.String() {
		t.Errorf("THIRD_PARTY_NOTICES is not that of go.mod; run: go test ./test -run ThirdPartyNotices -update\n%s",
			firstDifference(string(have), b.String()))
	}
}

func runtimeRoot(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "env", "GOROOT").Output()
	must(t, err)
	return strings.TrimSpace(string(out))
}

// TestAnImageSeesTheSourceAndNoSecret: .dockerignore lets the program's own packages in, and of
// everything else in the repository nothing, so that a data directory beside them stays out.
func TestAnImageSeesTheSourceAndNoSecret(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(filepath.Join("..", ".dockerignore"))
	must(t, err)
	var rules []string
	for line := range strings.Lines(string(b)) {
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			rules = append(rules, line)
		}
	}
	if len(rules) == 0 || rules[0] != "*" {
		t.Fatalf("it does not begin by leaving all out: %v", rules)
	}
	_, own := linkedPackages(t)
	needed := map[string]bool{"go.mod": true, "go.sum": true, "LICENSE": true, "THIRD_PARTY_NOTICES": true, ".git": true}
	for _, path := range own {
		if _, rest, ok := strings.Cut(path, "anjian-ledger/anjian/"); ok {
			top, _, _ := strings.Cut(rest, "/")
			needed[top] = true
		}
	}
	for _, rule := range rules {
		if in, ok := strings.CutPrefix(rule, "!"); ok && !needed[in] {
			t.Errorf("%s is let in and not needed", in)
		}
	}
	for in := range needed {
		if !slices.Contains(rules, "!"+in) {
			t.Errorf("%s is needed and left out", in)
		}
	}
	for _, secret := range []string{"**/*.key", "**/*.pem", "**/*.token", "**/keys"} {
		if i := slices.Index(rules, secret); i < 0 || slices.ContainsFunc(rules[i:], func(r string) bool { return r[0] == '!' }) {
			t.Errorf("%s is not left out last", secret)
		}
	}
}

// TestBaseImagesAreNamedByDigest: a tag may be another image tomorrow.
func TestBaseImagesAreNamedByDigest(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("..", "deploy", "Containerfile"))
	must(t, err)
	from := regexp.MustCompile(`(?m)^FROM (\S+)`).FindAllStringSubmatch(string(b), -1)
	for _, f := range from {
		if !regexp.MustCompile(`:[\w.-]+@sha256:[0-9a-f]{64}$`).MatchString(f[1]) {
			t.Errorf("%s has no tag with a digest", f[1])
		}
	}
	if len(from) < 2 {
		t.Errorf("%d base images", len(from))
	}
}

func TestVersionNamesCommitAndGo(t *testing.T) {
	out := mustRun(t, "--version")
	if !regexp.MustCompile(`(?m)\Aanjian 安鉴 \S+\ncommit ([0-9a-f]{40} of \S+Z(, with changes)?|unknown)\ngo1\.\d+\S* ` + runtime.GOOS + "/" +
		runtime.GOARCH + `\n\z`).MatchString(out) {
		t.Errorf("%q", out)
	}
}
