package journal

import (
	"bytes"
	"fmt"
	"io"
	"strconv"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/entry"
)

const (
	indexPrefix = `{"v":1,"index":`
	blockPrefix = `{"v":1,"block":`
	uuidLen     = 36
	readChunk   = 1 << 20
)

// cursor is what must come next.
type cursor struct {
	block uint64 // number
	entry uint64 // index
	known bool   // false: the entry index is whatever the first line says
}

// found is one whole block as the scanner saw it. raw is valid until the next one.
type found struct {
	number, first, size uint64
	offset              int64
	raw                 []byte
}

// scanner finds whole blocks in a file, checking lines, numbers and indexes but not what
// the entries say.
type scanner struct {
	f     io.ReaderAt
	size  int64 // bytes to read
	buf   []byte
	off   int64 // of buf[0]
	start int   // of the current block in buf
	next  cursor
}

func newScanner(f io.ReaderAt, size int64, next cursor) *scanner {
	return &scanner{f: f, size: size, next: next, buf: make([]byte, 0, min(size, 4*readChunk)+1)}
}

// end is the offset after the last whole block.
func (s *scanner) end() int64 { return s.off + int64(s.start) }

// block returns the next whole block, or io.EOF at the end of the file exactly after a
// block, or an error that says what is wrong at offset end.
func (s *scanner) block() (found, error) {
	pos, entry, known := s.start, s.next.entry, s.next.known
	first := entry
	for {
		nl := bytes.IndexByte(s.buf[pos:], '\n')
		if nl < 0 {
			if s.off+int64(len(s.buf)) == s.size {
				if s.start == len(s.buf) {
					return found{}, io.EOF
				}
				return found{}, fmt.Errorf("the file ends within block %d", s.next.block)
			}
			shift, err := s.fill()
			if err != nil {
				return found{}, err
			}
			pos -= shift
			continue
		}
		line := s.buf[pos : pos+nl]
		pos += nl + 1
		if block.IsClosing(line) {
			return s.closed(line, first, entry, pos)
		}
		index, ok := entryIndex(line)
		if !known {
			entry, first, known = index, index, true
		}
		if !ok || index != entry {
			return found{}, fmt.Errorf("want a line of entry %d or the end of block %d", entry, s.next.block)
		}
		entry++
	}
}

// closed checks a closing line against the entries before it; pos is just after it.
func (s *scanner) closed(line []byte, first, entry uint64, pos int) (found, error) {
	c, ok := parseClosing(line)
	raw := s.buf[s.start:pos]
	switch {
	case !ok:
		return found{}, fmt.Errorf("the closing line of block %d is malformed", s.next.block)
	case c.number != s.next.block:
		return found{}, fmt.Errorf("block %d follows, want block %d", c.number, s.next.block)
	case c.first != first || c.size != entry || c.size == c.first:
		return found{}, fmt.Errorf("block %d says entries %d to %d, it has %d to %d", c.number, c.first, c.size, first, entry)
	case bytes.IndexByte(raw, 0) >= 0:
		return found{}, fmt.Errorf("block %d has NUL bytes", c.number)
	}
	c.offset, c.raw = s.end(), raw
	s.start = pos
	s.next = cursor{block: c.number + 1, entry: c.size, known: true}
	return c, nil
}

// fill drops whole blocks from the buffer, reads more, and returns by how much the rest
// moved.
func (s *scanner) fill() (shift int, err error) {
	if len(s.buf)-s.start > MaxBlock {
		return 0, fmt.Errorf("block %d has no end within %d bytes", s.next.block, MaxBlock)
	}
	shift = s.start
	n := copy(s.buf, s.buf[s.start:])
	s.off += int64(s.start)
	s.start = 0
	want := min(int64(n+readChunk), s.size-s.off)
	if int64(cap(s.buf)) > want {
		want = min(int64(cap(s.buf)), s.size-s.off)
	}
	if int64(cap(s.buf)) < want {
		s.buf = append(make([]byte, 0, 2*want), s.buf[:n]...)
	}
	s.buf = s.buf[:want]
	m, err := s.f.ReadAt(s.buf[n:], s.off+int64(n))
	s.buf = s.buf[:n+m]
	if int64(n+m) < want {
		return shift, fmt.Errorf("cannot read at offset %d: %w", s.off+int64(n+m), err)
	}
	return shift, nil
}

// entryIndex reads the index that a line of an entry begins with, whatever its form.
func entryIndex(line []byte) (uint64, bool) {
	_, index, ok := entry.FormAndIndex(line)
	return index, ok
}

// parseClosing reads the numbers of a closing line. block.Parse is the full check; this
// one is what opening a quarter of a gigabyte of small blocks can afford.
func parseClosing(line []byte) (c found, ok bool) {
	rest, ok := bytes.CutPrefix(line, []byte(blockPrefix))
	if !ok {
		return c, false
	}
	if c.number, rest, ok = cutNumber(rest); !ok || len(rest) < uuidLen+8 {
		return c, false
	}
	if rest, ok = bytes.CutPrefix(rest, []byte(`,"id":"`)); !ok {
		return c, false
	}
	if rest, ok = bytes.CutPrefix(rest[uuidLen:], []byte(`","first":`)); !ok {
		return c, false
	}
	if c.first, rest, ok = cutNumber(rest); !ok {
		return c, false
	}
	if rest, ok = bytes.CutPrefix(rest, []byte(`,"size":`)); !ok {
		return c, false
	}
	if c.size, rest, ok = cutNumber(rest); !ok {
		return c, false
	}
	return c, bytes.HasPrefix(rest, []byte(`,"recorded":"`)) && bytes.HasSuffix(rest, []byte(`"}`))
}

func cutNumber(b []byte) (n uint64, rest []byte, ok bool) {
	i := 0
	for i < len(b) && b[i] >= '0' && b[i] <= '9' {
		i++
	}
	n, err := strconv.ParseUint(string(b[:i]), 10, 64)
	return n, b[i:], err == nil
}

// isTorn reports whether tail, all bytes after the last whole block, is what a crash leaves
// of one block: a prefix of it, or one whose pages were partly never written.
func isTorn(tail []byte, next cursor) bool {
	if len(tail) > MaxBlock {
		return false
	}
	if nul := bytes.IndexByte(tail, 0); nul >= 0 {
		// A block that was written after this one proves that this one was once whole.
		rest := tail[nul:]
		if i := bytes.Index(rest, []byte("\n"+blockPrefix)); i >= 0 {
			if eol := bytes.IndexByte(rest[i+1:], '\n'); eol >= 0 && i+1+eol+1 != len(rest) {
				return false
			}
		}
		tail = tail[:nul]
	}
	entry, known := next.entry, next.known
	for {
		line, rest, whole := bytes.Cut(tail, []byte{'\n'})
		if !whole {
			return beginsLine(line)
		}
		index, ok := entryIndex(line)
		if !ok || known && index != entry {
			return false
		}
		entry, known, tail = index+1, true, rest
	}
}

// beginsLine reports whether an entry or a closing line may begin so.
func beginsLine(b []byte) bool {
	for _, p := range []string{indexPrefix, blockPrefix} {
		if n := min(len(b), len(p)); string(b[:n]) == p[:n] {
			return true
		}
	}
	return false
}
