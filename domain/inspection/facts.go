package inspection

import (
	"time"

	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/event"
)

// What others may ask of a visit: the rules of other streams, visibility and duplicates.

func (s *State) is(m visitMark) bool { return s.marks&m != 0 }

// Subject is the id of the inspected subject.
func (s *State) Subject() string { return s.subject }

// Team is the id of the visiting team; "" when an import does not know it.
func (s *State) Team() string { return s.team }

// Campaign is the id of the campaign; "" when the visit belongs to none (R74).
func (s *State) Campaign() string { return s.campaign }

// Sector is the sector inspected.
func (s *State) Sector() string { return s.sector }

// VisitType is one of [VisitTypes].
func (s *State) VisitType() string { return s.visitType }

// First returns the index of the visit's first entry, and when that happened in seconds since 1970: by
// them the plan of the whole visit is chosen.
func (s *State) First() (index uint64, happened int64) { return s.first, s.firstAt }

// County is the county the first event was routed to.
func (s *State) County() string { return s.county }

// Sectors are those that the first event names, a start in another sector notwithstanding: what
// a visit is about never changes (pillar 14). Callers must not change it.
func (s *State) Sectors() []string { return s.sectors }

// Reserved reports whether a reservation stands that no start has used yet.
func (s *State) Reserved() bool { return s.is(reserved) && !s.is(released|started) }

// Started reports whether the visit began.
func (s *State) Started() bool { return s.is(started) }

// Attempted reports whether nobody could be inspected (R28).
func (s *State) Attempted() bool { return s.is(attempted) }

// Disclosed reports whether the visit is known to those it goes to (R39).
func (s *State) Disclosed() bool { return s.shown || s.is(arrived|attempted|recorded|closed|copied) }

// Seen reports whether the visit is disclosed and an inspection: begun, and no mere attempt.
func (s *State) Seen() bool {
	return s.Disclosed() && s.is(started) && (!s.is(attempted) || s.is(arrived))
}

// InNameOf is the unit in whose name a visit is made, as its first event says; "": it does not.
func InNameOf(first event.Data) string {
	switch d := first.(type) {
	case *Reserved:
		return d.EnforcingAuthority
	case *Started:
		return d.EnforcingAuthority
	}
	return ""
}

// InNameOf is the unit in whose name the visit is made, as its first event said, for good: who may know of a hidden visit does not change
// with a correction.
func (s *State) InNameOf() string {
	for f := range s.facts.Counting() {
		return InNameOf(f.Original)
	}
	return ""
}

// Copied reports whether an import began the visit.
func (s *State) Copied() bool { return s.is(copied) }

// Began is when the visit began, or may have begun, in seconds since 1970.
func (s *State) Began() int64 { return s.began }

// Since reports whether the visit began at or after an instant, in seconds since 1970, or somebody joined it, perhaps after that.
func (s *State) Since(at int64) bool { return s.began >= at || s.is(happened(inspectorJoined)) }

// Came returns when the first inspector arrived; nil: nobody did.
func (s *State) Came() *time.Time {
	if s.came == 0 {
		return nil
	}
	at := time.Unix(s.came, 0).UTC()
	return &at
}

// Second adds to the standing flags of the visit as a second one (R31).
func (s *State) Second(n int) { s.editRest().second = uint16(max(0, int(s.second)+n)) }

// Arrived reports whether an inspector has arrived.
func (s *State) Arrived() bool { return s.is(arrived) }

// Recorded reports whether the site record was signed, or its signature refused.
func (s *State) Recorded() bool { return s.is(recorded) }

// Reviewed reports whether the leader reviewed the visit.
func (s *State) Reviewed() bool { return s.is(reviewed) }

// Closed reports whether the inspection is closed.
func (s *State) Closed() bool { return s.is(closed) }

// Key is what an initial visit may claim once (R31).
type Key struct{ Campaign, Subject, Sector string }

// DuplicateKey returns the key a visit claims under a policy, and whether it claims one:
// re-checks, team reviews, tips, accidents and visits outside campaigns claim none.
// Sector is empty when the policy allows one visit per subject.
func DuplicateKey(p *campaign.Policy, campaign, subject, sector, visitType string) (Key, bool) {
	if visitType != "initial" || campaign == "" {
		return Key{}, false
	}
	if p.DuplicateKey == "subject" {
		sector = ""
	}
	return Key{campaign, subject, sector}, true
}

// Claims returns the key this visit holds against others now: from the reservation on, until
// it is released or ends as an attempt, which leaves the subject uninspected (R28).
func (s *State) Claims(p *campaign.Policy) (Key, bool) {
	if s.is(attempted) || !s.is(started) && !s.Reserved() {
		return Key{}, false
	}
	return DuplicateKey(p, s.campaign, s.subject, s.sector, s.visitType)
}
