package domain

import (
	"slices"

	"github.com/google/uuid"

	"github.com/anjian-ledger/anjian/domain/casefile"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/exposure"
	"github.com/anjian-ledger/anjian/domain/facts"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/order"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// What people did in other streams because of what was corrected afterwards, or is not said any more, stays: the ledger undoes nothing of
// it (pillar 13). It is flagged once, and who did it explains it or decides anew.

// reliance is an act, and the fact on which it rests that is another now; the zero id: what the ledger itself said in the stream.
type reliance struct{ act, on uuid.UUID }

// reliances keeps of each stream which were flagged; lists are replaced, never changed.
type reliances struct {
	*table[event.Stream, []reliance]
}

func newReliances(s *State) reliances { return reliances{newTable[event.Stream, []reliance](s)} }

// note keeps that one was flagged.
func (r reliances) note(e *event.Event) {
	if d, ok := e.Data.(*oversight.DeviationFlagged); ok && d.Code == string(law.GroundChanged) {
		act, _ := event.ParseUUID(d.Event)
		on, _ := event.ParseUUID(d.Item)
		known, _ := r.get(e.Stream)
		r.set(e.Stream, append(slices.Clip(known), reliance{act, on}))
	}
}

// relied flags what a person did in a stream, if he did, and it was not flagged: it rests on something that e makes otherwise.
func (s *State) relied(out []event.Consequence, in event.Stream, rule law.Rule, act, on uuid.UUID, e *event.Event) []event.Consequence {
	known, _ := s.reliances.get(in)
	if act == uuid.Nil || slices.Contains(known, reliance{act, on}) {
		return out
	}
	return append(out, s.groundChanged(in, rule, act, on, e))
}

// groundChanged flags what a person did in a stream because of what e makes otherwise.
func (s *State) groundChanged(in event.Stream, rule law.Rule, act, on uuid.UUID, e *event.Event) event.Consequence {
	d := &oversight.DeviationFlagged{Code: string(law.GroundChanged), Rule: rule.String(), Event: act.String(),
		Plan: s.plan(e.About.Campaign), Values: law.Collect(law.Str("event", e.ID.String()))}
	if on != uuid.Nil {
		d.Item = on.String()
	}
	return event.Consequence{Name: "deviation-flagged", Stream: in, Data: d}
}

// restsOn returns the findings on which an act rests, and the rule by which it does; none of every other body.
func restsOn(d event.Data) (rule law.Rule, findings []string) {
	switch d := d.(type) {
	case *order.Issued:
		return law.R20, d.Findings
	case *order.ClosureProposed:
		return law.R46, d.Findings
	case *casefile.Filed:
		return law.R41, d.Findings
	case *casefile.PenaltyDecided:
		return law.R41, d.Findings
	case *casefile.NoPenaltyDecided:
		return law.R41, d.Findings
	case *exposure.Proposed:
		return law.R71, d.Findings
	}
	return rule, nil
}

// reliedOnVisit flags orders, cases and exposures that rest on findings of a visit which e makes otherwise: a correction of one that
// begins to count.
func (s *State) reliedOnVisit(e *event.Event) (out []event.Consequence) {
	if !speaksOfFacts(e) {
		return nil
	}
	visit := e.Stream.ID
	before, after := s.inspections.state(visit), s.inspections.after(e)
	joined, _ := s.joined.streams.get(visit)
	exposed, _ := s.exposures.ofVisit.get(visit)
	for _, id := range exposed {
		joined = append(slices.Clip(joined), event.Stream{Kind: exposure.Name, ID: id})
	}
	if before == nil || len(joined) == 0 {
		return nil
	}
	changed := func(id string) bool { return before.Substance(id) != after.Substance(id) }
	for _, in := range joined {
		k, ok := s.kind(in.Kind).(interface{ log(id string) *facts.Log })
		if !ok {
			continue
		}
		log := k.log(in.ID)
		agreed := log.Agreed()
		for f := range log.Counting() {
			rule, findings := restsOn(f.Data)
			if inspection.NeedsYes(&f) && !agreed[f.ID] {
				continue
			}
			for _, id := range findings {
				if changed(id) {
					out = s.relied(out, in, rule, f.ID, statedBy(id, before, after), e)
				}
			}
		}
	}
	return out
}

// statedBy is the event that recorded a finding, by the first of some states that knows it.
func statedBy(finding string, states ...*inspection.State) (fact uuid.UUID) {
	for _, st := range states {
		if fact = st.StatedBy(finding); fact != uuid.Nil {
			break
		}
	}
	return fact
}
