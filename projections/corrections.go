package projections

import (
	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/event"
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

// versions follows the findings of one visit through their corrections, as the rules do. The
// zero value is ready.
type versions struct {
	recorded bool // the site record was made, or the visit closed without one
	now      map[string]inspection.Version
	asked    map[uuid.UUID]*inspection.FactCorrected
}

// apply returns the correction that begins to count with an entry, or nil.
func (v *versions) apply(e *event.Event) *inspection.FactCorrected {
	switch d := e.Data.(type) {
	case *inspection.RecordSigned, *inspection.SignatureRefused, *inspection.Closed:
		v.recorded = true
	case *inspection.FindingRecorded:
		if v.now == nil {
			v.now = map[string]inspection.Version{}
		}
		v.forget(d.Finding)
		v.now[d.Finding] = inspection.Version{Finding: d, Occurred: e.Occurred}
	case *inspection.FactCorrected:
		if d.Finding == nil || v.now[d.Finding.Finding].Finding == nil {
			return nil
		}
		v.forget(d.Finding.Finding)
		if inspection.AtOnce(v.now[d.Finding.Finding], d, v.recorded, e.Assurance == event.Imported) {
			return v.turn(d)
		}
		if v.asked == nil {
			v.asked = map[uuid.UUID]*inspection.FactCorrected{}
		}
		v.asked[e.ID] = d
	case *oversight.ApprovalGiven, *oversight.ApprovalRefused:
		ref, yes, _ := oversight.Answer(e.Data)
		asked := v.asked[ref.ID()]
		delete(v.asked, ref.ID())
		if asked != nil && yes {
			return v.turn(asked)
		}
	}
	return nil
}

// forget drops the correction of a finding that waits.
func (v *versions) forget(finding string) {
	for id, d := range v.asked {
		if d.Finding.Finding == finding {
			delete(v.asked, id)
		}
	}
}

func (v *versions) turn(d *inspection.FactCorrected) *inspection.FactCorrected {
	v.now[d.Finding.Finding] = inspection.Version{Finding: d.Finding, Occurred: d.Occurred}
	return d
}
