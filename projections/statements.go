package projections

import (
	"slices"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// What the ledger said and did not take back holds a subject from being an assured one (R50): a flag, until an explanation is
// accepted, and an obligation that is overdue, while its visit is not closed.

// saying is one of them, in figures.
type saying struct {
	year   int16 // in which it counts
	of     Class // FlagsOpen or Overdue
	counts bool
	flag   uuid.UUID // of an explanation, which counts for nothing itself: what it explains
}

// said is one of a visit.
type said struct {
	id uuid.UUID
	saying
}

// stands brings up to date which statements stand, with an entry of a visit, or of none (nil).
func stands(e *event.Event, v *Visit, flags Flags, out *Changes) {
	switch d := e.Data.(type) {
	case *oversight.DeviationFlagged:
		state(e, FlagsOpen, v, flags)
	case *oversight.DeadlinePassed:
		state(e, Overdue, v, flags)
	case *oversight.StatementLapsed:
		id, _ := uuid.Parse(d.Statement)
		settle(id, v, flags, out, FlagsOpen, Overdue)
	case *oversight.DeviationExplained:
		explain(e.ID, d.Deviation, v, flags)
	case *oversight.ApprovalGiven:
		if flag, explains := explanation(d.Event, v, flags); explains {
			settle(flag, v, flags, out, FlagsOpen)
		}
	}
	if v == nil {
		if s, ok := flags[e.ID]; ok && s.flag == uuid.Nil {
			s.turn(true, out)
			flags[e.ID] = s
		}
		return
	}
	for i := range v.said {
		if of := v.said[i].of; of == FlagsOpen || of == Overdue {
			v.said[i].turn(of == FlagsOpen || v.marks&markClosed == 0, out)
		}
	}
}

// state keeps a statement.
func state(e *event.Event, of Class, v *Visit, flags Flags) {
	keep(e.ID, saying{year: flags.yearOf(e, v), of: of}, v, flags)
}

func keep(id uuid.UUID, s saying, v *Visit, flags Flags) {
	switch {
	case v != nil:
		v.said = append(v.said, said{id, s})
	case flags != nil:
		flags[id] = s
	}
}

// explain keeps which flag an explanation is of, for the answer.
func explain(id uuid.UUID, flag string, v *Visit, flags Flags) {
	key, _ := uuid.Parse(flag)
	keep(id, saying{of: DeviationsExplained, flag: key}, v, flags)
}

// explanation returns the flag that an event explains, if it is an explanation.
func explanation(id string, v *Visit, flags Flags) (flag uuid.UUID, explains bool) {
	key, _ := uuid.Parse(id)
	if v != nil {
		for i := range v.said {
			if s := &v.said[i]; s.id == key && s.flag != uuid.Nil {
				return s.flag, true
			}
		}
		return flag, false
	}
	s := flags[key]
	return s.flag, s.flag != uuid.Nil
}

// settle takes back a statement of one of these classes.
func settle(key uuid.UUID, v *Visit, flags Flags, out *Changes, of ...Class) {
	if v != nil {
		i := slices.IndexFunc(v.said, func(s said) bool { return s.id == key && slices.Contains(of, s.of) })
		if i >= 0 {
			v.said[i].turn(false, out)
			v.said = slices.Delete(v.said, i, i+1)
		}
		return
	}
	if s, ok := flags[key]; ok && slices.Contains(of, s.of) {
		s.turn(false, out)
		s.of = DeviationsExplained // its year is asked for still
		flags[key] = s
	}
}

// turn takes the difference of whether a statement counts.
func (s *saying) turn(counts bool, out *Changes) {
	if s.counts != counts {
		n := int64(1)
		if !counts {
			n = -1
		}
		s.counts = counts
		out.AddIn(s.year, s.of, n)
	}
}
