// Package block is the format of the ledger's unit of commit: many entries, one fsync.
//
// A block is lines of JSON, each ended by a line feed: its entries in order (package
// entry), then one closing line with its members in this order and no white space:
//
//	{"block":12,                    number of the block, from 1
//	 "id":"0198f3c2-…",             UUID made for this attempt: tells our write from another's
//	 "first":1200,                  index of its first entry = tree size before the block
//	 "size":1255,                   tree size after the block
//	 "recorded":"2019-12-02T01:30:00.123456Z",   time of its last entry
//	 "checkpoint":"anjian.example/ledger\n1255\n…"}   C2SP tlog-checkpoint over size and root
//
// These bytes are what every store keeps for the block and what the journal appends; a
// journal segment is nothing but blocks one after another. A block is never empty.
package block

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"
)

// ErrMalformed is wrapped by every error of [Parse].
var ErrMalformed = errors.New("malformed block")

const recordedLayout = "2006-01-02T15:04:05.000000Z"

// Block is one sealed block. Its slices alias Bytes and must not be changed.
type Block struct {
	Number     uint64
	ID         uuid.UUID
	First      uint64    // index of the first entry
	Size       uint64    // tree size after the block
	Recorded   time.Time // of the last entry, UTC
	Checkpoint []byte    // signed note
	Entries    [][]byte  // Size-First lines without their line feeds
	Bytes      []byte    // all lines, each with its line feed
}

// Closing returns the closing line without its line feed.
func (b *Block) Closing() []byte {
	end := len(b.Bytes) - 1
	return b.Bytes[bytes.LastIndexByte(b.Bytes[:end], '\n')+1 : end]
}

// Header is what the closing line says beside the checkpoint.
type Header struct {
	Number   uint64
	ID       uuid.UUID
	First    uint64
	Recorded time.Time
}

// Seal closes a block. lines holds the entries, each ended by a line feed; ends[i] is the
// offset just after the line feed of entry i. Seal takes over lines.
func Seal(h Header, lines []byte, ends []int, checkpoint []byte) *Block {
	b := &Block{Number: h.Number, ID: h.ID, First: h.First, Size: h.First + uint64(len(ends)), Recorded: h.Recorded}
	b.Checkpoint = checkpoint
	b.Bytes = appendClosing(lines, b)
	b.split(ends)
	return b
}

func appendClosing(dst []byte, b *Block) []byte {
	dst = append(dst, `{"block":`...)
	dst = strconv.AppendUint(dst, b.Number, 10)
	dst = append(dst, `,"id":"`...)
	dst = append(dst, b.ID.String()...)
	dst = append(dst, `","first":`...)
	dst = strconv.AppendUint(dst, b.First, 10)
	dst = append(dst, `,"size":`...)
	dst = strconv.AppendUint(dst, b.Size, 10)
	dst = append(dst, `,"recorded":"`...)
	dst = b.Recorded.AppendFormat(dst, recordedLayout)
	dst = append(dst, `","checkpoint":"`...)
	// A checkpoint's only characters that JSON escapes are its line feeds.
	dst = append(dst, bytes.ReplaceAll(b.Checkpoint, []byte("\n"), []byte(`\n`))...)
	return append(dst, '"', '}', '\n')
}

// split cuts Bytes into Entries.
func (b *Block) split(ends []int) {
	b.Entries = make([][]byte, len(ends))
	start := 0
	for i, end := range ends {
		b.Entries[i] = b.Bytes[start : end-1 : end-1]
		start = end
	}
}

type closing struct {
	Block      uint64    `json:"block"`
	ID         uuid.UUID `json:"id"`
	First      uint64    `json:"first"`
	Size       uint64    `json:"size"`
	Recorded   string    `json:"recorded"`
	Checkpoint string    `json:"checkpoint"`
}

// Parse parses the bytes of one whole block and refuses anything that [Seal] would not
// have written. It checks the lines' number against the closing line but neither the
// entries nor the checkpoint: who needs those verified uses package translog. The result
// aliases raw.
func Parse(raw []byte) (*Block, error) {
	if len(raw) < 2 || raw[len(raw)-1] != '\n' {
		return nil, fmt.Errorf("%w: does not end with a line feed", ErrMalformed)
	}
	start := bytes.LastIndexByte(raw[:len(raw)-1], '\n') + 1
	var c closing
	if err := json.Unmarshal(raw[start:len(raw)-1], &c, json.RejectUnknownMembers(true)); err != nil {
		return nil, fmt.Errorf("%w: closing line: %v", ErrMalformed, err)
	}
	recorded, err := time.Parse(recordedLayout, c.Recorded)
	if err != nil || c.Size <= c.First || c.Block == 0 {
		return nil, fmt.Errorf("%w: closing line of block %d is inconsistent", ErrMalformed, c.Block)
	}
	lines := raw[:start]
	if n := uint64(bytes.Count(lines, []byte{'\n'})); n != c.Size-c.First {
		return nil, fmt.Errorf("%w: block %d has %d entries, its closing line says %d", ErrMalformed, c.Block, n, c.Size-c.First)
	}
	ends := make([]int, 0, c.Size-c.First)
	for i, ch := range lines {
		if ch == '\n' {
			ends = append(ends, i+1)
		}
	}
	b := &Block{Number: c.Block, ID: c.ID, First: c.First, Size: c.Size, Recorded: recorded, Checkpoint: []byte(c.Checkpoint), Bytes: raw}
	if !bytes.Equal(appendClosing(nil, b), raw[start:]) {
		return nil, fmt.Errorf("%w: closing line of block %d is not in canonical form", ErrMalformed, c.Block)
	}
	b.split(ends)
	return b, nil
}

// IsClosing reports whether a line closes a block. Entries begin with "index" instead.
func IsClosing(line []byte) bool { return bytes.HasPrefix(line, []byte(`{"block":`)) }
