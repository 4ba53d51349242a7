package tables

import (
	"maps"
	"slices"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/table"
)

// A calendar that is published moves what is due in streams of which it says nothing (pillar 12): those in which something with a date is
// open then are looked at again. What is met, or met late, is when something is said of its stream. So a calendar's entry gives
// versions of obligations of many streams; the number of such a version is that of the one before, and how often that was moved: so it is
// the same when the stream is folded again.
const movedBit = 48

// calendarEntry stands for the entry with which a calendar became known.
func calendarEntry(index uint64) *event.Event {
	return &event.Event{Index: index, Type: &event.Type{Name: "code-table-published"}}
}

// moves has what is due moved by the calendar of the present entry, if that made one known.
func (f *Fold) moves(e *event.Event) error {
	if e.Stream.Kind != event.Table || e.Stream.ID != table.Holidays {
		return nil
	}
	if known := f.table(table.Holidays).Calendars.Known(); !slices.Contains(known, e.Index) {
		return nil
	}
	if f.past != nil && f.past.Dated != nil {
		streams, err := f.past.Dated()
		if err != nil {
			return err
		}
		for _, of := range streams {
			if s, err := f.there(of); err != nil {
				return err
			} else if s != nil {
				f.dated[s] = struct{}{}
			}
		}
		f.past.Dated = nil // from here on the fold knows
	}
	return f.movedBy(e.Index)
}

// movedBy looks at all streams in which something with a date is open, behind a calendar.
func (f *Fold) movedBy(index uint64) error {
	f.now = index
	for _, s := range slices.Collect(maps.Keys(f.dated)) {
		if err := f.lookAgain(s, index, nil); err != nil {
			return err
		}
	}
	return f.failed
}

// lookAgain looks again at what is owed in a stream, behind an entry that is none of it; first is done before, if there is anything.
func (f *Fold) lookAgain(s *state, index uint64, first func(*owingShelf)) error {
	if err := f.load(s, s.stream.Kind); err != nil {
		return err
	}
	sh := s.owing()
	f.stand(s, index)
	if first != nil {
		first(sh)
	}
	f.again(s, sh, index)
	f.keep(s)
	return f.failed
}

// again looks at one of them.
func (f *Fold) again(s *state, sh *owingShelf, index uint64) {
	if sh == nil || !sh.dated() {
		return
	}
	f.moving, sh.moved = true, true
	sh.flush(f, s, calendarEntry(index))
	f.moving = false
}

// between has what came behind one entry and before another move what is owed in a stream that is folded again: calendars that became
// known, and bytes of files that it names.
func (f *Fold) between(s *state, after, before uint64) {
	sh := s.owing()
	if sh == nil {
		return
	}
	indexes := f.table(table.Holidays).Calendars.Known()
	if len(sh.came) > 0 {
		indexes = slices.Clone(indexes)
		for _, a := range sh.came {
			indexes = append(indexes, a.index)
		}
		slices.Sort(indexes)
		indexes = slices.Compact(indexes)
	}
	for _, index := range indexes {
		if after < index && index < before {
			f.again(s, sh, index)
		}
	}
}

// dated reports whether something with a date is open on the shelf.
func (s *owingShelf) dated() bool {
	return slices.ContainsFunc(s.list, func(x thing[obligationRow]) bool { return x.is && x.row.State == "open" && !x.row.Due.IsZero() })
}
