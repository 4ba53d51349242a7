package test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/pelletier/go-toml/v2"
)

// TestTheSampleConfigurationIsWholeAndAccepted: every setting of serve is in the sample, with
// the value it has when it is left out, and serve has nothing to say against it.
func TestTheSampleConfigurationIsWholeAndAccepted(t *testing.T) {
	t.Parallel()
	path := filepath.Join("..", "deploy", "anjian.toml")
	b, err := os.ReadFile(path)
	must(t, err)
	sample := map[string]any{}
	must(t, toml.Unmarshal(b, &sample))

	var want []string
	for _, m := range regexp.MustCompile(`(?m)^ +(?:-\w, )?--([a-z-]+)`).FindAllStringSubmatch(flagsOf(mustRun(t, "serve", "--help")), -1) {
		if !slices.Contains([]string{"check", "config", "help", "new", "sample"}, m[1]) {
			want = append(want, m[1])
		}
	}
	slices.Sort(want)
	if have := slices.Sorted(maps.Keys(sample)); !slices.Equal(have, want) {
		t.Errorf("the sample has %v, serve has %v", have, want)
	}
	if out, stderr, code := command(t, "serve", "--check", "--config", path, "--data", filepath.Join(t.TempDir(), "d"), "--listen",
		"127.0.0.1:0"); code != 0 {
		t.Errorf("serve --check: %s%s", out, stderr)
	}
	help := mustRun(t, "serve", "--help")
	for _, key := range []string{"log-level", "grace", "scrub-every", "nats-replicas", "feed-keep", "kurrentdb-stream"} {
		value, err := regexp.Compile(`--` + key + ` .*\(default "?` + regexp.QuoteMeta(fmt.Sprint(sample[key])) + `(?:0s|0m0s)?"?\)`)
		must(t, err)
		if !value.MatchString(help) {
			t.Errorf("%s = %v is not the default", key, sample[key])
		}
	}
}
