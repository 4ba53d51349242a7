package ledger

import (
	"cmp"
	"context"
	"fmt"
	"strconv"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/field"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/internal/clock"
	"github.com/anjian-ledger/anjian/internal/entry"
	"github.com/anjian-ledger/anjian/internal/translog"
)

// appendItems judges the items of p one after another, each on top of those before it, and
// places them with their consequences. After an error, which is an [*ItemError] or a [*RefusedError],
// the caller rewinds. Of several items those behind a refused one are judged, too, so that the author
// is told all at once.
func (s *sequencer) appendItems(p *pending) error {
	now, err := s.stamp()
	if err != nil {
		return err
	}
	if s.next == 0 {
		if err := s.create(now); err != nil {
			return err
		}
	}
	var bad refused
	begin := s.next
	for i := range p.req.Items {
		it := &p.req.Items[i]
		if r := p.req.Actor.Role; r != event.RoleLedger && r != event.RolePublic { // each time: it may have revoked itself one event ago
			if err := s.state.Counts(&p.req.Actor, now.Time); err != nil {
				return cmp.Or(bad.error(), error(&ItemError{i, it.Event.ID, err}))
			}
		}
		if it.Unfit == nil && bad.skip(it) {
			continue
		}
		first := s.next
		at, err := s.appendItem(p, i, now, begin)
		if err == nil {
			now = at
			continue
		}
		if err := bad.take(err, i, it, len(p.req.Items) == 1); err != nil {
			return err
		}
		s.filling.cut()
		if k, placed := s.ids[it.Event.ID]; placed && uint64(k.index) >= first { // only its consequences were refused
			bad.all = true
		}
	}
	return bad.whole(p.req.Items)
}

// appendItem judges and places the i-th item of p, whose entries begin at begin, at now or, of a
// correction of the clock, at the time that it returns.
func (s *sequencer) appendItem(p *pending, i int, now clock.Stamp, begin uint64) (at clock.Stamp, err error) {
	it := &p.req.Items[i]
	e := it.Event
	if it.Unfit != nil {
		return now, it.Unfit
	}
	if k, ok := s.ids[e.ID]; ok {
		if k.print() != p.prints[i] {
			return now, idTaken(e, p.req.Actor.Role, uint64(k.index))
		}
		p.receipts = append(p.receipts, Receipt{EventID: e.ID, Index: uint64(k.index), AlreadyPresent: true, Key: registers(e),
			twice: uint64(k.index) >= begin})
		return now, nil
	}
	if d, ok := e.Data.(*oversight.ClockCorrected); ok {
		if err := e.Type.Allow(p.req.Actor.Role); err != nil {
			return now, err
		}
		if now, err = s.correctedStamp(d); err != nil {
			return now, err
		}
	}
	return now, s.appendNew(p, it, now, p.prints[i])
}

// appendNew judges and places one event whose id is new. Whatever an earlier judgement, on
// top of a block that was lost, said about the event is said anew.
func (s *sequencer) appendNew(p *pending, it *Item, now clock.Stamp, print uint64) error {
	e := it.Event
	if err := event.AllowID(e, p.req.Actor.Role); err != nil { // not of one that is there: he may have been an importer then
		return err
	}
	if err := s.adopt(now); err != nil {
		return err
	}
	e.Actor, e.Assurance = p.req.Actor, assurance(&p.req)
	e.Bytes, e.Signed = it.Bytes, it.Signature != nil
	e.Recorded, e.Index, e.Revision, e.About = now.Time, s.next, 0, event.About{}
	e.ClockRed = !now.Sure
	if err := s.state.Admit(e); err != nil { // before the revision, which would tell of the stream
		return err
	}
	revision := s.state.KnownRevision(e.Stream)
	if e.ExpectedRevision != event.AnyRevision && e.ExpectedRevision != revision {
		return &ConflictError{Code: law.WrongRevision, EventID: e.ID, Stream: e.Stream, Have: revision, Want: e.ExpectedRevision}
	}
	if err := e.Look(s.bytesOf); err != nil {
		return err
	}
	consequences, err := s.state.Judge(e)
	if err != nil {
		return err
	}
	e.Revision = uint64(revision + 1)
	if err := s.place(e, it.Signature, print); err != nil {
		return err
	}
	s.last, s.filling.last = now, now
	r := Receipt{
		EventID: e.ID, Index: e.Index, Stream: e.Stream, Revision: e.Revision, Recorded: now.Time,
		LeafHash: s.filling.leaves[len(s.filling.leaves)-1],
		Key:      registers(e), event: e, signature: it.Signature,
	}
	for n, c := range consequences {
		if err := s.derive(e, n, c); err != nil {
			return err
		}
		switch d := c.Data.(type) {
		case *oversight.DeviationFlagged:
			if s.state.Sees(s.filling.events[len(s.filling.events)-1]) {
				r.Deviations = append(r.Deviations, d)
			}
		case *oversight.StatementLapsed:
			if s.state.Sees(s.filling.events[len(s.filling.events)-1]) {
				r.Lapsed = append(r.Lapsed, d)
			}
		}
	}
	p.receipts = append(p.receipts, r)
	return nil
}

// bytesOf returns the exact bytes of an event, nil when there is none of this id: from the blocks that are not durable yet, or from
// the copies.
func (s *sequencer) bytesOf(id uuid.UUID) ([]byte, error) {
	k, ok := s.ids[id]
	if !ok {
		return nil, nil
	}
	index := uint64(k.index)
	for _, b := range [...]*batch{s.filling, s.inflight} {
		if b != nil && index >= b.first && index < b.size() {
			return b.events[index-b.first].Bytes, nil
		}
	}
	ctx, cancel := context.WithTimeout(s.l.life, recordedPatience)
	defer cancel()
	raw, err := s.l.Entry(ctx, index)
	if err != nil {
		return nil, fmt.Errorf("%w: entry %d, which an event names, cannot be read: %w", ErrBusy, index, err)
	}
	en, err := entry.Parse(raw)
	return en.Event, err
}

// registers is the id of the key that an event registers: the rules of persons hold it to be the one
// that signed the event.
func registers(e *event.Event) string {
	if _, ok := e.Data.(*person.KeyRegistered); ok {
		return e.Link.Key
	}
	return ""
}

// assurance is what an event has without a signature.
func assurance(r *Request) event.Assurance {
	switch r.Actor.Role {
	case event.RoleLedger:
		return event.Derived
	case event.RoleImporter: // signed or not
		return event.Imported
	case event.RolePublic:
		return event.Open
	}
	return event.Token
}

// entryOf returns the entry of an event whose every field is set.
func entryOf(e *event.Event, sig []byte) entry.Entry {
	return entry.Entry{
		Index: e.Index, Recorded: e.Recorded, ClockRed: e.ClockRed, Stream: e.Stream, Revision: e.Revision, About: e.About,
		Actor: e.Actor, Assurance: e.Assurance, Signature: sig, Event: e.Bytes,
	}
}

// place encodes the entry of e, whose every field is set, into the filling block and folds
// e into the state.
func (s *sequencer) place(e *event.Event, sig []byte, print uint64) error {
	if s.next >= MaxEntries {
		return ErrFull
	}
	en := entryOf(e, sig)
	if err := en.CheckIDs(); err != nil { // the rest is looked at when it is read back
		return s.notEncodable(e, err)
	}
	b := s.filling
	start := len(b.lines)
	b.lines = entry.Append(b.lines, &en)
	if n := len(b.lines) - start; n > entry.MaxSize {
		return event.Refuse(law.Pillar1, law.EntryTooLarge, law.Int("size", n), law.Int("most", entry.MaxSize))
	}
	// What is signed must be readable: the line goes through the code that will read it back.
	if err := en.Read(b.lines[start:]); err != nil {
		return s.notEncodable(e, err)
	}
	b.leaves = append(b.leaves, translog.LeafHash(b.lines[start:]))
	b.lines = append(b.lines, '\n')
	b.ends = append(b.ends, len(b.lines))
	b.events = append(b.events, e)
	s.ids[e.ID] = newKnown(e.Index, print)
	s.next++
	s.state.Apply(e)
	return nil
}

// notEncodable refuses what the grammar of events takes and that of entries does not.
func (s *sequencer) notEncodable(e *event.Event, err error) error {
	s.l.cfg.Logger.Error("an event cannot be written into an entry", "event", e.ID, "error", err)
	return event.Refuse(law.Pillar1, law.EntryNotEncodable)
}

// create places entries 0 and 1. They are in the first block that is stored, so on a shared store in
// the first block of whichever node comes first.
func (s *sequencer) create(now clock.Stamp) (err error) {
	key := s.l.cfg.Key
	d := &oversight.LedgerCreated{Origin: key.Origin(), CheckpointKey: key.VerifierKey()}
	if err := field.Check(d); err != nil {
		return fmt.Errorf("ledger: it cannot begin: %w", err)
	}
	e := s.l.newDerived(event.Consequence{Name: "ledger-created", Stream: event.Stream{Kind: event.Ledger, ID: "ledger"}, Data: d}, now.Time)
	e.ID, e.ClockRed = s.l.ownID("ledger-created"), !now.Sure
	if e.Bytes, err = entry.Author(e); err != nil {
		return err
	}
	s.last, s.filling.last = now, now
	if err := s.place(e, nil, s.l.print(e, e.Bytes, &e.Actor)); err != nil {
		return err
	}
	return s.adopt(now)
}

// adopt places what states the set of rules that the next event is judged by, if no node has
// stated it yet. It stands in the same request: what is refused adopts nothing.
func (s *sequencer) adopt(now clock.Stamp) (err error) {
	c, ok := s.state.Adoption(s.l.cfg.Program, s.l.cfg.Rules)
	if !ok {
		return nil
	}
	if now.Time.Before(s.last.Time) { // before a clock-corrected, which alone may step back
		now = now.At(s.last.Time)
	}
	e := s.l.newDerived(c, now.Time)
	e.ID, e.ClockRed = s.l.ownID(c.Name, strconv.Itoa(s.l.cfg.Rules)), !now.Sure
	e.About = s.state.About(e)
	e.Index, e.Revision = s.next, uint64(s.state.Revision(e.Stream)+1)
	if e.Bytes, err = entry.Author(e); err != nil {
		return err
	}
	s.last, s.filling.last = now, now
	return s.place(e, nil, s.l.print(e, e.Bytes, &e.Actor))
}

// derive appends the n-th consequence of cause, behind it.
func (s *sequencer) derive(cause *event.Event, n int, c event.Consequence) error {
	e := s.l.newDerived(c, cause.Recorded)
	e.ID = s.l.ownID("consequence", cause.ID.String(), strconv.Itoa(n)) // nobody else may use such an id
	if _, used := s.ids[e.ID]; used {
		return fmt.Errorf("entry %d: the id %s of the ledger's own is taken: the ledger is damaged", s.next, e.ID)
	}
	e.ClockRed, e.Causation = cause.ClockRed, cause.ID.String()
	e.Campaign = cause.Campaign
	e.About = s.state.About(e)
	e.Index, e.Revision = s.next, uint64(s.state.Revision(e.Stream)+1)
	var err error
	if e.Bytes, err = entry.Author(e); err != nil {
		return err
	}
	return s.place(e, nil, s.l.print(e, e.Bytes, &e.Actor))
}
