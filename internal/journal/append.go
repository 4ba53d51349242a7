package journal

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/durable"
)

// Append makes b durable as the next block: when it returns nil, b survives power loss of
// this machine. An error that wraps [ErrNotStored] is certain, now and after a restart; any
// other leaves it open whether b will be found after a restart. Append is idempotent for
// the last block: the same bytes again return nil.
func (j *Journal) Append(b *block.Block) error { return j.Begin(b)() }

// Begin begins an append: it writes b and lets the disk start with it. The function that it
// returns waits for the disk and has the outcome of [Journal.Append]; it must be called once,
// on any goroutine, and until then whatever else changes the journal waits. So the caller can
// see to the other copy meanwhile, and the disk has no idle moment even where the goroutine
// that waits is not run at once.
func (j *Journal) Begin(b *block.Block) (finish func() error) {
	j.write.Lock()
	done := func(err error) func() error {
		j.write.Unlock()
		return func() error { return err }
	}
	if err := j.mayAppend(b); err != nil {
		return done(fmt.Errorf("%w: block %d: %w", ErrNotStored, b.Number, err))
	}
	if b.Number == j.Head() && b.Number > 0 {
		return done(j.compareLast(b))
	}
	s, err := j.prepare(b)
	if err != nil {
		return done(fmt.Errorf("%w: block %d: %w", ErrNotStored, b.Number, err))
	}
	n, err := j.active.WriteAt(b.Bytes, s.end)
	if err != nil {
		return done(j.rollBack(b, n, err))
	}
	j.active.WriteBack(s.end, int64(len(b.Bytes)))
	return func() error {
		defer j.write.Unlock()
		if err := j.active.Datasync(); err != nil {
			return j.rollBack(b, n, err)
		}
		j.lastCRC = crc32.Checksum(b.Bytes, castagnoli)
		j.mu.Lock()
		defer j.mu.Unlock()
		s.blocks = append(s.blocks, blockPos{b.First, uint32(s.end), uint32(len(b.Bytes))})
		s.end += int64(len(b.Bytes))
		s.size = b.Size
		return nil
	}
}

// compareLast is the outcome of appending the last block once more.
func (j *Journal) compareLast(b *block.Block) error {
	raw, err := j.ReadBlock(b.Number)
	if err == nil && bytes.Equal(raw, b.Bytes) {
		return nil
	}
	return fmt.Errorf("%w: %w: block %d is already there with other bytes", ErrNotStored, ErrOutOfOrder, b.Number)
}

func (j *Journal) mayAppend(b *block.Block) error {
	head, entries := j.Head(), j.Entries()
	switch d := j.damage(); {
	case j.closed:
		return os.ErrClosed
	case d != nil:
		return fmt.Errorf("%w: %w", ErrDamaged, d)
	case len(b.Bytes) > MaxBlock:
		return fmt.Errorf("%d bytes, at most %d", len(b.Bytes), MaxBlock)
	case b.Number == head && head > 0:
		return nil
	case b.Number != head+1 || b.First != entries:
		return fmt.Errorf("%w: want block %d from entry %d, have block %d from entry %d", ErrOutOfOrder, head+1, entries, b.Number, b.First)
	}
	return nil
}

// rollBack takes back what a failed write of b left. n is how many bytes the system says
// it took.
func (j *Journal) rollBack(b *block.Block, n int, cause error) error {
	// The kernel may have dropped the dirty pages and marked them clean: this descriptor
	// and this page cache are no longer believed.
	j.dirty = true
	j.closeActive()
	stuck := j.setStuck(j.restoreTail())
	if stuck == nil || n < len(b.Bytes) {
		return fmt.Errorf("%w: block %d: %w", ErrNotStored, b.Number, cause)
	}
	return fmt.Errorf("journal: block %d: outcome unknown: %w; taking it back: %w", b.Number, cause, stuck)
}

// prepare returns the segment for b, with active open on it and nothing after its end.
func (j *Journal) prepare(b *block.Block) (*segment, error) {
	if j.dirty || j.active == nil {
		if err := j.setStuck(j.restoreTail()); err != nil {
			return nil, err
		}
	}
	s := j.newest()
	if s != nil && (s.end < j.opts.SegmentSize || len(s.blocks) == 0) {
		return s, nil
	}
	return j.begin(b)
}

// newest returns the newest segment, nil when there is none yet.
func (j *Journal) newest() *segment {
	if len(j.segments) == 0 {
		return nil
	}
	return j.segments[len(j.segments)-1]
}

// restoreTail opens the newest segment for writing and makes it end after its last block,
// on the disk. What a crash left is kept aside first.
func (j *Journal) restoreTail() error {
	s := j.newest()
	if s == nil {
		j.dirty = false
		return nil
	}
	if j.dirty && j.pending != nil {
		if err := j.keepTorn(s); err != nil {
			return err
		}
	}
	if err := j.unseal(s); err != nil {
		return err
	}
	f, err := j.fs.OpenFile(s.path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if j.dirty {
		if err := j.cut(f, s); err != nil {
			f.Close()
			return err
		}
		j.dirty = false
	}
	j.active = f
	return nil
}

// cut truncates f to the end of the last block, durably, and reads that block back.
func (j *Journal) cut(f File, s *segment) error {
	if err := f.Truncate(s.end); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if len(s.blocks) == 0 {
		return nil
	}
	p := s.blocks[len(s.blocks)-1]
	raw := make([]byte, p.length)
	if n, err := f.ReadAt(raw, int64(p.offset)); n < len(raw) || crc32.Checksum(raw, castagnoli) != j.lastCRC {
		d := &DamageError{s.name(), int64(p.offset), s.after() - 1, fmt.Sprintf("changed while its end was restored (%v)", err)}
		j.addDamage(d)
		return d
	}
	return nil
}

// keepTorn copies the torn tail to a file of its own.
func (j *Journal) keepTorn(s *segment) error {
	tail, err := j.readAt(s, s.after(), j.pending.Offset, j.pending.Bytes)
	if err != nil {
		return err
	}
	name := s.name() + ".torn-" + j.stamp()
	if err := durable.WriteFileIn(j.fs, filepath.Join(j.dir, name), tail, durable.SealedMode); err != nil {
		return err
	}
	j.mu.Lock()
	t := *j.pending
	t.Kept = name
	j.opened.Torn = &t
	j.mu.Unlock()
	j.pending = nil
	return nil
}

// begin starts the segment whose first block is b and hands the one before to a sealer.
func (j *Journal) begin(b *block.Block) (*segment, error) {
	s := &segment{base: b.Number, path: filepath.Join(j.dir, segmentName(b.Number))}
	s.size = b.First
	// An empty file of this name may be left from an attempt that failed half way.
	f, err := j.fs.OpenFile(s.path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, durable.FileMode)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(f.Sync(), j.fs.SyncDir(j.dir)); err != nil {
		f.Close()
		_ = j.fs.Remove(s.path) // an empty newest segment does no harm either
		return nil, err
	}
	before := j.newest()
	j.closeActive()
	j.active = f
	j.mu.Lock()
	j.segments = append(j.segments[:len(j.segments):len(j.segments)], s)
	j.mu.Unlock()
	if before != nil {
		j.sealLater(before)
	}
	return s, nil
}

// rememberTail checks the last block of the newest segment in full and remembers its sum.
func (j *Journal) rememberTail() error {
	s := j.newest()
	if s == nil || len(s.blocks) == 0 {
		return nil
	}
	raw, err := j.ReadBlock(s.after() - 1)
	if err == nil {
		_, err = block.Parse(raw)
	}
	if err != nil {
		p := s.blocks[len(s.blocks)-1]
		j.addDamage(&DamageError{s.name(), int64(p.offset), s.after() - 1, err.Error()})
		return err
	}
	j.lastCRC = crc32.Checksum(raw, castagnoli)
	return nil
}

func (j *Journal) addDamage(d *DamageError) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.opened.Damage = append(j.opened.Damage[:len(j.opened.Damage):len(j.opened.Damage)], d)
}
