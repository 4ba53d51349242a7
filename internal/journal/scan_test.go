package journal

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/anjian-ledger/anjian/internal/block"
)

// Whatever bytes a segment has: the blocks found are a prefix of them, each is one that
// block.Parse reads the same way or is refused by it in full, and nothing panics.
func FuzzScanAnyBytes(f *testing.F) {
	line := func(i int) string { return fmt.Sprintf(`{"v":1,"index":%d,"event":{}}`+"\n", i) }
	closing := `{"v":1,"block":1,"id":"0198f3c2-0000-7000-8000-000000000000","first":0,"size":2,"recorded":"2019-12-02T01:30:00.000000Z",` +
		`"checkpoint":"a\n"}` + "\n"
	f.Add([]byte(line(0) + line(1) + closing))
	f.Add([]byte(line(0) + line(1) + closing + line(2) + `{"v":1,"block":2`))
	f.Add([]byte(line(0) + "\x00\x00" + closing))
	f.Add([]byte(`{"v":1,"block":18446744073709551616,`))
	f.Fuzz(func(t *testing.T, b []byte) {
		sc := newScanner(bytes.NewReader(b), int64(len(b)), cursor{block: 1, known: true})
		var seen []byte
		for {
			found, err := sc.block()
			if err == io.EOF && len(seen) != len(b) {
				t.Fatalf("%d bytes passed over in silence", len(b)-len(seen))
			}
			if err != nil {
				isTorn(b[len(seen):], sc.next)
				break
			}
			seen = append(seen, found.raw...)
			if p, err := block.Parse(found.raw); err == nil && (p.Number != found.number || p.First != found.first || p.Size != found.size) {
				t.Fatalf("block %d is seen as %+v", p.Number, found)
			}
		}
		if !bytes.HasPrefix(b, seen) || sc.end() != int64(len(seen)) {
			t.Fatal("blocks that are not in the file")
		}
	})
}

func FuzzDecodeIndex(f *testing.F) {
	t := table{blocks: []blockPos{{0, 0, 10}, {3, 10, 20}}, end: 30, size: 5}
	f.Add(encodeIndex(1, t))
	f.Fuzz(func(tt *testing.T, b []byte) {
		got, err := decodeIndex(b, 1, 30)
		if err == nil && !bytes.Equal(encodeIndex(1, got), b) {
			tt.Fatal("two encodings of one index")
		}
	})
}

// Ten million blocks of one entry in fifty finished segments (13 GB; sparse files here,
// whose bytes Open must not read) and an empty newest one.
func BenchmarkOpenTenMillionBlocks(b *testing.B) {
	const segments, perSegment, blockSize = 50, 200_000, 1300
	dir := b.TempDir()
	var list bytes.Buffer
	for k := range segments {
		t := table{end: perSegment * blockSize, size: uint64((k + 1) * perSegment)}
		for i := range perSegment {
			t.blocks = append(t.blocks, blockPos{uint64(k*perSegment + i), uint32(i * blockSize), blockSize})
		}
		base := uint64(k*perSegment + 1)
		path := filepath.Join(dir, segmentName(base))
		sparse, err := os.Create(path)
		if err != nil {
			b.Fatal(err)
		}
		if err := sparse.Truncate(t.end); err != nil {
			b.Fatal(err)
		}
		sparse.Close()
		if err := os.WriteFile(path+indexExtension, encodeIndex(base, t), 0o600); err != nil {
			b.Fatal(err)
		}
		fmt.Fprintf(&list, "%064d  %s\n", 0, segmentName(base))
	}
	os.WriteFile(filepath.Join(dir, sums), list.Bytes(), 0o600)
	os.WriteFile(filepath.Join(dir, segmentName(segments*perSegment+1)), nil, 0o600)
	for b.Loop() {
		j, err := Open(dir, Options{})
		if err != nil || j.Head() != segments*perSegment {
			b.Fatal(err)
		}
		j.Close()
	}
}
