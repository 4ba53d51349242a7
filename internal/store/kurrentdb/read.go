package kurrentdb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/store"
)

const (
	// leastBatch and mostBatch bound the events of one request: a read begins small and
	// doubles, since most are of a few blocks.
	leastBatch, mostBatch = 64, 2048
	// batchBytes ends a batch early.
	batchBytes = 4 << 20
	// beginningEvery is how often a head is asked together with the first event.
	beginningEvery = 10 * time.Second
	// searchBack is how many events behind a foreign one the last block is looked for.
	searchBack = 4096
)

// Head implements store.Store. The answer is the leader's.
//
// At most every beginningEvery it also looks whether the first event is still there, so that a
// truncation or deletion is seen by whoever polls the head.
func (s *Store) Head(ctx context.Context) (uint64, error) {
	last, err := s.readTail(ctx)
	if err == nil && last.number > 0 && s.lookAgain(time.Now()) {
		err = s.lookAtBeginning(ctx)
	}
	return last.number, err
}

// lookAgain reports whether it is time to look at the first event, and notes that it is looked at.
func (s *Store) lookAgain(now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.Sub(s.looked) < beginningEvery {
		return false
	}
	s.looked = now
	return true
}

// lookAtBeginning returns a *store.DamageError when the first event is not the ledger's first.
func (s *Store) lookAtBeginning(ctx context.Context) error {
	first, err := s.fetch(ctx, 0, 1)
	if err != nil {
		return located(err, 1)
	}
	if _, err := blockAt(s.cfg.Stream, first[0], 0); err != nil {
		return &store.DamageError{Block: 1, Reason: err.Error(), Remedy: remedyOf(first[0], 0)}
	}
	return nil
}

// known returns the last block known to be stored.
func (s *Store) known() tail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tail
}

// advance notes that a block is stored.
func (s *Store) advance(t tail) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t.number > s.tail.number {
		s.tail = t
		if t.number%indexStride == 0 {
			s.index.add(point{t.number, t.first + t.number - 1})
		}
	}
}

// readTail asks the server for the last block. With a *store.DamageError the tail is that
// of the last good block, and the error's block the one after it.
func (s *Store) readTail(ctx context.Context) (tail, error) {
	before := s.known()
	last, err := s.lastClosing(ctx, 1)
	var foreign *foreignError
	if errors.As(err, &foreign) {
		if last, err = s.lastClosing(ctx, searchBack); err == nil {
			s.advance(last)
			return last, &store.DamageError{Block: last.number + 1, Reason: foreign.Error(), Remedy: foreign.remedy}
		}
		if errors.As(err, &foreign) {
			return before, &store.DamageError{Block: before.number + 1, Reason: foreign.Error(), Remedy: foreign.remedy}
		}
	}
	switch {
	case err != nil:
		return tail{}, err
	case last.number < before.number:
		return last, &store.DamageError{Block: last.number + 1,
			Reason: fmt.Sprintf("the stream ends at block %d, it had %d", last.number, before.number), Remedy: remedyRemoved}
	}
	s.advance(last)
	return last, nil
}

// foreignError says that what ends the stream is not the ledger's.
type foreignError struct {
	reason error
	remedy string
}

func (e *foreignError) Error() string { return e.reason.Error() }

// What an administrator of the server can do about a stream that is not what it was.
const (
	remedyForeign = "nothing takes an event of somebody else out of a stream: a new stream has to get the blocks of a journal"
	remedyRemoved = "look at the stream's metadata: without $tb, $maxCount and $maxAge what they hide is back, until a scavenge has run; " +
		"else a new stream has to get the blocks of a journal"
	remedyTombstone = "a tombstone is for good: a new stream has to get the blocks of a journal"
)

// tombstoned is the reason of a stream that was deleted for good, in plain words.
var errTombstoned = errors.New("the stream was deleted for good (tombstone)")

// lastClosing returns the last closing event among the last n events.
func (s *Store) lastClosing(ctx context.Context, n uint64) (tail, error) {
	events, err := s.events(ctx, esdb.ReadStreamOptions{Direction: esdb.Backwards, From: esdb.End{}}, n)
	switch {
	case errorCode(err) == esdb.ErrorCodeResourceNotFound:
		return tail{}, nil
	case errorCode(err) == esdb.ErrorCodeStreamDeleted:
		return tail{}, &foreignError{errTombstoned, remedyTombstone}
	case err != nil:
		return tail{}, err
	case len(events) == 0:
		return tail{}, &foreignError{errors.New("the stream exists and its last event cannot be read"), remedyRemoved}
	}
	var first error
	for _, e := range events {
		reason := fmt.Errorf("event %d of type %q is not the ledger's", e.EventNumber, e.EventType)
		if e.EventType == closingType {
			c, err := parseClosing(s.cfg.Stream, e)
			if err == nil {
				return tail{number: c.Number, first: c.First, size: c.Size}, nil
			}
			reason = err
		}
		if first == nil {
			first = reason
		}
	}
	return tail{}, &foreignError{first, remedyForeign}
}

// Read implements store.Store. No connection is held while fn runs; the next events are
// fetched meanwhile.
func (s *Store) Read(ctx context.Context, from, to uint64, fn func(number uint64, raw []byte) error) error {
	if from = max(from, 1); from > to {
		return ctx.Err()
	}
	last, err := s.readTail(ctx)
	var damage *store.DamageError
	if err != nil && !errors.As(err, &damage) {
		return err
	}
	if end := min(to, last.number); from <= end {
		if err := s.readStored(ctx, from, end, last, fn); err != nil {
			return err
		}
	}
	switch {
	case to <= last.number:
		return nil
	case damage != nil:
		return damage
	}
	return &store.DamageError{Block: max(from, last.number+1), Reason: fmt.Sprintf("the last block is %d", last.number)}
}

// readStored reads blocks that are there.
func (s *Store) readStored(ctx context.Context, from, to uint64, last tail, fn func(uint64, []byte) error) error {
	revision, err := s.locate(ctx, from, last)
	if err != nil {
		return err
	}
	a := assembly{stream: s.cfg.Stream, number: from, revision: revision}
	feed := s.prefetch(ctx, revision, last.revision())
	defer feed.stop()
	for a.number <= to {
		events, err := feed.next(ctx)
		if err != nil {
			return located(err, a.number)
		}
		for _, e := range events {
			raw, err := a.add(e)
			if err != nil {
				return &store.DamageError{Block: a.number, Reason: err.Error(), Remedy: remedyOf(e, a.revision)}
			}
			if raw == nil {
				continue
			}
			s.passed(point{a.number, a.revision})
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if err := fn(a.number-1, raw); err != nil {
				return err
			}
			if a.number > to {
				break
			}
		}
	}
	return nil
}

// passed notes where a block begins that a read has come to.
func (s *Store) passed(p point) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.index.next = p
	if p.number%indexStride == 0 {
		s.index.add(p)
	}
}

// remedyOf is for an event that is not the one that belongs at a revision.
func remedyOf(e *esdb.RecordedEvent, revision uint64) string {
	if e.EventNumber != revision {
		return remedyRemoved
	}
	return remedyForeign
}

// assembly puts events together to blocks again.
type assembly struct {
	stream   string
	number   uint64 // of the block under way
	revision uint64 // of the next event
	raw      []byte // the block's lines so far
	entries  uint64 // in raw
}

// add takes the next event. It returns the block's bytes when that closes it.
func (a *assembly) add(e *esdb.RecordedEvent) (raw []byte, err error) {
	if e.EventNumber != a.revision {
		return nil, fmt.Errorf("event %d is missing, the next is %d", a.revision, e.EventNumber)
	}
	index := a.revision - (a.number - 1)
	if e.EventType != closingType {
		f, err := factOf(a.stream, e)
		switch {
		case err != nil:
			return nil, err
		case f.entry.Index != index:
			return nil, fmt.Errorf("event %d holds entry %d, want %d", e.EventNumber, f.entry.Index, index)
		case len(a.raw) > LargestMaxAppend:
			return nil, fmt.Errorf("no closing event within %d bytes", len(a.raw))
		}
		a.raw = append(append(a.raw, e.Data...), '\n')
		a.revision++
		a.entries++
		return nil, nil
	}
	if err := checkEnvelope(a.stream, e); err != nil {
		return nil, err
	}
	raw = append(append(a.raw, e.Data...), '\n')
	b, err := block.Parse(raw)
	switch {
	case err != nil:
		return nil, err
	case b.Number != a.number || b.Size != index || b.First != index-a.entries || b.ID != e.EventID:
		return nil, fmt.Errorf("event %d closes block %d with entries %d to %d, id %s; want %d with %d to %d, id %s",
			e.EventNumber, b.Number, b.First, b.Size, b.ID, a.number, index-a.entries, index, e.EventID)
	}
	a.raw, a.entries = nil, 0
	a.number++
	a.revision++
	return raw, nil
}

// feed delivers the events of a range in batches, one batch ahead.
type feed struct {
	results chan batch
	cancel  context.CancelFunc
	done    sync.WaitGroup
}

type batch struct {
	events []*esdb.RecordedEvent
	err    error
}

// prefetch begins to read the events from..to. It holds at most two batches in memory.
func (s *Store) prefetch(ctx context.Context, from, to uint64) *feed {
	ctx, cancel := context.WithCancel(ctx)
	f := &feed{results: make(chan batch), cancel: cancel}
	f.done.Go(func() {
		defer close(f.results)
		for n := uint64(leastBatch); from <= to; n = min(2*n, mostBatch) {
			events, err := s.fetch(ctx, from, min(n, to-from+1))
			from += uint64(len(events))
			select {
			case f.results <- batch{events, err}:
			case <-ctx.Done():
				return
			}
			if err != nil {
				return
			}
		}
	})
	return f
}

// next returns the next batch. ctx is that of prefetch. Beyond the last event there is no
// block: an error.
func (f *feed) next(ctx context.Context) ([]*esdb.RecordedEvent, error) {
	b, ok := <-f.results
	switch {
	case ok:
		return b.events, b.err
	case ctx.Err() != nil:
		return nil, context.Cause(ctx)
	}
	return nil, &store.DamageError{Reason: "the last block has no closing event"}
}

func (f *feed) stop() {
	f.cancel()
	f.done.Wait()
}

// located gives a damage without a block its number.
func located(err error, number uint64) error {
	var damage *store.DamageError
	if errors.As(err, &damage) && damage.Block == 0 {
		return &store.DamageError{Block: number, Reason: damage.Reason, Remedy: damage.Remedy}
	}
	return err
}

// locate returns the revision at which a stored block begins, by bisection: any event tells
// its block.
func (s *Store) locate(ctx context.Context, number uint64, last tail) (uint64, error) {
	s.mu.Lock()
	lo, hi := s.index.around(number, point{last.number + 1, last.revision() + 1})
	s.mu.Unlock()
	if number == last.number {
		lo = point{number, last.first + number - 1}
	}
	found := lo.number == number
	// Block lo.number begins at or before lo.revision; block hi.number not before hi.revision.
	for !found && hi.revision-lo.revision > scanEvents {
		middle := lo.revision + (hi.revision-lo.revision)/2
		events, err := s.fetch(ctx, middle, 1)
		if err != nil {
			return 0, located(err, number)
		}
		at, err := blockAt(s.cfg.Stream, events[0], middle)
		switch {
		case err != nil:
			return 0, &store.DamageError{Block: number, Reason: err.Error()}
		case at < number:
			lo = point{at, middle}
		default:
			hi = point{at, middle}
		}
	}
	if found {
		return lo.revision, nil
	}
	return s.scan(ctx, number, lo.revision, hi.revision)
}

// scan looks for the first event of a block from a revision in the block before or earlier.
func (s *Store) scan(ctx context.Context, number, from, to uint64) (uint64, error) {
	feed := s.prefetch(ctx, from, to)
	defer feed.stop()
	for at := from; ; {
		events, err := feed.next(ctx)
		if err != nil {
			return 0, located(err, number)
		}
		for _, e := range events {
			n, err := blockAt(s.cfg.Stream, e, at)
			switch {
			case err != nil:
				return 0, &store.DamageError{Block: number, Reason: err.Error()}
			case n > number:
				return 0, &store.DamageError{Block: number, Reason: fmt.Sprintf("event %d is of block %d already", at, n)}
			case n == number:
				return at, nil
			}
			at++
		}
	}
}

// fetch returns at least one and at most n events from a revision on, in order. The first
// must be there: a server that skips a removed event would hide it otherwise.
func (s *Store) fetch(ctx context.Context, from, n uint64) ([]*esdb.RecordedEvent, error) {
	events, err := s.events(ctx, esdb.ReadStreamOptions{Direction: esdb.Forwards, From: esdb.Revision(from)}, n)
	switch {
	case errorCode(err) == esdb.ErrorCodeResourceNotFound:
		return nil, &store.DamageError{Reason: "the stream is gone", Remedy: remedyRemoved}
	case errorCode(err) == esdb.ErrorCodeStreamDeleted:
		return nil, &store.DamageError{Reason: errTombstoned.Error(), Remedy: remedyTombstone}
	case err != nil:
		return nil, err
	case len(events) == 0:
		return nil, &store.DamageError{Reason: fmt.Sprintf("event %d is missing, and all after it", from), Remedy: remedyRemoved}
	}
	return events, nil
}

// events makes one read, again when the connection broke, for as long as the timeout
// allows. A read that ends early is not an error here: who counts sees it.
func (s *Store) events(ctx context.Context, options esdb.ReadStreamOptions, n uint64) ([]*esdb.RecordedEvent, error) {
	return s.eventsOf(ctx, s.cfg.Stream, options, n)
}

// eventsOf is [Store.events] of another stream.
func (s *Store) eventsOf(ctx context.Context, stream string, options esdb.ReadStreamOptions, n uint64) ([]*esdb.RecordedEvent, error) {
	ctx, cancel := context.WithTimeout(ctx, s.cfg.Timeout)
	defer cancel()
	options.RequiresLeader = true
	for pause := leastPause; ; pause = min(2*pause, mostPause) {
		got := make(chan []*esdb.RecordedEvent, 1)
		err := s.conn.call(ctx, func(ctx context.Context, client *esdb.Client) error {
			events, err := receive(ctx, client, stream, options, n)
			got <- events
			return err
		})
		switch {
		case err == nil:
			return <-got, nil
		case !passing(err) || sleep(ctx, pause) != nil:
			return nil, fmt.Errorf("kurrentdb: read: %w", err)
		}
	}
}

// receive reads up to n events, fewer when they have more than batchBytes.
func receive(ctx context.Context, client *esdb.Client, name string, options esdb.ReadStreamOptions, n uint64) ([]*esdb.RecordedEvent,
	error) {
	stream, err := client.ReadStream(ctx, name, options, n)
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	var events []*esdb.RecordedEvent
	for size := 0; uint64(len(events)) < n && size < batchBytes; {
		resolved, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if resolved.Event == nil || resolved.Link != nil {
			return nil, errors.New("the server delivered a link in place of an event")
		}
		size += len(resolved.Event.Data)
		events = append(events, resolved.Event)
	}
	return events, nil
}
