package domain

import (
	"math"
	"slices"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/obligation"
	codetable "github.com/anjian-ledger/anjian/domain/table"
)

// Of which streams what is owed may have changed, durably, and what the worklist is to take over of them.

// duties are the streams of which what is owed may have changed, durably, since [State.Settle].
type duties struct {
	changed map[event.Stream]struct{}
	many    bool                    // changed has had many more than it has
	moved   bool                    // all of them: due times, or when something was said
	last    event.Stream            // that was noted last: events of one stream follow each other
	list    []obligation.Obligation // the last answer, kept for its memory
	open    []obligation.Duty       // likewise
	told    []obligation.Obligation // likewise, of flags
}

// maxSettled keeps the set that a replay fills from being reused: clearing and ranging over a map cost its capacity.
const maxSettled = 1024

func (d *duties) note(stream event.Stream) {
	if stream != d.last {
		d.changed[stream], d.last = struct{}{}, stream
	}
}

// forget empties the set of what was noted.
func (d *duties) forget() {
	if len(d.changed) > maxSettled || d.many {
		d.changed, d.many = map[event.Stream]struct{}{}, false
		return
	}
	clear(d.changed)
}

// follow has the streams noted in which something may be owed.
func (s *State) follow() {
	s.duties.changed = map[event.Stream]struct{}{}
	for _, k := range s.kinds {
		if o := owes(k.kind); o != nil {
			o.watch(func(id string) { s.duties.note(event.Stream{Kind: k.name, ID: id}) })
		}
	}
	visit := s.inspections.moved.settled
	s.inspections.watch(func(id string) {
		visit(id)
		joined, _ := s.joined.streams.durable(id) // which waited for it, perhaps
		for _, stream := range joined {
			s.duties.note(stream)
		}
	})
	s.deviations.settled = func(stream event.Stream) {
		if s.flags(stream) {
			s.duties.note(stream)
		}
	}
	s.clocks.settled = func(struct{}) { s.duties.moved = true }
	s.codeTables.settled = func(table string) { s.duties.moved = s.duties.moved || table == codetable.Holidays }
}

// flags reports whether anything was ever flagged in a stream, durably: that is explained in streams of any kind.
func (s *State) flags(stream event.Stream) bool {
	said, _ := s.deviations.durable(stream)
	return said.Flags()
}

// lookAgain notes all of which something is open, was escalated or is said to be late: a calendar, or the clock, has moved what is due.
func (s *State) lookAgain(w *obligation.Worklist) {
	for _, r := range w.Rows() {
		s.duties.note(r.Stream)
	}
	for stream, said := range s.deviations.base {
		if len(said.Passed()) > 0 || saidLate(stream, said) {
			s.duties.note(stream)
		}
	}
}

// Settle returns what is open in each stream where that is not what a worklist says of it, by what is durable. The worklist
// has taken over what was returned before. A row in which nothing is open takes the stream off it.
func (s *State) Settle(w *obligation.Worklist) (rows []*obligation.Row) {
	rows, _ = s.SettleSome(w, math.MaxInt)
	return rows
}

// SettleSome is [State.Settle] that looks at so many streams at most: a calendar moves what is due in all of them. rest says that
// there are more, which the next call looks at, whatever was recorded in between.
func (s *State) SettleSome(w *obligation.Worklist, most int) (rows []*obligation.Row, rest bool) {
	if s.duties.moved {
		s.lookAgain(w)
		s.duties.moved = false
	}
	if len(s.duties.changed) == 0 {
		return nil, false
	}
	s.duties.last = event.Stream{}
	whole := len(s.duties.changed) <= most
	for stream := range s.duties.changed {
		if most--; most < 0 {
			s.duties.many = true
			return rows, true
		}
		r := s.rowOf(stream, s.allOwed(stream, vantage{durable: true}))
		if !w.Has(&r) {
			r.Open = slices.Clone(r.Open)
			rows = append(rows, &r)
		}
		if !whole {
			delete(s.duties.changed, stream)
		}
	}
	s.duties.forget()
	return rows, false
}

// rowOf is what is open in a stream of which all is owed, by what is durable. It holds until the next question.
func (s *State) rowOf(stream event.Stream, all owed) obligation.Row {
	said, _ := s.deviations.durable(stream)
	steps, _ := s.clocks.durable(struct{}{})
	r := obligation.Row{Stream: stream, About: all.about, Hidden: all.hidden, Doubtful: len(unfounded(stream, said, &all, steps)) > 0}
	if !r.Doubtful && saidLate(stream, said) {
		r.Doubtful = len(s.inspections.inTime(stream.ID, said, vantage{durable: true})) > 0
	}
	r.Open = s.duties.open[:0]
	for i := range all.list {
		o := &all.list[i]
		if o.State() != obligation.Open || all.find(o.Ref()) != o {
			continue
		}
		_, stands := said.Escalated(o.Ref())
		r.Open = append(r.Open, obligation.Duty{Kind: o.Kind, Opener: o.Opener, Item: o.Item, Due: o.Due, Escalated: stands})
		if at := o.Escalates(all.lateSync); !stands && !at.IsZero() && (r.Next.IsZero() || at.Before(r.Next)) {
			r.Next = at
		}
	}
	s.duties.told = said.Explanations(s.planNamed, all.about.Team != "", s.duties.told[:0])
	for i := range s.duties.told {
		o := &s.duties.told[i]
		r.Open = append(r.Open, obligation.Duty{Kind: o.Kind, Opener: o.Opener, Due: o.Due})
	}
	s.duties.open = r.Open
	return r
}

// moved are the visits of which what is owed may have changed, until that is durable.
type moved struct {
	*layers
	visits  []movedVisit // ascending level
	settled func(id string)
}

type movedVisit struct {
	id    string
	level int // of the layer in which it moved
}

// move notes a visit.
func (m *moved) move(id string) {
	if m.depth == 0 {
		m.settled(id)
		return
	}
	if n := len(m.visits); n == 0 || m.visits[n-1].level < m.level() {
		m.writes(m)
	}
	m.visits = append(m.visits, movedVisit{id, m.level()})
}

// top is where the visits of the top layer begin.
func (m *moved) top() int {
	i := len(m.visits)
	for i > 0 && m.visits[i-1].level == m.level() {
		i--
	}
	return i
}

func (m *moved) drop() { m.visits = m.visits[:m.top()] }

func (m *moved) merge() (first bool) {
	at, below := m.top(), m.level()-1
	for i := range m.visits[at:] {
		m.visits[at+i].level = below
	}
	return at == 0 || m.visits[at-1].level < below
}

func (m *moved) commitOldest() {
	n := 0
	for oldest := m.visits[0].level; n < len(m.visits) && m.visits[n].level == oldest; n++ {
		m.settled(m.visits[n].id)
	}
	m.visits = slices.Delete(m.visits, 0, n)
}
