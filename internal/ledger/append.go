package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/maphash"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/translog"
)

// entryOverhead bounds what the ledger adds to an event in its entry, and to a request in
// flags, in bytes: the reckoning of what fits into a block.
const entryOverhead = 2048

// Append commits the request's events, all or none, and returns when they are durable.
//
// Refusals are *[event.Refusal], *[ConflictError] and *[ForbiddenError], inside an
// *[ItemError] that says which event is meant; they, [ErrBusy], [ErrReadOnly],
// [ErrClockUnconfirmed], [ErrNoSpace], [ErrTooLarge] and [ErrFull] say that nothing was stored. When ctx ends
// before the outcome is known Append returns [ErrOutcomeUnknown], unless the request had
// not been looked at yet: then it is withdrawn and the error is [ErrBusy].
//
// Append takes over the items' events and bytes.
func (l *Ledger) Append(ctx context.Context, req Request) (Result, error) {
	p, err := l.admit(req)
	if err != nil {
		return Result{}, err
	}
	if err := l.enqueue(p); err != nil {
		return Result{}, err
	}
	var out outcome
	select {
	case out = <-p.done:
	case <-ctx.Done():
		if p.state.CompareAndSwap(waiting, abandoned) {
			return Result{}, fmt.Errorf("%w: %w", ErrBusy, context.Cause(ctx))
		}
		select {
		case out = <-p.done: // it had just been answered
		default:
			return Result{}, fmt.Errorf("%w (%w)", ErrOutcomeUnknown, context.Cause(ctx))
		}
	}
	if out.err != nil {
		return Result{}, out.err
	}
	if err := errors.Join(l.completePresent(ctx, p), l.addDisputed(ctx, p)); err != nil {
		return Result{}, err
	}
	return Result{Receipts: p.receipts, Size: out.view.Size(), Checkpoint: out.checkpoint, view: out.view}, nil
}

// admit checks what needs no state.
func (l *Ledger) admit(req Request) (*pending, error) {
	if err := l.health.refusing(); err != nil {
		return nil, err
	}
	if l.clock.Unconfirmed() {
		return nil, ErrClockUnconfirmed
	}
	if len(req.Items) == 0 {
		return nil, event.Refuse("pillar 1", "empty-request", "send at least one event", "the request has no event")
	}
	sent := 0
	p := newPending(req)
	for i := range req.Items {
		it := &req.Items[i]
		if t := it.Event.Type; !t.MayAppend(req.Actor.Role) {
			return nil, &ItemError{i, it.Event.ID, &ForbiddenError{Role: req.Actor.Role, Type: t}}
		}
		p.prints[i] = maphash.Bytes(l.seed, it.Bytes)
		sent += len(it.Bytes)
		p.bytes += len(it.Bytes) + entryOverhead
	}
	// What the entries really have is known when they are judged, in a block of their own if
	// need be; what was sent is the least.
	if sent > l.cfg.MaxBlockBytes || len(req.Items) > l.cfg.MaxBlockEntries {
		return nil, fmt.Errorf("%w: %d events of %d bytes; at most %d events of together %d bytes", ErrTooLarge,
			len(req.Items), sent, l.cfg.MaxBlockEntries, l.cfg.MaxBlockBytes)
	}
	return p, nil
}

// enqueue hands p to the sequencer without waiting; a full queue is the caller's signal to
// slow down.
func (l *Ledger) enqueue(p *pending) error {
	if l.queuedBytes.Add(int64(p.bytes)) > l.cfg.MaxQueueBytes {
		l.queuedBytes.Add(-int64(p.bytes))
		return ErrBusy
	}
	l.queued.Add(1)
	l.closing.RLock()
	defer l.closing.RUnlock()
	if l.closed {
		l.forget(p)
		return fmt.Errorf("%w: it is closing", ErrReadOnly)
	}
	select {
	case l.queue <- p:
		return nil
	default:
		l.forget(p)
		return ErrBusy
	}
}

// forget gives back p's share of the queue.
func (l *Ledger) forget(p *pending) {
	l.queuedBytes.Add(-int64(p.bytes))
	l.queued.Add(-1)
}

// answer ends p.
func (l *Ledger) answer(p *pending, out outcome) {
	l.forget(p)
	p.done <- out
}

// completePresent fills the receipts of events that were there before, and compares their
// stored bytes with what was sent: fingerprints are not proof. By now everything is stored,
// so an entry that cannot be read leaves the caller without an answer, not with a refusal.
func (l *Ledger) completePresent(ctx context.Context, p *pending) error {
	for i := range p.receipts {
		r := &p.receipts[i]
		if !r.AlreadyPresent {
			continue
		}
		raw, err := l.Entry(ctx, r.Index)
		if err != nil {
			return fmt.Errorf("%w (entry %d: %w)", ErrOutcomeUnknown, r.Index, err)
		}
		en, err := entry.Parse(raw)
		if err != nil {
			return fmt.Errorf("%w (entry %d: %w)", ErrOutcomeUnknown, r.Index, err)
		}
		if !bytes.Equal(en.Event, p.req.Items[i].Bytes) {
			return &ItemError{i, r.EventID, &ConflictError{Code: "id-reused", EventID: r.EventID, Stream: en.Stream}}
		}
		r.Stream, r.Revision, r.Recorded, r.LeafHash = en.Stream, en.Revision, en.Recorded, translog.LeafHash(raw)
	}
	return nil
}

// ForbiddenError: the role may not append events of this type.
type ForbiddenError struct {
	Role event.Role
	Type *event.Type
}

func (e *ForbiddenError) Error() string {
	return fmt.Sprintf("role %s may not append %s; it may be appended by %v", e.Role, e.Type, e.Type.Append)
}

var (
	// ErrTooLarge: the request does not fit into one block. Nothing was stored.
	ErrTooLarge = errors.New("ledger: the request is too large")
	// ErrFull: the ledger has [MaxEntries]. Nothing was stored.
	ErrFull = errors.New("ledger: it is full; continue in a new ledger")
)
