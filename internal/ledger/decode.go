package ledger

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/store"
	"github.com/anjian-ledger/anjian/internal/translog"
)

// decoded is a block taken apart, with its entries consistent among themselves. Whether it
// belongs where it stands only the tree can say.
type decoded struct {
	block  *block.Block
	events []*event.Event
	prints []uint64 // fingerprints of the events and their authors
	leaves []tlog.Hash
}

// unreadable wraps the error of a block that is there but cannot be understood.
type unreadable struct{ error }

func (u unreadable) Unwrap() error { return u.error }

// decode takes a block apart. It is pure and runs on all cores at replay.
func (l *Ledger) decode(raw []byte, number uint64) (*decoded, error) {
	b, err := block.Parse(raw)
	if err != nil {
		return nil, err
	}
	if b.Number != number {
		return nil, &store.DamageError{Block: number, Reason: fmt.Sprintf("it says it is block %d", b.Number)}
	}
	n := len(b.Entries)
	d := &decoded{block: b, events: make([]*event.Event, n), prints: make([]uint64, n), leaves: make([]tlog.Hash, n)}
	var en entry.Entry
	for i, line := range b.Entries {
		err := en.Read(line)
		if errors.Is(err, entry.ErrNewer) && en.Index == b.First+uint64(i) {
			d.events[i], d.leaves[i] = entry.Newer(b.First+uint64(i), b.Recorded, err), translog.LeafHash(line)
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("block %d: entry %d: %w", number, b.First+uint64(i), err)
		}
		if en.Index != b.First+uint64(i) {
			return nil, &store.DamageError{Block: number, Reason: fmt.Sprintf("entry %d stands at %d", en.Index, b.First+uint64(i))}
		}
		d.events[i] = en.Decode(l.cfg.Catalogue)
		d.prints[i] = l.print(d.events[i], en.Event, &en.Actor)
		d.leaves[i] = translog.LeafHash(line)
	}
	return d, nil
}

// reader reads blocks from..to of one copy in order.
type reader func(ctx context.Context, from, to uint64, fn func(number uint64, raw []byte) error) error

// decodeAll reads blocks from..to, decodes them on all cores and calls fn with them in
// order. The error names the first block that could not be read, decoded or accepted.
func (l *Ledger) decodeAll(ctx context.Context, read reader, from, to uint64, fn func(*decoded) error) error {
	type job struct {
		number uint64
		raw    []byte
		d      *decoded
		err    error
		done   chan struct{}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cores := runtime.GOMAXPROCS(0)
	work := make(chan *job, 4*cores)
	order := make(chan *job, 4*cores)
	for range cores {
		go func() {
			for j := range work {
				if j.d, j.err = l.decode(j.raw, j.number); j.err != nil {
					j.err = unreadable{j.err}
				}
				close(j.done)
			}
		}()
	}
	go func() {
		defer close(order)
		defer close(work)
		err := read(ctx, from, to, func(number uint64, raw []byte) error {
			j := &job{number: number, raw: raw, done: make(chan struct{})}
			select {
			case order <- j:
				work <- j
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		})
		if err != nil {
			j := &job{err: err, done: make(chan struct{})}
			close(j.done)
			select {
			case order <- j:
			case <-ctx.Done():
			}
		}
	}()
	for j := range order {
		<-j.done
		if j.err != nil {
			return j.err
		}
		if err := fn(j.d); err != nil {
			return err
		}
	}
	return ctx.Err()
}
