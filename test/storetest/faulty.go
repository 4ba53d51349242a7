package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/store"
)

// ErrInjected is wrapped by every error that [Faulty] makes up itself.
var ErrInjected = errors.New("storetest: injected fault")

// An AppendFault is what goes wrong with one Append.
type AppendFault int

// The append faults.
const (
	// Pass lets the append through.
	Pass AppendFault = iota
	// FailCertainly stores nothing and says so: store.ErrNotStored.
	FailCertainly
	// FailUnknown stores nothing, and the error leaves that open.
	FailUnknown
	// PersistThenFail stores the block, and the error leaves that open.
	PersistThenFail
	// TimeoutLost stores nothing and gives context.DeadlineExceeded.
	TimeoutLost
	// TimeoutStored stores the block and gives context.DeadlineExceeded.
	TimeoutStored
	// TimeoutLate gives context.DeadlineExceeded and stores the block just before the next
	// Append (or at [Faulty.Settle]), as a request still in flight would be.
	TimeoutLate
	// Conflict stores a rival block with the same number first, so that the append meets a
	// real store.ErrConflict.
	Conflict
)

// A ReadFault is what goes wrong with one Read, at the k-th block it delivers.
type ReadFault int

// The read faults. The last two lie: Read ends with nil.
const (
	// ReadFails ends the read with an error instead of block k.
	ReadFails ReadFault = iota
	// ReadDamaged ends the read with a *store.DamageError for block k.
	ReadDamaged
	// ReadDrops skips block k silently.
	ReadDrops
	// ReadFlips flips one bit in the middle of block k.
	ReadFlips
)

// Faulty wraps a store and lets the calls listed beforehand go wrong, in order; all other
// calls pass. A test says what is to happen and goes on:
//
//	f := storetest.NewFaulty(memory.New(0))
//	f.Next(storetest.Pass, storetest.PersistThenFail)  // the second append from now on
//	f.NextRead(storetest.ReadFlips, 3)                 // the third block of the next read
//	f.HeadFails(1)                                     // the next call of Head
//
// Its methods may be called from any goroutine.
type Faulty struct {
	store.Store

	// Rival makes the block that Conflict stores in place of b. NewFaulty sets one with a
	// different id and a single entry; a ledger's test may set one that its own rules accept.
	Rival func(b *block.Block) *block.Block

	mu      sync.Mutex
	appends []AppendFault
	always  AppendFault // what happens to appends that are not scripted
	reads   []readFault
	heads   int          // calls of Head that are to fail
	late    *block.Block // of TimeoutLate
	calls   int
}

type readFault struct {
	kind ReadFault
	at   int
}

var _ store.Store = (*Faulty)(nil)

// NewFaulty wraps inner, which works until told otherwise.
func NewFaulty(inner store.Store) *Faulty { return &Faulty{Store: inner, Rival: rival} }

// rival seals another block with b's number.
func rival(b *block.Block) *block.Block {
	return Next(&block.Block{Number: b.Number - 1, Size: b.First}, "rival")
}

// Next scripts the appends to come, after those scripted already.
func (f *Faulty) Next(faults ...AppendFault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.appends = append(f.appends, faults...)
}

// Always lets every append that is not scripted meet a fault, until it is called with Pass.
func (f *Faulty) Always(fault AppendFault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.always = fault
}

// NextRead scripts one read to come, after those scripted already: kind happens at the
// k-th block it delivers, counted from 1. A read that is shorter passes.
func (f *Faulty) NextRead(kind ReadFault, k int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.reads = append(f.reads, readFault{kind, k})
}

// HeadFails makes the next n calls of Head fail.
func (f *Faulty) HeadFails(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.heads += n
}

// Appends is the number of calls of Append so far.
func (f *Faulty) Appends() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.calls
}

// Pending is the number of scripted faults that have not happened: a test ends with 0.
func (f *Faulty) Pending() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.appends) + len(f.reads) + f.heads
}

// Settle lets a late block arrive now.
func (f *Faulty) Settle() error {
	f.mu.Lock()
	b := f.late
	f.late = nil
	f.mu.Unlock()
	if b == nil {
		return nil
	}
	return f.Store.Append(context.Background(), b)
}

// Append implements store.Store.
func (f *Faulty) Append(ctx context.Context, b *block.Block) error {
	// A late block meets the fence like any other; who lost is seen by the append itself.
	_ = f.Settle()
	switch fault := f.takeAppend(); fault {
	case FailCertainly:
		return fmt.Errorf("%w: %w", store.ErrNotStored, ErrInjected)
	case FailUnknown:
		return fmt.Errorf("%w: nothing was stored", ErrInjected)
	case TimeoutLost:
		return fmt.Errorf("%w: %w", ErrInjected, context.DeadlineExceeded)
	case PersistThenFail, TimeoutStored:
		if err := f.Store.Append(ctx, b); err != nil {
			return err
		}
		if fault == TimeoutStored {
			return fmt.Errorf("%w: %w", ErrInjected, context.DeadlineExceeded)
		}
		return fmt.Errorf("%w: after the block was stored", ErrInjected)
	case TimeoutLate:
		f.mu.Lock()
		f.late = clone(b)
		f.mu.Unlock()
		return fmt.Errorf("%w: %w", ErrInjected, context.DeadlineExceeded)
	case Conflict:
		if err := f.Store.Append(ctx, f.Rival(b)); err != nil {
			return err
		}
	}
	return f.Store.Append(ctx, b)
}

func (f *Faulty) takeAppend() AppendFault {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls++
	if len(f.appends) == 0 {
		return f.always
	}
	fault := f.appends[0]
	f.appends = f.appends[1:]
	return fault
}

// Head implements store.Store.
func (f *Faulty) Head(ctx context.Context) (uint64, error) {
	f.mu.Lock()
	fail := f.heads > 0
	if fail {
		f.heads--
	}
	f.mu.Unlock()
	if fail {
		return 0, fmt.Errorf("%w: head", ErrInjected)
	}
	return f.Store.Head(ctx)
}

// Read implements store.Store.
func (f *Faulty) Read(ctx context.Context, from, to uint64, fn func(number uint64, raw []byte) error) error {
	f.mu.Lock()
	if len(f.reads) == 0 {
		f.mu.Unlock()
		return f.Store.Read(ctx, from, to, fn)
	}
	fault := f.reads[0]
	f.reads = f.reads[1:]
	f.mu.Unlock()
	seen := 0
	return f.Store.Read(ctx, from, to, func(number uint64, raw []byte) error {
		if seen++; seen != fault.at {
			return fn(number, raw)
		}
		switch fault.kind {
		case ReadFails:
			return fmt.Errorf("%w: read of block %d", ErrInjected, number)
		case ReadDamaged:
			return &store.DamageError{Block: number, Reason: ErrInjected.Error()}
		case ReadDrops:
			return nil
		default:
			raw = bytes.Clone(raw)
			raw[len(raw)/2] ^= 1
			return fn(number, raw)
		}
	})
}

// clone copies a block: its memory is the caller's again when Append returns.
func clone(b *block.Block) *block.Block {
	c, err := block.Parse(bytes.Clone(b.Bytes))
	if err != nil {
		panic("storetest: a block that was appended does not parse: " + err.Error())
	}
	return c
}
