package domain

import (
	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
)

// No larger accident in a year (R15, 全市不再发生一起较大安全事故): the ledger says in the stream of a campaign which accident
// missed its target, and takes it back when the accident counts otherwise, or the campaign states another year.

// missedBy compares an accident, as it counts now, with the years that campaigns stated.
func (s *State) missedBy(out []event.Consequence, id string, st *accident.State) []event.Consequence {
	aiming, _ := s.campaigns.aiming.get(struct{}{})
	for _, c := range aiming {
		out = s.missed(out, c, s.campaigns.state(c).NoLarger, id, st)
	}
	return out
}

// misses compares the year that a campaign states now with the accidents that are larger or worse.
func (s *State) misses(id string, noLarger int) (out []event.Consequence) {
	severe, _ := s.accidents.severe.get(struct{}{})
	for _, a := range severe {
		out = s.missed(out, id, noLarger, a, s.accidents.state(a))
	}
	return out
}

// missed says, or takes back, that an accident missed the target of a campaign.
func (s *State) missed(out []event.Consequence, id string, noLarger int, accidentID string, st *accident.State) []event.Consequence {
	stream, about := event.Stream{Kind: event.Campaign, ID: id}, missedTarget(accidentID)
	said, _ := s.deviations.get(stream)
	is, stands := noLarger != 0 && st.Counted == noLarger && codes.LargerOrWorse(st.Grade), said.Says(&about)
	switch {
	case is && !stands:
		return append(out, event.Consequence{Name: "target-missed", Stream: stream,
			Data: &campaign.TargetMissed{Accident: accidentID, Grade: st.Grade, Year: st.Counted}})
	case stands && !is:
		for _, o := range said.Standing() {
			if o.Statement == about {
				out = append(out, lapsed(stream, o))
			}
		}
	}
	return out
}

// missedTarget is what is said of an accident.
func missedTarget(accidentID string) event.Statement {
	return event.Statement{Rule: law.R15, Item: accidentID}
}
