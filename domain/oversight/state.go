package oversight

import (
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// State is what the ledger said in one stream, which is little: of most streams nothing. The zero
// value is empty. It is a value: Apply returns the next one and leaves s as it is.
type State struct {
	flagged  []uuid.UUID // every deviation; append-only
	standing []Stands    // what may lapse, and has not; append-only until something lapses
}

// Stands is a statement that stands, and the entry that says so: about 70 bytes.
type Stands struct {
	ID uuid.UUID
	event.Statement
}

// Flagged reports whether a deviation of this stream has the event id. One that lapsed has, too.
func (s State) Flagged(id uuid.UUID) bool { return slices.Contains(s.flagged, id) }

// Standing is what may lapse and has not, oldest first. The caller must not change it.
func (s State) Standing() []Stands { return s.standing }

// Says reports whether a statement stands that may lapse.
func (s State) Says(st *event.Statement) bool {
	return slices.ContainsFunc(s.standing, func(o Stands) bool { return o.Statement == *st })
}

// States reports whether an event is what a [State] keeps: something that the ledger said, or took back.
func States(d event.Data) bool {
	switch d.(type) {
	case *DeviationFlagged, *StatementLapsed:
		return true
	}
	return false
}

// Apply returns the state after one recorded event; lapses reports whether a code may lapse in its stream.
func (s State) Apply(e *event.Event, lapses func(law.Code) bool) State {
	switch d := e.Data.(type) {
	case *DeviationFlagged:
		s.flagged = append(slices.Clip(s.flagged), e.ID)
		if t, _ := law.Known(d.Code).Text(); lapses(t.Code) {
			fact, _ := event.ParseUUID(d.Event)
			// Cloned, so that the state does not keep the entry's bytes in memory.
			s = s.Stand(e.ID, event.Statement{Code: t.Code, Rule: law.RuleNamed(d.Rule), Fact: fact, Item: strings.Clone(d.Item)})
		}
	case *StatementLapsed:
		id, _ := event.ParseUUID(d.Statement)
		s.standing = slices.DeleteFunc(slices.Clone(s.standing), func(o Stands) bool { return o.ID == id })
	}
	return s
}

// Stand returns the state after an entry that says something which may lapse.
func (s State) Stand(id uuid.UUID, st event.Statement) State {
	s.standing = append(slices.Clip(s.standing), Stands{id, st})
	return s
}
