package reportdb_test

import (
	"flag"
	"math/rand/v2"
	"os"
	"os/exec"
	"testing"
	"time"
)

var kills = flag.Int("kills", 5, "rounds of TestKilledItGoesOn")

// child is the variable by which the test runs itself as the process that is killed.
const child = "ANJIAN_TEST_REPORTDB"

// A process that is killed while it builds, again and again, leaves a database that goes on without a gap and without anything twice.
func TestKilledItGoesOn(t *testing.T) {
	t.Parallel()
	l := random(11, 200)
	if dir := os.Getenv(child); dir != "" {
		s := sourceOf(l.Events, 0)
		b, _ := running(t, s.Config(dir))
		for size := 1; size <= len(l.Events); size += 7 {
			s.Commit(size)
			built(t, b, size)
		}
		select {}
	}
	dir, whole := t.TempDir(), t.TempDir()
	rng := rand.New(rand.NewPCG(1, 3))
	began := time.Now()
	for range *kills {
		cmd := exec.Command(os.Args[0], "-test.run", "^TestKilledItGoesOn$")
		cmd.Env = append(os.Environ(), child+"="+dir)
		mustDo(t, cmd.Start())
		time.Sleep(time.Duration(100+rng.IntN(600)) * time.Millisecond)
		mustDo(t, cmd.Process.Kill())
		_ = cmd.Wait() // it was killed
	}
	t.Logf("%d kills in %v", *kills, time.Since(began))
	for _, d := range []string{dir, whole} {
		b, stop := running(t, sourceOf(l.Events, len(l.Events)).Config(d))
		built(t, b, len(l.Events))
		stop()
		if n := b.Status().Rebuilt; n != 0 && d == whole {
			t.Errorf("it was built anew %d times", n)
		}
	}
	if d := differ(dump(t, dir), dump(t, whole)); d != "" {
		t.Error(d)
	}
}
