package ledger

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sort"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/translog"
)

// Head returns the newest committed state.
func (l *Ledger) Head() Head { return l.current.Load().Head }

// rootAt returns the root of the ledger at a position that is durable (R62).
func (l *Ledger) rootAt(position uint64) (root [32]byte, ok bool) {
	if position > l.Head().Size {
		return root, false
	}
	root, err := l.tree.RootAt(position)
	return root, err == nil
}

// ReadsOnly reports whether the node was started for reading.
func (l *Ledger) ReadsOnly() bool { return l.cfg.ReadOnly }

// Committed returns a channel that is closed when the ledger has more than after entries,
// or at least more than now: who asks for more than the next block looks again.
func (l *Ledger) Committed(after uint64) <-chan struct{} {
	h := l.current.Load()
	if h.Size > after {
		return closedChannel
	}
	return h.newer
}

var closedChannel = func() chan struct{} { c := make(chan struct{}); close(c); return c }()

// durable is the outcome that proves against the newest committed state.
func (l *Ledger) durable() outcome {
	h := l.Head()
	v, err := l.tree.At(h.Size)
	return outcome{err: err, view: v, checkpoint: h.Checkpoint}
}

// AppendReceiptProof appends the C2SP tlog-proof of a receipt of res.
func (l *Ledger) AppendReceiptProof(dst []byte, index uint64, res *Result) ([]byte, error) {
	return res.view.AppendReceipt(dst, index, res.Checkpoint)
}

// CurrentProof returns the C2SP tlog-proof of an entry against the newest checkpoint.
func (l *Ledger) CurrentProof(index uint64) ([]byte, error) {
	h := l.Head()
	if index >= h.Size {
		return nil, ErrNotFound
	}
	v, err := l.tree.At(h.Size)
	if err != nil {
		return nil, err
	}
	return v.AppendReceipt(nil, index, h.Checkpoint)
}

// Prove returns the RFC 6962 audit path of an entry in the tree of the given size.
func (l *Ledger) Prove(index, size uint64) (tlog.RecordProof, error) {
	if size > l.Head().Size || index >= size {
		return nil, ErrNotFound
	}
	return l.tree.ProveInclusion(index, size)
}

// Consistency returns the RFC 6962 proof that the tree of size old is a prefix of the one
// of size size.
func (l *Ledger) Consistency(old, size uint64) (tlog.TreeProof, error) {
	if size > l.Head().Size || old > size {
		return nil, ErrNotFound
	}
	return l.tree.ProveConsistency(old, size)
}

// RootAt returns the tree's root when it had size entries.
func (l *Ledger) RootAt(size uint64) ([32]byte, error) {
	if size > l.Head().Size {
		return [32]byte{}, ErrNotFound
	}
	return l.tree.RootAt(size)
}

// recordedPatience bounds how long [Ledger.RecordedAt] waits for an engine that does not answer: the sequencer
// asks, too.
const recordedPatience = 5 * time.Second

// RecordedAt returns when the last of the first size entries was recorded; zero for none.
func (l *Ledger) RecordedAt(size uint64) (time.Time, error) {
	switch h := l.Head(); {
	case size > h.Size:
		return time.Time{}, ErrNotFound
	case size == h.Size:
		return h.Recorded, nil
	case size == 0:
		return time.Time{}, nil
	}
	ctx, cancel := context.WithTimeout(l.life, recordedPatience)
	defer cancel()
	raw, err := l.Entry(ctx, size-1)
	if err != nil {
		return time.Time{}, err
	}
	en, err := entry.Parse(raw)
	if errors.Is(err, entry.ErrNewer) {
		b, err := l.readBlock(ctx, l.blocks.of(size-1))
		if err != nil {
			return time.Time{}, err
		}
		return b.Recorded, nil
	}
	return en.Recorded, err
}

// recordedOf returns when an entry of b was recorded; of a newer form only the block tells.
func recordedOf(b *block.Block, i int) (time.Time, error) {
	en, err := entry.Parse(b.Entries[i])
	if errors.Is(err, entry.ErrNewer) {
		return b.Recorded, nil
	}
	return en.Recorded, err
}

// PositionAt returns the state that counts as of t: how many entries there are up to the last
// one that was recorded at t or before. Where recorded time was corrected, entries before it
// may say a later time.
func (l *Ledger) PositionAt(ctx context.Context, t time.Time) (uint64, error) {
	h := l.Head()
	if !t.Before(h.Recorded) {
		return h.Size, nil
	}
	number := l.blocks.lastAt(t)
	if number == 0 {
		return 0, nil
	}
	b, err := l.readBlock(ctx, number)
	if err != nil {
		return 0, err
	}
	for i := len(b.Entries) - 1; i >= 0; i-- {
		if at, err := recordedOf(b, i); err != nil {
			return 0, err
		} else if !at.After(t) {
			return b.First + uint64(i) + 1, nil
		}
	}
	return b.First, nil
}

// RecordedFrom returns the position of the first entry that was recorded at t or after, the
// ledger's size when there is none.
func (l *Ledger) RecordedFrom(ctx context.Context, t time.Time) (uint64, error) {
	number := l.blocks.firstFrom(t)
	if number == 0 {
		return l.Head().Size, nil
	}
	b, err := l.readBlock(ctx, number)
	if err != nil {
		return 0, err
	}
	for i := range b.Entries {
		if at, err := recordedOf(b, i); err != nil {
			return 0, err
		} else if !at.Before(t) {
			return b.First + uint64(i), nil
		}
	}
	return b.Size, nil
}

// Entry returns the stored bytes of one entry, checked against the tree: what comes from a
// disk is believed only when its hash is the leaf's.
func (l *Ledger) Entry(ctx context.Context, index uint64) ([]byte, error) {
	h := l.Head()
	if index >= h.Size {
		return nil, ErrNotFound
	}
	raw, err := l.cfg.Journal.Entry(index)
	if err == nil && l.isLeaf(index, raw, h.Size) {
		return raw, nil
	}
	b, err := l.readBlock(ctx, l.blocks.of(index))
	if err != nil {
		return nil, err
	}
	return b.Entries[index-b.First], nil
}

// isLeaf reports whether raw is leaf index of the tree of the given size.
func (l *Ledger) isLeaf(index uint64, raw []byte, size uint64) bool {
	v, err := l.tree.At(size)
	if err != nil {
		return false
	}
	leaves, err := v.ReadHashes([]int64{tlog.StoredHashIndex(0, int64(index))})
	return err == nil && leaves[0] == translog.LeafHash(raw)
}

// readBlock returns a block whose entries are the tree's, from the journal or, where that
// is damaged, from the store.
func (l *Ledger) readBlock(ctx context.Context, number uint64) (*block.Block, error) {
	b, journalErr := l.genuineFrom(ctx, l.cfg.Journal.Read, number)
	if journalErr == nil {
		return b, nil
	}
	storeErr := l.cfg.StoreErr
	if l.cfg.Store != nil {
		if b, storeErr = l.genuineFrom(ctx, l.cfg.Store.Read, number); storeErr == nil {
			return b, nil
		}
	}
	return nil, fmt.Errorf("ledger: neither copy can deliver block %d: journal: %w; store: %w", number, journalErr, storeErr)
}

func (l *Ledger) genuineFrom(ctx context.Context, read reader, number uint64) (b *block.Block, err error) {
	err = read(ctx, number, number, func(_ uint64, raw []byte) (err error) {
		b, err = l.genuine(raw, number)
		return err
	})
	if err == nil && b == nil {
		err = &store.DamageError{Block: number, Reason: "it was passed over"}
	}
	return b, err
}

// genuine parses a block and checks that its entries are leaves of the tree.
func (l *Ledger) genuine(raw []byte, number uint64) (*block.Block, error) {
	b, err := block.Parse(raw)
	if err != nil {
		return nil, err
	}
	if b.Number != number {
		return nil, &store.DamageError{Block: number, Reason: fmt.Sprintf("it says it is block %d", b.Number)}
	}
	if b.First != l.blocks.first(number) || b.Size != l.blocks.first(number+1) {
		return nil, &store.DamageError{Block: number, Reason: fmt.Sprintf("it says it has entries %d to %d", b.First, b.Size)}
	}
	v, err := l.tree.At(b.Size)
	if err != nil {
		return nil, err
	}
	want := make([]int64, len(b.Entries))
	for i := range want {
		want[i] = tlog.StoredHashIndex(0, int64(b.First)+int64(i))
	}
	leaves, err := v.ReadHashes(want)
	if err != nil {
		return nil, err
	}
	for i, e := range b.Entries {
		if translog.LeafHash(e) != leaves[i] {
			return nil, &store.DamageError{Block: number, Reason: fmt.Sprintf("entry %d is not the one that was recorded", b.First+uint64(i))}
		}
	}
	return b, nil
}

// Entries calls fn with the stored bytes of entries from..to-1 in order, each checked
// against the tree. It ends with nil only after entry to-1.
func (l *Ledger) Entries(ctx context.Context, from, to uint64, fn func(index uint64, raw []byte) error) error {
	if to > l.Head().Size || from > to {
		return ErrNotFound
	}
	if from == to {
		return nil
	}
	for number := l.blocks.of(from); from < to; number++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		b, err := l.readBlock(ctx, number)
		if err != nil {
			return err
		}
		for _, raw := range b.Entries[from-b.First : min(to, b.Size)-b.First] {
			if err := fn(from, raw); err != nil {
				return err
			}
			from++
		}
	}
	return nil
}

// Tile returns a C2SP hash tile of the published tree; width 256 is a full one.
func (l *Ledger) Tile(level int, n uint64, width int) ([]byte, error) {
	return l.tree.ReadTile(level, n, width)
}

// Bundle returns a C2SP entry bundle: width entries from 256·n on.
func (l *Ledger) Bundle(ctx context.Context, n uint64, width int) ([]byte, error) {
	from := n * translog.TileWidth
	to := from + uint64(width)
	if width < 1 || width > translog.TileWidth || to > l.Head().Size {
		return nil, ErrNotFound
	}
	var out []byte
	err := l.Entries(ctx, from, to, func(_ uint64, raw []byte) (err error) {
		out, err = translog.AppendBundle(out, raw)
		return err
	})
	return out, err
}

// VerifierKey returns the note verifier key under which checkpoints are signed.
func (l *Ledger) VerifierKey() string { return l.cfg.Key.VerifierKey() }

// Origin returns the checkpoint origin line: the name of this ledger.
func (l *Ledger) Origin() string { return l.cfg.Key.Origin() }

// blockTable finds the block of an entry or of a time. 24 bytes a block.
//
// Recorded time goes back where it was corrected, so what is searched are two lines that never
// do: earliest[i], the earliest time in block i+1 or any after it, and latest[i], the latest
// time in block i+1 or any before it. Both in µs since 1970.
type blockTable struct {
	mu               sync.RWMutex
	ends             []uint64 // ends[i]: tree size after block i+1
	earliest, latest []int64
}

// add adds a block by its entries.
func (t *blockTable) add(end uint64, events []*event.Event) {
	early, late := int64(math.MaxInt64), int64(math.MinInt64)
	for _, e := range events {
		us := e.Recorded.UnixMicro()
		early, late = min(early, us), max(late, us)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	n := len(t.ends)
	if n > 0 {
		late = max(late, t.latest[n-1])
	}
	for i := n - 1; i >= 0 && t.earliest[i] > early; i-- { // time was corrected
		t.earliest[i] = early
	}
	t.ends, t.earliest, t.latest = append(t.ends, end), append(t.earliest, early), append(t.latest, late)
}

// of returns the number of the block that holds an entry.
func (t *blockTable) of(index uint64) uint64 {
	t.mu.RLock()
	defer t.mu.RUnlock()
	i, found := slices.BinarySearch(t.ends, index)
	if found {
		i++ // the entry is the first of the next block
	}
	return uint64(i) + 1
}

// first returns the index of the first entry of a block, or of the one to come.
func (t *blockTable) first(number uint64) uint64 {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if number <= 1 || number-1 > uint64(len(t.ends)) {
		return 0
	}
	return t.ends[number-2]
}

// lastAt returns the last block with an entry that was recorded at tm or before, 0 for none.
func (t *blockTable) lastAt(tm time.Time) uint64 {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return uint64(sort.Search(len(t.earliest), func(i int) bool { return time.UnixMicro(t.earliest[i]).After(tm) }))
}

// firstFrom returns the first block with an entry that was recorded at tm or after, 0 for none.
func (t *blockTable) firstFrom(tm time.Time) uint64 {
	t.mu.RLock()
	defer t.mu.RUnlock()
	i := sort.Search(len(t.latest), func(i int) bool { return !time.UnixMicro(t.latest[i]).Before(tm) })
	if i == len(t.latest) {
		return 0
	}
	return uint64(i) + 1
}
