package msgfile_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/store/embedded"
	"github.com/anjian-ledger/anjian/internal/store/embedded/msgfile"
	"github.com/anjian-ledger/anjian/test/storetest"
)

// written has a real engine write blocks of these sizes and returns its directory.
func written(t testing.TB, sizes ...int) (dir string, blocks []*block.Block) {
	t.Helper()
	dir = t.TempDir()
	s, err := embedded.Open(t.Context(), embedded.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	var prev *block.Block
	for _, size := range sizes {
		prev = storetest.Sized(prev, size)
		blocks = append(blocks, prev)
	}
	storetest.MustAppend(t, s, blocks...)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return dir, blocks
}

func blk(dir, name string) string { return filepath.Join(msgfile.StreamDir(dir), "msgs", name) }

// edit rewrites a block file.
func edit(t testing.TB, path string, change func(b []byte) []byte) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, change(b), 0o600); err != nil {
		t.Fatal(err)
	}
}

// scan returns the report and the numbers of the blocks delivered, which must be unchanged.
func scan(t testing.TB, dir string, blocks []*block.Block) (*msgfile.Report, []uint64) {
	t.Helper()
	var seen []uint64
	report, err := msgfile.Scan(dir, func(seq uint64, payload []byte) error {
		if !bytes.Equal(payload, blocks[seq-1].Bytes) {
			t.Errorf("block %d is delivered changed", seq)
		}
		seen = append(seen, seq)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return report, seen
}

func TestScanDeliversWhatTheEngineWrote(t *testing.T) {
	dir, blocks := written(t, 600, 1<<10, 100_000, 4<<20, 4<<20, 4<<20, 700)
	report, seen := scan(t, dir, blocks)
	if !report.OK() || report.Torn != nil || report.Last != 7 || len(seen) != 7 {
		t.Errorf("report %+v, blocks %v", report, seen)
	}
	if paths, _ := filepath.Glob(blk(dir, "*.blk")); len(paths) < 2 {
		t.Errorf("%d block files: the test wants several", len(paths))
	}
}

func TestScanBesideARunningServerSeesEveryAcknowledgedBlock(t *testing.T) {
	dir := t.TempDir()
	s, err := embedded.Open(t.Context(), embedded.Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	blocks := storetest.Chain(100, "running")
	for i, b := range blocks {
		storetest.MustAppend(t, s, b)
		if i%10 == 0 {
			if report, seen := scan(t, dir, blocks); !report.OK() || len(seen) != i+1 {
				t.Errorf("after %d blocks: %d seen, %v", i+1, len(seen), report.Damage)
			}
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// recordAt returns the offset of the n-th record (from 0) of a file of intact records.
func recordAt(b []byte, n int) int {
	off := 0
	for range n {
		off += int(binary.LittleEndian.Uint32(b[off:]) &^ (1 << 31))
	}
	return off
}

func TestDamageIsNamedByFileOffsetAndBlock(t *testing.T) {
	cases := []struct {
		name        string
		change      func(b []byte) []byte
		first, last uint64 // of the one damage
		delivered   int
		torn        bool
	}{
		{"a byte of a block", func(b []byte) []byte { b[recordAt(b, 2)+200] ^= 1; return b }, 3, 3, 4, false},
		{"the length of a record", func(b []byte) []byte { b[recordAt(b, 2)] ^= 0x10; return b }, 3, 3, 4, false},
		{"the length of a record, huge", func(b []byte) []byte { b[recordAt(b, 2)+2] ^= 0x40; return b }, 3, 3, 4, false},
		{"the header bit", func(b []byte) []byte { b[recordAt(b, 2)+3] ^= 0x80; return b }, 3, 3, 4, false},
		{"the length of the subject", func(b []byte) []byte { b[recordAt(b, 2)+20] ^= 1; return b }, 3, 3, 4, false},
		{"the length of the header", func(b []byte) []byte { b[recordAt(b, 2)+22+len(msgfile.Subject)] ^= 1; return b }, 3, 3, 4, false},
		{"the sequence", func(b []byte) []byte { b[recordAt(b, 2)+4] ^= 1; return b }, 3, 3, 4, false},
		{"an erase mark", func(b []byte) []byte { b[recordAt(b, 2)+11] ^= 0x80; return b }, 3, 3, 4, false},
		{"two records overwritten", func(b []byte) []byte { clear(b[recordAt(b, 1):recordAt(b, 3)]); return b }, 2, 3, 3, false},
		{"a record cut out", func(b []byte) []byte { return append(b[:recordAt(b, 2):recordAt(b, 2)], b[recordAt(b, 3):]...) }, 3, 3, 4, false},
		{"a record twice", func(b []byte) []byte { return append(b, b[recordAt(b, 4):]...) }, 0, 0, 5, false},
		{"the length of the last record", func(b []byte) []byte { b[recordAt(b, 4)+1] ^= 0x40; return b }, 5, 0, 4, false},
		{"a byte of the last record", func(b []byte) []byte { b[len(b)-50] ^= 1; return b }, 5, 0, 4, false},
		{"the last record cut short", func(b []byte) []byte { return b[:len(b)-1] }, 5, 0, 4, true},
		{"the last record cut in its lengths", func(b []byte) []byte { return b[:recordAt(b, 4)+7] }, 5, 0, 4, true},
		{"the middle of the last record never written", func(b []byte) []byte { clear(b[len(b)-400 : len(b)-100]); return b }, 5, 0, 4, true},
		// not at a page's begin
		{"the end of the last record never written", func(b []byte) []byte { clear(b[len(b)-4:]); return b }, 5, 0, 4, false},
		{"zeros behind the last record", func(b []byte) []byte { return append(b, make([]byte, 4096)...) }, 6, 0, 5, true},
	}
	master, blocks := written(t, 600, 700, 800, 900, 1000)
	original, err := os.ReadFile(blk(master, "1.blk"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			edit(t, blk(master, "1.blk"), func([]byte) []byte { return c.change(bytes.Clone(original)) })
			report, seen := scan(t, master, blocks)
			found := report.Damage
			if c.torn {
				if !report.OK() || report.Torn == nil {
					t.Fatalf("damage %v, torn %v; want only torn", report.Damage, report.Torn)
				}
				found = []msgfile.Damage{*report.Torn}
			}
			if len(found) != 1 || found[0].FirstSeq != c.first || found[0].LastSeq != c.last || len(seen) != c.delivered {
				t.Errorf("damage %v, blocks %v delivered; want blocks %d to %d damaged", found, seen, c.first, c.last)
			}
			if len(found) > 0 && !strings.Contains(found[0].String(), "1.blk, bytes ") {
				t.Errorf("the damage is described as %q", found[0])
			}
		})
	}
}

// TestAHoleInTheLastRecordIsToldFromAChange at every place where a page of the file can be
// missing, for records that begin and end anywhere in one.
func TestAHoleInTheLastRecordIsToldFromAChange(t *testing.T) {
	for _, size := range []int{600, 4096 - 700, 9000, 20_001} {
		dir, blocks := written(t, 700, size)
		path := blk(dir, "1.blk")
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		off := recordAt(whole, 1)
		for page := off / 4096 * 4096; page < len(whole); page += 4096 {
			from, to := max(page, off), min(page+4096, len(whole))
			edit(t, path, func([]byte) []byte { b := bytes.Clone(whole); clear(b[from:to]); return b })
			report, seen := scan(t, dir, blocks)
			if holed := report.OK() && report.Torn != nil; holed != (to-from >= 3) || len(seen) != 1 {
				t.Errorf("bytes %d to %d of %d to %d are zeros: damage %v, torn %v", from, to, off, len(whole), report.Damage, report.Torn)
			} else if whole := from == off && to == len(whole); holed && report.Holed == whole {
				t.Errorf("bytes %d to %d: holed %v", from, to, report.Holed)
			}
		}
		for at := off; at < len(whole); at += 1 + len(whole)/200 {
			for _, mask := range []byte{0x01, whole[at], 0xff} {
				if mask == 0 {
					continue
				}
				edit(t, path, func([]byte) []byte { b := bytes.Clone(whole); b[at] ^= mask; return b })
				if report, _ := scan(t, dir, blocks); report.OK() {
					t.Errorf("byte %d of %d to %d changed by %#x: torn %v", at, off, len(whole), mask, report.Torn)
				}
			}
		}
	}
}

func TestAMissingFileIsAHole(t *testing.T) {
	dir, blocks := written(t, 4<<20, 4<<20, 4<<20, 4<<20, 4<<20, 4<<20)
	if err := os.Remove(blk(dir, "2.blk")); err != nil {
		t.Fatal(err)
	}
	report, seen := scan(t, dir, blocks)
	if len(report.Damage) != 1 || report.Damage[0].Length != 0 || len(seen) >= 6 || seen[len(seen)-1] != 6 {
		t.Errorf("damage %v, blocks %v", report.Damage, seen)
	}
}

func TestATornRecordInAnOlderFileIsDamage(t *testing.T) {
	dir, blocks := written(t, 4<<20, 4<<20, 4<<20, 4<<20)
	edit(t, blk(dir, "1.blk"), func(b []byte) []byte { return b[:len(b)-5] })
	if report, _ := scan(t, dir, blocks); report.OK() || report.Torn != nil {
		t.Errorf("damage %v, torn %v", report.Damage, report.Torn)
	}
}

func TestChangedConfigurationFilesAreDamage(t *testing.T) {
	dir, _ := written(t, 600)
	for _, name := range []string{"meta.inf", "meta.sum"} {
		path := filepath.Join(msgfile.StreamDir(dir), name)
		edit(t, path, func(b []byte) []byte { b[10] ^= 1; return b })
		report, err := msgfile.Scan(dir, nil)
		if err != nil || len(report.Damage) != 1 || report.Damage[0].File != path {
			t.Errorf("%s: %v, %v", name, report.Damage, err)
		}
		edit(t, path, func(b []byte) []byte { b[10] ^= 1; return b })
	}
}

func TestScanEndsWithTheErrorOfItsReader(t *testing.T) {
	dir, _ := written(t, 600, 600)
	enough := errors.New("enough")
	if _, err := msgfile.Scan(dir, func(uint64, []byte) error { return enough }); !errors.Is(err, enough) {
		t.Errorf("scan ends with %v", err)
	}
	if _, err := msgfile.Scan(t.TempDir(), nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("scan of nothing ends with %v", err)
	}
}

func TestASealIsWholeOrRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "seal")
	seal := &msgfile.Seal{Head: 7, Files: map[string]string{"a": "1"}}
	if err := seal.Write(path); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := msgfile.ReadSeal(path); err != nil || got.Head != 7 || got.Files["a"] != "1" {
		t.Errorf("read %+v, %v", got, err)
	}
	for i := range whole {
		for _, changed := range [][]byte{whole[:i], flipped(whole, i)} {
			if err := os.WriteFile(path, changed, 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := msgfile.ReadSeal(path); !errors.Is(err, msgfile.ErrSeal) {
				t.Fatalf("a seal changed at byte %d is read with %v", i, err)
			}
		}
	}
}

func flipped(b []byte, i int) []byte {
	b = bytes.Clone(b)
	b[i] ^= 1
	return b
}

// FuzzScan overwrites any part of the one block file with any bytes and cuts it anywhere:
// no panic, nothing is delivered that the engine did not write, and no loss goes unsaid.
func FuzzScan(f *testing.F) {
	dir, blocks := written(f, 600, 700, 800)
	path := blk(dir, "1.blk")
	whole, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(uint16(0), []byte{}, uint16(0))
	f.Add(uint16(700), []byte("anjian.block"), uint16(10))
	f.Add(uint16(900), bytes.Repeat([]byte{0}, 300), uint16(0))
	f.Fuzz(func(t *testing.T, at uint16, over []byte, cut uint16) {
		b := bytes.Clone(whole)
		copy(b[min(int(at), len(b)):], over)
		b = b[:len(b)-min(int(cut), len(b))]
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		report, err := msgfile.Scan(dir, func(seq uint64, payload []byte) error {
			if seq < 1 || seq > 3 || !bytes.Equal(payload, blocks[seq-1].Bytes) {
				t.Errorf("block %d is made up", seq)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if report.OK() && report.Torn == nil && !bytes.Equal(b, whole[:len(b)]) {
			t.Errorf("%d records and no damage in changed bytes", report.Records)
		}
	})
}

func BenchmarkScan(b *testing.B) {
	sizes := make([]int, 1000)
	for i := range sizes {
		sizes[i] = 100 << 10
	}
	dir, _ := written(b, sizes...)
	b.SetBytes(1000 * 100 << 10)
	for b.Loop() {
		if report, err := msgfile.Scan(dir, nil); err != nil || !report.OK() {
			b.Fatal(err)
		}
	}
}
