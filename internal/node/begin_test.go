package node_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/datadir"
	"github.com/anjian-ledger/anjian/internal/node"
	"github.com/anjian-ledger/anjian/internal/repair"
	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/store/embedded/msgfile"
	"github.com/anjian-ledger/anjian/test/nodetest"
)

const (
	beginOrigin = "anjian.test/begin"
	everyBlock  = nodetest.Blocks + nodetest.OpeningBlocks // of what written makes
)

// nothing is a store that takes no block: a ledger on it has no first entry.
type nothing struct{ store.Store }

func (nothing) Append(context.Context, *block.Block) error { return store.ErrNotStored }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// starts opens a node and wants that [node.Examine] had foretold what comes of it.
func starts(t *testing.T, cfg node.Config) (*node.Node, error) {
	t.Helper()
	cfg.ScrubEvery = -1
	before := nodetest.Fingerprint(t, string(cfg.Dir))
	x, foretold := node.Examine(t.Context(), cfg)
	if nodetest.Fingerprint(t, string(cfg.Dir)) != before {
		t.Error("to examine a directory changed it")
	}
	n, err := node.Open(t.Context(), cfg)
	if err != nil {
		if foretold == nil || foretold.Error() != err.Error() {
			t.Errorf("open says %v, examine said %v", err, foretold)
		}
		return nil, err
	}
	t.Cleanup(func() { _ = n.Close(context.Background()) })
	if h := n.Ledger.Health(); foretold != nil || h.ReadOnly != (len(x.Stops) > 0) {
		t.Errorf("health %+v; examine said %+v, %v", h, x, foretold)
	}
	return n, nil
}

// unsealed is a new ledger's directory that was killed before its first entry, without the files named.
func unsealed(t *testing.T, gone ...string) datadir.Dir {
	t.Helper()
	d := datadir.Dir(t.TempDir())
	n, err := node.Open(t.Context(), node.Config{Dir: d, Origin: beginOrigin, ScrubEvery: -1, WrapStore: func(s store.Store) store.Store {
		return nothing{s}
	}})
	must(t, err)
	must(t, n.Close(t.Context()))
	must(t, os.WriteFile(filepath.Join(string(d), "beginning"), nil, 0o600))
	for _, name := range append(gone, "store/clean") {
		must(t, os.RemoveAll(filepath.Join(string(d), name)))
	}
	return d
}

// TestAFirstStartThatWasInterruptedGoesOn from whatever a cut of the power left of it.
func TestAFirstStartThatWasInterruptedGoesOn(t *testing.T) {
	stream := "store/jetstream/$G/streams/" + msgfile.Stream + "/"
	for name, d := range map[string]datadir.Dir{
		"nothing":                unsealed(t, "beginning", "keys", "journal", "store", "tiles", "evidence", "access", "lock"),
		"the note":               unsealed(t, "keys", "journal", "store", "tiles", "evidence", "access"),
		"the keys' directory":    unsealed(t, "beginning", "keys/checkpoint.key", "keys/checkpoint.pub", "journal", "store", "tiles"),
		"the key":                unsealed(t, "keys/checkpoint.pub", "journal", "store", "tiles"),
		"both halves of it":      unsealed(t, "journal", "store", "tiles"),
		"an empty journal":       unsealed(t, "store", "tiles"),
		"half a stream":          unsealed(t, "store/manifest", stream+"meta.sum"),
		"less of a stream":       unsealed(t, "store/manifest", stream+"meta.sum", stream+"meta.inf", stream+"msgs"),
		"half a stream, no note": unsealed(t, "beginning", "store/manifest", stream+"meta.sum"),
		"all of it but the end":  unsealed(t),
	} {
		t.Run(name, func(t *testing.T) {
			n, err := starts(t, node.Config{Dir: d, Origin: beginOrigin})
			must(t, err)
			if h := n.Ledger.Health(); !h.Ready {
				t.Fatalf("not ready: %+v", h)
			}
			_, err = n.Ledger.Append(t.Context(), nodetest.Register(t, n, "first"))
			must(t, err)
			if _, err := os.Stat(filepath.Join(string(d), "beginning")); !os.IsNotExist(err) {
				t.Errorf("the note of the beginning: %v", err)
			}
		})
	}
}

// TestAKeyAloneBeginsNoSecondHistory: its data are elsewhere.
func TestAKeyAloneBeginsNoSecondHistory(t *testing.T) {
	d := unsealed(t, "beginning", "journal", "store", "tiles")
	key := nodetest.Fingerprint(t, d.Keys())
	var refused *datadir.RefusedError
	if _, err := starts(t, node.Config{Dir: d}); !errors.As(err, &refused) || !strings.Contains(refused.Remedy, "--new") {
		t.Errorf("open gives %v", err)
	}
	if _, err := os.Stat(d.Store()); !os.IsNotExist(err) {
		t.Error("something was made")
	}
	if _, err := repair.Run(t.Context(), repair.Config{Dir: d}); !errors.As(err, &refused) {
		t.Errorf("repair gives %v", err)
	}
	_, err := starts(t, node.Config{Dir: d, New: true})
	must(t, err)
	if nodetest.Fingerprint(t, d.Keys()) != key {
		t.Error("the key is another one")
	}
}

func TestALedgerThatMustExistIsNotBegun(t *testing.T) {
	d := datadir.Dir(filepath.Join(t.TempDir(), "mount"))
	cfg := node.Config{Dir: d, Origin: beginOrigin, MustExist: true}
	var refused *datadir.RefusedError
	if _, err := starts(t, cfg); !errors.As(err, &refused) || !strings.Contains(refused.Remedy, "mounted") {
		t.Errorf("open gives %v", err)
	}
	if _, err := os.Stat(string(d)); !os.IsNotExist(err) {
		t.Error("something was made")
	}
	cfg.New = true
	n, err := starts(t, cfg)
	must(t, err)
	must(t, n.Close(t.Context()))
	if _, err := starts(t, cfg); !errors.As(err, &refused) || refused.Remedy != "leave --new out" {
		t.Errorf("a second beginning gives %v", err)
	}
	cfg.New = false
	_, err = starts(t, cfg)
	must(t, err)
}

func hole(record []byte) { clear(record[300:600]) }
func flipBit(record []byte) {
	record[400] ^= 1
}

// TestTheLastRecordOfTheStore after a power cut, with its full size: a hole is torn, as it is
// in the journal, where the journal has the block or ends just before it. A changed byte is
// damage, and so is a hole in what the journal cannot vouch for.
func TestTheLastRecordOfTheStore(t *testing.T) {
	derived := func(t *testing.T, d datadir.Dir) { nodetest.Remove(t, d.Tiles()) } // the checkpoint that knows of the block
	for name, c := range map[string]struct {
		record  func([]byte)
		journal func(*testing.T, datadir.Dir)
		ready   bool
		entries uint64 // without what was recorded of it
	}{
		"a hole, the journal has it": {hole, func(*testing.T, datadir.Dir) {}, true, everyBlock},
		"a hole, the journal ends before it": {hole, func(t *testing.T, d datadir.Dir) { nodetest.CutJournal(t, d); derived(t, d) }, true,
			everyBlock - 1},
		"a hole, and it was signed": {hole, nodetest.CutJournal, false, everyBlock - 1},
		"a hole, the journal is damaged": {hole, func(t *testing.T, d datadir.Dir) {
			nodetest.BreakJournal(t, d, 4)
		}, false, everyBlock - 1},
		"a hole, the journal ends long before": {hole, func(t *testing.T, d datadir.Dir) {
			nodetest.EndJournal(t, d, everyBlock-3)
			derived(t, d)
		}, false, 0},
		"a change, the journal has it": {flipBit, func(*testing.T, datadir.Dir) {}, false, everyBlock},
		"a change, the journal ends before it": {flipBit, func(t *testing.T, d datadir.Dir) { nodetest.CutJournal(t, d); derived(t, d) }, false,
			everyBlock - 1},
	} {
		t.Run(name, func(t *testing.T) {
			d := nodetest.Written(t)
			nodetest.LastRecord(t, d, c.record)
			c.journal(t, d)
			n, err := starts(t, node.Config{Dir: d})
			must(t, err)
			if h := n.Ledger.Health(); h.Ready != c.ready {
				t.Fatalf("%+v", h)
			}
			if !c.ready {
				return
			}
			restored := nodetest.Restorations(t, n)
			if got := n.Ledger.Head().Size - uint64(len(restored)); got != c.entries+1 { // two in the first block
				t.Errorf("%d entries, want %d", got, c.entries+1)
			}
			mended := c.entries == everyBlock
			if mended && (len(restored) != 1 || restored[0].First != everyBlock || restored[0].Last != everyBlock) || !mended && len(restored) > 0 {
				t.Errorf("restored %+v", restored)
			}
			_, err = n.Ledger.Append(t.Context(), nodetest.Register(t, n, "next"))
			must(t, err)
		})
	}
}

// Before repair: what can be read is read, nothing is appended.
func TestADamagedNodeOpensForReading(t *testing.T) {
	for name, spoil := range map[string]func(*testing.T, datadir.Dir){
		"journal": func(t *testing.T, d datadir.Dir) { nodetest.FlipJournal(t, d, 4) },
		"broken":  func(t *testing.T, d datadir.Dir) { nodetest.BreakJournal(t, d, 4) },
		"store":   func(t *testing.T, d datadir.Dir) { nodetest.FlipStore(t, d, nodetest.Blocks) },
		"missing": func(t *testing.T, d datadir.Dir) { nodetest.Remove(t, d.Store()) },
	} {
		t.Run(name, func(t *testing.T) {
			d := nodetest.Written(t)
			spoil(t, d)
			n, err := node.Open(t.Context(), node.Config{Dir: d, ScrubEvery: -1})
			if err != nil {
				t.Fatal(err)
			}
			defer n.Close(context.Background())
			if h := n.Ledger.Health(); !h.ReadOnly || h.Ready {
				t.Errorf("%+v", h)
			}
			if ids, _ := nodetest.Subjects(t, n); strings.Join(ids, " ") != nodetest.All() {
				t.Errorf("entries %v", ids)
			}
		})
	}
}
