package domain

import (
	"cmp"
	"slices"
	"strings"

	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/stream"
	"github.com/anjian-ledger/anjian/domain/visibility"
)

// author is who wrote the event being judged, as far as the rules must know. It is set by Admit
// and used until the next event.
type author struct {
	actor  event.Actor
	within visibility.Scope // see State.scope
	scoped bool             // within is set
	bound  bool             // he sees less than everything: a team, a county, a department, an importer
	// unseen says that the event's stream exists and the author may not know of it: he is
	// answered as if it did not.
	unseen bool
}

// Admit decides whether an event's author may append its type and speak of what it is about, and
// fills e.About. It comes before everything else that is judged, the expected revision included: what the author
// may not know is answered like what does not exist (pillar 14). The error is an *[event.Refusal].
func (s *State) Admit(e *event.Event) error {
	if err := e.Type.Allow(e.Actor.Role); err != nil {
		return err
	}
	if person.OfUnit(&e.Actor) {
		if r := s.persons.state(e.Actor.Person).Detached(&e.Actor, e.Recorded); r != nil {
			return r
		}
	}
	if e.Type.Kind != "" && e.Type.Kind != e.Stream.Kind {
		return event.Elsewhere(e)
	}
	if e.Precision > event.Day && e.Assurance != event.Imported {
		return event.Refuse(law.Pillar7, law.DateRequired, law.Str("precision", e.Precision.String()))
	}
	k := s.kind(e.Stream.Kind)
	s.author = author{actor: e.Actor}
	switch e.Actor.Role {
	case event.RoleInspector, event.RoleTeamLeader, event.RoleCountyGovernment, event.RoleDepartment, event.RoleCommittee,
		event.RoleOfficer, event.RoleApprover, event.RoleInspectedParty, event.RoleEnforcementSupervisor, event.RoleImporter,
		event.RolePublic:
		s.author.bound = true
	}
	s.author.unseen = s.author.boundBy(k.declaration()) && !k.knows(e.Stream.ID)
	if err := k.allow(e); err != nil {
		return err
	}
	if r := s.nameOf(k, e); r != nil {
		return r
	}
	if s.author.unseen {
		e.About = event.About{Campaign: e.Campaign}
		if k.declaration().MayBegin(e.Data) {
			return stream.Taken(e)
		}
	} else {
		e.About = k.about(e)
	}
	if e.Campaign != "" && e.Stream.Kind != event.Campaign && s.campaigns.state(e.Campaign) == nil {
		return event.Refuse(law.R13, law.UnknownCampaign, law.Str("campaign", e.Campaign))
	}
	if !s.author.bound || s.author.unseen {
		return nil
	}
	return k.within(e)
}

// nameOf refuses a name under which the author begins no stream. Who may not know of all streams of a kind names what he begins after
// himself, and gets the same answer for every other name, so that he hears of no stream by asking for its name (pillar 14).
func (s *State) nameOf(k kind, e *event.Event) error {
	is, a := k.declaration(), &e.Actor
	switch a.Role {
	case event.RoleImporter, event.RolePublic: // the names that a source has; and what a hash and the event's own id name
		return nil
	}
	switch {
	case !is.MayBegin(e.Data), !s.author.unseen && k.revision(e.Stream) >= 0,
		!s.author.boundBy(is), is.Access.To == stream.Everybody, slices.Contains(is.Access.Roles, a.Role), // who may know of all
		is.Access.ByName(), is.Name == event.Inspection: // whose names say whose they are by rules of their own
		return nil
	}
	owners := namesakes(a, is)
	for _, o := range owners {
		if o != "" && strings.HasPrefix(e.Stream.ID, o+".") {
			return nil
		}
	}
	return event.Refuse(law.Pillar14, law.NameNotYours, law.Str("stream", e.Stream.String()),
		law.Str("owner", cmp.Or(owners[1], owners[0])))
}

// namesakes are after whom an author names what he begins: all who write under such a name see the same of the kind. A unit has people
// in several teams, so theirs is the team; what a kind restricts, not even a team sees. Who has none of these is named by his role.
func namesakes(a *event.Actor, is *stream.Kind) [2]string {
	role := string(a.Role)
	switch {
	case a.Role == event.RoleInspectedParty: // its unit is its subject
	case is.Access.To == stream.Named:
		return [2]string{cmp.Or(a.Person, role)}
	case a.Role == event.RoleInspector, a.Role == event.RoleTeamLeader:
		return [2]string{a.Team}
	case a.Role == event.RoleCountyGovernment:
		return [2]string{a.Unit, a.County}
	}
	return [2]string{cmp.Or(a.Unit, role)}
}

// ownTeam refuses somebody of a team who writes about another one.
func (s *State) ownTeam(e *event.Event) error {
	if r := stream.OtherTeam(e, e.About.Team); r != nil {
		return r
	}
	return nil
}

// ownArea refuses somebody of a county or a department who writes about another county. That there
// is no such stream, the rules say.
func (s *State) ownArea(e *event.Event) error {
	switch a := &e.Actor; a.Role {
	case event.RoleCountyGovernment, event.RoleDepartment:
		k := s.kind(e.Stream.Kind)
		if (k.revision(e.Stream) >= 0 || k.declaration().MayBegin(e.Data)) && !s.scope().Area(e.About.County) {
			return event.Refuse(law.R77, law.NotYourCounty, law.Str("county", e.About.County), law.Str("token_county", a.County))
		}
	}
	return nil
}

// explained refuses who explains a deviation of another team in a stream that exists, and who
// writes about another county.
func (s *State) explained(e *event.Event, exists bool) error {
	if _, ok := e.Data.(*oversight.DeviationExplained); ok && exists {
		if err := s.ownTeam(e); err != nil {
			return err
		}
	}
	return s.ownArea(e)
}

// ofTeam reports whether the author writes for a team.
func (a *author) ofTeam(team string) bool {
	return team != "" && team == a.actor.Team && (a.actor.Role == event.RoleInspector || a.actor.Role == event.RoleTeamLeader)
}

// scope is what the author may append about. Most events are of a visit of his own team and do
// not ask for it.
func (s *State) scope() *visibility.Scope {
	if a := &s.author; !a.scoped {
		a.within, a.scoped = visibility.AuthorScope(a.actor, roll{s}), true
	}
	return &s.author.within
}

// KnownRevision is the revision of the stream of the event that was admitted last, as its author
// may know it: -1 when he may not know of the stream.
func (s *State) KnownRevision(stream event.Stream) int64 {
	if s.author.unseen {
		return -1
	}
	return s.Revision(stream)
}

// Sees reports whether the author of the event judged last may see an entry that follows from it.
func (s *State) Sees(e *event.Event) bool {
	a := &s.author
	if !a.boundBy(s.kind(e.Stream.Kind).declaration()) || e.Stream.Kind == event.Inspection && a.ofTeam(e.About.Team) {
		return true
	}
	return s.scope().Sees(e.Stream, &e.About)
}

// known returns a stream's state as the author may know it: none when the author may not know of the stream.
func known[S any](s *State, st *S) *S {
	if s.author.unseen {
		return nil
	}
	return st
}
