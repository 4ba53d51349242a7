package journal

import (
	"bytes"
	"context"
	"fmt"
	"sort"
	"sync"
)

const (
	// smallBlock is read and searched whole; the places of the lines of a larger one are
	// kept after the first visit.
	smallBlock = 16 << 10
	// maxCachedLines bounds that memory: 4 bytes a line.
	maxCachedLines = 16 << 20
)

// blockKey names a block as one load of the directory saw it, so that lines of a block that
// was since taken back are never looked up for the one that has its number now.
type blockKey struct {
	seg    *segment
	number uint64
}

// lineCache keeps where the lines of large blocks end, made at the first visit.
type lineCache struct {
	mu    sync.RWMutex
	ends  map[blockKey][]uint32 // mu; offset after each entry's line feed
	count int                   // mu; lines kept
}

func (c *lineCache) get(key blockKey) []uint32 {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.ends[key]
}

// put forgets everything when the bound is reached: what is in use soon comes back.
func (c *lineCache) put(key blockKey, ends []uint32) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ends == nil || c.count+len(ends) > maxCachedLines {
		c.ends, c.count = map[blockKey][]uint32{}, 0
	}
	if _, ok := c.ends[key]; !ok {
		c.ends[key] = ends
		c.count += len(ends)
	}
}

func (c *lineCache) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ends, c.count = nil, 0
}

// BlockOf returns the number of the block that holds the entry with this ledger index.
func (r *Reader) BlockOf(index uint64) (uint64, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	i := len(r.segments) - 1 // from the end: what is new is asked for most
	for i >= 0 && (len(r.segments[i].blocks) == 0 || r.segments[i].blocks[0].first > index) {
		i--
	}
	if i < 0 || index >= r.segments[i].size {
		return 0, fmt.Errorf("journal: there is no entry %d", index)
	}
	s := r.segments[i]
	k := sort.Search(len(s.blocks), func(k int) bool { return s.blocks[k].first > index }) - 1
	return s.base + uint64(k), nil
}

// Entry returns the bytes of the entry with this ledger index, without the line feed. The
// caller owns them.
func (r *Reader) Entry(index uint64) ([]byte, error) {
	number, err := r.BlockOf(index)
	if err != nil {
		return nil, err
	}
	sp, err := r.find(number, number)
	if err != nil {
		return nil, err
	}
	p := sp.blocks[0]
	n := int(index - p.first)
	from, length := int64(p.offset), int64(p.length)
	if p.length > smallBlock {
		ends := r.lines.get(blockKey{sp.seg, number})
		if ends == nil {
			if ends, err = r.lineEnds(sp); err != nil {
				return nil, err
			}
		}
		if n >= len(ends) {
			return nil, &DamageError{sp.seg.name(), from, number, "it has too few lines"}
		}
		start := uint32(0)
		if n > 0 {
			start = ends[n-1]
		}
		from, length, n = from+int64(start), int64(ends[n]-start), 0
	}
	raw, err := r.readAt(sp.seg, number, from, length)
	if err != nil {
		return nil, err
	}
	for ; n > 0; n-- {
		_, raw, _ = bytes.Cut(raw, []byte{'\n'})
	}
	line, _, _ := bytes.Cut(raw, []byte{'\n'})
	if got, ok := entryIndex(line); !ok || got != index {
		return nil, &DamageError{sp.seg.name(), from, number, fmt.Sprintf("entry %d is not where it should be", index)}
	}
	return line[:len(line):len(line)], nil
}

// lineEnds reads the one block of sp and remembers where its entries end.
func (r *Reader) lineEnds(sp span) ([]uint32, error) {
	var ends []uint32
	_, err := r.readChunk(sp, &chunks{}, func(number uint64, raw []byte) error {
		for at := 0; ; {
			nl := bytes.IndexByte(raw[at:], '\n')
			if nl < 0 {
				break
			}
			at += nl + 1
			ends = append(ends, uint32(at))
		}
		ends = ends[: len(ends)-1 : len(ends)-1] // the closing line is no entry
		r.lines.put(blockKey{sp.seg, number}, ends)
		return nil
	})
	return ends, err
}

// ReadEntries calls fn with the bytes of each entry from..to, both included, by ledger
// index, in order and complete. fn may keep line; see [Reader.Read].
func (r *Reader) ReadEntries(ctx context.Context, from, to uint64, fn func(index uint64, line []byte) error) error {
	if from > to {
		return nil
	}
	first, err := r.BlockOf(from)
	if err != nil {
		return err
	}
	last, err := r.BlockOf(to)
	if err != nil {
		return err
	}
	index := from
	return r.Read(ctx, first, last, func(number uint64, raw []byte) error {
		for index <= to {
			line, rest, _ := bytes.Cut(raw, []byte{'\n'})
			got, ok := entryIndex(line)
			switch {
			case len(rest) == 0: // the closing line
				return nil
			case !ok || got > index:
				return &DamageError{Block: number, Reason: fmt.Sprintf("entry %d is not where it should be", index)}
			case got == index:
				if err := fn(index, line[:len(line):len(line)]); err != nil {
					return err
				}
				index++
			}
			raw = rest
		}
		return nil
	})
}
