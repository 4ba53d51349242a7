package journal_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/anjian-ledger/anjian/internal/journal"
)

// BenchmarkAppend1K alternates appends with a bare write and fdatasync on the same disk,
// so that both see the same neighbours: the journal must cost no more than what it
// consists of. The medians are what to compare.
func BenchmarkAppend1K(b *testing.B) {
	dir := b.TempDir()
	j, err := journal.Open(filepath.Join(dir, "journal"), journal.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer j.Close()
	f, err := journal.OS{}.OpenFile(filepath.Join(dir, "raw"), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	var ours, raw []time.Duration
	n, at := uint64(0), int64(0)
	for b.Loop() {
		n++
		blk := seal(n, n-1, 1, 820)
		appendOurs := func() {
			t0 := time.Now()
			if err := j.Append(blk); err != nil {
				b.Fatal(err)
			}
			ours = append(ours, time.Since(t0))
		}
		if n%2 == 0 { // neither is always the one that comes second
			appendOurs()
		}
		t0 := time.Now()
		if _, err := f.WriteAt(blk.Bytes, at); err != nil {
			b.Fatal(err)
		}
		if err := f.Datasync(); err != nil {
			b.Fatal(err)
		}
		raw = append(raw, time.Since(t0))
		if n%2 == 1 {
			appendOurs()
		}
		at += int64(len(blk.Bytes))
	}
	slices.Sort(ours)
	slices.Sort(raw)
	b.ReportMetric(float64(ours[len(ours)/2].Nanoseconds()), "journal-p50-ns")
	b.ReportMetric(float64(raw[len(raw)/2].Nanoseconds()), "raw-p50-ns")
}

// filled writes a segment of n blocks without waiting for the disk.
func filled(b *testing.B, n, entries int) (dir string, size int64) {
	dir = b.TempDir()
	f, err := os.Create(filepath.Join(dir, "00000000000000000001.ndjson"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	for i := range n {
		raw := seal(uint64(i+1), uint64(i*entries), entries, 900).Bytes
		size += int64(len(raw))
		if _, err := f.Write(raw); err != nil {
			b.Fatal(err)
		}
	}
	return dir, size
}

func BenchmarkOpen(b *testing.B) {
	for name, c := range map[string]struct{ blocks, entries int }{"256MiB-of-one-entry-blocks": {200_000, 1},
		"256MiB-of-100-entry-blocks": {2_700, 100}} {
		b.Run(name, func(b *testing.B) {
			dir, size := filled(b, c.blocks, c.entries)
			b.SetBytes(size)
			for b.Loop() {
				j, err := journal.Open(dir, journal.Options{SegmentSize: 1 << 30})
				if err != nil || j.Head() != uint64(c.blocks) {
					b.Fatal(err)
				}
				j.Close()
			}
		})
	}
}

func BenchmarkRead(b *testing.B) {
	for name, c := range map[string]struct{ blocks, entries int }{"one-entry-blocks": {50_000, 1}, "100-entry-blocks": {700, 100}} {
		b.Run(name, func(b *testing.B) {
			dir, size := filled(b, c.blocks, c.entries)
			r, err := journal.OpenReader(dir)
			if err != nil {
				b.Fatal(err)
			}
			defer r.Close()
			b.SetBytes(size)
			for b.Loop() {
				if err := r.Read(b.Context(), 1, r.Head(), func(uint64, []byte) error { return nil }); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkEntry(b *testing.B) {
	for name, c := range map[string]struct{ blocks, entries int }{"in-blocks-of-1": {10_000, 1}, "in-visits-of-55": {1000, 55},
		"in-blocks-of-4096": {16, 4096}} {
		b.Run(name, func(b *testing.B) {
			dir, _ := filled(b, c.blocks, c.entries)
			r, err := journal.OpenReader(dir)
			if err != nil {
				b.Fatal(err)
			}
			defer r.Close()
			n := r.Entries()
			i := uint64(0)
			for b.Loop() {
				i = (i + 7919) % n
				if _, err := r.Entry(i); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
