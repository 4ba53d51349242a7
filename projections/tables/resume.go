package tables

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/table"
)

// Past is what a database says of its entries, so that a fold need not begin at the first one.
type Past struct {
	// Waiting are the indexes of the entries that wait for a disclosure: all there are of their visits, and of the streams that joined
	// these. Whatever else there is waits for nothing any more.
	Waiting []uint32
	Names   []string // by number, from 1
	Scopes  []Scope  // likewise
	Sectors []Sector // likewise
	// Earlier returns the indexes of a stream's entries that the database has.
	Earlier func(kind event.Kind, stream Name) ([]uint32, error)
	// Aside returns the indexes of the entries of the streams that are of a visit, or tell it something; of a campaign those by which
	// its teams were formed.
	Aside func(kind event.Kind, stream Name) ([]uint32, error)
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

// resumed has the calendars between two entries move what is due in the streams that wait.
func (f *Fold) resumed(after, before uint64) error {
	for _, index := range f.table(table.Holidays).Calendars.Known() {
		if after < index && index < before {
			if err := f.movedBy(index); err != nil {
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
	if err == nil && s.old && (of.Kind == event.Inspection || of.Kind == event.Campaign) {
		s.asides, err = f.past.Aside(of.Kind, id)
	}
	return err
}
