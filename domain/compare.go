package domain

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/oversight"
)

// What compares visits is judged when one of them becomes seen, with its disclosing event, and
// with whatever later makes it an inspection or none. So it names disclosed visits only, whoever knew of
// them before, and lies in a stream of its own, once (pillar 14). Imports entail nothing
// (pillar 17).

// entailed returns what an inspection's event entails for other streams: what compares the visit with others
// is stated when it becomes seen, and lapses when it turns out to be a mere attempt, or none, or to have begun at another time.
func (s *State) entailed(e *event.Event) (out []event.Consequence) {
	before, after := s.turns(e)
	if after == nil {
		return nil
	}
	var holds []event.Consequence
	if after.Seen() {
		holds = append(s.duplicates(e, after), s.reviewsOfVisit(e, after)...)
	}
	if before.Seen() {
		out = s.alone(e, before, holds)
	}
	for _, c := range holds {
		if !s.stands(c.Stream) {
			out = append(out, c)
		}
	}
	return out
}

// turns returns the states before and after e of a visit that e makes a disclosed inspection, or none, or one of another time;
// else nil.
func (s *State) turns(e *event.Event) (before, after *inspection.State) {
	before = s.inspections.state(e.Stream.ID)
	if before == nil {
		return nil, nil
	}
	switch e.Data.(type) {
	case *inspection.Arrived, *inspection.RecordSigned, *inspection.SignatureRefused, *inspection.Closed, *inspection.Started:
		if before.Seen() {
			return nil, nil
		}
	case *inspection.Attempted:
		if !before.Seen() {
			return nil, nil
		}
	case event.Correction, *oversight.ApprovalGiven:
	default:
		return nil, nil
	}
	after = s.inspections.after(e)
	if after.Seen() == before.Seen() && (!after.Seen() || after.Began() == before.Began() && claimsAlike(before, after)) {
		return nil, nil
	}
	return before, after
}

// claimsAlike reports whether two states of a visit hold the same keys against others.
func claimsAlike(a, b *inspection.State) bool {
	for i := range duplicateForms {
		x, claimed := a.Claims(&duplicateForms[i])
		if y, claims := b.Claims(&duplicateForms[i]); x != y || claimed != claims {
			return false
		}
	}
	return true
}

// alone lets lapse all that compares a visit with others and does not hold.
func (s *State) alone(e *event.Event, st *inspection.State, holds []event.Consequence) (out []event.Consequence) {
	id := e.Stream.ID
	lapse := func(stream event.Stream) {
		if slices.ContainsFunc(holds, func(c event.Consequence) bool { return c.Stream == stream }) {
			return
		}
		out = s.close(out, stream, e)
	}
	for i := range duplicateForms { // a later plan may have changed the form of the key
		if key, ok := st.Claims(&duplicateForms[i]); ok {
			for _, other := range s.rivals(key) {
				lapse(duplicateStream(id, other))
				lapse(duplicateStream(other, id))
			}
		}
	}
	for _, at := range s.subjects.parts(s.subjects.heir(st.Subject())) {
		known, _ := s.problems.ofSubject.get(at)
		for i := range known {
			lapse(known[i].stream(event.Inspection, id))
		}
	}
	return out
}

// stands reports whether the ledger says something in a stream that is made for it alone.
func (s *State) stands(stream event.Stream) bool {
	said, _ := s.deviations.get(stream)
	return len(said.Own()) > 0
}

func duplicateStream(later, first string) event.Stream {
	return event.Stream{Kind: event.Flag, ID: streamID("duplicate", later, first)}
}

// duplicates flags the later of two initial visits under one key (R31): by when they began, not
// by which was known first.
func (s *State) duplicates(e *event.Event, after *inspection.State) []event.Consequence {
	key, ok := after.Claims(s.policy(after.Campaign()))
	if !ok {
		return nil
	}
	var out []event.Consequence
	for _, id := range s.rivals(key) {
		st := s.inspections.state(id)
		if id == e.Stream.ID || !st.Seen() {
			continue
		}
		first, later := byBeginning(visited{id, st}, visited{e.Stream.ID, after})
		if later.st.Copied() || !s.subjects.oneAt(st.Subject(), after.Subject(), later.st.Began(), nil) {
			continue
		}
		out = append(out, s.duplicate(e, first, later))
	}
	return out
}

// duplicate flags the later of two visits, which e makes known.
func (s *State) duplicate(e *event.Event, first, later visited) event.Consequence {
	return event.Consequence{Name: "deviation-flagged", Stream: duplicateStream(later.id, first.id), Data: &oversight.DeviationFlagged{
		Code: string(law.DuplicateInspection), Rule: law.R31.String(), Event: e.ID.String(), Plan: s.plan(later.st.Campaign()),
		Inspections: []string{later.id, first.id},
		Values: law.Collect(law.Str("inspection", later.id), law.Str("subject", later.st.Subject()), law.Str("sector", later.st.Sector()),
			law.At("began_at", time.Unix(later.st.Began(), 0)), law.Str("first_inspection", first.id),
			law.At("first_began_at", time.Unix(first.st.Began(), 0))),
	}}
}

// streamID names a stream of the ledger's own by what it is about: the same on any node.
func streamID(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\n")))
	return parts[0] + "-" + hex.EncodeToString(sum[:16])
}
