package repair_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/anjian-ledger/anjian/internal/engines"
	"github.com/anjian-ledger/anjian/internal/journal"
	"github.com/anjian-ledger/anjian/internal/repair"
	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/store/cluster"
	"github.com/anjian-ledger/anjian/internal/store/embedded"
	"github.com/anjian-ledger/anjian/internal/store/kurrentdb"
	"github.com/anjian-ledger/anjian/test/kurrentdb/double"
	"github.com/anjian-ledger/anjian/test/memory"
	"github.com/anjian-ledger/anjian/test/natstest"
)

// everyEngine makes an empty store of every kind, the smallest limits each has by default.
func everyEngine(t *testing.T) map[string]func(ledger string) store.Store {
	nats := natstest.Start(t, 3, nil)
	kurrent := double.New(double.Options{})
	if err := kurrent.Start("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(kurrent.Stop)
	opened := func(s store.Store, err error) store.Store {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		return s
	}
	return map[string]func(string) store.Store{
		"memory": func(string) store.Store { return opened(memory.New(0), nil) },
		"embedded": func(string) store.Store {
			return opened(embedded.Open(t.Context(), embedded.Config{Dir: t.TempDir()}))
		},
		"NATS R3": func(ledger string) store.Store {
			return opened(cluster.Open(t.Context(), cluster.Config{URLs: nats.URLs(), Ledger: ledger, Create: true}))
		},
		"KurrentDB double": func(ledger string) store.Store {
			return opened(kurrentdb.Open(t.Context(), kurrentdb.Config{URL: kurrent.URL(), Stream: ledger}))
		},
	}
}

// TestEveryEngineGivesTheSameRootAndALedgerMovesThroughAll: the simulated campaign and the
// MSHA file, appended through each engine, have the same root at the same size; and what
// was moved through every engine is what it was, byte for byte.
func TestEveryEngineGivesTheSameRootAndALedgerMovesThroughAll(t *testing.T) {
	key := newKey(t)
	requests := append(campaign(t), violations(t)...)
	open := everyEngine(t)
	first := open["embedded"]("")
	dir := t.TempDir()
	heads := record(t, first, dir, key, requests)
	if last := heads[len(heads)-1]; last.size < 5_000 {
		t.Fatalf("only %d entries", last.size)
	}

	for name, open := range open {
		if name == "embedded" {
			continue
		}
		t.Run("the same root in "+name, func(t *testing.T) {
			for i, h := range record(t, open("recorded"), t.TempDir(), key, requests) {
				if h != heads[i] {
					t.Fatalf("after request %d: %d entries with root %x, embedded has %d with %x", i, h.size, h.root, heads[i].size, heads[i].root)
				}
			}
		})
	}

	t.Run("moved through all", func(t *testing.T) {
		options := repair.Options{Verifier: key.Verifier()}
		var from store.Source = first
		var report repair.Copied
		for _, name := range []string{"NATS R3", "KurrentDB double", "embedded"} {
			to := open[name]("moved")
			r, err := repair.CopyBlocks(t.Context(), from, to, options)
			if err != nil {
				t.Fatalf("to %s: %v", name, err)
			}
			if r.Present != 0 || r.Copied != r.Blocks || r.Entries != heads[len(heads)-1].size || report.Root != "" && r.Root != report.Root {
				t.Fatalf("to %s: %+v after %+v", name, r, report)
			}
			from, report = to, r
		}
		wantSame(t, first, from)

		moved := t.TempDir()
		j, err := journal.Open(moved, journal.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := repair.CopyBlocks(t.Context(), from, engines.ToJournal(j), options); err != nil {
			t.Fatal(err)
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		const segment = "00000000000000000001.ndjson"
		if a, b := read(t, filepath.Join(dir, "journal", segment)), read(t, filepath.Join(moved, segment)); a != b {
			t.Error("the journal of the moved ledger is not the journal of the first")
		}
	})
}

func read(t testing.TB, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
