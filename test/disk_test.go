package test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// loopDisk makes a small ext4 file system and mounts it; both end with the test.
type loopDisk struct {
	testing.TB
	dir, image string
}

func newLoopDisk(t *testing.T, megabytes int) *loopDisk {
	t.Helper()
	switch {
	case !*disk:
		t.Skip("needs root and a loop device: run with -disk, as .ci/run does")
	case os.Geteuid() != 0:
		t.Fatal("-disk: only root can mount a file system")
	}
	base := t.TempDir()
	d := &loopDisk{t, filepath.Join(base, "mnt"), filepath.Join(base, "image")}
	must(t, os.WriteFile(d.image, nil, 0o600))
	must(t, os.Truncate(d.image, int64(megabytes)<<20))
	must(t, os.Mkdir(d.dir, 0o700))
	d.run("mkfs.ext4", "-q", "-F", d.image)
	d.run("mount", "-o", "loop", d.image, d.dir)
	t.Cleanup(func() { d.run("umount", d.dir) })
	return d
}

func (d *loopDisk) run(name string, args ...string) {
	d.Helper()
	if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
		d.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}

// fail makes the file system read-only at once, although files are open for writing, as the
// kernel does after an error of the device.
func (d *loopDisk) fail() { d.run("mount", "-o", "remount,abort", d.dir) }

// mend does what an operator does after that: unmount, check, mount.
func (d *loopDisk) mend() {
	d.Helper()
	d.run("umount", d.dir)
	if out, err := exec.Command("fsck.ext4", "-p", d.image).CombinedOutput(); err != nil && exitCode(err) > 1 {
		d.Fatalf("fsck: %v\n%s", err, out) // 1: errors were corrected
	}
	d.run("mount", "-o", "loop", d.image, d.dir)
}

func exitCode(err error) int {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode()
	}
	return -1
}

// fill writes a file until no byte is left for anybody else.
func (d *loopDisk) fill() (free func()) {
	d.Helper()
	path := filepath.Join(d.dir, "somebody-else")
	f, err := os.Create(path)
	must(d, err)
	chunk := make([]byte, 1<<20)
	for err == nil {
		if _, err = f.Write(chunk); errors.Is(err, syscall.ENOSPC) && len(chunk) > 512 {
			chunk, err = chunk[:len(chunk)/2], nil
		}
	}
	if !errors.Is(err, syscall.ENOSPC) {
		d.Fatal(err)
	}
	must(d, f.Close())
	return func() { must(d, os.Remove(path)) }
}

// ledgerOnDisk appends to a ledger and keeps what was acked.
type ledgerOnDisk struct {
	*server
	office, reader *client // reader's every reading is logged
	acked          []receipt
	n              int
}

// enter gets the tokens of a server that has just started.
func (l *ledgerOnDisk) enter() {
	l.office, l.reader = l.as("supervision-office"), l.as("discipline-commission")
}

func (l *ledgerOnDisk) next() fact {
	l.n++
	return enterprise(fmt.Sprintf("d%d", l.n))
}

func (l *ledgerOnDisk) append() {
	l.t.Helper()
	l.acked = append(l.acked, l.office.append(l.next()))
}

// refuses wants every append refused with a clear problem, and reads to go on. It returns
// a refused body, of which nothing may have been stored.
func (l *ledgerOnDisk) refuses(codes ...string) []byte {
	l.t.Helper()
	var body []byte
	for range 5 {
		body = l.next().json()
		status, answer := l.office.with("Content-Type", oneEvent).do("POST", "/v1/events", body)
		p := problemOf(answer)
		if status != http.StatusServiceUnavailable || !strings.Contains(strings.Join(codes, " "), p.Code) || p.Remedy == "" {
			l.t.Errorf("append: %d %s, want 503 %v", status, answer, codes)
		}
	}
	l.reads()
	return body
}

// reads compares all that was acked with what is served.
func (l *ledgerOnDisk) reads() {
	l.t.Helper()
	at := map[uint64]string{}
	for _, raw := range replayAll(l.t, l.office) {
		var e struct{ Index uint64 }
		must(l.t, json.Unmarshal(raw, &e))
		at[e.Index] = eventID(l.t, raw)
	}
	for _, r := range l.acked {
		if at[r.Index] != r.ID {
			l.t.Errorf("acked event %s is not at %d", r.ID, r.Index)
		}
	}
	var v view
	if l.office.get("/v1/city", &v); v.Position < uint64(len(l.acked)) {
		l.t.Errorf("the city view is at %d", v.Position)
	}
}

// recovers wants appends to work again within half a minute, without a restart, and the
// refused event to be new.
func (l *ledgerOnDisk) recovers(refused []byte) {
	l.t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		status, answer := l.office.with("Content-Type", oneEvent).do("POST", "/v1/events", refused)
		if status == 201 {
			break
		}
		if status != 503 || time.Now().After(end) {
			l.t.Fatalf("append after the disk is well again: %d %s", status, answer)
		}
	}
	for range 20 {
		l.append()
	}
	if status, answer := l.client("").do("GET", "/readyz", nil); status != 200 {
		l.t.Errorf("/readyz: %d %s", status, answer)
	}
}

func onDisk(t *testing.T) (*loopDisk, *ledgerOnDisk) {
	t.Helper()
	d := newLoopDisk(t, 192)
	l := &ledgerOnDisk{server: start(t, filepath.Join(d.dir, "data"))}
	l.enter()
	for range 20 {
		l.append()
	}
	return d, l
}

// ends stops the server and verifies everything.
func (l *ledgerOnDisk) ends() {
	l.t.Helper()
	l.reads()
	l.stop()
	if v := verifyDir(l.t, l.dir); !v.OK || v.Entries < uint64(len(l.acked)) {
		l.t.Errorf("verify: %+v, %d were acked", v, len(l.acked))
	}
}

func TestFullDiskRefusesAppendsAndRecoversWhenThereIsSpace(t *testing.T) {
	d, l := onDisk(t)
	free := d.fill()
	refused := l.refuses("no-space")
	photo := []byte("photo")
	if status, answer := l.office.do("PUT", "/v1/evidence/"+sha256Hex(photo), photo); status != 503 || problemOf(answer).Code != "no-space" {
		t.Errorf("evidence on a full disk: %d %s", status, answer)
	}
	// Whose reading goes to the access log first reads only while a line of it still finds space.
	if status, answer := l.reader.do("GET", "/v1/events", nil); status != 200 && (status != 503 || problemOf(answer).Code != "no-space") {
		t.Errorf("the commission reads on a full disk: %d %s", status, answer)
	}
	free()
	l.recovers(refused)
	if status, answer := l.office.do("PUT", "/v1/evidence/"+sha256Hex(photo), photo); status != 201 {
		t.Errorf("evidence after there is space: %d %s", status, answer)
	}
	free = d.fill()
	l.refuses("no-space")
	l.kill() // a full disk and a crash at once: nothing acked is lost
	free()
	l.server = start(t, l.dir)
	l.enter()
	l.append()
	l.ends()
}

// TestDiskThatBecomesReadOnlyRefusesAppends is a device that fails under a running server.
func TestDiskThatBecomesReadOnlyRefusesAppends(t *testing.T) {
	d, l := onDisk(t)
	d.fail()
	// The append that meets the failure may have to say that its outcome is unknown.
	first := l.next().json()
	status, answer := l.office.with("Content-Type", oneEvent).do("POST", "/v1/events", first)
	if p := problemOf(answer); status != 503 || p.Remedy == "" {
		t.Errorf("append: %d %s", status, answer)
	}
	began := time.Now()
	l.refuses("disk-failure", "read-only", "outcome-unknown")
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("refusing five appends took %v", took)
	}
	l.kill()
	d.mend()
	l.server = start(t, l.dir)
	l.enter()
	l.recovers(first)
	l.ends()
}

// TestReadOnlyMediumCanBeVerified is a ledger on a medium that was never writable.
func TestReadOnlyMediumCanBeVerified(t *testing.T) {
	d, l := onDisk(t)
	l.ends()
	entries := exportLines(t, l.dir)
	d.run("mount", "-o", "remount,ro", d.dir)
	if v := verifyDir(t, l.dir); !v.OK || v.Entries != uint64(len(entries)) {
		t.Errorf("verify: %+v", v)
	}
	if got := exportLines(t, l.dir); !slices.Equal(got, entries) {
		t.Errorf("export has %d lines, before %d", len(got), len(entries))
	}
	if _, stderr, code := command(t, "serve", "--data", l.dir, "--listen", "127.0.0.1:0"); code == 0 ||
		!strings.Contains(stderr, "read-only file system") {
		t.Errorf("serve: exit %d, %s", code, stderr)
	}
	d.run("mount", "-o", "remount,rw", d.dir)
	l.server = start(t, l.dir)
	l.enter()
	l.append()
	l.ends()
}
