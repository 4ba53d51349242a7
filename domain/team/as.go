package team

import (
	"maps"
	"slices"

	"github.com/anjian-ledger/anjian/domain/event"
)

// What a team was when something happened (R17, R61): a visit is judged by what was recorded of its team before it, and by what happened
// before it and is told later; and so is who comes into another team. So it does not matter when that is told.

// turn is a fact that changes what others are judged by.
type turn struct {
	index uint64 // of its entry
	at    int64  // when it happened, seconds since 1970
	fact  event.Data
}

// turns folds a fact that changes what others are judged by, and keeps it.
func (s *State) turns(fact event.Data, e *event.Event) {
	s.turn(fact)
	at, i := e.Occurred.Unix(), len(s.ever)
	for i > 0 && s.ever[i-1].at > at {
		i--
	}
	s.ever = slices.Insert(slices.Clone(s.ever), i, turn{e.Index, at, fact})
}

func (s *State) turn(fact event.Data) {
	switch d := fact.(type) {
	case *ScopeAssigned:
		s.Sectors, s.Counties = d.Sectors, d.Counties
	case *LeaderAppointed:
		s.Leader = d.Person
	case *MemberJoined:
		members := make(map[string]bool, len(s.Members)+1)
		maps.Copy(members, s.Members)
		members[d.Person] = true
		s.Members = members
	case *MemberLeft:
		members := maps.Clone(s.Members)
		delete(members, d.Person)
		s.Members = members
	case *Activated:
		s.Active = true
	}
}

// As returns the team as what is recorded at an index and happened at an instant, in seconds since 1970, is judged by it: its scope, its
// leader, its members and whether it is active. The caller must not change it.
func (s *State) As(index uint64, at int64) *State {
	last, inOrder := uint64(0), true
	for i := range s.ever {
		t := &s.ever[i]
		inOrder = inOrder && t.counts(index, at) && t.index >= last
		last = t.index
	}
	if inOrder { // of nearly all
		return s
	}
	then := &State{}
	for i := range s.ever {
		if t := &s.ever[i]; t.counts(index, at) {
			then.turn(t.fact)
		}
	}
	return then
}

// EnteredSince reports whether somebody came into the team at an instant or later, in seconds since 1970.
func (s *State) EnteredSince(at int64) bool {
	for i := len(s.ever) - 1; i >= 0 && s.ever[i].at >= at; i-- {
		if Entrant(s.ever[i].fact) != "" {
			return true
		}
	}
	return false
}

func (t *turn) counts(index uint64, at int64) bool { return t.index < index || t.at < at }
