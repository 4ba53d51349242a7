package domain

import (
	"cmp"

	"github.com/anjian-ledger/anjian/domain/accident"
	"github.com/anjian-ledger/anjian/domain/event"
	"github.com/anjian-ledger/anjian/domain/inspection"
	"github.com/anjian-ledger/anjian/domain/law"
	"github.com/anjian-ledger/anjian/domain/oversight"
	"github.com/anjian-ledger/anjian/domain/person"
	"github.com/anjian-ledger/anjian/domain/subject"
	"github.com/anjian-ledger/anjian/domain/visibility"
)

// author is who wrote the event being judged, as far as the rules must know. It is set by Admit
// and used until the next event.
type author struct {
	actor  event.Actor
	within visibility.Scope // see State.scope
	scoped bool             // within is set
	bound  bool             // he sees less than everything: a team, a county, a department, an importer
	// foreign says that the event's stream exists and the author may not know of it: he is
	// answered as if it did not.
	foreign bool
}

// Admit decides whether an event's author may append its type and speak of what it is about, and
// fills e.About. It comes before everything else that is judged, the expected revision included: what the author
// may not know is answered like what does not exist (pillar 14). The error is an *[event.Refusal].
func (s *State) Admit(e *event.Event) error {
	if err := e.Type.Allow(e.Actor.Role); err != nil {
		return err
	}
	if e.Type.Kind != "" && e.Type.Kind != e.Stream.Kind {
		return event.Refuse(law.Pillar2, law.WrongStream,
			law.Str("type", e.Type.Name), law.Str("wanted", e.Type.Kind+"/…"), law.Str("stream", e.Stream.String()))
	}
	if _, correction := e.Data.(*oversight.ClockCorrected); e.Stream.Kind == event.Ledger && e.Actor.Role != event.RoleLedger && !correction {
		return event.Refuse(law.Pillar6, law.LedgerStream, law.Str("stream", e.Stream.String()))
	}
	if e.Precision > event.Day && e.Assurance != event.Imported {
		return event.Refuse(law.Pillar7, law.DateRequired, law.Str("precision", e.Precision.String()))
	}
	s.author = author{actor: e.Actor}
	switch e.Actor.Role {
	case event.RoleInspector, event.RoleTeamLeader, event.RoleCountyGovernment, event.RoleDepartment, event.RoleImporter:
		s.author.bound = true
		s.author.foreign = !s.knowsStream(e.Stream)
	}
	if err := ownVisit(e); err != nil {
		return err
	}
	if s.author.foreign {
		e.About = event.About{Campaign: e.Campaign}
		if opens(e.Data) {
			return event.Refuse(law.Pillar14, law.IDTaken, law.Str("stream", e.Stream.String()))
		}
	} else {
		e.About = s.About(e)
	}
	if e.Campaign != "" && e.Stream.Kind != event.Campaign && s.campaigns.state(e.Campaign) == nil {
		return event.Refuse(law.R13, law.UnknownCampaign, law.Str("campaign", e.Campaign))
	}
	if !s.author.bound || s.author.foreign {
		return nil
	}
	return s.within(e)
}

// ownVisit refuses an event of a visit whose name has not the form of one, a visit that somebody
// of a team begins for another one, and one that is not named after its team, or after the unit
// whose records an import copies ([event.VisitID]). It does not ask whether the id is taken.
func ownVisit(e *event.Event) error {
	if e.Stream.Kind != event.Inspection {
		return nil
	}
	owner, named := event.ParseVisitID(e.Stream.ID)
	var whose string
	switch d := e.Data.(type) {
	case *inspection.Reserved:
		whose = d.Team
	case *inspection.Started:
		whose = d.Team
	default:
		if named {
			return nil
		}
		return misnamed(e, e.Actor.Team)
	}
	a := &e.Actor
	if (a.Role == event.RoleInspector || a.Role == event.RoleTeamLeader) && a.Team != whose {
		return event.Refuse(law.R17, law.NotYourTeam, law.Str("team", whose), law.Str("token_team", a.Team))
	}
	switch {
	case e.Assurance == event.Imported:
		whose = a.Unit
	case whose == "" && named:
		return nil // of a visit without team the rules say what is wrong
	}
	if named && owner == whose {
		return nil
	}
	return misnamed(e, whose)
}

// misnamed is the refusal of the name of a visit; team is the one it should begin with, if that is
// known.
func misnamed(e *event.Event, team string) *event.Refusal {
	owner := cmp.Or(team, "<team>")
	if e.Assurance == event.Imported {
		owner = cmp.Or(e.Actor.Unit, "<unit>")
	}
	return event.Refuse(law.Pillar14, law.VisitName, law.Str("stream", e.Stream.String()), law.Str("owner", owner))
}

// within refuses an event outside the team, county or sectors that bind its author. Whether a
// visit is of the author's team is a rule of inspections.
func (s *State) within(e *event.Event) error {
	if e.Stream.Kind == event.Person { // which lies in no county
		return person.Own(e)
	}
	a, about := &e.Actor, &e.About
	switch a.Role {
	case event.RoleTeamLeader, event.RoleInspector:
		explained := explains(e) && (e.Stream.Kind == event.Inspection || e.Stream.Kind == event.Flag) && s.Revision(e.Stream) >= 0
		if (e.Stream.Kind == event.Team || explained) && a.Team != about.Team {
			return event.Refuse(law.R17, law.NotYourTeam, law.Str("team", about.Team), law.Str("token_team", a.Team))
		}
		if _, ok := e.Data.(*subject.Registered); ok && !s.scope().Cell(about.County, about.Sectors) {
			return event.Refuse(law.R17, law.NotYourScope,
				law.Str("county", about.County), law.List("sectors", about.Sectors), law.Str("team", a.Team))
		}
	case event.RoleCountyGovernment, event.RoleDepartment:
		if s.Revision(e.Stream) < 0 && !opens(e.Data) {
			return nil // the rules say that there is no such stream
		}
		if !s.scope().Area(about.County) {
			return event.Refuse(law.R77, law.NotYourCounty, law.Str("county", about.County), law.Str("token_county", a.County))
		}
		// Subjects that the author may not see are unknown to him, whatever their sectors.
		if d, ok := e.Data.(*accident.Reported); ok && len(d.Subjects) == 0 && !s.scope().Cell(about.County, nil) {
			return event.Refuse(law.R77, law.NotYourSector, law.Str("unit", a.Unit))
		}
	}
	return nil
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

// knowsStream reports whether the author may know that a stream exists. One that does not is no
// secret.
func (s *State) knowsStream(stream event.Stream) bool {
	switch stream.Kind {
	case event.Inspection:
		st := s.inspections.state(stream.ID)
		return st == nil || s.knowsVisit(st)
	case event.Accident:
		st := s.accidents.state(stream.ID)
		return st == nil || s.scope().Cell(st.County, st.Sectors)
	case event.Subject:
		st := s.subjects.state(stream.ID)
		return st == nil || s.scope().Cell(st.County, st.Sectors)
	case event.Flag:
		about, ok := s.flags.get(stream.ID)
		return !ok || s.scope().Counts(about.County, about.Sectors, about.Team)
	case event.Review, event.Tokens: // closed to all who are bound
		return s.Revision(stream) < 0
	}
	return true
}

// knowsVisit reports whether the author may know of a visit: of his own team's, of every
// disclosed one in his scope, and of all when he sees everything.
func (s *State) knowsVisit(st *inspection.State) bool {
	a := &s.author
	switch {
	case !a.bound, a.ofTeam(st.Team()):
		return true
	case a.actor.Role == event.RoleImporter:
		return st.Copied()
	}
	return st.Disclosed() && s.scope().Counts(st.County(), st.Sectors(), st.Team())
}

// KnownRevision is the revision of the stream of the event that was admitted last, as its author
// may know it: -1 when he may not know of the stream.
func (s *State) KnownRevision(stream event.Stream) int64 {
	if s.author.foreign {
		return -1
	}
	return s.Revision(stream)
}

// Sees reports whether the author of the event judged last may see an entry that follows from it.
func (s *State) Sees(e *event.Event) bool {
	a := &s.author
	if !a.bound || e.Stream.Kind == event.Inspection && a.ofTeam(e.About.Team) {
		return true
	}
	return s.scope().Sees(e.Stream.Kind, &e.About)
}

// known returns a stream's state as the author may know it: none when the stream is foreign.
func known[S any](s *State, st *S) *S {
	if s.author.foreign {
		return nil
	}
	return st
}

// opens reports whether an event may begin its stream.
func opens(d event.Data) bool {
	switch d.(type) {
	case *inspection.Reserved, *inspection.Started, *accident.Reported, *subject.Registered:
		return true
	}
	return false
}

func explains(e *event.Event) bool {
	_, ok := e.Data.(*oversight.DeviationExplained)
	return ok
}
