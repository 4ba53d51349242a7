package kurrentdb

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/anjian-ledger/anjian/internal/block"
	"github.com/anjian-ledger/anjian/internal/store"
)

// Append implements store.Store. While an earlier outcome is unknown it never claims that a
// block is not stored unless the block could never have been sent.
func (s *Store) Append(ctx context.Context, b *block.Block) error {
	if len(b.Bytes) > s.cfg.MaxBlock {
		return fmt.Errorf("%w: block %d has %d bytes, at most %d", store.ErrNotStored, b.Number, len(b.Bytes), s.cfg.MaxBlock)
	}
	events, err := encode(b, s.cfg.MaxAppend)
	if err != nil {
		return fmt.Errorf("%w: block %d: %w", store.ErrNotStored, b.Number, err)
	}
	ctx, cancel := context.WithTimeout(ctx, s.cfg.Timeout)
	defer cancel()
	next, err := s.place(ctx, b)
	if next {
		err = s.send(ctx, b, events)
	}
	certain := err == nil || errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotStored)
	s.unresolved = s.unresolved && !certain || errors.Is(err, errUnknown)
	return err
}

// errUnknown wraps that a request was sent and what became of it is not known.
var errUnknown = errors.New("kurrentdb: outcome unknown")

// place finds out whether a block is next. If not, the error is the outcome of its append.
func (s *Store) place(ctx context.Context, b *block.Block) (next bool, err error) {
	if s.known().precedes(b) {
		return true, nil
	}
	last, err := s.readTail(ctx)
	switch {
	case err != nil: // the block may be stored
		return false, fmt.Errorf("kurrentdb: block %d: what is stored there is unknown: %w", b.Number, err)
	case last.precedes(b):
		return true, nil
	}
	return false, s.compare(ctx, b, last)
}

// compare decides about a block that is not next: the same one is there already, another
// one is, or it does not follow the last.
func (s *Store) compare(ctx context.Context, b *block.Block, last tail) error {
	if b.Number == 0 || b.Number > last.number {
		return s.refuse(b, fmt.Errorf("the last block is %d of tree size %d, so %d from %d on cannot follow", last.number, last.size, b.Number,
			b.First))
	}
	var stored []byte
	err := s.Read(ctx, b.Number, b.Number, func(_ uint64, raw []byte) error {
		stored = raw
		return nil
	})
	switch {
	case err != nil:
		return err
	case bytes.Equal(stored, b.Bytes):
		return nil
	}
	return fmt.Errorf("%w: %d", store.ErrConflict, b.Number)
}

// refuse says that a block is not stored, if no earlier attempt may still arrive.
func (s *Store) refuse(b *block.Block, reason error) error {
	if s.unresolved {
		return fmt.Errorf("kurrentdb: block %d: an earlier attempt is unresolved, and %w", b.Number, reason)
	}
	return fmt.Errorf("%w: block %d: %w", store.ErrNotStored, b.Number, reason)
}

// send appends the events of a block that is next, behind the fence.
func (s *Store) send(ctx context.Context, b *block.Block, events []esdb.EventData) error {
	var expected esdb.ExpectedRevision = esdb.NoStream{}
	if b.Number > 1 {
		expected = esdb.Revision(b.First + b.Number - 2)
	}
	timeout := s.cfg.Timeout // the client's own deadline; ctx ends before
	options := esdb.AppendToStreamOptions{ExpectedRevision: expected, Deadline: &timeout, RequiresLeader: true}
	cut := false
	for pause := leastPause; ; pause = min(2*pause, mostPause) {
		acked, err := s.request(ctx, s.cfg.Stream, options, events)
		switch {
		case err == nil:
			return s.acknowledged(b, acked)
		case errorCode(err) == esdb.ErrorCodeNotLeader && sleep(ctx, pause) == nil: // certainly not performed
		case cutOff(err) && !cut && s.isNext(ctx, b):
			cut = true
		default:
			return s.outcome(ctx, b, err)
		}
	}
}

// cutOff reports whether the server ended an append while the client was sending: it never
// saw the end of the call, without which it stores nothing. The client withholds the
// server's reason (too large, no access, another leader).
func cutOff(err error) bool {
	return errors.Is(err, io.EOF) && strings.Contains(err.Error(), "could not send append request")
}

// isNext asks the server whether b follows the last block. The question itself leads to the
// leader, if that was the reason.
func (s *Store) isNext(ctx context.Context, b *block.Block) bool {
	last, err := s.readTail(ctx)
	return err == nil && last.precedes(b)
}

// request makes one append to a stream and returns the revision that the server acknowledged.
func (s *Store) request(ctx context.Context, stream string, options esdb.AppendToStreamOptions, events []esdb.EventData) (uint64, error) {
	acked := make(chan uint64, 1)
	err := s.conn.call(ctx, func(ctx context.Context, client *esdb.Client) error {
		result, err := client.AppendToStream(ctx, stream, options, events...)
		if err == nil {
			acked <- result.NextExpectedVersion
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	return <-acked, nil
}

func (s *Store) acknowledged(b *block.Block, revision uint64) error {
	t := tail{number: b.Number, first: b.First, size: b.Size}
	if revision != t.revision() {
		return fmt.Errorf("%w: block %d was acknowledged at revision %d, want %d: the stream was deleted or truncated before", errUnknown,
			b.Number, revision, t.revision())
	}
	s.advance(t)
	return nil
}

// outcome sorts the errors of an append.
func (s *Store) outcome(ctx context.Context, b *block.Block, err error) error {
	if errors.Is(err, errUnreachable) {
		return s.refuse(b, err)
	}
	switch errorCode(err) {
	case esdb.ErrorCodeWrongExpectedVersion:
		last, readErr := s.readTail(ctx)
		switch {
		case readErr != nil:
			return fmt.Errorf("kurrentdb: block %d: what is stored there is unknown: %w", b.Number, readErr)
		case last.precedes(b):
			return fmt.Errorf("kurrentdb: block %d was refused, yet it is next: %w", b.Number, err)
		}
		return s.compare(ctx, b, last)
	case esdb.ErrorCodeNotLeader:
		return s.refuse(b, err)
	}
	switch permanent := s.refusal(err); {
	case permanent != nil && (!cutOff(err) || s.isNext(ctx, b)):
		return s.refuse(b, permanent)
	case status.Code(err) == codes.InvalidArgument:
		return s.refuse(b, err)
	}
	return fmt.Errorf("%w: block %d of %d bytes: %w", errUnknown, b.Number, len(b.Bytes), err)
}
