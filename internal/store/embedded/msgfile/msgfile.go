// Package msgfile reads the block store's files without the engine that wrote them.
//
// The embedded engine (nats-server 2.15, server/filestore.go) truncates a file at its
// first damaged record when it starts after an unclean stop, and says nothing. So the
// files are judged here first, from bytes, read-only; this package imports no NATS, so that
// `anjian verify` can use it, also beside a running server.
//
// Under the store's directory the stream lies in jetstream/$G/streams/[Stream]:
//
//	meta.inf, meta.sum   configuration and its checksum; sealed by us in DIR/manifest
//	msgs/N.blk           records, N = 1, 2, 3 …; only the newest file grows
//	msgs/index.db        a cache of the engine, rebuilt from the records when it is bad
//
// A record is, in little-endian order:
//
//	length    4  of the whole record; the top bit says that a header follows the subject
//	sequence  8  = number of the block; the two top bits mark deletions
//	time      8  Unix nanoseconds
//	subjlen   2
//	subject, [header length 4, header], payload = the block's bytes
//	checksum  8  HighwayHash-64 of sequence, time, subject, header and payload
//	             under the key SHA-256(Stream + "-" + N)
//
// The checksum leaves the three lengths out; they are held to the one subject the ledger
// uses and to the header's own end. So every byte of a record is checked. The key is public:
// this finds accidents, not forgers, who are found by the ledger's signed checkpoints.
package msgfile

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"github.com/minio/highwayhash"
)

// The names that the files carry. They are part of the store's format.
const (
	Stream  = "ANJIAN_BLOCKS"
	Subject = "anjian.block"
)

const (
	recordHeader = 22
	checksumSize = 8
	hasHeader    = 1 << 31
	deletedBits  = 1<<63 | 1<<62
	headerStart  = "NATS/1.0\r\n"
	headerEnd    = "\r\n\r\n"
)

// StreamDir returns the directory of the block stream in a store's directory.
func StreamDir(dir string) string {
	return filepath.Join(dir, "jetstream", "$G", "streams", Stream)
}

// file is what one .blk file holds.
type file struct {
	path    string
	buf     []byte
	records []record // valid, in file order
	damage  []Damage // FirstSeq and LastSeq are not known yet
	torn    *Damage
	holed   bool  // torn has its full size
	err     error // the file cannot be read
}

// record is one valid record: its place in the file and its payload in buf.
type record struct {
	seq                uint64
	offset             int
	payload, endOfData int
}

// blockFiles lists the .blk files in the order of their numbers.
func blockFiles(dir string) (paths []string, numbers []int, err error) {
	msgs := filepath.Join(StreamDir(dir), "msgs")
	names, err := os.ReadDir(msgs)
	if err != nil {
		return nil, nil, fmt.Errorf("msgfile: %w", err)
	}
	for _, e := range names {
		base, ok := strings.CutSuffix(e.Name(), ".blk")
		if n, err := strconv.Atoi(base); ok && err == nil {
			numbers = append(numbers, n)
		}
	}
	sort.Ints(numbers)
	for _, n := range numbers {
		paths = append(paths, filepath.Join(msgs, strconv.Itoa(n)+".blk"))
	}
	return paths, numbers, nil
}

// reader parses the records of one file.
type reader struct {
	hash *highwayhash.Digest64
	file
}

// readFile reads and checks one file. newest allows a torn record at the end.
func readFile(path string, number int, newest bool) file {
	buf, err := os.ReadFile(path)
	if err != nil {
		return file{path: path, err: err}
	}
	key := sha256.Sum256([]byte(Stream + "-" + strconv.Itoa(number)))
	hash, err := highwayhash.NewDigest64(key[:])
	if err != nil {
		return file{path: path, err: err}
	}
	r := reader{hash: hash, file: file{path: path, buf: buf}}
	for off := 0; off < len(buf); {
		rec, next, reason := r.parse(off)
		if reason == "" {
			r.records = append(r.records, rec)
			off = next
			continue
		}
		next = r.resync(off)
		d := Damage{File: path, Offset: int64(off), Length: int64(next - off), Reason: reason}
		atEnd := newest && next == len(buf)
		if atEnd && r.isTorn(off) {
			r.torn = &d
		} else if atEnd && r.isHoled(off) {
			r.torn, r.holed = &d, true
		} else {
			r.damage = append(r.damage, d)
		}
		off = next
	}
	return r.file
}

// parse reads the record at off. A reason means that there is no valid record there.
func (r *reader) parse(off int) (rec record, next int, reason string) {
	rest := r.buf[off:]
	if len(rest) < recordHeader {
		return rec, 0, "record cut short"
	}
	length := int(binary.LittleEndian.Uint32(rest) &^ hasHeader)
	if length > len(rest) {
		return rec, 0, "record cut short"
	}
	return r.check(off, length)
}

// check judges the bytes off … off+length as one record.
func (r *reader) check(off, length int) (rec record, next int, reason string) {
	b := r.buf[off : off+length]
	const minimum = recordHeader + len(Subject) + 4 + checksumSize
	if length >= recordHeader+checksumSize && binary.LittleEndian.Uint64(b[4:])&deletedBits != 0 {
		return rec, 0, "a deletion mark; the ledger never deletes"
	}
	if length < minimum || binary.LittleEndian.Uint32(b)&hasHeader == 0 ||
		int(binary.LittleEndian.Uint16(b[20:])) != len(Subject) || string(b[recordHeader:recordHeader+len(Subject)]) != Subject {
		return rec, 0, "not a record of the block stream"
	}
	lengthAt := recordHeader + len(Subject)
	body := b[lengthAt+4 : length-checksumSize]
	r.hash.Reset()
	_, _ = r.hash.Write(b[4:20]) // a hash never fails
	_, _ = r.hash.Write([]byte(Subject))
	_, _ = r.hash.Write(body)
	var sum [checksumSize]byte
	if !bytes.Equal(r.hash.Sum(sum[:0]), b[length-checksumSize:]) {
		return rec, 0, "checksum does not match"
	}
	header := int(binary.LittleEndian.Uint32(b[lengthAt:]))
	if !bytes.HasPrefix(body, []byte(headerStart)) || bytes.Index(body, []byte(headerEnd)) != header-len(headerEnd) {
		return rec, 0, "length of the message header is wrong"
	}
	return record{
		seq: sequenceOf(b), offset: off,
		payload: off + lengthAt + 4 + header, endOfData: off + length - checksumSize,
	}, off + length, ""
}

// sequenceOf is the sequence in the header of a record.
func sequenceOf(header []byte) uint64 { return binary.LittleEndian.Uint64(header[4:]) }

// resync returns where the next valid record after the bad one at off begins, or the end.
// It goes by the subject that every record carries, because no length can be trusted.
func (r *reader) resync(off int) int {
	for from := off + 1 + recordHeader; from < len(r.buf); {
		i := bytes.Index(r.buf[from:], []byte(Subject))
		if i < 0 {
			break
		}
		start := from + i - recordHeader
		if _, _, reason := r.parse(start); reason == "" {
			return start
		}
		from += i + 1
	}
	return len(r.buf)
}

// isTorn tells a record whose writing was interrupted from one that was damaged later:
// the file ends before the record does, or holds only zeros where it should be. When the
// rest of the file is a whole record under its own checksum, its length was damaged.
func (r *reader) isTorn(off int) bool {
	rest := r.buf[off:]
	if len(bytes.TrimLeft(rest, "\x00")) == 0 {
		return true
	}
	if len(rest) < recordHeader {
		return true
	}
	length := binary.LittleEndian.Uint32(rest)
	if int(length&^hasHeader) <= len(rest) || length&hasHeader == 0 {
		return false
	}
	return !r.wholeButForLengths(rest)
}

const (
	diskPage  = 4096 // what a disk or a file system may lose of a write: multiples of it, by file offset
	leastHole = 3    // zeros of a page of which the record has no more; the length has no such
	leastRun  = 16   // zeros inside a page, of a write that was torn there; no part of a record has so many
)

// isHoled tells a record that has its size and lacks some of its pages: the size reached the
// disk before the bytes. What was never written reads as zeros, a page of the file or the rest
// of a write; no record has such a run of them, nor does one flipped byte make one.
func (r *reader) isHoled(off int) bool {
	rest := r.buf[off:]
	if bytes.Contains(rest, make([]byte, leastRun)) {
		return true
	}
	first := min(diskPage-off%diskPage, len(rest))
	last := min((off+len(rest))%diskPage, len(rest))
	return zeros(rest[:first]) || zeros(rest[len(rest)-last:])
}

func zeros(b []byte) bool { return len(b) >= leastHole && len(bytes.Trim(b, "\x00")) == 0 }

// wholeButForLengths reports whether rest is one whole record once its lengths are ignored.
func (r *reader) wholeButForLengths(rest []byte) bool {
	const lengthAt = recordHeader + len(Subject)
	if len(rest) < lengthAt+4+checksumSize {
		return false
	}
	end := len(rest) - checksumSize
	r.hash.Reset()
	_, _ = r.hash.Write(rest[4:20])
	_, _ = r.hash.Write(rest[recordHeader:lengthAt])
	_, _ = r.hash.Write(rest[lengthAt+4 : end])
	var sum [checksumSize]byte
	return bytes.Equal(r.hash.Sum(sum[:0]), rest[end:])
}
