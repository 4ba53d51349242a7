package ledger

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
	"github.com/anjian-ledger/anjian/domain/files"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/sealingkey"
	"github.com/anjian-ledger/anjian/domain/token"
	"github.com/anjian-ledger/anjian/internal/entry"
)

// begin appends entry 0 to an empty ledger. When that cannot be stored now, the first append
// that can be brings it along.
func (l *Ledger) begin(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if l.Head().Size > 0 || l.health.refusing() != nil {
		return
	}
	p := newPending(Request{Actor: event.Actor{Role: event.RoleLedger}})
	p.bytes = EntryOverhead
	if l.enqueue(p) == nil {
		if err := l.wait(ctx, p).err; err != nil {
			l.cfg.Logger.Warn("a new ledger has no first entry yet", "error", err)
		}
	}
}

// Issue appends token-issued as an entry of the ledger's own, for somebody at its machine; d says
// for whom. It returns the actor under which the bearer appends, once the entry is durable.
// Errors are those of [Ledger.Append].
func (l *Ledger) Issue(ctx context.Context, d *token.Issued) (event.Actor, error) {
	id := l.ownID("token-issued", d.SHA256)
	res, err := l.recordIn(ctx, "token-issued", event.Stream{Kind: event.Tokens, ID: id.String()}, id, d)
	if err != nil {
		return event.Actor{}, err
	}
	return d.Actor(res.Receipts[0].Index), nil
}

// Revoke appends token-revoked as an entry of the ledger's own, to the stream of the token.
func (l *Ledger) Revoke(ctx context.Context, stream event.Stream, d *token.Revoked) error {
	_, err := l.recordIn(ctx, "token-revoked", stream, l.ownID("token-revoked", stream.ID), d)
	return err
}

// PublishSealingKey appends sealing-key-published as an entry of the ledger's own, for somebody at its machine,
// and returns the size of the ledger behind it. Errors are those of [Ledger.Append].
func (l *Ledger) PublishSealingKey(ctx context.Context, id string, d *sealingkey.Published) (position uint64, err error) {
	stream := event.Stream{Kind: event.SealingKey, ID: id}
	res, err := l.recordIn(ctx, "sealing-key-published", stream, l.ownID("sealing-key-published", id), d)
	return res.Size, err
}

// Received appends evidence-received as an entry of the ledger's own, unless the file has one: whole
// bytes of the file are durable. Errors are those of [Ledger.Append].
func (l *Ledger) Received(ctx context.Context, d *files.Received) error {
	stream := event.Stream{Kind: event.File, ID: d.SHA256}
	_, err := l.recordIn(ctx, "evidence-received", stream, l.ownID("evidence-received", d.SHA256), d)
	if conflict, ok := errors.AsType[*ConflictError](err); ok && conflict.Code == law.IDReused { // at another time, or by another node
		return nil
	}
	return err
}

// ownID is the id of an event of the ledger's own ([event.OwnID]).
func (l *Ledger) ownID(kind string, parts ...string) uuid.UUID {
	return event.OwnID(l.Origin(), kind, parts...)
}

// RecordMove appends ledger-moved: the ledger is about to be copied to another engine. It
// returns once the entry is durable, with the errors of [Ledger.Append].
func (l *Ledger) RecordMove(ctx context.Context, d *oversight.LedgerMoved) (Result, error) {
	return l.record(ctx, "ledger-moved", "moves", d)
}

// noteAll records what the ledger did to its own copies.
func (l *Ledger) noteAll(list []oversight.CopyRestored) {
	for i := range list {
		l.note(&list[i])
	}
}

// note records what the ledger did to one of its own copies.
func (l *Ledger) note(d *oversight.CopyRestored) {
	l.cfg.Logger.Warn("a copy was completed from the other", "copy", d.Copy, "from", d.From, "first", d.First, "last", d.Last, "reason",
		d.Reason)
	if l.cfg.ReadOnly {
		return // of the tiles, which are derived: a copy that is only read records nothing
	}
	record := func() error {
		ctx, cancel := context.WithTimeout(l.life, 10*time.Second)
		defer cancel()
		_, err := l.record(ctx, "copy-restored", "copies", d)
		return err
	}
	err := record()
	for errors.Is(err, ErrClockUnconfirmed) && l.background.Err() == nil {
		select {
		case <-time.After(clockEvery):
			err = record()
		case <-l.background.Done():
		}
	}
	if err != nil {
		l.cfg.Logger.Error("the restoration of a copy could not be recorded", "error", err)
	}
}

// record appends an event of the ledger's own to stream ledger/id. What it says may happen again,
// so its id is over a number that does not.
func (l *Ledger) record(ctx context.Context, name, id string, d event.Data) (Result, error) {
	return l.recordIn(ctx, name, event.Stream{Kind: event.Ledger, ID: id}, l.ownID(name, uuid.NewString()), d)
}

func (l *Ledger) recordIn(ctx context.Context, name string, stream event.Stream, id uuid.UUID, d event.Data) (Result, error) {
	e := l.newDerived(event.Consequence{Name: name, Stream: stream, Data: d}, l.clock.Now())
	e.ID = id
	if err := field.Check(d); err != nil {
		return Result{}, err
	}
	raw, err := entry.Author(e)
	if err != nil {
		return Result{}, err
	}
	return l.Append(ctx, Request{Actor: e.Actor, Items: []Item{{Bytes: raw, Event: e}}})
}
