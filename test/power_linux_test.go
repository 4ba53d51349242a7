package test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/test/tornfs"
)

var (
	power      = flag.Bool("power", false, "cut the power of a file system that forgets what was not synced (needs root and /dev/fuse)")
	powerEvery = flag.Int("power-every", 10, "cut at every n-th file operation of a first start and of a copy")
	powerCuts  = flag.Int("power-cuts", 20, "cuts at random times under load")
)

// machine is a disk that is mounted for as long as the power is on.
type machine struct {
	testing.TB
	disk    *tornfs.Disk
	mount   string
	unmount func() error
}

func needsPower(t testing.TB) {
	t.Helper()
	if !*power {
		t.Skip("needs root and /dev/fuse: run with -power, as .ci/run does")
	}
	if err := tornfs.Available(); err != nil {
		t.Fatalf("-power: %v", err)
	}
}

// boot mounts the disk.
func boot(t testing.TB, d *tornfs.Disk) *machine {
	t.Helper()
	m := &machine{TB: t, disk: d, mount: t.TempDir()}
	var err error
	m.unmount, err = d.Mount(m.mount)
	must(t, err)
	t.Cleanup(m.off)
	return m
}

// off unmounts; what ran on the disk must have ended.
func (m *machine) off() {
	m.Helper()
	if m.unmount != nil {
		must(m, m.unmount())
		m.unmount = nil
	}
}

// data is the ledger's directory, two levels deep, so that its parents are new as well.
func (m *machine) data() string { return filepath.Join(m.mount, "var", "anjian") }

// chanceOf is the chance of the n-th outcome of a cut; that of the 0-th drops all that was
// not synced.
func chanceOf(seed uint64, n int) *rand.Rand {
	if n == 0 {
		return nil
	}
	return rand.New(rand.NewPCG(seed, uint64(n)))
}

// attempt is what became of a start.
type attempt struct {
	*server
	ended bool   // with its log in said
	ready bool   // takes appends
	said  string // why not, and what to do
}

// serveOn starts a server that may fail, and waits until it is ready, says why it is not, or
// the power is cut.
func (m *machine) serveOn(flags ...string) *attempt {
	m.Helper()
	args := []string{"serve", "--data", m.data(), "--listen", "127.0.0.1:0", "--log-level", "warn", "--origin", "anjian.test/power"}
	s := spawn(m, m.data(), exec.Command(anjian, append(args, flags...)...))
	a := &attempt{server: s}
	select {
	case s.url = <-s.address:
	case <-m.disk.Frozen():
		return a
	case err := <-s.done:
		s.done <- err
		a.ended, a.said = true, s.log.String()
		return a
	case <-time.After(60 * time.Second):
		m.Fatalf("serve neither answers nor ends\n%s", s.log)
	}
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		status, body, err := s.client("").send("GET", "/readyz", nil)
		if a.ready = err == nil && status == 200; a.ready {
			return a
		}
		// What waits for a disk may pass; what is read-only does not.
		if bytes.Contains(body, []byte(`"read_only":true`)) || time.Now().After(end) {
			a.said = string(body) + s.log.String()
			return a
		}
	}
}

// recovers starts the ledger after a cut and wants it ready, or a remedy that makes it so. It
// returns a running server. acked are events that must be there.
func (m *machine) recovers(acked map[string]receipt, what string) (*attempt, int) {
	m.Helper()
	for remedies := 0; ; remedies++ {
		checked, _, code := command(m, "serve", "--check", "--data", m.data(), "--listen", "127.0.0.1:0", "--origin", "anjian.test/power")
		a := m.serveOn()
		if a.ready != (code == 0) {
			m.Errorf("%s: serve --check exits with %d and the server is ready: %v\n%s%s", what, code, a.ready, checked, a.said)
		}
		if a.ready {
			m.holds(a, acked, what)
			return a, remedies
		}
		a.kill()
		if remedies == 3 {
			m.Fatalf("%s: after three remedies: %s", what, a.said)
		}
		m.follow(a.said, len(acked) > 0, what)
	}
}

// follow does what the program said.
func (m *machine) follow(said string, acked bool, what string) {
	m.Helper()
	m.Logf("%s: %s", what, said)
	switch {
	case strings.Contains(said, "repair"):
		if stdout, stderr, code := command(m, "repair", "--data", m.data()); code != 0 {
			m.Fatalf("%s: the remedy does not work: %s%s\nafter: %s", what, stdout, stderr, said)
		}
	default:
		m.Fatalf("%s: no remedy in: %s", what, said)
	}
}

// holds compares what was acknowledged with what is there, and appends.
func (m *machine) holds(a *attempt, acked map[string]receipt, what string) {
	m.Helper()
	office := a.as("supervision-office")
	at := map[string]uint64{}
	for i, raw := range replayAll(m, office) {
		id := eventID(m, raw)
		if first, twice := at[id]; twice {
			m.Errorf("%s: event %s stands at %d and at %d", what, id, first, i)
		}
		at[id] = uint64(i)
	}
	for id, r := range acked {
		if index, there := at[id]; !there || index != r.Index {
			m.Fatalf("%s: event %s was acked at %d and stands at %d (%v)", what, id, r.Index, index, there)
		}
	}
}

// tally of a test with cuts.
type cuts struct{ cuts, starts, remedies, acked, doubled int }

// TestAFirstStartSurvivesACutAtEachOperation cuts the power at each file operation of a first
// start with one append, and looks at some of the disks that the next start could find: the
// first without anything that was not synced.
func TestAFirstStartSurvivesACutAtEachOperation(t *testing.T) {
	needsPower(t)
	number, began := chance(t), time.Now()
	total := firstStart(t, tornfs.New(true), 0).disk.Operations()
	var sum cuts
	for at := 1 + int(number%uint64(*powerEvery)); at <= total; at += *powerEvery {
		for _, strict := range []bool{true, false} {
			t.Run(fmt.Sprintf("operation %d, strict %v", at, strict), func(t *testing.T) {
				first := firstStart(t, tornfs.New(strict), at)
				sum.cuts++
				sum.acked += len(first.acked)
				for n := range 3 {
					what := fmt.Sprintf("outcome %d", n)
					m := boot(t, first.disk.Reboot(chanceOf(number+uint64(at), n)))
					a, r := m.recovers(first.acked, what)
					sum.starts, sum.remedies = sum.starts+1, sum.remedies+r
					m.ends(a, what)
				}
			})
		}
	}
	t.Logf("a first start has %d file operations: %d cuts, %d of them after an append was acknowledged; %d starts after them "+
		"in %v, %d remedies followed", total, sum.cuts, sum.acked, sum.starts, time.Since(began).Round(time.Second), sum.remedies)
}

// ends appends, stops the server, verifies, and switches off.
func (m *machine) ends(a *attempt, what string) {
	m.Helper()
	a.as("supervision-office").append(enterprise("after"))
	a.stop()
	if v := verifyDir(m, m.data()); !v.OK {
		m.Errorf("%s: verify: %+v", what, v)
	}
	m.off()
}

type cutStart struct {
	disk  *tornfs.Disk
	acked map[string]receipt
}

// firstStart serves a new ledger on the disk and appends one event, with the power cut at an
// operation, or after the append.
func firstStart(t testing.TB, d *tornfs.Disk, at int) *cutStart {
	t.Helper()
	d.CutAt(at)
	m := boot(t, d)
	c := &cutStart{d, map[string]receipt{}}
	a := m.serveOn()
	if a.ready {
		if office, err := a.tryAs("supervision-office"); err == nil {
			f := enterprise("first")
			f.ID = newID()
			status, answer, err := office.with("Content-Type", oneEvent).send("POST", "/v1/events", f.json())
			var r receipts
			if err == nil && status == 201 {
				must(t, json.Unmarshal(answer, &r))
				c.acked[f.ID] = r.Receipts[0]
			}
		}
	}
	if at == 0 && len(c.acked) == 0 {
		t.Fatalf("the first start without a cut: ready %v, %s %s", a.ready, a.said, a.log)
	}
	d.Freeze()
	a.kill()
	m.off()
	return c
}

// cutsALedger is how many cuts one ledger lives through: each start reads all of it.
const cutsALedger = 10

// TestPowerCutsUnderLoadLoseNothingThatWasAcked cuts the power at random moments under 64
// writers, and starts again on what such a disk may show: every other ledger stands on a disk
// on which an fsync of a file does not carry its name.
func TestPowerCutsUnderLoadLoseNothingThatWasAcked(t *testing.T) {
	needsPower(t)
	number, began := chance(t), time.Now()
	var sum cuts
	for n := 0; n*cutsALedger < *powerCuts; n++ {
		t.Run(fmt.Sprintf("ledger %d", n), func(t *testing.T) {
			cutUnderLoad(t, number+uint64(n), n%2 == 0, &sum)
		})
	}
	t.Logf("%d cuts in %v: %d events acked, %d appends without an answer had been recorded, %d remedies followed",
		sum.cuts, time.Since(began).Round(time.Second), sum.acked, sum.doubled, sum.remedies)
}

func cutUnderLoad(t *testing.T, number uint64, strict bool, sum *cuts) {
	rnd := rand.New(rand.NewPCG(number, 0))
	k := &killTest{TB: t, acked: map[string]receipt{}, proven: map[string]bool{}}
	disk := tornfs.New(strict)
	for round := range cutsALedger + 1 {
		what := fmt.Sprintf("after cut %d", round)
		if round > 0 && rnd.IntN(3) == 0 { // and once more, while the start mends what the cut has left
			disk.CutAt(1 + rnd.IntN(40))
			m := boot(t, disk)
			a := m.serveOn()
			disk.Freeze()
			a.kill()
			m.off()
			sum.cuts++
			disk = disk.Reboot(chanceOf(number, 100+round))
		}
		m := boot(t, disk)
		a, r := m.recovers(nil, what)
		sum.remedies += r
		if k.verifier == nil {
			k.verifier = verifierOf(t, a.server)
		}
		k.dir = m.data()
		k.check(a.server, round)
		if round == cutsALedger {
			m.ends(a, what)
			break
		}
		k.load(a.server, round, time.Duration(rnd.IntN(400))*time.Millisecond, func(dying *atomic.Bool) {
			dying.Store(true)
			disk.Freeze()
			a.kill()
		})
		m.off()
		sum.cuts++
		disk = disk.Reboot(chanceOf(number, 1+round))
	}
	sum.acked, sum.doubled = sum.acked+len(k.acked), sum.doubled+k.doubled
	if len(k.acked) < cutsALedger*killWriters/4 {
		t.Errorf("only %d events were acked in %d rounds: the writers did not write", len(k.acked), cutsALedger)
	}
}

// copySource is a ledger with more than a full tile and with evidence.
func copySource(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "source")
	s := start(t, dir, "--origin", "anjian.test/power")
	office := s.as("supervision-office")
	for b := range 5 {
		var events [][]byte
		for n := range 60 {
			events = append(events, enterprise(fmt.Sprintf("c%d-%d", b, n)).json())
		}
		office.post(201, batch, batchOf(events...))
	}
	photo := []byte("photo")
	if status, answer := office.do("PUT", "/v1/evidence/"+sha256Hex(photo), photo); status != 201 {
		t.Fatalf("evidence: %d %s", status, answer)
	}
	s.stop()
	return dir
}

// TestACopySurvivesACutAtEachOperation cuts the power at each file operation of a copy to a new
// directory. The copy that is run again makes it whole, and it can be served.
func TestACopySurvivesACutAtEachOperation(t *testing.T) {
	needsPower(t)
	number, began, source := chance(t), time.Now(), copySource(t)
	entries := exportLines(t, source)
	copyTo := func(m *machine) *exec.Cmd {
		return exec.Command(anjian, "copy", "--from", "embedded:"+source, "--to", "embedded:"+m.data(), "--with-keys")
	}
	m := boot(t, tornfs.New(true))
	if out, err := copyTo(m).CombinedOutput(); err != nil {
		t.Fatalf("copy: %v\n%s", err, out)
	}
	m.off()
	total, cuts, starts := m.disk.Operations(), 0, 0
	for at := 1 + int(number%uint64(*powerEvery)); at <= total; at += *powerEvery {
		for _, strict := range []bool{true, false} {
			t.Run(fmt.Sprintf("operation %d, strict %v", at, strict), func(t *testing.T) {
				first := boot(t, tornfs.New(strict))
				first.disk.CutAt(at)
				if out, err := copyTo(first).CombinedOutput(); err == nil && at < total-5 {
					t.Errorf("the copy succeeds without power: %s", out)
				}
				first.disk.Freeze()
				first.off()
				cuts++
				for n := range 2 {
					m := boot(t, first.disk.Reboot(chanceOf(number+uint64(at), n)))
					what := fmt.Sprintf("outcome %d", n)
					if out, err := copyTo(m).CombinedOutput(); err != nil {
						t.Fatalf("%s: the copy that is run again: %v\n%s", what, err, out)
					}
					if v := verifyDir(t, m.data()); !v.OK || v.Entries != uint64(len(entries)) {
						t.Errorf("%s: verify: %+v", what, v)
					}
					if got := exportLines(t, m.data()); !slices.Equal(got, entries) {
						t.Errorf("%s: %d entries are not the %d of the source", what, len(got), len(entries))
					}
					a, _ := m.recovers(nil, what)
					starts++
					m.ends(a, what)
				}
			})
		}
	}
	t.Logf("a copy of %d entries has %d file operations: %d cuts, %d copies run again and served in %v",
		len(entries), total, cuts, starts, time.Since(began).Round(time.Second))
}

// TestWhileTheDiskAnswersEIOAppendsSayThatTheDiskFails, reads go on, and so do appends once it
// is well again, without a restart.
func TestWhileTheDiskAnswersEIOAppendsSayThatTheDiskFails(t *testing.T) {
	needsPower(t)
	m := boot(t, tornfs.New(false))
	a := m.serveOn()
	l := &ledgerOnDisk{server: a.server, office: a.as("supervision-office")}
	for range 20 {
		l.append()
	}
	m.disk.Fail(syscall.EIO)
	// The append that meets the failure waits until the disk is well, and is stored then.
	first, waited := l.next().json(), make(chan string, 1)
	go func() {
		status, answer, err := l.office.with("Content-Type", oneEvent).send("POST", "/v1/events", first)
		waited <- fmt.Sprintf("%d %s %v", status, answer, err)
	}()
	time.Sleep(2 * time.Second)
	refused := l.refuses("disk-failure")
	photo := []byte("photo")
	status, answer := l.office.do("PUT", "/v1/evidence/"+sha256Hex(photo), photo)
	if status != 503 || problemOf(answer).Code != "disk-failure" {
		t.Errorf("evidence: %d %s", status, answer)
	}
	m.disk.Fail(0)
	l.recovers(refused)
	if answer := <-waited; !strings.HasPrefix(answer, "201 ") {
		t.Errorf("the append that met the failure: %s", answer)
	}
	l.ends()
	m.off()
}
