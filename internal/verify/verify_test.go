package verify

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/translog"
)

func small(t testing.TB) *ledger {
	t.Helper()
	l := newLedger(t)
	for _, n := range []int{1, 5, 200, 100, 3} {
		l.add(n)
	}
	return l
}

func TestAGoodLedgerIsOK(t *testing.T) {
	l := small(t)
	root, err := l.tree.Root()
	if err != nil {
		t.Fatal(err)
	}
	s := l.sources()
	for name, s := range map[string]Sources{"all": s, "journal": {Journal: s.Journal}, "store": {Store: s.Store},
		"tiles": {Store: s.Store, Tiles: s.Tiles}} {
		r := l.run(s)
		if !r.OK || r.Entries != 309 || r.Root != base64.StdEncoding.EncodeToString(root[:]) {
			t.Errorf("%s: %+v", name, r)
		}
	}
	r := l.run(s)
	out, err := json.Marshal(r)
	if err != nil || string(out) != `{"entries":309,"root":"`+r.Root+
		`","ok":true,"problems":[],"signed":0,"disputed":0,"malformed":[],"malformed_count":0,"newer":[],"newer_count":0,"keys":[]}` {
		t.Errorf("%s, %v", out, err)
	}
}

func TestAnEmptyLedgerIsOK(t *testing.T) {
	l := newLedger(t)
	if r := l.run(l.sources()); !r.OK || r.Entries != 0 {
		t.Errorf("%+v", r)
	}
}

// With one copy alone, nothing but the hashes can tell.
func TestEveryFlippedByteOfTheJournalIsFound(t *testing.T) {
	l := newLedger(t)
	l.add(1)
	l.add(2)
	good := bytes.Join(l.blocks, nil)
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= 1 << (i % 8)
		if r := l.run(Sources{Journal: journalOf(bad)}); r.OK {
			t.Fatalf("byte %d (%q → %q): not found", i, good[i], bad[i])
		}
		if r := l.run(Sources{Journal: journalOf(bad), Store: blocksOf(l.blocks)}); r.OK || r.Entries != 3 {
			t.Fatalf("byte %d: with a good store: %+v", i, r)
		}
	}
	for i := range good {
		r, n := l.run(Sources{Journal: journalOf(good[:i])}), uint64(0)
		if i >= len(l.blocks[0]) {
			n = 1
		}
		if partial := i != 0 && i != len(l.blocks[0]); r.OK == partial || r.Entries != n {
			t.Fatalf("cut to %d bytes: %+v", i, r)
		}
	}
}

func TestAChangedBlockIDIsBlamedOnTheCopyThatHasIt(t *testing.T) {
	l := small(t)
	changed := slices.Clone(l.blocks)
	id := bytes.LastIndex(changed[2], []byte(`,"id":"`)) + len(`,"id":"`)
	changed[2] = bytes.Clone(changed[2])
	if changed[2][id]++; changed[2][id] > '1' { // another hexadecimal digit
		changed[2][id] = '0'
	}
	r := l.run(Sources{Journal: blocksOf(changed), Store: blocksOf(l.blocks)})
	if p := wantProblem(t, r, "journal", "the id of block 3"); p.Block != 3 || r.Entries != 309 {
		t.Errorf("%+v", r)
	}
}

func TestEveryFlippedByteOfTilesAndCheckpointIsFound(t *testing.T) {
	l := small(t)
	for _, name := range []string{"checkpoint", "level-0"} {
		path := filepath.Join(l.dir, name)
		good, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		step := 1
		if testing.Short() || len(good) > 1000 {
			step = 29
		}
		for i := 0; i < len(good); i += step {
			bad := bytes.Clone(good)
			bad[i] ^= 1 << (i % 8)
			if err := os.WriteFile(path, bad, 0o644); err != nil {
				t.Fatal(err)
			}
			r := l.run(l.sources())
			if r.OK {
				t.Fatalf("%s byte %d: not found", name, i)
			}
			if name != "checkpoint" && r.Problems[0].Index != int64(i/32) {
				t.Fatalf("%s byte %d: %+v", name, i, r.Problems)
			}
		}
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		if r := l.run(l.sources()); r.OK {
			t.Fatalf("%s missing: not found", name)
		}
		if err := os.WriteFile(path, good, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheFirstBadEntryIsNamed(t *testing.T) {
	l := small(t)
	bad := slices.Clone(l.blocks)
	lines := bytes.SplitAfter(bad[2], []byte("\n")) // entries 6 to 205
	lines[94] = bytes.Replace(lines[94], []byte("brace"), []byte("grace"), 1)
	bad[2] = bytes.Join(lines, nil)

	r := l.run(Sources{Journal: blocksOf(bad), Store: blocksOf(l.blocks)})
	p := wantProblem(t, r, "journal", "differs from the store, whose bytes lead to the signed root")
	if p.Block != 3 || p.Index != 100 || r.Entries != 309 || len(r.Problems) != 1 {
		t.Errorf("with a good store: %+v", r)
	}
	r = l.run(Sources{Store: blocksOf(bad), Tiles: translog.Dir(l.dir)})
	if p := wantProblem(t, r, "store", "do not lead to the signed root"); p.Block != 3 || p.Index != 100 || r.Entries != 6 {
		t.Errorf("with tiles only: %+v", r)
	}
	r = l.run(Sources{Store: blocksOf(bad)})
	if p := wantProblem(t, r, "store", "do not lead to the signed root"); p.Index != 6 || len(r.Problems) != 1 {
		t.Errorf("alone: %+v", r)
	}
}

func TestAMissingBlockIsFound(t *testing.T) {
	l := small(t)
	holes := slices.Clone(l.blocks)
	holes[2] = nil
	r := l.run(Sources{Journal: blocksOf(l.blocks), Store: blocksOf(holes)})
	if p := wantProblem(t, r, "store", "missing in this copy"); p.Block != 3 || r.Entries != 309 || len(r.Problems) != 1 {
		t.Errorf("%+v", r)
	}
	r = l.run(Sources{Store: blocksOf(holes)})
	if p := wantProblem(t, r, "journal and store", "blocks 3 to 3 are in no copy"); p.Index != 6 || r.Entries != 6 {
		t.Errorf("%+v", r)
	}
}

func TestACopyThatEndsEarlyIsFoundUnlessInFlight(t *testing.T) {
	l := small(t)
	for _, c := range []struct {
		lost     int
		inFlight bool
		ok       bool
		entries  uint64
	}{{1, false, false, 309}, {1, true, true, 306}, {2, true, false, 309}, {0, true, true, 309}} {
		s := Sources{Journal: blocksOf(l.blocks[:5-c.lost]), Store: blocksOf(l.blocks)}
		r, err := Run(context.Background(), s, Options{Verifier: l.key.Verifier(), InFlight: c.inFlight})
		if err != nil || r.OK != c.ok || r.Entries != c.entries {
			t.Errorf("%+v: %+v %v", c, r, err)
		}
		if !c.ok {
			wantProblem(t, r, "journal", "ends before the block")
		}
	}
}

// As beside a busy server: the copies end apart, and the checkpoint is newer than both.
func TestThroughBoundsWhatIsVerified(t *testing.T) {
	l := small(t)
	s := Sources{Journal: blocksOf(l.blocks[:3]), Store: blocksOf(l.blocks), Tiles: translog.Dir(l.dir)}
	r, err := Run(context.Background(), s, Options{Verifier: l.key.Verifier(), Through: 3})
	if err != nil || !r.OK || r.Entries != 206 {
		t.Errorf("%+v %v", r, err)
	}
	r, err = Run(context.Background(), s, Options{Verifier: l.key.Verifier(), Through: 4})
	if err != nil || r.OK || r.Entries != 306 {
		t.Errorf("%+v %v", r, err)
	}
	wantProblem(t, r, "journal", "ends before the block")
}

func TestALedgerShorterThanItsPublishedCheckpointIsFound(t *testing.T) {
	l := small(t)
	r := l.run(Sources{Journal: blocksOf(l.blocks[:4]), Store: blocksOf(l.blocks[:4]), Tiles: translog.Dir(l.dir)})
	if p := wantProblem(t, r, "checkpoint", "entries were lost"); p.Index != 306 {
		t.Errorf("%+v", r)
	}
}

func TestACheckpointFileOfAnotherHistoryIsFound(t *testing.T) {
	l := small(t)
	forged, err := l.key.Sign(306, translog.LeafHash(nil))
	if err != nil {
		t.Fatal(err)
	}
	replaceFile(t, l.dir, "checkpoint", func([]byte) []byte { return forged })
	wantProblem(t, l.run(l.sources()), "checkpoint", "signs another root")
}

// A checkpoint file may lag behind; then newer tiles need not exist, but must be right.
func TestTilesBeyondAnOldCheckpointMayBeMissingButNotWrong(t *testing.T) {
	l := newLedger(t)
	l.add(100)
	old, err := translog.Dir(l.dir).Checkpoint()
	if err != nil {
		t.Fatal(err)
	}
	l.add(200)
	replaceFile(t, l.dir, "checkpoint", func([]byte) []byte { return old })
	replaceFile(t, l.dir, "level-0", func(b []byte) []byte { b[5] ^= 1; return b })
	wantProblem(t, l.run(l.sources()), "tiles", "does not hold the hashes")
	if err := os.Remove(filepath.Join(l.dir, "level-0")); err != nil {
		t.Fatal(err)
	}
	if r := l.run(l.sources()); !r.OK {
		t.Errorf("%+v", r)
	}
}

func TestEntriesThatBreakTheRulesAreFoundUnderAGoodSignature(t *testing.T) {
	for name, c := range map[string]struct {
		mutate func(*entry.Entry)
		what   string
	}{
		"index":    {func(e *entry.Entry) { e.Index++ }, "says that its index is"},
		"revision": {func(e *entry.Entry) { e.Revision++ }, "want 0"},
		"time":     {func(e *entry.Entry) { e.Recorded = e.Recorded.Add(-time.Second) }, "recorded before"},
		"id again": {func(e *entry.Entry) { e.Event = []byte(`{"id":"` + testID(3).String() + `"}`) }, "used before"},
		"not json": {func(e *entry.Entry) { e.Stream.ID = "a/b" }, "not in canonical form"},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLedger(t)
			l.mutate = func(e *entry.Entry) {
				if e.Index == 10 {
					c.mutate(e)
				}
			}
			l.add(5)
			l.add(20)
			r := l.run(l.sources())
			if p := wantProblem(t, r, "journal and store", c.what); p.Index != 10 || p.Block != 2 {
				t.Errorf("%+v", p)
			}
			if r.Entries != 25 {
				t.Errorf("stopped at %d entries", r.Entries)
			}
		})
	}
}

func TestBlocksOfAnotherKeyAreFound(t *testing.T) {
	l, other := small(t), small(t)
	r, err := Run(context.Background(), l.sources(), Options{Verifier: other.key.Verifier()})
	if err != nil || r.OK {
		t.Fatalf("%+v %v", r, err)
	}
	wantProblem(t, r, "journal and store", "invalid checkpoint")
}

func TestACopyThatCannotBeReadIsReportedOnceAndTheOtherGoesOn(t *testing.T) {
	l := small(t)
	broken := func(fn func(uint64, []byte) error) error {
		return errors.Join(blocksOf(l.blocks[:2])(fn), errors.New("bad sector"))
	}
	r := l.run(Sources{Journal: blocksOf(l.blocks), Store: broken})
	if p := wantProblem(t, r, "store", "bad sector"); p.Block != 3 || len(r.Problems) != 1 || r.Entries != 309 {
		t.Errorf("%+v", r)
	}
	backwards := func(fn func(uint64, []byte) error) error {
		return errors.Join(fn(2, l.blocks[1]), fn(1, l.blocks[0]))
	}
	wantProblem(t, l.run(Sources{Store: backwards}), "store", "stands after block 2")
}

func TestTheListOfProblemsIsBounded(t *testing.T) {
	l := newLedger(t)
	l.mutate = func(e *entry.Entry) { e.Index++ }
	l.add(500)
	if r := l.run(l.sources()); len(r.Problems) != maxProblems || r.OK {
		t.Errorf("%d problems", len(r.Problems))
	}
}

func TestRunEndsWhenCancelled(t *testing.T) {
	l := small(t)
	ctx, cancel := context.WithCancel(context.Background())
	endless := func(fn func(uint64, []byte) error) error {
		for n := uint64(1); ; n++ {
			if err := fn(n, l.blocks[0]); err != nil {
				return err
			}
			if n == 50 {
				cancel()
			}
		}
	}
	if _, err := Run(ctx, Sources{Store: endless}, Options{Verifier: l.key.Verifier()}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestRunNeedsAKeyAndACopy(t *testing.T) {
	l := small(t)
	if _, err := Run(context.Background(), l.sources(), Options{}); err == nil {
		t.Error("ran without a key")
	}
	if _, err := Run(context.Background(), Sources{Tiles: translog.Dir(l.dir)}, Options{Verifier: l.key.Verifier()}); err == nil {
		t.Error("ran without a copy")
	}
}

// The verifier must be small enough to read: no server, no store, no ledger.
func TestTheVerifierDependsOnFormatsOnly(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	const module = "github.com/anjian-ledger/anjian/"
	allowed := []string{"internal/entry", "internal/block", "internal/translog", "internal/devicekey", "internal/durable", "internal/verify"}
	for pkg := range strings.Lines(string(out)) {
		pkg = strings.TrimSpace(pkg)
		if own, ok := strings.CutPrefix(pkg, module); ok && !slices.Contains(allowed, own) && own != "domain" &&
			!strings.HasPrefix(own, "domain/") {
			t.Errorf("depends on %s", pkg)
		}
		lower := strings.ToLower(pkg)
		for _, vendor := range []string{"nats", "kurrent", "eventstore", "grpc"} {
			if strings.Contains(lower, vendor) {
				t.Errorf("depends on %s", pkg)
			}
		}
	}
}
