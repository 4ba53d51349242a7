// Package journal is the plain second copy of the ledger: every block's bytes, one after
// another, in files that less, grep and sha256sum can read and that can be archived on
// write-once media.
//
// A directory holds
//
//	00000000000000000001.ndjson      a segment: nothing but blocks (package block), named by its first
//	00000000000000000001.ndjson.idx  where each block begins; rebuilt when missing, damaged or stale
//	00000000000000004711.ndjson      the newest segment, the only one that grows
//	SHA256SUMS                       a line per finished segment, for sha256sum -c
//	….torn-TIME                      a partial last block that [Open] cut off after a crash
//	….cut-TIME                       blocks that [Journal.TruncateAfter] took back
//	….damaged-TIME                   what [Journal.Rewrite] replaced
//
// A segment is finished when it has reached [Options.SegmentSize]: the next block starts a
// new one, and the finished one becomes read-only (0400), indexed and summed, in the
// background; what a crash interrupts is made up for by the next [Open].
//
// # Durability
//
// A block is appended with one write and one fdatasync. When either fails, the file is
// truncated to where it was and synced, on a freshly opened descriptor, because after a
// failed fsync the page cache may claim what the disk does not hold; the last block is then
// read back and compared. Until that has succeeded the journal is stuck: reads go on, and
// every Append tries again first, so that it recovers by itself when there is space or the
// disk is writable again.
//
// # Damage
//
// A crash can leave a prefix of one block at the end of the newest segment, or pages of it
// that were never written (NUL bytes, which JSON never holds). Open cuts that off, keeps
// the bytes aside and says so in [Reader.Opened]. Anything else that is not blocks 1, 2, 3 …
// is a [*DamageError]: reads outside the damage go on, appends stop, the caller decides.
// Structure is checked here; hashes and signatures are the caller's to check.
//
// One process at a time may hold a directory open for writing; the caller sees to that.
package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"github.com/anjian-ledger/anjian/internal/durable"
)

// DefaultSegmentSize is the size at which a segment is finished, in bytes.
const DefaultSegmentSize = 256 << 20

// MaxBlock is the most bytes one block may have.
const MaxBlock = 64 << 20

const maxSegmentSize = 2 << 30 // keeps offsets within 32 bits

var (
	// ErrNotStored means that the block is certainly not in the journal, now or later. An
	// error of [Journal.Append] that does not wrap it leaves the outcome unknown: the
	// block may be found after a restart. Appending the same block again resolves it.
	ErrNotStored = errors.New("journal: block not stored")
	// ErrDamaged means that the journal takes no appends until it is repaired.
	ErrDamaged = errors.New("journal: damaged")
	// ErrOutOfOrder means that the block is not the next one.
	ErrOutOfOrder = errors.New("journal: block out of order")
)

// DamageError says where the journal is not what it must be.
type DamageError struct {
	Segment string // file name
	Offset  int64  // where the bad block begins, in bytes
	Block   uint64 // number of the first block that cannot be delivered
	Reason  string
}

func (e *DamageError) Error() string {
	return fmt.Sprintf("journal: block %d is damaged or missing (%s, offset %d): %s", e.Block, e.Segment, e.Offset, e.Reason)
}

// Options tune a journal. The zero value is ready.
type Options struct {
	SegmentSize int64            // bytes; DefaultSegmentSize when 0
	FS          FS               // the operating system's when nil
	Now         func() time.Time // names files kept aside; time.Now when nil
}

// Torn tells of a partial last block.
type Torn struct {
	Segment string // file name
	Offset  int64  // where it begins
	Bytes   int64
	Kept    string // file name the bytes were moved to; empty while they are not cut
}

// Opened tells what opening the journal found.
type Opened struct {
	Blocks  uint64         // number of the last block
	Torn    *Torn          // nil when the journal ended at a block's end
	Indexed []string       // segments that were scanned because their index was of no use
	Damage  []*DamageError // in order; the first is also the error of Open
}

// Journal appends blocks, and reads them as its [Reader]. Append, Rewrite, TruncateAfter
// and Close exclude each other; reads run beside all of them.
type Journal struct {
	*Reader
	opts Options

	write   sync.Mutex
	active  File   // write; newest segment open for writing, nil when it must be reopened
	dirty   bool   // write; bytes after the end of the last block may be on disk
	pending *Torn  // write; torn tail that is still to be kept aside before the cut
	lastCRC uint32 // write; CRC-32C of the last block of the newest segment
	closed  bool   // write

	sealers sync.WaitGroup
	sealMu  sync.Mutex // one sealer at a time

	health  sync.Mutex
	stuck   error // health; why the last attempt to restore a clean tail failed
	sealErr error // health; why a finished segment is not sealed yet
}

// Open opens the journal in dir for appending, creating it when there is none.
//
// On damage it returns both a journal, whose reads work outside the damage, and a
// *[DamageError]; with any other error the journal is nil. A directory that cannot be
// written is opened all the same: reads work, and appends say what is wrong.
func Open(dir string, opts Options) (*Journal, error) {
	if opts.SegmentSize <= 0 {
		opts.SegmentSize = DefaultSegmentSize
	}
	opts.SegmentSize = min(opts.SegmentSize, maxSegmentSize)
	if opts.FS == nil {
		opts.FS = OS{}
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if err := opts.FS.MkdirAll(dir, durable.DirMode); err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	j := &Journal{Reader: newReader(dir, opts.FS), opts: opts}
	if err := j.removeTemporary(); err != nil {
		return nil, err
	}
	if err := j.reload(); err != nil {
		return nil, err
	}
	if len(j.opened.Damage) > 0 {
		return j, j.opened.Damage[0]
	}
	return j, nil
}

// OpenReadOnly is [Open] for one who only looks: nothing is changed, a torn tail stays, and
// appends are refused. A directory that is not there is an empty journal. Close its Reader.
func OpenReadOnly(dir string) (*Journal, error) {
	r, err := OpenReader(dir)
	if errors.Is(err, fs.ErrNotExist) {
		r, err = newReader(dir, OS{}), nil
	}
	if r == nil {
		return nil, err
	}
	return &Journal{Reader: r, opts: Options{FS: OS{}}, closed: true}, err
}

// reload reads the directory afresh, cuts a torn tail and seals what is finished. write is
// held or the journal is not shared yet.
func (j *Journal) reload() error {
	if err := j.load(); err != nil {
		return err
	}
	j.closeActive()
	j.dirty, j.pending = false, nil
	_ = j.setStuck(nil)
	if len(j.opened.Damage) > 0 {
		return nil
	}
	if err := j.rememberTail(); err != nil {
		return nil //nolint:nilerr // noted as damage, which is not a failure to open
	}
	if t := j.opened.Torn; t != nil {
		j.dirty, j.pending = true, t
		_ = j.setStuck(j.restoreTail()) // kept for Health, and tried again by Append
	}
	j.sealUnsealed()
	return nil
}

// Health returns nil when appends are expected to work, otherwise why not: damage, a tail
// that cannot be restored, or finished segments that cannot be sealed. It waits for no disk.
func (j *Journal) Health() error {
	if d := j.damage(); d != nil {
		return d
	}
	j.health.Lock()
	defer j.health.Unlock()
	if j.stuck != nil {
		return fmt.Errorf("journal: cannot restore its end: %w", j.stuck)
	}
	return j.sealErr
}

// setStuck notes the outcome of restoreTail, and returns it.
func (j *Journal) setStuck(err error) error {
	j.health.Lock()
	defer j.health.Unlock()
	j.stuck = err
	return err
}

func (j *Journal) setSealErr(err error) {
	j.health.Lock()
	defer j.health.Unlock()
	j.sealErr = err
}

// Close waits for finished segments to be sealed and releases all files. Appends that
// returned nil are safe before it.
func (j *Journal) Close() error {
	j.write.Lock()
	defer j.write.Unlock()
	if j.closed {
		return nil
	}
	j.closed = true
	j.sealers.Wait()
	j.closeActive()
	return errors.Join(j.Reader.Close(), j.sealErr)
}

// closeActive gives up the descriptor for writing; its state is not to be trusted or not
// needed, so an error of close says nothing that the next open would not find.
func (j *Journal) closeActive() {
	if j.active != nil {
		j.active.Close()
		j.active = nil
	}
}

// stamp names a file kept aside.
func (j *Journal) stamp() string { return j.opts.Now().UTC().Format("20060102T150405.000000000Z") }
