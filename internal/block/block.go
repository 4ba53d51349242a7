// Package block is the format of the ledger's unit of commit: many entries, one fsync.
//
// A block is lines of JSON, each ended by a line feed: its entries in order (package
// entry), then one closing line with its members in this order and no white space:
//
//	{"v":1,                         form of the closing line
//	 "block":12,                    number of the block, from 1
//	 "id":"5d2c8f31-…",             fingerprint of the other members, see below
//	 "first":1200,                  index of its first entry = tree size before the block
//	 "size":1255,                   tree size after the block
//	 "recorded":"2019-12-02T01:30:00.123456Z",   time of its last entry
//	 "checkpoint":"anjian.example/ledger\n1255\n…"}   C2SP tlog-checkpoint over size and root
//
// The id is a UUID of version 8 (RFC 9562 §5.8) made of the first 16 bytes of the SHA-256
// of the closing line without its id member. It tells two writers' blocks of one number
// apart, and with it every byte of a block can be checked from one copy alone: the entries
// against the root in the checkpoint, the checkpoint against its signature, the rest of the
// closing line against the id.
//
// These bytes are what every store keeps for the block and what the journal appends; a
// journal segment is nothing but blocks one after another. A block is never empty.
package block

import (
	"bytes"
	"crypto/sha256"
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
	ID         uuid.UUID // follows from the fields down to Checkpoint
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
	First    uint64
	Recorded time.Time // UTC
}

// Seal closes a block. lines holds the entries, each ended by a line feed; ends[i] is the
// offset just after the line feed of entry i. Seal takes over lines.
func Seal(h Header, lines []byte, ends []int, checkpoint []byte) *Block {
	b := &Block{Number: h.Number, First: h.First, Size: h.First + uint64(len(ends)), Recorded: h.Recorded, Checkpoint: checkpoint}
	b.Bytes = b.appendClosing(lines)
	b.split(ends)
	return b
}

// appendClosing sets ID and appends the closing line with its line feed.
func (b *Block) appendClosing(dst []byte) []byte {
	number := strconv.AppendUint([]byte(prefix), b.Number, 10)
	rest := make([]byte, 0, len(b.Checkpoint)+160)
	rest = append(rest, `,"first":`...)
	rest = strconv.AppendUint(rest, b.First, 10)
	rest = append(rest, `,"size":`...)
	rest = strconv.AppendUint(rest, b.Size, 10)
	rest = append(rest, `,"recorded":"`...)
	rest = b.Recorded.AppendFormat(rest, recordedLayout)
	rest = append(rest, `","checkpoint":"`...)
	// A checkpoint's only characters that JSON escapes are its line feeds.
	rest = append(rest, bytes.ReplaceAll(b.Checkpoint, []byte("\n"), []byte(`\n`))...)
	rest = append(rest, `"}`...)
	b.ID = fingerprint(number, rest)
	dst = append(dst, number...)
	dst = append(dst, `,"id":"`...)
	dst = append(dst, b.ID.String()...)
	dst = append(dst, '"')
	dst = append(dst, rest...)
	return append(dst, '\n')
}

// fingerprint makes the id of the closing line whose members before and after it are given.
func fingerprint(before, after []byte) (id uuid.UUID) {
	h := sha256.New()
	h.Write(before)
	h.Write(after)
	copy(id[:], h.Sum(nil))
	id[6] = id[6]&0x0f | 0x80 // version 8
	id[8] = id[8]&0x3f | 0x80 // variant of RFC 9562
	return id
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
	Form       uint64    `json:"v"`
	Block      uint64    `json:"block"`
	ID         uuid.UUID `json:"id"`
	First      uint64    `json:"first"`
	Size       uint64    `json:"size"`
	Recorded   string    `json:"recorded"`
	Checkpoint string    `json:"checkpoint"`
}

// Parse parses the bytes of one whole block and refuses anything that [Seal] would not
// have written; what a later release wrote, with [ErrNewer]. It checks the lines' number against the closing line but neither the
// entries nor the checkpoint: who needs those verified uses package translog. The result
// aliases raw.
func Parse(raw []byte) (*Block, error) {
	b, err := parse(raw)
	if err != nil && isNewer(raw) {
		return nil, fmt.Errorf("%w: its closing line is of another form", ErrNewer)
	}
	return b, err
}

// isNewer reports whether a block that cannot be parsed is of a later form: its closing line says
// so, and is none of form 1 whose number was damaged.
func isNewer(raw []byte) bool {
	if len(raw) < 2 {
		return false
	}
	start := bytes.LastIndexByte(raw[:len(raw)-1], '\n') + 1
	form, rest, ok := bytes.Cut(bytes.TrimPrefix(raw[start:], []byte(`{"v":`)), []byte(`,"block":`))
	n, err := strconv.ParseUint(string(form), 10, 53)
	if !ok || err != nil || n < 2 || !bytes.HasPrefix(raw[start:], []byte(`{"v":`)) {
		return false
	}
	as1 := append(append(bytes.Clone(raw[:start]), prefix...), rest...)
	_, err = parse(as1)
	return err != nil
}

func parse(raw []byte) (*Block, error) {
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
	for end := 0; end < len(lines); {
		end += bytes.IndexByte(lines[end:], '\n') + 1
		ends = append(ends, end)
	}
	b := &Block{Number: c.Block, First: c.First, Size: c.Size, Recorded: recorded, Checkpoint: []byte(c.Checkpoint), Bytes: raw}
	canonical := b.appendClosing(nil)
	switch {
	case b.ID != c.ID:
		return nil, fmt.Errorf("%w: the id of block %d is not that of its closing line", ErrMalformed, c.Block)
	case !bytes.Equal(canonical, raw[start:]):
		return nil, fmt.Errorf("%w: closing line of block %d is not in canonical form", ErrMalformed, c.Block)
	}
	b.split(ends)
	return b, nil
}

// prefix begins every closing line of this form. An entry has "index" in its place.
const prefix = `{"v":1,"block":`

// IsClosing reports whether a line closes a block.
func IsClosing(line []byte) bool { return bytes.HasPrefix(line, []byte(prefix)) }

// ClosingPrefix returns how the closing line of a block begins whose number and id are known.
func ClosingPrefix(number uint64, id string) []byte {
	return fmt.Appendf(nil, `%s%d,"id":"%s",`, prefix, number, id)
}

// ErrNewer is wrapped by the error of [Parse] for a block of a later form.
var ErrNewer = errors.New("the block is newer than this program")
