package test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/identity"
	"github.com/anjian-ledger/anjian/internal/journal"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/internal/node"
	"github.com/anjian-ledger/anjian/internal/store/embedded"
	"github.com/anjian-ledger/anjian/internal/translog"
)

// Classes of files. Records are the ledger itself, and damage there must always be seen.
// The rest is derived: made again from the records, or only a help in finding them.
const (
	storeRecords   = "store records"
	journalRecords = "journal records"
	tileFiles      = "tiles"
	checkpointFile = "checkpoint"
	engineFiles    = "store engine's own files"
	journalIndexes = "journal indexes and sums"
)

// weights is how often a file of each class is hit, in percent.
var weights = []struct {
	class   string
	percent int
}{{storeRecords, 35}, {journalRecords, 30}, {tileFiles, 12}, {checkpointFile, 8}, {engineFiles, 9}, {journalIndexes, 6}}

// classOf returns the class of a file in a data directory; empty: it is never hit, because
// it is a key, a lock, or no part of the two copies.
func classOf(path string) string {
	top, rest, _ := strings.Cut(filepath.ToSlash(path), "/")
	switch name := filepath.Base(path); {
	case name == "lock", top != "store" && top != "journal" && top != "tiles":
		return ""
	case strings.HasSuffix(name, ".blk"):
		return storeRecords
	case strings.HasSuffix(name, ".ndjson"):
		return journalRecords
	case top == "tiles" && rest == "checkpoint":
		return checkpointFile
	case top == "tiles":
		return tileFiles
	case top == "store":
		return engineFiles
	}
	return journalIndexes
}

// original is a ledger whose copies are flipped, after a clean or an unclean stop.
type original struct {
	dir     string
	files   map[string][]string // paths by class
	entries []string
}

func open(t testing.TB, dir string) *original {
	t.Helper()
	o := &original{dir: dir, files: map[string][]string{}}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if info, e := d.Info(); e == nil && info.Size() > 0 && classOf(rel) != "" {
			o.files[classOf(rel)] = append(o.files[classOf(rel)], rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	o.entries = exportLines(t, dir)
	return o
}

func exportLines(t testing.TB, dir string) []string {
	t.Helper()
	return strings.Split(strings.TrimSuffix(mustRun(t, "export", "--data", dir), "\n"), "\n")
}

// The tokens of segmented ledgers: one that is damaged issues none.
var officeToken, readerToken = identity.NewToken(), identity.NewToken()

// segmented makes a ledger of some hundred entries in many blocks and several journal
// segments, and stops it cleanly.
func segmented(t testing.TB) string {
	t.Helper()
	d := datadir.Dir(filepath.Join(t.TempDir(), "ledger"))
	n, err := node.Open(t.Context(), node.Config{Dir: d, Origin: "anjian.test/flip", ScrubEvery: -1})
	must(t, err)
	must(t, n.Close(t.Context()))
	key, err := translog.LoadKey(filepath.Join(d.Keys(), "checkpoint.key"))
	must(t, err)
	j, err := journal.Open(d.Journal(), journal.Options{SegmentSize: 32 << 10})
	must(t, err)
	s, err := embedded.Open(t.Context(), embedded.Config{Dir: d.Store()})
	must(t, err)
	cat := domain.Catalogue()
	l, err := ledger.Open(t.Context(), ledger.Config{Store: s, Journal: j, TilesDir: d.Tiles(), Key: key, Catalogue: cat, ScrubEvery: -1})
	must(t, err)
	issue := func(secret identity.Token, role event.Role) event.Actor {
		a, err := l.Issue(t.Context(), &token.Issued{SHA256: secret.SHA256(), Role: role, Expires: time.Now().Add(time.Hour),
			AskedBy: identity.Self()})
		must(t, err)
		return a
	}
	office := issue(officeToken, event.RoleSupervisionOffice)
	issue(readerToken, event.RoleDisciplineCommission)
	for i := range 90 {
		var items []ledger.Item
		for k := range 1 + i%7 {
			items = append(items, registration(t, cat, fmt.Sprintf("s%d-%d", i, k)))
		}
		_, err := l.Append(t.Context(), ledger.Request{Actor: office, Items: items})
		must(t, err)
	}
	must(t, l.Close(t.Context()))
	must(t, s.Close())
	must(t, j.Close())
	return string(d)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func registration(t testing.TB, cat *event.Catalogue, id string) ledger.Item {
	t.Helper()
	raw, err := entry.Author(&event.Event{
		ID: uuid.New(), Type: cat.Newest("subject-registered"), Stream: event.Stream{Kind: event.Subject, ID: id},
		Source: "urn:test", Occurred: time.Now(), ExpectedRevision: event.AnyRevision,
		Data: &subject.Registered{Kind: "enterprise", Name: "安康" + id, Region: "610902", Sectors: []string{"MINE"}, Discovery: "register"},
	})
	must(t, err)
	e, err := entry.ParseEvent(raw, cat)
	must(t, err)
	return ledger.Item{Bytes: raw, Event: e}
}

// killed copies a stopped ledger, appends to it with the real server, and kills that.
func killed(t testing.TB, from string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "ledger")
	must(t, os.CopyFS(dir, os.DirFS(from)))
	must(t, privateKeys(dir))
	s := start(t, dir)
	office := s.as("supervision-office")
	for i := range 30 {
		office.append(enterprise(fmt.Sprintf("k%d", i)))
	}
	s.kill()
	must(t, os.Remove(filepath.Join(dir, "admin.sock"))) // which the next server would replace, and nobody can copy
	return dir
}

// privateKeys gives the keys the mode that CopyFS takes from them.
func privateKeys(dir string) error {
	for _, name := range []string{"checkpoint.key"} {
		if err := os.Chmod(filepath.Join(dir, "keys", name), 0o600); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	return nil
}

// flip is one byte of one file.
type flip struct {
	class, path string
	offset      int
	mask        byte
}

func (o *original) randomFlip(t testing.TB, rnd *rand.Rand) flip {
	t.Helper()
	for {
		p := rnd.IntN(100)
		for _, w := range weights {
			if p -= w.percent; p >= 0 {
				continue
			}
			if len(o.files[w.class]) == 0 {
				break // no such file after this kind of stop: draw again
			}
			path := o.files[w.class][rnd.IntN(len(o.files[w.class]))]
			info, err := os.Stat(filepath.Join(o.dir, path))
			must(t, err)
			return flip{w.class, path, rnd.IntN(int(info.Size())), byte(1 + rnd.IntN(255))}
		}
	}
}

func (f flip) String() string {
	return fmt.Sprintf("%s at %d, xor %#02x", f.path, f.offset, f.mask)
}

// apply flips the byte in dir.
func (f flip) apply(t testing.TB, dir string) {
	t.Helper()
	path := filepath.Join(dir, f.path)
	b, err := os.ReadFile(path)
	must(t, err)
	b[f.offset] ^= f.mask
	must(t, os.Chmod(path, 0o600)) // finished segments are read-only
	must(t, os.WriteFile(path, b, 0o600))
}

// tally counts what became of the flips, by class.
type tally struct {
	mu     sync.Mutex
	counts map[string]map[string]int
}

func (c *tally) add(class, outcome string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.counts[class] == nil {
		c.counts[class] = map[string]int{}
	}
	c.counts[class][outcome]++
}

// TestFlippedByteIsDetectedAndHealedFromTheOtherCopy flips single bytes at random places of
// a ledger that was stopped cleanly and of one that was killed. Whatever is hit: reads go on
// with the original bytes, and after the restart, or after repair, verify passes and every
// entry is byte for byte what it was. A flip in records, tiles or checkpoint is reported
// every time, and so it is in derived files, except for the one that is made anew anyway.
func TestFlippedByteIsDetectedAndHealedFromTheOtherCopy(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(chance(t), 1))
	clean := segmented(t)
	originals := map[string]*original{"clean": open(t, clean), "unclean": open(t, killed(t, clean))}
	results := &tally{counts: map[string]map[string]int{}}
	t.Run("flips", func(t *testing.T) {
		for range *flips {
			for _, stop := range []string{"clean", "unclean"} {
				o := originals[stop]
				f := o.randomFlip(t, rnd)
				t.Run(stop+"/"+strings.ReplaceAll(f.String(), "/", ":"), func(t *testing.T) {
					t.Parallel()
					results.add(f.class, o.survive(t, f))
				})
			}
		}
	})
	for _, class := range slices.Sorted(maps.Keys(results.counts)) {
		t.Logf("%-26s %v", class, results.counts[class])
	}
}

// survive applies the flip to a copy, restarts, repairs where that is asked for, and returns
// how the flip was noticed.
func (o *original) survive(t *testing.T, f flip) string {
	dir := filepath.Join(t.TempDir(), "ledger")
	must(t, os.CopyFS(dir, os.DirFS(o.dir)))
	must(t, privateKeys(dir))
	f.apply(t, dir)
	seenByVerify := !verifyDir(t, dir).OK
	outcome := o.restart(t, dir)
	if outcome == "stopped" {
		stdout, stderr, code := command(t, "repair", "--data", dir)
		for range 50 { // a process that a parallel test forks has this one's lock until its exec
			if !strings.Contains(stderr, "in use by another process") {
				break
			}
			time.Sleep(20 * time.Millisecond)
			stdout, stderr, code = command(t, "repair", "--data", dir)
		}
		if code != 0 {
			t.Fatalf("%s: repair: exit %d\n%s%s", f, code, stdout, stderr)
		}
		outcome = "appends stopped, repaired"
	}
	if v := verifyDir(t, dir); !v.OK && outcome == "ready" {
		mustRun(t, "repair", "--data", dir) // derived files that nobody reads, so far
		outcome = "named by verify, repaired"
	}
	if v := verifyDir(t, dir); !v.OK {
		t.Errorf("%s: verify after healing (%s): %+v", f, outcome, v.Problems)
	}
	lines := exportLines(t, dir)
	if len(lines) < len(o.entries) || !slices.Equal(lines[:len(o.entries)], o.entries) {
		t.Errorf("%s: %d entries are not the %d of the original", f, len(lines), len(o.entries))
	}
	restored := 0
	for _, line := range lines[min(len(lines), len(o.entries)):] {
		if !strings.Contains(line, `"type":"anjian.copy-restored.v1"`) {
			t.Errorf("%s: an entry that nobody appended: %s", f, line)
		}
		restored++
	}
	switch {
	case outcome != "ready":
		return outcome
	case restored > 0:
		return "recorded and healed at the start"
	case seenByVerify:
		return "named by verify, healed at the start"
	case strings.HasSuffix(f.path, "index.db"): // after an unclean stop the engine makes it anew
		return "without effect: every block identical"
	}
	t.Errorf("%s: nobody noticed", f)
	return "unnoticed"
}

// restart opens the ledger, lets the scrub read everything once, and closes it. It returns
// "ready", or "stopped" when the ledger wants to be repaired. Reads must go on either way.
func (o *original) restart(t *testing.T, dir string) string {
	n, err := node.Open(t.Context(), node.Config{Dir: datadir.Dir(dir), ScrubEvery: time.Hour})
	if err != nil {
		t.Logf("open: %v", err)
		return "stopped"
	}
	defer func() {
		if err := n.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Errorf("close: %v", err)
		}
	}()
	var got [][]byte
	err = n.Ledger.Entries(t.Context(), 0, uint64(len(o.entries)), func(_ uint64, raw []byte) error {
		got = append(got, bytes.Clone(raw))
		return nil
	})
	if err != nil || string(bytes.Join(got, []byte{'\n'})) != strings.Join(o.entries, "\n") {
		t.Errorf("reads do not go on: %d of %d entries, %v", len(got), len(o.entries), err)
	}
	for end := time.Now().Add(30 * time.Second); n.Ledger.Health().Scrub.Passes == 0 && time.Now().Before(end); {
		time.Sleep(2 * time.Millisecond)
	}
	h := n.Ledger.Health()
	if h.Scrub.Passes == 0 {
		t.Errorf("the scrub does not end: %+v", h)
	}
	if h.ReadOnly {
		return "stopped"
	}
	return "ready"
}

// TestDamageIsToldByTheServerAndMendedByTheCommand is the operator's road, with the binary.
func TestDamageIsToldByTheServerAndMendedByTheCommand(t *testing.T) {
	base := open(t, segmented(t))
	for _, class := range []string{storeRecords, journalRecords} {
		t.Run(class, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(t.TempDir(), "ledger")
			must(t, os.CopyFS(dir, os.DirFS(base.dir)))
			must(t, privateKeys(dir))
			path := base.files[class][0]
			info, err := os.Stat(filepath.Join(dir, path))
			must(t, err)
			flip{class, path, int(info.Size() / 2), 0x01}.apply(t, dir)
			if v := verifyDir(t, dir); v.OK || v.Problems[0].Block == 0 || !strings.HasPrefix(class, v.Problems[0].Where) {
				t.Errorf("verify does not name what is damaged: %+v", v)
			}
			s := launch(t, dir)
			for end := time.Now().Add(10 * time.Second); ; time.Sleep(20 * time.Millisecond) {
				if status, body := s.client("").do("GET", "/readyz", nil); status == 503 {
					if what, _, _ := strings.Cut(class, " "); !bytes.Contains(body, []byte(`"parts":["`+what+`"]`)) {
						t.Errorf("/readyz: %s", body)
					}
					break
				}
				if time.Now().After(end) {
					t.Fatal("/readyz stays 200")
				}
			}
			s.client(officeToken.Reveal()).refused(503, "read-only", oneEvent, enterprise("late").json())
			if got := replayAll(t, s.client(readerToken.Reveal())); string(bytes.Join(got, []byte{'\n'})) != strings.Join(base.entries, "\n") {
				t.Errorf("reads do not go on: %d entries of %d", len(got), len(base.entries))
			}
			s.stop()
			mustRun(t, "repair", "--data", dir)
			if v := verifyDir(t, dir); !v.OK {
				t.Errorf("verify after repair: %+v", v)
			}
			s = start(t, dir)
			s.as("supervision-office").append(enterprise("late"))
		})
	}
}
