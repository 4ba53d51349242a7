package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"math/bits"
	"slices"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/translog"
)

const (
	// EntryOverhead is what an event is reckoned with beside its own bytes in the queue: its entry's other members, and a flag or two.
	EntryOverhead = 2048
	// usualOverhead is the same when a block fills: most events are not flagged.
	usualOverhead = 512
)

// Append commits the request's events, all or none, and returns when they are durable.
//
// Refusals are *[event.Refusal] and *[ConflictError], inside an
// *[ItemError] that says which event is meant, or inside the *[RefusedError] of a request of several; they,
// [ErrBusy], [ErrReadOnly], [ErrReadOnlyStart], [ErrClockUnconfirmed], [ErrNoSpace], [ErrRefused], [ErrDisk],
// [ErrTooLarge] and [ErrFull] say that nothing was stored. When ctx ends before the outcome is known Append
// returns [ErrOutcomeUnknown], unless the request had
// not been looked at yet: then it is withdrawn and the error is [ErrBusy].
//
// Append takes over the items' events and bytes.
func (l *Ledger) Append(ctx context.Context, req Request) (Result, error) {
	p, err := l.admit(req)
	if err != nil {
		req.done()
		return Result{}, err
	}
	if err := l.enqueue(p); err != nil {
		return Result{}, err
	}
	out := l.wait(ctx, p)
	if errors.Is(out.err, errDryRun) {
		return l.foretell(ctx, p)
	}
	if out.err != nil {
		return Result{}, out.err
	}
	if err := l.completePresent(ctx, p); err != nil {
		return Result{}, err
	}
	if err := l.addDisputed(ctx, p); err != nil {
		return Result{}, err
	}
	return Result{Receipts: p.receipts, Size: out.view.Size(), Checkpoint: out.checkpoint, view: out.view}, nil
}

// errDryRun ends a dry run that met no refusal.
var errDryRun = errors.New("ledger: a dry run")

// foretell answers a dry run.
func (l *Ledger) foretell(ctx context.Context, p *pending) (Result, error) {
	for i := range p.receipts {
		r := &p.receipts[i]
		for r.AlreadyPresent && !r.twice && l.Head().Size <= r.Index { // it was judged on top of what is not durable yet
			select {
			case <-l.Committed(l.Head().Size):
			case <-ctx.Done():
				return Result{}, fmt.Errorf("%w: %w", ErrBusy, context.Cause(ctx))
			}
		}
		if !r.AlreadyPresent || r.twice { // its place is not its own
			e := p.req.Items[i].Event
			*r = Receipt{EventID: r.EventID, Stream: e.Stream, Revision: r.Revision, Deviations: r.Deviations, Lapsed: r.Lapsed, Key: r.Key,
				twice: r.twice}
		}
	}
	if err := l.completePresent(ctx, p); err != nil {
		return Result{}, err
	}
	for i := range p.receipts {
		if r := &p.receipts[i]; r.twice {
			before := slices.IndexFunc(p.receipts, func(x Receipt) bool { return x.EventID == r.EventID })
			r.AlreadyPresent, r.Revision = true, p.receipts[before].Revision
		}
	}
	return Result{Receipts: p.receipts, Size: l.Head().Size}, nil
}

// wait returns the sequencer's answer, or what is known of the outcome when ctx ends.
func (l *Ledger) wait(ctx context.Context, p *pending) outcome {
	select {
	case <-p.done:
		return p.out
	case <-ctx.Done():
	}
	if p.state.CompareAndSwap(waiting, abandoned) {
		return outcome{err: fmt.Errorf("%w: %w", ErrBusy, context.Cause(ctx))}
	}
	select {
	case <-p.done: // it had just been answered
		return p.out
	default:
		return outcome{err: fmt.Errorf("%w (%w)", ErrOutcomeUnknown, context.Cause(ctx))}
	}
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
		return nil, event.Refuse(law.Pillar1, law.EmptyRequest)
	}
	sent := 0
	p := newPending(req)
	for i := range req.Items {
		it := &req.Items[i]
		if it.Unfit == nil {
			it.Unfit = l.binding(it)
		}
		if it.Unfit != nil && len(req.Items) == 1 {
			return nil, &ItemError{i, it.Event.ID, it.Unfit}
		}
		p.prints[i] = l.print(it.Event, it.Bytes, &req.Actor)
		sent += len(it.Bytes)
		p.bytes += len(it.Bytes) + EntryOverhead
	}
	if limits := l.cfg.limits(); sent > limits.BatchBytes || len(req.Items) > limits.BatchEvents {
		return nil, &TooLargeError{Events: len(req.Items), Bytes: sent, MostEvents: limits.BatchEvents, MostBytes: limits.BatchBytes}
	}
	return p, nil
}

// binding checks what an event says of the ledger that it is for and of its signature.
func (l *Ledger) binding(it *Item) error {
	link := &it.Event.Link
	switch {
	case link.Ledger != "" && link.Ledger != l.Origin():
		return WrongLedger(link.Ledger, l.Origin())
	case link.Key == "" && it.Signature != nil:
		return event.Refuse(law.Pillar1, law.SourceNamesNoKey)
	}
	return nil
}

// WrongLedger is the refusal of an event that says that it is for another ledger than this one.
func WrongLedger(meant, this string) *event.Refusal {
	return event.Refuse(law.Pillar1, law.WrongLedger, law.Str("meant", meant), law.Str("origin", this))
}

// enqueue hands p to the sequencer without waiting; a full queue is the caller's signal to
// slow down.
func (l *Ledger) enqueue(p *pending) error {
	if l.queuedBytes.Add(int64(p.bytes)) > l.cfg.MaxQueueBytes {
		l.queuedBytes.Add(-int64(p.bytes))
		p.req.done()
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
	p.req.done()
}

// answer ends p.
func (l *Ledger) answer(p *pending, out outcome) {
	l.forget(p)
	p.out = out
	close(p.done)
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
		if !resent(&en, &p.req, &p.req.Items[i]) {
			return &ItemError{i, r.EventID, idTaken(p.req.Items[i].Event, p.req.Actor.Role, r.Index)}
		}
		r.Stream, r.Revision, r.Recorded, r.LeafHash, r.line = en.Stream, en.Revision, en.Recorded, translog.LeafHash(raw), raw
	}
	return nil
}

// idTaken refuses an event whose id entry index has with other bytes or by another author. Who may
// not append its type is told that, as if the id were free: he learns nothing of the entry.
func idTaken(e *event.Event, by event.Role, index uint64) error {
	if err := e.Type.Allow(by); err != nil {
		return err
	}
	return &ConflictError{Code: law.IDReused, EventID: e.ID, Stream: e.Stream, Index: index}
}

// resent reports whether an item is what was recorded under its id: the same bytes by the same
// author (pillar 1). Of a signed event the person counts, of an unsigned one role and team too.
// Assurance belongs to the position and is not compared: a key may have been confirmed meanwhile.
func resent(en *entry.Entry, req *Request, it *Item) bool {
	a, b := en.Actor, req.Actor
	if !bytes.Equal(en.Event, it.Bytes) || a.Person != b.Person {
		return false
	}
	return it.Event.Link.Key != "" || a.Role == b.Role && a.Team == b.Team
}

// print is the fingerprint of what [resent] compares, so that the sequencer tells another's event from a
// resend before it places what comes with it: a batch is all or none.
func (l *Ledger) print(e *event.Event, raw []byte, by *event.Actor) uint64 {
	h := maphash.Bytes(l.seed, raw) ^ bits.RotateLeft64(maphash.String(l.seed, by.Person), 1)
	if e.Link.Key != "" {
		return h
	}
	return h ^ bits.RotateLeft64(maphash.String(l.seed, string(by.Role)), 2) ^ bits.RotateLeft64(maphash.String(l.seed, by.Team), 3)
}

// TooLargeError is an [ErrTooLarge] with its numbers.
type TooLargeError struct{ Events, Bytes, MostEvents, MostBytes int }

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("%v: %d events of %d bytes; at most %d events of together %d bytes",
		ErrTooLarge, e.Events, e.Bytes, e.MostEvents, e.MostBytes)
}

// Unwrap returns [ErrTooLarge].
func (e *TooLargeError) Unwrap() error { return ErrTooLarge }

// NewerError: an entry was written by a later release, or adopted a set of rules that this
// program does not have, so it does not append.
type NewerError struct {
	Index uint64 // of the first such entry
	Rules int    // number of the set that it adopted; 0: another reason
	Have  int    // that of this program
}

func (e *NewerError) Error() string {
	text := fmt.Sprintf("entry %d is newer than this program: run the release that wrote it", e.Index)
	if e.Rules > 0 {
		text += fmt.Sprintf("; it adopts the rules of number %d, this program has %d", e.Rules, e.Have)
	}
	return text
}

var (
	// ErrTooLarge: the request is larger than [Limits] say. Nothing was stored.
	ErrTooLarge = errors.New("ledger: the request is too large")
	// ErrFull: the ledger has [MaxEntries]. Nothing was stored.
	ErrFull = errors.New("ledger: it is full; continue in a new ledger")
)
