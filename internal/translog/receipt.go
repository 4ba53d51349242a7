package translog

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A receipt as it is handed out is one text that proves by itself: the entry's line, a line feed,
// and the proof. The first line is the entry, the rest is a file for any reader of C2SP.

// OpenReceipt checks such a text with the log's key and nothing else, and returns the entry in it.
func OpenReceipt(text []byte, v note.Verifier) (entry []byte, index uint64, c Checkpoint, err error) {
	entry, proof, ok := bytes.Cut(text, []byte{'\n'})
	if !ok {
		return nil, 0, c, fmt.Errorf("%w: an entry's line and a proof are wanted", ErrReceipt)
	}
	index, c, err = VerifyReceipt(entry, proof, v)
	return entry, index, c, err
}

// Receipt proves that an entry is in the log. Its text form is a C2SP tlog-proof:
//
//	c2sp.org/tlog-proof@v1
//	index 7
//	<audit path, one base64 hash a line, leaf side first>
//
//	<signed checkpoint>
//
// The optional extra line of C2SP is neither written nor accepted.
type Receipt struct {
	Index      uint64
	Path       tlog.RecordProof
	Checkpoint []byte // signed note
}

const (
	receiptHeader = "c2sp.org/tlog-proof@v1\nindex "
	// maxReceipt bounds what ParseReceipt looks at; a checkpoint with many cosignatures fits.
	maxReceipt = 64 << 10
)

// ErrReceipt is wrapped by every error of [ParseReceipt] and [VerifyReceipt].
var ErrReceipt = errors.New("invalid receipt")

// Append appends the text form.
func (r *Receipt) Append(dst []byte) []byte {
	dst = append(dst, receiptHeader...)
	dst = strconv.AppendUint(dst, r.Index, 10)
	dst = append(dst, '\n')
	for i := range r.Path {
		dst = append(appendHash(dst, &r.Path[i]), '\n')
	}
	dst = append(dst, '\n')
	return append(dst, r.Checkpoint...)
}

// pairs are the two characters of base64 for every twelve bits.
var pairs = func() (of [1 << 12]uint16) {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	for i := range of {
		of[i] = uint16(alphabet[i>>6]) | uint16(alphabet[i&63])<<8
	}
	return of
}()

// appendHash appends a hash in base64. A receipt has up to twenty, and every append one receipt:
// package base64 takes three times as long.
func appendHash(dst []byte, h *tlog.Hash) []byte {
	dst = append(dst, "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX="...)
	out := dst[len(dst)-44:]
	for i := range 10 {
		n := uint(h[3*i])<<16 | uint(h[3*i+1])<<8 | uint(h[3*i+2])
		binary.LittleEndian.PutUint16(out[4*i:], pairs[n>>12])
		binary.LittleEndian.PutUint16(out[4*i+2:], pairs[n&0xfff])
	}
	n := uint(h[30])<<16 | uint(h[31])<<8
	binary.LittleEndian.PutUint16(out[40:], pairs[n>>12])
	out[42] = byte(pairs[n&0xfff])
	return dst
}

// ParseReceipt accepts what [Receipt.Append] writes and nothing else; the checkpoint is
// not looked at. The result aliases text.
func ParseReceipt(text []byte) (*Receipt, error) {
	head, checkpoint, ok := bytes.Cut(text, []byte("\n\n"))
	rest, ok2 := strings.CutPrefix(string(head), receiptHeader)
	if !ok || !ok2 || len(checkpoint) == 0 || len(text) > maxReceipt {
		return nil, fmt.Errorf("%w: not a C2SP tlog-proof", ErrReceipt)
	}
	lines := strings.Split(rest, "\n")
	index, err := strconv.ParseUint(lines[0], 10, 63)
	if err != nil || len(lines)-1 > maxLevel {
		return nil, fmt.Errorf("%w: index or length of the path", ErrReceipt)
	}
	r := &Receipt{Index: index, Path: make(tlog.RecordProof, len(lines)-1), Checkpoint: checkpoint}
	for i, line := range lines[1:] {
		h, err := base64.StdEncoding.Strict().DecodeString(line)
		if err != nil || len(h) != tlog.HashSize {
			return nil, fmt.Errorf("%w: hash %d of the path", ErrReceipt, i)
		}
		r.Path[i] = tlog.Hash(h)
	}
	if !bytes.Equal(r.Append(nil), text) {
		return nil, fmt.Errorf("%w: not in canonical form", ErrReceipt)
	}
	return r, nil
}

// VerifyReceipt checks that text proves entry to be in the log of v, and returns where and
// under which checkpoint. It needs nothing but its arguments.
func VerifyReceipt(entry, text []byte, v note.Verifier) (index uint64, c Checkpoint, err error) {
	r, err := ParseReceipt(text)
	if err != nil {
		return 0, c, err
	}
	if c, err = OpenCheckpoint(r.Checkpoint, v); err != nil {
		return 0, c, fmt.Errorf("%w: %w", ErrReceipt, err)
	}
	if err := tlog.CheckRecord(r.Path, int64(c.Size), c.Root, int64(r.Index), LeafHash(entry)); err != nil {
		return 0, c, fmt.Errorf("%w: %w", ErrReceipt, err)
	}
	return r.Index, c, nil
}

// AppendReceipt appends the text form of [View.Receipt], without the steps between.
func (v *View) AppendReceipt(dst []byte, index uint64, checkpoint []byte) ([]byte, error) {
	var path [maxLevel]tlog.Hash
	r := Receipt{Index: index, Checkpoint: checkpoint}
	var err error
	if r.Path, err = v.AppendInclusion(path[:0], index); err != nil {
		return nil, err
	}
	const perHash = 45 // base64 and a line feed
	return r.Append(slices.Grow(dst, len(receiptHeader)+24+perHash*len(r.Path)+len(checkpoint))), nil
}
