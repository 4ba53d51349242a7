package needs_test

import (
	"runtime"
	"testing"

	"github.com/anjian-ledger/anjian/test/needs"
)

// ending is a test that ends: it keeps how.
type ending struct {
	testing.TB
	how string
}

func (e *ending) Fatalf(string, ...any) { e.how = "fails"; runtime.Goexit() }
func (e *ending) Skipf(string, ...any)  { e.how = "is skipped"; runtime.Goexit() }

// TestOnlyWhatWasNamedIsLeftOutUnderCI: elsewhere a test is skipped for whatever is missing.
func TestOnlyWhatWasNamedIsLeftOutUnderCI(t *testing.T) {
	for _, c := range []struct{ ci, without, want string }{
		{"", "", "is skipped"},
		{"1", "", "fails"},
		{"1", "fuse no-such-program-2", "fails"},
		{"1", "fuse no-such-program", "is skipped"},
	} {
		t.Setenv("ANJIAN_CI", c.ci)
		t.Setenv("ANJIAN_WITHOUT", c.without)
		e, ended := &ending{TB: t, how: "goes on"}, make(chan struct{})
		go func() {
			defer close(ended)
			needs.Program(e, "no-such-program")
		}()
		<-ended
		if e.how != c.want {
			t.Errorf("ANJIAN_CI=%q ANJIAN_WITHOUT=%q: the test %s, want: %s", c.ci, c.without, e.how, c.want)
		}
	}
	if path := needs.Program(t, "go"); path == "" {
		t.Error("go is not found")
	}
}
