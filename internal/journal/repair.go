package journal

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/durable"
)

// SegmentOf returns the first and the last block that the segment of a block holds or,
// when it is damaged or missing, should hold: what to give to [Journal.Rewrite]. last is 0
// for the newest segment, whose end only the other copy knows.
func (j *Journal) SegmentOf(number uint64) (first, last uint64) {
	j.mu.RLock()
	defer j.mu.RUnlock()
	first = 1
	for i, s := range j.segments {
		if s.base > number {
			return first, s.base - 1
		}
		first = s.base
		// The file of the blocks after a segment's last one may be missing as a whole.
		if i < len(j.segments)-1 && j.whole(s) && s.after() <= number {
			first = s.after()
		}
	}
	return first, 0
}

// whole reports whether no damage was found inside s. mu is held.
func (j *Journal) whole(s *segment) bool {
	for _, d := range j.opened.Damage {
		if d.Segment == s.name() && d.Block >= s.base {
			return false
		}
	}
	return len(s.blocks) > 0
}

// Rewrite replaces, or supplies, the segment that holds blocks first to last by the bytes
// that source gives: a copy from the store that the caller has verified. The new file is
// complete and synced before it takes the name; the old one stays aside as .damaged-TIME.
// Blocks of the segment after last are no longer in the journal. Afterwards the journal is
// opened afresh: [Journal.Health] and [Reader.Opened] say whether more is damaged.
//
// When Rewrite fails the journal is as it was, or, after a crash between the two renames,
// lacks the segment; it can be repeated.
func (j *Journal) Rewrite(ctx context.Context, first, last uint64, source func(number uint64) (raw []byte, err error)) error {
	j.write.Lock()
	defer j.write.Unlock()
	j.sealers.Wait()
	name := segmentName(first)
	tmp := filepath.Join(j.dir, name+temporary)
	if err := j.writeSegment(ctx, tmp, first, last, source); err != nil {
		return errors.Join(fmt.Errorf("journal: rewriting %s: %w", name, err), ignoreMissing(j.fs.Remove(tmp)))
	}
	if err := j.swap(name, tmp); err != nil {
		return fmt.Errorf("journal: rewriting %s: %w", name, err)
	}
	return j.reload()
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// swap puts tmp in place of the segment.
func (j *Journal) swap(name, tmp string) error {
	if err := j.forget(name); err != nil {
		return err
	}
	j.closeActive()
	path := filepath.Join(j.dir, name)
	if err := ignoreMissing(j.fs.Rename(path, path+".damaged-"+j.stamp())); err != nil {
		return err
	}
	if err := j.fs.Rename(tmp, path); err != nil {
		return err
	}
	return j.fs.SyncDir(j.dir)
}

// writeSegment writes blocks first..last from source to a new file and syncs it.
func (j *Journal) writeSegment(ctx context.Context, tmp string, first, last uint64, source func(uint64) ([]byte, error)) (err error) {
	if first == 0 || last < first {
		return fmt.Errorf("no blocks from %d to %d", first, last)
	}
	f, err := j.fs.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, durable.FileMode)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	var at int64
	var entry uint64
	for n := first; n <= last; n++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		raw, err := source(n)
		if err != nil {
			return fmt.Errorf("block %d from the other copy: %w", n, err)
		}
		b, err := block.Parse(raw)
		if err != nil {
			return fmt.Errorf("block %d from the other copy: %w", n, err)
		}
		if b.Number != n || n > first && b.First != entry || n == 1 && b.First != 0 {
			return fmt.Errorf("block %d from the other copy is block %d from entry %d", n, b.Number, b.First)
		}
		if _, err := f.WriteAt(raw, at); err != nil {
			return err
		}
		at, entry = at+int64(len(raw)), b.Size
	}
	return f.Sync()
}

// TruncateAfter takes back every block after number, which the store never accepted: the
// newest block of a node that lost the fence. The bytes are kept aside as .cut-TIME; names
// lists those files, newest blocks first. It works from the end, so that a crash in between
// leaves a shorter journal without a gap.
func (j *Journal) TruncateAfter(number uint64) (names []string, err error) {
	return j.truncate(number, true)
}

// Discard drops every block after number, of which nobody was told: the store has certainly not
// stored them. Nothing is kept aside, so that it works on a full disk, too.
func (j *Journal) Discard(number uint64) error {
	_, err := j.truncate(number, false)
	return err
}

func (j *Journal) truncate(number uint64, keep bool) (names []string, err error) {
	j.write.Lock()
	defer j.write.Unlock()
	j.sealers.Wait()
	if d := j.damage(); d != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, d)
	}
	if j.dirty {
		if err := j.restoreTail(); err != nil {
			return nil, err
		}
	}
	j.closeActive()
	for i := len(j.segments) - 1; i >= 0 && j.segments[i].after() > number+1; i-- {
		name, err := j.takeBack(j.segments[i], number, keep)
		if err != nil {
			return names, errors.Join(fmt.Errorf("journal: taking back blocks after %d: %w", number, err), j.reload())
		}
		if keep {
			names = append(names, name)
		}
	}
	return names, j.reload()
}

// takeBack cuts the blocks after number off one segment, or removes it whole; kept is the file that has
// them.
func (j *Journal) takeBack(s *segment, number uint64, keep bool) (kept string, err error) {
	if err := j.forget(s.name()); err != nil {
		return "", err
	}
	kept = s.name() + ".cut-" + j.stamp()
	aside := filepath.Join(j.dir, kept)
	if s.base > number {
		if keep {
			err = j.fs.Rename(s.path, aside)
		} else {
			err = j.fs.Remove(s.path)
		}
		if err != nil {
			return "", err
		}
		return kept, j.fs.SyncDir(j.dir)
	}
	end := int64(s.blocks[number+1-s.base].offset)
	if keep {
		tail, err := j.readAt(s, number+1, end, s.end-end)
		if err != nil {
			return "", err
		}
		if err := durable.WriteFileIn(j.fs, aside, tail, durable.SealedMode); err != nil {
			return "", err
		}
	}
	if err := j.fs.Chmod(s.path, durable.FileMode); err != nil {
		return "", err
	}
	f, err := j.fs.OpenFile(s.path, os.O_RDWR, 0)
	if err != nil {
		return "", err
	}
	defer f.Close()
	return kept, errors.Join(f.Truncate(end), f.Sync())
}
