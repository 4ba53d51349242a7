// Package store is the contract between the ledger and an engine that keeps its blocks, and nothing
// more. Packages embedded, cluster and kurrentdb keep the promise; test/storetest checks it.
package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/anjian-ledger/anjian/internal/block"
)

// A Source is what blocks are read from: a [Store], or a journal.
type Source interface {
	// Head returns the number of the last block, 0 when empty. A block whose Append
	// returned nil anywhere before the call is included.
	Head(ctx context.Context) (uint64, error)

	// Read calls fn with each block from..to, both included, in order, complete: it ends
	// with nil only after block to. A missing or unreadable block gives a *DamageError. The bytes are as
	// stored: the caller parses and verifies them. fn owns raw.
	Read(ctx context.Context, from, to uint64, fn func(number uint64, raw []byte) error) error
}

// A Target is what blocks are appended to. Append is called by one goroutine at a time; Head
// and Read may run beside it.
type Target interface {
	Source

	// Append makes b durable as block b.Number if and only if the last block is
	// b.Number-1. Its outcomes:
	//
	//	nil             durable: it survives power loss of every node the engine promises for
	//	ErrConflict     not stored, now or later: another block has this number
	//	ErrNotStored    not stored, now or later: no space, read-only, too large, unreachable before sending
	//	anything else   unknown: it may be stored now, later or never
	//
	// Append does not keep b or its bytes: the caller uses the memory again.
	//
	// Append is idempotent: when block b.Number is already stored with the same bytes, it
	// returns nil. So an unknown outcome is resolved by appending the same block again.
	Append(ctx context.Context, b *block.Block) error

	// MaxBlock is the most bytes one block may have in this engine.
	MaxBlock() int
}

// A Store keeps blocks 1, 2, 3 … in order, without gaps, for good.
type Store interface {
	Target

	// Close releases the engine. Appends that returned nil are safe before it.
	Close() error
}

// A Prober is a store that can find out, without storing anything, whether it would take a block of the
// largest size. It is optional, as [Watcher] is.
type Prober interface {
	// Probe returns an error that wraps [ErrRefused] when the engine would refuse every block, or the
	// largest; nil when it would not, or did not answer.
	Probe(ctx context.Context) error
}

// RefusedError is an [ErrRefused] in plain words.
type RefusedError struct {
	Says  string // cause and remedy
	Cause error  // what the engine or its client said
}

func (e *RefusedError) Error() string { return e.Says }

// Unwrap implements errors.Is.
func (e *RefusedError) Unwrap() []error { return []error{ErrRefused, e.Cause} }

// A Watcher is a store that others write to as well and that tells when they did. It is
// optional: who uses a store asks for it by a type assertion.
type Watcher interface {
	// Watch returns a channel of heads: each number is greater than after and than the one
	// before it, and the block of that number is stored. Numbers may be left out when the
	// receiver is slower than the writers, but the newest one arrives; own appends count. A
	// new head arrives within milliseconds as a rule and, while the engine can be reached,
	// within two seconds always. The channel is closed when ctx ends or the store is closed.
	Watch(ctx context.Context, after uint64) (<-chan uint64, error)
}

// Clocks is a store through which the nodes that write to it ask each other for the time. It is optional, as [Watcher] is.
type Clocks interface {
	// AskTime asks the other nodes, and returns what the clocks of those show that rely on them. It waits for a few seconds at
	// most for who seems to be there, and does not wait where nobody is. An error says that nobody could be asked.
	AskTime(ctx context.Context) ([]time.Time, error)
	// TellTime answers what others ask, until ctx ends or the store is closed, by read, which says whether the time is relied on.
	TellTime(ctx context.Context, read func() (now time.Time, sure bool)) error
}

var (
	// ErrConflict means that another block already has the number: someone else wrote.
	ErrConflict = errors.New("store: another block has this number")
	// ErrNotStored means that the engine certainly did not store the block.
	ErrNotStored = errors.New("store: block not stored")
	// ErrRefused comes with ErrNotStored when the engine will go on refusing until an administrator
	// has changed something; the error's text says what, in plain words.
	ErrRefused = errors.New("store: refused for good")
)

// DamageError says that the engine has lost or cannot deliver a block that it should have.
type DamageError struct {
	Block  uint64
	Reason string
	Remedy string // what the engine's administrator can do; empty: nothing that the engine knows
}

func (e *DamageError) Error() string {
	text := fmt.Sprintf("store: block %d is damaged or missing: %s", e.Block, e.Reason)
	if e.Remedy != "" {
		text += "; " + e.Remedy
	}
	return text
}
