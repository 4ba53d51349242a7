package translog

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"
)

var roots sync.Map // size → root of testLeaves

func rootOf(t testing.TB, size uint64) tlog.Hash {
	t.Helper()
	root, ok := roots.Load(size)
	if !ok {
		root = mustRoot(t, treeOf(t, size), size)
		roots.Store(size, root)
	}
	return root.(tlog.Hash)
}

// openNew opens a directory for size leaves of leafSource and publishes a checkpoint.
func openNew(t testing.TB, dir string, size uint64) (*Tree, OpenReport) {
	t.Helper()
	tree, report, err := Open(dir, size, rootOf(t, size), leafSource)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tree.Close() })
	if err := tree.Publish(size, []byte("checkpoint")); err != nil {
		t.Fatal(err)
	}
	return tree, report
}

// written makes a directory with the tiles of size leaves.
func written(t testing.TB, size uint64) string {
	t.Helper()
	dir := t.TempDir()
	tree, _ := openNew(t, dir, 0)
	tree.Append(testLeaves(0, size))
	if err := errors.Join(tree.Publish(size, []byte("checkpoint")), tree.Close()); err != nil {
		t.Fatal(err)
	}
	return dir
}

func filesBelow(t testing.TB, dir string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			files = append(files, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestFullTilesAndCheckpointAreOnDiskAfterClose(t *testing.T) {
	dir := written(t, 1000)
	for name, size := range map[string]int64{"checkpoint": -1, "level-0": 3 * 8192} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Error(err)
		} else if size >= 0 && info.Size() != size {
			t.Errorf("%s has %d bytes, want %d: three full tiles", name, info.Size(), size)
		}
	}
	if n := len(filesBelow(t, dir)); n != 2 {
		t.Errorf("%d files, want 2", n)
	}
}

func TestUncommittedLeavesNeverReachTheDisk(t *testing.T) {
	dir := t.TempDir()
	tree, _ := openNew(t, dir, 0)
	tree.Append(testLeaves(0, 600))
	if err := errors.Join(tree.Publish(300, []byte("c")), tree.Flush()); err != nil {
		t.Fatal(err)
	}
	if _, err := (Dir(dir)).Tile(0, 1); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("tile beyond the published size: %v", err)
	}
	if _, err := tree.ReadTile(0, 1, 45); !errors.Is(err, ErrNotPublished) {
		t.Errorf("hash beyond the published size: %v", err)
	}
}

func TestTheBackgroundWriterFollowsPublish(t *testing.T) {
	dir := t.TempDir()
	tree, _ := openNew(t, dir, 0)
	tree.Append(testLeaves(0, 256))
	if err := tree.Publish(256, []byte("newest")); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if got, _ := (Dir(dir)).Checkpoint(); string(got) == "newest" {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("no checkpoint file after 5 s")
		}
	}
	if _, err := (Dir(dir)).Tile(0, 0); err != nil {
		t.Errorf("the checkpoint was written before its tiles: %v", err)
	}
}

func TestAWriteFailureIsReportedAndRetried(t *testing.T) {
	dir := t.TempDir()
	tree, _ := openNew(t, dir, 0)
	blocker := filepath.Join(dir, LevelName(0))
	if err := os.Mkdir(blocker, 0o755); err != nil {
		t.Fatal(err)
	}
	tree.Append(testLeaves(0, 300))
	if err := tree.Publish(300, []byte("c")); err != nil {
		t.Fatal(err)
	}
	if tree.Flush() == nil || tree.WriteErr() == nil {
		t.Error("a failed write went unnoticed")
	}
	if b, err := tree.ReadTile(0, 0, TileWidth); err != nil || len(b) != 8192 {
		t.Errorf("not served from memory: %v", err)
	}
	if err := os.Remove(blocker); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(tree.Flush(), tree.WriteErr()); err != nil {
		t.Error(err)
	}
}

func TestADiskThatCannotBeWrittenDoesNotKeepTheTreeFromOpening(t *testing.T) {
	dir := t.TempDir()
	blocker := filepath.Join(dir, LevelName(0))
	if err := os.Mkdir(blocker, 0o755); err != nil {
		t.Fatal(err)
	}
	tree, report := openNew(t, dir, 600)
	if tree.WriteErr() == nil || len(report.Missing) != 2 {
		t.Errorf("write error %v, missing %v", tree.WriteErr(), report.Missing)
	}
	if b, err := tree.ReadTile(0, 1, TileWidth); err != nil || len(b) != 8192 {
		t.Errorf("not served from memory: %v", err)
	}
	if err := os.Remove(blocker); err != nil {
		t.Fatal(err)
	}
	if r, err := tree.Scrub(context.Background(), leafSource); err != nil || len(r.Repaired) != 2 {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := (Dir(dir)).Tile(0, 1); err != nil {
		t.Error(err)
	}
}

func TestOpenNamesTheTilesItMadeAgain(t *testing.T) {
	const size = 65536 + 600
	dir := written(t, size)
	damage := func(level, n int) {
		path := filepath.Join(dir, LevelName(level))
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		b[n*8192+77] ^= 1
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	damage(1, 0)
	damage(0, 257)
	_, report := openNew(t, dir, size)
	if want := []string{"tile/0/257", "tile/1/000"}; !report.Rebuilt || !slices.Equal(report.Missing, want) {
		t.Errorf("rebuilt %v, %v, want %v", report.Rebuilt, report.Missing, want)
	}
	if err := os.Remove(filepath.Join(dir, LevelName(1))); err != nil {
		t.Fatal(err)
	}
	_, report = openNew(t, dir, size)
	if want := []string{"tile/1/000"}; report.Rebuilt || !slices.Equal(report.Missing, want) || report.LeavesRead != 65536+size%256 {
		t.Errorf("%+v, want %v", report, want)
	}
	if _, report = openNew(t, dir, size); report.Missing != nil || report.Rebuilt {
		t.Errorf("not healed: %+v", report)
	}
}

// A tree opened from disk is the tree that was written, with few leaves read anew.
func TestOpenRestoresTheTree(t *testing.T) {
	for _, size := range []uint64{0, 1, 255, 256, 257, 65535, 65536, 65537 + 256} {
		dir := written(t, size)
		tree, report := openNew(t, dir, size)
		if report.Rebuilt || report.Missing != nil || report.LeavesRead != size%TileWidth {
			t.Errorf("size %d: %d leaves read, missing %v, rebuilt %v", size, report.LeavesRead, report.Missing, report.Rebuilt)
		}
		if c, err := (Dir(dir)).Checkpoint(); string(c) != "checkpoint" {
			t.Errorf("size %d: found checkpoint %q, %v", size, c, err)
		}
		tree.Append(testLeaves(size, size+500))
		if mustRoot(t, tree, size+500) != mustRoot(t, treeOf(t, size+500), size+500) {
			t.Errorf("size %d: wrong root after appending to the opened tree", size)
		}
		if size > 0 {
			p, err := tree.ProveInclusion(0, size)
			if err != nil || tlog.CheckRecord(p, int64(size), mustRoot(t, tree, size), 0, testLeaf(0, 0)) != nil {
				t.Errorf("size %d: proof of the oldest leaf: %v", size, err)
			}
		}
	}
}

// Whatever is missing, cut short or wrong, Open and Scrub bring back the very same files.
func TestEveryLossIsHealed(t *testing.T) {
	const size = 3*256 + 9
	dir := written(t, size)
	files := filesBelow(t, dir)
	good := map[string][]byte{}
	for _, f := range files {
		good[f], _ = os.ReadFile(f)
	}
	rapid.Check(t, func(rt *rapid.T) {
		for range rapid.IntRange(1, 4).Draw(rt, "damages") {
			f := rapid.SampledFrom(files).Draw(rt, "file")
			switch rapid.IntRange(0, 2).Draw(rt, "how") {
			case 0:
				_ = os.Remove(f)
			case 1:
				_ = os.WriteFile(f, good[f][:len(good[f])/2], 0o644)
			case 2:
				b := bytes.Clone(good[f])
				b[rapid.IntRange(0, len(b)-1).Draw(rt, "at")] ^= 1 << rapid.IntRange(0, 7).Draw(rt, "bit")
				_ = os.WriteFile(f, b, 0o644)
			}
		}
		tree, _ := openNew(t, dir, size)
		if _, err := tree.Scrub(context.Background(), leafSource); err != nil {
			rt.Fatal(err)
		}
		if err := tree.Close(); err != nil {
			rt.Fatal(err)
		}
		for f, want := range good {
			if got, err := os.ReadFile(f); err != nil || !bytes.Equal(got, want) {
				rt.Fatalf("%s was not healed: %v", f, err)
			}
		}
	})
}

// A kill between a level-1 tile's filling up and the next writing leaves leaf tiles missing
// that only this tile's absence hints at.
func TestLeafTilesBelowAMissingLevel1TileAreMadeAgain(t *testing.T) {
	const size = TileWidth*TileWidth + 3*TileWidth
	dir := written(t, size)
	if err := os.Remove(filepath.Join(dir, LevelName(1))); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(filepath.Join(dir, LevelName(0)), 242*tileSize); err != nil {
		t.Fatal(err)
	}
	tree, report := openNew(t, dir, size)
	if report.Rebuilt || len(report.Missing) != 1+(size/TileWidth-242) {
		t.Errorf("report: rebuilt %v, missing %d", report.Rebuilt, len(report.Missing))
	}
	for n := range uint64(size / TileWidth) {
		if _, err := tree.ReadTile(0, n, TileWidth); err != nil {
			t.Errorf("tile %d: %v", n, err)
		}
	}
	if bad, _, err := tree.Check(t.Context()); err != nil || len(bad) > 0 {
		t.Errorf("after opening: %v %v", bad, err)
	}
	mustRoot(t, tree, 242*TileWidth+1)
}

func TestOpenRefusesEntriesThatDoNotLeadToTheSignedRoot(t *testing.T) {
	forged := func(from, to uint64, fn func(uint64, tlog.Hash) error) error {
		for i := from; i < to; i++ {
			if err := fn(i, testLeaf(i, 7)); err != nil {
				return err
			}
		}
		return nil
	}
	_, _, err := Open(t.TempDir(), 700, mustRoot(t, treeOf(t, 700), 700), forged)
	if !errors.Is(err, ErrRootMismatch) {
		t.Errorf("got %v", err)
	}
	short := func(from, to uint64, fn func(uint64, tlog.Hash) error) error { return leafSource(from, to-1, fn) }
	if _, _, err := Open(t.TempDir(), 700, mustRoot(t, treeOf(t, 700), 700), short); err == nil {
		t.Error("a leaf source that ends early was believed")
	}
}

func TestCheckFindsEveryFlippedByte(t *testing.T) {
	const size = 65536 + 256
	dir := written(t, size)
	tree, _ := openNew(t, dir, size)
	for _, c := range []struct {
		what     string
		file     string
		level, n int
	}{
		{"checkpoint", "checkpoint", 0, 0}, {"tile/0/000", LevelName(0), 0, 0}, {"tile/0/256", LevelName(0), 0, 256},
		{"tile/1/000", LevelName(1), 1, 0},
	} {
		f, path := c.what, filepath.Join(dir, c.file)
		from, to := c.n*tileSize, (c.n+1)*tileSize
		good, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if f == "checkpoint" {
			to = len(good)
		}
		step := max(1, (to-from)/64)
		for i := from; i < to; i += step {
			bad := bytes.Clone(good)
			bad[i] ^= 0x10
			if err := os.WriteFile(path, bad, 0o644); err != nil {
				t.Fatal(err)
			}
			if f == "checkpoint" {
				if _, damaged, err := tree.Check(context.Background()); err != nil || damaged == nil {
					t.Fatalf("%s byte %d: not found: %v", f, i, err)
				}
				continue
			}
			if te := tree.checkTile(tree.cur.Load(), c.level, uint64(c.n)); te == nil || !errors.Is(te, ErrDamaged) {
				t.Fatalf("%s byte %d: not found", f, i)
			}
		}
		if err := os.WriteFile(path, good, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if tiles, checkpoint, err := tree.Check(context.Background()); err != nil || checkpoint != nil || tiles != nil {
		t.Errorf("good files reported: %v %v %v", tiles, checkpoint, err)
	}
}

func TestADamagedLeafTileIsNeverServed(t *testing.T) {
	const size = 65536 + 10
	dir := written(t, size)
	path := filepath.Join(dir, LevelName(0))
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	bad := bytes.Clone(good)
	bad[7*tileSize+100] ^= 1
	if err := os.WriteFile(path, bad, 0o644); err != nil {
		t.Fatal(err)
	}
	tree, _ := openNew(t, dir, size)
	_, err = tree.ProveInclusion(7*256+1, size)
	var te *TileError
	if !errors.As(err, &te) || te.Level != 0 || te.N != 7 || !errors.Is(err, ErrDamaged) {
		t.Errorf("got %v, want the tile named", err)
	}
	if _, err := tree.ReadTile(0, 7, 3); !errors.Is(err, ErrDamaged) {
		t.Errorf("ReadTile: %v", err)
	}
}

// tileReader lets a client of the sumdb protocol read our tiles.
type tileReader struct{ tree *Tree }

func (r tileReader) Height() int                     { return TileHeight }
func (r tileReader) SaveTiles([]tlog.Tile, [][]byte) {}
func (r tileReader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, t := range tiles {
		b, err := r.tree.ReadTile(t.L, uint64(t.N), t.W)
		if err != nil {
			return nil, err
		}
		data[i] = b
	}
	return data, nil
}

func TestTilesAreReadableByTlogAtEverySize(t *testing.T) {
	const most = 65536 + 300
	tree, _ := openNew(t, written(t, most), most)
	for _, size := range []uint64{1, 2, 255, 256, 257, 511, 4097, 65535, 65536, 65537, most} {
		head := tlog.Tree{N: int64(size), Hash: mustRoot(t, tree, size)}
		reader := tlog.TileHashReader(head, tileReader{tree})
		for _, index := range []uint64{0, size / 2, size - 1} {
			p, err := tlog.ProveRecord(int64(size), int64(index), reader)
			if err != nil {
				t.Fatalf("size %d: %v", size, err)
			}
			if err := tlog.CheckRecord(p, int64(size), head.Hash, int64(index), testLeaf(index, 0)); err != nil {
				t.Fatalf("size %d leaf %d: %v", size, index, err)
			}
		}
	}
	if _, err := tree.ReadTile(2, 0, 1); err != nil {
		t.Errorf("tile/2/000.p/1: %v", err)
	}
	if _, err := tree.ReadTile(0, 257, 45); !errors.Is(err, ErrNotPublished) {
		t.Errorf("beyond the tree: %v", err)
	}
}

func TestTilePathsAreThoseOfC2SP(t *testing.T) {
	for _, c := range []struct {
		path  string
		level int
		n     uint64
		width int
	}{
		{"tile/0/000", 0, 0, 256}, {"tile/1/x001/x234/067", 1, 1234067, 256},
		{"tile/0/x001/000.p/3", 0, 1000, 3}, {"tile/entries/000.p/255", EntriesLevel, 0, 255},
	} {
		if got := TilePath(c.level, c.n, c.width); got != c.path {
			t.Errorf("TilePath = %s, want %s", got, c.path)
		}
	}
}

func FuzzParseBundle(f *testing.F) {
	seed, err := AppendBundle(nil, []byte("a"), nil, bytes.Repeat([]byte("b"), 300))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Fuzz(func(t *testing.T, b []byte) {
		entries, err := ParseBundle(b)
		if err != nil {
			return
		}
		if again, err := AppendBundle(nil, entries...); err != nil || !bytes.Equal(again, b) {
			t.Errorf("%x did not round-trip: %v", b, err)
		}
	})
}

func TestABundleRefusesWhatItsLengthCannotSay(t *testing.T) {
	if _, err := AppendBundle(nil, make([]byte, 65536)); err == nil {
		t.Error("65,536 bytes were bundled")
	}
	b, err := AppendBundle(nil, make([]byte, 65535))
	if err != nil || b[0] != 0xff || b[1] != 0xff {
		t.Errorf("65,535 bytes: %v", err)
	}
	if _, err := ParseBundle(b[:100]); err == nil {
		t.Error("a bundle cut short was accepted")
	}
}
