package embedded_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/store/embedded"
	"github.com/anjian-ledger/anjian/internal/store/embedded/msgfile"
	"github.com/anjian-ledger/anjian/internal/store/jetstream"
	"github.com/anjian-ledger/anjian/test/storetest"
)

func TestAStoreThatMustExistIsNeverMade(t *testing.T) {
	empty, absent := t.TempDir(), filepath.Join(t.TempDir(), "absent")
	for _, dir := range []string{empty, absent} {
		if _, err := embedded.Open(t.Context(), embedded.Config{Dir: dir, MustExist: true}); !errors.Is(err, jetstream.ErrMissing) {
			t.Errorf("open gives %v, want ErrMissing", err)
		}
	}
	if _, err := os.Stat(absent); !os.IsNotExist(err) {
		t.Error("the directory was made")
	}
	if _, err := os.Stat(msgfile.StreamDir(empty)); !os.IsNotExist(err) {
		t.Error("a stream was made")
	}
}

func TestLostFilesAreDamageNotANewStore(t *testing.T) {
	stream := filepath.Join("jetstream", "$G", "streams", msgfile.Stream)
	for _, lost := range []string{"manifest", "jetstream", stream, stream + "/meta.inf", stream + "/meta.sum", stream + "/msgs", stream +
		"/msgs/1.blk"} {
		t.Run(filepath.Base(lost), func(t *testing.T) {
			dir := t.TempDir()
			s := open(t, dir)
			storetest.MustAppend(t, s, storetest.Chain(3, "lost")...)
			shut(t, s)
			if err := os.RemoveAll(filepath.Join(dir, lost)); err != nil {
				t.Fatal(err)
			}
			var damaged *embedded.DamagedFilesError
			if _, err := embedded.Open(t.Context(), embedded.Config{Dir: dir}); !errors.As(err, &damaged) {
				t.Errorf("open gives %v, want damaged files", err)
			}
		})
	}
}

func TestOneDirectoryHasOneStore(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	if _, err := embedded.Open(t.Context(), embedded.Config{Dir: dir}); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("a second open gives %v", err)
	}
	if _, err := embedded.SetAside(dir); err == nil {
		t.Error("an open store was set aside")
	}
	shut(t, s)
	shut(t, open(t, dir))
}

func TestADamagedStoreIsSetAsideAndRebuilt(t *testing.T) {
	parent := t.TempDir()
	dir := filepath.Join(parent, "store")
	blocks := storetest.Chain(5, "rebuild")
	s := open(t, dir)
	storetest.MustAppend(t, s, blocks...)
	shut(t, s)
	aside, err := embedded.SetAside(dir)
	if err != nil || !strings.HasPrefix(aside, dir+".damaged-") {
		t.Fatalf("set aside to %q, %v", aside, err)
	}
	if report, err := msgfile.Scan(aside, nil); err != nil || report.Records != 5 {
		t.Errorf("what was set aside reads as %+v, %v", report, err)
	}
	s = open(t, dir)
	storetest.WantHead(t, s, 0)
	storetest.MustAppend(t, s, blocks...)
	shut(t, s)
}

func TestAnUncleanStopWithATornRecordKeepsWhatWasBeforeIt(t *testing.T) {
	dir := t.TempDir()
	blocks := storetest.Chain(5, "torn")
	s := open(t, dir)
	storetest.MustAppend(t, s, blocks...)
	shut(t, s)
	makeUnclean(t, dir)
	path := filepath.Join(msgfile.StreamDir(dir), "msgs", "1.blk")
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, info.Size()-100); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir)
	storetest.WantBlocks(t, s, blocks[:4])
	storetest.MustAppend(t, s, blocks[4])
	storetest.WantBlocks(t, s, blocks)
	shut(t, s)
}

// TestALastRecordWithAHoleIsCutOffOnlyWhereTheOtherCopyKnows: size on the disk, pages not.
func TestALastRecordWithAHoleIsCutOffOnlyWhereTheOtherCopyKnows(t *testing.T) {
	dir := t.TempDir()
	var blocks []*block.Block
	var prev *block.Block
	for range 3 {
		prev = storetest.Sized(prev, 20_000)
		blocks = append(blocks, prev)
	}
	s := open(t, dir)
	storetest.MustAppend(t, s, blocks...)
	shut(t, s)
	makeUnclean(t, dir)
	path := filepath.Join(msgfile.StreamDir(dir), "msgs", "1.blk")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	page := len(b)/4096*4096 - 4096
	clear(b[page : page+4096])
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	var damaged *embedded.DamagedFilesError
	no := func(uint64) bool { return false }
	for _, mayCut := range []func(uint64) bool{nil, no} {
		if _, err := embedded.Open(t.Context(), embedded.Config{Dir: dir, MayCut: mayCut}); !errors.As(err, &damaged) {
			t.Errorf("open gives %v, want damaged files", err)
		}
		if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, b) {
			t.Error("the damaged file was changed")
		}
	}
	var asked uint64
	s, err = embedded.Open(t.Context(), embedded.Config{Dir: dir, MayCut: func(n uint64) bool { asked = n; return true }})
	if err != nil || asked != 3 {
		t.Fatalf("asked about block %d: %v", asked, err)
	}
	storetest.WantBlocks(t, s, blocks[:2])
	storetest.MustAppend(t, s, blocks[2])
	storetest.WantBlocks(t, s, blocks)
	shut(t, s)
}

// TestAStreamWhoseMakingWasInterruptedIsMadeAnew: any part of it may have reached the disk.
func TestAStreamWhoseMakingWasInterruptedIsMadeAnew(t *testing.T) {
	stream := filepath.Join("jetstream", "$G", "streams", msgfile.Stream)
	for name, gone := range map[string][]string{
		"before meta.sum": {"manifest", "clean", stream + "/meta.sum"},
		"before meta.inf": {"manifest", "clean", stream + "/meta.sum", stream + "/meta.inf"},
		"before msgs":     {"manifest", "clean", stream + "/meta.sum", stream + "/meta.inf", stream + "/msgs"},
		"names forgotten": {"manifest", "clean", stream + "/msgs"},
		"before manifest": {"manifest", "clean"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			shut(t, open(t, dir))
			for _, path := range gone {
				if err := os.RemoveAll(filepath.Join(dir, path)); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := embedded.Open(t.Context(), embedded.Config{Dir: dir, MustExist: true}); !errors.Is(err, jetstream.ErrMissing) {
				t.Errorf("one that must exist: %v", err)
			}
			s := open(t, dir)
			blocks := storetest.Chain(3, "anew")
			storetest.MustAppend(t, s, blocks...)
			shut(t, s)
			s = open(t, dir)
			storetest.WantBlocks(t, s, blocks)
			shut(t, s)
		})
	}
}

// A copy of a running store's files is what a kill -9 leaves.
func TestEveryAcknowledgedBlockIsThereAfterAKill(t *testing.T) {
	running := t.TempDir()
	s := open(t, running)
	defer shut(t, s)
	blocks := storetest.Chain(20, "killed")
	for i, b := range blocks {
		storetest.MustAppend(t, s, b)
		if i%5 != 4 {
			continue
		}
		image := filepath.Join(t.TempDir(), "image")
		if err := os.CopyFS(image, os.DirFS(running)); err != nil {
			t.Fatal(err)
		}
		after := open(t, image)
		storetest.WantBlocks(t, after, blocks[:i+1])
		shut(t, after)
	}
}

func TestASecondKillAfterARestartLosesNothing(t *testing.T) {
	first, second := t.TempDir(), filepath.Join(t.TempDir(), "second")
	blocks := storetest.Chain(6, "twice")
	s := open(t, first)
	storetest.MustAppend(t, s, blocks[:3]...)
	shut(t, s)
	makeUnclean(t, first)
	s = open(t, first)
	defer shut(t, s)
	storetest.MustAppend(t, s, blocks[3:]...)
	if err := os.CopyFS(second, os.DirFS(first)); err != nil {
		t.Fatal(err)
	}
	again := open(t, second)
	storetest.WantBlocks(t, again, blocks)
	shut(t, again)
}
