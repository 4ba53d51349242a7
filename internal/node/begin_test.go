package node_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/node"
	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/store/jetstream/msgfile"
)

const (
	beginOrigin = "anjian.test/begin"
	everyBlock  = blocks + enrolled // of what written makes
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
	before := fingerprint(t, string(cfg.Dir))
	x, foretold := node.Examine(t.Context(), cfg)
	if fingerprint(t, string(cfg.Dir)) != before {
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
func unsealed(t *testing.T, gone ...string) node.Dir {
	t.Helper()
	d := node.Dir(t.TempDir())
	n, err := node.Open(t.Context(), node.Config{Dir: d, Origin: beginOrigin, ScrubEvery: -1, WrapStore: func(s store.Store) store.Store { return nothing{s} }})
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
	for name, d := range map[string]node.Dir{
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
			_, err = n.Ledger.Append(t.Context(), register(t, n, "first"))
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
	key := fingerprint(t, d.Keys())
	var refused *node.RefusedError
	if _, err := starts(t, node.Config{Dir: d}); !errors.As(err, &refused) || !strings.Contains(refused.Remedy, "--new") {
		t.Errorf("open gives %v", err)
	}
	if _, err := os.Stat(d.Store()); !os.IsNotExist(err) {
		t.Error("something was made")
	}
	if _, err := node.Repair(t.Context(), node.Config{Dir: d}); !errors.As(err, &refused) {
		t.Errorf("repair gives %v", err)
	}
	_, err := starts(t, node.Config{Dir: d, New: true})
	must(t, err)
	if fingerprint(t, d.Keys()) != key {
		t.Error("the key is another one")
	}
}

func TestALedgerThatMustExistIsNotBegun(t *testing.T) {
	d := node.Dir(filepath.Join(t.TempDir(), "mount"))
	cfg := node.Config{Dir: d, Origin: beginOrigin, MustExist: true}
	var refused *node.RefusedError
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

// lastRecord changes the newest record of the store after an unclean stop.
func lastRecord(t *testing.T, d node.Dir, change func(record []byte)) {
	t.Helper()
	must(t, os.Remove(msgfile.CleanPath(d.Store())))
	path := filepath.Join(msgfile.StreamDir(d.Store()), "msgs", "1.blk")
	b, err := os.ReadFile(path)
	must(t, err)
	at := 0
	for next := 0; next < len(b); next += int(binary.LittleEndian.Uint32(b[next:]) &^ (1 << 31)) {
		at = next
	}
	change(b[at:])
	must(t, os.WriteFile(path, b, 0o600))
}

func hole(record []byte) { clear(record[300:600]) }
func flipBit(record []byte) {
	record[400] ^= 1
}

// cutJournal takes the last block from the journal.
func cutJournal(t *testing.T, d node.Dir) { endJournal(t, d, everyBlock-1) }

// endJournal takes the blocks after last from the journal.
func endJournal(t *testing.T, d node.Dir, last int) {
	t.Helper()
	path := filepath.Join(d.Journal(), "00000000000000000001.ndjson")
	b, err := os.ReadFile(path)
	must(t, err)
	at := bytes.Index(b, fmt.Appendf(nil, "\n{\"v\":1,\"block\":%d,", last)) + 1
	must(t, os.Truncate(path, int64(at+bytes.IndexByte(b[at:], '\n')+1)))
}

// restorations returns what was recorded of restored copies.
func restorations(t *testing.T, n *node.Node) (list []oversight.CopyRestored) {
	t.Helper()
	must(t, n.Ledger.Entries(t.Context(), 0, n.Ledger.Head().Size, func(_ uint64, raw []byte) error {
		e, err := entry.Decode(raw, n.Catalogue)
		if err != nil {
			return err
		}
		if d, ok := e.Data.(*oversight.CopyRestored); ok {
			list = append(list, *d)
		}
		return nil
	}))
	return list
}

// TestTheLastRecordOfTheStore after a power cut, with its full size: a hole is torn, as it is
// in the journal, where the journal has the block or ends just before it. A changed byte is
// damage, and so is a hole in what the journal cannot vouch for.
func TestTheLastRecordOfTheStore(t *testing.T) {
	derived := func(t *testing.T, d node.Dir) { remove(t, d.Tiles()) } // the checkpoint that knows of the block
	for name, c := range map[string]struct {
		record  func([]byte)
		journal func(*testing.T, node.Dir)
		ready   bool
		entries uint64 // without what was recorded of it
	}{
		"a hole, the journal has it":           {hole, func(*testing.T, node.Dir) {}, true, everyBlock},
		"a hole, the journal ends before it":   {hole, func(t *testing.T, d node.Dir) { cutJournal(t, d); derived(t, d) }, true, everyBlock - 1},
		"a hole, and it was signed":            {hole, cutJournal, false, everyBlock - 1},
		"a hole, the journal is damaged":       {hole, func(t *testing.T, d node.Dir) { breakJournal(t, d, 4) }, false, everyBlock - 1},
		"a hole, the journal ends long before": {hole, func(t *testing.T, d node.Dir) { endJournal(t, d, everyBlock-3); derived(t, d) }, false, 0},
		"a change, the journal has it":         {flipBit, func(*testing.T, node.Dir) {}, false, everyBlock},
		"a change, the journal ends before it": {flipBit, func(t *testing.T, d node.Dir) { cutJournal(t, d); derived(t, d) }, false, everyBlock - 1},
	} {
		t.Run(name, func(t *testing.T) {
			d := written(t)
			lastRecord(t, d, c.record)
			c.journal(t, d)
			n, err := starts(t, node.Config{Dir: d})
			must(t, err)
			if h := n.Ledger.Health(); h.Ready != c.ready {
				t.Fatalf("%+v", h)
			}
			if !c.ready {
				return
			}
			restored := restorations(t, n)
			if got := n.Ledger.Head().Size - uint64(len(restored)); got != c.entries {
				t.Errorf("%d entries, want %d", got, c.entries)
			}
			mended := c.entries == everyBlock
			if mended && (len(restored) != 1 || restored[0].First != everyBlock || restored[0].Last != everyBlock) || !mended && len(restored) > 0 {
				t.Errorf("restored %+v", restored)
			}
			_, err = n.Ledger.Append(t.Context(), register(t, n, "next"))
			must(t, err)
		})
	}
}

// TestRepairRecordsWhatWasDamagedAndNothingElse: an incomplete record behind the last block is
// no block, and two damaged blocks are not those between them.
func TestRepairRecordsWhatWasDamagedAndNothingElse(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*testing.T, node.Dir)
		want  string
	}{
		"a record that never was a block": {func(t *testing.T, d node.Dir) {
			lastRecord(t, d, flipBit)
			cutJournal(t, d)
			remove(t, d.Tiles())
		}, "0-0"},
		"two blocks": {func(t *testing.T, d node.Dir) { flipStore(t, d, 2); flipStore(t, d, 5); flipStore(t, d, 6) }, "4-4 7-8"},
		"the engine's own files": {func(t *testing.T, d node.Dir) {
			flip(t, d.Store(), "meta.inf", "ANJIAN_BLOCKS", 3)
		}, "0-0"},
	} {
		t.Run(name, func(t *testing.T) {
			d := written(t)
			c.spoil(t, d)
			report, err := node.Repair(t.Context(), node.Config{Dir: d})
			if err != nil {
				t.Fatalf("%+v, %v", report, err)
			}
			n, err := starts(t, node.Config{Dir: d})
			must(t, err)
			var got []string
			for _, r := range restorations(t, n) {
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
