package repair_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/internal/clock"
	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/engines"
	"github.com/anjian-ledger/anjian/internal/ledger"
	"github.com/anjian-ledger/anjian/internal/node"
	"github.com/anjian-ledger/anjian/internal/repair"
	"github.com/anjian-ledger/anjian/internal/store/kurrentdb"
	"github.com/anjian-ledger/anjian/test/clocktest"
	"github.com/anjian-ledger/anjian/test/kurrentdb/double"
	"github.com/anjian-ledger/anjian/test/nodetest"
)

func TestRepairHealsWhatOneCopyHas(t *testing.T) {
	for name, c := range map[string]struct {
		spoil    func(*testing.T, datadir.Dir)
		restored string // copies
	}{
		"nothing is wrong":        {func(*testing.T, datadir.Dir) {}, ""},
		"journal, an entry":       {func(t *testing.T, d datadir.Dir) { nodetest.FlipJournal(t, d, 4) }, "journal"},
		"journal, a line feed":    {func(t *testing.T, d datadir.Dir) { nodetest.BreakJournal(t, d, 4) }, "journal"},
		"journal, the last block": {func(t *testing.T, d datadir.Dir) { nodetest.FlipJournal(t, d, nodetest.Blocks) }, "journal"},
		"store, an entry":         {func(t *testing.T, d datadir.Dir) { nodetest.FlipStore(t, d, 4) }, "store"},
		"store, the last block":   {func(t *testing.T, d datadir.Dir) { nodetest.FlipStore(t, d, nodetest.Blocks) }, "store"},
		"both, different nodetest.Blocks": {func(t *testing.T, d datadir.Dir) { nodetest.FlipJournal(t, d, 4); nodetest.FlipStore(t, d, 6) },
			"store journal"},
		"both, the journal broken": {func(t *testing.T, d datadir.Dir) {
			nodetest.BreakJournal(t, d, 3)
			nodetest.FlipStore(t, d, 6)
		}, "store journal"},
		"both, the journal unclosed": {func(t *testing.T, d datadir.Dir) {
			nodetest.Unclose(t, d, 3)
			nodetest.FlipStore(t, d, 6)
			nodetest.FlipStore(t, d, 7)
		}, "store journal"},
		"the journal is missing": {func(t *testing.T, d datadir.Dir) { nodetest.Remove(t, d.Journal()) }, "journal"},
		"the store is missing":   {func(t *testing.T, d datadir.Dir) { nodetest.Remove(t, d.Store()) }, "store"},
		"the tiles are missing":  {func(t *testing.T, d datadir.Dir) { nodetest.Remove(t, d.Tiles()) }, ""},
		"a repair was interrupted": {func(t *testing.T, d datadir.Dir) {
			nodetest.FlipStore(t, d, 4)
			nodetest.Remove(t, d.Tiles())
			mkdir(t, d.Store()+".rebuilding/x")
		}, "store"},
		"journal missing, tiles wrong": {func(t *testing.T, d datadir.Dir) {
			nodetest.Remove(t, d.Journal())
			nodetest.Flip(t, d.Tiles(), "checkpoint", "\n", 1)
		}, "journal tiles"},
	} {
		t.Run(name, func(t *testing.T) {
			d := nodetest.Written(t)
			c.spoil(t, d)
			report, err := repair.Run(t.Context(), repair.Config{Dir: d})
			if err != nil || report.Blocks != nodetest.Blocks+nodetest.OpeningBlocks || report.Entries != nodetest.Blocks+nodetest.Begun {
				t.Fatalf("%+v, %v", report, err)
			}
			n, err := node.Open(t.Context(), node.Config{Dir: d, ScrubEvery: -1})
			if err != nil {
				t.Fatal(err)
			}
			defer n.Close(context.Background())
			if err := n.Ledger.Scrub(t.Context()); err != nil || !n.Ledger.Health().Ready {
				t.Errorf("after repair: %+v, %v", n.Ledger.Health(), err)
			}
			ids, restored := nodetest.Subjects(t, n)
			if strings.Join(ids, " ") != nodetest.All() || strings.Join(restored, " ") != c.restored {
				t.Errorf("entries %v; restored %v, want %s", ids, restored, c.restored)
			}
			if _, err := n.Ledger.Append(t.Context(), nodetest.Register(t, n, "next")); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestWhatIsBeyondRepairIsLeftAsItIs(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*testing.T, datadir.Dir)
		lost  uint64
	}{
		"the same block in both": {func(t *testing.T, d datadir.Dir) { nodetest.FlipJournal(t, d, 5); nodetest.FlipStore(t, d, 5) }, 5 +
			nodetest.OpeningBlocks},
		"both lost their end": {func(t *testing.T, d datadir.Dir) { older(t, d) }, nodetest.Blocks + nodetest.OpeningBlocks},
		"both, and a block inside": {func(t *testing.T, d datadir.Dir) {
			older(t, d)
			nodetest.FlipJournal(t, d, 3)
		}, nodetest.Blocks + nodetest.OpeningBlocks},
	} {
		t.Run(name, func(t *testing.T) {
			d := nodetest.Written(t)
			c.spoil(t, d)
			before := nodetest.Fingerprint(t, d.Journal()) + nodetest.Fingerprint(t, d.Store()) + nodetest.Fingerprint(t, d.Tiles())
			report, err := repair.Run(t.Context(), repair.Config{Dir: d})
			if !errors.Is(err, repair.ErrBeyondRepair) || len(report.Lost) != 1 || report.Lost[0] != c.lost {
				t.Errorf("%+v, %v", report, err)
			}
			if after := nodetest.Fingerprint(t, d.Journal()) + nodetest.Fingerprint(t, d.Store()) +
				nodetest.Fingerprint(t, d.Tiles()); after != before {
				t.Error("something was changed")
			}
		})
	}
}

// older puts both copies back to one block before the last, but not the checkpoint.
func older(t *testing.T, d datadir.Dir) {
	t.Helper()
	checkpoint := filepath.Join(d.Tiles(), "checkpoint")
	newest, err := os.ReadFile(checkpoint)
	if err != nil {
		t.Fatal(err)
	}
	nodetest.Remove(t, d.Journal())
	nodetest.Remove(t, d.Store())
	nodetest.Remove(t, d.Tiles())
	n, err := node.Open(t.Context(), node.Config{Dir: d, New: true, ScrubEvery: -1})
	if err != nil {
		t.Fatal(err)
	}
	for i := range nodetest.Blocks - 1 {
		if _, err := n.Ledger.Append(t.Context(), nodetest.Register(t, n, fmt.Sprintf("s-%d", i+1))); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(n.Close(context.Background()), os.WriteFile(checkpoint, newest, 0o644)); err != nil {
		t.Fatal(err)
	}
}

// Two histories under one key: nobody but a person can say which one was acknowledged.
func TestAForkIsExplainedNotRepaired(t *testing.T) {
	d := nodetest.Written(t)
	first := filepath.Join(t.TempDir(), "journal")
	if err := os.CopyFS(first, os.DirFS(d.Journal())); err != nil {
		t.Fatal(err)
	}
	older(t, d)
	nodetest.Remove(t, d.Journal())
	if err := os.CopyFS(d.Journal(), os.DirFS(first)); err != nil {
		t.Fatal(err)
	}
	before := nodetest.Fingerprint(t, d.Journal()) + nodetest.Fingerprint(t, d.Store())
	report, err := repair.Run(t.Context(), repair.Config{Dir: d})
	if !errors.Is(err, repair.ErrFork) || len(report.Forked) != 1 || report.Forked[0] != 1 {
		t.Errorf("%+v, %v", report, err)
	}
	if nodetest.Fingerprint(t, d.Journal())+nodetest.Fingerprint(t, d.Store()) != before {
		t.Error("something was changed")
	}
}
func mkdir(t *testing.T, path string) {
	if err := os.MkdirAll(path, 0o755); err != nil {
		t.Fatal(err)
	}
}

// TestRepairRecordsWhatWasDamagedAndNothingElse: an incomplete record behind the last block is
// no block, and two damaged nodetest.Blocks are not those between them.
func TestRepairRecordsWhatWasDamagedAndNothingElse(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*testing.T, datadir.Dir)
		want  string
	}{
		"a record that never was a block": {func(t *testing.T, d datadir.Dir) {
			nodetest.LastRecord(t, d, func(record []byte) { record[400] ^= 1 })
			nodetest.CutJournal(t, d)
			nodetest.Remove(t, d.Tiles())
		}, "0-0"},
		"two nodetest.Blocks": {func(t *testing.T, d datadir.Dir) {
			nodetest.FlipStore(t, d, 2)
			nodetest.FlipStore(t, d, 5)
			nodetest.FlipStore(t, d, 6)
		}, "4-4 7-8"},
		"the engine's own files": {func(t *testing.T, d datadir.Dir) {
			nodetest.Flip(t, d.Store(), "meta.inf", "ANJIAN_BLOCKS", 3)
		}, "0-0"},
	} {
		t.Run(name, func(t *testing.T) {
			d := nodetest.Written(t)
			c.spoil(t, d)
			report, err := repair.Run(t.Context(), repair.Config{Dir: d})
			if err != nil {
				t.Fatalf("%+v, %v", report, err)
			}
			n := opened(t, node.Config{Dir: d, ScrubEvery: -1})
			var got []string
			for _, r := range nodetest.Restorations(t, n) {
				if r.Copy != "store" || r.From != "journal" {
					t.Errorf("%+v", r)
				}
				got = append(got, fmt.Sprintf("%d-%d", r.First, r.Last))
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("recorded %v, want %s", got, c.want)
			}
		})
	}
}

// Only the journal and the tiles are made again; the external store is as it was.
func TestRepairMakesTheJournalWholeFromAnExternalStore(t *testing.T) {
	for name, spoil := range map[string]func(*testing.T, datadir.Dir){
		"an entry is wrong":        func(t *testing.T, d datadir.Dir) { nodetest.FlipJournal(t, d, 2) },
		"the journal is missing":   func(t *testing.T, d datadir.Dir) { nodetest.Remove(t, d.Journal()) },
		"the tiles are missing":    func(t *testing.T, d datadir.Dir) { nodetest.Remove(t, d.Tiles()) },
		"a line feed in it is off": func(t *testing.T, d datadir.Dir) { nodetest.BreakJournal(t, d, 2) },
	} {
		t.Run(name, func(t *testing.T) {
			cfg := onKurrentDB(t)
			n := opened(t, cfg)
			for i := range 3 {
				if _, err := n.Ledger.Append(t.Context(), nodetest.Register(t, n, fmt.Sprintf("s-%d", i+1))); err != nil {
					t.Fatal(err)
				}
			}
			before := n.Ledger.Head()
			if err := n.Close(t.Context()); err != nil {
				t.Fatal(err)
			}
			spoil(t, cfg.Dir)
			report, err := repair.Run(t.Context(), repair.Config{Dir: cfg.Dir, Engine: cfg.Engine})
			if err != nil || report.Blocks != 3+nodetest.OpeningBlocks || len(report.BadStore) > 0 {
				t.Fatalf("%+v, %v", report, err)
			}
			n = opened(t, cfg)
			if err := n.Ledger.Scrub(t.Context()); err != nil || !n.Ledger.Health().Ready {
				t.Errorf("%+v, %v", n.Ledger.Health(), err)
			}
			if root, err := n.Ledger.RootAt(before.Size); err != nil || root != before.Root {
				t.Errorf("another root at %d entries: %v", before.Size, err)
			}
		})
	}
}

// The journal has a block that the engine lacks: somebody must find out why.
func TestRepairDoesNotWriteToAnExternalStore(t *testing.T) {
	cfg := onKurrentDB(t)
	n := opened(t, cfg)
	if _, err := n.Ledger.Append(t.Context(), nodetest.Register(t, n, "s-1")); err != nil {
		t.Fatal(err)
	}
	if err := n.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	cfg.Engine = onKurrentDB(t).Engine // a server that has been emptied
	if _, err := repair.Run(t.Context(), repair.Config{Dir: cfg.Dir, Engine: cfg.Engine}); err == nil {
		t.Error("repaired")
	}
	n, err := node.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close(context.Background())
	if h := n.Ledger.Health(); !h.ReadOnly || h.Size != 1+nodetest.Begun {
		t.Errorf("%+v", h)
	}
}

// A repair that could not be recorded is none.
func TestARepairNeedsAClock(t *testing.T) {
	dir, m := datadir.Dir(t.TempDir()), clocktest.New(time.Date(2019, 12, 2, 1, 30, 0, 0, time.UTC))
	start := node.Config{Dir: dir, Origin: "anjian.test/time", ScrubEvery: -1, Time: m.Sources()}
	n := opened(t, start)
	if _, err := n.Ledger.Append(t.Context(), nodetest.Register(t, n, "s-1")); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(n.Close(t.Context()), os.RemoveAll(dir.Store())); err != nil {
		t.Fatal(err)
	}
	m.Set(30 * 24 * time.Hour)
	cfg := repair.Config{Dir: dir, Time: m.Sources()}
	if report, err := repair.Run(t.Context(), cfg); !errors.Is(err, ledger.ErrClockUnconfirmed) || len(report.Done) > 0 {
		t.Fatalf("%+v, %v", report, err)
	}
	if _, err := os.Stat(dir.Store()); !os.IsNotExist(err) {
		t.Errorf("something was changed: %v", err)
	}
	cfg.ConfirmClock = true
	if _, err := repair.Run(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	n = opened(t, start)
	if size := n.Ledger.Head().Size; size < 2 || n.Ledger.Clock().State != clock.OK {
		t.Errorf("%d entries, want the repair recorded; %+v", size, n.Ledger.Clock())
	}
}

func opened(t *testing.T, cfg node.Config) *node.Node {
	t.Helper()
	n, err := node.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.Close(context.Background()) })
	return n
}

// onKurrentDB is the configuration of a node on a protocol double of its own.
func onKurrentDB(t *testing.T) node.Config {
	t.Helper()
	s := double.New(double.Options{})
	if err := s.Start("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	return node.Config{
		Dir: datadir.Dir(t.TempDir()), Origin: "anjian.test/external", ScrubEvery: -1,
		Engine: engines.KurrentDB(kurrentdb.Config{URL: s.URL()}),
	}
}
