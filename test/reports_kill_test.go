package test

import (
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

var reportKills = flag.Int("report-kills", 2, "rounds of kill -9 while the report database is built, and while it follows 64 writers")

// A server that is killed while it builds the report database, and again under 64 writers, goes on from where the database was: no file is
// replaced, and each table is as one that is built anew.
func TestTheReportDatabaseOutlivesKills(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(chance(t), 1))
	dir := filepath.Join(t.TempDir(), "data")
	mustRun(t, "simulate", "--data", dir)
	serve := func() *server { return start(t, dir, "--no-report-database=false", "--check-reports-every=0") }
	k := &killTest{TB: t, dir: dir, acked: map[string]receipt{}, proven: map[string]bool{}}
	compare := func(round int) {
		t.Helper()
		out, stderr, code := command(t, "report-database", "--data", dir, "--rebuild")
		if code != 0 || !strings.Contains(out, ": the same") || !strings.Contains(out, "replaced  0 times") {
			t.Errorf("round %d: %s%s", round, out, stderr)
		}
	}
	for round := range *reportKills {
		must(t, os.RemoveAll(filepath.Join(dir, "reports")))
		for range 2 { // the second start goes on with what the first has left of building
			s := serve()
			time.Sleep(time.Duration(rnd.IntN(200)) * time.Millisecond)
			s.kill()
		}
		s := serve()
		compare(round)
		k.load(s, round, time.Duration(50+rnd.IntN(450))*time.Millisecond, func(dying *atomic.Bool) {
			s.kill()
			dying.Store(true)
		})
	}
	s := serve()
	compare(*reportKills)
	s.stop()
	if len(k.acked) < *reportKills*killWriters/4 {
		t.Errorf("only %d events were acked: the writers did not write", len(k.acked))
	}
}

// On a disk that is nearly full the report database is built no further, and says so; appends go on. With room again it is as one that is
// built anew.
func TestANearlyFullDiskStopsReportsAndNoAppend(t *testing.T) {
	d := newLoopDisk(t, 700)
	l := &ledgerOnDisk{server: start(t, filepath.Join(d.dir, "data"), "--no-report-database=false")}
	l.enter()
	l.append()
	red := func(want bool) {
		t.Helper()
		for end := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
			ready, parts := l.parts()
			if slices.Contains(parts, "reports") == want && ready {
				return
			}
			if time.Now().After(end) {
				t.Fatalf("ready: %t, red: %v; want reports there: %t", ready, parts, want)
			}
		}
	}
	red(false)
	other := filepath.Join(d.dir, "somebody-else")
	d.run("fallocate", "-l", "450M", other)
	for range 20 {
		l.append()
	}
	red(true)
	must(t, os.Remove(other))
	red(false)
	if out, stderr, code := command(t, "report-database", "--data", l.dir, "--rebuild"); code != 0 || !strings.Contains(out, ": the same") {
		t.Errorf("%s%s", out, stderr)
	}
	l.ends()
}
