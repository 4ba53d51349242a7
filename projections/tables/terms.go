package tables

import (
	"math"
	"slices"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/obligation"
	"github.com/anjian-ledger/anjian/domain/table"
)

// terms are what the streams of campaigns and code tables say of what is owed in others. Which plan, and which edition of the law, counts
// for a stream follows from its first entry, and which calendars from the entry by which it is asked: so it is the same whenever
// that entry is folded again. They are read when they are asked for first.
type terms struct {
	plans  map[string]*campaign.State
	tables map[string]*table.State
}

// follow has the terms take the next entry.
func (t *terms) follow(e *event.Event) {
	switch e.Stream.Kind {
	case event.Campaign:
		if st := t.plans[e.Stream.ID]; st != nil {
			st.Apply(e)
		}
	case event.Table:
		if st := t.tables[e.Stream.ID]; st != nil {
			st.Apply(e)
		}
	}
}

// plansOf returns the plans of a campaign; "" has none.
func (f *Fold) plansOf(id string) *campaign.State {
	if id == "" {
		return nil
	}
	st := f.terms.plans[id]
	if st == nil {
		st = campaign.NewState()
		of := f.own(event.Stream{Kind: event.Campaign, ID: id})
		f.history(of, math.MaxUint64, st.Apply)
		if f.terms.plans == nil {
			f.terms.plans = map[string]*campaign.State{}
		}
		f.terms.plans[of.ID] = st
	}
	return st
}

func (f *Fold) table(name string) *table.State {
	st := f.terms.tables[name]
	if st == nil {
		st = table.NewState()
		f.history(event.Stream{Kind: event.Table, ID: name}, math.MaxUint64, st.Apply)
		if f.terms.tables == nil {
			f.terms.tables = map[string]*table.State{}
		}
		f.terms.tables[name] = st
	}
	return st
}

// calendars are those that are known behind the entry at an index.
func (f *Fold) calendars(index uint64) obligation.Calendars {
	return f.table(table.Holidays).Calendars.Before(index + 1)
}

// termsOf are those of a stream that began at an index, when it happened: seconds since 1970.
func (f *Fold) termsOf(p *campaign.Plan, first, asked uint64) obligation.Terms {
	return obligation.Terms{Limit: p.Policy.Limit, Calendars: f.calendars(asked), Law: func(matter, day string) obligation.Limit {
		var known codes.LawLimits
		if ed := f.table(table.Limits).KnownBefore(first); ed != nil {
			known = ed.Law
		}
		if row, set := known.Of(matter, day); set {
			return obligation.LimitOf(row)
		}
		return obligation.Limit{}
	}}
}

// history calls fn with the entries of a stream before an index. What cannot be read ends the fold.
func (f *Fold) history(of event.Stream, before uint64, fn func(*event.Event)) {
	var indexes []uint32
	var err error
	if s := f.streams[of]; s != nil {
		indexes = s.indexes
	} else if id, named := f.names[of.ID]; named && f.earlier != nil {
		indexes, err = f.earlier(of.Kind, id)
	}
	if n, _ := slices.BinarySearch(indexes, uint32(min(before, math.MaxUint32))); err == nil {
		indexes = indexes[:n]
	}
	if err == nil && len(indexes) > 0 {
		var events []*event.Event
		events, err = f.Read(indexes)
		for _, e := range events {
			fn(e)
		}
	}
	if err != nil && f.failed == nil {
		f.failed = err
	}
}
