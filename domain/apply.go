package domain

import (
	"slices"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/campaign"
	"github.com/anjian-ledger/anjian/domain/codes"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/subject"
	codetable "github.com/anjian-ledger/anjian/domain/table"
	"github.com/anjian-ledger/anjian/domain/team"
	"github.com/anjian-ledger/anjian/domain/token"
)

// Apply folds a judged or replayed event into the top layer, or into the base when there is
// none. It never fails: what was recorded under laxer rules of an earlier release is folded
// as far as it makes sense. e.About must be filled, as it is in every recorded entry.
func (s *State) Apply(e *event.Event) {
	switch e.Stream.Kind {
	case event.Campaign:
		s.campaigns.apply(e)
	case event.Team:
		s.teams.apply(e)
		s.applyMembers(e)
	case event.Person:
		s.persons.apply(e)
		s.applyKeys(e)
	case event.Subject:
		s.applySubject(e)
	case event.Inspection:
		s.applyInspection(e)
	case event.Accident:
		s.applyAccident(e)
	case event.Tokens:
		s.tokens.apply(e)
		if d, ok := e.Data.(*token.Issued); ok {
			s.issues.set(e.Index, e.Stream.ID)
			s.hashes.set(d.SHA256, struct{}{})
		}
	case event.Ledger:
		s.applyRules(e.Data)
		fallthrough
	default:
		s.plain.set(e.Stream, s.Revision(e.Stream)+1)
	}
	if d, ok := e.Data.(*codetable.Published); ok && d.Table == codetable.Units {
		s.units.set(d.Table, unitsOf(d.Units))
	}
	if _, ok := e.Data.(*oversight.DeviationFlagged); ok {
		before, _ := s.deviations.get(e.Stream)
		s.deviations.set(e.Stream, before.Apply(e))
		if e.Stream.Kind == event.Flag {
			s.applyFlag(e)
		}
	}
}

// applyMembers keeps, per person, the teams that the person leads or is a member of.
func (s *State) applyMembers(e *event.Event) {
	switch d := e.Data.(type) {
	case *team.LeaderAppointed:
		s.member(e.Stream.ID, d.Person)
	case *team.LeaderChanged:
		s.member(e.Stream.ID, d.From)
		s.member(e.Stream.ID, d.To)
	case *team.MemberJoined:
		s.member(e.Stream.ID, d.Person)
	case *team.MemberLeft:
		s.member(e.Stream.ID, d.Person)
	}
}

func (s *State) member(teamID, personID string) {
	teams, _ := s.memberships.get(personID)
	has, had := s.teams.state(teamID).Has(personID), slices.Contains(teams, teamID)
	switch {
	case has && !had:
		s.memberships.set(personID, append(slices.Clip(teams), teamID))
	case had && !has:
		s.memberships.set(personID, slices.DeleteFunc(slices.Clone(teams), func(t string) bool { return t == teamID }))
	}
}

// applySubject also keeps who first had each valid credit code.
func (s *State) applySubject(e *event.Event) {
	switch e.Data.(type) {
	case *subject.Registered, *subject.Identified:
	default:
		s.subjects.apply(e)
		return
	}
	before := ""
	if st := s.subjects.state(e.Stream.ID); st != nil {
		before = st.USCC
	}
	after := s.subjects.apply(e).USCC
	if before != "" && before != after {
		if holder, _ := s.holders.get(before); holder == e.Stream.ID {
			s.holders.set(before, "")
		}
	}
	if holder, _ := s.holders.get(after); holder == "" && codes.ValidUSCC(after) {
		s.holders.set(after, e.Stream.ID)
	}
}

// applyInspection also keeps the duplicate keys (R31) and the seen visits of each subject (R44).
func (s *State) applyInspection(e *event.Event) {
	claims := false
	switch e.Data.(type) {
	case *inspection.Reserved, *inspection.Started, *inspection.Released, *inspection.Attempted:
		claims = true
	case *inspection.Arrived, *inspection.RecordSigned, *inspection.SignatureRefused, *inspection.Closed:
	default:
		s.inspections.apply(e)
		return
	}
	id := e.Stream.ID
	seen := false
	if st := s.inspections.state(id); st != nil {
		if seen = st.Seen(); claims {
			s.giveUp(st, id)
		}
	}
	st := s.inspections.apply(e)
	if claims {
		if key, ok := st.Claims(s.policy(st.Campaign())); ok {
			s.initial.set(key, with(&s.initial, key, id))
		}
	}
	switch {
	case st.Seen() && !seen:
		s.visits.set(st.Subject(), with(&s.visits, st.Subject(), id))
	case seen && !st.Seen():
		s.visits.set(st.Subject(), without(&s.visits, st.Subject(), id))
	}
}

// giveUp frees the keys that a visit claims. A later plan may have changed the form of the key
// since it was taken, so both forms are looked at.
func (s *State) giveUp(st *inspection.State, id string) {
	for i := range duplicateForms {
		if key, ok := st.Claims(&duplicateForms[i]); ok {
			if holders, _ := s.initial.get(key); slices.Contains(holders, id) {
				s.initial.set(key, without(&s.initial, key, id))
			}
		}
	}
}

var duplicateForms = [...]campaign.Policy{{DuplicateKey: "subject-sector"}, {DuplicateKey: "subject"}}

// with returns the list under a key and id; the lists themselves are never changed.
func with[K comparable](t *table[K, []string], key K, id string) []string {
	list, _ := t.get(key)
	if slices.Contains(list, id) {
		return list
	}
	return append(slices.Clip(list), id)
}

// without returns the list under a key less id.
func without[K comparable](t *table[K, []string], key K, id string) []string {
	list, _ := t.get(key)
	return slices.DeleteFunc(slices.Clone(list), func(x string) bool { return x == id })
}

// applyAccident also keeps the accidents of each subject (R44).
func (s *State) applyAccident(e *event.Event) {
	s.accidents.apply(e)
	if d, ok := e.Data.(*accident.Reported); ok {
		for _, id := range d.Subjects {
			s.mishaps.set(id, with(&s.mishaps, id, e.Stream.ID))
		}
	}
}
