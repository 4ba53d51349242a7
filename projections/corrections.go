package projections

import (
	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/facts"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// The standing of an event that may wait for a second person's yes (pillar 17).
const (
	StandingAsked      = "asked"      // waits
	StandingCounts     = "counts"     // at once, or since the yes
	StandingRefused    = "refused"    // a second person said no
	StandingSuperseded = "superseded" // the author put another in its place before the answer
)

// Standing is whether an event counts, and who answered it.
type Standing struct {
	ID     string `json:"id"` // of the event
	State  string `json:"state"`
	Answer *Act   `json:"answer,omitempty"`
	Reason string `json:"answer_reason,omitempty"`
}

// standing is that of an event when it is recorded.
func standing(e *event.Event, waits bool) Standing {
	s := Standing{ID: e.ID.String(), State: StandingCounts}
	if waits {
		s.State = StandingAsked
	}
	return s
}

// answered applies an answer to one that waits, and reports whether it was this one's.
func (s *Standing) answered(e *event.Event) bool {
	ref, yes, ok := oversight.Answer(e.Data)
	if !ok || s.State != StandingAsked || ref.Event != s.ID {
		return false
	}
	a := actOf(e)
	s.Answer, s.State = &a, StandingCounts
	switch d := e.Data.(type) {
	case *oversight.ApprovalGiven:
		s.Reason = d.Reason
	case *oversight.ApprovalRefused:
		s.Reason = d.Reason
	}
	if !yes {
		s.State = StandingRefused
	}
	return true
}

// waits reports whether an event of a type that needs a yes has to wait for it: those of imports
// do not.
func waits(e *event.Event) bool { return e.Assurance != event.Imported }

// story follows the facts of one visit through their corrections, as the rules do. The zero value is ready.
type story struct {
	facts   facts.Log
	sealed  bool // the site record was made, or the visit closed without one
	bound   bool // no visit: nothing counts at once
	entries []*event.Event
}

// apply takes the next entry, and reports whether what counted before counts otherwise now.
func (s *story) apply(e *event.Event) (turned bool) {
	if !StatesFact(e) {
		return false
	}
	s.entries = append(s.entries, e)
	if s.facts.Take(e, !s.sealed && !s.bound) {
		s.sealed = sealed(&s.facts)
		return true
	}
	s.sealed = s.sealed || seals(e.Data)
	return false
}

// Counting returns the entries of one stream's facts that count, in their order, with the content and time that count. entries are all of
// the stream; where visit is set, it is a visit's own, in which what only describes counts at once until the record is made.
func Counting(entries []*event.Event, visit bool) []*event.Event {
	all, _ := CountingAsked(entries, visit)
	return all
}

// CountingAsked is [Counting], with the corrections to which an answer is owed.
func CountingAsked(entries []*event.Event, visit bool) ([]*event.Event, []facts.Waiting) {
	s := story{bound: !visit}
	for _, e := range entries {
		s.apply(e)
	}
	return s.counting(), s.facts.Unanswered()
}

// StatesFact reports whether an entry states a fact, or says something of one.
func StatesFact(e *event.Event) bool {
	switch e.Data.(type) {
	case *oversight.DeviationExplained, *event.Unreadable:
		return false
	}
	return e.Assurance != event.Derived
}

// seals reports whether after an event a description, too, needs a second person to change it.
func seals(d event.Data) bool {
	switch d.(type) {
	case *inspection.RecordSigned, *inspection.SignatureRefused, *inspection.Closed:
		return true
	}
	return false
}

func sealed(l *facts.Log) bool {
	for f := range l.Counting() {
		if seals(f.Data) {
			return true
		}
	}
	return false
}

// counting are the entries of the facts that count, with the content and time that count, in order; of a withdrawn visit those of its
// orders and cases.
func (s *story) counting() []*event.Event {
	var out []*event.Event
	for f := range s.facts.Lasting() {
		e := s.entry(f.ID)
		if !f.Corrected {
			out = append(out, e)
			continue
		}
		now := *e // with all of its texts, which the log does not have
		if c, ok := s.entry(f.By).Data.(event.Correction); ok {
			now.Data, _ = c.Version()
		}
		now.Occurred, now.Precision = f.Occurred, f.Precision
		out = append(out, &now)
	}
	return out
}

func (s *story) entry(id uuid.UUID) *event.Event {
	for _, e := range s.entries {
		if e.ID == id {
			return e
		}
	}
	return nil
}
