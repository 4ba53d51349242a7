package journal_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/journal"
)

// faultFS is the operating system with failures: fail is asked before each operation and
// may return an error; a write has then taken the first short bytes.
type faultFS struct {
	journal.OS
	mu    sync.Mutex
	fail  func(op, name string) error
	short int
}

func (f *faultFS) set(fail func(op, name string) error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fail = fail
}

func (f *faultFS) check(op, name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fail == nil {
		return nil
	}
	return f.fail(op, filepath.Base(name))
}

func (f *faultFS) OpenFile(name string, flag int, perm fs.FileMode) (journal.File, error) {
	op := "open"
	if flag != 0 {
		op = "open-write"
	}
	if err := f.check(op, name); err != nil {
		return nil, err
	}
	file, err := f.OS.OpenFile(name, flag, perm)
	if err != nil {
		return nil, err
	}
	return &faultFile{file, f, name}, nil
}

func (f *faultFS) Rename(from, to string) error {
	if err := f.check("rename", to); err != nil {
		return err
	}
	return f.OS.Rename(from, to)
}

func (f *faultFS) SyncDir(dir string) error {
	if err := f.check("syncdir", dir); err != nil {
		return err
	}
	return f.OS.SyncDir(dir)
}

type faultFile struct {
	journal.File
	fs   *faultFS
	name string
}

func (f *faultFile) WriteAt(b []byte, off int64) (int, error) {
	if err := f.fs.check("write", f.name); err != nil {
		n, _ := f.File.WriteAt(b[:min(f.fs.short, len(b))], off)
		return n, err
	}
	return f.File.WriteAt(b, off)
}

func (f *faultFile) Truncate(size int64) error {
	if err := f.fs.check("truncate", f.name); err != nil {
		return err
	}
	return f.File.Truncate(size)
}

func (f *faultFile) Sync() error {
	if err := f.fs.check("sync", f.name); err != nil {
		return err
	}
	return f.File.Sync()
}

func (f *faultFile) Datasync() error {
	if err := f.fs.check("datasync", f.name); err != nil {
		return err
	}
	return f.File.Datasync()
}

// on fails the given operations on segment files; an operation may name "op file-suffix".
func on(err error, ops ...string) func(op, name string) error {
	return func(op, name string) error {
		for _, want := range ops {
			kind, suffix, _ := strings.Cut(want, " ")
			if op == kind && strings.HasSuffix(name, suffix) {
				return err
			}
		}
		return nil
	}
}

// Each row fails the append of block 4 at some step. Whatever the step: blocks 1 to 3 stay
// readable, the append says truthfully whether the block is certainly not stored, and when
// the fault is gone the journal goes on, in this process and in the next.
func TestAFailedAppendLeavesTheJournalWhole(t *testing.T) {
	full, bad := syscall.ENOSPC, syscall.EIO
	for _, c := range []struct {
		name    string
		fail    func(op, name string) error
		short   int // bytes a failing write takes; -1: all but one
		rotate  bool
		certain bool
		stuck   bool
	}{
		{name: "disk full, nothing written", fail: on(full, "write"), certain: true},
		{name: "disk full, half written", fail: on(full, "write"), short: 50, certain: true},
		{name: "disk full, all but the line feed written", fail: on(full, "write"), short: -1, certain: true},
		{name: "half written, cannot be cut", fail: on(full, "write", "truncate"), short: 50, certain: true, stuck: true},
		{name: "sync fails, the bytes stay in the file", fail: on(bad, "datasync"), certain: true},
		{name: "sync fails, cut cannot be synced", fail: on(bad, "datasync", "sync"), stuck: true},
		{name: "sync fails, cannot be cut", fail: on(bad, "datasync", "truncate"), stuck: true},
		{name: "sync fails, cannot be reopened", fail: on(bad, "datasync", "open-write"), stuck: true},
		{name: "no room for a new segment", fail: on(full, "open-write"), rotate: true, certain: true},
		{name: "the new segment cannot be synced", fail: on(bad, "sync .ndjson"), rotate: true, certain: true},
		{name: "the directory cannot be synced", fail: on(bad, "syncdir"), rotate: true, certain: true},
		{name: "first block of a new segment half written", fail: on(full, "write .ndjson"), rotate: true, short: 50, certain: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, blocks, fsys := t.TempDir(), chain(3, 1, 2, 4, 2), &faultFS{}
			opts := journal.Options{FS: fsys}
			if c.rotate {
				opts.SegmentSize = int64(len(concat(blocks[:3])))
			}
			j := open(t, dir, opts)
			appendAll(t, j, blocks[:3])
			if fsys.short = c.short; c.short < 0 {
				fsys.short = len(blocks[3].Bytes) - 1
			}
			fsys.set(c.fail)
			err := j.Append(blocks[3])
			if err == nil || errors.Is(err, journal.ErrNotStored) != c.certain {
				t.Fatalf("append: %v; certainly not stored: want %v", err, c.certain)
			}
			holds(t, j, blocks[:3])
			if got := j.Health() != nil; got != c.stuck {
				t.Errorf("health: %v", j.Health())
			}
			if c.certain {
				notAfterRestart(t, dir, blocks[3])
			}
			if err := j.Append(blocks[3]); err == nil {
				t.Fatal("append succeeds while the fault lasts")
			}
			fsys.set(nil)
			appendAll(t, j, blocks[3:])
			holds(t, j, blocks)
			if err := j.Health(); err != nil {
				t.Errorf("health after recovery: %v", err)
			}
			j.Close()
			holds(t, open(t, dir, journal.Options{}), blocks)
		})
	}
}

// notAfterRestart checks on a copy of the directory that the block is not found.
func notAfterRestart(t *testing.T, dir string, b *block.Block) {
	t.Helper()
	copied := t.TempDir()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		raw, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if errors.Is(err, fs.ErrNotExist) { // the sealer, in the background, gave it its name
			continue
		}
		if err := errors.Join(err, os.WriteFile(filepath.Join(copied, f.Name()), raw, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	r, err := journal.OpenReader(copied)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if r.Head() >= b.Number {
		t.Fatalf("block %d is there after a restart", b.Number)
	}
}

// A sync that fails may have dropped pages: what was acked before is read back and
// compared before anything is written behind it.
func TestAfterAFailedSyncTheLastBlockIsReadBack(t *testing.T) {
	dir, blocks, fsys := t.TempDir(), chain(3, 1, 2), &faultFS{}
	j := open(t, dir, journal.Options{FS: fsys})
	appendAll(t, j, blocks[:2])
	segment := segments(t, dir)[0]
	fsys.set(func(op, _ string) error {
		if op == "datasync" {
			flip(t, segment, int64(len(blocks[0].Bytes)+20))
			return syscall.EIO
		}
		return nil
	})
	if err := j.Append(blocks[2]); err == nil {
		t.Fatal("acked")
	}
	fsys.set(nil)
	if err := j.Append(blocks[2]); !errors.Is(err, journal.ErrDamaged) {
		t.Fatalf("append after an acked block changed: %v", err)
	}
}

func TestATornTailOnAReadOnlyDiskIsCutWhenItIsWritable(t *testing.T) {
	dir, blocks, fsys := t.TempDir(), chain(3, 1, 2), &faultFS{}
	os.WriteFile(filepath.Join(dir, "00000000000000000001.ndjson"), concat(blocks)[:len(concat(blocks))-7], 0o644)
	fsys.set(on(syscall.EROFS, "open-write", "rename", "truncate"))
	j := open(t, dir, journal.Options{FS: fsys})
	holds(t, j, blocks[:2])
	if err := j.Append(blocks[2]); !errors.Is(err, journal.ErrNotStored) || !errors.Is(err, syscall.EROFS) {
		t.Fatalf("append: %v", err)
	}
	if torn := j.Opened().Torn; torn == nil || torn.Kept != "" {
		t.Errorf("torn = %+v, want uncut", torn)
	}
	fsys.set(nil)
	appendAll(t, j, blocks[2:])
	holds(t, j, blocks)
	if torn := j.Opened().Torn; torn == nil || torn.Kept == "" {
		t.Errorf("torn = %+v, want kept", torn)
	}
}

// Sealing is not on the way of an append: when it fails, appends go on, health says so,
// and the next start makes up for it.
func TestASegmentThatCannotBeSealedIsSealedAtTheNextStart(t *testing.T) {
	dir, blocks, fsys := t.TempDir(), chain(3, 1, 2), &faultFS{}
	j := open(t, dir, journal.Options{FS: fsys, SegmentSize: 1})
	fsys.set(on(syscall.ENOSPC, "open-write .tmp"))
	appendAll(t, j, blocks)
	if err := j.Close(); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("close: %v", err)
	}
	fsys.set(nil)
	open(t, dir, journal.Options{FS: fsys, SegmentSize: 1}).Close()
	if out, err := sha256sum(dir); err != nil {
		t.Fatalf("sha256sum -c: %v %s", err, out)
	}
}
