package oversight

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/obligation"
)

// State is what the ledger said in one stream, which is little: of most streams nothing. The zero
// value is empty. It is a value: Apply returns the next one and leaves s as it is.
type State struct {
	flagged  []flag        // every deviation
	told     []explanation // of them, oldest first
	standing []Stands      // what may lapse, and has not; append-only until something lapses
	passed   []Passed      // every deadline-passed, lapsed or not
}

// Passed is a deadline-passed.
type Passed struct {
	ID     uuid.UUID
	Ref    obligation.Ref
	Index  uint64    // of the entry
	At     time.Time // when that was recorded
	Lapsed bool
}

// Passed returns every deadline-passed, oldest first. The caller must not change them.
func (s State) Passed() []Passed { return s.passed }

// Escalated returns how often an obligation was escalated, and whether the last time stands.
func (s State) Escalated(ref obligation.Ref) (times int, stands bool) {
	for i := range s.passed {
		if p := &s.passed[i]; p.Ref == ref {
			times, stands = times+1, !p.Lapsed
		}
	}
	return times, stands
}

// Stands is a statement that stands, and the entry that says so: about 70 bytes.
type Stands struct {
	ID uuid.UUID
	event.Statement
}

// Standing is what may lapse and has not, oldest first. The caller must not change it.
func (s State) Standing() []Stands { return s.standing }

// Own is what the ledger said of its own accord, for which a stream was made, that stands: not what it said of single facts of others.
func (s State) Own() (all []Stands) {
	for _, o := range s.standing {
		if o.Code == "" || o.Code == law.DuplicateInspection {
			all = append(all, o)
		}
	}
	return all
}

// Statements is what may lapse and has not, without the entries that say it.
func (s State) Statements() []event.Statement {
	all := make([]event.Statement, len(s.standing))
	for i := range s.standing {
		all[i] = s.standing[i].Statement
	}
	return all
}

// Says reports whether a statement stands that may lapse.
func (s State) Says(st *event.Statement) bool {
	return slices.ContainsFunc(s.standing, func(o Stands) bool { return o.Statement == *st })
}

// States reports whether an event may be what a [State] keeps: something that the ledger said, or took back, or what people say to it.
func States(d event.Data) bool {
	switch d.(type) {
	case *DeviationFlagged, *DeadlinePassed, *StatementLapsed, *DeviationExplained, *ApprovalGiven, *ApprovalRefused:
		return true
	}
	return false
}

// Apply returns the state after one recorded event; lapses reports whether a code may lapse in its stream.
func (s State) Apply(e *event.Event, lapses func(law.Code) bool) State {
	switch d := e.Data.(type) {
	case *DeviationFlagged:
		s = s.flag(d, e)
		if t, _ := law.Known(d.Code).Text(); lapses(t.Code) {
			fact, _ := event.ParseUUID(d.Event)
			// Cloned, so that the state does not keep the entry's bytes in memory.
			s = s.Stand(e.ID, event.Statement{Code: t.Code, Rule: law.RuleNamed(d.Rule), Fact: fact, Item: strings.Clone(d.Item)})
		}
	case *DeadlinePassed:
		ref := d.Ref()
		ref.Kind, ref.Item = strings.Clone(ref.Kind), strings.Clone(ref.Item)
		s.passed = append(slices.Clip(s.passed), Passed{ID: e.ID, Ref: ref, Index: e.Index, At: e.Recorded})
	case *StatementLapsed:
		id, _ := event.ParseUUID(d.Statement)
		s = s.lapse(id)
		s.standing = slices.DeleteFunc(slices.Clone(s.standing), func(o Stands) bool { return o.ID == id })
		if i := slices.IndexFunc(s.passed, func(p Passed) bool { return p.ID == id }); i >= 0 {
			s.passed = slices.Clone(s.passed)
			s.passed[i].Lapsed = true
		}
	case *DeviationExplained:
		s = s.explained(d, e)
	default:
		s = s.judged(e)
	}
	return s
}

// Stand returns the state after an entry that says something which may lapse.
func (s State) Stand(id uuid.UUID, st event.Statement) State {
	s.standing = append(slices.Clip(s.standing), Stands{id, st})
	return s
}
