package journal_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/anjian-ledger/anjian/internal/journal"
)

// BenchmarkAppend1K and BenchmarkRawWriteSync1K are to be compared within one run: the
// journal must cost no more than the write and the fdatasync it consists of.
func BenchmarkAppend1K(b *testing.B) {
	j, err := journal.Open(b.TempDir(), journal.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer j.Close()
	n := uint64(0)
	for b.Loop() {
		n++
		if err := j.Append(seal(n, n-1, 1, 820)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRawWriteSync1K(b *testing.B) {
	f, err := journal.OS{}.OpenFile(filepath.Join(b.TempDir(), "raw"), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	n, at := uint64(0), int64(0)
	for b.Loop() {
		n++
		raw := seal(n, n-1, 1, 820).Bytes
		if _, err := f.WriteAt(raw, at); err != nil {
			b.Fatal(err)
		}
		if err := f.Datasync(); err != nil {
			b.Fatal(err)
		}
		at += int64(len(raw))
	}
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
	for name, c := range map[string]struct{ blocks, entries int }{"256MiB-of-one-entry-blocks": {200_000, 1}, "256MiB-of-100-entry-blocks": {2_700, 100}} {
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
	for name, c := range map[string]struct{ blocks, entries int }{"in-blocks-of-1": {10_000, 1}, "in-visits-of-55": {1000, 55}, "in-blocks-of-4096": {16, 4096}} {
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
