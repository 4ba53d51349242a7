package translog

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"

	"golang.org/x/mod/sumdb/tlog"
)

// Publish declares that the first size leaves are committed for good and that checkpoint,
// a signed note, says so. Tiles and checkpoint are served from memory at once; their files
// follow in the background, at most half a second apart, so that a busy ledger does not
// pay a rename for every block. Only the first checkpoint of a directory is written before
// Publish returns. A failure to write is no error here, see [Tree.WriteErr]. Committer only.
func (t *Tree) Publish(size uint64, checkpoint []byte) error {
	if have, was := t.Size(), t.published.Load().size; size > have || size < was {
		return fmt.Errorf("translog: publish %d: the tree has %d leaves, %d of them published", size, have, was)
	}
	t.published.Store(&publication{size, bytes.Clone(checkpoint)})
	if t.dir == "" {
		return nil
	}
	if !t.started {
		t.started = true
		if t.Flush() == nil {
			return nil
		}
	}
	select {
	case t.wake <- struct{}{}:
	default:
	}
	return nil
}

// Flush writes every full tile of the published size, then the checkpoint.
func (t *Tree) Flush() error {
	if t.dir == "" {
		return nil
	}
	t.disk.Lock()
	defer t.disk.Unlock()
	t.writeErr = t.flush()
	t.say()
	return t.writeErr
}

func (t *Tree) flush() error {
	p := t.published.Load()
	s := t.cur.Load()
	for level := range t.written {
		full := p.size >> (TileHeight * (level + 1))
		for t.written[level] < full {
			n := t.written[level]
			data, err := t.tileData(s, level, n, TileWidth)
			if err != nil {
				return err
			}
			if err := t.dir.writeTile(level, n, data); err != nil {
				return err
			}
			t.written[level]++
			if level == 0 {
				t.onDisk.Store(n + 1)
			}
		}
	}
	if p.checkpoint == nil || bytes.Equal(p.checkpoint, t.checkpoint) {
		return nil
	}
	if err := t.dir.writeCheckpoint(p.checkpoint); err != nil {
		return err
	}
	t.checkpoint = p.checkpoint
	return nil
}

// WriteErr returns why the last writing of tiles failed, nil when it did not. The tree
// keeps serving from memory, keeps what is not written in memory, and tries again; tiles
// that Open could not make again wait for a Scrub. It waits for no disk.
func (t *Tree) WriteErr() error {
	if err := t.said.Load(); err != nil {
		return *err
	}
	return nil
}

// say tells WriteErr what has changed; t.disk is held.
func (t *Tree) say() {
	err := errors.Join(t.writeErr, t.repairErr)
	t.said.Store(&err)
}

// run writes in the background until Close.
func (t *Tree) run() {
	defer close(t.done)
	for {
		select {
		case <-t.wake:
		case <-t.stop:
			return
		}
		if err := t.Flush(); err != nil {
			select {
			case t.wake <- struct{}{}: // again after the pause
			default:
			}
		}
		select {
		case <-time.After(t.interval):
		case <-t.stop:
			return
		}
	}
}

// Close writes what is still to be written and ends the background writer.
func (t *Tree) Close() error {
	if t.dir == "" {
		return nil
	}
	t.closeOnce.Do(func() {
		close(t.stop)
		<-t.done
	})
	return t.Flush()
}

// ErrNotPublished is returned by [Tree.ReadTile] for what no checkpoint covers yet.
var ErrNotPublished = errors.New("translog: not published yet")

// ReadTile returns the first width hashes of tile (level, n), as any published size that
// covers them would serve it.
func (t *Tree) ReadTile(level int, n uint64, width int) ([]byte, error) {
	if level < 0 || level > maxTileLevel || width < 1 || width > TileWidth || n >= math.MaxUint64/TileWidth {
		return nil, fmt.Errorf("translog: no tile of level %d, number %d, width %d", level, n, width)
	}
	if n*TileWidth+uint64(width) > t.published.Load().size>>(TileHeight*level) {
		return nil, ErrNotPublished
	}
	return t.tileData(t.cur.Load(), level, n, width)
}

// tileData encodes a tile whose hashes s has.
func (t *Tree) tileData(s *state, level int, n uint64, width int) ([]byte, error) {
	var hashes []tlog.Hash
	if level == 0 {
		c, err := t.column(s, n)
		if err != nil {
			return nil, err
		}
		hashes = c[:width]
	} else {
		hashes = s.high[TileHeight*(level-1)][n*TileWidth:][:width]
	}
	data := make([]byte, 0, width*tlog.HashSize)
	for i := range hashes {
		data = append(data, hashes[i][:]...)
	}
	return data, nil
}

// maxBundled is the most bytes of one entry in a bundle: its length has 16 bits.
const maxBundled = math.MaxUint16

// AppendBundle appends entries in the form of a C2SP tlog-tiles entry bundle: each with
// its length before it as a big-endian uint16.
func AppendBundle(dst []byte, entries ...[]byte) ([]byte, error) {
	for i, e := range entries {
		if len(e) > maxBundled {
			return nil, fmt.Errorf("translog: entry %d of the bundle has %d bytes, at most %d", i, len(e), maxBundled)
		}
		dst = binary.BigEndian.AppendUint16(dst, uint16(len(e)))
		dst = append(dst, e...)
	}
	return dst, nil
}

// ParseBundle is the inverse of [AppendBundle], for one to 256 entries. The entries alias b.
func ParseBundle(b []byte) ([][]byte, error) {
	var entries [][]byte
	for len(b) > 0 {
		if len(b) < 2 || len(b)-2 < int(binary.BigEndian.Uint16(b)) || len(entries) == TileWidth {
			return nil, errors.New("translog: malformed entry bundle")
		}
		end := 2 + int(binary.BigEndian.Uint16(b))
		entries = append(entries, b[2:end:end])
		b = b[end:]
	}
	if len(entries) == 0 {
		return nil, errors.New("translog: empty entry bundle")
	}
	return entries, nil
}
