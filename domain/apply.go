package domain

import (
	"slices"
	"time"

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
		s.accidents.apply(e)
	case event.Tokens:
		s.tokens.apply(e)
		if d, ok := e.Data.(*token.Issued); ok {
			s.issues.set(e.Index, e.Stream.ID)
			s.hashes.set(d.SHA256, struct{}{})
		}
	default:
		s.plain.set(e.Stream, s.Revision(e.Stream)+1)
	}
	if d, ok := e.Data.(*codetable.Published); ok && d.Table == codetable.Units {
		s.units.set(d.Table, unitsOf(d.Units))
	}
	if _, ok := e.Data.(*oversight.DeviationFlagged); ok {
		before, _ := s.deviations.get(e.Stream)
		s.deviations.set(e.Stream, before.Apply(e))
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

// applyInspection also keeps the duplicate keys (R31) and the visits of each subject (R44).
func (s *State) applyInspection(e *event.Event) {
	switch e.Data.(type) {
	case *inspection.Reserved, *inspection.Started, *inspection.Released, *inspection.Attempted:
	default:
		s.inspections.apply(e)
		return
	}
	if st := s.inspections.state(e.Stream.ID); st != nil {
		s.giveUp(st, e.Stream.ID)
	}
	st := s.inspections.apply(e)
	s.claim(st, e.Stream.ID)
	switch e.Data.(type) {
	case *inspection.Started:
		v, _ := s.visits.get(st.Subject())
		s.visits.set(st.Subject(), v.with(e.Stream.ID, e.Occurred.Unix()))
	case *inspection.Attempted:
		if v, ok := s.visits.get(st.Subject()); ok {
			s.visits.set(st.Subject(), v.without(e.Stream.ID))
		}
	}
}

// claim gives a visit its duplicate key unless another has it already: the first one holds it.
func (s *State) claim(st *inspection.State, id string) {
	if key, ok := st.Claims(s.policy(st.Campaign())); ok {
		if holder, _ := s.initial.get(key); holder == "" {
			s.initial.set(key, id)
		}
	}
}

// giveUp frees the key that a visit holds. A later plan may have changed the form of the key
// since it was taken, so both forms are looked at.
func (s *State) giveUp(st *inspection.State, id string) {
	for i := range duplicateForms {
		if key, ok := st.Claims(&duplicateForms[i]); ok {
			if holder, _ := s.initial.get(key); holder == id {
				s.initial.set(key, "")
			}
		}
	}
}

var duplicateForms = [...]campaign.Policy{{DuplicateKey: "subject-sector"}, {DuplicateKey: "subject"}}

// visits are the inspections of one subject: how many, and the latest of them, in the order
// in which they were recorded. It is a value; with and without leave it as it is.
type visits struct {
	total  int
	latest []visitAt // at most accident.MaxReviewed
}

type visitAt struct {
	id string
	at int64 // when it may have begun, seconds since 1970
}

func (v visits) index(id string) int {
	return slices.IndexFunc(v.latest, func(x visitAt) bool { return x.id == id })
}

func (v visits) with(id string, at int64) visits {
	if v.index(id) >= 0 {
		return v
	}
	keep := v.latest
	if len(keep) == accident.MaxReviewed {
		keep = keep[1:]
	}
	latest := make([]visitAt, 0, len(keep)+1)
	return visits{v.total + 1, append(append(latest, keep...), visitAt{id, at})}
}

func (v visits) without(id string) visits {
	i := v.index(id)
	if i < 0 {
		return v
	}
	return visits{v.total - 1, slices.Delete(slices.Clone(v.latest), i, i+1)}
}

// before returns the latest visits that may have begun before t, and how many there were.
// Of those that are no longer listed nothing is known but their number: they are taken for
// earlier ones, and when only they are left the latest ones stand for them.
func (v visits) before(t time.Time) (ids []string, total int) {
	total = v.total
	for _, x := range v.latest {
		if x.at < t.Unix() {
			ids = append(ids, x.id)
		} else {
			total--
		}
	}
	if ids == nil && total > 0 {
		for _, x := range v.latest {
			ids = append(ids, x.id)
		}
	}
	return ids, total
}
