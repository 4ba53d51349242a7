package tables

import (
	"cmp"
	"slices"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/publicity"
)

// How many things a fold keeps in memory, some 400 bytes each. A city has about a thousand visits under way at once. While a whole ledger
// is folded more are kept, because reading a visit again costs as much as folding all of its entries: of a large ledger a share of its
// entries, so that a visit stays for the same time in a province, where as much is said in an hour as in a city in a day.
const (
	usual  = 3 << 14
	inbulk = 1 << 17
	share  = 8
)

// Bulk is how many things a fold is to keep while it folds a ledger of so many entries.
func Bulk(entries uint64) int { return max(inbulk, int(entries/share)) }

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
	events, back, err := f.pastOf(s, kind)
	if err != nil {
		return err
	}
	s.away, s.amended, s.asked, s.opened = false, false, nil, 0
	f.at.known, f.loading = true, true // the database has all of it, or the batch
	defer func() { f.loading = false }()
	own := make([]*event.Event, 0, len(s.indexes))
	last := f.now
	for _, e := range events {
		f.between(s, last, e.Index)
		last = e.Index
		is := e.Stream.Kind == kind && e.Stream.ID == s.stream.ID
		switch {
		case is:
			own = append(own, e)
			if err := f.change(s, e, func() ([]*event.Event, error) { return slices.Clip(own), nil }); err != nil {
				return err
			}
		case slices.Contains(s.asides, uint32(e.Index)):
			f.asideOf(s, e, versionsOf(s))
		}
		if back == nil {
			continue
		}
		if said := back.take(f, e); len(own) > 0 && back.begun && (is && kind == publicity.Name || said && heeds(kind, e)) {
			f.heed(s, back.owing.visit, e)
		}
	}
	f.between(s, last, f.now)
	if sh := s.owing(); sh != nil && len(own) > 0 {
		f.place(s, own[len(own)-1])
	}
	return f.failed
}

// pastOf are the entries of a stream and those that lie aside of it, and where it follows a visit also those of that.
func (f *Fold) pastOf(s *state, kind event.Kind) ([]*event.Event, *lookback, error) {
	events, err := f.Read(s.all())
	if err != nil {
		return nil, nil, err
	}
	if i := slices.IndexFunc(events, func(e *event.Event) bool { return e.Stream.Kind == kind }); i >= 0 {
		f.begins(s, events[i])
	}
	if !followed(kind, events) {
		return events, nil, nil
	}
	v, err := f.visitOf(s)
	if v == nil || err != nil {
		return events, nil, err
	}
	indexes := slices.Concat(s.all(), v.all())
	slices.Sort(indexes)
	if n, _ := slices.BinarySearch(indexes, uint32(f.now)); n < len(indexes) {
		indexes = indexes[:n] // the present entry is heeded when it has changed the visit
	}
	events, err = f.Read(slices.Compact(indexes))
	return events, &lookback{v: v, owing: newOwing(event.Inspection)}, err
}

// hears reports whether an entry that states no fact changes a register all the same.
func hears(e *event.Event) bool {
	return slices.ContainsFunc(All, func(r *Register) bool { return r.hears != nil && r.of(e.Stream.Kind) && r.hears(e.Data) })
}

// shelve gives a stream the shelves that its kind has.
func (s *state) shelve(kind event.Kind) {
	for _, r := range All {
		switch {
		case !r.of(kind) || r == recipients: // which are on the shelf of obligations
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
	if sh := s.owing(); sh != nil && sh.visit != nil {
		sh.papers, sh.copies = shelfOf[documentRow](s), shelfOf[copyRow](s)
	}
}

// shelfOf is the shelf of facts with rows R, which a stream has.
func shelfOf[R comparable](s *state) *things[R] {
	for _, sh := range s.shelves {
		if t, is := sh.(*things[R]); is {
			return t
		}
	}
	return nil
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
