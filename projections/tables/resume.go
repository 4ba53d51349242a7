package tables

import "github.com/anjian-ledger/anjian/domain/event"

// Past is what a database says of its entries, so that a fold need not begin at the first one.
type Past struct {
	// From is the first entry of what waits for a disclosure; where nothing waits, the one behind the last. Before it, all is disclosed.
	From    uint64
	Names   []string // by number, from 1
	Scopes  []Scope  // likewise
	Sectors []Sector // likewise
	// Earlier returns the indexes of a stream's entries before From.
	Earlier func(kind event.Kind, stream Name) ([]uint32, error)
}

// Sector is a row of sectors.
type Sector struct {
	Code string
	Bit  int64
}

// Resume has the fold begin at the entry p.From; one without Earlier is none.
func (f *Fold) Resume(p *Past) {
	if p.Earlier == nil {
		return
	}
	f.past = p
	for i, id := range p.Names {
		f.names[id] = Name(i + 1)
	}
	f.named, p.Names = Name(len(p.Names)), nil
	for i := range p.Scopes {
		s := &p.Scopes[i]
		f.scopes[scopeKey{event.Kind(s.Kind), s.Name, s.County, s.Sectors, s.Team}] = int64(i + 1)
	}
	for _, s := range p.Sectors {
		f.sectors[s.Code] = s.Bit
	}
}

// recall gives a stream that is new to the fold what it had before.
func (f *Fold) recall(s *state, of event.Stream) error {
	id, named := f.names[of.ID]
	if f.past == nil || !named || id > f.named {
		return nil
	}
	indexes, err := f.past.Earlier(of.Kind, id)
	s.indexes, s.away, s.old = indexes, len(indexes) > 0, len(indexes) > 0
	return err
}
