package ledger

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/internal/entry"
)

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
	l.cfg.Logger.Warn("a copy was completed from the other", "copy", d.Copy, "from", d.From, "first", d.First, "last", d.Last, "reason", d.Reason)
	record := func() error {
		ctx, cancel := context.WithTimeout(l.life, 10*time.Second)
		defer cancel()
		_, err := l.record(ctx, "copy-restored", "copies", d)
		return err
	}
	err := record()
	for errors.Is(err, ErrClockUnconfirmed) && l.resting.Err() == nil {
		select {
		case <-time.After(clockEvery):
			err = record()
		case <-l.resting.Done():
		}
	}
	if err != nil {
		l.cfg.Logger.Error("the restoration of a copy could not be recorded", "error", err)
	}
}

// record appends an event of the ledger's own to stream ledger/id.
func (l *Ledger) record(ctx context.Context, name, id string, d event.Data) (Result, error) {
	e := l.newDerived(event.Consequence{Name: name, Stream: event.Stream{Kind: event.Ledger, ID: id}, Data: d}, l.clock.Now())
	e.ID = uuid.Must(uuid.NewV7())
	if err := d.Validate(); err != nil {
		return Result{}, err
	}
	raw, err := entry.Author(e)
	if err != nil {
		return Result{}, err
	}
	return l.Append(ctx, Request{Actor: e.Actor, Items: []Item{{Bytes: raw, Event: e}}})
}
