package journal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"sync"

	"github.com/anjian-ledger/anjian/internal/durable"
)

const (
	extension      = ".ndjson"
	indexExtension = ".idx"
	temporary      = durable.Temporary
	sums           = "SHA256SUMS"
)

// table says where the blocks of a segment are.
type table struct {
	blocks []blockPos // appended to, never changed in place
	end    int64      // offset after the last block
	size   uint64     // tree size after the last block
}

// segment is one file.
type segment struct {
	base    uint64 // number of its first block
	path    string
	indexed bool // its index file is good

	// Reader.mu
	table
	file File // for reading, opened at first use
}

func (s *segment) name() string { return filepath.Base(s.path) }

// after is the number of the block after its last one.
func (s *segment) after() uint64 { return s.base + uint64(len(s.blocks)) }

// Reader reads a journal and changes nothing in its directory. It may be used by many
// goroutines at once, also on a directory that a server is appending to; it sees what was
// there when it was opened, and a Journal's own Reader sees every append that returned.
type Reader struct {
	dir    string
	fs     FS
	opened Opened // set by load

	mu       sync.RWMutex
	segments []*segment // mu; ascending
	retired  []File     // mu; of files that were replaced while readers may hold them
	lines    lineCache
}

// OpenReader opens the journal in dir for reading only. Index files are used when they are
// there and good, and not needed: a verifier that trusts nothing uses [Walk]. A torn tail
// is reported in [Reader.Opened] and left alone. Damage is returned as by [Open].
func OpenReader(dir string) (*Reader, error) {
	r := newReader(dir, OS{})
	if err := r.load(); err != nil {
		return nil, err
	}
	if d := r.damage(); d != nil {
		return r, d
	}
	return r, nil
}

func newReader(dir string, fsys FS) *Reader { return &Reader{dir: dir, fs: fsys} }

// Opened tells what opening found.
func (r *Reader) Opened() Opened {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.opened
}

func (r *Reader) damage() *DamageError {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if len(r.opened.Damage) == 0 {
		return nil
	}
	return r.opened.Damage[0]
}

// Head returns the number of the last block, 0 when there is none.
func (r *Reader) Head() uint64 {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.head()
}

func (r *Reader) head() uint64 {
	for i := len(r.segments) - 1; i >= 0; i-- {
		if s := r.segments[i]; len(s.blocks) > 0 {
			return s.after() - 1
		}
	}
	return 0
}

// Entries returns the number of entries: the tree size after the last block.
func (r *Reader) Entries() uint64 {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for i := len(r.segments) - 1; i >= 0; i-- {
		if s := r.segments[i]; len(s.blocks) > 0 {
			return s.size
		}
	}
	return 0
}

// Close releases the files. Reads that run meanwhile may fail.
func (r *Reader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var errs []error
	for _, s := range r.segments {
		if s.file != nil {
			errs = append(errs, s.file.Close())
			s.file = nil
		}
	}
	for _, f := range r.retired {
		errs = append(errs, f.Close())
	}
	r.retired = nil
	return errors.Join(errs...)
}

// span is a run of blocks that lie one after another in one file.
type span struct {
	seg    *segment
	number uint64 // of blocks[0]
	blocks []blockPos
}

// find returns the blocks from..to that the segment of from holds.
func (r *Reader) find(from, to uint64) (span, error) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	i := sort.Search(len(r.segments), func(i int) bool { return r.segments[i].base > from }) - 1
	if i < 0 || from == 0 {
		return span{}, r.missing(from, "there is no such block")
	}
	s := r.segments[i]
	if from >= s.after() {
		return span{}, r.missing(from, "not in this segment")
	}
	end := min(to+1, s.after())
	return span{s, from, s.blocks[from-s.base : end-s.base]}, nil
}

// missing explains why a block cannot be delivered, by the damage found when opening if
// that is why. mu is held.
func (r *Reader) missing(number uint64, reason string) *DamageError {
	d := &DamageError{Block: number, Reason: reason}
	if number > r.head() {
		d.Reason = fmt.Sprintf("the last block is %d", r.head())
	}
	for _, k := range r.opened.Damage {
		if k.Block <= number {
			d.Segment, d.Offset, d.Reason = k.Segment, k.Offset, k.Reason
		}
	}
	return d
}

// Read calls fn with each block from..to, both included, in order and complete: it ends
// with nil only after block to. A block that is missing, unreadable or not the block it
// should be gives a *[DamageError]. The bytes are as stored; the caller parses and verifies
// them. fn may keep raw, which can share memory with blocks of up to a mebibyte around it.
func (r *Reader) Read(ctx context.Context, from, to uint64, fn func(number uint64, raw []byte) error) error {
	return r.read(ctx, from, to, &chunks{}, fn)
}

// ReadOnce is [Reader.Read] for who does not keep the blocks: done returns the last one that nobody needs any more, and may be called at
// any time. The memory of blocks up to that one is used again.
func (r *Reader) ReadOnce(ctx context.Context, from, to uint64, done func() uint64, fn func(number uint64, raw []byte) error) error {
	return r.read(ctx, from, to, &chunks{done: done}, fn)
}

// chunks is the memory that blocks were read into.
type chunks struct {
	done func() uint64 // nil: it is not used again
	used []chunk
}

type chunk struct {
	buf  []byte
	last uint64 // the last block in it
}

// room returns n bytes for blocks up to last.
func (c *chunks) room(n int64, last uint64) []byte {
	if c.done == nil {
		return make([]byte, n)
	}
	var buf []byte
	if len(c.used) > 0 && c.used[0].last <= c.done() {
		buf, c.used = c.used[0].buf, c.used[1:]
	}
	if int64(cap(buf)) < n {
		buf = make([]byte, max(n, readChunk))
	}
	c.used = append(c.used, chunk{buf, last})
	return buf[:n]
}

func (r *Reader) read(ctx context.Context, from, to uint64, c *chunks, fn func(number uint64, raw []byte) error) error {
	for from <= to {
		sp, err := r.find(from, to)
		if err != nil {
			return err
		}
		for len(sp.blocks) > 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			n, err := r.readChunk(sp, c, fn)
			if err != nil {
				return err
			}
			sp.number, sp.blocks = sp.number+uint64(n), sp.blocks[n:]
		}
		from = sp.number
	}
	return nil
}

// readChunk reads as many blocks of sp as one read should bring, at least one.
func (r *Reader) readChunk(sp span, c *chunks, fn func(number uint64, raw []byte) error) (n int, err error) {
	start, size := int64(sp.blocks[0].offset), int64(0)
	for n < len(sp.blocks) && (n == 0 || size+int64(sp.blocks[n].length) <= readChunk) {
		size += int64(sp.blocks[n].length)
		n++
	}
	buf := c.room(size, sp.number+uint64(n)-1)
	if err := r.fill(buf, sp.seg, sp.number, start); err != nil {
		return 0, err
	}
	for i, p := range sp.blocks[:n] {
		number := sp.number + uint64(i)
		raw := buf[:p.length:p.length]
		buf = buf[p.length:]
		if err := endsAs(raw, number, p.first); err != nil {
			return 0, &DamageError{sp.seg.name(), int64(p.offset), number, err.Error()}
		}
		if err := fn(number, raw); err != nil {
			return 0, err
		}
	}
	return n, nil
}

// endsAs checks that raw ends with the closing line of the block it should be.
func endsAs(raw []byte, number, first uint64) error {
	if len(raw) == 0 || raw[len(raw)-1] != '\n' {
		return errors.New("the block does not end where it should")
	}
	line := raw[bytes.LastIndexByte(raw[:len(raw)-1], '\n')+1 : len(raw)-1]
	if c, ok := parseClosing(line); !ok || c.number != number || c.first != first {
		return errors.New("its closing line is not that of the block")
	}
	return nil
}

// readAt reads n bytes at offset of a segment; number is the block they belong to.
func (r *Reader) readAt(s *segment, number uint64, offset, n int64) ([]byte, error) {
	buf := make([]byte, n)
	if err := r.fill(buf, s, number, offset); err != nil {
		return nil, err
	}
	return buf, nil
}

// fill is readAt into buf.
func (r *Reader) fill(buf []byte, s *segment, number uint64, offset int64) error {
	f, err := r.handle(s)
	if err != nil {
		return &DamageError{s.name(), offset, number, err.Error()}
	}
	if m, err := f.ReadAt(buf, offset); m < len(buf) {
		return &DamageError{s.name(), offset, number, fmt.Sprintf("%d of %d bytes: %v", m, len(buf), err)}
	}
	return nil
}

// handle returns the segment's descriptor for reading. One stays open per segment: a
// ledger of ten million entries has about fifty.
func (r *Reader) handle(s *segment) (File, error) {
	r.mu.RLock()
	f := s.file
	r.mu.RUnlock()
	if f != nil {
		return f, nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if s.file == nil {
		f, err := r.fs.OpenFile(s.path, os.O_RDONLY, 0)
		if err != nil {
			return nil, err
		}
		s.file = f
	}
	return s.file, nil
}

// ReadBlock returns the bytes of one block, as [Reader.Read] does.
func (r *Reader) ReadBlock(number uint64) (raw []byte, err error) {
	err = r.Read(context.Background(), number, number, func(_ uint64, b []byte) error {
		raw = b
		return nil
	})
	return raw, err
}

// load reads the directory: which segments there are, and where their blocks begin. Its
// error says that the directory cannot be read; what is wrong inside is in opened.
func (r *Reader) load() error {
	names, err := r.segmentNames()
	if err != nil {
		return err
	}
	var o Opened
	next := cursor{block: 1, known: true}
	segments := make([]*segment, 0, len(names))
	for i, name := range names {
		s := &segment{base: segmentBase(name), path: filepath.Join(r.dir, name)}
		if s.base != next.block && !o.damagedFrom(next.block) {
			reason := fmt.Sprintf("the segment begins with block %d, want %d", s.base, next.block)
			o.Damage = append(o.Damage, &DamageError{Segment: name, Block: min(next.block, s.base), Reason: reason})
		}
		next.known = next.known && s.base == next.block
		next.block = s.base
		next = r.loadSegment(s, next, i == len(names)-1, &o)
		segments = append(segments, s)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.segments {
		if s.file != nil {
			r.retired = append(r.retired, s.file)
		}
	}
	r.segments, r.opened = segments, o
	r.opened.Blocks = r.head()
	r.lines.clear()
	return nil
}

// damagedFrom reports whether damage at this very block is already noted: a gap after a
// segment that could not be read to its end is not a second fault.
func (o *Opened) damagedFrom(number uint64) bool {
	return len(o.Damage) > 0 && o.Damage[len(o.Damage)-1].Block == number
}

func (r *Reader) segmentNames() ([]string, error) {
	list, err := r.fs.ReadDir(r.dir)
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	var names []string
	for _, e := range list {
		if base, ok := strings.CutSuffix(e.Name(), extension); ok && len(base) == 20 && strings.Trim(base, "0123456789") == "" {
			names = append(names, e.Name())
		}
	}
	return names, nil // ReadDir sorts, and names have a fixed width
}

func segmentName(base uint64) string { return fmt.Sprintf("%020d%s", base, extension) }

// segmentBase is 0, which no segment begins with, for a number out of range.
func segmentBase(name string) uint64 {
	base, err := strconv.ParseUint(strings.TrimSuffix(name, extension), 10, 64)
	if err != nil {
		return 0
	}
	return base
}

// loadSegment fills s.table from its index or its bytes and returns what must follow.
func (r *Reader) loadSegment(s *segment, next cursor, newest bool, o *Opened) cursor {
	f, err := r.fs.OpenFile(s.path, os.O_RDONLY, 0)
	if err != nil {
		o.Damage = append(o.Damage, &DamageError{Segment: s.name(), Block: next.block, Reason: err.Error()})
		return cursor{block: next.block}
	}
	s.file = f
	size, err := f.Size()
	if err != nil {
		o.Damage = append(o.Damage, &DamageError{Segment: s.name(), Block: next.block, Reason: err.Error()})
		return cursor{block: next.block}
	}
	if !newest {
		if t, ok := r.loadIndex(s, size, next); ok {
			s.table, s.indexed = t, true
			return cursor{block: s.after(), entry: t.size, known: true}
		}
		o.Indexed = append(o.Indexed, s.name())
	}
	next, err = s.scan(f, size, next)
	switch {
	case err == nil && (newest || len(s.blocks) > 0):
		return next
	case err == nil:
		err = errors.New("an empty segment has another after it")
	case newest:
		if t := tornAt(f, s, size, next); t != nil {
			o.Torn = t
			return next
		}
	}
	o.Damage = append(o.Damage, &DamageError{s.name(), s.end, next.block, err.Error()})
	return cursor{block: next.block}
}

// scan fills s.table from the bytes of f up to the first fault.
func (s *segment) scan(f File, size int64, next cursor) (cursor, error) {
	sc := newScanner(f, size, next)
	s.size = next.entry
	for {
		b, err := sc.block()
		if err == nil && sc.end() > 1<<32-1 {
			err = errors.New("the segment is larger than 4 GiB")
		}
		if err != nil {
			s.end = sc.end()
			if errors.Is(err, io.EOF) && sc.end() == size {
				err = nil
			}
			return sc.next, err
		}
		s.blocks = append(s.blocks, blockPos{b.first, uint32(b.offset), uint32(len(b.raw))})
		s.size = b.size
	}
}

func (r *Reader) loadIndex(s *segment, size int64, next cursor) (table, bool) {
	b, err := readAll(r.fs, s.path+indexExtension)
	if err != nil {
		return table{}, false // missing or unreadable: it is derived, scan instead
	}
	t, err := decodeIndex(b, s.base, size)
	if err != nil || next.known && t.blocks[0].first != next.entry {
		return table{}, false
	}
	return t, true
}

// tornAt returns what a crash left after the last whole block of s, nil when it is
// anything else.
func tornAt(f File, s *segment, size int64, next cursor) *Torn {
	n := size - s.end
	if n > MaxBlock {
		return nil
	}
	tail := make([]byte, n)
	if m, _ := f.ReadAt(tail, s.end); int64(m) < n || !isTorn(tail, next) {
		return nil
	}
	return &Torn{Segment: s.name(), Offset: s.end, Bytes: n}
}
