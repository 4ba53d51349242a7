package tables

import (
	"cmp"
	"slices"

	"github.com/anjian-ledger/anjian/domain/event"
)

// How many things a fold keeps in memory, some 400 bytes each. A city has about a thousand visits under way at once. While a whole ledger
// is folded more are kept, because reading a visit again costs as much as folding all of its entries.
const (
	usual  = 3 << 14
	inbulk = 1 << 17
)

// Calm has the fold keep no more than is usual, once it has come to the end of the ledger.
func (f *Fold) Calm() {
	if f.Keep = min(f.Keep, usual); f.kept > f.Keep {
		f.tidy()
	}
}

// Streams are put away: most visits, orders and cases are never spoken of again after some days. What remains of one are the indexes of
// its entries. When another comes, they are read and folded once more, which gives the same things with the same versions, because a
// version is numbered by its entry, and things change with the facts of their own stream only.

// load has the things of a stream in memory.
func (f *Fold) load(s *state, kind event.Kind) error {
	if s.shelves == nil && s.said == nil && s.both == nil {
		s.shelve(kind)
	}
	if !s.away {
		return nil
	}
	events, err := f.Read(s.all())
	if err != nil {
		return err
	}
	s.away, s.amended, s.asked = false, false, nil
	f.at.known, f.loading = true, true // the database has all of it, or the batch
	defer func() { f.loading = false }()
	own := make([]*event.Event, 0, len(s.indexes))
	last := f.now
	for _, e := range events {
		f.between(s, last, e.Index)
		last = e.Index
		if e.Stream.Kind != kind || e.Stream.ID != s.stream.ID {
			f.asideOf(s, s.owing(), e)
			continue
		}
		if own = append(own, e); len(own) == 1 {
			s.of = tells(e)
		}
		if err := f.change(s, e, func() ([]*event.Event, error) { return slices.Clip(own), nil }); err != nil {
			return err
		}
	}
	f.between(s, last, f.now)
	if sh := s.owing(); sh != nil && len(own) > 0 {
		f.place(s, own[len(own)-1])
	}
	return f.failed
}

// hears reports whether an entry that states no fact changes a register all the same.
func hears(e *event.Event) bool {
	return slices.ContainsFunc(All, func(r *Register) bool { return r.hears != nil && r.of(e.Stream.Kind) && r.hears(e.Data) })
}

// shelve gives a stream the shelves that its kind has.
func (s *state) shelve(kind event.Kind) {
	for _, r := range All {
		switch {
		case !r.of(kind):
		case r.shelfOf != nil && kind == event.Inspection: // its state corrects itself
			s.said = append(s.said, r.shelfOf(kind))
		case r.shelfOf != nil:
			s.both = append(s.both, r.shelfOf(kind))
		case r.hears != nil && r.facts:
			s.both = append(s.both, r.shelf())
		case r.hears != nil:
			s.said = append(s.said, r.shelf())
		default:
			s.shelves = append(s.shelves, r.shelf())
		}
	}
}

// keep notes how many things a stream has now, and puts others away when there are too many.
func (f *Fold) keep(s *state) {
	n := 0
	for _, list := range [...][]shelf{s.shelves, s.said, s.both} {
		for _, sh := range list {
			n += sh.count()
		}
	}
	if s.kept == 0 && n > 0 {
		f.resident = append(f.resident, s)
	}
	f.kept, s.kept = f.kept+n-s.kept, n
	if f.kept > f.limit {
		f.tidy()
	}
}

// tidy puts away the streams of which nothing was said for longest, until half of the things are left; the last one stays.
func (f *Fold) tidy() {
	slices.SortFunc(f.resident, func(a, b *state) int { return cmp.Compare(a.last(), b.last()) })
	n := 0
	for ; f.kept > f.Keep/2 && n < len(f.resident)-1; n++ {
		s := f.resident[n]
		f.kept -= s.kept
		s.kept, s.away, s.shelves, s.said, s.both = 0, true, nil, nil, nil
	}
	f.resident = slices.Delete(f.resident, 0, n)
	f.limit = max(f.Keep, 2*f.kept) // one stream may have more than all are to have
}

// last is the index of the newest entry of a stream.
func (s *state) last() uint32 { return s.indexes[len(s.indexes)-1] }
