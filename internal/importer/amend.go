package importer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/client"
	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/correction"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/internal/entry"
)

// A row that was changed since it was imported has events of the same ids and of other bytes, which the ledger refuses. Then the
// source amends its own record, as it alone may (pillar 17): each fact that the row gives otherwise is corrected, and each that it
// gives no longer is withdrawn. Their ids depend on what they replace and say, so that importing the newer file again adds nothing.
//
// A row may also become again what it was. Then its events are there, byte for byte, and do not count any more: so a run begins with
// which facts of the source were ever amended, and compares each of these with what counts of it.

const (
	changed  = "来源修改了该行 / the source changed its row"
	dropped  = "来源的该行不再给出此事实 / the source's row no longer gives this fact"
	returned = "来源恢复了该行 / the source has its row again"
)

// findAmended reads which facts of the source were ever corrected or withdrawn.
func (s *sender) findAmended(ctx context.Context) error {
	s.amended = map[uuid.UUID]bool{}
	for _, typ := range []string{"fact-corrected", "fact-withdrawn"} {
		for e, err := range s.client.Own(ctx, typ) {
			if err != nil {
				return fmt.Errorf("import: what was amended cannot be read: %w", err)
			}
			var said struct {
				Source string
				Data   struct{ Fact event.Ref }
			}
			if json.Unmarshal(e.Event, &said) == nil && said.Source == s.author.Source() {
				s.amended[said.Data.Fact.ID()] = true
			}
		}
	}
	return nil
}

// recorded is a fact of the source as the ledger has it.
type recorded struct {
	event  event.Ref
	origin string
	newest event.Ref       // what gave the version that counts
	now    json.RawMessage // its content; nil: it is withdrawn
	at     time.Time       // when it occurred
}

// reused tells which events of a batch were refused because their rows were changed.
func reused(bad []client.EventFault) func(int) bool {
	return func(i int) bool {
		return slices.ContainsFunc(bad, func(f client.EventFault) bool { return f.Item == i && f.Code == law.IDReused })
	}
}

// amend returns a batch with corrections in place of those events that the ledger has otherwise, or may have.
func (l *lane) amend(ctx context.Context, items []Item, otherwise func(i int) bool) ([]Item, error) {
	var out []Item
	done := map[event.Stream]bool{}
	for i, it := range items {
		if !otherwise(i) {
			out = append(out, it)
			continue
		}
		facts, _, err := l.recorded(ctx, it.Event.Stream)
		if err != nil {
			return nil, fmt.Errorf("import: %s was changed since it was imported (%s): %w", it.Row, it.Event.Type.Name, err)
		}
		c, err := l.correct(it, facts[it.Event.ID])
		if err != nil {
			return nil, err
		}
		if c != nil {
			out = append(out, *c)
		}
		gone, err := l.withdraw(ctx, it.Event.Stream, done)
		if err != nil {
			return nil, err
		}
		out = append(out, gone...)
	}
	return out, nil
}

// recorded reads what the ledger has of the source in a stream, in order.
func (l *lane) recorded(ctx context.Context, stream event.Stream) (map[uuid.UUID]*recorded, []uuid.UUID, error) {
	facts, order := map[uuid.UUID]*recorded{}, []uuid.UUID(nil)
	own, err := l.ownEntries(ctx)
	if err != nil {
		return nil, nil, err
	}
	for _, index := range own[stream] {
		e, err := l.client.Entry(ctx, index)
		if err != nil {
			return nil, nil, fmt.Errorf("what was imported cannot be read: %w", err)
		}
		var said struct {
			ID, Source, Type, OriginID string
			Time                       time.Time
			Data                       map[string]json.RawMessage
		}
		if err := json.Unmarshal(e.Event, &said); err != nil {
			return nil, nil, fmt.Errorf("entry %d: %w", e.Index, err)
		}
		id, ok := event.ParseUUID(said.ID)
		if !ok || said.Source != l.author.Source() {
			continue
		}
		sum := sha256.Sum256(e.Event)
		ref := event.Ref{Event: said.ID, SHA256: hex.EncodeToString(sum[:])}
		var of event.Ref
		switch said.Type {
		case "anjian.fact-corrected.v1", "anjian.fact-withdrawn.v1":
			if json.Unmarshal(said.Data["fact"], &of) != nil || facts[of.ID()] == nil {
				continue
			}
			f := facts[of.ID()]
			f.newest, f.now = ref, nil
			_ = json.Unmarshal(said.Data["time"], &f.at)
			for name, content := range said.Data {
				if !slices.Contains([]string{"fact", "replaces", "reason", "time"}, name) {
					f.now = content
				}
			}
		default:
			content, _ := json.Marshal(said.Data)
			facts[id] = &recorded{event: ref, origin: said.OriginID, newest: ref, now: content, at: said.Time}
			order = append(order, id)
		}
	}
	return facts, order, nil
}

// ownEntries finds, once in a run, what the source has in each stream, and which orders and cases each of its records has given:
// one that gives none any more is found by its name alone.
func (s *sender) ownEntries(ctx context.Context) (map[event.Stream][]uint64, error) {
	s.reading.Lock()
	defer s.reading.Unlock()
	if s.own != nil {
		return s.own, nil
	}
	own, aside := map[event.Stream][]uint64{}, map[string][]event.Stream{}
	for e, err := range s.client.Own(ctx, "") {
		if err != nil {
			return nil, fmt.Errorf("what was imported cannot be read: %w", err)
		}
		stream, err := event.ParseStream(e.Stream)
		if err != nil {
			continue
		}
		own[stream] = append(own[stream], e.Index)
		var said struct{ OriginID string }
		if stream.Kind != order.Name && stream.Kind != casefile.Name || json.Unmarshal(e.Event, &said) != nil {
			continue
		}
		if !slices.Contains(aside[said.OriginID], stream) {
			aside[said.OriginID] = append(aside[said.OriginID], stream)
		}
	}
	s.own, s.aside = own, aside
	return own, nil
}

// correct is the correction of a fact that a row gives otherwise than the ledger has it, nil when it has that already.
func (l *lane) correct(it Item, f *recorded) (*Item, error) {
	if f == nil {
		return nil, fmt.Errorf("import: %s was changed since it was imported (%s), and what was imported cannot be seen", it.Row,
			it.Event.Type.Name)
	}
	content, err := entry.Author(it.Event)
	if err != nil {
		return nil, fmt.Errorf("import: %s: %w", it.Row, err)
	}
	reason := changed
	if f.now == nil {
		reason = returned
	}
	d := correction.Of(f.event, f.newest, reason, it.Event.Occurred, it.Event.Data)
	if d == nil {
		return nil, fmt.Errorf("import: %s was changed since it was imported, and a %s cannot be corrected", it.Row, it.Event.Type.Name)
	}
	var now struct{ Data json.RawMessage }
	if err := json.Unmarshal(content, &now); err != nil {
		return nil, fmt.Errorf("import: %s: %w", it.Row, err)
	}
	if f.now != nil && it.Event.Occurred.Equal(f.at) && alike(now.Data, f.now) {
		l.present(1)
		return nil, nil
	}
	sum := sha256.Sum256(content)
	e := l.author.Event("fact-corrected", it.Event.Stream, it.Event.Occurred, d, it.Event.OriginID)
	e.ID = l.author.ID("fact-corrected", f.event.Event, f.newest.Event, hex.EncodeToString(sum[:]))
	return &Item{e, it.Row}, nil
}

// withdraw takes back what the rows of a stream no longer give, in it and in the orders and cases that they gave: of rows that are
// there still, the later facts first. Streams that are done are left out, and then are.
func (l *lane) withdraw(ctx context.Context, of event.Stream, done map[event.Stream]bool) (out []Item, err error) {
	made := l.made[of]
	rows, streams := map[string]Row{}, []event.Stream{of}
	for _, it := range made {
		if _, known := rows[it.Event.OriginID]; !known {
			streams = append(streams, l.aside[it.Event.OriginID]...)
		}
		rows[it.Event.OriginID] = it.Row
	}
	for _, stream := range slices.Backward(streams) { // what was decided of a finding before the finding
		if done[stream] {
			continue
		}
		done[stream] = true
		facts, ids, err := l.recorded(ctx, stream)
		if err != nil {
			return nil, err
		}
		for _, id := range slices.Backward(ids) {
			f := facts[id]
			row, there := rows[f.origin]
			if !there || f.now == nil || slices.ContainsFunc(l.made[stream], func(it Item) bool { return it.Event.ID == id }) {
				continue
			}
			out = append(out, Item{l.author.withdrawal(stream, made[len(made)-1].Event.Occurred, f.event, f.newest, dropped, f.origin), row})
		}
	}
	return out, nil
}

// alike reports whether two JSON values are the same but for the order of members.
func alike(a, b []byte) bool {
	x, y := canonical(a), canonical(b)
	return x != nil && bytes.Equal(x, y)
}

func canonical(b []byte) []byte {
	var v any
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if d.Decode(&v) != nil {
		return nil
	}
	out, _ := json.Marshal(v)
	return out
}

// withdrawal takes a fact of the source back at a time; newest is the version that it replaces. Its id depends on what it withdraws.
func (a *Author) withdrawal(stream event.Stream, at time.Time, fact, newest event.Ref, why, origin string) *event.Event {
	e := a.Event("fact-withdrawn", stream, at, &correction.FactWithdrawn{Fact: fact, Replaces: newest, Reason: why}, origin)
	e.ID = a.ID("fact-withdrawn", fact.Event, newest.Event)
	return e
}
