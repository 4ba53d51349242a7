package tables

import (
	"maps"
	"slices"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/tip"
)

// Past is what a database says of its entries, so that a fold need not begin at the first one.
type Past struct {
	// Waiting are the indexes of the entries that wait for a disclosure: all there are of their visits, and of the streams that joined
	// these; and those of the streams that tell these visits something. Whatever else there is waits for nothing any more.
	Waiting []uint32
	Names   []string // by number, from 1
	Scopes  []Scope  // likewise
	Sectors []Sector // likewise
	// Earlier returns the indexes of a stream's entries that the database has.
	Earlier func(kind event.Kind, stream Name) ([]uint32, error)
	// Aside returns the indexes of the entries of the streams that are of a visit, or tell it something; of a case or a tip likewise; of a
	// campaign those by which its teams were formed, and of a subject those of the visits to it.
	Aside func(kind event.Kind, stream Name) ([]uint32, error)
	// Followers returns the orders and cases of a visit, and the publications that expose findings of it.
	Followers func(visit Name) ([]event.Stream, error)
	// Awaited calls fn with the files whose bytes are owed and the visits that owe them.
	Awaited func(fn func(sha256 string, visit event.Stream)) error
	// Filing are the subjects that work in holidays.
	Filing []string
	// Dated returns the streams in which something with a date is open.
	Dated func() ([]event.Stream, error)
}

// Sector is a row of sectors.
type Sector struct {
	Code string
	Bit  int64
}

// Resume has the fold begin behind what the database has; it comes after Begin.
func (f *Fold) Resume(p *Past) error {
	for i, id := range p.Names {
		f.names[id] = Name(i + 1)
	}
	f.named, p.Names = Name(len(p.Names)), nil
	for i := range p.Scopes {
		s := &p.Scopes[i]
		f.scopes[scopeKey{event.Kind(s.Kind), s.Name, s.County, s.Sectors, s.Team, s.Authority}] = int64(i + 1)
	}
	for _, s := range p.Sectors {
		f.sectors[s.Code] = s.Bit
	}
	f.earlier = p.Earlier
	for _, id := range p.Filing {
		f.filing[id] = true
	}
	last := uint64(0)
	for indexes := range slices.Chunk(p.Waiting, 1024) {
		events, err := f.Read(indexes)
		if err != nil {
			return err
		}
		for _, e := range events {
			if err := f.resumed(last, e.Index); err != nil {
				return err
			}
			last = e.Index
			if err := f.Apply(e); err != nil {
				return err
			}
		}
	}
	if err := f.resumed(last, f.since); err != nil {
		return err
	}
	f.past, p.Waiting = p, nil
	return nil
}

// resumed has the calendars between two entries, and the bytes that came there, move what is owed in the streams that wait.
func (f *Fold) resumed(after, before uint64) error {
	calendars := f.table(table.Holidays).Calendars.Known()
	indexes := slices.AppendSeq(slices.Clone(calendars), maps.Keys(f.ahead))
	slices.Sort(indexes)
	for _, index := range slices.Compact(indexes) {
		if index <= after || index >= before {
			continue
		}
		if slices.Contains(calendars, index) {
			if err := f.movedBy(index); err != nil {
				return err
			}
		}
		f.now = index
		for _, of := range f.ahead[index] {
			if err := f.lookAgain(f.streams[of], index, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// recall gives a stream that is new to the fold what it had before.
func (f *Fold) recall(s *state, of event.Stream) error {
	id, named := f.names[of.ID]
	if f.past == nil || !named || id > f.named {
		return nil
	}
	indexes, err := f.past.Earlier(of.Kind, id)
	s.indexes, s.away, s.old = indexes, len(indexes) > 0, len(indexes) > 0
	switch of.Kind {
	case event.Inspection, event.Campaign, casefile.Name, tip.Name:
	default:
		if !f.filing[of.ID] || of.Kind != event.Subject {
			return err
		}
	}
	if err == nil && s.old {
		s.asides, err = f.past.Aside(of.Kind, id)
	}
	return err
}
